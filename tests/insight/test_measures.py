from __future__ import annotations

import pytest

from successor.insight.measures import NAMES, measure
from successor.types import Draw, Exam, Slice


def exam(*slices: Slice) -> Exam:
    return Exam("v", Draw("training", 1, ()), slices)


def test_a_model_is_measured_by_how_far_it_reaches():
    found = measure(exam(Slice("1", 1.0, (1.0,) * 64), Slice("2", 2.0, (0.0,) * 64)))
    assert list(found) == ["horizon", "reliable_horizon"]
    assert 1.0 < found["horizon"] < 2.0


def test_a_program_is_measured_beside_the_first_version():
    found = measure(
        exam(
            Slice("tests", 1.0, (1.0, 1.0)),
            Slice("agreement/8", 8.0, (1.0, 0.0)),
            Slice("speed/8", 8.0, (0.5, 0.5)),
            Slice("speed/64", 64.0, (0.9, 0.9)),
            Slice("errors", 1.0, (0.25,)),
        )
    )
    assert found["speedup"] == pytest.approx(9.0)  # at 64, and 1 at 8
    assert found["correct"] == pytest.approx(0.75)  # of two slices, 1 and 0.5
    assert found["errors"] == 0.25
    assert next(iter(found)) == "speedup"


def test_a_perfect_score_is_a_finite_ratio():
    assert measure(exam(Slice("cost/1", 1.0, (1.0,))))["gain"] < 1e13


def test_a_target_may_name_all_that_is_ever_measured():
    assert {"horizon", "reliable_horizon", "speedup", "gain", "accuracy", "errors"} <= {*NAMES}
