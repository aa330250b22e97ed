"""`successor doctor`: which sandbox this machine has, and whether it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from successor.cli.options import JSON, echo_json, option

if TYPE_CHECKING:
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

    Say which tiers of the sandbox this machine has, and attack the best one, or the one that is
    named: every attack of the escape suite runs inside it and must fail, and runs once more
    where nothing stops it and must succeed there, or it would prove nothing.

    Exits with 1 when an attack escaped, or when there is no adequate sandbox, and with 2 when
    there is no tier of that name.
    """,
)
@option("--tier", metavar="NAME", help="The tier to attack; the best one when not given.")
@JSON
def doctor(*, tier: str | None, json: bool) -> int:
    """See the help above."""
    from successor.errors import SuccessorError
    from successor.sandbox import SandboxError, open_sandbox, tiers

    _check(tier)
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
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    from successor.sandbox.escape import run_suite

    columns = (TextColumn("attacking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("attacking", total=None)
        return run_suite(
            sandbox, lambda done, total, _: bar.update(task, completed=done, total=total)
        )


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
