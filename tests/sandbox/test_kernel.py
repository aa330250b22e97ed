"""What programs can and cannot do at the kernel tier; the attacks proper are another suite."""

import marshal
import threading
from contextlib import closing
from typing import Any

import pytest

from successor.sandbox import (
    Call,
    Limits,
    Opaque,
    Program,
    Raised,
    Result,
    Returned,
    Sandbox,
    SandboxError,
    Session,
    Value,
    frames,
    open_sandbox,
    run,
)
from successor.sandbox.confine import LAYERS
from successor.sandbox.server import Server

SHORT = Limits(wall_s=1.0, cpu_s=1.0)


def program(text: str, name: str = "f") -> Program:
    return Program({"p.py": text.encode()}, f"p.py:{name}")


def told(sandbox: Sandbox, text: str, *args: Value, limits: Limits | None = None) -> object:
    """What the one call returned."""
    result = sandbox.run(program(text), [Call(args)], limits)
    assert result.status == "ok", result
    (outcome,) = result.outcomes
    assert isinstance(outcome, Returned), outcome
    return outcome.value


def test_values_exceptions_and_what_is_neither(kernel: Sandbox):
    text = "def f(a, b=2):\n    return a / b if a else iter([])"
    calls = [Call((6, 3)), Call((1,), {"b": 0}), Call((0,))]
    result = kernel.run(program(text), calls)
    assert result.outcomes == (
        Returned(2.0),
        Raised("ZeroDivisionError", "division by zero"),
        Opaque("list_iterator"),
    )
    assert result.status == "ok"
    assert result.seconds > 0.0


def test_files_find_each_other_and_their_data(kernel: Sandbox):
    files = {
        "pkg/__init__.py": b"",
        "pkg/main.py": b"from .part import K\nimport side\nclass A:\n"
        b"    @staticmethod\n    def f(x):\n        import pathlib\n"
        b"        return K * x + side.S, (pathlib.Path(__file__).parent / 'd.txt').read_text()",
        "pkg/part.py": b"K = 10",
        "pkg/d.txt": b"data",
        "side.py": b"import heapq\nS = heapq.MINE",
        "heapq.py": b"MINE = 5",
    }
    result = kernel.run(Program(files, "pkg/main.py:A.f"), [Call((2,))])
    assert result.outcomes == (Returned((25, "data")),), result


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("def f(:", "import"),
        ("x = 1", "import"),
        ("raise ValueError('no')", "import"),
        ("while True: pass", "timeout"),
        ("def f():\n  while True: pass", "timeout"),
        ("import time\ndef f(): time.sleep(9)", "timeout"),
        ("def f(): return len(bytearray(1 << 32))", "memory"),
        ("def f(): return 'x' * (9 << 20)", "output"),
        ("import os\ndef f(): os._exit(0)", "crashed"),
        ("import os\nos._exit(1)", "crashed"),
        ("import os\ndef f(): os.abort()", "crashed"),
        ("import ctypes\ndef f(): ctypes.string_at(0)", "crashed"),
        ("import os\nos.write(3, b'R' + bytes(8))\ndef f(): return 1", "forged"),
        ("import os\nos.write(3, b'E' + bytes(8))\ndef f(): return 1", "forged"),
        ("import os\ndef f(): os.write(3, b'O' + bytes(8)); return 1", "forged"),
    ],
)
def test_how_a_program_can_end(kernel: Sandbox, text: str, status: str):
    result = kernel.run(program(text), [Call()], SHORT)
    assert result.status == status, result
    assert result.detail


def test_a_second_answer_after_the_first_is_forged(kernel: Sandbox):
    text = """
import os, gc, sys
close = os.close
def late(descriptor):
    if descriptor == 3:
        os.write(3, b"E" + bytes(8))
    close(descriptor)
os.close = late
def f(): return 1
"""
    assert kernel.run(program(text), [Call()], SHORT).status == "forged"


def test_what_came_before_the_end_is_kept(kernel: Sandbox):
    text = "def f(x):\n  while x > 2: pass\n  return x"
    result = kernel.run(program(text), [Call((x,)) for x in range(5)], SHORT)
    assert result.status == "timeout"
    assert result.outcomes == tuple(Returned(x) for x in range(3))


def test_cpu_time_is_limited_for_those_who_ignore_the_signal_too(kernel: Sandbox):
    text = "import signal\nsignal.signal(24, lambda *a: 0)\ndef f():\n  while True: pass"
    result = kernel.run(program(text), [Call()], Limits(wall_s=60.0, cpu_s=1.0))
    assert result.status == "timeout"
    assert "CPU" in result.detail


