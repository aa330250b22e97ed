"""The author `training` on a real adder: what it practises, what it trusts, how it resumes."""

from __future__ import annotations

from collections import Counter
from typing import NoReturn, cast

import numpy as np
import pytest
import torch

from subjects.small import Desk, desk_of, small, taught
from successor.authors.training import Learner, Settings, TrainingAuthor, training
from successor.authors.training.author import EXAMPLES
from successor.authors.training.lessons import plan_lessons, reach_of
from successor.authors.training.progress import State
from successor.authors.training.strategies import Amplify, Strategy, Verify, strategy
from successor.errors import Halt, UsageError
from successor.subjects.transformer import Transformer, saving
from successor.subjects.transformer.model import restore
from successor.subjects.transformer.problems import Examples, Problems, Tokens
from successor.subjects.transformer.tasks import Addition
from successor.types import Brief, Draft, Version, Weakness
from successor.validation import validated

QUICK: dict[str, object] = {"steps": 12, "lessons": 4, "epochs": 2.0}


class Secret(Addition):
    """Addition that nobody may look up."""

    def truth(self, problems: Problems) -> NoReturn:
        raise AssertionError("a strategy asked for true answers")


def brief(*older: Version, mastered: int = 2, refused: int = 0) -> Brief:
    line = (*older, taught()[1])
    held = tuple((str(size), float(size)) for size in range(1, mastered + 1))
    weak = tuple(Weakness(str(size), float(size), 0.0, 1.0) for size in (3, 4, 8))
    return Brief(1, 77, line, weak, held, (), refused)


def quick(**settings: object) -> TrainingAuthor:
    return training({**QUICK, **settings}, taught()[0])


def learner() -> Learner:
    return cast("Learner", taught()[0])


def desk() -> Desk:
    return desk_of(taught()[2])


def secretive() -> Transformer:
    subject = taught()[0]
    return Transformer(Secret(), subject.settings)


STRATEGIES = (
    Settings(),
    Settings(plans=1),
    Settings(plans=3),
    Settings(strategy="agree"),
    Settings(strategy="agree", filters=()),
    Settings(strategy="agree", filters=("commute",)),
    Settings(strategy="agree", filters=("checkpoints",)),
    Settings(strategy="verify"),
)


@pytest.mark.parametrize("settings", STRATEGIES, ids=repr)
def test_no_strategy_looks_up_true_answers(settings: Settings):
    subject, version, weights = taught()
    hidden = secretive()
    model = hidden.load(version, desk_of(weights))
    for name in ("3", "3 carries", "4"):
        problems = hidden.pose(name, 40, 5)
        labels = strategy(settings).label(cast("Learner", hidden), [model], problems, 2, 9)
        assert labels.answers.shape == subject.task.truth(problems).shape
        assert labels.trusted.shape == (40,)


def precision(way: Strategy, slice_name: str) -> tuple[float, float]:
    """Share of the trusted labels that is right, and share of labels that is trusted."""
    subject, version, weights = taught()
    problems = subject.pose(slice_name, 200, 6)
    models = [subject.load(version, desk_of(weights))]
    labels = way.label(learner(), models, problems, 2, 3)
    right = (labels.answers == subject.task.truth(problems)).all(axis=1)
    return float(right[labels.trusted].mean()), float(labels.trusted.mean())


def test_amplifying_gets_right_what_answering_in_one_go_does_not():
    amplified, kept = precision(Amplify(2.0, 2), "4")
    naive, everything = precision(strategy(Settings(strategy="agree", filters=())), "4")
    assert everything == 1.0
    assert amplified > 0.95
    assert kept > 0.8
    assert naive < 0.7


def test_the_arithmetic_check_refuses_what_is_wrong():
    right, kept = precision(Verify(1), "4")
    assert kept < 0.9
    assert right > precision(strategy(Settings(strategy="agree", filters=())), "4")[0]


