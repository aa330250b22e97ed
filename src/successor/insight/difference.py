"""How the files of one version became those of another."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from successor.ledger import Ledger
from successor.types import Digest, Version


@dataclass(frozen=True)
class FileChange:
    """How a file of one version became that of another."""

    name: str
    diff: str
    """Unified; a line that says so for a file that is no text."""
    text: bool = True


def differences(ledger: Ledger, old: Version, new: Version) -> Iterator[FileChange]:
    """Every file that is not the same in both, by name.

    Raises:
        RecordError: when an object is missing or damaged.
    """
    for name in sorted({*old.files, *new.files}):
        before, after = (_content(ledger, version.files, name) for version in (old, new))
        if before == after:
            continue
        if (texts := _texts(before, after)) is not None:
            yield FileChange(name, _unified(name, *texts))
        else:
            told = f"{name}: {len(before):,} bytes became {len(after):,}\n"
            yield FileChange(name, told, text=False)


def _content(ledger: Ledger, files: Mapping[str, Digest], name: str) -> bytes:
    return ledger.object(files[name]) if name in files else b""


def _texts(before: bytes, after: bytes) -> tuple[str, str] | None:
    """Both as text; None where either is none, as weights are that happen to be UTF-8."""
    if b"\0" in before or b"\0" in after:
        return None
    try:
        return before.decode(), after.decode()
    except UnicodeDecodeError:
        return None


def _unified(name: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(), after.splitlines(), f"{name} before", f"{name} after", lineterm=""
    )
    return "".join(f"{line}\n" for line in lines)
