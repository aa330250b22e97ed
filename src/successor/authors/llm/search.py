"""Rounds of questions to language models, and the cascade that their answers go through.

An answer is read, checked, compared with all before it, and only then screened, which costs most;
what is turned away earlier costs nothing more.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from successor.authors.llm.answers import program
from successor.authors.llm.asking import Asked, Correspondence, Said
from successor.authors.llm.meaning import meant
from successor.authors.llm.memory import Memory, Written
from successor.authors.llm.mending import mends
from successor.authors.llm.prompts import may_change, prompt, repair, useful_forms
from successor.authors.llm.settings import Settings
from successor.authors.llm.ways import Way, Ways
from successor.authors.matter import Failure, Matter, Shown, change, gained
from successor.authors.novelty import Seen, likeness
from successor.authors.requirements import UnreadableError
from successor.authors.trials import WORST, Trials, digest
from successor.llm import Request
from successor.llm.room import is_local, longest_answer, most_optional
from successor.types import Draft

_GREED = 0.7
"""Share of the questions that are about the best there is; the others are about any."""
_SEEDS = 2**31


@dataclass(frozen=True)
class Variant:
    """A program that is right, and what is known of it."""

    written: Written
    worth: float
    told: str

    @property
    def text(self) -> str:
        return self.written.text

    @property
    def shown(self) -> Shown:
        return Shown(self.text, self.told)


@dataclass(frozen=True)
class Question:
    """One request, and what its answer changes."""

    way: Way
    base: Variant
    request: Request

    @property
    def asked(self) -> Asked:
        return self.way.model, self.request


class Search:
    """One attempt: the same memory, seed, answers and screenings lead to the same end."""

    def __init__(
        self,
        trials: Trials,
        talk: Correspondence,
        matter: Matter,
        settings: Settings,
        memory: Memory,
        *,
        seed: int,
        earlier: Sequence[Shown],
    ) -> None:
        self.counts = Counter[str](answers=0, repaired=0, unusable=0, duplicates=0, mended=0)
        self._trials = trials
        self._talk = talk
        self._matter = replace(matter, failures=memory.failures)
        self._settings = settings
        self._memory = memory
        self._earlier = [each for each in earlier if each.text != trials.source]
        self._rng = random.Random(seed)
        forms = settings.forms or useful_forms(matter, trials.source)
        self._ways = Ways(settings, forms, memory.lessons)
        self._seen = Seen(trials.source, settings.alike)
        for each in self._earlier:
            self._seen.add(each.text)
        incumbent = Variant(Written(trials.source, {}), 0.0, "which is the one in charge")
        self._found = [incumbent]
        self._wrong = list[Written]()
        self._mends = settings.mends

    def run(self) -> None:
        """Until the rounds, the screenings or the budget are spent, or a round after a success
        brought nothing better.
        """
        for written in self._memory.pool:
            self._try(written)
        best = -1.0
        for _ in range(self._settings.rounds):
            now = max(each.worth for each in self._found)
            if self._talk.ended or self._left <= 0 or 0 < now <= best:
                return
            best = now
            self._round()

    @property
    def _left(self) -> int:
        """Answers that may still be screened."""
        return self._trials.left - self._mends

    def learnt(self, draft: Draft | None) -> Memory:
        """What to remember, when that is handed in."""
        handed = () if draft is None else (*draft.files.values(),)
        better = [each.written for each in self._ranked() if each.worth > 0]
        pool = [each for each in better if digest(each.text) not in handed]
        told = replace(
            self._memory,
            lessons=(*self._ways.lessons,),
            failures=(*self._matter.failures,),
            pool=(*pool,),
        )
        return told.trimmed()

    def told(self, draft: Draft) -> dict[str, float | str]:
        """How what is handed in was asked for."""
        for each in self._found:
            if digest(each.text) in draft.files.values():
                return dict(each.written.figures)
        return {}

    def _round(self) -> None:
        self._wrong.clear()
        questions = [first := self._question()]
        questions += [self._another(first) for _ in range(self._settings.alternatives - 1)]
        said = self._ask(questions)
        told = [self._read(*each) for each in zip(questions, said, strict=True)]
        wrong = [n for n, each in enumerate(told) if _can_be_mended(each)]
        mended = [self._mended(questions[n], said[n], told[n]) for n in wrong]
        again = self._ask(mended) if mended and not self._talk.ended else []
        for n, question, answer in zip(wrong, mended, again, strict=False):
            told[n] = self._read(question, answer)
            self.counts["repaired"] += isinstance(told[n], tuple)
        for question, each in zip(questions, told, strict=True):
            if isinstance(each, tuple):
                tried = [worth for written in each if (worth := self._try(written)) is not None]
                self._learn(question, tried)
            elif each is not None:
                self.counts["unusable"] += 1
                self._ways.learn(question.way, paid=False)
        self._mend()

    def _mend(self) -> None:
        """Small repairs of what was wrong, until one is better than the incumbent; none where
        something is.
        """
        for written in mends(self._wrong, self._matter.function):
            if self._mends <= 0 or any(each.worth > 0 for each in self._found):
                return
            if self._seen.is_known(written.text):
                continue
            self._mends -= 1
            self._seen.add(written.text)
            screening = self._trials.screen(written.text)
            if (worth := self._trials.worth(screening)) > 0:
                self.counts["mended"] += 1
                told = f"which is right, and {gained(screening)}"
                self._found.append(Variant(written, worth, told))

    def _question(self) -> Question:
        rng = self._rng
        way = self._ways.choose(rng)
        ranked = [*self._ranked()]
        base = ranked[0] if rng.random() < _GREED else rng.choice(ranked)
        room = most_optional(way.model)
        messages = prompt(self._matter, base.shown, self._others(base), way.form, room)
        again = len(may_change(base.text, way.form))
        longest = self._settings.max_tokens or longest_answer(way.model, again)
        seed, is_code = rng.randrange(_SEEDS), way.form != "diff"
        request = Request(messages, longest, way.temperature, seed, code=is_code)
        return Question(way, base, request)

    def _another(self, first: Question) -> Question:
        """One more of a round. A model of this machine is asked the same: it reads that once."""
        if not is_local(first.way.model):
            return self._question()
        seed = self._rng.randrange(_SEEDS)
        return replace(first, request=replace(first.request, seed=seed))

    def _others(self, base: Variant) -> list[Shown]:
        """The best program beside the base, and of all the one least like it."""
        there = [*(v.shown for v in self._ranked()), *self._earlier]
        rest = [each for each in there if each.text != base.text]
        if not rest:
            return []
        other = min(rest, key=lambda each: likeness(each.text, base.text))
        return [rest[0]] if other is rest[0] else [rest[0], other]

    def _ask(self, questions: Sequence[Question]) -> list[Said | None]:
        """What was found out so far is kept first: if we are killed, we have to ask the same."""
        self._trials.save()
        return self._talk.ask([each.asked for each in questions])

    def _read(
        self, question: Question, said: Said | None
    ) -> tuple[Written, ...] | UnreadableError | Said | None:
        """What an answer means; a fault that its model is told of; an answer that is none."""
        if said is None:
            return None
        self.counts["answers"] += 1
        if said.fault == "truncated":
            return UnreadableError("truncated", "The answer was too long and was cut off.")
        if said.fault:
            return said
        way = question.way
        base, function = question.base.text, self._matter.function
        try:
            texts = meant(program(said.text, way.form, base, function), base, function)
        except UnreadableError as fault:
            return fault
        figures = {**way.figures, "model": said.model or way.model}
        return tuple(Written(text, figures) for text in texts)

    def _mended(self, question: Question, said: Said | None, fault: object) -> Question:
        messages = repair(question.request.messages, said.text if said else "", str(fault))
        return replace(question, request=replace(question.request, messages=messages))

    def _try(self, written: Written) -> float | None:
        """One program, as far down the cascade as it gets; its worth, where that is known."""
        text = written.text
        if known := self._seen.why_known(text):
            self.counts["duplicates"] += 1
            self._fail(text, f"it is {known}")
            return WORST
        if self._left <= 0 and not self._trials.knows(text):
            return None
        self._seen.add(text)
        screening = self._trials.screen(text)
        worth = self._trials.worth(screening)
        if worth > 0:
            self._found.append(Variant(written, worth, f"which is right, and {gained(screening)}"))
            return worth
        self._seen.fail(text)
        if not screening.correct:
            self._wrong.append(written)
        why = f"right, but no better: {gained(screening)}" if screening.correct else screening.why
        self._fail(text, why)
        return worth

    def _learn(self, question: Question, worths: Sequence[float]) -> None:
        """It pays to come to something better than what was to change, by more than chance."""
        if worths:
            least = question.base.worth + math.log1p(self._settings.least)
            self._ways.learn(question.way, paid=max(worths) >= least)

    def _fail(self, text: str, why: str) -> None:
        failure = Failure(change(self._trials.source, text), why)
        if failure not in self._matter.failures:
            self._matter = replace(self._matter, failures=(*self._matter.failures, failure))

    def _ranked(self) -> list[Variant]:
        return sorted(self._found, key=lambda each: (-each.worth, len(each.text)))


def _can_be_mended(told: object) -> bool:
    """Whether an answer is worth being told back: of who only copied, a fresh answer says more."""
    return isinstance(told, UnreadableError) and told.fault != "unchanged"
