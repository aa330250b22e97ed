"""What the side by side counts, refuses, measures and tells. No model, and no peer, is needed."""

from __future__ import annotations

import http.client
import json
import math
import sys
import threading
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import peers
import programs
from rivals import evaluate, ours, systems, table, tasks
from rivals.counting import REFUSED, Asked, Counting, Rules, read, ruled, under_way_s
from rivals.measured import Worth, worths
from rivals.ours import ALONE, SEARCH
from rivals.runs import Place, Step, Terms
from rivals.systems import OPENEVOLVE, SHINKA
from rivals.table import Row
from successor.authors.novelty import form
from successor.sandbox import open_sandbox

TERMS = Terms("m", 8, 1024, "1h")
LOOP = """\
def fib(n: int) -> int:
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a
"""
LABS = {lab.name: lab for lab in programs.labs()}


class Scripted(ThreadingHTTPServer):
    """A model that says what it is told to say, and remembers what it was asked."""

    def __init__(self, text: str) -> None:
        super().__init__(("127.0.0.1", 0), _Scripted)
        self.text = text
        self.asked = list[dict[str, Any]]()


class _Scripted(BaseHTTPRequestHandler):
    server: Scripted  # pyright: ignore[reportIncompatibleVariableOverride] - it is that one

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append(body)
        used = {"prompt_tokens": 7, "completion_tokens": 3}
        if body.get("stream"):
            pieces: list[dict[str, Any]] = [
                {"choices": [{"index": 0, "delta": {"content": each}}]} for each in self.server.text
            ]
            last: dict[str, Any] = {
                "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}],
                "usage": used,
            }
            lines = [f"data: {json.dumps(each)}\n\n" for each in (*pieces, last)]
            data = "".join([*lines, "data: [DONE]\n\n"]).encode()
        else:
            choice = {"message": {"content": self.server.text}}
            choices = [{**choice, "index": n} for n in range(body.get("n") or 1)]
            data = json.dumps({"choices": choices, "usage": used}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Nothing."""


@pytest.fixture
def model() -> Iterator[Scripted]:
    server = Scripted("hello")
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(model: Scripted, tmp_path: Path) -> Iterator[Counting]:
    server = f"http://127.0.0.1:{model.server_port}/v1"
    found = Counting(server, "key", Rules(3, 1, 100), tmp_path / "calls.jsonl")
    yield found
    found.close()


def ask(proxy: Counting, path: str = "/v1/chat/completions", **more: object) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.server_port, timeout=30)
    connection.request("POST", path, json.dumps({"messages": [], **more}))
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer.status, data


def ended(proxy: Counting, count: int) -> list[Asked]:
    """The calls, once there are so many: they are kept after they are answered."""
    until = time.time() + 10
    while len(proxy.calls) < count and time.time() < until:
        time.sleep(0.01)
    return [*proxy.calls]


def asked(number: int, begun: float, end: float, text: str = "") -> Asked:
    return Asked(number, begun, end, 200, 10, 5, text)


def row(
    program: str = "fib",
    system: str = ALONE,
    seed: int = 1,
    worths: Sequence[Worth] = (Worth(2, 1.0, 8.0, 7.0, 9.0),),
    **more: str,
) -> Row:
    found = Row(program, system, seed, "s", [*worths], 0.0, 4, 0, 700, 100, 90.0, 30.0)
    return replace(found, **more)


def test_calls_are_counted_with_their_tokens_and_texts(proxy: Counting):
    ask(proxy)
    ask(proxy, stream=True)
    calls = ended(proxy, 2)
    assert [(each.number, each.read, each.written, each.text) for each in calls] == [
        (1, 7, 3, "hello"),
        (2, 7, 3, "hello"),
    ]
    assert all(each.begun <= each.ended for each in calls)
    assert not proxy.is_spent


def test_what_is_beyond_the_calls_is_refused_and_never_reaches_the_model(
    proxy: Counting, model: Scripted
):
    ask(proxy, n=2)
    status, told = ask(proxy, n=2)
    assert status == REFUSED
    assert b"spent" in told
    ask(proxy)
    ended(proxy, 3)
    assert proxy.is_spent
    assert proxy.refused == 1
    assert len(model.asked) == 2


def test_answers_have_one_longest_length_and_each_call_a_seed_of_its_own(
    proxy: Counting, model: Scripted
):
    ask(proxy, max_tokens=9000, seed=5)
    ask(proxy, max_completion_tokens=20, seed=5)
    ask(proxy)
    assert [each["max_tokens"] for each in model.asked] == [100, 20, 100]
    assert len({each["seed"] for each in model.asked}) == 3
    assert "max_completion_tokens" not in model.asked[1]
    again = ruled({}, Rules(3, 1, 100), 1)
    assert again["seed"] == model.asked[0]["seed"] != ruled({}, Rules(3, 2, 100), 1)["seed"]


def test_nothing_but_chat_is_handed_on(proxy: Counting):
    assert ask(proxy, "/v1/embeddings")[0] == 404
    assert not proxy.calls


def test_an_answer_that_is_no_json_counts_as_a_call_without_tokens():
    with pytest.raises(ValueError, match="Expecting value"):
        read(b"<html>", streamed=False)
    assert read(b"data: [DONE]\n\n", streamed=True) == ([], 0, 0)


def test_time_outside_the_model_leaves_out_each_moment_once():
    calls = [asked(1, 10, 20), asked(2, 15, 30), asked(3, 40, 50)]
    assert under_way_s(calls, 0, 100) == 30
    assert systems.outside_s(calls, 0, 100) == 70
    assert under_way_s(calls, 12, 45) == 23


@pytest.fixture
def fib(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tasks.Task:
    monkeypatch.setattr(tasks, "CALLS", 2)
    task = tasks.prepared(replace(LABS["fib"], size=12), tmp_path, Path(sys.executable))
    monkeypatch.setenv(evaluate.TASK, str(task.file))
    return task


def test_the_evaluator_tells_right_from_wrong_and_keeps_what_it_saw(
    fib: tasks.Task, tmp_path: Path
):
    right, wrong, broken = (tmp_path / f"{name}.py" for name in ("right", "wrong", "broken"))
    right.write_text(LOOP)
    wrong.write_text(LOOP.replace("0, 1", "1, 1"))
    broken.write_text("def fib(n: int\n")
    score, _ = evaluate.scored(right)
    assert score > 0  # how fast, a busy machine decides
    score, told = evaluate.scored(wrong)
    assert score == 0
    assert "wrong for" in told
    evaluate.shinka(str(broken), str(tmp_path / "results"))
    assert json.loads((tmp_path / "results" / "correct.json").read_text())["correct"] is False
    assert [each["score"] > 0 for each in fib.evaluations] == [True, False, False]
    assert fib.pending == 0


def test_a_candidate_that_does_not_end_is_ended(fib: tasks.Task, tmp_path: Path):
    endless = tmp_path / "endless.py"
    endless.write_text("def fib(n):\n    while True: pass\n")
    with pytest.raises(ValueError, match="took more than"):
        evaluate.tried(fib.file, endless, 0.5)


def test_an_objective_is_measured_by_the_labs_own_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tasks, "INSTANCES", 2)
    lab = replace(LABS["bin_packing"], size=30)
    task = tasks.prepared(lab, tmp_path, Path(sys.executable))
    monkeypatch.setenv(evaluate.TASK, str(task.file))
    score, told = evaluate.scored(task.program)
    assert abs(score - 1) < 1e-9
    bad = tmp_path / "bad.py"
    bad.write_text("def pack(items, capacity):\n    return [0 for _ in items]\n")
    score, told = evaluate.scored(bad)
    assert score == 0
    assert "holds" in told


def test_peers_are_told_the_goal_and_what_to_keep():
    for name in peers.CHOSEN:
        lab = LABS[name]
        said = tasks.wish(lab, [[3]])
        assert f"`{lab.function}`" in said
        assert ("cost" in said) == lab.cost
    text = (LABS["fib"].folder / "fib.py").read_text()
    assert tasks.with_markers(text).count(tasks.START) == 1
    packing = (LABS["bin_packing"].folder / "bin_packing.py").read_text()
    assert tasks.with_markers(packing) == packing


def test_steps_of_a_peer_are_what_was_best_with_the_calls_before_it(fib: tasks.Task):
    rows = [
        {"begun": 1.0, "ended": 1.5, "score": 1.0, "program": fib.program.read_text()},
        {"begun": 12.0, "ended": 12.5, "score": 3.0, "program": "a"},
        {"begun": 22.0, "ended": 22.5, "score": 2.0, "program": "b"},
        {"begun": 32.0, "ended": 32.5, "score": 9.0, "program": "c"},
    ]
    lines = "".join(json.dumps(each) + "\n" for each in rows)
    fib.file.with_name("evaluations.jsonl").write_text(lines)
    calls = [asked(1, 0, 11), asked(2, 0, 21), asked(3, 22, 31), asked(4, 22, 40)]
    steps, best = systems._steps(fib, calls)
    assert steps == [Step(1, "a"), Step(3, "c")]
    assert best == 9


PEER = """\
import importlib.util, json, sys, time, urllib.error, urllib.request
from pathlib import Path

def main():
    given = dict(zip(sys.argv[3::2], sys.argv[4::2]))
    told = json.loads(Path(given["--config"]).read_text())
    spec = importlib.util.spec_from_file_location("evaluator", sys.argv[2])
    evaluator = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(evaluator)
    for number in range(told["max_iterations"] + 1):
        body = json.dumps({"messages": [], "model": told["llm"]["models"][0]["name"]}).encode()
        try:
            answer = urllib.request.urlopen(told["llm"]["api_base"] + "/chat/completions", body)
        except urllib.error.HTTPError:
            time.sleep(600)
        text = json.load(answer)["choices"][0]["message"]["content"]
        program = Path(given["--output"] + f"{number}.py")
        program.write_text(text if number else text.replace("0, 1", "1, 1"))
        evaluator.evaluate(str(program))
"""
RESULT = "class EvaluationResult:\n    def __init__(self, metrics, artifacts): pass\n"


def test_a_peer_is_ended_once_it_can_ask_no_more(
    tmp_path: Path, model: Scripted, proxy: Counting, monkeypatch: pytest.MonkeyPatch
):
    site, python, model.text = tmp_path / "site", tmp_path / "python", LOOP
    (site / "openevolve").mkdir(parents=True)
    for name, text in (("__init__", ""), ("cli", PEER), ("evaluation_result", RESULT)):
        (site / "openevolve" / f"{name}.py").write_text(text)
    python.write_text(f'#!/bin/sh\nPYTHONPATH={site} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr(tasks, "CALLS", 2)
    monkeypatch.setattr(systems, "CALM_S", 1.0)
    place = Place(tmp_path / "run", replace(LABS["fib"], size=12), 1, python)
    task = systems.task_of(place)
    came = systems.run(OPENEVOLVE, place, replace(TERMS, calls=3), proxy, task)
    assert proxy.refused == 1
    assert [each["score"] > 0 for each in task.evaluations] == [False, True, True]
    assert came.failed == ""
    assert came.steps[0] == Step(2, LOOP)
    assert came.score > 0
    assert came.ended <= time.time() - 1


def test_a_version_of_ours_took_the_calls_up_to_the_answer_that_comes_to_it():
    renamed = LOOP.replace("a, b = b, a", "x, b = b, x").replace("a, b", "x, b")
    renamed = renamed.replace("return a", "return x  # another word")
    first = "def fib(n: int) -> int:\n    return n if n < 2 else fib(n - 1) + fib(n - 2)\n"
    beside = first + LOOP.replace("def fib", "def quick_fib")
    answers = ["no idea", f"```python\n{renamed}```\n", "late"]
    other = LOOP.replace("0, 1", "2, 1")

    def took(text: str, said: list[str], ended: float) -> int:
        calls = [asked(n, n, n + 1.0, each) for n, each in enumerate(said)]
        return ours.asked_for(form(text), first, "fib", calls, ended)

    assert took(LOOP, answers, 0.0) == 2
    assert took(LOOP, ["no", "no", f"```python\n{beside}```\n"], 0.0) == 3
    assert took(LOOP, [f"```python\n{LOOP.replace('return a', 'return b')}```\n"], 0.0) == 1
    assert took(other.replace("2, 1", "7, 9"), answers, 2.5) == 2
    assert took(other.replace("2, 1", "7, 9"), answers, 0.5) == 0


@pytest.mark.parametrize("system", [ALONE, SEARCH])
def test_our_labs_have_the_same_goal_and_as_many_calls(system: str):
    for name in peers.CHOSEN:
        before = (LABS[name].folder / "successor.toml").read_text()
        told = tomllib.loads(ours.lab_file(before, system, 3, TERMS))
        assert told["lab"] == {**tomllib.loads(before)["lab"], "seed": 3}
        assert told["subject"] == tomllib.loads(before)["subject"]
        model = told["author"] if system == ALONE else told["author"]["llm"]
        assert model["models"] == ["openai:m"]
        assert model["calls"] == TERMS.calls


def test_what_counts_in_the_end_is_measured_on_fresh_inputs():
    lab = replace(LABS["fib"], size=15)
    forged = "def fib(n):\n    return 7\n"
    with open_sandbox(preload=programs.PRELOAD) as sandbox:
        right, wrong = worths(lab, [Step(2, LOOP), Step(5, forged)], sandbox)
    assert right.solved
    assert right.value > 2
    assert not wrong.solved
    assert wrong.value == 1


def test_calls_to_reach_a_value_are_those_of_the_first_right_program_that_has_it():
    found = row(worths=[Worth(1, 1.0, 2.0), Worth(3, 0.5, 99.0), Worth(6, 1.0, 10.0)])
    assert found.to_reach(2) == 1
    assert found.to_reach(9) == 6
    assert found.to_reach(50) == math.inf
    assert not found.wrong
    assert row(worths=[Worth(3, 0.5, 99.0)]).wrong
    assert row(worths=[]).value == 1


def test_the_table_says_who_is_ahead_and_who_is_behind():
    rows = [
        row(system=OPENEVOLVE, worths=[Worth(6, 1.0, 8.0)]),
        row(system=SHINKA, worths=[Worth(1, 1.0, 80.0)]),
        row(worths=[Worth(3, 1.0, 8.1)]),
        row(seed=2, worths=[]),
        row(seed=3, worths=[Worth(2, 1.0, 8.2)]),
    ]
    told = table.fragment(TERMS, rows)
    assert "| fib | llm | 3 | 8.10 (1.00–8.20) |" in told
    assert "| 3 (2 of 3) | not reached |" in told
    assert "- `llm` beside OpenEvolve: ahead on none, level on 1 (fib), behind on none" in told
    assert "that OpenEvolve took on 1 (fib), of the 1 on which" in told
    assert "- `llm` beside ShinkaEvolve: ahead on none, level on none, behind on 1 (fib)" in told


@pytest.mark.parametrize(
    ("one", "other", "is_beyond"),
    [(2.0, 1.9, False), (2.0, 1.5, True), (1.0, 0.97, False), (16_000, 9_000, False), (9, 1, True)],
)
def test_better_is_what_is_beyond_the_noise(one: float, other: float, is_beyond: object):
    assert table.beyond(one, other) == is_beyond
    assert not table.beyond(other, one)


def test_wrong_programs_and_runs_that_broke_off_are_told():
    told = table.fragment(
        TERMS,
        [row(system=OPENEVOLVE, worths=[Worth(1, 0.9, 50.0)], failed="ended (1) after 2 calls")],
    )
    assert "| 1.00; ended (1) after 2 calls | 1 | – | – |" in told
    both = [row(system=SHINKA, worths=[], failed="no candidate was evaluated"), row()]
    assert "beside ShinkaEvolve" not in table.fragment(TERMS, both)


def test_rows_are_kept_as_they_come_and_hold_as_long_as_what_they_depend_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    work = peers.Work(tmp_path, TERMS, Path("python"))
    mine, theirs = (row(system=each, stamp=work.stamp(each)) for each in (ALONE, OPENEVOLVE))
    work.add(mine)
    work.add(theirs)
    path = tmp_path / "rows.jsonl"
    path.write_text(path.read_text() + '{"program": "pri')
    assert work.rows() == {mine.name: mine, theirs.name: theirs}
    monkeypatch.setattr(peers, "SOURCE", tmp_path)  # we are another program
    assert work.rows() == {theirs.name: theirs}
    other = peers.Work(tmp_path, replace(TERMS, calls=9), Path("python"))
    assert other.rows() == {}


def test_all_systems_run_on_a_seed_before_the_next():
    names = [*peers.wanted(["fib", "prime"], [ALONE, SHINKA], 2)]
    assert [seed for *_, seed in names] == [1] * 4 + [2] * 4
    assert len(set(names)) == 8


def test_figures_are_restored_to_the_same_table(tmp_path: Path):
    told = peers.write(TERMS, [row(), row(system=SHINKA)], tmp_path)
    figures = json.loads((tmp_path / "peers.json").read_text())
    assert peers.restored(figures) == told == (tmp_path / "peers.md").read_text()


def test_an_unknown_program_is_refused_before_anything_is_installed():
    done = CliRunner().invoke(peers.main, ["--only", "nothing"])
    assert done.exit_code == 2
    assert "no such program" in done.output
