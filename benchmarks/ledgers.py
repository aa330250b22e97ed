"""How the record holds up when it is long.

    python benchmarks/ledgers.py                      # 1,000,000 events: some minutes
    python benchmarks/ledgers.py --events 50000

A record as a search over programs leaves it: every generation twenty candidates, each written,
examined, judged and decided on, the last of them promoted. It is written in batches, audited in
full, read, followed, and asked for what `status` and `lineage` tell. Times are CPU time of this
process: a machine that has other things to do makes them no longer, clocks would. Writes
docs/benchmarks/ledgers.json; `make docs` makes the table.
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Generator, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import click

from successor.ledger import (
    Decided,
    Event,
    Examined,
    GenerationClosed,
    GenerationOpened,
    Judged,
    Ledger,
    Tally,
    Written,
    audit,
    version_id,
)
from successor.ledger.objects import ObjectStore
from successor.showing.following import Sight
from successor.types import Decision, Digest, Draw, Verdict, Version

OUTPUT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks" / "ledgers.json"
BATCH = 5000
CANDIDATES = 20
SINGLE = 500
"""Events that are appended one at a time, each to last through a power cut by itself."""
T = TypeVar("T")


def timed(call: Callable[[], T]) -> tuple[T, float]:
    """What a call returns, and the CPU seconds that it takes."""
    began = time.process_time()
    found = call()
    return found, time.process_time() - began


def history(program: Digest, scores: Digest, evidence: Digest) -> Iterator[Event]:
    """Events of generation after generation, without an end."""
    incumbent: Digest | None = None
    generation = number = 0
    while True:
        yield GenerationOpened(generation, incumbent)
        last = incumbent
        for attempt in range(CANDIDATES if incumbent else 1):
            number += 1
            up = incumbent is None or attempt == CANDIDATES - 1
            last = yield from candidate(
                (generation, attempt, number), incumbent, (program, scores, evidence), up=up
            )
        yield GenerationClosed(generation)
        generation, incumbent = generation + 1, last


def candidate(
    place: tuple[int, int, int],
    incumbent: Digest | None,
    objects: tuple[Digest, Digest, Digest],
    *,
    up: bool,
) -> Generator[Event, None, Digest]:
    """What is on record of one candidate; returns its id."""
    (generation, attempt, number), (program, scores, evidence) = place, objects
    files, parents = {"program.py": program}, (incumbent,) if incumbent else ()
    author = f"evolve {number}"  # the file is the same for all, so that no objects are measured
    version = Version(version_id(files, parents, author), files, parents, author)
    yield Written(generation, attempt, version, {"evaluations": 400, "nodes": 71})
    counts = (("tests", 8), ("speed", 8))
    tallies = (Tally("tests", 1.0, 8, 8.0), Tally("speed", 2.0, 8, 4.5))
    figures = {"seconds": 1.25}
    draw = Draw("training", number, counts)
    yield Examined(generation, version.id, draw, tallies, scores, figures)
    if incumbent:
        verdict = Verdict(
            version.id, incumbent, "better" if up else "not better", 1e6 if up else 0.731234, 45.5,
            0.0123, (-0.1, 0.05), 48, number, "48 fresh pairs: no gain shown", evidence=evidence,
        )  # fmt: skip
        yield Judged(generation, verdict, "e" * 64)
    outcome = "promoted" if up else "rejected"
    yield Decided(generation, Decision(version.id, outcome, "as the policy says", "policy"))
    return version.id


def write(folder: Path, events: int) -> dict[str, float]:
    """Make the record; events a second, in batches and one at a time."""
    with Ledger.open(folder, settings={"lab": {"goal": "long"}}, seed=1) as ledger:
        ledger.started()
        store = ObjectStore(folder / "objects", folder / "work")
        rows = [[1] * 8, [1, 0, 1, 0, 1, 0, 1, 0.5]]
        names = [store.write(each) for each in (b"program", json.dumps(rows).encode(), b"{}")]
        source, journal = history(*names), ledger._journal  # noqa: SLF001 - no verb writes so fast
        single = min(SINGLE, events // 10)
        _, alone_s = timed(lambda: [journal.append(each) for each in islice(source, single)])
        batched_s, left = 0.0, events - single - 1
        while left:
            batch = [*islice(source, min(BATCH, left))]
            batched_s += timed(lambda: journal.append_all(batch))[1]  # noqa: B023 - called at once
            left -= len(batch)
        return {
            "appends_per_s": (events - single - 1) / batched_s,
            "single_appends_per_s": single / alone_s,
        }


def measure(events: int) -> dict[str, Any]:
    """All figures of a record of so many events."""
    with TemporaryDirectory(prefix="successor-") as scratch:
        lab = Path(scratch)
        (lab / "successor.toml").touch()
        folder = lab / ".successor"
        written = write(folder, events)
        report, audit_s = timed(lambda: audit(folder))
        if report.problem or report.events != events:
            raise SystemExit(f"the record does not verify: {report}")
        sight, read_s = timed(lambda: Sight.of(lab))
        versions = sight.chronicle.versions
        _, status_s = timed(lambda: status(sight))
        line, lineage_s = timed(lambda: lineage(sight))
        size = (folder / "record.sqlite").stat().st_size
    return {
        "events": events,
        "versions": versions,
        "line": line,
        "bytes_per_event": size / events,
        **written,
        "audit_s": audit_s,
        "read_s": read_s,
        "status_s": status_s,
        "lineage_s": lineage_s,
    }


def status(sight: Sight) -> dict[str, object]:
    """What the seat and `watch` show of where it stands, of a record that they follow."""
    ledger = sight.ledger
    incumbent = ledger.incumbent()
    return {
        "incumbent": incumbent and sight.chronicle.measures(incumbent.id),
        "waiting": ledger.waiting(),
        "lowered": ledger.lowered(),
        "pause": ledger.pause(),
        "since": ledger.in_charge_since,
        "seconds": ledger.spent_s(),
        "used": [ledger.used(name) for name in ("cpu_s", "tokens", "usd", "disk_bytes")],
        "head": ledger.head,
    }


def lineage(sight: Sight) -> int:
    """Versions in the line of the incumbent."""
    incumbent = sight.ledger.incumbent()
    return len(sight.ledger.lineage(incumbent.id)) if incumbent else 0


def rows(results: dict[str, Any]) -> str:
    """The table of docs/benchmarks.md."""
    lines = [
        f"{results['machine']}; CPU time of one process, Python {results['python']}.",
        "",
        "| events | versions | appended/s, in batches | alone | audit | read | status | lineage |",
        "| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    lines.extend(
        f"| {each['events']:,} | {each['versions']:,} | {each['appends_per_s']:,.0f} "
        f"| {each['single_appends_per_s']:,.0f} | {each['audit_s']:.1f} s | {each['read_s']:.1f} s "
        f"| {each['status_s'] * 1000:.1f} ms | {each['lineage_s'] * 1000:.1f} ms |"
        for each in results["records"]
    )
    return "\n".join(lines)


@click.command(epilog=__doc__)
@click.option("--events", type=click.IntRange(100), multiple=True, help="Lengths of records.")
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON on standard output.")
def main(*, events: tuple[int, ...], as_json: bool) -> None:
    """Measure long records."""
    results = {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        "records": [measure(each) for each in events or (1_000_000,)],
    }
    OUTPUT.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    print(json.dumps(results, indent=1) if as_json else rows(results))
    print(f"written to {OUTPUT}", file=sys.stderr)


if __name__ == "__main__":
    main()
