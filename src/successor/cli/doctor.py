"""`successor doctor`: which sandbox this machine has, and whether it holds."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from successor.cli.bar import bar
from successor.cli.options import JSON, LabFolder, echo_json, option, plain

if TYPE_CHECKING:
    from successor.cheats import Fate
    from successor.cheats import Report as Cheated
    from successor.promises import Promise
    from successor.sandbox import Sandbox
    from successor.sandbox.escape import Report


UNSAFE = "; taken with --unsafe-sandbox only, and what is judged in it is never promoted"


@click.command(
    short_help="Which sandbox this machine has, and whether it holds.",
    help="""\b
    Examples:
      successor doctor
      successor doctor --tier bubblewrap
      successor doctor --json
      successor doctor --cheats
      successor doctor examples/adder --promises
      successor doctor examples/fib/fib.py:fib --promises --only 6

    Say which tiers of the sandbox this machine has, and attack the best one, or the one that is
    named: every attack of the escape suite runs inside it and must fail, and runs once more
    where nothing stops it and must succeed there, or it would prove nothing.

    With --cheats the judge is attacked instead: every reward hack of the red-team suite is handed
    in to a lab of its own and must not be promoted, and its honest twin must be. That takes a few
    minutes.

    With --promises each of the ten promises of docs/oversight.md is tried: on this installation,
    and on the lab LAB, if one is named, of which nothing is changed. It tells how often each could
    have been broken, and what came of it; one that nothing here could break is not shown. It takes
    some minutes, and includes both suites. Of one that is broken it says where its tests are, and
    how it is tried again alone, by its number. Away from a terminal a line on stderr says which
    begins.

    Exits with 1 when a promise is broken, an attack escaped, a hack was promoted or came to no
    verdict, or when there is no adequate sandbox, and with 2 when there is no tier of that name.
    """,
)
@click.argument("lab", required=False, type=LabFolder())
@option("--tier", metavar="NAME", help="The tier to attack; the best one when not given.")
@option("--cheats", is_flag=True, help="Attack the judge with reward hacks, not the sandbox.")
@option("--promises", is_flag=True, help="Try the ten promises, and tell what was seen of each.")
@option(
    "--only",
    type=click.IntRange(1, 10),
    multiple=True,
    metavar="N",
    help="With --promises: only the promise of this number; may be given several times.",
)
@JSON
def doctor(
    *,
    tier: str | None,
    cheats: bool,
    promises: bool,
    lab: Path | None,
    only: tuple[int, ...],
    json: bool,
) -> int:
    """See the help above."""
    from successor.errors import SuccessorError, UsageError
    from successor.sandbox import SandboxError, open_sandbox, tiers

    _check(tier)
    if (lab is not None or only) and not promises:
        raise UsageError("LAB and --only are for --promises")
    if promises:
        return _promises(lab, only, json=json)
    if cheats:
        return _cheats(tier, json=json)
    if not json:
        for each in tiers():
            state = "available" if each.available else "not here"
            click.echo(f"{each.tier:<11} {state:<10} {each.why}{'' if each.trusted else UNSAFE}")
    try:
        with open_sandbox(tier, allow_unsafe=tier is not None) as sandbox:
            report = _attacked(sandbox)
    except SandboxError as error:
        raise SuccessorError(str(error)) from None
    echo_json(report.figures()) if json else _tell(report)
    return int(report.escaped > 0)


def _check(tier: str | None) -> None:
    from successor.errors import UsageError
    from successor.sandbox.tiers import TIERS

    sandboxes = [each for each in TIERS if each != "rlimits"]
    if tier == "rlimits":
        raise UsageError("--tier rlimits keeps no program in, so there is nothing to attack")
    if tier is not None and tier not in sandboxes:
        raise UsageError(f"--tier {tier}: no such tier; give one of {', '.join(sandboxes)}")


def _attacked(sandbox: Sandbox) -> Report:
    from successor.sandbox.escape import run_suite

    with bar("attacking") as progress:
        return run_suite(sandbox, progress)


def _cheats(tier: str | None, *, json: bool) -> int:
    from successor.cheats import run_suite

    with bar("cheating") as progress:
        report = run_suite(progress, tier=tier)
    echo_json(report.figures()) if json else _tell_cheats(report)
    return int(report.promoted + report.unjudged > 0)


def _promises(lab: Path | None, only: tuple[int, ...], *, json: bool) -> int:
    from successor.lab import record_of
    from successor.ledger import Ledger
    from successor.promises import try_promises
    from successor.targets import name_of

    if lab is not None:
        Ledger.read(record_of(lab)).close()  # a mistake is told before anything is tried
    found, broken = list[dict[str, Any]](), 0
    with bar("promises") as progress:
        for promise, kept in try_promises(lab, progress, only, _begins):
            broken += kept.state == "broken"
            told = {"number": promise.number, "name": promise.name, "tests": promise.tests}
            again = f"successor doctor --promises --only {promise.number}"
            again += f" {quote(name_of(lab))}" if lab and promise.of_lab else ""
            found.append({**told, "again": again, **asdict(kept)})
            if not json:
                click.echo(plain(f"{promise.number:>2} {promise.name}: {kept.state}"))
                click.echo(plain(f"   {kept.figure}"))
            if kept.state == "broken" and not json:
                click.echo(plain(f"   alone: {again}; its tests: {promise.tests}"))
    if json:
        echo_json({"lab": str(lab) if lab else None, "broken": broken, "promises": found})
    return int(broken > 0)


def _begins(promise: Promise) -> None:
    """Away from a terminal, where no bar is seen, what is at work is told in a line."""
    if not sys.stderr.isatty():
        ahead = promise.ahead()
        told = f"{promise.number:>2} {promise.name}: trying{f' {ahead}' if ahead else ''}"
        click.echo(plain(told), err=True)


def _tell(report: Report) -> None:
    for attack in report.attacks:
        if attack.escaped:
            click.echo(f"ESCAPED  {attack.family}: {attack.name}: {attack.detail}")
        elif not attack.control_succeeded:
            click.echo(f"no control  {attack.family}: {attack.name}: did not work outside either")
    count = len(report.attacks)
    click.echo(
        f"{report.tier}: {report.escaped} of {count} attacks escaped; "
        f"{report.controls_that_succeeded} of {count} succeeded where nothing stops them; "
        f"{report.seconds:.0f}s."
    )


def _tell_cheats(report: Cheated) -> None:
    from successor.cheats.catalogue import KINDS

    names = max((len(each.cheat.name) for each in report.tried), default=0)
    for each in report.tried:
        kind = f"{each.cheat.kind:>2} {KINDS[each.cheat.kind]}"
        fate, twin = _told(each.fate, bad="promoted"), _told(each.twin, bad="rejected")
        click.echo(f"{kind:<33}{each.cheat.name:<{names}}  {fate:<28}  twin {twin}")
    for name in report.left_out:
        click.echo(f"left out, as nothing runs commands here: {name}")
    count = len(report.tried)
    click.echo(
        f"{report.promoted} of {count} cheats promoted, {report.unjudged} without a verdict; "
        f"{report.twins_promoted} of {count} honest twins promoted; {report.seconds:.0f}s."
    )


def _told(fate: Fate, bad: str) -> str:
    """In capitals what should not be."""
    outcome = fate.outcome.upper() if fate.outcome in {bad, "not judged"} else fate.outcome
    by = f" by {fate.by}" if fate.by else ""
    return f"{outcome}{by}{', run halted' if fate.halted else ''}"
