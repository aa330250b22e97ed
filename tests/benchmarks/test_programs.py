"""What the benchmarks of programs count, and what their tables say."""

from __future__ import annotations

import json
import math
import sys
from dataclasses import asdict, replace
from pathlib import Path

import pytest

import packages
import paired
import profiled
import programs
from improving import Run
from successor.sandbox import Call, Limits, Program, Raised, Result, Returned, open_sandbox


def result(*values: int) -> Result:
    return Result("ok", tuple(map(Returned, values)), 1.0)


def test_a_ratio_is_the_geometric_mean_with_an_interval() -> None:
    found = paired.ratio([2.0, 8.0], [1.0, 1.0])
    assert found is not None
    assert found.times == pytest.approx(4.0)
    assert found.low < 4.0 < found.high
    assert math.sqrt(found.low * found.high) == pytest.approx(4.0)


def test_equal_pairs_leave_no_doubt() -> None:
    found = paired.ratio([3.0] * 5, [3.0] * 5)
    assert found == paired.Ratio(1.0, 1.0, 1.0, 5)


def test_one_pair_tells_nothing() -> None:
    assert paired.ratio([1.0], [1.0]) is None


def test_a_missing_answer_agrees_with_nothing() -> None:
    assert list(paired.same(result(1, 2), result(1), 2)) == [True, False]
    assert list(paired.same(result(1, 2), result(1, 3), 2)) == [True, False]
    raised = Result("ok", (Raised("ValueError", "no"),), 1.0)
    assert list(paired.same(raised, result(1), 1)) == [False]


def test_the_labs_that_are_measured() -> None:
    found = {lab.name: lab for lab in programs.labs()}
    assert {"add", "fib", "matmul", "bin_packing", "circle_packing"} <= found.keys()
    assert "trainer" not in found
    assert found["fib"].size == 30
    assert found["bin_packing"].cost
    for lab in found.values():
        draw = programs.drawer(lab)
        assert draw(1, 2) == draw(1, 2)


def test_rows_of_programs_can_be_read_again() -> None:
    lab = programs.labs()[0]
    fine = programs.Row.of(lab, Run(seconds=3.0, promotions=1, candidates=2))
    failed = programs.Row.of(lab, Run(failed="no sandbox"))
    written = json.dumps({"rows": [asdict(fine), asdict(failed)]})
    rows = programs.restored(json.loads(written))
    assert rows == [fine, failed]
    table = programs.fragment(rows)
    assert "1 of 2" in table
    assert "not run: no sandbox" in table


def test_tables_tell_of_bins_and_circles() -> None:
    lab = programs.labs()[0]
    bins = asdict(programs.Row.of(lab, Run()))
    bins |= {"lab": "bin_packing", "figures": {"best fit": 0.05, "successor": 0.04}}
    circles = {**bins, "lab": "circle_packing", "figures": {"successor": 2.5}}
    table = programs.fragment(programs.restored({"rows": [bins, circles]}))
    assert "| best fit | 5.00% |" in table
    assert "successor 2.5000" in table


def test_rows_of_other_labs_are_kept(tmp_path: Path) -> None:
    rows = [programs.Row.of(lab, Run()) for lab in programs.labs()[:3]]
    written = json.dumps({"rows": [asdict(row) for row in rows[:2]]})
    path = tmp_path / "programs.json"
    path.write_text(written)
    again = replace(rows[1], promotions=7)
    assert programs.beside([rows[2], again], path) == [rows[0], again, rows[2]]
    assert programs.beside([again], tmp_path / "none.json") == [again]


def test_what_writing_takes_is_taken_off() -> None:
    files = {
        "long.py": b"def slow(n):\n    return [*range(n)] if sum(range(3 * n)) else []\n\n\n"
        b"def fast(n):\n    return [*range(n)]\n"
    }
    versions = (Program(files, "long.py:slow"), Program(files, "long.py:fast"))
    batches = [[Call((20_000 + each,)) for each in range(4)] for _ in range(6)]
    with open_sandbox() as sandbox:
        found = paired.compared(sandbox, versions, batches, Limits())
    assert found.agreeing == found.asked == 24
    assert found.faster is not None
    assert found.faster.times > 1.1


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ((1, "a", b"b", None, [0.5]), True),
        ({"a": (1, 2)}, True),
        (float("nan"), False),
        ({1, 2}, False),
        (iter(()), False),
        ([object()], False),
    ],
)
def test_plain_data_is_what_can_be_spelled(value: object, *, plain: bool) -> None:
    assert profiled.is_plain(value) == plain


def test_calls_are_written_down_once_and_odd_ones_counted() -> None:
    def halved(number: object) -> object:
        return iter(()) if number is None else 0.5

    recorder = profiled.Recorder(halved.__code__, ("number",), {})
    sys.setprofile(recorder)
    try:
        for number in (1, 1, 2, None):
            halved(number)
    finally:
        sys.setprofile(None)
    assert recorder.calls == {"(1,)": 2, "(2,)": 1, "(None,)": 1}
    assert recorder.odd == 1


def test_another_release_is_refused(tmp_path: Path) -> None:
    package = packages.Package("thing", "1.0", "0" * 64)
    (tmp_path / "thing-1.0.tar.gz").write_bytes(b"something else")
    with pytest.raises(packages.click.ClickException, match="not the release that was pinned"):
        packages.fetched(package, tmp_path)


def test_the_test_beside_a_function_makes_the_calls() -> None:
    hot = packages.Hot("pkg/__init__.py", "double", 0.5, ("(1,)", "('a',)"), ())
    text = packages.observed(hot, hot.calls)
    compile(text, "test___init__.py", "exec")
    assert "from pkg import double" in text
    assert "('a',)," in text


def test_rows_of_packages_can_be_read_again() -> None:
    row = packages.Row(
        package="thing-1.0",
        function="thing.py:double",
        share=0.4,
        passed_over=[],
        suite="12 passed in 1.2s",
        suite_passes=True,
        agreeing=1.0,
        faster=paired.Ratio(2.0, 1.9, 2.1, 15),
        promotions=0,
        candidates=3,
        evaluations=70,
        seconds=61.0,
        failed="",
    )
    assert packages.restored(json.loads(json.dumps({"rows": [asdict(row)]}))) == [row]
    assert "nothing better found | 12 passed |" in packages.fragment([row])
