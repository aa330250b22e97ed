"""What trades one goal for another: the Pareto front of a program's versions.

A version is promoted only when it loses on no goal. Those that gain on one and lose on another are
kept all the same, for people to choose from by saying which goal they want.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from successor.insight.report.data import VersionRow, story
from successor.ledger import Ledger
from successor.types import Digest, Verdict

_RIGHT = "correct"


@dataclass(frozen=True)
class Standing:
    """One version that is as right as the first."""

    version: Digest
    author: str
    outcome: str
    """What was decided, or that it is the first."""
    gains: Mapping[str, float]
    """Beside the first version; higher is better. `speedup`, `gain`, `memory` and `size` say how
    many times faster, better or less; others are shares.
    """
    reason: str
    """The judge's; "" for the first."""
    on_front: bool = False
    """Whether no other is at least as good on every goal, and better on one."""


def standings(ledger: Ledger) -> tuple[Standing, ...]:
    """Every version that was measured on all goals, in the order written; none of a subject that
    has fewer than two goals. What cheated, was revoked or is wrong somewhere has no standing.

    Figures are estimates: of a version's exam, and of memory and size by the judge's weighing.
    """
    rows = [row for row in story(ledger.entries(), "").versions if row.gains]
    kept = {row.version.id: _kept(ledger, row.verdict) for row in rows}
    weighed = dict[Digest, dict[str, float]]()
    for row in rows:
        weighed[row.version.id] = _weighed(row, kept[row.version.id], weighed)
    barred = ledger.revoked()
    found = [
        _standing(row, weighed[row.version.id])
        for row in rows
        if row.version.id not in barred and _is_right(row, rows[0], kept[row.version.id])
    ]
    names = dict.fromkeys(name for each in found for name in each.gains)
    if len(names) < 2:
        return ()
    whole = [
        replace(each, gains={name: each.gains.get(name, 1.0) for name in names})
        for each in found
        if each.outcome == "first" or each.gains.keys() >= names.keys()
    ]
    return tuple(replace(each, on_front=not _beaten(each, whole)) for each in whole)


def _standing(row: VersionRow, weighed: Mapping[str, float]) -> Standing:
    gains = {name: value for name, value in row.gains.items() if name != _RIGHT}
    reason = row.verdict.reason if row.verdict else ""
    return Standing(row.version.id, row.version.author, row.outcome, {**gains, **weighed}, reason)


def _beaten(each: Standing, by: Sequence[Standing]) -> bool:
    mine = each.gains
    return any(
        all(other.gains[name] >= mine[name] for name in mine)
        and any(other.gains[name] > mine[name] for name in mine)
        for other in by
    )


def _is_right(row: VersionRow, first: VersionRow, kept: Mapping[str, Any]) -> bool:
    """Whether it is as right as the first, and lost at most what trades."""
    verdict = row.verdict
    if verdict is None or row.outcome in {"first", "promoted"}:
        return row.outcome == "first" or verdict is not None
    lost = {name.partition("/")[0] for name in verdict.regressions} - kept.keys()
    suspect = verdict.tripwires or row.outcome == "quarantined"
    wrong = row.gains.get(_RIGHT, 1.0) < first.gains.get(_RIGHT, 1.0)
    return not (lost or suspect or wrong)


def _weighed(
    row: VersionRow, kept: Mapping[str, Any], before: Mapping[Digest, Mapping[str, float]]
) -> dict[str, float]:
    """How many times less than the first version it needs of what is weighed, by the line."""
    none: Mapping[str, float] = {}
    of = before.get(row.verdict.incumbent, none) if row.verdict else none
    return {
        name: of.get(name, 1.0) * found["incumbent"] / found["candidate"]
        for name, found in kept.items()
        if isinstance(found, dict) and "incumbent" in found and found["candidate"] > 0
    }


def _kept(ledger: Ledger, verdict: Verdict | None) -> Mapping[str, Any]:
    """What the judge kept of each goal; nothing of a form that only it knows."""
    if verdict is None or verdict.evidence is None:
        return {}
    try:
        kept: Any = json.loads(ledger.object(verdict.evidence))
        return cast("Mapping[str, Any]", kept["objectives"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return {}
