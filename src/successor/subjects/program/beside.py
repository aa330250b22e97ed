"""Files beside the target that judge it, and are no part of any version."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from successor.errors import SuccessorError, UsageError
from successor.sandbox import Call, Program, Returned, Value
from successor.subjects.program.agreement import shortened, told
from successor.subjects.program.bench import Bench, inside, runnable
from successor.subjects.program.target import Target, function_in, parsed, read_source, siblings


@dataclass(frozen=True)
class Tests:
    """Test files, read when the lab was opened."""

    modules: tuple[str, ...]
    files: Mapping[str, bytes]
    """Those files and what they import, less what is part of a version."""
    paths: Mapping[str, Path] = field(default_factory=dict[str, Path])
    """Where each of them is."""


@dataclass(frozen=True)
class Verdict:
    """How one test ended."""

    test: str
    outcome: str  # "passed", "failed", "not run"
    why: str


@dataclass(frozen=True)
class Trial:
    """What came out when the tests were run on a version."""

    verdicts: tuple[Verdict, ...]
    calls: tuple[Call, ...]
    """Calls of the target that the tests made."""
    ends: tuple[int, ...] = ()
    """For each verdict how many of the calls were made once the test was over."""

    def made(self) -> Iterator[tuple[Verdict, tuple[Call, ...]]]:
        """Every verdict with the calls that its test made."""
        begins = (0, *self.ends)
        for verdict, begin, end in zip(self.verdicts, begins, self.ends, strict=False):
            yield verdict, self.calls[begin:end]

    @property
    def failed(self) -> Verdict | None:
        """The first test that failed."""
        return next((each for each in self.verdicts if each.outcome == "failed"), None)

    @property
    def ran(self) -> int:
        """Tests that were run."""
        return sum(each.outcome != "not run" for each in self.verdicts)


def find_tests(names: tuple[str, ...] | None, target: Target, folder: Path) -> Tests:
    """The test files that a lab names, or those found beside the target.

    Raises:
        UsageError: when one that is named is not there, or does not parse.
    """
    stem = Path(target.path).stem
    beside = (f"test_{stem}.py", f"{stem}_test.py", f"tests/test_{stem}.py")
    home = (target.root / target.path).parent
    if names is None:
        likely = dict.fromkeys(base / name for base in (home, folder) for name in beside)
        paths = [path.resolve() for path in likely if path.is_file()]
    else:
        paths = [(folder / name).resolve() for name in names]
    files: dict[str, bytes] = {}
    places: dict[str, Path] = {}
    modules: list[str] = []
    for path in dict.fromkeys(paths):
        if not path.is_relative_to(folder.resolve()):
            raise UsageError(f"[subject] tests = {str(path)!r}: is outside the lab's folder")
        if path.suffix != ".py":
            raise UsageError(f"[subject] tests = {path.name!r}: should be a .py file")
        inside_root = path.is_relative_to(target.root)
        name = path.relative_to(target.root).as_posix() if inside_root else path.name
        files[name], places[name] = read_source(path).encode(), path
        parsed(files[name].decode(), path)
        modules.append(name.removesuffix(".py").replace("/", "."))
        if inside_root:
            helpers = [each for each in siblings(name, target.root) if each not in target.files]
            files |= {each: (target.root / each).read_bytes() for each in helpers}
            places |= {each: target.root / each for each in helpers}
    return Tests(tuple(modules), files, places)


def try_tests(
    tests: Tests, target: Target, files: Mapping[str, bytes], bench: Bench, wall_s: float | None
) -> Trial | str:
    """Run the tests and the docstring's examples on a version; why not, when that failed.

    What it says of a candidate is the candidate's own word, and only ever counts against it.
    """
    added = {"successor_run_tests.py": inside("run_tests.py"), **tests.files}
    if find_spec("pytest") is None:
        added["pytest.py"] = inside("pytest_stand_in.py")
    program = Program({**runnable(files), **added}, "successor_run_tests.py:run_tests")
    docstring = ast.get_docstring(target.node) or ""
    call = Call((target.module, target.entry, docstring, list(tests.modules)))
    try:
        value = bench.value(program, call, "the tests", wall_s)
    except SuccessorError as error:
        return shortened(str(error), 200)
    return _trial(value) or "the tests came to no result"


def _trial(value: Value) -> Trial | None:
    """The result of `run_tests`, if it is one."""
    match value:
        case [[*verdicts], [*calls], [*ends]]:
            read = [_verdict(each) for each in verdicts]
            made = [_call(each) for each in calls]
            known = tuple(each for each in read if each is not None)
            asked = tuple(each for each in made if each is not None)
            counted = tuple(each for each in ends if type(each) is int)
            whole = len(known) == len(verdicts) == len(counted) and len(asked) == len(made)
            return Trial(known, asked, counted) if whole else None
        case _:
            return None


def _verdict(value: Value) -> Verdict | None:
    match value:
        case [str(test), str(outcome), str(why)]:
            return Verdict(shortened(test, 120), outcome, shortened(why, 200))
        case _:
            return None


def _call(value: Value) -> Call | None:
    match value:
        case [list(), dict()]:
            given, named = cast("tuple[list[Value], dict[Value, Value]]", value)
            return Call(tuple(given), {str(name): each for name, each in named.items()})
        case _:
            return None


@dataclass(frozen=True)
class Helper:
    """A function of the lab's own beside the target: a generator of inputs, a reference."""

    program: Program
    spelled: str
    home: Path
    """Folder of its file."""


def helper(spelled: str, key: str, folder: Path, *, drawing: bool) -> Helper:
    """The function that a setting names, with what its file imports.

    Raises:
        UsageError: when it is not there.
    """
    path, function = function_in(spelled, key, folder)
    root = path.parent
    files = {path.name: path.read_bytes()}
    files |= {each: (root / each).read_bytes() for each in siblings(path.name, root)}
    if not drawing:
        return Helper(Program(files, f"{path.name}:{function}"), spelled, root)
    files["successor_target.py"] = f"from {path.stem} import {function} as function".encode()
    files["successor_draw.py"] = inside("draw.py")
    return Helper(Program(files, "successor_draw.py:draw"), spelled, root)


def drawn(made: Helper, bench: Bench, seed: str, size: int, count: int) -> list[Call]:
    """Calls drawn by the lab's own generator.

    Raises:
        UsageError: when it fails, or draws no tuples.
    """
    (answer,) = bench.ask(made.program, [Call((seed, size, count))])
    if not isinstance(answer, Returned) or not isinstance(answer.value, list):
        where = f"[subject] inputs = {made.spelled!r}: size {size}"
        raise UsageError(f"{where}: {told(answer, 200)}")
    return [Call(each) for each in answer.value if isinstance(each, tuple)]
