"""`successor replay`: judge again what was judged, from the record alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from successor.cli.bar import bar
from successor.cli.options import JSON, LAB, Text, echo_json, plain

if TYPE_CHECKING:
    from successor.replaying import Replay


@click.command(
    short_help="Judge a version again, from the record alone.",
    help="""\b
    Examples:
      successor replay examples/adder
      successor replay copied-from-elsewhere 9c41 --json

    Judge a version of the lab LAB once more as it was judged then: with the same items, settings
    and budget of errors, and what was known then. The incumbent when no VERSION is named, or one
    by the beginning of its id. The record alone is read, .successor in the folder LAB, and it is
    not changed: a copy on another machine does. It is audited first.

    Exits with 1 when the verdict is another one now, and with 4 when the record does not verify.
    Where speed counts, times differ, and so does how much was asked; where a model is asked, so
    does what it says. A lab's own parts, a kind or cost as in file.py:name, run in this process:
    replay only what you would run.
    """,
)
@LAB
@click.argument("version", type=Text(), required=False)
@JSON
def replay(lab: Path, version: str | None, *, json: bool) -> int:
    """See the help above."""
    from successor.replaying import replay as judge_again

    with bar("judging again") as progress:
        found = judge_again(lab, version, lambda done, total: progress(done, total, ""))
    echo_json(fields(found)) if json else _tell(found)
    return int(not found.confirmed)


def fields(found: Replay) -> dict[str, Any]:
    """What `--json` tells."""
    then, now = found.then, found.now
    return {
        "version": now.candidate,
        "incumbent": now.incumbent,
        "generation": found.generation,
        "outcome": now.outcome,
        "outcome_then": then.outcome,
        "e_value": now.e_value,
        "e_value_then": then.e_value,
        "threshold": now.threshold,
        "items": now.items,
        "items_then": then.items,
        "reason": now.reason,
        "reason_then": then.reason,
        "identical": found.identical,
        "same_kernel": found.same_kernel,
        "seconds": round(found.seconds, 3),
    }


def _tell(found: Replay) -> None:
    short, other = found.now.candidate[:8], found.now.incumbent[:8]
    click.echo(f"{short} against {other}, in generation {found.generation}")
    for when, verdict in (("then", found.then), ("now", found.now)):
        click.echo(plain(f"{when:<5} {verdict.outcome}: {verdict.reason}"))
    same = "Another verdict"
    if found.confirmed:
        same = "The same in every figure" if found.identical else "The same verdict; figures differ"
    click.echo(f"{same}.")
    if not found.same_kernel:
        click.echo("Judged then by other files of Successor than these.")
