"""The returns parameter of runs that are made up, and what a small real one cost."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import improvers
import returns
import successor
from efforts import Course, Generation, Stage, course
from returns import Curves, levels, measure, slope
from subjects.small_improver import LAB
from successor.lab import run
from successor.subjects.improver import Settings

TASKS, WHOLE = 60, 2048


def rising(speed: float, noise: float = 0.0, seed: int = 0) -> Curves:
    """Tasks whose best so far comes to 1 in so many times fewer evaluations."""
    chance = np.random.default_rng(seed)
    paces = speed * np.exp(noise * chance.standard_normal(TASKS))
    return np.minimum(1.0, np.outer(paces, np.arange(1, WHOLE + 1)) / WHOLE)


def made(efforts: list[int], speeds: list[float], noise: float = 0.0) -> tuple[Course, Curves]:
    stages = tuple(Stage(f"v{k}", "", each, each / 10) for k, each in enumerate(efforts))
    told = Course("lab", Settings(target="improver.py"), (), stages)
    return told, np.array([rising(each, noise, k) for k, each in enumerate(speeds)])


def test_a_level_is_how_many_times_fewer_evaluations() -> None:
    assert levels(np.array([rising(each).mean(axis=0) for each in (1, 2, 0.5)])).round(
        2
    ).tolist() == [1, 2, 0.5]


@pytest.mark.parametrize(
    ("r", "says"), [(1.6, "accelerates"), (0.5, "fades"), (1.0, "can't tell: the interval")]
)
def test_a_known_r_is_recovered_and_told(r: float, says: str) -> None:
    efforts = [1, 100, 200, 400, 800]
    speeds = [1.0, *(1.2 * (each / 100) ** r for each in efforts[1:])]
    whole, found = made(efforts, speeds, noise=0.1)
    result = measure([whole], [found], "evaluations", TASKS, 1)
    assert result.r == pytest.approx(r, abs=0.12)
    assert result.interval is not None
    assert result.interval[0] <= r <= result.interval[1]
    assert says in result.told


def test_too_few_promotions_cannot_tell_whatever_the_slope() -> None:
    whole, found = made([1, 100, 200], [1.0, 2.0, 8.0])
    result = measure([whole], [found], "evaluations", TASKS, 1)
    assert "there were 2" in result.told
    whole, found = made([1, 100], [1.0, 2.0])
    one = measure([whole], [found], "seconds", TASKS, 1)
    assert (one.r, one.interval) == (None, None)
    assert "there were 1" in one.told


def test_runs_have_intercepts_of_their_own() -> None:
    x = np.array([1.0, 2.0, 4.0])
    assert slope([(x, x), (x, 100 * x)]) == pytest.approx(1.0)
    assert slope([(x[:1], x[:1])]) is None


def test_what_a_real_run_cost_is_read_off_its_record(tmp_path: Path) -> None:
    (tmp_path / "improver.py").write_text(improvers.EXAMPLE.read_text("utf-8"), encoding="utf-8")
    (tmp_path / "successor.toml").write_text(LAB + "generations = 2\n", encoding="utf-8")
    with successor.load(tmp_path) as lab:
        run(lab)
    found = course(tmp_path)
    first, second = found.generations[:2]
    assert first == Generation(0, 0, 0, 3 * 4 * 20, first.seconds)
    assert second.looks >= 1
    assert second.evaluations >= second.looks * 3 * 2 * 20 + 2 * second.judged * 20
    assert found.stages[0].evaluations == 0
    done = CliRunner().invoke(returns.main, [str(tmp_path), "--tasks", "2", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert "can't tell" in told["told"]
    assert told["generations"][str(tmp_path)][1]["looks"] == second.looks
