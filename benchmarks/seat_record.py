"""A long record for benchmarks/seat.py, without a run: each event hashed as the ledger does it."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from successor.ledger import (
    Decided,
    Event,
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
from successor.ledger.merkle import CompactRange, leaf_hash
from successor.ledger.objects import ObjectStore
from successor.ledger.tip import write_tip
from successor.types import Decision, Draw, Exam, Slice, Verdict, Version

ATTEMPTS = 10
"""Candidates in a generation; of these the last is promoted, every third time."""
SIZES = (1, 2, 4, 8, 16, 32, 64)
SETTINGS = {
    "lab": {"goal": "further", "stage": 4},
    "base_cases": {"wall_clock": 1e6},
    "author": {"kind": "search", "authors": ["told", "other"]},
}
PACE_S = 0.03
"""Between two events."""


def write_record(lab: Path, versions: int, events: int) -> int:
    """A record of so many versions, filled up with heartbeats, as a run of months leaves them, to
    so many events; how many there are.
    """
    folder = lab / ".successor"
    with patch("os.fsync"), Ledger.open(folder, settings=SETTINGS, seed=7) as ledger:
        ledger.started({})
        began = ledger.entries()[-1].time
    objects = ObjectStore(folder / "objects", folder / "work")
    connection = sqlite3.connect(folder / "record.sqlite", isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    body, leaf = connection.execute("SELECT body, leaf FROM event").fetchone()
    tree = CompactRange().append(leaf)
    idle = max(0, events // versions - 5)
    with patch("os.fsync"):
        for event in _events(objects, versions, idle):
            began = round(began + PACE_S, 3)
            body = encode(event, began)
            leaf = leaf_hash(body)
            tree = tree.append(leaf)
            row = (tree.size, body, leaf, tree.root)
            connection.execute("INSERT INTO event VALUES (?, ?, ?, ?)", row)
        connection.execute("COMMIT")
        connection.close()
        write_tip(folder, Head(tree.size, tree.root.hex()))
    return tree.size


def _events(objects: ObjectStore, versions: int, idle: int) -> Iterator[Event]:
    chance = random.Random(7)
    code, incumbent, generation = objects.write(b"x = 1\n"), None, 0
    for number in range(versions):
        if incumbent is None or number % ATTEMPTS == 1:
            if number:
                yield GenerationClosed(generation)
                generation += 1
            yield GenerationOpened(generation, incumbent)
        parents = (incumbent,) if incumbent else ()
        files = {"x.py": code, "n": objects.write(str(number).encode())}
        author = "told" if number % 3 else "other"
        version = Version(version_id(files, parents, author), files, parents, author)
        for _ in range(idle):
            yield Heartbeat()
        yield Written(generation, number % ATTEMPTS, version, {"tokens": 9})
        share = chance.random() * 0.5 + number / versions / 2
        yield _examined(objects, generation, version, share)
        better = incumbent is None or (number % ATTEMPTS == 0 and number % 30 == 0)
        if incumbent is not None:
            yield Judged(generation, _verdict(version, incumbent, better), "0" * 64)
        outcome = "promoted" if better else "rejected"
        yield Decided(generation, Decision(version.id, outcome, "told", "policy"))
        incumbent = version.id if better else incumbent


def _examined(objects: ObjectStore, generation: int, version: Version, share: float) -> Examined:
    slices = tuple(Slice(f"speed/{size}", size, (round(share, 2),) * 4) for size in SIZES)
    exam = Exam(version.id, Draw("training", 1, tuple((p.name, 4) for p in slices)), slices)
    scores = objects.write(encode_scores(exam))
    tallies = tuple(Tally(p.name, p.size, 4, sum(p.scores)) for p in slices)
    return Examined(generation, version.id, exam.draw, tallies, scores, {})


def _verdict(version: Version, incumbent: str, better: bool) -> Verdict:  # noqa: FBT001 - as told
    outcome = "better" if better else "not better"
    e_value = 99.0 if better else 0.5
    return Verdict(version.id, incumbent, outcome, e_value, 40.0, 0.1, (0.0, 0.2), 64, 1, "told")
