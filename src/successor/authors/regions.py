"""Which parts of a file an author may change: the target's body, or the marked regions.

Where a file has the markers `# EVOLVE-BLOCK-START` and `# EVOLVE-BLOCK-END`, only the lines
between them change; the rest of the file stays as it is, to the byte.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise, zip_longest

from successor.authors.trials import compiles
from successor.errors import UsageError

START = "# EVOLVE-BLOCK-START"
END = "# EVOLVE-BLOCK-END"
_FENCE = "__evolve_block_{}__"
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Span:
    """Whole lines that may change."""

    first: int  # from 1
    last: int
    indent: str

    def within(self, node: ast.AST) -> bool:
        """Whether these lines are a part of a node."""
        first: int = getattr(node, "lineno", 0)
        last: int = getattr(node, "end_lineno", None) or 0
        return first <= self.first and self.last <= last


@dataclass(frozen=True)
class Field:
    """A file as what stays and what may change, in turn; it begins and ends with what stays."""

    fixed: tuple[str, ...]
    texts: tuple[str, ...]
    """The regions, each without its indentation."""
    indents: tuple[str, ...]
    homes: tuple[Function | None, ...]
    """The function that a region is a part of."""

    def render(self, texts: Sequence[str]) -> str:
        """The file with these regions."""
        pairs = zip(texts, self.indents, strict=True)
        changed = [f"{textwrap.indent(text, indent)}\n" for text, indent in pairs]
        return "".join(chain.from_iterable(zip_longest(self.fixed, changed, fillvalue="")))


def split(source: str, function: str) -> Field:
    """A file as a field, by its markers, else by its target.

    Args:
        function: dotted name; "" for every function of the file.

    Raises:
        UsageError: when a marker has no counterpart, or the function is not there.
    """
    source = opened(source)
    tree = ast.parse(source)
    spans = marked(source) or list(_bodies(tree, function))
    if not spans:
        raise UsageError("there is no function here, and no marked region: nothing may change")
    lines = source.splitlines(keepends=True)
    edges = [0, *chain.from_iterable((span.first - 1, span.last) for span in spans), len(lines)]
    parts = ["".join(lines[a:b]) for a, b in pairwise(edges)]
    return Field(
        tuple(parts[::2]),
        tuple(textwrap.dedent(part).rstrip("\n") for part in parts[1::2]),
        tuple(span.indent for span in spans),
        tuple(_home(tree, span) for span in spans),
    )


def marked(source: str) -> list[Span]:
    """The regions between markers, markers not included.

    Raises:
        UsageError: when a marker has no counterpart.
    """
    lines = source.splitlines()
    starts = [n for n, line in enumerate(lines, 1) if line.strip().startswith(START)]
    ends = [n for n, line in enumerate(lines, 1) if line.strip().startswith(END)]
    paired = len(starts) == len(ends) and all(
        start < end for start, end in zip(starts, ends, strict=True)
    )
    if not paired:
        raise UsageError(f"each {START} needs an {END} after it")
    spans = [_span(lines, a + 1, b - 1) for a, b in zip(starts, ends, strict=True)]
    return [span for span in spans if span.first <= span.last]


def only_region(source: str) -> str | None:
    """The text between the markers, where there is one region; None where there are none, or more.

    Raises:
        UsageError: as `marked`.
    """
    spans = marked(source)
    if len(spans) != 1:
        return None
    return "".join(source.splitlines(keepends=True)[spans[0].first - 1 : spans[0].last])


def with_region(source: str, said: str) -> str:
    """The source with another text between its markers.

    Args:
        said: the text; of one that has markers itself, only what is between them.
    """
    (span,) = marked(source)
    lines, told = source.splitlines(keepends=True), said.splitlines()
    starts = [n for n, line in enumerate(told, 1) if line.strip().startswith(START)]
    told = told[starts[0] :] if starts else told
    ends = [n for n, line in enumerate(told) if line.strip().startswith(END)]
    told = told[: ends[0]] if ends else told
    text = textwrap.indent(textwrap.dedent("\n".join(told)).strip("\n"), span.indent)
    end = "\r\n" if "\r\n" in source else "\n"
    changed = "".join(f"{line}{end}" for line in text.split("\n"))
    return "".join([*lines[: span.first - 1], changed, *lines[span.last :]])


def fenced(source: str) -> str:
    """The source with a statement in place of each marker: who takes a tree apart and puts it
    together again may lose a comment, and no statement. The source itself where that is no
    program, or has no markers.
    """
    lines, count = source.splitlines(keepends=True), 0
    for place, line in enumerate(lines):
        if line.strip().startswith((START, END)):
            indent = line[: len(line) - len(line.lstrip())]
            lines[place] = f"{indent}{_FENCE.format(count)}\n"
            count += 1
    return "".join(lines) if compiles("".join(lines)) else source


def unfenced(text: str, source: str) -> str | None:
    """What was made of a fenced source, with its markers again; None when it changes more than
    what is between them.
    """
    marks = [line for line in source.splitlines() if line.strip().startswith((START, END))]
    if not marks:
        return text
    for number, mark in enumerate(marks):
        text = re.sub(rf"(?m)^[ \t]*{_FENCE.format(number)}$", lambda _, mark=mark: mark, text)
    try:
        return text if split(text, "").fixed == split(source, "").fixed else None
    except (SyntaxError, UsageError):
        return None


def find(tree: ast.AST, function: str) -> Function | None:
    """The function of that dotted name."""
    place: ast.AST | None = tree
    for name in function.split("."):
        named = [
            node
            for node in ast.iter_child_nodes(place or ast.Module([], []))
            if isinstance(node, ast.ClassDef | Function) and node.name == name
        ]
        place = named[-1] if named else None
    return place if isinstance(place, Function) else None


def _bodies(tree: ast.Module, function: str) -> Iterator[Span]:
    target = find(tree, function) if function else None
    if function and target is None:
        raise UsageError(f"there is no function {function!r}")
    for node in [target] if target else _outermost(tree):
        body = node.body[1:] if ast.get_docstring(node) is not None else node.body
        if body:
            first = min([body[0].lineno, *(d.lineno for d in decorators(body[0]))])
            yield Span(first, body[-1].end_lineno or first, " " * body[0].col_offset)


def opened(source: str) -> str:
    """The source with every `def f(x): return x` in two lines."""
    lines = source.splitlines(keepends=True)
    nodes = [node for node in ast.walk(ast.parse(source)) if isinstance(node, Function)]
    for node in sorted(nodes, key=lambda node: -node.lineno):
        last = node.end_lineno or node.lineno
        if node.body[0].lineno == node.lineno == last:
            first = min([node.lineno, *(each.lineno for each in node.decorator_list)])
            text = textwrap.indent(ast.unparse(node), " " * node.col_offset)
            lines[first - 1 : last] = [f"{text}\n"]
    return "".join(lines)


def decorators(node: ast.stmt) -> list[ast.expr]:
    """Those of a class or function, in their order."""
    return node.decorator_list if isinstance(node, ast.ClassDef | Function) else []


def _outermost(tree: ast.AST) -> Iterator[Function]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Function):
            yield node
        elif isinstance(node, ast.stmt):
            yield from _outermost(node)


def _span(lines: list[str], first: int, last: int) -> Span:
    text = [line for line in lines[first - 1 : last] if line.strip()]
    least = min(text, key=lambda line: len(line) - len(line.lstrip()), default="")
    return Span(first, last, least[: len(least) - len(least.lstrip())])


def _home(tree: ast.AST, span: Span) -> Function | None:
    homes = [node for node in ast.walk(tree) if isinstance(node, Function) and span.within(node)]
    inside = [node for node in homes if node.body[0].lineno <= span.first]
    return max(inside, key=lambda node: node.lineno, default=None)
