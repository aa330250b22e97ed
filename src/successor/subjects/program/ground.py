"""All that judging a program takes, learnt from the original once."""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from successor.errors import UsageError
from successor.sandbox import Call, Limits, Returned
from successor.subjects.program import demands, syntax
from successor.subjects.program.accuracy import as_written, exact
from successor.subjects.program.bench import OURS, Bench, Programs
from successor.subjects.program.beside import Helper, Tests, Verdict, find_tests, helper, try_tests
from successor.subjects.program.contract import Contract
from successor.subjects.program.grading import Files, Grader, Reference
from successor.subjects.program.origin import (
    BEYOND,
    LARGEST,
    LONGEST,
    PROBES,
    WIDEST,
    Origin,
    answers,
    check_answers,
    check_costs,
    check_import,
    find_contract,
    find_largest,
    grid,
    try_original,
)
from successor.subjects.program.questions import Questions
from successor.subjects.program.reach import unreached
from successor.subjects.program.repair import Repair
from successor.subjects.program.scoring import CostFunction, read_cost
from successor.subjects.program.settings import Objective, Settings
from successor.subjects.program.sharing import entangled
from successor.subjects.program.surroundings import looks_around
from successor.subjects.program.target import Target
from successor.subjects.program.timing import Timer, call_s, distinct
from successor.types import Version, Workspace

LONG_S = 2e-4
"""A call that takes longer is well above what calling takes, some 5 microseconds."""
CHECKED = 12
"""Drawn calls with which the original is looked at."""


@dataclass(frozen=True)
class Ground:
    """The original, its judges, and where versions run."""

    target: Target
    tests: Tests
    bench: Bench
    grader: Grader
    timer: Timer
    objectives: tuple[Objective, ...]
    notes: tuple[str, ...]
    """What of the goal could not be taken up, for people."""
    repair: Repair | None = None
    """What is wrong with the original, where that is to be mended."""
    _objections: dict[tuple[bytes, bytes], str] = field(
        default_factory=dict[tuple[bytes, bytes], str], repr=False
    )

    @property
    def questions(self) -> Questions:
        """What is asked."""
        return self.grader.questions

    def source(self, version: Version, workspace: Workspace) -> str:
        """The text of the target's file in a version."""
        return workspace.read(version.files[self.target.path]).decode("utf-8-sig")

    def files(self, source: str) -> Files:
        """The files that run for a text: all else is as it was."""
        return {**self.target.files, self.target.path: self.target.encoded(source)}

    def failure(self, files: Files, wall_s: float | None = None) -> str:
        """The first test that fails on a version, in a line; "" when all pass."""
        origin = self.questions.origin
        if not origin.trial.verdicts:
            return ""
        trial = try_tests(self.tests, self.target, files, self.bench, wall_s)
        if isinstance(trial, str):
            return trial
        known = {each.test for each in origin.trial.verdicts if each.outcome == "failed"}
        wrong = [each for each in trial.verdicts if each.outcome == "failed"]
        if broken := [each for each in wrong if each.test not in known]:
            return f"{broken[0].test}: {broken[0].why}"
        return "tests: some were not run" if trial.ran < origin.trial.ran else ""

    def failing(self, files: Files, wall_s: float | None = None) -> tuple[Verdict, ...]:
        """The tests that fail on a version; all of them when they cannot be run."""
        trial = try_tests(self.tests, self.target, files, self.bench, wall_s)
        if isinstance(trial, str):
            given = self.questions.origin.trial.verdicts
            return tuple(replace(each, outcome="failed", why=trial) for each in given)
        return tuple(each for each in trial.verdicts if each.outcome == "failed")

    def flaw(self, source: str) -> str:
        """Why the text cannot stand in for the original, before it is run."""
        return _flaw(self.target.source, source, self.target.entry)

    def stray(self, version: Version) -> str:
        """Why the other files of a version rule it out: they run as the lab has them, so that
        it is not judged by what it would put in their place.
        """
        kept = {path: sha256(data).hexdigest() for path, data in self.target.files.items()}
        kept[self.target.path] = version.files[self.target.path]
        other = [name for name, _ in sorted(version.files.items() ^ kept.items())]
        return f"changes {other[0]}, which is no part of what may change" if other else ""

    def objection(self, mine: Files, theirs: Files) -> str:
        """What speaks against a change though all answers agree, or "": that no question reaches
        it, or that it shares other objects with its callers.
        """
        key = (mine[self.target.path], theirs[self.target.path])
        if key not in self._objections:
            found = looks_around(*(each[self.target.path].decode("utf-8-sig")
                                   for each in (mine, theirs)))  # fmt: skip
            if not found:
                found = unreached(self.target, self.bench, self.questions, mine, theirs)
            if not found and not self.grader.cost:
                found = entangled(
                    self.grader.programs, self.bench, self.questions, mine, theirs,
                    mends=self.repair is not None,
                )  # fmt: skip
            self._objections[key] = found
        return self._objections[key]

    def slices(self) -> tuple[str, ...]:
        """The names of all slices of an exam, easiest first."""
        return self.questions.slices(
            accuracy="accuracy" in self.objectives,
            speed="speed" in self.objectives,
            cost="cost" in self.objectives,
        )


