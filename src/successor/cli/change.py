"""`successor diff`, and the end of a run on a function: what changed, why, and what it cost."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from successor.cli.options import plain
from successor.errors import UsageError
from successor.insight.difference import FileChange, differences, shown
from successor.insight.report.html import counted
from successor.lab import record_of
from successor.ledger import Decided, Ledger, Written
from successor.showing.figures import duration, number

LONGEST = 200
"""Lines of a difference that a terminal is shown unasked."""


@dataclass(frozen=True)
class Change:
    """From one version to another, on one line of versions."""

    since: str
    until: str
    files: tuple[FileChange, ...]
    promotions: tuple[str, ...]
    """The reason for each promotion between the two, oldest first."""
    candidates: int
    """Versions written on record, promoted or not."""
    evaluations: float
    """Runs in the sandbox that authors have asked for, on record."""
    seconds: float
    """Working time on record."""


def change_of(folder: Path, since: str | None = None, until: str | None = None) -> Change:
    """What changed from one version, the first if none is named, to another, the incumbent.

    Raises:
        UsageError: when nothing is on record, or there is no such version.
        RecordError: when the record does not verify.
    """
    with Ledger.read(record_of(folder)) as ledger:
        incumbent = ledger.incumbent()
        if incumbent is None:
            raise UsageError(f"{folder}: there is no version yet; successor improve {folder}")
        new = ledger.version(ledger.named(until)) if until else incumbent
        line = ledger.lineage(new.id)
        old = ledger.version(ledger.named(since)) if since else line[0]
        between = {version.id for version in line[line.index(old) + 1 :]} if old in line else ()
        made = (entry.event.decision for entry in ledger.entries(Decided))
        return Change(
            old.id,
            new.id,
            tuple(differences(ledger, old, new)),
            tuple(
                each.reason
                for each in made
                if each.candidate in between and each.outcome == "promoted"
            ),
            sum(entry.event.version is not None for entry in ledger.entries(Written)) - 1,
            ledger.used("evaluations"),
            ledger.spent_s(),
        )


def as_json(change: Change) -> dict[str, object]:
    """The fields of `diff --json`."""
    return asdict(change)


def show(change: Change, console: Console, longest: int | None = None) -> None:
    """Print it: the differences in colour where there are colours, then why and at what cost."""
    lines = [*shown(change.files)]
    for line in lines[:longest]:
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        console.print(Text(line, style=style), soft_wrap=True)
    if longest is not None and len(lines) > longest:
        console.print(f"... {len(lines) - longest} more lines: successor diff")
    if not change.files:
        console.print("No difference.")
    for reason in change.promotions:
        console.print(Text(f"Why: {plain(reason)}"), soft_wrap=True)
    tried = counted(change.candidates, "candidate")
    if change.evaluations:
        tried += f", {number(change.evaluations)} evaluations"
    console.print(Text(f"Cost of the lab so far: {tried}, {duration(change.seconds)}."))
