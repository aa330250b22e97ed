"""What rewrites read of functions that call themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

import libcst as cst

from successor.authors.rewrite.changes import changes_nothing
from successor.authors.rewrite.effects import HARMLESS
from successor.authors.rewrite.patterns import fits
from successor.authors.rewrite.site import (
    Site,
    Statement,
    block,
    names_in,
    only_statement,
    put_for,
    text_of,
)

Exchange: TypeAlias = Callable[[cst.Call], "cst.BaseExpression | None"]
"""What takes the place of a call of the function by itself; None when nothing can."""


def answers_once(site: Site) -> bool:
    """Whether an answer may stand for all answers to the same call: the function changes nothing,
    and puts none of its own answers, which may be lists, into another one as they are.
    """
    return not keeps_answers(site) and changes_nothing(site, *site.statements)


def keeps_answers(site: Site) -> bool:
    """Whether an answer has others in it, of which two would be one list."""
    kept = _Kept(site.name)
    for statement in site.statements:
        statement.visit(kept)
    return kept.any


class _Kept(cst.CSTVisitor):
    """Looks for own answers that are kept as they are."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.any = False
        self._name = name
        self._answers: set[str] = set()
        self._read: list[cst.CSTNode] = []

    def visit_Assign(self, node: cst.Assign) -> None:
        if self._is_own(node.value):
            self._answers |= names_in(*(each.target for each in node.targets))

    def visit_Call(self, node: cst.Call) -> None:
        if isinstance(node.func, cst.Name) and node.func.value in HARMLESS:
            self._read += [each.value for each in node.args]

    def visit_Element(self, node: cst.Element) -> None:
        self._look(node.value)

    def visit_DictElement(self, node: cst.DictElement) -> None:
        self._look(node.value)

    def visit_ListComp(self, node: cst.ListComp) -> None:
        if not any(node is each for each in self._read):
            self._look(node.elt)

    def visit_DictComp(self, node: cst.DictComp) -> None:
        self._look(node.value)

    def _look(self, node: cst.BaseExpression) -> None:
        self.any |= self._is_own(node) or text_of(node) in self._answers

    def _is_own(self, node: cst.BaseExpression) -> bool:
        return isinstance(node, cst.Call) and text_of(node.func) == self._name


def calls_itself(site: Site) -> int:
    """Calls of the function by itself, as the text has them."""
    found = _Calls(site.name, lambda call: call)
    for statement in site.statements:
        statement.visit(found)
    return found.count


def with_calls(site: Site, name: str) -> Sequence[Statement]:
    """The function's statements, with calls of another function instead of itself."""
    return cast(
        "Sequence[Statement]",
        [
            each.visit(_Calls(site.name, lambda call: call.with_changes(func=cst.Name(name))))
            for each in site.statements
        ],
    )


def exchanged(node: cst.BaseExpression, name: str, exchange: Exchange) -> cst.BaseExpression | None:
    """An expression with something else for each call of a name; None when a call has no
    substitute, or the name is used in another way.
    """
    calls = _Calls(name, exchange)
    new = cast("cst.BaseExpression", node.visit(calls))
    return None if calls.failed or name in names_in(new) else new


def replaced(node: cst.BaseExpression, name: str, text: str) -> cst.BaseExpression:
    """An expression with another one for each use of a name."""
    value = cst.parse_expression(text)
    return put_for(node, {name: value})


class _Calls(cst.CSTTransformer):
    def __init__(self, name: str, exchange: Exchange) -> None:
        super().__init__()
        self._name, self._exchange = name, exchange
        self.count, self.failed = 0, False

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        func = updated_node.func
        if not (isinstance(func, cst.Name) and func.value == self._name):
            return updated_node
        self.count += 1
        new = self._exchange(updated_node)
        self.failed |= new is None
        return new or updated_node


@dataclass(frozen=True)
class Recurrence:
    """f(n) from f(n - 1), f(n - 2), …, with its first values."""

    site: Site
    index: str
    """The parameter that counts down."""
    head: str
    """The statements of the first values and of what is refused, as they are."""
    step: cst.BaseExpression
    """What is returned otherwise."""
    offsets: frozenset[int]
    """How far back the step looks."""
    first: int
    """The smallest n for which the step is used; that of smaller ones the head returns."""
    values: tuple[str, ...]
    """f(first - 1), f(first - 2), …, as many as the step looks back."""
    is_bounded: bool
    """Whether the head also sees to every n below."""

    @property
    def order(self) -> int:
        """How far back the step looks at most."""
        return max(self.offsets)

    def earlier(self, names: Sequence[str], index: str) -> str:
        """The step, with names for f(index - 1), f(index - 2), …"""

        def exchange(call: cst.Call) -> cst.BaseExpression | None:
            offset = _offset(call, self.site, self.index)
            return cst.Name(names[offset - 1]) if offset else None

        step = exchanged(self.step, self.site.name, exchange)
        return text_of(replaced(cast("cst.BaseExpression", step), self.index, index))

    def guarded(self) -> str:
        """The head, and the function as it was for what a loop would get wrong."""
        wrong = list[str]()
        if self.site.hint(self.index) != "int":
            wrong.append(f"type({self.index}) is not int")
        if not self.is_bounded:
            wrong.append(f"{self.index} < {self.first}")
        if not wrong:
            return self.head
        return f"{self.head}if {' or '.join(wrong)}:\n{block(f'return {text_of(self.step)}')}\n"


