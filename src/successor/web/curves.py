"""The curves: how good the versions in charge are, what each gained, and at what cost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from starlette.requests import Request

from successor.insight.measures import HORIZONS
from successor.insight.reach import horizon, rows_of
from successor.insight.report.costs import Costs
from successor.ledger import WorkClock
from successor.showing.following import Sight
from successor.showing.tree import Leaf
from successor.web.seat import Seat

MOST = 2000
"""Points of a curve; of more, the last."""


def curves(seat: Seat, _: Request) -> dict[str, Any]:
    """All of them, in rows."""
    return seat.view("curves", _curves) or {"measure": "", "line": [], "tried": [], "costs": []}


def _curves(sight: Sight) -> dict[str, Any]:
    tree, incumbent = sight.tree, sight.ledger.incumbent()
    line = sight.ledger.lineage(incumbent.id) if incumbent else ()
    inside = {each.id for each in line}
    leaves = [tree.leaves[each.id] for each in line][-MOST:]
    others = [leaf for name, leaf in tree.leaves.items() if name not in inside][-MOST:]
    revoked = tree.revoked()
    return {
        "measure": next((name for leaf in leaves for name in leaf.measured), ""),
        "line": [*_line(sight, leaves)],
        "tried": [
            {
                "version": leaf.version.id,
                "generation": leaf.generation,
                "value": leaf.score,
                "outcome": tree.outcome(leaf, revoked),
            }
            for leaf in others
        ],
        "verdicts": [*_verdicts(leaves + others)],
        "costs": _costs(sight),
    }


def _line(sight: Sight, leaves: list[Leaf]) -> Iterator[dict[str, Any]]:
    before: float | None = None
    for leaf in leaves:
        low, high = _interval(sight, leaf)
        value = leaf.score
        yield {
            "version": leaf.version.id,
            "generation": leaf.generation,
            "minutes": round(leaf.worked_s / 60, 4),
            "usd": leaf.usd,
            "value": value,
            "low": low,
            "high": high,
            "gain": value / before if value and before else None,
        }
        before = value


def _interval(sight: Sight, leaf: Leaf) -> tuple[float | None, float | None]:
    """The 95% interval of a horizon; other measures have none of their own."""
    exam = sight.ledger.exam(leaf.version.id) if HORIZONS[0] in leaf.measured else None
    if exam is None or not (rows := rows_of(exam)):
        return None, None
    return horizon(rows, draws=200).interval


def _verdicts(leaves: list[Leaf]) -> Iterator[dict[str, Any]]:
    for leaf in leaves:
        if leaf.verdict is not None:
            yield {
                "version": leaf.version.id,
                "generation": leaf.generation,
                "e_value": leaf.verdict.e_value,
                "threshold": leaf.verdict.threshold,
                "outcome": leaf.verdict.outcome,
            }


def _costs(sight: Sight) -> list[dict[str, Any]]:
    """Working seconds by generation and stage."""
    clock, costs = WorkClock(), Costs()
    for entry in sight.ledger.entries():
        costs.take(entry.event, clock.take(entry))
    told = costs.told()[-4 * MOST :]
    return [{"generation": c.generation, "stage": c.stage, "seconds": c.seconds} for c in told]
