"""A model in memory: how it answers, how sure it is, and how its answers are graded."""

# torch types some of its functions in part:
# pyright: reportUnknownMemberType=false

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load, save
from torch import Tensor

from successor.subjects.transformer.network import Frame, Network, Seen, Shape, frame
from successor.subjects.transformer.problems import Layout, Mask, Problems, Task, Tokens

ATTENDED = 48_000_000
"""Query-key pairs per forward pass without gradients: bounds memory at any length."""
MASKS = 64_000_000
"""Query-key pairs of all masks that are kept: a quarter of a gigabyte."""
DRAFTED = 0.5
"""Share of the answer up to which its changed tokens alone are read again."""
READ = 65_536
"""Tokens per forward pass without gradients."""


@dataclass(frozen=True)
class Model:
    """A network and the task whose problems it reads."""

    network: Network
    task: Task
    frames: dict[str, tuple[Layout, Frame]] = field(default_factory=dict[str, tuple[Layout, Frame]])

    def frame(self, shape: str) -> tuple[Layout, Frame]:
        """Layout and tensors of a shape; the last are kept, as far as memory allows."""
        if shape not in self.frames:
            layout = self.task.layout(shape)
            kept = sum(tensors.mask.numel() for _, tensors in self.frames.values())
            if kept + layout.answer * len(layout.ids) > MASKS:
                self.frames.clear()
            self.frames[shape] = (layout, frame(layout, self.network.shape))
        return self.frames[shape]

    def logits(self, problems: Problems, answers: Tokens, seen: Seen | None = None) -> Tensor:
        """[n, answer, vocabulary], each token given the answer's tokens before it."""
        _, tensors = self.frame(problems.shape)
        read = np.concatenate([problems.prompts, answers[:, :-1]], axis=1)
        return self.network(torch.from_numpy(read).long(), tensors, seen)

    def rows(self, shape: str) -> int:
        """Problems per forward pass."""
        layout, _ = self.frame(shape)
        read = len(layout.ids)
        pairs = layout.answer * read * self.network.shape.heads
        return max(1, min(READ // read, ATTENDED // pairs))

    @torch.no_grad()
    def answer(self, problems: Problems) -> tuple[Tokens, NDArray[np.float32]]:
        """Greedy answers [n, answer] and the least probability that any of their tokens had [n].

        Decodes all positions at once and repeats until nothing changes (Jacobi decoding,
        Santilli et al. 2023). A fixed point satisfies the greedy recursion token by token, so it
        is the greedy answer. Between two such passes changes `travel` at little cost.
        """
        layout, _ = self.frame(problems.shape)
        answers = np.zeros((len(problems), layout.answer), dtype=np.int8)
        surety = np.zeros(len(problems), dtype=np.float32)
        step = self.rows(problems.shape)
        for start in range(0, len(problems), step):
            rows = np.arange(start, min(start + step, len(problems)))
            while len(rows):
                seen: Seen = []
                logits = self.logits(problems[rows], answers[rows], seen)
                best, tokens = logits.max(dim=-1)
                found = tokens.numpy().astype(np.int8)
                settled = (found == answers[rows]).all(axis=1)
                least = (best - logits.logsumexp(dim=-1)).amin(dim=-1).exp().numpy()
                surety[rows[settled]] = least[settled]
                answers[rows] = self.travel(problems.shape, found, found != answers[rows], seen)
                rows = rows[~settled]
        return answers, surety

    def travel(self, shape: str, answers: Tokens, changed: Mask, seen: Seen) -> Tokens:
        """A draft [n, answer]: only tokens right behind a changed one are answered anew.

        So carries run through a sum without a whole pass for each digit. A token whose
        predecessors are final keeps its answer: each whole pass settles one more at least.
        """
        layout, tensors = self.frame(shape)
        while (most := changed[:, :-1].sum(axis=1).max(initial=0)) > 0:
            if most > DRAFTED * layout.answer:
                break
            before = np.argsort(~changed[:, :-1], axis=1, kind="stable")[:, :most]
            tokens = np.take_along_axis(answers, before, axis=1)
            where = torch.from_numpy(before + layout.prompt)
            logits = self.network.again(torch.from_numpy(tokens).long(), where, tensors, seen)
            found = logits.argmax(dim=-1).numpy().astype(np.int8)
            differs = found != np.take_along_axis(answers, before + 1, axis=1)
            np.put_along_axis(answers, before + 1, found, axis=1)
            changed = np.zeros_like(changed)
            np.put_along_axis(changed, before + 1, differs, axis=1)
        return answers

    @torch.no_grad()
    def right(self, problems: Problems) -> Mask:
        """[n] whether the greedy answer equals the truth, in one pass.

        Greedy decoding writes the true answer exactly when each of its tokens is the most
        probable one after the true tokens before it (by induction over the tokens).
        """
        truth = self.task.truth(problems)
        step = self.rows(problems.shape)
        graded = [
            self.logits(problems[part], truth[part]).argmax(dim=-1).numpy() == truth[part]
            for part in (slice(i, i + step) for i in range(0, len(problems), step))
        ]
        return np.all(np.concatenate(graded), axis=1)

    def dump(self) -> bytes:
        """The weights as safetensors, the shape in their metadata; the same bytes every time."""
        told = {"task": self.task.name, **asdict(self.network.shape)}
        # Several keys would come in an order that differs from one process to the next.
        return save(dict(self.network.state_dict()), {"model": json.dumps(told, sort_keys=True)})


def restore(data: bytes, shape: Shape, task: Task) -> Model:
    """A model from `Model.dump`."""
    network = Network(shape)
    network.load_state_dict(load(data))
    return Model(network, task)
