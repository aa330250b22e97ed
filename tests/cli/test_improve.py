from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cli.commands import Run, change, make_lab, start
from successor.insight.measures import measure
from successor.ledger import Ledger, Stopped
from successor.types import Exam


def test_it_improves_until_the_target_and_tells_programs_and_people_apart(lab: Path, run: Run):
    found = run("improve", lab, "--json")
    assert found.code == 0
    assert [line["decision"] for line in found.lines[:-1]] == ["first", "promoted", "promoted"]
    assert [line["reliable_horizon"] for line in found.lines[:-1]] == [4, 8, 16]
    last = found.lines[-1]
    assert (last["versions"], last["promotions"], last["stopped_by"]) == (3, 2, "target")
    assert last["ledger_head"] == Ledger.read(lab / ".successor").head.root
    assert "generation 2: promoted" in found.err
    assert "successor report" in found.err


def test_without_json_stdout_stays_empty_and_quiet_says_nothing(lab: Path, run: Run):
    assert run("improve", lab).out == ""
    change(lab, "=16", "=32")
    found = run("improve", lab, "--quiet")
    assert (found.code, found.out, found.err) == (0, "", "")


def test_a_later_session_prints_only_its_own_generations(lab: Path, run: Run):
    run("improve", lab)
    found = run("improve", lab, "--target", "reliable_horizon=64", "--json")
    assert [line.get("generation") for line in found.lines] == [3, 4, None]
    assert found.lines[-1]["promotions"] == 4


def test_every_line_is_out_before_the_next_generation_ends(tmp_path: Path):
    lab = make_lab(tmp_path / "lab")
    change(lab, 'kind = "tiny.py:author"', 'kind = "tiny.py:author"\npause_s = 1.5')
    process = start("improve", lab, "--json")
    assert process.stdout is not None
    began = time.monotonic()
    process.stdout.readline()
    first = time.monotonic() - began
    process.stdout.readline()
    assert time.monotonic() - began - first > 1.0
    process.communicate()
    assert process.returncode == 0


def test_strategy_and_seed_may_not_change_on_a_record_but_bounds_may(lab: Path, run: Run):
    run("improve", lab)
    found = run("improve", lab, "--strategy", "agree", "--seed", "7")
    assert found.code == 2
    assert "[lab] seed = 7, on record 1" in found.err
    assert "[author] strategy = 'agree', on record not set" in found.err
    assert "--fresh" in found.err
    assert run("improve", lab, "--generations", "20", "--budget", "2m").code == 0


def test_fresh_sets_the_record_aside_and_keeps_it(lab: Path, run: Run):
    run("improve", lab)
    found = run("improve", lab, "--fresh", "--seed", "7", "--json")
    assert (found.code, found.lines[0]["generation"]) == (0, 0)
    assert str(lab / ".successor-1") in found.err
    assert Ledger.read(lab / ".successor-1").head.size > 0
    assert (lab / ".successor-1" / ".gitignore").read_text(encoding="utf-8") == "*\n"


def test_fresh_leaves_the_record_where_it_is_when_the_lab_is_refused(lab: Path, run: Run):
    run("improve", lab)
    change(lab, "ability = 4", "ability = -4")
    assert run("improve", lab, "--fresh").code == 2
    assert Ledger.read(lab / ".successor").head.size > 0


