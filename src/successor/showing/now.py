"""What a lab is at: the live generation, its candidates, the evidence, the budgets, the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from statistics import median
from typing import Any, cast

from successor.insight.measures import RATIOS, ratio
from successor.insight.visible import visible
from successor.ledger import told_pause
from successor.loop import find_weaknesses
from successor.oversight import STAGES, Stage, adopted, effective, stage_of, stopfile
from successor.showing.acts import open_acts_of
from successor.showing.figures import number
from successor.showing.following import Sight
from successor.showing.tree import Leaf
from successor.types import Weakness

WEAKNESSES = 8
"""That are shown, the most worth mending first."""
GENERATIONS = 12
"""That are shown, the last ones."""
PACE = 5
"""Generations whose times tell of the next."""
WHOLLY = 4
"""The stage at which nobody is asked."""
BUDGETS = {
    "wall_clock": ("working time", "s"),
    "cpu": ("CPU time", "s"),
    "generations": ("generations", ""),
    "examples": ("examples", ""),
    "tokens": ("tokens", ""),
    "usd": ("money", "$"),
    "disk": ("disk", "B"),
}
"""Names of base cases that are budgets, in words, with their unit."""
USED_AS = {"cpu": "cpu_s", "disk": "disk_bytes"}


def now_of(sight: Sight, *, running: bool) -> dict[str, Any]:
    """The fields of `watch --json`; `docs/json.md` describes them. All text in it shows all that
    is in it.
    """
    ledger, chronicle = sight.ledger, sight.chronicle
    incumbent, waits = ledger.incumbent(), ledger.waiting()
    budgets = [*budgets_of(sight)]
    state, told = _state(sight, running=running)
    return {
        "goal": visible(str(setting_of(sight, "lab").get("goal", ""))),
        "running": running,
        "state": state,
        "told": visible(told),
        "generation": chronicle.number,
        "generations": len(sight.over),
        "versions": chronicle.versions,
        "promotions": chronicle.promotions,
        "incumbent": _candidate(sight.tree.leaves[incumbent.id]) if incumbent else None,
        "waiting": waits.candidate.id if waits else None,
        "paused": _paused(sight),
        "stage": effective(_stage(sight), ledger.lowered()),
        "stage_told": STAGES[effective(_stage(sight), ledger.lowered())],
        "lowered": _shown(ledger.lowered()),
        "signatures": [*_signatures(sight)],
        "step": _step(sight) if running else None,
        "weaknesses": [_weakness(each) for each in _weaknesses(sight)],
        "candidates": [_candidate(leaf) for leaf in _in_flight(sight)],
        "budgets": budgets,
        "ends_within_s": _ends_within_s(sight, budgets),
        "recent": [
            {**asdict(each), "reason": visible(each.reason), "decision": each.decision}
            for each in sight.over[-GENERATIONS:]
        ],
        "seconds": round(ledger.spent_s(), 3),
        "sandbox": sight.sandbox.tier if sight.sandbox else None,
        "trusted": sight.sandbox.trusted if sight.sandbox else None,
        "events": ledger.head.size,
        "ledger_head": ledger.head.root,
    }


def _shown(text: str | None) -> str | None:
    return None if text is None else visible(text)


def setting_of(sight: Sight, table: str) -> Mapping[str, Any]:
    """A table of the last session's settings."""
    found = sight.session.settings.get(table) if sight.session else None
    return cast("Mapping[str, Any]", found) if isinstance(found, Mapping) else {}


def _stage(sight: Sight) -> Stage:
    """The stage of the last session, no higher than people signed."""
    settings = {"lab": {"stage": WHOLLY, **setting_of(sight, "lab")}}
    law = adopted(sight.ledger)
    return min(stage_of(settings), law.charter.stage if law else WHOLLY)


def _state(sight: Sight, *, running: bool) -> tuple[str, str]:
    """What the lab is at, in a word and in a line."""
    ledger = sight.ledger
    if (pause := _paused(sight)) is not None:
        return "paused", str(pause["told"])
    if ledger.waiting() is not None:
        return "waiting", "a candidate waits for a human"
    if running:
        return "running", "a run is at work"
    if sight.stopped is not None:
        stop = sight.stopped.stop
        asks = "; it asks for a human" if stop.needs_human else ""
        return "ended", f"by {stop.base_case.replace('_', ' ')}: {stop.reason}{asks}"
    if sight.session is not None:
        return "interrupted", "it ended in the middle: improve it again to go on"
    return "idle", "nothing has run yet"


