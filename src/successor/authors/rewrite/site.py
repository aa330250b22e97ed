"""The function that is rewritten, in its module: what rewrites read of it and put in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import indent as indented
from typing import TypeAlias, TypeVar, cast

import libcst as cst

Statement: TypeAlias = cst.BaseStatement
Node = TypeVar("Node", bound=cst.CSTNode)


@dataclass(frozen=True)
class Site:
    """One function and the module around it."""

    module: cst.Module
    node: cst.FunctionDef

    @property
    def name(self) -> str:
        """Its own name, without the classes around it."""
        return self.node.name.value

    @property
    def parameters(self) -> tuple[str, ...]:
        """Those that can be given by position, in their order; () when there are others too."""
        given = self.node.params
        rest = (*given.kwonly_params, *([given.star_kwarg] if given.star_kwarg else []))
        if rest or not isinstance(given.star_arg, cst.MaybeSentinel):
            return ()
        return tuple(each.name.value for each in (*given.posonly_params, *given.params))

    @property
    def docstring(self) -> tuple[Statement, ...]:
        """The statement that is its docstring, if there is one."""
        return self._all[:1] if self.node.get_docstring() is not None else ()

    @property
    def statements(self) -> tuple[Statement, ...]:
        """Its body, without the docstring."""
        return self._all[len(self.docstring) :]

    @property
    def _all(self) -> tuple[Statement, ...]:
        body = self.node.body
        return tuple(cast("Sequence[Statement]", body.body)) if _is_block(body) else ()

    def hint(self, parameter: str) -> str:
        """The text of a parameter's type hint; "" without one."""
        given = self.node.params
        for each in (*given.posonly_params, *given.params, *given.kwonly_params):
            if each.name.value == parameter and each.annotation is not None:
                return text_of(each.annotation.annotation).strip("\"'")
        return ""

    def is_row(self, parameter: str) -> bool:
        """Whether a hint says that its items can be gone through again, and it is no table."""
        kind = self.hint(parameter).partition("[")[0]
        return kind in {"list", "tuple", "set", "frozenset", "str", "bytes", "Sequence"}

    def may_be_text(self, parameter: str) -> bool:
        """Whether a hint allows text where it speaks of texts: `in` looks for parts there."""
        kind, _, inner = self.hint(parameter).rpartition(".")[2].partition("[")
        return kind in {"Sequence", "Collection", "Iterable", "Reversible"} and "str" in inner

    def equals_itself(self, value: str) -> bool:
        """Whether it is a literal, or a parameter hinted as what is never NaN."""
        hinted = self.hint(value) in {"bool", "bytes", "int", "str"}
        return hinted or not value.isidentifier()

    def names(self) -> set[str]:
        """All names that occur in the function."""
        return names_in(self.node)

    def rebound(self) -> set[str]:
        """Names that the module or the function gives a meaning of its own."""
        bound = _Bound()
        self.node.visit(bound)
        return _bound(self.module) | bound.names

    def free(self, wanted: str) -> str:
        """A name that does not occur in the function: the one wanted, or with `_` behind it."""
        taken = self.names()
        while wanted in taken:
            wanted += "_"
        return wanted

    def with_body(self, text: str, *imports: str) -> Iterator[cst.Module]:
        """The module with another body of the function, its docstring kept."""
        new = list(parsed(text))
        if self.docstring and isinstance(new[0], cst.FunctionDef):
            new[0] = new[0].with_changes(leading_lines=[cst.EmptyLine(indent=False)])
        body = cst.IndentedBlock([*self.docstring, *new])
        yield from self.with_node(self.node.with_changes(body=body), *imports)

    def with_node(
        self, node: cst.FunctionDef, *imports: str, before: str = ""
    ) -> Iterator[cst.Module]:
        """The module with another function in its place; nothing when an import would take a
        name that means something else.

        Args:
            imports: statements such as "from math import isqrt".
            before: the text of what is to stand right above the function.
        """
        above = list(cst.parse_module(before).body)
        bound = _bound(self.module)
        if any(each.name.value in bound for each in above if isinstance(each, cst.FunctionDef)):
            return
        if above:
            lines = node.leading_lines or [cst.EmptyLine()] * 2
            first = cast("cst.FunctionDef", above[0])
            above[0] = first.with_changes(leading_lines=lines)
            node = node.with_changes(leading_lines=[cst.EmptyLine(indent=False)] * 2)
        if above:
            new = cst.FlattenSentinel([*above, node])
            module = self.module.visit(_Replacing(self.node, new))
        else:
            module = cast("cst.Module", self.module.deep_replace(self.node, node))
        taken = bound | self.names()
        for line in imports:
            if line in _imports(module):
                continue
            if taken & _imported(line):
                return
            module = _with_import(module, line)
        yield module


class _Replacing(cst.CSTTransformer):
    def __init__(self, old: cst.CSTNode, new: cst.FlattenSentinel[cst.CSTNode]) -> None:
        super().__init__()
        self._old, self._new = old, new

    def on_leave(self, original_node: object, updated_node: object) -> object:  # type: ignore[override] # any node
        return self._new if original_node is self._old else updated_node


def site_of(module: cst.Module, function: str) -> Site | None:
    """The function of a dotted name; None when there is none that a rewrite can work on."""
    inside: Sequence[object] = module.body
    *classes, name = function.split(".")
    for each in classes:
        found = [n for n in inside if isinstance(n, cst.ClassDef) and n.name.value == each]
        inside = found[-1].body.body if found else ()
    named = [n for n in inside if isinstance(n, cst.FunctionDef) and n.name.value == name]
    usable = named and named[-1].asynchronous is None and _is_block(named[-1].body)
    return Site(module, named[-1]) if usable else None


