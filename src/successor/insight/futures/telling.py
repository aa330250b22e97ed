"""What `successor futures` says: as JSON, and in words."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

import numpy as np

from successor.insight.futures import milestones
from successor.insight.futures.doublings import PUBLISHED, QUESTIONS, Priors, probabilities
from successor.insight.futures.growth import KINDS, Forecast, Growth
from successor.insight.futures.presets import Preset
from successor.insight.futures.returns import FEWEST, Fitted, Returns
from successor.insight.futures.series import WORKED, Series
from successor.insight.futures.world import Path, World, simulate
from successor.insight.report.html import number

HOURS = "hours of work"
Taken: TypeAlias = Mapping[str, Fitted | None]
"""Numbers of a world that a lab's record gave, with their intervals."""


def growth_json(
    series: Series, found: Growth, ahead: Sequence[Forecast], back: Returns | None
) -> dict[str, object]:
    """One object; None stands for what is beyond all numbers."""
    return {
        "what": series.what,
        "unit": series.unit,
        "points": len(series.times),
        "verdict": found.verdict or "can't tell",
        "meaning": found.meaning(found.verdict) if found.verdict else None,
        "reason": found.reason,
        "probabilities": dict(found.probabilities) if found.enough else {},
        "scores": dict(found.scores) if found.enough else {},
        "forecasts": [
            {
                "time": each.time,
                "shown": series.shown(each.time),
                "median": finite(each.median),
                "interval_50": [finite(end) for end in each.half],
                "interval_90": [finite(end) for end in each.most],
            }
            for each in (ahead if found.enough else ())
        ],
        "returns": returns_json(back) if back else None,
    }


def returns_json(found: Returns) -> dict[str, object]:
    """One object."""
    return {
        "r": finite(found.r),
        "r_interval": [finite(end) for end in found.r_interval],
        "beta": found.beta.value,
        "beta_interval": list(found.beta.interval),
        "doublings_per_hour": found.rate.value,
        "doublings_per_hour_interval": list(found.rate.interval),
        "points": found.points,
    }


def returns_line(found: Returns | None, what: str) -> str:
    """What a lab's own work says of returns, in a line."""
    if found is None:
        return f"Returns to effort can't be told: that takes {FEWEST} versions in charge."
    low, high = map(_bound, found.r_interval)
    return (
        f"Returns r = {_bound(found.r)} (95%: {low} to {high}): so often the {what} doubles each "
        "time that all work done so far doubles."
    )


def _bound(value: float) -> str:
    return number(value) if math.isfinite(value) else "no bound"


def growth_lines(
    series: Series, found: Growth, ahead: Sequence[Forecast], back: Returns | None
) -> Iterator[str]:
    """For a person to read."""
    if found.verdict:
        yield f"{found.meaning(found.verdict).capitalize()}. {found.reason.capitalize()}."
    else:
        yield f"The data can't tell: {found.reason}."
    if found.enough:
        yield from _measured(series, found, ahead)
    if series.unit == WORKED:
        yield ""
        yield returns_line(back, series.what)


def _measured(series: Series, found: Growth, ahead: Sequence[Forecast]) -> Iterator[str]:
    yield ""
    yield f"{'kind':18}{'odds':>8}{'score':>10}"
    for kind in KINDS:
        odds, score = found.probabilities[kind], found.scores[kind]
        yield f"{kind:18}{odds:>8.1%}{score:>10.3f}  {found.meaning(kind)}"
    yield ""
    yield f"{series.what}, all kinds in proportion to their odds:"
    yield f"{'at':>12}{'median':>12}{'50% interval':>26}{'90% interval':>26}"
    for each in ahead:
        yield (
            f"{series.shown(each.time):>12}{_number(each.median):>12}{_ends(each.half):>26}"
            f"{_ends(each.most):>26}"
        )
    yield ""
    yield (
        f"Score: mean ln density of a point, predicted from those before it, over "
        f"{len(series.times)} points. A series that slows in any way counts as an S-curve."
    )


def path_json(name: str, preset: Preset, path: Path, taken: Taken | None) -> dict[str, object]:
    """One object, of a world."""
    world = preset.world
    return {
        "preset": name,
        "unit": HOURS if taken else "years",
        "from_lab": {key: _interval(each) for key, each in taken.items()} if taken else None,
        "futures_in_interval": list(_within(world, taken)),
        "source": preset.source,
        "caveat": preset.caveat,
        "settings": {key: getattr(world, key) for key in world.__dataclass_fields__},
        "returns": finite(world.returns),
        "fastest_labour": finite(world.most),
        "future": path.future,
        "first_doubling": finite(path.first),
        "last_doubling": finite(path.last),
        "no_end_after": path.end,
        "times": list(path.times),
        "levels": list(path.levels),
    }


