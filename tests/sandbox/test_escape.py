import contextlib
import gc
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from successor.sandbox import Call, Limits, Program, Raised, Returned, Sandbox, SandboxError, Value
from successor.sandbox.escape import Attack, Report, catalogue, run_suite
from successor.sandbox.escape import processes as left
from successor.sandbox.escape.bait import Bait
from successor.sandbox.escape.control import Naive
from successor.sandbox.escape.evaluators import Called
from successor.sandbox.escape.suite import HONEST, against, meet, without
from successor.sandbox.tiers import opened_without

ATTACKS = {attack.name: attack for attack in catalogue()}
QUICK = [attack for attack in catalogue() if attack.wall_s > 2 and not attack.patience_s]
GOOD = Program({"good.py": b"def double(x):\n    return 2 * x\n"}, "good.py:double")
LOOP = Program({"loop.py": b"def double(x):\n    while True:\n        pass\n"}, "loop.py:double")


@pytest.fixture(autouse=True)
def _orphans() -> Iterator[None]:
    with left.adopting_orphans():
        yield


def quiet(_name: str) -> None:
    """Tell nobody how far it is."""


def test_there_are_enough_attacks_each_with_a_name_of_its_own_and_an_end_of_a_sentence():
    assert len(catalogue()) >= 200
    assert max(Counter(attack.name for attack in catalogue()).values()) == 1
    assert not [a.name for a in catalogue() if a.tries.endswith(".")]


@pytest.mark.parametrize("family", sorted({attack.family for attack in QUICK}))
def test_the_first_attacks_of_each_family_fail_and_their_controls_succeed(
    family: str, kernel: Sandbox
):
    report = run_suite(kernel, attacks=[a for a in QUICK if a.family == family][:2])
    assert not [attack for attack in report.attacks if attack.escaped]
    assert report.controls_that_succeeded == len(report.attacks), report


# ------------------------------------------------------------------ what fooled others


def test_six_endless_loops_leave_the_next_34_candidates_alone(kernel: Sandbox):
    limits = Limits(wall_s=0.2)
    lost = [kernel.run(LOOP, [Call((number,))], limits).status for number in range(6)]
    found = [kernel.run(GOOD, [Call((number,))]).outcomes for number in range(34)]
    assert lost == ["timeout"] * 6
    assert found == [(Returned(2 * number),) for number in range(34)]


@pytest.mark.parametrize(
    "name",
    [
        "replace the evaluator's method",  # records 999 for it and for every later candidate
        "write the result file",  # and os._exit(0): records 999, correct
        "write the result file while being imported",
        "equal everything",
        "climb the stack for the answer",
        "patch the clock",
        "exit with success",
    ],
)
def test_what_fools_an_evaluator_without_a_sandbox_does_not_fool_this_one(
    name: str, kernel: Sandbox
):
    attack = ATTACKS[name]
    assert attack.sign in without(attack)
    assert against(attack, Called(kernel), quiet) == set()


def test_an_exit_with_success_is_no_success(kernel: Sandbox):
    for line in (b"import os; os._exit(0)", b"raise SystemExit(0)"):
        attack = Program({"a.py": b"def f():\n    " + line}, "a.py:f")
        result = kernel.run(attack, [Call()])
        assert result.status == "crashed" or result.outcomes == (Raised("SystemExit", "0"),)


SPY = b"""
import os
def look(folder):
    found = []
    for place in [folder, "/program", "..", *(f"/program/{number}" for number in range(200))]:
        try:
            found += [open(f"{place}/{name}/secret").read() for name in os.listdir(place)]
            found.append(open(place + "/secret").read())
        except OSError:
            pass
    return found
def ask(folder):
    return [*look(folder), *(str(number) for number in range(1, 400) if is_there(number))]
def is_there(number):
    try:
        os.kill(number, 0)
    except OSError:
        return False
    return True
"""


