"""The pieces of the report's page. Whatever comes from a record is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape

_RIGHT = ' class="number"'


class Code(str):
    """Text to be set as code."""

    __slots__ = ()


class Text(str):
    """Prose, which may wrap."""

    __slots__ = ()


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A table; numbers are right-aligned, missing values are dashes."""
    numeric = [
        all(isinstance(row[at], int | float | None) for row in rows) for at in range(len(head))
    ]
    columns = "".join(
        f'<th scope="col"{_RIGHT if right else ""}>{escape(name)}</th>'
        for name, right in zip(head, numeric, strict=True)
    )
    body = "".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return (
        f'<div class="scroll"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(value: object) -> str:
    match value:
        case None:
            return f"<td{_RIGHT}>–</td>"
        case int() | float():
            return f"<td{_RIGHT}>{number(value)}</td>"
        case Code():
            return f"<td><code>{escape(value)}</code></td>"
        case Text():
            return f'<td class="text">{escape(value)}</td>'
        case _:
            return f"<td>{escape(str(value))}</td>"


def section(heading: str, note: str, chart: str, tables: str, *, pair: bool = False) -> str:
    """A heading, what it means, a chart, and the numbers folded away."""
    charts = f'<div class="charts">{chart}</div>' if pair else chart
    return (
        f'<section><h2>{escape(heading)}</h2><p class="note">{escape(note)}</p>{charts}'
        f"<details><summary>The numbers</summary>{tables}</details></section>"
    )


def chart(name: str, meaning: str, caption: str = "") -> str:
    """The place of a chart, which a script draws."""
    shown = f"<figcaption>{escape(caption)}</figcaption>" if caption else ""
    return (
        f'<figure role="img" aria-label="{escape(meaning)}; the table below has the numbers">'
        f'{shown}<div class="plot" id="{name}"><noscript>Drawn by a script; the numbers are in the '
        "table below.</noscript></div></figure>"
    )


def number(value: float | None) -> str:
    """Three significant digits, for reading: 0.021, 64, 1,024, 3.1e+08."""
    if value is None:
        return "–"
    size = abs(value)
    if size >= 1e6 or 0 < size < 1e-3:
        return f"{value:.1e}"
    return f"{value:,.0f}" if size >= 100 or value == int(value) else f"{value:.3g}"


def duration(seconds: float) -> str:
    """Hours, minutes and seconds, the two that matter."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    return f"{whole // 3600}h {whole % 3600 // 60:02d}m"


def share(value: object) -> str | None:
    """A share in [0, 1] in percent; None for what is no number."""
    return f"{value:.1%}" if isinstance(value, int | float) else None


def moment(time: float) -> str:
    """A time of day, from seconds since the epoch."""
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def counted(count: int, noun: str) -> str:
    """`1 session`, `2 sessions`."""
    return f"{count} {noun}" + ("" if count == 1 else "s")


def words(name: str) -> str:
    """The name of a figure as words."""
    return name.replace("_", " ")
