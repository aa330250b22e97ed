"""How people stop a lab, and how one of them lets it go on.

All of it goes by the record alone: a lab whose settings are wrong, or whose parts are missing, is
stopped like any other.
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from successor import labfile, policyfile
from successor.director import NOT_SAID, taken_in, with_reason
from successor.errors import SuccessorError, UsageError
from successor.experiment import began_with
from successor.host import user
from successor.lab import record_of
from successor.ledger import Ledger, Paused, as_text, require_text
from successor.ledger.disk import reader_lock, writers
from successor.oversight import (
    Witness,
    adopted,
    automation,
    follow,
    head_of,
    lift_tally,
    stopfile,
    tell,
    witnesses_of,
)
from successor.oversight.approvals import people_who_signed
from successor.oversight.descendants import end, process_of
from successor.resting import to_write
from successor.signing import Envelope, Sign, Statement

WAIT_S = 2.0
"""For so long `stop` waits until nothing writes to the record any more; then it kills what does."""


@dataclass(frozen=True)
class Pausing:
    """What came of a request to stop."""

    pause: Paused
    """The one in force; an earlier one where the lab was paused already."""
    recorded: bool
    """False where nothing is on record yet. No run begins a record before it is lifted."""
    seconds: float
    """Until no process was at work any more."""
    killed: tuple[int, ...] = ()
    """The processes that did not heed it and were killed, with all that came of them."""


def stop(folder: Path, reason: str = stopfile.SAID_NOTHING, condition: str = "") -> Pausing:
    """Let nothing be done in a lab any more until a person lifts it.

    A process of this user that still holds the record after a moment is killed: it cannot look,
    or does not.

    Args:
        reason: kept on record, with the name of the user; beside that of an earlier request.
        condition: what has to be so before it is lifted, for who will.

    Raises:
        UsageError: when the folder is no lab.
        SuccessorError: when a process that cannot be killed still holds the record after a
            moment. The request stays where it is; nothing new begins.
    """
    record, began = record_of(folder), time.monotonic()
    if not (folder / labfile.FILE_NAME).exists() and not record.is_dir():
        told = f"there is no {labfile.FILE_NAME} in it, and no record"
        raise UsageError(f"{folder} is no lab: {told}; nothing was stopped")
    mine = Paused("command", as_text(reason), as_text(condition), user())
    earlier = stopfile.asked(record)
    pause = _beside(earlier, mine) if earlier else mine
    if earlier is None:
        stopfile.ask(record, pause)
    elif pause != earlier:
        with suppress(OSError):  # STOP may be a folder, which stops as well
            stopfile.ask(record, pause)
    if not (record / "record.sqlite").is_file():
        return Pausing(stopfile.asked(record) or pause, recorded=False, seconds=0.0)
    killed = () if _wait(record, began + WAIT_S) else _ended(record / "lock")
    took = time.monotonic() - began
    if began_with(record) is None:
        return Pausing(stopfile.asked(record) or pause, recorded=False, seconds=took, killed=killed)
    try:
        with to_write(record) as ledger:
            stopfile.settle(ledger, stopfile.asked(record) or pause)
            if (held := ledger.paused) and (more := _beside(held.event, mine)) != held.event:
                ledger.pause_for(more, more=True)
            held = ledger.paused
            with suppress(SuccessorError):  # no witness, and no mistake in a file, keeps it going
                witnesses, sign = _followed(ledger)
                for each in witnesses:
                    tell(each, head_of(ledger, sign))
    except UsageError as error:
        told = "is in place and nothing new begins, but it is not on record"
        raise SuccessorError(f"{stopfile.NAME} {told}: {error}") from None
    return Pausing(held.event if held else pause, recorded=True, seconds=took, killed=killed)


def _beside(held: Paused, more: Paused) -> Paused:
    """A pause, with what somebody else says of it."""
    reason, condition = held.reason, held.condition
    if more.reason not in (stopfile.SAID_NOTHING, held.reason) and more.reason not in reason:
        reason = f"{reason}; {more.by}: {more.reason}"
    if more.condition and more.condition not in condition:
        condition = f"{condition} and {more.condition}" if condition else more.condition
    return replace(held, reason=reason, condition=condition)


def lifting(ledger: Ledger) -> Statement | None:
    """What one of the people has to sign to lift the pause; None where nobody has to."""
    found = lift_tally(ledger)
    return found.statement if found else None


def resume(folder: Path, reason: str = NOT_SAID, signed: Sign | Envelope | None = None) -> str:
    """Lift the pause; the name of who did.

    Args:
        reason: kept on record; where one of the people signs, it is signed, too.
        signed: who signs it, or an envelope that was signed elsewhere; needed where a charter
            in force names people.

    Raises:
        UsageError: when nothing is paused, or it needs a signature and this is none that counts.
        RecordError: when a witness knows another past.
    """
    require_text(reason, "the reason")
    record = record_of(folder)
    if began_with(record) is None:
        if stopfile.asked(record) is None:
            raise UsageError(f"{folder} is not paused, and no tripwire lowered its stage")
        stopfile.forget(record)  # nothing has begun yet that a person could have signed for
        return user()
    with to_write(record) as ledger:
        _followed(ledger)
        stopfile.settle(ledger)
        if ledger.paused is None:
            raise UsageError(f"{folder} is not paused, and no tripwire lowered its stage")
        who, reason = _endorsed(ledger, reason, signed)
        stopfile.forget(record)
        ledger.lift(who, reason)
    return who


def alive(folder: Path) -> str:
    """Show that somebody looks after a lab, also while it runs; the name of who did.

    Raises:
        UsageError: when nothing is on record.
    """
    record, who = record_of(folder), user()
    with Ledger.read(record):  # or nothing is there to be looked after
        stopfile.show_life(record, who)
    with reader_lock(record / "lock") as at_rest:
        pass
    if at_rest:
        with to_write(record) as ledger:
            stopfile.settle(ledger)
    return who


def _endorsed(ledger: Ledger, reason: str, signed: Sign | Envelope | None) -> tuple[str, str]:
    """Take in a signature under the lift; the name of whoever signed, and why."""
    statement, law = lifting(ledger), adopted(ledger)
    if statement is None or law is None:
        if signed is not None:
            raise UsageError("no policy.toml in force names people who sign")
        return user(), reason
    machines = {each.public for each in law.charter.rules.machines}
    people = tuple(each.public for each in law.charter.rules.people if each.public not in machines)
    if signed is not None:
        worded, reason = with_reason(statement, reason, signed)
        return taken_in(ledger, worded, signed, people).comment, reason
    worded = statement.because(reason)
    known = people_who_signed(law.charter.rules, worded, ledger.signatures(worded.body))
    if not known:  # a kill may have come between a signature and the lift
        names = ", ".join(each.comment for each in people)
        raise UsageError(f"to lift this needs a signature, of: {names}; give --key NAME")
    return known[0].comment, reason


def _wait(record: Path, deadline: float) -> bool:
    """Whether nothing writes to the record any more."""
    while time.monotonic() < deadline:
        with reader_lock(record / "lock") as at_rest:
            if at_rest:
                return True
        time.sleep(0.02)
    return False


def _ended(lock: Path) -> tuple[int, ...]:
    """Kill what holds the lock of a record, with all that comes of it; who was killed."""
    found = {process_of(number) for number in writers(lock)}
    # Asked again: only what holds it under its number and time of starting is the one.
    held = [each for each in found if each is not None and each.number in writers(lock)]
    return tuple(sorted(each.number for each in held if end(each)))


def _followed(ledger: Ledger) -> tuple[list[Witness], Sign | None]:
    """The lab's witnesses, against which the record holds, and who hear of it from here on; and
    what signs the heads that they hear. Those that people signed are among them whatever the file
    says now.
    """
    folder, law = ledger.folder.parent, adopted(ledger)
    now = policyfile.read(folder)
    signed = law.charter.rules if law else None
    every = (*witnesses_of(folder, signed), *witnesses_of(folder, now))
    witnesses, sign = list(dict.fromkeys(every)), automation(signed or now)
    follow(ledger, witnesses, sign)
    return witnesses, sign
