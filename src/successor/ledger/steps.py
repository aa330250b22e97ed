"""The steps of one generation, each done once: what is on record is not done again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import rfc8785

from successor.errors import Halt, SuccessorError
from successor.ledger.checkpoints import Checkpoint
from successor.ledger.codec import encode_scores, version_id
from successor.ledger.events import (
    Decided,
    Event,
    Examined,
    Heartbeat,
    Judged,
    Lowered,
    Progress,
    SandboxOpened,
    Tally,
    Written,
)
from successor.ledger.history import OpenGeneration
from successor.ledger.journal import Journal
from successor.ledger.kernel import check_kernel
from successor.ledger.objects import ObjectStore
from successor.ledger.workspace import StepWorkspace
from successor.types import (
    PLANTED,
    Author,
    Brief,
    Counts,
    Decision,
    Digest,
    Draft,
    Draw,
    Exam,
    Figures,
    Judge,
    Overseer,
    Record,
    Stop,
    Verdict,
    Version,
    Workspace,
)

CHEATING = "planted"
"""What ends a run when a candidate passed an item that cannot be passed."""
REVIEW = "review"
"""What ends a run when a candidate waits for a human."""
BEAT_S = 30.0
"""A session that tells how far it is leaves no longer gap on record than this."""
HUMAN = "human"
"""How the name of an author begins that is one."""


@dataclass(frozen=True)
class Desk:
    """What the steps of a generation work with."""

    journal: Journal
    objects: ObjectStore
    record: Record
    work: Path
    """Folder of the checkpoints."""
    seed: int
    kernel: Digest
    halt: Callable[[], Stop | None]
    full: Callable[[], Stop | None]
    """The stop that a record is due which is larger than it may be."""
    sandbox: Callable[[], SandboxOpened | None]
    """Where versions run in this session, the least trusted; None as long as none has run."""
    unsafe: bool
    """Whether that may be a sandbox that does not hold."""

    def checkpoint(self, step: str) -> Checkpoint:
        """Where a step keeps how far it is: no session takes up what an unsafe one began."""
        return Checkpoint(self.work / (f"{step}-unsafe" if self.unsafe else step))

    def append(self, event: Event) -> None:
        """Put on record what came of a step, after the sandbox that it came of."""
        sandbox = self.sandbox()
        if sandbox is not None and sandbox != self.journal.history.sandbox:
            self.journal.append(sandbox)
        self.journal.append(event)

    def workspace(self, step: str) -> StepWorkspace:
        """What a step may touch."""
        checkpoint = self.checkpoint(step)
        return StepWorkspace(self.objects, checkpoint, self._tell, self.halt, self.full)

    def beat(self) -> None:
        """Now and then the record shows that somebody is at work."""
        with self.journal.lock:
            if self.journal.silent_s() >= BEAT_S:
                self.journal.append(Heartbeat())

    def _tell(self, news: Progress) -> None:
        self.beat()
        self.journal.tell(news)

    def examined(self, generation: int, version: Version, exam: Exam) -> None:
        """Put an exam on record, its scores in the store.

        Raises:
            SuccessorError: when it is none, or of another version.
        """
        require(Exam, exam, "the subject")
        if exam.version != version.id:
            raise SuccessorError(f"the exam of {version.id} is of another version")
        scores = self.objects.write(encode_scores(exam))
        slices = tuple(
            Tally(part.name, part.size, len(part.scores), float(sum(part.scores)))
            for part in exam.slices
        )
        event = Examined(generation, version.id, exam.draw, slices, scores, exam.figures)
        self.append(event)

    def confirmed(
        self,
        generation: int,
        version: Version,
        counts: Counts,
        examine: Callable[[Version, Draw, Workspace], Exam],
    ) -> Exam:
        """The exam of a version on items that nobody has seen; done once for the same counts.

        Raises:
            SuccessorError: when the subject examined something else.
        """
        known = self.record.confirmation(version.id)
        if known is not None and known.draw.counts == counts:
            return known
        step = f"confirmed-{version.id}"
        draw = Draw("confirmation", derived_seed(self.seed, "confirmed", version.id), counts)
        exam = examine(version, draw, self.workspace(step))
        require(Exam, exam, "the subject")
        if exam.draw != draw:
            raise SuccessorError(f"the exam that confirms {version.id} is of other items")
        self.examined(generation, version, exam)
        self.checkpoint(step).drop()
        return exam


def derived_seed(*labels: str | int) -> int:
    """A seed in [0, 2**53), the same for the same labels."""
    digest = sha256(rfc8785.dumps(list(labels))).digest()
    return int.from_bytes(digest[:8], "big") >> 11


def require(kind: type, made: object, who: str) -> None:
    """Refuse what a part made of another type than its protocol says.

    Raises:
        SuccessorError: when it is not of that type.
    """
    if not isinstance(made, kind):
        raise SuccessorError(f"{who} returned {made!r:.60}, which is no {kind.__name__}")


class Generation:
    """The open generation. A step that was killed is done anew, from its checkpoint."""

    def __init__(self, desk: Desk, number: int, incumbent: Version | None) -> None:
        self.number = number
        self.incumbent = incumbent
        """Who was in charge when the generation began; None in generation 0."""
        self._desk = desk

    def seed(self, *labels: str | int) -> int:
        """A seed in [0, 2**53), the same for the same lab seed, generation and labels."""
        return derived_seed(self._desk.seed, self.number, *labels)

    def first(self, create: Callable[[int, Workspace], Draft]) -> Version:
        """The first version, in charge from the start."""
        version = self._write(0, "subject", lambda work: create(self.seed("create"), work))
        if version is None:
            raise SuccessorError("the subject created no first version")
        if version.id not in self._steps.decided:
            decision = Decision(version.id, "promoted", "there was none before", "first version")
            self._append(Decided(self.number, decision))
        return version

    def examined(
        self, version: Version, evaluate: Callable[[Version, int, Workspace], Exam]
    ) -> Exam:
        """The exam of a version; one of any generation will do."""
        name = f"examined-{version.id}"
        if (exam := self._desk.record.exam(version.id)) is None:
            exam = evaluate(version, self.seed("examined", version.id), self._workspace(name))
            self._desk.examined(self.number, version, exam)
        self._checkpoint(name).drop()
        return exam

    def tried(self, attempt: int) -> tuple[Version, ...]:
        """The candidates written before this attempt."""
        written = sorted(self._steps.written.items())
        return tuple(v for number, v in written if number < attempt and v is not None)

    def reasons(self, attempt: int) -> tuple[str, ...]:
        """What the judge said of each candidate written before this attempt."""
        judged = [self._steps.judged.get(version.id) for version in self.tried(attempt)]
        return tuple(each.verdict.reason if each else "" for each in judged)

    def written(self, attempt: int, brief: Brief, author: Author) -> Version | None:
        """The candidate of an attempt; None when the author has no more to try.

        Raises:
            SuccessorError: when the author goes by the name of a human.
        """
        if author.name.startswith(HUMAN):
            raise SuccessorError(f"an author may not be called {author.name!r}: {HUMAN} is taken")
        told = self._directed(attempt, brief)
        return self._write(attempt, author.name, lambda work: author.write(told, work))

    def _directed(self, attempt: int, brief: Brief) -> Brief:
        """The brief with what a person picked for this generation: a weakness comes first in all
        of it, an author has the first turn.
        """
        if (pick := self._steps.pick) is None:
            return brief
        weaknesses = sorted(brief.weaknesses, key=lambda each: each.slice != pick.weakness)
        first = (pick.weakness, "" if attempt else pick.author)
        return replace(brief, weaknesses=tuple(weaknesses), first=first)

    def barred(self) -> tuple[Digest, ...]:
        """Objects of quarantined and revoked versions alone, which authors may not read."""
        return tuple(self._desk.journal.history.barred())

    def judged(self, candidate: Version, incumbent: Version, judge: Judge) -> Verdict:
        """The verdict on a candidate; the same candidate is not judged twice in a generation.

        Raises:
            SuccessorError: when the kernel's files changed since the session began.
        """
        name = f"judged-{candidate.id}"
        judged = self._steps.judged.get(candidate.id)
        if judged is None:
            seed = self.seed("judged", candidate.id)
            desk = self._desk
            verdict = judge.judge(candidate, incumbent, desk.record, seed, self._workspace(name))
            require(Verdict, verdict, "the judge")
            if (verdict.candidate, verdict.incumbent) != (candidate.id, incumbent.id):
                raise SuccessorError(f"the verdict on {candidate.id} is on other versions")
            self._require((verdict.evidence,) if verdict.evidence else (), "the judge")
            check_kernel(desk.kernel)
            judged = Judged(self.number, verdict, desk.kernel)
            self._append(judged)
        self._checkpoint(name).drop()
        return judged.verdict

    def decided(self, verdict: Verdict, overseer: Overseer) -> Decision:
        """The decision on a verdict; one that waits is asked for again each time.

        What holds an object of a quarantined version is quarantined too, whatever is found, and
        what holds one of a version that was rolled back is rejected.

        Raises:
            Halt: when it waits for a human, or passed a planted item and people did not raise the
                stage since. The generation stays open.
            SuccessorError: when it promotes what was seen in a sandbox that does not hold.
        """
        known = decision = self._steps.decided.get(verdict.candidate)
        if decision is None or decision.outcome == "waiting":
            decision = overseer.decide(verdict, self._desk.record)
            if decision.candidate != verdict.candidate:
                raise SuccessorError(f"the decision on {verdict.candidate} is on another version")
            decision = self._desk.journal.history.held_back(verdict.candidate) or decision
            if decision.outcome == "promoted" and self._desk.record.unheld(decision.candidate):
                raise SuccessorError(f"{decision.candidate} was seen unsafely: never promoted")
        if decision.outcome == "quarantined":
            self._lower(decision)
        if decision is not known and (known is None or decision.outcome != "waiting"):
            self._append(Decided(self.number, decision))
        if decision.outcome == "waiting":
            raise Halt(Stop(REVIEW, decision.reason, needs_human=True))
        planted = any(wire.startswith(PLANTED) for wire in verdict.tripwires)
        if planted and self._desk.record.lowered():
            raise Halt(Stop(CHEATING, decision.reason, needs_human=True))
        return decision

    def _lower(self, decision: Decision) -> None:
        """No policy promotes alone after a tripwire: on record before the decision, so that no kill
        leaves the one without the other.
        """
        if decision.candidate not in self._steps.lowered:
            self._append(Lowered(self.number, decision.candidate, decision.reason))

    def _write(
        self, attempt: int, author: str, write: Callable[[Workspace], Draft | None]
    ) -> Version | None:
        name = f"written-{attempt}"
        if attempt not in self._steps.written:
            # What a human made of the last candidate comes before anything of the author.
            edited = self._steps.edited
            barred = frozenset(self.barred())
            draft = None if edited else write(replace(self._workspace(name), barred=barred))
            if draft is not None:
                require(Draft, draft, f"the author {author!r}")
            version = self.version(draft.files, author) if draft and draft.files else edited
            figures: Figures = {} if draft is None else draft.figures
            self._append(Written(self.number, attempt, version, figures))
        self._checkpoint(name).drop()
        return self._steps.written[attempt]

    def version(self, files: Mapping[str, Digest], author: str) -> Version:
        """A version that comes from the incumbent; its files are in the store.

        Raises:
            SuccessorError: when one of them is not.
        """
        self._require(tuple(files.values()), f"the author {author!r}")
        parents = () if self.incumbent is None else (self.incumbent.id,)
        return Version(version_id(files, parents, author), dict(files), parents, author)

    def _require(self, objects: tuple[Digest, ...], who: str) -> None:
        for digest in objects:
            if digest not in self._desk.objects:
                raise SuccessorError(f"{who} named object {digest}, which is not in the store")

    @property
    def _steps(self) -> OpenGeneration:
        generation = self._desk.journal.history.generation
        if generation is None or generation.opened.generation != self.number:
            raise SuccessorError(f"generation {self.number} is over: no step can be added to it")
        return generation

    def _append(self, event: Event) -> None:
        self._desk.append(event)

    def _checkpoint(self, step: str) -> Checkpoint:
        return self._desk.checkpoint(f"{self.number}-{step}")

    def _workspace(self, step: str) -> StepWorkspace:
        return self._desk.workspace(f"{self.number}-{step}")
