"""Inside bubblewrap: lays files out, runs one command, hands back what it left.

The command runs as the same user and could disturb this process; it could as well
lie by itself. What comes back is checked by the reader, and bounded there.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import signal
import stat
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from successor.sandbox import enclosure, frames, linux, seccomp
from successor.sandbox.confine import MOST_PROCESSES

MOST_FILES = 4096
NOT_STARTED = 127
SECOND = 2
"""The first process is bubblewrap's own, which ends the namespace with us."""


def as_nobody(readable: list[str], argv: list[str]) -> None:
    """Become another program; root sees no more than `readable`, and becomes nobody."""
    if os.geteuid() == 0:
        linux.unshare("mount")
        enclosure.new_root(readable, whole=("/proc",))
        enclosure.become_nobody()
    os.execv(argv[0], argv)  # noqa: S606 - this is what it is for


def main(report: int) -> None:
    """Run the command that is told on standard input; in the folder that this starts in."""
    os.set_inheritable(report, False)
    told = json.loads(frames.read(0)[1])
    sent = {path: b64decode(data) for path, data in told["files"].items()}
    for path, data in sent.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(data)
    linux.prctl(linux.PR_SET_DUMPABLE, 0)
    try:
        code = ran(told)
    except (OSError, subprocess.SubprocessError):
        code = NOT_STARTED
    end_all_others()
    wanted, most_bytes = told["wanted"], told["output_bytes"]
    found = changed(sent, most_bytes, Path.cwd()) if wanted is None else named(wanted, most_bytes)
    left = dict(found)
    answer = {"code": code, "files": {path: b64encode(d).decode() for path, d in left.items()}}
    frames.write(report, frames.frame(frames.END, json.dumps(answer).encode()))


def ran(told: dict[str, Any]) -> int:
    """The exit code of the command; negative: the signal that ended it."""
    given = os.open(told["stdin"] or os.devnull, os.O_RDONLY | os.O_CLOEXEC)
    process = subprocess.Popen(  # noqa: S603 - this is what it is for
        told["argv"],
        stdin=given,
        env=told["env"],
        preexec_fn=lambda: limit(told),  # noqa: PLW1509 - there are no threads here
    )
    return process.wait()


def limit(told: dict[str, Any]) -> None:
    """Limits of every process that the command starts, and calls that none may make."""
    for kind, most in (
        (resource.RLIMIT_DATA if told["reserving"] else resource.RLIMIT_AS, told["memory_bytes"]),
        (resource.RLIMIT_FSIZE, told["files_bytes"]),
        (resource.RLIMIT_NPROC, MOST_PROCESSES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, told["cpu_s"]),
    ):
        resource.setrlimit(kind, (most, most))
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    closed = seccomp.starting(platform.machine(), internet_only=told["internet_only"])
    seccomp.Filter(closed).install()


def end_all_others() -> None:
    """End what the command left running: nothing changes any more while its files are read."""
    if os.getpid() != SECOND:  # anywhere else, all others would be everybody
        raise RuntimeError("not in a namespace of processes")
    with suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)


def named(names: list[str], most_bytes: int) -> Iterator[tuple[str, bytes]]:
    """Those of the files that are regular ones, reached by no link, within the bound together."""
    for name in names:
        with suppress(OSError):
            file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(file, "rb") as opened:
                if os.path.realpath(name) != f"{Path.cwd()}/{name}":
                    continue
                if stat.S_ISREG(os.fstat(file).st_mode) and os.fstat(file).st_size <= most_bytes:
                    data = opened.read(most_bytes + 1)
                    most_bytes -= len(data)
                    yield name, data


def changed(sent: Mapping[str, bytes], most_bytes: int, root: Path) -> Iterator[tuple[str, bytes]]:
    """Regular files that are new or other than they were sent, until the bound is met."""
    count = 0
    for path in regular_files(root):
        name, size = str(path.relative_to(root)), path.stat().st_size
        if size > most_bytes or count == MOST_FILES:
            return
        data = path.read_bytes()
        if data != sent.get(name):
            most_bytes, count = most_bytes - len(data), count + 1
            yield name, data


def regular_files(root: Path) -> Iterator[Path]:
    """The files below a folder; links are not followed."""
    for folder, _, names in os.walk(root, followlinks=False):
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                yield path
