"""What `status` and `lineage` tell, read off a record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import Any, cast

import click
from rich.console import Console

from successor.cli.in_file import told_revoked
from successor.cli.interrupt import INTERRUPTED
from successor.cli.options import plain
from successor.cli.session import WHOLLY, lift_with, raise_with
from successor.cli.signers import told_acts
from successor.cli.view import table
from successor.experiment import Tables
from successor.insight.contract import contract_of
from successor.insight.measures import HORIZONS
from successor.insight.report.html import counted
from successor.lab import record_of
from successor.ledger import (
    Alive,
    Decided,
    Directed,
    GenerationClosed,
    GenerationOpened,
    Heartbeat,
    Ledger,
    Paused,
    Reviewed,
    RolledBack,
    SandboxOpened,
    SessionStarted,
    Stopped,
    told_pause,
)
from successor.ledger.disk import reader_lock
from successor.oversight import (
    Stage,
    Taking,
    adopted,
    effective,
    stage_of,
    stopfile,
    takings,
)
from successor.showing.acts import open_acts_of
from successor.showing.figures import at_most, duration, metric, told_measures, unsafe
from successor.showing.generation import Chronicle, Generation
from successor.targets import function_of, name_of, revoked_in_file

USED = ("cpu_s", "examples", "tokens", "usd", "disk_bytes")
"""Of what budgets are in, beside the working time and generations."""
_MEASURED_ONLY = ("cpu_s", "disk_bytes")
"""Of these, what no draft reports."""
_NO_END = (Alive, Directed, Heartbeat, Paused)
"""What a session's end may be followed by."""


def status_of(folder: Path) -> dict[str, Any]:
    """The fields of `status --json`.

    Raises:
        UsageError: when nothing is on record.
        RecordError: when the record does not verify.
    """
    ledger = Ledger.read(record_of(folder))
    with reader_lock(record_of(folder) / "lock") as at_rest:
        running = not at_rest
    chronicle = Chronicle(ledger)
    ended = chronicle.replay(ledger.entries())
    incumbent = ledger.incumbent()
    measured = chronicle.measures(incumbent.id if incumbent else "")
    ends = [e.event for e in ledger.entries() if not isinstance(e.event, _NO_END)]
    last = ends[-1] if ends else None
    stop = last.stop if isinstance(last, Stopped) else None
    turns = [
        e.event for e in ledger.entries() if isinstance(e.event, RolledBack | GenerationOpened)
    ]
    back = turns[-1] if turns and isinstance(turns[-1], RolledBack) else None
    waits = ledger.waiting()
    opened = [entry.event for entry in ledger.entries(SandboxOpened)]
    stage = effective(_stage_asked(ledger), ledger.lowered())
    return {
        "goal": _goal(ledger),
        "generations": len(ended),
        "versions": chronicle.versions,
        "promotions": chronicle.promotions,
        "incumbent": incumbent.id if incumbent else None,
        **{name: measured.get(name) for name in HORIZONS},
        "measured": measured,
        "running": running,
        "stopped_by": stop.base_case if stop else None,
        "reason": stop.reason if stop else None,
        "needs_human": stop.needs_human if stop else False,
        "paused": _pause_of(ledger),
        "stage": stage,
        "lowered": _lowered_of(ledger),
        "waiting": waits.candidate.id if waits else None,
        "signatures": [each.fields() for each in open_acts_of(ledger)],
        "reviewed_by": _reviewed_by(ledger),
        "rolled_back": back.version if back else None,
        "revoked_in_file": revoked_in_file(name) if (name := function_of(folder)) else None,
        "seconds": round(ledger.spent_s(), 3),
        "used": _used(ledger),
        "events": ledger.head.size,
        "ledger_head": ledger.head.root,
        "sandbox": opened[-1].tier if opened else None,
        "trusted": opened[-1].trusted if opened else None,
        "contract": contract_of(ledger) or None,
    }


def told_status(found: dict[str, Any], folder: Path) -> str:
    """The status in a few lines."""
    state = "running" if found["running"] else "ended in the middle: improve it again to go on"
    if found["running"]:
        pass
    elif found["paused"]:
        pause = Paused(**{k: v for k, v in found["paused"].items() if k != "since"})
        state = f"{told_pause(pause)}. {lift_with(folder)}"
    elif found["waiting"]:
        asked = f"successor review {name_of(folder)}"
        state = f"candidate {found['waiting'][:8]} waits for a human: {asked}"
    elif found["stopped_by"] == INTERRUPTED:
        state = found["reason"]
    elif found["stopped_by"]:
        state = f"stopped by its {metric(found['stopped_by'])}: {found['reason']}"
    elif found["reviewed_by"]:
        state = f"decided on by {found['reviewed_by']}: improve it again to go on from there"
    elif found["rolled_back"]:
        state = f"rolled back to {found['rolled_back'][:8]}: improve it again to go on from there"
    lines = {
        "goal": found["goal"],
        "state": state,
        "incumbent": found["incumbent"] or "none yet",
        "measured": told_measures(found["measured"]) or "nothing yet",
        "generations": f"{found['generations']}, {counted(found['promotions'], 'promotion')}",
        "worked": duration(found["seconds"]),
        "used": told_use(found["used"]),
        "head": f"{found['ledger_head']} ({counted(found['events'], 'event')})",
    }
    if found["lowered"]:
        lines["stage"] = f"{at_most(found['lowered']['told'])}. {raise_with(folder)}"
    if (held := found.get("revoked_in_file")) and found["incumbent"]:
        lines["file"] = told_revoked(name_of(folder), held, found["incumbent"])
    if found["sandbox"]:
        lines["sandbox"] = found["sandbox"] if found["trusted"] else unsafe(found["sandbox"])
    acts = told_acts(found["signatures"], quote(name_of(folder)))
    told = [*lines.items(), *(("to sign", each) for each in acts)]
    lines_of = ((name, plain(value).replace("\n", "\\n")) for name, value in told)
    return "\n".join(f"{name:<12} {value}" for name, value in lines_of)


