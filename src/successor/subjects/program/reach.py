"""Is every line that a version changed reached by some question?

Equal answers say nothing of code that no question reaches: a wrong guess in a rare branch would
pass. So a statement that was put in has to run in the new version, and one that was taken out in
the old one, or the change is refused. Lines are traced in the sandbox; that is the program's own
word, and only ever counts against it: a program can reach the tracer's notes. So what is put in is
seen to run from outside as well: with a `raise` before it, answers have to change.
"""

from __future__ import annotations

import ast
import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import cast

from successor.errors import SuccessorError
from successor.sandbox import Call, Program, Value
from successor.subjects.program.agreement import agrees
from successor.subjects.program.bench import Bench, Programs
from successor.subjects.program.grading import Files
from successor.subjects.program.questions import EDGES, ERRORS, TESTS, Questions
from successor.subjects.program.target import Target
from successor.subjects.program.timing import distinct

EACH = 12
"""Calls of every size."""
RARE = 48
"""Calls at the edges, and with wrong types."""
PROBED = 48
"""Statements that are seen to run from outside."""
PATIENCE_S = 5.0
"""For the questions of one size, traced."""


def unreached(
    target: Target, bench: Bench, questions: Questions, mine: Files, theirs: Files
) -> str:
    """The first change that no question reaches, in a line; "" when all are reached."""
    new, old = (files[target.path].decode("utf-8-sig") for files in (mine, theirs))
    for files, text, other, told in ((mine, new, old, "puts in"), (theirs, old, new, "takes out")):
        lines = changed(other, text)
        due = [span for span in statements(text) if lines & {*span}]
        missing = left(target, bench, questions, files, due)
        if not missing and files is mine:
            missing = unmoved(target, bench, questions, files, due)
        if missing:
            number = missing[0][0]
            shown = " ".join(text.splitlines()[number - 1].split())
            line = f"{told} line {number}, `{shown[:60]}`"
            return f"{line}, which no question reaches: add a test or an example that runs it"
    return ""


def left(
    target: Target, bench: Bench, questions: Questions, files: Files, due: Sequence[range]
) -> Sequence[range]:
    """Those statements that no question reaches; questions that take too long end the search."""
    program = Programs(target).covering(files)
    for calls in asked(questions):
        if not due:
            break
        try:
            ran = {line for lines in traced(target, bench, program, calls) for line in lines}
        except SuccessorError:
            break
        due = [span for span in due if not ran & {*span}]
    return due


def unmoved(
    target: Target, bench: Bench, questions: Questions, files: Files, due: Sequence[range]
) -> Sequence[range]:
    """Those statements before which a `raise` changes no answer; the first `PROBED` are tried."""
    programs, text = Programs(target), files[target.path].decode("utf-8-sig")
    due = due[:PROBED]
    for calls in asked(questions):
        if not due:
            break
        plain = bench.ask(programs.observed(files), calls, PATIENCE_S)
        still = list[range]()
        for span in due:
            other = {**files, target.path: probed(text, span).encode()}
            found = bench.ask(programs.observed(other), calls, PATIENCE_S)
            if all(
                agrees(*pair, 0.0) or pair[0] == pair[1] for pair in zip(plain, found, strict=True)
            ):
                still.append(span)
        due = still
    return due


def probed(text: str, span: range) -> str:
    """The program with a `raise` before that statement, which no `except Exception` catches."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if not isinstance(block, list):
                continue
            body = cast("list[ast.stmt]", block)
            places = [
                n for n, each in enumerate(body) if range(each.lineno, _end(each) + 1) == span
            ]
            for place in reversed(places):
                body.insert(place, ast.parse("raise SystemExit('reached')").body[0])
    return ast.unparse(ast.fix_missing_locations(tree))


def traced(
    target: Target, bench: Bench, program: Program, calls: Sequence[Call]
) -> list[frozenset[int]]:
    """For each call the lines of the target's file that ran.

    Raises:
        SuccessorError: when that comes to nothing, or takes too long.
    """
    given: list[Value] = [_plain(call) for call in calls]
    found = bench.value(program, Call((target.module, given)), "tracing", PATIENCE_S)
    rows = [row if type(row) is list else [] for row in found] if type(found) is list else []
    if len(rows) != len(calls):
        raise SuccessorError("tracing came to no result")
    return [frozenset(line for line in row if type(line) is int) for row in rows]


def _plain(call: Call) -> Value:
    named: dict[Value, Value] = {**call.kwargs}
    return [[*call.args], named]


def asked(questions: Questions) -> Iterator[Sequence[Call]]:
    """Questions of every kind: rare ones, then size by size, the smallest first."""
    known = questions.slices(accuracy=False, speed=False)
    for name in (TESTS, EDGES, ERRORS):
        if name in known:
            yield distinct([item.call for item in questions.draw(name, RARE, "reach")], RARE)
    for size in questions.sizes:
        yield distinct(questions.calls(f"reach/{size}", size, EACH), EACH)


def changed(before: str, after: str) -> set[int]:
    """Numbers of the lines of `after` that are new there, and not only moved or indented."""
    old, new = ([line.strip() for line in text.splitlines()] for text in (before, after))
    edits = [
        (old[i:j], range(k, m))
        for kind, i, j, k, m in difflib.SequenceMatcher(None, old, new, False).get_opcodes()
        if kind != "equal"
    ]
    moved = Counter(line for taken, _ in edits for line in taken)
    found = set[int]()
    for _, put in edits:
        for place in put:
            if moved[new[place]] > 0:
                moved[new[place]] -= 1
            else:
                found.add(place + 1)
    return found


def statements(text: str) -> Iterator[range]:
    """The lines of each statement within functions, of compound ones those of the head."""
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.stmt) and node is not function and not _says_nothing(node):
                    yield range(node.lineno, _end(node) + 1)


def _says_nothing(node: ast.stmt) -> bool:
    """Declarations, docstrings, and passing on what was raised."""
    match node:
        case ast.Global() | ast.Nonlocal() | ast.Pass() | ast.Raise(exc=None):
            return True
        case ast.Expr(value=ast.Constant()) | ast.FunctionDef() | ast.ClassDef():
            return True
        case _:
            return False


def _end(node: ast.stmt) -> int:
    body = getattr(node, "body", None) or getattr(node, "cases", None)
    first = body[0] if body else None
    if isinstance(first, ast.stmt):
        return max(node.lineno, first.lineno - 1)
    return node.lineno if first is not None else node.end_lineno or node.lineno
