"""`successor judgement`: who chose what, and whether the AI's pick was the better one."""

from __future__ import annotations

import time
from pathlib import Path

import click

from successor.cli.bar import bar
from successor.cli.options import JSON, LAB, PLOT, Parsed, echo_json, option, plain


@click.command(
    short_help="Who chose what, and whether the AI's pick was better.",
    help="""\b
    Examples:
      successor judgement examples/fib/fib.py:fib
      successor judgement examples/fib/fib.py:fib --replay --budget 10m
      successor judgement examples/adder --json

    Every choice on record of the lab LAB: the options, what was predicted of each, and who chose
    what. An option is to stay with the incumbent, the candidate, what its author could have handed
    in instead, or what a person made of it. Beside them, what people picked by successor direct.

    With --replay the roads that were not taken are tried: every option is examined on the same
    fresh items, by the lab's own exams in the sandbox, until the time is over. It tells how often
    the AI's pick was better than a person's, a random, and a greedy one; a person's always at
    detours and at strong moves. The record is audited first, and not changed. A lab's own parts, a
    kind or cost as in file.py:name, run in this process: replay only what you would run.
    """,
)
@LAB
@option("--replay", is_flag=True, help="Try the roads that were not taken.")
@option(
    "--budget",
    type=Parsed("duration"),
    default="5m",
    show_default=True,
    help="With --replay: how long; a moment not done by then is left out.",
)
@option(
    "--seed",
    type=click.IntRange(0),
    default=42,
    show_default=True,
    help="With --replay: of the items, the order and the random pick.",
)
@PLOT
@JSON
def judgement(
    lab: Path, *, replay: bool, budget: str, seed: int, plot: Path | None, json: bool
) -> None:
    """See the help above."""
    from successor.insight.judgement.directions import directions
    from successor.insight.judgement.moments import moments
    from successor.insight.judgement.telling import Judgement, as_json, lines
    from successor.lab import record_of
    from successor.labfile import parse_duration
    from successor.ledger import Ledger

    with Ledger.read(record_of(lab)) as ledger:
        found, picks = moments(ledger), directions(ledger)
    budget_s, began, done = parse_duration(budget), time.monotonic(), None
    if replay:
        from successor.replaying import try_roads

        with bar("trying roads") as progress:
            done = try_roads(lab, found, seed, budget_s, lambda at, of: progress(at, of, ""))
    told = Judgement(found, done, time.monotonic() - began, picks)
    if plot:
        from successor.insight.judgement.plot import draw

        draw(found, plot)
    if json:
        echo_json(as_json(told, seed, budget_s))
    else:
        click.echo(plain("\n".join(lines(told))))
