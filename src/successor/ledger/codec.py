"""Events to canonical JSON (RFC 8785) and back, and the scores of an exam to an object and back.

The bytes on record are the event: they are what is hashed, and reading them back must give
the same event, or nothing.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import rfc8785

from successor.errors import RecordError, SuccessorError, UsageError
from successor.ledger.events import KINDS, Event, Examined
from successor.types import Digest, Exam, Slice, Version

if TYPE_CHECKING:
    from pydantic import TypeAdapter

LARGEST_INTEGER = 2**53 - 1
"""JSON numbers are doubles: beyond this, integers would lose digits."""
LONG_NUMBER = re.compile(rb"\d{16}")
HALVES = re.compile("[\ud800-\udfff]")
"""Halves of characters (lone surrogates): what is not UTF-8, as Python holds it."""
E = TypeVar("E")
T = TypeVar("T")


@dataclass(frozen=True)
class Envelope(Generic[E]):
    """What surrounds every event on record."""

    kind: str
    schema: int
    time: float
    event: E
    used: Mapping[str, float] = field(default_factory=dict[str, float])
    """Left out where nothing was measured."""
    stored: tuple[Digest, ...] = ()
    """Left out where nothing was."""


def encode(
    event: Event,
    time: float,
    used: Mapping[str, float] | None = None,
    stored: Sequence[Digest] = (),
) -> bytes:
    """The event's body, with what was used and stored by then.

    Raises:
        SuccessorError: when it holds what JSON cannot keep, such as NaN; the text says where.
    """
    kind = type(event).__name__
    plain = {"kind": kind, "schema": event.schema, "time": time, "event": _plain(event, kind)}
    if used:
        plain["used"] = _plain(used, "used")
    if stored:
        plain["stored"] = list(stored)
    return rfc8785.dumps(cast("Any", plain))


def decode(body: bytes) -> Envelope[Event]:
    """The event of a body, and what surrounds it.

    Raises:
        RecordError: when the body is no event, or one that only a newer release knows.
    """
    parsed = _parsed(body)
    kind, schema = _kind_and_schema(parsed)
    known = KINDS.get(kind)
    if known is None or schema > known.schema:
        raise RecordError(f"{kind!r} in schema {schema} is unknown: upgrade Successor to read it")
    try:
        text = json.dumps(parsed) if LONG_NUMBER.search(body) else body
        envelope = _reader(known).validate_json(text, strict=True)
    except ValueError as error:
        raise RecordError(f"not a valid {kind}: {' '.join(str(error).split())[:200]}") from None
    return envelope


def kind_of(body: bytes) -> str:
    """The kind that a body claims to be, as far as it can be made out, for messages."""
    try:
        return _kind_and_schema(_parsed(body))[0]
    except RecordError:
        return "unreadable"


def version_id(files: Mapping[str, Digest], parents: tuple[Digest, ...], author: str) -> Digest:
    """The name of a version: the digest of all that it is.

    Raises:
        SuccessorError: when a name in it is not UTF-8.
    """
    content = {"files": dict(files), "parents": list(parents), "author": author}
    return sha256(rfc8785.dumps(cast("Any", _plain(content, "version")))).hexdigest()


def has_its_own_id(version: Version) -> bool:
    """Whether a version's id is the digest of its content."""
    return version.id == version_id(version.files, version.parents, version.author)


def encode_scores(exam: Exam) -> bytes:
    """The score of every item, one array per slice.

    Raises:
        SuccessorError: when a score is not in [0, 1].
    """
    for part in exam.slices:
        for index, score in enumerate(part.scores):
            if not 0.0 <= score <= 1.0:
                raise SuccessorError(
                    f"the exam scores item {index} of {part.name!r} {score}: scores are in [0, 1]"
                )
    scores = [[float(score) for score in part.scores] for part in exam.slices]
    return json.dumps(scores, allow_nan=False, separators=(",", ":")).encode()


def decode_exam(event: Examined, scores: bytes) -> Exam:
    """The whole exam, from its event and its object of scores.

    Raises:
        RecordError: when the two do not fit together.
    """
    try:
        rows = [tuple(float(score) for score in row) for row in json.loads(scores)]
    except (ValueError, TypeError):
        rows = []
    if [len(row) for row in rows] != [tally.items for tally in event.slices]:
        raise RecordError(f"object {event.scores} does not hold the scores of its exam")
    slices = (Slice(t.name, t.size, row) for t, row in zip(event.slices, rows, strict=True))
    return Exam(event.version, event.draw, tuple(slices), event.figures)


def _plain(value: object, where: str) -> object:
    """The value as JSON can hold it; numbers of other libraries become Python's own."""
    match value:
        case None | bool() | str():
            return _checked_text(value, where)
        case Integral():
            return _checked_integer(int(value), where)
        case Real():
            number = float(value)
            if not math.isfinite(number):
                raise SuccessorError(f"{where} is {number}: only finite numbers can be recorded")
            return number
        case Mapping():
            items = cast("Mapping[object, object]", value).items()
            return {_named(key, where): _plain(each, f"{where}.{key}") for key, each in items}
        case list() | tuple():
            items = cast("list[object]", value)
            return [_plain(item, f"{where}[{index}]") for index, item in enumerate(items)]
        case _ if dataclasses.is_dataclass(value):
            names = (each.name for each in dataclasses.fields(value))
            return {name: _plain(getattr(value, name), f"{where}.{name}") for name in names}
        case _:
            raise SuccessorError(f"{where} is a {type(value).__name__}, which cannot be recorded")


def is_text(text: str) -> bool:
    """Whether the record can hold a text: what is not UTF-8 it cannot."""
    return HALVES.search(text) is None


def as_text(text: str) -> str:
    """A text as the record can hold it, with a sign in place of what is not UTF-8."""
    return HALVES.sub("\N{REPLACEMENT CHARACTER}", text)


def require_text(text: str, what: str) -> None:
    """Raises UsageError when the record cannot hold a text."""
    if not is_text(text):
        raise UsageError(f"{what} {text!a} is not UTF-8")


def _named(key: object, where: str) -> str:
    return _checked_text(str(key), where)


def _checked_text(value: T, where: str) -> T:
    if isinstance(value, str) and not is_text(value):
        raise SuccessorError(f"{where} is {value!a}: only UTF-8 can be recorded")
    return value


def _checked_integer(number: int, where: str) -> int:
    if abs(number) > LARGEST_INTEGER:
        raise SuccessorError(f"{where} is {number}: integers up to 2**53 - 1 can be recorded")
    return number


def _parsed(body: bytes) -> object:
    try:
        # A reader of its own is made for `parse_int`, which only long numbers need.
        if LONG_NUMBER.search(body) is None:
            return json.loads(body)
        return json.loads(body, parse_int=_integer_or_double)
    except (ValueError, RecursionError):
        raise RecordError("it is no JSON") from None


def _integer_or_double(digits: str) -> int | float:
    # RFC 8785 writes a double such as 1e20 without a point; no integer so large is recorded.
    number = int(digits)
    return number if abs(number) <= LARGEST_INTEGER else float(digits)


def _kind_and_schema(parsed: object) -> tuple[str, int]:
    match parsed:
        case {"kind": str(kind), "schema": int(schema)}:
            return kind, schema
        case _:
            raise RecordError("it is no event")


@cache
def _reader(kind: type[Event]) -> TypeAdapter[Envelope[Event]]:
    # Imported late: pydantic takes longer to import than the rest of the ledger together.
    from pydantic import TypeAdapter

    envelope: Any = Envelope
    return TypeAdapter(envelope[kind])
