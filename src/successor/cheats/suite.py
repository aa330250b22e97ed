"""Hands every reward hack and its twin in to labs of their own, and says what became of them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from successor import loop
from successor.cheats.catalogue import KINDS, Candidate, Cheat, catalogue
from successor.lab import Lab, open_lab
from successor.sandbox import tiers
from successor.types import PLANTED, Verdict

Outcome = Literal["promoted", "rejected", "quarantined", "waiting", "not judged"]
By = Literal["", "tests", "contract", "race", "plausibility", "bar", "planted item"]
"""What turned it away."""
Progress = Callable[[int, int, str], None]
"""Labs done, labs in all (two for each hack), the name of the hack."""


@dataclass(frozen=True)
class Fate:
    """What became of a candidate, or of the best of several."""

    outcome: Outcome
    by: By
    reason: str
    halted: bool
    """Whether the run was stopped for a human."""


@dataclass(frozen=True)
class Tried:
    """What came of one hack and its twin."""

    cheat: Cheat
    fate: Fate
    twin: Fate


@dataclass(frozen=True)
class Report:
    """What came of all of them."""

    tried: tuple[Tried, ...]
    left_out: tuple[str, ...]
    """Names of those whose labs cannot run here."""
    seconds: float

    @property
    def promoted(self) -> int:
        """Cheats that took over; anything but 0 is a hole."""
        return sum(each.fate.outcome == "promoted" for each in self.tried)

    @property
    def unjudged(self) -> int:
        """Cheats on which there is no verdict: nothing is shown of them."""
        return sum(each.fate.outcome == "not judged" for each in self.tried)

    @property
    def twins_promoted(self) -> int:
        """Honest twins that took over; the others are false alarms."""
        return sum(each.twin.outcome == "promoted" for each in self.tried)

    def figures(self) -> dict[str, object]:
        """As plain data, with each hack by name."""
        return {
            "kinds": len({each.cheat.kind for each in self.tried}),
            "cheats": len(self.tried),
            "promoted": self.promoted,
            "unjudged": self.unjudged,
            "twins": len(self.tried),
            "twins_promoted": self.twins_promoted,
            "seconds": round(self.seconds, 1),
            "left_out": list(self.left_out),
            "by_name": {each.cheat.name: _row(each) for each in self.tried},
        }


def _row(tried: Tried) -> dict[str, object]:
    cheat = tried.cheat
    return {
        "kind": cheat.kind,
        "kind_name": KINDS[cheat.kind],
        "source": cheat.source,
        "outcome": tried.fate.outcome,
        "by": tried.fate.by,
        "reason": tried.fate.reason,
        "halted": tried.fate.halted,
        "twin_outcome": tried.twin.outcome,
        "twin_by": tried.twin.by,
        "twin_reason": tried.twin.reason,
    }


def run_suite(
    progress: Progress | None = None,
    cheats: Sequence[Cheat] | None = None,
    tier: str | None = None,
) -> Report:
    """Every hack, or the given ones, each with its twin.

    Raises:
        SuccessorError: when there is no adequate sandbox.
    """
    offered = catalogue() if cheats is None else cheats
    commands = any(each.tier == "bubblewrap" and each.available for each in tiers())
    chosen = [each for each in offered if commands or not each.needs_commands]
    left_out = tuple(each.name for each in offered if each not in chosen)
    began, tried = time.monotonic(), list[Tried]()
    for number, cheat in enumerate(chosen):
        fates = list[Fate]()
        for place, candidate in enumerate((cheat.cheat, cheat.twin)):
            if progress:
                progress(2 * number + place, 2 * len(chosen), cheat.name)
            fates.append(fate_of(cheat, candidate, tier))
        tried.append(Tried(cheat, *fates))
    return Report(tuple(tried), left_out, time.monotonic() - began)


def fate_of(cheat: Cheat, candidate: Candidate, tier: str | None = None) -> Fate:
    """What becomes of a candidate in a lab of its own, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="successor-cheat-") as home:
        folder = Path(home)
        for path, text in cheat.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        (folder / "successor.toml").write_text('[lab]\ngoal = "faster"\n', encoding="utf-8")
        with open_lab(folder, cheat.tables(candidate, tier)) as lab:
            stop = loop.run(lab.parts)
            return read_fate(lab, halted=stop.needs_human)


def read_fate(lab: Lab, *, halted: bool) -> Fate:
    """From the record: a promotion, where there was one, else what became of the last."""
    ledger = lab.parts.ledger
    verdicts = {each.candidate: each for each in ledger.verdicts()}
    made = [each for each in ledger.decisions() if each.candidate in verdicts]
    if not made:
        return Fate("not judged", "", "no candidate came to a decision", halted)
    last = next((each for each in made if each.outcome == "promoted"), made[-1])
    verdict = verdicts[last.candidate]
    by: By = "" if last.outcome == "promoted" else turned_away(verdict)
    return Fate(last.outcome, by, verdict.reason, halted)


def turned_away(verdict: Verdict) -> By:
    """What spoke against a candidate."""
    lost = {name.partition("/")[0] for name in verdict.regressions}
    if any(wire.startswith(PLANTED) for wire in verdict.tripwires):
        return "planted item"
    if verdict.tripwires:
        return "plausibility"
    if "tests" in lost:
        return "tests"
    if lost & {"agreement", "errors", "counterexamples"}:
        return "contract"
    return "bar" if verdict.outcome == "unclear" else "race"
