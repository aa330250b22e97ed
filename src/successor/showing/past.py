"""What earlier generations turned to, and what each of that gained: a fold over the events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from successor.insight.judgement.directions import rise
from successor.insight.judgement.moments import OPTIONS, PREDICTED
from successor.insight.measures import gains
from successor.ledger import (
    HUMAN,
    Decided,
    Directed,
    Entry,
    Event,
    Examined,
    GenerationClosed,
    GenerationOpened,
    Judged,
    Ledger,
    Reviewed,
    WorkClock,
    Written,
)
from successor.loop import MASTERY
from successor.types import Decision, Digest, Verdict, Version

Means = dict[str, float]
"""Mean score of each slice of an exam."""


@dataclass
class Tried:
    """What came of the candidates of one author."""

    rises: list[float] = field(default_factory=list[float])
    """Of the mean score over the slices of the incumbent; 0 of what was refused."""
    seconds: list[float] = field(default_factory=list[float])
    """Of work, until each was decided."""
    predicted: list[float] = field(default_factory=list[float])
    """By the author: how many times as good."""
    held: list[float] = field(default_factory=list[float])
    """Measured over predicted, where both are known."""


@dataclass
class Past:
    """A fold over the entries."""

    ledger: Ledger
    authors: dict[str, Tried] = field(default_factory=dict[str, Tried])
    unclear: list[Verdict] = field(default_factory=list[Verdict])
    """Of candidates that were not promoted."""
    passed_over: int = 0
    """Candidates whose authors kept on record what else they could have handed in."""
    predictions: int = 0
    asked: int = 0
    """Choices of people."""
    decided: int = 0
    _means: dict[Digest, Means] = field(default_factory=dict[Digest, Means])
    _written: dict[Digest, Written] = field(default_factory=dict[Digest, Written])
    _verdicts: dict[Digest, Verdict] = field(default_factory=dict[Digest, Verdict])
    _mended: defaultdict[str, list[float]] = field(
        default_factory=lambda: defaultdict[str, list[float]](list)
    )
    """Share won of what there was to win, by the weakness that came first."""
    _places: defaultdict[int, list[float]] = field(
        default_factory=lambda: defaultdict[int, list[float]](list)
    )
    """Likewise of every weakness, by its place: the easiest is 0. What is far off wins less."""
    _before: Digest | None = None
    """Who was in charge when the generation under way began."""
    _charge: Digest | None = None
    _directed: Directed | None = None
    """What a person picked for the next generation."""
    _wanted: str = ""
    """The weakness that was picked for the one under way."""
    _clock: WorkClock = field(default_factory=WorkClock)
    _seconds: float = 0.0

    def take(self, entry: Entry[Event]) -> None:
        """Take in the next event."""
        self._seconds += self._clock.take(entry)
        match entry.event:
            case GenerationOpened(incumbent=incumbent):
                pick = self._directed.pick if self._directed else None
                self._before = self._charge = incumbent
                self._wanted, self._directed = pick.weakness if pick else "", None
                self._seconds = 0.0
            case Directed() as directed:
                self._directed = directed
            case Written(version=Version(id=name)) as written:
                self._written[name] = written
            case Examined(version=name, draw=draw, slices=slices):
                if draw.purpose != "confirmation":
                    self._means[name] = {each.name: each.mean for each in slices}
            case Judged(verdict=verdict):
                self._verdicts[verdict.candidate] = verdict
            case Reviewed(choice="accept" | "reject" | "edit"):
                self.asked += 1
            case Decided(decision=made) if made.outcome != "waiting":
                self._decided(made)
            case GenerationClosed():
                self._closed()
            case _:
                pass

    def _decided(self, made: Decision) -> None:
        written, verdict = self._written.get(made.candidate), self._verdicts.get(made.candidate)
        seconds, self._seconds = self._seconds, 0.0
        if made.outcome == "promoted":
            self._charge = made.candidate
        if written is None or verdict is None or written.version is None:
            return
        self.decided += 1
        promoted = made.outcome == "promoted"
        if verdict.outcome == "unclear" and not promoted:
            self.unclear.append(verdict)
        author = str(written.figures.get("by", written.version.author))
        if author.startswith(HUMAN):
            return
        tried = self.authors.setdefault(author, Tried())
        before, after = (self._means.get(n) for n in (verdict.incumbent, verdict.candidate))
        tried.rises.append(max(0.0, rise(before, after) or 0.0) if promoted else 0.0)
        tried.seconds.append(seconds)
        self._predicted(tried, written, verdict)

    def _predicted(self, tried: Tried, written: Written, verdict: Verdict) -> None:
        self.passed_over += OPTIONS in written.figures
        told = (v for k, v in written.figures.items() if k.startswith(PREDICTED))
        predicted = next((v for v in told if isinstance(v, int | float) and v > 0), None)
        if predicted is None:
            return
        self.predictions += 1
        tried.predicted.append(predicted)
        means = (self._means.get(n, {}) for n in (verdict.incumbent, verdict.candidate))
        before, after = (next(iter(gains(each).values()), 0.0) for each in means)
        if before and after:
            tried.held.append(after / before / predicted)

    def _closed(self) -> None:
        """Keep what became of the weakness that came first."""
        before, after = (self._means.get(n or "", {}) for n in (self._before, self._charge))
        won = {
            name: max(0.0, after.get(name, score) - score) / (1.0 - score)
            for name, score in weak_in(before).items()
        }
        for place, share in enumerate(won.values()):
            self._places[place].append(share)
        if won:
            first = self._wanted if self._wanted in won else min(won, key=before.__getitem__)
            self._mended[first].append(won[first])

    def idle(self) -> Iterator[str]:
        """Weaknesses of the version in charge that never came first, and that none has helped."""
        first = self.first
        for name, score in weak_in(self.incumbent).items():
            if name not in self._mended and score <= first.get(name, 1.0):
                yield name

    @property
    def incumbent(self) -> Means:
        """Of the version in charge."""
        found = self.ledger.incumbent()
        return self._means.get(found.id, {}) if found else {}

    @property
    def first(self) -> Means:
        """Of the first version."""
        return next(iter(self._means.values()), Means())

    def mended_share(self, name: str) -> tuple[float | None, int]:
        """What a generation that turns to a weakness first wins of what there is, and how often it
        came first. What others in its place won stands for one time more, so that one stroke of
        luck is no rule.
        """
        place = [*weak_in(self.incumbent)].index(name)
        every = self._places.get(place) or [s for won in self._places.values() for s in won]
        if not every:
            return None, 0
        mine = self._mended.get(name, [])
        return (sum(mine) + sum(every) / len(every)) / (len(mine) + 1), len(mine)

    def gain_of(self, author: str) -> float | None:
        """What a candidate of an author adds to the mean score; likewise."""
        every = [rise for tried in self.authors.values() for rise in tried.rises]
        if not every:
            return None
        mine = self.authors[author].rises if author in self.authors else []
        return (sum(mine) + sum(every) / len(every)) / (len(mine) + 1)


def weak_in(means: Means) -> Means:
    """What is not mastered, the easiest first: as exams have it."""
    return {name: score for name, score in means.items() if score < MASTERY}
