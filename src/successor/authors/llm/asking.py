"""Asking models within a budget, so that no answer is paid for twice, over a kill either.

Answers are put into the checkpoint as soon as they are there, together with all that was found
out before they were asked for. Done anew after a kill, the search asks the same and is told the
same, until it comes to what was not asked yet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import Any, Protocol, TypeAlias

from successor.errors import UsageError
from successor.llm import (
    AnswerError,
    Budget,
    BudgetError,
    LanguageModel,
    Limits,
    LLMError,
    Reply,
    Request,
    SetupError,
    UnavailableError,
    Usage,
)
from successor.types import Digest, Figures

Asked: TypeAlias = tuple[str, Request]
"""A model's name, and what it is asked."""


@dataclass(frozen=True)
class Said:
    """What a model answered, for better or worse."""

    text: str
    model: str
    """As the provider names what answered; "" when it did not say."""
    fault: str = ""
    """Why the answer is not whole; "" when it is."""
    why: str = ""


@dataclass
class Saved:
    """What a checkpoint of this author holds."""

    memory: object = None
    """What the author knew when the attempt began, as JSON."""
    said: dict[Digest, Said] = field(default_factory=dict[Digest, Said])
    spent: Usage = field(default_factory=Usage)
    """On these answers."""
    trials: bytes | None = None
    """The checkpoint of the trials."""

    @staticmethod
    def load(data: bytes | None) -> Saved:
        """From a checkpoint, or the beginning."""
        if data is None:
            return Saved()
        told: dict[str, Any] = json.loads(data)
        spent: dict[str, Any] = {**told["spent"], "usd": Decimal(told["spent"]["usd"])}
        said = {key: Said(**each) for key, each in told["said"].items()}
        trials = told["trials"]
        return Saved(told["memory"], said, Usage(**spent), trials and trials.encode())

    def dump(self) -> bytes:
        """For a checkpoint."""
        said = {key: asdict(each) for key, each in self.said.items()}
        trials = None if self.trials is None else self.trials.decode()
        told = {"memory": self.memory, "said": said, "spent": asdict(self.spent), "trials": trials}
        return json.dumps(told, default=str).encode()


class Keeping(Protocol):
    """The part of a workspace that asking needs."""

    def checkpoint(self, state: bytes) -> None: ...
    def progress(self, stage: str, done: float, total: float, **figures: float | str) -> None: ...


class Correspondence:
    """All that is asked in one attempt."""

    def __init__(
        self,
        models: Mapping[str, LanguageModel],
        budget: Budget,
        saved: Saved,
        workspace: Keeping,
    ) -> None:
        self._models = models
        self._budget = budget
        self._saved = saved
        self._workspace = workspace
        self.ended = ""
        """Why nothing more can be asked; "" while it can."""

    @property
    def spent(self) -> Usage:
        """In this attempt, what a killed process spent on it included."""
        return self._saved.spent

    def ask(self, asked: Sequence[Asked]) -> list[Said | None]:
        """An answer to each, in their order; None where none came.

        Raises:
            UsageError: when a model cannot be asked at all.
            UnavailableError: when no answer came though the budget had left enough.
        """
        names = [_name(*each) for each in asked]
        new = [place for place, name in enumerate(names) if name not in self._saved.said]
        failed = dict[Digest, LLMError]()
        self._report()
        for model in dict.fromkeys(asked[place][0] for place in new):
            mine = [place for place in new if asked[place][0] == model]
            failed |= self._ask(model, {names[place]: asked[place][1] for place in mine})
        self._heed(asked, [failed.get(name) for name in names])
        return [self._saved.said.get(name) for name in names]

    def _heed(self, asked: Sequence[Asked], failed: Sequence[LLMError | None]) -> None:
        """What else than an answer came, once the answers are kept."""
        for (model, _), error in zip(asked, failed, strict=True):
            if isinstance(error, SetupError):
                raise UsageError(f"[author] models = {model!r}: {error}") from None
            if isinstance(error, BudgetError):
                self.ended = str(error)
        away = [error for error in failed if isinstance(error, UnavailableError)]
        if away and len(away) == len(failed):
            raise away[0]

    def _ask(self, model: str, requests: Mapping[Digest, Request]) -> dict[Digest, LLMError]:
        """What did not come to an answer."""
        before = self._budget.spent
        answers = self._models[model].complete_all([*requests.values()])
        failed = dict[Digest, LLMError]()
        for name, answer in zip(requests, answers, strict=True):
            if isinstance(answer, AnswerError):
                self._saved.said[name] = Said(answer.text, model, answer.fault, str(answer))
            elif isinstance(answer, Reply):
                self._saved.said[name] = Said(answer.text, answer.model)
            else:
                failed[name] = answer
        self._saved.spent += _less(self._budget.spent, before)
        self._workspace.checkpoint(self._saved.dump())
        return failed

    def _report(self) -> None:
        """Before asking, for that is when the run may end."""
        spent, limits = self._budget.spent, self._budget.limits
        told = {"tokens": spent.tokens, "usd": float(spent.usd)}
        self._workspace.progress("asking", spent.calls, limits.calls or 0, **told)


class Budgeted(Protocol):
    """Settings of an author that may ask so much over a whole run."""

    @property
    def calls(self) -> int: ...
    @property
    def tokens(self) -> int: ...
    @property
    def usd(self) -> float | None: ...


def budgeted(settings: Budgeted) -> Limits:
    """The budget of a whole run."""
    usd = None if settings.usd is None else Decimal(str(settings.usd))
    return Limits(settings.calls, settings.tokens, usd)


def spent_on(used: Figures) -> Usage:
    """What drafts on record say that they took; of which tokens does not matter any more."""
    calls, tokens, usd = (float(used.get(name, 0)) for name in ("calls", "tokens", "usd"))
    return Usage(calls=int(calls), input_tokens=int(tokens), usd=Decimal(str(usd)))


def cost_of(spent: Usage) -> dict[str, float | int | str]:
    """Usage as the figures of a draft."""
    return {"calls": spent.calls, "tokens": spent.tokens, "usd": float(spent.usd)}


def _name(model: str, request: Request) -> Digest:
    return sha256(json.dumps([model, asdict(request)]).encode()).hexdigest()


def _less(now: Usage, before: Usage) -> Usage:
    return Usage(**{key: value - vars(before)[key] for key, value in vars(now).items()})