def test_candidates_that_live_at_the_same_time_do_not_meet(kernel: Sandbox):
    files = {**GOOD.files, "secret": b"the other's", "inner/secret": b"the other's"}
    with kernel.session(Program(files, GOOD.entry)) as other:
        assert other.ask([Call((1,))]).status == "ok"
        met = kernel.run(Program({"spy.py": SPY}, "spy.py:ask"), [Call(("/program",))])
        assert met.outcomes == (Returned([]),)
        assert other.ask([Call((2,))]).outcomes == (Returned(4),)


def test_a_file_whose_name_is_no_text_is_refused_and_the_fork_server_lives_on(kernel: Sandbox):
    with kernel.session(GOOD) as session:
        with pytest.raises(SandboxError, match="can be encoded"):
            kernel.run(Program({**GOOD.files, "\ud800.py": b""}, GOOD.entry), [Call((1,))])
        assert session.ask([Call((4,))]).outcomes == (Returned(8),)


# ------------------------------------------------------------------ the suite itself


def test_an_attack_that_gets_out_is_seen():
    """With the walls off, so that the suite is seen to fail."""
    names = [
        "make a file",
        "call by TCP",
        "kill a process",
        "leave a daemon",
        "use the kernel's keys",
    ]
    chosen = [ATTACKS[name] for name in names]
    with opened_without("namespaces", "landlock", "seccomp", "privileges", "processes") as open_one:
        report = run_suite(open_one, attacks=chosen)
    got_out = {attack.name for attack in report.attacks if attack.escaped}
    # Whoever becomes nobody may still not do everything, which is why this is not all of them.
    assert len(got_out) >= 3, report
    assert report.escaped == len(got_out)


def test_the_report_is_plain_data_with_each_attack_by_name(kernel: Sandbox):
    seen = list[tuple[int, int, str]]()
    chosen = [ATTACKS["make a file"], ATTACKS["read a secret file"]]
    report = run_suite(kernel, lambda done, total, name: seen.append((done, total, name)), chosen)
    figures = json.loads(json.dumps(report.figures()))
    assert sorted((done, total) for done, total, _ in seen) == [(0, 4), (1, 4), (2, 4), (3, 4)]
    assert figures["by_name"]["make a file"] == {
        "family": "files",
        "escaped": False,
        "control_succeeded": True,
        "detail": "",
    }
    assert [figures[key] for key in ("tier", "attacks", "escaped")] == ["kernel", 2, 0]
    assert figures["controls_that_succeeded"] == 2


def test_whoever_breaks_the_evaluator_is_seen():
    with contextlib.closing(Bait()) as bait, contextlib.closing(Naive(bait, inside=True)) as naive:
        naive.ready(HONEST)
        assert "service" in meet(ATTACKS["exit with success"], naive, bait)


def test_a_fork_of_the_evaluator_without_a_sandbox_never_gets_the_suite_for_a_parent():
    deaf = b"import signal, time\n\ndef f(_):\n    signal.setitimer(0, 0)\n    time.sleep(600)\n"
    before = left.below()
    with contextlib.closing(Bait()) as bait, contextlib.closing(Naive(bait, inside=False)) as naive:
        naive.ready(HONEST)
        assert naive.evaluate(Program({"f.py": deaf}, "f.py:f"), {}, 0, Limits(wall_s=0.1)).hung
    assert not left.left_over(before)


# ------------------------------------------------------------------ all of it


def escapes(report: Report) -> list[str]:
    return [f"{a.family}: {a.name}: {a.detail}" for a in report.attacks if a.escaped]


def without_control(report: Report) -> list[str]:
    """Attacks that were not seen to work anywhere, and should have been."""
    failed = [attack.name for attack in report.attacks if not attack.control_succeeded]
    return [name for name in failed if os.geteuid() == 0 or not ATTACKS[name].privileged]


@pytest.mark.slow
def test_no_attack_gets_out_of_the_kernel_tier_and_every_control_succeeds(kernel: Sandbox):
    report = run_suite(kernel)
    assert not escapes(report)
    assert not without_control(report)


