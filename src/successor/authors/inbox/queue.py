"""What was handed in and what became of it: a folder of small files, each whole or not there.

    ID.json   a program, under the SHA-256 of its text, and when it came
    ID.fate   what became of it, once that is known

Any process may hand in while another one improves; nothing in the folder is believed.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, TypeAlias

from successor.errors import UsageError
from successor.files import write_atomically
from successor.types import Digest

FOLDER = ".successor-inbox"
"""Beside the record."""
MOST_BYTES = 256 << 10
"""Of one program."""
MOST_SAID = 2000
"""Characters of what is said of it."""
MOST_WAITING = 64
MOST_KEPT = 256
"""Programs kept, those whose fate is known included."""
State: TypeAlias = Literal["waiting", "handed in", "refused"]
_NAME = re.compile(r"[0-9a-f]{64}\.json")


@dataclass(frozen=True)
class Item:
    """A program that was handed in."""

    id: Digest
    text: str
    said: str
    """By whoever handed it in; kept for people, and believed by nobody."""
    came: float
    """Seconds since 1970."""
    state: State
    why: str
    """Why it was refused before it was judged; "" otherwise."""


class Inbox:
    """The folder of one lab. It is made when something is handed in."""

    def __init__(self, lab: Path) -> None:
        self._folder = lab / FOLDER

    @staticmethod
    def name_of(text: str) -> Digest:
        """Under which name a text is kept; the object store's too.

        Raises:
            UsageError: when it cannot be encoded.
        """
        return sha256(_encoded(text)).hexdigest()

    def put(self, text: str, said: str = "") -> Item:
        """Keep a program, to last.

        Raises:
            UsageError: when it is too long, waits already, or there is no room.
        """
        data = _encoded(text)
        if len(data) > MOST_BYTES or not text.strip():
            raise UsageError(f"a program has 1 to {MOST_BYTES:,} bytes; this one has {len(data):,}")
        if len(said) > MOST_SAID:
            raise UsageError(
                f"at most {MOST_SAID:,} characters may be said; these are {len(said):,}"
            )
        self._folder.mkdir(exist_ok=True)
        name = self.name_of(text)
        with self._locked():
            items = self.items()
            waiting = [each for each in items if each.state == "waiting"]
            if any(each.id == name for each in waiting):
                raise UsageError(f"{name} was handed in before and is waiting to be looked at")
            if len(waiting) >= MOST_WAITING:
                raise UsageError(
                    f"{MOST_WAITING} programs are waiting: no more until one was judged"
                )
            done = [each for each in items if each.state != "waiting"]
            for each in done[: max(0, len(items) + 1 - MOST_KEPT)]:
                self._path(each.id).unlink(missing_ok=True)
                self._path(each.id, "fate").unlink(missing_ok=True)
            self._write(".gitignore", b"*\n")
            told = {"text": text, "said": _encoded(said).decode(), "came": time.time()}
            self._path(name, "fate").unlink(missing_ok=True)
            self._write(f"{name}.json", json.dumps(told).encode())
        return Item(name, text, said, float(str(told["came"])), "waiting", "")

    def items(self) -> list[Item]:
        """All that is kept, the oldest first; what is no program is passed over."""
        names = [path.name for path in self._folder.iterdir()] if self._folder.is_dir() else []
        found = [self.item(name.removesuffix(".json")) for name in names if _NAME.fullmatch(name)]
        return sorted((each for each in found if each), key=lambda each: (each.came, each.id))

    def item(self, name: Digest) -> Item | None:
        """The program of that name; None when there is none."""
        if not _NAME.fullmatch(f"{name}.json"):
            return None
        try:
            told: Any = json.loads(_read(self._path(name)))
            text, said, came = str(told["text"]), str(told["said"]), float(told["came"])
            right = self.name_of(text) == name
        except (OSError, ValueError, KeyError, TypeError, RecursionError, UsageError):
            return None
        if not right:
            return None
        return Item(name, text, said, came, *self._fate(name))

    def decide(self, name: Digest, why: str = "") -> None:
        """Note that a program was handed in to the judge, or why it was not."""
        state: State = "refused" if why else "handed in"
        self._write(f"{name}.fate", json.dumps({"state": state, "why": why}).encode())

    def _fate(self, name: Digest) -> tuple[State, str]:
        try:
            told: Any = json.loads(_read(self._path(name, "fate")))
            return ("refused" if told["state"] == "refused" else "handed in"), str(told["why"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return "waiting", ""

    def _path(self, name: Digest, suffix: str = "json") -> Path:
        return self._folder / f"{name}.{suffix}"

    def _write(self, name: str, data: bytes) -> None:
        write_atomically(self._folder / name, data, self._folder / f".{name}.{os.getpid()}")

    @contextmanager
    def _locked(self) -> Generator[None]:
        """Of all who hand in, one at a time; the system ends it with the process."""
        descriptor = os.open(self._folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        raise UsageError("a program is text that can be encoded as UTF-8") from None


def _read(path: Path) -> bytes:
    """A file of a size that ours have; links and what is no file are not followed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        return file.read(8 * MOST_BYTES)
