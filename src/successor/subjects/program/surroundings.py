"""Whether a version begins to read what is around it: the machine, the clock, the user's files.

In the sandbox these are not what they are elsewhere, so whoever reads them can answer well where it
is judged and otherwise where it is used. A rewrite of a function needs none of them.
"""

from __future__ import annotations

import ast
import symtable
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
    tops = {name.partition(".")[0] for name in syntax.imports(ast.parse(source))}
    yield from tops & AROUND
    scopes = [symtable.symtable(source, "<version>", "exec")]
    while scopes:
        scope = scopes.pop()
        scopes += scope.get_children()
        for name in _NAMES & {*scope.get_identifiers()}:
            used = scope.lookup(name)
            # A module that also binds the name may do so where that never runs.
            if used.is_referenced() and (used.is_global() or scope.get_type() == "module"):
                yield name
