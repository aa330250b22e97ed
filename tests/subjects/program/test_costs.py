"""Programs whose answers have a cost: judged by it, on packings small enough to see through."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from subjects.program.labs import Desk, Lab, lab, made
from successor.errors import UsageError
from successor.judge import RaceJudge, RaceSettings, SingleTest
from successor.judge.simulated import SimulatedRecord
from successor.sandbox import Call, Program
from successor.subjects.program.agreement import Answer
from successor.subjects.program.goals import read_goal
from successor.subjects.program.scoring import LEAST, WORST
from successor.types import Verdict

NEXT_FIT = """\
def pack(items: list[int], capacity: int) -> list[int]:
    chosen, rooms = [], []
    for item in items:
        if item > capacity:
            raise ValueError("too large")
        able = [len(rooms) - 1] if rooms and rooms[-1] >= item else []
        if not able:
            rooms.append(capacity)
            able = [len(rooms) - 1]
        rooms[able[0]] -= item
        chosen.append(able[0])
    return chosen
"""
FIRST_FIT = NEXT_FIT.replace(
    "[len(rooms) - 1] if rooms and rooms[-1] >= item else []",
    "[place for place, room in enumerate(rooms) if room >= item]",
)
SCORE = """\
def cost(arguments, answer):
    items, capacity = arguments
    share = capacity / sum(items)
    if not isinstance(answer, list) or len(answer) != len(items):
        raise ValueError("no packing")
    filled = [0] * (max(answer) + 1)
    for item, place in zip(items, answer, strict=True):
        filled[place] += item
    if max(filled) > capacity:
        raise ValueError("too full")
    answer.clear()
    return len(filled) * share - 1
"""
INPUTS = """\
def draw(random, size):
    return [random.randint(20, 70) for _ in range(size)], 100
"""
TEST = """\
from bins import pack
def test_packs():
    assert len(pack([20, 70, 30], capacity=100)) == 3
"""
FILES = {"bins.py": NEXT_FIT, "score.py": SCORE, "inputs.py": INPUTS, "test_bins.py": TEST}
SETTINGS: dict[str, Any] = {"cost": "score.py:cost", "inputs": "inputs.py:draw", "sizes": (20, 60)}
SUM = "def best() -> float:\n    step = 8.0\n    return step\n"
ALONE: dict[str, Any] = {"cost": "score.py:cost", "sizes": (1,)}
WORTH = """\
def cost(arguments, answer):
    if answer < 0:
        raise ValueError("below 0")
    return answer
