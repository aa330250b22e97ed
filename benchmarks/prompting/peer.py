"""GEPA's side: its `optimize` with its own settings, and an adapter that asks our meter.

The adapter is its default one for prompts, but that it asks a whole batch at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from prompting.asking import Answering, Item

PART = "system_prompt"
"""As its documentation calls the text that improves."""


@dataclass(frozen=True)
class Found:
    """What it came to."""

    text: str
    candidates: int
    """Texts that it kept."""
    practice: float
    """Score of the best one on its validation items."""
    practice_before: float


def optimise(
    text: str,
    sets: tuple[Sequence[Item], Sequence[Item]],
    answering: Answering,
    reflect: Callable[[str], str],
    calls: int,
    seed: int,
) -> Found:
    """Improve a prompt.

    Args:
        sets: items to learn from, and to validate on.
        calls: items answered, at most; it finishes the round that it is in.
    """
    gepa: Any = import_module("gepa")  # it is in the benchmark's own environment
    result = gepa.optimize(
        seed_candidate={PART: text},
        trainset=[*sets[0]],
        valset=[*sets[1]],
        adapter=_adapter(answering),
        reflection_lm=reflect,
        max_metric_calls=calls,
        seed=seed,
        logger=_Quiet(),
    )
    scores: list[float] = result.val_aggregate_scores
    return Found(result.best_candidate[PART], len(scores), max(scores), scores[0])


class _Quiet:
    def log(self, message: str) -> None:
        """Nothing."""


class _Adapter:
    propose_new_texts = None
    """It has its own way."""

    def __init__(self, answering: Answering, batch: Callable[..., Any], records: Any) -> None:  # noqa: ANN401 - theirs
        self._answering = answering
        self._batch = batch
        self._records = records

    def evaluate(
        self,
        batch: Sequence[Item],
        candidate: Mapping[str, str],
        capture_traces: bool = False,  # noqa: FBT001, FBT002 - theirs
    ) -> Any:  # noqa: ANN401 - theirs
        marks = self._answering.answer(candidate[PART], batch)
        traces: list[dict[str, Any]] = [
            {
                "data": {"input": question, "additional_context": {}, "answer": answer},
                "full_assistant_response": mark.said,
                "feedback": mark.feedback,
            }
            for (question, answer), mark in zip(batch, marks, strict=True)
        ]
        return self._batch(
            outputs=[{"full_assistant_response": mark.said} for mark in marks],
            scores=[mark.score for mark in marks],
            trajectories=traces if capture_traces else None,
        )

    def make_reflective_dataset(self, *given: Any) -> Any:  # noqa: ANN401 - theirs
        return self._records(*given)


def _adapter(answering: Answering) -> _Adapter:
    default: Any = import_module("gepa.adapters.default_adapter.default_adapter")
    core: Any = import_module("gepa.core.adapter")
    records = default.DefaultAdapter(model=_unasked).make_reflective_dataset
    return _Adapter(answering, core.EvaluationBatch, records)


def _unasked(_: object) -> str:
    return ""
