"""Arguments of `matmul`: matrices that fit, of floats or of whole numbers.

No float is negative: where products cancel, any order of summing is as far off as another.
"""

from random import Random


def draw(random: Random, size: int) -> tuple[list[list[float]], list[list[float]]]:
    """Two matrices whose sides are at most `size`, and more than half of it."""
    rows, inner, columns = (random.randint(size - size // 4, size) for _ in range(3))
    whole = random.random() < 0.25
    return _matrix(random, rows, inner, whole=whole), _matrix(random, inner, columns, whole=whole)


def _matrix(random: Random, rows: int, columns: int, *, whole: bool) -> list[list[float]]:
    if whole:
        return [[random.randint(-99, 99) for _ in range(columns)] for _ in range(rows)]
    return [[random.random() for _ in range(columns)] for _ in range(rows)]
