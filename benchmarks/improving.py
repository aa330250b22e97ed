"""Runs `successor improve` as anybody would, and reads what came of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from successor.lab import RECORD
from successor.ledger import Ledger

SOURCE = Path(__file__).resolve().parent.parent / "src"
SLACK_S = 300
"""What a run may take beyond its budget until it is given up: it ends at a safe point."""


@dataclass(frozen=True)
class Run:
    """What one run came to."""

    seconds: float = 0.0
    candidates: int = 0
    evaluations: float = 0.0
    promotions: int = 0
    stopped_by: str = ""
    measured: Mapping[str, float] = field(default_factory=dict[str, float])
    """Of the version in charge at the end, by the lab's own exam."""
    failed: str = ""
    """The last line that it said when it did not end as it should."""
    first: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    last: Mapping[str, bytes] = field(default_factory=dict[str, bytes])


def with_tables(text: str, tables: str, seed: int) -> str:
    """A lab file with other tables for its author and its end, and with a seed: an answer that was
    paid for is not paid for again.
    """
    kept, skipped = list[str](), False
    for line in text.splitlines():
        if line.startswith("["):
            skipped = line.startswith(("[author", "[base_cases"))
        if not skipped:
            kept.append(line)
        if line == "[lab]":
            kept.append(f"seed = {seed}")
    return "\n".join(kept).rstrip() + "\n\n" + tables


def improve(
    target: Path | str,
    folder: Path,
    budget: str,
    more: Sequence[str] = (),
    slack_s: float = SLACK_S,
    environment: Mapping[str, str] | None = None,
) -> Run:
    """Improve what `target` names, whose lab is `folder`, with more in the environment if given."""
    given = ["improve", str(target), "--budget", budget, "--json", "--quiet", *more]
    done = successor(given, _seconds(budget) + slack_s, environment=environment)
    if isinstance(done, str):
        return Run(failed=done)
    *_, last = map(json.loads, done.stdout.splitlines())
    spent = successor(["diff", str(folder), "--json"], SLACK_S)
    change: dict[str, Any] = {} if isinstance(spent, str) else json.loads(spent.stdout)
    first, final = versions(folder)
    return Run(
        seconds=float(last["seconds"]),
        candidates=int(change.get("candidates", 0)),
        evaluations=float(change.get("evaluations", 0)),
        promotions=int(last["promotions"]),
        stopped_by=str(last["stopped_by"]),
        measured=last["measured"],
        first=first,
        last=final,
    )


def successor(
    words: Sequence[str],
    wall_s: float,
    fine: Sequence[int] = (0, 3),
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str] | str:
    """Run the command; the last line that it said when it failed, by its exit code."""
    command = [sys.executable, "-m", "successor", *words]
    env = {**os.environ, **(environment or {}), "PYTHONPATH": str(SOURCE)}
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            command, capture_output=True, text=True, timeout=wall_s, env=env, check=False
        )
    except subprocess.TimeoutExpired:
        return f"did not end within {wall_s:.0f} s"
    if done.returncode not in fine:
        told = done.stderr.strip().splitlines()
        return told[-1] if told else f"exit code {done.returncode}"
    return done


def versions(folder: Path) -> tuple[Mapping[str, bytes], Mapping[str, bytes]]:
    """The files of the first version and of the one in charge."""
    with Ledger.read(folder / RECORD) as ledger:
        incumbent = ledger.incumbent()
        line = ledger.lineage(incumbent.id) if incumbent else ()
        found = [
            {path: ledger.object(digest) for path, digest in version.files.items()}
            for version in (*line[:1], *line[-1:])
        ]
    return (found[0], found[1]) if found else ({}, {})


def _seconds(budget: str) -> float:
    unit = {"s": 1, "m": 60, "h": 3600}[budget[-1]]
    return float(budget[:-1]) * unit
