"""Conversations with the model that writes: each answer is read, and told back once when it
cannot be.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Generic, Self, TypeVar

from successor.authors.llm.asking import Correspondence, Said, Saved
from successor.authors.llm.models import Providers
from successor.authors.llm.prompts import repair
from successor.authors.requirements import UnreadableError
from successor.errors import UsageError
from successor.llm import Budget, Limits, Message, Request, Usage
from successor.llm.local.weights import pulled
from successor.llm.providers import LOCAL
from successor.llm.room import longest_answer
from successor.targets import put

T = TypeVar("T")
Read = Callable[[str, bool], T]
"""(answer, whether it is the second) -> what was read in it; UnreadableError when nothing."""
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Heard(Generic[T]):
    """What came of one conversation."""

    found: T | None
    fault: str
    """Why nothing was read; "" when something was."""
    messages: tuple[Message, ...]
    """The whole of it, the last answer included."""


@dataclass(frozen=True)
class _Reading(Generic[T]):
    """How answers are read."""

    read: Read[T]
    mend: Callable[[str], str]
    """What is left of an answer that was cut off; "" when that is of no use."""


def default_model() -> str:
    """The largest local model that is here.

    Raises:
        UsageError: when there is none, with how to get one.
    """
    if here := pulled():
        return f"{LOCAL}:{here[0]}"
    raise UsageError(
        "no model: name one, as in --model claude-sonnet-4-5, or get one that runs on this "
        "machine: successor models pull qwen2.5-coder-1.5b"
    )


@dataclass
class _Kept:
    """The file that a correspondence is kept in."""

    path: Path
    tell: Tell

    def checkpoint(self, state: bytes) -> None:
        put(self.path.with_name(".gitignore"), b"*\n")
        put(self.path, state)

    def progress(self, stage: str, done: float, total: float, **figures: float | str) -> None:
        self.tell(f"{stage}: {done:.0f} of {total:.0f} calls made, {figures['tokens']:.0f} tokens")


class Conversations:
    """All that is asked of one model for one function. A context manager."""

    def __init__(self, model: str, calls: int, about: object, kept: Path, tell: Tell) -> None:
        """Open the model.

        Args:
            about: what the function was asked for, as JSON: of anything else nothing is kept.

        Raises:
            UsageError: when it cannot be asked.
        """
        saved = _saved(kept, about)
        budget, source = Budget(Limits(calls=calls), saved.spent), Providers()
        with _naming(model):
            source.require([model], budget.limits)
            self._model = source.open(model, budget)
        self._name, self._seed = model, 0
        self._talk = Correspondence({model: self._model}, budget, saved, _Kept(kept, tell))

    @property
    def spent(self) -> Usage:
        """On all of it, what a killed process spent included."""
        return self._talk.spent

    @property
    def ended(self) -> str:
        """Why nothing more can be asked; "" while it can."""
        return self._talk.ended

    def ask(
        self,
        prompts: Sequence[tuple[Message, ...]],
        read: Read[T],
        mend: Callable[[str], str] | None = None,
    ) -> list[Heard[T]]:
        """What was read in the answer to each, in their order.

        Args:
            mend: makes an answer that can be read of one that was cut off; without it such an
                answer is asked for once more.

        Raises:
            UsageError, LLMError: when the model cannot be asked.
        """
        longest, first = longest_answer(self._name), self._seed
        self._seed += len(prompts)
        requests = [
            Request(each, longest, None, first + n, code=True) for n, each in enumerate(prompts)
        ]
        reading = _Reading(read, mend or (lambda _: ""))
        heard = self._heard(requests, reading, again=False)
        wrong = [n for n, each in enumerate(heard) if each.found is None]
        mended = [
            replace(requests[n], messages=_told_back(heard[n])) for n in wrong
            if not self._talk.ended
        ]  # fmt: skip
        for n, each in zip(wrong, self._heard(mended, reading, again=True), strict=False):
            heard[n] = each
        return heard

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._model.close()

    def _heard(
        self, requests: Sequence[Request], reading: _Reading[T], *, again: bool
    ) -> list[Heard[T]]:
        with _naming(self._name):
            said = self._talk.ask([(self._name, each) for each in requests]) if requests else []
        return [
            self._read(request, each, reading, again=again)
            for request, each in zip(requests, said, strict=True)
        ]

    def _read(
        self, request: Request, said: Said | None, reading: _Reading[T], *, again: bool
    ) -> Heard[T]:
        if said is None:
            return Heard(None, self._talk.ended or "no answer came", request.messages)
        messages = (*request.messages, Message("assistant", said.text or "(nothing)"))
        cut_off, text = said.fault == "truncated", said.text
        if cut_off and not (text := reading.mend(text)):
            return Heard(None, "The answer was too long and was cut off.", messages)
        if said.fault and not cut_off:
            return Heard(None, said.why, messages)
        try:
            return Heard(reading.read(text, again), "", messages)
        except UnreadableError as fault:
            return Heard(None, str(fault), messages)


def _told_back(heard: Heard[T]) -> tuple[Message, ...]:
    *asked, answer = heard.messages
    if answer.role != "assistant":  # no answer came: the same is asked once more
        return heard.messages
    return repair((*asked,), answer.text, heard.fault)


def _saved(path: Path, about: object) -> Saved:
    """What was kept of the same request; the beginning of it otherwise."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        found = Saved.load(path.read_bytes())
        if found.memory == about:
            return found
    return Saved(memory=about)


@contextmanager
def _naming(model: str) -> Generator[None]:
    """Say of a model that cannot be asked that the option named it."""
    try:
        yield
    except UsageError as error:
        told = str(error).removeprefix(f"[author] models = {model!r}: ")
        raise UsageError(f"--model {model}: {told}") from None
