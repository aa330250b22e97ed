"""How the files of one version became those of another."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from successor.insight.visible import visible
from successor.ledger import Ledger
from successor.types import Digest, Version

WIDEST = 200
"""Signs of a line of a difference; the rest goes on in the next, behind the same sign."""
NO_NEWLINE = "\\ No newline at end of file"


@dataclass(frozen=True)
class FileChange:
    """How a file of one version became that of another."""

    name: str
    diff: str
    """Unified; a line that says so for a file that is no text."""
    text: bool = True

    @property
    def body(self) -> str:
        """Without the lines that name the file."""
        return self.diff.split("\n", 2)[2] if self.text else self.diff.rpartition(": no text; ")[2]


def differences(ledger: Ledger, old: Version, new: Version) -> Iterator[FileChange]:
    """Every file that is not the same in both, by name.

    Raises:
        RecordError: when an object is missing or damaged.
    """
    for name in sorted({*old.files, *new.files}):
        if old.files.get(name) != new.files.get(name):
            before, after = (_content(ledger, version.files, name) for version in (old, new))
            yield _change(name, before, after)


def shown(changes: Iterable[FileChange]) -> Iterator[str]:
    """The lines of differences as a person is shown them: nothing hides, none is too wide."""
    for change in changes:
        for line in change.diff.split("\n")[:-1]:
            whole = visible(line)
            yield whole[:WIDEST]
            for begin in range(WIDEST, len(whole), WIDEST):
                yield f"{whole[:1]}\N{HORIZONTAL ELLIPSIS} {whole[begin : begin + WIDEST]}"


def tallied(change: FileChange) -> tuple[int, int]:
    """Lines that came in, and lines that went out."""
    body = change.body.split("\n") if change.text else []
    return sum(line[:1] == "+" for line in body), sum(line[:1] == "-" for line in body)


def _change(name: str, before: bytes | None, after: bytes | None) -> FileChange:
    """Names are the author's: one with the end of a line in it must not look like two lines."""
    shown = visible(name)
    texts = _texts(before or b"", after or b"")
    if texts is None:
        sizes = ["no file" if each is None else f"{len(each):,} bytes" for each in (before, after)]
        told = f"--- {shown}: no text; {sizes[0]} became {sizes[1]}\n"
        return FileChange(name, told, text=False)
    labels = [
        f"{shown} {'(no such file)' if each is None else when}"
        for each, when in ((before, "before"), (after, "after"))
    ]
    told = _unified(labels, *texts)
    return FileChange(name, told or f"--- {labels[0]}\n+++ {labels[1]}\n")


def _content(ledger: Ledger, files: Mapping[str, Digest], name: str) -> bytes | None:
    return ledger.object(files[name]) if name in files else None


def _texts(before: bytes, after: bytes) -> tuple[str, str] | None:
    """Both as text; None where either is none, as weights are that happen to be UTF-8."""
    if b"\0" in before or b"\0" in after:
        return None
    try:
        return before.decode(), after.decode()
    except UnicodeDecodeError:
        return None


def _unified(labels: list[str], before: str, after: str) -> str:
    """Lines end at a line feed and nowhere else: what else ends lines for some is shown."""
    tells = before and after and before.endswith("\n") != after.endswith("\n")
    old, new = (_lines(text, tells=bool(tells)) for text in (before, after))
    lines = difflib.unified_diff(old, new, labels[0], labels[1], lineterm="")
    return "".join(f"{line}\n" for line in lines)


def _lines(text: str, *, tells: bool) -> list[str]:
    *lines, last = text.split("\n")
    if last:
        lines += [last, NO_NEWLINE] if tells else [last]
    return lines
