"""Small programs to write, whose tests run in the sandbox: families that are drawn here.

A problem is a chain of steps in words, with two examples. The tests are other inputs, and what
comes out of the same steps taken here.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import accumulate
from random import Random
from typing import TypeAlias

from successor.errors import SuccessorError
from successor.sandbox import Call, Program, Returned, Value
from successor.subjects.causal_lm.tasks import Problem, own_answer, purpose_of
from successor.subjects.program.bench import Bench
from successor.types import Purpose

LISTS, WORDS = "programs_lists", "programs_words"
TESTS, SHOWN = 8, 2
"""Hidden tests, and examples in the question."""
_LEAST = 2
"""Steps of the first level: of single ones there are too few."""
_VAIN = 4096
"""Draws after which a level has too few problems of a purpose."""
_FENCED = re.compile(r"```(?:python|py)?\s*\n(.*?)(?:```|$)", re.DOTALL)

Numbers: TypeAlias = list[int]
Step: TypeAlias = tuple[str, Callable[[list[object]], list[object]]]


def _lists(rng: Random) -> tuple[str, Callable[[Numbers], Numbers]]:
    """A step that takes a list of integers and gives another one."""
    k = rng.randint(2, 5)
    steps: list[tuple[str, Callable[[Numbers], Numbers]]] = [
        ("keep only the even numbers", lambda n: [x for x in n if x % 2 == 0]),
        ("keep only the odd numbers", lambda n: [x for x in n if x % 2]),
        (f"keep only the numbers greater than {k}", lambda n: [x for x in n if x > k]),
        ("sort from smallest to largest", sorted),
        ("sort from largest to smallest", lambda n: sorted(n, reverse=True)),
        ("reverse the order", lambda n: n[::-1]),
        ("square every number", lambda n: [x * x for x in n]),
        (f"multiply every number by {k}", lambda n: [x * k for x in n]),
        (f"add {k} to every number", lambda n: [x + k for x in n]),
        (f"drop the first {k} numbers", lambda n: n[k:]),
        (f"keep only the first {k} numbers", lambda n: n[:k]),
        ("drop repeated numbers, keeping the first of each", lambda n: [*dict.fromkeys(n)]),
        ("replace every number by the sum of all up to it", lambda n: [*accumulate(n)]),
    ]
    return rng.choice(steps)


def _words(rng: Random) -> tuple[str, Callable[[list[str]], list[str]]]:
    """A step that takes a list of words and gives another one."""
    k = rng.randint(2, 4)
    steps: list[tuple[str, Callable[[list[str]], list[str]]]] = [
        (f"keep only the words longer than {k} letters", lambda w: [x for x in w if len(x) > k]),
        (f"cut every word to its first {k} letters", lambda w: [x[:k] for x in w]),
        ("reverse every word", lambda w: [x[::-1] for x in w]),
        ("write every word in upper case", lambda w: [x.upper() for x in w]),
        ("sort alphabetically", sorted),
        ("sort by length, those of equal length as they came", lambda w: sorted(w, key=len)),
        ("reverse the order of the words", lambda w: w[::-1]),
        (f"drop the first {k} words", lambda w: w[k:]),
        ("double every word, as in 'ab' to 'abab'", lambda w: [x + x for x in w]),
        ("drop repeated words, keeping the first of each", lambda w: [*dict.fromkeys(w)]),
    ]
    return rng.choice(steps)


def _numbers_given(rng: Random) -> list[object]:
    return [rng.randint(-9, 20) for _ in range(rng.randint(4, 9))]


def _words_given(rng: Random) -> list[object]:
    def word() -> str:
        return "".join(rng.choice("abcdeioru") for _ in range(rng.randint(1, 6)))

    return [word() for _ in range(rng.randint(4, 8))]


_KINDS = {
    LISTS: ("a list of integers", _lists, _numbers_given),
    WORDS: ("a list of lower-case words", _words, _words_given),
}


@dataclass(frozen=True)
class Programs:
    """Both families; level L is a chain of L + 1 steps."""

    bench: Bench
    """Where what a model wrote is run."""

    def known(self) -> Sequence[str]:
        """Their names."""
        return tuple(_KINDS)

    def origin(self) -> str:
        """Changes with the steps there are."""
        return "programs 1"

    def draw(self, purpose: Purpose, seed: int, name: str, count: int) -> Sequence[Problem]:
        """Independent problems, dropped unless their text is of that purpose.

        Raises:
            SuccessorError: when none is found.
        """
        family, _, level = name.partition("/")
        found: list[Problem] = []
        for number in range(_VAIN + 16 * count):
            own = f"{purpose}/{seed}/{name}/{number}"
            problem = _problem(family, _LEAST - 1 + int(level), own)
            if purpose_of(problem.id) == purpose:
                found.append(problem)
            if len(found) == count:
                return found
        raise SuccessorError(f"{name}: has too few different problems: {len(found)} of {count}")

    def score(self, problem: Problem, answer: str) -> float:
        """1 when every test passes, in a fresh child of the sandbox."""
        text = written(answer)
        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return 0.0
        tests: Sequence[tuple[list[Value], list[Value]]] = problem.entry["tests"]
        calls = [Call(([*given],)) for given, _ in tests]
        program = Program({"answer.py": text.encode(errors="replace")}, "answer.py:f")
        found = self.bench.run(program, calls).outcomes
        right = [
            isinstance(one, Returned) and isinstance(one.value, list) and one.value == wanted
            for one, (_, wanted) in zip(found, tests, strict=False)
        ]
        return float(len(right) == len(tests) and all(right))


def written(answer: str) -> str:
    """The program in an answer: in a fenced block, else what is marked as the answer, else all."""
    marked = own_answer(answer)
    if blocks := _FENCED.findall(marked or answer):
        return blocks[-1]
    return answer if marked is None else marked


def _problem(family: str, steps: int, seed: str) -> Problem:
    """The text, examples included, follows from the steps alone."""
    about, step, given = _KINDS[family]
    rng = Random(seed)
    chosen = [step(rng) for _ in range(steps)]
    told = "; then ".join(words for words, _ in chosen)

    def came_out(inputs: list[object]) -> list[object]:
        return reduce(lambda seen, one: one[1](seen), chosen, inputs)  # pyright: ignore[reportArgumentType, reportReturnType] - a kind's steps fit its inputs

    own = Random(told)
    pairs = [(inputs, came_out(inputs)) for inputs in (given(own) for _ in range(TESTS + SHOWN))]
    shown = "\n".join(f"assert f({a!r}) == {b!r}" for a, b in pairs[:SHOWN])
    question = (
        f"Write a Python function f(items). It takes {about}, and returns the list that comes out "
        f"of these steps: {told}.\n{shown}\nThe answer is the function as Python text."
    )
    return Problem(f"{family}/{steps - 1}", question, {"tests": pairs[SHOWN:]}, f"ours {seed}")
