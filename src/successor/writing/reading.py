"""What a model answered, read strictly: a signature, a function, a file of tests.

An answer that is not what was asked for is told back to the model, once.
"""

from __future__ import annotations

import ast
import doctest
import re
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass

from successor.authors.llm.answers import thought_through, whole
from successor.authors.requirements import UnreadableError, require_function, require_python
from successor.subjects.program import syntax

_HARMLESS = frozenset(
    {"__future__", "bisect", "collections", "copy", "dataclasses", "datetime", "decimal", "enum",
     "fractions", "functools", "heapq", "itertools", "math", "numbers", "operator", "pytest",
     "random", "re", "statistics", "string", "typing", "unicodedata"}
)  # fmt: skip
"""Modules with which a program reaches nothing but what it is given."""
_REACHING = frozenset(
    {"open", "exec", "eval", "compile", "__import__", "input", "breakpoint", "globals"}
)
_MOST_EDGES = 20
_EDGE = re.compile(r"\s*(?:#\s*)?[-*] (.*)")
"""A line that names an edge case, before the tests or in a comment among them."""


@dataclass(frozen=True)
class Signature:
    """How a function is called, with type hints; as Python writes it down anew."""

    imports: tuple[str, ...]
    head: str

    @property
    def stub(self) -> str:
        """A file that says no more than this."""
        return "\n".join([*self.imports, f"{self.head}: ..."])


@dataclass(frozen=True)
class VisibleTests:
    """Tests of one who sees the function."""

    text: str
    edge_cases: tuple[str, ...]


def signature(answer: str, name: str) -> Signature:
    """The signature in an answer; whatever else is in its block is left aside.

    Raises:
        UnreadableError: when there is none that can be used.
    """
    tree = ast.parse(_block(answer))
    node = _function(tree, name)
    bare = deepcopy(node)
    bare.body, bare.decorator_list = [ast.Expr(ast.Constant(...))], []
    defaults = [*node.args.defaults, *(each for each in node.args.kw_defaults if each)]
    if not all(_is_literal(each) for each in defaults):
        raise UnreadableError("wrong function", "A default is no literal: write it out.")
    imports = [each for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom)]
    _require_standard(imports)
    head = ast.unparse(bare).split("\n")[0].removesuffix(":")
    return Signature(tuple(ast.unparse(each) for each in imports), head)


def code(answer: str, name: str, wanted: Signature) -> str:
    """The file in an answer, as far as the function needs it: small models go on with tests and
    calls of their own, whatever they are told, and to ask again would lead to more of them.

    Raises:
        UnreadableError: when it is none, or not of that function.
    """
    text = _block(answer)
    require_function(text, wanted.stub, name)
    _function(ast.parse(text), name)
    text = needed(text, name)
    tree = ast.parse(text)
    node = _function(tree, name)
    _require_standard(tree.body)
    if not ast.get_docstring(node):
        raise UnreadableError("wrong function", f"{name} does not begin with a docstring.")
    return text


