"""Improvers in the real sandbox, honest and hostile; the tasks and what they are marked by."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path
from random import Random

import pytest

import successor
from subjects.program.labs import Desk, version
from subjects.small_improver import LAB
from successor.errors import UsageError
from successor.judge import RaceJudge, RaceSettings, SingleTest
from successor.judge.simulated import SimulatedRecord
from successor.lab import run
from successor.sandbox.confine import CHANNEL
from successor.subjects.improver import ImproverSubject, improver
from successor.subjects.improver.attempts import Attempt
from successor.subjects.improver.families import HELD_OUT, TRAINING, choices
from successor.subjects.improver.items import SLICES, drawn, one
from successor.subjects.improver.spaces import KINDS, Space
from successor.types import Draw, Verdict

FIRST = Path(__file__).parents[2] / "examples" / "improver" / "improver.py"
SOURCE = FIRST.read_text(encoding="utf-8")
BETTER = (
    SOURCE.replace("TOGETHER = 10", "TOGETHER = 2")
    .replace("RESTART = 0.2", "RESTART = 0.0")
    .replace("SHARE = 0.5", "SHARE = 0.3")
)
BUDGET = 40
FEW = Draw("held-out", 7, tuple((name, 2) for name in SLICES))
RANDOM = """\
import random
def improve(task):
    rng = random.Random(task.seed)
    while task.left:
        if task.kind == "reals":
            yield [[rng.random() for _ in range(task.size)]]
        elif task.kind == "choices":
            yield [[rng.randrange(task.choices) for _ in range(task.size)]]
        else:
            yield [rng.sample(range(task.size), task.size)]
