"""A candidate that a person changes before it is judged anew: one file at a time, as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from successor.errors import UsageError
from successor.insight.visible import hidden, visible
from successor.ledger import Ledger, Proposal
from successor.showing.proposal import editable, whole
from successor.web.seat import Seat

LONGEST_BYTES = 24 * 1024
"""Of a file that is edited here: every sign of it may be spelled twice as long on its way back."""


def texts(seat: Seat, _: Request) -> dict[str, Any]:
    """The files of what waits that can be edited here, whole; and how many cannot."""
    sight = seat.follower.see()
    proposal = sight.ledger.waiting() if sight else None
    if sight is None or proposal is None:
        return {"candidate": None, "files": [], "left_out": 0}
    found = editable(sight.ledger, proposal)
    shown = [
        {"place": place, "name": visible(name), "text": text}
        for place, (name, text) in enumerate(found.items())
        if _is_plain(text)
    ]
    left_out = len(found) - len(shown)
    return {"candidate": proposal.candidate.id, "files": shown, "left_out": left_out}


def edited(ledger: Ledger, proposal: Proposal, wish: Mapping[str, object]) -> dict[str, bytes]:
    """Every file of a candidate, with the one that a page sent in its place.

    Raises:
        UsageError: when it is none that was shown, or is as it was.
    """
    found, place, text = editable(ledger, proposal), wish.get("place"), wish.get("text")
    names = [*found]
    if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < len(names):
        raise UsageError("place: should be that of a file of this candidate")
    if not isinstance(text, str) or len(text.encode(errors="replace")) > LONGEST_BYTES:
        raise UsageError(f"text: should be text of at most {LONGEST_BYTES:,} bytes")
    name = names[place]
    if not _is_plain(found[name]) or not _is_plain(text):
        raise UsageError("signs that hide or pose as others: edit it at the command line")
    if text == found[name]:
        raise UsageError("nothing was changed")
    return whole(ledger, proposal, {name: text})


def _is_plain(text: str) -> bool:
    """Whether a page shows all that is in it, and gives it back as it was."""
    return (
        len(text.encode(errors="replace")) <= LONGEST_BYTES
        and "\r" not in text
        and not hidden(text.replace("\t", " "))
    )
