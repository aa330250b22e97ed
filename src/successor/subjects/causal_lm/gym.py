"""Tasks of reasoning-gym: over a hundred families that draw problems and verify answers."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.metadata import version
from typing import Any

from successor.errors import SuccessorError
from successor.subjects.causal_lm.foreign import Foreign
from successor.subjects.causal_lm.tasks import Problem, own_answer, purpose_of
from successor.types import Purpose

RIGHT = 0.999
"""reasoning-gym gives parts of a point for a good form; right is what has all of it."""
_DRAWN = 64
"""Problems that one dataset draws; then there is another, with the next seed."""
_DATASETS = 256
"""Datasets in vain after which a family has too few different problems."""


def given_answer(text: str) -> str:
    """What the verifier is shown: the last marked answer, else the last line that says anything."""
    if (marked := own_answer(text)) is not None:
        return marked
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""


@dataclass(frozen=True)
class Gym:
    """All families that have a curriculum, each at its levels."""

    def known(self) -> Sequence[str]:
        """Their names."""
        return _curricula()

    def origin(self) -> str:
        """The library's name and release."""
        return f"reasoning-gym {version('reasoning-gym')}"

    def draw(self, purpose: Purpose, seed: int, name: str, count: int) -> Sequence[Problem]:
        """Independent problems, dropped unless their text is of that purpose.

        Raises:
            SuccessorError: when a family has too few different problems for that.
        """
        family, _, level = name.partition("/")
        config = _config(family, int(level))
        found: list[Problem] = []
        for number in range(_DATASETS * max(1, count // _DRAWN)):
            told = f"{purpose}/{seed}/{name}/{number}".encode()
            own = int.from_bytes(sha256(told).digest()[:4], "big") >> 1
            data = _dataset(family, own, config)
            for place in range(min(_DRAWN, len(data))):
                entry: Mapping[str, Any] = data[place]
                origin = f"reasoning-gym {family} seed {own} item {place}"
                problem = Problem(name, str(entry["question"]), entry, origin)
                if purpose_of(problem.id) == purpose:
                    found.append(problem)
                if len(found) == count:
                    return found
        raise SuccessorError(f"{name}: has too few different problems: {len(found)} of {count}")

    def score(self, problem: Problem, answer: str) -> float:
        """By reasoning-gym's own scorer, which may choke on what a model says."""
        family, _, level = problem.slice.partition("/")
        scorer = _scorer(family, int(level))
        try:
            return float(scorer.score_answer(given_answer(answer), problem.entry) >= RIGHT)
        except Exception:  # noqa: BLE001 - a scorer fails on odd answers in ways of its own
            return 0.0


def gym() -> Foreign:
    """The library, imported late.

    Raises:
        SuccessorError: when it is not installed.
    """
    try:
        with warnings.catch_warnings():  # of what it brings, when that is first compiled
            warnings.simplefilter("ignore", SyntaxWarning)
            return import_module("reasoning_gym")
    except ImportError as error:
        told = f"needs {error.name}; pip install 'successor-rsi[language]'"
        raise SuccessorError(f'[subject] kind = "model/causal_lm": {told}') from None


@cache
def _curricula() -> tuple[str, ...]:
    """Names of all families that have levels."""
    factory: Any = import_module(f"{gym().__name__}.factory")
    return tuple(sorted(factory.CURRICULA))


@cache
def _config(family: str, level: int) -> Foreign:
    """The configuration of a level, from 1 on; beyond the last one, every attribute's hardest."""
    factory: Any = import_module(f"{gym().__name__}.factory")
    curriculum = factory.create_curriculum(family)
    for name, attribute in curriculum.attributes.items():
        last = len(attribute.levels) - 1
        curriculum.set_attr_level(name, min(level - 1, last))
    return curriculum.generate_configuration()


def _dataset(family: str, seed: int, config: Foreign) -> Foreign:
    replace: Any = import_module("dataclasses").replace
    factory: Any = import_module(f"{gym().__name__}.factory")
    cls, _ = factory.DATASETS[family]
    return cls(replace(config, seed=seed, size=_DRAWN))


@cache
def _scorer(family: str, level: int) -> Foreign:
    return _dataset(family, 0, _config(family, level))