def test_the_environment_sets_every_option(lab: Path, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SUCCESSOR_IMPROVE_TARGET", "reliable_horizon=8")
    monkeypatch.setenv("SUCCESSOR_IMPROVE_JSON", "1")
    assert run("improve", lab).lines[-1]["reliable_horizon"] == 8
    found = run("improve", lab, "--target", "reliable_horizon=16")
    assert found.lines[-1]["reliable_horizon"] == 16


def test_running_out_of_time_in_a_step_leaves_it_to_be_resumed(lab: Path, run: Run):
    change(lab, 'kind = "tiny.py:author"', 'kind = "tiny.py:author"\npause_s = 2.0')
    found = run("improve", lab, "--budget", "1s", "--json")
    assert found.code == 0
    assert [line.get("generation") for line in found.lines] == [0, None]
    assert found.lines[-1]["stopped_by"] == "wall_clock"
    found = run("improve", lab, "--budget", "1m", "--json")
    assert [line.get("generation") for line in found.lines] == [1, 2, None]


def test_a_base_case_that_asks_for_a_human_exits_with_3(lab: Path, run: Run):
    change(lab, "[base_cases]", "[base_cases]\nfloor = 1.0")
    change(lab, "ability = 4", "ability = 4\nforgets = true")
    found = run("improve", lab, "--json")
    assert (found.code, found.lines[-1]["stopped_by"]) == (3, "collapse")
    assert "asks for a human" in found.err


@pytest.mark.parametrize("presses", [1, 2])
@pytest.mark.parametrize(
    ("number", "code", "told"),
    [
        (signal.SIGINT, 130, ("Ctrl-C again", "Interrupted from the keyboard.")),
        (signal.SIGTERM, 143, ("SIGTERM again", "Terminated by SIGTERM.")),
    ],
    ids=["ctrl-c", "sigterm"],
)
def test_a_signal_ends_the_run_with_the_reason_on_record(
    tmp_path: Path, presses: int, number: signal.Signals, code: int, told: tuple[str, str]
):
    lab = make_lab(tmp_path / "lab")
    pause = "pause_s = 20.0" if presses == 1 else "stubborn_s = 20.0"
    change(lab, 'kind = "tiny.py:author"', f'kind = "tiny.py:author"\n{pause}')
    process = start("improve", lab, "--json")
    assert process.stdout is not None
    process.stdout.readline()
    began = time.monotonic()
    for _ in range(presses):
        time.sleep(0.5)
        process.send_signal(number)
    out, err = process.communicate(timeout=15)
    assert time.monotonic() - began < 10
    assert process.returncode == code
    assert '"stopped_by": "interrupted"' in out
    assert all(each in err for each in told)
    assert f"successor improve {lab}" in err
    stop = Ledger.read(lab / ".successor").entries(Stopped)[-1].event.stop
    assert (stop.base_case, f"{stop.reason}.") == ("interrupted", told[1][0].lower() + told[1][1:])
    assert "Traceback" not in err


def test_two_processes_do_not_improve_one_lab(lab: Path, run: Run):
    change(lab, 'kind = "tiny.py:author"', 'kind = "tiny.py:author"\npause_s = 20.0')
    process = start("improve", lab, "--json")
    assert process.stdout is not None
    process.stdout.readline()
    for arguments in (("--quiet",), ("--fresh",)):
        found = run("improve", lab, *arguments)
        assert found.code == 2
        assert f"in use by process {process.pid}" in found.err
    assert run("status", lab, "--json").lines[0]["running"] is True
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=15)


KILLED_AT_SECOND_LINE = """
import os, signal, sys
from successor.cli import audience, run_command
put = audience.echo_json
def once(line, to):
    put(line, to) if line["generation"] == 0 else os.kill(os.getpid(), signal.SIGKILL)
audience.echo_json = once
run_command(["improve", sys.argv[1], "--json", "--quiet"])
"""


def test_a_line_that_a_kill_swallowed_is_told_by_lineage(lab: Path, run: Run):
    killed = subprocess.run(
        [sys.executable, "-c", KILLED_AT_SECOND_LINE, lab], capture_output=True, check=False
    )
    assert (killed.returncode, len(killed.stdout.splitlines())) == (-signal.SIGKILL, 1)
    resumed = run("improve", lab, "--json").lines[:-1]
    assert [line["generation"] for line in resumed] == [2]
    told = run("lineage", lab, "--json").lines[0]["generations"]
    assert [line["generation"] for line in told] == [0, 1, 2]
    assert [told[0], told[2]] == [json.loads(killed.stdout), *resumed]


def test_nothing_is_measured_between_the_end_of_a_generation_and_its_line(
    lab: Path, run: Run, monkeypatch: pytest.MonkeyPatch
):
    done: list[str] = []

    def measured(exam: Exam) -> dict[str, float]:
        done.append("measured")
        return measure(exam)

    close = Ledger._close  # pyright: ignore[reportPrivateUsage] - the commit is what is timed

    def closing(ledger: Ledger, generation: int) -> None:
        done.append("closed")
        close(ledger, generation)
        done.append("told")

    monkeypatch.setattr("successor.showing.generation.measure", measured)
    monkeypatch.setattr(Ledger, "_close", closing)
    assert run("improve", lab, "--json").code == 0
    assert done == ["measured", "closed", "told"] * 3


def test_a_killed_run_goes_on_and_ends_as_if_nobody_had_killed_it(tmp_path: Path, run: Run):
    killed, whole = make_lab(tmp_path / "killed"), make_lab(tmp_path / "whole")
    for lab in (killed, whole):
        change(lab, 'kind = "tiny.py:author"', 'kind = "tiny.py:author"\npause_s = 0.5')
    process = start("improve", killed, "--json")
    assert process.stdout is not None
    process.stdout.readline()
    process.kill()
    process.communicate()
    resumed, undisturbed = (run("improve", lab, "--json") for lab in (killed, whole))
    ends = [found.lines[-1] for found in (resumed, undisturbed)]
    assert len({end["reliable_horizon"] for end in ends}) == 1
    first, second = (Ledger.read(lab / ".successor").incumbent() for lab in (killed, whole))
    assert first == second
