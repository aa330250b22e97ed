"""A chart as SVG: points with their intervals, lines and bands, on a logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from successor.errors import SuccessorError
from successor.files import write_atomically
from successor.insight.report.html import number

WIDTH, HEIGHT = 760, 440
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 20, 40, 46
_COLOURS = ("#1b6ca8", "#c8553d", "#588157", "#8367c7")


@dataclass(frozen=True)
class Mark:
    """A point; `low` and `high` are the ends of its interval."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    name: str = ""
    faint: bool = False


@dataclass(frozen=True)
class Curve:
    """A line through (x, y), or the band between two when `upper` is given."""

    x: Sequence[float]
    y: Sequence[float]
    name: str = ""
    upper: Sequence[float] | None = None


@dataclass(frozen=True)
class Chart:
    """All of a picture; y is above 0."""

    title: str
    x_label: str
    y_label: str
    marks: Sequence[Mark]
    curves: Sequence[Curve] = ()
    tick: Callable[[float], str] = number
    """How a value of x is written."""


def write(chart: Chart, output: Path) -> None:
    """Write a chart, whole or not at all.

    Raises:
        SuccessorError: when it cannot be written.
    """
    try:
        write_atomically(output, drawn(chart).encode(), output.with_name(f".{output.name}.part"))
    except OSError as error:
        raise SuccessorError(f"{output}: cannot write the chart: {error.strerror}") from error


def drawn(chart: Chart) -> str:
    """The chart as an SVG document; it loads nothing."""
    x, y = _scales(chart)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"',
        f'width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="22" font-size="14" font-weight="bold">{escape(chart.title)}</text>',
        *_axes(chart, x, y),
        *_curves(chart.curves, x, y),
        *(part for mark in chart.marks for part in _mark(mark, x, y)),
        "</svg>\n",
    ]
    return "\n".join(parts)


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.start + min(max(share, -0.02), 1.02) * (self.end - self.start)


def _scales(chart: Chart) -> tuple[_Scale, _Scale]:
    xs = [mark.x for mark in chart.marks] + [x for curve in chart.curves for x in curve.x]
    ys = [mark.y for mark in chart.marks if mark.y > 0]
    for curve in chart.curves:
        ys += [y for y in (*curve.y, *(curve.upper or ())) if y > 0 and math.isfinite(y)]
    logs = [math.log10(y) for y in ys] or [0.0]
    low, high = math.floor(min(logs)), math.ceil(max(logs))
    x_low, x_high = min(xs, default=0.0), max(xs, default=1.0)
    margin = 0.03 * (x_high - x_low) or 1.0
    return (
        _Scale(x_low - margin, x_high + margin, _LEFT, WIDTH - _RIGHT),
        _Scale(low, high if high > low else low + 1, HEIGHT - _BOTTOM, _TOP),
    )


def _axes(chart: Chart, x: _Scale, y: _Scale) -> Iterator[str]:
    step = max(1, math.ceil((y.high - y.low) / 8))
    for power in range(int(y.low), int(y.high) + 1, step):
        at = y(power)
        yield f'<path d="M{_LEFT} {at:.1f}H{WIDTH - _RIGHT}" stroke="#ddd"/>'
        yield _text(_LEFT - 8, at + 4, "end", number(10.0**power))
    for place in range(6):
        value = x.low + (x.high - x.low) * (place + 0.5) / 6
        yield _text(x(value), HEIGHT - _BOTTOM + 18, "middle", chart.tick(value))
    yield f'<path d="M{_LEFT} {HEIGHT - _BOTTOM}H{WIDTH - _RIGHT}" stroke="#444"/>'
    yield _text(WIDTH - _RIGHT, HEIGHT - 8, "end", chart.x_label)
    yield _text(_LEFT, _TOP - 4, "start", chart.y_label)


def _text(x: float, y: float, anchor: str, text: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _curves(curves: Sequence[Curve], x: _Scale, y: _Scale) -> Iterator[str]:
    names = [curve.name for curve in curves if curve.name]
    for curve in curves:
        place = names.index(curve.name) if curve.name else 0
        colour = _COLOURS[place % len(_COLOURS)]
        points = [*_points(curve.x, curve.y, x, y)]
        if curve.upper is not None:
            points += reversed([*_points(curve.x, curve.upper, x, y)])
            yield f'<polygon points="{" ".join(points)}" fill="{colour}" opacity="0.15"/>'
            continue
        yield (
            f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" '
            'stroke-width="1.6"/>'
        )
        if curve.name:
            yield (
                f'<text x="{_LEFT + 12}" y="{_TOP + 16 + 16 * place}" fill="{colour}">'
                f"{escape(curve.name)}</text>"
            )


def _points(xs: Sequence[float], ys: Sequence[float], x: _Scale, y: _Scale) -> Iterator[str]:
    for at, value in zip(xs, ys, strict=True):
        if value > 0 and math.isfinite(value):
            yield f"{x(at):.1f},{y(math.log10(value)):.1f}"


def _mark(mark: Mark, x: _Scale, y: _Scale) -> Iterator[str]:
    if mark.y <= 0:
        return
    at, shade = x(mark.x), "#999" if mark.faint else "#222"
    if mark.low and mark.high:
        ends = y(math.log10(mark.low)), y(math.log10(mark.high))
        yield f'<path d="M{at:.1f} {ends[0]:.1f}V{ends[1]:.1f}" stroke="{shade}" opacity="0.6"/>'
    name = escape(mark.name)
    yield (
        f'<circle cx="{at:.1f}" cy="{y(math.log10(mark.y)):.1f}" r="4" fill="{shade}">'
        f"<title>{name}: {number(mark.y)}</title></circle>"
    )
