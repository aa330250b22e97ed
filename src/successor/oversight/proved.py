"""Was every version that took over proved, and promoted by the rules? Asked as it was decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from successor.ledger import (
    Decided,
    Entry,
    GenerationClosed,
    GenerationOpened,
    Judged,
    RolledBack,
    SessionStarted,
    Written,
)
from successor.ledger.history import History
from successor.ledger.kernel import kernel_digest
from successor.ledger.reviews import decision_of
from successor.oversight.policy import Policy, Stage, decisive
from successor.types import Decision, Digest, Verdict

if TYPE_CHECKING:
    from successor.ledger import Event


def stage_of(settings: Mapping[str, Mapping[str, object]]) -> Stage:
    """The stage at which a session ran."""
    return cast("Stage", settings.get("lab", {}).get("stage", 4))


class Proofs:
    """The record as it was before each event, and what was found of the candidates by then."""

    def __init__(self) -> None:
        self._before = History()
        self._session: SessionStarted | None = None
        self._found: dict[Digest, Verdict | None] = {}
        """Of each candidate of the generation what was found since it was written."""
        self._left: Digest | None = None
        """A candidate with a tripwire that nobody decided on when its generation was closed."""

    def take(self, entry: Entry[Event]) -> str | None:
        """What is wrong with the next event; None when nothing is.

        The first version has to be better than nothing. Any other that is promoted was written
        and then judged in this generation, against the version in charge, and passes every rule
        of the policy. What set off a tripwire is quarantined, unless the ledger held it back.
        """
        told = self._told(entry.event)
        self._before.add(entry)
        return told

    def _told(self, event: Event) -> str | None:
        match event:
            case SessionStarted() as started:
                self._session = started
            case GenerationOpened():
                self._found.clear()
                return self._dropped()
            case Written(version=version) if version is not None:
                self._found[version.id] = None
            case Judged(verdict=verdict) if verdict.candidate in self._found:
                self._found[verdict.candidate] = verdict
            case Decided(decision=made):
                return self._decided(made)
            case GenerationClosed():
                self._left = next(iter(self._undecided()), None)
            case RolledBack():
                self._left = None  # a rollback ends a generation wherever it is
            case _:
                pass
        return None

    def _decided(self, made: Decision) -> str | None:
        if made.outcome == "promoted":
            return self._promoted(made.candidate)
        open_now, found = self._before.generation, self._found.get(made.candidate)
        if made.outcome == "quarantined":
            lowered = open_now is not None and made.candidate in open_now.lowered
            # Records of older programs were not lowered: only of this one it is known.
            ours = self._session is not None and self._session.kernel == kernel_digest()
            return None if lowered or not ours else "quarantined, and the stage was not lowered"
        if found and found.tripwires and self._before.held_back(made.candidate) is None:
            return f"{made.outcome}, and it set off a tripwire: {'; '.join(found.tripwires)}"
        return None

    def _promoted(self, name: Digest) -> str | None:
        before = self._before
        if before.incumbent is None:
            return None
        if (found := self._found.get(name)) is None:
            lacks = "since it was written" if name in self._found else "in this generation"
            return f"promoted without a verdict on {name[:8]} {lacks}"
        if found.incumbent != before.incumbent:
            against = f"{found.incumbent[:8]}, and {before.incumbent[:8]} was in charge"
            return f"promoted by a verdict against {against}"
        rule, decision = self._ruled(found)
        if decision.outcome == "promoted":
            return None
        return f"promoted, against the rule {rule!r}: {decision.reason}"

    def _ruled(self, found: Verdict) -> tuple[str, Decision]:
        """The rule that decides on a verdict, by name, and what it decides."""
        before, name = self._before, found.candidate
        if (held := before.held_back(name)) is not None:
            return "quarantine", held
        settings = self._session.settings if self._session else dict[str, object]()
        policy = Policy(stage_of(cast("Mapping[str, Mapping[str, object]]", settings)))
        unheld, human = before.unheld.get(name, ()), decision_of(before, name)
        lowered = f"event {before.lowered.seq}" if before.lowered else ""
        return decisive(policy.rulings(found, unheld, human, lowered=lowered))

    def _undecided(self) -> list[Digest]:
        """Candidates with a tripwire of which nothing came."""
        open_now = self._before.generation
        decided = open_now.decided if open_now else {}
        found = self._found.items()
        return [name for name, each in found if each and each.tripwires and name not in decided]

    def _dropped(self) -> str | None:
        left, self._left = self._left, None
        return None if left is None else f"the tripwire of {left[:8]} was never decided on"
