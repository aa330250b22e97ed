"""Missing edge cases: what a function might do first with an argument that is empty or so."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from successor.authors.mutate.text import Text

RANK = 5
_RETURNED = ("None", "0", "0.0", "1", "[]", "''", "False", "True", "{}")
_RAISED = ("ValueError", "TypeError", "IndexError", "ZeroDivisionError")
_CONDITIONS = (
    ("not {}", "empty"),
    ("{} is None", "None"),
    ("{} < 0", "negative"),
    ("{} == 0", "0"),
    ("{} == 1", "1"),
)


def guarded(tree: ast.Module, text: Text, function: str) -> Iterator[tuple[str, int, str]]:
    """(text, line, what it does) with one guard more at the head of the function."""
    found = _named(tree, function)
    if found is None:
        return
    body = found.body
    first = body[1] if ast.get_docstring(found) is not None and len(body) > 1 else body[0]
    if first.lineno == found.lineno:
        return  # all on one line
    given = [each.arg for each in (*found.args.posonlyargs, *found.args.args)]
    names = [name for name in given if name not in {"self", "cls"}]
    for name in names:
        for condition, kind in _CONDITIONS:
            test = condition.format(name)
            others = [each for each in names if each != name]
            for value in (*_RETURNED, name, *others):
                put = text.before(first, f"if {test}:\n    return {value}")
                yield put, first.lineno, f"returns {value} when {name} is {kind}"
            for error in _RAISED:
                raised = f'raise {error}("{name} should not be {kind}")'
                put = text.before(first, f"if {test}:\n    {raised}")
                yield put, first.lineno, f"raises {error} when {name} is {kind}"


def _named(tree: ast.Module, dotted: str) -> ast.FunctionDef | None:
    home: ast.Module | ast.ClassDef = tree
    *above, name = dotted.split(".")
    for part in above:
        inner = (n for n in home.body if isinstance(n, ast.ClassDef) and n.name == part)
        found = next(inner, None)
        if found is None:
            return None
        home = found
    return next((n for n in home.body if isinstance(n, ast.FunctionDef) and n.name == name), None)
