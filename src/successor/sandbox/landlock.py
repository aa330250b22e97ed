"""Landlock: what a process may open, whatever its user may. https://docs.kernel.org/userspace-api/landlock.html

A ruleset is built once and entered by many; entering adds about 0.01 ms to a fork.
"""

from __future__ import annotations

import os
import stat
import struct

from successor.sandbox import linux

EXECUTE, READ_FILE, READ_FOLDER = 1, 1 << 2, 1 << 3
READ = READ_FILE | READ_FOLDER
RIGHTS_BY_VERSION = (0, 13, 14, 15, 15, 16, 16)
"""How many rights over files each version of the interface knows; the last holds from there on."""
TCP_SINCE, SCOPES_SINCE = 4, 6
BIND_CONNECT = 3  # both rights over TCP ports
ABSTRACT_SOCKETS_SIGNALS = 3  # both scopes: what is outside the domain cannot be reached


def version() -> int:
    """The version of the interface that the kernel offers; 0 without Landlock."""
    try:
        return linux.call("landlock_create_ruleset", None, 0, 1)
    except OSError:
        return 0


def everything(abi: int) -> int:
    """All rights over files that this version can take away."""
    return (1 << RIGHTS_BY_VERSION[min(abi, len(RIGHTS_BY_VERSION) - 1)]) - 1


def ruleset(abi: int) -> int:
    """The descriptor of a ruleset that forbids all that the kernel can forbid."""
    parts = [everything(abi)]
    if abi >= TCP_SINCE:
        parts.append(BIND_CONNECT)
    if abi >= SCOPES_SINCE:
        parts.append(ABSTRACT_SOCKETS_SIGNALS)
    attributes = struct.pack(f"{len(parts)}Q", *parts)
    return linux.call("landlock_create_ruleset", attributes, len(attributes), 0)


def rule(path: str, rights: int) -> bytes:
    """A rule that allows these rights at a path and below it, for any number of rulesets.

    It holds a descriptor, which is never closed: the fork-server makes its rules once, and a
    child closes all descriptors when it is ready.
    """
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    is_folder = stat.S_ISDIR(os.fstat(parent).st_mode)
    return struct.pack("=Qi", rights if is_folder else rights & ~READ_FOLDER, parent)


def allow(rules: int, made: bytes) -> None:
    """Add a rule to a ruleset."""
    linux.call("landlock_add_rule", rules, 1, made, 0)


def allow_path(rules: int, path: str, rights: int) -> None:
    """Allow these rights at a path and below it, in this ruleset alone."""
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        allow(rules, struct.pack("=Qi", rights, parent))
    finally:
        os.close(parent)


def enter(rules: int) -> None:
    """Restrict this process and all its children; there is no way back."""
    linux.call("landlock_restrict_self", rules, 0)
