"""Small transformers trained from scratch: "model/adder", "model/reverser", "model/multiplier"."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

# Threads that spin while they wait for one another gain nothing on a free machine, and cost a
# step eight times its time when another process wants a core. OpenMP reads it when torch loads.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

from successor.subjects.transformer.settings import Settings
from successor.subjects.transformer.subject import Transformer
from successor.subjects.transformer.tasks import TASKS
from successor.validation import validated


def adder(settings: Mapping[str, object], _: Path, __: str) -> Transformer:
    """A transformer that adds."""
    return _transformer("addition", settings)


def reverser(settings: Mapping[str, object], _: Path, __: str) -> Transformer:
    """A transformer that reverses strings of digits."""
    return _transformer("reversal", settings)


def multiplier(settings: Mapping[str, object], _: Path, __: str) -> Transformer:
    """A transformer that multiplies."""
    return _transformer("multiplication", settings)


def _transformer(task: str, settings: Mapping[str, object]) -> Transformer:
    return Transformer(TASKS[task](), validated(Settings, "subject", settings))


__all__ = ["Settings", "Transformer", "adder", "multiplier", "reverser"]
