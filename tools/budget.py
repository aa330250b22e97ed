"""The complexity budget: how long files and functions are, and that none of it rises.

    python tools/budget.py           print the numbers; exit 1 when one is above its limit
    python tools/budget.py --lower   also write numbers that fell to budget.json, never a rise

`budget.json` holds the numbers that may only fall. Raising one is an edit by hand, which a
reviewer sees. Lines of a function are counted without its decorators and docstring, so that
explaining costs nothing. Branching and parameters are limited by ruff (C901, PLR0913) as well.
"""

import ast
import json
import math
import statistics
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "successor"
RECORD = ROOT / "tools" / "budget.json"
HARD_LIMITS = {
    "longest function": 60,
    "longest file": 400,
    "most parameters": 7,
    "lines of types.py": 199,
    "lines of improve_self": 59,
}
"""What no edit of the record may exceed."""


@dataclass(frozen=True)
class Function:
    """One function or method, nested ones included."""

    where: str
    lines: int
    parameters: int


@dataclass(frozen=True)
class File:
    """One module; `room` is the package below `successor` that it is in, or itself."""

    path: Path
    room: str
    lines: int
    functions: tuple[Function, ...]


def measured(path: Path, source: Path) -> File:
    """Read one module under `source`."""
    text = path.read_text(encoding="utf-8")
    relative = path.relative_to(source)
    functions = tuple(
        Function(f"{relative}:{node.lineno} {node.name}", _body_lines(node), _parameters(node))
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )
    return File(relative, relative.parts[0], len(text.splitlines()), functions)


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    total = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is None:
        return total
    docstring = node.body[0]
    return total - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)


def _parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    arguments = node.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return sum(argument.arg not in {"self", "cls"} for argument in named)


def numbers(files: list[File]) -> dict[str, int]:
    """The numbers that may only fall, over the whole package."""
    lengths = sorted(function.lines for file in files for function in file.functions) or [0]
    parameters = [function.parameters for file in files for function in file.functions] or [0]
    return {
        "median function": int(statistics.median(lengths)),
        "90th percentile function": lengths[math.ceil(0.9 * len(lengths)) - 1],
        "longest function": lengths[-1],
        "longest file": max((file.lines for file in files), default=0),
        "most parameters": max(parameters),
        "lines of types.py": _file_lines(files, "types.py"),
        "lines of improve_self": _function_lines(files, "improve_self"),
    }


def _file_lines(files: list[File], name: str) -> int:
    return max((file.lines for file in files if str(file.path) == name), default=0)


def _function_lines(files: list[File], name: str) -> int:
    everything = [function for file in files for function in file.functions]
    return max((f.lines for f in everything if f.where.endswith(f" {name}")), default=0)


def rises(now: Mapping[str, int], recorded: Mapping[str, int]) -> Iterator[str]:
    """One line for each number above what is recorded or above its hard limit."""
    for name, value in now.items():
        limits = [limit[name] for limit in (recorded, HARD_LIMITS) if name in limit]
        if limits and value > min(limits):
            yield f"{name} is {value}; the budget is {min(limits)}"


def lowered(now: Mapping[str, int], recorded: Mapping[str, int]) -> dict[str, int]:
    """The record with every number that fell; a number that rose keeps its old limit."""
    return {name: min(value, recorded.get(name, value)) for name, value in now.items()}


def table(files: list[File]) -> Table:
    """Lines and function lengths, a row for each room."""
    columns = ["files", "lines", "functions", "median", "90th", "longest", "which"]
    shown = Table("room", *columns, title="Complexity budget (lines)")
    for room in [*sorted({file.room for file in files}), "all"]:
        shown.add_row(room, *_row([file for file in files if room in {file.room, "all"}]))
    return shown


def _row(files: list[File]) -> list[str]:
    functions = [function for file in files for function in file.functions]
    longest = max(functions, key=lambda function: function.lines, default=None)
    found = numbers(files)
    lengths = [found[f"{kind} function"] for kind in ("median", "90th percentile", "longest")]
    counts = [len(files), sum(file.lines for file in files), len(functions), *lengths]
    return [*(str(count) for count in counts), longest.where if longest else ""]


@click.command()
@click.option("--lower", is_flag=True, help="Record the numbers that fell.")
def main(*, lower: bool) -> None:
    """Print the complexity of src/successor and fail when a number rose."""
    files = [measured(path, SOURCE) for path in sorted(SOURCE.rglob("*.py"))]
    recorded: dict[str, int] = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {}
    now = numbers(files)
    Console(width=120).print(table(files))
    for name, value in now.items():
        click.echo(f"{name}: {value} (budget {recorded.get(name, '-')})")
    if lower:
        RECORD.write_text(json.dumps(lowered(now, recorded), indent=2) + "\n", "utf-8")
    if broken := list(rises(now, recorded)):
        sys.exit("\n".join(["", *broken, "Shorten it; the budget only falls."]))


if __name__ == "__main__":
    main()
