"""Settings tables of a lab file, checked by the part that owns them; every mistake in one form.

[author] stratgy = 'agree': no such key; did you mean 'strategy'?
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, to_jsonable_python

from successor.errors import UsageError

T = TypeVar("T")
Defaults = dict[str, dict[str, object]]
"""By table and key, as JSON values, what holds where a lab says nothing."""
LONGEST_SHOWN = 80
"""Characters of a wrong value that are shown."""
_UNKNOWN = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
_MISSING = frozenset({"missing", "missing_argument"})
_noted: ContextVar[Defaults | None] = ContextVar("noted", default=None)


def validated(kind: type[T], table: str, settings: Mapping[str, object]) -> T:
    """The settings as the given dataclass.

    Raises:
        UsageError: naming the first key that is wrong, and what was expected there.
    """
    fields: Mapping[str, FieldInfo] = getattr(kind, "__pydantic_fields__", {})
    if (noted := _noted.get()) is not None:
        noted.setdefault(table, _defaults(fields))  # an author's own authors come after it
    try:
        # By way of JSON, where lists may become tuples and yet "8" does not become 8.
        return TypeAdapter(kind).validate_json(json.dumps(dict(settings), default=str), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(mistake(table, first["loc"], first, [*fields])) from None


def require_able(part: object, methods: Sequence[str], told: str) -> None:
    """Make sure that a part of a lab can do what another one will ask of it.

    Raises:
        UsageError: with what is told, when it lacks a method.
    """
    if not all(callable(getattr(type(part), name, None)) for name in methods):
        raise UsageError(told)


@contextmanager
def noting_defaults() -> Generator[Defaults]:
    """The defaults of all tables that are validated meanwhile."""
    noted: Defaults = {}
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


def mistake(
    table: str, place: Sequence[int | str], error: ErrorDetails, known: Sequence[str]
) -> str:
    """What is wrong with a setting, in a line.

    Args:
        table: that it is in.
        place: the key, then the way into its value; nothing for the table as a whole.
        error: what was found.
        known: keys that the table may have.
    """
    told = re.sub(r"^\w+ should ", "should ", error["msg"].removeprefix("Value error, "))
    told = re.sub(r"a valid tuple", "a list", told)
    told = re.sub(r"a valid dictionary or instance of \w+", "a table", told)
    if not place:
        return f"[{table}] {told}"
    if isinstance(error["input"], float) and math.isnan(error["input"]):
        told = "should be a number"
    key = f"{place[0]}" + "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in place[1:])
    if error["type"] in _MISSING:
        return f"[{table}] {key}: missing; it is required"
    if error["type"] in _UNKNOWN:
        return f"[{table}] {key} = {shown(error['input'])}: {no_such('key', key, known)}"
    if not told.startswith("should "):
        told = f"should be {told}"
    return f"[{table}] {key} = {shown(error['input'])}: {told}"


def no_such(what: str, word: str, known: Sequence[str]) -> str:
    """That a word is unknown, and which one may be meant."""
    return f"no such {what}; {did_you_mean(word, known)}"


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """The known word nearest to `word`, or all of them when none is near."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"known: {', '.join(sorted(known)) or 'none'}"


def shown(value: object) -> str:
    """A wrong value as TOML spells it, as far as it fits a line."""
    told = str(value).lower() if isinstance(value, bool) else repr(value)
    return told if len(told) <= LONGEST_SHOWN else f"{told[: LONGEST_SHOWN - 3]}..."


def _defaults(fields: Mapping[str, FieldInfo]) -> dict[str, object]:
    found: dict[str, Any] = {
        name: field.get_default(call_default_factory=True)
        for name, field in fields.items()
        if not field.is_required()
    }
    return to_jsonable_python(found)