def _within(world: World, taken: Taken | None) -> tuple[str, ...]:
    """What becomes of a world at either end of how much harder to find ideas get; nothing where a
    record does not say.
    """
    harder = taken.get("fishing_out") if taken else None
    if harder is None:
        return ()
    worlds = (replace(world, fishing_out=end) for end in (*harder.interval, harder.value))
    return tuple(dict.fromkeys(simulate(each).future for each in worlds))


def _interval(fitted: Fitted | None) -> list[float] | None:
    return list(fitted.interval) if fitted else None


def path_lines(name: str, preset: Preset, path: Path, taken: Taken | None) -> Iterator[str]:
    """For a person to read."""
    world: World = preset.world
    unit = HOURS if taken else "years"
    told = {
        "stalls": "It stalls: growth at the end is less than half of that at the start.",
        "compounds": "It compounds: growth at the end is about that at the start.",
        "runs away": "It runs away: growth at the end is more than twice that at the start.",
    }[path.future]
    yield f"{name}: {told}"
    if len(could := _within(world, taken)) > 1:
        yield f"The record can't tell: within the interval of fishing_out it {' or '.join(could)}."
    if path.end is not None:
        yield f"After {path.end:.3g} {unit} growth has no end any more."
    else:
        yield f"In {world.years:g} {unit} {_number(path.levels[-1])} times as good."
    if math.isfinite(path.first):
        yield f"Doublings take from {path.first:.3g} to {path.last:.3g} {unit}."
    yield f"Returns r = {_number(world.returns)}: above 1, full automation alone would accelerate."
    if math.isfinite(world.most):
        yield f"Labour gets {world.most:.3g} times as fast at most, for what humans still do."
    yield ""
    if taken:
        yield f"From the lab's record: {', '.join(_taken(world, taken))}."
        yield "It supposes that what is improved does the improving."
    yield f"{'All else: ' if taken else 'Source: '}{preset.source}."
    yield f"Not in it: {preset.caveat}."


def _taken(world: World, taken: Taken) -> Iterator[str]:
    for name, fitted in taken.items():
        ends = f" (95%: {' to '.join(map(number, fitted.interval))})" if fitted else ""
        yield f"{name} = {number(getattr(world, name))}{ends}"


def doublings_json(draws: int, seed: int) -> dict[str, object]:
    """Davidson and Houlden's questions, answered anew, beside what they published."""
    found = probabilities(Priors(), draws, seed)
    return {
        "preset": "davidson-houlden",
        "draws": draws,
        "questions": [
            {
                "years": question.years,
                "factor": question.factor,
                "doublings": question.doublings,
                "probability": chance,
                "error": math.sqrt(chance * (1 - chance) / draws),
                "published": published,
            }
            for question, chance, published in zip(QUESTIONS, found, PUBLISHED, strict=True)
        ],
    }


def doublings_lines(draws: int, seed: int) -> Iterator[str]:
    """For a person to read."""
    found = probabilities(Priors(), draws, seed)
    yield "Once AI research is automated, how likely is a period of progress so many times as fast?"
    yield ""
    yield f"{'period':>10}{'times':>8}{'here':>9}{'published':>11}"
    for question, chance, published in zip(QUESTIONS, found, PUBLISHED, strict=True):
        period = f"{question.years * 12:.0f} months"
        yield f"{period:>10}{question.factor:>8.0f}{chance:>9.3f}{published:>11.2f}"
    yield ""
    yield f"Davidson & Houlden 2025, their priors, {draws:,} draws. Priors are opinions."


def takeoff_json(draws: int, seed: int) -> dict[str, object]:
    """Years from the superhuman coder to each milestone."""
    found = milestones.years(draws, seed)
    return {
        "preset": "ai-2027",
        "draws": draws,
        "milestones": [
            {
                "name": name,
                "median": float(np.median(column)),
                "interval_80": [float(end) for end in np.quantile(column, (0.1, 0.9))],
            }
            for name, column in zip(milestones.MILESTONES, found.T, strict=True)
        ],
    }


def takeoff_lines(draws: int, seed: int) -> Iterator[str]:
    """For a person to read."""
    found = milestones.years(draws, seed)
    yield "Years from a superhuman coder on, by the leading project:"
    yield ""
    yield f"{'milestone':34}{'10%':>9}{'median':>9}{'90%':>9}"
    for name, column in zip(milestones.MILESTONES, found.T, strict=True):
        low, middle, high = (number(float(q)) for q in np.quantile(column, (0.1, 0.5, 0.9)))
        yield f"{name:34}{low:>9}{middle:>9}{high:>9}"
    yield ""
    yield f"AI 2027's takeoff forecast, its distributions, {draws:,} draws; compute stands aside."


def finite(value: float) -> float | None:
    """A number that JSON can hold."""
    return value if math.isfinite(value) else None


def _number(value: float) -> str:
    return number(value) if math.isfinite(value) else "no end"


def _ends(ends: tuple[float, float]) -> str:
    return f"{_number(ends[0])} to {_number(ends[1])}"
