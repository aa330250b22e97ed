"""Answers drawn side by side are those that plain generation gives."""

from __future__ import annotations

import pytest
import torch

from subjects.causal_lm.tiny import prompts, tiny
from successor.subjects.causal_lm import CausalLM
from successor.subjects.causal_lm.foreign import Foreign
from successor.subjects.causal_lm.sampling import Manner, batches, draw, shared


@pytest.fixture(scope="module")
def subject() -> CausalLM:
    return tiny()


def plain(model: Foreign, prompt: tuple[int, ...], tokens: int) -> tuple[int, ...]:
    """By transformers, one at a time."""
    ids = torch.tensor([prompt])
    said = model.generate(ids, attention_mask=torch.ones_like(ids), do_sample=False,
                          max_new_tokens=tokens, eos_token_id=-1)  # fmt: skip
    return tuple(said[0, len(prompt) :].tolist())


def test_greedy_answers_are_those_of_plain_generation(subject: CausalLM) -> None:
    model, asked = subject.speaker.model, prompts(subject, 5)
    found = draw(model, asked, 1, Manner(6), 1)
    assert [said[0].tokens for said in found] == [plain(model, prompt, 6) for prompt in asked]
    assert not any(said[0].ended for said in found)


def test_an_answer_ends_at_its_end_and_the_others_go_on(subject: CausalLM) -> None:
    model, asked = subject.speaker.model, prompts(subject, 8)
    whole = [said[0].tokens for said in draw(model, asked, 1, Manner(6), 1)]
    end = whole[0][1]
    found = draw(model, asked, 1, Manner(6, ends=frozenset({end})), 1)
    for [said], tokens in zip(found, whole, strict=True):
        assert said.ended == (end in tokens)
        assert said.tokens == (tokens[: tokens.index(end)] if said.ended else tokens)


def test_samples_are_drawn_from_the_models_distribution(subject: CausalLM) -> None:
    model, [asked] = subject.speaker.model, prompts(subject, 1)
    with torch.no_grad():
        odds = model(torch.tensor([asked])).logits[0, -1].softmax(-1)
    said = [each.tokens[0] for each in draw(model, [asked], 2000, Manner(1, 1.0), 3)[0]]
    for token in odds.topk(3).indices.tolist():
        share, expected = said.count(token) / len(said), float(odds[token])
        assert share == pytest.approx(expected, abs=5 * (expected / 2000) ** 0.5)
    entropy = draw(model, [asked], 1, Manner(1, 1.0), 3)[0][0].entropy
    assert entropy == pytest.approx(float(-(odds * odds.log()).nan_to_num().sum()), rel=1e-3)


def test_the_same_seed_gives_the_same_answers(subject: CausalLM) -> None:
    model, asked = subject.speaker.model, prompts(subject, 4)
    first, again, other = (draw(model, asked, 3, Manner(4, 1.0), seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    assert [len(answers) for answers in first] == [3] * 4


def test_prompts_are_grouped_by_length_and_share_what_they_begin_with() -> None:
    asked = [(1, 2, 3, 4), (1, 2), (1, 2, 5), (1, 2, 3, 9)]
    assert [*batches(asked, 2, 4)] == [[1, 2], [0, 3]]
    assert shared(asked) == 1  # the last token of the shortest is read by itself
    assert shared(asked[2:]) == 2
    assert shared([(7,)]) == 0
