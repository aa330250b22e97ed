"""What `successor gain` says: as JSON, and in words."""

from __future__ import annotations

import math
from collections.abc import Iterator

from successor.insight.gain.classes import Class, in_both
from successor.insight.gain.rates import Ends, Trend
from successor.insight.gain.record import LabGain
from successor.insight.report.html import counted, duration, number, words
from successor.insight.share import Share

UNPAID = "nothing was paid"
_MOST_CLASSES = 12
"""Classes that are listed; those that fail somewhere come first."""


def as_json(found: LabGain) -> dict[str, object]:
    """One object."""
    return {
        "measure": found.measure,
        "unit": found.unit or None,
        "line": [
            {
                "generation": point.generation,
                "minutes": point.minutes,
                "usd": point.usd,
                "value": point.value,
                "times": point.value / found.points[0].value if found.points[0].value else None,
            }
            for point in found.points
        ],
        "times": found.times,
        "times_interval": _ends(found.interval),
        **_trend("doublings_per_generation", found.rates.per_generation),
        **_trend("doublings_per_hour", found.rates.per_hour),
        **_trend("doublings_per_usd", found.rates.per_usd),
        "classes": [
            {
                "name": each.name,
                "size": each.size,
                "before": _share(each.before),
                "after": _share(each.after),
            }
            for each in found.classes
        ],
        "judged_items": found.judged,
        "usd": found.usd,
        "unpriced_calls": found.unpriced,
        "work_minutes": found.work_minutes,
    }


def _trend(name: str, trend: Trend | None) -> dict[str, object]:
    return {
        name: trend.doublings if trend else None,
        f"{name}_interval": _ends(trend.interval) if trend else None,
    }


def _ends(ends: Ends | None) -> list[float | None] | None:
    return [end if math.isfinite(end) else None for end in ends] if ends else None


def _share(share: Share) -> dict[str, object]:
    interval = share.interval
    return {
        "failed": share.hits,
        "items": share.of,
        "rate": share.value,
        "interval": list(interval) if interval else None,
    }


def lines(found: LabGain) -> Iterator[str]:
    """For a person to read."""
    yield headline(found)
    yield equal_checks(found)
    yield ""
    yield f"{'generation':>10}{'minutes':>10}{'USD':>8}{words(found.measure):>18}{'times':>10}"
    start = found.points[0].value
    for each in found.points:
        times = number(each.value / start) if start else "–"
        paid = number(each.usd) if each.usd else "–"
        yield (
            f"{each.generation:>10}{number(each.minutes):>10}{paid:>8}"
            f"{number(each.value):>18}{times:>10}"
        )
    yield ""
    for name, value, note in rates(found):
        yield f"{name:26}{value:>10}  {note}"
    if listed := [*worst(found.classes)]:
        yield ""
        yield f"{'fails':20}{'before':>30}{'after':>30}"
        for each in listed:
            yield f"{each.name:20}{failing(each.before):>30}{failing(each.after):>30}"
        if len(listed) < len(found.classes):
            yield f"These fail most of {len(found.classes)} classes; --json has all."


def headline(found: LabGain) -> str:
    """How many times the start it is."""
    first, last, what = found.points[0].value, found.points[-1].value, words(found.measure)
    if len(found.points) == 1:
        reached = f"the {what} is {number(first)} {found.unit}".rstrip()
        return f"No successor took over yet: {reached}."
    went = f"The {what} went from {number(first)} to {number(last)} {found.unit}".rstrip()
    if found.times is None or found.interval is None:
        return f"{went}: no factor leads from or to 0."
    low, high = (number(end) if math.isfinite(end) else "no bound" for end in found.interval)
    return f"{went}: {number(found.times)} times the start (95%: {low} to {high})."


def equal_checks(found: LabGain) -> str:
    """What was checked of both ends, and of every step between."""
    if len(found.points) == 1:
        return "There is nothing to compare it with."
    steps = counted(len(found.points) - 1, "step")
    judged = f"{steps} judged on {found.judged:,} fresh items"
    before, after = in_both(found.classes)
    if not before.of:
        return f"{judged}; no exam tells right from wrong at both ends."
    return (
        f"Of what both exams asked, {before.hits:,} of {before.of:,} items failed at the start and "
        f"{after.hits:,} of {after.of:,} at the end; {judged}."
    )


def rates(found: LabGain) -> Iterator[tuple[str, str, str]]:
    """Name, value and note of each rate."""
    yield "Doublings per generation", *_rate(found.rates.per_generation)
    yield "Doublings per hour", *_rate(found.rates.per_hour, found.work_minutes)
    if found.rates.per_usd and found.usd:
        yield "Doublings per dollar", *_rate(found.rates.per_usd)
    else:
        yield "Doublings per dollar", "–", paid(found)


def paid(found: LabGain) -> str:
    """What was paid, in a few words."""
    if found.unpriced:
        return f"{counted(found.unpriced, 'call')} of models without a known price"
    return f"{number(found.usd)} USD were paid, all at once" if found.usd else UNPAID


def _rate(trend: Trend | None, minutes: float | None = None) -> tuple[str, str]:
    worked = "" if minutes is None else f"; {duration(minutes * 60)} of work in all"
    if trend is None:
        return "–", f"one version{worked}"
    if trend.interval is None:
        return number(trend.doublings), f"two points have no interval{worked}"
    low, high = map(number, trend.interval)
    return number(trend.doublings), f"95%: {low} to {high}{worked}"


def worst(found: tuple[Class, ...]) -> Iterator[Class]:
    """The classes that are worth a line: those that fail somewhere; what both exams asked comes
    first, and of that what failed most.
    """
    failing = [each for each in found if each.before.hits or each.after.hits]
    failing.sort(
        key=lambda each: (
            not (each.before.of and each.after.of),
            -max(each.before.value or 0.0, each.after.value or 0.0),
        )
    )
    yield from failing[:_MOST_CLASSES]


def failing(share: Share) -> str:
    """`3 of 7: 43% (10 to 82)`."""
    if share.interval is None or share.value is None:
        return "not asked"
    low, high = (f"{end:.1%}".removesuffix("%").removesuffix(".0") for end in share.interval)
    return f"{share.hits} of {share.of}: {share.value:.0%} ({low} to {high})"
