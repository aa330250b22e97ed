"""The author `rewrite`: what it hands in, in which order, and that it comes to an end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from authors.workbench import (
    PATH,
    Bench,
    Desk,
    always_one,
    brief_of,
    came_to_nothing,
    version_of,
)
from successor.authors.rewrite import rewrite
from successor.authors.rewrite.shelf import rewrites, rewritten
from successor.errors import UsageError
from successor.types import Version

FIB = "def target(n):\n    if n < 2:\n        return n\n    return target(n - 1) + target(n - 2)\n"


def by_names(function: Callable[..., Any], _: int) -> float:
    """A cost that never varies, in the place of time: what the local names tell of the way."""
    if [function(n) for n in range(8)] != [0, 1, 1, 2, 3, 5, 8, 13]:
        raise ValueError("wrong")
    names = function.__code__.co_varnames
    return 0.2 if "bit" in names else 0.5 if "before" in names else 1.0


def test_the_best_goes_first_and_the_next_best_when_it_was_refused():
    desk = Desk()
    first = version_of(FIB, desk)
    author = rewrite({"parsimony": 0.0, "depth": 1}, Bench(by_names))
    texts = list[str]()
    tried: tuple[Version, ...] = ()
    while (draft := author.write(brief_of(first, tried=tried), desk)) and draft.files:
        texts.append(desk.read(draft.files[PATH]).decode())
        tried += (Version(f"tried{len(tried)}", draft.files, (), "rewrite"),)
        desk.saved = None
    assert "for bit in" in texts[0]
    assert "for _ in range" in texts[1]
    assert len(texts) == len(set(texts)) == 2


def test_a_draft_says_by_which_rewrites_it_was_made_and_what_that_took():
    desk = Desk()
    draft = rewrite({"parsimony": 0.0, "depth": 1}, Bench(by_names)).write(
        brief_of(version_of(FIB, desk)), desk
    )
    assert draft is not None
    assert draft.figures["rewrite"] == "doubling"
    assert int(draft.figures["evaluations"]) > 3


def test_rewrites_are_combined():
    source = "def target(xs):\n    t = 0\n    for i in range(len(xs)):\n"
    source += "        t += xs[i]\n    return t\n"

    def no_loop(function: Callable[..., Any], _: int) -> float:
        assert function([1, 2]) == 3
        return 1.0 + len(function.__code__.co_varnames)

    desk = Desk()
    settings = {"depth": 5, "stepping_stones": 20}
    draft = rewrite(settings, Bench(no_loop)).write(brief_of(version_of(source, desk)), desk)
    assert draft is not None
    assert "return sum(xs)" in desk.read(draft.files[PATH]).decode()


def test_what_is_plainly_better_is_handed_in_before_it_is_rewritten_again():
    counts = list[int]()
    for enough in (3.0, 1e9):
        desk, bench = Desk(), Bench(by_names)
        assert rewrite({"enough": enough}, bench).write(brief_of(version_of(FIB, desk)), desk)
        counts.append(len(bench.screened))
    assert counts[0] < counts[1]


def test_nothing_comes_of_what_gains_nothing():
    desk = Desk()
    bench = Bench(always_one)
    draft = rewrite({}, bench).write(brief_of(version_of(FIB, desk)), desk)
    assert came_to_nothing(draft)
    assert draft is not None
    count = len(bench.screened)
    told = f"{count:,} screened, {count:,} right, and not enough of a gain"
    assert draft.figures == {"evaluations": count, "failed": told}


def test_what_is_turned_away_is_on_record_with_the_reason():
    def caught(*_: object) -> float:
        raise ValueError("imports the reference " + "x" * 999)

    desk, bench = Desk(), Bench(caught)
    draft = rewrite({}, bench).write(brief_of(version_of(FIB, desk)), desk)
    assert draft is not None
    count, why = len(bench.screened), "ValueError('imports the reference x"
    told = str(draft.figures["failed"])
    assert told.startswith(f"{count:,} screened, {count:,} turned away ({count:,} of them: {why}")
    assert len(told) < 300


def test_the_same_seed_screens_the_same_variants_and_no_more_than_it_may():
    runs = list[list[str]]()
    for _ in range(2):
        desk, bench = Desk(), Bench(by_names)
        rewrite({"evaluations": 4}, bench).write(brief_of(version_of(FIB, desk)), desk)
        runs.append(bench.screened)
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 4


def test_a_rewrite_for_one_objective_is_left_alone_without_it():
    desk, bench = Desk(), Bench(always_one, objectives=("speed",))
    source = "def target(a, b):\n    return a + b\n"
    assert rewrite({}, bench).write(brief_of(version_of(source, desk)), desk) is None
    assert bench.screened == []


def test_a_setting_that_is_wrong_is_named():
    with pytest.raises(UsageError, match="without = 'magic': no such rewrite"):
        rewrite({"without": ["magic"]}, Bench(always_one))
    with pytest.raises(UsageError, match="depth"):
        rewrite({"depth": 0}, Bench(always_one))


def test_markers_of_regions_stay_and_what_is_around_them_too() -> None:
    fixed = "def f(xs):\n    # EVOLVE-BLOCK-START\n{}    # EVOLVE-BLOCK-END\n    return r\n"
    loop = "    r = 0\n    for x in xs:\n        r = r + x\n"
    inside = fixed.format(loop)
    assert fixed.format("    r = sum(x for x in xs)\n") in list(rewritten_by_all(inside))
    outside = fixed.format("    pass\n").replace(
        "    # EVOLVE-BLOCK-START", f"{loop}    # EVOLVE-BLOCK-START"
    )
    assert list(rewritten_by_all(outside)) == []


def rewritten_by_all(source: str) -> Iterator[str]:
    for name in rewrites():
        yield from rewritten(source, "f", name)