def test_an_answer_that_one_plan_gets_wrong_is_not_trusted():
    subject, version, weights = taught()
    model = subject.load(version, desk_of(weights))
    problems = subject.pose("4", 50, 6)

    class Slips(Transformer):
        asked = 0

        def answer(self, model: object, problems: Problems) -> tuple[Tokens, object]:  # type: ignore[override] - slips on purpose
            self.asked += 1
            answers, surety = subject.answer(taught_model, problems)
            if self.asked == 1:
                answers[:, 0] = (answers[:, 0] + 1) % 10
            return answers, surety

    taught_model = model
    slips = Slips(subject.task, subject.settings)
    labels = Amplify(2.0, 2).label(cast("Learner", slips), [model], problems, 2, 3)
    assert not labels.trusted.any()


def test_an_answer_that_an_earlier_version_does_not_give_is_not_trusted():
    subject, version, weights = taught()
    model = subject.load(version, desk_of(weights))
    younger = restore(weights, subject.shape, subject.task)
    chance = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for weight in younger.network.parameters():
            weight.add_(torch.randn(weight.shape, generator=chance), alpha=0.03)
    problems = subject.pose("3", 200, 6)
    way = strategy(Settings(strategy="agree", filters=("checkpoints",)))
    alike = model.answer(problems)[0] == younger.answer(problems)[0]
    labels = way.label(learner(), [model, younger], problems, 2, 3)
    assert way.checkpoints == 3
    assert 0 < labels.trusted.sum() < 200
    assert (labels.trusted == alike.all(axis=1)).all()
    assert way.label(learner(), [model], problems, 2, 3).trusted.all()


def test_lessons_are_beyond_reach_and_no_further_than_the_goal():
    subject = taught()[0]
    found = brief(mastered=2)
    assert reach_of(found) == 2
    lessons = plan_lessons(found, 4, 30, learner())
    sizes = Counter(subject.task.size(lesson.slice) for lesson in lessons)
    assert set(sizes) == {3, 4}
    assert sizes[4] > sizes[3] / 2
    assert {lesson.slice for lesson in lessons} == {"3", "3 carries", "4", "4 carries"}
    assert len({lesson.seed for lesson in lessons}) == 30
    assert plan_lessons(found, 4, 30, learner()) == lessons


def test_nothing_is_practised_that_exams_do_not_ask():
    author = training({**QUICK, "growth": 8.0}, small(largest=3))
    on = desk()
    state = author.generate_better_examples(brief(), State(), on)
    fresh = [e for made in state.made for e in author.learner.unpack(on.read(made.digest))]
    assert {batch.problems.size for batch in fresh} == {3}


def test_what_is_mastered_beyond_a_weakness_does_not_count_as_reach():
    found = Brief(1, 1, (), (Weakness("3", 3.0, 0.5, 0.5),), (("2", 2.0), ("8", 8.0)), (), 0)
    assert reach_of(found) == 2
    assert reach_of(Brief(1, 1, (), (Weakness("1", 1.0, 0.0, 1.0),), (), (), 0)) == 1


def write(on: Desk, **settings: object) -> Draft:
    draft = quick(**settings).write(brief(), on)
    assert draft is not None
    return draft


@pytest.mark.parametrize("strategy_name", ["amplify", "agree", "verify"])
def test_labelling_halted_after_any_lesson_ends_in_the_same_files(strategy_name: str):
    whole = write(desk(), strategy=strategy_name)
    for lesson in range(1, 5):
        halted = Desk(lambda stage, done, at=lesson: (stage, done) == ("labelling", at))
        halted.write(taught()[2])
        with pytest.raises(Halt):
            write(halted, strategy=strategy_name)
        again = Desk()
        again.objects, again.saved = halted.objects, halted.saved
        resumed = write(again, strategy=strategy_name)
        assert resumed.files == whole.files
        assert [done for stage, done in again.told if stage == "labelling"] == [
            float(n) for n in range(lesson + 1, 5)
        ]


