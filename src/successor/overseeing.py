"""Who decides in a lab and what ends it, by its settings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

from successor.errors import UsageError
from successor.insight import measures
from successor.labfile import FILE_NAME, LabFile
from successor.loop import MASTERY
from successor.oversight import BaseCases, Policy, PolicyOverseer, Stage, require_measurable
from successor.types import Draw, Exam, Slice
from successor.validation import no_such


def overseer_of(settings: LabFile, folder: Path) -> PolicyOverseer:
    """Who decides in a lab and ends it, by its settings.

    Raises:
        UsageError: when nothing has to end it, or its target is no measure.
    """
    path, told = folder / FILE_NAME, settings.base_cases
    cases = BaseCases(
        target=told.target,
        confirm=told.confirm,
        wall_clock_s=told.wall_clock,
        generations=told.generations,
        plateau=told.plateau,
        examples=told.examples,
        tokens=told.tokens,
        cpu_s=told.cpu,
        usd=told.usd,
        disk_bytes=told.disk,
        floor=told.floor,
    )
    if cases.target and cases.target[0] not in measures.NAMES:
        name = cases.target[0]
        known = no_such("metric", name, [*measures.NAMES])
        raise UsageError(f"{path}: [base_cases] target = {name!r}: {known}")
    policy = Policy(cast("Stage", settings.lab.stage))
    try:
        return PolicyOverseer(policy, cases, measures.measure, MASTERY)
    except UsageError as error:
        raise UsageError(f"{path}: {error}") from None


def require_foreseen(cases: BaseCases, asks: Sequence[tuple[str, float]], folder: Path) -> None:
    """Raises UsageError when no exam of what a subject asks could measure the target of a lab."""
    slices = tuple(Slice(name, size, (1.0,)) for name, size in asks)
    counts = tuple((part.name, 1) for part in slices)
    try:
        perfect = Exam("", Draw("training", 0, counts), slices)
        require_measurable(cases, perfect, measures.measure)
    except UsageError as error:
        raise UsageError(f"{folder / FILE_NAME}: [base_cases] {error}") from None
