"""What a person does from the seat: the same functions that the command line calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias, cast

from successor import director, pausing
from successor.director import NOT_SAID
from successor.errors import UnsignedError, UsageError
from successor.insight.visible import visible
from successor.lab import open_lab, record_of
from successor.ledger import Choice, Ledger, require_text
from successor.ledger import Look as Looked
from successor.oversight import stopfile
from successor.showing.proposal import explained, packet_of, told
from successor.signing import Sign, signer
from successor.web import charter
from successor.web.direction import picked
from successor.web.door import Visitor
from successor.web.editing import edited
from successor.web.seat import Seat
from successor.web.starting import start

LONGEST = 2000
"""Signs of a reason."""


@dataclass(frozen=True)
class Wish:
    """What a page sent, each part asked for by its name."""

    content: Mapping[str, object]

    @classmethod
    def of(cls, body: bytes) -> Wish:
        """What was sent.

        Raises:
            UsageError: when it is no object.
        """
        try:
            found: object = json.loads(body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise UsageError("what was sent is no object")
        return cls(cast("dict[str, object]", found))

    def text(self, name: str, default: str = "") -> str:
        """A text without blanks around it.

        Raises:
            UsageError: when it is none, or too long.
        """
        found = self.content.get(name)
        if found is None:
            return default
        if not isinstance(found, str) or len(found) > LONGEST:
            raise UsageError(f"{name}: should be text of at most {LONGEST:,} signs")
        require_text(found, f"{name}:")
        return found.strip() or default


Act: TypeAlias = Callable[[Seat, Visitor, Wish], dict[str, Any]]


def stop(seat: Seat, _: Visitor, wish: Wish) -> dict[str, Any]:
    """Pause the lab; what is at work in it is dead when this returns."""
    found = pausing.stop(seat.folder, wish.text("reason", NOT_SAID), wish.text("until"))
    return {
        **asdict(found.pause),
        "recorded": found.recorded,
        "seconds": round(found.seconds, 3),
        "killed": bool(found.killed),
    }


def resume(seat: Seat, visitor: Visitor, wish: Wish) -> dict[str, Any]:
    """Lift the pause, or raise the stage that a tripwire lowered."""
    reason = _why(wish, "resume")
    signed = _signer(visitor, wish)
    if _only_lowered(seat):
        with open_lab(seat.folder, to_write=False) as lab:
            who = director.restore(lab, reason, signed)
    else:
        who = pausing.resume(seat.folder, reason, signed)
    return {"lifted_by": visible(who), "reason": reason}


def review(seat: Seat, visitor: Visitor, wish: Wish) -> dict[str, Any]:
    """Decide on the candidate that waits, as it was shown to this visitor."""
    choice, expected = _choice(wish), wish.text("candidate")
    told_why = choice in ("reject", "edit")
    reason = _why(wish, choice) if told_why else wish.text("reason", NOT_SAID)
    with open_lab(seat.folder, to_write=False) as lab:
        ledger = lab.parts.ledger
        proposal = ledger.waiting()
        if proposal is None or proposal.candidate.id != expected:
            raise UsageError("meanwhile somebody else decided; look again")
        packet, look = packet_of(ledger, proposal), visitor.look_at(expected)
        if choice == "accept" and packet.left_out and not look.explained:
            left = f"{packet.left_out:,} lines of it were not shown yet"
            raise UsageError(f"{left}: press x to see them")
        shown = told(packet) + (f"\n{explained(packet)}" if look.explained else "")
        looked = Looked(shown, round(look.seconds, 3), look.explained)
        signed = _signer(visitor, wish) if choice == "accept" else None
        files = edited(ledger, proposal, wish.content) if choice == "edit" else None
        director.review(lab, choice, reason, look=looked, files=files, signed=signed)
        waits = ledger.waiting() is not None
        made = [each for each in ledger.decisions() if each.candidate == expected][-1]
    decision = "waiting" if waits else made.outcome
    return {"candidate": expected, "decision": decision, "reason": visible(made.reason)}


def roll_back(seat: Seat, visitor: Visitor, wish: Wish) -> dict[str, Any]:
    """Put an earlier version in charge again."""
    to = wish.text("to") or None
    reason = wish.text("reason", NOT_SAID)
    with Ledger.read(record_of(seat.folder)) as ledger:
        before = ledger.incumbent()  # nothing is begun where nothing is on record
    with open_lab(seat.folder, to_write=False) as lab:
        try:
            made = director.roll_back(lab, to, reason, signed=_signer(visitor, wish))
        except UnsignedError as error:
            return {"version": None, "lacks": visible(str(error))}
        revoked = [*lab.parts.ledger.revoked()]
    return {
        "version": made.version.id if made.version else None,
        "gave_way": before.id if before else None,
        "revoked": revoked,
        "lacks": None,
    }


def direct(seat: Seat, _: Visitor, wish: Wish) -> dict[str, Any]:
    """Pick what the next generation turns to first, of what was proposed to this visitor; nothing
    named takes an earlier pick back.
    """
    reason, told = _why(wish, "pick"), wish.text("told")
    return {"told": told, "recorded": picked(seat, told, reason)}


def run(seat: Seat, _: Visitor, __: Wish) -> dict[str, Any]:
    """Begin a run, as `successor improve` does."""
    return {"run": start(seat.folder, record_of(seat.folder))}


def sign_charter(seat: Seat, visitor: Visitor, wish: Wish) -> dict[str, Any]:
    """Sign what the lab's files say, as it was shown."""
    key = _signer(visitor, wish)
    if key is None:
        raise UsageError("who signs? Unlock a key first")
    return charter.signed(seat, wish.text("digest"), key)


