"""`successor fix`: bugs of several kinds, with their tests; and those that it cannot repair."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from authors.llm.scripted import block
from cli.commands import Run
from cli.test_json_docs import assert_fits, documented
from llm.server import says, serving
from successor.fixing import reported
from successor.targets import FunctionName

MEDIAN = """\
def median(values):
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2 == 0:
        return (ordered[middle] + ordered[middle - 1]) / 2
    return ordered[middle - 1]
"""
TEST_MEDIAN = """\
from stats import median
def test_even():
    assert median([1, 2, 3, 4]) == 2.5
def test_odd():
    assert median([3, 1, 2]) == 2
    assert median([5]) == 5
    assert median([9, 7, 8, 5, 6]) == 7
"""
TWICE = """\
def clamp(x: int, low: int, high: int) -> int:
    if x > low:
        return low
    if x > high:
        return low
    return x
"""
TEST_TWICE = """\
from stats import clamp
def test_inside():
    assert clamp(5, 0, 10) == 5
def test_below():
    assert clamp(-5, 0, 10) == 0
def test_above():
    assert clamp(15, 0, 10) == 10
"""


def bug(folder: Path, source: str, tests: str | None) -> Path:
    (folder / "stats.py").write_text(source, encoding="utf-8")
    if tests is not None:
        (folder / "test_stats.py").write_text(tests, encoding="utf-8")
    return folder / "stats.py"


def test_a_bug_is_reproduced_placed_repaired_and_proved(tmp_path: Path, run: Run):
    file = bug(tmp_path, MEDIAN, TEST_MEDIAN)
    found = run("fix", f"{file}:median", "--json")
    assert found.code == 0
    (told,) = found.lines
    assert_fits(told, documented("`successor fix PATH --json`"))
    assert told["repaired"]
    assert [line.partition(":")[0] for line in told["failing"]] == ["test_stats.test_odd"]
    assert told["suspects"][0].startswith("6: return ordered[middle - 1]")
    (change,) = told["changes"]
    assert "+    return ordered[middle]\n" in change["diff"]
    assert told["doubts"]
    assert file.read_text(encoding="utf-8") == MEDIAN, "the file stays as it is"
    kept = tmp_path / "test_kept.py"
    kept.write_text(told["regression"], encoding="utf-8")
    pytest_ = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(kept)]
    assert subprocess.run(pytest_, cwd=tmp_path, check=False).returncode == 1
    written = run("fix", str(file), "--write")
    assert written.code == 0
    assert "return ordered[middle]\n" in file.read_text(encoding="utf-8")
    assert subprocess.run(pytest_, cwd=tmp_path, check=False).returncode == 0
    again = run("fix", f"{file}:median")
    assert (again.code, again.err.count("\n")) == (2, 1)
    assert "nothing to repair" in again.err


OPEN = """\
def middle(values: list[int]) -> int:
    return sorted(values)[len(values) // 2 - 1]
"""
TEST_OPEN = """\
from stats import middle
def test_three():
    assert middle([3, 1, 2]) == 2
"""


def test_repairs_that_pass_all_tests_and_differ_are_asked_about_and_an_answer_decides(
    tmp_path: Path, run: Run
):
    file = bug(tmp_path, OPEN, TEST_OPEN)
    found = run("fix", f"{file}:middle", "--json", "--write")
    (told,) = found.lines
    assert_fits(told, documented("`successor fix PATH --json`"))
    assert (found.code, told["repaired"], told["written"]) == (1, False, False)
    assert file.read_text(encoding="utf-8") == OPEN
    assert told["questions"]
    for asked in told["questions"]:
        assert asked["call"].startswith("middle(")
        assert len(asked["answers"]) > 1
    report = "middle([7]) == 7; middle([9, 7, 8, 5, 6]) should be 7; middle([4, 2]) should be 4"
    found = run("fix", f"{file}:middle", "--json", "--report", report)
    (told,) = found.lines
    assert told["repaired"], told
    assert told["questions"] == []


def test_a_text_with_a_semicolon_is_one_case(tmp_path: Path):
    file = bug(tmp_path, "def first(text: str) -> str:\n    return text[1]\n", None)
    target = FunctionName(file, "first").read()
    made = reported("first('a;b') should be 'a'; first(\"x;'y\") == \"x\"", target)
    assert made.count("def test_") == 2
    assert "first('a;b') == 'a'" in made


PAYS = """\
def pay(hours: int) -> int:
    return hours * 12
"""
TEST_PAYS = """\
from stats import pay
def test_no_overtime():
    assert pay(40) == 480
def test_overtime():
    assert pay(50) == 660
"""
MENDED = PAYS.replace("hours * 12", "hours * 12 + max(0, hours - 40) * 6")
LEARNT = PAYS.replace("hours * 12", "{40: 480, 50: 660}[hours]")


@pytest.mark.parametrize(("answer", "repaired"), [(MENDED, True), (PAYS, False), (LEARNT, False)])
def test_a_model_repairs_what_no_small_change_does(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch, answer: str, *, repaired: bool
):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0123456789")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file = bug(tmp_path, PAYS, TEST_PAYS)
    with serving() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        server.play(says(f"It is right now. APPROVED.\n{block(answer)}"))
        found = run("fix", f"{file}:pay", "--model", "openai:tested", "--json")
        assert server.calls
    assert (found.lines[0]["repaired"], found.code) == (repaired, 0 if repaired else 1), found


def test_a_model_that_cannot_be_asked_is_one_line(tmp_path: Path, run: Run):
    file = bug(tmp_path, MEDIAN, TEST_MEDIAN)
    found = run("fix", f"{file}:median", "--model", "nosuch:model")
    assert (found.code, found.err.count("\n")) == (2, 1)


@pytest.mark.parametrize(
    ("report", "repaired"),
    [
        ("median([3, 1, 2]) should be 2", True),
        ("median([]) should raise ValueError; median([7]) == 7", True),
    ],
)
def test_a_reported_bug_becomes_a_test(tmp_path: Path, run: Run, report: str, *, repaired: bool):
    tests = TEST_MEDIAN.partition("def test_odd")[0]
    file = bug(tmp_path, MEDIAN, tests)
    found = run("fix", f"{file}:median", "--report", report, "--json")
    assert found.lines[0]["repaired"] == repaired
    assert not (tmp_path / "test_reported_bug.py").exists()


@pytest.mark.parametrize(
    ("report", "told"),
    [
        ("it crashes sometimes", "cannot be understood"),
        ("mean([1]) should be 1", "should be a call of median"),
        ("median([1]) should be __import__('os')", "cannot be understood"),
        (";", "says nothing"),
    ],
)
def test_a_report_that_says_too_little_is_refused(tmp_path: Path, run: Run, report: str, told: str):
    file = bug(tmp_path, MEDIAN, None)
    found = run("fix", f"{file}:median", "--report", report)
    assert (found.code, told in found.err) == (2, True)


def test_what_takes_a_word_of_its_own_is_not_repaired(tmp_path: Path, run: Run):
    source = "def shout(text: str) -> str:\n    return text\n"
    tests = "from stats import shout\ndef test_it():\n    assert shout('a') == 'A, said she'\n"
    file = bug(tmp_path, source, tests)
    found = run("fix", f"{file}:shout", "--write", "--budget", "20s", "--json")
    assert found.code == 1
    assert not found.lines[0]["repaired"]
    assert found.lines[0]["failing_after"]
    assert file.read_text(encoding="utf-8") == source


def test_without_a_test_nothing_tells_what_is_wrong(tmp_path: Path, run: Run):
    file = bug(tmp_path, MEDIAN, None)
    for path in (f"{file}:median", str(file)):
        found = run("fix", path)
        assert found.code == 2
        assert found.err.count("\n") == 1


@pytest.mark.slow
def test_two_bugs_take_two_generations(tmp_path: Path, run: Run):
    file = bug(tmp_path, TWICE, TEST_TWICE)
    found = run("fix", f"{file}:clamp", "--json")
    assert found.lines[0]["repaired"]
    assert len(found.lines[0]["evidence"]) == 2
