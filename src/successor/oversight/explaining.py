"""Which rule decided on a candidate, asked anew of the record as it was when that was decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from successor.errors import UsageError
from successor.ledger import Decided, Entry, Judged, Ledger, Lowered, RolledBack, SessionStarted
from successor.oversight.approvals import adopted
from successor.oversight.lawful import looser_than
from successor.oversight.overseer import rulings
from successor.oversight.policy import Policy, Ruling, decisive
from successor.oversight.proved import stage_of
from successor.oversight.takings import taken_back
from successor.types import Decision, Digest, Verdict, Version


@dataclass(frozen=True)
class Explanation:
    """What every rule says of a candidate, in the order in which they are asked."""

    candidate: Version
    verdict: Verdict
    rulings: tuple[Ruling, ...]
    decided_by: str
    """The rule, by name."""
    decision: Decision
    on_record: Decision | None
    """None where nothing is decided yet."""
    taken_back: Entry[RolledBack] | None = None
    """What took it out of charge since, as long as it is revoked."""

    @property
    def is_open(self) -> bool:
        """Whether it may still be decided otherwise."""
        return self.on_record is None or self.on_record.outcome == "waiting"

    @property
    def agrees(self) -> bool:
        """Whether the record says the same, as far as it says anything for good."""
        return self.is_open or self.decision.outcome == cast("Decision", self.on_record).outcome

    def standing(self, ruling: Ruling) -> Literal["passed", "decided", "failed"]:
        """Of a rule that comes after the one that decided, whether it would have passed."""
        if ruling.rule == self.decided_by:
            return "decided"
        return "passed" if ruling.decision is None else "failed"


def explain(ledger: Ledger, candidate: str | None = None) -> Explanation:
    """Why a candidate was decided on as it was; of one that waits, why it does so now.

    Args:
        candidate: how its id begins; the last that was judged or decided on, when none is named.

    Raises:
        UsageError: when there is no such candidate, or no verdict on it.
    """
    lab, verdicts = ledger.folder.parent, ledger.verdicts()
    if not verdicts and candidate is None:
        raise UsageError(f"{lab}: no candidate has been judged yet; successor improve {lab}")
    name = _last(ledger) if candidate is None else ledger.named(candidate)
    if all(each.candidate != name for each in verdicts):
        first = ledger.lineage(name)[0].id == name
        told = "is the first version: nothing was in charge that it had to be better than"
        why = told if first else "was never judged"
        raise UsageError(f"{lab}: {name[:12]} {why}, so no rule was asked")
    made = [entry for entry in ledger.entries(Decided) if entry.event.decision.candidate == name]
    last = made[-1].event.decision if made else None
    if last is None or last.outcome == "waiting":
        return _explained(ledger, name, last)
    until = made[-1].seq - 1
    match ledger.entries()[until - 1].event:
        case Lowered(candidate=candidate) if candidate == name:
            until -= 1  # it was decided on when that was not on record yet
        case _:
            pass
    with Ledger.read(ledger.folder, until) as then:
        found = _explained(then, name, last)
    return replace(found, taken_back=taken_back(ledger, name, made[-1].seq))


def _last(ledger: Ledger) -> Digest:
    """The candidate that a verdict or a decision was on last."""
    found = ""
    for entry in ledger.entries():
        match entry.event:
            case (
                Judged(verdict=Verdict(candidate=name)) | Decided(decision=Decision(candidate=name))
            ):
                found = name
            case _:
                pass
    return found


def _explained(record: Ledger, name: str, on_record: Decision | None) -> Explanation:
    verdict = [each for each in record.verdicts() if each.candidate == name][-1]
    begun = record.entries(SessionStarted)[-1].event.settings
    settings = cast("Mapping[str, Mapping[str, object]]", begun)
    asked: Sequence[Ruling] = (
        _pause(record, verdict),
        _charter(record, verdict, settings),
        _quarantine(record, verdict),
        *rulings(Policy(stage_of(settings)), verdict, record),
    )
    rule, decision = decisive(asked)
    if (
        rule != asked[-1].rule
    ):  # whatever stands against a promotion, the last rule has nothing to say
        asked = asked[:-1]
    return Explanation(record.version(name), verdict, tuple(asked), rule, decision, on_record)


def _pause(record: Ledger, verdict: Verdict) -> Ruling:
    """The ledger takes no decision while it is paused."""
    told = record.pause()
    if told is None:
        return Ruling("pause", "the lab was not paused")
    return Ruling("pause", told, Decision(verdict.candidate, "waiting", told, "ledger"))


def _charter(
    record: Ledger, verdict: Verdict, settings: Mapping[str, Mapping[str, object]]
) -> Ruling:
    """A run that asks for more than people signed ends before it decides."""
    law = adopted(record)
    if law is None:
        return Ruling("charter", "none was in force")
    if not (looser := ", ".join(looser_than(law.charter, settings))):
        return Ruling("charter", "the run kept to what people had signed")
    told = f"people have to sign first: {looser}"
    return Ruling("charter", told, Decision(verdict.candidate, "waiting", told, "charter"))


def _quarantine(record: Ledger, verdict: Verdict) -> Ruling:
    """The ledger's own, whatever the overseer makes of it."""
    found = record.held_back(verdict.candidate)
    told = found.reason if found else "it holds nothing that was quarantined"
    return Ruling("quarantine", told, found)
