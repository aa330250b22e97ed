"""Whether a variant is a new one: told from its text, before a screening is paid for."""

from __future__ import annotations

import ast
import io
import tokenize
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import TypeAlias, cast

Documented = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module
Triples: TypeAlias = Counter[tuple[str, ...]]
"""How often each three tokens follow one another."""
_LAYOUT = frozenset(
    {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.ENCODING,
        tokenize.ENDMARKER,
        tokenize.INDENT,
        tokenize.DEDENT,
    }
)


class Seen:
    """What there was before, and which changes of the incumbent failed."""

    def __init__(self, incumbent: str, alike: float) -> None:
        self._incumbent = triples(incumbent)
        self._alike = alike
        self._forms = {form(incumbent)}
        self._failed: list[Triples] = []

    def add(self, text: str) -> None:
        """A variant that is not to be screened once more."""
        self._forms.add(form(text))

    def fail(self, text: str) -> None:
        """A variant that brought nothing: what changes the same is not to be screened either."""
        self._failed.append(self._change(text))

    def is_known(self, text: str) -> bool:
        """Whether the same program was there, but for names, comments and layout."""
        return form(text) in self._forms

    def why_known(self, text: str) -> str:
        """Why a variant is no new one, or ""."""
        if form(text) in self._forms:
            return "the same program as one before, but for names, comments and layout"
        change = self._change(text)
        if self._alike < 1 and any(_shared(change, old) >= self._alike for old in self._failed):
            return "nearly the same change as one that failed"
        return ""

    def _change(self, text: str) -> Triples:
        """What is new in a text and what is gone: in a long file, most is neither."""
        now = triples(text)
        return (now - self._incumbent) + (self._incumbent - now)


def form(text: str) -> str:
    """A digest that is the same for programs which differ in names of local variables, comments,
    docstrings and layout only. All other names can be asked for from outside.
    """
    tree = ast.parse(text)
    nodes = [*ast.walk(tree)]
    kept = {name for node in nodes for name in _kept(node)}
    own = {
        name: f"own{n}" for n, name in enumerate(dict.fromkeys(_stored(tree))) if name not in kept
    }
    for node in nodes:
        if isinstance(node, ast.Name):
            node.id = own.get(node.id, node.id)
        elif isinstance(node, Documented) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    try:
        return sha256(ast.dump(tree).encode()).hexdigest()
    except RecursionError:  # an expression of a thousand terms
        return sha256(text.encode()).hexdigest()


def triples(text: str) -> Triples:
    """The tokens of a program, three by three; comments and layout are none."""
    readline = io.StringIO(text).readline
    tokens = [t.string for t in tokenize.generate_tokens(readline) if t.type not in _LAYOUT]
    return Counter(zip(tokens, tokens[1:], tokens[2:], strict=False))


def likeness(one: str, other: str) -> float:
    """Share of two programs' tokens, three by three, that they have in common, in [0, 1]."""
    return _shared(triples(one), triples(other))


def _shared(one: Triples, other: Triples) -> float:
    """In [0, 1]: Jaccard's index of multisets."""
    return (one & other).total() / max(1, (one | other).total())


def _stored(tree: ast.AST) -> Iterator[str]:
    """Variables of functions, in the order of the tree."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id


def _kept(node: ast.AST) -> Iterator[str]:
    """Names that a node spells as text: parameters, functions, imports, what is global."""
    if isinstance(node, ast.Name | ast.Attribute | ast.Constant):
        return
    for _, value in ast.iter_fields(node):
        for each in cast("list[object]", value) if isinstance(value, list) else [value]:
            if isinstance(each, str):
                yield each
