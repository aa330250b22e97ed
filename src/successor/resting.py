"""A lab that is paused: its record is there to be told of, and nothing of it runs."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from successor.errors import Halt, PausedError
from successor.experiment import began_with
from successor.ledger import PAUSED, Ledger, Paused, told_pause
from successor.oversight import Rules, automation, follow, stopfile, witnesses_of
from successor.types import (
    Brief,
    Draft,
    Draw,
    Exam,
    Record,
    Stop,
    Verdict,
    Version,
    Workspace,
)

AT_REST = Stop(PAUSED, "the lab is paused", needs_human=True)


@dataclass(frozen=True)
class Resting:
    """Stands in for subject, author and judge; does nothing."""

    @property
    def name(self) -> str:
        return "nobody"

    def create(self, seed: int, workspace: Workspace) -> Draft:
        raise Halt(AT_REST)

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        raise Halt(AT_REST)

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        raise Halt(AT_REST)

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        raise Halt(AT_REST)

    def judge(
        self, candidate: Version, incumbent: Version, record: Record, seed: int, work: Workspace
    ) -> Verdict:
        raise Halt(AT_REST)


def left(record: Path) -> tuple[bool, float | None]:
    """Whether a record is paused, and when a person last did something, as far as it says.

    Raises:
        RecordError: when it does not verify.
    """
    if not (record / "record.sqlite").is_file():
        return False, None
    with Ledger.read(record) as ledger:
        return ledger.paused is not None, ledger.looked_after


def to_write(record: Path) -> Ledger:
    """A record, opened by what is on it and not by the lab's settings."""
    with Ledger.read(record) as before:
        seed = before.seed
    return Ledger.open(record, settings={}, seed=seed)


def reopened(record: Path, rules: Rules | None, pause: Paused | None) -> Ledger:
    """The record of a paused lab, with that on it, and its witnesses told.

    Args:
        pause: the one that was asked for; None when it is on record already.

    Raises:
        PausedError: when nothing is on record that it could be put on.
    """
    folder = record.parent
    if began_with(record) is None:
        told = told_pause(pause) if pause else "paused"
        raise PausedError(
            f"{folder} is {told}.\nNothing has begun yet. A person lifts it: "
            f"successor resume {folder} --reason TEXT"
        )
    ledger = to_write(record)
    with ExitStack() as on_failure:
        on_failure.callback(ledger.close)
        try:
            follow(ledger, witnesses_of(folder, rules), automation(rules))
        finally:
            stopfile.settle(ledger, pause)
        if ledger.paused is None:
            raise PausedError(f"{folder} was paused until a moment ago: try again")
        on_failure.pop_all()
    return ledger
