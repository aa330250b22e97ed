"""What is put on record by the ledger's own hand, and that no rule allows, the audit names."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias

import pytest

from ledger.climber import climb
from successor.cli import run_command
from successor.ledger import (
    Decided,
    GenerationClosed,
    GenerationOpened,
    Judged,
    Ledger,
    Lowered,
    Reviewed,
    RolledBack,
    SandboxOpened,
    SessionStarted,
    Written,
    audit,
)
from successor.ledger.codec import version_id
from successor.ledger.events import Event
from successor.ledger.history import History
from successor.ledger.journal import Journal
from successor.ledger.kernel import kernel_digest
from successor.oversight import lawfulness
from successor.promises.the_lab import try_charters, try_signatures
from successor.types import Decision, Verdict, Version

Outcome: TypeAlias = Literal["promoted", "rejected", "quarantined", "waiting"]
WIRE = ("keeps results",)


@dataclass(frozen=True)
class Hand:
    """Writes to a record whatever it likes, in an order that the record holds to be one."""

    journal: Journal
    candidate: Version
    verdict: Verdict
    """One with which the candidate may take over."""

    @property
    def history(self) -> History:
        return self.journal.history

    def put(self, *events: Event) -> None:
        for event in events:
            self.journal.append(event)

    def open(self, stage: int = 4, kernel: str = "0" * 64) -> int:
        """A session and a generation; its number."""
        number = len(self.history.generations)
        seed = self.history.seed or 0
        self.put(SessionStarted(seed, {"lab": {"stage": stage}}, kernel, {}))
        self.put(GenerationOpened(number, self.history.incumbent))
        return number

    def written(self, number: int) -> None:
        self.put(Written(number, 0, self.candidate, {}))

    def judged(self, number: int, verdict: Verdict | None = None) -> None:
        self.put(Judged(number, verdict or self.verdict, "0" * 64))

    def decided(self, number: int, outcome: Outcome = "promoted", by: str = "policy") -> None:
        made = Decision(self.candidate.id, outcome, "better", by)
        self.put(Decided(number, made))

    def closed(self, number: int) -> None:
        self.put(GenerationClosed(number))

    def take_over(self, verdict: Verdict | None = None, stage: int = 4) -> None:
        number = self.open(stage)
        self.written(number)
        self.judged(number, verdict)
        self.decided(number)
        self.closed(number)


@contextmanager
def hand_on(folder: Path) -> Generator[Hand]:
    with Ledger.open(folder, settings={"size": 1}, seed=7) as ledger:
        incumbent = ledger.incumbent()
        assert incumbent is not None
        files = {"vector": ledger._objects.write(b"anything")}
        candidate = made_of(files, incumbent)
        verdict = Verdict(
            candidate.id, incumbent.id, "better", 50.0, 41.0, 0.4, (0.2, 0.6), 300, 7, "61% to 12%"
        )
        yield Hand(ledger._journal, candidate, verdict)


def made_of(files: dict[str, str], parent: Version) -> Version:
    return Version(version_id(files, (parent.id,), "own"), files, (parent.id,), "own")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lab = tmp_path_factory.mktemp("finished")
    climb(lab / ".successor")
    return lab / ".successor"


@pytest.fixture
def folder(finished: Path, tmp_path: Path) -> Path:
    """A record of one's own, all of it in order."""
    return Path(shutil.copytree(finished, tmp_path / ".successor"))


def silent(done: float, total: float, what: str) -> None:
    """Nobody asked how far it is."""


def problem_of(folder: Path) -> str | None:
    assert audit(folder).problem is None, "every hash is right"
    with Ledger.read(folder) as ledger:
        return lawfulness(ledger).problem


def worse(hand: Hand) -> None:
    hand.take_over(replace(hand.verdict, outcome="not better", e_value=0.0))


def weak(hand: Hand) -> None:
    hand.take_over(replace(hand.verdict, e_value=40.9))


def lost(hand: Hand) -> None:
    hand.take_over(replace(hand.verdict, regressions=("near",)))


def cheated(hand: Hand) -> None:
    hand.take_over(replace(hand.verdict, tripwires=WIRE))


def of_another(hand: Hand) -> None:
    first = next(iter(hand.history.versions))
    hand.take_over(replace(hand.verdict, incumbent=first))


def asked_of_nobody(hand: Hand) -> None:
    hand.take_over(stage=3)


def rejected_by_a_person(hand: Hand) -> None:
    number = hand.open(stage=3)
    hand.written(number)
    hand.judged(number)
    hand.decided(number, "waiting")
    name = hand.candidate.id
    seen = Reviewed(number, name, "reject", "ada", "no", None, False, None, None)
    hand.put(seen)
    hand.decided(number)


def without_verdict(hand: Hand) -> None:
    number = hand.open()
    hand.written(number)
    hand.decided(number)


def judged_before_it_was_written(hand: Hand) -> None:
    number = hand.open()
    hand.judged(number)
    hand.written(number)
    hand.decided(number)


def judged_in_another_generation(hand: Hand) -> None:
    number = hand.open()
    hand.written(number)
    hand.judged(number)
    hand.closed(number)
    number = hand.open()
    hand.written(number)
    hand.decided(number)


