"""What a text has to be to take a program's place, whoever wrote it; told from the text alone."""

from __future__ import annotations

import ast
import warnings
from copy import deepcopy
from typing import Literal

from successor.authors.regions import Function, find, marked, split
from successor.errors import UsageError

Fault = Literal[
    "nothing to read",
    "truncated",
    "not found",
    "found twice",
    "not Python",
    "wrong function",
    "outside",
    "unchanged",
]
_SHOWN = 60


class UnreadableError(Exception):
    """What was handed in cannot be used; the text says to its writer what is wrong with it."""

    def __init__(self, fault: Fault, told: str) -> None:
        super().__init__(told)
        self.fault: Fault = fault


def require_program(text: str, base: str, function: str) -> None:
    """Nothing, when the text may take the base's place.

    Args:
        function: dotted name of the target, which has to stay callable as it was; "" for none.

    Raises:
        UnreadableError: when it is no program, or differs where it may not.
    """
    if text.strip() == base.strip():
        raise UnreadableError("unchanged", "The program is the one that you were given.")
    require_python(text)
    if function:
        require_function(text, base, function)
    if marked(base) and not _same_outside(text, base):
        told = "Lines outside the EVOLVE-BLOCK markers changed: they have to stay as they are."
        raise UnreadableError("outside", told)


def require_python(text: str) -> None:
    """Nothing, when the text can be compiled.

    Raises:
        UnreadableError: when it is not Python.
    """
    try:
        with warnings.catch_warnings(action="ignore"):
            compile(text, "<answer>", "exec", dont_inherit=True)
            ast.dump(ast.parse(text))  # what is nested too deeply for that, nobody here can read
    except SyntaxError as error:
        at = f" in line {error.lineno}: {(error.text or '').strip()[:_SHOWN]!r}"
        raise UnreadableError("not Python", f"The program is not Python: {error.msg}{at}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise UnreadableError("not Python", f"The program cannot be compiled: {error}") from None


def require_function(text: str, base: str, function: str) -> None:
    """Nothing, when the text has the function and it is called as that of the base.

    Raises:
        UnreadableError: when not.
    """
    found, before = (find(ast.parse(each), function) for each in (text, base))
    if found is None:
        raise UnreadableError("wrong function", f"The program has no function {function!r}.")
    if before is not None and _called(found) != _called(before):
        told = f"{function!r} has to be called as before: ({_called(before)[1]})."
        raise UnreadableError("wrong function", told)


def _called(node: Function) -> tuple[bool, str]:
    """How a function is called: annotations make no difference."""
    bare = deepcopy(node.args)
    for each in ast.walk(bare):
        if isinstance(each, ast.arg):
            each.annotation = None
    return isinstance(node, ast.AsyncFunctionDef), ast.unparse(bare)


def _same_outside(text: str, base: str) -> bool:
    try:
        return split(text, "").fixed == split(base, "").fixed
    except UsageError:
        return False
