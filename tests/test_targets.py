"""A function by its name, as a lab beside its file."""

from __future__ import annotations

import os
import shutil
import tomllib
from pathlib import Path

import pytest

from successor import targets
from successor.director import roll_back
from successor.errors import UsageError
from successor.lab import open_lab, run
from successor.targets import FunctionName, Wishes, parse, prepare

ADD = "from helper import one\n\n\ndef add(a: int, b: int) -> int:\n    return a + b + 0 * one()\n"
HELPER = "def one() -> int:\n    return 1\n"
TEST = "from add import add\n\ndef test_add():\n    assert add(1, 2) == 3\n"
INPUTS = (
    "from ranges import most\n\ndef draw(random, size):\n    return random.randint(0, most), 1\n"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "add.py").write_text(ADD, encoding="utf-8")
    (folder / "helper.py").write_text(HELPER, encoding="utf-8")
    (folder / "test_add.py").write_text(TEST, encoding="utf-8")
    return folder


def add(home: Path) -> FunctionName:
    return FunctionName(home / "add.py", "add")


def total(home: Path) -> FunctionName:
    return FunctionName(home / "total.py", "total")


def test_a_function_is_spelled_with_its_file() -> None:
    assert parse("src/add.py:add") == FunctionName(Path("src/add.py"), "add")
    assert parse("add.py:Sum.add") == FunctionName(Path("add.py"), "Sum.add")
    assert parse("examples/adder") is None
    assert parse("add.py:1") is None
    name = FunctionName(Path("src/add.py"), "Sum.add")
    assert name.folder == Path("src/.successor-labs/add.Sum.add")
    with pytest.raises(UsageError, match=r"src/add\.py:Sum\.add has no lab yet"):
        targets.lab_of("src/add.py:Sum.add")
    assert targets.lab_of("examples/adder") == Path("examples/adder")
    for text in ("add.py", "add.py:"):
        with pytest.raises(UsageError, match=r"add\.py is a file: name a function in it"):
            parse(text)


def test_a_link_in_another_folder_leads_to_the_file_and_its_lab(home: Path) -> None:
    (home / "elsewhere").mkdir()
    link = home / "elsewhere" / "sum.py"
    link.symlink_to(home / "add.py")
    assert parse(f"{link}:add") == add(home)
    link.unlink()
    link.symlink_to("sum.py")
    found = parse(f"{link}:add")
    assert found is not None
    with pytest.raises(UsageError, match="is a link that leads nowhere"):
        prepare(found, Wishes(), fresh=False)


def test_a_lab_holds_copies_of_all_that_it_needs(home: Path) -> None:
    folder = prepare(add(home), Wishes(), fresh=False)
    made = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert made == {"add.py", "helper.py", "test_add.py", "successor.toml"}
    assert (folder.parent / ".gitignore").read_text("utf-8") == "*\n"
    for name in ("add.py", "helper.py", "test_add.py"):
        (home / name).unlink()
    with open_lab(folder) as lab:
        assert lab.version is None


def test_its_settings_say_what_was_asked(home: Path) -> None:
    (home / "inputs.py").write_text(INPUTS, encoding="utf-8")
    (home / "ranges.py").write_text("most = 9\n", encoding="utf-8")
    wishes = Wishes('exact "now" ✓', ("test_add.py",), "inputs.py:draw")
    folder = prepare(add(home), wishes, fresh=False)
    told = tomllib.loads((folder / "successor.toml").read_text("utf-8"))
    assert told["lab"]["goal"] == 'exact "now" ✓'
    assert told["subject"] == {
        "kind": "program",
        "target": "add.py:add",
        "tests": ["test_add.py"],
        "inputs": "inputs.py:draw",
    }
    assert (folder / "ranges.py").is_file()
    assert tomllib.loads(targets.described(add(home).read(), Wishes()))["lab"]["goal"] == "faster"


@pytest.mark.parametrize(
    ("wishes", "told"),
    [
        (Wishes(inputs="../../add.py:add"), "is outside"),
        (Wishes(inputs="helper.py:draw"), "has no function 'draw'"),
        (Wishes(inputs="gone.py:draw"), "does not exist"),
        (Wishes(tests=("../test_add.py",)), "is outside"),
        (Wishes(tests=("test_gone.py",)), "test_gone.py: cannot be read"),
        (Wishes(tests=("test_add.txt",)), "'test_add.txt': should be a .py file"),
    ],
)
def test_files_that_a_lab_cannot_hold_are_refused_and_nothing_is_written(
    home: Path, wishes: Wishes, told: str
) -> None:
    (home.parent / "test_add.py").write_text(TEST, encoding="utf-8")
    with pytest.raises(UsageError, match=told):
        prepare(add(home), wishes, fresh=False)
    assert not (home / ".successor-labs").exists()


def test_files_that_are_not_there_are_named(home: Path) -> None:
    with pytest.raises(UsageError, match=r"gone\.py: no such file"):
        prepare(FunctionName(home / "gone.py", "add"), Wishes(), fresh=False)
    with pytest.raises(UsageError, match="has no function 'ad'; did you mean 'add'"):
        prepare(FunctionName(home / "add.py", "ad"), Wishes(), fresh=False)


