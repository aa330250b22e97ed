"""What fails, class by class, before and after.

A class is a slice of the exams: tests, errors, a size of inputs. An item fails when its score is
below 1. Only what is right or wrong counts, and neither speed nor cost.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from successor.insight.measures import is_right_or_wrong
from successor.insight.share import Share
from successor.types import Exam


@dataclass(frozen=True)
class Class:
    """One class of what may fail; a share of none where an exam did not ask it."""

    name: str
    size: float
    before: Share
    after: Share


def classes(before: Exam, after: Exam) -> tuple[Class, ...]:
    """Every class that one of two exams asked, the smallest size first."""
    failed, fails = dict(_failures(before)), dict(_failures(after))
    sizes = {part.name: part.size for exam in (before, after) for part in exam.slices}
    names = sorted({*failed, *fails}, key=lambda name: (sizes[name], name))
    none = Share(0, 0)
    return tuple(
        Class(name, sizes[name], failed.get(name, none), fails.get(name, none)) for name in names
    )


def _failures(exam: Exam) -> Iterator[tuple[str, Share]]:
    for part in exam.slices:
        if part.scores and is_right_or_wrong(part.name):
            yield part.name, Share(sum(score < 1.0 for score in part.scores), len(part.scores))


def in_both(found: tuple[Class, ...]) -> tuple[Share, Share]:
    """What fails of all classes that both exams asked, before and after."""
    asked = [each for each in found if each.before.of and each.after.of]
    before, after = ([getattr(each, when) for each in asked] for when in ("before", "after"))
    return _sum(before), _sum(after)


def _sum(shares: list[Share]) -> Share:
    return Share(sum(each.hits for each in shares), sum(each.of for each in shares))
