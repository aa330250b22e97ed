"""Whether the errors about a curve hang together, which all odds take them not to do.

The correlation of neighbouring errors is compared with what independent noise about the same curve
leaves: a fit takes out what its parameters can follow, more of it in short series, so that the
distribution is drawn, of noise with the fit's own directions taken out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[np.float64]
Shape: TypeAlias = Callable[[Array], tuple[Array, Array]]
"""From a bend to an offset and a slope column, at each time."""

FEWEST = 8
"""Points from which errors say anything of each other."""
RARE = 0.05
"""Chance of so much correlation in independent noise, below which errors hang together."""
_DRAWS, _ROOM = 2000, 2_000_000
_EXACT = 1e-12


def hang_together(shape: Shape, start: Array, box: tuple[Array, Array], logs: Array) -> float:
    """The correlation of neighbouring errors about the best curve; 0 when chance may give it.

    Args:
        shape: of the kind of growth.
        start: a bend near the best one, without parameters when the kind has none.
        box: least and largest bend.
        logs: ln y, by time.
    """
    if len(logs) < FEWEST:
        return 0.0
    bend = _best(shape, start, box, logs)
    basis = _directions(shape, bend, box)
    offset, _ = shape(bend)
    y = logs - offset
    left = y - basis @ (basis.T @ y)
    if float(left @ left) <= _EXACT * float(y @ y):
        return 0.0  # The rounding of numbers.
    found = float(_lagged(left))
    draws = max(200, min(_DRAWS, _ROOM // len(logs)))
    noise = np.random.default_rng(42).standard_normal((draws, len(logs)))
    noise -= (noise @ basis) @ basis.T
    chance = (1 + int((_lagged(noise) >= found).sum())) / (1 + draws)
    return found if chance <= RARE else 0.0


def _lagged(errors: Array) -> Array:
    return (errors[..., 1:] * errors[..., :-1]).sum(axis=-1) / (errors**2).sum(axis=-1)


def _best(shape: Shape, start: Array, box: tuple[Array, Array], logs: Array) -> Array:
    """The bend of least squares: a grid's own leaves errors that hang together."""
    if not len(start):
        return start
    from scipy.optimize import minimize

    def loss(bend: Array) -> float:
        offset, slope = shape(bend)
        basis = _orthogonal([np.ones_like(slope), slope])
        y = logs - offset
        left = y - basis @ (basis.T @ y)
        return float(left @ left)

    bounds = [*zip(*(end.tolist() for end in box), strict=True)]
    found = minimize(
        loss, start, method="Nelder-Mead", bounds=bounds, options={"xatol": 1e-7, "fatol": 1e-14}
    )
    return np.asarray(found.x, np.float64)


def _directions(shape: Shape, bend: Array, box: tuple[Array, Array]) -> Array:
    """What a fit can follow near this bend: level, slope, and a change of the bend."""
    offset, slope = shape(bend)
    columns = [np.ones_like(slope), slope]
    for at, step in enumerate((box[1] - box[0]) * 1e-6):
        moved = bend.copy()
        # Inwards, where there is room.
        moved[at] += step if bend[at] + step <= box[1][at] else -step
        other, steeper = shape(moved)
        columns.append(other - offset + steeper - slope)
    return _orthogonal(columns)


def _orthogonal(columns: list[Array]) -> Array:
    kept = [column / size for column in columns if (size := float(np.linalg.norm(column)))]
    return np.linalg.qr(np.stack(kept, axis=1))[0]
