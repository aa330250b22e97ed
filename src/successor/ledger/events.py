"""What the ledger can hold: one frozen dataclass per kind of event.

An event never changes its meaning. When a kind needs another shape, its `schema` number rises
and the codec keeps reading the old one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Generic, Literal, TypeAlias, TypeVar, cast

from successor.types import Decision, Digest, Draw, Figures, Stop, Verdict, Version

Choice: TypeAlias = Literal["accept", "edit", "reject", "later"]
"""What a human may make of a candidate that waits; "later" leaves it waiting."""
Trigger: TypeAlias = Literal["command", "file", "signal", "timer"]
"""What paused a lab: `successor stop`, a file STOP, SIGUSR1, or that nobody looked after it."""

BOUND = "bound"
"""Table of a session's settings: the digest of every file of the lab that judging rests on, by its
path there. They are in the store."""


@dataclass(frozen=True)
class SessionStarted:
    """A process took up the record."""

    schema: ClassVar[int] = 1
    seed: int
    """The lab's seed, from which every other seed is derived."""
    settings: Mapping[str, object]
    """The lab's settings as they were in force, as JSON values."""
    kernel: Digest
    """Digest of the source files that judge, decide and record."""
    host: Figures
    """Facts about the machine, such as its cores and the versions of its libraries."""


@dataclass(frozen=True)
class SandboxOpened:
    """Where versions run from here on, to the end of the session or the next of these."""

    schema: ClassVar[int] = 1
    tier: str
    trusted: bool
    """Whether what is examined and judged in it may be promoted."""
    made_of: str


@dataclass(frozen=True)
class GenerationOpened:
    """A generation began. Its incumbent stays the same to its end, whoever is promoted."""

    schema: ClassVar[int] = 1
    generation: int
    incumbent: Digest | None
    """None in generation 0, which writes the first version."""


@dataclass(frozen=True)
class Written:
    """An author handed in a candidate, or had nothing more to try."""

    schema: ClassVar[int] = 1
    generation: int
    attempt: int
    version: Version | None
    figures: Figures


@dataclass(frozen=True)
class Tally:
    """One slice of an exam in short: how many items, and the sum of their scores."""

    name: str
    size: float
    items: int
    total: float

    @property
    def mean(self) -> float:
        """Share of the slice that is right, in [0, 1]; 0 when it has no items."""
        return self.total / self.items if self.items else 0.0


@dataclass(frozen=True)
class Examined:
    """A version was examined; the score of every item is in the object `scores`."""

    schema: ClassVar[int] = 1
    generation: int
    version: Digest
    draw: Draw
    slices: tuple[Tally, ...]
    scores: Digest
    figures: Figures


@dataclass(frozen=True)
class Judged:
    """The judge found a candidate better, or not, or could not tell."""

    schema: ClassVar[int] = 1
    generation: int
    verdict: Verdict
    kernel: Digest
    """Digest of the kernel's source files when the verdict was given."""


@dataclass(frozen=True)
class Decided:
    """The overseer decided on a candidate. Only this and `RolledBack` make an incumbent."""

    schema: ClassVar[int] = 1
    generation: int
    decision: Decision


@dataclass(frozen=True)
class Reviewed:
    """A human chose what becomes of the candidate that waits. `Decided` follows from it."""

    schema: ClassVar[int] = 1
    generation: int
    candidate: Digest
    choice: Choice
    by: str
    """The user's name, as the operating system says it."""
    reason: str
    seconds: float | None
    """From the moment that it was shown to the choice; None where nothing was shown."""
    explained: bool
    """Whether more was asked for before the choice."""
    shown: Digest | None
    """Object with what was shown, as text: the difference and the evidence."""
    version: Version | None
    """What the human made of it, when the choice is "edit": the next candidate, not judged yet."""


@dataclass(frozen=True)
class Lowered:
    """A candidate is about to be quarantined: from here on no policy promotes alone."""

    schema: ClassVar[int] = 1
    generation: int
    candidate: Digest
    reason: str


@dataclass(frozen=True)
class Restored:
    """People let the policy decide again, whatever lowered the stage before."""

    schema: ClassVar[int] = 1
    by: str
    reason: str


@dataclass(frozen=True)
class GenerationClosed:
    """A generation came to its end."""

    schema: ClassVar[int] = 1
    generation: int


@dataclass(frozen=True)
class RolledBack:
    """Somebody put a version in charge again that had been in charge before.

    It stands between generations: the next one begins from that version.
    """

    schema: ClassVar[int] = 1
    version: Digest
    by: str
    reason: str


@dataclass(frozen=True)
class Signed:
    """Somebody handed in a signature. Whose it is, and what it is worth, the overseer finds."""

    schema: ClassVar[int] = 1
    statement: Digest
    """Object with the bytes that were signed."""
    envelope: Digest
    """Object with the statement and the signature (DSSE, as JSON)."""


