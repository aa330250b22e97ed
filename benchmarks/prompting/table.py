"""What prompts came to: rows, intervals and tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

OURS, GEPA = "successor", "gepa"
RESAMPLES = 10_000
Scores: TypeAlias = NDArray[np.float64]
"""A row for each seed, a column for each item."""


@dataclass(frozen=True)
class Terms:
    """What every run is held to."""

    model: str
    writer: str
    metric_calls: int
    """Items answered in one run, by whatever part of it."""
    items: int
    """Fresh ones of each family, on which prompts are compared."""
    max_tokens: int
    """Of an answer."""
    writes: int
    """Tokens of a reflection, at most."""

    @property
    def told(self) -> str:
        """For people."""
        return (
            f"`{self.model}` answers (greedy, at most {self.max_tokens} tokens), `{self.writer}` "
            f"reflects (at most {self.writes} tokens); at most {self.metric_calls} items answered "
            f"in a run; scores on {self.items} fresh items of each family, the same for all"
        )


@dataclass(frozen=True)
class Row:
    """What one system made of one family with one seed."""

    family: str
    system: str
    seed: int
    text: str
    """The prompt that it ended with."""
    before: Sequence[float]
    """Scores of the prompt that all begin with, item by item."""
    after: Sequence[float]
    """Those of the prompt that it ended with."""
    handed: Sequence[float]
    """Those of the last prompt that our author handed in and the judge did not promote, if any."""
    seen: int
    """Held-out items that the run had met all the same, by chance."""
    costs: Mapping[str, float]
    """seconds, calls, tokens, reflections, reflection_tokens: as the meter counted them."""
    figures: Mapping[str, Any]
    """What the system itself says."""

    @property
    def key(self) -> tuple[str, str, int]:
        """Which run it is."""
        return self.family, self.system, self.seed

    @property
    def judge(self) -> float | None:
        """Items that the judge had answered, where there is one, a judgement that the budget cut
        off included: the meter knows of more items than the record.
        """
        if self.system != OURS:
            return None
        told = self.figures
        cut = self.costs["calls"] - told["author"] - told["exams"] - told["judge"]
        return told["judge"] + (max(0.0, cut) if told["cut"] == "judge" else 0.0)

    def told(self) -> str:
        """A line of the table of runs."""
        costs, figures = self.costs, self.figures
        judge = "" if self.judge is None else f"{self.judge:,.0f}"
        handed = share(mean(self.handed)) if self.handed else ""
        kept = (
            f"{figures['promotions']} of {figures['candidates']} promoted"
            if self.system == OURS
            else f"{figures['candidates'] - 1} kept"
        )
        cells = [
            self.family, self.system, f"{self.seed}", share(mean(self.before)),
            share(mean(self.after)), handed, kept, f"{costs['calls']:,.0f}", judge,
            f"{costs['reflections']:,.0f}", f"{costs['seconds']:,.0f}",
        ]  # fmt: skip
        return f"| {' | '.join(cells)} |"


Rows: TypeAlias = dict[tuple[str, str, int], Row]


@dataclass(frozen=True)
class Interval:
    """A mean, with 95% on either side."""

    mean: float
    low: float
    high: float

    def told(self) -> str:
        """In points."""
        return f"{_points(self.mean)} ({_points(self.low)} to {_points(self.high)})"


def mean(scores: Sequence[float]) -> float:
    """Of one run."""
    return float(np.mean(scores))


def share(score: float) -> str:
    """As a percentage."""
    return f"{100 * score:.1f}%"


def _points(difference: float) -> str:
    return f"{100 * difference:+.1f}".replace("-", "−")


def interval(scores: Scores, random: np.random.Generator) -> Interval:
    """By a bootstrap over seeds and, at once, over items: both could have been others."""
    seeds, items = scores.shape
    rows = random.integers(seeds, size=(RESAMPLES, seeds))
    columns = random.integers(items, size=(RESAMPLES, items))
    drawn = np.array(
        [scores[row].mean(axis=0)[column].mean() for row, column in zip(rows, columns, strict=True)]
    )
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Interval(float(scores.mean()), float(low), float(high))


def fragment(terms: Terms, rows: Sequence[Row]) -> str:
    """The tables for docs/benchmarks.md."""
    if not rows:
        return f"{terms.told}.\n\nNo run has ended yet.\n"
    rows = sorted(rows, key=lambda row: (row.family, row.system, row.seed))
    families = [*dict.fromkeys(row.family for row in rows)]
    random = np.random.default_rng(1)
    lines = [
        _summed(mine, random)
        for family in families
        for system in (OURS, GEPA)
        if (mine := [row for row in rows if (row.family, row.system) == (family, system)])
    ]
    beside = [told for family in families if (told := _beside(family, rows, random))]
    seen = sum(row.seen for row in rows)
    return f"""\
{terms.told}.

| family | system | seeds | first prompt | last prompt | gain, points | items answered | of it judge | reflections | thousand tokens | seconds |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{chr(10).join(lines)}

Successor's last prompts less GEPA's, in points, on the same seeds and items:

| family | seeds | difference |
| --- | ---: | ---: |
{chr(10).join(beside)}

Intervals are 95%, by a bootstrap over seeds and items together. Costs are means of a run. Of the
items that prompts were scored on, runs had met {seen} by chance.

Every run; *not promoted* is the last prompt that Successor's author handed in and its judge did not
find better, scored afterwards on the same items:

| family | system | seed | first prompt | last prompt | not promoted | prompts | items answered | of it judge | reflections | seconds |
| --- | --- | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: |
{chr(10).join(row.told() for row in rows)}
"""  # noqa: E501 - rows of tables


def _summed(rows: Sequence[Row], random: np.random.Generator) -> str:
    before, after = (np.array([getattr(row, when) for row in rows]) for when in ("before", "after"))
    cells = [
        rows[0].family,
        rows[0].system,
        f"{len(rows)}",
        share(float(before.mean())),
        share(float(after.mean())),
        interval(after - before, random).told(),
        _cost(rows, "calls"),
        "" if rows[0].judge is None else f"{np.mean([row.judge or 0 for row in rows]):,.0f}",
        _cost(rows, "reflections"),
        f"{np.mean([_tokens(row) for row in rows]) / 1000:,.0f}",
        _cost(rows, "seconds"),
    ]
    return f"| {' | '.join(cells)} |"


def _cost(rows: Sequence[Row], name: str) -> str:
    return f"{np.mean([row.costs[name] for row in rows]):,.0f}"


def _tokens(row: Row) -> float:
    return row.costs["tokens"] + row.costs["reflection_tokens"]


def _beside(family: str, rows: Sequence[Row], random: np.random.Generator) -> str:
    """Where both have run the same seeds."""
    mine = {row.key: row for row in rows}
    seeds = sorted(
        seed for name, system, seed in mine
        if (name, system) == (family, OURS) and (family, GEPA, seed) in mine
    )  # fmt: skip
    if not seeds:
        return ""
    ours, theirs = (
        np.array([mine[family, system, seed].after for seed in seeds]) for system in (OURS, GEPA)
    )
    return f"| {family} | {len(seeds)} | {interval(ours - theirs, random).told()} |"