def told_use(used: Mapping[str, float | None]) -> str:
    """What was used, in a few words."""
    cpu_s, disk, usd = used["cpu_s"], used["disk_bytes"], used["usd"]
    parts = ["CPU time was not measured" if cpu_s is None else f"{duration(cpu_s)} of CPU time"]
    parts += [] if disk is None else [f"{disk / 1e6:,.1f} MB"]
    counted = {name: used[name] for name in ("examples", "tokens")}
    parts += [f"{count:,.0f} {name}" for name, count in counted.items() if count]
    return ", ".join([*parts, *([f"${usd:,.4f}"] if usd else [])])


def _used(ledger: Ledger) -> dict[str, float | None]:
    """What was used, by name; None of what was never measured."""
    measured = any(entry.used for entry in ledger.entries())
    known = (name for name in USED if measured or name not in _MEASURED_ONLY)
    return dict.fromkeys(USED) | {name: round(ledger.used(name), 6) for name in known}


def lineage_of(folder: Path) -> dict[str, Any]:
    """The fields of `lineage --json`: the incumbents, oldest first, with the generation that made
    each and who wrote it, all generations that are over, and what rollbacks took out of charge.

    Raises:
        UsageError: when nothing is on record.
        RecordError: when the record does not verify.
    """
    ledger = Ledger.read(record_of(folder))
    over = Chronicle(ledger).replay(ledger.entries())
    line = [
        {**asdict(row), "author": ledger.version(row.version).author} for row in _line(ledger, over)
    ]
    back = [_taking(each) for each in takings(ledger)]
    return {"lineage": line, "generations": [asdict(row) for row in over], "rolled_back": back}


def _taking(found: Taking) -> dict[str, Any]:
    """A rollback and what it took out of charge."""
    told = {"event": found.entry.seq, "time": found.entry.time, **asdict(found.entry.event)}
    out, revoked = [*found.out_of_charge], [*found.revoked]
    return {**told, "gave_way": found.gave_way, "out_of_charge": out, "revoked": revoked}


def told_taking(found: Taking) -> str:
    """The same in a line."""
    back = found.entry.event
    standing = ("in charge again since", "revoked")
    out = (f"{name[:8]} ({standing[name in found.revoked]})" for name in found.out_of_charge)
    gave = ", ".join(out) or "nothing"
    who = f"{back.by} ({back.reason}), event {found.entry.seq}"
    return f"Rolled back to {back.version[:8]} by {who}; out of charge: {gave}"


def show_lineage(folder: Path) -> None:
    """Print the incumbents as a table, or that there is none yet.

    Raises:
        UsageError, RecordError: as `lineage_of`.
    """
    console, ledger = Console(), Ledger.read(record_of(folder))
    rows = _line(ledger, Chronicle(ledger).replay(ledger.entries()))
    if not rows:
        click.echo(f"There is no version yet; write the first with: successor improve {folder}")
        return
    ascii_only = console.options.ascii_only
    console.print(table(rows, None, console.width, ascii_only=ascii_only))
    for each in takings(ledger):
        click.echo(plain(told_taking(each)))


def _line(ledger: Ledger, over: Iterable[Generation]) -> list[Generation]:
    """Of each version in line the generation that put it in charge, not one that found no other."""
    rows = {row.version: row for row in over if row.decision in {"first", "promoted"}}
    incumbent = ledger.incumbent()
    line = ledger.lineage(incumbent.id) if incumbent else ()
    return [rows[version.id] for version in line if version.id in rows]


def _pause_of(ledger: Ledger) -> dict[str, Any] | None:
    """The pause that nobody has lifted, and since when; asked for, it may not be on record yet."""
    if (held := ledger.paused) is not None:
        return {**asdict(held.event), "since": held.time}
    asked = stopfile.asked(ledger.folder)
    return {**asdict(asked), "since": None} if asked else None


def _stage_asked(ledger: Ledger) -> Stage:
    """The stage of the last session, no higher than people signed."""
    sessions = ledger.entries(SessionStarted)
    settings: object = sessions[-1].event.settings if sessions else {}
    law = adopted(ledger)
    return min(stage_of(cast("Tables", settings)), law.charter.stage if law else WHOLLY)


def _lowered_of(ledger: Ledger) -> dict[str, Any] | None:
    """The tripwire that lowered the stage, until people raise it again."""
    if (last := ledger.tripped) is None:
        return None
    who = {"candidate": last.event.candidate, "reason": last.event.reason}
    return {**who, "told": ledger.lowered(), "event": last.seq, "since": last.time}


def _reviewed_by(ledger: Ledger) -> str | None:
    """The human who decided on a candidate after the last session; None when nobody did."""
    for entry in reversed(ledger.entries()):
        match entry.event:
            case Reviewed(choice="accept" | "edit" | "reject", by=by):
                return by
            case Decided() | GenerationClosed() | Alive() | Directed():
                continue
            case _:
                return None
    return None


def _goal(ledger: Ledger) -> str:
    sessions = ledger.entries(SessionStarted)
    if not sessions:
        return ""
    match sessions[-1].event.settings:
        case {"lab": {"goal": str(goal)}}:
            return goal
        case _:
            return ""
