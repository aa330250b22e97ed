"""The evidence of a judgement as it grew, batch by batch, read from the object that it kept."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from successor.judge.evidence import log_e_value
from successor.judge.trial import as_value

CORRECTNESS = "correctness"
"""The question whether it is right wherever the incumbent is."""


@dataclass(frozen=True)
class Batch:
    """Where one question stood after a batch."""

    question: str
    items: int
    """Asked until then, each to both versions."""
    told: str


def course(evidence: bytes) -> tuple[Batch, ...]:
    """Every batch of every question; nothing of evidence in a form that only its judge knows."""
    try:
        kept: object = json.loads(evidence)
        return tuple(_batches(cast("Mapping[str, Any]", kept))) if isinstance(kept, dict) else ()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ()


def _batches(kept: Mapping[str, Any]) -> Iterator[Batch]:
    if "gain" in kept:
        yield from _scored("gain", kept["gain"])
        for number, hold in enumerate(kept["holds"], 1):
            yield from _scored(f"hold {number}", hold)
        yield from _scored("sealed", kept.get("sealed", ()))
        return
    yield from _scored(CORRECTNESS, kept[CORRECTNESS])
    for name, found in kept["objectives"].items():
        if isinstance(found, list):
            yield from _scored(name, cast("Sequence[Mapping[str, Any]]", found))
        elif isinstance(found, dict) and "draws" in found:
            yield from _timed(name, cast("Mapping[str, Any]", found)["draws"])


def _scored(question: str, sittings: Sequence[Mapping[str, Any]]) -> Iterator[Batch]:
    """Shares right so far; of a gain also the evidence, which is what has to reach the level."""
    right: list[float] = []
    before: list[float] = []
    for sitting in sittings:
        right += [score for part in sitting["candidate"] for score in part]
        before += [score for part in sitting["incumbent"] for score in part]
        if not right:
            continue
        told = f"{100 * np.mean(right):.4g}% right against {100 * np.mean(before):.4g}%"
        if question != CORRECTNESS and not question.startswith(("hold", "sealed")):
            differences = np.asarray(right) - np.asarray(before)
            told += f", e-value {as_value(log_e_value(differences, 0.0)):.3g}"
        yield Batch(question, len(right), told)


def _timed(question: str, draws: Sequence[Mapping[str, Any]]) -> Iterator[Batch]:
    """The median of how many times less the candidate took so far."""
    ratios: list[float] = []
    for draw in draws:
        heats = draw["heats"] if "heats" in draw else draw["costs"]
        ratios += [old / new for _, new, old, *_ in heats if new > 0 and math.isfinite(old)]
        if ratios:
            yield Batch(question, len(ratios), f"{np.median(ratios):.4g} times lower in the median")
