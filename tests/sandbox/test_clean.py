"""Nothing stays behind: no process, descriptor, file or memory."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from successor.sandbox import Call, Limits, Program, Sandbox, open_sandbox
from successor.sandbox.tiers import opened_without

HOSTILE = [
    "def f():\n  while True: pass",
    "import os\ndef f(): os._exit(0)",
    "def f(): return len(bytearray(1 << 34))",
    "def f(): return 'x' * (1 << 20)",
    "import os\nos.write(3, b'forged')\ndef f(): return 1",
    "import os\ndef f(): os.close(3)",
    "def f(:",
    "import ctypes\ndef f(): ctypes.string_at(0)",
]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="counts what is in /proc")


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def children(process: int) -> list[int]:
    text = Path(f"/proc/{process}/task/{process}/children").read_text()
    return [child for name in text.split() for child in (int(name), *children(int(name)))]


def abuse(sandbox: Sandbox, times: int):
    limits = Limits(wall_s=0.05, output_bytes=1 << 16)
    for turn in range(times):
        text = HOSTILE[turn % len(HOSTILE)]
        result = sandbox.run(Program({"p.py": text.encode()}, "p.py:f"), [Call()], limits)
        assert result.status != "ok", (text, result)


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of our own for temporary files: others write to the common one meanwhile."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def left_behind(times: int, temporary: Path):
    before, mine = descriptors(), children(os.getpid())
    with open_sandbox("kernel") as sandbox:
        abuse(sandbox, len(HOSTILE))
        held, running = descriptors(), len(children(os.getpid()))
        abuse(sandbox, times)
        assert descriptors() == held
        assert len(children(os.getpid())) == running
    assert descriptors() == before
    assert children(os.getpid()) == mine
    assert list(temporary.iterdir()) == []


@pytest.mark.usefixtures("kernel")
def test_hostile_programs_leave_nothing_behind(temporary: Path):
    left_behind(24, temporary)


@pytest.mark.slow
@pytest.mark.timeout(3600)
@pytest.mark.usefixtures("kernel")
def test_ten_thousand_hostile_programs_leave_nothing_behind(temporary: Path):
    left_behind(10_000, temporary)


def test_a_sandbox_without_namespaces_removes_its_folder(temporary: Path):
    with opened_without("namespaces") as sandbox:
        result = sandbox.run(Program({"a/p.py": b"def f(): ..."}, "a/p.py:f"), [Call()])
        assert result.status == "ok", result
        assert len(list(temporary.iterdir())) == 1
    assert list(temporary.iterdir()) == []


SUICIDE = """
import os, signal, sys
from successor.sandbox import *
sandbox = open_sandbox("kernel")
session = sandbox.session(Program({"p.py": b"def f(): return 1"}, "p.py:f"))
assert session.ask([Call()]).status == "ok"
text = open(f"/proc/self/task/{os.getpid()}/children").read()
print(text, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.usefixtures("kernel")
def test_the_fork_server_dies_with_its_parent():
    done = subprocess.run(
        [sys.executable, "-c", SUICIDE], capture_output=True, text=True, check=False
    )
    (server,) = map(int, done.stdout.split())
    deadline = time.monotonic() + 10.0
    while Path(f"/proc/{server}").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not Path(f"/proc/{server}").exists()


def test_a_fork_server_that_died_is_replaced():
    program = Program({"p.py": b"def f(): return 1"}, "p.py:f")
    with open_sandbox("kernel") as sandbox:
        assert sandbox.run(program, [Call()]).status == "ok"
        (server, *_) = children(os.getpid())[-2:]
        os.kill(server, 9)
        time.sleep(0.2)
        assert sandbox.run(program, [Call()]).status == "ok"