"""


@pytest.fixture
def subject(tmp_path: Path) -> Iterator[ImproverSubject]:
    (tmp_path / "improver.py").write_text(SOURCE, encoding="utf-8")
    made = improver({"target": "improver.py", "evaluations": BUDGET}, tmp_path)
    yield made
    made.close()


def tried(subject: ImproverSubject, source: str, draw: Draw = FEW) -> list[Attempt]:
    return subject.attempts(source, draw)


def proposing(what: str, before: str = "") -> str:
    return f"{before}\ndef improve(task):\n    while task.left:\n        yield [{what}]\n"


def judged(subject: ImproverSubject, source: str, seed: int = 1, items: int = 4096) -> Verdict:
    desk, record = Desk(), SimulatedRecord()
    began = version(subject.create(1, desk))
    record.exams[began.id] = subject.evaluate_self(began, 1, desk)
    candidate = version(subject.draft(source, began, desk), began)
    settings = RaceSettings(effect=0.02, margin=0.03, items=items)
    judge = RaceJudge(subject, settings, SingleTest(0.05))
    return judge.judge(candidate, began, record, seed, desk)


# Tasks


@pytest.mark.parametrize("families", [TRAINING, HELD_OUT])
def test_a_task_is_priced_between_its_bound_and_random(families: dict[str, tuple[object, ...]]):
    for name, kind in zip(SLICES, KINDS, strict=True):
        for family in (TRAINING if families is TRAINING else HELD_OUT)[kind]:
            for number in range(20):
                item, rng = one(name, [family], f"test/{number}"), Random(number)
                costs = [item.task.cost(item.task.space.draw(rng)) for _ in range(50)]
                assert item.task.family == family.__name__
                assert item.task.space.kind == kind
                assert min(costs) >= item.task.bound - 1e-9
                assert item.middle > item.task.bound
                assert 0 <= item.area(costs, 50) <= 1


def test_inputs_of_a_network_come_out_unsorted_as_often_as_they_do():
    """Against the plain way to run comparators, on one after another."""
    for seed in range(20):
        rng = Random(seed)
        task = choices.network(rng)
        told = Random(seed)
        wires, _ = told.choice(choices.NETWORKS)
        pairs = list(combinations(range(wires), 2))
        told.shuffle(pairs)
        candidate, unsorted = task.space.draw(rng), 0
        for given in product((0, 1), repeat=wires):
            values = list(given)
            for a, b in (pairs[int(each)] for each in candidate):
                values[a], values[b] = sorted((values[a], values[b]))
            unsorted += values != sorted(values)
        assert task.cost(candidate) == unsorted
        if len(candidate) == 5:
            least = [(0, 1), (2, 3), (0, 2), (1, 3), (1, 2)]
            assert task.cost([pairs.index(each) for each in least]) == 0


def test_no_family_that_is_held_out_is_for_training():
    seen = {family for families in TRAINING.values() for family in families}
    assert not seen & {family for families in HELD_OUT.values() for family in families}
    assert [len(each) for each in TRAINING.values()] == [len(each) for each in HELD_OUT.values()]


def test_a_draw_is_the_same_again_and_another_for_another_purpose_or_seed():
    def prices(draw: Draw) -> list[float]:
        return [each.task.cost(each.task.space.draw(Random(1))) for each in drawn(draw)]

    assert prices(FEW) == prices(FEW)
    assert prices(FEW) != prices(Draw("held-out", 8, FEW.counts))
    assert prices(FEW) != prices(Draw("confirmation", 7, FEW.counts))
    held = {family.__name__ for families in HELD_OUT.values() for family in families}
    for purpose in ("held-out", "confirmation"):
        assert {each.task.family for each in drawn(Draw(purpose, 7, FEW.counts))} <= held


def test_the_area_is_the_mean_of_the_best_so_far_and_lasts_for_who_ends_early():
    item = drawn(FEW)[0]
    room = item.middle - item.task.bound
    half, worse = item.middle - room / 2, item.middle + room
    courses = [[worse, half, worse, item.task.bound], [half], [worse, half, item.task.bound], []]
    areas = [item.area(costs, 4) for costs in courses]
    assert [round(area, 9) for area in areas] == [0.5, 0.5, 0.625, 0.0]
    assert round(item.area(courses[0], 2), 9) == 0.25


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("reals", [0.1, 0.2]),
        ("reals", [0.1, 0.2, 1.01]),
        ("reals", [0.1, 0.2, float("nan")]),
        ("reals", [0.1, 0.2, True]),
        ("reals", "abc"),
        ("reals", {0.1, 0.2, 0.3}),
        ("choices", [0, 1, 4]),
        ("choices", [0, 1, -1]),
        ("choices", [0, 1, 1.0]),
        ("choices", [0, 1, 10**6000]),
        ("order", [0, 1, 1]),
        ("order", [0.0, 1, 2]),
        ("order", [0, 1, 2, 3]),
    ],
)
def test_what_is_no_candidate_is_refused(kind: str, said: object):
    space = next(Space(each, 3, 4 * (each == "choices")) for each in KINDS if each == kind)
    with pytest.raises(ValueError, match="where a candidate is a list of"):
        space.read(said)
    assert space.read(drawn_from := [*space.draw(Random(1))]) == drawn_from


# Honest improvers


def test_the_same_seed_gives_the_same_candidates(subject: ImproverSubject, tmp_path: Path):
    first = [each.costs for each in tried(subject, SOURCE)]
    other = improver({"target": "improver.py", "evaluations": BUDGET}, tmp_path)
    assert [each.costs for each in tried(other, SOURCE)] == first
    other.close()
    assert [each.costs for each in tried(subject, SOURCE + "\n")] == first
    assert all(len(each) == BUDGET for each in first)


def test_search_is_better_than_chance_and_more_of_it_than_less(tmp_path: Path):
    (tmp_path / "improver.py").write_text(SOURCE, encoding="utf-8")
    subject = improver({"target": "improver.py", "evaluations": 200}, tmp_path)
    draw = Draw("held-out", 3, tuple((name, 16) for name in SLICES))
    means = [
        sum(each.score(200) for each in tried(subject, source, draw)) / 48
        for source in (RANDOM, SOURCE, BETTER)
    ]
    subject.close()
    assert means[0] + 0.01 < means[1] < means[2] - 0.01


def test_who_ends_early_keeps_what_it_has(subject: ImproverSubject):
    found = tried(subject, SOURCE.replace("while task.left:", "for _ in range(2):"))
    assert all(len(each.costs) == 20 and not each.why and each.score(BUDGET) > 0 for each in found)


def test_what_is_left_and_told_of_a_task(subject: ImproverSubject):
    tells = RANDOM.replace(
        "    while task.left:",
        f"    assert (task.evaluations, task.left) == ({BUDGET}, {BUDGET})\n"
        "    before = task.left + 1\n"
        "    while task.left:\n"
        "        assert task.left == before - 1\n"
        "        before = task.left",
    )
    assert not any(each.why for each in tried(subject, tells))


def test_variables_of_its_module_stay_within_a_task(subject: ImproverSubject):
    keeps = RANDOM.replace(
        "def improve(task):", "seen = []\ndef improve(task):\n    assert not seen; seen.append(1)"
    )
    assert not any(each.why for each in tried(subject, keeps))


# Hostile and broken ones


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (proposing("None"), "proposed None"),
        (proposing("[2.5] * task.size"), "proposed [2.5"),
        (proposing("[0.5] * (task.size + 1)"), "where a candidate is a list of"),
        (proposing("object()"), "no plain data"),
        ("def improve(task):\n    return [0.5] * task.size\n", "raised TypeError"),
        ("def improve(task):\n    yield from ()\n", "proposed nothing"),
        ("def improve(task):\n    while True:\n        yield []\n", "proposed nothing"),
        ("def improve(task):\n    yield 0.5\n", "no list of candidates"),
        ("def improve(task):\n    raise ValueError('lost')\n    yield\n", "raised ValueError"),
        ("def improve(task):\n    while True:\n        pass\n    yield\n", "timeout"),
        (proposing("1", "import os; os._exit(0)"), "crashed"),
        (proposing("1", "raise SystemExit"), "SystemExit"),
        (proposing("bytearray(10**10)"), "ran out of memory"),
    ],
)  # fmt: skip
def test_a_broken_one_is_worth_nothing_and_says_why(tmp_path: Path, source: str, why: str):
    (tmp_path / "improver.py").write_text(SOURCE, encoding="utf-8")
    told = {"target": "improver.py", "evaluations": BUDGET, "wall_s": 0.5}
    subject = improver(told, tmp_path)
    found = tried(subject, source)
    subject.close()
    assert all(each.score(BUDGET) == 0 for each in found)
    assert why in found[0].why


def test_failing_late_is_worth_nothing_too(subject: ImproverSubject):
    late = RANDOM.replace("while task.left:", "while task.left > 3:") + "    yield ['gone']\n"
    found = tried(subject, late)
    assert all(len(each.costs) == BUDGET - 3 and each.score(BUDGET) == 0 for each in found)


def test_no_more_is_priced_than_there_is(subject: ImproverSubject):
    greedy = RANDOM.replace(
        "while task.left:", "task.left = task.evaluations = 10**9\n    while True:"
    )
    found = tried(subject, greedy)
    assert [each.costs for each in found] == [each.costs for each in tried(subject, RANDOM)]


def test_candidates_are_priced_one_by_one_however_many_come_together(subject: ImproverSubject):
    together = RANDOM.replace("yield [", "found.append(").replace("]\n", ")\n")
    together = together.replace("while task.left:", "found = []\n    for _ in range(10**3):")
    found = tried(subject, together + "    yield found\n")
    assert [each.costs for each in found] == [each.costs for each in tried(subject, RANDOM)]


def test_a_slow_one_is_ended(tmp_path: Path):
    (tmp_path / "improver.py").write_text(SOURCE, encoding="utf-8")
    subject = improver({"target": "improver.py", "evaluations": 1000, "cpu_s": 0.02}, tmp_path)
    slow = RANDOM.replace("while task.left:", "while task.left:\n        sum(range(50_000))")
    found = tried(subject, slow)
    subject.close()
    assert all("cpu_s" in each.why and len(each.costs) < 1000 for each in found)


FORGES = f"""\
import os
from marshal import dumps
def improve(task):
    yield [[0] * task.size if task.kind == "reals" else [*range(task.size)]]
    os.write({CHANNEL}, b"\\0" * 64)
    yield [[0] * task.size]
