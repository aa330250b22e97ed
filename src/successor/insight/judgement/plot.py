"""What authors predicted beside what was measured, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from successor.insight.judgement.moments import Moment
from successor.insight.svg import Chart, Curve, Mark, write


def draw(moments: Sequence[Moment], output: Path) -> None:
    """Write each moment's predicted and measured gain, by the number of its event, as SVG.

    Raises:
        SuccessorError: when it cannot be written.
    """
    predicted = [(each.seq, each.predicted) for each in moments if each.predicted]
    marks = [
        Mark(each.seq, each.measured, name=f"event {each.seq}", faint=each.human == 0)
        for each in moments
        if each.measured
    ]
    curve = Curve([at for at, _ in predicted], [gain for _, gain in predicted], "predicted")
    title = "What was predicted of each candidate, and what its exam measured (dots)"
    write(Chart(title, "event", "times the incumbent", marks, [curve]), output)
