"""Draws and marks: runs in the sandbox beside a lab's file of items, there `successor_items`."""

# ruff: noqa: ANN401 - what a lab takes for an answer may be anything

from __future__ import annotations

from importlib import import_module
from random import Random
from typing import Any

_items = import_module("successor_items")


def draw(seed: str, family: str, count: int) -> list[tuple[str, Any]]:
    """So many items of a family: (question, right answer)."""
    found = list[tuple[str, Any]]()
    for place in range(count):
        question, answer = _items.draw(Random(f"{seed}/{place}"), family)
        found.append((str(question), answer))
    return found


def marks(said: list[str], answers: list[Any]) -> list[tuple[float, str]]:
    """A score and what to say about it, for each answer."""
    score = getattr(_items, "score", exact)
    told = getattr(_items, "feedback", expected)
    pairs = zip(said, answers, strict=True)
    return [(float(score(text, answer)), str(told(text, answer))) for text, answer in pairs]


def exact(said: str, answer: Any) -> bool:
    """Where a lab has no `score`: the same, but for blanks around it."""
    return said.strip() == str(answer).strip()


def expected(_: str, answer: Any) -> str:
    """Where a lab has no `feedback`."""
    return f"the right answer is {answer}"