@lru_cache(maxsize=64)
def _flaw(original: str, source: str, function: str) -> str:
    return syntax.flaw(original, source, function) or demands.more(original, source, function)


@dataclass(frozen=True)
class Given:
    """What the lab names, read from its folder."""

    target: Target
    tests: Tests
    inputs: Helper | None
    reference: Helper | None
    cost: CostFunction | None
    settings: Settings
    folder: Path
    """Of the lab."""

    def bound(self) -> Mapping[str, bytes]:
        """Every file of the lab that judging depends on, by its path there."""
        root, tests = self.target.root, self.tests
        found = {root / name: data for name, data in self.target.files.items()}
        found |= {tests.paths[name]: data for name, data in tests.files.items()}
        for each in filter(None, (self.inputs, self.reference)):
            own = {
                name: data for name, data in each.program.files.items() if not name.startswith(OURS)
            }
            found |= {each.home / name: data for name, data in own.items()}
        found |= {self.cost.path: self.cost.data} if self.cost else {}
        home = self.folder.resolve()
        return {os.path.relpath(path, home): data for path, data in sorted(found.items())}


def read_lab(settings: Settings, target: Target, folder: Path) -> Given:
    """Read the files beside the target.

    Raises:
        UsageError: when one that is named is not there, or does not parse.
    """
    inputs, reference, cost = settings.inputs, settings.reference, settings.cost
    if "cost" in settings.objectives and cost is None:
        raise UsageError('[subject] objectives: "cost" needs [subject] cost = "score.py:cost"')
    tests = find_tests(settings.tests, target, folder)
    return Given(
        target,
        tests,
        helper(inputs, "inputs", folder, drawing=True) if inputs else None,
        helper(reference, "reference", folder, drawing=False) if reference else None,
        read_cost(cost, folder, target, tests) if cost else None,
        settings,
        folder,
    )


def bench_for(given: Given) -> Bench:
    """A sandbox with what the target and its tests import already there."""
    settings = given.settings
    limits = Limits(
        wall_s=settings.wall_s, cpu_s=settings.wall_s, memory_bytes=settings.memory_mb << 20
    )
    files = [*given.target.files.values(), *given.tests.files.values()]
    needed = {name for data in files for name in imported(data)}
    return Bench(limits, settings.tier, (*sorted(needed), *settings.preload))


def imported(data: bytes) -> Iterator[str]:
    """The installed modules that a file imports."""
    for name in syntax.imports(ast.parse(data)):
        root = name.partition(".")[0]
        if root and (root in sys.stdlib_module_names or _installed(root)):
            yield root


