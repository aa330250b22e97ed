"""Held-out tests as plain data: a call, and what should come of it.

An assertion of a test is taken apart, not run: what it expects never reaches the process that a
function runs in, and whether it is met is decided in ours. Only arguments and expected values are
worked out, in the sandbox and without any function there.
"""

from __future__ import annotations

import ast
import builtins
import math
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeGuard, TypeVar

from successor.sandbox import Call, Program, Raised, Returned, Value
from successor.sandbox.texts import shown
from successor.subjects.program.agreement import Answer
from successor.subjects.program.bench import Bench
from successor.writing.reading import test_functions

N = TypeVar("N", bound=ast.AST)
TOLERANCE, APPROX = 1e-9, 1e-6
"""Relative difference of numbers that are equal: for `==`, and for `approx` and the like."""
_FILE = "successor_cases.py"
_MOST = 200
"""Assertions of one suite."""
_MOST_NODES = 1000
"""Of a statement once names are put in: they could double it each time."""
_VALUE_S = 5.0


@dataclass(frozen=True)
class Expected:
    """What should come of a call."""

    value: Value = None
    raises: tuple[str, ...] = ()
    """Names of exceptions, any of which will do; then there is no value."""
    relative: float = TOLERANCE
    absolute: float = 0.0
    truth: bool = False
    """Whether anything will do that is as true as the value."""


@dataclass(frozen=True)
class Case:
    """One assertion of a suite."""

    suite: int
    """From 1."""
    test: str
    call: Call
    expected: Expected
    text: str
    """As it was written, for people."""


@dataclass(frozen=True)
class Claim:
    """An assertion before its values are known."""

    test: str
    call: ast.Call
    value: ast.expr | None
    expected: Expected
    text: str


@dataclass(frozen=True)
class Suite:
    """What became of one file of held-out tests."""

    cases: tuple[Case, ...]
    unread: int
    """Assertions and other statements that say nothing that can be asked from outside."""


def suite_of(number: int, text: str, function: str, bench: Bench) -> Suite:
    """The cases of a file of tests; what cannot be read or worked out is counted."""
    try:
        found = [*_claims(text, function)]
        claims = [each for each in found if isinstance(each, Claim)][:_MOST]
        source = _working_out(text, claims, function)
    except RecursionError:  # nested more deeply than we can read
        return Suite((), 1)
    unread = sum(not isinstance(each, Claim) for each in found)
    program = Program({_FILE: source.encode()}, f"{_FILE}:case")
    values = bench.ask(program, [Call((place,)) for place in range(len(claims))], _VALUE_S)
    cases = dict[str, Case]()
    for claim, got in zip(claims, values, strict=True):
        case = _case(number, claim, got)
        if case is None:
            unread += 1
        else:
            expected = f"{shown(case.expected.value)} {case.expected.raises} {case.expected.truth}"
            cases.setdefault(f"{case.call!r} {expected}", case)
    return Suite(tuple(cases.values()), unread)


def meets(expected: Expected, answer: Answer) -> bool:
    """Whether an answer is what was expected."""
    if expected.raises:
        return isinstance(answer, Raised) and any(
            _is_a(answer.kind, each) for each in expected.raises
        )
    if not isinstance(answer, Returned):
        return False
    if expected.truth:
        return bool(answer.value) is expected.value
    return _equal(expected.value, answer.value, expected)


def _equal(wanted: Value, got: Value, how: Expected) -> bool:
    """As `==` has it, but for numbers that are nearly equal."""
    match wanted, got:
        case ((int() | float()), (int() | float())):
            return wanted == got or _near(wanted, got, how)
        case (list(), list()) | (tuple(), tuple()):
            return len(wanted) == len(got) and all(
                _equal(mine, theirs, how) for mine, theirs in zip(wanted, got, strict=True)
            )
        case dict(), dict():
            return wanted.keys() == got.keys() and all(
                _equal(value, got[key], how) for key, value in wanted.items()
            )
        case _:
            return wanted == got