def parsed(text: str) -> Sequence[Statement]:
    """The statements of a text."""
    if not text.strip():
        return ()
    # Parsed as a block, so that blank lines stay empty when they are put into one.
    around = cast("cst.If", cst.parse_statement(f"if _:\n{block(text.strip(chr(10)))}\n"))
    return cast("Sequence[Statement]", around.body.body)


def only_statement(suite: cst.BaseSuite) -> cst.CSTNode | None:
    """The simple statement that is all of a block; None when there is more, or another."""
    match suite.body:
        case [cst.SimpleStatementLine(body=[only])]:
            return only
        case [cst.BaseSmallStatement() as only]:
            return only
        case _:
            return None


def text_of(*nodes: cst.CSTNode) -> str:
    """The text of an expression, or of statements one after another, not indented."""
    if nodes and not isinstance(nodes[0], cst.BaseStatement):
        return cst.Module([]).code_for_node(nodes[0])
    return cst.Module(cast("Sequence[cst.SimpleStatementLine]", nodes)).code


def block(text: str, levels: int = 1) -> str:
    """A text, indented."""
    return indented(text, "    " * levels)


def inside(expression: cst.BaseExpression) -> str:
    """The text of an expression as an operand: in parentheses when it needs them."""
    text = text_of(expression)
    return f"({text})" if needs_parentheses(expression) else text


def needs_parentheses(node: cst.CSTNode) -> bool:
    """Whether an expression comes apart beside an operator."""
    return isinstance(node, _LOOSE) and not node.lpar


def parenthesised(node: cst.BaseExpression) -> cst.BaseExpression:
    """The expression as an operand: in parentheses when it needs them."""
    if not needs_parentheses(node):
        return node
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


_LOOSE = (
    cst.BinaryOperation,
    cst.BooleanOperation,
    cst.Comparison,
    cst.IfExp,
    cst.Lambda,
    cst.UnaryOperation,
    cst.Tuple,
    cst.NamedExpr,
)


def names_in(*nodes: cst.CSTNode) -> set[str]:
    """All names that occur in some nodes, attributes' names not."""
    found = _Names()
    for node in nodes:
        node.visit(found)
    return found.names


def put_for(node: Node, given: Mapping[str, cst.BaseExpression]) -> Node:
    """The same with expressions for names, wherever those are read or bound."""
    return cast("Node", node.visit(_Put(given)))


class _Put(cst.CSTTransformer):
    def __init__(self, given: Mapping[str, cst.BaseExpression]) -> None:
        super().__init__()
        self._given = given

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.BaseExpression:
        value = self._given.get(original_node.value)
        return updated_node if value is None else parenthesised(value)

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        return updated_node.with_changes(attr=original_node.attr)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return updated_node.with_changes(keyword=original_node.keyword)


class _Names(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def visit_Name(self, node: cst.Name) -> None:
        self.names.add(node.value)

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        node.value.visit(self)
        return False

    def visit_Arg(self, node: cst.Arg) -> bool:
        node.value.visit(self)
        return False


class _Bound(cst.CSTVisitor):
    """What a function binds: parameters, targets, functions within."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def visit_Param(self, node: cst.Param) -> None:
        self.names.add(node.name.value)

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self._note(node.target)

    def visit_For(self, node: cst.For) -> None:
        self._note(node.target)

    def visit_CompFor(self, node: cst.CompFor) -> None:
        self._note(node.target)

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.names.add(node.name.value)

    def _note(self, target: cst.BaseExpression) -> None:
        if isinstance(target, cst.Name | cst.Tuple | cst.List):
            self.names |= names_in(target)


def _is_block(body: cst.BaseSuite) -> bool:
    return isinstance(body, cst.IndentedBlock)


def _imports(module: cst.Module) -> list[str]:
    return [text_of(each).strip() for each in module.body if _is_import(each)]


def _is_import(node: cst.CSTNode) -> bool:
    small = node.body[0] if isinstance(node, cst.SimpleStatementLine) and node.body else None
    return isinstance(small, cst.Import | cst.ImportFrom)


def _imported(line: str) -> set[str]:
    """What an import statement binds."""
    names = line.partition("import ")[2].split(",")
    return {name.split(" as ")[-1].strip().partition(".")[0] for name in names}


def _bound(module: cst.Module) -> set[str]:
    """Names that the module binds at its top level."""
    found = set[str]()
    for each in module.body:
        if isinstance(each, cst.FunctionDef | cst.ClassDef):
            found.add(each.name.value)
        elif _is_import(each):
            found |= _imported(text_of(each).strip())
        elif isinstance(each, cst.SimpleStatementLine):
            found |= names_in(*each.body)
    return found


def _with_import(module: cst.Module, line: str) -> cst.Module:
    """The module with an import behind those that it begins with."""
    body = list(module.body)
    place = 1 if module.get_docstring() is not None else 0
    while place < len(body) and _is_import(body[place]):
        place += 1
    new = cast("cst.SimpleStatementLine", parsed(line)[0])
    if place and not _is_import(body[place - 1]):
        new = new.with_changes(leading_lines=[cst.EmptyLine()])
    if place < len(body) and not getattr(body[place], "leading_lines", None):
        spaced = [cst.EmptyLine(indent=False)] * 2
        body[place] = body[place].with_changes(leading_lines=spaced)
    return module.with_changes(body=[*body[:place], new, *body[place:]])
