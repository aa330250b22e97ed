"""What `status` and `lineage` tell, read off a record."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console

from successor.cli.generation import Chronicle, Generation
from successor.cli.interrupt import INTERRUPTED
from successor.cli.options import plain
from successor.cli.view import duration, metric, table, told_measures, unsafe
from successor.insight.contract import contract_of
from successor.insight.measures import HORIZONS
from successor.lab import record_of
from successor.ledger import Ledger, SandboxOpened, SessionStarted, Stopped
from successor.ledger.disk import reader_lock


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
    last = ledger.entries()[-1].event if ledger.entries() else None
    stop = last.stop if isinstance(last, Stopped) else None
    opened = [entry.event for entry in ledger.entries(SandboxOpened)]
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
        "seconds": round(ledger.spent_s(), 3),
        "events": ledger.head.size,
        "ledger_head": ledger.head.root,
        "sandbox": opened[-1].tier if opened else None,
        "trusted": opened[-1].trusted if opened else None,
        "contract": contract_of(ledger) or None,
    }


def told_status(found: dict[str, Any]) -> str:
    """The status in a few lines."""
    state = "running" if found["running"] else "ended in the middle: improve it again to go on"
    if found["stopped_by"] == INTERRUPTED and not found["running"]:
        state = "interrupted"
    elif found["stopped_by"] and not found["running"]:
        state = f"stopped by its {metric(found['stopped_by'])}: {found['reason']}"
    lines = {
        "goal": found["goal"],
        "state": state,
        "incumbent": found["incumbent"] or "none yet",
        "measured": told_measures(found["measured"]) or "nothing yet",
        "generations": f"{found['generations']}, {found['promotions']} promotions",
        "worked": duration(found["seconds"]),
        "head": f"{found['ledger_head']} ({found['events']} events)",
    }
    if found["sandbox"]:
        lines["sandbox"] = found["sandbox"] if found["trusted"] else unsafe(found["sandbox"])
    told = {name: plain(value).replace("\n", "\\n") for name, value in lines.items()}
    return "\n".join(f"{name:<12} {value}" for name, value in told.items())


def lineage_of(folder: Path) -> list[dict[str, Any]]:
    """The incumbents, oldest first, with the generation that made each and who wrote it.

    Raises:
        UsageError: when nothing is on record.
        RecordError: when the record does not verify.
    """
    ledger = Ledger.read(record_of(folder))
    return [{**asdict(row), "author": ledger.version(row.version).author} for row in _line(ledger)]


def show_lineage(folder: Path) -> None:
    """Print the incumbents as a table.

    Raises:
        UsageError, RecordError: as `lineage_of`.
    """
    console, rows = Console(), _line(Ledger.read(record_of(folder)))
    ascii_only = console.options.ascii_only
    console.print(table(rows, None, console.width, ascii_only=ascii_only))


def _line(ledger: Ledger) -> list[Generation]:
    rows = {row.version: row for row in Chronicle(ledger).replay(ledger.entries())}
    incumbent = ledger.incumbent()
    line = ledger.lineage(incumbent.id) if incumbent else ()
    return [rows[version.id] for version in line if version.id in rows]


def _goal(ledger: Ledger) -> str:
    sessions = ledger.entries(SessionStarted)
    if not sessions:
        return ""
    match sessions[-1].event.settings:
        case {"lab": {"goal": str(goal)}}:
            return goal
        case _:
            return ""
