from __future__ import annotations

import hashlib
import os
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.climber import Climber, climb, parts
from successor.errors import RecordError, SuccessorError, UsageError
from successor.ledger import Examined, Judged, Ledger, SessionStarted, Written, audit
from successor.ledger.codec import encode
from successor.ledger.merkle import CompactRange, leaf_hash
from successor.ledger.objects import ObjectStore
from successor.ledger.store import FILE, opened_to_read, rows
from successor.ledger.tip import FILE as HEAD
from successor.ledger.tip import Head, read_tip, write_tip
from successor.loop import improve_self
from successor.types import Brief, Draft, Workspace

MIDDLE = 17


def flip(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def tampered(folder: Path, change: Callable[[sqlite3.Connection], object]) -> None:
    """Change the record as somebody would who owns the file: without its triggers."""
    with closing(sqlite3.connect(folder / FILE)) as connection:
        triggers = "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
        declared = connection.execute(triggers).fetchall()
        for name, _ in declared:
            connection.execute(f"DROP TRIGGER {name}")
        change(connection)
        for _, sql in declared:
            connection.execute(sql)
        connection.commit()


def problem_of(folder: Path) -> str:
    problem = audit(folder).problem
    assert problem is not None
    return problem


def kind(folder: Path, seq: int) -> str:
    return type(Ledger.read(folder).entries()[seq - 1].event).__name__


def test_a_sound_record_is_found_sound(folder: Path):
    report = audit(folder)
    ledger = Ledger.read(folder)
    assert report.problem is None
    assert (report.events, report.head) == (ledger.head.size, ledger.head)
    assert report.objects == sum(p.is_file() for p in (folder / "objects").rglob("*"))


@pytest.mark.parametrize("column", ["body", "leaf", "root"])
def test_a_flipped_byte_in_any_column_is_found_and_named(folder: Path, column: str):
    name = f"event {MIDDLE} ({kind(folder, MIDDLE)}):"

    def change(connection: sqlite3.Connection) -> None:
        select = f"SELECT {column} FROM event WHERE seq = ?"  # noqa: S608 - a name of this file
        (value,) = connection.execute(select, (MIDDLE,)).fetchone()
        update = f"UPDATE event SET {column} = ? WHERE seq = ?"  # noqa: S608 - the same
        connection.execute(update, (flip(value, len(value) - 9), MIDDLE))

    tampered(folder, change)
    assert problem_of(folder).startswith(name)
    assert audit(folder).events == MIDDLE - 1
    with pytest.raises(RecordError, match=f"event {MIDDLE} "):
        Ledger.read(folder)
    with pytest.raises(RecordError, match=f"event {MIDDLE} "):
        Ledger.open(folder, settings={}, seed=7)


def test_every_flipped_byte_of_a_body_is_found(folder: Path):
    """Each byte of the body of one event in turn, in the file itself."""
    file = folder / FILE
    body = next(
        encode(entry.event, entry.time)
        for entry in Ledger.read(folder).entries(Judged)
        if entry.seq > MIDDLE
    )
    seq = next(e.seq for e in Ledger.read(folder).entries(Judged) if e.seq > MIDDLE)
    whole = file.read_bytes()
    at = whole.index(body)
    for offset in range(0, len(body), 7):
        file.write_bytes(flip(whole, at + offset))
        assert problem_of(folder).startswith(f"event {seq} (")
    file.write_bytes(whole)
    assert audit(folder).problem is None


def test_a_changed_event_with_its_own_hash_made_right_is_found(folder: Path):
    def change(connection: sqlite3.Connection) -> None:
        (body,) = connection.execute("SELECT body FROM event WHERE seq = ?", (MIDDLE,)).fetchone()
        forged = body.replace(b'"time":1', b'"time":2')
        assert forged != body
        connection.execute(
            "UPDATE event SET body = ?, leaf = ? WHERE seq = ?",
            (forged, leaf_hash(forged), MIDDLE),
        )

    tampered(folder, change)
    assert "does not follow" in problem_of(folder)
    assert f"event {MIDDLE} " in problem_of(folder)


def test_a_deleted_event_is_found(folder: Path):
    tampered(folder, lambda c: c.execute("DELETE FROM event WHERE seq = ?", (MIDDLE,)))
    assert problem_of(folder).startswith(f"event {MIDDLE}: it is missing")


def test_a_deleted_event_whose_gap_was_closed_is_found(folder: Path):
    def change(connection: sqlite3.Connection) -> None:
        connection.execute("DELETE FROM event WHERE seq = ?", (MIDDLE,))
        last = connection.execute("SELECT max(seq) FROM event").fetchone()[0]
        for seq in range(MIDDLE + 1, last + 1):
            connection.execute("UPDATE event SET seq = ? WHERE seq = ?", (seq - 1, seq))

    tampered(folder, change)
    assert problem_of(folder).startswith(f"event {MIDDLE} (")


def test_exchanged_events_are_found(folder: Path):
    def change(connection: sqlite3.Connection) -> None:
        for old, new in ((MIDDLE, 0), (MIDDLE + 1, MIDDLE), (0, MIDDLE + 1)):
            connection.execute("UPDATE event SET seq = ? WHERE seq = ?", (new, old))

    tampered(folder, change)
    assert problem_of(folder).startswith(f"event {MIDDLE} (")


def rewritten(folder: Path, forge: Callable[[bytes], bytes]) -> None:
    """The whole record anew, with all of its hashes and its head right."""

    def change(connection: sqlite3.Connection) -> None:
        bodies = [body for (body,) in connection.execute("SELECT body FROM event ORDER BY seq")]
        connection.execute("DELETE FROM event")
        tree = CompactRange()
        for seq, body in enumerate(map(forge, bodies), start=1):
            tree = tree.append(leaf_hash(body))
            row = (seq, body, leaf_hash(body), tree.root)
            connection.execute("INSERT INTO event VALUES (?, ?, ?, ?)", row)
        write_tip(folder, Head(tree.size, tree.root.hex()))

    tampered(folder, change)


def test_a_version_that_is_not_what_its_id_says_is_found_whatever_the_hashes(folder: Path):
    written = Ledger.read(folder).entries(Written)[1]
    rewritten(folder, lambda body: body.replace(b'"author":"climb"', b'"author":"crawl"'))
    assert problem_of(folder) == (
        f"event {written.seq} (Written): the version's id is not the digest of its content"
    )


def test_an_event_written_in_another_way_is_found_whatever_the_hashes(folder: Path):
    rewritten(folder, lambda body: body.replace(b'"items":300', b'"items": 300'))
    seq = Ledger.read(folder).entries(Judged)[0].seq
    assert problem_of(folder).startswith(f"event {seq} (Judged): it is not written")


def test_missing_triggers_are_found(folder: Path):
    with closing(sqlite3.connect(folder / FILE)) as connection:
        connection.execute("DROP TRIGGER event_never_changes")
        connection.commit()
    assert "no longer append-only" in problem_of(folder)


def object_of(folder: Path) -> tuple[Path, int]:
    entry = Ledger.read(folder).entries(Examined)[2]
    return folder / "objects" / entry.event.scores[:2] / entry.event.scores[2:], entry.seq


def test_a_flipped_byte_in_an_object_is_found_and_named(folder: Path):
    path, seq = object_of(folder)
    path.write_bytes(flip(path.read_bytes(), 11))
    digest = path.parent.name + path.name
    assert problem_of(folder) == (
        f"object {digest} is damaged: its content has another digest; event {seq} (Examined)"
        " names it"
    )
    ledger = Ledger.read(folder)
    with pytest.raises(RecordError, match=digest):
        ledger.exam(ledger.entries(Examined)[2].event.version)


def test_a_missing_object_is_found_and_named(folder: Path):
    path, seq = object_of(folder)
    path.unlink()
    digest = path.parent.name + path.name
    assert problem_of(folder) == f"object {digest} is missing; event {seq} (Examined) names it"


def test_the_first_of_several_faults_is_named(folder: Path):
    path, seq = object_of(folder)
    path.unlink()
    tampered(folder, lambda c: c.execute("DELETE FROM event WHERE seq > ?", (seq,)))
    tampered(folder, lambda c: c.execute("UPDATE event SET body = x'00' WHERE seq = ?", (seq - 1,)))
    assert problem_of(folder).startswith(f"event {seq - 1} (unreadable):")


@pytest.mark.parametrize("at", [0, 20, 100, 4096, 4100, 2 * 4096 + 3, 5 * 4096])
@pytest.mark.parametrize("length", [1, 64, 4096])
def test_a_damaged_file_is_a_finding_and_no_traceback(folder: Path, at: int, length: int):
    data = bytearray((folder / FILE).read_bytes())
    data[at : at + length] = b"\xa5" * len(data[at : at + length])
    (folder / FILE).write_bytes(data)
    report = audit(folder)
    if report.problem is None:
        # A byte that no reader looks at, such as a counter in the head of the file.
        assert length == 1
        assert report == audit(folder)
    with suppress(SuccessorError):
        Ledger.read(folder)


def test_a_file_cut_short_is_a_finding(folder: Path):
    data = (folder / FILE).read_bytes()
    (folder / FILE).write_bytes(data[: len(data) // 2])
    assert problem_of(folder)


def test_a_record_that_was_emptied_is_a_finding(folder: Path):
    events = audit(folder).events
    (folder / FILE).write_bytes(b"")
    assert problem_of(folder) == f"event 1: it is missing; the record had {events}"
    assert_refused(folder)
    (folder / HEAD).unlink()
    assert "they are lost" in problem_of(folder)
    assert_refused(folder)
    (folder / FILE).unlink()
    assert "they are lost" in problem_of(folder)
    assert_refused(folder)


def assert_refused(folder: Path) -> None:
    """Nobody may build on it, and trying to changes nothing."""
    with pytest.raises(RecordError):
        Ledger.open(folder, settings={}, seed=7)
    with pytest.raises(RecordError):
        Ledger.read(folder).entries()


def test_events_cut_off_at_the_end_are_found(folder: Path):
    last = audit(folder).events
    tampered(
        folder, lambda connection: connection.execute("DELETE FROM event WHERE seq = ?", (last,))
    )
    assert problem_of(folder) == f"event {last}: it is missing; the record had {last}"
    assert_refused(folder)


def test_another_last_event_with_right_hashes_is_found(folder: Path):
    head = (folder / HEAD).read_bytes()
    rewritten(folder, lambda body: body.replace(b'"items":300', b'"items":301'))
    (folder / HEAD).write_bytes(head)
    assert "not the one that the record ended in" in problem_of(folder)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"size":"9","root":"0"}', b"\xff"])
def test_a_damaged_head_is_a_finding(folder: Path, content: bytes):
    (folder / HEAD).write_bytes(content)
    assert "head is damaged" in problem_of(folder)
    assert_refused(folder)


def test_a_missing_head_is_a_finding(folder: Path):
    (folder / HEAD).unlink()
    assert "is missing" in problem_of(folder)
    assert_refused(folder)


def test_a_head_that_a_kill_left_behind_is_brought_up_to_date(folder: Path):
    events = audit(folder).events
    with opened_to_read(folder) as connection:
        before = list(rows(connection))[-2]
    write_tip(folder, Head(before.seq, before.root.hex()))
    assert audit(folder).problem is None
    Ledger.open(folder, settings={}, seed=7).close()
    assert read_tip(folder) == audit(folder).head
    assert audit(folder).events == events


def test_a_flipped_byte_is_found_or_changes_nothing(folder: Path):
    chance, whole, sound = random.Random(4), (folder / FILE).read_bytes(), audit(folder)
    found = 0
    for _ in range(150):
        at = chance.randrange(len(whole))
        flipped = whole[at] ^ 1 << chance.randrange(8)
        (folder / FILE).write_bytes(whole[:at] + bytes([flipped]) + whole[at + 1 :])
        report = audit(folder)
        assert report.problem is not None or report == sound
        found += report.problem is not None
    assert found >= 50, "too few flips hit anything that is on record"


def test_a_row_of_another_type_is_a_finding(folder: Path):
    with closing(sqlite3.connect(folder / FILE)) as connection:
        connection.executescript(
            """
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = replace(sql, 'STRICT', '') WHERE name = 'event';
            PRAGMA writable_schema = RESET;
            DROP TRIGGER event_never_changes;
            """
        )
        connection.execute("UPDATE event SET body = CAST(x'ff41' AS TEXT) WHERE seq = 3")
        connection.commit()
    assert problem_of(folder) == "event 3: its row is damaged"
    assert_refused(folder)


def test_an_object_that_is_no_regular_file_is_a_finding(folder: Path):
    path, seq = object_of(folder)
    path.unlink()
    os.mkfifo(path)
    assert problem_of(folder).endswith(f"not a regular file; event {seq} (Examined) names it")


def test_a_digest_that_leads_out_of_the_store_is_refused(folder: Path):
    store = ObjectStore(folder / "objects", folder / "work")
    for digest in ("xx/dev/zero", "../../../etc/passwd", "", "A" * 64):
        with pytest.raises(RecordError, match="no digest has that form"):
            store.read(digest)


def test_a_run_killed_before_its_first_event_leaves_an_empty_record(tmp_path: Path):
    folder = tmp_path / ".successor"
    Ledger.open(folder, settings={}, seed=7).close()
    (folder / FILE).write_bytes(b"")
    assert audit(folder).problem is None
    assert Ledger.read(folder).entries() == ()
    assert Ledger.read(folder).spent_s() == 0.0


def test_where_nothing_is_on_record_there_is_nothing_to_audit(tmp_path: Path):
    with pytest.raises(UsageError, match="nothing is on record"):
        audit(tmp_path / ".successor")


def contents(folder: Path) -> dict[str, tuple[str, int]]:
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            path.stat().st_mtime_ns,
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_looking_changes_no_file(folder: Path):
    before = contents(folder)
    audit(folder)
    ledger = Ledger.read(folder)
    ledger.lineage(ledger.decisions()[-1].candidate)
    ledger.exam(ledger.decisions()[-1].candidate)
    ledger.close()
    assert contents(folder) == before


def test_an_object_that_no_event_names_must_be_what_its_name_says(folder: Path):
    sound = audit(folder)
    stray = ObjectStore(folder / "objects", folder / "work").write(b"a kill came before its event")
    assert audit(folder) == sound
    path = folder / "objects" / stray[:2] / stray[2:]
    path.write_bytes(flip(path.read_bytes(), 3))
    assert problem_of(folder) == (
        f"object {stray} is damaged: its content has another digest; no event names it"
    )


class Piecewise(Climber):
    """An author that stores a part of its draft that no version holds."""

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        workspace.write(b"a part of the draft")
        return super().write(brief, workspace)


def test_no_object_that_was_ever_stored_can_go_unseen(tmp_path: Path):
    folder = tmp_path / ".successor"
    climb(folder)
    orphan = ObjectStore(folder / "objects", folder / "work").write(b"a kill came before its event")
    with Ledger.open(folder, settings={}, seed=7) as ledger:
        lab = replace(parts(ledger), author=Piecewise())
        improve_self(lab)
        named = {d: e for e in ledger.entries() for d in e.stored}
    part = hashlib.sha256(b"a part of the draft").hexdigest()
    assert isinstance(named[orphan].event, SessionStarted)
    assert isinstance(named[part].event, Written)
    assert audit(folder).problem is None
    for gone in (orphan, part):
        path = folder / "objects" / gone[:2] / gone[2:]
        kept = path.read_bytes()
        path.unlink()
        where = f"event {named[gone].seq} ({type(named[gone].event).__name__})"
        assert problem_of(folder) == f"object {gone} is missing; {where} names it"
        path.write_bytes(kept)


def test_a_file_in_the_store_that_can_be_no_object_is_none(folder: Path):
    sound = audit(folder)
    next((folder / "objects").iterdir()).joinpath(".DS_Store").write_bytes(b"of a file manager")
    assert audit(folder) == sound
