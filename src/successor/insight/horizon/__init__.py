"""How far an ability reaches: the size at which half comes out right, and how it grows.

    successor horizon runs.jsonl --hack-policy fail

METR's time horizon (Kwa et al., "Measuring AI ability to complete long tasks", 2025;
eval-analysis-public), with any positive size in the place of human minutes:

    P(right) = sigmoid(b0 + b1 * log2(size)),   horizon at p = 2 ** ((logit(p) - b0) / b1).

`exam` reads it off one exam of a lab; `runs`, `agents` and `trend` off tables of runs, as METR
does.
"""

from __future__ import annotations

from successor.insight.horizon.exam import Horizon, Row, horizon, measure, reliable_size, rows_of
from successor.insight.horizon.logistic import PENALTY

__all__ = ["PENALTY", "Horizon", "Row", "horizon", "measure", "reliable_size", "rows_of"]
