"""Where a lab could go next: its goals, what its record cannot tell yet, and next steps ranked by
what such steps gained before.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import Any, cast

from successor.insight.judgement.moments import PREDICTED
from successor.insight.report.html import counted
from successor.insight.visible import visible
from successor.ledger import Directed, Proposed
from successor.showing.figures import number
from successor.showing.following import Sight
from successor.showing.now import budgets_of, setting_of
from successor.showing.past import Past, weak_in

NEAR = 0.8
"""From this share of a limit on it is near."""
MOST = 12
"""Steps that are proposed."""
LONGEST = 5
"""Of a kind of open question, the last ones."""


@dataclass(frozen=True)
class Step:
    """One thing to turn to first, with what speaks for it."""

    proposed: Proposed
    told: str
    because: tuple[str, ...]
    worth: float
    """Score still to be won by it, of 1; for those of which nothing is predicted."""


@dataclass(frozen=True)
class Question:
    """What is open, and where to look."""

    told: str
    view: str = ""
    """The seat's view of it; "" where it has none."""


@dataclass(frozen=True)
class Direction:
    """All of it."""

    goal: str
    goals: tuple[str, ...]
    near: tuple[str, ...]
    """Thresholds that are near."""
    questions: tuple[Question, ...]
    steps: tuple[Step, ...]
    """The best first, which is the machine's own pick."""
    picked: Directed | None
    """What a person picked for the next generation."""

    def proposed(self) -> tuple[Proposed, ...]:
        """As it goes on record with a choice."""
        return tuple(each.proposed for each in self.steps)

    def fields(self) -> dict[str, Any]:
        """As JSON; all text in it shows all that is in it."""
        return {
            "goal": self.goal,
            "goals": [*self.goals],
            "near": [*self.near],
            "questions": [{"told": each.told, "view": each.view} for each in self.questions],
            "steps": [
                {
                    "weakness": visible(each.proposed.weakness) or None,
                    "author": visible(each.proposed.author) or None,
                    "gain": each.proposed.gain,
                    "told": each.told,
                    "because": [*each.because],
                }
                for each in self.steps
            ],
            "picked": _picked(self.picked) if self.picked and self.picked.pick else None,
        }


def _picked(made: Directed) -> dict[str, Any]:
    pick = made.pick
    return {
        "weakness": (visible(pick.weakness) or None) if pick else None,
        "author": (visible(pick.author) or None) if pick else None,
        "told": told_of(pick) if pick else "",
        "by": visible(made.by),
        "reason": visible(made.reason),
        "at": made.at,
    }


def told_of(step: Proposed) -> str:
    """A step in a few words."""
    if step.author:
        return f"{visible(step.author)} has the first turn"
    return f"mend {visible(step.weakness)} first"


def direction_of(sight: Sight) -> Direction:
    """Where the lab could go next, by its record alone."""
    past = sight.past
    steps = sorted([*_weak(past), *_turns(sight, past)], key=_rank)[:MOST]
    return Direction(
        visible(str(setting_of(sight, "lab").get("goal", ""))),
        tuple(_goals(sight)),
        tuple(_near(sight)),
        tuple(_questions(sight, past)),
        tuple(steps),
        sight.ledger.directed(),
    )


def _rank(step: Step) -> tuple[float, float]:
    gain = step.proposed.gain
    return (-1.0 if gain is None else -gain - 1.0, -step.worth)


def _weak(past: Past) -> Iterator[Step]:
    """A step for each weakness of the version in charge."""
    for name, score in weak_in(past.incumbent).items():
        worth = 1.0 - score
        share, times = past.mended_share(name)
        gain = None if share is None else worth * share / len(past.incumbent)
        because = [f"scores {score:.1%}: {worth:.1%} to be won"]
        if times:
            because.append(
                f"came first in {counted(times, 'generation')}; {share:.0%} to be expected"
            )
        elif share is not None:
            because.append(f"never came first; what was as far off won {share:.0%}")
        step = Proposed(name, "", None if gain is None else round(gain, 6))
        yield Step(step, told_of(step), tuple(because), worth)


