"""What the report shows, folded from the ledger's events. Nothing here knows HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from successor.insight.measures import gains
from successor.insight.reach import Horizon, horizon
from successor.insight.report.charge import Back, Charge
from successor.insight.report.costs import Cost, Costs
from successor.ledger.clock import WorkClock
from successor.ledger.events import (
    Decided,
    Entry,
    Event,
    Examined,
    Judged,
    Lifted,
    Paused,
    RolledBack,
    SandboxOpened,
    SessionStarted,
    Stopped,
    Tally,
    Written,
)
from successor.ledger.usage import Usage
from successor.spending import UNPRICED
from successor.types import Decision, Digest, Figures, Stop, Verdict, Version

FILTERS = ("yield", "label_precision", "agreement")
"""Figures of a draft that are shares, and tell how well it filtered its own labels."""


@dataclass(frozen=True)
class VersionRow:
    """Everything on record about one version."""

    version: Version
    generation: int
    attempt: int
    lane: int
    """0 for the line of incumbents, 1 and up for what was not promoted, per generation."""
    minutes: float
    """Working time of the lab until this version was handed in, examined and judged."""
    usd: float
    """What models had cost by then."""
    figures: Figures
    """Of its draft and of its exam."""
    decision: Decision | None = None
    verdict: Verdict | None = None
    tallies: tuple[Tally, ...] = ()
    confirmed: tuple[Tally, ...] = ()
    """Results on items that nobody had seen, asked because the goal looked reached."""
    horizon: Horizon | None = None
    """Of a model."""
    gains: Mapping[str, float] = field(default_factory=dict[str, float])
    """Of a program, beside the first version; the headline first."""
    back: Back | None = None
    """What took it out of charge, and still holds."""

    @property
    def headline(self) -> float | None:
        """How good the version is, in a number: its horizon, or its first gain."""
        return self.horizon.p50 if self.horizon else next(iter(self.gains.values()), None)

    @property
    def short(self) -> str:
        """The first eight characters of the version's id."""
        return self.version.id[:8]

    @property
    def outcome(self) -> str:
        """The decision in a word; "first" for the version without parents, "open" before any,
        "rolled back" of what was promoted and is revoked.
        """
        if self.back:
            return "rolled back"
        if not self.version.parents:
            return "first"
        return self.decision.outcome if self.decision else "open"

    @property
    def in_line(self) -> bool:
        """Whether the version is in charge, or one that the version in charge comes from."""
        return self.outcome in {"first", "promoted"}


@dataclass(frozen=True)
class Story:
    """A whole record, ready to be shown."""

    versions: tuple[VersionRow, ...]
    costs: tuple[Cost, ...]
    sessions: tuple[SessionStarted, ...]
    began: float
    """Seconds since 1970 of the first event."""
    ended: float
    worked_s: float
    usd: float
    """What models cost."""
    unpriced: float
    """Calls of models that have no price."""
    events: int
    head: str
    stop: Stop | None = None
    pause: Paused | None = None
    """What nobody has lifted."""
    sandboxes: tuple[SandboxOpened, ...] = ()
    """Where versions ran, in the order in which they were opened, each once."""
    backs: tuple[Back, ...] = ()
    """Every rollback, oldest first."""
    rest: Back | None = None
    """The last one, when nothing was tried since."""
    change: str = ""
    """From the first version to the incumbent, as a unified diff; "" where there is no text."""

    @property
    def measure(self) -> str:
        """The name of the headline."""
        return next((name for row in self.versions for name in row.gains), "horizon")

    @property
    def line(self) -> tuple[VersionRow, ...]:
        """The version in charge, last, and those that it comes from, oldest first."""
        return tuple(row for row in self.versions if row.in_line)

    @property
    def settings(self) -> Mapping[str, object]:
        """The settings of the last session."""
        return self.sessions[-1].settings if self.sessions else {}

    def setting(self, table: str, key: str) -> object:
        """One setting of the last session, None when it is not set."""
        content = self.settings.get(table)
        if not isinstance(content, Mapping):
            return None
        return cast("Mapping[str, object]", content).get(key)

    @property
    def target(self) -> tuple[str, float] | None:
        """Metric and value that the lab is to reach."""
        match self.setting("base_cases", "target"):
            case [str() as metric, (int() | float()) as value]:
                return metric, float(value)
            case _:
                return None


