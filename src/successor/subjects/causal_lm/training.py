"""Fine-tuning an adapter on answers, resumable after any step.

The loss is that of the answers' tokens alone, and logits are computed for no others.
"""

# torch and transformers type some of their functions in part:
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass

import torch
from safetensors.torch import load, save
from torch import Tensor, nn

from successor.errors import SuccessorError
from successor.subjects.causal_lm.attempts import Attempt
from successor.subjects.causal_lm.foreign import Foreign
from successor.subjects.causal_lm.objectives import (
    TOGETHER,
    Loss,
    Objective,
    advantages,
    imitation,
    log_probabilities,
)
from successor.subjects.causal_lm.packing import Example, Packed, Steps, pack, rounds
from successor.subjects.causal_lm.speaker import Speaker
from successor.subjects.transformer.saving import Saving
from successor.types import Workspace

_KEPT = 0.9
"""Of the smoothed loss, at each step."""
_WARMUP = 0.1
"""Share of the steps over which the learning rate rises."""


@dataclass(frozen=True)
class Pace:
    """Where training stands."""

    step: int = 0
    tokens: int = 0
    """Read so far."""
    loss: float = 0.0
    """Exponential mean, in nats per token of an answer."""

    def after(self, loss: float, tokens: int) -> Pace:
        """Once more step is done."""
        smooth = loss if not self.step else _KEPT * self.loss + (1.0 - _KEPT) * loss
        return Pace(self.step + 1, self.tokens + tokens, smooth)


@dataclass(frozen=True)
class Fitted:
    """What training cost and reached."""

    pace: Pace
    seconds: float

    def figures(self) -> dict[str, float]:
        """By the names that reports know."""
        told = self.pace
        return {
            "loss": told.loss,
            "steps": told.step,
            "tokens": told.tokens,
            "train_s": self.seconds,
        }


def rate(step: int, steps: int, highest: float) -> float:
    """Learning rate of a step: up in a straight line over the first tenth, then down to nothing."""
    warmup = max(1, round(_WARMUP * steps))
    return highest * min((step + 1) / warmup, (steps - step) / max(1, steps - warmup), 1.0)


def fit(
    model: Foreign,
    batch: Callable[[int], Packed],
    steps: int,
    learning_rate: float,
    workspace: Workspace,
    loss: Loss = imitation,
) -> Fitted:
    """Train the parameters that take gradients, in place. `batch(step)` depends on the step alone.

    Goes on behind the last checkpoint of the workspace, and ends in the same numbers.

    Raises:
        Halt: from the workspace, when a base case ends the run; the state is kept first.
        SuccessorError: when the loss is no longer finite.
    """
    learnt: dict[str, nn.Parameter] = {
        name: weights for name, weights in model.named_parameters() if weights.requires_grad
    }
    optimiser = torch.optim.AdamW(learnt.values(), lr=learning_rate, weight_decay=0.0)
    saved = workspace.resume()
    pace = restore_state(saved, learnt, optimiser) if saved else Pace()
    saving = Saving(workspace, lambda: dump_state(learnt, optimiser, pace))
    began = time.monotonic()
    model.train()
    try:
        while pace.step < steps:
            for group in optimiser.param_groups:
                group["lr"] = rate(pace.step, steps, learning_rate)
            packed = batch(pace.step)
            pace = pace.after(learn(model, packed, optimiser, learnt, loss), len(packed.ids))
            saving.told("training", pace.step, steps, loss=pace.loss)
    finally:
        model.eval()
    return Fitted(pace, time.monotonic() - began)


def answer_logits(model: Foreign, packed: Packed) -> Tensor:
    """[answer tokens, vocabulary], float32."""
    number = next(model.parameters()).dtype
    hidden = torch.zeros(packed.seen.shape, dtype=number, device=packed.seen.device)
    hidden.masked_fill_(~packed.seen, torch.finfo(number).min)
    told = model(
        input_ids=packed.ids[None],
        position_ids=packed.places[None],
        attention_mask=hidden[None, None],
        logits_to_keep=packed.predictors,
        use_cache=False,
    )
    return told.logits[0].float()


def steps_of(
    speaker: Speaker, attempts: Sequence[Attempt], tokens: int, seed: int, objective: Objective
) -> Steps:
    """The training steps that attempts make, of the version that the speaker wears."""
    ordered, advantage = list(attempts), [1.0] * len(attempts)
    if objective == "grpo":
        ordered.sort(key=lambda each: each.problem)
        advantage = advantages([each.problem for each in ordered], [each.right for each in ordered])
    end = speaker.ends[:1]
    examples = [
        Example(speaker.prompt(a.question), (*a.tokens, *end) if a.ended else a.tokens, worth)
        for a, worth in zip(ordered, advantage, strict=True)
    ]
    before = (
        before_training(speaker.model, examples, tokens, speaker.device)
        if objective != "imitate"
        else None
    )
    return Steps(examples, tokens, seed, speaker.device, TOGETHER[objective], before)


def before_training(
    model: Foreign, examples: Sequence[Example], tokens: int, device: torch.device
) -> dict[Example, Tensor]:
    """[answer tokens] log-probabilities of each answer by the model as it is, in nats."""
    found = dict[Example, Tensor]()
    with torch.no_grad():
        for group in rounds(examples, tokens, 0):
            packed = pack(group, device)
            said = log_probabilities(answer_logits(model, packed), packed)
            lengths = [len(each.answer) for each in group]
            found |= zip(group, said.split(lengths), strict=True)
    return found


def learn(
    model: Foreign,
    packed: Packed,
    optimiser: torch.optim.Optimizer,
    learnt: Mapping[str, nn.Parameter],
    loss: Loss = imitation,
) -> float:
    """One step; returns the loss.

    Raises:
        SuccessorError: when it is not finite; the parameters are as they were before.
    """
    found = loss(answer_logits(model, packed), packed)
    value = found.item()
    if not math.isfinite(value):
        raise SuccessorError(f"the training loss is {value}; lower `learning_rate` of [author]")
    optimiser.zero_grad(set_to_none=True)
    found.backward()
    nn.utils.clip_grad_norm_(learnt.values(), 1.0)
    optimiser.step()
    return value


def dump_state(
    learnt: Mapping[str, nn.Parameter], optimiser: torch.optim.Optimizer, pace: Pace
) -> bytes:
    """What is trained, and the optimiser's state, as safetensors."""
    tensors: dict[str, Tensor] = {
        f"w.{name}": weights.detach().cpu().contiguous() for name, weights in learnt.items()
    }
    for index, state in optimiser.state_dict()["state"].items():
        tensors |= {f"o.{index}.{name}": value.cpu() for name, value in state.items()}
    return save(tensors, {"pace": json.dumps(asdict(pace))})


def restore_state(
    saved: bytes, learnt: Mapping[str, nn.Parameter], optimiser: torch.optim.Optimizer
) -> Pace:
    """Put them back; returns how far they are."""
    tensors = load(saved)
    state: dict[int, dict[str, Tensor]] = {}
    with torch.no_grad():
        for key, value in tensors.items():
            kind, _, name = key.partition(".")
            if kind == "w":
                learnt[name].copy_(value)
            else:
                index, _, part = name.partition(".")
                state.setdefault(int(index), {})[part] = value
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
    header = json.loads(saved[8 : 8 + int.from_bytes(saved[:8], "little")])
    return Pace(**json.loads(header["__metadata__"]["pace"]))