@pytest.mark.slow
def test_no_attack_gets_out_of_the_kernel_tier_without_namespaces():
    """As in a container or a distribution that forbids them."""
    with opened_without("namespaces") as sandbox:
        chosen = [attack for attack in catalogue() if attack.applies(sandbox)]
        found = {attack.name: against(attack, Called(sandbox), quiet) for attack in chosen}
    assert len(chosen) >= len(catalogue()) - 1
    assert {name: signs for name, signs in found.items() if signs} == {}


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_no_attack_gets_out_of_the_bubblewrap_tier(bubblewrap: Sandbox):
    """As commands, which is how programs that start programs are asked; four minutes."""
    report = run_suite(bubblewrap)
    assert not escapes(report)
    assert not without_control(report)
    applying = [attack for attack in catalogue() if attack.applies(bubblewrap)]
    assert len(report.attacks) == len(applying) >= 200


def test_commands_at_the_bubblewrap_tier_are_attacked_end_to_end(bubblewrap: Sandbox):
    names = ["make a file", "call by TCP", "kill a process", "leave a daemon", "equal everything"]
    report = run_suite(bubblewrap, attacks=[ATTACKS[name] for name in names])
    assert [attack.name for attack in report.attacks] == names
    assert not escapes(report)
    assert not without_control(report)


@pytest.mark.parametrize("name", ["mount", "debug a process", "use the kernel's keys"])
def test_a_function_that_is_called_at_the_bubblewrap_tier_does_not_attack_the_kernel(
    name: str, bubblewrap: Sandbox
):
    assert against(ATTACKS[name], Called(bubblewrap), quiet) == set()


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_no_attack_gets_out_of_a_function_that_is_called_at_the_bubblewrap_tier(
    bubblewrap: Sandbox,
):
    chosen = [attack for attack in catalogue() if attack.applies(bubblewrap)]
    found = {attack.name: against(attack, Called(bubblewrap), quiet) for attack in chosen}
    assert {name: signs for name, signs in found.items() if signs} == {}


def test_hostile_candidates_leave_nothing_behind(kernel: Sandbox):
    endure(kernel, 100)


@pytest.mark.slow
@pytest.mark.timeout(3600)  # two minutes on a quiet machine
def test_ten_thousand_hostile_candidates_leave_nothing_behind(kernel: Sandbox):
    endure(kernel, 10_000)


def endure(sandbox: Sandbox, times: int):
    hostile = [attack for attack in QUICK if attack.family != "clock"]
    with contextlib.closing(Bait()) as bait:
        send(sandbox, hostile, 100, bait)  # until everything is warm
        processes, descriptors, before = left.below(), left.open_descriptors(), resident_bytes()
        send(sandbox, hostile, times, bait)
        assert left.left_over(processes) == set()
        assert left.below() == processes  # the fork-server is the one that it was
        assert left.open_descriptors() == descriptors
        assert resident_bytes() - before < 64 << 20
        assert bait.taken() == set()
        shared = (Path(tempfile.gettempdir()), Path("/dev/shm"))  # noqa: S108 - looked at only
        assert not [place for place in shared if (place / bait.ears.name).exists()]
    assert sandbox.run(GOOD, [Call((21,))]).outcomes == (Returned(42),)


def resident_bytes() -> int:
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def send(sandbox: Sandbox, hostile: list[Attack], times: int, bait: Bait):
    told = bait.told()
    argument: dict[Value, Value] = {**told, "mark": ""}
    limits = Limits(wall_s=1.0, cpu_s=1.0, memory_bytes=128 << 20, output_bytes=1 << 20)
    for number in range(times):
        attack = hostile[number % len(hostile)]
        with contextlib.suppress(SandboxError):
            sandbox.run(attack.program(told), [Call((argument,))], limits)
        if number % 100 == 0:
            assert sandbox.run(LOOP, [Call((1,))], Limits(wall_s=0.05)).status == "timeout"
