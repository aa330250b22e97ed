"""Heats: two versions timed on the same fresh inputs, one after the other, on one core.

Every heat has two fresh children, so that nothing that a version keeps between calls helps it
with the next heat; both are warmed up on other inputs first. The time is taken outside: CPU time,
which other work on the machine changes little, unless a version waits rather than computes. What
it takes to write the answers down is taken off both.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random

from successor.sandbox import Call, Outcome, Program, Result, Returned, Session
from successor.subjects.program import writing
from successor.subjects.program.agreement import agrees, answered
from successor.subjects.program.bench import Bench, Programs
from successor.subjects.program.grading import Files
from successor.subjects.program.questions import Questions

SLOW_LEAST_S, SLOW_MOST_S = 0.005, 0.05
"""What a heat of the slower version should take."""
FAST_LEAST_S = 0.001
"""What a heat of the faster version should take at least, if the slower one's time allows."""
LEAST_CALLS, MOST_CALLS = 2, 2000
MOST_BYTES = 1 << 19
"""Inputs of a heat, about: writing large results down takes time of its own."""
WARM_CALLS = 5
_INSTANT_S = 1e-9
"""CPU time is counted in steps, and may come out as none."""
WAITS = 0.25
"""A version whose CPU time is a smaller share of its wall time waits for something."""
AGAIN, AGAIN_S = 16, 1.0
"""Runs of a version that seems to wait, and seconds for them, to see whether it always does."""


@dataclass(frozen=True)
class Timed:
    """Seconds that two versions took for the same calls, and whether they agreed."""

    mine: float
    theirs: float
    agreed: bool
    whole: tuple[float, float] = (0.0, 0.0)
    """(mine, theirs): seconds of all that their processes did, from their start on."""


@dataclass(frozen=True)
class Batch:
    """How two versions are timed on a slice."""

    calls: int
    writing: bool
    """Whether writing the answers down takes a part of the time that is worth measuring."""
    waits: bool
    """Whether wall time counts, since either version spends most of it waiting."""


