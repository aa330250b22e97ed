from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from subjects.perfect import assert_task_holds, put_together, share_of_wrong_answers_caught
from successor.subjects.transformer import multiplier
from successor.subjects.transformer.model import Model
from successor.subjects.transformer.network import Network, initialise
from successor.subjects.transformer.problems import VOCABULARY, Problems, Tokens
from successor.subjects.transformer.tasks import TASKS, Multiplication
from successor.subjects.transformer.tasks.multiplication import pose

TASK = Multiplication()


def number(digits: Tokens) -> int:
    return int("".join(str(digit) for digit in digits[::-1]))


def test_a_product_is_written_as_rows_and_running_sums():
    problems = pose(np.array([[2, 1]], dtype=np.int8), np.array([[4, 3]], dtype=np.int8))
    text = "".join(VOCABULARY[token] for token in (*problems.prompts[0], *TASK.truth(problems)[0]))
    assert text == "21*43=840;840,630;040"


@given(wide=st.integers(1, 12), high=st.integers(1, 12), seed=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_the_low_digits_of_the_sums_are_the_product(wide: int, high: int, seed: int):
    rng = np.random.default_rng(seed)
    first, second = (rng.integers(0, 10, (1, n), dtype=np.int8) for n in (wide, high))
    lines = TASK.truth(pose(first, second))[0]
    sums = [lines[j * 2 * (wide + 2) + wide + 2 :][: wide + 1] for j in range(high)]
    product = np.array([*(line[0] for line in sums[:-1]), *sums[-1]])
    assert number(product) == number(first[0]) * number(second[0])


@given(
    name=st.sampled_from(sorted(TASKS)),
    size=st.integers(1, 24),
    kind=st.integers(0, 1),
    reach=st.integers(1, 12),
    seed=st.integers(0, 2**32),
)
@settings(max_examples=150, deadline=None)
def test_every_task_keeps_its_promises(name: str, size: int, kind: int, reach: int, seed: int):
    task = TASKS[name]()
    assert_task_holds(task, task.slices(size)[kind], reach, seed)


@pytest.mark.parametrize("name", sorted(TASKS))
def test_right_labels_come_in_every_labelled_size(name: str):
    task = TASKS[name]()
    sizes: set[int] = set()
    for seed in range(60):
        problems = task.draw_labelled(3, 4, np.random.default_rng(seed))
        layout = task.layout(problems.shape)
        assert problems.prompts.shape[1] == layout.prompt
        assert task.truth(problems).shape[1] == layout.answer
        sizes.add(problems.size)
    assert sizes >= {1, 2, 3}


@pytest.mark.parametrize("slice_name", ["3", "3 add", "9", "9 add"])
def test_a_wrong_digit_is_implausible(slice_name: str):
    assert share_of_wrong_answers_caught(TASK, slice_name, 1) > 0.99


def test_two_plans_differ():
    problems = TASK.draw("9", 1, np.random.default_rng(0))
    shapes = {
        tuple(part.shape for part in put_together(TASK, problems, 4, seed)[1]) for seed in range(10)
    }
    assert len(shapes) > 5


def test_all_digits_come_from_the_solver():
    def misled(part: Problems) -> Tokens:
        answers = TASK.truth(part).copy()
        answers[:, -1] = (answers[:, -1] + 1) % 10
        return answers

    problems = TASK.draw("6", 20, np.random.default_rng(0))
    answers, _ = put_together(TASK, problems, 3, 0, misled)
    assert not (answers == TASK.truth(problems)).all(axis=1).any()


def test_digits_that_matter_stand_at_the_same_distance():
    ids = TASK.layout("mul 4 5").ids
    places = {tuple(place): index for index, place in enumerate(ids)}
    assert len(places) == len(ids), "no two tokens share a position"
    for row in range(1, 5):
        for column in range(1, 5):
            assert (column, row, 2) in places
            assert (column, row - 1, 3) in places


def test_a_model_answers_and_grades_alike():
    subject = multiplier({"labelled": 2, "width": 32, "heads": 2, "threads": 1}, Path(), "")
    network = Network(subject.shape)
    initialise(network, 1)
    model = Model(network, TASK)
    for slice_name in ("2", "2 add"):
        problems = TASK.draw(slice_name, 6, np.random.default_rng(1))
        answers, surety = model.answer(problems)
        right = (answers == TASK.truth(problems)).all(axis=1)
        assert (model.right(problems) == right).all()
        assert ((surety > 0) & (surety <= 1)).all()


def test_a_training_step_reads_no_more_than_its_tokens():
    subject = multiplier(
        {"labelled": 3, "batch_tokens": 500, "mining": 2, "threads": 1}, Path(), ""
    )
    for seed in range(20):
        examples = subject.labelled(np.random.default_rng(seed))
        read = len(TASK.layout(examples.problems.shape).ids)
        assert examples.keep is not None
        assert examples.keep * read <= 500
        assert len(examples) == 2 * examples.keep
