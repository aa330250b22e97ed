"""MAP-Elites on islands (Mouret & Clune 2015): the best program of each shape, not the best alone.

A shape is how long a program is, how much it branches and how many different operations it has.
A short program that is nearly as good as a long one so keeps its place, and what is a detour
today may be half of tomorrow's best.
"""

from __future__ import annotations

import ast
import math
import random
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from successor.authors.workshop import Screening

Cell: TypeAlias = tuple[int, int, int]
Behaviour: TypeAlias = tuple[float, ...]
_BRANCHES = ast.If | ast.IfExp | ast.For | ast.While | ast.comprehension | ast.BoolOp
_MOST_BRANCHES = 5
_MOST_OPERATIONS = 7
_BEST = 0.4
"""Chance of a greedy pick to stop at each rank."""


@dataclass(frozen=True)
class Member:
    """A variant that has been screened, and was correct."""

    texts: tuple[str, ...]
    """Its regions."""
    worth: float
    behaviour: Behaviour

    @property
    def size(self) -> int:
        """Characters: finer than nodes, and free."""
        return sum(map(len, self.texts))


def behaviour(screening: Screening, objectives: Iterable[str]) -> Behaviour:
    """Gains on the objectives to ten digits: programs that agree in all of them very likely do the
    same. Where a gain is a time no two ever agree, and none is turned away.
    """
    return tuple(float(f"{screening.gains.get(name, 1.0):.10g}") for name in objectives)


def cell(texts: Iterable[str]) -> Cell:
    """The shape of a program: half octaves of its nodes, branches, different operations."""
    nodes = [node for text in texts for node in ast.walk(ast.parse(text))]
    branches = sum(isinstance(node, _BRANCHES) for node in nodes)
    operations = {type(node) for node in nodes if isinstance(node, ast.operator | ast.cmpop)}
    calls = {ast.dump(node.func) for node in nodes if isinstance(node, ast.Call)}
    return (
        round(2 * math.log2(len(nodes) + 1)),
        min(branches, _MOST_BRANCHES),
        min(len(operations) + len(calls), _MOST_OPERATIONS),
    )


class Island:
    """One archive."""

    def __init__(self) -> None:
        self.cells: dict[Cell, Member] = {}
        self.stale = 0
        """Members offered since the best last became better."""
        self._seen: dict[Behaviour, int] = {}

    @property
    def best(self) -> Member:
        """The member worth most, the shorter among equals.

        Raises:
            ValueError: when there is none.
        """
        return max(self.cells.values(), key=lambda member: (member.worth, -member.size))

    def add(self, member: Member) -> bool:
        """Take a member in, if it is the best of its shape and does what no shorter one does."""
        self.stale += 1
        if self._seen.get(member.behaviour, math.inf) <= member.size:
            return False
        self._seen[member.behaviour] = member.size
        place = cell(member.texts)
        holder = self.cells.get(place)
        if holder is not None and holder.worth >= member.worth:
            return False
        if not self.cells or member.worth > self.best.worth:
            self.stale = 0
        self.cells[place] = member
        return True

    def pick(self, rng: random.Random, greed: float) -> Member:
        """A parent: with chance `greed` one of the best, the best itself in 4 of 10 cases, the
        next in 4 of 10 of the others, and so on; else any.
        """
        members = list(self.cells.values())
        if rng.random() >= greed:
            return rng.choice(members)
        ranked = sorted(members, key=lambda member: (-member.worth, member.size))
        return ranked[int(math.log(1.0 - rng.random()) / math.log(1.0 - _BEST)) % len(ranked)]


class Islands:
    """Archives that evolve on their own, and now and then send their best to the next."""

    def __init__(self, count: int) -> None:
        self.islands = [Island() for _ in range(count)]

    def settle(self, member: Member) -> None:
        """Put a member on every island, to begin with."""
        for island in self.islands:
            island.add(member)

    def migrate(self) -> None:
        """Every island's best goes one on, all at the same time."""
        best = [island.best for island in self.islands]
        for island, member in zip(self.islands, [*best[-1:], *best[:-1]], strict=True):
            island.add(member)

    def restart(self, island: Island, first: Member, rng: random.Random) -> None:
        """Empty an island that gets nowhere. It begins again with the first member of all or with
        the best of another island (Romera-Paredes et al. 2024 reset islands to the latter only).
        """
        others = [other.best for other in self.islands if other is not island]
        place = self.islands.index(island)
        self.islands[place] = Island()
        self.islands[place].add(rng.choice([first, rng.choice(others or [first])]))
