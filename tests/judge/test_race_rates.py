"""Error rates of the judge of programs; the full size is benchmarks/null_race.py."""

import math
from dataclasses import asdict

import pytest

import null_race


def most(count: int, rate: float) -> float:
    """What a rate of at most `rate` exceeds with a chance of about 1 in 700."""
    return rate * count + 3 * math.sqrt(rate * (1 - rate) * count)


def check(each: int):
    result = null_race.simulate(each, 5, lambda: None)
    for row in result.nulls:
        assert row.better <= most(row.judged, null_race.ALPHA), row
    assert result.runs_with_any <= most(result.runs, null_race.ALPHA)
    drift, cold, _ = result.bare
    assert min(drift.better, cold.better) > 0.8 * each, "alternation does nothing"
    power = {row.case: row.better / row.judged for row in result.power}
    assert power["1.5 times as fast, all at once"] == power["2 times as fast, noise of 20%"] == 1.0
    assert null_race.restored(asdict(result)) == result


def test_an_unchanged_program_is_not_promoted_on_any_machine():
    check(5)


def test_the_progress_bar_knows_how_long_it_takes():
    steps = list[None]()
    null_race.simulate(1, 1, lambda: steps.append(None))
    assert len(steps) == null_race.steps(1)


@pytest.mark.slow
def test_a_thousand_unchanged_programs_are_not_promoted_on_any_machine():
    check(1_000)