def unlock(_: Seat, visitor: Visitor, wish: Wish) -> dict[str, Any]:
    """Keep a key ready for this visitor; the passphrase is not kept."""
    name, passphrase = wish.text("key"), wish.content.get("passphrase")
    visitor.keys[name] = signer(name, passphrase if isinstance(passphrase, str) else None)
    return {"unlocked": sorted(visitor.keys)}


def lock(_: Seat, visitor: Visitor, __: Wish) -> dict[str, Any]:
    """Forget this visitor's keys."""
    visitor.keys.clear()
    return {"unlocked": []}


ACTS: Mapping[str, Act] = {
    "/api/stop": stop,
    "/api/resume": resume,
    "/api/review": review,
    "/api/rollback": roll_back,
    "/api/direct": direct,
    "/api/run": run,
    "/api/charter": sign_charter,
    "/api/unlock": unlock,
    "/api/lock": lock,
}


def _choice(wish: Wish) -> Choice:
    made: dict[str, Choice] = {
        "accept": "accept", "edit": "edit", "reject": "reject", "later": "later",
    }  # fmt: skip
    try:
        return made[wish.text("choice")]
    except KeyError:
        raise UsageError("choice: should be accept, edit, reject or later") from None


def _why(wish: Wish, what: str) -> str:
    reason = wish.text("reason")
    if not reason:
        raise UsageError(f"why? To {what} takes a reason, for the record")
    return reason


def _signer(visitor: Visitor, wish: Wish) -> Sign | None:
    """The unlocked key that a wish names; None when it names none."""
    name = wish.text("key")
    if name and name not in visitor.keys:
        raise UsageError(f"the key {name!r} is locked: unlock it first")
    return visitor.keys[name] if name else None


def _only_lowered(seat: Seat) -> bool:
    """Whether nothing but a tripwire holds the lab up."""
    record = record_of(seat.folder)
    if stopfile.asked(record) is not None or not (record / "record.sqlite").is_file():
        return False
    with Ledger.read(record) as ledger:
        return ledger.paused is None and ledger.tripped is not None
