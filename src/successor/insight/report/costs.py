"""Where the working time went, by generation and stage, folded from the ledger's events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from successor.ledger.events import (
    Decided,
    Event,
    Examined,
    GenerationClosed,
    GenerationOpened,
    Heartbeat,
    Judged,
    RolledBack,
    SessionStarted,
    Stopped,
    Written,
)
from successor.types import Digest

WRITING, EXAMINING, JUDGING, RECORDING = "writing", "examining", "judging", "recording"
_PARTS = {"label": "labelling", "train": "training"}
"""What authors tell in seconds, as `label_s` and `train_s`."""
_STEPS: Mapping[type[Event], str] = {Written: WRITING, Examined: EXAMINING, Judged: JUDGING}
LEAST_S = 0.05
"""Less is not shown."""


@dataclass(frozen=True)
class Cost:
    """Working seconds that one stage took in one generation."""

    generation: int
    stage: str
    seconds: float


@dataclass
class Costs:
    """The time before an event was spent on the step that the event is the end of. Before a stop
    it was spent on the step that was under way, whose end comes in a later session, if ever.
    """

    generation: int = 0
    _spent: defaultdict[tuple[int, str], float] = field(
        default_factory=lambda: defaultdict[tuple[int, str], float](float)
    )
    _doing: str = RECORDING
    """The step under way."""
    _candidate: Digest | None = None
    _carried_s: float = 0.0
    """What heartbeats have told of the step under way."""
    _stopped_s: float = 0.0
    """What sessions that were stopped have spent on the writing that is under way."""

    def take(self, event: Event, took_s: float) -> None:
        """Take in the next event, and the working time since the one before."""
        if isinstance(event, Heartbeat):
            self._carried_s += took_s
            return
        took_s, self._carried_s = took_s + self._carried_s, 0.0
        match event:
            case GenerationOpened():
                self.generation, self._candidate = event.generation, None
            case GenerationClosed():
                self._given_up()
            case _:
                pass
        match event:
            case Stopped() | SessionStarted() if self._doing == WRITING:
                self._stopped_s += took_s
            case Stopped() | SessionStarted():  # by then, a killed session had shown that it works
                self._add(self._doing, took_s)
            case Written():
                self._written(event, took_s)
            case _:
                self._add(_STEPS.get(type(event), RECORDING), took_s)
        self._doing = self._next(event)

    def told(self) -> tuple[Cost, ...]:
        """What was spent, in the order in which it first was."""
        self._given_up()
        return tuple(Cost(*key, spent) for key, spent in self._spent.items() if spent >= LEAST_S)

    def _next(self, event: Event) -> str:
        """The step that follows an event, as in `loop.improve_self`."""
        following = self._doing
        match event:
            case GenerationOpened():
                following = WRITING
            case Written():
                self._candidate = event.version.id if event.version else None
                following = EXAMINING
            case Examined() if event.draw.purpose == "confirmation" or self.generation == 0:
                following = RECORDING
            case Examined():
                following = JUDGING if event.version == self._candidate else WRITING
            case Judged():
                following = RECORDING
            case Decided() if self.generation and event.decision.outcome != "promoted":
                following = WRITING
            case Decided():
                following = RECORDING if self.generation else EXAMINING
            case GenerationClosed() | RolledBack():
                following = EXAMINING  # to confirm: nothing else takes time between generations
            case _:
                pass
        return following

    def _written(self, event: Written, took_s: float) -> None:
        """The parts that the author tells in seconds, and then the rest. Of what stopped sessions
        spent and nobody tells, every part has had its share.
        """
        rest, told = took_s + self._stopped_s, dict[str, float]()
        for name, value in event.figures.items():
            if name.endswith("_s") and isinstance(value, int | float):
                stage = name.removesuffix("_s")
                part = min(max(0.0, float(value)), rest)
                told[_PARTS.get(stage, stage.replace("_", " "))] = part
                rest -= part
        untold, known = min(rest, self._stopped_s), sum(told.values())
        for stage, part in told.items():
            self._add(stage, part * (1.0 + untold / known) if known else 0.0)
        self._add(WRITING, rest - untold if known else rest)
        self._stopped_s = 0.0

    def _given_up(self) -> None:
        """What was begun of a writing that did not come to its end."""
        if self._stopped_s:
            self._add(WRITING, self._stopped_s)
        self._stopped_s = 0.0

    def _add(self, stage: str, seconds: float) -> None:
        self._spent[self.generation, stage] += seconds
