"""`successor improve file.py:function`, and the line that unusable input gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.commands import Run
from successor.cli.improve import forgetting
from successor.errors import UsageError

HINTED = "def f(x: int):\n    "
NETWORK = (
    "import urllib.request as u\n" + HINTED + "return len(u.urlopen('http://a.example').read())\n"
)
SOCKET = (
    "import socket\n" + HINTED + "return socket.create_connection(('192.0.2.1', 80)).fileno()\n"
)
OPENED = "import socket\nlive = socket.socket()\n" + HINTED + "return x\n"
UNORDERED = "def f(xs: list[str]):\n    return list(set(xs))\n"
LEAVING = "import random\ndef f(xs: list[int]):\n    xs[:] = [0, random.random()]\n"
MANY = "".join(f"def f{number}(): ...\n" for number in range(25))
MARKED = """\
import pytest

@pytest.mark.skip(reason="not now")
def test_skipped():
    assert False

@pytest.mark.xfail
def test_fails():
    assert False

@pytest.mark.skipif(True, reason="not here")
def test_elsewhere():
    assert False
"""
FIXTURES = """\
import pytest
from f import f

@pytest.fixture
def one():
    return 1

def test_one(one):
    assert f(one) == 1
"""


@pytest.mark.parametrize(
    ("source", "function", "told"),
    [
        ("def f(x):\n    return (\n", "f", "f.py, line 2: does not parse: '(' was never closed"),
        ("def f(x): ...\n", "g", "f.py: has no function 'g'; known: f"),
        ("import random\n" + HINTED + "return random.random()\n", "f", "gives different answers"),
        (NETWORK, "f", "needs the network, which the sandbox denies"),
        (SOCKET, "f", "needs the network, which the sandbox denies"),
        (OPENED, "f", "needs the network to be imported, which the sandbox denies"),
        (HINTED + "return open('/etc/hostname').read()\n", "f", "needs files"),
        ("import nosuchmodule\n" + HINTED + "return x\n", "f", "cannot be imported in the sandbox"),
        ("def f(x, y):\n    return x.frobnicate(y)\n", "f", "cannot tell what f takes"),
        ("async def f(x: int):\n    return x\n", "f", "is awaited"),
        ("# coding: klingon\n" + HINTED + "return x\n", "f", "unknown encoding: klingon"),
        (HINTED + "return x\n\0", "f", "f.py: does not parse: source code string cannot contain"),
        ("import asyncio\n" + HINTED + "return open(str(x)).read()\n", "f", "needs files"),
        (UNORDERED, "f", "gave ['"),
        (LEAVING, "f", "gave None and leaves ([0,"),
        (
            MANY,
            "g",
            "known: f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11 and 13 more",
        ),
    ],
    ids=lambda given: given.splitlines()[0][:30],
)
def test_unusable_input_gets_a_clear_line(
    tmp_path: Path, run: Run, source: str, function: str, told: str
):
    (tmp_path / "f.py").write_text(source, encoding="utf-8")
    refused = run("improve", f"{tmp_path / 'f.py'}:{function}", "--quiet")
    assert refused.code == 2
    assert told in refused.err
    assert refused.err.count("\n") == 1
    assert not refused.out


@pytest.mark.parametrize(
    ("test", "told"),
    [
        (
            "from f import f\ndef test_f():\n    assert f(1) == 2\n",
            "nothing to preserve, as a test fails on it: test_f.test_f: AssertionError: assert f(",
        ),
        ("from f import f\ndef test_f(:\n", "test_f.py, line 2: does not parse"),
        ("from f import g\ndef test_f(): ...\n", "as a test fails on it: test_f: ImportError"),
        (FIXTURES, "no test can be run: test_f.test_one: needs the fixture 'one'"),
        (MARKED, "no test can be run: test_f.test_skipped: is marked skip"),
        ("async def test_f():\n    assert False\n", "test_f.test_f: is awaited, or yields"),
    ],
)
def test_unusable_tests_get_a_clear_line(tmp_path: Path, run: Run, test: str, told: str):
    (tmp_path / "f.py").write_text(HINTED + "return x\n", encoding="utf-8")
    (tmp_path / "test_f.py").write_text(test, encoding="utf-8")
    refused = run("improve", f"{tmp_path / 'f.py'}:f", "--quiet")
    assert refused.code == 2
    assert told in refused.err
    assert refused.err.count("\n") == 1


def test_what_was_refused_is_tried_again_once_it_is_mended(tmp_path: Path, run: Run):
    source, test = tmp_path / "f.py", tmp_path / "test_f.py"
    asked = ("improve", f"{source}:f", "--generations", "1", "--quiet")
    for text in ("return x\n", "return x - 1\n"):
        source.write_text(HINTED + text, encoding="utf-8")
        test.write_text("from f import f\ndef test_f():\n    assert f(1) == 2\n", "utf-8")
        refused = run(*asked)
        assert "nothing to preserve, as a test fails on it" in refused.err
    test.write_text("from f import f\ndef test_f():\n    assert f(1) == 0\n", "utf-8")
    assert run(*asked, "--goal", "smaller").code == 0
    source.write_text(HINTED + "return x\n", encoding="utf-8")
    assert "changed since its lab began" in run(*asked).err


def test_a_file_that_is_not_there_is_named(tmp_path: Path, run: Run):
    refused = run("improve", f"{tmp_path / 'gone.py'}:f")
    assert (refused.code, refused.err) == (2, f"successor: {tmp_path}/gone.py: no such file\n")


@pytest.mark.parametrize("verb", ["improve", "fix"])
def test_what_is_no_file_is_told_as_what_it_is(tmp_path: Path, run: Run, verb: str):
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / "folder.py").mkdir()
    (tmp_path / "self.py").symlink_to(tmp_path / "self.py")
    (tmp_path / "gone.py").symlink_to(other / "nothing.py")
    (tmp_path / "led.py").symlink_to(other, target_is_directory=True)
    told = {
        "folder": "is a folder",
        "self": "is a link that leads nowhere",
        "gone": "is a link that leads nowhere",
        "led": "is a folder",
    }
    for name, what in told.items():
        refused = run(verb, f"{tmp_path / name}.py:f")
        said = f"successor: {tmp_path / name}.py: {what}\n"
        assert (refused.code, refused.err) == (2, said)


def test_where_nothing_was_tried_nothing_is_said_of_what_was_found(tmp_path: Path, run: Run):
    source = tmp_path / "f.py"
    source.write_text(HINTED + "return x\n", encoding="utf-8")
    asked = ("improve", f"{source}:f", "--goal", "smaller", "--generations")
    first = run(*asked, "1")
    assert "Nothing was tried yet: generation 0 examines the function as it is." in first.err
    assert "Nothing better was found." not in first.err
    second = run(*asked, "2")
    assert "Nothing better was found." in second.err
    assert "Nothing was tried yet" not in second.err


def test_a_lab_may_be_a_folder_of_any_name(lab: Path, run: Run):
    named = lab.rename(lab.with_name("lab.py"))
    assert "nothing is on record" in run("status", named).err


@pytest.mark.parametrize("name", ["a-b", "a b", "class", "1x", "a.b"])
def test_a_file_that_cannot_be_imported_by_its_name_is_told_so(tmp_path: Path, run: Run, name: str):
    path = tmp_path / f"{name}.py"
    path.write_text(HINTED + "return x\n", encoding="utf-8")
    refused = run("improve", f"{path}:f")
    told = f"successor: {path}: cannot be imported, as {name!r} is no name; rename it\n"
    assert (refused.code, refused.err) == (2, told)


def test_options_of_functions_are_refused_for_labs(lab: Path, run: Run):
    for option in (("--write",), ("--tests", "t.py"), ("--inputs", "i.py:draw")):
        refused = run("improve", lab, *option)
        assert refused.code == 2
        assert "are for functions" in refused.err


def test_a_run_that_was_over_goes_on_with_the_same_wishes(improved: Path, run: Run):
    name = f"{improved / 'total.py'}:total"
    again = run("improve", name)
    assert again.code == 0
    assert "Stopped by its plateau" in again.err
    assert "+    result = sum(xs)" in again.err
    assert f"Put it in the file with: successor improve {name} --write" in again.err
    other = run("improve", name, "--goal", "faster")
    assert other.code == 2
    assert "its lab began with goal 'smaller'" in other.err


def test_what_is_in_the_file_already_is_not_to_be_put_there(improved: Path, run: Run):
    name = f"{improved / 'total.py'}:total"
    assert "Written to" in run("improve", name, "--write").err
    again = run("improve", name)
    assert "+    result = sum(xs)" in again.err
    assert "Put it in the file" not in again.err


def test_promises_are_tried_on_the_lab_of_a_function_by_its_name(improved: Path, run: Run):
    name = f"{improved / 'total.py'}:total"
    found = run("doctor", name, "--promises", "--only", "2", "--json")
    assert found.code == 0
    (promise,) = json.loads(found.out)["promises"]
    assert promise["state"] == "not shown"
    assert promise["again"].endswith(f" {name}")


def test_a_changed_test_is_another_experiment(improved: Path, run: Run):
    path = improved / "test_total.py"
    path.write_text(path.read_text("utf-8") + "\n# changed\n", encoding="utf-8")
    refused = run("improve", f"{improved / 'total.py'}:total")
    assert refused.code == 2
    assert "belongs to another experiment" in refused.err
    assert "test_total.py" in refused.err


def test_a_lab_that_cannot_be_judged_keeps_its_record(improved: Path, run: Run):
    name, path = f"{improved / 'total.py'}:total", improved / "test_total.py"
    path.write_text(
        "from total import total\ndef test_total():\n    assert total([]) == 1\n", "utf-8"
    )
    refused = run("improve", name, "--fresh")
    assert refused.code == 2
    assert "nothing to preserve" in refused.err
    assert run("status", name, "--json").lines[0]["versions"] > 1


def test_people_are_told_what_counts_as_right(tmp_path: Path, run: Run):
    (tmp_path / "f.py").write_text(HINTED + "return x + 1\n", encoding="utf-8")
    name = f"{tmp_path / 'f.py'}:f"
    told = run("improve", name, "--goal", "faster and prettier", "--generations", "1", "--json")
    lines = told.err.splitlines()
    assert "pinned    f keeps its parameters, their order and defaults" in lines
    assert "notes     not understood in the goal: 'prettier'" in lines
    assert [line for line in lines if line.startswith("assumed   agrees with the original")]
    assert told.lines[0]["decision"] == "first"
    again = run("improve", name, "--generations", "1", "--quiet")
    assert again.err == ""
    (status,) = run("status", name, "--json").lines
    assert status["contract"]["notes"] == ["not understood in the goal: 'prettier'"]
    page = Path(run("report", name, "--open", "no").out.strip()).read_text("utf-8")
    assert "What counts as right" in page
    assert "<li>not understood in the goal: &#x27;prettier&#x27;</li>" in page
    assert '<th scope="col">assumed</th>' not in page


def test_what_was_refused_is_not_what_a_lab_goes_on_with(tmp_path: Path, run: Run):
    (tmp_path / "f.py").write_text("def f(x: int) -> int:\n    return x + 0\n", "utf-8")
    name = f"{tmp_path / 'f.py'}:f"
    refused = ("--author", "command: true", "--allow", "env:SURELY_NOT_SET")
    assert run("improve", name, *refused).code == 2
    first = run("improve", name, "--budget", "20s", "--generations", "1", "--quiet")
    assert first.code == 0, first.err
    lab = next((tmp_path / ".successor-labs").glob("*/successor.toml"))
    before = lab.read_bytes()
    assert run("improve", name, "--fresh", "--allow", "mount:/nowhere", *refused[:2]).code == 2
    assert lab.read_bytes() == before
    assert run("improve", name, "--quiet").code == 0


def test_what_ran_keeps_its_lab_file(tmp_path: Path):
    record, file = tmp_path / ".successor", tmp_path / "successor.toml"
    record.mkdir()
    for ran in (True, False):
        with pytest.raises(UsageError), forgetting(tmp_path, None):  # noqa: PT012 - what a run does
            file.write_text("[lab]\n", "utf-8")
            if ran:
                (record / "head").write_text("{}", "utf-8")
            raise UsageError("later")
        assert file.exists() == ran
