"""Folders that programs are laid out in, used again and again, with the rules of who reads them.

A folder is kept for the next program only behind Landlock, where no program can have changed
anything in it: then what was laid out is all that there is to take away.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import final

from successor.sandbox import frames
from successor.sandbox.confine import Walls


@dataclass
class Place:
    """One folder, for one program at a time."""

    folder: str
    rules: int | None  # descriptor of a Landlock ruleset for whoever runs here
    names: Collection[str] = ()  # of the files that are there


@final
class Places:
    """All folders of a fork-server."""

    def __init__(self, walls: Walls) -> None:
        self._walls = walls
        self._made, self._free = 0, list[Place]()

    def take(self) -> Place:
        """An empty folder that no other program uses."""
        if self._free:
            return self._free.pop()
        self._made += 1
        folder = f"{self._walls.programs}/{self._made}"
        os.mkdir(folder, 0o755)  # noqa: PTH102 - pathlib costs more than the call
        return Place(folder, self._walls.rules_for(folder))

    def give_back(self, place: Place) -> None:
        """Take away all that is in it; its program must be gone."""
        if place.rules is None or any("/" in name for name in place.names):
            self._remove(place)
            return
        try:
            for name in place.names:
                os.unlink(f"{place.folder}/{name}")  # noqa: PTH108 - the same
        except OSError:  # it was not laid out to the end
            self._remove(place)
        else:
            self._free.append(place)

    def _remove(self, place: Place) -> None:
        with suppress(OSError):  # where programs may write, one can make it hard to remove
            remove(place.folder)
        if place.rules is not None:
            os.close(place.rules)


def lay_out(place: Place, files: Mapping[str, bytes], wanted: str) -> bytes:
    """Write the program's files, whose paths the asker has checked; the content of one of them."""
    found, place.names = b"", files.keys()
    for name, data in files.items():
        path = f"{place.folder}/{name}"
        if "/" in name:
            os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)  # noqa: PTH103, PTH120 - the same
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
        frames.write(file, data)
        os.close(file)
        if name == wanted:
            found = data
    return found


def remove(folder: str) -> None:
    """Remove a folder and all that is in it."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                remove(entry.path)
            else:
                os.unlink(entry.path)  # noqa: PTH108 - the same
    os.rmdir(folder)  # noqa: PTH106 - the same
