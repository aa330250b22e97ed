"""What others may rely on: public names, quick import, registered parts, declared needs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import successor

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "successor"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
IMPORTED_AS = {"PyYAML": "yaml"}
WEB = {"starlette", "uvicorn"}
HEAVY = {"yaml", "numpy", "scipy", "torch", "pydantic", "rich", "click", "sqlite3", *WEB}


def test_public_names_are_sorted_and_there() -> None:
    assert successor.__all__ == sorted(successor.__all__)
    for name in successor.__all__:
        assert getattr(successor, name).__name__ == name


def test_a_wrong_name_is_told() -> None:
    with pytest.raises(AttributeError, match="no attribute 'improve_others'"):
        _ = successor.improve_others  # pyright: ignore[reportAttributeAccessIssue] - the point


def test_importing_it_imports_nothing_heavy() -> None:
    shown = f"import sys, successor; print(sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", shown], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("group", "name", "value"),
    [
        (group, name, value)
        for group, parts in PROJECT["entry-points"].items()
        for name, value in parts.items()
    ],
)
def test_registered_parts_can_be_loaded(group: str, name: str, value: str) -> None:
    assert callable(EntryPoint(name, value, group).load())


def test_what_is_imported_is_declared() -> None:
    extras = PROJECT["optional-dependencies"]
    declared = [*PROJECT["dependencies"], *(need for extra in extras.values() for need in extra)]
    known = {re.split(r"[<>=\[]", need)[0].replace("-", "_") for need in declared}
    known = {IMPORTED_AS.get(name, name) for name in known}
    for path in SOURCE.rglob("*.py"):
        for name in _imported(ast.parse(path.read_text("utf-8"))):
            if name not in sys.stdlib_module_names | {"successor", "pydantic_core"}:
                assert name in known, f"{path}: {name}"


def _imported(tree: ast.AST) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.name)
def test_nothing_asks_what_an_object_has(path: Path) -> None:
    calls = [
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)
    ]
    assert not [c.lineno for c in calls if isinstance(c.func, ast.Name) and c.func.id == "hasattr"]


def test_every_suppression_explains_itself() -> None:
    bare = re.compile(r"# (?:noqa(?:: [A-Z0-9, ]+)?|(?:type|pyright): ignore(?:\[[\w, -]+\])?)\s*$")
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("src", "tests", "tools", "benchmarks")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if bare.search(line)
    ]
    assert found == []


def test_every_rule_left_out_says_why() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    ignored = re.search(r"^ignore = \[\n(.*?)^\]", text, re.DOTALL | re.MULTILINE)
    assert ignored
    assert all(re.search(r'"\w+",\s+# \w+', line) for line in ignored[1].splitlines())
