"""What the author `language_training` asks of a subject, which need not import it for that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Protocol, TypeAlias

from successor.types import Digest, Version, Workspace

Objective: TypeAlias = Literal["imitate", "dpo", "grpo"]


class Attempt(Protocol):
    """One answer to one problem, marked by a verifier."""

    @property
    def id(self) -> Digest:
        """By question and answer."""
        ...

    @property
    def slice(self) -> str: ...
    @property
    def problem(self) -> Digest:
        """By the question alone."""
        ...

    @property
    def answer(self) -> str: ...
    @property
    def tokens(self) -> Sequence[int]: ...
    @property
    def right(self) -> bool: ...
    @property
    def ended(self) -> bool:
        """Whether it ended by itself, and was not cut off."""
        ...

    @property
    def entropy(self) -> float:
        """Mean, of the distributions that its tokens were drawn from, in nats."""
        ...


class LanguageLearner(Protocol):
    """A subject that can attempt problems, and learn from attempts."""

    def trainable(self) -> tuple[str, ...]:
        """Slices that may be practised, the easiest first."""
        ...

    @property
    def rows(self) -> int:
        """Answers that it writes side by side."""
        ...

    def attempt(
        self,
        version: Version,
        counts: Mapping[str, int],
        each: int,
        temperature: float,
        seed: int,
        workspace: Workspace,
    ) -> Sequence[Any]:
        """Answers to so many fresh problems of each slice, `each` to every one: Attempts."""
        ...

    def pack(self, attempts: Sequence[Any]) -> bytes: ...
    def unpack(self, data: bytes) -> Sequence[Any]: ...
    def train(
        self,
        version: Version | None,
        attempts: Sequence[Any],
        epochs: float,
        learning_rate: float,
        seed: int,
        workspace: Workspace,
        objective: Objective,
    ) -> tuple[dict[str, Digest], dict[str, float]]:
        """Train on from a version, or anew: the files of its successor, and what it cost.

        With "dpo" each right attempt stands before a wrong one at the same problem; with "grpo"
        problems have several, some of them right.

        All checkpoints of the workspace are the training's.
        """
        ...