def _installed(name: str) -> bool:
    """Whether it is a package of the environment, and no file of the lab."""
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return False
    return spec is not None and "site-packages" in (spec.origin or "")


def learn(given: Given, objectives: tuple[Objective, ...], bench: Bench) -> Ground:
    """Look at the original: its tests, what it takes, how far it gets, whether it holds still.

    Raises:
        UsageError: when it cannot be judged, and why.
    """
    target, programs = given.target, Programs(given.target)
    program = programs.observed(target.files)
    check_import(target, program, bench)
    mends = "repair" in objectives
    trial = try_original(target, given.tests, bench, repair=mends)
    contract = None if given.inputs else find_contract(target, program, trial.calls, bench)
    origin = Origin(program, contract, trial, 1, bounded=True)
    wrong = "errors" in objectives
    questions = Questions(origin, given.settings.sizes or (1,), given.inputs, bench, wrong)
    _check(target, questions, given.cost, bench)
    if not given.settings.sizes:
        questions = _reaching(questions, contract)
    if given.cost:
        questions = _lone(questions)
    if "speed" in objectives:
        questions = replace(questions, timed=timed(questions))
    reference, notes = _reference(given, questions, objectives)
    kept, more = _kept(objectives, reference, given.cost)
    repair = Repair(target, programs, bench, trial) if mends else None
    grader = Grader(
        questions,
        programs,
        bench,
        given.settings.tolerance,
        reference,
        given.cost,
        repair.held if repair else None,
        frozenset(_words(given)) if repair else frozenset(),
    )
    timer = Timer(bench, programs, questions, grader.tolerance, loose=given.cost is not None)
    return Ground(target, given.tests, bench, grader, timer, kept, (*notes, *more), repair)


def _words(given: Given) -> Iterator[str]:
    """Of the tests, the docstring's examples included."""
    texts = [data.decode(errors="replace") for data in given.tests.files.values()]
    for text in (*texts, ast.get_docstring(given.target.node) or ""):
        yield from re.findall(r"\w+", text)


def _kept(
    objectives: tuple[Objective, ...], reference: Reference | None, cost: CostFunction | None
) -> tuple[tuple[Objective, ...], list[str]]:
    """The objectives that can be measured, and what is to be said of the others. Where answers
    have a cost, it is one of them: nothing else would keep them from getting worse.
    """
    notes = list[str]()
    if "cost" in objectives and not cost:
        notes.append("cost: nothing tells what an answer costs; name a [subject] cost")
    measured = {"speed", "size", "errors", "memory", "repair", *(["accuracy"] if reference else [])}
    kept: tuple[Objective, ...] = tuple(each for each in objectives if each in measured)
    if cost:
        return tuple(
            dict.fromkeys(
                each for each in ("cost", *objectives) if each == "cost" or each in measured
            )
        ), notes
    return kept or ("speed",), notes


def _check(target: Target, questions: Questions, cost: CostFunction | None, bench: Bench) -> None:
    """Whether the original's answers can be compared, or have a cost.

    Raises:
        UsageError: when not.
    """
    size = 4 if questions.sizes == (1,) else questions.sizes[0]
    drawn = questions.calls("check", size, CHECKED)
    calls = [*questions.origin.trial.calls[:CHECKED], *drawn]
    if cost is None:
        check_answers(target, questions.origin.program, calls, bench)
    else:
        check_costs(target, questions.origin.program, drawn, bench, cost)


def _lone(questions: Questions) -> Questions:
    """The same questions, when there is only one: it is asked with the tests, for nothing about
    it can be shown by a sample.
    """
    drawn = [call for size in questions.sizes for call in questions.calls("lone", size, PROBES)]
    if len(distinct(drawn, 2)) != 1:
        return questions
    trial = questions.origin.trial
    trial = replace(trial, calls=(drawn[0], *trial.calls))
    return replace(questions, origin=replace(questions.origin, trial=trial), lone=drawn[0])