def called_the_first(hand: Hand) -> None:
    hand.open()
    hand.written(0)
    hand.decided(0, by="first version")


def seen_where_nothing_holds(hand: Hand) -> None:
    number = hand.open()
    hand.written(number)
    hand.put(SandboxOpened("rlimits", False, "nothing"))
    hand.judged(number)
    hand.decided(number)


def made_of_what_was_quarantined(hand: Hand) -> None:
    number = hand.open()
    hand.written(number)
    hand.judged(number, replace(hand.verdict, tripwires=WIRE))
    hand.put(Lowered(number, hand.candidate.id, "keeps results"))
    hand.decided(number, "quarantined")
    hand.closed(number)
    hand.take_over(stage=4)


def let_off(hand: Hand) -> None:
    number = hand.open()
    hand.written(number)
    hand.judged(number, replace(hand.verdict, tripwires=WIRE))
    hand.decided(number, "rejected")


def not_lowered(hand: Hand) -> None:
    number = hand.open(kernel=kernel_digest())
    hand.written(number)
    hand.judged(number, replace(hand.verdict, tripwires=WIRE))
    hand.decided(number, "quarantined")


def passed_over(hand: Hand) -> None:
    number = hand.open()
    hand.written(number)
    hand.judged(number, replace(hand.verdict, tripwires=WIRE))
    hand.closed(number)
    hand.open()


FORGED: dict[Callable[[Hand], None], str] = {
    worse: "(Decided): promoted, against the rule 'verdict': not better: ",
    weak: "(Decided): promoted, against the rule 'evidence': the evidence is only 40.9 of the 41 ",
    lost: "(Decided): promoted, against the rule 'regressions': ",
    cheated: "(Decided): promoted, against the rule 'tripwires': set off a tripwire: keeps results",
    of_another: "(Decided): promoted by a verdict against ",
    asked_of_nobody: "(Decided): promoted, against the rule 'stage': better, and at stage 3 ",
    rejected_by_a_person: "(Decided): promoted, against the rule 'person': rejected by ada (no)",
    without_verdict: "(Decided): promoted without a verdict on ",
    judged_before_it_was_written: "(Decided): promoted without a verdict on ",
    judged_in_another_generation: "(Decided): promoted without a verdict on ",
    called_the_first: "(Decided): promoted without a verdict on ",
    seen_where_nothing_holds: "(Decided): promoted, against the rule 'sandbox': ",
    made_of_what_was_quarantined: "(Decided): promoted by nobody, after a tripwire (event ",
    let_off: "(Decided): rejected, and it set off a tripwire: keeps results",
    not_lowered: "(Decided): quarantined, and the stage was not lowered",
    passed_over: "(GenerationOpened): the tripwire of ",
}


@pytest.mark.parametrize("forge", FORGED, ids=lambda forge: forge.__name__)
def test_what_no_rule_allows_is_named(folder: Path, forge: Callable[[Hand], None]) -> None:
    assert problem_of(folder) is None
    with hand_on(folder) as hand:
        forge(hand)
    found = problem_of(folder)
    assert found is not None
    assert FORGED[forge] in found
    assert run_command(["audit", str(folder.parent)]) == 4


def test_the_same_hand_with_a_verdict_that_carries_it_is_in_order(folder: Path) -> None:
    """What is named above is named for what is wrong with it, not for the hand."""
    with hand_on(folder) as hand:
        hand.take_over()
    assert problem_of(folder) is None


def test_a_rollback_may_end_a_generation_before_a_tripwire_was_decided_on(folder: Path) -> None:
    """A kill came between the verdict and the decision, and then a person rolled back."""
    with hand_on(folder) as hand:
        first = next(iter(hand.history.versions))
        number = hand.open()
        hand.written(number)
        hand.judged(number, replace(hand.verdict, tripwires=WIRE))
        hand.closed(number)
        hand.put(RolledBack(first, "ada", "odd"))
        hand.open()
    assert problem_of(folder) is None


def test_what_an_older_program_quarantined_without_lowering_the_stage_passes(folder: Path) -> None:
    with hand_on(folder) as hand:
        number = hand.open(kernel="1" * 64)
        hand.written(number)
        hand.judged(number, replace(hand.verdict, tripwires=WIRE))
        hand.decided(number, "quarantined")
    assert problem_of(folder) is None


def test_no_view_of_a_promotion_without_a_verdict_breaks(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with hand_on(folder) as hand:
        without_verdict(hand)
        hand.closed(len(hand.history.generations))
        name = hand.candidate.id
    lab = str(folder.parent)
    capsys.readouterr()
    assert run_command(["policy", "explain", lab]) == 2
    told = capsys.readouterr().err
    assert f"{name[:12]} was never judged, so no rule was asked" in told
    assert run_command(["attest", lab, "--unsigned"]) == 4
    told = capsys.readouterr().err
    assert "promoted without a verdict on " in told
    assert told.count("\n") == 1
    for promise in (try_signatures, try_charters):
        kept = promise(folder.parent, silent)
        assert kept.state == "broken"
        assert "promoted without a verdict on " in kept.figure