"""


def test_answers_that_nobody_asked_for_quarantine(subject: ImproverSubject):
    verdict = judged(subject, FORGES)
    assert verdict.outcome == "not better"
    assert verdict.tripwires == ("sends answers that nobody asked for",)


def test_reaching_for_what_runs_it_quarantines(subject: ImproverSubject):
    verdict = judged(subject, "import gc\n" + SOURCE)
    assert verdict.outcome == "not better"
    assert "begins to import 'gc'" in verdict.tripwires[0]


SPIES = """\
import sys, os, random
FOUND = []
def look():
    import gc
    for each in gc.get_objects():
        name = getattr(type(each), "__name__", "")
        if name in ("Item", "Attempt", "Draw", "Space"):
            FOUND.append("SECRET " + name)
    for path in ("/proc/self/environ", "/proc/1/environ", "/proc/self/cmdline"):
        try:
            FOUND.append(open(path).read())
        except OSError:
            pass
    for name in sys.modules:
        if name.startswith("successor.subjects"):
            FOUND.append("SECRET " + name)
    return [each for each in FOUND if each.startswith("SECRET")]
def improve(task):
    told = {key for key in vars(task)}
    assert told == {"kind", "size", "choices", "evaluations", "left", "seed", "questions"}, told
    assert not look(), look()
    yield [[0.5] * task.size]
