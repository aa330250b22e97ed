"""How far a lab may come alone: measured by its exams. In a lab whose people sign: tests/cli."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from successor.judge.simulated import SimulatedRecord
from successor.oversight import THRESHOLD
from successor.oversight.thresholds import passed
from successor.types import Draw, Exam, Slice, Version


def line(*reached: float) -> SimulatedRecord:
    """A record whose versions, one after the other, measured so much."""
    record = SimulatedRecord()
    for number, value in enumerate(reached):
        name = str(number)
        parents = (str(number - 1),) if number else ()
        record.line.append(Version(name, {}, parents, "author"))
        record.exams[name] = Exam(name, Draw("training", 1, ()), (Slice("s", value, (1.0,)),))
    return record


def measure(exam: Exam) -> Mapping[str, float]:
    return {"horizon": exam.slices[0].size, "reliable_horizon": exam.slices[0].size / 2}


@pytest.mark.parametrize(
    ("thresholds", "reached", "told"),
    [
        ({}, [1e9], None),
        ({"horizon": 16.0}, [15.9], None),
        ({"horizon": 16.0}, [16.0], "horizon is 16, and people signed for less than 16"),
        ({"reliable_horizon": 16.0}, [31.0], None),
        ({"speedup": 2.0}, [31.0], None),
        ({"growth": 3.0}, [8.0], None),
        ({"growth": 3.0}, [8.0, 20.0], None),
        ({"growth": 3.0}, [8.0, 24.0], "growth is 3"),
        ({"growth": 3.0}, [8.0, 80.0, 90.0], None),
        ({"acceleration": 2.0}, [2.0, 4.0], None),
        ({"acceleration": 2.0}, [2.0, 4.0, 8.0], None),
        ({"acceleration": 2.0}, [2.0, 4.0, 16.0], "acceleration is 2"),
        ({"acceleration": 2.0}, [4.0, 2.0, 16.0], None),
        ({"acceleration": 2.0}, [1.0, 4.0, 16.0, 17.0], None),
        ({"growth": 2.0}, [0.0, 4.0], None),
    ],
)
def test_each_measure_and_its_growth(
    thresholds: dict[str, float], reached: list[float], told: str | None
) -> None:
    stop = passed(thresholds, line(*reached), measure)
    assert (stop is None) == (told is None)
    if stop is not None and told is not None:
        assert (stop.base_case, stop.needs_human) == (THRESHOLD, True)
        assert stop.reason.startswith(told)


def test_without_a_version_nothing_is_reached() -> None:
    assert passed({"horizon": 1.0}, SimulatedRecord(), measure) is None