def test_a_lab_in_a_package_has_the_package(home: Path) -> None:
    package = home / "pkg"
    package.mkdir()
    for name in ("add.py", "helper.py"):
        shutil.move(home / name, package / name)
    (package / "add.py").write_text(ADD.replace("helper", ".helper"), encoding="utf-8")
    (package / "__init__.py").touch()
    (home / "test_add.py").write_text(TEST.replace("from add", "from pkg.add"), encoding="utf-8")
    folder = prepare(FunctionName(package / "add.py", "add"), Wishes(), fresh=False)
    assert (folder / "pkg/helper.py").is_file()
    assert (folder / "test_add.py").is_file()
    with open_lab(folder) as lab:
        assert lab.version is None


def test_before_anything_is_on_record_wishes_may_change(home: Path) -> None:
    prepare(add(home), Wishes("faster"), fresh=False)
    folder = prepare(add(home), Wishes("smaller"), fresh=False)
    assert tomllib.loads((folder / "successor.toml").read_text("utf-8"))["lab"]["goal"] == "smaller"


def test_a_lab_goes_on_with_what_it_began_with(improved: Path) -> None:
    path = targets.lab_of(str(total(improved))) / "successor.toml"
    mine = path.read_text("utf-8").replace('wall_clock = "5m"', 'wall_clock = "9m"')
    path.write_text(mine, encoding="utf-8")
    for wishes in (Wishes(), Wishes("smaller")):
        prepare(total(improved), wishes, fresh=False)
        assert path.read_text("utf-8") == mine
    with pytest.raises(UsageError, match=r"began with goal 'smaller'.*for: goal 'faster'"):
        prepare(total(improved), Wishes("faster"), fresh=False)
    assert path.read_text("utf-8") == mine
    prepare(total(improved), Wishes("faster"), fresh=True)
    assert 'goal = "faster"' in path.read_text("utf-8")


def test_a_changed_program_is_another_one(home: Path, improved: Path) -> None:
    path = improved / "total.py"
    path.write_text(path.read_text("utf-8") + "\n", encoding="utf-8")
    with pytest.raises(UsageError, match="changed since its lab began"):
        targets.require_unchanged(total(improved))
    prepare(total(improved), Wishes(), fresh=True)
    targets.require_unchanged(total(improved))
    folder = prepare(add(home), Wishes(), fresh=False)
    (home / "helper.py").write_text(HELPER.replace("1", "2"), encoding="utf-8")
    assert prepare(add(home), Wishes(), fresh=False) == folder, "nothing is on record"
    assert (folder / "helper.py").read_text("utf-8") == HELPER.replace("1", "2")
    with open_lab(folder, {"base_cases": {"generations": 1}}) as lab:
        run(lab)
    targets.require_unchanged(add(home))
    (home / "helper.py").write_text(HELPER, encoding="utf-8")
    with pytest.raises(UsageError, match="changed since its lab began"):
        targets.require_unchanged(add(home))


def test_a_changed_test_is_another_experiment(improved: Path) -> None:
    path = improved / "test_total.py"
    path.write_text(path.read_text("utf-8") + "\n", encoding="utf-8")
    folder = prepare(total(improved), Wishes(), fresh=False)
    with pytest.raises(UsageError, match=r"another experiment.*depends on it: test_total\.py"):
        open_lab(folder)


def test_writing_back_puts_the_incumbent_in_the_file_and_back(improved: Path) -> None:
    path, name = improved / "total.py", total(improved)
    original = path.read_bytes()
    path.chmod(0o754)
    assert targets.written_back(name)
    assert b"sum(xs)" in path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o754
    assert not targets.written_back(name)
    folder = prepare(name, Wishes(), fresh=False)
    assert (folder / "total.py").read_bytes() == original
    with open_lab(folder) as lab:
        roll_back(lab)
    assert targets.written_back(name)
    assert path.read_bytes() == original
    targets.require_unchanged(name)


def test_a_read_only_file_stays_as_it_is(improved: Path) -> None:
    path, name = improved / "total.py", total(improved)
    original = path.read_bytes()
    path.chmod(0o444)
    with pytest.raises(UsageError, match=r"total\.py: is read-only"):
        targets.written_back(name)
    assert path.read_bytes() == original
    path.chmod(0o2640)
    if os.getuid() == 0:
        os.chown(path, 12, 34)
        path.chmod(0o2640)
    before = path.stat()
    assert targets.written_back(name)
    after = path.stat()
    assert (after.st_mode, after.st_uid, after.st_gid) == (
        before.st_mode, before.st_uid, before.st_gid,
    )  # fmt: skip


def test_a_file_that_became_a_link_is_another_program(improved: Path) -> None:
    path = improved / "total.py"
    path.rename(improved / "real.py")
    path.symlink_to("real.py")
    with pytest.raises(UsageError, match="changed since its lab began"):
        targets.require_unchanged(total(improved))


def test_a_file_that_changed_is_not_written_over(improved: Path) -> None:
    path = improved / "total.py"
    path.write_text("def total(xs): ...\n", encoding="utf-8")
    with pytest.raises(UsageError, match="changed since its lab began"):
        targets.written_back(total(improved))
    assert path.read_text("utf-8") == "def total(xs): ...\n"


def test_there_is_a_text_in_charge_once_there_is_a_version(home: Path, improved: Path) -> None:
    found = targets.incumbent_text(total(improved).folder, "total.py")
    assert found is not None
    assert b"sum(xs)" in found
    folder = prepare(add(home), Wishes(), fresh=False)
    with pytest.raises(UsageError, match="nothing"):
        targets.incumbent_text(folder, "add.py")
