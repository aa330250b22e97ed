"""`successor front`: the versions that trade one goal for another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from successor.cli.options import JSON, LAB, echo_json

if TYPE_CHECKING:
    from successor.insight.front import Standing
    from successor.ledger import Ledger

NONE = "No version trades one goal for another."


@click.command(
    short_help="The versions that trade one goal for another.",
    help="""\b
    Examples:
      successor front add.py:add
      successor front add.py:add --json

    The Pareto front of the versions of a program that has more than one goal: those that no other
    version beats on every goal. Each goal is told beside the first version, by the estimates on
    record. A version is promoted only when it loses on no goal; one that gains on one and loses on
    another you get by naming the goal that counts, as in: successor improve add.py:add --goal
    faster --fresh. What is wrong anywhere, cheated or was revoked is not on it.
    """,
)
@LAB
@JSON
def front(lab: Path, *, json: bool) -> None:
    """See the help above."""
    from successor.insight.front import standings
    from successor.lab import record_of
    from successor.ledger import Ledger

    with Ledger.read(record_of(lab)) as ledger:
        found = [each for each in standings(ledger) if each.on_front]
        charge = ledger.incumbent()
        if json:
            echo_json(front_of(found, charge.id if charge else None))
        else:
            _show(found, charge.id if charge else "")


def front_of(found: Sequence[Standing], in_charge: str | None) -> dict[str, Any]:
    """The fields of `front --json`."""
    rows = [{k: v for k, v in asdict(each).items() if k != "on_front"} for each in found]
    return {"incumbent": in_charge, "front": rows}


def hint(ledger: Ledger, target: str) -> str:
    """That versions trade one goal for another, and where to see them; "" when none does."""
    from successor.insight.front import standings

    incumbent = ledger.incumbent()
    others = [
        each
        for each in standings(ledger)
        if each.on_front and incumbent is not None and each.version != incumbent.id
    ]
    told = {1: "1 version trades"}.get(len(others), f"{len(others)} versions trade")
    return f"{told} one goal for another: successor front {target}" if others else ""


def _show(found: Sequence[Standing], in_charge: str) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table

    from successor.cli.options import plain
    from successor.showing.figures import number

    if len(found) < 2:
        click.echo(NONE)
        return
    console = Console()
    kind = box.ASCII if console.options.ascii_only else box.SIMPLE_HEAD
    rows = Table(box=kind, pad_edge=False)
    rows.add_column("version", no_wrap=True)
    names = list(_names(found))
    for name in names:
        rows.add_column(name, justify="right", no_wrap=True)
    rows.add_column("decision", no_wrap=True)
    rows.add_column("why", overflow="fold")
    for each in found:
        decision = "in charge" if each.version == in_charge else each.outcome
        gains = [number(each.gains[name]) for name in names]
        rows.add_row(each.version[:8], *gains, decision, plain(each.reason))
    console.print(rows)
    click.echo("Each beside the first version: times faster, better or less, or a share.")


def _names(found: Sequence[Standing]) -> Mapping[str, None]:
    return dict.fromkeys(name for each in found for name in each.gains)
