"""Who wrote the lines of the version in charge, followed from version to version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from successor.insight.authorship.kinds import KINDS, Kind
from successor.ledger import Ledger
from successor.types import Digest, Version

LARGEST = 1 << 18
"""Bytes of a file whose lines are followed; larger ones are data."""
_LONGEST = 20_000
"""Lines, likewise: comparing takes longer than in proportion."""


@dataclass(frozen=True)
class Standing:
    """Lines of the version in charge."""

    lines: Mapping[Kind, int]
    given: int
    """That the first version had already."""
    files: int
    """Whose lines these are; of weights and other data there are none."""


Content = Mapping[str, bytes]
"""Of a version's files, by name."""


def standing(
    ledger: Ledger, kinds: Mapping[Digest, Kind], edits: Mapping[Digest, Digest]
) -> Standing:
    """Lines of the version in charge of a lab.

    Args:
        ledger: of the lab.
        kinds: of versions; what those of others wrote stood there at the start.
        edits: of versions that people made of a candidate, which candidate: what they left of it
            is not theirs.

    Raises:
        RecordError: when an object is missing or damaged.
    """
    incumbent = ledger.incumbent()
    line = ledger.lineage(incumbent.id) if incumbent else ()
    return followed(
        ({name: ledger.object(at) for name, at in each.files.items()}, kinds.get(each.id))
        for version in line
        for each in (*_made_of(ledger, version, edits), version)
    )


def _made_of(ledger: Ledger, version: Version, edits: Mapping[Digest, Digest]) -> list[Version]:
    """The candidates that a version was made of by editing, the first one first."""
    found, name = list[Version](), version.id
    while name in edits and len(found) < len(edits):
        name = edits[name]
        found.insert(0, ledger.version(name))
    return found


def followed(line: Iterable[tuple[Content, Kind | None]]) -> Standing:
    """Lines of the last of a line of versions. A line is of whoever wrote it last.

    Args:
        line: the oldest first; what nobody wrote stood there at the start.
    """
    texts, authors = dict[str, list[str]](), dict[str, list[Kind | None]]()
    for files, kind in line:
        now = {name: _lines(content) for name, content in files.items()}
        authors = {
            name: _kept(texts.get(name, []), authors.get(name, []), text, kind)
            for name, text in now.items()
        }
        texts = now
    counted = Counter(kind for each in authors.values() for kind in each)
    lines: dict[Kind, int] = {kind: counted[kind] for kind in KINDS if counted[kind]}
    return Standing(lines, counted[None], sum(bool(each) for each in authors.values()))


def _lines(content: bytes) -> list[str]:
    """None of what is no text, or too large."""
    if len(content) > LARGEST or b"\0" in content:
        return []
    try:
        lines = content.decode().splitlines()
    except UnicodeDecodeError:
        return []
    return lines if len(lines) <= _LONGEST else []


def _kept(
    old: Sequence[str], authors: Sequence[Kind | None], new: Sequence[str], kind: Kind | None
) -> list[Kind | None]:
    """Authors of the lines of a file: those that stayed keep theirs."""
    if old == new:
        return [*authors]
    found: list[Kind | None] = [kind] * len(new)
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        found[block.b : block.b + block.size] = authors[block.a : block.a + block.size]
    return found
