"""Rows of runs: JSON lines, CSV and TSV, read one at a time."""

from __future__ import annotations

import csv
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO, cast

from successor.errors import UsageError
from successor.insight.horizon.runs import Run, Runs

LONGEST = 1 << 24
"""Characters of a line; a file whose lines are longer is no table of runs."""
AGENT = ("alias", "agent", "model")
TASK = ("task_id", "task")
FAMILY = ("task_family", "family")
SIZE = ("human_minutes", "size", "difficulty")
SCORE = ("score_binarized", "score", "success")
HACK = ("reward_hack", "reward_hacked", "reward_hacking", "hacked", "hack", "cheated")
RELEASED = ("release_date", "released")
_EIGHT = re.compile(r"(19\d\d|20\d\d|2100)\d{4}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?!\d)", re.ASCII)
_TRUE, _FALSE = frozenset({"1", "true", "yes"}), frozenset({"", "0", "false", "no"})


@dataclass(frozen=True)
class Columns:
    """What to read from a row; the usual names where nothing is said."""

    size: str | None = None
    score: str | None = None
    hack: str | None = None
    unit: str | None = None

    def unit_of(self) -> str:
        """What to call the unit of sizes."""
        named = self.size or SIZE[0]
        return self.unit or ("minutes" if named == SIZE[0] else named.replace("_", " "))


def read_rows(path: Path, columns: Columns, runs: Runs) -> None:
    """Take in a file of rows, in memory that does not grow with their number.

    Raises:
        UsageError: naming the line that is wrong, and how.
    """
    before = runs.total
    rows_in(path, lambda row: runs.add(run_of(row, columns)))
    if runs.total == before:
        raise UsageError(f"{path}: no runs in it")


def rows_in(path: Path, take: Callable[[Mapping[str, object]], None]) -> None:
    """Hand on every row of a file; a ValueError that comes of it is the user's.

    Raises:
        UsageError: naming the line that is wrong, and how.
    """
    with reading(path) as file:
        rows = _json_lines(file) if path.suffix in {".jsonl", ".ndjson"} else _table(file, path)
        try:
            for number, row in rows:
                try:
                    take(row)
                except ValueError as error:
                    raise _LineError(str(error), number) from None
        except _LineError as error:
            raise UsageError(f"{path}, line {error.number}: {error}") from None


class _LineError(ValueError):
    """A line that is no run; it knows its number."""

    def __init__(self, told: str, number: int) -> None:
        super().__init__(told)
        self.number = number


@contextmanager
def reading(path: Path) -> Generator[IO[str]]:
    """A file of UTF-8 text.

    Raises:
        UsageError: when it cannot be read, or is no text.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield file
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: no UTF-8 text (byte {error.start} of a block)") from None
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from None


def run_of(row: Mapping[str, object], columns: Columns) -> Run:
    """A row as a run.

    Raises:
        ValueError: naming what is missing or wrong.
    """
    agent = _name(_required(row, AGENT), AGENT)
    size = _number(row, (columns.size,) if columns.size else SIZE)
    named = _first(row, TASK)
    # Who names no tasks has one for each size.
    task = f"{size:g}" if named is None else _name(named, TASK)
    family = _first(row, FAMILY)
    return Run(
        agent,
        task,
        task if family is None else _name(family, FAMILY),
        size,
        _number(row, (columns.score,) if columns.score else SCORE, truth=True),
        _marked(row, columns.hack),
        day(_first(row, RELEASED)),
    )


def day(value: object) -> date | None:
    """A date as files spell it; None for none.

    Raises:
        ValueError: when it is something else.
    """
    match value:
        case None | "":
            return None
        case datetime():
            return value.date()
        case date():
            return value
        case str():
            found = compact(value)
            if found or (found := _spelled(value.strip())):
                return found
        case int():
            if found := compact(value):
                return found
        case _:
            pass
    raise ValueError(f"release date {value!r}: should be like 2025-02-24")


def compact(value: object) -> date | None:
    """A date of eight digits, such as 20250224, of 1900 to 2100; None for any other."""
    text = str(value).strip()
    if isinstance(value, bool) or not _EIGHT.fullmatch(text):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def _spelled(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date() if _DAY.match(text) else None
    except ValueError:
        return None


def _json_lines(file: IO[str]) -> Iterator[tuple[int, Mapping[str, object]]]:
    number = 0
    while text := file.readline(LONGEST):
        number += 1
        if len(text) == LONGEST:
            raise _LineError("longer than any row of runs: is it JSON lines?", number)
        if not text.strip():
            continue
        try:
            row: object = json.loads(text, object_pairs_hook=_once)
        except _TwiceError as error:
            raise _LineError(str(error), number) from None
        except (ValueError, RecursionError) as error:
            raise _LineError(f"no JSON: {error}", number) from None
        if not isinstance(row, dict):
            raise _LineError("should be one JSON object", number)
        yield number, cast("dict[str, object]", row)


class _TwiceError(ValueError):
    """Two values of one name."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _TwiceError(f"{_twice([name for name, _ in pairs])!r} stands in it twice")
    return found


