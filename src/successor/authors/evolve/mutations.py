"""Typed changes to a program. Each takes a scene, changes its tree in place and says whether it
did; what comes of it may still fail, but a number is never put where a condition is due.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import TypeAlias, TypeVar

from successor.authors.evolve.grow import ARITHMETIC, COMPARISONS, WHOLE, number
from successor.authors.evolve.kinds import MATHS, kind_of
from successor.authors.evolve.scene import Block, Scene
from successor.authors.evolve.slots import Slot, free, slots_in

T = TypeVar("T")
Mutation: TypeAlias = Callable[[Scene], bool]

_FAMILIES = (("min", "max", "sum"), ("any", "all"))
"""Functions that may stand for one another."""


def expression(scene: Scene) -> bool:
    """Put a new expression in a slot."""
    slot = scene.pick()
    if slot is None:
        return False
    slot.put(scene.grown(slot))
    return True


def crossover(scene: Scene) -> bool:
    """Put an expression of another variant in a slot of its kind, where its names are known."""
    slot = scene.pick()
    if slot is None:
        return False
    gifts = [
        gift
        for gift in slots_in(scene.mate, scene.names)
        if gift.kind == slot.kind and free(gift.node) <= set(slot.names)
    ]
    if not gifts:
        return False
    slot.put(scene.rng.choice(gifts).node)
    return True


def operator(scene: Scene) -> bool:
    """Put another operator or function of the same type in the place of one."""
    swaps = [swap for node in ast.walk(scene.tree) for swap in _swaps(node)]
    if not swaps:
        return False
    node, name, new = scene.rng.choice(swaps)
    setattr(node, name, new)
    return True


def rejoin(scene: Scene) -> bool:
    """Put two numbers that are joined by one operator under another: `max(a, b)`, `a * b`."""
    slot = scene.pick(lambda slot: slot.kind == "number" and _pair(slot.node) is not None)
    pair = None if slot is None else _pair(slot.node)
    if slot is None or pair is None:
        return False
    slot.put(scene.grower(slot.names).pair(*pair))
    return True


def constant(scene: Scene) -> bool:
    """Make a number somewhat, or much, larger or smaller; turn a truth value round."""
    slot = scene.pick(lambda slot: _value(slot) is not None)
    value = None if slot is None else _value(slot)
    if slot is None or value is None:
        return False
    if isinstance(value, bool):
        slot.put(ast.Constant(not value))
        return True
    slot.put(number(_nudged(scene, value)))
    return True


def wrap(scene: Scene) -> bool:
    """Make an expression a part of a larger one: `e` becomes `e + g`, `f(e)`, `e if c else g`."""
    # Whole values half the time: a formula that lacks a term lacks it there, more often than not.
    whole = scene.pick(_is_whole) if scene.rng.random() < 0.5 else None
    slot = whole or scene.pick(lambda slot: slot.kind == "number")
    if slot is None:
        return False
    grower, rng = scene.grower(slot.names), scene.rng
    draw = rng.random()
    if draw < 0.1:
        slot.put(grower.applied(slot.node))
    elif draw < 0.16:
        slot.put(ast.IfExp(grower.grow("truth", 1), slot.node, scene.grown(slot)))
    else:
        pair = [slot.node, scene.grown(slot)]
        rng.shuffle(pair)
        slot.put(grower.pair(*pair))
    return True


def choose(scene: Scene) -> bool:
    """Let an expression hold on one side of a threshold only: `e if a < 8 else b`, `max(e, 8)`."""
    whole = scene.pick(_is_whole) if scene.rng.random() < 0.9 else None
    slot = whole or scene.pick(lambda slot: slot.kind == "number")
    if slot is None:
        return False
    grower, rng = scene.grower(slot.names), scene.rng
    if rng.random() < 0.2:
        name = ast.Name(rng.choice(("min", "max")), ast.Load())
        slot.put(ast.Call(name, [slot.node, grower.threshold()], []))
        return True
    comparison = rng.choice((ast.Lt, ast.Gt))()
    test = ast.Compare(grower.variable(), [comparison], [grower.threshold()])
    other = grower.threshold() if rng.random() < 0.7 else grower.grow("number", 0)
    slot.put(ast.IfExp(test, slot.node, other))
    return True


def redraw(scene: Scene) -> bool:
    """Draw the numbers of the program anew: one of them, or all, of about one magnitude."""
    slots = scene.slots(lambda slot: slot.kind == "number" and _value(slot) is not None)
    if not slots:
        return False
    rng, first = scene.rng, scene.grower({}).magnitude()
    if rng.random() < 0.5:
        rng.choice(slots).put(number(first))
        return True
    for slot in slots:
        near = first * 10 ** rng.gauss(0, 0.4)
        slot.put(number(float(f"{-near if rng.random() < 0.3 else near:.2g}")))
    return True


def shrink(scene: Scene) -> bool:
    """Put a part of an expression in its place."""
    parts: dict[int, list[ast.expr]] = {}
    slots = scene.slots()
    for slot in slots:
        inner = [s.node for s in slots_in(slot.node, slot.names) if s.kind == slot.kind]
        parts[id(slot.node)] = [node for node in inner if free(node) <= set(slot.names)]
    shrinking = [slot for slot in slots if parts[id(slot.node)]]
    if not shrinking:
        return False
    slot = scene.rng.choice(shrinking)
    slot.put(scene.rng.choice(parts[id(slot.node)]))
    return True


def condition(scene: Scene) -> bool:
    """Weaken or strengthen a condition, or turn it round."""
    slot = scene.pick(lambda slot: slot.kind == "truth")
    if slot is None:
        return False
    draw, node = scene.rng.random(), slot.node
    if isinstance(node, ast.BoolOp) and draw < 0.4:
        slot.put(scene.rng.choice(node.values))
    elif draw < 0.8:
        kind = ast.Or if draw < 0.6 else ast.And
        slot.put(ast.BoolOp(kind(), [node, scene.grown(slot, "truth")]))
    else:
        slot.put(ast.UnaryOp(ast.Not(), node))
    return True


def insert(scene: Scene) -> bool:
    """A new statement: an assignment, a guarded return, or a guard around one that is there."""
    block = scene.rng.choice(scene.blocks())
    place = scene.rng.randrange(len(block.body))
    draw = scene.rng.random()
    if draw < 0.5:
        block.body.insert(place, _assignment(scene, block))
        return True
    test = scene.grower(block.names).grow("truth", 1)
    if draw < 0.75 and not isinstance(block.body[place], ast.Return):
        block.body[place] = ast.If(test, [block.body[place]], [])
        return True
    returns = [n for n in ast.walk(scene.tree) if isinstance(n, ast.Return) and n.value]
    if not returns or returns[-1].value is None:
        return False
    kind = kind_of(returns[-1].value, block.names)
    value = scene.grower(block.names).grow(kind, 1)
    block.body.insert(place, ast.If(test, [ast.Return(value)], []))
    return True


def delete(scene: Scene) -> bool:
    """Take a statement out, or the condition or loop around some."""
    block = scene.rng.choice(scene.blocks())
    place = scene.rng.randrange(len(block.body))
    old = block.body[place]
    if isinstance(old, ast.If | ast.For | ast.While | ast.With) and scene.rng.random() < 0.5:
        block.body[place : place + 1] = old.body
        return True
    if len(block.body) == 1:
        return False
    del block.body[place]
    return True


def swap(scene: Scene) -> bool:
    """Let two neighbouring statements change places."""
    blocks = [block for block in scene.blocks() if len(block.body) > 1]
    if not blocks:
        return False
    body = scene.rng.choice(blocks).body
    place = scene.rng.randrange(len(body) - 1)
    body[place], body[place + 1] = body[place + 1], body[place]
    return True


MUTATIONS: Mapping[str, Mutation] = {
    each.__name__: each
    for each in (
        expression,
        crossover,
        operator,
        rejoin,
        constant,
        wrap,
        choose,
        redraw,
        shrink,
        condition,
        insert,
        delete,
        swap,
    )
}
"""By name, as settings and figures have them."""


def _assignment(scene: Scene, block: Block) -> ast.stmt:
    """To a number that is there, or to a new name, which later changes may take up."""
    grower, rng = scene.grower(block.names), scene.rng
    known = sorted(name for name, kind in block.names.items() if kind == "number")
    fresh = next(name for name in map("part{}".format, range(99)) if name not in block.names)
    if known and rng.random() < 0.3:
        operation = rng.choice(ARITHMETIC)()
        return ast.AugAssign(
            ast.Name(rng.choice(known), ast.Store()), operation, grower.grow("number", 1)
        )
    name = rng.choice(known) if known and rng.random() < 0.4 else fresh
    return ast.Assign([ast.Name(name, ast.Store())], grower.grow("number", 2), lineno=0)


def _nudged(scene: Scene, value: float) -> float:
    rng = scene.rng
    if isinstance(value, int) and rng.random() < 0.8:
        step = rng.choice((-1, 1, -2, 2, value, -(value // 2) or 1))
        return value + step
    if value == 0 or rng.random() < 0.3:
        return float(f"{value + rng.gauss(0, 1):.4g}")
    return float(f"{value * 2 ** rng.gauss(0, 0.5):.4g}")


def _value(slot: Slot) -> float | None:
    """Of a number, its sign included, or a truth value: `True` is an int to Python."""
    match slot.node:
        case ast.Constant(value=int() | float() as value) if not _is_minus(slot.parent):
            return value
        case ast.UnaryOp(ast.USub(), ast.Constant(value=int() | float() as value)):
            return -value
        case _:
            return None


def _is_minus(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)


def _is_whole(slot: Slot) -> bool:
    """A number that is assigned, returned, or an element of what is made."""
    return slot.kind == "number" and isinstance(slot.parent, ast.stmt | ast.ListComp)


def _swaps(node: ast.AST) -> list[tuple[ast.AST, str, object]]:
    """What may take the place of an operator or a function: (node, field, new value)."""
    match node:
        case ast.BinOp(op=op) | ast.AugAssign(op=op):
            return [(node, "op", kind()) for kind in _others((*ARITHMETIC, *WHOLE), type(op))]
        case ast.Compare(ops=[op]):
            return [(node, "ops", [kind()]) for kind in _others(COMPARISONS, type(op))]
        case ast.BoolOp(op=op):
            return [(node, "op", kind()) for kind in _others((ast.And, ast.Or), type(op))]
        case ast.Call(func=ast.Name(id=name) as func):
            return [(func, "id", new) for family in _FAMILIES for new in _others(family, name)]
        case ast.Attribute(value=ast.Name(id="math"), attr=name):
            return [(node, "attr", new) for new in _others(MATHS, name)]
        case _:
            return []


def _pair(node: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    match node:
        case ast.BinOp(left=left, right=right):
            return left, right
        case ast.Call(func=ast.Name(id="min" | "max"), args=[left, right], keywords=[]):
            return left, right
        case _:
            return None


def _others(options: tuple[T, ...], own: T) -> tuple[T, ...]:
    return tuple(option for option in options if option != own) if own in options else ()
