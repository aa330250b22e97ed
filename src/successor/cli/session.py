"""One session of `successor improve`: the run, who follows it, and how it may be interrupted."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, redirect_stdout, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shlex import quote
from typing import Any

import click

from successor.cli.asking import ask, can_ask
from successor.cli.audience import Audience, audience
from successor.cli.interrupt import INTERRUPTED, Interrupt
from successor.cli.options import plain
from successor.cli.signers import key_hint
from successor.cli.view import Scene
from successor.director import standing
from successor.errors import EXIT_NEEDS_HUMAN, Halt, SuccessorError
from successor.insight.contract import contract_of
from successor.insight.measures import HORIZONS
from successor.insight.report.html import counted
from successor.lab import Lab, charter_of, open_lab, record_of, run
from successor.ledger import (
    CHEATING,
    PAUSED,
    REVIEW,
    Entry,
    Event,
    Ledger,
    Paused,
    Progress,
    SandboxOpened,
    told_pause,
)
from successor.oversight import CHARTER, STAGES, THRESHOLD
from successor.plugins import Telling, blaming_own
from successor.showing.figures import at_most, duration, metric, number, unsafe
from successor.showing.generation import Chronicle
from successor.targets import name_of
from successor.types import Stop

ASKED = 2
"""Up to this stage a human at a terminal is asked at once; above, when the human comes for it."""
WHOLLY = 4
"""The stage at which nobody is asked."""
RAISED = {
    "generations": "--generations",
    "wall_clock": "--budget",
    **{
        name: f"{name} in [base_cases] of successor.toml"
        for name in ("plateau", "examples", "tokens", "cpu", "usd", "disk")
    },
}
"""What lets a run go on that one of these base cases has stopped."""


@dataclass(frozen=True)
class Manner:
    """How a session is run, and told of."""

    fresh: bool
    as_json: bool
    quiet: bool
    unsafe: bool
    """Whether also where no sandbox holds."""


def run_session(folder: Path, overrides: Mapping[str, Mapping[str, object]], manner: Manner) -> int:
    """Improve the lab until it stops; the exit code says how it did.

    Raises:
        SuccessorError: as `successor.load`, and whatever the run meets.
    """
    interrupt = Interrupt()
    fresh, unsafe, quiet = manner.fresh, manner.unsafe, manner.quiet
    with open_lab(
        folder,
        overrides,
        interrupt.asked,
        fresh=fresh,
        unsafe_sandbox=unsafe,
        last_words=partial(_last_words, folder),
    ) as lab:
        if lab.aside and not quiet:
            click.echo(f"The record so far is in {lab.aside}", err=True)
        if not quiet:
            if lab.charter and lab.charter.stage == lab.charter.rules.stage < WHOLLY:
                stage = f"{lab.charter.stage} ({STAGES[lab.charter.stage]})"
                click.echo(f"Stage {stage}: policy.toml allows no higher one.", err=True)
            if lowered := lab.parts.ledger.lowered():
                click.echo(plain(f"Stage {at_most(lowered)}. {raise_with(folder)}"), err=True)
            for line in told_contract(lab):
                click.echo(plain(line), err=True)
        asks = lab.settings.lab.stage <= ASKED and not (manner.as_json or quiet) and can_ask()
        while True:
            teller = Teller(lab, as_json=manner.as_json, quiet=quiet)
            with interrupt.listening(teller.notice), closing(teller):
                stop = _told_of(lab, teller)
                if stop.base_case != REVIEW or not asks:
                    teller.finish(stop)
                    break
            if ask(lab) is None:
                click.echo(plain(f"It waits. {decide_with(folder)}"), err=True)
                break
    if stop.base_case == INTERRUPTED:
        return interrupt.exit_code
    return EXIT_NEEDS_HUMAN if stop.needs_human else 0


def _last_words(folder: Path, pause: Paused) -> None:
    """Tell why a run is killed that did not end by itself, past all that it buffers."""
    told = f"{told_pause(pause)}. What had not ended is killed. {lift_with(folder)}"
    os.write(2, f"\n{plain(told[:1].upper() + told[1:])}\n".encode())


def follow(lab: Lab, interrupt: Interrupt, *, quiet: bool) -> Stop:
    """Improve the lab until it stops, told of on the way and not at the end.

    Raises:
        PausedError: when it is paused, or gets so.
    """
    lab.parts.ledger.require_going()
    teller = Teller(lab, as_json=False, quiet=quiet)
    with interrupt.listening(teller.notice), closing(teller):
        stop = _told_of(lab, teller)
    lab.parts.ledger.require_going()
    if stop.base_case == REVIEW:
        click.echo(plain(f"A candidate waits: {stop.reason}. {decide_with(lab.folder)}"), err=True)
    return stop


def lift_with(folder: Path) -> str:
    """How to lift a pause."""
    return f"A person lifts it: {_resume_with(folder)}"


def raise_with(folder: Path) -> str:
    """How to raise a stage that a tripwire lowered."""
    return f"People raise it again: {_resume_with(folder)}"


def _resume_with(folder: Path) -> str:
    """What lifts a pause, and raises a stage again, with a key where people sign."""
    key = ""
    with suppress(SuccessorError), Ledger.read(record_of(folder)) as ledger:  # it may be damaged
        key = key_hint(ledger)
    return f"successor resume {quote(name_of(folder))} --reason TEXT{key}"


def _told_of(lab: Lab, teller: Teller) -> Stop:
    """Run it; what its own code prints is no result, and what fails there is no fault of ours."""
    deafen = lab.parts.ledger.listen(teller.hear)
    try:
        with redirect_stdout(sys.stderr), blaming_own(lab.folder):
            return run(lab)
    finally:
        deafen()


def decide_with(folder: Path) -> str:
    """How to decide on what waits."""
    return f"Decide with: successor review {quote(name_of(folder))}"


def told_contract(lab: Lab) -> Iterator[str]:
    """What the subject goes by, line by line; nothing when it does not say.

    Raises:
        UsageError: when the subject cannot be judged.
    """
    found = contract_of(lab.parts.ledger) or _reported(lab)
    for name, lines in found.items():
        for line in lines:
            yield f"{name:<10}{line}"


def _reported(lab: Lab) -> Mapping[str, tuple[str, ...]]:
    """As the subject says it, which may run all its tests; nothing when a stop ends that."""
    subject = lab.parts.subject
    with suppress(Halt), lab.watch.watching(lab.parts.ledger.looked_after), lab.watch.halting():
        if isinstance(subject, Telling) and lab.watch.pause is None:
            return subject.report()
    return {}


class Teller:
    """Turns what the ledger reports into generations and a scene, and passes both on."""

    def __init__(self, lab: Lab, *, as_json: bool, quiet: bool) -> None:
        ledger, cases = lab.parts.ledger, lab.settings.base_cases
        self._lab = lab
        self._chronicle = Chronicle(ledger)
        earlier = self._chronicle.replay(ledger.entries())
        self._scene = Scene(
            goal=lab.settings.lab.goal,
            target=cases.target,
            budget_s=cases.wall_clock,
            spent_before_s=ledger.spent_s(),
            number=self._chronicle.number,
            generations=earlier,
        )
        self._idle = True
        self._audience: list[Audience] = audience(self._scene, as_json=as_json, quiet=quiet)

    def hear(self, news: Entry[Event] | Progress) -> None:
        """Take in what the ledger tells its listeners."""
        if isinstance(news, Progress):
            self._idle = False
            self._scene.progress(news.stage, news.done, news.total, news.figures)
            for each in self._audience:
                each.progress(self._scene)
            return
        if isinstance(news.event, SandboxOpened) and not news.event.trusted:
            self.notice(f"Sandbox: {unsafe(news.event.tier)}")
        ended = self._chronicle.take(news)
        self._scene.number = self._chronicle.number
        if ended is not None:
            self._scene.generation_ended(ended)
            for each in self._audience:
                each.ended(ended)

    def notice(self, text: str) -> None:
        """Tell something that is not on record."""
        self._scene.notice = text
        for each in self._audience:
            each.noticed(text)

    def finish(self, stop: Stop) -> None:
        """Tell what came of the session."""
        summary = self._summary(stop)
        self._scene.over = True
        told = "\n".join(self._told(stop, summary))
        for each in self._audience:
            each.finished(summary, told)

    def close(self) -> None:
        """Give the terminal back."""
        for each in self._audience:
            each.close()

    def _summary(self, stop: Stop) -> dict[str, Any]:
        ledger = self._lab.parts.ledger
        incumbent, waits = ledger.incumbent(), ledger.waiting()
        measured = self._chronicle.measures(incumbent.id if incumbent else "")
        return {
            "versions": self._chronicle.versions,
            "promotions": self._chronicle.promotions,
            **{name: measured.get(name) for name in HORIZONS},
            "measured": measured,
            "confirmed": self._chronicle.confirmed(incumbent.id if incumbent else ""),
            "waiting": waits.candidate.id if waits else None,
            "stopped_by": stop.base_case,
            "seconds": round(ledger.spent_s(), 3),
            "ledger_head": ledger.head.root,
        }

    def _told(self, stop: Stop, summary: dict[str, Any]) -> Iterator[str]:
        if stop.base_case == REVIEW:
            yield f"A candidate waits: {stop.reason}."
        elif stop.base_case in {INTERRUPTED, PAUSED}:
            yield f"{stop.reason[:1].upper()}{stop.reason[1:]}. What was done is on record."
        else:
            yield f"Stopped by its {metric(stop.base_case)}: {stop.reason}."
        if stop.needs_human and stop.base_case not in {REVIEW, PAUSED}:
            yield "This asks for a human: look at it before you go on."
        told = [each.headline for each in self._scene.generations if each.headline]
        now = next(iter(summary["measured"].values()), None)
        grown = f", {metric(told[0][0])} {number(told[0][1])} to {number(now)}" if told else ""
        versions, promotions = summary["versions"], summary["promotions"]
        made = counted(versions, "version")
        yield f"{made}, {promotions} promoted{grown}, {duration(summary['seconds'])}."
        yield self._next_step(stop, versions)

    def _next_step(self, stop: Stop, versions: int) -> str:
        """What to do now."""
        folder = self._lab.folder
        typed = quote(str(folder))
        signs = f"successor policy sign {typed} --key NAME"
        if stop.base_case == CHARTER:
            if standing(charter_of(folder), self._lab.parts.ledger).changes:
                return f"See what to sign: successor policy check {typed}"
            return f"An option cannot be signed: say it in successor.toml, then each signs: {signs}"
        if self._lab.parts.ledger.waiting() is not None:
            return decide_with(folder)
        if stop.base_case in RAISED and versions and self._idle:
            return f"To go on, raise {RAISED[stop.base_case]}; a record anew takes --fresh."
        if stop.base_case in RAISED and not versions:
            raised = RAISED[stop.base_case].replace("--budget", "--budget, as in --budget 15m")
            return f"Nothing is there yet. To go on, raise {raised}: successor improve {typed}"
        told = {
            INTERRUPTED: f"Go on with: successor improve {typed}",
            PAUSED: lift_with(folder),
            CHEATING: raise_with(folder),
            THRESHOLD: f"Change policy.toml, then each signs: {signs}",
        }
        return told.get(stop.base_case, f"See it with: successor report {typed}")
