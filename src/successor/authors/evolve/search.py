"""The evolution itself: parents, changes, screenings, archives."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterable, Iterator

from successor.authors.bandit import Bandit
from successor.authors.evolve.archive import Island, Islands, Member, behaviour
from successor.authors.evolve.ground import Ground
from successor.authors.evolve.mutations import MUTATIONS
from successor.authors.evolve.normal import normal_form, tidy
from successor.authors.evolve.scene import Scene
from successor.authors.evolve.settings import Settings
from successor.authors.evolve.trim import trimmed
from successor.authors.trials import WORST, Trials, compiles

_TURNS = 40
"""Variants made for each that may be screened, before a search that finds nothing new ends."""
_TRIMMING = 0.1
"""Share of the budget that is kept for leaving out what is not needed."""
_SPARE_NODES = 40
_DRAWS = 12
"""Sets of numbers that a new threshold is tried with: with one alone, hardly any is good."""

_AS_ONE = 3
"""Draws that count as one change that did not pay."""


class Search:
    """One search: the same seed and the same screenings give the same archives."""

    def __init__(self, ground: Ground, trials: Trials, settings: Settings, seed: int) -> None:
        self.islands = Islands(settings.islands)
        self._ground = ground
        self._trials = trials
        self._settings = settings
        self._rng = random.Random(seed)
        self._bandit = Bandit(tuple(MUTATIONS))
        self._seen: set[tuple[str, ...]] = set()
        self._turns = 0
        self._bettered = 0
        """Variants screened when the best last became better."""
        self._first = self._best = Member(ground.field.texts, 0.0, ())
        self._limits = [
            _SPARE_NODES + settings.growth * _nodes(text) for text in ground.field.texts
        ]

    def settle(self, sources: Iterable[tuple[str, ...]]) -> None:
        """Put the incumbent on every island, and what else there is already."""
        self._seen.add(self._normal(self._ground.field.texts))
        self.islands.settle(self._first)
        for texts in sources:
            member = self._screened(texts) if self._is_new(texts) else None
            if member is not None:
                self.islands.settle(member)

    def run(self) -> bool:
        """Until the budget is spent, nothing new can be made, or what there is may be handed in;
        whether it screened anything.
        """
        before = self._bettered = self._trials.spent
        while self._may_go_on():
            island = self.islands.islands[self._turns % self._settings.islands]
            self._turns += 1
            self._step(island)
            if island.stale >= self._settings.patience:
                self.islands.restart(island, self._first, self._rng)
            if self._turns % self._settings.migrate == 0:
                self.islands.migrate()
        self._trim(self._best)
        return self._trials.spent > before

    def _may_go_on(self) -> bool:
        """Not when it has stalled: when what is good has long not become better."""
        trials, settings = self._trials, self._settings
        if trials.left <= _TRIMMING * settings.evaluations or trials.over or self._is_enough():
            return False
        stalled = trials.spent - self._bettered >= settings.stall
        good = stalled and trials.is_good(self._best.worth)
        return not good and self._turns < _TURNS * settings.evaluations

    def _trim(self, best: Member) -> None:
        """Leave out of the best what it is no worse without, as long as there is something."""
        found: Member | None = best
        while found is not None:
            best = found
            smaller = self._smaller(best)
            found = next((each for each in smaller if each.worth >= best.worth), None)

    def _smaller(self, best: Member) -> Iterator[Member]:
        for region, text in enumerate(best.texts):
            for shorter in trimmed(text, self._ground.names[region]):
                texts = (*best.texts[:region], shorter, *best.texts[region + 1 :])
                member = self._screened(texts) if self._is_sound(texts) else None
                if member is not None:
                    yield member

    def _step(self, island: Island) -> None:
        parent = island.pick(self._rng, self._settings.greed)
        texts, names = self._varied(parent, island)
        member = self._member(texts)
        if member is not None and "choose" in names:
            member = self._fitted(member, parent)
        if member is not None:
            island.add(member)
        for name in names:
            # A change that brings nothing new has not paid either: else it would stay untried
            # in the bandit's eyes, and be tried for ever.
            paid = member is not None and member.worth > parent.worth
            # What takes more screenings has to pay more often.
            for _ in range(1 if paid or name != "choose" else _DRAWS // _AS_ONE):
                self._bandit.learn(name, paid=paid)

    def _member(self, texts: tuple[str, ...]) -> Member | None:
        """What a new variant is worth; None where it is nothing new, or is wrong."""
        return self._screened(texts) if self._is_sound(texts) and self._is_new(texts) else None

    def _fitted(self, member: Member, parent: Member) -> Member:
        """The best of the same program with other numbers (Topchy and Punch 2001): a form is
        judged by what it can be.
        """
        region = next(n for n, text in enumerate(member.texts) if text != parent.texts[n])
        for _ in range(_DRAWS):
            tree = ast.parse(member.texts[region])
            MUTATIONS["redraw"](self._scene(tree, region, member.texts[region]))
            text = ast.unparse(tidy(tree))
            other = self._member((*member.texts[:region], text, *member.texts[region + 1 :]))
            if other is not None and other.worth >= member.worth:
                member = other
        return member

    def _varied(self, parent: Member, island: Island) -> tuple[tuple[str, ...], list[str]]:
        """A child with one region changed, once or more, and the names of the changes."""
        rng, settings = self._rng, self._settings
        texts = list(parent.texts)
        region = rng.randrange(len(texts))
        tree, names = ast.parse(texts[region]), list[str]()
        while not names or rng.random() < settings.changes:
            mate = island.pick(rng, settings.greed).texts[region]
            name = self._bandit.choose(rng)
            names.append(name)
            MUTATIONS[name](self._scene(tree, region, mate))
        texts[region] = ast.unparse(tidy(tree))
        return tuple(texts), names

    def _scene(self, tree: ast.Module, region: int, mate: str) -> Scene:
        ground = self._ground
        return Scene(tree, ground.names[region], ground.palette, self._rng, ast.parse(mate))

    def _is_sound(self, texts: tuple[str, ...]) -> bool:
        """Whether it is Python, and no larger than allowed. Nothing is run."""
        if not compiles(self._ground.field.render(texts)):
            return False
        sizes = zip(map(_nodes, texts), self._limits, strict=True)
        return all(size <= limit for size, limit in sizes)

    def _is_new(self, texts: tuple[str, ...]) -> bool:
        normal = self._normal(texts)
        if normal in self._seen:
            return False
        self._seen.add(normal)
        return True

    def _normal(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(normal_form, texts, self._ground.names))

    def _screened(self, texts: tuple[str, ...]) -> Member | None:
        """None when it is not correct, or there is no budget left to find out."""
        source = self._ground.field.render(texts)
        if not self._trials.may_screen(source):
            return None
        screening = self._trials.screen(source)
        worth = self._trials.worth(screening)
        if worth == WORST:
            return None
        member = Member(texts, worth, behaviour(screening, self._trials.objectives))
        if member.worth > self._best.worth:
            self._bettered = self._trials.spent
        self._best = max(self._best, member, key=lambda member: (member.worth, -member.size))
        return member

    def _is_enough(self) -> bool:
        return self._trials.first_gain >= self._settings.enough


def _nodes(text: str) -> int:
    return sum(1 for _ in ast.walk(ast.parse(text)))
