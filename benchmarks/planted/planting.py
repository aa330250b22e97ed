"""Cases for `successor fix`: which bugs are planted, and how wrong a program is.

A bug is a case when a visible test fails on it, held-out inputs are answered otherwise than by the
correct program, and it ends. The correct program and the held-out inputs are never where a repair
is looked for.
"""

from __future__ import annotations

import ast
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from runpy import run_path
from typing import Any

from planted.bugs import KINDS, Bug, bugs
from successor.authors.mutate.repairs import repairs
from successor.sandbox import Call, Limits, Raised, Returned
from successor.sandbox.texts import shown
from successor.subjects.program.agreement import Answer, Failed, agrees, result
from successor.subjects.program.bench import Bench, Programs
from successor.subjects.program.beside import Verdict, find_tests, try_tests
from successor.subjects.program.target import Target, read_target
from successor.subjects.program.timing import distinct

PROGRAMS = Path(__file__).with_name("programs")
HELD_OUT = 300
"""Drawn inputs of a program, beside its edges."""
TOLERANCE = 1e-9
LIMITS = Limits(wall_s=600, cpu_s=2)
"""For all tests or held-out inputs: what takes longer may never end. It is CPU time that ends it,
so that a busy machine plants the same bugs.
"""
PER_KIND, PER_PROGRAM, TRIES = 4, 4, 8


@dataclass(frozen=True)
class Case:
    """One program with one bug."""

    program: str
    kind: str
    source: str
    wrong: float
    """Share of held-out inputs that it answers otherwise than the correct program."""
    failing: int
    """Visible tests that fail."""
    in_reach: bool
    """Whether a single repair of `mutate` gives back the correct program, letter by letter."""

    @property
    def name(self) -> str:
        """Also of its folder."""
        return f"{self.program}-{self.kind.replace(' ', '-')}"


@dataclass(frozen=True)
class Known:
    """A correct program, and what only the measuring knows of it."""

    name: str
    bench: Bench

    @property
    def folder(self) -> Path:
        return PROGRAMS / self.name

    @property
    def source(self) -> str:
        return (self.folder / f"{self.name}.py").read_text("utf-8")

    @property
    def tests(self) -> str:
        return (self.folder / f"test_{self.name}.py").read_text("utf-8")

    @cached_property
    def function(self) -> str:
        """The last of the file is the one that tests call."""
        body = ast.parse(self.source).body
        return [node.name for node in body if isinstance(node, ast.FunctionDef)][-1]

    @cached_property
    def target(self) -> Target:
        """Read from a copy without the inputs, as a repair finds it."""
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / f"{self.name}.py"
            path.write_text(self.source, "utf-8")
            return read_target(f"{path.name}:{self.function}", None, Path(place))

    @cached_property
    def calls(self) -> Sequence[Call]:
        told = run_path(str(self.folder / "inputs.py"))
        draw: Callable[[random.Random], tuple[Any, ...]] = told["draw"]
        rng = random.Random(f"held-out/{self.name}")
        drawn = [*told["EDGES"], *(draw(rng) for _ in range(HELD_OUT))]
        return distinct([Call(arguments) for arguments in drawn], len(drawn))

    @cached_property
    def expected(self) -> Sequence[Answer]:
        return self._answers(self.source, self.calls)

    def wrong(self, source: str) -> float | None:
        """Share of held-out inputs that a version gets wrong; None when it does not end."""
        got = self._answers(source, self.calls)
        if any(isinstance(each, Failed) and each.status == "timeout" for each in got):
            return None
        pairs = zip(self.expected, got, strict=True)
        return sum(not agrees(want, each, TOLERANCE) for want, each in pairs) / len(got)

    def failing(self, source: str) -> int | None:
        """How many visible tests fail on a version; None when they cannot be run."""
        verdicts = self._verdicts(source)
        return None if verdicts is None else sum(v.outcome == "failed" for v in verdicts)

    def few(self, source: str) -> str:
        """The visible tests without most: one that fails on a version and one that passes, if one
        does.
        """
        verdicts = self._verdicts(source) or ()
        names = [next((v.test.rpartition(".")[2] for v in verdicts if v.outcome == outcome), "")
                 for outcome in ("failed", "passed")]  # fmt: skip
        tree = ast.parse(self.tests)
        tree.body = [
            node
            for node in tree.body
            if not isinstance(node, ast.FunctionDef) or node.name in names
        ]
        return ast.unparse(tree) + "\n"

    def said(self, call: str) -> str:
        """What the correct program answers, in the words of `--report`."""
        spelled = ast.parse(call, mode="eval").body
        assert isinstance(spelled, ast.Call)  # noqa: S101 - it is a question of `fix`
        args = tuple(ast.literal_eval(each) for each in spelled.args)
        named = {str(each.arg): ast.literal_eval(each.value) for each in spelled.keywords}
        (answer,) = self._answers(self.source, [Call(args, named)])
        match answer:
            case Returned(value=value):
                return f"{call} should be {shown(result(value))}"
            case Raised(kind=kind):
                return f"{call} should raise {kind.rpartition('.')[2]}"
            case _:
                return ""

    def _verdicts(self, source: str) -> Sequence[Verdict] | None:
        tests = find_tests(None, self.target, self.folder)
        trial = try_tests(tests, self.target, self._files(source), self.bench, None)
        return None if isinstance(trial, str) else trial.verdicts

    def _files(self, source: str) -> Mapping[str, bytes]:
        return {**self.target.files, self.target.path: source.encode()}

    def _answers(self, source: str, calls: Sequence[Call]) -> Sequence[Answer]:
        program = Programs(self.target).observed(self._files(source))
        return self.bench.ask(program, calls)