def test_training_halted_in_the_middle_labels_nothing_anew(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(saving, "SAVE_EVERY_S", -1.0)
    whole = write(desk())
    halted = Desk(lambda stage, done: (stage, done) == ("training", 7))
    halted.write(taught()[2])
    with pytest.raises(Halt):
        write(halted)
    again = Desk()
    again.objects, again.saved = halted.objects, halted.saved
    assert write(again).files == whole.files
    assert "labelling" not in {stage for stage, _ in again.told}


def test_one_candidate_a_generation():
    found = brief()
    tried = Brief(1, 77, found.lineage, found.weaknesses, found.mastered, (taught()[1],), 0)
    assert quick().write(tried, desk()) is None


def test_a_refused_incumbent_is_trained_longer():
    def steps(refused: int) -> float:
        draft = quick().write(brief(refused=refused), desk())
        assert draft is not None
        return float(draft.figures["steps"])

    assert steps(1) > steps(0)


def test_figures_tell_yield_and_cost():
    figures = write(desk()).figures
    assert {"labels", "yield", "label_s", "train_s", "loss", "steps", "tokens"} <= set(figures)
    assert 0 < float(figures["yield"]) <= 1


def test_the_mixture_replays_in_the_shares_that_are_set():
    subject = taught()[0]
    older = sums(subject, "2")
    on = desk()
    parent = Version("older", {EXAMPLES: on.write(subject.pack([older]))}, (), "training")
    author = quick(original=0.2, replay=0.3)
    batch = author.mixture(brief(parent), [sums(subject, "4")], on)
    seen = Counter(kind_of(batch(step)) for step in range(1500))
    assert seen["labelled"] / 1500 == pytest.approx(0.2, abs=0.04)
    assert seen["older"] / 1500 == pytest.approx(0.3, abs=0.04)
    assert seen["fresh"] / 1500 == pytest.approx(0.5, abs=0.04)


def sums(subject: Transformer, name: str) -> Examples:
    problems = subject.pose(name, 30, 1)
    return subject.examples(problems, subject.task.truth(problems))


def kind_of(examples: Examples) -> str:
    if examples.keep is not None:
        return "labelled"
    return "older" if examples.problems.size == 2 else "fresh"


def test_without_anything_trusted_it_practises_what_it_was_taught():
    batch = quick().mixture(brief(), [], desk())
    assert {kind_of(batch(step)) for step in range(50)} == {"labelled"}


def test_examples_are_unpacked_as_they_were_packed():
    subject = taught()[0]
    packed = [sums(subject, name) for name in ("4", "3 carries", "4")]
    unpacked = subject.unpack(subject.pack(packed))
    for first, second in zip(packed, unpacked, strict=True):
        assert first.problems.shape == second.problems.shape
        assert (first.problems.prompts == second.problems.prompts).all()
        assert (first.answers == second.answers).all()


def test_a_state_is_loaded_as_it_was_dumped():
    state = State().add(quick().teach(*lesson()))
    assert State.load(state.dump()) == state
    assert State.load(state.with_training(b"\n\x00weights")).training == b"\n\x00weights"
    assert State.load(None) == State()


def lesson():
    found = brief()
    return plan_lessons(found, 3, 1, learner())[0], found, 2, desk()


@pytest.mark.parametrize("wrong", [{"strategy": "guess"}, {"growth": 0.5}, {"rounds": 3}])
def test_a_wrong_setting_is_one_line_that_names_it(wrong: dict[str, object]):
    with pytest.raises(UsageError, match=rf"\[author\] {next(iter(wrong))} = ") as caught:
        training(wrong, small())
    assert "\n" not in str(caught.value)


def test_rng_of_a_batch_depends_on_nothing_but_the_step():
    subject = taught()[0]
    batches = [quick().mixture(brief(), [sums(subject, "4")], desk()) for _ in range(2)]
    for step in (5, 0, 3):
        first, second = (batch(step) for batch in batches)
        assert np.array_equal(first.problems.prompts, second.problems.prompts)


def test_replay_leaves_steps_for_what_is_new():
    with pytest.raises(UsageError, match=r"\[author\] original and replay: should be less than 1"):
        validated(Settings, "author", {"original": 0.7, "replay": 0.7})
