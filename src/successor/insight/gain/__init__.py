"""What was gained over the start: how many times better, at which rate, and what fails less.

    successor gain examples/adder

`rates` and `classes` are functions over plain tables; `record` reads them off a lab's ledger.
"""

from __future__ import annotations

from successor.insight.gain.rates import Gain, Point, Trend, gain

__all__ = ["Gain", "Point", "Trend", "gain"]