@pytest.mark.parametrize(
    "text",
    [
        "import os\ndef f(): os.fork()",
        "import os\ndef f(): os.execv('/bin/true', ['true'])",
        "import os\ndef f(): os.kill(1, 9)",
        "import socket\ndef f(): socket.socket()",
        "def f(): open('/etc/passwd')",
        "def f(): open('/tmp/x', 'w')",
        "def f(): open(__file__, 'w')",
        "import os\ndef f(): os.chmod(__file__, 0o777)",
        "import os\ndef f(): os.listdir('/program')",
        "import os\ndef f(): os.listdir('/proc')",
        "import resource\ndef f(): resource.setrlimit(resource.RLIMIT_AS, (-1, -1))",
        "import threading\ndef f(): threading.Thread(target=print).start()",
    ],
)
def test_what_programs_may_not_do_raises(kernel: Sandbox, text: str):
    result = kernel.run(program(text), [Call()])
    assert result.status == "ok", result
    assert isinstance(result.outcomes[0], Raised), result


def test_it_is_nobody_with_nothing_open_and_nothing_in_its_environment(kernel: Sandbox):
    text = """
import os
def is_open(descriptor):
    try:
        return bool(os.fstat(descriptor))
    except OSError:
        return False
def f():
    return os.getuid(), [n for n in range(1000) if is_open(n)], sorted(os.environ)
"""
    names = ["HOME", "LANG", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "PATH"]
    assert told(kernel, text) == (65534, [0, 1, 2, 3], names)


def test_nothing_stays_for_the_next_program(kernel: Sandbox):
    text = """
import math, sys
def f():
    before = hasattr(math, "left")
    math.left = sys.left = True
    return before or hasattr(sys, "left") is False
"""
    assert [told(kernel, text) for _ in range(3)] == [False] * 3


def test_a_private_folder_has_a_size_and_is_empty_again_next_time(kernel: Sandbox):
    text = """
import os, tempfile
def f(size):
    before = os.listdir("/tmp")
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(b"x" * size)
    return before
"""
    limits = Limits(files_bytes=1 << 20)
    assert told(kernel, text, 1000, limits=limits) == []
    assert told(kernel, text, 1000, limits=limits) == []
    full = kernel.run(program(text), [Call((2 << 20,))], limits)
    assert isinstance(full.outcomes[0], Raised)
    assert full.outcomes[0].kind == "OSError"


def test_chance_differs_from_one_process_to_the_next(kernel: Sandbox):
    text = "import random\ndef f(): return random.random()"
    assert told(kernel, text) != told(kernel, text)


def test_a_session_keeps_its_state_and_its_clock_stands_still_between(kernel: Sandbox):
    text = "import time\nn = 0\ndef f(s):\n  global n\n  n += 1\n  time.sleep(s)\n  return n"
    with kernel.session(program(text)) as session:
        first, second = session.ask([Call((0.0,)), Call((0.2,))]), session.ask([Call((0.0,))])
    assert first.outcomes == (Returned(1), Returned(2))
    assert second.outcomes == (Returned(3),)
    assert first.seconds >= 0.2 > second.seconds


def test_work_done_before_go_shows_in_the_preparation(kernel: Sandbox):
    text = "import time\ntime.sleep(0.3)\ndef f(): return 1"
    result = kernel.run(program(text), [Call()])
    assert result.prepare_s >= 0.3 > result.seconds


def test_a_session_that_failed_says_so_again(kernel: Sandbox):
    with kernel.session(program("def f(): return 1 / 0\ndef g(:")) as session:
        results = [session.ask([Call()]), session.ask([Call()])]
    assert [result.status for result in results] == ["import", "import"]


def test_a_closed_session_answers_nothing(kernel: Sandbox):
    with kernel.session(program("def f(): return 1")) as session:
        pass
    with pytest.raises(SandboxError, match="closed"):
        session.ask([Call()])


def test_sessions_live_beside_each_other_and_beside_runs(kernel: Sandbox):
    one = program("n = 0\ndef f():\n  global n\n  n += 1\n  return n")
    with kernel.session(one) as first, kernel.session(one) as second:
        for turn in (1, 2):
            assert first.ask([Call()]).outcomes == (Returned(turn),)
            assert kernel.run(one, [Call()]).outcomes == (Returned(1),)
            assert second.ask([Call()]).outcomes == (Returned(turn),)


def test_threads_may_share_a_sandbox(kernel: Sandbox):
    results = list[Result]()

    def work(number: int) -> None:
        one = program(f"def f(): return {number}")
        results.extend(kernel.run(one, [Call()]) for _ in range(5))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = sorted(result.outcomes[0].value for result in results)  # type: ignore[union-attr] - they returned
    assert found == [0] * 5 + [1] * 5 + [2] * 5 + [3] * 5


@pytest.mark.parametrize("size", [0, 5])
def test_a_flood_of_outcomes_is_cut_short(kernel: Sandbox, size: int):
    text = f"""
import os, sys
def f():
    nonce = sys._getframe(1).f_back.f_back.f_locals.get("nonce", bytes(16))
    one = b"O" + (16 + {size}).to_bytes(8, "big") + nonce + bytes({size})
    while True:
        os.write(3, one * 1000)
"""
    assert kernel.run(program(text), [Call()], SHORT).status == "forged"


def test_standard_input_is_empty(kernel: Sandbox):
    assert told(kernel, "import sys\ndef f(): return sys.stdin.read()") == ""


