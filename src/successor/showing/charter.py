"""What a signature under a charter is under, for people to read before they sign."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

from successor.insight.visible import visible
from successor.oversight import STAGES, Charter


def to_sign(now: Charter, changes: str) -> Iterator[str]:
    """All that a signature is under, in lines for people."""
    rules, stage = now.rules, f"{now.stage} ({STAGES[now.stage]})"
    told_changes = visible(changes) or "nothing in it is looser than what is in force"
    yield f"What is signed ({told_changes}):"
    yield f"  stage         {stage}, at most {rules.stage}"
    for kind, holders in (("people", rules.people), ("machines", rules.machines)):
        for each in holders:
            yield f"  {kind:<13} {visible(each.name)}: {each.key}"
    yield f"  signatures    promotion {rules.promotion}, change {rules.change}"
    told: dict[str, object] = {"thresholds": rules.thresholds, "witnesses": rules.witnesses}
    told |= {"dead_man_s": rules.dead_man_s, "judge": now.judge, "base_cases": now.base_cases}
    for name, value in told.items():
        if value:
            yield f"  {name:<13} {listed(value)}"


def listed(value: object) -> str:
    """Settings on a line; what is not set is left out."""
    if not isinstance(value, Mapping):
        return ", ".join(cast("tuple[str, ...]", value)) if isinstance(value, tuple) else f"{value}"
    table = cast("Mapping[str, object]", value)
    return ", ".join(f"{name} {each}" for name, each in table.items() if each is not None)
