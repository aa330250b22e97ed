"""A program's text by the places of its syntax tree."""

from __future__ import annotations

import ast


class Text:
    """Replaces the text of single nodes. Columns of the tree count bytes."""

    def __init__(self, source: str) -> None:
        self._data = source.encode()
        self._starts = [0]
        for line in self._data.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def replaced(self, node: ast.expr | ast.stmt, spelled: str) -> str:
        """The text with a node's place taken by another."""
        begin, end = self._span(node)
        indent = b" " * node.col_offset
        put = spelled.encode().replace(b"\n", b"\n" + indent)
        return (self._data[:begin] + put + self._data[end:]).decode()

    def enclosed(self, node: ast.expr | ast.stmt) -> bool:
        """Whether it stands in parentheses already, of its own or of a call."""
        begin, end = self._span(node)
        return self._data[begin - 1 : begin] == b"(" and self._data[end : end + 1] == b")"

    def _span(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        begin = self._starts[node.lineno - 1] + node.col_offset
        return begin, self._starts[(node.end_lineno or node.lineno) - 1] + (
            node.end_col_offset or 0
        )

    def before(self, node: ast.stmt, spelled: str) -> str:
        """The text with lines put before a statement, as far in as it is."""
        begin = self._starts[node.lineno - 1]
        indent = " " * node.col_offset
        put = "".join(f"{indent}{line}\n" for line in spelled.splitlines())
        return (self._data[:begin] + put.encode() + self._data[begin:]).decode()


def parents_of(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    """The node above each."""
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def statement_of(node: ast.AST, parents: dict[ast.AST, ast.AST]) -> ast.stmt:
    """The statement that a node belongs to."""
    while not isinstance(node, ast.stmt):
        node = parents[node]
    return node
