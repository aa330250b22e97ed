"""A small transformer: what it answers, how it is graded, and that training can be resumed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from subjects.perfect import put_together
from subjects.small import SETTINGS, Desk, desk_of, small, taught
from successor.errors import Halt, UsageError
from successor.insight.measures import measure
from successor.subjects.transformer import Transformer, adder, saving
from successor.subjects.transformer import fit as fitting
from successor.subjects.transformer.model import Model, restore
from successor.subjects.transformer.network import Network, Seen, initialise
from successor.subjects.transformer.problems import Examples, Problems, Task, Tokens
from successor.subjects.transformer.subject import WEIGHTS, grid
from successor.subjects.transformer.tasks import TASKS
from successor.subjects.transformer.tasks.addition import Addition, operands_of, pose
from successor.types import Counts, Draw, Slice, Version

KINDS = ("taught", "untrained", "three layers", "no positions")
SLICES = ("1", "2", "2 carries", "5", "9 carries")


def untrained(subject: Transformer, seed: int = 5) -> Model:
    network = Network(subject.shape)
    initialise(network, seed)
    return Model(network, subject.task)


def model_of(kind: str) -> Model:
    subject, _, weights = taught()
    match kind:
        case "taught":
            return restore(weights, subject.shape, subject.task)
        case "three layers":
            return untrained(adder({**SETTINGS, "layers": 3}, Path(), ""))
        case "no positions":
            return untrained(adder({**SETTINGS, "positions": "none"}, Path(), ""))
        case _:
            return untrained(subject)


@torch.no_grad()
def one_by_one(model: Model, problems: Problems) -> Tokens:
    """Plain greedy decoding: each token the most probable after those already written."""
    layout, _ = model.frame(problems.shape)
    answers = np.zeros((len(problems), layout.answer), dtype=np.int8)
    for place in range(layout.answer):
        answers[:, place] = model.logits(problems, answers).argmax(dim=-1).numpy()[:, place]
    return answers


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("slice_name", SLICES)
def test_answers_are_those_of_decoding_token_by_token(kind: str, slice_name: str):
    model = model_of(kind)
    problems = taught()[0].pose(slice_name, 40, seed=3)
    answers, surety = model.answer(problems)
    assert (answers == one_by_one(model, problems)).all()
    assert ((surety > 0) & (surety <= 1)).all()


def test_carries_that_run_far_cost_no_whole_pass_each(monkeypatch: pytest.MonkeyPatch):
    model = model_of("taught")
    run = pose(np.array([[[1] + [9] * 13, [9] + [0] * 13]], dtype=np.int8))
    passes: list[int] = []
    forward = Model.logits

    def counted(
        self: Model, problems: Problems, answers: Tokens, seen: Seen | None = None
    ) -> torch.Tensor:
        passes.append(1)
        return forward(self, problems, answers, seen)

    monkeypatch.setattr(Model, "logits", counted)
    answers, _ = model.answer(run)
    assert len(passes) <= 4
    assert (answers == one_by_one(model, run)).all()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("slice_name", SLICES)
def test_graded_right_is_what_decodes_to_the_truth(kind: str, slice_name: str):
    model = model_of(kind)
    problems = taught()[0].pose(slice_name, 60, seed=4)
    truth = model.task.truth(problems)
    assert (model.right(problems) == (one_by_one(model, problems) == truth).all(axis=1)).all()


def test_it_adds_what_it_was_taught_and_not_what_it_was_not():
    subject, version, weights = taught()
    exam = subject.evaluate_self(version, 9, desk_of(weights))
    shares = {part.name: part.mean for part in exam.slices}
    assert shares["2"] > 0.9
    assert shares.get("8", 0.0) < 0.5
    assert exam.figures["unit"] == "digits"


def test_the_least_probable_token_is_what_it_is_sure_of():
    model = model_of("taught")
    problems = taught()[0].pose("2", 20, seed=6)
    answers, surety = model.answer(problems)
    logits = model.logits(problems, answers).detach().softmax(dim=-1).amax(dim=-1)
    assert surety == pytest.approx(logits.amin(dim=-1).numpy(), abs=1e-5)


def test_answers_do_not_depend_on_how_many_are_asked_at_once(monkeypatch: pytest.MonkeyPatch):
    model = model_of("taught")
    problems = taught()[0].pose("5", 50, seed=7)
    whole, right = model.answer(problems)[0], model.right(problems)
    monkeypatch.setattr("successor.subjects.transformer.model.READ", 100)
    assert model.rows(problems.shape) < 10
    assert (model.answer(problems)[0] == whole).all()
    assert (model.right(problems) == right).all()


def test_a_dumped_model_is_restored_to_the_bit():
    subject, _, weights = taught()
    again = restore(weights, subject.shape, subject.task)
    assert again.dump() == weights
    problems = subject.pose("2", 30, seed=8)
    first, second = again.answer(problems), model_of("taught").answer(problems)
    assert (first[0] == second[0]).all()
    assert (first[1] == second[1]).all()


@pytest.mark.parametrize("task", sorted(TASKS))
@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_every_position_has_an_id_and_every_token_a_place(task: str, size: int):
    made: Task = TASKS[task]()
    for name in made.slices(size):
        problems = made.draw(name, 5, np.random.default_rng(1))
        layout = made.layout(problems.shape)
        assert problems.prompts.shape == (5, layout.prompt)
        assert made.truth(problems).shape == (5, layout.answer)
        assert layout.ids.shape[0] == layout.prompt + layout.answer - 1
        assert made.size(name) == size


@pytest.mark.parametrize("size", [1, 2, 5, 17, 60])
@pytest.mark.parametrize("kind", ["", " carries"])
def test_the_truth_of_a_sum_is_what_python_says(size: int, kind: str):
    task = TASKS["addition"]()
    problems = task.draw(f"{size}{kind}", 50, np.random.default_rng(size))
    for prompt, answer in zip(problems.prompts, task.truth(problems), strict=True):
        first, second = prompt[:size], prompt[size + 1 : -1]
        told = [int("".join(map(str, digits[::-1]))) for digits in (first, second, answer)]
        assert told[0] + told[1] == told[2]


def test_labelled_sums_bring_rare_columns_often():
    rng = np.random.default_rng(2)
    shown = 0
    for _ in range(40):
        digits = operands_of(Addition().draw_labelled(8, 250, rng))
        nines, ones = (digits == 9).all(axis=1), (digits == 1).all(axis=1)
        shown += int((nines[:, :-1] & ones[:, 1:]).any(axis=1).sum())
    evenly = 1e-4 * 5  # columns of nines before columns of ones, were all digits drawn evenly
    assert shown > 3 * evenly * 40 * 250


def test_sums_that_carry_far_do():
    task = TASKS["addition"]()
    problems = task.draw("40 carries", 200, np.random.default_rng(2))
    columns = problems.prompts[:, :40] + problems.prompts[:, 41:-1]
    assert (columns == 9).mean() > 0.8


@pytest.mark.parametrize("size", [1, 2, 3, 8, 19, 50])
@pytest.mark.parametrize("reach", [2, 3, 8])
def test_a_sum_put_together_from_right_parts_is_right(size: int, reach: int):
    task = TASKS["addition"]()
    for seed, name in enumerate(task.slices(size)):
        problems = task.draw(name, 60, np.random.default_rng(seed))
        answers, asked = put_together(task, problems, reach, seed + 1)
        assert (answers == task.truth(problems)).all()
        assert all(part.size <= reach for part in asked)


class Killed(Desk):
    """A desk that keeps every checkpoint that was ever made."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[bytes] = []

    def checkpoint(self, state: bytes) -> None:
        self.kept.append(state)


