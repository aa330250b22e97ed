"""The subject: a small transformer, from its labelled beginnings to whatever it became.

It is also what the `training` author asks of a learner (see authors/training/learner.py): to
pose problems, to answer them, to split them, to be trained. Right answers are behind
`Task.truth`, which only `create`, the exams and the figures about label precision use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import replace
from itertools import chain, count, takewhile

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import load, save

from successor.subjects.transformer.fit import Fitted, Schedule, fit
from successor.subjects.transformer.model import Model, restore
from successor.subjects.transformer.network import Network, Shape, initialise
from successor.subjects.transformer.problems import Examples, Mask, Problems, Task, Tokens, Variant
from successor.subjects.transformer.saving import Confirming
from successor.subjects.transformer.settings import Settings
from successor.types import Draft, Draw, Exam, Slice, Version, Workspace

WEIGHTS = "weights.safetensors"
EXAMPLES = "examples.safetensors"
HOPELESS = 0.05
"""A kind of problem with at most this share right is hopeless at that size, ..."""
ENOUGH = 2
"""... and asked no more after so many hopeless sizes in a row."""
MASTERED = 0.95
"""Share right of every kind of problem from which on a size is not looked at more closely."""

ENDS = 0.3
"""Share of a generation's loss that its answers' last tokens have: without it almost all that goes
wrong at sizes learnt long ago is the last digit."""


class Transformer:
    """A small transformer and its task, as a subject and as a learner."""

    def __init__(self, task: Task, settings: Settings) -> None:
        self.task = task
        self.settings = settings
        self.shape = Shape(settings.layers, settings.width, settings.heads, settings.positions)
        self._last: tuple[str, Model] | None = None
        torch.set_num_threads(settings.threads or torch.get_num_threads())

    # As a subject

    def create(self, seed: int, workspace: Workspace) -> Draft:
        """Train from scratch on labelled problems of at most `labelled` size."""
        network = Network(self.shape)
        initialise(network, seed)
        model = Model(network, self.task)
        schedule = Schedule(
            self.settings.learning_rate, self.settings.steps, self.settings.decay, warmup=50
        )
        fitted = fit(
            model,
            lambda step: self.labelled(np.random.default_rng([seed, step])),
            schedule,
            "teaching",
            workspace,
            workspace.resume(),
            bytes,
        )
        return Draft({WEIGHTS: workspace.write(model.dump())}, figures_of(fitted))

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        """Every size on a geometric grid, closer where the version falters.

        A kind of problem that is hopeless at two sizes in a row is asked no more. Between the
        last size of the grid that it masters and the next, sizes are halved until they are a
        sixteenth apart: whoever takes one small step at a time has to see it.
        """
        parts: list[Slice] = []
        reach, beyond = 0, 0
        hopeless: Counter[int] = Counter()
        for size in grid(self.settings.largest):
            names = enumerate(self.task.slices(size))
            kinds = {kind: name for kind, name in names if hopeless[kind] < ENOUGH}
            if not kinds:
                break
            asked = self._ask(version, seed, [*kinds.values()], workspace)
            parts += asked
            if not beyond and falters(asked):
                beyond = size
            elif not beyond:
                reach = size
            for kind, part in zip(kinds, asked, strict=True):
                hopeless[kind] = hopeless[kind] + 1 if part.mean <= HOPELESS else 0
        while beyond - reach > max(1, reach // 16):
            size = (reach + beyond) // 2
            asked = self._ask(version, seed, self.task.slices(size), workspace)
            parts += asked
            reach, beyond = (reach, size) if falters(asked) else (size, beyond)
        parts.sort(key=lambda part: part.size)
        draw = Draw("training", seed, tuple((part.name, len(part.scores)) for part in parts))
        figures = self._label_precision(version, workspace)
        return Exam(version.id, draw, tuple(parts), {"unit": "digits", **figures})

    def asks(self) -> tuple[tuple[str, float], ...]:
        """Every kind of problem of every size on the grid."""
        sizes = grid(self.settings.largest)
        return tuple((name, float(size)) for size in sizes for name in self.task.slices(size))

    def _ask(
        self, version: Version, seed: int, names: Sequence[str], workspace: Workspace
    ) -> list[Slice]:
        """Some kinds of problems of one size: most of all the first of its kinds.

        When none of its first items is right, no more are asked: it is the largest sizes that
        cost the most and say the least.
        """
        asked: list[Slice] = []
        for name in names:
            size = self.task.size(name)
            items = max(1, self.settings.exam_items // 4)
            part = self._grade(version, seed, [(name, items)], workspace)[0]
            if name == self.task.slices(size)[0] and any(part.scores):
                every = [(name, self.settings.exam_items)]
                part = self._grade(version, seed, every, workspace)[0]
            workspace.progress("examining", size, 0, size=size, right=part.mean)
            asked.append(part)
        return asked

    def parts(self, draw: Draw) -> tuple[Draw, ...]:
        """A slice each: what one asks follows from the seed and its own name."""
        return tuple(replace(draw, counts=(each,)) for each in draw.counts)

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        """The items of a draw, graded right or wrong.

        Tells how far it is, and keeps it, only when it confirms: a judge tells of its own draws.
        """
        confirming = Confirming(draw, workspace) if draw.purpose == "confirmation" else None
        parts = self._grade(version, draw.seed, draw.counts, workspace, confirming)
        return Exam(version.id, draw, tuple(parts), {"unit": "digits"})

    def _grade(
        self,
        version: Version,
        seed: int,
        counts: Sequence[tuple[str, int]],
        workspace: Workspace,
        confirming: Confirming | None = None,
    ) -> list[Slice]:
        model = self.load(version, workspace)
        graded: list[Slice] = []
        for name, items in counts:
            problems, size = self.pose(name, items, seed), float(self.task.size(name))
            step = max(16, model.rows(problems.shape))
            scores: list[float] = []
            for start in range(0, items, step):
                asked = min(step, items - start)
                given = confirming.known(asked) if confirming else None
                if given is None:
                    given = [float(each) for each in model.right(problems[start : start + step])]
                scores += given
                if confirming:
                    confirming.take(size, given)
            graded.append(Slice(name, size, tuple(scores)))
        return graded

    def _label_precision(self, version: Version, workspace: Workspace) -> dict[str, float]:
        if EXAMPLES not in version.files:
            return {}
        examples = self.unpack(workspace.read(version.files[EXAMPLES]))
        right = [(self.task.truth(e.problems) == e.answers).all(axis=1) for e in examples]
        return {"label_precision": float(np.concatenate(right).mean())} if right else {}

    # As a learner

    @property
    def largest(self) -> int:
        """No larger problems are practised than exams ask."""
        return self.settings.largest

    def load(self, version: Version, workspace: Workspace) -> Model:
        """The model of a version; the last one loaded is kept."""
        digest = version.files[WEIGHTS]
        if self._last is None or self._last[0] != digest:
            self._last = (digest, restore(workspace.read(digest), self.shape, self.task))
        return self._last[1]

    def slices(self, size: int) -> tuple[str, ...]:
        """The names of all kinds of problems of a size."""
        return self.task.slices(size)

    def pose(self, slice_name: str, items: int, seed: int) -> Problems:
        """Problems of a slice, without answers."""
        rng = np.random.default_rng([seed, *slice_name.encode()])
        return self.task.draw(slice_name, items, rng)

    def rows(self, slice_name: str) -> int:
        """Problems of a slice in one training step: as many as `batch_tokens` allows."""
        return self._rows(self.pose(slice_name, 1, 0).shape)

    def _rows(self, shape: str) -> int:
        return max(1, self.settings.batch_tokens // len(self.task.layout(shape).ids))

    def answer(self, model: Model, problems: Problems) -> tuple[Tokens, NDArray[np.float32]]:
        """Answers in one go, and the model's surety of each, in [0, 1]."""
        return model.answer(problems)

    def decompose(
        self, problems: Problems, reach: int, rng: np.random.Generator
    ) -> Generator[Problems, Tokens, Tokens]:
        """Split at random places into problems of at most size `reach`."""
        return self.task.decompose(problems, reach, rng)

    def variants(self, problems: Problems, rng: np.random.Generator) -> dict[str, Variant]:
        """Other problems whose answers follow from these answers, by name."""
        return self.task.variants(problems, rng)

    def plausible(self, problems: Problems, answers: Tokens) -> Mask:
        """False where an arithmetic check proves the answer wrong."""
        return self.task.plausible(problems, answers)

    def labelled(self, rng: np.random.Generator) -> Examples:
        """One training step's worth of the labelled problems that the first version learnt."""
        rows = max(1, self.settings.batch_tokens // (3 * self.settings.labelled + 2))
        drawn = rows * self.settings.mining
        problems = self.task.draw_labelled(self.settings.labelled, drawn, rng)
        keep = min(rows, self._rows(problems.shape))
        problems = problems[: keep * self.settings.mining]
        return Examples(problems, self.task.truth(problems), keep=keep)

    def examples(self, problems: Problems, answers: Tokens) -> Examples:
        """Problems with answers to learn."""
        return Examples(problems, answers)

    def take(self, examples: Examples, rng: np.random.Generator) -> Examples:
        """One training step's worth of the examples, chosen at random."""
        rows = self._rows(examples.problems.shape)
        chosen = rng.choice(len(examples), min(rows, len(examples)), replace=False)
        return Examples(examples.problems[chosen], examples.answers[chosen])

    def pack(self, examples: Sequence[Examples]) -> bytes:
        """Examples as safetensors."""
        arrays: dict[str, Tokens] = {}
        for index, batch in enumerate(examples):
            key = f"{index}/{batch.problems.size}/{batch.problems.shape}"
            arrays[f"{key}/prompts"] = batch.problems.prompts
            arrays[f"{key}/answers"] = np.ascontiguousarray(batch.answers)
        return save(arrays)

    def unpack(self, data: bytes) -> list[Examples]:
        """What `pack` packed, in the same order."""
        arrays = load(data)
        keys = {key.rpartition("/")[0] for key in arrays}
        batches: list[Examples] = []
        for key in sorted(keys, key=lambda key: int(key.split("/")[0])):
            _, size, shape = key.split("/")
            problems = Problems(shape, int(size), arrays[f"{key}/prompts"])
            batches.append(Examples(problems, arrays[f"{key}/answers"]))
        return batches

    def train(
        self,
        version: Version,
        batch: Callable[[int], Examples],
        steps: int,
        learning_rate: float,
        workspace: Workspace,
        saved: bytes | None,
        save_as: Callable[[bytes], bytes],
    ) -> tuple[dict[str, str], dict[str, float]]:
        """Train on from a version; returns the files and figures of its successor."""
        model = restore(workspace.read(version.files[WEIGHTS]), self.shape, self.task)
        schedule = Schedule(learning_rate, steps, max(1, steps // 3), mined=True, ends=ENDS)
        fitted = fit(model, batch, schedule, "training", workspace, saved, save_as)
        return {WEIGHTS: workspace.write(model.dump())}, figures_of(fitted)


def falters(asked: Sequence[Slice]) -> bool:
    """Whether a size is beyond what the version masters."""
    return min(part.mean for part in asked) < MASTERED


def grid(largest: int) -> Iterable[int]:
    """1, 2, 3, 4, 6, 8, 12, 16, 24, ... up to `largest`."""
    pairs = ((2**power, 3 * 2**power // 2) for power in count(1))
    return takewhile(lambda size: size <= largest, chain([1], chain.from_iterable(pairs)))


def figures_of(fitted: Fitted) -> dict[str, float]:
    """What training cost, by the names that reports know."""
    return {
        "loss": fitted.loss,
        "steps": fitted.steps,
        "tokens": fitted.tokens,
        "train_s": fitted.seconds,
    }
