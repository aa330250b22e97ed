"""What `successor judgement` says: as JSON, and in words."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from successor.insight.judgement.directions import Directing, as_fields, told_directions
from successor.insight.judgement.moments import Moment
from successor.insight.judgement.picks import OPPONENTS, Move, Opponent, Taste, Tried, taste
from successor.insight.report.html import counted, number

_SHOWN = 20
"""Moments that are listed."""
NO_PERSON = (
    "No person chose at any moment that was tried: how often the AI's pick beats a person's, at "
    "detours and at strong moves, can't be told."
)
CAVEAT = (
    "A share is of the moments that were decided beyond doubt; who is asked sees only what the "
    "judge found worth showing, so these are no moments drawn by chance."
)


@dataclass(frozen=True)
class Judgement:
    """What a record says, and what came of the roads that were tried."""

    moments: tuple[Moment, ...]
    tried: tuple[Tried, ...] | None
    """None when no road was."""
    seconds: float
    directions: tuple[Directing, ...] = ()
    """What people picked for generations to turn to first."""


@dataclass(frozen=True)
class Row:
    """One line of the table of shares."""

    opponent: Opponent
    move: Move | None
    name: str
    taste: Taste


def rows(tried: Sequence[Tried]) -> tuple[Row, ...]:
    """The pair of a person's detours and strong moves always stands together."""
    meant: list[tuple[Opponent, Move | None, str]] = [
        ("human", "detour", "a person's, at detours"),
        ("human", "strong", "a person's, at strong moves"),
        *((each, None, _NAMES[each]) for each in OPPONENTS),
    ]
    return tuple(Row(who, move, name, taste(tried, who, move)) for who, move, name in meant)


_NAMES: dict[Opponent, str] = {
    "human": "a person's, all moments",
    "random": "a random one",
    "greedy": "a greedy one",
    "stay": "staying",
}


def error(moments: Sequence[Moment]) -> tuple[int, float | None]:
    """Predictions that were measured, and the median of measured over predicted gain."""
    ratios = [
        each.measured / each.predicted for each in moments if each.measured and each.predicted
    ]
    return len(ratios), statistics.median(ratios) if ratios else None


def as_json(found: Judgement, seed: int, budget_s: float) -> dict[str, object]:
    """One object."""
    by_seq = {each.seq: each for each in found.tried or ()}
    count, median = error(found.moments)
    return {
        "moments": [_moment(each, by_seq.get(each.seq)) for each in found.moments],
        "directions": as_fields(found.directions),
        "predictions_measured": count,
        "measured_over_predicted": median,
        "replayed": len(by_seq) if found.tried is not None else None,
        "seed": seed,
        "budget_s": budget_s,
        "seconds": round(found.seconds, 3),
        "picks": [_row(each) for each in rows(found.tried or ())],
        "caveat": CAVEAT,
    }


def _moment(moment: Moment, tried: Tried | None) -> dict[str, object]:
    return {
        "event": moment.seq,
        "generation": moment.generation,
        "author": moment.author,
        "options": [
            {
                "what": each.what,
                "version": each.version.id,
                "predicted": {k: v for k, v in each.predicted.items() if math.isfinite(v)},
            }
            for each in moment.options
        ],
        "ai": moment.ai,
        "greedy": moment.greedy if moment.others else None,
        "human": moment.human,
        "decided_by": moment.decided_by or None,
        "predicted": moment.predicted,
        "measured": moment.measured,
        "outcomes": dict(tried.outcomes) if tried else None,
        "move": tried.move if tried else None,
    }


def _row(row: Row) -> dict[str, object]:
    interval = row.taste.share.interval
    return {
        "opponent": row.opponent,
        "move": row.move,
        "moments": row.taste.moments,
        "won": row.taste.won,
        "lost": row.taste.lost,
        "same": row.taste.same,
        "unclear": row.taste.unclear,
        "share": row.taste.share.value,
        "interval": list(interval) if interval else None,
        "share_of_all": row.taste.of_all.value,
        "verdict": row.taste.verdict,
    }


def lines(found: Judgement) -> Iterator[str]:
    """For a person to read."""
    chosen = sum(each.human is not None for each in found.moments)
    several = sum(bool(each.others) for each in found.moments)
    yield (
        f"{counted(len(found.moments), 'moment')} of choice: at {several} the author had other "
        f"options, at {chosen} a person chose."
    )
    yield ""
    yield f"{'event':>6}{'options':>9}{'predicted':>11}{'measured':>10}  {'AI':18}{'person':11}by"
    for each in found.moments[-_SHOWN:]:
        human = "–" if each.human is None else each.options[each.human].what
        yield (
            f"{each.seq:>6}{len(each.options):>9}{number(each.predicted):>11}"
            f"{number(each.measured):>10}  {each.author[:17]:18}{human:11}"
            f"{each.decided_by or 'nobody yet'}"
        )
    count, median = error(found.moments)
    if median is not None:
        yield ""
        yield (
            f"Of {counted(count, 'prediction')} that the exams on record measured too, the median "
            f"came to {number(median)} times what was predicted."
        )
    yield from told_directions(found.directions)
    yield ""
    yield from _tried(found)


def _tried(found: Judgement) -> Iterator[str]:
    if found.tried is None:
        yield "No road that was not taken was tried: --replay does, within --budget."
        return
    yield (
        f"{len(found.tried)} of {counted(len(found.moments), 'moment')} tried again, every option "
        f"on the same fresh items, in {number(found.seconds)} s."
    )
    if not found.tried:
        yield "Give it longer: --budget 30m"
        return
    yield ""
    yield (
        f"{'The pick of the AI beside':30}{'moments':>8}{'won':>5}{'lost':>6}{'same':>6}"
        f"{'unclear':>9}{'won of decided':>30}"
    )
    told = rows(found.tried)
    for row in told:
        each = row.taste
        yield (
            f"{row.name:30}{each.moments:>8}{each.won:>5}{each.lost:>6}{each.same:>6}"
            f"{each.unclear:>9}{_share(each):>30}  {each.verdict if each.moments else ''}".rstrip()
        )
    yield ""
    yield NO_PERSON if not told[2].taste.moments else pair(told[0].taste, told[1].taste)
    yield CAVEAT


def pair(detours: Taste, strong: Taste) -> str:
    """The two numbers of the study that belong together."""
    parts = (("detours", detours), ("strong moves", strong))
    told = " and ".join(
        f"{each.won} of {counted(each.moments, name[:-1])}"
        + (f" ({each.of_all.value:.0%})" if each.of_all.value is not None else "")
        for name, each in parts
    )
    return f"The AI's pick beat the person's at {told}."


def _share(found: Taste) -> str:
    value, interval = found.share.value, found.share.interval
    if value is None or interval is None:
        return "–"
    return f"{value:.0%} (95%: {interval[0]:.0%} to {interval[1]:.0%})"
