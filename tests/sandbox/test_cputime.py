"""CPU time is what the kernel says that the child used, whatever the child says or does."""

import os
import socket

import pytest

from successor.sandbox import Call, Limits, Program, Returned, Sandbox, cputime
from successor.sandbox.escape.catalogue import catalogue
from successor.sandbox.server import Server
from successor.sandbox.tiers import opened_without

BURN = """
import time
cpu = time.process_time
def burn(seconds):
    until = cpu() + seconds
    while cpu() < until:
        pass
def f(seconds):
    burn(seconds)
    return 1
"""
FORKING = next(each for each in catalogue() if each.name == "burn another process's time")


def program(text: str) -> Program:
    return Program({"p.py": text.encode()}, "p.py:f")


def test_work_counts_and_waiting_does_not(kernel: Sandbox):
    burnt = kernel.run(program(BURN), [Call((0.2,))])
    slept = kernel.run(program("import time\ndef f(s): time.sleep(s)"), [Call((0.2,))])
    assert 0.2 <= burnt.cpu_s <= burnt.seconds * 1.05
    assert slept.cpu_s < 0.05
    assert slept.seconds >= 0.2


def test_each_answer_of_a_session_has_its_own_and_the_rest_is_in_the_preparation(kernel: Sandbox):
    with kernel.session(program(f"{BURN}\nburn(0.1)")) as session:
        first, second = session.ask([Call((0.0,))]), session.ask([Call((0.1,))])
    assert first.prepare_cpu_s >= 0.1 > first.cpu_s
    assert second.cpu_s >= 0.1 > second.prepare_cpu_s


@pytest.mark.parametrize(
    ("text", "status", "least_s"),
    [
        ("def f(s):\n  while True: pass", "timeout", 0.1),
        ("import os\ndef g(s): os._exit(burn(s) or 3)\nf = g", "crashed", 0.1),
        ("import os\ndef g(s): burn(s); os.write(3, bytes(99))\nf = g", "forged", 0.1),
    ],
)
def test_what_a_failure_used_is_told_too(kernel: Sandbox, text: str, status: str, least_s: float):
    # The limit is generous, so that a busy machine gives the loop some CPU time.
    result = kernel.run(program(f"{BURN}\n{text}"), [Call((0.1,))], Limits(wall_s=1.0))
    assert result.status == status, result
    assert least_s <= result.cpu_s <= result.seconds * 1.05


def test_a_session_that_is_over_reads_no_clock(kernel: Sandbox):
    with kernel.session(program("def f(:")) as session:
        assert session.ask([Call()]).prepare_cpu_s > 0.0
        again = session.ask([Call()])
    assert (again.status, again.cpu_s) == ("import", 0.0)
    assert again.prepare_cpu_s == again.prepare_s


def spent(sandbox: Sandbox) -> float:
    """CPU seconds that are told of work which a forked process did."""
    result = sandbox.run(FORKING.program({}), [Call(({},))], FORKING.limits)
    assert result.outcomes == (Returned("worked"),), result
    return result.cpu_s


def test_where_a_program_may_fork_the_time_is_that_on_the_wall(monkeypatch: pytest.MonkeyPatch):
    with opened_without("seccomp") as sandbox:
        assert spent(sandbox) >= FORKING.burns_s
    start = Server.__init__

    def believing(server: Server, *arguments: object) -> None:
        start(server, *arguments)  # pyright: ignore[reportArgumentType] - as it was called
        server.starts_processes = False

    monkeypatch.setattr(Server, "__init__", believing)
    with opened_without("seccomp") as sandbox:
        assert spent(sandbox) < FORKING.burns_s / 2  # which is why


def test_the_clock_of_no_process_tells_nothing():
    assert cputime.Clock(0).read() is None
    child = os.fork()
    if not child:
        os._exit(0)
    clock = cputime.Clock(child)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert clock.read() is not None  # it has ended, and its number is still its own
    os.waitpid(child, 0)
    assert clock.read() is None


def test_the_sender_is_the_one_that_the_kernel_saw():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.send(b"before")
        assert cputime.sender(ours.recvmsg(99, 99)[1]) == 0
        cputime.ask_for_sender(ours)
        child = os.fork()
        if not child:
            theirs.send(b"x")
            os._exit(0)
        os.waitpid(child, 0)
        assert cputime.sender(ours.recvmsg(99, 99)[1]) == child
