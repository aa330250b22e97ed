"""Training by next-token prediction on answers, resumable to the bit after any step."""

# torch types some of its functions in part:
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch
from safetensors.torch import load, save
from torch import Tensor, nn
from torch.nn import functional

from successor.subjects.transformer.model import Model
from successor.subjects.transformer.problems import Examples
from successor.subjects.transformer.saving import Saving
from successor.types import Workspace

_KEPT = 0.95
"""Of the smoothed loss, at each step."""
_BEGAN = 10.0
"""The smoothed loss before any step, in nats: the first steps alone never begin the decay."""


@dataclass(frozen=True)
class Schedule:
    """Warm up, hold until the loss is low, then decay to nothing (warm-up, stable, decay).

    How long a small transformer takes to find a rule varies by a factor of two from seed to
    seed; holding until the loss says so costs no more steps than the seed needs.
    """

    learning_rate: float
    most: int
    """Steps at most, the decay included."""
    decay: int
    """Steps of the decay."""
    enough: float = 0.002
    """Loss, in nats per token and smoothed over some 20 steps, that begins the decay."""
    warmup: int = 10
    mined: bool = False
    """Whether labelled examples are mined from the first step on, and not in the decay alone."""
    ends: float = 0.0
    """Share of the loss that answers' last tokens have, besides their share of the mean. Where an
    answer ends is learnt at that token alone, one in a thousand of a long answer's."""

    def rate(self, step: int, falling: int) -> float:
        """Learning rate of a step whose decay began at step `falling`."""
        rise = min(1.0, (step + 1) / self.warmup)
        return self.learning_rate * rise * max(0.0, 1.0 - (step - falling) / self.decay)


@dataclass(frozen=True)
class Pace:
    """Where training stands: all there is to remember besides weights and optimiser."""

    step: int = 0
    tokens: int = 0
    loss: float = _BEGAN
    """Exponential mean, in nats per token; people are told `shown`."""
    falling: int | None = None
    """The step at which the decay began."""

    def after(self, loss: float, tokens: int, schedule: Schedule) -> Pace:
        """Once more step is done."""
        smooth = _KEPT * self.loss + 0.05 * loss
        step = self.step + 1
        due = smooth <= schedule.enough or step >= schedule.most - schedule.decay
        falling = step if self.falling is None and due else self.falling
        return Pace(step, self.tokens + tokens, smooth, falling)

    def total(self, schedule: Schedule) -> int:
        """Steps that training takes, as far as is known."""
        if self.falling is None:
            return schedule.most
        return min(schedule.most, self.falling + schedule.decay)

    @property
    def shown(self) -> float:
        """The loss without what is left in it of the value that it began with, which decides when
        the decay begins and tells nothing: after one step, the loss of that step (Adam's bias
        correction, Kingma and Ba 2015).
        """
        left = _KEPT**self.step
        return (self.loss - left * _BEGAN) / (1.0 - left) if self.step else self.loss


@dataclass(frozen=True)
class Fitted:
    """What training cost and reached."""

    loss: float
    """Smoothed over the last steps, in nats per token."""
    steps: int
    tokens: int
    seconds: float


def fit(
    model: Model,
    batch: Callable[[int], Examples],
    schedule: Schedule,
    stage: str,
    workspace: Workspace,
    saved: bytes | None,
    save_as: Callable[[bytes], bytes],
) -> Fitted:
    """Train in place. `batch(step)` must depend on nothing but the step.

    `saved` is what `save_as` was last given, from a run that was killed; training then goes on
    behind the step at which it was made and ends in the same weights.

    Raises:
        Halt: from the workspace, when a base case ends the run; the state is kept first.
        ArithmeticError: when the loss is no longer finite.
    """
    network = model.network
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=schedule.learning_rate, betas=(0.9, 0.98), weight_decay=0.01,
        fused=True,
    )  # fmt: skip
    pace = restore_state(saved, network, optimiser) if saved else Pace()
    saving = Saving(workspace, lambda: save_as(dump_state(network, optimiser, pace)))
    began = time.monotonic()
    while pace.step < pace.total(schedule):
        falling = pace.step if pace.falling is None else pace.falling
        for group in optimiser.param_groups:
            group["lr"] = schedule.rate(pace.step, falling)
        examples = batch(pace.step)
        if pace.falling is None and not schedule.mined:
            examples = examples.first()
        loss = learn(model, hardest(model, examples), optimiser, schedule.ends)
        read = examples.problems.prompts.size + examples.answers.size
        pace = pace.after(loss, read, schedule)
        saving.told(stage, pace.step, pace.total(schedule), loss=pace.shown)
    return Fitted(pace.shown, pace.step, pace.tokens, time.monotonic() - began)


def learn(
    model: Model, examples: Examples, optimiser: torch.optim.Optimizer, ends: float = 0.0
) -> float:
    """One step; returns the loss."""
    logits = model.logits(examples.problems, examples.answers)
    target = torch.from_numpy(examples.answers).long()
    each = functional.cross_entropy(logits.transpose(1, 2), target, reduction="none")
    loss = (1.0 - ends) * each.mean() + ends * each[:, -1].mean()
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.network.parameters(), 1.0)
    optimiser.step()
    value = loss.item()
    if math.isnan(value):
        raise ArithmeticError("the training loss is not a number; lower `learning_rate`")
    return value


@torch.no_grad()
def hardest(model: Model, examples: Examples) -> Examples:
    """Online hard example mining (Shrivastava et al. 2016): the `keep` of the greatest loss.

    Rules have rare cases (0 + 0 behind 8 + 8, say) that a random batch seldom shows. Only for
    labels known to be right: among labels that may be wrong, the wrong ones are the hardest.
    """
    if examples.keep is None or examples.keep >= len(examples):
        return examples
    logits = model.logits(examples.problems, examples.answers)
    target = torch.from_numpy(examples.answers).long()
    loss = functional.cross_entropy(logits.transpose(1, 2), target, reduction="none").amax(dim=1)
    rows = loss.topk(examples.keep).indices.numpy()
    return Examples(examples.problems[rows], examples.answers[rows])


def dump_state(network: nn.Module, optimiser: torch.optim.Optimizer, pace: Pace) -> bytes:
    """Weights and optimiser state as safetensors."""
    tensors: dict[str, Tensor] = {f"w.{k}": v for k, v in network.state_dict().items()}
    for index, state in optimiser.state_dict()["state"].items():
        tensors |= {f"o.{index}.{name}": value for name, value in state.items()}
    return save(tensors, {"pace": json.dumps(asdict(pace))})


def restore_state(saved: bytes, network: nn.Module, optimiser: torch.optim.Optimizer) -> Pace:
    """Put weights and optimiser back; returns how far they are."""
    tensors = load(saved)
    network.load_state_dict({k[2:]: v for k, v in tensors.items() if k.startswith("w.")})
    state: dict[int, dict[str, Tensor]] = {}
    for key, value in tensors.items():
        if key.startswith("o."):
            _, index, name = key.split(".", 2)
            state.setdefault(int(index), {})[name] = value
    optimiser.load_state_dict({**optimiser.state_dict(), "state": state})
    header = json.loads(saved[8 : 8 + int.from_bytes(saved[:8], "little")])
    return Pace(**json.loads(header["__metadata__"]["pace"]))
