"""The numbers of the report's charts, as JSON for `assets/report.js`."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from successor.insight.measures import HORIZONS
from successor.insight.report.data import FILTERS, Story, VersionRow
from successor.ledger.events import Tally

MOST_COLUMNS = 24
MOST_ROWS = 60
"""Rows of the heat map; beyond that it shows the incumbents only, thinned out evenly."""
LEAST_E = 1e-12
"""An e-value of 0 is drawn here: a logarithm has no 0."""


def chart_data(story: Story) -> dict[str, object]:
    """Everything that the charts draw."""
    shown = heat_rows(story)
    scale, unit = cost_unit(story)
    stages = {cost.stage: None for cost in story.costs}
    metric, target = story.target or (None, None)
    return {
        "versions": [_version(row, story) for row in story.versions],
        "slices": [
            {
                "family": family(part),
                "name": part.name,
                "size": part.size,
                "label": named(part),
            }
            for part in slices(shown)
        ],
        "families": families(shown),
        "heat_rows": [label(row) for row in shown],
        "scores": [score for row in shown for score in _scores(row)],
        "filters": [point for row in story.versions for point in _filters(row)],
        "filter_names": [_words(name) for name in filter_names(story)],
        "costs": [
            {"generation": cost.generation, "stage": cost.stage, "seconds": cost.seconds}
            for cost in story.costs
        ],
        "stages": list(stages),
        "cost_scale": scale,
        "cost_unit": unit,
        "unit": size_unit(story),
        "headline_unit": size_unit(story) if story.measure in HORIZONS else "",
        "target": target if metric in {story.measure, f"reliable_{story.measure}"} else None,
        "measure": _words(story.measure),
        "target_metric": _words(metric or ""),
    }


def embedded(data: Mapping[str, object]) -> str:
    """JSON that may stand inside a script element: it cannot close it, nor open a comment."""
    text = json.dumps(data, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def heat_rows(story: Story) -> tuple[VersionRow, ...]:
    """The versions of the heat map, oldest first."""
    rows = [row for row in story.versions if row.tallies]
    if len(rows) > MOST_ROWS:
        rows = [row for row in rows if row.in_line]
    step = math.ceil(len(rows) / MOST_ROWS) or 1
    return tuple(row for at, row in enumerate(rows) if at % step == 0 or at == len(rows) - 1)


def slices(rows: Sequence[VersionRow]) -> list[Tally]:
    """One tally of every slice that some version was asked about, easiest first.

    Exams look closer where a version falters. When that makes too many columns, those that one
    version alone was asked are left out, but for the last version's.
    """
    found = {tally.name: tally for row in rows for tally in row.tallies}
    if len(found) > MOST_COLUMNS * len(families(rows)):
        times = Counter(tally.name for row in rows for tally in row.tallies)
        last = {tally.name for tally in rows[-1].tallies}
        found = {name: each for name, each in found.items() if times[name] > 1 or name in last}
    return sorted(found.values(), key=lambda tally: (tally.size, tally.name))


def family(tally: Tally) -> str:
    """What a slice is called beside its size: "carries" of "8 carries", nothing of "8", "speed"
    of "speed/8".
    """
    kind, slash, _ = tally.name.partition("/")
    return kind if slash else re.sub(r"^[\d.,]+\s*", "", tally.name)


def named(tally: Tally) -> str | None:
    """What a slice is of that has no size: "order" of "area/order", "all" of "tests"; else None."""
    kind, slash, told = tally.name.partition("/")
    told = told if slash else kind
    return None if re.match(r"[\d.,]+", told) else told if slash else "all"


def families(rows: Sequence[VersionRow]) -> list[str]:
    """Every family of slices, in the order in which the record names them."""
    return list({family(tally): None for row in rows for tally in row.tallies})


def filter_names(story: Story) -> list[str]:
    """Those of the filter figures that the record has."""
    return [name for name in FILTERS if any(name in row.figures for row in story.versions)]


def cost_unit(story: Story) -> tuple[float, str]:
    """Seconds in the unit of the cost axis, and its name."""
    longest: dict[int, float] = {}
    for cost in story.costs:
        longest[cost.generation] = longest.get(cost.generation, 0.0) + cost.seconds
    return (60.0, "minutes") if max(longest.values(), default=0.0) > 300 else (1.0, "seconds")


def size_unit(story: Story) -> str:
    """The subject's unit of size, as its exams or drafts name it, or nothing."""
    named = (row.figures.get("unit") for row in story.versions)
    return next((str(unit) for unit in named if unit), "")


def label(row: VersionRow) -> str:
    """A version in a row of the heat map."""
    return f"{row.generation} · {row.short}" + ("" if row.in_line else " ×")


def _version(row: VersionRow, story: Story) -> dict[str, object]:
    parents = [other for other in story.versions if other.version.id in row.version.parents]
    reach, verdict, decision = row.horizon, row.verdict, row.decision
    return {
        "short": row.short,
        "label": label(row),
        "author": row.version.author,
        "generation": row.generation,
        "at": row.generation + 0.18 * row.attempt,
        "lane": row.lane,
        "line": row.in_line,
        "decision": row.outcome,
        "minutes": row.minutes,
        "reason": decision.reason if decision else "",
        "parent_at": [parents[-1].generation, parents[-1].lane] if parents else None,
        "headline": row.headline,
        "low": reach.interval[0] if reach else None,
        "high": reach.interval[1] if reach else None,
        "reliable": reach.reliable if reach else None,
        "log10_e": math.log10(max(verdict.e_value, LEAST_E)) if verdict else None,
        "e_text": f"{verdict.e_value:.3g}" if verdict else "",
        "threshold": verdict.threshold if verdict else None,
        "outcome": verdict.outcome if verdict else "",
    }


def _scores(row: VersionRow) -> list[dict[str, object]]:
    return [
        {
            "label": label(row),
            "family": family(tally),
            "slice": tally.name,
            "score": tally.mean,
            "items": tally.items,
        }
        for tally in row.tallies
    ]


def _filters(row: VersionRow) -> list[dict[str, object]]:
    return [
        {
            "generation": row.generation,
            "at": row.generation + 0.18 * row.attempt,
            "short": row.short,
            "figure": _words(name),
            "value": float(row.figures[name]),
        }
        for name in FILTERS
        if name in row.figures
    ]


def _words(name: str) -> str:
    return name.replace("_", " ")
