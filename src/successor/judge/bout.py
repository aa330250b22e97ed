"""A candidate and its incumbent side by side: every question that is put to both of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from successor.errors import SuccessorError
from successor.judge.comparison import Sitting, fresh
from successor.judge.racer import FIXED, Answered, Heat, Racer, kind
from successor.types import Counts, Draw, Version, Workspace

Pair = tuple[tuple[float, ...], tuple[float, ...]]


@dataclass
class Bout:
    """Asks both versions, and remembers where the candidate was worse on an item."""

    racer: Racer
    candidate: Version
    incumbent: Version
    seed: int
    work: Workspace
    corpus: Sequence[bytes] = ()
    """Counterexamples of earlier candidates, put to both with the first questions."""
    counterexamples: list[bytes] = field(default_factory=list[bytes])
    notes: list[str] = field(default_factory=list[str])
    lost: list[str] = field(default_factory=list[str])
    """Slices with an item that the incumbent has right and the candidate has not."""

    def sit(self, counts: Counts, label: str) -> Sitting:
        """Fresh items, named by a label that is used once.

        Raises:
            SuccessorError: when the subject did not mark every item with a score in [0, 1].
        """
        draw, corpus = fresh(self.seed, label, counts), self.corpus
        answered = self.racer.ask(self.candidate, self.incumbent, draw, corpus, self.work)
        self.corpus = ()
        self._remember(answered)
        marked = {name: (new, old) for name, new, old in answered.slices}
        pairs = [_checked(name, count, marked.get(name, ((), ()))) for name, count in draw.counts]
        return Sitting(draw, tuple(new for new, _ in pairs), tuple(old for _, old in pairs))

    def heats(self, counts: Counts, label: str) -> tuple[Draw, tuple[Heat, ...]]:
        """Fresh inputs, run for time.

        Raises:
            SuccessorError: when heats are missing, or a time is not above 0.
        """
        draw = fresh(self.seed, label, counts)
        run = tuple(self.racer.race(self.candidate, self.incumbent, draw, self.work))
        for name, count in counts:
            if (ran := sum(heat.slice == name for heat in run)) != count:
                raise SuccessorError(f"the subject ran {ran} of {count} heats of {name!r}")
        if not all(0 < s < math.inf for heat in run for s in (heat.candidate, heat.incumbent)):
            raise SuccessorError("the subject measured a time or cost that is not above 0")
        return draw, run

    def _remember(self, answered: Answered) -> None:
        self.counterexamples += answered.counterexamples
        before = len(self.lost)
        for name, new, old in answered.slices:
            worse = any(ours < theirs for ours, theirs in zip(new, old, strict=False))
            if worse and kind(name) not in self.racer.objectives:
                self.lost.append(name)
        if answered.counterexamples or len(self.lost) > before:
            self.notes += answered.notes

    @property
    def loss(self) -> str | None:
        """Where the candidate is wrong and the incumbent right, if that was seen."""
        if not self.counterexamples and not self.lost:
            return None
        told = self.notes or [each.decode(errors="replace") for each in self.counterexamples]
        where = _line(told[0]) if told else f"an item of {self.lost[0]}"
        more = max(len(self.counterexamples), len(self.lost)) - 1
        others = f", and {more} more" if more > 0 else ""
        if self.notes and not self.counterexamples:
            return f"refused, as the incumbent is not: {where}"
        return f"wrong where the incumbent is right: {where}{others}"


def _checked(name: str, count: int, pair: Pair) -> Pair:
    new, old = pair
    if len(new) != len(old) or (kind(name) != FIXED and len(new) != count):
        told = f"{len(new)} and {len(old)}"
        raise SuccessorError(f"the subject marked {told} of {count} items of {name!r}")
    if not all(0.0 <= score <= 1.0 for score in (*new, *old)):
        raise SuccessorError(f"the subject marked an item of {name!r} outside [0, 1]")
    return pair


def _line(text: str, most: int = 160) -> str:
    """What a program said, on one line and without anything that moves a cursor."""
    shown = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
    return shown if len(shown) <= most else f"{shown[: most - 1]}\N{HORIZONTAL ELLIPSIS}"
