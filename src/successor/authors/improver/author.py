"""A program's numbers, searched by the improver in charge of a lab that goes on in between."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from successor.authors.desk import Desk
from successor.authors.improver.settings import Settings
from successor.authors.itself.edits import setting
from successor.authors.trials import Terms, Trials, is_python
from successor.authors.tune.bench import PROBED, Bench
from successor.authors.tune.knobs import Knob, find_knobs
from successor.authors.workshop import Workshop
from successor.types import Brief, Digest, Draft, Workspace

IMPROVER, TEXT, RESTS = "improver", "improver_text", "improver_rests"
"""Figures of a draft: the version of the improver that searched, the object with its code, and why
its lab did not go on.
"""
_ASSURED = 50
_SEEDS = 2**48


@dataclass(frozen=True)
class Improver:
    """A version of an improver."""

    version: Digest
    source: str


class Improvers(Protocol):
    """The lab of an improver, as far as an author may reach it."""

    def require_ready(self, lab: Path) -> None:
        """UsageError when there is none in that lab's folder."""
        ...

    def generations(self) -> int:
        """How many it has behind it."""
        ...

    def go_on(self, workspace: Workspace) -> str:
        """For one generation, by its own rules, as long as nothing ends the step of the workspace;
        says why it came to less, "" when it did not.

        Raises:
            Halt: when the step ends, or a person has to act there first.
        """
        ...

    def version(self, known: Digest) -> Improver:
        """The version of that id; the one in charge, where there is none or it may not be used.

        Raises:
            Halt: when a person has to act there first.
        """
        ...

    def pursue(
        self, source: str, size: int, evaluations: int, seed: int,
        price: Callable[[Sequence[float]], float],
    ) -> None:  # fmt: skip
        """Let an improver look for a cheap point of [0, 1]^size, in a sandbox."""
        ...

    def close(self) -> None:
        """End that sandbox."""
        ...


class _OverError(Exception):
    """The search has had its time."""


@dataclass
class Saved:
    """What a checkpoint of this author holds: a step that was killed goes on with the same."""

    had: list[int] | None = None
    """Generations of the improver's lab before it went on, and how many it was to have more."""
    rests: str = ""
    """Why it did not go on."""
    improver: Digest = ""
    """Who searches."""
    trials: bytes | None = None

    @staticmethod
    def load(data: bytes | None) -> Saved:
        """From a checkpoint, or the beginning."""
        if data is None:
            return Saved()
        told: dict[str, Any] = json.loads(data)
        return Saved(**{**told, "trials": told["trials"] and told["trials"].encode()})

    def dump(self) -> bytes:
        """For a checkpoint."""
        told = asdict(self)
        return json.dumps({**told, "trials": self.trials and self.trials.decode()}).encode()


class ImproverAuthor:
    """Writes the next version by having an improver turn the numbers of the present one."""

    name = "improver"

    def __init__(self, workshop: Workshop, settings: Settings, improvers: Improvers) -> None:
        self.workshop = workshop
        self.settings = settings
        self.improvers = improvers

    def require_ready(self, lab: Path) -> None:
        """Nothing, when the improver's lab is there.

        Raises:
            UsageError: when it is not.
        """
        self.improvers.require_ready(lab)

    def close(self) -> None:
        """End the sandbox of the improver."""
        self.improvers.close()

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        """The best that the improver finds; before the first candidate of a generation but the
        first, its lab goes on.
        """
        if len(brief.tried) >= self.settings.attempts:
            return None
        if not is_python(self.workshop, brief, workspace):
            return None
        saved = Saved.load(workspace.resume())
        desk = Desk(workspace, saved)
        if not self.improvers.generations():
            saved.rests = self.improvers.go_on(desk)
        if brief.generation > 1 and not brief.tried:
            self._go_on(desk, saved)
        found = self.improvers.version(saved.improver)
        saved.improver = found.version
        desk.save()
        told = self.settings
        terms = Terms("an improver at work", told.evaluations, told.least, 0.0, told.turn, _ASSURED)
        trials = Trials(self.workshop, brief, desk, terms)
        knobs = find_knobs(trials.source, self.workshop.function)
        self._search(trials, knobs[: told.evaluations // PROBED], found.source, brief.seed)
        draft = trials.hand_in()
        who = {IMPROVER: found.version, TEXT: desk.write(found.source.encode())}
        rests = {RESTS: saved.rests} if saved.rests else {}
        return draft and replace(draft, figures={**draft.figures, **who, **rests})

    def _go_on(self, desk: Desk, saved: Saved) -> None:
        """As often as it has not done so in this step already, whatever killed that."""
        before, more = saved.had or [self.improvers.generations(), self.settings.generations]
        saved.had = [before, more]
        desk.save()
        for _ in range(before + more - self.improvers.generations()):
            saved.rests = self.improvers.go_on(desk)

    def _search(self, trials: Trials, knobs: Sequence[Knob], source: str, seed: int) -> None:
        bench = Bench(trials, self.settings.digits, knobs)
        bench.probe()
        many = len(bench.knobs)

        def price(point: Sequence[float]) -> float:
            if trials.over:
                raise _OverError
            return bench.cost([setting(each, self.settings.reach) for each in point])

        if many and trials.left > many:  # as many are kept for turning back
            with suppress(_OverError):
                self.improvers.pursue(source, many, trials.left - many, seed % _SEEDS, price)
            bench.turn_back()
