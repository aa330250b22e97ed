"""The report on where a line of versions goes: an S-curve, compounding, accelerating, or untold."""

from __future__ import annotations

import math
from html import escape

from successor.insight.futures.growth import FEWEST, KINDS, forecasts, told
from successor.insight.futures.returns import returns
from successor.insight.futures.telling import returns_line
from successor.insight.report.data import Story
from successor.insight.report.html import table, words

_FEWEST = 3
"""Versions in charge of which anything is told."""


def growth_section(story: Story) -> str:
    """A section; no forecast of a line that is too short, or stood still in time."""
    line = sorted((row.minutes, row.headline) for row in story.line if row.headline)
    if len(line) < _FEWEST or line[0][0] == line[-1][0]:
        told_of = f"{len(line)} of the versions in charge can be measured; it takes {FEWEST}"
        note = f"The data can't tell: {told_of}."
        return f'<section><h2>Where it goes</h2><p class="note">{escape(note)}</p></section>'
    times, values = [at for at, _ in line], [value for _, value in line]
    found = told(times, values)
    verdict = found.meaning(found.verdict) if found.verdict else "the data can't tell"
    odds = [(kind, found.meaning(kind), f"{found.probabilities[kind]:.1%}") for kind in KINDS]
    far = (times[-1] - times[0]) / 2
    ahead = forecasts(found, [times[-1] + far / 2, times[-1] + far])
    rows = [
        (each.time, _known(each.median), _known(each.most[0]), _known(each.most[1]))
        for each in ahead
    ]
    note = (
        f"{verdict.capitalize()}: {found.reason}. Three kinds of growth are fitted to the "
        "versions in charge by minutes of work, and compared by how well they predict each from "
        "those before it. "
        "Versions build on each other, and a run ends where it is told to: no promise. "
        f"{returns_line(returns(times, values), words(story.measure))}"
    )
    listing = table("Odds among three kinds", ["kind", "what it is", "odds"], odds) + table(
        f"Forecast of the {words(story.measure)}, by all kinds in proportion to their odds",
        ["minutes", "median", "5%", "95%"],
        rows,
    )
    if not found.enough:
        return f'<section><h2>Where it goes</h2><p class="note">{escape(note)}</p></section>'
    return (
        f'<section><h2>Where it goes</h2><p class="note">{escape(note)}</p>'
        f"<details><summary>The numbers</summary>{listing}</details></section>"
    )


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None
