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

from successor.errors import RecordError, SuccessorError
from successor.ledger.events import KINDS, Event, Examined
from successor.types import Digest, Exam, Slice, Version

if TYPE_CHECKING:
    from pydantic import TypeAdapter

LARGEST_INTEGER = 2**53 - 1
"""JSON numbers are doubles: beyond this, integers would lose digits."""
LONG_NUMBER = re.compile(rb"[:,\[]-?\d{16}")
OTHERWISE = re.compile(r"[:,\[]-?\d[\d.]*(?:e|\.0[,\]}])")
"""Numbers that Python may write in another way than RFC 8785 does; strings that look so, too."""
_sorted_json = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode
E = TypeVar("E")
_FIELDS: dict[type, tuple[str, ...]] = {}
"""The names of what a dataclass holds, for those seen."""


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
    return _canonical(plain)


def is_canonical(body: bytes, found: Envelope[Event]) -> bool:
    """Whether `encode` writes just that body for what was decoded from it."""
    plain = _reader(KINDS[found.kind]).dump_python(found)
    for name in ("stored", "used"):
        if not plain[name]:
            del plain[name]
    text = _sorted_json(plain)
    for end in ",]}":  # a string that holds this is written anew below, as any other doubt
        text = text.replace(f".0{end}", end)
    if text.isascii() and text.encode("ascii") == body and not OTHERWISE.search(text):
        return True
    return encode(found.event, found.time, found.used, found.stored) == body


def _canonical(plain: object) -> bytes:
    """As rfc8785 writes it, which is slow, where Python's own writer may differ from it: in the
    order of names and the refusal of some characters beyond ASCII, and in the form of numbers.
    """
    text = _sorted_json(plain)
    if text.isascii() and not OTHERWISE.search(text):
        return text.encode("ascii")
    return rfc8785.dumps(cast("Any", plain))


def decode(body: bytes) -> Envelope[Event]:
    """The event of a body, and what surrounds it.

    Raises:
        RecordError: when the body is no event, or one that only a newer release knows.
    """
    return _decoded_as_claimed(body) or _decoded(body)


def _decoded_as_claimed(body: bytes) -> Envelope[Event] | None:
    """The event, when the body is written as `encode` writes; anything odd is None."""
    _, _, claimed = body.rpartition(b',"kind":"')
    known = KINDS.get(claimed[: claimed.find(b'"')].decode("ascii", "replace"))
    if known is None or LONG_NUMBER.search(body):
        return None
    try:
        found = _reader(known).validate_json(body, strict=True)
    except ValueError:
        return None
    return found if found.kind == known.__name__ and found.schema <= known.schema else None


def _decoded(body: bytes) -> Envelope[Event]:
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
    """The name of a version: the digest of all that it is."""
    content = {"files": dict(files), "parents": list(parents), "author": author}
    return sha256(_canonical(content)).hexdigest()


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
    kind = type(value)
    if kind is str or kind is bool or value is None:  # most are, and `match` asks slowly
        return value
    if kind in _FIELDS:
        return {name: _plain(getattr(value, name), f"{where}.{name}") for name in _FIELDS[kind]}
    return _plain_otherwise(value, where)


def _plain_otherwise(value: object, where: str) -> object:
    match value:
        case bool() | str():
            return value
        case Integral():
            return _checked_integer(int(value), where)
        case Real():
            number = float(value)
            if not math.isfinite(number):
                raise SuccessorError(f"{where} is {number}: only finite numbers can be recorded")
            whole = number.is_integer() and abs(number) <= LARGEST_INTEGER
            return int(number) if whole else number  # which RFC 8785 writes alike
        case Mapping():
            items = cast("Mapping[object, object]", value).items()
            return {str(key): _plain(item, f"{where}.{key}") for key, item in items}
        case list() | tuple():
            items = cast("list[object]", value)
            return [_plain(item, f"{where}[{index}]") for index, item in enumerate(items)]
        case _ if dataclasses.is_dataclass(value):
            _FIELDS[type(value)] = tuple(each.name for each in dataclasses.fields(value))
            return _plain(value, where)
        case _:
            raise SuccessorError(f"{where} is a {type(value).__name__}, which cannot be recorded")


def _checked_integer(number: int, where: str) -> int:
    if abs(number) > LARGEST_INTEGER:
        raise SuccessorError(f"{where} is {number}: integers up to 2**53 - 1 can be recorded")
    return number


def _parsed(body: bytes) -> object:
    try:
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