def _near(wanted: float, got: float, how: Expected) -> bool:
    if isinstance(wanted, int) and isinstance(got, int):
        return False
    try:
        if math.isnan(wanted) or math.isnan(got):
            return math.isnan(wanted) and math.isnan(got)
        return math.isclose(wanted, got, rel_tol=how.relative, abs_tol=how.absolute)
    except OverflowError:  # an int that no float can hold
        return False


def _is_a(kind: str, wanted: str) -> bool:
    """Whether an exception passes for another, by their names."""
    mine, other = (vars(builtins).get(each.rpartition(".")[2]) for each in (kind, wanted))
    if isinstance(mine, type) and isinstance(other, type):
        return issubclass(mine, other)
    return kind.rpartition(".")[2] == wanted.rpartition(".")[2] or other in {
        Exception, BaseException,
    }  # fmt: skip


def _case(number: int, claim: Claim, got: Answer) -> Case | None:
    match got:
        case Returned(value=[list(args), dict(kwargs), value]):
            named = {str(key): each for key, each in kwargs.items()}
            if [*named] != [each.arg for each in claim.call.keywords]:
                return None  # they become part of a file
            expected = replace(claim.expected, value=value)
            return Case(number, claim.test, Call(tuple(args), named), expected, claim.text)
        case _:
            return None


def _working_out(text: str, claims: Sequence[Claim], function: str) -> str:
    """A program that works out the arguments and the expected value of each claim."""
    lines = [
        ast.unparse(node)
        for node in ast.parse(text).body
        if isinstance(node, ast.Import | ast.ImportFrom) and not _is_about(node, function)
    ]
    for place, claim in enumerate(claims):
        args = ast.unparse(ast.List(claim.call.args, ast.Load()))
        pairs = [f"{each.arg!r}: {ast.unparse(each.value)}" for each in claim.call.keywords]
        value = "None" if claim.value is None else ast.unparse(claim.value)
        lines += [f"def case_{place}():", f"    return [{args}, {{{', '.join(pairs)}}}, {value}]"]
    lines += ["def case(place):", "    return globals()[f'case_{place}']()"]
    return "\n".join(lines) + "\n"


def _is_about(node: ast.Import | ast.ImportFrom, function: str) -> bool:
    """Whether it imports what a claim has no need of: the function, and pytest."""
    names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [
        each.name for each in node.names
    ]  # fmt: skip
    return bool({function, "pytest", ""} & {each.partition(".")[0] for each in names})


def _claims(text: str, function: str) -> Iterator[Claim | ast.stmt]:
    """Every assertion that is understood; every statement that is not."""
    known = _assigned(ast.parse(text).body, {})
    for _, node in test_functions(text):
        for given in _parameters(node):
            yield from _of_test(node, function, {**known, **given})


def _of_test(
    node: ast.FunctionDef, function: str, known: Mapping[str, ast.expr]
) -> Iterator[Claim | ast.stmt]:
    known = dict(known)
    for statement in node.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue
        if named := _assigned([statement], known):
            known |= named
            continue
        found = [*_read(_filled(statement, known), node.name, function)]
        yield from found or [statement]


def _assigned(body: Sequence[ast.stmt], known: Mapping[str, ast.expr]) -> dict[str, ast.expr]:
    """Names with the expressions that they stand for."""
    found = dict[str, ast.expr]()
    for node in body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = _filled(value, {**known, **found})
            case _:
                continue
    return found


def _parameters(node: ast.FunctionDef) -> Iterator[dict[str, ast.expr]]:
    """What `parametrize` gives, one set after another; nothing, once, where it is not used."""
    for each in node.decorator_list:
        match each:
            case ast.Call(
                func=ast.Attribute(attr="parametrize"),
                args=[names, ast.List(rows) | ast.Tuple(rows), *_],
            ) if spelled := _names(names):
                yield from _rows(spelled, rows)
                return
            case _:
                continue
    yield {}


def _names(node: ast.expr) -> list[str]:
    """The parameters that are named, in one text or in several."""
    try:
        found = ast.literal_eval(node)
    except (ValueError, SyntaxError, TypeError):
        return []
    texts = found.split(",") if isinstance(found, str) else found
    return [str(each).strip() for each in texts]


