"""Variants of a program, screened once each, within a budget, and remembered over a kill.

A search that draws its chances from the brief's seed and asks nothing but `Trials` needs no
checkpoint of its own: done anew after a kill, it is told again what it was told before, without
a single screening, and so comes to the state that it was in.
"""

from __future__ import annotations

import ast
import json
import math
import time
import warnings
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256

from successor.authors.workshop import Screening, Workshop
from successor.errors import Halt
from successor.types import Brief, Draft, Version, Workspace

WORST = -math.inf
"""The worth of a variant that is not correct."""
_EVERY_S = 2.0
"""Time between two checkpoints: what a kill may cost."""
_MOST = 1e12
"""Gains are cut off here, and at its inverse: a cost of 0 is an infinite gain."""
OPTIONS = "options"
"""The figure of a draft that names the object with what it was chosen from."""
_SEEDS = 2**53
_TOLD = 200
"""Characters of a reason that are kept on record."""
_LOOKED_AT = 5
"""Variants that get a second look before one of them is handed in."""


@dataclass(frozen=True)
class Terms:
    """How variants are chosen from, the same for every author that searches."""

    stage: str
    """What the search is called in reports of progress."""
    evaluations: int
    """Variants screened at most, without the second look at the best."""
    least: float
    """Smallest gain worth handing in, above 0: 0.01 is 1% better."""
    parsimony: float
    """What each syntax node more has to gain: 0.001 is 0.1%."""
    turn_s: float
    """After so many seconds the search ends with what it has, if `assured` are screened."""
    assured: int
    looks: int = 1
    """At each of the best, on other inputs, before one of them is handed in."""

    @staticmethod
    def screening(evaluations: int, least: float, parsimony: float) -> Terms:
        """Of a search whose time is somebody else's."""
        return Terms("screening", evaluations, least, parsimony, turn_s=math.inf, assured=0)