def _turns(sight: Sight, past: Past) -> Iterator[Step]:
    """A step for each author of those that take turns."""
    for name in authors_of(sight):
        found, gain = past.authors.get(name), past.gain_of(name)
        because = ["has had no turn yet"]
        if found is not None:
            won = sum(each > 0 for each in found.rises)
            because = [f"{won} of {counted(len(found.rises), 'candidate')} took over"]
            if found.seconds:
                because.append(f"{median(found.seconds):.0f} s of work for one")
            if found.predicted:
                told = f"predicted {number(median(found.predicted))} times as good"
                held = f", {number(median(found.held))} of that held" if found.held else ""
                because.append(told + held)
        step = Proposed("", name, None if gain is None else round(gain, 6))
        yield Step(step, told_of(step), tuple(because), 0.0)


def authors_of(sight: Sight) -> tuple[str, ...]:
    """Those that take turns, as the last session was set; none where one author writes alone."""
    told: object = setting_of(sight, "author").get("authors")
    names = cast("list[object]", told) if isinstance(told, list) else []
    return tuple(name for name in names if isinstance(name, str)) if len(names) > 1 else ()


def _goals(sight: Sight) -> Iterator[str]:
    """What ends it in success, and how far that is."""
    incumbent, cases = sight.ledger.incumbent(), setting_of(sight, "base_cases")
    measured = sight.tree.leaves[incumbent.id].measured if incumbent else dict[str, float]()
    match cases.get("target"):
        case [str(name), int() | float() as wanted]:
            now = number(measured.get(name))
            yield f"{name.replace('_', ' ')} of {number(wanted)}; it is {now}"
        case _:
            now = ", ".join(f"{n.replace('_', ' ')} {number(v)}" for n, v in measured.items())
            yield f"no end is set; it stands at: {now}" if now else "no end is set"


def _near(sight: Sight) -> Iterator[str]:
    """What soon ends it, or decides."""
    for each in budgets_of(sight):
        if each["used"] >= NEAR * each["limit"]:
            share = each["used"] / each["limit"]
            yield f"{each['words']}: {share:.0%} of the budget is used"
    plateau, idle = setting_of(sight, "base_cases").get("plateau"), 0
    for made in reversed(sight.over):
        if made.decision in {"first", "promoted"}:
            break
        idle += 1
    if isinstance(plateau, int) and idle and idle >= plateau - 1:
        told = counted(idle, "generation")
        yield f"{told} without a promotion; after {plateau} it has reached a plateau"


def _questions(sight: Sight, past: Past) -> Iterator[Question]:
    ledger = sight.ledger
    if (waits := ledger.waiting()) is not None:
        yield Question(f"May {waits.candidate.id[:8]} take over? It waits for you", "review")
    for verdict in past.unclear[-LONGEST:]:
        reached = f"e-value {number(verdict.e_value)} of {number(verdict.threshold)} needed"
        told = f"Is {verdict.candidate[:8]} better? Its evidence ended unclear: {reached}"
        yield Question(told, f"version/{verdict.candidate}")
    if idle := [visible(name) for name in past.idle()]:
        names = ", ".join(idle[:LONGEST]) + (", ..." if len(idle) > LONGEST else "")
        yield Question(f"Can {names} be mended? That never came first, and scores no more")
    for name in authors_of(sight):
        if name not in past.authors:
            yield Question(f"What can {visible(name)} do? It has had no turn yet")
    if past.passed_over:
        roads = counted(past.passed_over, "option")
        yield Question(f"Were the authors' picks the best? {roads} that they passed over: untried")
    if past.predictions and not any(each.held for each in past.authors.values()):
        yield Question(f"Are {PREDICTED.rstrip('_')} gains to be believed? None was measured yet")
    if not past.asked and past.decided:
        yield Question("Does a person choose better? Nobody was ever asked", "review")
