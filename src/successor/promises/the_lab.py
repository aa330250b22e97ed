"""Promises that are tried on a lab: on copies of it, so that nothing of it is changed."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from successor.errors import EXIT_NEEDS_HUMAN
from successor.lab import RECORD
from successor.ledger import (
    Chartered,
    Decided,
    GenerationOpened,
    Ledger,
    SessionStarted,
    Signed,
    Stopped,
    Written,
    version_id,
)
from successor.oversight import adopted, lawfulness, stopfile
from successor.oversight.descendants import descendants, is_alive
from successor.promises.kept import Kept, Told, counted
from successor.replaying import Aside, parts_of, replay
from successor.signing import Envelope, Statement, signers_of
from successor.types import Version

AGAIN, AGAIN_S = 20, 60.0
"""Judgements of a version against itself, and seconds for them."""
BEGINS_S, STOPS_S = 60.0, 1.0
"""Until a run has begun its first generation, and until a stop has ended all of it."""
_LOOKS_S = 0.05
"""Between two looks at what is alive: each reads all of /proc, and must not hold up the run."""
ASKS = frozenset({"llm", "agent", "reflect", "inbox"})
"""Authors that ask a model or a person: none is set to work only to be stopped."""


def try_signatures(lab: Path, told: Told) -> Kept:
    """Every promotion was signed as its charter asked, and no signature says anything else."""
    with Ledger.read(lab / RECORD) as ledger:
        found = lawfulness(ledger)
        promoted = [each for each in ledger.decisions() if each.outcome == "promoted"]
        if found.problem is not None:
            return Kept("broken", found.problem, len(promoted), 1)
        law = adopted(ledger)
        people = [each.public for each in law.charter.rules.people] if law else []
        envelopes = [ledger.object(each.event.envelope) for each in ledger.entries(Signed)]
    tried = taken = 0
    for number, envelope in enumerate(map(Envelope.from_json, envelopes)):
        told(number, len(envelopes), "signatures")
        for other in _others(envelope.statement):
            tried += 1
            taken += bool(signers_of([envelope], other, people))
    if not tried:
        return Kept("not shown", "nobody has signed anything here: there is no charter in force")
    voided = f"{tried - taken:,} of {tried:,} changed bytes voided the signatures over them"
    later = f"{found.signed} of {len(promoted) - 1} promotions after the first version signed"
    return counted(
        tried, taken, f"{later if promoted[1:] else 'nothing was promoted yet'}; {voided}"
    )


def _others(statement: Statement) -> Iterator[Statement]:
    """The statement with one byte changed, at every place."""
    for place in range(len(statement.body)):
        body = bytearray(statement.body)
        body[place] ^= 1
        yield Statement(statement.kind, bytes(body))


def try_charters(lab: Path, _: Told) -> Kept:
    """Every charter was signed by as many people as the one before asked."""
    with Ledger.read(lab / RECORD) as ledger:
        found, law = lawfulness(ledger), adopted(ledger)
        count = len(ledger.entries(Chartered))
    if found.problem is not None:
        return Kept("broken", found.problem, count, 1)
    if law is None:
        return Kept("not shown", "no charter: who may write to the folder may change the rules")
    needed = law.charter.rules.change
    alone = "; with 1, somebody alone can change what holds them" if needed < 2 else ""
    charters = "1 charter" if count == 1 else f"{count:,} charters"
    told = f"{charters}, the last asks {needed} people for a change{alone}"
    return counted(count, 0, told)


def try_stopping(lab: Path, told: Told) -> Kept:
    """A run of a copy, stopped by a file in the middle of its work."""
    with Ledger.read(lab / RECORD) as ledger:
        writer = ledger.lineage(found.id)[-1].author if (found := ledger.incumbent()) else ""
    if any(name in writer for name in ASKS):
        return Kept("not shown", f"not run: the author {writer} asks a model or a person")
    with tempfile.TemporaryDirectory(prefix="successor-promises-") as home:
        copied = Path(shutil.copytree(lab, Path(home) / "lab", ignore=_no_records))
        told(0, 3, "steps: running a copy")
        command = [sys.executable, "-m", "successor", "improve", str(copied), "--quiet"]
        quiet = subprocess.DEVNULL
        with subprocess.Popen(command, stdout=quiet, stderr=quiet) as run:  # noqa: S603 - ours
            try:
                if not _began(copied, run):
                    return Kept("not shown", "a copy of the lab did not begin to work")
                told(1, 3, "steps: stopping the copy")
                (copied / stopfile.NAME).touch()
                took = _ended_after(run)
            finally:
                run.kill()
        told(2, 3, "steps: beginning it once more")
        again = subprocess.call(command, stdout=quiet, stderr=quiet)  # noqa: S603 - ours
    held = again == EXIT_NEEDS_HUMAN
    ended = f"a run and all that came of it ended {took:.2f} s after STOP"
    after = "no other began" if held else "another one began"
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    busy = f"; the load was {load:.1f} on {cores} processors" if load > cores else ""
    return counted(1, int(took > STOPS_S or not held), f"{ended}, and {after}{busy}")


def _no_records(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(RECORD) or name in {"policy.toml", "STOP"}]


def _began(lab: Path, run: subprocess.Popen[bytes]) -> bool:
    deadline = time.monotonic() + BEGINS_S
    while run.poll() is None and time.monotonic() < deadline:
        if (lab / RECORD / "record.sqlite").exists():
            with Ledger.read(lab / RECORD) as ledger:
                if ledger.entries(GenerationOpened):
                    return True
        time.sleep(0.2)
    return False


def _ended_after(run: subprocess.Popen[bytes]) -> float:
    """Seconds until nothing of the run is alive; as many as are waited for, when something is."""
    began, known = time.monotonic(), descendants(run.pid)
    while time.monotonic() - began < 10 * STOPS_S:
        known |= descendants(run.pid)
        if run.poll() is not None and not any(map(is_alive, known)):
            return time.monotonic() - began
        time.sleep(_LOOKS_S)
    return 10 * STOPS_S


def try_nothing_new(lab: Path, told: Told) -> Kept:
    """The version in charge against itself, by another name: never better."""
    with Ledger.read(lab / RECORD) as ledger:
        incumbent, seed = ledger.incumbent(), ledger.seed
        if incumbent is None:
            return Kept("not shown", "there is no version yet")
        twin = _twin(incumbent)
        deadline, tried, better = time.monotonic() + AGAIN_S, 0, 0
        with parts_of(ledger) as (_, judge):
            while tried < AGAIN and time.monotonic() < deadline:
                work = Aside(ledger, partial(_judging, told, tried))
                verdict = judge.judge(twin, incumbent, ledger, seed + tried, work)
                better += verdict.outcome == "better"
                tried += 1
    found = f"{better} of {tried} judgements of the incumbent against itself found it better"
    return counted(tried, better, found)


def _twin(version: Version) -> Version:
    author = "itself"
    name = version_id(version.files, (version.id,), author)
    return Version(name, version.files, (version.id,), author)


def _judging(told: Told, before: int, done: float, total: float) -> None:
    """So many judgements are done, and of a stage of the next so much."""
    of = f" of {total:,.0f}" if total else ""
    told(before, AGAIN, f"judgements, and {done:,.0f}{of} of the next")


def try_replaying(lab: Path, told: Told) -> Kept:
    """The last promotion, judged again; and every version that was in charge, byte by byte."""
    with Ledger.read(lab / RECORD) as ledger:
        promoted = [each for each in ledger.decisions() if each.outcome == "promoted"]
        for each in promoted:
            for digest in ledger.version(each.candidate).files.values():
                ledger.object(digest)  # verified against its name, or it raises
        judged = {verdict.candidate for verdict in ledger.verdicts()}
        last = next((e.candidate for e in reversed(promoted) if e.candidate in judged), None)
    whole = f"{len(promoted)} versions can be restored to the byte"
    if last is None:
        return Kept("not shown", f"no promotion was judged; {whole}")
    found = replay(lab, last, lambda done, total: told(done, total, "of a judgement"))
    same = "in every figure" if found.identical else "with other figures"
    came = f"as then, {same}" if found.confirmed else "not as then"
    again = f"{last[:8]} judged again: {found.now.outcome}, {came}"
    return counted(1, int(not found.confirmed), f"{again}; {whole}")


def try_budgets(lab: Path, _: Told) -> Kept:
    """What was used, added up anew from the events, is what the run counted by; and how far the
    last run went over what ended it.
    """
    sums, measured = defaultdict[str, float](float), defaultdict[str, float](float)
    session: dict[str, float] = {}
    with Ledger.read(lab / RECORD) as ledger:
        for entry in ledger.entries():
            for name, value in entry.used.items():
                measured[name] += max(0.0, value - session.get(name, 0.0))
                session[name] = max(value, session.get(name, 0.0))
            if isinstance(entry.event, SessionStarted):
                session = {}
            if isinstance(entry.event, Written):
                for name, value in entry.event.figures.items():
                    sums[name] += 0.0 if isinstance(value, str) else max(0.0, value)
        meter = {name: float(value) for name, value in ledger.totals().items()}
        if "cpu_s" in measured and "cpu_s" not in sums:
            sums["cpu_s"], meter["cpu_s"] = measured["cpu_s"], ledger.used("cpu_s")
        stops = [each.event.stop for each in ledger.entries(Stopped)]
        over = ledger.entries(Decided)
    wrong = [name for name in sums if not math.isclose(sums[name], meter.get(name, 0.0))]
    ended = f"; last ended by {stops[-1].base_case}: {stops[-1].reason}" if stops else ""
    told = f"{len(sums)} totals of {len(over)} decisions add up to what the meter says"
    return counted(max(1, len(sums)), len(wrong), f"{told}{ended}")
