"""Which model is asked, at which temperature, and for what: three bandits that learn what pays.

Each learns on its own: with few answers to learn from, all combinations would stay untried.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from successor.authors.bandit import Bandit
from successor.authors.llm.settings import Form, Settings

Lesson: TypeAlias = tuple[str, float | None, Form, bool]
"""A way, and whether it paid."""


@dataclass(frozen=True)
class Way:
    """How one answer is asked for."""

    model: str
    temperature: float | None
    """The provider's own when None."""
    form: Form

    @property
    def figures(self) -> dict[str, float | str]:
        """For people."""
        warmth = {} if self.temperature is None else {"temperature": self.temperature}
        return {"model": self.model, "form": self.form, **warmth}


class Ways:
    """All ways that the settings allow, with what was learnt of them."""

    def __init__(
        self, settings: Settings, forms: Sequence[Form], lessons: Iterable[Lesson] = ()
    ) -> None:
        self._temperatures: dict[str, float | None] = {
            str(each): each for each in settings.temperatures or (None,)
        }
        self._bandits = (
            Bandit(settings.models),
            Bandit(tuple(self._temperatures)),
            Bandit(forms),
        )
        self.lessons = list[Lesson]()
        for model, temperature, form, paid in lessons:
            if form in forms:  # another program may have others
                self.learn(Way(model, temperature, form), paid=paid)

    def choose(self, rng: random.Random) -> Way:
        """The way to ask next."""
        model, temperature, form = (bandit.choose(rng) for bandit in self._bandits)
        return Way(model, self._temperatures[temperature], cast("Form", form))

    def learn(self, way: Way, *, paid: bool) -> None:
        """Take into account what came of one answer."""
        told = (way.model, str(way.temperature), way.form)
        for bandit, each in zip(self._bandits, told, strict=True):
            bandit.learn(each, paid=paid)
        self.lessons.append((way.model, way.temperature, way.form, paid))
