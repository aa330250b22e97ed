"""A model that plays its part in `successor write`: it knows from a question what is asked."""

from __future__ import annotations

from dataclasses import dataclass, field

from authors.llm.scripted import block
from llm.server import Call, hangs, says

SIGNATURE = "def total(xs: list[int]) -> int: ...\n"
TOTAL = '''\
def total(xs: list[int]) -> int:
    """The sum of the numbers.

    >>> total([1, 2])
    3
    >>> total([])
    0
    """
    result = 0
    for x in xs:
        result = result + x
    return result
'''
VISIBLE = """\
import pytest
from total import total


def test_ordinary():
    assert total([1, 2, 3]) == 6


def test_empty():
    assert total([]) == 0
"""
HELD_OUT = """\
import pytest
from total import total


def test_two():
    assert total([2, 3]) == 5


def test_negative():
    assert total([-1, 1]) == 0


def test_one():
    xs = [7]
    assert total(xs) == 7


@pytest.mark.parametrize("xs, expected", [([], 0), ([4, 4], 8)])
def test_more(xs, expected):
    assert total(xs) == expected


def test_text():
    with pytest.raises(TypeError):
        total(["a"])
"""
EDGES = "- an empty list\n- negative numbers\n\n"


@dataclass
class Writer:
    """Answers by what is asked; the last of several answers for ever."""

    codes: tuple[str, ...] = (TOTAL,)
    suites: tuple[str, ...] = (HELD_OUT,)
    visible: str = VISIBLE
    signature: str = SIGNATURE
    hangs_at: str = ""
    """Part of the question that is never answered."""
    asked: list[str] = field(default_factory=list[str])

    def __call__(self, call: Call) -> None:
        question = call.body["messages"][-1]["content"]
        first = call.body["messages"][1]["content"]
        self.asked.append(question)
        if self.hangs_at and self.hangs_at in question:
            hangs(call)
        elif "How should a Python function" in first:
            says(block(self.signature))(call)
        elif "Write eight tests" in first:
            says(block(self._one(self.suites, call)))(call)
        elif "Now its tests" in question:
            says(EDGES, block(self.visible))(call)
        elif "Write the function" in first:
            says(block(self._one(self.codes, call)))(call)
        else:
            says("I know nothing better.")(call)

    @staticmethod
    def _one(texts: tuple[str, ...], call: Call) -> str:
        """By the seed, so that the same is answered however requests overtake each other."""
        return texts[int(call.body["seed"]) % len(texts)]
