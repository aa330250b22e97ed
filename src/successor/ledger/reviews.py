"""What waits for a human, and what the human chose: taken once, then on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from successor.errors import SuccessorError, UsageError
from successor.ledger.events import Choice, Reviewed
from successor.ledger.history import History
from successor.ledger.steps import HUMAN, Desk, Generation
from successor.types import Decision, Overseer, Verdict, Version

_CALLED: Mapping[Choice, str] = {"accept": "accepted", "edit": "edited", "reject": "rejected"}


@dataclass(frozen=True)
class Proposal:
    """A candidate that waits for a human, with the evidence."""

    generation: int
    attempt: int
    candidate: Version
    incumbent: Version
    verdict: Verdict


@dataclass(frozen=True)
class Look:
    """What a human saw before choosing, and how long that took."""

    shown: str
    seconds: float
    explained: bool


@dataclass(frozen=True)
class Review:
    """What a human chose."""

    choice: Choice
    by: str
    reason: str
    look: Look | None = None
    """None where nothing was shown here."""
    files: Mapping[str, bytes] | None = None
    """With the choice "edit": every file of what takes the candidate's place."""


def waiting(history: History) -> Proposal | None:
    """The candidate that waits; None when none does."""
    left = history.generation
    if left is None or left.waiting is None or left.opened.incumbent is None:
        return None
    name = left.waiting
    attempt = next(k for k, version in left.written.items() if version and version.id == name)
    candidate, incumbent = history.versions[name], history.versions[left.opened.incumbent]
    verdict = left.judged[name].verdict
    return Proposal(left.opened.generation, attempt, candidate, incumbent, verdict)


def decision_of(history: History, name: str) -> Decision | None:
    """What a human decided on a candidate of the open generation; None as long as nobody has.

    To reject a version holds in later generations too: the very same is not proposed again.
    """
    left = history.generation
    made = left.reviewed.get(name, history.refused.get(name)) if left else None
    if left is None or made is None:
        return None
    outcome = "promoted" if made.choice == "accept" else "rejected"
    found = left.judged[name].verdict.reason
    reason = f"{_CALLED[made.choice]} by {made.by} ({made.reason}): {found}"
    return Decision(name, outcome, reason, made.by)


def take(desk: Desk, review: Review, overseer: Overseer) -> Decision:
    """Put a choice on record, then the decision that the overseer makes of it.

    Raises:
        UsageError: when nothing waits, or what was edited was a candidate before.
    """
    history = desk.journal.history
    proposal = waiting(history)
    if proposal is None or history.generation is None:
        raise UsageError("no candidate waits for a human")
    generation = Generation(desk, proposal.generation, proposal.incumbent)
    look, edited = review.look, None
    if review.files is not None:
        files = {name: desk.objects.write(data) for name, data in review.files.items()}
        edited = generation.version(files, f"{HUMAN} {review.by}")
        _require_new(history, edited, proposal)
    desk.journal.append(
        Reviewed(
            proposal.generation,
            proposal.candidate.id,
            review.choice,
            review.by,
            review.reason,
            round(look.seconds, 3) if look else None,
            explained=look.explained if look else False,
            shown=desk.objects.write(look.shown.encode()) if look else None,
            version=edited,
        )
    )
    if review.choice == "later":
        return history.generation.decided[proposal.candidate.id]
    return generation.decided(proposal.verdict, overseer)


def _require_new(history: History, edited: Version, proposal: Proposal) -> None:
    """Raises UsageError when an edit is what is in charge, what waits, or was a candidate."""
    for same, told in ((proposal.incumbent, "in charge"), (proposal.candidate, "waiting")):
        if edited.files == same.files:
            raise UsageError(f"what was edited is the version that is {told}")
    if edited.id in history.versions:
        raise UsageError("what was edited was a candidate before")
    if not edited.files.keys() == proposal.candidate.files.keys():
        raise SuccessorError("an edit may add and remove no file")
