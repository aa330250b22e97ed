"""The attacks, read from `attacks/`: a file for each family, a table for each attack.

`prelude` goes in front of every source of a family. `name` is unique, `tries` ends the sentence
"It tries to", `sign` is how one sees from outside that it worked. `source` defines `attack(bait)`,
where bait says where everything is; `probe` does too, in a second program that is run next.
"""

from __future__ import annotations

import platform
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from successor.sandbox.answers import Limits, Program
from successor.sandbox.escape.bait import Sign
from successor.sandbox.sandbox import Sandbox

LIMITS = Limits(wall_s=3.0, cpu_s=2.0, memory_bytes=128 << 20, output_bytes=1 << 20)
FILE, ENTRY = "attack.py", "attack.py:attack"


@dataclass(frozen=True)
class Attack:
    """One way to get out, or to be believed."""

    family: str
    name: str
    tries: str
    sign: Sign
    source: str
    probe: str = ""
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    """More files of the program; {folder} and {work} in a path stand for the bait's."""
    inside: bool = False
    """The control runs it in the evaluator's own process, not in a fork of it."""
    wall_s: float = LIMITS.wall_s
    patience_s: float = 0.0
    """How long after its answer it may still do something."""
    takes_s: float = 0.0
    """What the call really takes; a report of less than half of it is false."""
    burns_s: float = 0.0
    """The CPU time that it really uses; the same."""
    machine: str = ""
    """The only machine that it is for; every one when empty."""
    inwards: bool = False
    """Where programs may start programs, this is allowed: it reaches no farther than they do."""

    privileged: bool = False
    """The control needs root: others are stopped by the kernel itself, sandbox or not."""
    names: bool = False
    """It is after the names of files, which only a root of one's own hides: Landlock does not."""

    def applies(self, sandbox: Sandbox) -> bool:
        """Whether it is an attack on this machine and in this tier."""
        is_allowed = self.inwards and sandbox.tier in ("bubblewrap", "container")
        has_namespaces = "namespaces" in sandbox.made_of.partition(";")[0]
        is_told = self.names and sandbox.tier == "kernel" and not has_namespaces
        return self.machine in ("", platform.machine()) and not is_allowed and not is_told

    @property
    def limits(self) -> Limits:
        """What it may use."""
        return Limits(
            wall_s=self.wall_s,
            cpu_s=LIMITS.cpu_s,
            memory_bytes=LIMITS.memory_bytes,
            output_bytes=LIMITS.output_bytes,
        )

    def program(self, told: Mapping[str, str | int]) -> Program:
        """The candidate that attacks."""
        named = {path.format_map(told): text for path, text in self.files.items()}
        return program(self.source, named)


def program(source: str, files: Mapping[str, str] | None = None) -> Program:
    """A program of one file, and maybe more. Sources may hold what is not Unicode."""
    texts = {FILE: source, **(files or {})}
    return Program(
        {path: text.encode("utf-8", "surrogateescape") for path, text in texts.items()}, ENTRY
    )


def catalogue() -> tuple[Attack, ...]:
    """Every attack, family by family."""
    files = sorted(Path(__file__).with_name("attacks").glob("*.toml"))
    return tuple(attack for file in files for attack in _family(file.stem, file.read_text("utf-8")))


def _family(family: str, text: str) -> list[Attack]:
    table: dict[str, Any] = tomllib.loads(text)
    prelude = table.get("prelude", "")
    return [
        Attack(family=family, **{**row, "source": prelude + row["source"]})
        for row in table["attack"]
    ]
