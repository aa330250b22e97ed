"""Typed genetic programming over Python syntax trees, as an author."""

from __future__ import annotations

from collections.abc import Iterator

from successor.authors.evolve.ground import Ground, survey
from successor.authors.evolve.search import Search
from successor.authors.evolve.settings import Settings
from successor.authors.regions import split
from successor.authors.trials import Terms, Trials, earlier, is_python
from successor.authors.workshop import Workshop
from successor.errors import UsageError
from successor.types import Brief, Draft, Workspace

_ASSURED = 100


class EvolveAuthor:
    """Writes the next version by evolving the present one, without knowing what it is for."""

    name = "evolve"

    def __init__(self, workshop: Workshop, settings: Settings) -> None:
        self.workshop = workshop
        self.settings = settings

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        """The best variant that evolves; each attempt evolves anew, from those tried before on."""
        settings = self.settings
        if not is_python(self.workshop, brief, workspace):
            return None
        if len(brief.tried) >= settings.attempts:
            return None
        terms = Terms(
            "evolving", settings.evaluations, settings.least,
            settings.parsimony, settings.turn, _ASSURED,
        )  # fmt: skip
        trials = Trials(self.workshop, brief, workspace, terms)
        ground = self._ground(trials.source)
        if ground is None:
            return None
        search = Search(ground, trials, settings, brief.seed)
        search.settle(self._earlier(ground, brief, workspace))
        draft = None
        while not (draft and draft.files) and search.run():
            draft = trials.hand_in()
        return draft

    def _ground(self, source: str) -> Ground | None:
        """None where a whole file has nothing that evolves."""
        try:
            return survey(source, self.workshop.function)
        except UsageError:
            if self.workshop.function:
                raise
            return None

    def _earlier(
        self, ground: Ground, brief: Brief, workspace: Workspace
    ) -> Iterator[tuple[str, ...]]:
        """What was tried before, where it differs from the incumbent in the regions only."""
        for source in earlier(brief, self.workshop, workspace):
            try:
                field = split(source, self.workshop.function)
            except (SyntaxError, UsageError):
                continue
            if field.fixed == ground.field.fixed:
                yield field.texts
