"""A worker's side: does what it is told, keeps the objects that it was sent."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from hashlib import sha256
from importlib import import_module
from typing import TypeAlias, cast

from successor.compute.work import Read, Reply, Shelf
from successor.errors import SuccessorError, UsageError
from successor.types import Digest

Task: TypeAlias = Callable[[Mapping[str, object], Read], tuple[object, Mapping[Digest, bytes]]]


class Desk:
    """Does one item after another."""

    def __init__(self) -> None:
        self._contents: dict[Digest, bytes] = {}
        self._shelf = Shelf()

    def lacks(self, digest: Digest) -> bool:
        """Whether an object has to be sent."""
        return digest not in self._contents

    def take(self, sizes: Mapping[Digest, int], contents: Mapping[Digest, bytes]) -> None:
        """Put what was sent to what is here.

        Raises:
            SuccessorError: when one is not what its name says.
        """
        for digest, content in contents.items():
            if sha256(content).hexdigest() != digest:
                raise SuccessorError(f"object {digest} was damaged on its way")
            self._contents[digest] = content
        for digest in self._shelf.use(sizes.items()):
            self._contents.pop(digest, None)

    def do(self, task: str, told: Mapping[str, object]) -> Reply:
        """What a task comes to; whatever goes wrong in it is told, and raised by who asked."""
        try:
            value, made = _function(task)(told, self._read)
        except SuccessorError as error:
            return Reply(None, error=str(error), usage=isinstance(error, UsageError))
        except Exception as error:  # noqa: BLE001 - a lab's own code may raise anything
            where = traceback.extract_tb(error.__traceback__)[-1]
            told_where = f"{where.filename}, line {where.lineno}"
            text = " ".join(f"{type(error).__name__}: {error}".split())
            return Reply(None, error=f"a worker failed with {text[:500]} ({told_where})")
        return Reply(value, made)

    def _read(self, digest: Digest) -> bytes:
        try:
            return self._contents[digest]
        except KeyError:
            raise SuccessorError(f"object {digest} was not sent along: no item named it") from None


def _function(task: str) -> Task:
    module, _, name = task.partition(":")
    return cast("Task", getattr(import_module(module), name))
