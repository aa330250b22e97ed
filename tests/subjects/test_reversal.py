from __future__ import annotations

import numpy as np
import pytest

from subjects.perfect import assert_task_holds, put_together, share_of_wrong_answers_caught
from successor.subjects.transformer.problems import VOCABULARY
from successor.subjects.transformer.tasks import Reversal
from successor.subjects.transformer.tasks.reversal import pose

TASK = Reversal()


def test_a_string_is_written_backwards():
    problems = pose(np.array([[1, 2, 3, 4]], dtype=np.int8))
    assert "".join(VOCABULARY[token] for token in problems.prompts[0]) == "1234="
    assert TASK.truth(problems).tolist() == [[4, 3, 2, 1]]


@pytest.mark.parametrize("reach", [1, 2, 5, 40])
@pytest.mark.parametrize("slice_name", ["1", "2", "7", "7 runs", "64", "64 runs"])
def test_reversal_keeps_its_promises(slice_name: str, reach: int):
    assert_task_holds(TASK, slice_name, reach, 3)


def test_pieces_are_joined_last_first():
    problems = pose(np.arange(8, dtype=np.int8)[None])
    answers, asked = put_together(TASK, problems, 3, 0)
    assert answers.tolist() == [[7, 6, 5, 4, 3, 2, 1, 0]]
    assert len(asked) >= 3


def test_runs_repeat_digits():
    digits = TASK.draw("200 runs", 50, np.random.default_rng(0)).prompts[:, :-1]
    assert 0.7 < (digits[:, 1:] == digits[:, :-1]).mean() < 0.9


def test_a_digit_has_the_position_of_what_it_repeats():
    ids = TASK.layout("reverse 5").ids
    assert ids.tolist() == [1, 2, 3, 4, 5, 6, 5, 4, 3, 2]


def test_a_wrong_digit_is_implausible():
    assert share_of_wrong_answers_caught(TASK, "12", 1) > 0.99


def test_swapping_two_digits_of_equal_sign_goes_unnoticed():
    problems = pose(np.array([[1, 2, 3, 4]], dtype=np.int8))
    swapped = np.array([[2, 3, 4, 1]], dtype=np.int8)
    assert TASK.plausible(problems, swapped).all()
