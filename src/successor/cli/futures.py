"""`successor futures`: where a curve goes, and what models of the future say."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from successor.cli.options import JSON, PLOT, Finite, LabFolder, echo_json, option, plain
from successor.errors import UsageError

if TYPE_CHECKING:
    from successor.insight.futures.returns import Fitted
    from successor.insight.futures.world import World

PRESETS = (
    "davidson-houlden", "ai-2027", "full-takeoff", "ai-futures", "compute-bound", "review-bound",
)  # fmt: skip


@click.command(
    short_help="Where a curve goes: S-curve, compounding or accelerating.",
    help="""\b
    Examples:
      successor futures series.csv --time generation --value speedup
      successor futures benchmark_results.yaml --ahead 365 --plot futures.svg
      successor futures examples/adder --json
      successor futures examples/adder --preset review-bound
      successor futures --preset davidson-houlden
      successor futures --preset review-bound --set review=0.02 --set capacity=2

    With a PATH: fit logistic, exponential and superexponential growth to a series, compare them
    by how well they predict its points from those before, and forecast; when the data can't tell,
    it says so. PATH has a row for each point (.csv, .tsv, .jsonl), or is a table of published
    horizons (.yaml), or a lab, whose headline is followed by its minutes of work.

    With --preset: simulate a model that others published, or a world with numbers of your own.
    With both, and PATH a lab: the world goes on from there, with the pace, the returns to effort
    and the share of review that the lab's record shows; all else is the preset's.
    """,
)
@click.argument("path", metavar="[PATH]", required=False, type=LabFolder())
@option("--time", metavar="NAME", help="The column with the time: numbers or dates.")
@option("--value", metavar="NAME", help="The column with what grows; above 0.")
@option(
    "--ahead",
    type=Finite(0, min_open=True),
    help="How far to forecast, in the unit of time; else half of what was seen.",
)
@option("--preset", type=click.Choice(PRESETS), help="The model to simulate.")
@option(
    "--set", "sets", multiple=True, metavar="KEY=NUMBER", help="A number of the preset's world."
)
@option(
    "--draws",
    type=click.IntRange(100, 10_000_000),
    default=20_000,
    show_default=True,
    help="Of forecasts and simulations.",
)
@option("--seed", type=click.IntRange(0), default=42, show_default=True, help="Of chance.")
@PLOT
@JSON
def futures(path: Path | None, *, json: bool, **given: object) -> None:
    """See the help above."""
    preset, plot = given["preset"], given["plot"]
    plot = plot if isinstance(plot, Path) else None
    if path is None and preset is None:
        raise UsageError("give a PATH with a series, a --preset, or a lab and a --preset")
    draws, seed = int(str(given["draws"])), int(str(given["seed"]))
    if path is not None and preset is None:
        if given["sets"]:
            raise UsageError("--set is for a --preset")
        time, value = (
            None if given[name] is None else str(given[name]) for name in ("time", "value")
        )
        ahead = None if given["ahead"] is None else float(str(given["ahead"]))
        return _growth(path, (time, value), ahead, (draws, seed), plot=plot, json=json)
    told = [str(each) for each in cast("tuple[object, ...]", given["sets"])]
    return _preset(str(preset), (path, told), (draws, seed), plot=plot, json=json)


def _growth(
    path: Path,
    columns: tuple[str | None, str | None],
    ahead: float | None,
    chance: tuple[int, int],
    *,
    plot: Path | None,
    json: bool,
) -> None:
    from successor.insight.futures.growth import forecasts, told
    from successor.insight.futures.returns import returns
    from successor.insight.futures.series import WORKED, read_series
    from successor.insight.futures.telling import growth_json, growth_lines

    if not path.exists():
        raise UsageError(f"{path}: no such file")
    series = read_series(path, *columns)
    found = told(series.times, series.values)
    far = ahead or (series.times[-1] - series.times[0]) / 2
    times = [series.times[-1] + far * (step / 4) for step in range(1, 5)]
    if not math.isfinite(times[-1]):
        raise UsageError(f"--ahead {far:g}: further than numbers reach")
    shown = forecasts(found, times, draws=chance[0], seed=chance[1])
    back = returns(series.times, series.values) if series.unit == WORKED else None
    if plot:
        from successor.insight.futures.plot import draw_growth

        draw_growth(series, found, shown, plot)
    lines = [] if json else [*growth_lines(series, found, shown, back)]
    _say(growth_json(series, found, shown, back) if json else lines)


def _preset(
    name: str,
    given: tuple[Path | None, Sequence[str]],
    chance: tuple[int, int],
    *,
    plot: Path | None,
    json: bool,
) -> None:
    from dataclasses import replace

    from successor.insight.futures import telling
    from successor.insight.futures.presets import DOUBLINGS, PRESETS, TAKEOFF
    from successor.insight.futures.world import changed, simulate

    lab, sets = given
    if name in {DOUBLINGS, TAKEOFF}:
        given_too = {"PATH": lab, "--set": sets, "--plot": plot}
        if told := " and ".join(word for word, value in given_too.items() if value):
            raise UsageError(f"{told}: {name} is a model of its own, without a world")
        as_json, lines = {
            DOUBLINGS: (telling.doublings_json, telling.doublings_lines),
            TAKEOFF: (telling.takeoff_json, telling.takeoff_lines),
        }[name]
        return _say(as_json(*chance) if json else [*lines(*chance)])
    wishes, preset, taken = dict(map(_wish, sets)), PRESETS[name], None
    if lab is not None:
        world, taken = _of_lab(lab, preset.world)
        preset = replace(preset, world=world)
        taken = {key: value for key, value in taken.items() if key not in wishes}
    preset = replace(preset, world=changed(preset.world, wishes))
    followed = simulate(preset.world)
    if plot:
        from successor.insight.futures.plot import draw_world

        draw_world(name, preset, followed, plot)
    lines = [] if json else [*telling.path_lines(name, preset, followed, taken)]
    return _say(telling.path_json(name, preset, followed, taken) if json else lines)


def _of_lab(lab: Path, world: World) -> tuple[World, Mapping[str, Fitted | None]]:
    """A world that goes on from where a lab's record ends."""
    from successor.insight.futures.returns import FEWEST, going_on, returns
    from successor.insight.futures.series import RECORD, read_series, review_share
    from successor.ledger import Ledger

    if not lab.is_dir():
        raise UsageError(f"{lab}: with a --preset PATH has to be the folder of a lab")
    series = read_series(lab)
    found = returns(series.times, series.values)
    if found is None:
        told = f"{len(series.times)} versions in charge can be measured; a fit takes {FEWEST}"
        raise UsageError(f"{lab}: {told}. Simulate with numbers of your own: leave out the lab")
    with Ledger.read((lab / RECORD).absolute()) as ledger:
        return going_on(world, found, review_share(ledger))


def _wish(text: str) -> tuple[str, float]:
    key, sign, value = text.partition("=")
    try:
        if sign:
            return key.strip().replace("-", "_"), float(value)
    except ValueError:
        pass
    raise UsageError(f"--set {text}: should be KEY=NUMBER, such as review=0.02")


def _say(told: dict[str, object] | list[str]) -> None:
    if isinstance(told, dict):
        echo_json(told)
    else:
        click.echo(plain("\n".join(told)))
