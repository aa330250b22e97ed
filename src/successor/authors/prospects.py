"""Texts that somebody handed in, on their way to the judge: read, compared, screened.

Each step costs more than the one before. What is turned away is told why; the judge, whose
evidence comes out of one budget for the run, sees the rest.
"""

from __future__ import annotations

from collections.abc import Iterable

from successor.authors.matter import gained
from successor.authors.novelty import form
from successor.authors.requirements import UnreadableError, require_program
from successor.authors.trials import Trials, compiles, digest
from successor.authors.workshop import Screening, Workshop


class Prospects:
    """Those of one attempt."""

    def __init__(self, workshop: Workshop, trials: Trials, refused: Iterable[str]) -> None:
        """`refused`: names of programs, by `name_of`, that are not to be judged once more."""
        self._workshop = workshop
        self._trials = trials
        self._refused = frozenset(refused)

    def refusal(self, text: str) -> str:
        """Why a text is not handed in, in a line; "" when it may be worth it."""
        return self._unfit(text) or self._known(text) or self._worthless(text)

    def lapse(self, text: str) -> str:
        """Why a text that was worth it at a first look is not handed in, in a line."""
        second = self._trials.second_look(text)
        if second is None:
            return (
                "better at a first look, and not looked at again: tried before, or not of the best"
            )
        told = "better at a first look, and not at a second one, on other inputs"
        return f"{told}: {self._told(second) or 'no longer the best'}"

    def _unfit(self, text: str) -> str:
        path = self._workshop.path
        if text == self._trials.source:
            return f"{path} is as it was"
        if path.endswith(".py"):
            try:
                require_program(text, self._trials.source, self._workshop.function)
            except UnreadableError as error:
                return str(error)
        return ""

    def _known(self, text: str) -> str:
        name = name_of(text, self._workshop.path)
        but = "but for names, comments and layout"
        if name == name_of(self._trials.source, self._workshop.path):
            return f"the same program as the one in charge, {but}"
        return f"it was judged before and refused, {but}" if name in self._refused else ""

    def _worthless(self, text: str) -> str:
        return self._told(self._trials.screen(text))

    def _told(self, screening: Screening) -> str:
        if not screening.correct:
            return screening.why
        if self._trials.is_good(self._trials.worth(screening)):
            return ""
        return f"right, but not enough of a gain: {gained(screening)}"


def name_of(text: str, path: str) -> str:
    """The same for the same program under other names of variables, comments and layout."""
    return form(text) if path.endswith(".py") and compiles(text) else digest(text)
