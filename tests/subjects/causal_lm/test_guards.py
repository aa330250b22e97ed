"""What must not happen is refused, in a line that says what to do."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from authors.workbench import Desk
from subjects.causal_lm.tiny import Digits, base_folder, settings, tiny
from successor.errors import SuccessorError, UsageError
from successor.subjects.causal_lm import CausalLM, causal_lm, memory, speaker
from successor.subjects.causal_lm.attempts import Attempt, packed, require_clean, unpacked
from successor.subjects.causal_lm.base import Base, find_base
from successor.subjects.causal_lm.gym import Gym, given_answer
from successor.subjects.causal_lm.tasks import Families, Problem, purpose_of
from successor.types import Draw, Purpose, Version

LAB: dict[str, object] = {"base": "model", "families": ["gcd"]}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return Path(shutil.copytree(base_folder(), tmp_path / "model"))


def first(subject: CausalLM, desk: Desk) -> Version:
    return Version("v1", subject.create(1, desk).files, (), "")


def attempt(purpose: Purpose, slice_name: str = "even/1") -> Attempt:
    [problem] = Digits().draw(purpose, 1, slice_name, 1)
    return Attempt(
        slice_name, problem.id, problem.origin, problem.question, "2", (50,), True, True, 1.0, "v1"
    )  # fmt: skip


# Contamination and sealed families


@pytest.mark.parametrize("purpose", ["held-out", "confirmation"])
def test_an_item_of_the_judges_is_never_trained_on(purpose: Purpose) -> None:
    with pytest.raises(SuccessorError, match=f"is a {purpose} item, and never trained on"):
        tiny().train(None, [attempt("training"), attempt(purpose)], 1, 1e-3, 1, Desk())


def test_an_item_whose_question_was_swapped_is_never_trained_on() -> None:
    swapped = replace(attempt("training"), question=attempt("held-out").question)
    with pytest.raises(SuccessorError, match="its question is not the one on record"):
        require_clean([swapped], frozenset())


def test_a_sealed_family_is_never_trained_on_nor_practised() -> None:
    subject, desk = tiny(), Desk()
    with pytest.raises(SuccessorError, match="any/1 is sealed, and never trained on"):
        subject.train(None, [attempt("training", "any/1")], 1, 1e-3, 1, desk)
    with pytest.raises(SuccessorError, match="any/1 is sealed, and never practised"):
        subject.attempt(first(subject, desk), {"any/1": 1}, 1, 1.0, 1, desk)
    assert subject.trainable() == ("even/1", "small/2")


def test_no_question_serves_two_purposes() -> None:
    problem = Problem("a/1", "What is 1 + 1?", {}, "test")
    assert problem.id == replace(problem, question=" What  is 1 + 1?\n").id
    seen = [purpose_of(f"{place:02x}") for place in range(256)]
    assert [seen.count(each) for each in ("training", "held-out", "confirmation")] == [128, 80, 48]


# The model's files


def test_a_model_without_a_tokenizer_is_refused(model: Path) -> None:
    (model / "tokenizer.json").unlink()
    with pytest.raises(UsageError, match=r"base = 'model': has no tokenizer \(none of"):
        causal_lm(LAB, model.parent)


def test_a_folder_that_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(UsageError, match=r"has no config\.json"):
        find_base("model", tmp_path)
    with pytest.raises(UsageError, match="no such folder, nor weights that"):
        find_base("nowhere", tmp_path)
    with pytest.raises(UsageError, match="no such file"):
        find_base("gone.gguf", tmp_path)
    with pytest.raises(UsageError, match=r"is not here; get it: successor models pull"):
        find_base("qwen2.5-coder-0.5b", tmp_path, {"SUCCESSOR_WEIGHTS": str(tmp_path)})


@pytest.mark.parametrize("noise", [b"", b"\xff" * 64])
def test_damaged_weights_are_told_before_they_are_loaded(model: Path, noise: bytes) -> None:
    path = model / "model.safetensors"
    path.write_bytes(noise or path.read_bytes()[:-100])
    with pytest.raises(SuccessorError, match=r"model\.safetensors: is damaged"):
        _ = tiny(model).speaker


def test_too_large_a_model_is_told_before_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:

    def free(device: torch.device) -> int:
        return 1000 if device.type == "cpu" else 0

    monkeypatch.setattr(memory, "free_bytes", free)
    monkeypatch.setattr(speaker, "_model", None)
    with pytest.raises(SuccessorError, match=r"needs about .* GiB as float32 with rows = 16, and"):
        _ = tiny().speaker


def test_memory_needed_is_that_of_weights_and_answers() -> None:
    base = Base(base_folder(), "tiny")
    count = sum(part.numel() for part in tiny().speaker.model.state_dict().values())
    lora = sum(p.numel() for n, p in tiny().speaker.model.named_parameters() if "lora" in n)
    assert memory.weights_bytes(base, torch.float32) == 4 * (count - lora)
    assert memory.weights_bytes(base, torch.bfloat16) == 2 * (count - lora)
    assert memory.free_bytes(torch.device("cpu")) > 1 << 20


def test_a_device_that_is_not_there_is_told() -> None:
    with pytest.raises(UsageError, match="device = 'nonsense'"):
        speaker.device_of(settings(device="nonsense"))
    if not torch.cuda.is_available():
        with pytest.raises(UsageError, match="device = 'cuda'"):
            speaker.device_of(settings(device="cuda"))
        assert speaker.device_of(settings(device="auto")).type == "cpu"


# Versions


def test_a_damaged_adapter_is_told() -> None:
    subject, desk = tiny(), Desk()
    version = first(subject, desk)
    subject.speaker.begin(1)
    whole = subject.speaker.adapter()
    other = tiny(rank=8)
    other.speaker.begin(1)
    for data, told in (
        (whole[:-10], "is damaged"),
        (other.speaker.adapter(), "is of another base, or of another rank"),
    ):
        files = {**version.files, "adapter_model.safetensors": desk.write(data)}
        draw = Draw("held-out", 1, (("even/1", 1),))
        with pytest.raises(SuccessorError, match=told):
            subject.examine(replace(version, files=files), draw, desk)


def test_a_version_of_another_base_is_told() -> None:
    subject, desk = tiny(), Desk()
    told = desk.write(json.dumps({"base": "other", "digest": "0" * 64}).encode())
    with pytest.raises(SuccessorError, match="is not the base that this version was trained on"):
        subject.evaluate_self(Version("v1", {"base.json": told}, (), ""), 1, desk)


def test_damaged_examples_are_told() -> None:
    some = [attempt("training")]
    assert unpacked(packed(some)) == some
    with pytest.raises(SuccessorError, match="training examples on record are damaged"):
        unpacked(b'{"slice": 1}\n')


# Settings


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"families": ["gdc"]}, "did you mean 'gcd'"),
        ({"sealed": ["gcd"]}, "is among the families to train on"),
        ({"families": ["gcd", "gcd"]}, "should name each family once"),
        ({"levels": 0}, "levels = 0"),
        ({"famlies": []}, "did you mean 'families'"),
    ],
)
def test_a_wrong_setting_is_told(wrong: dict[str, object], told: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=told):
        causal_lm({**LAB, **wrong}, tmp_path)


# Tasks of reasoning-gym


def test_problems_are_drawn_by_their_purpose_and_marked_by_their_own_scorer() -> None:
    gym = Families(("gcd",), ("chain_sum",), 2, (Gym(),))
    assert gym.slices() == (
        ("gcd/1", 1.0), ("chain_sum/1", 1.0), ("gcd/2", 2.0), ("chain_sum/2", 2.0),
    )  # fmt: skip
    assert gym.sealed() == {"chain_sum/1", "chain_sum/2"}
    drawn = {
        purpose: gym.draw(purpose, 1, "gcd/2", 5)
        for purpose in ("training", "held-out", "confirmation")
    }
    for purpose, problems in drawn.items():
        assert [purpose_of(each.id) for each in problems] == [purpose] * 5
        assert gym.score(problems[0], f"So <answer>{problems[0].entry['answer']}</answer>") == 1.0
        assert gym.score(problems[0], "<answer>-1</answer>") == 0.0
    assert gym.draw("training", 1, "gcd/2", 5) == drawn["training"]
    assert gym.draw("training", 2, "gcd/2", 5) != drawn["training"]


def test_the_marked_answer_counts_and_else_the_last_line() -> None:
    assert given_answer("<answer>1</answer> no: <answer> 2 </answer>") == "2"
    assert given_answer("<answer>7") == "7"
    assert given_answer("It is\n\n 12 \n\n") == "12"
    assert given_answer("") == ""
