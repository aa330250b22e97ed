"""The author `language_training` on a tiny language model: what it practises, keeps and refuses."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from authors.workbench import Desk
from subjects.causal_lm.tiny import tiny
from successor.authors.language import LanguageTrainingAuthor, collapse, language_training
from successor.authors.language.author import EXAMPLES
from successor.authors.language.choosing import (
    chosen,
    hardest,
    lessons,
    replayed,
    shares,
    weights,
)
from successor.authors.language.collapse import Manner, collapsed, manner
from successor.errors import Halt, UsageError
from successor.subjects.causal_lm import CausalLM
from successor.subjects.causal_lm.attempts import Attempt
from successor.types import Brief, Draft, Version, Weakness

QUICK: dict[str, object] = {
    "problems": 48, "samples": 4, "epochs": 4.0, "learning_rate": 2e-2, "probe": 16,
}  # fmt: skip


def first(subject: CausalLM, desk: Desk) -> Version:
    return Version("v1", subject.create(1, desk).files, (), "")


def brief(*line: Version, refused: int = 0) -> Brief:
    weak = (("small/2", 2.0, 0.2), ("even/1", 1.0, 0.5), ("any/1", 1.0, 0.9))
    weaknesses = tuple(Weakness(name, size, score, 1 - score) for name, size, score in weak)
    return Brief(1, 5, line, weaknesses, (), (), refused)


def beside(desk: Desk) -> Desk:
    """Another desk with the same objects."""
    other = Desk()
    other.objects = desk.objects
    return other


def author(subject: CausalLM, **told: object) -> LanguageTrainingAuthor:
    return language_training({**QUICK, **told}, subject)


def attempt(problem: str, answer: str, *, right: bool = True) -> Attempt:
    tokens = tuple(answer.encode())
    return Attempt("even/1", problem, "test", problem, answer, tokens, right, True, 1.0, "v1")


@pytest.fixture(scope="module")
def done() -> tuple[CausalLM, Desk, Version, Draft]:
    subject, desk = tiny(), Desk()
    one = first(subject, desk)
    draft = author(subject).write(brief(one), desk)
    assert draft
    return subject, desk, one, draft


def test_a_successor_is_better_at_what_it_practised(
    done: tuple[CausalLM, Desk, Version, Draft],
) -> None:
    subject, desk, one, draft = done
    two = Version("v2", draft.files, ("v1",), "")
    before, after = (subject.evaluate_self(version, 3, beside(desk)) for version in (one, two))
    assert [part.name for part in after.slices] == ["even/1", "small/2", "any/1"]
    assert sum(p.mean for p in after.slices[:2]) > sum(p.mean for p in before.slices[:2])


def test_what_it_was_trained_on_is_on_record(done: tuple[CausalLM, Desk, Version, Draft]) -> None:
    subject, desk, _, draft = done
    examples = subject.unpack(desk.read(draft.files[EXAMPLES]))
    assert len(examples) == draft.figures["labels"]
    assert all(each.right and each.ended and each.writer == "v1" for each in examples)
    assert {each.slice for each in examples} == {"even/1", "small/2"}
    assert len({each.id for each in examples}) == len(examples)
    assert draft.figures["asked"] == 48 * 4
    told = json.loads(desk.read(draft.files["provenance.json"]))
    assert told["fresh"] == [each.id for each in examples]
    assert told["replayed"] == []
    tried = [a for made in told["attempts"] for a in subject.unpack(desk.read(made["digest"]))]
    assert {each.id for each in examples} <= {each.id for each in tried if each.right}
    assert sum(told["slices"].values()) == draft.figures["examples"] == len(examples)
    assert float(draft.figures["tokens"]) > float(draft.figures["drawn_tokens"]) > 0
    assert 0 < float(draft.figures["yield"]) < 1


def test_a_killed_author_ends_where_it_would_have(
    done: tuple[CausalLM, Desk, Version, Draft],
) -> None:
    for killed in (1, 4, 14, 17):
        desk = Desk(killed)
        with pytest.raises(Halt):
            author(tiny()).write(brief(first(tiny(), desk)), desk)
        desk.halt_after = float("inf")
        draft = author(tiny()).write(brief(first(tiny(), desk)), desk)
        assert draft
        assert draft.files == done[3].files


def test_practice_goes_where_right_and_wrong_are_equally_likely() -> None:
    wanted = weights(brief(), ("even/1", "small/2"))
    assert wanted == {"small/2": pytest.approx(0.64), "even/1": 1.0}
    never = replace(brief(), weaknesses=(Weakness("even/1", 1.0, 0.0, 1.0),))
    assert weights(never, ("even/1",))["even/1"] > 0
    counts = shares({"a": 1.0, "b": 0.5, "c": 0.01}, 10)
    assert counts == {"a": 7, "b": 3}
    assert [sum(group.values()) for group in lessons(counts, 4)] == [4, 4, 2]


def test_right_answers_that_differ_are_kept_those_to_hard_problems_first() -> None:
    hard = [attempt("h", "1"), *[attempt("h", "9", right=False)] * 3]
    easy = [attempt("e", "2"), attempt("e", "2 "), attempt("e", "4"), attempt("e", "6")]
    chosen = hardest([*easy, *hard], keep=2, most=9)
    assert [each.problem for each in chosen] == ["h", "e", "e"]
    assert len({each.answer.strip() for each in chosen}) == 3
    assert hardest([*easy, *hard], keep=2, most=1) == [hard[0]]


def test_preferences_and_policy_gradients_take_problems_that_were_solved_sometimes() -> None:
    mixed = [attempt("a", "1"), attempt("a", "2", right=False), attempt("a", "3", right=False)]
    hard = [attempt("b", "4"), *(attempt("b", str(n), right=False) for n in range(5, 9))]
    clear = [attempt("c", "1"), attempt("d", "1", right=False)]
    pairs = chosen("dpo", [*mixed, *hard, *clear], 2, 99)
    assert [(each.problem, each.right) for each in pairs] == [
        ("b", True), ("b", False), ("a", True), ("a", False),
    ]  # fmt: skip
    assert chosen("grpo", [*mixed, *hard, *clear], 2, 99) == [*hard, *mixed]
    assert chosen("grpo", [*mixed, *hard, *clear], 2, 5) == hard


@pytest.mark.parametrize("objective", ["dpo", "grpo"])
def test_it_trains_on_wrong_answers_as_well(objective: str) -> None:
    subject, desk = tiny(batch_tokens=96), Desk()
    one = first(subject, desk)
    draft = author(subject, objective=objective).write(brief(one), desk)
    assert draft
    assert draft.figures["replayed"] == 0
    kept = subject.unpack(desk.read(draft.files[EXAMPLES]))
    assert {each.right for each in kept} == {True, False}
    assert len(kept) == draft.figures["labels"]
    assert len(kept) >= 8
    if objective == "dpo":
        assert all(one.right > two.right for one, two in zip(kept[::2], kept[1::2], strict=True))
        assert all(
            one.problem == two.problem for one, two in zip(kept[::2], kept[1::2], strict=True)
        )


def test_replay_makes_up_its_share_and_nothing_twice() -> None:
    fresh = [attempt(f"f{k}", "2") for k in range(6)]
    older = [*(attempt(f"o{k}", "2") for k in range(9)), *fresh]
    found = replayed(older, fresh, 0.25, 1)
    assert len(found) == 2
    assert not {each.id for each in found} & {each.id for each in fresh}
    assert replayed([], fresh, 0.25, 1) == []


def test_without_enough_right_answers_nothing_is_trained() -> None:
    subject, desk = tiny(), Desk()
    draft = author(subject, least=1000).write(brief(first(subject, desk)), desk)
    assert draft is not None
    assert not draft.files
    assert draft.figures["gave_up"] == "too few right answers to learn from"


def test_a_collapsed_candidate_is_not_handed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    subject, desk = tiny(), Desk()
    monkeypatch.setattr(collapse, "ENTROPY", 10.0)  # any candidate would have too little
    draft = author(subject).write(brief(first(subject, desk)), desk)
    assert draft is not None
    assert not draft.files
    assert str(draft.figures["gave_up"]).startswith("collapse of entropy: ")


@pytest.mark.parametrize(
    ("told", "now"),
    [
        ("diversity", {"sameness": 0.9}),
        ("entropy", {"entropy": 0.01}),
        ("endings", {"ended": 0.2}),
        ("length", {"length": 500.0}),
        ("length", {"length": 1.0}),
    ],
)
def test_collapse_shows_in_how_it_answers(told: str, now: dict[str, Any]) -> None:
    before = Manner(sameness=0.2, entropy=1.0, ended=1.0, length=20.0)
    assert collapsed(before, before) is None
    assert f"collapse of {told}" in (collapsed(replace(before, **now), before) or "")


def test_a_model_that_says_one_wrong_thing_to_everything_is_told() -> None:
    same = [attempt(f"p{k}", "2", right=k > 5) for k in range(10)]
    assert manner(same).sameness == 1.0
    assert manner(same).length == 1.0
    assert manner(same[1:]).sameness == 0.0  # too few are wrong
    assert manner([attempt(f"p{k}", f"{k}", right=False) for k in range(10)]).sameness == 0.1


def test_a_second_candidate_is_not_written() -> None:
    subject, desk = tiny(), Desk()
    one = first(subject, desk)
    assert author(subject).write(replace(brief(one), tried=(one,)), desk) is None


def test_a_subject_that_is_no_language_model_is_refused() -> None:
    with pytest.raises(UsageError, match="trains language models"):
        language_training({}, object())  # pyright: ignore[reportArgumentType] - the point


def test_the_base_is_bound_and_not_copied(done: tuple[CausalLM, Desk, Version, Draft]) -> None:
    subject, desk, one, draft = done
    assert json.loads(desk.read(one.files["base.json"]))["digest"] == subject.base.digest
    weights_bytes = (subject.base.folder / "model.safetensors").stat().st_size
    assert len(desk.read(draft.files["adapter_model.safetensors"])) < weights_bytes
