"""What is shown of two versions' files."""

from __future__ import annotations

from pathlib import Path

import pytest

from successor.insight.difference import differences
from successor.ledger import Ledger
from successor.ledger.objects import ObjectStore
from successor.types import Version


@pytest.mark.parametrize(
    ("after", "text"),
    [(b"two\n", True), (b"\xff\xfe", False), (b"two\0", False)],
)
def test_weights_are_no_text_even_where_they_are_utf_8(tmp_path: Path, after: bytes, *, text: bool):
    before = b"one\n"
    with Ledger.open(tmp_path / ".successor", settings={}, seed=1) as ledger:
        store = ObjectStore(tmp_path / ".successor" / "objects", tmp_path / ".successor" / "work")
        old, new, bare = (
            Version(str(number), files, (), "author")
            for number, files in enumerate(
                ({"file": store.write(before)}, {"file": store.write(after)}, {})
            )
        )
        (found,) = differences(ledger, old, new)
        (gone,) = differences(ledger, new, bare)
    assert found.text == text
    assert found.diff.count("\n") == (5 if text else 1)
    if not text:
        assert found.body == f"4 bytes became {len(after)} bytes\n"
        assert gone.body == f"{len(after)} bytes became no file\n"
