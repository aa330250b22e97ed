"""`successor fix`: a function whose tests fail, as a lab; and what came of its repair."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from successor import labfile
from successor.authors.undecided import QUESTIONS
from successor.errors import UsageError
from successor.files import what_is_there
from successor.insight.difference import FileChange, differences
from successor.lab import Lab
from successor.ledger import Ledger, Written
from successor.subjects.program import ProgramSubject, function, mending
from successor.subjects.program.beside import find_tests
from successor.subjects.program.results import Question
from successor.subjects.program.target import Target
from successor.targets import FIXES, FunctionName, Wishes, lay_out

REPORTED = "test_reported_bug.py"
"""A test file that is made of what was reported."""
_SAYS = re.compile(
    r"(?P<call>.+?)\s+(?:should|must|has to|ought to)\s+(?:be|return|give|equal)\s+(?P<value>.+)"
    r"|(?P<call2>.+?)\s*(?:==|->|=>)\s*(?P<value2>.+)"
    r"|(?P<call3>.+?)\s+(?:should|must|has to|ought to)\s+raise\s+(?:an?\s+)?(?P<error>\w+)",
    re.DOTALL,
)
_CASES = re.compile(r"""(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[^;])+""", re.DOTALL)
"""What stands between semicolons that are part of no text."""
_EXAMPLE = "say it as in: add(0, 1) should be 1; add('a', 1) should raise TypeError"
_SEARCH = 0.5
"""Share of the working time in which small repairs are looked for."""
_BASE_CASES: Mapping[str, object] = {"wall_clock": "3m", "generations": 8, "plateau": 1}


@dataclass(frozen=True)
class Wanted:
    """What was asked for."""

    tests: tuple[str, ...] | None
    """Relative to the function's file; those beside it when not given."""
    report: str | None
    author: str | None
    model: str | None
    budget: str | None
    calls: int | None = None
    """Requests to the model at most."""


@dataclass(frozen=True)
class Package:
    """What came of a repair."""

    repaired: bool
    failing: tuple[str, ...]
    """Tests that failed at first, with why."""
    failing_after: tuple[str, ...]
    passing: int
    """Tests that pass in the end."""
    suspects: tuple[tuple[int, float, str], ...]
    """(line, suspicion, its text) of the original."""
    changes: tuple[FileChange, ...]
    evidence: tuple[str, ...]
    """Why each version was believed."""
    doubts: tuple[str, ...]
    regression: str
    """A test with the least input that the repair changed; "" when there is none."""
    questions: tuple[Question, ...]
    """What would decide between repairs, where several pass all tests and none was promoted."""


def prepare(name: FunctionName, wanted: Wanted) -> tuple[Path, bool]:
    """The lab of a repair, and whether it has to begin anew: anything is other than it was.

    Raises:
        UsageError: when the file or a test cannot be used, or the report cannot be understood.
    """
    if not name.file.is_file():
        raise UsageError(f"{name.file}: {what_is_there(name.file)}")
    target = name.read()
    home = name.file.parent
    named = None if wanted.tests is None else tuple(_within(home, target, t) for t in wanted.tests)
    beside = find_tests(named, target, target.root)
    files = {**target.files, **beside.files}
    tests = [f"{module.replace('.', '/')}.py" for module in beside.modules]
    if wanted.report is not None:
        files[REPORTED] = reported(wanted.report, target).encode()
        tests.append(REPORTED)
    if not tests and not ast.get_docstring(target.node):
        raise UsageError(
            f"{name}: no test tells what is wrong: name one with --tests, or say it with --report"
        )
    base_cases = {**_BASE_CASES, **({"wall_clock": wanted.budget} if wanted.budget else {})}
    tables = {
        **_authors(wanted, str(base_cases["wall_clock"])),
        "base_cases": base_cases,
        "subject": {"sizes": [4, 16, 64]},
    }
    return lay_out(name, target, Wishes("repair", tuple(tests), tables=tables), files)


def _authors(wanted: Wanted, budget: str) -> dict[str, Mapping[str, object]]:
    """Who repairs it. What `mutate` finds has to be compared and judged in the same time."""
    small = {"turn": _SEARCH * labfile.parse_duration(budget)}
    first = wanted.author or "mutate"
    own = small if first == "mutate" else {}
    if not wanted.model:
        return {"author": {"kind": first, **own}}
    calls = {} if wanted.calls is None else {"calls": wanted.calls}
    found: dict[str, Mapping[str, object]] = {
        "author": {"kind": "search", "authors": [*dict.fromkeys((first, "llm"))]},
        "author.llm": {"models": [wanted.model], **calls},
    }
    return {**found, "author.mutate": own} if own else found


def _within(home: Path, target: Target, test: str) -> str:
    path = (home / test).resolve()
    if not path.is_file():
        raise UsageError(f"{home / test}: {what_is_there(home / test)}")
    if not path.is_relative_to(target.root):
        raise UsageError(f"{home / test}: is outside {target.root}; copy it there")
    return path.relative_to(target.root).as_posix()


def reported(text: str, target: Target) -> str:
    """A test file that fails as the report says.

    Raises:
        UsageError: when it cannot be understood.
    """
    cases = [
        _case(part.strip().rstrip("."), target) for part in _CASES.findall(text) if part.strip()
    ]
    if not cases:
        raise UsageError(f"--report {text!r}: says nothing; {_EXAMPLE}")
    lines = ["import pytest", f"from {target.module} import {target.entry.partition('.')[0]}"]
    for number, case in enumerate(cases, 1):
        lines += ["", "", f"def test_reported_{number}():", *(f"    {line}" for line in case)]
    return "\n".join(lines) + "\n"


