"""What came of drills: how many planted candidates a person caught, how many honest ones refused.

Results are the user's own, a line of JSON each, in `$XDG_STATE_HOME/successor/drills.jsonl`; they
are in no lab's record.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from successor.errors import SuccessorError
from successor.insight.share import Share


@dataclass(frozen=True)
class Answer:
    """What a person made of one candidate."""

    name: str
    bad: bool
    """Whether it was planted."""
    accepted: bool
    seconds: float
    """From the moment that it was shown to the answer."""
    explained: bool
    """Whether more was asked for before."""


@dataclass(frozen=True)
class Drill:
    """One drill, to its end or as far as it went."""

    time: float
    """When it ended; seconds since 1970."""
    seed: int
    asked: int
    """Candidates that were to be shown."""
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Score:
    """What answers come to."""

    caught: Share
    """Of the planted ones, those rejected."""
    refused: Share
    """Of the honest ones, those rejected."""
    median_minutes: float | None


def score(answers: Sequence[Answer]) -> Score:
    """What answers come to, of one drill or of several."""
    bad, honest = ([each for each in answers if each.bad is planted] for planted in (True, False))
    minutes = [each.seconds / 60 for each in answers]
    return Score(
        Share(sum(not each.accepted for each in bad), len(bad)),
        Share(sum(not each.accepted for each in honest), len(honest)),
        statistics.median(minutes) if minutes else None,
    )


def figures(found: Score) -> dict[str, Any]:
    """As plain data."""
    return {
        "bad": found.caught.of,
        "caught": found.caught.hits,
        "caught_share": found.caught.value,
        "caught_interval": _listed(found.caught.interval),
        "honest": found.refused.of,
        "refused": found.refused.hits,
        "refused_share": found.refused.value,
        "refused_interval": _listed(found.refused.interval),
        "median_minutes": found.median_minutes,
    }


def _listed(interval: tuple[float, float] | None) -> list[float] | None:
    return None if interval is None else list(interval)


def kept_at() -> Path:
    """Where results are kept."""
    configured = os.environ.get("XDG_STATE_HOME", "")
    home = Path(configured) if configured.startswith("/") else Path.home() / ".local" / "state"
    return home / "successor" / "drills.jsonl"


def keep(drill: Drill, to: Path) -> None:
    """Add a drill to those before."""
    to.parent.mkdir(parents=True, exist_ok=True)
    with to.open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(asdict(drill))}\n")


def ended(seed: int, asked: int, answers: Iterable[Answer]) -> Drill:
    """A drill that ends now."""
    return Drill(round(time.time(), 3), seed, asked, tuple(answers))


def kept(at: Path) -> tuple[Drill, ...]:
    """The drills so far, oldest first.

    Raises:
        SuccessorError: when a line is no result.
    """
    if not at.is_file():
        return ()
    return tuple(
        _read(line, f"{at}, line {number}")
        for number, line in enumerate(at.read_text("utf-8").splitlines(), 1)
    )


def _read(line: str, where: str) -> Drill:
    try:
        told: dict[str, Any] = json.loads(line)
        answers = tuple(Answer(**each) for each in told.pop("answers"))
        return Drill(**told, answers=answers)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SuccessorError(f"{where}: no result of a drill; take the line out") from None
