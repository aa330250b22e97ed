"""A damaged record.sqlite: one line that names the lab and the way out, exit 4, no traceback."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from cli.commands import Run, make_lab
from successor.cli import run_command
from successor.ledger.store import FILE

PAGE = 4096
Damage = Callable[[Path], object]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab that ran; nobody may change it."""
    lab = make_lab(tmp_path_factory.mktemp("finished") / "lab")
    assert run_command(["improve", str(lab), "--quiet"]) == 0
    return lab


@pytest.fixture
def improved(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "lab"))


def overwritten(at: int, length: int, byte: int) -> Damage:
    """Bytes of the file replaced; negative places count from its end."""

    def damage(file: Path) -> None:
        data = bytearray(file.read_bytes())
        start = at % len(data)
        data[start : start + length] = bytes([byte]) * len(data[start : start + length])
        file.write_bytes(data)

    return damage


def cut_to(share: float) -> Damage:
    def damage(file: Path) -> None:
        data = file.read_bytes()
        file.write_bytes(data[: int(len(data) * share)])

    return damage


def another_database(*statements: str) -> Damage:
    def damage(file: Path) -> None:
        file.unlink()
        with closing(sqlite3.connect(file)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()

    return damage


def a_folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


DAMAGES: dict[str, Damage] = {
    "zeroed header": overwritten(0, 100, 0),
    "zeroed first page": overwritten(0, PAGE, 0),
    "another magic number": overwritten(0, 16, ord("x")),
    "overwritten root of the table": overwritten(PAGE, PAGE, 0xA5),
    "zeroed page in the middle": overwritten(2 * PAGE, PAGE, 0),
    "overwritten last page": overwritten(-PAGE, PAGE, 0xA5),
    "cut to a half": cut_to(0.5),
    "cut within the header": cut_to(0.002),
    "cut to nothing": cut_to(0.0),
    "no database": lambda file: file.write_text("a letter\n" * 1000, encoding="utf-8"),
    "gone": lambda file: file.unlink(),
    "a folder": a_folder,
    "another table": another_database("CREATE TABLE note (text TEXT)"),
    "other columns": another_database("CREATE TABLE event (seq INTEGER, body BLOB)"),
    "other types": another_database(
        "CREATE TABLE event (seq INTEGER, body TEXT, leaf TEXT, root TEXT)",
        "INSERT INTO event VALUES (1, 'a', 'b', 'c')",
    ),
}


@pytest.mark.parametrize("verb", ["audit", "status", "improve"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_a_damaged_file_is_one_line_with_a_way_out(
    improved: Path, run: Run, damage: Damage, verb: str
):
    damage(improved / ".successor" / FILE)
    found = run(verb, improved)
    assert (found.code, found.out) == (4, "")
    (line,) = found.err.splitlines()
    assert line.startswith(f"successor: {improved}: the record does not verify: ")
    assert f"Keep {improved / '.successor'} as it is" in line
    assert line.endswith(f"successor improve {improved} --fresh")


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES.keys())
def test_the_way_out_that_is_named_leads_out(improved: Path, run: Run, damage: Damage):
    damage(improved / ".successor" / FILE)
    assert run("improve", improved, "--fresh", "--quiet").code == 0
    assert run("audit", improved).code == 0
    assert (improved / ".successor-1").is_dir()


@pytest.mark.parametrize("damage", ["gone", "a folder"])
def test_a_run_that_is_refused_makes_no_empty_record(improved: Path, run: Run, damage: str):
    file = improved / ".successor" / FILE
    DAMAGES[damage](file)
    assert run("improve", improved).code == 4
    assert not file.is_file()


@pytest.mark.parametrize("verb", ["report", "diff"])
def test_a_damaged_object_names_the_lab_and_the_way_out(improved: Path, run: Run, verb: str):
    for path in (improved / ".successor" / "objects").glob("*/*"):
        path.write_bytes(b"other")
    found = run(verb, improved)
    assert (found.code, found.out) == (4, "")
    assert found.err.startswith(f"successor: {improved}: the record does not verify: object ")
    assert found.err.endswith("--fresh\n")
    assert len(found.err.splitlines()) == 1


@pytest.mark.parametrize("verb", ["audit", "status", "lineage", "report", "improve", "rollback"])
def test_a_file_in_the_place_of_the_record_is_told_by_every_verb(lab: Path, run: Run, verb: str):
    (lab / ".successor").write_text("mine", encoding="utf-8")
    found = run(verb, lab)
    assert found.code == 2
    assert found.err == (
        f"successor: {lab / '.successor'} is a file, where the record has its folder: "
        "move it away\n"
    )


def test_a_folder_in_the_place_of_the_head_is_told(improved: Path, run: Run):
    (improved / ".successor" / "head").unlink()
    (improved / ".successor" / "head").mkdir()
    found = run("status", improved)
    assert found.code == 4
    assert "head is damaged" in found.err


def test_a_record_of_a_newer_release_asks_for_it(improved: Path, run: Run):
    with closing(sqlite3.connect(improved / ".successor" / FILE)) as connection:
        connection.execute("PRAGMA user_version = 99")
    found = run("improve", improved)
    assert found.code == 1
    assert "upgrade Successor" in found.err
    assert str(improved) in found.err
    assert run("audit", improved).code == 4, "the audit cannot vouch for what it does not know"


def test_no_rollback_to_a_version_that_is_damaged(improved: Path, run: Run):
    record = improved / ".successor"
    for file in (each for each in (record / "objects").rglob("*") if each.is_file()):
        file.chmod(0o644)
        overwritten(1, 1, 0xFF)(file)
    before = (record / FILE).read_bytes()
    found = run("rollback", improved)
    assert (found.code, len(found.err.splitlines())) == (4, 1)
    assert "object " in found.err
    assert (record / FILE).read_bytes() == before