class Trials:
    """The variants of one incumbent, as one attempt at writing its successor sees them."""

    def __init__(
        self, workshop: Workshop, brief: Brief, workspace: Workspace, terms: Terms
    ) -> None:
        self.incumbent = brief.lineage[-1]
        self.source = workshop.source(self.incumbent, workspace)
        self._workshop = workshop
        self._brief = brief
        self._workspace = workspace
        self._terms = terms
        self._nodes = size(self.source, workshop.path)
        self._known = _loaded(workspace.resume())
        self._screened: dict[str, Screening] = {}
        self._first_gain = 1.0
        self._began = self._saved = time.monotonic()

    @property
    def objectives(self) -> tuple[str, ...]:
        """What is to become better; the first counts most."""
        return self._workshop.objectives

    @property
    def left(self) -> int:
        """Variants that may still be screened."""
        return self._terms.evaluations - len(self._screened)

    @property
    def over(self) -> bool:
        """Whether the search has had its time. A kill gives it the time anew, and forgets nothing
        that it found.
        """
        late = time.monotonic() - self._began > self._terms.turn_s
        return late and self.spent >= self._terms.assured

    @property
    def spent(self) -> int:
        """Variants screened, those before a kill included."""
        return len(self._screened)

    @property
    def looks(self) -> int:
        """Screenings so far, second looks included."""
        return len(self._known)

    @property
    def first_gain(self) -> float:
        """The best gain so far on the first objective; 1 is the incumbent's."""
        return self._first_gain

    def knows(self, source: str) -> bool:
        """Whether it is screened already."""
        return source in self._screened

    def may_screen(self, source: str) -> bool:
        """Whether it is screened already, or still can be."""
        return self.knows(source) or self.left > 0

    def screen(self, source: str) -> Screening:
        """What the workshop finds of a variant. Asking for the same again costs nothing."""
        if source not in self._screened:
            found = self._screened[source] = self._look(source, 0)
            if found.correct:
                gain = found.gains.get(self.objectives[0], 1.0)
                self._first_gain = max(self._first_gain, gain)
        return self._screened[source]

    def worth(self, screening: Screening) -> float:
        """Natural log of the gain on the first objective, and of a quarter, a sixteenth, … of
        that on each next one, less what the code that it adds has to gain; `WORST` when it is
        not correct or no number. The incumbent's is 0; higher is better.
        """
        if not screening.correct:
            return WORST
        gains = [screening.gains.get(name, 1.0) for name in self.objectives]
        if any(math.isnan(gain) for gain in gains):
            return WORST
        logs = [math.log(min(max(gain, 1.0 / _MOST), _MOST)) for gain in gains]
        added = screening.nodes - self._nodes
        return sum(log / 4.0**rank for rank, log in enumerate(logs)) - (
            self._terms.parsimony * added
        )

    def hand_in(self, most: int = _LOOKED_AT) -> Draft | None:
        """The best variant that was not tried before and still is better at a second look, on
        other inputs; no files but what the search has cost when there is none. Of the best `most`,
        each is as good as the lesser of its two looks: the best of many noisy figures is too good
        to be true.
        """
        path = self._workshop.path
        tried = {*self._brief.barred, *(each.files.get(path) for each in self._brief.tried)}
        fresh = [s for s in self._screened if digest(s) not in tried and s != self.source]
        ranked = sorted(fresh, key=lambda s: (-self.worth(self._screened[s]), len(s), s))
        hopeful = [s for s in ranked[:most] if self._good(self._screened[s])]
        looks = {source: self._again(source) for source in hopeful}
        lasting = [s for s in hopeful if self.is_good(self._lasts(looks[s]))]
        if not lasting:
            told = {"evaluations": len(self._known), "failed": self.turned_away()}
            return Draft({}, told) if self._known else None
        best = max(lasting, key=lambda s: min(self.worth(self._screened[s]), self._lasts(looks[s])))
        return self._draft(best, looks[best], self._options(hopeful))

    def _options(self, sources: Sequence[str]) -> Mapping[str, str]:
        """A figure that names what was chosen from, so that the choice can be looked at later: an
        object with the files and the predicted gains of each, at the first look the best first.
        """
        if len(sources) < 2:
            return {}
        told = [
            {
                "files": dict(self._workshop.draft(s, self.incumbent, self._workspace).files),
                "predicted": {k: min(v, _MOST) for k, v in self._screened[s].gains.items()},
            }
            for s in sources
        ]
        return {OPTIONS: self._workspace.write(json.dumps(told).encode())}

    def _again(self, source: str) -> Sequence[Screening]:
        """More looks at a variant, each on inputs of its own."""
        return [self._look(source, turn) for turn in range(1, 1 + self._terms.looks)]

    def _lasts(self, looks: Sequence[Screening]) -> float:
        """What it is worth by all of them: the mean, `WORST` when one found it wrong."""
        return sum(map(self.worth, looks)) / len(looks)

    def second_look(self, source: str) -> Screening | None:
        """What a second look found of a variant; None when it got none."""
        return self._known.get(f"{digest(source)}/1")

    def turned_away(self) -> str:
        """Why none of them is handed in, in a line: what was not even right, most often for what
        reason, and what was right and no better.
        """
        bad = Counter(each.why for each in self._screened.values() if not each.correct)
        right = len(self._screened) - bad.total()
        parts = [f"{right:,} right, and not enough of a gain"] if right else []
        if bad:
            why, times = bad.most_common(1)[0]
            why = why if len(why) <= _TOLD else f"{why[:_TOLD]}..."
            parts.insert(0, f"{bad.total():,} turned away ({times:,} of them: {why})")
        return f"{len(self._screened):,} screened, {', '.join(parts)}" if parts else ""

    def lasting(self, share: float, most: int) -> Sequence[str]:
        """The variants whose gain on the first objective is at least that share of the best one's,
        at a second look as well; those that were tried before are none of them.
        """
        path, first = self._workshop.path, self.objectives[0]
        tried = {*self._brief.barred, *(each.files.get(path) for each in self._brief.tried)}
        gains = {
            source: screening.gains.get(first, 0.0)
            for source, screening in self._screened.items()
            if screening.correct and digest(source) not in tried and source != self.source
        }
        least = share * max(gains.values(), default=0.0)
        near = [source for source, gain in gains.items() if gain >= max(least, 1.0)]
        near.sort(key=lambda source: (-self.worth(self._screened[source]), len(source), source))
        return [source for source in near[:most] if self._look(source, 1).correct]

    def contested(self) -> Sequence[Sequence[str]]:
        """What is contested of each variant that only the original's answer speaks against."""
        return [each.contested for each in self._screened.values() if each.contested]

    def is_good(self, worth: float) -> bool:
        """Whether a variant of that worth would be handed in, if it keeps it."""
        return worth >= math.log1p(self._terms.least)

    def _good(self, screening: Screening) -> bool:
        return self.is_good(self.worth(screening))

    def _draft(self, source: str, looks: Sequence[Screening], told: Mapping[str, str]) -> Draft:
        first, gains = self._screened[source], dict[str, float]()
        for name in self.objectives:
            later = [each.gains.get(name, 1.0) for each in looks]
            gains[name] = min(first.gains.get(name, 1.0), sum(later) / len(later), _MOST)
        return self._workshop.draft(
            source,
            self.incumbent,
            self._workspace,
            evaluations=len(self._known),
            nodes=first.nodes,
            **{f"screened_{name}": gain for name, gain in gains.items()},
            **told,
        )

    def _look(self, source: str, turn: int) -> Screening:
        key = f"{digest(source)}/{turn}"
        if key not in self._known:
            self._report()
            seed = (self._brief.seed + turn) % _SEEDS
            found = self._workshop.screen(source, self.incumbent, seed, self._workspace)
            gains = {name: float(gain) for name, gain in found.gains.items()}
            self._known[key] = Screening(
                found.correct, found.why, gains, found.nodes, found.contested
            )
            if time.monotonic() - self._saved >= _EVERY_S:
                self.save()
        return self._known[key]

    def save(self) -> None:
        """Keep what is known over a kill; done every few seconds anyway."""
        known = {key: asdict(screening) for key, screening in self._known.items()}
        self._workspace.checkpoint(json.dumps(known).encode())
        self._saved = time.monotonic()

    def _report(self) -> None:
        """Before every screening, for that is when the run may end."""
        best = max((self.worth(screening) for screening in self._known.values()), default=0.0)
        gain = math.exp(max(best, 0.0))
        done = min(len(self._known), self._terms.evaluations)
        try:
            self._workspace.progress(self._terms.stage, done, self._terms.evaluations, gain=gain)
        except Halt:
            self.save()
            raise


