"""What whoever writes by understanding is told: the goal, where the program in charge is weak, what
was tried before, and what came of it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from successor.authors.quoting import Quote
from successor.authors.trials import readable
from successor.authors.workshop import Screening, Workshop
from successor.types import Brief, Weakness, Workspace

MEANS: Mapping[str, str] = {
    "speed": "the time that calls take, small and large inputs alike",
    "accuracy": "digits of float results that agree with a reference of higher precision",
    "errors": "wrong arguments refused by a TypeError whose message names the argument",
    "memory": "the most memory that a fresh process needs",
    "size": "nodes of the syntax tree: simpler code",
    "area": "the mean value of the best candidate so far, over all evaluations that there are",
    "repair": "its tests, which fail and should pass",
    "cost": "what the answers, or the runs, cost; lower is better",
}
ENDLESS = frozenset({"speed", "memory", "cost", "area", "size"})
"""Objectives that nothing reaches in full."""
_TEXT, _LINE, _CHANGE, _GOAL = 12_000, 300, 800, 500
MOST_FAILURES, _MOST_REFUSED, _MOST_LINES = 6, 3, 8


@dataclass(frozen=True)
class Failure:
    """What was tried, as a change, and what came of it."""

    change: str
    why: str


@dataclass(frozen=True)
class Shown:
    """A program that a prompt shows, and what there is to say of it."""

    text: str
    told: str


@dataclass(frozen=True)
class Matter:
    """All that prompts are made of."""

    goal: str
    objectives: Sequence[str]
    function: str
    """Dotted name of the target; "" when it is the whole file."""
    weaknesses: Sequence[Weakness]
    wrong: Sequence[str]
    """What the incumbent gets wrong, a line each."""
    refused: Sequence[Failure]
    """By the judge, in place of the same incumbent; the oldest first."""
    failures: Sequence[Failure]
    """By themselves or at the screening; the oldest first."""


def change(base: str, text: str) -> str:
    """What a text changes of the base, as a unified diff without its heading."""
    lines = difflib.unified_diff(base.splitlines(), text.splitlines(), lineterm="", n=1)
    return "\n".join([*lines][2:])


def goal(matter: Matter) -> Quote:
    """What is wanted, and how that is measured."""
    means = [f"- {name}: {MEANS.get(name, name)}" for name in matter.objectives]
    measured = "\n".join(["What is measured, the first counts most:", *means])
    return Quote(f"{measured}\n\nThe goal, in the words of whoever wants it:", matter.goal, _GOAL)


def known(matter: Matter, others: Sequence[Shown]) -> Iterator[Quote]:
    """Where the program in charge is weak, other programs, and what was tried."""
    # Of what can be better without end, a slice's score says nothing to whoever reads it.
    weak = [
        f"{each.slice}: {each.score:.2f} of 1"
        for each in matter.weaknesses
        if each.slice.partition("/")[0] not in ENDLESS
    ]
    yield from _lines("Where the program in charge is weak, most worth mending first:", weak)
    yield from _lines("What it gets wrong:", matter.wrong)
    for other in others:
        yield Quote(f"Another program, {other.told}:", other.text, _TEXT)
    for heading, failures in (
        ("A change that was judged and refused:", matter.refused[-_MOST_REFUSED:]),
        ("A change that was tried and failed:", matter.failures[-MOST_FAILURES:]),
    ):
        for failed in failures:
            yield Quote(heading, failed.change or "(none that could be read)", _CHANGE)
            yield Quote("Because of:", failed.why, _LINE)


def _lines(heading: str, lines: Sequence[str]) -> Iterator[Quote]:
    if lines:
        told = [line[:_LINE] for line in lines[:_MOST_LINES]]
        yield Quote(heading, "\n".join(told), _MOST_LINES * (_LINE + 1))


def matter_of(workshop: Workshop, brief: Brief, workspace: Workspace) -> Matter:
    """All that is known of a brief's incumbent when nothing was tried yet."""
    incumbent = brief.lineage[-1]
    return Matter(
        goal=workshop.goal,
        objectives=workshop.objectives,
        function=workshop.function,
        weaknesses=brief.weaknesses,
        wrong=workshop.failures(incumbent, brief.seed, workspace),
        refused=refused(workshop, brief, workspace),
        failures=(),
    )


def refused(workshop: Workshop, brief: Brief, workspace: Workspace) -> tuple[Failure, ...]:
    """Candidates that the judge refused, with its reasons."""
    source = workshop.source(brief.lineage[-1], workspace)
    return tuple(
        Failure(change(source, workshop.source(version, workspace)), why)
        for version, why in readable(brief)
    )


def earlier(workshop: Workshop, brief: Brief, workspace: Workspace) -> list[Shown]:
    """The versions before the incumbent, the last first, and those tried in its place."""
    told = "an earlier version, which gave way to a better one"
    line = [Shown(workshop.source(v, workspace), told) for v in brief.lineage[-2::-1]]
    told = "which was refused in place of the one in charge"
    return line + [Shown(workshop.source(v, workspace), told) for v, _ in readable(brief)]


def gained(screening: Screening) -> str:
    """What a screening found to be better or worse, in a line."""
    told = [f"{gain:.3g} times as good on {name}" for name, gain in screening.gains.items()]
    return ", ".join(told) or "not measured"
