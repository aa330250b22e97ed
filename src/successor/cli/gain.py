"""`successor gain`: how many times better than the start, at which rate, and what fails less."""

from __future__ import annotations

from pathlib import Path

import click

from successor.cli.options import JSON, LAB, PLOT, echo_json, plain


@click.command(
    short_help="How much better than the start, per generation, hour and dollar.",
    help="""\b
    Examples:
      successor gain examples/adder
      successor gain examples/fib/fib.py:fib --plot gain.svg
      successor gain examples/improver --json

    How many times better the version in charge of the lab LAB is than the first one, with its
    interval, and what both were checked on; doublings per generation, per hour of working time
    and per dollar that models cost; and the share of items that fail, by class, before and after.
    """,
)
@LAB
@PLOT
@JSON
def gain(lab: Path, *, plot: Path | None, json: bool) -> None:
    """See the help above."""
    from successor.insight.gain.record import lab_gain
    from successor.insight.gain.telling import as_json, lines
    from successor.lab import record_of

    found = lab_gain(record_of(lab))
    if plot:
        from successor.insight.gain.plot import draw

        draw(found, plot)
    echo_json(as_json(found)) if json else click.echo(plain("\n".join(lines(found))))