def _reaching(questions: Questions, contract: Contract | None) -> Questions:
    """The same questions, at sizes up to what the original can do."""
    origin = questions.origin
    most = LONGEST
    if contract is not None and not contract.has_container:
        most = LARGEST if contract.has_magnitude else WIDEST
    draw, bench = partial(questions.calls, heavy=True), questions.bench
    reach, bounded = find_largest(draw, origin.program, bench, most)
    origin = replace(origin, largest=reach, bounded=bounded)
    found = replace(questions, origin=origin, sizes=grid(reach))
    if reach == LONGEST and contract is not None and answers(contract, origin.program, bench):
        return replace(found, beyond=BEYOND)
    return found


def timed(questions: Questions) -> tuple[int, ...]:
    """The largest size, and the next if the original works on it for longer than calling takes."""
    *less, largest = questions.sizes[-2:]
    calls = [questions.calls(f"timed/{size}", size, PROBES, heavy=True) for size in less]
    program, bench = questions.origin.program, questions.bench
    long = [call_s(partial(bench.run, program), each) > LONG_S for each in calls]
    return (*(size for size, worth in zip(less, long, strict=True) if worth), largest)


def _reference(
    given: Given, questions: Questions, objectives: tuple[Objective, ...]
) -> tuple[Reference | None, list[str]]:
    """Where exact answers come from: the lab's own function, or the original with fractions.

    Raises:
        UsageError: when the lab file asks for accuracy, and there is none.
    """
    if "accuracy" not in objectives:
        return None, []
    if given.reference:
        return Reference(given.reference.program, written=False), []
    program = Programs(given.target).bare(given.target.files)
    asked = [as_written(call) for call in questions.calls("exact", questions.sizes[0], CHECKED)]
    calls = [call for call in asked if call is not None]
    answers = questions.bench.ask(program, calls)
    held = [isinstance(each, Returned) and exact(each.value) for each in answers]
    if any(held) and 2 * sum(held) >= len(held) and _has_fractions(calls):
        return Reference(program, written=True), []
    why = "accuracy: the original does not work with fractions; name a [subject] reference"
    if given.settings.objectives:
        raise UsageError(f"[subject] objectives: {why}")
    return None, [why]


def _has_fractions(calls: list[Call]) -> bool:
    return any("Fraction" in repr(call) for call in calls)


def describe(ground: Ground) -> Mapping[str, tuple[str, ...]]:
    """What is known of the target's behaviour, and what is only taken for granted, in lines."""
    origin, target = ground.questions.origin, ground.target
    tests = [each for each in origin.trial.verdicts if each.outcome == "passed"]
    calls = origin.trial.calls
    pinned = [f"{len(tests)} tests and examples pass, and will have to"] if tests else []
    cost = ground.grader.cost
    same = f"are answered as {cost.spelled} allows" if cost else "give the same outcome"
    pinned += [f"{len(calls)} calls that they make {same}"] if calls else []
    if target.node.returns is not None:
        pinned.append(f"returns {ast.unparse(target.node.returns)} (by its type hint)")
    pinned.append(f"{target.entry} keeps its parameters, their order and defaults")
    assumed = [*(origin.contract.told() if origin.contract else ())]
    sizes = ground.questions.sizes
    told = f"gives answers that {cost.spelled} takes" if cost else "agrees with the original"
    assumed.append(f"{told} on inputs of size {sizes[0]} to {sizes[-1]}")
    loose = origin.contract.names(("calls", "default", "trying")) if origin.contract else ()
    if loose:
        assumed.append(f"treats other types as the original does: {', '.join(loose)}")
    unrun = [each for each in origin.trial.verdicts if each.outcome == "not run"]
    assumed += [f"not run: {each.test}: {each.why}" for each in unrun[:5]]
    return {"pinned": tuple(pinned), "assumed": tuple(assumed), "notes": ground.notes}