def needed(text: str, name: str) -> str:
    """A file without what its function does not use, or what only runs when it is imported."""
    body = ast.parse(text).body
    used, before = {name}, set[str]()
    while used != before:
        before = set(used)
        for node in body:
            if _binds(node) & used:
                used |= {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    lines, kept, last = text.splitlines(), list[str](), 0
    for node in body:
        end = node.end_lineno or node.lineno
        if _binds(node) & used or (_is_docstring(node) and node is body[0]):
            kept += lines[last:end]
        last = end
    return "\n".join(kept).strip("\n") + "\n"


def _binds(node: ast.stmt) -> set[str]:
    """The names that a statement of a file defines and that may be kept."""
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return {name}
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            return {(each.asname or each.name).partition(".")[0] for each in names}
        case ast.Assign() | ast.AnnAssign():
            return {
                each.id for each in ast.walk(node)
                if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
            }  # fmt: skip
        case _:
            return set()


def visible_tests(answer: str, name: str, *, again: bool) -> VisibleTests:
    """The tests in an answer, and the edge cases that it names.

    Raises:
        UnreadableError: when there is no test of the function in it; unless it is asked again,
            also when none would be left.
    """
    text = _block(answer)
    if not any(True for _ in test_functions(text)):
        raise UnreadableError("nothing to read", "There is no function named test_... in it.")
    if name not in {each.id for each in ast.walk(ast.parse(text)) if isinstance(each, ast.Name)}:
        raise UnreadableError("wrong function", f"No test calls {name}.")
    used = reaching_tests(text, name)
    if not again and len(used) == len(dict(test_functions(text))):
        raise UnreadableError(
            "outside", f"The tests use {next(iter(used.values()))!r}: do without it."
        )
    before = thought_through(answer).partition("```")[0]
    found = [_EDGE.match(line) for line in (*before.splitlines(), *text.splitlines())]
    edges = [each[1].strip() for each in found if each]
    return VisibleTests(text, tuple(filter(None, edges))[:_MOST_EDGES])


def held_out_tests(answer: str) -> str:
    """The tests in an answer of one who does not see the function.

    Raises:
        UnreadableError: when there is none.
    """
    text = _block(answer)
    if not any(True for _ in test_functions(text)):
        raise UnreadableError("nothing to read", "There is no function named test_... in it.")
    return text


def before_the_cut(answer: str) -> str:
    """An answer that was cut off, without the statement in which that was; "" when nothing is left.

    Small models go on with tests until they are stopped: those that they had finished are as good
    as any.
    """
    lines = answer.rstrip().splitlines()
    starts = [n for n, line in enumerate(lines) if line[:1].strip()]
    for last in reversed(starts[1:]):  # the first opens the block
        kept = "\n".join(["```python", "\n".join(lines[1:last]).rstrip(), "```", ""])
        with suppress(UnreadableError):
            return held_out_tests(kept) and kept
    return ""


def test_functions(text: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """The tests of a file by their names, dotted for those in classes."""
    for name, node in dict(syntax.functions(ast.parse(text))).items():
        if isinstance(node, ast.FunctionDef) and name.rpartition(".")[2].startswith("test"):
            yield name, node


def reaching_tests(text: str, name: str) -> dict[str, str]:
    """Tests that use what could reach more than they are given, each with what it uses. What the
    file does outside of its tests is everybody's.
    """
    tree = ast.parse(text)
    tests = dict(test_functions(text))
    others = ast.Module([node for node in tree.body if not _has_tests(node)], [])
    if used := reaches(others, name):
        return dict.fromkeys(tests, used)
    return {test: used for test, node in tests.items() if (used := reaches(node, name))}


def without_tests(text: str, names: Collection[str]) -> str:
    """A file without the lines of some tests, and without a class that has no others."""
    lost = {name: node for name, node in test_functions(text) if name in names}
    homes = {name.rpartition(".")[0] for name, _ in test_functions(text) if name not in lost}
    nodes: list[ast.FunctionDef | ast.ClassDef] = [*lost.values()]
    nodes += [
        node for node in ast.parse(text).body
        if isinstance(node, ast.ClassDef) and _has_tests(node) and node.name not in homes
    ]  # fmt: skip
    gone = {
        line
        for node in nodes
        for line in range(
            min([node.lineno, *(each.lineno for each in node.decorator_list)]),
            (node.end_lineno or node.lineno) + 1,
        )
    }
    kept = [line for number, line in enumerate(text.splitlines(), 1) if number not in gone]
    return "\n".join(kept).rstrip() + "\n"


def _has_tests(node: ast.stmt) -> bool:
    if isinstance(node, ast.ClassDef):
        return any(_has_tests(each) for each in node.body)
    return isinstance(node, ast.FunctionDef) and node.name.startswith("test")


def count_examples(text: str, name: str) -> int:
    """How many examples the function's docstring has."""
    docstring = ast.get_docstring(_function(ast.parse(text), name)) or ""
    return len(doctest.DocTestParser().get_examples(docstring))


def without_examples(text: str, name: str, kept: Collection[int] = ()) -> str:
    """A file whose function's docstring has no examples any more but these, counted from 0."""
    node = _function(ast.parse(text), name)
    docstring, body = ast.get_docstring(node, clean=True) or "", node.body[0]
    lines = docstring.splitlines()
    for number, example in enumerate(doctest.DocTestParser().get_examples(docstring)):
        if number in kept:
            continue
        length = example.source.count("\n") + example.want.count("\n")
        for place in range(example.lineno, min(example.lineno + length, len(lines))):
            lines[place] = ""
    told = "\n".join(lines).strip() or "It says nothing."
    indent = " " * body.col_offset
    # As a literal of its own: what was between the quotes may have held escapes.
    escaped = told.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    anew = f'{indent}"""{escaped}\n"""'.replace("\n", f"\n{indent}")
    rows = text.splitlines()
    rows[body.lineno - 1 : body.end_lineno] = [row.rstrip() for row in anew.splitlines()]
    return "\n".join(rows) + "\n"


def reaches(node: ast.AST, name: str) -> str:
    """What some code uses with which it could reach more than the function of that name and what
    it is given; "" for nothing.
    """
    for each in ast.walk(node):
        if isinstance(each, ast.Name) and each.id in _REACHING:
            return each.id
        if isinstance(each, ast.Attribute) and each.attr.startswith("__"):
            return each.attr
    allowed = {*_HARMLESS, name}
    return next((each for each in syntax.imports(node) if _root(each) not in allowed), "")


def _block(answer: str) -> str:
    """The only block of code of an answer, which is Python."""
    text = whole(thought_through(answer))
    require_python(text)
    return text


def _function(tree: ast.Module, name: str) -> ast.FunctionDef:
    """That function, with type hints.

    Raises:
        UnreadableError: when it is not there, or lacks some.
    """
    node = syntax.find(tree, name)
    if not isinstance(node, ast.FunctionDef) or node.decorator_list:
        told = f"There is no plain function named {name}: begin it with def {name}(."
        raise UnreadableError("wrong function", told)
    bare = [each.name for each in syntax.parameters(node) if each.hint is None]
    if bare or node.returns is None:
        lacking = f"parameter {bare[0]!r}" if bare else "result"
        raise UnreadableError("wrong function", f"The {lacking} of {name} has no type hint.")
    return node


def _require_standard(nodes: Sequence[ast.stmt]) -> None:
    for name in syntax.imports(ast.Module([*nodes], [])):
        if _root(name) not in sys.stdlib_module_names:
            told = f"{name!r} is imported: use Python's standard library only."
            raise UnreadableError("wrong function", told)


def _root(name: str) -> str:
    return name.partition(".")[0]


def _is_literal(node: ast.expr) -> bool:
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
