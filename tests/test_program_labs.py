"""Labs of programs from their file to the last generation, in the real sandbox."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

import successor
from improved import smaller
from subjects.program.labs import Desk, version
from successor.errors import UsageError
from successor.lab import Lab, open_lab, run
from successor.plugins import Foreseeing
from successor.replaying import replay
from successor.subjects.program import ProgramSubject
from successor.types import Draft, Draw, Version

LOOP = "    result = 0\n    for x in xs:\n        result = result + x\n"
REGIONS = f"""\
def other(xs: list[int]) -> int:
{LOOP}    return result


def total(xs: list[int]) -> int:
    # EVOLVE-BLOCK-START
{LOOP}    # EVOLVE-BLOCK-END
    return result
"""
TESTS = """\
from total import total


def test_total():
    assert total([1, 2, 3]) == 6
"""
LAB = smaller('target = "total.py"\nentry = "total"', 3)


def make(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def text(lab: Lab, version: Version) -> str:
    return lab.parts.ledger.object(version.files["total.py"]).decode()


def around(source: str) -> tuple[str, str]:
    """What stands before and after the region."""
    before, _, rest = source.partition("# EVOLVE-BLOCK-START\n")
    return before, rest.partition("# EVOLVE-BLOCK-END\n")[2]


def children() -> set[str]:
    """Command lines of the fork-servers that run below this process."""
    found = set[str]()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = path.joinpath("stat").read_text("utf-8").rpartition(")")[2].split()[1]
            line = path.joinpath("cmdline").read_bytes().decode()
        except OSError:
            continue
        if "zygote" in line and parent == str(Path("/proc/self").resolve().name):
            found.add(path.name)
    return found


def test_only_what_is_in_evolve_regions_changes(tmp_path: Path) -> None:
    folder = make(tmp_path, {"total.py": REGIONS, "successor.toml": LAB})
    with open_lab(folder) as lab:
        run(lab)
        ledger = lab.parts.ledger
        written = [text(lab, ledger.version(each.candidate)) for each in ledger.decisions()]
        incumbent = ledger.incumbent()
        assert incumbent is not None
        now = text(lab, incumbent)
    assert written
    assert all(around(each) == around(REGIONS) for each in written)
    assert now != REGIONS
    assert "# EVOLVE-BLOCK-START\n    result = sum(xs)\n    # EVOLVE-BLOCK-END\n" in now


def test_closing_a_lab_ends_its_processes(tmp_path: Path) -> None:
    before = children()
    folder = make(tmp_path, {"total.py": REGIONS, "successor.toml": LAB})
    with open_lab(folder) as lab:
        successor.improve_self(lab)
        assert len(children() - before) == 1
    assert children() <= before


def test_a_lab_that_cannot_be_opened_leaves_no_process(tmp_path: Path) -> None:
    before = children()
    folder = make(tmp_path, {"total.py": REGIONS, "successor.toml": LAB})
    (folder / ".successor").write_text("in the way", encoding="utf-8")
    with pytest.raises(UsageError, match="is a file, where the record has its folder"):
        open_lab(folder, fresh=True)
    assert children() <= before


def test_what_a_target_imports_comes_from_the_lab_and_never_from_a_version(tmp_path: Path) -> None:
    source = (
        "from helper import one\n\ndef total(xs: list[int]) -> int:\n    return len(xs) * one()\n"
    )
    helper = "def one() -> int:\n    return 1\n"
    files = {"total.py": source, "helper.py": helper, "successor.toml": LAB}
    with open_lab(make(tmp_path, files)) as lab:
        first = successor.improve_self(lab).version
        assert first is not None
        assert set(first.files) == {"total.py", "helper.py"}
        desk, subject = Desk(), lab.parts.subject
        assert isinstance(subject, ProgramSubject)
        mine = desk.write(source.encode())
        theirs = version(Draft({"total.py": mine, "helper.py": desk.write(helper.encode())}))
        other = desk.write(helper.replace("1", "0").encode())
        altered = version(Draft({"total.py": mine, "helper.py": other}))
        draw = Draw("held-out", 1, (("tests", 1), ("agreement/edges", 8)))
        answered = subject.ask(altered, theirs, draw, (), desk)
        assert answered.notes == ("changes helper.py, which is no part of what may change",)
        assert not any(any(new) for _, new, _ in answered.slices)
        exam = subject.examine(altered, draw, desk)
        assert not any(any(part.scores) for part in exam.slices)


def test_a_target_that_no_exam_of_the_program_measures_is_refused_before_any_work(
    tmp_path: Path,
) -> None:
    lab = make(tmp_path, {"successor.toml": LAB, "total.py": REGIONS})
    told = "'speedup': not measured here; there is: correct"
    with pytest.raises(UsageError, match=told):
        open_lab(lab, {"base_cases": {"target": "speedup=2"}})
    with pytest.raises(UsageError, match="measure 1 at most"):
        open_lab(lab, {"base_cases": {"target": "correct=1.5"}})
    assert not (lab / ".successor").exists()


def test_exams_ask_what_the_subject_said_that_they_ask(tmp_path: Path) -> None:
    lab = make(tmp_path, {"successor.toml": LAB, "total.py": REGIONS})
    with open_lab(lab, {"base_cases": {"target": "correct=1", "generations": 1}}) as opened:
        run(opened)
        first, subject = opened.parts.ledger.incumbent(), opened.parts.subject
        exam = opened.parts.ledger.exam(first.id) if first else None
        assert exam
        assert isinstance(subject, Foreseeing)
        assert {(part.name, part.size) for part in exam.slices} == {*subject.asks()}


def test_a_promotion_is_judged_again_from_a_copy_of_the_record(tmp_path: Path):
    files = {"total.py": REGIONS, "test_total.py": TESTS, "successor.toml": LAB}
    make(tmp_path, files)
    with open_lab(tmp_path) as opened:
        run(opened)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(tmp_path / ".successor", elsewhere / ".successor")
    for name in files:
        (tmp_path / name).unlink()
    found = replay(elsewhere)
    assert found.then.outcome == found.now.outcome == "better"
    assert found.same_kernel
