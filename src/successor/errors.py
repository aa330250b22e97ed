"""What can go wrong, as the user meets it.

SuccessorError          a failure that the user can mend (exit code 1)
├── UsageError          the request itself is wrong (exit code 2)
├── PausedError         a person has to lift a pause first (exit code 3)
├── UnsignedError       more people have to sign first (exit code 3)
└── RecordError         the record does not verify (exit code 4)
Halt                    not an error: a base case ends the run in the middle of a step
"""

from __future__ import annotations

from typing import ClassVar

from successor.types import Stop

EXIT_NEEDS_HUMAN = 3
"""Of a command after which a person has to act."""


class SuccessorError(Exception):
    """A failure that the user can mend; its text is one or two lines and says how."""

    exit_code: ClassVar[int] = 1


class UsageError(SuccessorError):
    """The request itself is wrong: a missing lab, a bad setting, a lab without a base case."""

    exit_code: ClassVar[int] = 2


class PausedError(SuccessorError):
    """The lab is paused; nothing is done before a person lifts that."""

    exit_code: ClassVar[int] = EXIT_NEEDS_HUMAN


class UnsignedError(SuccessorError):
    """More people have to sign before it is done; the signatures so far are on record."""

    exit_code: ClassVar[int] = EXIT_NEEDS_HUMAN


class RecordError(SuccessorError):
    """The record does not verify; the text names the first bad event or object."""

    exit_code: ClassVar[int] = 4


class Halt(BaseException):
    """A base case met in the middle of a step. The generation stays open and can be resumed."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(stop.reason)
        self.stop = stop
