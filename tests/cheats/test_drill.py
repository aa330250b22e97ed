"""Drills: what is posed is what it is said to be, and what comes of them is counted rightly."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from successor.cheats.catalogue import Candidate, Cheat
from successor.cheats.drill import HARMLESS, drawn, material, planted, staged
from successor.cheats.results import Answer, ended, keep, kept, score
from successor.errors import SuccessorError
from successor.insight.share import Share
from successor.showing.proposal import packet_of, told

DIFFERS: dict[str, tuple[Any, ...]] = {
    "chunks": ([1, 2, 3], 2),
    "hours_of": ([-1],),
    "is_leap": (2000,),
    "median": ([1.0, 2.0, 4.0, 9.0],),
    "merged": ([(1, 9), (2, 3), (4, 5)],),
    "place_of": ([1, 3, 5], 5),
    "unique": ([9, 1, 9, 33, 2],),
}
BUGS = {str(each.settings["subject"]["target"]).partition(":")[2]: each for each in planted()}


def functions(bug: Cheat, folder: Path, candidate: Candidate | None) -> dict[str, Any]:
    """What a program defines, once its visible tests have passed."""
    module, _, name = str(bug.settings["subject"]["target"]).partition(".py:")
    source = bug.files[f"{module}.py"] if candidate is None else candidate.texts[0]
    (folder / f"{module}.py").write_text(source, encoding="utf-8")
    made = runpy.run_path(str(folder / f"{module}.py"))
    test = bug.files[f"test_{module}.py"].replace(f"from {module} import {name}", "")
    (folder / "visible.py").write_text(test, encoding="utf-8")
    tests = runpy.run_path(str(folder / "visible.py"), {name: made[name]})
    ran = [tests[each]() for each in tests if each.startswith("test_")]
    assert ran
    return made


@pytest.mark.parametrize("name", sorted(BUGS))
def test_a_planted_bug_passes_the_visible_tests_and_is_one(name: str, tmp_path: Path):
    bug = BUGS[name]
    old, bad, twin = (functions(bug, tmp_path, it)[name] for it in (None, bug.cheat, bug.twin))
    if name == "powers":
        first, second = bad(2, 3), bad(3, 3)
        assert first is second, "the list that was handed out changes"
        first, second = twin(2, 3), twin(3, 3)
        assert (first, second) == (old(2, 3), old(3, 3))
        return
    assert bad(*DIFFERS[name]) != old(*DIFFERS[name])
    assert twin(*DIFFERS[name]) == old(*DIFFERS[name])


INTEGERS: list[tuple[Any, ...]] = [(n,) for n in (*range(18), 1000, 918273, -1, -205)]
LISTS: list[tuple[Any, ...]] = [([],), ([1, 2, 3],), ([4, 4, -2, 7],)]
ASKED: dict[str, list[tuple[Any, ...]]] = {
    "fib": [(n,) for n in range(-3, 18)],
    "digit_sum": INTEGERS,
    "is_prime": INTEGERS,
    "is_leap": INTEGERS,
    "steps": INTEGERS,
    "total": LISTS,
    "evens": LISTS,
    "unique": LISTS,
    "median": LISTS[1:],
    "mean": [(0.1, 0.2, 0.3), (1e16, 1.0, -1e16)],
    "chunks": [([1, 2, 3], 2), ([], 1), ([1], 5)],
    "merged": [([(1, 9), (2, 3), (9, 12)],), ([],)],
    "place_of": [([1, 3, 5], 5), ([5, 1], 1), ([], 1)],
    "powers": [(2, 5), (3, 0)],
    "hours_of": [([-61, -1, 0, 59, 60, 125],)],
}


def outcome(function: Callable[..., object], arguments: tuple[Any, ...]) -> object:
    try:
        return function(*arguments)
    except ValueError as error:
        return repr(error)


@pytest.mark.parametrize("posed", material(), ids=lambda each: each.name)
def test_an_honest_twin_answers_as_the_version_in_charge(posed: Cheat):
    path, _, name = str(posed.settings["subject"]["target"]).partition(":")
    old, twin = dict[str, Any](), dict[str, Any]()
    exec(posed.files[path], old)  # noqa: S102 - files of this repository
    exec(posed.twin.texts[-1], twin)  # noqa: S102 - files of this repository
    for arguments in ASKED[name]:
        assert outcome(old[name], arguments) == outcome(twin[name], arguments), arguments


def test_what_is_drawn_follows_from_the_seed_and_no_lab_comes_twice():
    first = drawn(20, 7)
    assert first == drawn(20, 7)
    assert first != drawn(20, 8)
    assert len({each.cheat.name for each in first}) == 20
    assert len(drawn(100, 1)) == 100
    assert all(each.kind not in HARMLESS for each in material())
    shares = [sum(each.bad for each in drawn(30, seed)) / 30 for seed in range(40)]
    assert min(shares) < 0.35
    assert max(shares) > 0.65


def test_a_planted_candidate_and_its_twin_are_shown_with_the_same_figures():
    """Nothing but the code tells them apart."""
    for posed in drawn(3, 5):
        shown = list[str]()
        for bad in (True, False):
            one = type(posed)(posed.cheat, bad, posed.gain, posed.seed)
            with staged(one) as ledger:
                proposal = ledger.waiting()
                assert proposal
                folder = ledger.folder
                shown.append(told(packet_of(ledger, proposal)))
            assert not folder.exists()
        headings = [
            {line[:12] for line in text.split("\nProposed")[1].split("\n")[1:]} - {"File        "}
            for text in shown
        ]
        assert headings[0] == headings[1]
        assert all("e-value" in text and "times as fast" in text for text in shown)


@pytest.mark.slow
def test_everything_that_can_be_posed_waits_for_a_human():
    from successor.cheats.drill import Posed

    for each in material():
        for bad in (True, False):
            with staged(Posed(each, bad, 1.5, 3)) as ledger:
                assert ledger.waiting()


def test_shares_have_intervals_of_clopper_and_pearson():
    assert Share(0, 0).value is None
    assert Share(0, 0).interval is None
    assert Share(0, 10).interval == pytest.approx((0.0, 0.3085), abs=1e-4)
    assert Share(3, 10).interval == pytest.approx((0.0667, 0.6525), abs=1e-4)
    assert Share(10, 10).interval == pytest.approx((0.6915, 1.0), abs=1e-4)


def test_answers_are_counted_and_kept(tmp_path: Path):
    answers = [
        Answer("a", bad=True, accepted=False, seconds=60.0, explained=False),
        Answer("b", bad=True, accepted=True, seconds=30.0, explained=True),
        Answer("c", bad=False, accepted=False, seconds=90.0, explained=False),
        Answer("d", bad=False, accepted=True, seconds=120.0, explained=False),
        Answer("e", bad=False, accepted=True, seconds=120.0, explained=False),
    ]
    found = score(answers)
    assert (found.caught, found.refused) == (Share(1, 2), Share(1, 3))
    assert found.median_minutes == 1.5
    path = tmp_path / "state" / "drills.jsonl"
    drills = [ended(seed, 5, answers) for seed in (1, 2)]
    for each in drills:
        keep(each, path)
    assert kept(path) == tuple(drills)
    with path.open("a", encoding="utf-8") as file:
        file.write("{}\n")
    with pytest.raises(SuccessorError, match="line 3: no result of a drill"):
        kept(path)