@dataclass
class _Fold:
    """The state of reading a record from its first event to its last."""

    rows: dict[Digest, VersionRow] = field(default_factory=dict[Digest, VersionRow])
    costs: Costs = field(default_factory=Costs)
    sessions: list[SessionStarted] = field(default_factory=list[SessionStarted])
    sandboxes: dict[SandboxOpened, None] = field(default_factory=dict[SandboxOpened, None])
    stop: Stop | None = None
    pause: Paused | None = None
    worked_s: float = 0.0
    clock: WorkClock = field(default_factory=WorkClock)
    usage: Usage = field(default_factory=Usage)
    charge: Charge = field(default_factory=Charge)

    def take(self, entry: Entry[Event]) -> None:
        """Take in one event; the time since the last one was spent on it."""
        event = entry.event
        took = self.clock.take(entry)
        self.usage.take(entry)
        self.worked_s = self.clock.spent_s()
        self.charge.take(entry)
        match event:
            case SessionStarted():
                self.sessions.append(event)
                self.stop = None
            case SandboxOpened():
                self.sandboxes[event] = None
            case (
                Written(version=Version(id=name))
                | Judged(verdict=Verdict(candidate=name))
                | Decided(decision=Decision(candidate=name, outcome="rejected" | "quarantined"))
            ) if name in self.charge.promoted:
                pass  # it was written once more: what is known of it stays
            case Written(version=Version() as version):
                self._written(event, version)
            case Examined():
                self._examined(event)
            case Judged():
                judged = event.verdict
                self._change(judged.candidate, lambda row: replace(row, verdict=judged))
            case Decided():
                decided = event.decision
                self._change(decided.candidate, lambda row: replace(row, decision=decided))
            case Stopped():
                self.stop = event.stop
            case Paused():
                self.pause = event
            case Lifted():
                self.pause = None
            case RolledBack():
                self.stop = None
            case _:
                pass
        self.costs.take(event, took)

    def _written(self, event: Written, version: Version) -> None:
        row = VersionRow(
            version,
            event.generation,
            event.attempt,
            lane=0,
            minutes=self.worked_s / 60,
            usd=self.usage.used("usd"),
            figures=event.figures,
        )
        if (before := self.rows.get(version.id)) is not None:  # it is not examined once more
            figures = {**before.figures, **row.figures}
            measured = {"tallies": before.tallies, "confirmed": before.confirmed}
            gained = {"horizon": before.horizon, "gains": before.gains}
            row = replace(row, figures=figures, **measured, **gained)
        self.rows[version.id] = row

    def _examined(self, event: Examined) -> None:
        row = self.rows.get(event.version)
        if event.draw.purpose == "confirmation":
            self._change(event.version, lambda row: replace(row, confirmed=event.slices))
        elif row is not None and not row.tallies:
            self._change(event.version, lambda row: _measured(row, event))

    def _change(self, version: Digest, change: Callable[[VersionRow], VersionRow]) -> None:
        if version in self.rows:
            changed = change(self.rows[version])
            minutes, usd = self.worked_s / 60, self.usage.used("usd")
            self.rows[version] = replace(changed, minutes=minutes, usd=usd)


def _measured(row: VersionRow, event: Examined) -> VersionRow:
    rows = [(part.size, part.items, part.total) for part in event.slices if part.items]
    gained = gains({part.name: part.mean for part in event.slices if part.items})
    return replace(
        row,
        tallies=event.slices,
        gains=gained,
        horizon=horizon(rows) if rows and not gained else None,
        figures={**row.figures, **event.figures},
    )


def story(entries: Iterable[Entry[Event]], head: str, change: str = "") -> Story:
    """Fold a record, in its order, into what the report shows; `head` is the log's root."""
    fold, times = _Fold(), list[float]()
    for entry in entries:
        fold.take(entry)
        times.append(entry.time)
    backs = fold.charge.told()
    revoked = {each: back for back in backs for each in back.revoked}
    rows = [replace(row, back=revoked.get(row.version.id)) for row in fold.rows.values()]
    return Story(
        versions=_in_lanes(rows),
        costs=fold.costs.told(),
        sessions=tuple(fold.sessions),
        began=times[0] if times else 0.0,
        ended=times[-1] if times else 0.0,
        worked_s=fold.worked_s,
        usd=fold.usage.used("usd"),
        unpriced=fold.usage.used(UNPRICED),
        events=len(times),
        head=head,
        stop=fold.stop,
        pause=fold.pause,
        sandboxes=tuple(fold.sandboxes),
        backs=backs,
        rest=backs[-1] if fold.charge.resting else None,
        change=change,
    )


def _in_lanes(rows: Sequence[VersionRow]) -> tuple[VersionRow, ...]:
    """Lay what is not of the line beside it, one lane for each of a generation's attempts."""
    beside: dict[int, int] = {}
    laid: list[VersionRow] = []
    for row in rows:
        if not row.in_line:
            beside[row.generation] = beside.get(row.generation, 0) + 1
        laid.append(replace(row, lane=0 if row.in_line else beside[row.generation]))
    return tuple(laid)
