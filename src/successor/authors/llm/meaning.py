"""What an answer means that writes the better function beside the one to change.

Small models do that often: all is as it was, and nobody calls what is new. A function that can be
called like the target is tried in its place; whether it is right and better is seen like that of
any other answer.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator, Sequence

from successor.authors.novelty import form
from successor.authors.regions import Function, decorators, find, opened
from successor.authors.requirements import UnreadableError, require_program

MOST = 3
"""Programs that are made of one answer: of what it wrote last first."""


def meant(text: str, base: str, function: str) -> list[str]:
    """The programs that an answer may mean: as a rule itself.

    Args:
        function: dotted name of the target; "" for none.

    Raises:
        UnreadableError: when it changes nothing that is ever run, or is no program.
    """
    base = opened(base)
    tree, before = ast.parse(text), ast.parse(base)
    target, found = find(before, function), find(tree, function)
    if not function or "." in function or target is None or _rebinds(tree, function):
        return [text]
    new = _new(tree, before)
    if found is not None and (_gone(tree, before) or not new):
        return [text]
    made = [_in_place(base, target, each, text, new) for each in _alike(new, target)]
    whole = [each for each in dict.fromkeys(made) if _is_program(each, base, function)]
    if not whole:
        told = f"{function} is as it was, and nothing calls what is new: change {function} itself."
        raise UnreadableError("unchanged", told)
    return whole[:MOST]


def _alike(new: Sequence[ast.stmt], target: Function) -> Iterator[Function]:
    """Those of the new functions that can be called like the target, the last first."""
    wanted = _names(target)
    for each in reversed(new):
        if wanted is None or not isinstance(each, ast.FunctionDef):
            continue
        names = _names(each)
        least = len(names or ()) - len(each.args.defaults)
        if names is not None and least <= len(wanted) <= len(names):
            yield each


def _names(node: Function) -> tuple[str, ...] | None:
    """Its parameters; None where it has others than positional ones."""
    told = node.args
    if told.vararg or told.kwarg or told.kwonlyargs or isinstance(node, ast.AsyncFunctionDef):
        return None
    return tuple(each.arg for each in (*told.posonlyargs, *told.args))


def _in_place(
    base: str, target: Function, better: Function, text: str, new: Sequence[ast.stmt]
) -> str:
    """The base whose target does what the better function does, with all that this calls."""
    wanted, own = _names(target) or (), better.body[ast.get_docstring(better) is not None :]
    moves = _names(better) == wanted and not better.decorator_list and own
    moves = moves and better.name not in _used(own) and own[0].lineno > better.lineno
    lines, said = base.splitlines(), text.splitlines()
    body = target.body[ast.get_docstring(target) is not None :] or target.body[-1:]
    first, last = body[0].lineno, body[-1].end_lineno or body[-1].lineno
    indent = " " * body[0].col_offset
    call = f"return {better.name}({', '.join(wanted)})"
    inside = _lines(said, own) if moves else call
    needed = _needed(new, own if moves else [better], target.name)
    apart = "".join(f"{_lines(said, [each])}\n\n\n" for each in needed)
    head = min([target.lineno, *(each.lineno for each in decorators(target))])
    above = [*lines[: head - 1], *apart.splitlines(), *lines[head - 1 : first - 1]]
    end = "\r\n" if "\r\n" in base else "\n"
    changed = [*above, *textwrap.indent(inside, indent).splitlines(), *lines[last:]]
    return "".join(f"{line}{end}" for line in changed)


def _needed(new: Sequence[ast.stmt], roots: Sequence[ast.stmt], target: str) -> list[ast.stmt]:
    """Of what is new, what these use, and what that uses."""
    found, used = [each for each in roots if each in new], _used(roots)
    while more := [each for each in new if each not in found and used & _binds(each) - {target}]:
        found += more
        used |= _used(more)
    return [each for each in new if each in found]


def _lines(lines: Sequence[str], some: Sequence[ast.stmt]) -> str:
    """The text of statements that follow one another, without their indentation."""
    first = min([some[0].lineno, *(each.lineno for each in decorators(some[0]))])
    last = some[-1].end_lineno or some[-1].lineno
    return textwrap.dedent("\n".join(lines[first - 1 : last]))


def _new(tree: ast.Module, before: ast.Module) -> list[ast.stmt]:
    known = {form(ast.unparse(each)) for each in before.body}
    return [each for each in tree.body if form(ast.unparse(each)) not in known]


def _gone(tree: ast.Module, before: ast.Module) -> bool:
    return bool(_new(before, tree))


def _rebinds(tree: ast.Module, function: str) -> bool:
    """Whether the file gives the target's name to something else."""
    return any(function in _binds(each) for each in tree.body if not isinstance(each, Function))


def _binds(node: ast.stmt) -> set[str]:
    if isinstance(node, Function | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(each.asname or each.name).partition(".")[0] for each in node.names}
    named = (each for each in ast.walk(node) if isinstance(each, ast.Name))
    return {each.id for each in named if isinstance(each.ctx, ast.Store)}


def _used(some: Sequence[ast.stmt]) -> set[str]:
    return {each.id for node in some for each in ast.walk(node) if isinstance(each, ast.Name)}


def _is_program(text: str, base: str, function: str) -> bool:
    try:
        require_program(text, base, function)
    except UnreadableError:
        return False
    return True
