"""Who chose better, once every option of a moment was tried on the same fresh items.

Each option is tried twice, on items of two draws. The first draw says what a person's move was: a
*detour*, when another option was better beyond doubt, or *strong*, when it was better than every
other. The second draw compares the picks: had one draw done both, whoever disagreed at a detour
would have been right by definition, and luck would have counted twice.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from successor.insight.judgement.moments import Moment
from successor.insight.measures import RATIOS, is_right_or_wrong, ratio
from successor.insight.share import Share
from successor.types import Exam

Outcome: TypeAlias = Literal["won", "lost", "same", "unclear"]
"""Of the AI's pick beside another; "same" when both chose the same option."""
Move: TypeAlias = Literal["detour", "strong", "unclear"]
Opponent: TypeAlias = Literal["human", "random", "greedy", "stay"]
OPPONENTS: tuple[Opponent, ...] = ("human", "random", "greedy", "stay")


def compared(one: Exam, other: Exam) -> Outcome:
    """Whether one of two versions is better, by exams of the same draw.

    Of programs, the one of which more is right; of equally right ones, and of models, by the mean
    paired difference of scores, when its 95% interval (Student's t) leaves out 0. How many times as
    good is compared in logarithms: of two that are far beyond the first version, scores hardly
    differ.
    """
    mine, theirs = _scores(one), _scores(other)
    programs = any("/" in name for name in mine)
    if programs:
        right = sum(sum(mine[name]) - sum(theirs[name]) for name in mine if is_right_or_wrong(name))
        if abs(right) > 1e-9:
            return "won" if right > 0 else "lost"
    left = [
        _worth(name, a) - _worth(name, b)
        for name in mine
        if not (programs and is_right_or_wrong(name))
        for a, b in zip(mine[name], theirs[name], strict=True)
    ]
    return _beyond_doubt(left)


def _scores(exam: Exam) -> dict[str, tuple[float, ...]]:
    return {part.name: part.scores for part in exam.slices}


def _worth(name: str, score: float) -> float:
    """Ln of the ratio that a score stands for, or else the score."""
    kind, _, size = name.partition("/")
    return math.log(ratio({"": score})) if size and kind in RATIOS else score


def _beyond_doubt(differences: Sequence[float]) -> Outcome:
    from scipy.special import stdtrit

    if len(differences) < 2:
        return "unclear"
    values = np.asarray(differences)
    mean = float(values.mean())
    reach = float(stdtrit(len(values) - 1, 0.975)) * float(values.std(ddof=1))
    if abs(mean) <= max(reach / math.sqrt(len(values)), 1e-12):
        return "unclear"
    return "won" if mean > 0 else "lost"


@dataclass(frozen=True)
class Tried:
    """What came of one moment."""

    seq: int
    outcomes: Mapping[Opponent, Outcome]
    """Of the AI's pick, beside those who had a pick of their own."""
    move: Move | None
    """What the person's was; None where nobody was asked."""


def tried(moment: Moment, first: Sequence[Exam], second: Sequence[Exam], seed: int) -> Tried:
    """Compare the picks of a moment.

    Args:
        first: an exam of each option, for what a person's move was.
        second: likewise, of another draw, for who chose better.
        seed: of the random pick.
    """
    picks: dict[Opponent, int] = {"stay": 0}
    if moment.human is not None:
        picks["human"] = moment.human
    if moment.others:
        picks["greedy"] = moment.greedy
        picks["random"] = random.Random(f"{seed}/{moment.seq}").choice((moment.ai, *moment.others))
    outcomes: dict[Opponent, Outcome] = {
        name: "same" if pick == moment.ai else compared(second[moment.ai], second[pick])
        for name, pick in picks.items()
    }
    return Tried(moment.seq, outcomes, _move(moment, first))


def _move(moment: Moment, exams: Sequence[Exam]) -> Move | None:
    if moment.human is None:
        return None
    against = {
        compared(exams[moment.human], exam) for at, exam in enumerate(exams) if at != moment.human
    }
    return "detour" if "lost" in against else "strong" if against == {"won"} else "unclear"


@dataclass(frozen=True)
class Taste:
    """How often the AI's pick was better than another's."""

    moments: int
    won: int
    lost: int
    same: int
    unclear: int

    @property
    def share(self) -> Share:
        """Won, of those that were decided."""
        return Share(self.won, self.won + self.lost)

    @property
    def of_all(self) -> Share:
        """Won, of all moments: as the study counts that the essay quotes."""
        return Share(self.won, self.moments)

    @property
    def verdict(self) -> str:
        """Whose picks are better, when the interval of the share leaves out one half."""
        interval = self.share.interval
        if interval is None or interval[0] <= 0.5 <= interval[1]:
            return "can't tell"
        return "better" if interval[0] > 0.5 else "worse"


def taste(found: Iterable[Tried], opponent: Opponent, move: Move | None = None) -> Taste:
    """Over all moments that have this opponent; of a person, only where the move was such."""
    outcomes = [
        each.outcomes[opponent]
        for each in found
        if opponent in each.outcomes and move in {None, each.move}
    ]
    times = Counter(outcomes)
    return Taste(len(outcomes), times["won"], times["lost"], times["same"], times["unclear"])
