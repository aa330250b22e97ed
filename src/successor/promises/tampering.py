"""A record that was changed, in every way that somebody with its folder could: is it seen?"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path

from successor.ledger import Ledger, audit
from successor.ledger.events import objects_of
from successor.ledger.store import FILE
from successor.promises.kept import Kept, Told, counted

ATTEMPTS = 60
SEED = 1
_LARGE = 1 << 26
"""Bytes of objects above which fewer changes are tried: each is an audit of all of them."""


def try_record(lab: Path, told: Told) -> Kept:
    """Change a copy in one place and audit it, again and again."""
    chance, missed, kinds = random.Random(SEED), list[str](), dict[str, int]()
    record = lab / ".successor"
    if (problem := audit(record).problem) is not None:
        return Kept("broken", f"the record does not verify as it is: {problem}", 1, 1)
    size = sum(path.stat().st_size for path in _objects(record))
    attempts = ATTEMPTS if size < _LARGE else ATTEMPTS // 4
    for number in range(attempts):
        told(number, attempts, "changes")
        name, change = CHANGES[number % len(CHANGES)]
        with _copy(record) as copied:
            changed = change(copied, chance)
            if changed and audit(copied).problem is None:
                missed.append(f"{name}: {changed}")
        kinds[name] = kinds.get(name, 0) + bool(changed)
    what = ", ".join(f"{count} {name}" for name, count in kinds.items() if count)
    tried = sum(kinds.values())
    found = f"{tried - len(missed)} of {tried} changes to a copy were found and named ({what})"
    return counted(tried, len(missed), f"{found}; not {missed[0]}" if missed else found)


def _flip(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :]


def _objects(record: Path) -> list[Path]:
    return sorted(path for path in (record / "objects").rglob("*") if path.is_file())


def flip_object(record: Path, chance: random.Random) -> str:
    """One bit of an object."""
    held = [path for path in _objects(record) if path.stat().st_size]
    if not held:
        return ""
    path = chance.choice(held)
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(_flip(data, chance))
    return path.parent.name + path.name


def drop_object(record: Path, chance: random.Random) -> str:
    """An object that an event names."""
    named = {name for each in Ledger.read(record).entries() for name in objects_of(each.event)}
    if not named:
        return ""
    name = chance.choice(sorted(named))
    (record / "objects" / name[:2] / name[2:]).unlink()
    return name


def flip_event(record: Path, chance: random.Random) -> str:
    """One bit of an event, of its hash or of the root after it."""
    columns = ("body", "leaf", "root")
    with _events(record) as rows:
        count: int = rows.execute("SELECT max(seq) FROM event").fetchone()[0]
        seq, column = chance.randint(1, count), chance.choice(columns)
        found = rows.execute("SELECT body, leaf, root FROM event WHERE seq = ?", (seq,)).fetchone()
        kept: dict[str, bytes] = dict(zip(columns, found, strict=True))
        kept[column] = _flip(kept[column], chance)
        rows.execute(
            "UPDATE event SET body = ?, leaf = ?, root = ? WHERE seq = ?", (*kept.values(), seq)
        )
    return f"{column} of event {seq}"


def drop_event(record: Path, chance: random.Random) -> str:
    """One event, the rest moved up."""
    with _events(record) as rows:
        count: int = rows.execute("SELECT max(seq) FROM event").fetchone()[0]
        seq = chance.randint(1, count)
        rows.execute("DELETE FROM event WHERE seq = ?", (seq,))
        for later in range(seq + 1, count + 1):
            rows.execute("UPDATE event SET seq = ? WHERE seq = ?", (later - 1, later))
    return f"event {seq}"


def exchange_events(record: Path, chance: random.Random) -> str:
    """Two events, each with its hash."""
    with _events(record) as rows:
        count: int = rows.execute("SELECT max(seq) FROM event").fetchone()[0]
        if count < 2:
            return ""
        one, other = sorted(chance.sample(range(1, count + 1), 2))
        for old, new in ((one, -1), (other, one), (-1, other)):
            rows.execute("UPDATE event SET seq = ? WHERE seq = ?", (new, old))
    return f"events {one} and {other}"


def insert_event(record: Path, chance: random.Random) -> str:
    """An event once more, at the end, with the root that the last one had."""
    with _events(record) as rows:
        count: int = rows.execute("SELECT max(seq) FROM event").fetchone()[0]
        seq = chance.randint(1, count)
        rows.execute(
            "INSERT INTO event SELECT ?, body, leaf, root FROM event WHERE seq = ?",
            (count + 1, seq),
        )
    return f"event {seq} once more"


def cut_off(record: Path, chance: random.Random) -> str:
    """The last events."""
    with _events(record) as rows:
        count: int = rows.execute("SELECT max(seq) FROM event").fetchone()[0]
        left = chance.randint(0, count - 1)
        rows.execute("DELETE FROM event WHERE seq > ?", (left,))
    return f"all after event {left}"


CHANGES: tuple[tuple[str, Callable[[Path, random.Random], str]], ...] = (
    ("bits of objects flipped", flip_object),
    ("bits of events flipped", flip_event),
    ("events deleted", drop_event),
    ("pairs of events exchanged", exchange_events),
    ("events inserted", insert_event),
    ("ends cut off", cut_off),
    ("objects deleted", drop_object),
)


@contextmanager
def _events(record: Path) -> Generator[sqlite3.Connection]:
    """The table with what keeps it append-only taken out, and put back at the end."""
    with closing(sqlite3.connect(record / FILE, isolation_level=None)) as rows:
        kept = rows.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in kept:
            rows.execute(f"DROP TRIGGER {name}")
        rows.execute("PRAGMA ignore_check_constraints = ON")
        yield rows
        for _, text in kept:
            rows.execute(text)
        rows.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _copy(record: Path) -> Generator[Path]:
    """Objects are links: who changes one puts another in its place."""
    with tempfile.TemporaryDirectory(prefix="successor-promises-") as home:
        copied = Path(home) / "lab" / record.name
        shutil.copytree(record, copied, ignore=shutil.ignore_patterns("objects", "work"))
        shutil.copytree(record / "objects", copied / "objects", copy_function=_link)
        (copied / "work").mkdir()
        yield copied


def _link(source: str, target: str) -> str:
    try:
        os.link(source, target)
    except OSError:  # another disk
        shutil.copy2(source, target)
    return target
