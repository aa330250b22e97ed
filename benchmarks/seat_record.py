"""A long record for benchmarks/seat.py, written without a run."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path
from unittest.mock import patch

from successor.ledger import (
    Decided,
    Examined,
    GenerationClosed,
    GenerationOpened,
    Head,
    Heartbeat,
    Judged,
    Ledger,
    Tally,
    Written,
    version_id,
)
from successor.ledger.codec import encode, encode_scores
from successor.ledger.merkle import leaf_hash
from successor.ledger.tip import write_tip
from successor.types import Decision, Draw, Exam, Slice, Verdict, Version

ATTEMPTS = 10
"""Candidates in a generation; of these the last is promoted, every third time."""
SIZES = (1, 2, 4, 8, 16, 32, 64)


def write_record(lab: Path, versions: int) -> None:
    """A record of so many versions by the ledger's own hand; no step is run, no disk waited for."""
    chance = random.Random(7)
    settings = {"lab": {"goal": "further", "stage": 4}, "base_cases": {"wall_clock": 1e6}}
    with patch("os.fsync"), Ledger.open(lab / ".successor", settings=settings, seed=7) as ledger:
        ledger.started({})
        journal, objects = ledger._journal, ledger._objects  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - quicker than a run
        store = journal._store  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - as above
        assert store  # noqa: S101 - it was opened to write
        store._connection.execute("PRAGMA synchronous = OFF")  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - as above
        code, incumbent, generation = objects.write(b"x = 1\n"), None, 0
        for number in range(versions):
            if incumbent is None or number % ATTEMPTS == 1:
                if number:
                    journal.append(GenerationClosed(generation))
                    generation += 1
                journal.append(GenerationOpened(generation, incumbent))
            parents = (incumbent,) if incumbent else ()
            files = {"x.py": code, "n": objects.write(str(number).encode())}
            version = Version(version_id(files, parents, "told"), files, parents, "told")
            journal.append(Written(generation, number % ATTEMPTS, version, {"tokens": 9}))
            _examined(ledger, generation, version, chance.random() * 0.5 + number / versions / 2)
            better = incumbent is None or (number % ATTEMPTS == 0 and number % 30 == 0)
            if incumbent is not None:
                journal.append(Judged(generation, _verdict(version, incumbent, better), "0" * 64))
            outcome = "promoted" if better else "rejected"
            journal.append(Decided(generation, Decision(version.id, outcome, "told", "policy")))
            incumbent = version.id if better else incumbent


def fill(lab: Path, events: int) -> None:
    """Add heartbeats, as a run of months leaves them, until there are so many events: in one
    transaction, each hashed as the ledger hashes it.
    """
    folder = lab / ".successor"
    with Ledger.open(folder, settings={}, seed=7) as ledger:
        memory = ledger._journal.memory  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - as above
        tree, last = memory.tree, memory.history.entries[-1].time
    connection = sqlite3.connect(folder / "record.sqlite", isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    while tree.size < events:
        last = round(last + 0.03, 3)
        body = encode(Heartbeat(), last)
        leaf = leaf_hash(body)
        tree = tree.append(leaf)
        row = (tree.size, body, leaf, tree.root)
        connection.execute("INSERT INTO event VALUES (?, ?, ?, ?)", row)
    connection.execute("COMMIT")
    connection.close()
    write_tip(folder, Head(tree.size, tree.root.hex()))


def _examined(ledger: Ledger, generation: int, version: Version, share: float) -> None:
    slices = tuple(Slice(f"speed/{size}", size, (round(share, 2),) * 4) for size in SIZES)
    exam = Exam(version.id, Draw("training", 1, tuple((p.name, 4) for p in slices)), slices)
    scores = ledger._objects.write(encode_scores(exam))  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - as above
    tallies = tuple(Tally(p.name, p.size, 4, sum(p.scores)) for p in slices)
    event = Examined(generation, version.id, exam.draw, tallies, scores, {})
    ledger._journal.append(event)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - as above


def _verdict(version: Version, incumbent: str, better: bool) -> Verdict:  # noqa: FBT001 - as told
    outcome = "better" if better else "not better"
    e_value = 99.0 if better else 0.5
    return Verdict(version.id, incumbent, outcome, e_value, 40.0, 0.1, (0.0, 0.2), 64, 1, "told")
