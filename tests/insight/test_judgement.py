"""Whose pick was better: two draws, so that luck counts once."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest

from successor.insight.judgement.moments import Moment, Option, What
from successor.insight.judgement.picks import Move, Outcome, Tried, compared, taste, tried
from successor.insight.judgement.telling import pair, rows
from successor.insight.share import Share
from successor.types import Draw, Exam, Slice, Version

DRAW = Draw("held-out", 1, ())


def exam(**slices: Sequence[float]) -> Exam:
    parts = (Slice(name.replace("_", "/"), 1.0, tuple(scores)) for name, scores in slices.items())
    return Exam("v", DRAW, tuple(parts))


def test_a_model_is_better_when_its_paired_scores_leave_no_doubt():
    worse, better = exam(a=[0.0] * 12 + [1.0] * 12), exam(a=[1.0] * 24)
    assert compared(better, worse) == "won"
    assert compared(worse, better) == "lost"
    assert compared(exam(a=[1.0] * 23 + [0.0]), exam(a=[1.0] * 24)) == "unclear"
    assert compared(better, better) == "unclear"


def test_a_faster_program_that_is_wrong_anywhere_loses():
    slow = exam(speed_9=[0.5, 0.5, 0.5], agreement_9=[1.0] * 30)
    fast = exam(speed_9=[0.9, 0.9, 0.91], agreement_9=[1.0] * 30)
    wrong = exam(speed_9=[0.9, 0.9, 0.91], agreement_9=[1.0] * 29 + [0.0])
    assert compared(fast, slow) == "won"
    assert compared(wrong, slow) == "lost"


def test_of_two_far_beyond_the_first_version_the_faster_is_better():
    """Five times as fast at the largest size is 0.0008 of a score, less than the rest varies."""
    right = [1.0] * 30
    fast = exam(speed_9=[0.99, 0.98, 0.985, 0.99], speed_30=[0.9998] * 4, agreement_9=right)
    less = exam(speed_9=[0.98, 0.99, 0.985, 0.98], speed_30=[0.9990] * 4, agreement_9=right)
    assert compared(fast, less) == "won"
    assert compared(less, fast) == "lost"


def test_equals_are_told_apart_by_chance_in_one_of_twenty():
    rng, told = np.random.default_rng(3), 0
    for _ in range(1000):
        one, other = (exam(speed_1=rng.normal(0.5, 0.05, 8).tolist()) for _ in range(2))
        told += compared(one, other) != "unclear"
    assert 0.03 <= told / 1000 <= 0.07


def moment(whats: Sequence[What], greedy: int, human: int | None, seq: int = 1) -> Moment:
    options = tuple(Option(what, Version(str(at), {}, (), "a")) for at, what in enumerate(whats))
    return Moment(seq, 1, "a", options, greedy, human, "policy", None)


def of(value: float) -> Exam:
    return exam(a=[value - 0.01, value, value + 0.01])


def test_the_first_draw_says_what_a_move_was_and_the_second_who_was_better():
    found = moment(["stay", "handed in", "passed over"], greedy=2, human=0)
    lucky = [of(0.9), of(0.5), of(0.5)]
    usual = [of(0.1), of(0.5), of(0.7)]
    strong = tried(found, lucky, usual, 1)
    assert strong.move == "strong"
    assert (strong.outcomes["human"], strong.outcomes["stay"]) == ("won", "won")
    assert strong.outcomes["greedy"] == "lost"
    assert tried(found, usual, usual, 1).move == "detour"
    same = tried(found, [of(0.5)] * 3, usual, 1)
    assert same.move == "unclear"


def test_without_other_options_there_is_no_greedy_and_no_random_pick():
    found = tried(moment(["stay", "handed in"], 1, None), [of(0.1)] * 2, [of(0.1), of(0.2)], 1)
    assert found.outcomes == {"stay": "won"}
    assert found.move is None


def test_the_random_pick_is_any_of_the_authors_options_and_never_to_stay():
    whats: list[What] = ["stay", "handed in", "passed over", "passed over", "edited"]
    exams = [of(0.9), of(0.5), of(0.1), of(0.9), of(0.9)]
    told = [
        tried(moment(whats, 2, None, seq), exams, exams, 1).outcomes["random"] for seq in range(300)
    ]
    for outcome in ("same", "won", "lost"):
        assert 0.25 <= told.count(outcome) / 300 <= 0.42


def outcomes(*told: Outcome, move: Move | None = None) -> list[Tried]:
    return [Tried(at, {"human": each}, move) for at, each in enumerate(told)]


def test_few_moments_cannot_tell_and_many_can():
    few = taste(outcomes("won", "won", "won", "won", "won", "same", "unclear"), "human")
    assert (few.share, few.of_all, few.verdict) == (Share(5, 5), Share(5, 7), "can't tell")
    won: list[Outcome] = ["won"] * 6
    lost: list[Outcome] = ["lost"] * 6
    assert taste(outcomes(*won), "human").verdict == "better"
    assert taste(outcomes(*lost), "human").verdict == "worse"
    assert taste([], "human").verdict == "can't tell"


def test_the_pair_stands_together():
    found = outcomes("won", "won", "lost", move="detour") + outcomes("lost", "same", move="strong")
    told = rows(found)
    assert [row.taste.moments for row in told[:3]] == [3, 2, 5]
    assert pair(told[0].taste, told[1].taste) == (
        "The AI's pick beat the person's at 2 of 3 detours (67%) and 0 of 2 strong moves (0%)."
    )


def test_shares_are_right_where_they_are_known():
    """A person who picks by chance, an AI that finds the best option four times in five."""
    rng, chance, found = np.random.default_rng(8), random.Random(8), list[Tried]()
    for seq in range(600):
        values = rng.permutation([0.3, 0.5, 0.7])
        best = int(values.argmax())
        ai = best if chance.random() < 0.8 else chance.choice([k for k in range(3) if k != best])
        order = [k for k in range(3) if k != ai]
        places = [order[0], ai, order[1]]  # what the AI picks is the second option
        human = chance.randrange(3)
        each = moment(["stay", "handed in", "passed over"], 2, human, seq)
        draws = [
            [exam(a=(values[k] + rng.normal(0, 0.2, 100)).tolist()) for k in places]
            for _ in range(2)
        ]
        found.append(tried(each, draws[0], draws[1], 1))
    detours, strong = taste(found, "human", "detour"), taste(found, "human", "strong")
    assert detours.moments == pytest.approx(400, abs=40)
    assert detours.of_all.value == pytest.approx(0.8 + 0.2 * 0.25, abs=0.06)
    assert strong.of_all.value == pytest.approx(0.0, abs=0.02)
    assert strong.lost / strong.moments == pytest.approx(0.2, abs=0.06)
    assert taste(found, "human").verdict == "better"