def _rows(names: Sequence[str], rows: Sequence[ast.expr]) -> Iterator[dict[str, ast.expr]]:
    for row in rows:
        values = row.elts if isinstance(row, ast.Tuple | ast.List) and len(names) > 1 else [row]
        if len(values) == len(names):
            yield dict(zip(names, values, strict=True))


class _Filling(ast.NodeTransformer):
    def __init__(self, known: Mapping[str, ast.expr]) -> None:
        self._known = known

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return deepcopy(self._known.get(node.id, node))


def _filled(node: N, known: Mapping[str, ast.expr]) -> N:
    """The same with names put in, unless it gets too long."""
    filled: N = _Filling(known).visit(deepcopy(node)) if known else node
    long = sum(1 for _ in islice(ast.walk(filled), _MOST_NODES)) == _MOST_NODES
    return node if long else filled


def _read(statement: ast.stmt, test: str, function: str) -> Iterator[Claim]:
    """What a statement of a test claims of the function; nothing when it is not understood."""
    text = ast.unparse(statement)
    match statement:
        case ast.Assert(test=ast.BoolOp(ast.And(), values)):
            for each in values:
                yield from _read(ast.Assert(each), test, function)
        case ast.Assert(test=condition):
            if (found := _compared(condition, function)) is not None:
                call, value, expected = found
                yield Claim(test, call, value, expected, text)
        case ast.With(
            items=[ast.withitem(ast.Call(func=raising, args=[kinds, *_]))],
            body=[ast.Expr(call) | ast.Assign(value=call)],
        ) if _last_name(raising) in {"raises", "assertRaises"}:
            names = tuple(map(_last_name, kinds.elts if isinstance(kinds, ast.Tuple) else [kinds]))
            if all(names) and _is_call(call, function):
                yield Claim(test, call, None, Expected(raises=names), text)
        case _:
            return


def _compared(condition: ast.expr, function: str) -> tuple[ast.Call, ast.expr, Expected] | None:
    """(call, expected value, how near) of a condition."""
    match condition:
        case ast.Compare(left, [ast.Eq() | ast.Is()], [right]):
            for mine, other in ((left, right), (right, left)):
                if _is_call(mine, function):
                    return (mine, *_about(other))
        case ast.Compare(
            ast.Call(ast.Name("abs"), [ast.BinOp(left, ast.Sub(), right)]),
            [ast.Lt() | ast.LtE()],
            [ast.Constant(float(most))],
        ):
            for mine, other in ((left, right), (right, left)):
                if _is_call(mine, function):
                    return mine, other, Expected(absolute=most)
        case ast.Call(func, [left, right, *_]) if _last_name(func) == "isclose":
            for mine, other in ((left, right), (right, left)):
                if _is_call(mine, function):
                    return mine, other, Expected()
        case ast.UnaryOp(ast.Not(), call) if _is_call(call, function):
            return call, ast.Constant(value=False), Expected(truth=True)
        case call if _is_call(call, function):
            return call, ast.Constant(value=True), Expected(truth=True)
        case _:
            pass
    return None


def _about(value: ast.expr) -> tuple[ast.expr, Expected]:
    """The value within `approx`, and how near an answer has to be."""
    match value:
        case ast.Call(func, [inner, *_], keywords) if _last_name(func) == "approx":
            given = {
                each.arg: abs(float(each.value.value))
                for each in keywords
                if isinstance(each.value, ast.Constant)
                and isinstance(each.value.value, int | float)
            }
            return inner, Expected(
                relative=given.get("rel", APPROX), absolute=given.get("abs", APPROX**2)
            )
        case _:
            return value, Expected()


def _is_call(node: ast.expr, function: str) -> TypeGuard[ast.Call]:
    """Whether it is a call of the function, whose arguments can be written down."""
    return (
        isinstance(node, ast.Call)
        and _last_name(node.func) == function
        and all(each.arg for each in node.keywords)
    )


def _last_name(node: ast.expr) -> str:
    """Of `pytest.raises` and `raises` the same."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
