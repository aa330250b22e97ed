"""The tip: how long the record was when it was last written to, kept beside it.

SQLite takes what it cannot read at the end of its log for something that was never committed,
and forgets it without a word. The tip is written after each event, so that a record which lost
its end is found out. Whoever changes both on purpose needs a witness elsewhere to be found out.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import NamedTuple

from successor.errors import RecordError
from successor.files import write_atomically
from successor.types import Digest

FILE = "head"
_ROOT = re.compile(r"[0-9a-f]{64}")


class Head(NamedTuple):
    """What stands for the whole record: give it to somebody, and the past cannot be changed."""

    size: int
    """Number of events."""
    root: Digest
    """Root of the Merkle tree over them, in hex."""


def write_tip(folder: Path, head: Head) -> None:
    """Keep the head of a record, to last through a power cut.

    Raises:
        OSError: when the disk is full, or the folder cannot be written.
    """
    temporary = folder / "work" / f"incoming-{os.getpid()}-{FILE}"
    write_atomically(folder / FILE, json.dumps(head._asdict()).encode(), temporary)


def read_tip(folder: Path) -> Head | None:
    """The head that was kept last; None when none ever was. Changes no file.

    Raises:
        RecordError: when it is damaged.
    """
    try:
        kept = json.loads((folder / FILE).read_bytes())
        size, root = kept["size"], kept["root"]
        if type(size) is int and size > 0 and _ROOT.fullmatch(root):
            return Head(size, root)
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError, IsADirectoryError):
        pass
    raise RecordError(f"the file {FILE} is damaged: it is no head of a record")
