"""The subject `prompt`: the text of a prompt or the scaffold of an agent, with a fixed model."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from successor.errors import UsageError
from successor.llm import Budget, LanguageModel, Limits
from successor.sandbox import Confinement
from successor.subjects.prompt.items import Item, Items
from successor.subjects.prompt.opening import Opening
from successor.subjects.prompt.settings import Settings
from successor.subjects.prompt.solving import Oracle, PromptSolver, ScaffoldSolver, Solver
from successor.types import Counts, Draft, Draw, Exam, Slice, Version, Workspace

ITEMS = "successor_items.py"
"""As the sandbox sees the lab's items."""
_BATCH = 32
"""Items between two reports of progress."""


@dataclass(frozen=True)
class Trace:
    """One item that authors may see, and what became of it."""

    family: str
    question: str
    said: str
    score: float
    feedback: str
    course: tuple[str, ...] = ()
    """How the answer came about, where there is more to tell."""


class PromptSubject:
    """Answers of one model, to items of the lab, by a text that can be changed."""

    def __init__(self, settings: Settings, folder: Path, goal: str, opening: Opening) -> None:
        self.settings = settings
        self.goal = goal
        self._opening = opening
        self._path = Path(settings.target).name
        self._original = _read(folder, settings.target, "target")
        self._files = {name: _read(folder, name, "data") for name in settings.data}
        self._files[ITEMS] = _read(folder, settings.items, "items")
        self.require_sound(_text(self._original, settings.target))
        self._bench = opening.bench(settings)
        self._items = Items(self._bench, self._files, settings.items)
        self._budget = Budget(Limits(settings.calls, settings.tokens, opening.usd(settings)))
        self._model: LanguageModel | None = None

    @property
    def is_scaffold(self) -> bool:
        """Whether a version is a program that asks the model."""
        return self._path.endswith(".py")

    @cached_property
    def _solver(self) -> Solver:
        told = self.settings
        self._model = self._opening.model(told.model, self._budget)
        oracle = Oracle(self._model, told.max_tokens, told.temperature)
        if self.is_scaffold:
            return ScaffoldSolver(oracle, self._bench, told.steps)
        return PromptSolver(oracle)

    def close(self) -> None:
        """Give the model and the sandbox back; the sandbox opens anew when it is needed."""
        self._bench.close()
        if self._model is not None:
            self._model.close()
            self._model = None
            del self._solver

    def allow_unsafe(self) -> None:
        """Let the sandbox be one that does not hold, where there is no other."""
        self._bench.unsafe = True

    def confinement(self) -> Confinement | None:
        """The least trusted sandbox that was opened."""
        return self._bench.weakest

    def bound(self) -> Mapping[str, bytes]:
        """The files that judging depends on."""
        told = self.settings
        data = {name: self._files[name] for name in told.data}
        return {told.target: self._original, told.items: self._files[ITEMS], **data}

    # As a subject

    def create(self, seed: int, workspace: Workspace) -> Draft:
        """The lab's own text."""
        return Draft({self._path: workspace.write(self._original)})

    def asks(self) -> tuple[tuple[str, float], ...]:
        """Every family, with its place as its difficulty."""
        return tuple((name, float(place + 1)) for place, name in enumerate(self.settings.families))

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        """Every family."""
        counts = tuple((name, self.settings.exam_items) for name in self.settings.families)
        return self.examine(version, Draw("training", seed, counts), workspace)

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        """The items of a draw, as the lab scores them."""
        before = self._budget.spent
        text = self.text(version, workspace)
        sizes, parts = dict(self.asks()), list[Slice]()
        found = self._attempt(text, self._drawn(draw), workspace, "examining")
        for name, _ in draw.counts:
            scores = tuple(trace.score for trace in found if trace.family == name)
            parts.append(Slice(name, sizes[name], scores))
        spent = self._budget.spent
        figures = {"calls": spent.calls - before.calls, "tokens": spent.tokens - before.tokens}
        return Exam(version.id, draw, tuple(parts), {"unit": "family", **figures})

    # As an author's practice

    def text(self, version: Version, workspace: Workspace) -> str:
        """The text of a version."""
        return _text(workspace.read(version.files[self._path]), self._path)

    def practise(
        self, text: str, seed: int, counts: Counts, workspace: Workspace
    ) -> tuple[Trace, ...]:
        """What becomes of a text on items that authors may see."""
        items = self._drawn(Draw("training", seed, counts))
        return tuple(self._attempt(text, items, workspace, "practising"))

    def require_sound(self, text: str) -> None:
        """Nothing, when a text may be a version.

        Raises:
            UsageError: why it may not.
        """
        if len(text) > self.settings.longest:
            told = f"has {len(text)} characters, of at most {self.settings.longest}"
            raise UsageError(f"[subject] target: {told}")
        if self.is_scaffold:
            _require_scaffold(text, self.settings.target)

    def draft(self, text: str, workspace: Workspace, **figures: float | str) -> Draft:
        """A text as a candidate.

        Raises:
            UsageError: when it may not be a version.
        """
        self.require_sound(text)
        return Draft({self._path: workspace.write(text.encode())}, figures)

    def _drawn(self, draw: Draw) -> list[Item]:
        """What it asks: other items for another purpose, as far as the lab has enough of them."""
        items = list[Item]()
        for name, count in draw.counts:
            items += self._items.draw(f"{draw.purpose}/{draw.seed}/{name}", name, count)
        return items

    def _attempt(
        self, text: str, items: list[Item], workspace: Workspace, stage: str
    ) -> list[Trace]:
        traces = list[Trace]()
        for start in range(0, len(items), _BATCH):
            workspace.progress(stage, start, len(items), tokens=self._budget.spent.tokens)
            asked = items[start : start + _BATCH]
            answers = self._solver.solve(text, [item.question for item in asked])
            marks = self._items.marks([answer.text for answer in answers], asked)
            traces += [
                Trace(i.family, i.question, a.text, m.score, m.feedback, a.course)
                for i, a, m in zip(asked, answers, marks, strict=True)
            ]
        return traces


def _read(folder: Path, name: str, key: str) -> bytes:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise UsageError(f"[subject] {key} = {name!r}: is outside the lab's folder")
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"[subject] {key} = {name!r}: {error.strerror}") from None


def _text(data: bytes, name: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise UsageError(f"[subject] target = {name!r}: is not UTF-8 text") from None


def _require_scaffold(text: str, name: str) -> None:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise UsageError(f"[subject] target = {name!r}: is no Python: {error}") from None
    if not any(isinstance(n, ast.FunctionDef) and n.name == "solve" for n in tree.body):
        raise UsageError(f"[subject] target = {name!r}: has no function solve(question)")