def test_training_resumed_from_any_checkpoint_ends_in_the_same_bits(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(saving, "SAVE_EVERY_S", -1.0)
    subject = small(steps=12, decay=5)
    whole = Killed()
    draft = subject.create(3, whole)
    assert len(whole.kept) == 12
    for state in whole.kept:
        resumed = Desk()
        resumed.saved = state
        assert small(steps=12, decay=5).create(3, resumed).files == draft.files


def test_a_version_trained_on_after_a_halt_is_the_same():
    """And no step that was made before the halt is made again."""
    subject, version, weights = taught()
    problems = subject.pose("3", 64, seed=1)
    fresh = subject.examples(problems, subject.task.truth(problems))

    def train(desk: Desk, saved: bytes | None) -> dict[str, str]:
        def batch(step: int) -> Examples:
            return subject.take(fresh, np.random.default_rng(step))

        return subject.train(version, batch, 9, 1e-3, desk, saved, bytes)[0]

    whole = train(desk_of(weights), None)
    halted = Desk(lambda _, done: done == 5)
    halted.write(weights)
    with pytest.raises(Halt):
        train(halted, None)
    assert halted.saved is not None
    resumed = desk_of(weights)
    assert train(resumed, halted.saved) == whole
    assert next(done for stage, done in resumed.told if stage == "training") == 6
    assert whole[WEIGHTS] != version.files[WEIGHTS]


def test_the_loss_that_is_told_begins_with_the_first_one_seen(monkeypatch: pytest.MonkeyPatch):
    seen: list[float] = []
    told: list[float] = []
    one_step = fitting.learn

    def learn(
        model: Model, examples: Examples, optimiser: torch.optim.Optimizer, ends: float
    ) -> float:
        seen.append(one_step(model, examples, optimiser, ends))
        return seen[-1]

    class Listening(Desk):
        def progress(self, stage: str, done: float, total: float, **figures: float | str) -> None:
            told.append(float(figures["loss"]))

    monkeypatch.setattr(fitting, "learn", learn)
    draft = small(steps=6, decay=2).create(1, Listening())
    assert told[0] == pytest.approx(seen[0])
    assert min(seen) < told[-1] < max(seen)
    assert draft.figures["loss"] == told[-1]


def test_a_low_loss_begins_the_decay_no_sooner_than_it_did():
    """What people are told of the loss decides on nothing: the first steps alone say too little."""
    schedule, pace = fitting.Schedule(1e-3, 1000, 10), fitting.Pace()
    while pace.falling is None:
        pace = pace.after(0.001, 1, schedule)
    assert pace.step == 180
    assert pace.shown == pytest.approx(0.001)


@pytest.mark.parametrize("decay", [3, 4])
def test_training_takes_no_more_steps_than_are_allowed(decay: int):
    assert small(steps=4, decay=decay).create(1, Desk()).figures["steps"] == 4


def test_the_same_seed_trains_the_same_first_version_and_another_does_not():
    made = [small(steps=4, decay=2).create(seed, Desk()).files for seed in (1, 1, 2)]
    assert made[0] == made[1] != made[2]


def test_the_ends_of_answers_have_their_share_of_the_loss():
    subject, model = taught()[0], untrained(taught()[0])
    problems = subject.pose("5", 30, 2)
    examples = subject.examples(problems, model.task.truth(problems))
    still = torch.optim.SGD(model.network.parameters(), lr=0.0)
    alike, ends, both = (fitting.learn(model, examples, still, share) for share in (0.0, 1.0, 0.3))
    assert alike != pytest.approx(ends)
    assert both == pytest.approx(0.7 * alike + 0.3 * ends)


def test_a_loss_that_is_no_number_is_told():
    model = untrained(taught()[0])
    torch.nn.init.constant_(model.network.head.weight, float("nan"))
    optimiser = torch.optim.SGD(model.network.parameters(), lr=0.1)
    with pytest.raises(ArithmeticError, match="lower `learning_rate`"):
        fitting.learn(model, taught()[0].labelled(np.random.default_rng(1)), optimiser)


def test_a_confirmation_that_was_ended_asks_only_what_is_left(monkeypatch: pytest.MonkeyPatch):
    subject, version, weights = taught()
    asked: list[int] = []
    grade = Model.right

    def right(self: Model, problems: Problems) -> NDArray[np.bool_]:
        asked.append(len(problems))
        return grade(self, problems)

    def rows(_: Model, __: tuple[int, int]) -> int:
        return 16

    monkeypatch.setattr(Model, "right", right)
    monkeypatch.setattr(Model, "rows", rows)
    draw = Draw("confirmation", 11, (("1", 50), ("2", 70)))
    whole = subject.examine(version, draw, desk_of(weights))
    halted = Desk(lambda _, done: done == 82)
    halted.write(weights)
    with pytest.raises(Halt):
        subject.examine(version, draw, halted)
    resumed = desk_of(weights)
    resumed.saved, asked[:] = halted.saved, []
    assert subject.examine(version, draw, resumed) == whole
    assert sum(asked) == 120 - 82
    resumed.saved, asked[:] = halted.saved, []
    subject.examine(version, Draw("confirmation", 12, draw.counts), resumed)
    assert sum(asked) == 120


def test_the_same_draw_asks_the_same_and_a_confirmation_tells_how_far_it_is():
    subject, version, weights = taught()
    desk = desk_of(weights)
    draw = Draw("confirmation", 11, (("1", 50), ("2", 70)))
    exam = subject.examine(version, draw, desk)
    assert exam.draw == draw
    assert [len(part.scores) for part in exam.slices] == [50, 70]
    assert desk.told[-1] == ("confirming", 120)
    assert subject.examine(version, draw, desk) == exam
    told = len(desk.told)
    held_out = subject.examine(version, Draw("held-out", 11, draw.counts), desk)
    assert [part.scores for part in held_out.slices] == [part.scores for part in exam.slices]
    assert len(desk.told) == told


def test_an_exam_ends_after_two_hopeless_sizes_in_a_row():
    subject = small(largest=5000)
    weights = untrained(subject).dump()
    desk = desk_of(weights)
    version = Version("new", {WEIGHTS: desk.write(weights)}, (), "subject")
    exam = subject.evaluate_self(version, 1, desk)
    assert {part.size for part in exam.slices} <= {1, 2, 3, 4, 6}


def test_a_hopeless_kind_is_asked_no_more_while_another_goes_on(monkeypatch: pytest.MonkeyPatch):
    def graded(
        _self: Transformer, _version: Version, _seed: int, counts: Counts, *_: object
    ) -> list[Slice]:
        hard = {name: 100.0 if name.endswith("carries") else 6.0 for name, _ in counts}
        sizes = [(name, int(name.split()[0]), items) for name, items in counts]
        return [Slice(name, size, (float(size <= hard[name]),) * n) for name, size, n in sizes]

    monkeypatch.setattr(Transformer, "_grade", graded)
    exam = small(largest=300).evaluate_self(taught()[1], 1, Desk())
    plain = {part.size for part in exam.slices if not part.name.endswith("carries")}
    carries = {part.size for part in exam.slices if part.name.endswith("carries")}
    assert plain == {1, 2, 3, 4, 6, 7, 8, 12}
    assert max(carries) == 192
    assert {len(part.scores) for part in exam.slices if part.name in {"8", "12"}} == {16}


def test_an_exam_of_one_that_masters_all_asks_what_the_subject_said(
    monkeypatch: pytest.MonkeyPatch,
):
    def graded(
        _self: Transformer, _version: Version, _seed: int, counts: Counts, *_: object
    ) -> list[Slice]:
        return [Slice(name, int(name.split()[0]), (1.0,) * items) for name, items in counts]

    monkeypatch.setattr(Transformer, "_grade", graded)
    subject = small(largest=50)
    exam = subject.evaluate_self(taught()[1], 1, Desk())
    assert [(part.name, part.size) for part in exam.slices] == [*subject.asks()]
    assert measure(exam)["reliable_horizon"] == 48


@pytest.mark.parametrize(
    ("masters", "asked"), [(21, {20, 21, 22}), (11, {10, 11}), (100, {112, 104, 100}), (8, {9, 10})]
)
def test_an_exam_looks_closer_where_the_version_falters(
    monkeypatch: pytest.MonkeyPatch, masters: int, asked: set[int]
):
    def graded(
        _self: Transformer, _version: Version, _seed: int, counts: Counts, *_: object
    ) -> list[Slice]:
        sizes = [(name, int(name.split()[0]), items) for name, items in counts]
        return [Slice(name, size, (float(size <= masters),) * n) for name, size, n in sizes]

    monkeypatch.setattr(Transformer, "_grade", graded)
    exam = small(largest=300).evaluate_self(taught()[1], 1, Desk())
    sizes = [part.size for part in exam.slices]
    assert sizes == sorted(sizes)
    assert {*grid(masters)} | asked <= {*sizes}
    assert len({*sizes} - {*grid(300)}) == len(asked)


def test_the_grid_doubles_every_two_steps_and_ends_where_it_is_told():
    assert list(grid(50)) == [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48]


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 0},
        {"positions": "learnt"},
        {"labelled": "8"},
        {"depth": 3},
        {"steps": 1.5},
        {"width": 130},
        {"decay": 301, "steps": 300},
        {"decay": 2501},
        {"threads": 99999999},
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(wrong: dict[str, object]):
    with pytest.raises(UsageError, match=rf"\[subject\] {next(iter(wrong))} = ") as caught:
        adder(wrong, Path(), "")
    assert "\n" not in str(caught.value)
