"""Whose the lines of the version in charge are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from successor.insight.authorship.lines import LARGEST, followed, standing
from successor.ledger import Ledger
from successor.types import Version

START = {"a.py": b"one\ntwo\nthree\n"}


def test_a_line_is_of_whoever_wrote_it_last():
    first = {"a.py": b"one\ntwo, by AI\nthree\nfour, by AI\n"}
    then = {"a.py": b"zero, by hand\none\ntwo, by AI\nthree\nfour, by hand\n"}
    found = followed([(START, None), (first, "autonomous"), (then, "human")])
    assert found.lines == {"autonomous": 1, "human": 2}
    assert (found.given, found.files) == (2, 1)


def test_a_line_that_comes_back_is_of_whoever_brought_it_back():
    gone = {"a.py": b"one\nthree\n"}
    found = followed([(START, None), (gone, "closed loop"), (START, "human")])
    assert (found.lines, found.given) == ({"human": 1}, 2)


def test_a_file_that_is_gone_has_no_lines_and_a_new_one_is_all_of_its_author():
    found = followed([(START, None), ({"b.py": b"1\n2\n"}, "suggested")])
    assert (found.lines, found.given, found.files) == ({"suggested": 2}, 0, 1)


def test_weights_and_what_is_too_large_have_no_lines():
    data = {"w": b"one\0two", "x": b"\xff\xfe\n", "y": b"1\n" * LARGEST, "z": b""}
    found = followed([(data, None), (data, "closed loop")])
    assert (found.lines, found.given, found.files) == ({}, 0, 0)


def test_without_a_version_in_charge_nothing_stands():
    found = followed([])
    assert (found.lines, found.given, found.files) == ({}, 0, 0)


@dataclass
class Record:
    """A record in which an edit took over whose candidate did not."""

    versions: Mapping[str, Version]
    objects: Mapping[str, bytes]

    def incumbent(self) -> Version:
        return self.versions["edit"]

    def lineage(self, version: str) -> tuple[Version, ...]:
        return self.versions["first"], self.versions[version]

    def version(self, version: str) -> Version:
        return self.versions[version]

    def object(self, digest: str) -> bytes:
        return self.objects[digest]


def test_what_an_edit_left_of_a_candidate_is_not_of_who_edited():
    texts = {
        "first": b"def f():\n",
        "ai": b"def f():\n  fast\n",
        "edit": b"def f():\n  fast\n  !\n",
    }
    versions = {name: Version(name, {"f.py": name}, (), "by") for name in texts}
    record = cast("Ledger", Record(versions, texts))
    found = standing(record, {"ai": "autonomous", "edit": "human"}, {"edit": "ai"})
    assert (found.lines, found.given) == ({"autonomous": 1, "human": 1}, 1)
