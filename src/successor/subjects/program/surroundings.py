"""Whether a version begins to read what is around it: the machine, the clock, the user's files.

In the sandbox these are not what they are elsewhere, so whoever reads them can answer well where it
is judged and otherwise where it is used. A rewrite of a function needs none of them.
"""

from __future__ import annotations

import ast
import symtable
from collections import Counter
from collections.abc import Iterator

from successor.subjects.program import syntax

AROUND = frozenset(
    ("asyncio", "atexit", "concurrent", "datetime", "fcntl", "getpass", "glob", "io", "locale")
) | frozenset(
    ("mmap", "multiprocessing", "os", "pathlib", "platform", "posix", "pwd", "resource", "secrets")
) | frozenset(
    ("select", "shutil", "site", "sys", "sysconfig", "tempfile", "time", "uuid")
)  # fmt: skip
"""Modules by which a program learns where and when it runs."""
_NAMES = frozenset(
    ("__builtins__", "__file__", "__import__", "__loader__", "__spec__", "compile", "eval", "exec")
) | frozenset(("globals", "input", "open", "vars"))  # fmt: skip
"""Builtins that do, or that get at such a module without importing it."""


def looks_around(mine: str, theirs: str) -> str:
    """What a version begins to read that the other does not, in a line; or ""."""
    new, old = (frozenset(_read(each)) for each in (mine, theirs))
    found = min(new - old, default="")
    return f"begins to use {found!r}, which tells where or when it runs" if found else ""


def _read(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    tops = {name.partition(".")[0] for name in syntax.imports(tree)}
    yield from tops & AROUND
    imported = _imported(tree)
    scopes = [symtable.symtable(source, "<version>", "exec")]
    while scopes:
        scope = scopes.pop()
        scopes += scope.get_children()
        for name in (_NAMES - imported) & {*scope.get_identifiers()}:
            used = scope.lookup(name)
            # A module that also binds the name may do so where that never runs, but for imports.
            if used.is_referenced() and (used.is_global() or scope.get_type() == "module"):
                yield name


def _imported(tree: ast.Module) -> frozenset[str]:
    """Names that the module itself takes from another one, before anything else may use them, and
    that nothing else binds or deletes.
    """
    found, first = set[str](), True
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and first:
            taken = node.level == 0 and node.module not in {None, "builtins"}
            found |= {each.asname or each.name for each in node.names} if taken else set()
        first = first and (isinstance(node, ast.Import | ast.ImportFrom) or _is_text(node))
    bound = Counter(name for node in ast.walk(tree) for name in _bound(node))
    return frozenset(name for name in found if bound[name] == 1 and not bound["*"])


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a node binds, or deletes, in whatever scope."""
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name
        case ast.Import(names=names) | ast.ImportFrom(names=names):
            yield from ((each.asname or each.name).partition(".")[0] for each in names)
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.ExceptHandler(name=str() as name) | ast.MatchAs(name=str() as name):
            yield name
        case ast.MatchStar(name=str() as name) | ast.MatchMapping(rest=str() as name):
            yield name
        case ast.Global(names=names):
            yield from names
        case _:
            pass