def opened() -> Bench:
    """Where programs run here: as `fix` runs them, in a sandbox."""
    return Bench(LIMITS, preload=("pytest",))


def known(bench: Bench) -> Mapping[str, Known]:
    """All programs by name."""
    return {path.name: Known(path.name, bench) for path in sorted(PROGRAMS.iterdir())
            if (path / "inputs.py").is_file()}  # fmt: skip


def plant(programs: Mapping[str, Known], count: int, seed: int) -> list[Case]:
    """So many cases, the same for the same seed: of each class in turn, at most one of a class in
    a program.
    """
    rng = random.Random(f"planted/{seed}")
    found, used = list[Case](), Counter[str]()
    places = {name: list(bugs(each.source)) for name, each in programs.items()}
    order = [(kind, name) for kind in KINDS for name in sorted(programs)]
    rng.shuffle(order)
    for _ in range(PER_KIND):
        for kind in KINDS:
            if len(found) == count:
                return found
            fresh = [name for each, name in order if each == kind and used[name] < PER_PROGRAM]
            fresh.sort(key=lambda name: used[name])
            tried = {case.program for case in found if case.kind == kind}
            cases = (
                case for name in fresh if name not in tried
                for case in _cases(programs[name], kind, places[name], rng)
            )  # fmt: skip
            if case := next(cases, None):
                found.append(case)
                used[case.program] += 1
    return found


def _cases(program: Known, kind: str, places: Sequence[Bug], rng: random.Random) -> Iterator[Case]:
    """Of a class in a program, in a random order."""
    chosen = [each for each in places if each.kind == kind]
    for bug in rng.sample(chosen, min(TRIES, len(chosen))):
        failing = program.failing(bug.source)
        wrong = program.wrong(bug.source) if failing else None
        if failing and wrong:
            reached = in_reach(bug.source, program)
            yield Case(program.name, kind, bug.source, wrong, failing, reached)


def in_reach(source: str, program: Known) -> bool:
    """Whether some single repair gives back the correct program."""
    whole = ast.dump(ast.parse(program.source))
    return any(_same(each.source, whole) for each in repairs(source, program.function))


def _same(source: str, whole: str) -> bool:
    try:
        return ast.dump(ast.parse(source)) == whole
    except SyntaxError:
        return False
