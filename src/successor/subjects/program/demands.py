"""What a version asks of its arguments, and keeps, beyond what calls on fresh inputs can show."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from successor.subjects.program import syntax

_ONCE = frozenset({"Iterable", "Iterator", "Generator"})
"""Hints of what may have no length and no order, and can be gone through only once."""
_MUTATORS = frozenset(
    ("add", "append", "appendleft", "clear", "discard", "extend", "extendleft", "insert", "pop")
) | frozenset(
    ("popitem", "popleft", "push", "put", "remove", "reverse", "setdefault", "sort", "update")
)  # fmt: skip


def more(original: str, source: str, entry: str) -> str:
    """What a version demands that the original does not, in a line; "" when nothing."""
    before, after = (syntax.find(ast.parse(each), entry) for each in (original, source))
    if before is None or after is None:
        return ""
    for parameter in syntax.parameters(before):
        name, hint = parameter.name, parameter.hint
        if hint is None or _outer(hint) not in _ONCE or _is_bound(after, name):
            continue
        if (mine := _uses(after, name)) > _uses(before, name):
            told = (
                "needs a length or an order of" if mine >= _WHOLE else "goes more than once through"
            )
            return f"{told} {name!r}, which may be an iterator"
    theirs = kept_by(original, entry)
    mine = kept_by(source, entry)
    return f"begins to keep something in {mine!r}" if mine and not theirs else ""


_WHOLE = 1000
"""What a use counts that no iterator allows."""


def _outer(hint: ast.expr) -> str:
    if isinstance(hint, ast.Constant) and isinstance(hint.value, str):
        try:
            hint = ast.parse(hint.value, mode="eval").body
        except SyntaxError:
            return ""
    outer = hint.value if isinstance(hint, ast.Subscript) else hint
    return outer.id if isinstance(outer, ast.Name) else getattr(outer, "attr", "")


def _is_bound(node: syntax.Function, name: str) -> bool:
    return any(
        isinstance(each, ast.Name) and each.id == name and not isinstance(each.ctx, ast.Load)
        for each in ast.walk(node)
    )


def _uses(node: syntax.Function, name: str) -> int:
    """How often it is used; far more where it is used as what has a length or an order."""
    found = 0
    for each in ast.walk(node):
        match each:
            case ast.Name(id=used) if used == name:
                found += 1
            case (
                ast.Call(ast.Name("len" | "reversed"), [ast.Name(id=used)])
                | ast.Subscript(ast.Name(id=used))
                | ast.Attribute(ast.Name(id=used))
                | ast.BinOp(left=ast.Name(id=used))
                | ast.BinOp(right=ast.Name(id=used))
            ) if used == name:
                found += _WHOLE
            case _:
                pass
    return found


def kept_by(source: str, entry: str) -> str:
    """What of its instance a method changes, itself or by another method of the class, as in
    "self.items"; "" when nothing, or when it is no method.
    """
    home, _, name = entry.rpartition(".")
    methods = {each.rpartition(".")[2]: node for each, node in syntax.functions(ast.parse(source))
               if each.rpartition(".")[0] == home}  # fmt: skip
    due, seen = [name] if home else [], set[str]()
    while due:
        node = methods.get(each := due.pop())
        if each in seen or node is None or not node.args.args:
            continue
        seen.add(each)
        own = node.args.args[0].arg
        if found := next(_changed(node, own), ""):
            return found
        due += [call.attr for call in ast.walk(node) if isinstance(call, ast.Attribute)
                and isinstance(call.value, ast.Name) and call.value.id == own]  # fmt: skip
    return ""


def _changed(node: syntax.Function, own: str) -> Iterator[str]:
    for each in ast.walk(node):
        match each:
            case ast.Attribute() | ast.Subscript() if not isinstance(each.ctx, ast.Load):
                place: ast.expr = each
            case ast.Call(
                ast.Attribute(value=(ast.Attribute() | ast.Subscript()) as place, attr=way)
            ):
                if way not in _MUTATORS:
                    continue
            case ast.Call(ast.Name("setattr" | "delattr"), [ast.Name() as place, *_]):
                pass
            case _:
                continue
        if _root(place) == own:
            yield ast.unparse(place)


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