def test_limits_that_leave_no_room_are_refused(kernel: Sandbox):
    with pytest.raises(SandboxError, match="wall_s"):
        kernel.run(program("def f(): ..."), [], Limits(wall_s=0.0))


def test_large_inputs_and_outputs_pass(kernel: Sandbox):
    numbers: list[Value] = list(range(300_000))
    assert told(kernel, "def f(x): return x[::-1]", numbers) == numbers[::-1]


@pytest.mark.parametrize(
    ("files", "entry"),
    [
        ({"../p.py": b""}, "../p.py:f"),
        ({"/p.py": b""}, "/p.py:f"),
        ({"p.py": b""}, "q.py:f"),
        ({"p.py": b""}, "p.py"),
        ({"p.py": b""}, "p.py:f()"),
        ({"p.py": b"", "a//b": b""}, "p.py:f"),
        ({"p.py": bytes(65 << 20)}, "p.py:f"),
    ],
)
def test_malformed_programs_are_refused(kernel: Sandbox, files: dict[str, bytes], entry: str):
    with pytest.raises(SandboxError):
        kernel.run(Program(files, entry), [Call()])


def test_arguments_that_are_not_plain_are_refused(kernel: Sandbox):
    argument: Any = object()
    with pytest.raises(SandboxError, match="plain data"):
        kernel.run(program("def f(x): return x"), [Call((argument,))])


def test_what_would_write_to_a_terminal_is_spelled_out(kernel: Sandbox):
    text = """
class E(Exception): pass
E.__qualname__ = "E\\x1b[2J"
def f(x):
    if x:
        raise E("\\x1b]0;title\\x07\\u202eback\\r\\ud800", "two\\nlines\\t")
    return E()
"""
    result = kernel.run(program(text), [Call((1,)), Call((0,))])
    raised, opaque = result.outcomes
    assert isinstance(raised, Raised)
    assert isinstance(opaque, Opaque)
    for shown in (raised.kind, raised.message, opaque.kind):
        assert all(each.isprintable() or each in "\n\t" for each in shown), shown
    assert raised.kind == "p.E\\x1b[2J"
    failed = kernel.run(program("raise ValueError('\\x1b[2J')"), [Call()])
    assert failed.detail == "ValueError: \\x1b[2J"


@pytest.mark.parametrize(
    "text",
    [
        "10 ** 5000",
        "-(10 ** 5000)",
        "[1, (10 ** 5000,), {10 ** 5000: {2}, 3: {10 ** 5000}}]",
        "frozenset({10 ** 5000})",
        "__import__('fractions').Fraction(10 ** 5000, 3)",
    ],
)
def test_integers_longer_than_python_writes_are_values_that_can_be_shown(
    kernel: Sandbox, text: str
):
    result = kernel.run(program(f"def f(): return {text}"), [Call()])
    (outcome,) = result.outcomes
    assert isinstance(outcome, Returned)
    assert outcome.value == eval(text)  # noqa: S307 - one of the above
    for one in (result, Call((outcome.value,), {"a": outcome.value})):
        assert hex(10**5000) in repr(one)
    assert told(kernel, "def f(x): return x", outcome.value) == outcome.value


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no marshalled data",
        marshal.dumps([]),
        marshal.dumps({}),
        marshal.dumps({"entry": 1, "files": {}}),
        marshal.dumps({"entry": "p.py:f", "files": {"p.py": "text"}}),
        marshal.dumps({"entry": "p.py:f", "files": {"a/b/../../../../x": b""}}),
        marshal.dumps({"entry": "p.py:f", "files": {"p.py": b""}, "limits": {"no": 1}}),
        marshal.dumps({"entry": "p.py:f", "files": {"p.py": b""}, "inputs": b"["}),
        marshal.dumps({"entry": "p.py:f", "files": {"p.py": b""}})[:-9],
    ],
)
def test_a_malformed_task_ends_no_fork_server(content: bytes):
    with closing(Server(LAYERS - {"namespaces"})) as server:
        for _ in range(2):
            number, channel, _ = server.fork(frames.frame(frames.PROGRAM, content))
            channel.settimeout(5.0)
            assert channel.recv(1) == frames.UNWALLED
            channel.close()
            server.end(number)
        with Session(server, program("def f(): return 1"), Limits(), only=[Call()]) as session:
            assert session.ask([Call()]).outcomes == (Returned(1),)


def test_one_line_of_code_is_enough():
    try:
        result = run("def helper(): ...\n\ndef f(x):\n    return x + 1", [Call((1,))])
    except SandboxError as error:
        pytest.skip(str(error))
    assert result.outcomes == (Returned(2),)
    with pytest.raises(SandboxError, match="does not parse"):
        run("def f(:", [])
    with pytest.raises(SandboxError, match="no function"):
        run("x = 1", [])


def test_preloaded_modules_are_there_and_their_chance_differs():
    text = "import sys\ndef f(): return float(sys.modules['numpy'].random.rand())"
    with open_sandbox("kernel", preload=["numpy"]) as sandbox:
        assert told(sandbox, text) != told(sandbox, text)
