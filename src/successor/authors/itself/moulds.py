"""Forms that an improver can take: its constants other values, one for each kind of space, and a
schedule by which they fade as evaluations run out; and steps that it did not have (`steps.py`).

A point of the cube [0, 1]^n says which form each takes; its middle is the code as it is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from successor.authors.itself.edits import KINDS, TASK, Edit, edited, offset, setting
from successor.authors.itself.steps import Move, Once, steps_of
from successor.authors.tune.knobs import Knob, find_knobs

_FADING = f" * {TASK}.left / {TASK}.evaluations"
_FADES = 0.8
"""Beyond it a number fades."""


@dataclass(frozen=True)
class Constant:
    """A number with a name, at the top of the file, and where functions with a task use it; or one
    in a table at the top, which has been given its form and has no uses of its own.
    """

    knob: Knob
    uses: tuple[tuple[int, int], ...]
    """Where its name stands, in bytes of UTF-8."""

    @property
    def places(self) -> int:
        """Coordinates: its value, what two of the kinds have beside that, and if it can be a
        fraction, whether it fades.
        """
        if not self.uses:
            return 1
        return len(KINDS) + (1 if isinstance(self.knob.value, float) else 0)

    def edits(self, point: Sequence[float], reach: float, digits: int) -> list[Edit]:
        """Its value, and each use, in the form that a point says."""
        form, behind = self._forms(point, reach, digits)
        uses = [Edit(last, last, behind) for _, last in self.uses if behind]
        return [Edit(self.knob.first, self.knob.last, form), *uses]

    def _forms(self, point: Sequence[float], reach: float, digits: int) -> tuple[str, str]:
        """What stands in the place of its value, and behind each use."""
        value, *beside = (setting(each, reach) for each in point[: len(KINDS)])
        values = [self.knob.turned(value + by, digits) for by in (0.0, *beside)]
        fading = any(each > _FADES for each in point[len(KINDS) :])
        fades = _FADING if fading else ""
        if len({*values}) == 1:
            return values[0], fades
        pairs = ", ".join(f'"{kind}": {text}' for kind, text in zip(KINDS, values, strict=True))
        return f"{{{pairs}}}", f"[task.kind]{fades}"


@dataclass(frozen=True)
class Table:
    """Numbers by kind, at the top of the file, each of which is a constant: where functions with a
    task use them, they can fade.
    """

    uses: tuple[int, ...]
    """Where those end, in bytes of UTF-8."""

    @property
    def places(self) -> int:
        """Coordinates: whether they fade."""
        return 1

    def edits(self, point: Sequence[float], reach: float, digits: int) -> list[Edit]:
        """All uses, or none."""
        return [Edit(each, each, _FADING) for each in self.uses if point[0] > _FADES]


@dataclass(frozen=True)
class Mould:
    """What can take another form in one source."""

    source: str
    constants: tuple[Constant | Table, ...]
    steps: tuple[Move | Once, ...] = ()

    @property
    def size(self) -> int:
        """Coordinates of all of it."""
        return sum(each.places for each in (*self.constants, *self.steps))

    def cast(self, point: Sequence[float], reach: float, digits: int) -> str:
        """The source with everything in its form; nothing else changes."""
        edits, start = list[Edit](), 0
        for each in (*self.constants, *self.steps):
            edits += each.edits([*point[start : start + each.places]], reach, digits)
            start += each.places
        return edited(self.source, edits)


def mould_of(source: str) -> Mould:
    """The constants that only functions with a task use, and the steps that it lacks."""
    tree = ast.parse(source)
    knobs = {knob.first: knob for knob in find_knobs(source, "")}
    found = list[Constant | Table]()
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant() as value):
                knob = knobs.get(offset(source, value.lineno, value.col_offset))
                uses = _uses(tree, source, name)
                if knob is not None and not isinstance(knob.value, bool) and uses:
                    found.append(Constant(knob, uses))
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Dict(values=values)):
                places = [offset(source, each.lineno, each.col_offset) for each in values]
                inside = [knobs[place] for place in places if place in knobs]
                found += [Constant(each, ()) for each in inside if type(each.value) is not bool]
                if any(isinstance(each.value, float) for each in inside):
                    found += [Table(uses) for uses in [_looked_up(tree, source, name)] if uses]
            case _:
                pass
    return Mould(source, tuple(found), steps_of(source))


def _uses(tree: ast.Module, source: str, name: str) -> tuple[tuple[int, int], ...]:
    """Where it is read; () when it is read where there is no task, or written once more."""
    everywhere = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == name]
    inside = [node for node in _with_task(tree) if isinstance(node, ast.Name) and node.id == name]
    read = [node for node in inside if isinstance(node.ctx, ast.Load)]
    if len(read) != len(everywhere) - 1:
        return ()
    return tuple(
        (
            offset(source, node.lineno, node.col_offset),
            offset(source, node.end_lineno or node.lineno, node.end_col_offset or 0),
        )
        for node in read
    )


def _looked_up(tree: ast.Module, source: str, name: str) -> tuple[int, ...]:
    """Where what stands in a table for the kind of a task is read, to its end."""
    return tuple(
        offset(source, node.end_lineno or node.lineno, node.end_col_offset or 0)
        for node in _with_task(tree)
        if isinstance(node, ast.Subscript)
        and ast.unparse(node) == f"{name}[{TASK}.kind]"
        and isinstance(node.ctx, ast.Load)
    )


def _with_task(tree: ast.Module) -> Iterator[ast.AST]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and any(
            given.arg == TASK for given in (*node.args.posonlyargs, *node.args.args)
        ):
            yield from ast.walk(node)
