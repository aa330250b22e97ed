"""Packed training is training on each example, and goes on where it was killed."""

from __future__ import annotations

import math

import pytest
import torch

from authors.workbench import Desk
from subjects.causal_lm.tiny import prompts, tiny
from successor.errors import Halt, SuccessorError
from successor.subjects.causal_lm import CausalLM
from successor.subjects.causal_lm.foreign import Foreign
from successor.subjects.causal_lm.objectives import imitation
from successor.subjects.causal_lm.packing import Example, Steps, pack, rounds
from successor.subjects.causal_lm.training import Pace, answer_logits, fit, rate

CPU = torch.device("cpu")


@pytest.fixture
def subject() -> CausalLM:
    return tiny()


def examples(subject: CausalLM, count: int = 4) -> list[Example]:
    """Several answers to some of the questions."""
    end = subject.speaker.ends[0]
    asked = prompts(subject, count)
    found = [Example(p, (48 + k, end)) for k, p in enumerate(asked)]
    return [*found, Example(asked[0], (70, 71, 72, end)), Example(asked[1], (end,))]


def one_by_one(model: Foreign, some: list[Example]) -> torch.Tensor:
    losses: list[torch.Tensor] = []
    for each in some:
        ids = torch.tensor([[*each.prompt, *each.answer]])
        logits = model(input_ids=ids[:, :-1]).logits[0, len(each.prompt) - 1 :]
        losses.append(
            torch.nn.functional.cross_entropy(logits, torch.tensor(each.answer), reduction="none")
        )
    return torch.cat(losses).mean()


def gradients(model: Foreign, loss: torch.Tensor) -> list[torch.Tensor]:
    learnt = [part for part in model.parameters() if part.requires_grad]
    return [part for part in torch.autograd.grad(loss, learnt) if part.abs().max() > 0]


@pytest.mark.parametrize("checkpointing", [False, True])
def test_a_packed_step_has_the_loss_and_the_gradients_of_its_examples(
    *, checkpointing: bool
) -> None:
    subject = tiny(checkpointing=checkpointing)
    subject.speaker.begin(1)
    model, some = subject.speaker.model, examples(subject)
    model.train()
    packed = pack(some)
    assert len(packed.ids) < sum(len(each.prompt) for each in some)
    loss = imitation(answer_logits(model, packed), packed)
    expected = one_by_one(model, some)
    torch.testing.assert_close(loss, expected)
    pairs = zip(gradients(model, loss), gradients(model, expected), strict=True)
    for found, wanted in pairs:
        torch.testing.assert_close(found, wanted, rtol=1e-3, atol=1e-6)


def test_every_example_is_seen_once_in_an_epoch_and_steps_hold_their_size() -> None:
    some = [Example((1, 2, k), (k, 9)) for k in range(20)]
    some += [Example((1, 2, 3), tuple(range(100)))]
    groups = [*rounds(some, 24, 1)]
    assert sorted(each.answer for group in groups for each in group) == sorted(
        each.answer for each in some
    )
    assert all(len(group) == 1 or sum(len(e.answer) for e in group) <= 24 for group in groups)
    pairs = [*rounds(some[:20], 9, 1, together=2)]
    assert all(len(group) % 2 == 0 for group in pairs)
    order = [each.answer[0] for group in pairs for each in group]
    assert sorted(order) == [*range(20)]
    assert all(
        one % 2 == 0 and two == one + 1 for one, two in zip(order[::2], order[1::2], strict=True)
    )
    steps = Steps(some, 24, 1, CPU)
    assert steps.count(2) == 2 * len(groups)
    assert torch.equal(steps.batch(3).ids, Steps(some, 24, 1, CPU).batch(3).ids)


def trained(subject: CausalLM, desk: Desk) -> bytes:
    subject.speaker.begin(1)
    steps = Steps(examples(subject), 64, 1, CPU)
    fit(subject.speaker.model, steps.batch, 6, 1e-2, desk)
    return subject.speaker.adapter()


@pytest.mark.parametrize("killed", [1, 3, 6])
def test_training_goes_on_behind_the_step_where_it_was_ended(
    subject: CausalLM, killed: int
) -> None:
    whole, desk = trained(subject, Desk()), Desk(killed)
    with pytest.raises(Halt):
        trained(subject, desk)
    assert desk.saved
    desk.halt_after = math.inf
    assert trained(tiny(), desk) == whole


def test_a_loss_that_is_no_number_ends_it_with_a_word_on_what_to_do(subject: CausalLM) -> None:
    speaker = subject.speaker
    speaker.begin(1)
    with torch.no_grad():
        for name, part in speaker.model.named_parameters():
            if "lora_B" in name:
                part.fill_(float("nan"))
    batch = Steps(examples(subject), 64, 1, CPU).batch
    with pytest.raises(SuccessorError, match="the training loss is nan; lower `learning_rate`"):
        fit(speaker.model, batch, 2, 1e-2, Desk())


def test_the_learning_rate_rises_and_falls() -> None:
    rates = [rate(step, 20, 1.0) for step in range(20)]
    assert rates[:2] == [0.5, 1.0]
    assert rates[2:] == sorted(rates[2:], reverse=True)
    assert 0 < rates[-1] < 0.1
    assert rate(0, 1, 1.0) == 1.0
    assert Pace().after(2.0, 5).loss == 2.0
