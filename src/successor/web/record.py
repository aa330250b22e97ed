"""The record itself: its events, its head, and whether all of it verifies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, cast

from starlette.requests import Request

from successor.insight.visible import visible
from successor.lab import record_of
from successor.ledger import Entry, Event, Ledger, audit
from successor.oversight import lawfulness
from successor.showing.following import Sight
from successor.web.review import whole
from successor.web.seat import Seat

MOST = 200
"""Events in one answer."""
LONG = 160
"""Signs of an event that are shown."""


def events(seat: Seat, request: Request) -> dict[str, Any]:
    """Events from the newest on, or from before one."""
    sight = seat.follower.see()
    if sight is None:
        return {"events": [], "total": 0, "head": "", "record": ""}
    before = whole(request, "before") or sight.taken + 1
    found = sight.ledger.entries()[max(0, before - 1 - MOST) : before - 1]
    return {
        "events": [_told(each) for each in reversed(found)],
        "total": sight.taken,
        "head": sight.ledger.head.root,
        "record": sight.ledger.identity,
    }


def _told(entry: Entry[Event]) -> dict[str, Any]:
    told = visible(_short(entry.event))
    shown = told if len(told) <= LONG else f"{told[:LONG]}..."
    return {"seq": entry.seq, "time": entry.time, "kind": type(entry.event).__name__, "told": shown}


def _short(value: object) -> str:
    """What an event says, in a line; ids by their beginning."""
    if is_dataclass(value):
        parts = ((each.name, getattr(value, each.name)) for each in fields(value))
        return ", ".join(f"{name} {_short(part)}" for name, part in parts if part not in (None, ""))
    if isinstance(value, str):
        return value[:8] if len(value) == 64 and value.isalnum() else value
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping):
        return f"{len(cast('Mapping[str, object]', value))} entries"
    if isinstance(value, tuple):
        return f"{len(cast('tuple[object, ...]', value))} parts"
    return str(value)


def audited(seat: Seat, _: Request) -> dict[str, Any]:
    """Verify every event and object, and hold every promotion against the rules. It may take a
    while; what was found holds for the record as it is now.
    """
    sight = seat.follower.see()
    if sight is None:
        return {"verified": None, "problem": None}
    return seat.once(f"audit {sight.ledger.head.root}", lambda: _audit(seat, sight))


def _audit(seat: Seat, sight: Sight) -> dict[str, Any]:
    record = record_of(seat.folder)
    report, lawful = audit(record), None
    problem = report.problem
    if problem is None:
        with Ledger.read(record) as ledger:
            lawful = lawfulness(ledger)
        problem = lawful.problem
    return {
        "verified": problem is None,
        "problem": visible(problem) if problem else None,
        "events": report.events,
        "objects": report.objects,
        "head": report.head.root,
        "signed": lawful.signed if lawful else None,
        "charters": lawful.charters if lawful else None,
        "pauses": [visible(each) for each in lawful.pauses] if lawful else [],
        "of": sight.taken,
    }