"""


def judged(given: Lab, source: str, **settings: Any) -> Verdict:  # noqa: ANN401 - of the judge
    record = SimulatedRecord()
    record.exams[given.first.id] = given.subject.evaluate_self(given.first, 1, given.desk)
    judge = RaceJudge(given.subject, RaceSettings(**settings), SingleTest(0.05))
    return judge.judge(given.write(source), given.first, record, 3, given.desk)


def test_another_answer_that_costs_less_is_better(tmp_path: Path):
    with lab(tmp_path, FILES, "bins.py:pack", "lower cost", **SETTINGS) as bins:
        assert bins.subject.objectives == ("cost",)
        means = bins.means(bins.write(FIRST_FIT))
        assert means["agreement/60"] == 1.0
        assert means["cost/60"] > 0.55
        assert bins.means(bins.first)["cost/60"] == 0.5
        screening = bins.subject.screen(FIRST_FIT, bins.first, 1, bins.desk)
        assert screening.correct, screening.why
        assert screening.gains["cost"] > 1.2
        verdict = judged(bins, FIRST_FIT)
        assert verdict.outcome == "better"
        assert verdict.reason.startswith("cost 0.")
        assert judged(bins, NEXT_FIT.replace("[len(rooms) - 1]", "[-1 + len(rooms)]")).outcome != (
            "better"
        )
        assert not any(b"score" in data for data in bins.desk.objects.values())


def test_an_exam_that_is_late_has_one_size_of_everything(tmp_path: Path):
    with lab(
        tmp_path, FILES, "bins.py:pack", "lower cost, faster", exam_s=1e-9, **SETTINGS
    ) as bins:
        exam = bins.subject.evaluate_self(bins.first, 1, bins.desk)
    families = [part.name.partition("/")[0] for part in exam.slices]
    assert {"agreement", "cost", "speed"} <= {*families}
    assert len(families) == len({*families})


def test_the_dearer_program_does_not_come_back(tmp_path: Path):
    files = {**FILES, "bins.py": FIRST_FIT}
    with lab(tmp_path, files, "bins.py:pack", "lower cost", **SETTINGS) as bins:
        assert bins.subject.screen(NEXT_FIT, bins.first, 1, bins.desk).gains["cost"] < 0.9
        verdict = judged(bins, NEXT_FIT)
    assert verdict.outcome == "not better"
    assert verdict.regressions[0].startswith("cost/")


def test_what_plainly_costs_more_is_not_asked_everything(tmp_path: Path):
    files = {**FILES, "bins.py": FIRST_FIT}
    told = {NEXT_FIT: 0, FIRST_FIT.replace("chosen.append(able[0])", "chosen.append(able[+0])"): 0}
    with lab(tmp_path, files, "bins.py:pack", "lower cost", **SETTINGS) as bins:
        bins.subject.screen(NEXT_FIT, bins.first, 1, bins.desk)  # the incumbent is asked here
        bench = bins.subject.ground.bench
        asked = list[int]()
        plain = bench.ask

        def ask(
            program: Program, calls: Sequence[Call], wall_s: float | None = None
        ) -> tuple[Answer, ...]:
            asked.append(len(calls))
            return plain(program, calls, wall_s)

        bench.ask = ask  # pyright: ignore[reportAttributeAccessIssue] - counts what is asked
        for source in told:
            asked.clear()
            screening = bins.subject.screen(source, bins.first, 1, bins.desk)
            assert screening.correct
            told[source] = sum(asked)
    worse, same = told.values()
    assert worse < same


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("return chosen", "return [0] * len(items)", "too full"),
        ("return chosen", "return tuple(chosen)", "no packing"),
        ("return chosen", "return {}", "no packing"),
        ("return chosen", "return [None] * len(items)", "not"),
        ("return chosen", "items.clear()\n    return chosen", "changes its arguments"),
        ("return chosen", "while True:\n        pass", "no answer (timeout"),
    ],
)
def test_what_is_no_answer_is_refused_with_the_reason(
    tmp_path: Path, old: str, new: str, told: str
):
    wrong = NEXT_FIT.replace(old, new)
    with lab(tmp_path, FILES, "bins.py:pack", "lower cost", **SETTINGS, wall_s=1) as bins:
        screening = bins.subject.screen(wrong, bins.first, 1, bins.desk)
        verdict = judged(bins, wrong)
    assert not screening.correct
    assert told in screening.why
    assert verdict.outcome == "not better"
    assert verdict.reason.startswith("wrong where the incumbent is right: ")


def test_exceptions_stay_what_they_were(tmp_path: Path):
    test = (
        f"{TEST}    import pytest\n    with pytest.raises(ValueError):\n        pack([101], 100)\n"
    )
    files = {**FILES, "test_bins.py": test.replace("raises(ValueError)", "raises(Exception)")}
    other = NEXT_FIT.replace("ValueError", "KeyError")
    with lab(tmp_path, files, "bins.py:pack", "lower cost", **SETTINGS) as bins:
        assert "KeyError" in bins.subject.screen(other, bins.first, 1, bins.desk).why


def test_arguments_are_put_in_their_places_and_costs_are_bounded(tmp_path: Path):
    with lab(tmp_path, FILES, "bins.py:pack", "lower cost", **SETTINGS) as bins:
        grader = bins.subject.ground.grader
        assert grader.cost is not None
        named = Call(([50, 50],), {"capacity": 100})
        assert grader.cost.cost(named, [0, 0]) == 0
        assert grader.cost.cost(Call(([50, 50],), {"room": 100}), [0, 0]) is None
        assert grader.cost.cost(Call(([], 100)), []) is None
        answers = bins.subject.ground.bench.ask(
            grader.program(bins.subject.ground.files("def pack(*_):\n    return [0, 0]\n")),
            [Call(([50, 50], 100)), Call(([70, 50], 100))],
        )
        assert grader.costs([Call(([50, 50], 100)), Call(([70, 50], 100))], answers) == [
            LEAST,
            WORST,
        ]


def test_one_question_is_asked_without_a_sample(tmp_path: Path):
    files = {"best.py": SUM, "score.py": WORTH}
    with lab(tmp_path, files, "best.py:best", "lower cost", **ALONE) as best:
        assert best.subject.ground.slices() == ("tests", "cost/1")
        better = judged(best, SUM.replace("8.0", "7.0"))
        assert (better.outcome, better.items) == ("better", 0)
        assert "cost 7 against 8; certain" in better.reason
        assert judged(best, SUM.replace("8.0", "7.9")).outcome == "not better"
        worse = judged(best, SUM.replace("8.0", "9.0"))
        assert worse.regressions == ("cost",)
        invalid = judged(best, SUM.replace("8.0", "-1.0"))
        assert "below 0" in invalid.reason
        assert best.subject.screen(SUM.replace("8.0", "4.0"), best.first, 1, best.desk).gains[
            "cost"
        ] == pytest.approx(2.0)


def test_chance_is_sampled_and_luck_is_not_kept(tmp_path: Path):
    chance = "import random\ndef best() -> float:\n    return 8.0 + random.random()\n"
    files = {"best.py": chance, "score.py": WORTH}
    with lab(tmp_path, files, "best.py:best", "lower cost", **ALONE) as best:
        same = judged(best, chance.replace("8.0 + random.random()", "random.random() + 8.0"))
        assert same.outcome != "better"
        assert same.items > 0
        better = judged(best, chance.replace("8.0", "4.0"))
    assert better.outcome == "better"
    assert better.items > 0


@pytest.mark.parametrize(
    ("files", "settings", "told"),
    [
        ({}, {"cost": "score.py:coast"}, "has no function 'coast'; did you mean 'cost'"),
        ({}, {"cost": "scores.py:cost"}, "does not exist"),
        ({"score.py": "import nosuchmodule\n" + SCORE}, {}, "cannot be imported: No module"),
        ({"test_bins.py": TEST + "import score\n"}, {}, "they may not see it"),
        ({}, {"cost": None, "objectives": ("cost",)}, '"cost" needs [subject] cost'),
    ],
)
def test_a_cost_function_that_cannot_be_used_is_refused_in_a_line(
    tmp_path: Path, files: dict[str, str], settings: dict[str, Any], told: str
):
    with pytest.raises(UsageError) as refusal:
        made(tmp_path, {**FILES, **files}, "bins.py:pack", **(SETTINGS | settings))
    assert told in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("score", "told"),
    [
        ("def cost(arguments, answer):\n    return -1.0\n", "gives -1.0: a cost is a finite"),
        ("def cost(arguments, answer):\n    return 'low'\n", "gives 'low': a cost"),
        ("def cost(arguments, answer):\n    raise ValueError('no')\n", "refuses what"),
        ("def cost(arguments, answer):\n    return 1 / 0\n", "fails on every answer"),
    ],
)
def test_an_original_without_a_cost_is_refused_in_a_line(tmp_path: Path, score: str, told: str):
    subject = made(tmp_path, {**FILES, "score.py": score}, "bins.py:pack", **SETTINGS)
    try:
        with pytest.raises(UsageError) as refusal:
            subject.create(1, Desk())
    finally:
        subject.close()
    assert told in str(refusal.value)


def test_goals_of_cost(tmp_path: Path):
    assert read_goal("lower cost").objectives == ("cost",)
    assert read_goal("smaller cost, faster").objectives == ("cost", "speed")
    assert read_goal("fewer bins", "cost").objectives == ("cost",)
    subject = made(tmp_path, FILES, "bins.py:pack", "faster", **SETTINGS)
    assert subject.objectives == ("cost", "speed")
    subject.close()
    without = made(tmp_path, FILES, "bins.py:pack", "lower cost", sizes=(4,))
    assert without.objectives == ("speed",)
    assert "name a [subject] cost" in without.report()["notes"][0]
    without.close()
