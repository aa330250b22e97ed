"""`successor horizon`: how far an ability reaches, and how fast that grows."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from successor.cli.options import JSON, PLOT, Finite, LabFolder, echo_json, option, plain

DAY = click.DateTime(["%Y-%m-%d"])


@click.command(
    short_help="How far an ability reaches, and how fast that grows.",
    help="""\b
    Examples:
      successor horizon runs.jsonl --hack-policy fail --dates release_dates.yaml
      successor horizon benchmark_results.yaml --since 2023-01-01 --json
      successor horizon sums.csv --size digits --hack-policy drop
      successor horizon logs/ --hack-policy fail --size human_minutes
      successor horizon examples/adder --hack-policy fail

    The size of task that each model does right half of the time, and 80%, and the time in which
    that doubles, as METR measures time horizons. PATH is a file of runs (.jsonl, .csv, .tsv),
    Inspect logs (.eval, .json, or a folder of them), a table of published horizons (.yaml), or
    a lab, whose versions are the models. Several files of runs are read as one.

    A row has alias (or agent, model), human_minutes (or another positive size) and
    score_binarized (or score, between 0 and 1); task_id, task_family, release_date and reward_hack
    if there are any.
    """,
)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=LabFolder())
@option(
    "--hack-policy",
    type=click.Choice(["fail", "pass", "drop"]),
    help="What a run counts for that is marked as a reward hack; has to be chosen for runs.",
)
@option("--since", type=DAY, help="Trend of models released on that day or later.")
@option("--until", type=DAY, help="Trend of models released on that day or earlier.")
@option(
    "--dates",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="YAML with the release date of each model.",
)
@option("--size", metavar="NAME", help="The column that says how large a task is.")
@option("--score", metavar="NAME", help="The column, or the scorer of a log, with what a run got.")
@option("--hack", metavar="NAME", help="The column that says whether a run is a reward hack.")
@option("--unit", metavar="TEXT", help="What sizes are in; else the name of the column.")
@option(
    "--penalty",
    type=Finite(0, min_open=True),
    default=1e-5,
    show_default=True,
    help="On the slope of the fits; METR's first tables had 0.1.",
)
@option(
    "--draws",
    type=click.IntRange(0, 100_000),
    default=1000,
    show_default=True,
    help="Of the bootstrap, 100 or more; 0 gives no intervals.",
)
@option("--seed", type=click.IntRange(0), default=42, show_default=True, help="Of the bootstrap.")
@PLOT
@JSON
def horizon(paths: tuple[Path, ...], *, plot: Path | None, json: bool, **given: Any) -> None:  # noqa: ANN401 - what click has parsed
    """See the help above."""
    from successor.insight.horizon.measured import Asked, measured
    from successor.insight.horizon.rows import Columns
    from successor.insight.horizon.telling import as_json, lines

    columns = Columns(given["size"], given["score"], given["hack"], given["unit"])
    since, until = _day(given["since"]), _day(given["until"])
    asked = Asked(
        given["hack_policy"],
        columns,
        given["dates"],
        since,
        until,
        given["penalty"],
        given["draws"],
        given["seed"],
    )
    found = measured(paths, asked)
    if plot:
        from successor.insight.horizon.plot import draw

        draw(found, plot)
    echo_json(as_json(found, asked)) if json else click.echo(plain("\n".join(lines(found, asked))))


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
