"""METR's hierarchical bootstrap: families, then tasks within a family, then runs within a task.

All agents share the families and tasks of a draw. Weights are those of the whole table and are not
made to sum to 1 again: a task that is drawn twice counts twice. Drawing is counting: how often a
task is drawn is a multinomial number, and how often its runs come out right then a binomial one,
so that a draw costs as much as there are tasks, however many runs there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from successor.insight.horizon.runs import Cell, Task
from successor.insight.logistic import Array, fit, size_at

Counts = NDArray[np.int64]
_ROOM = 200_000
"""Draws times tasks that are held at a time."""


def horizons(
    cells: Mapping[str, Sequence[Cell]],
    tasks: Sequence[Task],
    shares: Sequence[float],
    *,
    penalty: float,
    draws: int,
    seed: int,
    fixed: bool = False,
) -> dict[str, Array]:
    """For every agent, (draws, shares): its horizons in each draw, NaN in one that has none.

    Args:
        cells: by agent.
        tasks: all that are drawn from.
        shares: of runs that come out right, such as 0.5.
        penalty: of the fit.
        draws: how many.
        seed: the same numbers come of it again.
        fixed: draw runs only.
    """
    rng = np.random.default_rng(seed)
    place = {task.name: at for at, task in enumerate(tasks)}
    found = {agent: list[Array]() for agent in cells}
    chunk = max(1, min(draws, _ROOM // max(1, len(tasks))))
    for start in range(0, draws, chunk):
        size = min(chunk, draws - start)
        drawn = np.ones((size, len(tasks)), np.int64) if fixed else task_counts(tasks, size, rng)
        for agent, rows in cells.items():
            x = np.log2([cell.task.size for cell in rows])
            times = drawn[:, [place[cell.task.name] for cell in rows]]
            right, wrong = resampled(rows, times, rng)
            intercept, slope = fit(x, right, wrong, penalty)
            found[agent].append(np.stack([size_at(s, intercept, slope) for s in shares], axis=1))
    return {agent: np.concatenate(parts) for agent, parts in found.items() if parts}


def task_counts(tasks: Sequence[Task], draws: int, rng: np.random.Generator) -> Counts:
    """(draws, tasks): how often each task is in a draw of families and of tasks within them."""
    families = dict[str, list[int]]()
    for at, task in enumerate(tasks):
        families.setdefault(task.family, []).append(at)
    chosen = rng.multinomial(len(families), np.full(len(families), 1 / len(families)), size=draws)
    counts = np.zeros((draws, len(tasks)), np.int64)
    for times, members in zip(chosen.T, families.values(), strict=True):
        many = len(members)
        counts[:, members] = (
            times[:, None] if many == 1 else rng.multinomial(times * many, np.full(many, 1 / many))
        )
    return counts


def resampled(
    cells: Sequence[Cell], times: Counts, rng: np.random.Generator
) -> tuple[Array, Array]:
    """(draws, cells) twice: the weight of what came out right and wrong among the drawn runs.

    Args:
        cells: of one agent.
        times: (draws, cells), how often each task was drawn.
        rng: draws the runs.
    """
    runs = np.array([cell.runs.count for cell in cells])
    rate = np.array([min(1.0, cell.runs.total / cell.runs.count) for cell in cells])
    asked = times * runs
    right = rng.binomial(asked, rate).astype(float)
    for at, values in _graded(cells):
        scores, counts = np.array(list(values)), np.array(list(values.values()))
        right[:, at] = rng.multinomial(asked[:, at], counts / counts.sum()) @ scores
    weight = np.array([cell.weight for cell in cells])
    return right * weight, np.maximum(asked - right, 0.0) * weight


def _graded(cells: Sequence[Cell]) -> Iterator[tuple[int, Mapping[float, int]]]:
    for at, cell in enumerate(cells):
        if not cell.runs.scores.keys() <= {0.0, 1.0}:
            yield at, cell.runs.scores
