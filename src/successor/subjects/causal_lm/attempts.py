"""Answers that a model gave to problems it may learn from, and how they are kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any

from successor.errors import SuccessorError
from successor.subjects.causal_lm.tasks import purpose_of
from successor.types import Digest


@dataclass(frozen=True)
class Attempt:
    """One answer to one problem, with where both came from."""

    slice: str
    problem: Digest
    """Of the question's text."""
    origin: str
    """How the problem is drawn again."""
    question: str
    answer: str
    tokens: tuple[int, ...]
    """Of the answer, without the one that ended it."""
    right: bool
    """By the verifier."""
    ended: bool
    """Whether it ended by itself."""
    entropy: float
    """Mean, of the distributions that its tokens were drawn from, in nats."""
    writer: Digest
    """The version that gave it."""

    @property
    def id(self) -> Digest:
        """By question and answer: equal ones teach nothing twice."""
        told = f"{self.problem}\n{' '.join(self.answer.split())}"
        return sha256(told.encode()).hexdigest()


def packed(attempts: Iterable[Attempt]) -> bytes:
    """A JSON object in each line."""
    lines = (json.dumps(asdict(each), sort_keys=True, ensure_ascii=False) for each in attempts)
    return "".join(f"{line}\n" for line in lines).encode()


def unpacked(data: bytes) -> list[Attempt]:
    """What `packed` packed.

    Raises:
        SuccessorError: when it is something else.
    """
    try:
        told: list[dict[str, Any]] = [json.loads(line) for line in data.splitlines()]
        for each in told:
            each["tokens"] = tuple(each["tokens"])
        return [Attempt(**each) for each in told]
    except (ValueError, TypeError, KeyError) as error:
        raise SuccessorError(f"training examples on record are damaged: {error}") from None


def require_clean(attempts: Sequence[Attempt], sealed: frozenset[str]) -> None:
    """Nothing, when all of these may be trained on.

    Raises:
        SuccessorError: naming the first that a judge might ask, or whose family is sealed.
    """
    for each in attempts:
        told = sha256(" ".join(each.question.split()).encode()).hexdigest()
        if told != each.problem:
            raise SuccessorError(f"{each.origin}: its question is not the one on record")
        if each.slice in sealed:
            raise SuccessorError(f"{each.origin}: {each.slice} is sealed, and never trained on")
        if (purpose := purpose_of(each.problem)) != "training":
            raise SuccessorError(f"{each.origin}: is a {purpose} item, and never trained on")
