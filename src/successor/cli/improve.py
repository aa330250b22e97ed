"""`successor improve`: run the recursion until a base case ends it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from successor.cli.options import LAB, Parsed, option


@click.command(
    short_help="Improve a lab until a base case is met.",
    help="""\b
    Examples:
      successor improve examples/adder
      successor improve examples/adder --target reliable_horizon=1024 --budget 30m
      successor improve examples/adder --strategy agree --fresh
      successor improve examples/adder --json > generations.jsonl

    Improve the lab in folder LAB, one generation after another, until a base case is met.
    A run that was killed or interrupted goes on where it was. Ctrl-C ends it at the next
    safe point, a second one at once.

    Options win over the lab's successor.toml. Strategy and seed define the experiment, so
    they may not change on a record that has begun; target, budget and generations may.
    """,
)
@LAB
@option(
    "--target",
    type=Parsed("metric=value"),
    metavar="METRIC=VALUE",
    help="Stop when the incumbent reaches this, such as reliable_horizon=64.",
)
@option(
    "--budget",
    type=Parsed("duration"),
    metavar="TIME",
    help="Working time over all sessions, such as 90s, 30m or 1h30m.",
)
@option(
    "--generations",
    type=click.IntRange(min=1),
    metavar="N",
    help="Generations over all sessions.",
)
@option("--strategy", metavar="NAME", help="The author's strategy, such as amplify.")
@option(
    "--seed",
    type=click.IntRange(min=0, max=2**53 - 1),
    metavar="N",
    help="What every random draw follows from.",
)
@option("--fresh", is_flag=True, help="Set the record so far aside and begin anew.")
@option(
    "--json",
    is_flag=True,
    help="One JSON object for each generation on stdout, and a last one for the run.",
)
@option("--quiet", "-q", is_flag=True, help="Show nothing but errors.")
def improve(
    lab: Path, *, fresh: bool, json: bool, quiet: bool, **settings: str | float | None
) -> int:
    """See the help above."""
    from successor.cli.session import run_session

    return run_session(lab, overrides(settings), fresh=fresh, as_json=json, quiet=quiet)


def overrides(settings: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """The options given, by table and key of `successor.toml`."""
    place = {
        "target": ("base_cases", "target"),
        "budget": ("base_cases", "wall_clock"),
        "generations": ("base_cases", "generations"),
        "strategy": ("author", "strategy"),
        "seed": ("lab", "seed"),
    }
    tables: dict[str, dict[str, object]] = {}
    for name, value in settings.items():
        if value is not None:
            table, key = place[name]
            tables.setdefault(table, {})[key] = value
    return tables
