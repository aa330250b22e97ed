"""Bugs that are planted, what counts as their repair, and what is said of it."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path

import pytest

import fix
from authors.llm.scripted import block
from llm.server import says, serving
from planted import bugs, planting
from planted.planting import Case, Known

ENDED = fix.Ended("right", 0.0, 3.0, 100.0)
ROW = fix.Row(
    "runs-order", "order", False, 0.5, replace(ENDED, outcome="asked", wrong=0.5), ENDED, 2
)


@pytest.fixture(scope="module")
def programs() -> Iterator[Mapping[str, Known]]:
    bench = planting.opened()
    yield planting.known(bench)
    bench.close()


def test_every_class_can_be_planted_and_every_bug_parses(programs: Mapping[str, Known]):
    made = [bug for each in programs.values() for bug in bugs.bugs(each.source)]
    assert {bug.kind for bug in made} == {*bugs.KINDS}
    for bug in made:
        ast.parse(bug.source)


def test_the_programs_are_right_by_their_own_tests(programs: Mapping[str, Known]):
    for each in programs.values():
        assert (each.failing(each.source), each.wrong(each.source)) == (0, 0.0), each.name
        assert "inputs" not in {*each.target.files}


def test_what_is_planted_fails_a_test_and_is_wrong_where_nobody_looks(
    programs: Mapping[str, Known],
):
    some = {name: programs[name] for name in ("runs", "tax", "versions")}
    cases = planting.plant(some, 5, 1)
    assert cases == planting.plant(some, 5, 1)
    assert len({case.name for case in cases}) == len({case.kind for case in cases}) == 5
    for case in cases:
        assert case.failing
        assert case.wrong > 0


def test_a_repair_in_reach_is_the_correct_program_letter_by_letter(programs: Mapping[str, Known]):
    known = programs["runs"]
    assert planting.in_reach(known.source.replace("length += 1", "length -= 1"), known)
    assert not planting.in_reach(known.source.replace("            continue\n", ""), known)


def test_of_few_tests_one_fails_and_one_passes(programs: Mapping[str, Known]):
    tax = programs["tax"]
    few = tax.few(tax.source.replace("+ 50", "+ 49"))
    made = [line for line in few.splitlines() if line.startswith("def ")]
    assert made == ["def test_nothing():", "def test_halves_go_up():"]
    assert "BRACKETS = " in few


def test_a_question_is_answered_by_the_correct_program(programs: Mapping[str, Known]):
    assert programs["runs"].said("encoded('aab')") == "encoded('aab') should be 'a2b'"
    assert programs["roman"].said("number('')") == "number('') should raise ValueError"


def test_a_row_that_a_kill_cut_off_is_none(tmp_path: Path):
    work = fix.Work(tmp_path)
    work.add(ROW)
    with (tmp_path / "rows.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"case": "runs-')
    assert work.rows() == {"runs-order": ROW}


def test_tables_tell_what_was_right_and_what_only_seemed_so():
    false = replace(ROW, case="tax-order", alone=replace(ENDED, outcome="false", wrong=0.25))
    odd = replace(
        ROW, case="a-b", kind="bound", alone=replace(ENDED, outcome="refused: no sandbox")
    )
    way = fix.Way("60s")
    figures = fix.merged(way, [ROW, false, odd], None)
    told = fix.fragment(json.loads(json.dumps(figures)))
    assert "| order | 2 | 0 | 0 | 1 | 1 | 0 | 2 | 0 |" in told
    assert "| all | 3 | 0 | 0 | 1 | 1 | 0 | 3 | 0 |" in told
    assert "50.0% as planted, 25.0%" in " ".join(told.split())
    assert "a-b: refused: no sandbox." in told
    assert fix.Row.read(json.loads(json.dumps(asdict(ROW)))) == ROW


def test_a_model_is_measured_as_the_author_without_one_is(
    tmp_path: Path, programs: Mapping[str, Known], monkeypatch: pytest.MonkeyPatch
):
    known = programs["runs"]
    source = known.source.replace("        length = 1\n", "")
    case = Case("runs", "missing statement", source, 0.5, 1, in_reach=False)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0123456789")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with serving() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        server.play(says(block(known.source)))
        way = fix.Way("60s", "openai:tested", calls=4)
        row = fix.run_case(case, known, way, tmp_path / "work")
        assert 1 <= server.calls <= 4
    assert (row.alone.outcome, row.alone.wrong) == ("right", 0.0)
    assert not list((tmp_path / "work").rglob("inputs.py"))
