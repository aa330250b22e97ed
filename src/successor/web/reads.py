"""What the pages ask for. Text of a record leaves here with all of it to be seen."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from typing import Any, TypeAlias

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from successor.lab import record_of
from successor.ledger.store import opened_to_read, rows
from successor.signing import public_keys
from successor.signing.keys import is_locked
from successor.web import charter, curves, direction, editing, futures, record, review, versions
from successor.web.door import visitor_of
from successor.web.seat import Seat

Read: TypeAlias = Callable[[Seat, Request], Any]


def here(seat: Seat, request: Request) -> dict[str, Any]:
    """What a page needs before anything else."""
    return {
        "lab": seat.name,
        "folder": str(seat.folder),
        "read_only": seat.read_only,
        **keys(seat, request),
    }


def keys(seat: Seat, request: Request) -> dict[str, Any]:
    """Keys that are kept on this machine, by name; no more of them than that."""
    found = [] if seat.read_only else [*public_keys()]
    return {
        "keys": [{"name": name, "locked": is_locked(name)} for name in found],
        "unlocked": sorted(visitor_of(request).keys),
    }


def now(seat: Seat, _: Request) -> dict[str, Any]:
    """What the lab is at."""
    return seat.now()


async def live(seat: Seat, _: Request) -> Response:
    """The same, again and again, as server-sent events."""

    async def told() -> AsyncGenerator[str]:
        yield "retry: 1000\n\n"
        async for each in seat.news():
            yield ": still here\n\n" if each is None else f"event: now\ndata: {_json(each)}\n\n"

    return StreamingResponse(told(), media_type="text/event-stream")


def _json(found: object) -> str:
    return json.dumps(found, allow_nan=False, separators=(",", ":"))


def export(seat: Seat, _: Request) -> Response:
    """Every event as a line of JSON, byte by byte as it was hashed."""
    folder = record_of(seat.folder)

    def lines() -> Iterator[bytes]:
        with opened_to_read(folder) as connection:
            for row in rows(connection):
                yield row.body + b"\n"

    headers = {"content-disposition": 'attachment; filename="events.jsonl"'}
    return StreamingResponse(lines(), media_type="application/x-ndjson", headers=headers)


READS: Mapping[str, Read] = {
    "/api/here": here,
    "/api/keys": keys,
    "/api/now": now,
    "/api/review": review.waiting,
    "/api/review/lines": review.lines,
    "/api/review/texts": editing.texts,
    "/api/charter": charter.charter,
    "/api/lineage": versions.lineage,
    "/api/version": versions.version,
    "/api/version/lines": versions.lines,
    "/api/curves": curves.curves,
    "/api/futures": futures.futures,
    "/api/futures/others": futures.others,
    "/api/world": futures.world,
    "/api/direction": direction.direction,
    "/api/events": record.events,
    "/api/audit": record.audited,
}