"""


@pytest.mark.parametrize(
    ("planted", "why"), [("", ""), ("Item = type('Item', (), {})()", "SECRET Item")]
)
def test_a_spy_finds_no_task_and_no_score_in_its_process(
    subject: ImproverSubject, planted: str, why: str
):
    reals = Draw("held-out", 7, ((SLICES[0], 3),))
    told = [each.why for each in tried(subject, SPIES + planted, reals)]
    assert all(why in each if why else not each for each in told)


@pytest.mark.parametrize("module", ["successor.subjects.improver.items", "successor.types"])
def test_what_draws_tasks_cannot_be_imported(subject: ImproverSubject, module: str):
    source = proposing("[0.5] * task.size", f"import {module}")
    assert all("ModuleNotFoundError" in each.why for each in tried(subject, source))


def test_nothing_that_is_told_tells_how_a_task_was_drawn(subject: ImproverSubject):
    """What crosses the border is the space, the budget, a digest for chances, and prices."""
    told = [subject._arena._told(item) for item in drawn(FEW)]
    keys = {"kind", "size", "choices", "evaluations", "seed", "questions"}
    assert all(isinstance(each, dict) and {str(key) for key in each} == keys for each in told)
    again = [item.chances for item in drawn(Draw("held-out", FEW.seed + 1, FEW.counts))]
    assert not {item.chances for item in drawn(FEW)} & {*again}


# As a lab has it


def test_screening_and_exams_ask_training_families_only(subject: ImproverSubject):
    desk = Desk()
    first = version(subject.create(1, desk))
    subject.evaluate_self(first, 1, desk)
    subject.screen(BETTER, first, 1, desk)
    subject.failures(first, 1, desk)
    seen = {a.item.task.family for each in subject._known.values() for a in each}
    assert seen
    assert seen <= {family.__name__ for families in TRAINING.values() for family in families}


def test_what_is_screened_is_refused_or_measured(subject: ImproverSubject):
    desk = Desk()
    first = version(subject.create(1, desk))
    same = subject.screen(SOURCE + "\n", first, 1, desk)
    assert (same.correct, same.gains) == (True, {"area": 1.0, "size": 1.0})
    assert subject.screen(BETTER, first, 1, desk).gains["area"] > 1.05
    for broken in ("def improve(task", "def other(task):\n    yield 1\n", proposing("0")):
        refused = subject.screen(broken, first, 1, desk)
        assert not refused.correct
        assert refused.why


def test_a_first_version_that_fails_is_refused(tmp_path: Path):
    (tmp_path / "mine.py").write_text(proposing("0"), encoding="utf-8")
    subject = improver({"target": "mine.py"}, tmp_path)
    with pytest.raises(UsageError, match=r"mine\.py: proposed 0, where a candidate is a list of"):
        subject.create(1, Desk())
    subject.close()


@pytest.mark.parametrize(
    ("target", "text", "why"),
    [
        ("none.py", None, "No such file"),
        ("../improver.py", None, "in the lab's folder"),
        ("notes.txt", "improve", "should be a Python file"),
        ("mine.py", "x = 1\n", r"has no function improve\(task\)"),
        ("mine.py", "def improve(", "does not parse"),
    ],
)
def test_what_cannot_be_an_improver_is_said_in_a_line(
    tmp_path: Path, target: str, text: str | None, why: str
):
    if text is not None:
        (tmp_path / target).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=why) as told:
        improver({"target": target}, tmp_path)
    assert "\n" not in str(told.value)


def test_a_lab_of_it_runs_and_goes_on(tmp_path: Path):
    (tmp_path / "improver.py").write_text(SOURCE, encoding="utf-8")
    (tmp_path / "successor.toml").write_text(
        f"{LAB.replace('1m', '1h')}generations = 3\n", encoding="utf-8"
    )
    with successor.load(tmp_path) as lab:
        first = successor.improve_self(lab)
        assert first.version is not None
        assert first.version.author == "subject"
    with successor.load(tmp_path) as lab:
        assert lab.version == first.version
        stop = run(lab)
        assert stop.base_case == "generations"
        exam = lab.parts.ledger.exam(first.version.id)
        assert exam is not None
        assert [part.name for part in exam.slices] == [*SLICES]


@pytest.mark.slow
def test_a_better_one_is_found_out_and_a_changed_seed_is_not(tmp_path: Path):
    (tmp_path / "improver.py").write_text(SOURCE, encoding="utf-8")
    subject = improver({"target": "improver.py", "evaluations": 200}, tmp_path)
    better = judged(subject, BETTER)
    assert better.outcome == "better", better.reason
    assert better.e_value >= better.threshold
    for seed in (1, 2):
        chance = SOURCE.replace("Random(task.seed)", f"Random(task.seed + {seed})")
        assert judged(subject, chance, seed, 400).outcome != "better"
    subject.close()


@pytest.mark.slow
def test_one_that_fails_at_a_task_is_refuted_by_it(subject: ImproverSubject):
    fails = BETTER.replace("while task.left:", "while task.left:\n        assert task.size != 5")
    verdict = judged(subject, fails)
    assert verdict.outcome == "not better"
    assert "AssertionError" in verdict.reason
