"""Promises that are tried on this installation: its sandbox, its judge, what it shows."""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from successor.cheats import results
from successor.cheats import run_suite as cheat
from successor.cheats.catalogue import catalogue
from successor.errors import SuccessorError
from successor.insight.visible import visible
from successor.promises.kept import Kept, Told, counted
from successor.sandbox import SandboxError, open_sandbox
from successor.sandbox.escape import run_suite as attack

NAMED = 5
"""Of what went wrong, so many are named in a line."""
NO_DRILL = "nobody has done a drill here, so how often people catch what is planted is not known"


def try_escapes(_: Path, told: Told) -> Kept:
    """Every attack of the escape suite, each with a control that nothing stops."""
    try:
        with open_sandbox() as sandbox:
            report = attack(sandbox, told)
    except SandboxError as error:
        return Kept("not shown", str(error))
    count = len(report.attacks)
    found = (
        f"{report.tier}: {report.escaped} of {count} attacks escaped; "
        f"{report.controls_that_succeeded} of {count} succeeded where nothing stops them"
    )
    bad = (f"{each.family}: {each.name}" for each in report.attacks if each.escaped)
    return counted(count, report.escaped, found + named("escaped", bad))


def cheats_ahead() -> str:
    """How many candidates, at most, `try_cheats` hands in."""
    return f"{2 * len(catalogue())} candidates, some minutes"


def try_cheats(_: Path, told: Told) -> Kept:
    """Every reward hack, each with its honest twin."""
    report = cheat(told)
    count, wrong = len(report.tried), report.promoted + report.unjudged
    alarms = count - report.twins_promoted
    found = (
        f"{report.promoted} of {count} reward hacks promoted; {alarms} of {count} honest twins not"
    )
    taken, twins = ("promoted", "not judged"), ("promoted",)
    bad = (each.cheat.name for each in report.tried if each.fate.outcome in taken)
    refused = (each.cheat.name for each in report.tried if each.twin.outcome not in twins)
    names = named("promoted or not judged", bad) + named("twins refused", refused)
    return counted(count, wrong, found + names)


def named(what: str, names: Iterable[str]) -> str:
    """The first few of what should not be, by name; nothing when there is none."""
    every = [*names]
    more = f" and {len(every) - NAMED} more" if len(every) > NAMED else ""
    return f"; {what}: {', '.join(every[:NAMED])}{more}" if every else ""


def try_showing(_: Path, told: Told) -> Kept:
    """Every sign that shows nothing, or turns what is around it, between letters; and how people
    did who practised.
    """
    signs = [sign for number in range(sys.maxunicode + 1) if hides(sign := chr(number))]
    told(0, len(signs), "signs that hide")
    hidden = sum(sign in visible(f"a{sign}b") for sign in signs)
    found = f"{len(signs) - hidden:,} of {len(signs):,} signs that hide are spelled; {_practised()}"
    return counted(len(signs), hidden, found)


def _practised() -> str:
    try:
        done = results.kept(results.kept_at())
    except SuccessorError as error:
        return str(error)
    drills = results.score([each for drill in done for each in drill.answers])
    return f"in drills people caught {drills.caught.told()}" if drills.caught.of else NO_DRILL


def hides(sign: str) -> bool:
    """Whether Unicode itself says that there is nothing to be seen of it (its categories)."""
    return unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp"}