def digest(source: str) -> str:
    """The name of a source text in the object store."""
    return sha256(source.encode()).hexdigest()


def nodes(source: str) -> int:
    """Syntax tree nodes of a file.

    Raises:
        SyntaxError: when it is not Python.
    """
    return sum(1 for _ in ast.walk(ast.parse(source)))


def size(source: str, path: str) -> int:
    """What variants are compared by: nodes of Python, words of anything else."""
    return nodes(source) if path.endswith(".py") else len(source.split())


def earlier(brief: Brief, workshop: Workshop, workspace: Workspace) -> Sequence[str]:
    """The sources of the versions before the incumbent and of those tried in its place."""
    known: tuple[Version, ...] = (*brief.lineage[:-1], *(each for each, _ in readable(brief)))
    return tuple(workshop.source(version, workspace) for version in known)


def readable(brief: Brief) -> Sequence[tuple[Version, str]]:
    """What was tried, with the judge's reason for each: without what is quarantined, which is
    neither shown to anybody nor built upon.
    """
    barred, reasons = {*brief.barred}, brief.reasons
    told = [*reasons, *[""] * (len(brief.tried) - len(reasons))]
    pairs = zip(brief.tried, told, strict=True)
    return [(each, why) for each, why in pairs if not barred & {*each.files.values()}]


def _loaded(saved: bytes | None) -> dict[str, Screening]:
    if saved is None:
        return {}
    return {key: Screening(**fields) for key, fields in json.loads(saved).items()}


def is_python(workshop: Workshop, brief: Brief, workspace: Workspace) -> bool:
    """Whether the incumbent is Python, which is all that the authors here can write."""
    return compiles(workshop.source(brief.lineage[-1], workspace))


def compiles(source: str) -> bool:
    """Whether a text is Python, however odd. Nothing is run."""
    try:
        with warnings.catch_warnings(action="ignore"):
            compile(source, "<variant>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True
