"""The candidate that waits, as `successor review` shows it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from starlette.requests import Request

from successor.director import approval_of
from successor.insight.difference import shown, tallied
from successor.insight.visible import visible
from successor.ledger import Proposal
from successor.oversight import adopted
from successor.showing.following import Sight
from successor.showing.proposal import FILES, LONGEST, Packet, packet_of
from successor.types import Verdict
from successor.web.door import visitor_of
from successor.web.seat import Seat

MOST_LINES = 2000
"""Of a difference, in one answer."""


@dataclass(frozen=True)
class Shown:
    """A candidate with its difference, line by line."""

    packet: Packet
    lines: tuple[str, ...]
    people: tuple[str, ...]
    """Who may sign; empty where nobody has to."""


def waiting(seat: Seat, request: Request) -> dict[str, Any]:
    """What waits, with its evidence; the difference as far as `review` shows it unasked."""
    found = _shown(seat)
    if found is None:
        return {"candidate": None}
    look = visitor_of(request).look_at(found.packet.proposal.candidate.id)
    return {**_fields(found), "explained": look.explained}


def lines(seat: Seat, request: Request) -> dict[str, Any]:
    """More of the difference; whoever asks for what was left out has asked for all of it."""
    found, begin = _shown(seat), whole(request, "from")
    if found is None:
        return {"lines": [], "total": 0}
    if begin + MOST_LINES > LONGEST:
        visitor_of(request).look_at(found.packet.proposal.candidate.id).explained = True
    return {"lines": found.lines[begin : begin + MOST_LINES], "total": len(found.lines)}


def whole(request: Request, name: str) -> int:
    """A number of a query; 0 where it is none."""
    told = request.query_params.get(name, "0")
    return int(told) if told.isdecimal() and len(told) < 12 else 0


def _shown(seat: Seat) -> Shown | None:
    """Made once, and outside the lock that others wait for: a difference may be long."""
    sight = seat.follower.see()
    proposal = sight.ledger.waiting() if sight else None
    if sight is None or proposal is None:
        return None
    return seat.once(f"review {sight.ledger.head.root}", lambda: _read(sight, proposal))


def _read(sight: Sight, proposal: Proposal) -> Shown:
    packet = packet_of(sight.ledger, proposal)
    law = adopted(sight.ledger)
    asked = approval_of(sight.ledger)
    people = [each.name for each in law.charter.rules.people] if law and asked else []
    return Shown(packet, tuple(shown(packet.changes)), tuple(map(visible, people)))


def _fields(found: Shown) -> dict[str, Any]:
    packet, proposal = found.packet, found.packet.proposal
    verdict, caution = proposal.verdict, packet.caution
    lists = {
        "tripwires": caution.tripwires,
        "near_misses": caution.near_misses,
        "hidden": caution.hidden,
        "author_changes": caution.author_changes,
        "summary": caution.summary,
        "tried": packet.tried,
        "signatures": [each.told() for each in packet.signatures],
    }
    return {
        "candidate": proposal.candidate.id,
        "incumbent": proposal.incumbent.id,
        "generation": proposal.generation,
        "author": visible(proposal.candidate.author),
        "lines": found.lines[:LONGEST],
        "total": len(found.lines),
        "left_out": packet.left_out,
        "files": _files(packet),
        "files_left_out": max(0, len(packet.changes) - FILES),
        "verdict": evidence(verdict),
        "uncertainty": visible(caution.uncertainty),
        "lowered": None if caution.lowered is None else visible(caution.lowered),
        **{name: [visible(each) for each in told] for name, told in lists.items()},
        "slices": [
            {"slice": visible(each.slice), "candidate": each.candidate, "incumbent": each.incumbent}
            for each in packet.standings
        ],
        "course": [
            {"question": visible(each.question), "items": each.items, "told": visible(each.told)}
            for each in packet.batches
        ],
        "contract": {
            visible(name): [visible(each) for each in told]
            for name, told in packet.contract.items()
        },
        "seconds": packet.seconds,
        "evaluations": packet.evaluations,
        "people": list(found.people),
    }


def _files(packet: Packet) -> list[dict[str, Any]]:
    named: list[dict[str, Any]] = []
    for change in islice(packet.changes, FILES):
        added, removed = tallied(change)
        named.append({"name": visible(change.name), "added": added, "removed": removed})
    return named


def evidence(verdict: Verdict) -> dict[str, Any]:
    """What a verdict rests on."""
    return {
        "outcome": verdict.outcome,
        "reason": visible(verdict.reason),
        "e_value": verdict.e_value,
        "threshold": verdict.threshold,
        "effect": verdict.effect,
        "interval": list(verdict.interval),
        "items": verdict.items,
        "regressions": [visible(each) for each in verdict.regressions],
        "tripwires": [visible(each) for each in verdict.tripwires],
    }