def _twice(names: Sequence[str]) -> str | None:
    """A name that is there more than once."""
    return next((name for name, many in Counter(names).items() if many > 1), None)


def _table(file: IO[str], path: Path) -> Iterator[tuple[int, Mapping[str, object]]]:
    rows = csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ",")
    try:
        if not rows.fieldnames:
            raise _LineError("no heading", 1)
        if named := _twice(rows.fieldnames):
            raise _LineError(f"two columns are called {named!r}", 1)
        for row in rows:
            if None in row or None in row.values():
                raise _LineError(f"should have {len(rows.fieldnames)} values", rows.line_num)
            yield rows.line_num, {name: value for name, value in row.items() if value != ""}
    except csv.Error as error:
        raise _LineError(str(error), rows.line_num) from None


def _first(row: Mapping[str, object], names: tuple[str, ...]) -> object:
    return next((row[name] for name in names if row.get(name) is not None), None)


def _required(row: Mapping[str, object], names: tuple[str, ...]) -> object:
    value = _first(row, names)
    if value is None:
        raise ValueError(f"no {' or '.join(names)}; it has {', '.join(sorted(row)) or 'nothing'}")
    return value


def _name(value: object, names: tuple[str, ...]) -> str:
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise ValueError(f"{' or '.join(names)} is {value!r}: should be text")  # noqa: TRY004 - of a file
    if "\0" in (told := str(value)):
        raise ValueError(f"{' or '.join(names)} is {value!r}: no name has a NUL in it")
    return told


def decimal(value: object) -> float:
    """A number as files spell it: no `true`, and no `1_000`, which only Python reads.

    Raises:
        ValueError: when it is none, or not finite.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str) or "_" in str(value):
        raise ValueError
    try:
        number = float(value)
    except OverflowError:
        raise ValueError from None
    if not math.isfinite(number):
        raise ValueError
    return number


def _number(row: Mapping[str, object], names: tuple[str, ...], *, truth: bool = False) -> float:
    value = _required(row, names)
    if truth and (known := {"true": 1.0, "false": 0.0}.get(str(value).lower())) is not None:
        return known
    try:
        return decimal(value)
    except ValueError:
        pass
    raise ValueError(f"{' or '.join(names)} is {value!r}: should be a number")


def _marked(row: Mapping[str, object], name: str | None) -> bool:
    if name is not None and name not in row:
        return False
    value = _first(row, (name,) if name else HACK)
    if isinstance(value, bool):
        return value
    told = str("" if value is None else value).strip().lower()
    if told in _TRUE | {"1.0"}:
        return True
    if told in _FALSE | {"0.0"}:
        return False
    raise ValueError(f"{name or 'hack'} is {value!r}: should be true or false")
