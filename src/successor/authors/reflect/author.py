"""The author `reflect`: looks at what became of a text, and has a model write a better one.

Reflective mutation with a Pareto front over items, after GEPA (Agrawal et al. 2025, "Reflective
Prompt Evolution Can Outperform Reinforcement Learning", algorithm 1). Unlike there, what it ends up
with is a mere candidate: the judge asks it and the incumbent new items that no author saw.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from successor.authors.llm.asking import Asked, Correspondence, Saved, budgeted, cost_of, spent_on
from successor.authors.llm.models import Source
from successor.authors.reflect.pool import Entry, Pool
from successor.authors.reflect.practice import Practice, Trace
from successor.authors.reflect.prompts import Form, merging, read, reflecting
from successor.authors.reflect.settings import Settings
from successor.errors import UsageError
from successor.llm import Budget, LanguageModel, Message, Request
from successor.types import Brief, Counts, Draft, Workspace

_IDLE = 8
"""Rounds in a row that cost no rollout, after which it ends."""


class ReflectAuthor:
    """Writes the next prompt, or the next scaffold, by reflection on traces.

    A gain on the front that may well be luck is not handed in: a judge asks hundreds of items about
    it, and mostly finds nothing.
    """

    name = "reflect"

    def __init__(self, practice: Practice, settings: Settings, source: Source) -> None:
        self.practice = practice
        self.settings = settings
        self._source = source
        self._budget: Budget | None = None
        self._models = dict[str, LanguageModel]()

    def require_ready(self, lab: Path) -> None:
        """Nothing, when every model can be asked.

        Raises:
            UsageError: naming what has to be set or started.
        """
        self._source.require(self.settings.models, budgeted(self.settings))

    def close(self) -> None:
        """Give the models back."""
        while self._models:
            self._models.popitem()[1].close()

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        """The text that does best on the front; without files when none does better."""
        if len(brief.tried) >= self.settings.attempts:
            return None
        saved = Saved.load(workspace.resume())
        if self._budget is None:
            self._budget = Budget(budgeted(self.settings), spent_on(brief.used) + saved.spent)
        talk = Correspondence(self._opened(self._budget), self._budget, saved, workspace)
        search = Search(self.practice, self.settings, brief, talk, workspace)
        search.run()
        told: dict[str, float | str] = {**cost_of(talk.spent), **search.told()}
        if talk.ended:
            told["ended"] = talk.ended
        if not search.pool.leads(self.settings.least):
            return Draft({}, told)
        return self.practice.draft(search.pool.best.text, workspace, **told)

    def _opened(self, budget: Budget) -> Mapping[str, LanguageModel]:
        for name in self.settings.models:
            if name not in self._models:
                self._models[name] = self._source.open(name, budget)
        return self._models


@dataclass
class Search:
    """One attempt at a candidate. Everything in it follows from the seed and what was answered, so
    that after a kill the same is asked, and answered from what is kept.
    """

    practice: Practice
    settings: Settings
    brief: Brief
    talk: Correspondence
    workspace: Workspace
    pool: Pool = field(default_factory=Pool)
    rollouts: int = 0
    asked: int = 0
    unread: int = 0
    """Answers without a text that could be a version."""
    merged: int = 0
    _known: set[str] = field(default_factory=set[str])

    def run(self) -> None:
        """Until the rollouts or the budget are spent, or there is nothing to learn from."""
        random = Random(self.brief.seed)
        text = self.practice.text(self.brief.lineage[-1], self.workspace)
        self._known = {self.practice.text(each, self.workspace) for each in self.brief.tried}
        self._keep(text)
        idle = 0
        while idle < _IDLE and not self.talk.ended and self._affords(self._round()):
            spent = self.rollouts
            couple = self.pool.couple(random) if random.random() < self.settings.merges else None
            if couple is not None:
                self._merge(*couple)
            else:
                self._mutate(self.pool.parent(random), random.getrandbits(40))
            idle = idle + 1 if self.rollouts == spent else 0

    def told(self) -> dict[str, float | str]:
        """Figures for the record."""
        best, first = self.pool.best.mean, self.pool.entries[0].mean
        return {
            "rollouts": self.rollouts,
            "texts": len(self.pool.entries),
            "unread": self.unread,
            "merged": self.merged,
            "practice": best,
            "practice_before": first,
        }

    def _mutate(self, parent: Entry, seed: int) -> None:
        """Change a text for a few fresh items; keep it when it does better on these."""
        before = self._practise(parent.text, seed, self._minibatch(seed))
        if all(trace.score >= 1 for trace in before):
            return
        text = self._written(reflecting(self.practice.goal, parent.text, before, **self._form()))
        if text is None or not self._affords(len(before) + self.settings.front):
            return
        after = self._practise(text, seed, self._minibatch(seed))
        if sum(t.score for t in after) > sum(t.score for t in before):
            self._keep(text)

    def _merge(self, first: Entry, second: Entry) -> None:
        """Put two together; the front says what that is worth."""
        goal = self.practice.goal
        text = self._written(merging(goal, first.text, second.text, **self._form()))
        if text is not None:
            self.merged += 1
            self._keep(text)

    def _form(self) -> Form:
        """How it is to be written: a word takes two or three tokens at most."""
        words = self.settings.max_tokens // 3
        return {"scaffold": self.practice.is_scaffold, "words": words}

    def _written(self, asks: Message) -> str | None:
        """A new text that may be a version; None when that did not come of it."""
        names = self.settings.models
        model = names[self.asked % len(names)]
        self.asked += 1
        request = Request(
            (asks,), self.settings.max_tokens, self.settings.temperature, seed=self.asked
        )
        question: Asked = (model, request)
        (said,) = self.talk.ask([question])
        text = None if said is None else read(said.text, whole=not said.fault)
        if text is None:
            self.unread += said is not None
            return None
        if text in self._known:
            return None
        self._known.add(text)
        try:
            self.practice.require_sound(text)
        except UsageError:
            self.unread += 1
            return None
        return text

    def _keep(self, text: str) -> None:
        traces = self._practise(text, self.brief.seed, self._front())
        self._known.add(text)
        self.pool.entries.append(Entry(text, tuple(trace.score for trace in traces)))

    def _practise(self, text: str, seed: int, counts: Counts) -> Sequence[Trace]:
        self.rollouts += sum(count for _, count in counts)
        return self.practice.practise(text, seed, counts, self.workspace)

    def _affords(self, more: int) -> bool:
        return self.rollouts + more <= self.settings.rollouts

    def _round(self) -> int:
        """What a round comes to that keeps a text."""
        return 2 * self.settings.minibatch + self.settings.front

    def _families(self) -> list[str]:
        """Where there is most to win first; where nothing is known to be wrong, all."""
        weak = [each.slice for each in self.brief.weaknesses]
        return weak or [name for name, _ in self.brief.mastered]

    def _front(self) -> Counts:
        return _spread(self._families(), self.settings.front)

    def _minibatch(self, seed: int) -> Counts:
        """From other families each time."""
        names = self._families()
        Random(seed).shuffle(names)
        return _spread(names, self.settings.minibatch)


def _spread(names: Sequence[str], items: int) -> Counts:
    """So many items over all of them, one more for the first ones where they do not divide."""
    each, more = divmod(items, len(names))
    counts = [(name, each + (place < more)) for place, name in enumerate(names)]
    return tuple((name, count) for name, count in counts if count)
