"""Exams of a version: item by item, beside the original."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from successor.subjects.program.grading import Files
from successor.subjects.program.ground import Ground
from successor.subjects.program.questions import TESTS
from successor.types import Counts, Draw, Exam, Slice, Version, Workspace

FEW = 8
"""Heats in an exam, by slice: it shows where time goes, and decides nothing."""


def evaluate(
    ground: Ground, version: Version, seed: int, workspace: Workspace, items: int, most_s: float
) -> Exam:
    """Every slice, easiest first; once time is up, no more sizes of what was examined at one."""
    began, parts = time.monotonic(), list[Slice]()
    names = ground.slices()
    for number, name in enumerate(names):
        most = min(FEW, items) if name.startswith(("speed/", "cost/")) else items
        count = ground.questions.count(name, most)
        workspace.progress("examining", number, len(names), slice=name)
        late = time.monotonic() - began > most_s and ground.questions.size(name) > 1
        if late and any(_family(part.name) == _family(name) for part in parts):
            continue
        draw = Draw("training", seed, ((name, count),))
        parts += examine(ground, version, draw, workspace).slices
    counts: Counts = tuple((part.name, len(part.scores)) for part in parts)
    return Exam(version.id, Draw("training", seed, counts), tuple(parts), figures(ground))


def _family(name: str) -> str:
    return name.partition("/")[0]


def examine(ground: Ground, version: Version, draw: Draw, workspace: Workspace) -> Exam:
    """Exactly the items of a draw."""
    source = ground.source(version, workspace)
    files = ground.files(source)
    broken = bool(ground.flaw(source) or ground.stray(version))
    parts: list[Slice] = []
    for name, count in draw.counts:
        seed = f"{draw.purpose}/{draw.seed}"
        if broken:
            scores: Sequence[float] = [0.0] * count
        elif name.startswith("speed/"):
            scores = list(_speeds(ground, files, name, seed, count))
        elif name.startswith("cost/"):
            scores = _costs(ground, files, name, seed, count)
        else:
            asked = ground.grader.asked(name, count, seed)
            scores = ground.grader.scores(asked, ground.grader.answers(files, [asked])[0])
            scores += (float(not ground.failure(files)),) if name == TESTS else ()
        parts.append(Slice(name, float(ground.questions.size(name)), tuple(scores)))
        if draw.purpose == "confirmation":
            workspace.progress("confirming", len(parts), len(draw.counts), slice=name)
    return Exam(version.id, draw, tuple(parts), figures(ground))


def figures(ground: Ground) -> dict[str, str | float]:
    """What is told beside the scores."""
    # A record holds whole numbers up to 2**53; magnitudes of arguments go beyond.
    return {"unit": "size", "largest": float(ground.questions.sizes[-1])}


def _costs(ground: Ground, files: Files, name: str, seed: str, count: int) -> Sequence[float]:
    """S / (1 + s), with s the original's cost over this version's: 0.5 is parity."""
    first = ground.target.files
    if files == first:
        return [0.5] * count
    grader, calls = ground.grader, [item.call for item in ground.questions.draw(name, count, seed)]
    mine, theirs = (
        grader.costs(calls, ground.bench.each(grader.program(each), calls))
        for each in (files, first)
    )
    return [old / (old + new) for new, old in zip(mine, theirs, strict=True)]


def _speeds(ground: Ground, files: Files, name: str, seed: str, count: int) -> Iterator[float]:
    """S / (1 + s), with s the original's time over this version's: 0.5 is parity.

    The original is not raced against itself: that would only be noise.
    """
    if files == ground.target.files:
        yield from [0.5] * count
        return
    for heat in ground.timer.heats(files, ground.target.files, name, seed, count):
        yield heat.theirs / (heat.theirs + heat.mine) if heat.agreed else 0.0
