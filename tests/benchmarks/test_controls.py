"""The controls: what counts as a bad promotion, what the tables say, that every arm runs."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

pytest.importorskip("torch")

from controls import runs, table
from controls.arms import arms
from controls.parts import PublishedSchedule, Truth
from controls.scale import Scale
from successor.authors import training
from successor.subjects import transformer
from successor.types import Brief, Draw, Exam, Slice, Version, Workspace

TINY = Scale(
    transformer.Settings(
        labelled=2, width=16, steps=40, decay=10, exam_items=8, largest=24, threads=1
    ),
    training.Settings(steps=6, lessons=2),
    none_layers=2,
    none_steps=20,
    minutes=0.05,
    items=16,
)


def exam(*right: float) -> Exam:
    """100 items a size of 1, 2, 4, ..."""
    parts = [
        Slice(str(2**place), 2.0**place, (1.0,) * round(100 * r) + (0.0,) * round(100 - 100 * r))
        for place, r in enumerate(right)
    ]
    return Exam("", Draw("confirmation", 0, ()), tuple(parts))


def test_a_promotion_is_bad_when_what_was_mastered_is_lost() -> None:
    before = exam(1, 1, 0.5, 0, 0)
    assert runs.worse(before, exam(1, 0.97, 0.9, 0.5, 0))
    assert not runs.worse(before, exam(1, 0.99, 0.9, 0.5, 0))


def test_a_promotion_is_bad_when_the_horizon_shrinks() -> None:
    assert runs.worse(exam(1, 1, 0.9, 0.5, 0), exam(1, 1, 0.6, 0.2, 0))
    assert not runs.worse(exam(1, 1, 0.5, 0.1, 0), exam(1, 1, 0.5, 0.1, 0))


def test_what_only_the_child_masters_counts_for_it() -> None:
    assert not runs.worse(exam(1, 1, 0, 0), exam(1, 0.985, 1, 0))


def test_no_arm_but_the_upper_bounds_and_the_schedule_has_its_own_strategy() -> None:
    learner = runs.learner(TINY, "coupled")
    known = arms(TINY.author)
    truths = {n for n, arm in known.items() if isinstance(arm.strategy(learner), Truth)}
    assert truths == {"truth", "truth-1step"}
    assert {
        n for n, arm in known.items() if isinstance(arm.author(learner), PublishedSchedule)
    } == {
        "paper",
        "paper-none",
    }
    assert known["truth-1step"].strategy(learner).ambition(8) == 9
    assert known["truth"].strategy(learner).ambition(8) == known["amplify"].strategy(
        learner
    ).ambition(8)


def test_the_digest_changes_with_a_setting() -> None:
    assert TINY.digest() == replace(TINY).digest() != replace(TINY, minutes=1.0).digest()


def run_of(seed: int, **figures: float | None) -> dict[str, Any]:
    return {"arm": "self", "seed": seed, **{key: 0.5 for _, key, _ in table.COLUMNS}, **figures}


def test_the_table_tells_median_and_range() -> None:
    values = ((1, 10.0), (2, 30.0), (3, 20.0))
    result = {
        "setup": {
            "hardware": "one",
            "torch": "2",
            "threads": 1,
            "jobs": 1,
            "seeds": [1, 2, 3],
            "minutes": 3.0,
            "labelled": 8,
            "none_layers": 4,
            "none_steps": 9,
            "items": 5,
            "plateau": 4,
            "lost": 0.01,
            "shrunk": 0.05,
        },
        "arms": {"self": "its own", "other": "did not run"},
        "bases": [],
        "runs": [run_of(seed, horizon=h, precision_min=None) for seed, h in values],
    }
    page = table.page(result)
    assert "| `self` | its own | 20 (10–30) |" in page
    assert "| `self` | 2 | 30 |" in page
    assert " – |" in page
    assert "did not run" not in page


def test_the_schedule_draws_half_from_the_newest_round_and_keeps_the_labelled() -> None:
    learner = runs.learner(TINY, "coupled")
    author = PublishedSchedule(learner, TINY.author)
    rng = np.random.default_rng(0)

    class Store:
        def read(self, digest: str) -> bytes:
            problems = learner.pose(digest, 4, 0)
            return learner.pack([learner.examples(problems, learner.task.truth(problems))])

    line = (
        Version("a", {}, (), ""),
        Version("b", {"examples.safetensors": "3"}, ("a",), ""),
        Version("c", {"examples.safetensors": "4"}, ("b",), ""),
    )
    brief = Brief(3, int(rng.integers(9)), line, (), (), (), 0)
    newest = learner.pose("5", 8, 0)
    batch = author.mixture(
        brief, learner.examples(newest, learner.task.truth(newest)), cast("Workspace", Store())
    )
    sizes = [batch(step).problems.size for step in range(2000)]
    share = {size: sizes.count(size) / 2000 for size in (3, 4, 5)}
    assert share[5] == pytest.approx(0.5, abs=0.04)
    assert share[3] == pytest.approx(0.125, abs=0.03)
    assert share[4] == pytest.approx(0.125, abs=0.03)


@pytest.mark.slow
def test_every_kind_of_arm_runs_and_is_not_run_again(tmp_path: Path) -> None:
    known = arms(TINY.author)
    for name in ("labelled", "self", "amplify", "truth", "paper", "paper-none"):
        arm = known[name]
        base = tmp_path / f"base-{arm.positions}"
        if not base.exists():
            runs.train_base(TINY, arm.positions, 1, base)
        runs.run_arm(TINY, arm, 1, base, tmp_path / name)
        result = json.loads((tmp_path / name / "result.json").read_text("utf-8"))
        assert result["minutes"] >= TINY.minutes or result["stopped_by"] == "plateau"
        assert result["generations"] >= result["promotions"] >= result["bad_promotions"]
        if name.startswith("truth"):
            assert result["precision_min"] == 1.0
        if not arm.gate:
            assert result["promotions"] == result["generations"] > 0
