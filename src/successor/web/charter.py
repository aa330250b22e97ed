"""What a lab's files ask people to sign, shown whole before anybody can."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

from starlette.requests import Request

from successor.director import Standing, sign_charter, standing_of
from successor.errors import UsageError
from successor.insight.visible import visible
from successor.lab import open_lab
from successor.oversight import Charter
from successor.showing.charter import to_sign
from successor.signing import Sign
from successor.web.seat import Seat


def charter(seat: Seat, _: Request) -> dict[str, Any]:
    """How the lab's charter stands, and all that a signature would be under."""
    return _fields(standing_of(seat.folder))


def signed(seat: Seat, shown: str, key: Sign) -> dict[str, Any]:
    """Sign what was shown.

    Args:
        shown: its digest, as the page was told it.

    Raises:
        UsageError: when the files say something else by now, or the key is nobody's who may.
    """
    with open_lab(seat.folder, to_write=False) as lab:
        if _digest(lab.charter) != shown:  # of what will be signed, read once
            raise UsageError("meanwhile the lab's files say something else: read it again")
        return _fields(sign_charter(lab, key))


def _digest(found: Charter | None) -> str:
    """Of all that a signature would be under."""
    content = found.content() if found else None
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _fields(found: Standing) -> dict[str, Any]:
    due = found.now is not None and (found.statement is not None or bool(found.changes))
    lines = [*to_sign(found.now, found.changes)] if found.now and due else []
    law = found.in_force or found.now
    return {
        "due": due,
        "lines": [visible(each) for each in lines],
        "digest": _digest(found.now),
        "changes": visible(found.changes),
        "signed": [visible(key.comment) for key in found.signed],
        "missing": found.missing,
        "people": [visible(each.name) for each in law.rules.people] if law else [],
    }
