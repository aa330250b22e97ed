"""Seccomp: a filter of system calls, as the kernel's own bytecode (classic BPF).

Rules become a binary search over the number of the call: the kernel tries every number when the
filter is installed, so that a chain of a hundred comparisons would cost more than the fork.
"""

from __future__ import annotations

import ctypes
import platform
import struct
from collections.abc import Mapping
from typing import TypeAlias, final

from successor.sandbox import linux, syscalls

Code: TypeAlias = list[tuple[int, int, int, int]]  # (operation, jump if true, if false, value)
Rule: TypeAlias = Code  # what happens to one call; each way ends in RETURN

LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
NUMBER_AT, ARCHITECTURE_AT, ARGUMENTS_AT = 0, 4, 16  # offsets in struct seccomp_data
ALLOW, KILL, ERROR, EPERM = 0x7FFF0000, 0x80000000, 0x00050000, 1
ARCHITECTURES = (0xC000003E, 0xC00000B7)  # AUDIT_ARCH of linux.MACHINES, in their order
MODE_FILTER = 2
SET_MODE_FILTER, FOR_ALL_THREADS = 1, 1
X32 = 0x40000000
"""Calls of the x32 interface have this bit; nothing needs them."""
LONGEST_JUMP = 255


def computing(machine: str, *, writes: bool) -> bytes:
    """The filter for a program that only computes and reads; `writes` into a private folder."""
    place, rules = linux.MACHINES.index(machine), dict[int, Rule]()
    allowed = (syscalls.COMPUTING, syscalls.ASKING, syscalls.READING, syscalls.WAITING)
    for group in (*allowed, *((syscalls.WRITING,) if writes else ())):
        rules |= _numbered(group, place, _returning(ALLOW))
    for numbers, argument, values in syscalls.BY_ARGUMENT.values():
        rules[_known(numbers[place])] = _by_argument(argument, values)
    for numbers, error in syscalls.OTHER_ERRORS.values():
        rules[_known(numbers[place])] = _returning(ERROR | error)
    return _program(rules, ARCHITECTURES[place], ERROR | EPERM)


def starting(machine: str, *, internet_only: bool = False) -> bytes:
    """The filter for programs that start programs: everything but what attacks the kernel.

    Args:
        internet_only: whether to forbid the other kinds of sockets too.
    """
    place = linux.MACHINES.index(machine)
    rules = _numbered(syscalls.DANGEROUS, place, _returning(ERROR | EPERM))
    if internet_only:
        numbers, argument, values = syscalls.INTERNET
        rules[_known(numbers[place])] = _by_argument(argument, values)
    return _program(rules, ARCHITECTURES[place], ALLOW)


def barren(machine: str) -> bytes:
    """The filter for a process that may begin no other any more, and no thread."""
    place = linux.MACHINES.index(machine)
    rules = _numbered(syscalls.BEGINNING, place, _returning(ERROR | EPERM))
    return _program(rules, ARCHITECTURES[place], ALLOW)


@final
class Filter:
    """A program in the form that the kernel takes, ready to be installed by any child."""

    def __init__(self, program: bytes) -> None:
        self._code = ctypes.create_string_buffer(program, len(program))
        header = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(self._code))
        self._header = ctypes.create_string_buffer(header, len(header))
        self._address = ctypes.addressof(self._header)

    def install(self) -> None:
        """Filter this process and its children from now on. Needs PR_SET_NO_NEW_PRIVS."""
        linux.prctl(linux.PR_SET_SECCOMP, MODE_FILTER, self._address)

    def install_everywhere(self) -> None:
        """The same for all threads of this process, whatever they are in the middle of.

        Raises:
            OSError: when the kernel refuses, as where a thread has another filter.
        """
        linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)
        linux.seccomp(SET_MODE_FILTER, FOR_ALL_THREADS, self._address)


def supported() -> bool:
    """Whether a filter can be written for this machine."""
    return platform.machine() in linux.MACHINES


def _known(number: int | None) -> int:
    if number is None:
        raise ValueError("a call that this machine lacks")
    return number


def _numbered(group: syscalls.Allowed, place: int, rule: Rule) -> dict[int, Rule]:
    numbers = (pair[place] for pair in group.values())
    return {number: rule for number in numbers if number is not None}


def _returning(value: int) -> Rule:
    return [(RETURN, 0, 0, value)]


def _by_argument(argument: int, values: tuple[int, ...]) -> Rule:
    """Allow when the low half of an argument is one of the values; the kernel reads no more."""
    tests = [(EQUAL, len(values) - place, 0, value) for place, value in enumerate(values)]
    end = [(RETURN, 0, 0, ERROR | EPERM), (RETURN, 0, 0, ALLOW)]
    return [(LOAD, 0, 0, ARGUMENTS_AT + 8 * argument), *tests, *end]


def _program(rules: Mapping[int, Rule], architecture: int, otherwise: int) -> bytes:
    start: Code = [
        (LOAD, 0, 0, ARCHITECTURE_AT),
        (EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER_AT),
        (AT_LEAST, 0, 1, X32),
        (RETURN, 0, 0, ERROR | EPERM),
    ]
    code = start + _search(_intervals(rules, _returning(otherwise)))
    return b"".join(struct.pack("HBBI", *instruction) for instruction in code)


def _intervals(rules: Mapping[int, Rule], otherwise: Rule) -> list[tuple[int, Rule]]:
    """Where a rule begins to hold, up to the next: neighbours often share one."""
    found = list[tuple[int, Rule]]()
    for number in range(max(rules) + 2):
        rule = rules.get(number, otherwise)
        if not found or rule != found[-1][1]:
            found.append((number, rule))
    return found


def _search(intervals: list[tuple[int, Rule]]) -> Code:
    """Binary search for the number that was loaded."""
    if len(intervals) == 1:
        return intervals[0][1]
    middle = len(intervals) // 2
    first = intervals[middle][0]
    low, high = _search(intervals[:middle]), _search(intervals[middle:])
    if len(low) > LONGEST_JUMP:  # a jump is a byte: go there by way of an unconditional one
        return [(AT_LEAST, 0, 1, first), (0x05, 0, 0, len(low)), *low, *high]
    return [(AT_LEAST, len(low), 0, first), *low, *high]
