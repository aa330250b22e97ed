"""Where the lab could go next, for all who look; the pick of one of them."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request

from successor import director
from successor.errors import UsageError
from successor.lab import record_of
from successor.ledger import picks
from successor.showing.direction import Direction, direction_of
from successor.web.seat import Seat

NOTHING: dict[str, Any] = {
    "goal": "", "goals": [], "near": [], "questions": [], "steps": [], "picked": None,
}  # fmt: skip


def direction(seat: Seat, _: Request) -> dict[str, Any]:
    """Goals, open questions, next steps, and what is picked."""
    found = _now(seat)
    return found.fields() if found else NOTHING


def picked(seat: Seat, told: str, reason: str) -> bool:
    """Pick the step that is told so, of those that are proposed by now; "" takes a pick back.
    Whether it is on record already.

    Raises:
        UsageError: when nothing is on record, or that step is not proposed any more.
    """
    seat.look()
    found = _now(seat)
    if found is None:
        raise UsageError("nothing is on record yet")
    places = [at for at, each in enumerate(found.steps) if each.told == told]
    if told and not places:
        raise UsageError("meanwhile other steps are proposed; look again")
    return director.direct(seat.folder, found.proposed(), next(iter(places), None), reason)


def _now(seat: Seat) -> Direction | None:
    """Made anew, too, when a pick is left for a run to find: no event tells of that."""
    left = picks.left(record_of(seat.folder))
    return seat.follower.view("direction", direction_of, left)
