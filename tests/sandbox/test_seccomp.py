"""The filter does what the lists say: run as the kernel runs it, for every number of a call."""

import struct

import pytest

from successor.sandbox import seccomp, syscalls
from successor.sandbox.linux import MACHINES

LARGEST = 1100


def decided(program: bytes, number: int, architecture: int, argument: int = 0) -> int:
    """What the filter returns for a call whose every argument has this low half."""
    data = struct.pack("=II8x", number, architecture) + 6 * struct.pack("=Q", argument)
    code = list(struct.iter_unpack("HBBI", program))
    at = value = 0
    while True:
        operation, if_true, if_false, constant = code[at]
        at += 1
        match operation:
            case 0x20:
                (value,) = struct.unpack_from("=I", data, constant)
            case 0x15:
                at += if_true if value == constant else if_false
            case 0x35:
                at += if_true if value >= constant else if_false
            case 0x05:
                at += constant
            case 0x06:
                return constant
            case _:
                raise AssertionError(operation)


def named(*groups: syscalls.Allowed, place: int) -> set[int]:
    return {
        number for group in groups for pair in group.values() if (number := pair[place]) is not None
    }


@pytest.mark.parametrize("place", range(len(MACHINES)))
@pytest.mark.parametrize("writes", [False, True])
def test_only_what_is_listed_is_allowed(place: int, *, writes: bool):
    program = seccomp.computing(MACHINES[place], writes=writes)
    groups = [syscalls.COMPUTING, syscalls.ASKING, syscalls.READING, syscalls.WAITING]
    allowed = named(*groups, *([syscalls.WRITING] if writes else []), place=place)
    by_argument = {pair[place]: values for pair, _, values in syscalls.BY_ARGUMENT.values()}
    errors = {pair[place]: error for pair, error in syscalls.OTHER_ERRORS.values()}
    forbidden = seccomp.ERROR | seccomp.EPERM
    for number in range(LARGEST):
        found = decided(program, number, seccomp.ARCHITECTURES[place], 7)
        if number in by_argument:
            assert found == forbidden, number
            for value in by_argument[number]:
                is_allowed = decided(program, number, seccomp.ARCHITECTURES[place], value)
                assert is_allowed == seccomp.ALLOW, (number, value)
        elif number in errors:
            assert found == seccomp.ERROR | errors[number], number
        else:
            assert found == (seccomp.ALLOW if number in allowed else forbidden), number


@pytest.mark.parametrize("place", range(len(MACHINES)))
def test_where_programs_start_programs_only_what_attacks_the_kernel_is_forbidden(place: int):
    program = seccomp.starting(MACHINES[place])
    dangerous = named(syscalls.DANGEROUS, place=place)
    for number in range(LARGEST):
        found = decided(program, number, seccomp.ARCHITECTURES[place])
        is_forbidden = found == seccomp.ERROR | seccomp.EPERM
        assert is_forbidden == (number in dangerous), number


def test_another_architecture_is_killed_and_other_interfaces_are_forbidden():
    for place, machine in enumerate(MACHINES):
        program = seccomp.computing(machine, writes=False)
        assert decided(program, 0, 0x40000003) == seccomp.KILL  # 32-bit x86
        for number in (seccomp.X32, seccomp.X32 | 1, (1 << 32) - 1):
            found = decided(program, number, seccomp.ARCHITECTURES[place])
            assert found == seccomp.ERROR | seccomp.EPERM
