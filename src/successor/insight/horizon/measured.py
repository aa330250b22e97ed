"""Horizons and their trend, from any source: files of runs, published tables, records of labs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from successor.errors import UsageError
from successor.insight.horizon.agents import Agent, fitted
from successor.insight.horizon.inspect_logs import read_log
from successor.insight.horizon.record import read_record
from successor.insight.horizon.rows import Columns, read_rows
from successor.insight.horizon.runs import HackPolicy, Runs, dated, require_policy
from successor.insight.horizon.tables import read_dates, read_table
from successor.insight.horizon.trend import Trend, trend, within
from successor.insight.logistic import PENALTY, Array

ROWS = frozenset({".jsonl", ".ndjson", ".csv", ".tsv"})
LOGS = frozenset({".eval", ".json"})
TABLES = frozenset({".yaml", ".yml"})
FEWEST_DRAWS = 100
RECORD = ".successor"
"""Where a lab keeps its record."""


@dataclass(frozen=True)
class Asked:
    """How to measure."""

    hack_policy: HackPolicy | None = None
    columns: Columns = field(default_factory=Columns)
    dates: Path | None = None
    since: date | None = None
    until: date | None = None
    penalty: float = PENALTY
    draws: int = 1000
    seed: int = 42


@dataclass(frozen=True)
class Measured:
    """What came of it."""

    kind: str
    """"runs", "table" of published horizons, or "record" of a lab."""
    agents: tuple[Agent, ...]
    """The oldest first; those without a date last."""
    trend: Trend
    unit: str
    """Of sizes and horizons."""
    time_unit: str
    """Of the doubling time."""
    hack_policy: HackPolicy | None
    """None for a table, whose horizons were computed with one."""
    runs: int
    hacks: int
    """Runs that are marked as cheating."""
    notes: tuple[str, ...]


def measured(paths: Sequence[Path], asked: Asked) -> Measured:
    """Horizons of all agents in these files, or in one lab.

    Raises:
        UsageError: naming what cannot be read, or has to be chosen.
    """
    if asked.since and asked.until and asked.since > asked.until:
        raise UsageError(f"--since {asked.since} is after --until {asked.until}")
    if 0 < asked.draws < FEWEST_DRAWS:
        told = f"{FEWEST_DRAWS} or more, or 0 for no intervals"
        raise UsageError(f"--draws {asked.draws}: should be {told}")
    kinds = {_kind(path) for path in paths}
    if len(kinds) != 1 or (len(paths) > 1 and kinds != {"runs"}):
        raise UsageError("several files may be given of runs only: give one table or one lab")
    if kinds == {"table"}:
        return _of_table(paths[0], asked)
    runs = Runs(asked.columns.unit_of())
    for path in paths:
        _take(path, asked.columns, runs)
    if asked.dates:
        dated(runs, read_dates(asked.dates))
    policy = require_policy(asked.hack_policy, runs.hacks, runs.total)
    table = fitted(runs, policy, penalty=asked.penalty, draws=asked.draws, seed=asked.seed)
    notes = [*runs.notes]
    if not runs.hacks:
        notes.append("no run is marked as a reward hack: all hack policies come to the same")
    return _told(kinds.pop(), table.agents, table.draws, asked, (runs, policy, notes))


def _of_table(path: Path, asked: Asked) -> Measured:
    if asked.hack_policy not in {None, "fail"}:
        raise UsageError(
            f"{path}: its horizons are computed already, METR's with hacks as failures: "
            f"--hack-policy {asked.hack_policy} needs the runs"
        )
    agents = read_table(path)
    if asked.dates:
        dates = read_dates(asked.dates)
        agents = tuple(_dated(each, dates) for each in agents)
    runs = Runs(asked.columns.unit_of())
    notes = ["published horizons: the interval is that of the models about the line"]
    return _told("table", agents, {}, asked, (runs, None, notes))


def _dated(agent: Agent, dates: Mapping[str, date]) -> Agent:
    from dataclasses import replace

    known = dates.get(agent.name)
    if agent.released is not None or known is None:
        return agent
    return replace(agent, released=float(known.toordinal()))


def _told(
    kind: str,
    agents: Sequence[Agent],
    draws: Mapping[str, Array],
    asked: Asked,
    source: tuple[Runs, HackPolicy | None, list[str]],
) -> Measured:
    runs, policy, notes = source
    since, until = (float(d.toordinal()) if d else None for d in (asked.since, asked.until))
    if kind == "record" and (asked.since or asked.until):
        raise UsageError("--since and --until are dates; a lab's time is that of its work")
    line = trend(within(agents, since, until), draws, fixed=kind == "record")
    if line.left_out:
        notes.append(f"horizon 0, which no trend can hold: {', '.join(line.left_out)}")
    undated = sorted(each.name for each in agents if each.released is None)
    if undated:
        notes.append(f"no release date, so in no trend: {', '.join(undated)} (see --dates)")
    never = float("inf")
    return Measured(
        kind,
        tuple(sorted(agents, key=lambda a: (never if a.released is None else a.released, a.name))),
        line,
        runs.unit,
        "minutes of work" if kind == "record" else "days",
        policy,
        runs.total,
        runs.hacks,
        tuple(notes),
    )


def _kind(path: Path) -> str:
    if path.is_dir():
        return "record" if (path / RECORD).exists() or path.name == RECORD else "runs"
    if not path.exists():
        raise UsageError(f"{path}: no such file")
    if path.suffix in TABLES:
        return "table"
    if path.suffix in ROWS | LOGS:
        return "runs"
    raise UsageError(
        f"{path}: no kind of file that is known: runs in .jsonl, .csv or .tsv, Inspect logs in "
        ".eval or .json, published tables in .yaml, or the folder of a lab"
    )


def _take(path: Path, columns: Columns, runs: Runs) -> None:
    if path.is_dir():
        if (path / RECORD).exists():
            return read_record((path / RECORD).absolute(), runs)
        logs = sorted(each for each in path.rglob("*") if each.suffix in LOGS)
        if not logs:
            raise UsageError(f"{path}: neither a lab with a record nor a folder of Inspect logs")
        for each in logs:
            read_log(each, columns, runs)
    elif path.suffix in LOGS:
        read_log(path, columns, runs)
    else:
        read_rows(path, columns, runs)
    return None
