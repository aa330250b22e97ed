"""Promises that are tried on this installation: its sandbox, its judge, what it shows."""

from __future__ import annotations

from pathlib import Path

from successor.cheats import run_suite as cheat
from successor.promises.kept import Kept, counted
from successor.sandbox import SandboxError, open_sandbox
from successor.sandbox.escape import run_suite as attack


def try_escapes(_: Path) -> Kept:
    """Every attack of the escape suite, each with a control that nothing stops."""
    try:
        with open_sandbox() as sandbox:
            report = attack(sandbox)
    except SandboxError as error:
        return Kept("not shown", str(error))
    count = len(report.attacks)
    told = (
        f"{report.tier}: {report.escaped} of {count} attacks escaped; "
        f"{report.controls_that_succeeded} of {count} succeeded where nothing stops them"
    )
    return counted(count, report.escaped, told)


def try_cheats(_: Path) -> Kept:
    """Every reward hack, each with its honest twin."""
    report = cheat()
    count, wrong = len(report.tried), report.promoted + report.unjudged
    alarms = count - report.twins_promoted
    told = (
        f"{report.promoted} of {count} reward hacks promoted; {alarms} of {count} honest twins not"
    )
    return counted(count, wrong, told)
