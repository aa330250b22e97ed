"""Inside bubblewrap: lays files out, runs one command, hands back what it left.

The command runs as the same user and could disturb this process; it could as well
lie by itself. What comes back is checked by the reader, and bounded there.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from successor.sandbox import enclosure, frames, linux, seccomp
from successor.sandbox.confine import MOST_PROCESSES

MOST_FILES = 4096
NOT_STARTED = 127


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
    left = dict(changed(sent, told["output_bytes"], Path.cwd()))
    answer = {"code": code, "files": {path: b64encode(d).decode() for path, d in left.items()}}
    frames.write(report, frames.frame(frames.END, json.dumps(answer).encode()))


def ran(told: dict[str, Any]) -> int:
    """The exit code of the command; negative: the signal that ended it."""
    process = subprocess.Popen(  # noqa: S603 - this is what it is for
        told["argv"],
        stdin=subprocess.DEVNULL,
        env=told["env"],
        preexec_fn=lambda: limit(told),  # noqa: PLW1509 - there are no threads here
    )
    return process.wait()


def limit(told: dict[str, Any]) -> None:
    """Limits of every process that the command starts, and calls that none may make."""
    for kind, most in (
        (resource.RLIMIT_AS, told["memory_bytes"]),
        (resource.RLIMIT_FSIZE, told["files_bytes"]),
        (resource.RLIMIT_NPROC, MOST_PROCESSES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, told["cpu_s"]),
    ):
        resource.setrlimit(kind, (most, most))
    linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.Filter(seccomp.starting(platform.machine())).install()


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