@dataclass(frozen=True)
class Timer:
    """Runs heats."""

    bench: Bench
    programs: Programs
    questions: Questions
    tolerance: float
    loose: bool = False
    """Whether both may return what they like, as where answers have a cost."""
    _batches: dict[tuple[int, int, str], Batch] = field(
        default_factory=dict[tuple[int, int, str], "Batch"], repr=False
    )

    def heats(
        self, mine: Files, theirs: Files, name: str, seed: str, count: int
    ) -> Iterator[Timed]:
        """So many heats of a slice, each in the order AB BA; who comes first is drawn for each.

        No input is asked twice in the life of a child. Whoever fails is given all the time that
        there is.
        """
        size = self.questions.size(name)
        first, second = (
            Runner(self.bench, self.programs.bare(files), self._warm(seed, size))
            for files in (mine, theirs)
        )
        for number in range(count):
            drawn = f"{seed}/{number}"
            batch = self._batch(first, second, name, drawn, size)
            calls = self.questions.calls(f"{drawn}/heat", size, 2 * batch.calls, heavy=True)
            swapped = Random(f"{seed}/{name}/{number}/order").random() < 0.5
            leads = second if swapped else first
            results = self._heat(leads, first, second, distinct(calls, batch.calls))
            whole = [self._whole(each, waits=batch.waits) for each in (first, second)]
            yield replace(self._timed(*results, batch), whole=(whole[0], whole[1]))

    def _heat(
        self, leads: Runner, first: Runner, second: Runner, calls: Sequence[Call]
    ) -> tuple[list[Result], list[Result]]:
        """AB on one half of the calls, BA on the other."""
        follows = second if leads is first else first
        half = -(-len(calls) // 2)
        parts = [part for part in (calls[:half], calls[half:]) if part]
        turns = [(leads, 0), (follows, 0), (follows, 1), (leads, 1)][: 2 * len(parts)]
        results: dict[int, list[Result]] = {id(first): [], id(second): []}
        with leads.started(), follows.started():
            for runner, part in turns:
                results[id(runner)].append(runner.ask(parts[part]))
        return results[id(first)], results[id(second)]

    def _batch(self, first: Runner, second: Runner, name: str, seed: str, size: int) -> Batch:
        """As many distinct calls as make a heat of the right length."""
        key = (hash(first.program.files[self._path]), hash(second.program.files[self._path]), name)
        if key not in self._batches:
            few = distinct(self.questions.calls(f"{seed}/few", size, 4, heavy=True), 4)
            runs = [[runner.run(few) for _ in range(2)] for runner in (first, second)]
            both = zip((first, second), runs, strict=True)
            wait = any(waits(runner, few, each) for runner, each in both)
            times = [min(took(run, waits=wait) for run in each) / max(1, len(few)) for each in runs]
            written = self._written(runs[1][:1]) / max(1, len(few))
            count = min(batch_length(min(times), max(times)), most_calls(few))
            self._batches[key] = Batch(count, written > writing.MATTERS * min(times), wait)
        return self._batches[key]

    @property
    def _path(self) -> str:
        return self.programs.target.path

    def _warm(self, seed: str, size: int) -> Sequence[Call]:
        """Inputs of a quarter of the size: none that a heat asks."""
        return self.questions.calls(f"{seed}/warm", max(1, size // 4), WARM_CALLS)

    def _timed(self, mine: Sequence[Result], theirs: Sequence[Result], batch: Batch) -> Timed:
        agreed = all(
            ours.status == "ok" and all(map(self._agrees, other.outcomes, ours.outcomes))
            for ours, other in zip(mine, theirs, strict=True)
        )
        # One clock for both: where that of the CPU has not moved for one, it counts for neither.
        unmoved = any(not result.cpu_s for result in (*mine, *theirs))
        wait = batch.waits or unmoved
        new, old = (self._seconds(each, waits=wait) for each in (mine, theirs))
        if agreed and batch.writing and not self.loose:
            written = self._written(theirs)
            new, old = writing.without(new, written), writing.without(old, written)
        return Timed(new, old, agreed)

    def _whole(self, runner: Runner, *, waits: bool) -> float:
        failed = any(result.status != "ok" for result in runner.results)
        parts = [
            each.seconds + each.prepare_s if waits else each.cpu_s + each.prepare_cpu_s
            for each in runner.results
        ]
        return self.bench.limits.wall_s if failed else sum(parts)

    def _written(self, results: Sequence[Result]) -> float:
        return writing.seconds(self.bench.sandbox, self.bench.limits, results)

    def _agrees(self, want: Outcome, got: Outcome) -> bool:
        either = self.loose and isinstance(want, Returned) and isinstance(got, Returned)
        return either or not answered(want) or agrees(want, got, self.tolerance)

    def _seconds(self, results: Sequence[Result], *, waits: bool) -> float:
        failed = any(result.status != "ok" for result in results)
        seconds = sum(took(each, waits=waits) for each in results)
        return self.bench.limits.wall_s if failed else seconds


@dataclass
class Runner:
    """One version in fresh, warm children: one that were kept, and slow by chance, would be
    slow in every heat, and an unchanged program could seem faster.
    """

    bench: Bench
    program: Program
    warm: Sequence[Call]
    results: list[Result] = field(default_factory=list[Result], repr=False)
    """All that the last child was asked, what warmed it up first."""
    _live: Session | None = None

    def __post_init__(self) -> None:
        self.bench.lend(self.program)

    def ask(self, calls: Sequence[Call]) -> Result:
        """Time one batch, in the child that was started."""
        assert self._live is not None, "started() comes first"  # noqa: S101 - for the checker
        self.results.append(self._live.ask(calls))
        return self.results[-1]

    @contextmanager
    def started(self) -> Generator[None]:
        """A fresh child, warmed up."""
        self.results.clear()
        with self.bench.session(self.program) as self._live:
            self.ask(self.warm)
            yield

    def run(self, calls: Sequence[Call]) -> Result:
        """Time one batch in a child of its own."""
        with self.started():
            return self.ask(calls)


def took(result: Result, *, waits: bool = False) -> float:
    """Seconds that a batch took: of CPU time, or on the clock for what waits.

    The kernel brings the CPU clock of a process on another core up to date at ticks and when the
    process is switched: read before either, it has not moved, and wall time is all there is.
    """
    return result.seconds if waits else result.cpu_s or result.seconds


def waiting(result: Result) -> float:
    """Share of the time, in [0, 1], in which a batch did not compute."""
    return 1 - min(1.0, result.cpu_s / result.seconds) if result.seconds else 0.0


def waits(runner: Runner, few: Sequence[Call], runs: Sequence[Result]) -> bool:
    """Whether a version waits in every run. On a busy machine all that runs is kept waiting, but
    not every time: where the first runs were, it is run some more times.
    """
    least, spent_s, again = min(map(waiting, runs)), 0.0, 0
    while least > 1 - WAITS and again < AGAIN and spent_s < AGAIN_S:
        run = runner.run(few)
        least, spent_s, again = min(least, waiting(run)), spent_s + run.seconds, again + 1
    return least > 1 - WAITS


def call_s(run: Callable[[Sequence[Call]], Result], few: Sequence[Call]) -> float:
    """Seconds that a call takes: the less of two batches, since a busy machine only ever adds."""
    return min(took(run(few)) for _ in range(2)) / max(1, len(few))


def batch_length(fast_s: float, slow_s: float) -> int:
    """Calls in a heat, by what one call takes either version."""
    fast_s, slow_s = max(fast_s, 1e-7), max(slow_s, 1e-7)
    wanted = max(SLOW_LEAST_S / slow_s, min(FAST_LEAST_S / fast_s, SLOW_MOST_S / slow_s))
    return max(LEAST_CALLS, min(MOST_CALLS, round(wanted)))


def most_calls(few: Sequence[Call]) -> int:
    """Calls that a batch may have for its inputs to stay a modest message."""
    written = sum(len(repr(call)) for call in few) / max(1, len(few))
    return max(LEAST_CALLS, round(MOST_BYTES / max(1.0, written)))


def distinct(calls: Sequence[Call], most: int) -> Sequence[Call]:
    """The calls without repetitions; at most so many."""
    return list({repr(call): call for call in calls}.values())[:most]


def ratio(heats: Sequence[Timed]) -> float:
    """How many times faster the first version is: median over heats, 1.0 for no heats."""
    ratios = [each.theirs / max(each.mine, _INSTANT_S) for each in heats]
    return statistics.median(ratios) if heats else 1.0
