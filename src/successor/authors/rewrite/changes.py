"""What a piece of a function may change, and what else may be the very thing that it changes.

Two parameters may be handed the same list, and a function may change what it was never given. So
a name is safe from a change to another one only where that other one was made here.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping, Sequence

import libcst as cst

from successor.authors.rewrite.effects import HARMLESS
from successor.authors.rewrite.site import Site, names_in, site_of

CALLABLE = HARMLESS | {
    "all", "any", "bytes", "chr", "complex", "dict", "divmod", "enumerate", "filter", "frozenset",
    "hash", "hex", "list", "map", "ord", "pow", "repr", "reversed", "round", "set", "sorted",
    "str", "tuple", "type", "zip",
} | {
    name for name, each in vars(builtins).items()
    if isinstance(each, type) and issubclass(each, BaseException)
}  # fmt: skip
"""Builtin functions that change nothing that they are given, as long as it is no iterator."""
_TELLING = frozenset({
    "bit_length", "copy", "count", "endswith", "find", "get", "index", "isalnum", "isalpha",
    "isdecimal", "isdigit", "islower", "isspace", "isupper", "items", "join", "keys", "lower",
    "lstrip", "replace", "rfind", "rstrip", "split", "splitlines", "startswith", "strip", "title",
    "upper", "values",
})  # fmt: skip
"""Methods that only tell something."""
_FIXED = {"bool", "bytes", "complex", "float", "frozenset", "int", "range", "str", "tuple"}
"""Types whose values never change."""
_MADE = (
    cst.List, cst.Dict, cst.Set, cst.ListComp, cst.SetComp, cst.DictComp, cst.Integer, cst.Float,
    cst.SimpleString, cst.FormattedString, cst.BinaryOperation, cst.UnaryOperation, cst.Comparison,
)  # fmt: skip
"""Expressions whose value is new, or never changes."""
_MAKING = {"bytearray", "dict", "len", "list", "set", "sorted", "str", "sum"}
_OF_NUMBERS = {"cmath", "math", "fractions", "decimal"}
"""Modules whose functions are of numbers."""
_UNKNOWN = "()"
"""Stands for whatever a function may change that is not known."""


def may_change(site: Site, name: str, *nodes: cst.CSTNode) -> bool:
    """Whether what a name stands for may be another one, or hold others, once nodes have run."""
    return not is_fixed(site, name) and bool(changed(site, *nodes) - (made_here(site) - {name}))


def is_fixed(site: Site, name: str) -> bool:
    """Whether a hint says that what a name stands for never changes."""
    return site.hint(name).partition("[")[0] in _FIXED


def changes_nothing(site: Site, *nodes: cst.CSTNode) -> bool:
    """Whether nothing that was there before nodes ran is another thing afterwards, and nothing is
    said: they may as well run once or never.
    """
    found = changed(site, *nodes)
    said = "print" in names_in(*nodes) or any(isinstance(each, cst.Yield) for each in nodes)
    return not said and not found - made_here(site)


def made_here(site: Site) -> set[str]:
    """Names that only ever stand for what the function has made itself, or what never changes."""
    found = _Bindings()
    site.node.body.visit(found)
    return found.made - found.other - set(site.parameters)


def changed(site: Site, *nodes: cst.CSTNode, seen: Sequence[str] = ()) -> set[str]:
    """Names of what nodes may change in place; one that is no name stands for anything at all."""
    found = _Changes(site)
    for node in nodes:
        node.visit(found)
    names = set(found.names)
    for called in found.called - {site.name, *seen}:
        names |= _by_call(site, called, (*seen, called))
    return names


def _by_call(site: Site, called: str, seen: Sequence[str]) -> set[str]:
    """What a function of the module changes besides what it has made."""
    helper = site_of(site.module, called)
    if helper is None or called in _bound_in(site):
        return {_UNKNOWN}
    inside = changed(helper, helper.node.body, seen=(site.name, *seen)) - made_here(helper)
    return {_UNKNOWN} if inside else set()


def _bound_in(site: Site) -> set[str]:
    found = _Bindings()
    site.node.visit(found)
    return found.made | found.other | set(site.parameters)


class _Changes(cst.CSTVisitor):
    def __init__(self, site: Site) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.called: set[str] = set()
        self._rebound = site.rebound()
        self._imports = _imports(site.module)

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self._stored(node.target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self._stored(node.target)

    def visit_AugAssign(self, node: cst.AugAssign) -> None:
        self.names |= set(_roots(node.target))

    def visit_For(self, node: cst.For) -> None:
        self._stored(node.target)

    def visit_Del(self, node: cst.Del) -> None:
        self._stored(node.target)

    def visit_Global(self, node: cst.Global) -> None:
        self.names.add(_UNKNOWN)

    def visit_Nonlocal(self, node: cst.Nonlocal) -> None:
        self.names.add(_UNKNOWN)

    def visit_Call(self, node: cst.Call) -> None:
        match node.func:
            case cst.Name(value="next"):
                self.names |= names_in(*node.args) or {_UNKNOWN}
            case cst.Name(value=name) if name in CALLABLE | {"print"}:
                self._known(name)
            case cst.Name(value=name) if name in self._imports:
                self._imported(name, node)
            case cst.Name(value=name):
                self.called.add(name)
            case cst.Attribute(value=cst.Name(value=name)) if name in self._imports:
                self._imported(name, node)
            case cst.Attribute(value=value, attr=cst.Name(value=method)):
                if method not in _TELLING:
                    self.names |= set(_roots(value)) or {_UNKNOWN}
            case _:
                self.names.add(_UNKNOWN)

    def _known(self, name: str) -> None:
        if name in self._rebound:
            self.names.add(_UNKNOWN)

    def _imported(self, name: str, call: cst.Call) -> None:
        """What is imported may change what it is given, but for numbers."""
        if self._imports[name] not in _OF_NUMBERS:
            self.names |= names_in(*call.args)

    def _stored(self, target: cst.BaseExpression) -> None:
        match target:
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                for each in elements:
                    self._stored(each.value)
            case cst.Subscript() | cst.Attribute():
                self.names |= set(_roots(target)) or {_UNKNOWN}
            case _:
                pass


def _roots(node: cst.BaseExpression) -> Iterator[str]:
    """The name that an expression such as `a[i].b` begins with."""
    match node:
        case cst.Name(value=name):
            yield name
        case cst.Subscript(value=value) | cst.Attribute(value=value):
            yield from _roots(value)
        case _:
            pass


def _imports(module: cst.Module) -> Mapping[str, str]:
    """Names of what the module imports, each with the module that it is from."""
    found = dict[str, str]()
    for line in ast.walk(ast.parse(module.code)):
        if isinstance(line, ast.Import | ast.ImportFrom):
            for each in line.names:
                home = each.name if isinstance(line, ast.Import) else line.module or ""
                found[each.asname or each.name.partition(".")[0]] = home
    return found


class _Bindings(cst.CSTVisitor):
    """What names are bound to."""

    def __init__(self) -> None:
        super().__init__()
        self.made: set[str] = set()
        self.other: set[str] = set()

    def visit_Assign(self, node: cst.Assign) -> None:
        made = _is_made(node.value) and not (len(node.targets) > 1 and _is_container(node.value))
        for each in node.targets:
            match each.target, node.value:
                case cst.Tuple(elements=names), cst.Tuple(elements=values) if len(names) == len(
                    values
                ):
                    for name, value in zip(names, values, strict=True):
                        self._bind(name.value, made=_is_made(value.value))
                case target, _:
                    self._bind(target, made=made and isinstance(target, cst.Name))

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self._bind(node.target, made=node.value is None or _is_made(node.value))

    def visit_For(self, node: cst.For) -> None:
        self._bind(node.target, made=_is_range(node.iter))

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self._bind(node.target, made=_is_range(node.iter))

    def visit_NamedExpr(self, node: cst.NamedExpr) -> None:
        self._bind(node.target, made=_is_made(node.value))

    def visit_AsName(self, node: cst.AsName) -> None:
        self.other |= names_in(node.name)

    def visit_Global(self, node: cst.Global) -> None:
        self.other |= {each.name.value for each in node.names}

    def visit_Nonlocal(self, node: cst.Nonlocal) -> None:
        self.other |= {each.name.value for each in node.names}

    def visit_Param(self, node: cst.Param) -> None:
        self.other.add(node.name.value)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.other.add(node.name.value)

    def _bind(self, target: cst.BaseExpression, *, made: bool) -> None:
        if isinstance(target, cst.Name | cst.Tuple | cst.List):
            (self.made if made else self.other).update(names_in(target))


def _is_made(node: cst.BaseExpression) -> bool:
    match node:
        case cst.Call(func=cst.Name(value=name)):
            return name in _MAKING
        case _:
            return isinstance(node, _MADE)


def _is_container(node: cst.BaseExpression) -> bool:
    return not isinstance(node, cst.BaseNumber | cst.BaseString)


def _is_range(node: cst.BaseExpression) -> bool:
    match node:
        case cst.Call(func=cst.Name(value="range")):
            return True
        case _:
            return False
