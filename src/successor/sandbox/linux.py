"""Calls of the Linux kernel that the standard library lacks. For the inside of the wall.

Python's own way, where it has one, is used elsewhere; here are unshare, mount, prctl, capset.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from typing import TypeAlias

NEW_NAMESPACES = {
    "mount": 0x00020000,
    "uts": 0x04000000,
    "ipc": 0x08000000,
    "user": 0x10000000,
    "pid": 0x20000000,
    "net": 0x40000000,
}
MS_READ_ONLY, MS_NO_SUID, MS_NO_DEV, MS_BIND, MS_RECURSIVE, MS_PRIVATE = (
    1,
    2,
    4,
    4096,
    16384,
    1 << 18,
)
MNT_DETACH = 2
AT_RECURSIVE, AT_CWD = 0x8000, -100
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 4, 22, 38
NO_CAPABILITIES = struct.pack("Ii", 0x20080522, 0), bytes(24)  # version 3, this process; none
NUMBERS = {
    # name: (x86_64, aarch64), of the calls made by number
    "seccomp": (317, 277),
    "pivot_root": (155, 41),
    "capset": (126, 91),
    "mount_setattr": (442, 442),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
}
MACHINES = ("x86_64", "aarch64")

_libc = ctypes.CDLL(None, use_errno=True)
_machine = MACHINES.index(platform.machine()) if platform.machine() in MACHINES else 0
_syscall, _prctl = _libc.syscall, _libc.prctl
# With their types known, ctypes makes no objects on the way: a child would pay for each.
_prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
_setrlimit = _libc.setrlimit
_setrlimit.argtypes = [ctypes.c_int, ctypes.c_char_p]
Limit: TypeAlias = tuple[int, bytes]  # one of resource.RLIMIT_*, and a struct rlimit


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def call(name: str, *arguments: int | bytes | None) -> int:
    """A system call of NUMBERS; integers have to fit 32 bits.

    Raises:
        OSError: as the kernel says.
    """
    return _checked(_syscall(NUMBERS[name][_machine], *arguments), name)


def prctl(option: int, first: int = 0, second: int = 0) -> None:
    """Change a property of this process."""
    _checked(_prctl(option, first, second, 0, 0), "prctl")


def seccomp(operation: int, flags: int, address: int) -> None:
    """Filter the calls of this process, by the program that lies at an address.

    Raises:
        OSError: as the kernel says.
    """
    numbers = (ctypes.c_long(each) for each in (NUMBERS["seccomp"][_machine], operation, flags))
    refusal = _checked(_syscall(*numbers, ctypes.c_void_p(address)), "seccomp")
    if refusal:  # the number of a thread that has another filter
        raise OSError(f"seccomp: not for thread {refusal}")


def limit(kind: int, soft: int, hard: int | None = None) -> Limit:
    """A limit in the form that the kernel takes, to be made where it costs less than to set it."""
    return kind, struct.pack("LL", soft, soft if hard is None else hard)


def set_limit(made: Limit) -> None:
    """Limit this process and its children."""
    _checked(_setrlimit(*made), "setrlimit")


def unshare(*names: str) -> None:
    """Enter new namespaces of these kinds; the pid one is entered by the next child."""
    flags = sum(NEW_NAMESPACES[name] for name in names)
    _checked(_libc.unshare(flags), f"unshare {' '.join(names)}")


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Put something at a place in the tree of files, or change what is there, as flags say."""
    texts = (source.encode(), target.encode(), kind.encode() or None)
    result = _libc.mount(*texts, ctypes.c_ulong(flags), data.encode() or None)
    _checked(result, f"mount {target}")


def make_read_only(path: str, *, devices: bool = False) -> None:
    """Make a mount and all below it read-only, without set-id programs, and without devices."""
    set_id_and_devices = MS_NO_SUID | (0 if devices else MS_NO_DEV)
    attributes = struct.pack("QQQQ", MS_READ_ONLY | set_id_and_devices, 0, 0, 0)
    call("mount_setattr", AT_CWD, path.encode(), AT_RECURSIVE, attributes, len(attributes))


def enter_root(path: str) -> None:
    """Make a mount point the root; what was mounted before is gone for good."""
    os.chdir(path)
    call("pivot_root", b".", b".")
    _checked(_libc.umount2(b".", MNT_DETACH), "umount")
    os.chdir("/")


def drop_capabilities() -> None:
    """Give up every privilege, also the ones that hold only within the own user namespace."""
    call("capset", *NO_CAPABILITIES)
