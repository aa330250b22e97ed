"""What training makes smaller, beside the formulas of the papers, example by example."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from authors.workbench import Desk
from subjects.causal_lm.test_training import examples, gradients
from subjects.causal_lm.tiny import tiny
from successor.errors import Halt, SuccessorError
from successor.subjects.causal_lm import CausalLM
from successor.subjects.causal_lm.attempts import Attempt
from successor.subjects.causal_lm.foreign import Foreign
from successor.subjects.causal_lm.objectives import (
    BETA,
    CLIP,
    LOSSES,
    Objective,
    advantages,
    policy_gradient,
    preference,
)
from successor.subjects.causal_lm.packing import Example, pack
from successor.subjects.causal_lm.subject import ADAPTER
from successor.subjects.causal_lm.training import answer_logits, before_training
from successor.types import Version

CPU = torch.device("cpu")


def spoken(model: Foreign, each: Example) -> torch.Tensor:
    """[answer tokens] log-probabilities, of the example alone."""
    ids = torch.tensor([[*each.prompt, *each.answer]])
    logits = model(input_ids=ids[:, :-1]).logits[0, len(each.prompt) - 1 :]
    return logits.log_softmax(-1).gather(-1, torch.tensor(each.answer)[:, None])[:, 0]


def moved(model: Foreign) -> None:
    """As if it had been trained a little since."""
    with torch.no_grad():
        for name, part in model.named_parameters():
            if "lora_B" in name:
                part.uniform_(-0.05, 0.05, generator=torch.Generator().manual_seed(3))


def pairs(subject: CausalLM) -> list[Example]:
    """Two questions, each with a right answer before a wrong one."""
    some = examples(subject)
    return [some[0], some[4], some[1], some[5]]


def test_preferences_are_those_of_the_paper_pair_by_pair() -> None:
    subject = tiny()
    subject.speaker.begin(1)
    model, some = subject.speaker.model, pairs(subject)
    before = before_training(model, some, 512, CPU)
    moved(model)
    packed = replace(pack(some), before=torch.cat([before[each] for each in some]))
    loss = preference(answer_logits(model, packed), packed)
    terms: list[torch.Tensor] = []
    for right, wrong in zip(some[::2], some[1::2], strict=True):
        gained = [(spoken(model, each) - before[each]).sum() for each in (right, wrong)]
        margin = gained[0] - gained[1]
        terms.append(-torch.nn.functional.logsigmoid(BETA * margin))
    imitated = torch.cat([spoken(model, each) for each in some[::2]])
    expected = torch.stack(terms).mean() - imitated.mean()
    torch.testing.assert_close(loss, expected)
    found = zip(gradients(model, loss), gradients(model, expected), strict=True)
    for one, other in found:
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-6)


def test_a_policy_gradient_is_clipped_where_a_token_moved_far() -> None:
    subject = tiny()
    subject.speaker.begin(1)
    model = subject.speaker.model
    some = [replace(each, advantage=(-1.0) ** n) for n, each in enumerate(examples(subject))]
    before = before_training(model, some, 512, CPU)
    packed = replace(pack(some), before=torch.cat([before[each] for each in some]))
    loss = policy_gradient(answer_logits(model, packed), packed)
    plain = -torch.cat([each.advantage * spoken(model, each) for each in some]).mean()
    for one, other in zip(gradients(model, loss), gradients(model, plain), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-6)
    far = packed.before
    assert far is not None
    up = packed.advantages[packed.of] > 0
    shifted = replace(packed, before=torch.where(up, far - 1.0, far + 1.0))
    loss = policy_gradient(answer_logits(model, shifted), shifted)
    bounds = torch.where(up, 1.0 + CLIP, -(1.0 - CLIP))
    torch.testing.assert_close(loss, -bounds.mean())
    assert not gradients(model, loss), "each token has moved as far as it may"


def test_an_answer_is_worth_how_much_better_it_is_than_others_to_its_question() -> None:
    found = advantages(["a"] * 4 + ["b"] * 2, [True, False, False, False, True, False])
    assert found[4:] == [1.0, -1.0]
    assert sum(found[:4]) == pytest.approx(0.0)
    assert found[0] == pytest.approx(3**0.5)
    with pytest.raises(SuccessorError, match="all answers to a question are right"):
        advantages(["a", "a"], [True, True])


def mixed(subject: CausalLM, version: Version, desk: Desk, seed: int) -> list[Attempt]:
    """A right answer before a wrong one to each of some questions."""
    some = subject.attempt(version, {"small/2": 80}, 4, 1.0, seed, desk)
    by_problem: dict[str, list[Attempt]] = {}
    for each in some:
        by_problem.setdefault(each.problem, []).append(each)
    found = list[Attempt]()
    for answers in by_problem.values():
        right, wrong = ([a for a in answers if a.right is good] for good in (True, False))
        found += [*right[:1], *wrong[:1]] if right and wrong else []
    return found


def example_of(subject: CausalLM, each: Attempt) -> Example:
    end = subject.speaker.ends[:1] if each.ended else ()
    return Example(subject.speaker.prompt(each.question), (*each.tokens, *end))


@pytest.mark.parametrize("objective", [*LOSSES])
def test_each_objective_prefers_right_answers_to_fresh_questions_and_goes_on_after_a_kill(
    objective: Objective,
) -> None:
    subject, desk = tiny(batch_tokens=96), Desk()
    one = Version("v1", subject.create(1, desk).files, (), "")
    some, others = (mixed(subject, one, desk, seed) for seed in (3, 4))
    taught = [each for each in some if each.right] if objective == "imitate" else some

    def train(killed: Desk) -> dict[str, str]:
        killed.objects = desk.objects
        return subject.train(one, taught, 6, 2e-2, 1, killed, objective)[0]

    files = train(Desk())
    cut = Desk(2)
    with pytest.raises(Halt):
        train(cut)
    resumed = Desk()
    resumed.saved = cut.saved
    assert train(resumed) == files
    margins = list[float]()
    for adapter in (None, desk.read(files[ADAPTER])):
        subject.speaker.wear(adapter)
        said = [
            float(spoken(subject.speaker.model, example).sum().detach())
            for example in (example_of(subject, each) for each in others)
        ]
        margins.append((sum(said[::2]) - sum(said[1::2])) / len(others))
    assert margins[1] > margins[0] + 0.1, margins
