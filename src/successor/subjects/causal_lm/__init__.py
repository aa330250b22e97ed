"""The subject `model/causal_lm`: a language model that trains its own successors, as adapters.

Torch and transformers are imported when a model is loaded, not before.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path

from successor.sandbox import Limits
from successor.subjects.causal_lm.base import find_base
from successor.subjects.causal_lm.gym import Gym
from successor.subjects.causal_lm.programs import Programs
from successor.subjects.causal_lm.settings import Settings
from successor.subjects.causal_lm.subject import CausalLM
from successor.subjects.causal_lm.tasks import Families
from successor.subjects.program.bench import Bench
from successor.validation import validated


def causal_lm(settings: Mapping[str, object], folder: Path, _: str = "") -> CausalLM:
    """The language model that a lab names, and its tasks.

    Raises:
        UsageError: when a setting is wrong, or names a family or a model that there is not.
    """
    told = validated(Settings, "subject", settings)
    limits = Limits(wall_s=told.wall_s, cpu_s=told.wall_s, memory_bytes=told.memory_mb << 20)
    bench = Bench(limits, told.tier)
    tasks = Families(told.families, told.sealed, told.levels, (Programs(bench), Gym()))
    tasks.require_known()
    subject = CausalLM(partial(find_base, told.base, folder), tasks, told, bench)
    subject.bound()  # a lab without its model is refused before any work
    return subject


__all__ = ["CausalLM", "Settings", "causal_lm"]
