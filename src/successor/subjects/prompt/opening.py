"""What a prompt's subject opens: its model, with a cache of answers, and its sandbox."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from successor.errors import UsageError
from successor.llm import Budget, LanguageModel, SetupError, open_model
from successor.llm.places import user_cache
from successor.sandbox import Limits
from successor.subjects.program.bench import Bench
from successor.subjects.prompt.settings import Settings


@dataclass(frozen=True)
class Opening:
    """By the environment. Answers are kept in the user's cache, so that nothing is asked twice
    and a judgement that is repeated after a kill comes to the same.
    """

    environment: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def model(self, name: str, budget: Budget) -> LanguageModel:
        """The model of that name, which its user closes.

        Raises:
            UsageError: when it cannot be asked.
        """
        cache = user_cache(self.environment) / "answers"
        try:
            return open_model(name, budget=budget, cache=cache, environment=self.environment)
        except SetupError as error:
            raise UsageError(f"[subject] model = {name!r}: {error}") from None

    @staticmethod
    def bench(settings: Settings) -> Bench:
        """The sandbox for items and scaffolds; it opens when it is needed."""
        limits = Limits(
            wall_s=settings.wall_s, cpu_s=settings.wall_s, memory_bytes=settings.memory_mb << 20
        )
        return Bench(limits, settings.tier, settings.preload)

    @staticmethod
    def usd(settings: Settings) -> Decimal | None:
        """The limit in dollars."""
        return None if settings.usd is None else Decimal(str(settings.usd))
