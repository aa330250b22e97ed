"""Budgets are hard: whatever an author or a candidate does, it gets one quantum more at most."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from cli.commands import make_lab
from llm.server import Server, says, serving
from oversight.overspending import ANSWER_USD, HOARD
from successor.cli import run_command
from successor.cli.record_views import status_of
from successor.errors import UsageError
from successor.labfile import parse_size
from successor.ledger import Ledger, SessionStarted, Written, journal
from successor.oversight import Charter, Meter, Rules, loosened, watch
from successor.oversight.descendants import descendants
from successor.sandbox.cputime import Clock

OVERSPENDING = Path(__file__).with_name("overspending.py")
LAB = """\
[lab]
goal = "Count further"
[subject]
kind = "tiny.py:subject"
ability = 4
[author]
kind = "overspending.py:author"
work = "{work}"
[base_cases]
{budgets}
"""
GRACE_S = 0.5
LOOK_S = watch.LOOK_S * watch.METER_LOOKS
QUANTUM_S = 2 * LOOK_S + GRACE_S
"""Until it is seen that a budget is used up, and what a silent step has to end by itself."""
MOMENT_S = 2.5
"""For so long a session works that is then killed."""
SLACK_S = 2.0
"""For a machine that is busy otherwise."""
SMALL = {"prompt_tokens": 90, "completion_tokens": 10, "total_tokens": 100}
CALL_USD = 100 * float(ANSWER_USD) / 1e6
WORST_USD = 1500 * float(ANSWER_USD) / 1e6
"""More than a call can cost of which the server does not say what it came to."""
QUICKLY = (
    "from successor.oversight import watch; from successor.cli import run_command; "
    f"watch.GRACE_S = {GRACE_S}; import sys; sys.exit(run_command(sys.argv[1:]))"
)


def overspending(folder: Path, work: str, *budgets: str) -> Path:
    text = LAB.format(work=work, budgets="\n".join(budgets or ()))
    if not any(each.startswith("wall_clock") for each in budgets):
        text += 'wall_clock = "5m"\n'
    folder.mkdir(exist_ok=True)
    lab = make_lab(folder / "lab", text)
    shutil.copy(OVERSPENDING, lab / OVERSPENDING.name)
    return lab


def improve(lab: Path) -> int:
    return run_command(["improve", str(lab), "--quiet"])


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "GRACE_S", GRACE_S)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Generator[Server]:
    with serving() as server:
        monkeypatch.setenv("MODEL", server.url)
        yield server


def totals(lab: Path) -> dict[str, float]:
    """What was used, added up from the entries by themselves."""
    measured, beyond = defaultdict[str, float](float), defaultdict[str, float](float)
    session, step = dict[str, float](), defaultdict[str, float](float)
    disk = 0.0
    with Ledger.read(lab / ".successor") as ledger:
        for entry in ledger.entries():
            now = {**session, **entry.used}
            disk = now.pop("disk_bytes", disk)
            for name in now.keys() - {"wall_s"}:
                grown = max(0.0, now[name] - session.get(name, 0.0))
                measured[name] += grown
                step[name] += grown
            session = {} if isinstance(entry.event, SessionStarted) else now
            if isinstance(entry.event, Written):
                told = {k: v for k, v in entry.event.figures.items() if not isinstance(v, str)}
                for name, value in told.items():
                    seen = {"tokens": "model_tokens", "usd": "model_usd"}.get(name, name)
                    known = step[seen] if seen in {"model_tokens", "model_usd", "cpu_s"} else 0.0
                    most = 2.0**53 - 1
                    beyond[name] = min(most, beyond[name] + max(0.0, min(most, value) - known))
            if type(entry.event).__name__ in {
                "GenerationOpened", "Written", "Examined", "Judged", "Decided",
            }:  # fmt: skip
                step.clear()
    return {
        "cpu_s": measured["cpu_s"] + beyond["cpu_s"],
        "examples": beyond["examples"],
        "tokens": min(2.0**53 - 1, measured["model_tokens"] + beyond["tokens"]),
        "usd": min(2.0**53 - 1, measured["model_usd"] + beyond["usd"]),
        "disk_bytes": disk,
    }


def stopped(lab: Path, by: str) -> dict[str, float]:
    """What a lab used that was stopped by a budget, as `status` and the entries say alike; and
    that no restart gets it anything more.
    """
    before = status_of(lab)
    assert before["stopped_by"] == by
    assert totals(lab) == pytest.approx(before["used"], abs=1e-5)
    for _ in range(2):
        assert improve(lab) == 0
    after = status_of(lab)
    assert (after["stopped_by"], after["generations"]) == (by, before["generations"])
    grown = {name: after["used"][name] - value for name, value in before["used"].items()}
    assert (grown["examples"], grown["tokens"], grown["usd"]) == (0, 0, 0)
    assert grown["cpu_s"] < 1.0
    assert grown["disk_bytes"] < 50_000
    assert totals(lab) == pytest.approx(after["used"], abs=1e-5)
    assert run_command(["audit", str(lab)]) == 0
    return before["used"]


# Time


@pytest.mark.parametrize("work", ["burns", "endless_candidate", "forking_command"])
def test_cpu_time_is_counted_of_everything_and_ends_what_never_says_how_far_it_is(
    tmp_path: Path, work: str
) -> None:
    lab = overspending(tmp_path, work, 'cpu = "2s"')
    before = descendants()
    assert improve(lab) == 0
    assert descendants() <= before
    used = stopped(lab, "cpu")["cpu_s"]
    assert 2.0 <= used <= 2.0 + (os.cpu_count() or 1) * (QUANTUM_S + SLACK_S)


@pytest.mark.parametrize("work", ["sleeps", "sleeping_candidate"])
def test_what_sleeps_is_ended_by_the_wall_clock(tmp_path: Path, work: str) -> None:
    lab = overspending(tmp_path, work, 'wall_clock = "2s"')
    began = time.monotonic()
    assert improve(lab) == 0
    assert time.monotonic() - began <= 2.0 + QUANTUM_S + 2 * SLACK_S
    stopped(lab, "wall_clock")
    assert 2.0 <= status_of(lab)["seconds"] <= 2.0 + QUANTUM_S + SLACK_S


def test_what_lets_nothing_end_it_is_killed_and_that_is_on_record(tmp_path: Path) -> None:
    lab = overspending(tmp_path, "swallows", 'wall_clock = "2s"')
    argv = [sys.executable, "-c", QUICKLY, "improve", str(lab), "--quiet"]
    child = subprocess.run(argv, check=False, timeout=120)
    assert child.returncode == -signal.SIGKILL
    stopped(lab, "wall_clock")
    assert 2.0 <= status_of(lab)["seconds"] <= 2.0 + QUANTUM_S + GRACE_S + LOOK_S + SLACK_S


@pytest.mark.parametrize(("work", "budget"), [("sleeps", "wall_clock"), ("burns", "cpu")])
def test_no_restart_after_a_kill_gets_time_back(tmp_path: Path, work: str, budget: str) -> None:
    """Killed time and again before any event, with nothing on record but that it began."""
    lab = overspending(tmp_path, work, f'{budget} = "6s"')
    flag, worked, kills = tmp_path / "working", 0.0, 0
    while (took := killed(lab, flag, budget, lambda seconds: seconds >= MOMENT_S)) is not None:
        worked, kills = worked + took, kills + 1
        assert kills < 8
    assert kills >= 2
    assert worked <= 6.0 + kills * LOOK_S + QUANTUM_S + SLACK_S
    stopped(lab, budget)


def killed(lab: Path, flag: Path, by: str, enough: Callable[[float], bool]) -> float | None:
    """For how long its author worked before the run was killed, in CPU time or by the clock; None
    when it ended by itself.
    """
    flag.unlink(missing_ok=True)
    argv = [sys.executable, "-c", QUICKLY, "improve", str(lab), "--quiet"]
    with subprocess.Popen(argv, env={**os.environ, "WORKING": str(flag)}) as child:
        while child.poll() is None and not flag.exists():
            time.sleep(0.01)
        clock = Clock(child.pid) if by == "cpu" else None
        began, worked = reading(clock), 0.0
        while child.poll() is None and not enough(worked):
            time.sleep(0.01)
            worked = reading(clock) - began
        if child.poll() is not None:
            return None
        child.kill()
        return worked


def reading(clock: Clock | None) -> float:
    return time.monotonic() if clock is None else clock.read() or 0.0


def test_a_clock_that_is_set_back_gives_no_time_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, behind_s = time.time, 0.0
    monkeypatch.setattr(journal.time, "time", lambda: real() - behind_s)
    lab = overspending(tmp_path, "sleeps", 'wall_clock = "2s"')
    assert improve(lab) == 0
    spent = status_of(lab)["seconds"]
    for _ in range(2):
        behind_s += 86400.0
        assert improve(lab) == 0
        assert status_of(lab)["stopped_by"] == "wall_clock"
        assert spent <= status_of(lab)["seconds"] <= spent + 1.0


# What is reported


@pytest.mark.parametrize("figure", ["examples", "tokens", "usd"])
def test_a_negative_figure_gives_nothing_back(tmp_path: Path, figure: str) -> None:
    limit, step = (10, 4) if figure == "usd" else (1000, 400)
    lab = overspending(tmp_path, "refunds", f"{figure} = {limit}")
    assert improve(lab) == 0
    used = stopped(lab, figure)
    assert limit <= used[figure] < limit + step, "one draft more at most, in one generation"
    assert used["disk_bytes"] > 0
    assert status_of(lab)["generations"] == 1


@pytest.mark.parametrize("figure", ["examples", "tokens", "usd"])
def test_an_enormous_figure_ends_it_after_that_draft(tmp_path: Path, figure: str) -> None:
    lab = overspending(tmp_path, "enormous", f"{figure} = 10")
    assert improve(lab) == 0
    stopped(lab, figure)
    with Ledger.read(lab / ".successor") as ledger:
        assert len(ledger.entries(Written)) == 2
    json.dumps(status_of(lab), allow_nan=False)


def test_a_figure_that_is_no_number_is_refused_and_gives_nothing_back(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    lab = overspending(tmp_path, "no number", "examples = 10", "generations = 3")
    assert improve(lab) == 1
    assert "examples is nan: only finite numbers" in capfd.readouterr().err
    assert status_of(lab)["used"]["examples"] == 0
    assert improve(lab) == 1


# Disk


@pytest.mark.parametrize("work", ["hoards", "hoards_a_checkpoint"])
def test_the_record_takes_one_object_more_at_most(tmp_path: Path, work: str) -> None:
    lab = overspending(tmp_path, work, 'disk = "1MB"')
    assert improve(lab) == 0
    used = stopped(lab, "disk")["disk_bytes"]
    quantum = HOARD if work == "hoards" else 12 * HOARD
    assert 1e6 <= used <= 1e6 + quantum + 50_000
    taken = sum(each.stat().st_size for each in (lab / ".successor").rglob("*") if each.is_file())
    assert taken <= 1e6 + quantum + 100_000


# Money


@pytest.mark.parametrize(
    ("usage", "least", "most"),
    [(SMALL, CALL_USD, CALL_USD), (None, 1.0, WORST_USD)],
    ids=["told", "untold"],
)
def test_one_call_more_at_most_is_paid(
    tmp_path: Path, server: Server, usage: object, least: float, most: float
) -> None:
    server.play(says("hi", usage=usage))
    lab = overspending(tmp_path, "asks", "usd = 3.45")
    assert improve(lab) == 0
    asked = server.calls
    used = stopped(lab, "usd")["usd"]
    assert asked * least <= used <= asked * most
    assert 3.45 <= used <= 3.45 + most
    assert server.calls == asked


def test_a_server_that_counts_without_end_ends_it_after_that_call(
    tmp_path: Path, server: Server
) -> None:
    huge = {"prompt_tokens": 10**30, "completion_tokens": 10**30, "total_tokens": 2 * 10**30}
    server.play(says("hi", usage=huge))
    for budget in ("usd", "tokens"):
        lab = overspending(tmp_path / budget, "asks", f"{budget} = 1000000000")
        asked = server.calls
        assert improve(lab) == 0
        stopped(lab, budget)
        assert server.calls == asked + 1


def test_tokens_of_models_count_whoever_asks(tmp_path: Path, server: Server) -> None:
    server.play(says("hi", usage=SMALL))
    lab = overspending(tmp_path, "asks", "tokens = 450")
    assert improve(lab) == 0
    assert stopped(lab, "tokens")["tokens"] == 500
    assert server.calls == 5


def test_a_model_without_a_price_ends_a_run_that_is_bound_in_money(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRICED", "no")
    server.play(says("hi", usage=SMALL))
    lab = overspending(tmp_path, "asks", "usd = 100")
    assert improve(lab) == 0
    assert server.calls == 1
    stopped(lab, "usd")
    assert "nobody knows the price of 1 call" in status_of(lab)["reason"]


def test_no_restart_after_a_kill_gets_money_back(tmp_path: Path, server: Server) -> None:
    server.play(says("hi", usage=SMALL, after_s=0.4))
    lab, flag, kills = overspending(tmp_path, "asks", f"usd = {20 * CALL_USD}"), tmp_path / "w", 0
    while True:
        enough = server.calls + 8
        if killed(lab, flag, "usd", lambda _, most=enough: server.calls >= most) is None:
            break
        kills += 1
        assert kills < 8
    assert kills >= 2
    # Of what was settled since the last look, and of what was under way, a kill leaves no trace.
    assert 20 <= server.calls <= 20 + 1 + kills * (LOOK_S + SLACK_S) / 0.4
    stopped(lab, "usd")


# What is measured, and what is signed


def test_cpu_time_of_children_that_nobody_waited_for_stays_counted() -> None:
    """Their parent lets go of them without waiting, so that their time is nowhere else."""
    burn = "import time\nwhile time.process_time() < 1.5:\n    pass\n"
    source = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        f"subprocess.Popen([sys.executable, '-c', {burn!r}])\n"
        "time.sleep(600)\n"
    )
    meter = Meter()
    with subprocess.Popen([sys.executable, "-c", source]) as child:
        deadline = time.monotonic() + 30.0
        while meter.read()["cpu_s"] < 1.4 and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(1.0)
        assert meter.read()["cpu_s"] >= 1.4
        child.kill()
    time.sleep(0.2)
    assert 1.4 <= meter.read()["cpu_s"] <= 1.5 + SLACK_S, "once, and for good"


def test_cpu_time_counts_once_wherever_it_is_seen() -> None:
    burn = "import time\nwhile time.process_time() < 0.7:\n    pass\n"
    meter = Meter()
    for _ in range(3):
        with subprocess.Popen([sys.executable, "-c", burn]) as child:
            while child.poll() is None:
                meter.read()
                time.sleep(0.05)
    time.sleep(0.2)
    assert 2.1 <= meter.read()["cpu_s"] <= 2.1 + 1.5


@pytest.mark.parametrize("budget", ["cpu", "usd", "disk"])
def test_to_raise_a_budget_or_drop_it_is_to_loosen_it(budget: str) -> None:
    def charter(value: float | None) -> Charter:
        return Charter(Rules(), {}, {"wall_clock": 60.0, budget: value}, 4)

    assert loosened(charter(2.0), charter(3.0)) == (f"the base case {budget}: 2 to 3",)
    assert loosened(charter(2.0), charter(None)) == (f"the base case {budget}: 2 to none",)
    assert loosened(charter(2.0), charter(1.0)) == ()
    assert loosened(charter(None), charter(1.0)) == ()
    earlier = Charter(Rules(), {}, {"wall_clock": 60.0}, 4)
    assert charter(None).content() == earlier.content(), "signed before there was such a budget"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        (4096, 4096),
        ("4096", 4096),
        ("500MB", 500_000_000),
        ("2 GB", 2 * 10**9),
        ("1.5GiB", 3 << 29),
    ],
)
def test_a_size_is_read(text: object, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "0", "-1", "2 GB more", "GB", "2iB", True, "2PB", "1e9"])
def test_what_is_no_size_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match='a size such as "500MB"'):
        parse_size(text)


@pytest.mark.parametrize("line", ['cpu = "soon"', "usd = 0", "usd = nan", 'disk = "much"'])
def test_a_budget_that_is_none_is_refused_in_a_line(tmp_path: Path, line: str) -> None:
    from successor import labfile

    lab = overspending(tmp_path, "nothing", line)
    with pytest.raises(UsageError, match=rf"\[base_cases\] {line.split(maxsplit=1)[0]} = "):
        labfile.read(lab)
