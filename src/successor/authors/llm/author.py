"""A language model writes the next version: asked, read, screened; never believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from successor.authors.desk import Desk
from successor.authors.llm.asking import Correspondence, Saved, budgeted, cost_of, spent_on
from successor.authors.llm.memory import Memory
from successor.authors.llm.models import Source
from successor.authors.llm.search import Search
from successor.authors.llm.settings import Settings
from successor.authors.matter import earlier, matter_of
from successor.authors.trials import Terms, Trials, is_python
from successor.authors.undecided import undecided
from successor.authors.workshop import Workshop
from successor.llm import Budget, LanguageModel
from successor.types import Brief, Draft, Workspace


class LLMAuthor:
    """Writes the next version by asking for it."""

    name = "llm"

    def __init__(self, workshop: Workshop, settings: Settings, source: Source) -> None:
        self.workshop = workshop
        self.settings = settings
        self._source = source
        self._memory = Memory()
        self._budget: Budget | None = None
        self._models = dict[str, LanguageModel]()

    def require_ready(self, lab: Path) -> None:
        """Nothing, when every model can be asked.

        Raises:
            UsageError: naming the variable to set.
        """
        self._source.require(self.settings.models, budgeted(self.settings))

    def close(self) -> None:
        """Give the models back."""
        while self._models:
            self._models.popitem()[1].close()

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        """The best variant; without files when there is none, but something was spent."""
        settings = self.settings
        if len(brief.tried) >= settings.attempts or not self._fits(brief, workspace):
            return None
        saved = self._saved(brief, workspace)
        desk = Desk(workspace, saved)
        looks = settings.evaluations + settings.mends
        terms = Terms.screening(looks, settings.least, settings.parsimony)
        trials = Trials(self.workshop, brief, desk, terms)
        budget = self._counted(brief, saved)
        talk = Correspondence(self._opened(budget), budget, saved, workspace)
        search = Search(
            trials,
            talk,
            matter_of(self.workshop, brief, desk),
            settings,
            Memory.load(saved.memory),
            seed=brief.seed,
            earlier=earlier(self.workshop, brief, desk),
        )
        search.run()
        draft = undecided(self.workshop, trials, brief.seed, desk) or trials.hand_in()
        self._memory = search.learnt(draft)
        told = {**search.counts, **cost_of(talk.spent)}
        if talk.ended:
            told["ended"] = talk.ended
        if draft is None:
            return Draft({}, told) if talk.spent.calls else None
        return replace(draft, figures={**draft.figures, **told, **search.told(draft)})

    def _fits(self, brief: Brief, workspace: Workspace) -> bool:
        """Whether the incumbent is Python, and short enough to be shown as a whole."""
        source = self.workshop.source(brief.lineage[-1], workspace)
        return len(source) <= self.settings.longest and is_python(self.workshop, brief, workspace)

    def _saved(self, brief: Brief, workspace: Workspace) -> Saved:
        saved = Saved.load(workspace.resume())
        if saved.memory is None:
            saved.memory = self._memory.of(brief.lineage[-1].id).dump()
        return saved

    def _counted(self, brief: Brief, saved: Saved) -> Budget:
        """The budget of the run: what is on record, and what a kill left unrecorded, is spent."""
        if self._budget is None:
            self._budget = Budget(budgeted(self.settings), spent_on(brief.used) + saved.spent)
        return self._budget

    def _opened(self, budget: Budget) -> Mapping[str, LanguageModel]:
        for name in self.settings.models:
            if name not in self._models:
                self._models[name] = self._source.open(name, budget)
        return self._models
