"""What is asked: the items of a slice, from a seed, and what the original answers to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from successor.errors import SuccessorError
from successor.sandbox import Call
from successor.subjects.program.bench import Bench
from successor.subjects.program.beside import Helper, drawn
from successor.subjects.program.edges import draw_edges
from successor.subjects.program.origin import Origin
from successor.subjects.program.variations import SHARE

TESTS, EDGES, ERRORS = "tests", "agreement/edges", "errors"
MOST_RECORDED = 255
"""Calls made by the tests that are asked."""


_KEPT = 8


@dataclass(frozen=True)
class Item:
    """One question."""

    call: Call
    wrong: str = ""
    """Name of the argument that has a wrong type, if one has."""


@dataclass(frozen=True)
class Questions:
    """Draws items. The same slice, count and seed give the same ones."""

    origin: Origin
    sizes: tuple[int, ...]
    inputs: Helper | None
    bench: Bench = field(repr=False)
    errors: bool
    """Whether wrong types are to be refused, rather than treated as they always were."""
    timed: tuple[int, ...] = ()
    """Sizes at which time is taken."""
    beyond: int = 0
    """A length far beyond the sizes, which the original answers all the same; 0 for none."""
    lone: Call | None = None
    """The only question that there is, where answers have a cost and all that are drawn are it."""
    _known: dict[tuple[int, str], list[Item]] = field(
        default_factory=dict[tuple[int, str], list[Item]], repr=False, compare=False
    )
    """Edges that were drawn last: some are asked of every candidate, and they take the longest."""

    def slices(self, *, accuracy: bool, speed: bool, cost: bool = False) -> tuple[str, ...]:
        """The names of all slices of an exam, easiest first."""
        contract = self.origin.contract
        names = [TESTS] if self.origin.trial.verdicts or self.lone else []
        names += [EDGES] if contract and contract.rows[0] else []
        names += [f"agreement/{size}" for size in self.sizes if not self.lone]
        names += [ERRORS] if self._may_be_wrong() else []
        names += [f"accuracy/{size}" for size in self.sizes if accuracy]
        names += [f"cost/{size}" for size in self.sizes if cost]
        names += [f"speed/{size}" for size in self.timed if speed]
        return tuple(names)

    def size(self, name: str) -> int:
        """The size of a slice: its difficulty."""
        last = name.rpartition("/")[2]
        return int(last) if last.isdecimal() else 1

    def count(self, name: str, items: int) -> int:
        """Items of a slice in an exam. The tests are fixed: the calls that they make, and then
        whether they pass.
        """
        calls = len(self.origin.trial.calls)
        return min(calls, MOST_RECORDED) + 1 if name == TESTS else items

    def draw(self, name: str, count: int, seed: str) -> Sequence[Item]:
        """The items of a slice; of the tests all but the last, which is no call.

        Raises:
            SuccessorError: when there is no such slice.
        """
        family, _, last = name.partition("/")
        rng = Random(f"{seed}/{name}")
        if name == TESTS:
            return [Item(call) for call in self.origin.trial.calls[: count - 1]]
        if name == EDGES and self.origin.contract:
            if (count, seed) not in self._known:
                self._known[count, seed] = self._edges(count, rng)
                for oldest in [*self._known][:-_KEPT]:
                    del self._known[oldest]
            return self._known[count, seed]
        if name == ERRORS and self.origin.contract:
            return self._wrong(count, rng)
        if family in {"agreement", "accuracy", "cost", "speed"} and last.isdecimal():
            heavy = family == "speed"
            calls = [*self.calls(f"{seed}/{name}", int(last), count, heavy=heavy)]
            if family == "agreement" and self.inputs is None and self.origin.contract:
                for place in range(0, count, SHARE):
                    calls[place] = self.origin.contract.draw_varied(rng, int(last))
            return [Item(call) for call in calls]
        raise SuccessorError(f"{name!r}: no such slice")

    def calls(self, seed: str, size: int, count: int, *, heavy: bool = False) -> Sequence[Call]:
        """Calls of a size; heavy ones take as long as the size suggests."""
        if self.inputs is not None:
            return drawn(self.inputs, self.bench, seed, size, count)
        contract = self.origin.contract
        rng = Random(seed)
        return [contract.draw(rng, size, heavy=heavy) for _ in range(count)] if contract else []

    def _edges(self, count: int, rng: Random) -> list[Item]:
        contract = self.origin.contract
        if contract is None:
            return []
        largest = self.sizes[-1] if self.origin.bounded else 1 << 70
        found = draw_edges(contract.edges, largest, count, rng.getrandbits(32), contract.literals)
        calls = [contract.edge_call(values) for values in found]
        return [Item(call) for call in _shuffled(calls, count, rng)]

    def _wrong(self, count: int, rng: Random) -> list[Item]:
        contract, names = self.origin.contract, self._may_be_wrong()
        if contract is None:
            return []
        size = self.sizes[len(self.sizes) // 2]
        return [Item(*contract.draw_wrong(rng, size, names)) for _ in range(count)]

    def _may_be_wrong(self) -> tuple[str, ...]:
        """A hint says what is accepted; without one, what the original accepts is."""
        contract = self.origin.contract
        if contract is None:
            return ()
        return contract.names(None if self.errors else ("calls", "default", "trying"))


def _shuffled(calls: Sequence[Call], count: int, rng: Random) -> list[Call]:
    """So many of them in some order, over and over when they are too few."""
    order = rng.sample(range(len(calls)), len(calls))
    return [calls[order[number % len(calls)]] for number in range(count)] if calls else []
