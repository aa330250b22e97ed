"""Nothing stays behind: no process, descriptor, file or memory."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from successor.sandbox import Call, Limits, Program, Returned, Sandbox, open_sandbox
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


def held_by_server() -> tuple[int, int, list[str]]:
    """Of the fork-server: open descriptors, resident pages, files of programs; root may look."""
    server = Path(f"/proc/{children(os.getpid())[-1]}")
    pages = int((server / "statm").read_text().split()[1])
    if os.geteuid():
        return 0, pages, []
    programs = (server / "root/program").rglob("*")
    files = [str(path) for path in programs if not path.is_dir()]
    return len(list((server / "fd").iterdir())), pages, files


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
        opened, pages, _ = held_by_server()
        abuse(sandbox, times)
        opened_after, pages_after, files = held_by_server()
        assert (opened_after, files) == (opened, [])
        assert (pages_after - pages) * os.sysconf("SC_PAGE_SIZE") < 16 << 20
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
        for name in ("p.py", "a/p.py", "p.py"):
            result = sandbox.run(Program({name: b"def f(): ..."}, f"{name}:f"), [Call()])
            assert result.status == "ok", result
            assert len(list(temporary.iterdir())) == 1
            assert not [path for path in temporary.rglob("*") if not path.is_dir()]
    assert list(temporary.iterdir()) == []


@pytest.mark.usefixtures("kernel")
def test_programs_at_once_have_folders_of_their_own_and_later_ones_empty_ones():
    look = b"import os\ndef f(): return __file__, sorted(os.listdir(os.path.dirname(__file__)))"
    with open_sandbox("kernel") as sandbox:
        names = [f"p{number}.py" for number in range(3)]
        sessions = [sandbox.session(Program({name: look}, f"{name}:f")) for name in names]
        seen = [session.ask([Call()]).outcomes[0] for session in sessions]
        folders = {str(outcome.value[0]).rpartition("/")[0] for outcome in seen}  # type: ignore[union-attr, index] - they returned
        assert len(folders) == 3
        for session in sessions:
            session.close()
        for name in names:
            outcome = sandbox.run(Program({name: look, "x/y": b""}, f"{name}:f"), [Call()])
            assert outcome.outcomes[0].value[1] == [name, "x"]  # type: ignore[union-attr, index] - it returned


def test_what_a_program_could_write_is_not_there_for_the_next():
    """Without Landlock a folder is never used again."""
    write = b"import os\ndef f(): os.mkdir(os.path.dirname(__file__) + '/left'); return 1"
    look = b"import os\ndef f(): return os.listdir(os.path.dirname(__file__))"
    with opened_without("namespaces", "landlock", "seccomp", "privileges") as sandbox:
        left = sandbox.run(Program({"p.py": write}, "p.py:f"), [Call()])
        found = sandbox.run(Program({"p.py": look}, "p.py:f"), [Call()])
    assert left.outcomes == (Returned(1),), left
    assert found.outcomes == (Returned(["p.py"]),), found


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
