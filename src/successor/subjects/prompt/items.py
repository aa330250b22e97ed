"""The questions of a lab and the marks for answers, both by the lab's own file, in the sandbox."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from successor.errors import SuccessorError
from successor.sandbox import Call, Program, Value
from successor.subjects.program.bench import Bench

INSIDE = Path(__file__).parent / "inside"
_SHOWN = 2000
"""Characters of feedback that are kept."""


@dataclass(frozen=True)
class Item:
    """One question with its right answer, which no version is told."""

    family: str
    question: str
    answer: Value


@dataclass(frozen=True)
class Mark:
    """What an answer is worth, in [0, 1], and what to say about it."""

    score: float
    feedback: str


@dataclass(frozen=True)
class Items:
    """Draws and marks."""

    bench: Bench
    files: Mapping[str, bytes]
    """The lab's file of items, as `successor_items.py`, and what it reads."""
    spelled: str
    """As the lab names the file."""

    def draw(self, seed: str, family: str, count: int) -> list[Item]:
        """So many items; the same seed draws the same.

        Raises:
            SuccessorError: when the lab's file fails, or draws what is no item.
        """
        found = self._asked("draw", (seed, family, count), f"draw an item of {family!r}")
        pairs = cast("Sequence[tuple[str, Value]]", found)
        return [Item(family, question, answer) for question, answer in pairs]

    def marks(self, said: Sequence[str], items: Sequence[Item]) -> list[Mark]:
        """One for each answer, in their order.

        Raises:
            SuccessorError: when the lab's file fails, or a score is none.
        """
        answers = [item.answer for item in items]
        found = self._asked("marks", ([*said], answers), "score an answer")
        marks = [Mark(*pair) for pair in cast("Sequence[tuple[float, str]]", found)]
        for mark in marks:
            if not 0 <= mark.score <= 1 or math.isnan(mark.score):
                told = f"{self.spelled}: scored {mark.score}, where a score is in [0, 1]"
                raise SuccessorError(told)
        return [Mark(mark.score, mark.feedback[:_SHOWN]) for mark in marks]

    def _asked(self, name: str, given: tuple[Value, ...], what: str) -> Value:
        program = Program(
            {**self.files, "successor_ask.py": (INSIDE / "ask.py").read_bytes()},
            f"successor_ask.py:{name}",
        )
        return self.bench.value(program, Call(given), f"{self.spelled} does not {what}")
