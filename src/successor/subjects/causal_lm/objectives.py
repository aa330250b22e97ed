"""What training makes smaller: imitation of right answers, preferences, or a policy gradient.

All are of the answers' tokens alone. The last two compare with the version that is trained on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Literal, TypeAlias

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from successor.errors import SuccessorError
from successor.subjects.causal_lm.packing import Packed

Objective: TypeAlias = Literal["imitate", "dpo", "grpo"]
Loss: TypeAlias = Callable[[Tensor, Packed], Tensor]
"""Of the logits, [answer tokens, vocabulary], and what they are of."""
BETA = 0.1
"""Of DPO: how far preferences may move the policy, as in its paper."""
CLIP = 0.2
"""Of GRPO: how far the probability of a token moves it before it counts no more."""


def log_probabilities(logits: Tensor, packed: Packed) -> Tensor:
    """[answer tokens], in nats."""
    return -functional.cross_entropy(logits, packed.targets, reduction="none")


def imitation(logits: Tensor, packed: Packed) -> Tensor:
    """Mean cross-entropy of all answer tokens, in nats."""
    return functional.cross_entropy(logits, packed.targets)


def preference(logits: Tensor, packed: Packed) -> Tensor:
    """DPO (Rafailov et al. 2023) on pairs, a right answer before a wrong one to the same question,
    with imitation of the right ones beside it, without which their probability falls as well
    (Pang et al. 2024, Iterative Reasoning Preference Optimization).
    """
    now = log_probabilities(logits, packed)
    gained = torch.zeros_like(packed.advantages, dtype=now.dtype)
    gained = gained.index_add(0, packed.of, now - _before(packed))
    right = packed.of % 2 == 0
    margin = gained[::2] - gained[1::2]
    return -functional.logsigmoid(BETA * margin).mean() - now[right].mean()


def policy_gradient(logits: Tensor, packed: Packed) -> Tensor:
    """GRPO (Shao et al. 2024) with the mean over tokens and without a KL term, as in DAPO (Yu et
    al. 2025): each token's advantage is its answer's, relative to other answers to the question.
    """
    ratio = (log_probabilities(logits, packed) - _before(packed)).exp()
    advantage = packed.advantages[packed.of]
    clipped = ratio.clamp(1.0 - CLIP, 1.0 + CLIP)
    return -torch.minimum(ratio * advantage, clipped * advantage).mean()


LOSSES: dict[Objective, Loss] = {
    "imitate": imitation,
    "dpo": preference,
    "grpo": policy_gradient,
}
TOGETHER: dict[Objective, int] = {"imitate": 1, "dpo": 2, "grpo": 1}
"""Examples that have to be in one step."""


def advantages(questions: Sequence[str], right: Sequence[bool]) -> list[float]:
    """Of answers, those to a question one behind the other: reward 1 or 0, less the mean of the
    question's answers, in standard deviations of them.

    Raises:
        SuccessorError: when all answers to a question are alike: nothing follows from them.
    """
    found: list[float] = []
    for _, group in groupby(zip(questions, right, strict=True), lambda each: each[0]):
        rewards = np.array([float(good) for _, good in group])
        if not rewards.std():
            raise SuccessorError("grpo: all answers to a question are right, or all are wrong")
        found += [float(each) for each in (rewards - rewards.mean()) / rewards.std()]
    return found


def _before(packed: Packed) -> Tensor:
    if packed.before is None:
        raise TypeError("it takes the log-probabilities before training")
    return packed.before
