"""The report on what was gained over the start, and on who wrote it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from successor.insight.authorship.kinds import KINDS
from successor.insight.authorship.record import LabAuthorship
from successor.insight.authorship.telling import review_line
from successor.insight.gain.classes import Class
from successor.insight.gain.rates import Trend
from successor.insight.gain.record import LabGain
from successor.insight.gain.telling import equal_checks, failing, headline, rates
from successor.insight.report.html import number, table, words

_GAINED = "What was gained"


def rate_tiles(found: LabGain | None) -> list[tuple[str, str, str]]:
    """Name, value and meaning; none before the first exam."""
    if found is None:
        return []
    each = (("generation", found.rates.per_generation), ("hour", found.rates.per_hour))
    return [
        (f"Doublings per {unit}", _doublings(trend), f"of the {words(found.measure)}")
        for unit, trend in each
    ]


def _doublings(trend: Trend | None) -> str:
    return number(trend.doublings) if trend else "–"


def gain_section(found: LabGain | None) -> str:
    """How many times the start, at which rate, and what fails less; nothing before an exam."""
    if found is None:
        return ""
    note = f"{headline(found)} {equal_checks(found)}"
    if len(found.points) == 1:
        return f'<section><h2>{_GAINED}</h2><p class="note">{escape(note)}</p></section>'
    pace = table("Rates", ["rate", "value", "how sure"], [*rates(found)])
    return (
        f'<section><h2>{_GAINED}</h2><p class="note">{escape(note)}</p>{pace}'
        f"<details><summary>The numbers</summary>{_classes(found.classes)}</details></section>"
    )


def _classes(found: Sequence[Class]) -> str:
    rows: list[Sequence[object]] = [
        (each.name, failing(each.before), failing(each.after)) for each in found
    ]
    return table("Share of items that fail, with 95% intervals", ["class", "before", "after"], rows)


def authorship_section(found: LabAuthorship | None) -> str:
    """Who wrote the candidates."""
    if found is None:
        return ""
    if not any(found.written.values()):
        told = "Nobody has written a candidate yet."
        return f'<section><h2>Who wrote it</h2><p class="note">{told}</p></section>'
    lines = found.standing.lines
    rows: list[Sequence[object]] = [
        (kind, found.written[kind], found.promotions[kind], lines.get(kind, 0))
        for kind in KINDS
        if found.written[kind] or kind in lines
    ]
    if found.standing.files:
        rows.append(("at the start", None, None, found.standing.given))
    heads = ["written by", "candidates", "promoted", "surviving lines"]
    if not found.standing.files:
        heads, rows = heads[:-1], [row[:-1] for row in rows]
    note = f"By the stage of the session in which each was written. {review_line(found)}"
    listing = table("Candidates and promotions", heads, rows)
    return f'<section><h2>Who wrote it</h2><p class="note">{escape(note)}</p>{listing}</section>'