@dataclass(frozen=True)
class Chartered:
    """From here on the lab goes by other rules: people signed them."""

    schema: ClassVar[int] = 1
    charter: Digest
    """Object with what they signed."""


@dataclass(frozen=True)
class Paused:
    """Nothing may be done any more, in no session, until a person lifts it."""

    schema: ClassVar[int] = 1
    trigger: Trigger
    reason: str
    condition: str
    """What has to be so before it is lifted, as whoever asked for it said; may be empty."""
    by: str
    """Who asked for it; "unknown" where nobody can tell."""


@dataclass(frozen=True)
class Lifted:
    """A person ended the pause that is on record last."""

    schema: ClassVar[int] = 1
    by: str
    reason: str


@dataclass(frozen=True)
class Alive:
    """A person showed that somebody still looks after the lab."""

    schema: ClassVar[int] = 1
    by: str
    at: float
    """Seconds since 1970; it may be on record later, when a run has ended."""


@dataclass(frozen=True)
class Proposed:
    """What the next generation could turn to first, as it was proposed to a person."""

    weakness: str
    """The slice; "" when it is none."""
    author: str
    """Who would have the first turn; "" when it is left open."""
    gain: float | None
    """Predicted of the mean score of the exam; None where the record could not tell."""


@dataclass(frozen=True)
class Directed:
    """A person picked what the next generation that begins turns to first. Neither the judge nor
    the overseer asks.
    """

    schema: ClassVar[int] = 1
    proposed: tuple[Proposed, ...]
    """The machine's own pick first."""
    chosen: int | None
    """The place among them; None takes an earlier pick back."""
    by: str
    reason: str
    at: float
    """Seconds since 1970; it is on record when a generation begins, if a run was at work."""

    @property
    def pick(self) -> Proposed | None:
        """What was picked; None when nothing is."""
        return None if self.chosen is None else self.proposed[self.chosen]


@dataclass(frozen=True)
class Heartbeat:
    """A session is in the middle of a step. While one works, some event is never long ago."""

    schema: ClassVar[int] = 1


@dataclass(frozen=True)
class Stopped:
    """A session ended by a base case."""

    schema: ClassVar[int] = 1
    stop: Stop


Event: TypeAlias = (
    SessionStarted
    | SandboxOpened
    | GenerationOpened
    | Written
    | Examined
    | Judged
    | Decided
    | Reviewed
    | Lowered
    | Restored
    | GenerationClosed
    | RolledBack
    | Signed
    | Chartered
    | Paused
    | Lifted
    | Alive
    | Directed
    | Heartbeat
    | Stopped
)
KINDS: Mapping[str, type[Event]] = {
    kind.__name__: kind
    for kind in (
        SessionStarted,
        SandboxOpened,
        GenerationOpened,
        Written,
        Examined,
        Judged,
        Decided,
        Reviewed,
        Lowered,
        Restored,
        GenerationClosed,
        RolledBack,
        Signed,
        Chartered,
        Paused,
        Lifted,
        Alive,
        Directed,
        Heartbeat,
        Stopped,
    )
}
HUMAN_ACTS = (Reviewed, RolledBack, Restored, Signed, Chartered, Lifted, Alive, Directed)
"""What only a person does: each is a sign of life."""
BETWEEN = (SessionStarted, Restored, Signed, Chartered, Paused, Lifted, Alive, Directed)
"""The time before one of these was nobody's work."""
E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True)
class Entry(Generic[E_co]):
    """An event in its place on record."""

    seq: int
    """1 for the first; also how many events there were with this one."""
    time: float
    """Seconds since 1970, UTC, to the millisecond."""
    event: E_co
    used: Mapping[str, float] = field(default_factory=dict[str, float])
    """What its session had used by then, as it was measured: `cpu_s`, `model_usd` and so on; and
    `disk_bytes` of the record. Of a SessionStarted, what is known of a killed session before it.
    """
    stored: tuple[Digest, ...] = ()
    """Objects that were written since the event before and that no event names otherwise, such as
    the parts that a draft was made of. Of a SessionStarted, also those of a killed session.
    """


@dataclass(frozen=True)
class Progress:
    """How far a step has come. Listeners hear it; it is not recorded."""

    stage: str
    done: float
    total: float
    figures: Figures = field(default_factory=dict[str, float | int | str])


def objects_of(event: Event) -> tuple[Digest, ...]:
    """The objects that the content of an event names, each with a meaning. They are in the store
    before the event is on record.
    """
    match event:
        case Written(version=Version() as version):
            return tuple(version.files.values())
        case Examined(scores=named) | Judged(verdict=Verdict(evidence=str() as named)):
            return (named,)
        case Reviewed(shown=shown, version=version):
            named = () if shown is None else (shown,)
            return named if version is None else (*named, *version.files.values())
        case SessionStarted(settings=settings):
            bound = settings.get(BOUND, {})
            return tuple(cast("Mapping[str, Digest]", bound).values())
        case Signed() | Chartered():
            return tuple(vars(event).values())
        case _:
            return ()