def _case(text: str, target: Target) -> Sequence[str]:
    found = _SAYS.fullmatch(text)
    told = f"--report {text!r}: cannot be understood; {_EXAMPLE}"
    if found is None:
        raise UsageError(told)
    call = found["call"] or found["call2"] or found["call3"]
    spelled = _expression(call, told)
    asked = spelled.func if isinstance(spelled, ast.Call) else None
    if asked is None or ast.unparse(asked) != target.entry:
        raise UsageError(f"--report {call!r}: should be a call of {target.entry}")
    if found["error"]:
        return [f"with pytest.raises({found['error']}):", f"    {ast.unparse(spelled)}"]
    value = found["value"] or found["value2"]
    expected = ast.unparse(_expression(value, told))
    _literal(expected, told)
    return [f"assert {ast.unparse(spelled)} == {expected}"]


def _expression(text: str, told: str) -> ast.expr:
    try:
        return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError):
        raise UsageError(told) from None


def _literal(text: str, told: str) -> None:
    try:
        ast.literal_eval(text)
    except (SyntaxError, ValueError):
        raise UsageError(told) from None


def functions_named(file: Path, tests: Sequence[str] | None) -> Iterator[FunctionName]:
    """The functions of a file that its tests name, in the order of the file; all without tests.

    Raises:
        UsageError: when the file or a test cannot be read, or there is no such function.
    """
    tree = _parsed(file)
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    paths = [file.parent / test for test in tests] if tests else [
        path for path in (file.with_name(f"test_{file.name}"),
                          file.parent / "tests" / f"test_{file.name}") if path.is_file()
    ]  # fmt: skip
    said = {
        node.id if isinstance(node, ast.Name) else node.attr
        for path in paths
        for node in ast.walk(_parsed(path))
        if isinstance(node, ast.Name | ast.Attribute)
    }
    chosen = [name for name in names if not paths or name in said]
    if not chosen:
        told = "no function in it is named by its tests" if names else "no function in it"
        raise UsageError(f"{file}: {told}; name one, as in {file}:function")
    yield from (FunctionName(file, name, FIXES) for name in chosen)


def _parsed(file: Path) -> ast.Module:
    try:
        return ast.parse(file.read_bytes())
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from None
    except (SyntaxError, ValueError) as error:
        raise UsageError(f"{file}: does not parse: {error}") from None


def failing_calls(name: FunctionName, wanted: Wanted) -> int:
    """How many failing tests call a function; 0 when nothing fails, or it cannot be asked."""
    folder, _ = prepare(name, wanted)
    settings = labfile.read(folder).subject.settings
    subject = function(settings, folder, "repair")
    try:
        trial = subject.ground.questions.origin.trial
        return sum(v.outcome == "failed" and bool(calls) for v, calls in trial.made())
    except UsageError:
        return 0
    finally:
        subject.close()


def package_of(lab: Lab) -> Package:
    """What came of the repair so far: both versions are looked at once more.

    Raises:
        SuccessorError: when that fails.
    """
    ledger = lab.parts.ledger
    ground = cast("ProgramSubject", lab.parts.subject).ground
    before, after = ground.target.files, ground.target.files
    changes: tuple[FileChange, ...] = ()
    evidence: tuple[str, ...] = ()
    if (now := ledger.incumbent()) is not None:
        line = ledger.lineage(now.id)
        after = ground.files(ledger.object(now.files[ground.target.path]).decode("utf-8-sig"))
        changes = tuple(differences(ledger, line[0], now))
        names = {version.id for version in line[1:]}
        evidence = tuple(
            made.reason for made in ledger.decisions()
            if made.candidate in names and made.outcome == "promoted"
        )  # fmt: skip
    first, last = mending.diagnose(ground, before), mending.diagnose(ground, after)
    found = mending.compare(ground, before, after, "doubts")
    text = ground.target.source.splitlines()
    repaired = bool(changes) and not last.failing
    doubts = [*mending.doubts(ground, after, found), *_doubts(ledger)] if changes else ()
    return Package(
        repaired=repaired,
        failing=tuple(f"{each.test}: {each.why}" for each in first.failing),
        failing_after=tuple(f"{each.test}: {each.why}" for each in last.failing),
        passing=last.ran - len(last.failing),
        suspects=tuple(
            (each.line, each.suspicion, text[each.line - 1].strip()) for each in first.suspects
        ),
        changes=changes,
        evidence=evidence,
        doubts=tuple(doubts),
        regression=mending.regression(ground, before, after, found) if changes else "",
        questions=() if repaired else _questions(ledger),
    )


def _questions(ledger: Ledger) -> tuple[Question, ...]:
    """The last that an author asked in place of handing in a guess."""
    told = [entry.event.figures.get(QUESTIONS) for entry in ledger.entries(Written)]
    asked = [each for each in told if isinstance(each, str)]
    read: list[tuple[str, list[str]]] = json.loads(asked[-1]) if asked else []
    return tuple(Question(call, tuple(answers)) for call, answers in read)


def _doubts(ledger: Ledger) -> Iterator[str]:
    """About a repair, from how it was chosen."""
    for call, answers in [(each.call, each.answers) for each in _questions(ledger)]:
        yield f"small repairs pass the tests, too, and differ: {call} may {' or '.join(answers)}"
    if any(entry.event.version and entry.event.figures.get("cut")
           for entry in ledger.entries(Written)):  # fmt: skip
        yield "not all small repairs were tried: another may pass the tests, too, and differ"