def _paused(sight: Sight) -> dict[str, Any] | None:
    """The pause that nobody has lifted, also one that is not on record yet."""
    held = sight.ledger.paused
    pause = held.event if held else stopfile.asked(sight.ledger.folder)
    if pause is None:
        return None
    shown = {name: visible(str(value)) for name, value in asdict(pause).items()}
    return {**shown, "told": visible(told_pause(pause)), "since": held.time if held else None}


def _signatures(sight: Sight) -> Iterator[dict[str, Any]]:
    """What waits for people to sign it."""
    for act in open_acts_of(sight.ledger) if sight.signed else ():
        yield {**act.fields(), "told": visible(act.told())}


def _step(sight: Sight) -> dict[str, Any] | None:
    pace = sight.pace
    if pace.step is None:
        return None
    return {
        "name": pace.step,
        "version": pace.about,
        "since": pace.since,
        "usual_s": pace.usual_s(),
    }


def _weaknesses(sight: Sight) -> tuple[Weakness, ...]:
    incumbent = sight.ledger.incumbent()
    exam = sight.ledger.exam(incumbent.id) if incumbent else None
    return find_weaknesses(exam)[:WEAKNESSES] if exam else ()


def _weakness(found: Weakness) -> dict[str, Any]:
    is_ratio = found.slice.partition("/")[0] in RATIOS
    told = f"{number(ratio({'': found.score}))} times as good as the first version"
    shown = told if is_ratio else f"scores {found.score:.1%}, {found.worth:.1%} to be won"
    return {**asdict(found), "slice": visible(found.slice), "told": shown}


def _in_flight(sight: Sight) -> Iterator[Leaf]:
    """Candidates of the generation that is not over; of one that is, when none is open."""
    incumbent = sight.ledger.incumbent()
    for leaf in reversed(sight.tree.leaves.values()):
        if leaf.generation != sight.chronicle.number:
            break
        if incumbent is None or leaf.version.id != incumbent.id or leaf.version.parents:
            yield leaf


def _candidate(leaf: Leaf) -> dict[str, Any]:
    """How far a version has come, with its evidence."""
    verdict, made = leaf.verdict, leaf.decision
    at = "written" if not leaf.measured else "examined" if verdict is None else "judged"
    return {
        "version": leaf.version.id,
        "author": visible(leaf.version.author),
        "generation": leaf.generation,
        "at": "decided" if made else at,
        "measured": leaf.measured,
        "outcome": made.outcome if made else None,
        "reason": visible(made.reason if made else verdict.reason if verdict else ""),
        "e_value": verdict.e_value if verdict else None,
        "threshold": verdict.threshold if verdict else None,
        "effect": verdict.effect if verdict else None,
        "interval": list(verdict.interval) if verdict else None,
        "tripwires": [visible(each) for each in verdict.tripwires] if verdict else [],
        "in_flight": made is None or made.outcome == "waiting",
    }


def budgets_of(sight: Sight) -> Iterator[dict[str, Any]]:
    """What the lab may use, and has used, of all that ends it by being used up."""
    limits = setting_of(sight, "base_cases")
    for name, (words, unit) in BUDGETS.items():
        limit = limits.get(name)
        if isinstance(limit, int | float):
            used = _used(sight, name)
            yield {"name": name, "words": words, "unit": unit, "used": used, "limit": limit}


def _used(sight: Sight, name: str) -> float:
    if name == "wall_clock":
        return round(sight.ledger.spent_s(), 3)
    if name == "generations":
        return float(len(sight.over))
    return sight.ledger.used(USED_AS.get(name, name))


def _ends_within_s(sight: Sight, budgets: list[dict[str, Any]]) -> float | None:
    """Seconds until a budget ends it at the latest, by the pace so far; None when none tells."""
    took = [each.seconds for each in sight.over[1:][-PACE:]]
    left = {each["name"]: max(0.0, each["limit"] - each["used"]) for each in budgets}
    ends = [left["wall_clock"]] if "wall_clock" in left else []
    if "generations" in left and took:
        ends.append(left["generations"] * median(took))
    return min(ends, default=None)
