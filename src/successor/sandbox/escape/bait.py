"""What attacks are after: planted outside the sandbox, and looked at afterwards.

Nothing here is protected by permissions: files and folders are open to everybody and the victim
runs as whoever the candidate becomes, so that only the sandbox stands between.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias, final

Sign: TypeAlias = Literal[
    "file",  # a file outside was made, changed, moved or removed
    "port",  # something reached a socket outside
    "victim",  # another process was ended, stopped or changed
    "process",  # a process is left behind
    "secret",  # a key from a file, a process or the evaluator's memory came back
    "answer",  # a wrong answer counted as the right one
    "claim",  # the candidate could do what it said that it would
    "clock",  # it was reported to be faster than it was
    "flood",  # more output came through than is allowed
    "hang",  # the evaluator did not answer in time
    "service",  # the evaluator broke, or served the next candidate wrongly
    "state",  # the next candidate found what this one left
]
"""How one sees from outside that an attack worked."""

NOBODY = 65534
KEY = "bait-"
"""How secrets begin: an attack may know this much, to find them in memory."""
VICTIM = ("/bin/sh", "-c", "read line")


def a_secret() -> str:
    """A key that nobody can guess."""
    return KEY + secrets.token_hex(16)


def a_mark() -> str:
    """What nobody says by chance."""
    return "mark-" + secrets.token_hex(16)


@final
class Victim:
    """A process that does nothing, and holds a secret in its environment and command line."""

    def __init__(self, secret: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [*VICTIM, secret],
            stdin=subprocess.PIPE,
            env={"KEY": secret},
            **_as_nobody(),
            start_new_session=True,
        )
        self.pid = self._process.pid
        self._before = self._state()

    def touched(self) -> bool:
        """Whether it was ended, stopped, slowed down or limited."""
        return self._state() != self._before

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    def _state(self) -> tuple[object, ...]:
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text("ascii").rpartition(")")[2].split()
            limits = Path(f"/proc/{self.pid}/limits").read_text("ascii")
        except OSError:
            return ("gone",)
        is_going = fields[0] in "RSD"
        return (is_going, fields[16], limits)


def _as_nobody() -> dict[str, Any]:
    """Who candidates become: not to be ended or limited for want of a right would prove nothing."""
    if os.geteuid():
        return {}
    return {"user": NOBODY, "group": NOBODY, "extra_groups": list[int]()}


@final
class Ears:
    """Sockets that hear whoever gets out: TCP, UDP, one with a path, and an abstract one."""

    def __init__(self, folder: Path, name: str) -> None:
        self.path, self.name = str(folder / "socket"), name
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        named = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        named.bind(self.path)
        Path(self.path).chmod(0o777)
        abstract = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        abstract.bind(f"\0{name}")
        self._streams, self._datagrams = (tcp, named, abstract), (udp,)
        for stream in self._streams:
            stream.listen()
        self.tcp: int = tcp.getsockname()[1]
        self.udp: int = udp.getsockname()[1]

    def heard(self) -> bool:
        """Whether anybody came or wrote since the last time."""
        return (
            sum(_came(stream) for stream in self._streams)
            + sum(_wrote(datagram) for datagram in self._datagrams)
            > 0
        )

    def close(self) -> None:
        for each in (*self._streams, *self._datagrams):
            each.close()


def _came(listening: socket.socket) -> bool:
    listening.settimeout(0.0)
    try:
        listening.accept()[0].close()
    except OSError:
        return False
    return True


def _wrote(bound: socket.socket) -> bool:
    bound.settimeout(0.0)
    try:
        bound.recv(1)
    except OSError:
        return False
    return True


@dataclass
class Bait:
    """All of it, for one attack."""

    secret: str = field(default_factory=a_secret)
    mark: str = field(default_factory=a_mark)
    """What an attack leaves for the next candidate to find."""
    root: Path = field(init=False)

    def __post_init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="successor-bait-"))
        self.root.chmod(0o755)
        self.outside, self.work = self.root / "outside", self.root / "work"
        for folder in (self.outside, self.work):
            folder.mkdir()
            folder.chmod(0o777)
        for name in ("secret", "victim.txt", f"named-{self.secret}"):
            (self.outside / name).write_text(self.secret, "utf-8")
            (self.outside / name).chmod(0o666)
        (self.outside / "program").write_text(f"#!/bin/sh\necho > {self.outside}/ran\n", "utf-8")
        (self.outside / "program").chmod(0o777)
        self.descriptor = os.open(self.outside / "secret", os.O_RDONLY)
        os.set_inheritable(self.descriptor, True)
        self.ears = Ears(self.outside, f"successor-{self.secret[-8:]}")
        self.victim = Victim(self.secret)
        self._before = self._files()

    def told(self) -> dict[str, str | int]:
        """What the candidate is told: where everything is, but none of the secrets."""
        return {
            "folder": str(self.outside),
            "work": str(self.work),
            "name": self.ears.name,
            "tcp": self.ears.tcp,
            "udp": self.ears.udp,
            "socket": self.ears.path,
            "victim": self.victim.pid,
            "harness": os.getpid(),
        }

    def taken(self) -> set[Sign]:
        """What was touched: files, sockets, the victim."""
        found = set[Sign]()
        if self._files() != self._before:
            found.add("file")
        if self.ears.heard():
            found.add("port")
        if self.victim.touched():
            found.add("victim")
        return found

    def close(self) -> None:
        """Take it all away again."""
        os.close(self.descriptor)
        self.ears.close()
        self.victim.close()
        shutil.rmtree(self.root, ignore_errors=True)

    def _files(self) -> dict[str, tuple[int, int, int]]:
        """Every change of a file or of what is said about it gives it a new ctime."""
        entries = os.scandir(self.outside)
        found = {entry.name: entry.stat(follow_symlinks=False) for entry in entries}
        return {name: (it.st_ino, it.st_size, it.st_ctime_ns) for name, it in found.items()}
