"""The judge's error rates, measured through the real judge; the full size is benchmarks/null.py."""

import importlib.util
import math
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def null() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "null.py"
    spec = importlib.util.spec_from_file_location("benchmarks_null", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def most(count: int, rate: float) -> float:
    """What a rate of at most `rate` exceeds with a chance of about 1 in 700."""
    return rate * count + 3 * math.sqrt(rate * (1 - rate) * count)


def check(null: ModuleType, candidates: int):
    result = null.simulate(candidates, 5, lambda: None)
    for row in result.nulls:
        assert row.better <= most(row.judged, null.ALPHA), row
    assert sum(row.better for row in result.nulls) <= null.ALPHA * candidates
    runs = result.whole_runs
    assert runs.runs_with_any <= most(runs.runs, null.ALPHA)
    power = {row.case: row.better / row.judged for row in result.power}
    assert power["+20 points, independent"] == power["+30 points, half alike"] == 1.0
    assert power["+5 points, half alike"] > 0.5


def test_candidates_of_no_gain_are_not_promoted(null: ModuleType):
    check(null, 600)


@pytest.mark.slow
def test_ten_thousand_candidates_of_no_gain_are_not_promoted(null: ModuleType):
    check(null, 10_000)
