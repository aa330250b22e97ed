"""The subject `model/causal_lm`: a language model whose versions are adapters of one base.

It is also what the author `language_training` asks of a learner: to attempt problems, and to be
trained on attempts that a verifier found right. Who is right is said by `Tasks.score` alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING

from successor.errors import SuccessorError
from successor.sandbox import Confinement
from successor.subjects.causal_lm.attempts import Attempt, packed, require_clean, unpacked
from successor.subjects.causal_lm.base import Base
from successor.subjects.causal_lm.settings import Settings
from successor.subjects.causal_lm.tasks import Problem, Tasks
from successor.subjects.program.bench import Bench
from successor.types import Digest, Draft, Draw, Exam, Slice, Version, Workspace

if TYPE_CHECKING:  # torch is loaded when a model is
    from successor.subjects.causal_lm.objectives import Objective
    from successor.subjects.causal_lm.sampling import Said
    from successor.subjects.causal_lm.speaker import Speaker

BASE = "base.json"
ADAPTER = "adapter_model.safetensors"
ADAPTER_CONFIG = "adapter_config.json"
_SEEDS = 1 << 62


class CausalLM:
    """A base, its tasks, and adapters as versions."""

    def __init__(
        self,
        base: Callable[[], Base],
        tasks: Tasks,
        settings: Settings,
        bench: Bench | None = None,
    ) -> None:
        self._find, self.tasks, self.settings, self._bench = base, tasks, settings, bench

    @cached_property
    def base(self) -> Base:
        """The base, found when it is first needed."""
        return self._find()

    @cached_property
    def speaker(self) -> Speaker:
        """The loaded model."""
        from successor.subjects.causal_lm.speaker import Speaker

        return Speaker(self.base, self.settings)

    def bound(self) -> Mapping[str, bytes]:
        """The files of the base, by digest, and the release of what draws the problems."""
        return {
            "base model": self.base.listing.encode(),
            "problems": self.tasks.origin().encode(),
        }

    def allow_unsafe(self) -> None:
        """Let the sandbox be one that does not hold, where there is no other."""
        if self._bench:
            self._bench.unsafe = True

    def confinement(self) -> Confinement | None:
        """The least trusted sandbox that was opened."""
        return self._bench.weakest if self._bench else None

    def close(self) -> None:
        """Give the sandbox and the model back; both open anew when they are needed."""
        if self._bench:
            self._bench.close()
        self.__dict__.pop("speaker", None)

    def sealed(self) -> frozenset[str]:
        """Slices that are never trained on: they earn no promotion, a loss there refuses one."""
        return self.tasks.sealed()

    # As a subject

    def create(self, seed: int, workspace: Workspace) -> Draft:
        """The base as it is."""
        return Draft({BASE: workspace.write(self._bound_base())})

    def _bound_base(self) -> bytes:
        told = {"base": self.base.name, "digest": self.base.digest}
        return json.dumps(told, sort_keys=True).encode()

    def asks(self) -> tuple[tuple[str, float], ...]:
        """Every family at every level."""
        return self.tasks.slices()

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        """Every slice, those that are sealed too."""
        counts = tuple((name, self.settings.exam_items) for name, _ in self.tasks.slices())
        return self._exam(version, Draw("training", seed, counts), self.settings.passes, workspace)

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        """The items of a draw, one likeliest answer to each: pass@1."""
        return self._exam(version, draw, 1, workspace)

    def _exam(self, version: Version, draw: Draw, each: int, workspace: Workspace) -> Exam:
        problems = [
            problem
            for name, count in draw.counts
            for problem in self.tasks.draw(draw.purpose, draw.seed, name, count)
        ]
        own = (
            draw.purpose != "held-out"
        )  # a judge has several exams in one step, and one checkpoint
        marks = self._marks(version, problems, each, draw, workspace if own else None, workspace)
        sizes, parts, start = dict(self.tasks.slices()), list[Slice](), 0
        for name, count in draw.counts:
            scores = tuple(sum(each) / len(each) for each in marks[start : start + count])
            parts.append(Slice(name, sizes[name], scores))
            start += count
        figures: dict[str, float | int | str] = {"unit": "level", **self._where()}
        if each > 1:
            figures[f"pass@{each}"] = sum(any(each) for each in marks) / max(1, len(marks))
        return Exam(version.id, draw, tuple(parts), figures)

    def _where(self) -> dict[str, str]:
        """What it was computed with; answers may differ on another device by rounding."""
        speaker = self.speaker
        number = str(speaker.dtype).removeprefix("torch.")
        return {"device": speaker.device.type, "dtype": number}

    def _marks(
        self,
        version: Version,
        problems: Sequence[Problem],
        each: int,
        draw: Draw,
        keeping: Workspace | None,
        workspace: Workspace,
    ) -> list[list[float]]:
        """The scores of all answers to every problem; kept batch by batch where that is wanted."""
        speaker = self._wearing(version.files, workspace)
        prompts = [speaker.prompt(problem.question) for problem in problems]
        asked: list[object] = [
            version.id,
            draw.purpose,
            draw.seed,
            [list(each) for each in draw.counts],
        ]
        known = _resumed(keeping.resume() if keeping else None, asked)
        for group in speaker.groups(prompts, each):
            if str(group[0]) in known:
                continue
            workspace.progress("answering", len(known), len(problems))
            said = speaker.say(
                [prompts[place] for place in group],
                each,
                1.0 if each > 1 else 0.0,
                (draw.seed + group[0]) % _SEEDS,
            )
            for place, answers in zip(group, said, strict=True):
                known[str(place)] = [self._score(problems[place], answer) for answer in answers]
            if keeping:
                keeping.checkpoint(json.dumps({"asked": asked, "marks": known}).encode())
        return [known[str(place)] for place in range(len(problems))]

    def _score(self, problem: Problem, said: Said) -> float:
        """Of an answer that was cut off nobody knows what it would have been."""
        if not said.ended:
            return 0.0
        return self.tasks.score(problem, self.speaker.text(said.tokens))

    def _wearing(self, files: Mapping[str, Digest], workspace: Workspace) -> Speaker:
        """The model as a version has it.

        Raises:
            SuccessorError: when the version is of another base, or its adapter is damaged.
        """
        told = json.loads(workspace.read(files[BASE]))
        if told["digest"] != self.base.digest:
            raise SuccessorError(
                f"{self.base.name}: is not the base that this version was trained on "
                f"({self.base.digest[:12]}, and not {told['digest'][:12]})"
            )
        adapter = files.get(ADAPTER)
        self.speaker.wear(workspace.read(adapter) if adapter else None)
        return self.speaker

    # As a learner

    def trainable(self) -> tuple[str, ...]:
        """Slices that may be practised, the easiest first."""
        sealed = self.tasks.sealed()
        return tuple(name for name, _ in self.tasks.slices() if name not in sealed)

    @property
    def rows(self) -> int:
        """Answers that are written side by side."""
        return self.settings.rows

    def attempt(
        self,
        version: Version,
        counts: Mapping[str, int],
        each: int,
        temperature: float,
        seed: int,
        workspace: Workspace,
    ) -> list[Attempt]:
        """Answers to fresh problems, `each` to every one of them, marked by the verifier.

        Raises:
            SuccessorError: when a slice is sealed.
        """
        if barred := self.sealed() & counts.keys():
            raise SuccessorError(f"{min(barred)} is sealed, and never practised")
        problems = [
            problem
            for name, count in counts.items()
            for problem in self.tasks.draw("training", seed, name, count)
        ]
        speaker = self._wearing(version.files, workspace)
        prompts = [speaker.prompt(problem.question) for problem in problems]
        found = list[Attempt]()
        for group in speaker.groups(prompts, each):
            chosen = [prompts[place] for place in group]
            said = speaker.say(chosen, each, temperature, (seed + group[0]) % _SEEDS)
            for place, answers in zip(group, said, strict=True):
                found += [self._attempt(problems[place], a, version.id) for a in answers]
        return found

    def _attempt(self, problem: Problem, said: Said, writer: Digest) -> Attempt:
        text = self.speaker.text(said.tokens)
        right = self._score(problem, said) == 1.0
        return Attempt(
            problem.slice, problem.id, problem.origin, problem.question, text,
            said.tokens, right, said.ended, said.entropy, writer,
        )  # fmt: skip

    def pack(self, attempts: Sequence[Attempt]) -> bytes:
        """Attempts as they are kept, a JSON object in each line."""
        return packed(attempts)

    def unpack(self, data: bytes) -> list[Attempt]:
        """What `pack` packed."""
        return unpacked(data)

    def train(
        self,
        version: Version | None,
        attempts: Sequence[Attempt],
        epochs: float,
        learning_rate: float,
        seed: int,
        workspace: Workspace,
        objective: Objective = "imitate",
    ) -> tuple[dict[str, Digest], dict[str, float]]:
        """The files of a successor, and what it cost.

        Args:
            version: whose adapter is trained on; a new one when it is None, or has none.
            attempts: right ones; for "dpo" a right one before a wrong one to the same question,
                for "grpo" several to each question, some of them right.
            epochs: how often each is seen.
            learning_rate: the highest.
            seed: of their order and of a new adapter.
            workspace: for the files, and for checkpoints of the training alone.
            objective: what training makes smaller.

        Raises:
            SuccessorError: when an example may not be trained on, or the loss is not finite.
        """
        from successor.subjects.causal_lm.objectives import LOSSES
        from successor.subjects.causal_lm.training import fit, steps_of

        require_clean(attempts, self.sealed())
        speaker = self.speaker
        if version and ADAPTER in version.files:
            self._wearing(version.files, workspace)
        else:
            speaker.begin(seed)
        steps = steps_of(speaker, attempts, self.settings.batch_tokens, seed, objective)
        count, loss = steps.count(epochs), LOSSES[objective]
        try:
            fitted = fit(speaker.model, steps.batch, count, learning_rate, workspace, loss)
        finally:
            speaker.changed()
        files = {
            BASE: workspace.write(self._bound_base()),
            ADAPTER: workspace.write(speaker.adapter()),
            ADAPTER_CONFIG: workspace.write(speaker.adapter_config()),
        }
        return files, fitted.figures()


def _resumed(saved: bytes | None, asked: list[object]) -> dict[str, list[float]]:
    """The marks of an exam that was ended; none of another one."""
    with suppress(ValueError):  # it is of the same step, but may be of another release
        told = json.loads(saved or b"{}")
        if told.get("asked") == asked:
            return dict(told["marks"])
    return {}
