"""The room that the fork-server lives in: namespaces of its own, and a root with nothing in it.

It is built once. A program that is forked in it has no network, no other process to see, no
/proc, and of the files of the machine only the interpreter's, read-only. Works for
ordinary users where the kernel lets them make user namespaces; root becomes nobody on the way.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path

from successor.sandbox import linux

NOBODY = 65534
PROGRAMS, SCRATCH = "/program", "/tmp"  # noqa: S108 - a mount of its own, in the new root
DEVICES = tuple(f"/dev/{name}" for name in ("null", "zero", "full", "urandom", "random", "tty"))
PROGRAMS_BYTES = 256 << 20
STAGE = "/tmp"  # noqa: S108 - where the new root is put together; hidden from everybody else


class ForbiddenError(OSError):
    """The kernel does not allow one of the namespaces or mounts."""


def enter(readable: Iterable[str], proc: int) -> None:
    """Enter the room; the next child is process 1 of it. `proc` is an open /proc.

    Raises:
        ForbiddenError: when the kernel does not allow one of the namespaces or mounts.
    """
    try:
        _enter(readable, proc)
    except OSError as error:
        raise ForbiddenError(error.errno, error.strerror) from None


def _enter(readable: Iterable[str], proc: int) -> None:
    if os.geteuid() == 0:
        linux.unshare("mount")
        new_root(readable)
        become_nobody()
        _own_namespaces(proc)
    else:
        _own_namespaces(proc)
        new_root(readable)


def become_nobody() -> None:
    """Give up root, its groups and its privileges for good."""
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    # Changing the user closes /proc/self to oneself, and the maps below have to be written.
    linux.prctl(linux.PR_SET_DUMPABLE, 1)


def open_to_nobody(paths: Iterable[str]) -> bool:
    """Whether every folder on the way to these paths lets everybody pass."""
    folders = {folder for path in paths for folder in Path(path).resolve().parents}
    return all(folder.stat().st_mode & 0o001 for folder in folders)


def _own_namespaces(proc: int) -> None:
    user, group = os.geteuid(), os.getegid()
    linux.unshare(*linux.NEW_NAMESPACES)
    _write(proc, "self/setgroups", "deny")
    _write(proc, "self/uid_map", f"{NOBODY} {user} 1")
    _write(proc, "self/gid_map", f"{NOBODY} {group} 1")


def _write(folder: int, name: str, text: str) -> None:
    file = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=folder)
    try:
        os.write(file, text.encode())
    finally:
        os.close(file)


def new_root(readable: Iterable[str], whole: Collection[str] = ()) -> None:
    """Make a root that holds these paths read-only, those of `whole` as they are, and no more."""
    linux.mount("none", "/", flags=linux.MS_RECURSIVE | linux.MS_PRIVATE)
    # Opened before the stage is mounted, which may hide them.
    sources = {path: _opened(path) for path in outermost([*readable, *whole, *DEVICES])}
    linux.mount("successor", STAGE, "tmpfs", linux.MS_NO_SUID, "mode=755,size=1m,nr_inodes=4k")
    _mount_own(SCRATCH, "4k,nr_inodes=64k")  # first: an interpreter may live below it
    for path, source in sources.items():
        _bind(source, path, read_only=path not in whole)
        os.close(source)
    _mount_own(PROGRAMS, f"{PROGRAMS_BYTES},nr_inodes=64k")
    linux.enter_root(STAGE)


def _mount_own(folder: str, size: str) -> None:
    """An empty folder in memory that belongs to the fork-server."""
    flags = linux.MS_NO_SUID | linux.MS_NO_DEV
    Path(STAGE + folder).mkdir(parents=True, exist_ok=True)
    linux.mount("successor", STAGE + folder, "tmpfs", flags, f"mode=755,size={size}")
    os.chown(STAGE + folder, *_owner())


def _owner() -> tuple[int, int]:
    return (NOBODY, NOBODY) if os.geteuid() == 0 else (os.geteuid(), os.getegid())


def outermost(paths: Iterable[str]) -> list[str]:
    """The paths that exist and lie in no other of them."""
    kept = list[str]()
    for path in sorted({os.path.normpath(path) for path in paths if Path(path).exists()}):
        if not any(path.startswith(f"{other}/") for other in kept):
            kept.append(path)
    return kept


def _opened(path: str) -> int:
    return os.open(path, os.O_PATH | os.O_CLOEXEC)


def _bind(source: int, path: str, *, read_only: bool) -> None:
    target, origin = Path(STAGE + path), f"/proc/self/fd/{source}"
    if Path(origin).is_dir():
        target.mkdir(parents=True, exist_ok=True)
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch()
    linux.mount(origin, str(target), flags=linux.MS_BIND | linux.MS_RECURSIVE)
    if read_only:
        linux.make_read_only(str(target), devices=path in DEVICES)
