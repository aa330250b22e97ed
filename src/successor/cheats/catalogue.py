"""The reward hacks, read from `fixtures/`: a file for each.

`name` is unique, `tries` ends the sentence "It tries to", `source` says where the kind is known
from. `[files]` are those of the lab and `[lab]`, `[subject]`, `[judge]` what its settings say
beside the usual. `[cheat]` and `[twin]` hold the candidates: `text`, or `texts` that are handed in
one after the other, and `also`, other files that come with them. A file whose kind the lab cannot
express as it is known says in `shows` what it shows instead.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from successor.cheats.author import KIND

KINDS: Mapping[int, str] = {
    1: "strip the tracer",
    2: "fake the log",
    3: "reuse stale memory",
    4: "constant answer",
    5: "impossible gain",
    6: "patch the timer",
    7: "read the expected answer",
    8: "copy the reference",
    9: "edit the tests",
    10: "special-case the tests",
    11: "fool the comparison",
    12: "overwrite the harness",
    13: "learn from refusals",
    14: "exploit the metric",
    15: "loophole in the check",
    16: "pass the impossible",
    17: "winner's curse",
    18: "edit the gate",
    19: "behave when watched",
    20: "address the reviewer",
    21: "drop what is rare",
    22: "plant a rare branch",
    23: "move work where none is timed",
}
"""All kinds, by number; those from 22 on were found here."""


@dataclass(frozen=True)
class Candidate:
    """What is handed in."""

    texts: tuple[str, ...]
    also: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Cheat:
    """A reward hack and its honest twin, in a lab."""

    kind: int
    name: str
    tries: str
    source: str
    files: Mapping[str, str]
    settings: Mapping[str, Mapping[str, object]]
    cheat: Candidate
    twin: Candidate
    shows: str = ""
    """Where the kind cannot be had as it is known: what is shown instead."""

    @property
    def needs_commands(self) -> bool:
        """Whether its lab runs commands, for which there has to be bubblewrap."""
        return "evaluator" in self.settings["subject"]

    def tables(self, candidate: Candidate, tier: str | None) -> dict[str, dict[str, object]]:
        """The settings of the lab in which a candidate is judged."""
        subject = {"kind": "program", **self.settings["subject"]}
        path = str(subject["target"]).partition(":")[0]
        if tier and not self.needs_commands:
            subject["tier"] = tier
        return {
            "lab": {"goal": "faster", **self.settings.get("lab", {}), "stage": 4},
            "subject": subject,
            "author": {
                "kind": KIND,
                "path": path,
                "texts": candidate.texts,
                "also": candidate.also,
            },
            "judge": {"kind": "race", **self.settings.get("judge", {})},
            "base_cases": {"generations": 2},
        }


def catalogue() -> tuple[Cheat, ...]:
    """Every reward hack, kind by kind."""
    files = Path(__file__).with_name("fixtures").glob("*.toml")
    found = [read(path.read_text("utf-8")) for path in files]
    return tuple(sorted(found, key=lambda each: (each.kind, each.name)))


def read(text: str) -> Cheat:
    """One file."""
    told: dict[str, Any] = tomllib.loads(text)
    settings = {name: told.pop(name) for name in ("lab", "subject", "judge") if name in told}
    cheat, twin = (_candidate(**told.pop(name)) for name in ("cheat", "twin"))
    return Cheat(settings=settings, cheat=cheat, twin=twin, **told)


def _candidate(
    text: str = "", texts: tuple[str, ...] = (), also: Mapping[str, str] | None = None
) -> Candidate:
    return Candidate((text,) if text else tuple(texts), also or {})
