"""The recursion. An AI examines itself, finds its weaknesses, writes its successor, proves
that the successor is better, and hands over to it; then the successor does the same.

Every step is remembered by the ledger. After a kill, `improve_self` takes up the generation
that was left open: a step that is on record returns what it returned then, the rest is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

from successor.errors import Halt
from successor.ledger import Ledger
from successor.types import Author, Brief, Exam, Judge, Overseer, Stop, Subject, Weakness

MASTERY = 0.95
"""A slice counts as mastered from this share of right items on."""


@dataclass(frozen=True)
class Parts:
    """One of each: what the recursion is made of."""

    ledger: Ledger
    subject: Subject
    author: Author
    judge: Judge
    overseer: Overseer


def improve_self(lab: Parts) -> None:
    """One generation, from the incumbent to its successor, or to the proof that there is none.

    Generation 0 writes the first version and examines it; that is all it does.
    """
    ledger = lab.ledger
    with ledger.generation() as step:
        incumbent = step.incumbent
        if incumbent is None:
            step.examined(step.first(lab.subject.create), lab.subject.evaluate_self)
            return
        exam = step.examined(incumbent, lab.subject.evaluate_self)
        weaknesses, over = find_weaknesses(exam), lab.overseer.base_case(ledger)
        for attempt in count():
            if attempt and not over and (stop := lab.overseer.base_case(ledger)):
                raise Halt(stop)  # the last draft, as reported, may have used something up
            brief = Brief(
                generation=step.number,
                seed=step.seed("author", attempt),
                lineage=ledger.lineage(incumbent.id),
                weaknesses=weaknesses,
                mastered=mastered(exam),
                tried=step.tried(attempt),
                reasons=step.reasons(attempt),
                used=ledger.totals(),
                barred=step.barred(),
                refused=sum(past.incumbent == incumbent.id for past in ledger.verdicts()),
            )
            candidate = step.written(attempt, brief, lab.author)
            if candidate is None:
                return
            step.examined(candidate, lab.subject.evaluate_self)
            verdict = step.judged(candidate, incumbent, lab.judge)
            if step.decided(verdict, lab.overseer).outcome == "promoted":
                return


def run(lab: Parts) -> Stop:
    """Improve until a base case is met; which one is the last thing on record."""
    try:
        while (stop := base_case(lab)) is None:
            improve_self(lab)
    except Halt as halt:
        stop = halt.stop
    except KeyboardInterrupt as pressed:
        stop = Stop("interrupted", str(pressed) or "interrupted from the keyboard")
    lab.ledger.stopped(stop)
    return stop


def base_case(lab: Parts) -> Stop | None:
    """The base case that is met. What looks like the goal is first asked on unseen items."""
    incumbent, due = lab.ledger.incumbent(), lab.overseer.to_confirm(lab.ledger)
    if incumbent is not None and due:
        lab.ledger.confirmed(incumbent, due, lab.subject.examine)
    return lab.overseer.base_case(lab.ledger)


def find_weaknesses(exam: Exam) -> tuple[Weakness, ...]:
    """The slices not mastered, most worth mending first, the easier first among equals."""
    weak = [
        Weakness(part.name, part.size, part.mean, 1.0 - part.mean)
        for part in exam.slices
        if part.mean < MASTERY
    ]
    return tuple(sorted(weak, key=lambda weakness: (-weakness.worth, weakness.size)))


def mastered(exam: Exam) -> tuple[tuple[str, float], ...]:
    """(slice, size) of the slices mastered, easiest first."""
    held = [(part.name, part.size) for part in exam.slices if part.mean >= MASTERY]
    return tuple(sorted(held, key=lambda part: part[1]))
