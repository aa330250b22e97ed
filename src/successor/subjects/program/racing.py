"""Candidate against incumbent, for a judge: correctness, time, weight, and what is suspicious."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from successor.sandbox import Call, Program, Returned, Value, values
from successor.subjects.program import syntax, written
from successor.subjects.program.agreement import Answer, Failed, agrees, answered, told_apart
from successor.subjects.program.grading import Asked, Files
from successor.subjects.program.ground import Ground
from successor.subjects.program.origin import spelled
from successor.subjects.program.questions import ERRORS, TESTS, Item
from successor.subjects.program.results import Answered, Heat
from successor.subjects.program.scoring import WORST
from successor.subjects.program.shrink import shrunk
from successor.subjects.program.timing import (
    SLOW_MOST_S,
    batch_length,
    call_s,
    distinct,
    most_calls,
    took,
)
from successor.types import Draw, Version, Workspace

CORPUS = "corpus"
"""Counterexamples, of the past and while they are shrunk: no slice of an exam."""
MOST_KEPT = 3
"""Counterexamples of one batch that are kept."""
LEAST_S = 0.002
"""Batches shorter than this say nothing about caching or plausibility."""
MANY, MANY_S = 4096, 3.0
"""Small questions in one process, and the most that they may take, to see whether that changes
answers; heats ask `timing.MOST_CALLS` at most.
"""
REPEATED = 3
"""Runs of a program after which what is always the same counts as certain."""
REACHING = frozenset(
    {"_thread", "builtins", "ctypes", "gc", "importlib", "inspect", "signal", "socket",
     "subprocess", "successor", "successor_observe", "threading", "traceback"}
)  # fmt: skip
"""Modules with which a program gets at what runs it. A rewrite of pure code needs none of them."""


Marked = tuple[str, tuple[float, ...], tuple[float, ...]]
"""(slice, the candidate's scores, the incumbent's)."""


@dataclass(frozen=True)
class Pair:
    """Two versions, ready to run."""

    ground: Ground
    candidate: Files
    incumbent: Files
    flaw: str
    """Why the candidate is out of the question, before it is run."""

    def refused(self, lost: Sequence[Item]) -> str:
        """Why it cannot take over, though it answers all that the incumbent does; "" when nothing
        speaks against it, or an answer already does.
        """
        if self.flaw or lost:
            return self.flaw
        return self.ground.objection(self.candidate, self.incumbent)

    @property
    def sources(self) -> tuple[str, str]:
        path = self.ground.target.path
        new, old = (each[path].decode("utf-8-sig") for each in (self.candidate, self.incumbent))
        return new, old


def pair(ground: Ground, candidate: Version, incumbent: Version, work: Workspace) -> Pair:
    """Read both versions."""
    mine, theirs = (ground.source(each, work) for each in (candidate, incumbent))
    new, old = ground.files(mine), ground.files(theirs)
    return Pair(ground, new, old, ground.flaw(mine) or ground.stray(candidate))


def ask(both: Pair, draw: Draw, corpus: Sequence[bytes]) -> Answered:
    """Put the same items to both. What the corpus shows, and what is written in the candidate, is
    in the counterexamples alone.
    """
    grader, seed = both.ground.grader, f"{draw.purpose}/{draw.seed}"
    names = [each for each in draw.counts if not each[0].startswith(("speed/", "cost/"))]
    asked = [grader.asked(name, count, seed) for name, count in names]
    past = [item for item in map(_decoded, corpus) if item is not None]
    new = [] if both.flaw else written.calls(both.ground.questions, *both.sources, seed)
    every = [grader.expect(CORPUS, [*past, *map(Item, new)]), *asked]
    theirs = grader.answers(both.incumbent, every)
    mine = _answers(both, every)
    slices = [
        (each.name, grader.scores(each, my), grader.scores(each, their))
        for each, my, their in zip(every, mine, theirs, strict=True)
    ]
    lost = [] if both.flaw else list(_lost(both, every, slices))
    refused = both.refused(lost)
    kept = {
        _encoded(item.call): item for item in (_smaller(both, each) for each in lost[:MOST_KEPT])
    }
    notes = [refused] if refused else [_note(both, item) for item in kept.values()]
    return Answered(_with_gate(both, slices[1:], refused, notes), tuple(kept), tuple(notes))


def _answers(both: Pair, every: Sequence[Asked]) -> Sequence[Sequence[Answer]]:
    """What the candidate answers; nothing, when it is out of the question."""
    if both.flaw:
        return [[Failed("flaw", both.flaw)] * len(each.items) for each in every]
    return both.ground.grader.answers(both.candidate, every)


def _with_gate(
    both: Pair, slices: Sequence[Marked], refused: str, notes: list[str]
) -> tuple[Marked, ...]:
    """The slices, with one more item in that of the tests: whether they pass. Where no tests are
    asked, what is refused is refused all the same.
    """
    told: list[Marked] = []
    gated = any(name == TESTS for name, _, _ in slices)
    for name, mine, theirs in slices:
        if name != TESTS:
            told.append((name, (0.0,) * len(mine) if refused and not gated else mine, theirs))
            continue
        failures = [
            refused or both.ground.failure(both.candidate),
            both.ground.failure(both.incumbent),
        ]
        notes += failures[:1] if failures[0] and not refused else []
        new, old = (float(not failure) for failure in failures)
        told.append((name, (*mine, new), (*theirs, old)))
    return tuple(told)


def _lost(
    both: Pair,
    asked: Sequence[Asked],
    slices: Sequence[tuple[str, Sequence[float], Sequence[float]]],
) -> Iterator[Item]:
    """Items that the incumbent gets right and the candidate does not. How accurate a result or
    how clear an error is, is no matter of right and wrong.
    """
    for each, (name, mine, theirs) in zip(asked, slices, strict=True):
        graded = name == ERRORS and both.ground.questions.errors
        for item, want, my, their in zip(each.items, each.expected, mine, theirs, strict=True):
            counts = not graded or isinstance(want, Returned)
            if my < their and counts and not name.startswith("accuracy/"):
                yield item


def _smaller(both: Pair, item: Item) -> Item:
    """The item, shrunk as far as it still tells the two apart."""
    grader = both.ground.grader

    def fails(calls: Sequence[Call]) -> Sequence[bool]:
        asked = grader.expect(CORPUS, [Item(call) for call in calls])
        mine, theirs = (
            grader.scores(asked, grader.answers(files, [asked])[0])
            for files in (both.candidate, both.incumbent)
        )
        return [my < their for my, their in zip(mine, theirs, strict=True)]

    return Item(shrunk(item.call, fails))


def _note(both: Pair, item: Item) -> str:
    grader = both.ground.grader
    asked = grader.expect(CORPUS, [item])
    (got,) = grader.answers(both.candidate, [asked])[0]
    called = f"{both.ground.target.entry}{spelled(item.call)}"
    if grader.cost:
        return f"{called}: {grader.invalid(item.call, asked.expected[0], got)}"
    mine, theirs = told_apart(got, asked.expected[0])
    return f"{called} gives {mine}, where the original gives {theirs}"


def _encoded(call: Call) -> bytes:
    named: dict[Value, Value] = dict(call.kwargs.items())
    return values.encode([list(call.args), named])


def _decoded(data: bytes) -> Item | None:
    """What `_encoded` wrote; None for what it did not."""
    try:
        match values.decode(data):
            case [list(args), dict(kwargs)]:
                return Item(Call(tuple(args), {str(name): each for name, each in kwargs.items()}))
            case _:
                return None
    except ValueError:
        return None


def race(both: Pair, draw: Draw) -> tuple[Heat, ...]:
    """A heat for each item of the slices of speed and cost."""
    seed = f"{draw.purpose}/{draw.seed}"
    return tuple(
        heat
        for name, count in draw.counts
        for heat in (
            _timed(both, name, count, seed)
            if name.startswith("speed/")
            else _costs(both, name, count, seed)
            if name.startswith("cost/")
            else ()
        )
    )


def _timed(both: Pair, name: str, count: int, seed: str) -> Iterator[Heat]:
    """A wrong answer takes all the time there is."""
    timer, most_s = both.ground.timer, both.ground.bench.limits.wall_s
    for heat in timer.heats(both.candidate, both.incumbent, name, seed, count):
        mine, theirs = heat.whole
        whole = (mine if heat.agreed else most_s, theirs)
        yield Heat(name, heat.mine if heat.agreed else most_s, heat.theirs, whole)


def _costs(both: Pair, name: str, count: int, seed: str) -> Iterator[Heat]:
    """Every call in a child of its own, for both alike; no answer costs the most."""
    questions, size = both.ground.questions, both.ground.questions.size(name)
    calls = questions.calls(f"{seed}/{name}", size, count)
    for mine, theirs in zip(*(_asked(both, files, calls) for files in
                              (both.candidate, both.incumbent)), strict=True):  # fmt: skip
        yield Heat(name, mine, theirs)


def _asked(both: Pair, files: Files, calls: Sequence[Call]) -> list[float]:
    grader = both.ground.grader
    return grader.costs(calls, both.ground.bench.each(grader.program(files), calls))


def weigh(both: Pair) -> Mapping[str, tuple[float, float]]:
    """(candidate, incumbent) of what needs no sample: nodes of the syntax tree and, where there
    is only one question and either version answers it every time at the same cost, that.
    """
    new, old = both.sources
    theirs = float(syntax.nodes(old))
    if both.flaw:  # it may not even parse; how large it is does not matter
        return {"size": (theirs, theirs)}
    known = {"size": (float(syntax.nodes(new)), theirs)}
    if lone := both.ground.questions.lone:
        mine, yours = ({*_asked(both, files, [lone] * REPEATED)} for files in
                    (both.candidate, both.incumbent))  # fmt: skip
        if len(mine) == len(yours) == 1 and WORST not in mine | yours:
            known["cost"] = (mine.pop(), yours.pop())
    return known


def suspicions(both: Pair, draw: Draw) -> tuple[str, ...]:
    """What no honest candidate does, each in a line."""
    if both.flaw:
        return ()
    questions = both.ground.questions
    size = questions.sizes[-1]
    calls = questions.calls(f"suspicions/{draw.seed}", size, 16)
    found = [*_reaching_out(both), *_stateful(both, distinct(calls, 16))]
    if "speed" in both.ground.objectives or not both.ground.grader.cost:
        found += _too_fast(both, draw.seed, size)
    return tuple(found)


def _reaching_out(both: Pair) -> Iterator[str]:
    mine, theirs = (
        {name.partition(".")[0] for name in syntax.imports(ast.parse(source))}
        for source in both.sources
    )
    for name in sorted((mine - theirs) & REACHING):
        yield f"begins to import {name!r}, with which a program gets at what runs it"


def _stateful(both: Pair, calls: Sequence[Call]) -> Iterator[str]:
    """Answers that depend on what was asked before; where they have a cost, they may."""
    bench, program = both.ground.bench, both.ground.grader.program(both.candidate)
    answers = bench.ask(program, [*calls, *reversed(calls)])
    if any(isinstance(each, Failed) and each.status == "forged" for each in answers):
        yield "sends answers that nobody asked for"
    if both.ground.grader.cost:
        return
    first, again = answers[: len(calls)], answers[: len(calls) - 1 : -1]
    alone = bench.ask(program, calls[len(calls) // 2 :])
    pairs = [*zip(first, again, strict=True), *zip(first[len(calls) // 2 :], alone, strict=True)]
    pairs += _after_many(both, calls)
    if any(not _alike(one, other) for one, other in pairs):
        yield "answers the same question differently, depending on what it was asked before"


def _after_many(both: Pair, calls: Sequence[Call]) -> list[tuple[Answer, Answer]]:
    """The answers at the beginning of a process and after thousands of others: more than any
    process answers where versions are examined and timed.
    """
    questions, few = both.ground.questions, calls[:4]
    small = questions.calls("many", questions.sizes[0], 64)
    between = [small[number % len(small)] for number in range(MANY)] if small else []
    program = both.ground.grader.program(both.candidate)
    answers = both.ground.bench.ask(program, [*few, *between, *few], MANY_S)
    return [*zip(answers[: len(few)], answers[len(answers) - len(few) :], strict=True)]


def _alike(one: Answer, other: Answer) -> bool:
    return agrees(one, other, 0.0) or not (answered(one) and answered(other))


def _too_fast(both: Pair, seed: int, size: int) -> Iterator[str]:
    """Speed that comes from remembering, or that no code can have."""
    ground = both.ground
    few = distinct(ground.questions.calls(f"few/{seed}", size, 4, heavy=True), 4)
    programs = ground.timer.programs
    mine, theirs = programs.bare(both.candidate), programs.bare(both.incumbent)
    times = [call_s(partial(ground.bench.run, each), few) for each in (mine, theirs)]
    wanted = max(batch_length(min(times), max(times)), round(SLOW_MOST_S / max(*times, 1e-5)))
    wanted = min(wanted, most_calls(few))
    batches = [
        distinct(ground.questions.calls(f"{name}/{seed}", size, 2 * wanted, heavy=True), wanted)
        for name in ("fresh", "other")
    ]
    if all(_remembers(both, mine, theirs, calls) for calls in batches):
        yield "keeps results between calls, and is no faster on new inputs"
    constant = programs.constant()
    if all(_impossible(both, mine, constant, calls) for calls in batches):
        yield "is faster than a function that returns a constant"


def _remembers(both: Pair, mine: Program, theirs: Program, calls: Sequence[Call]) -> bool:
    fresh, again = _twice(both, mine, calls)
    if fresh < LEAST_S or again > fresh / 4:
        return False
    cold, warm = _twice(both, theirs, calls)
    return warm > cold / 2 and fresh > 0.8 * cold


def _impossible(both: Pair, mine: Program, constant: Program, calls: Sequence[Call]) -> bool:
    floor = min(_twice(both, constant, calls))
    return floor > LEAST_S and max(_twice(both, mine, calls)) < 0.6 * floor


def _twice(both: Pair, program: Program, calls: Sequence[Call]) -> tuple[float, float]:
    """Seconds for a batch, and for the same batch again: the least of three children, since a
    busy machine only ever adds.
    """
    bench, times = both.ground.bench, list[tuple[float, float]]()
    for _ in range(3):
        with bench.session(program) as session:
            times.append((took(session.ask(calls)), took(session.ask(calls))))
    return min(first for first, _ in times), min(second for _, second in times)