def recurrence(site: Site) -> Recurrence | None:
    """The function as a recurrence in one of its parameters; None when it is none."""
    match site.statements:
        case [*head, cst.SimpleStatementLine(body=[cst.Return(value=value)])] if value:
            step = value
        case _:
            return None
    found = [_recurrence(site, index, head, step) for index in site.parameters]
    return next((each for each in found if each), None)


def _recurrence(
    site: Site, index: str, head: Sequence[Statement], step: cst.BaseExpression
) -> Recurrence | None:
    offsets = set[int]()

    def note(call: cst.Call) -> cst.BaseExpression | None:
        offset = _offset(call, site, index)
        offsets.add(offset)
        return cst.Name("_") if offset else None

    if exchanged(step, site.name, note) is None or not offsets:
        return None
    bases = _bases(head, index)
    if bases is None or site.name in names_in(*head):
        return None
    first = bases.below if bases.below is not None else max(bases.single, default=-1) + 1
    values = [bases.value(n, index) for n in range(first - 1, first - 1 - max(offsets), -1)]
    if None in values:
        return None
    kept = tuple(cast("list[str]", values))
    bounded = bases.below is not None or bases.is_refused
    text = text_of(*head)
    return Recurrence(site, index, text, step, frozenset(offsets), first, kept, bounded)


def _offset(call: cst.Call, site: Site, index: str) -> int:
    """The k of a call f(n - k) that passes all else on as it is; 0 when it is another call."""
    if len(call.args) != len(site.parameters):
        return 0
    found = 0
    for argument, name in zip(call.args, site.parameters, strict=True):
        if argument.star or argument.keyword is not None:
            return 0
        bound = fits(f"{index} - by_", argument.value) if name == index else None
        match bound:
            case {"by_": (cst.Integer(value=value),)}:
                found = int(value, 0)
            case _:
                if text_of(argument.value) != name or name == index:
                    return 0
    return found


@dataclass
class _Bases:
    below: int | None
    """The head returns for every n below it."""
    below_value: cst.BaseExpression | None
    single: dict[int, cst.BaseExpression]
    is_refused: bool
    """Whether the head raises for every n below 0, or below 1."""

    def value(self, n: int, index: str) -> str | None:
        """f(n) by the head."""
        expression = self.single.get(n, self.below_value if self._is_below(n) else None)
        if expression is None:
            return None
        return text_of(replaced(expression, index, str(n)))

    def _is_below(self, n: int) -> bool:
        return self.below is not None and n < self.below


def _bases(head: Sequence[Statement], index: str) -> _Bases | None:
    bases = _Bases(None, None, {}, is_refused=False)
    for statement in head:
        if not isinstance(statement, cst.If) or statement.orelse is not None:
            return None
        match only_statement(statement.body):
            case cst.Return(value=value) if value:
                if not _note_base(bases, statement.test, value, index):
                    return None
            case cst.Raise():
                bases.is_refused |= _limit(statement.test, index) in {0, 1}
            case _:
                return None
    return bases


def _note_base(
    bases: _Bases, test: cst.BaseExpression, value: cst.BaseExpression, index: str
) -> bool:
    limit = _limit(test, index)
    if limit is not None:
        bases.below, bases.below_value = limit, value
        return True
    for number in _equal_to(test, index):
        bases.single.setdefault(number, value)
    if bases.below is not None and bases.single and max(bases.single) >= bases.below:
        bases.below = max(bases.single) + 1
    return bool(_equal_to(test, index))


def _limit(test: cst.BaseExpression, index: str) -> int | None:
    """The c of a test n < c."""
    for pattern, more in ((f"{index} < c_", 0), (f"{index} <= c_", 1)):
        match fits(pattern, test):
            case {"c_": (cst.Integer(value=value),)}:
                return int(value, 0) + more
            case _:
                pass
    return None


def _equal_to(test: cst.BaseExpression, index: str) -> list[int]:
    """The numbers of a test n == c, or n in (c, d)."""
    match fits(f"{index} == c_", test) or fits(f"{index} in c_", test):
        case {"c_": (cst.Integer(value=value),)}:
            return [int(value, 0)]
        case {"c_": ((cst.Tuple() | cst.List() | cst.Set()) as among,)}:
            values = [each.value for each in among.elements]
            numbers = [int(each.value, 0) for each in values if isinstance(each, cst.Integer)]
            return numbers if len(numbers) == len(values) else []
        case _:
            pass
    match fits("one_ or two_", test):
        case {"one_": (one,), "two_": (two,)}:
            both = [_equal_to(cast("cst.BaseExpression", each), index) for each in (one, two)]
            return both[0] + both[1] if all(both) else []
        case _:
            return [0] if text_of(test) == f"not {index}" else []
