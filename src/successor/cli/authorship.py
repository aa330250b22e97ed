"""`successor authorship`: who wrote what was merged, and what of it is still there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from successor.cli.options import JSON, PLOT, Finite, LabFolder, echo_json, option, plain


@click.command(
    short_help="Who wrote what was merged: people, AI, or both.",
    help="""\b
    Examples:
      successor authorship .
      successor authorship ~/src/project --since 2025-01-01 --json
      successor authorship ~/src/project --plot authorship.svg
      successor authorship examples/adder

    The share of changes, lines and surviving lines that people wrote alone, with AI, or that AI
    wrote, in the git repository PATH, by its commits' authors and trailers; and changes by
    person and day. Of a lab: its promotions by stage, the lines of the version in charge by who
    wrote them, and the minutes that people took to review.
    AI that leaves no trace counts as human, and lines overstate what AI brings.
    """,
)
@click.argument("path", metavar="PATH", type=LabFolder())
@option("--revision", default="HEAD", show_default=True, help="Up to which commit.")
@option("--since", type=click.DateTime(["%Y-%m-%d"]), help="The first day of changes that count.")
@option(
    "--seconds",
    type=Finite(0),
    default=60.0,
    show_default=True,
    help="For surviving lines; what is not read by then is left out, and told.",
)
@PLOT
@JSON
def authorship(
    path: Path,
    *,
    revision: str,
    since: datetime | None,
    seconds: float,
    plot: Path | None,
    json: bool,
) -> None:
    """See the help above."""
    from successor.insight.authorship import measured, telling
    from successor.insight.authorship.record import lab_authorship
    from successor.insight.horizon.measured import RECORD

    if (path / RECORD).is_dir():
        lab = lab_authorship((path / RECORD).absolute())
        if plot:
            from successor.insight.authorship.plot import draw_lab

            draw_lab(lab, plot)
        echo_json(telling.lab_json(lab)) if json else _say([*telling.lab_lines(lab)])
        return
    day = since.date() if since else None
    found = measured.authorship(path, revision, day, seconds)
    if plot:
        from successor.insight.authorship.plot import draw

        draw(found, plot)
    echo_json(telling.as_json(found)) if json else _say([*telling.lines(found)])


def _say(lines: list[str]) -> None:
    click.echo(plain("\n".join(lines)))
