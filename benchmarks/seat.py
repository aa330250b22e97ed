"""How quick the director's seat is before a long record, and what it costs a run.

    python benchmarks/seat.py --versions 10000

writes a record of so many versions, serves it, opens it in Chromium, appends to it, and lets a lab
of milliseconds run with viewers and without. Prints what docs/seat.md has. Needs the extra `web`,
Playwright and /usr/bin/chromium.
"""

from __future__ import annotations

import gc
import json
import os
import random
import re
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any
from unittest.mock import patch

import click
from httpx2 import Client, HTTPError, Response
from playwright.sync_api import sync_playwright

from successor.ledger import (
    Decided,
    Examined,
    GenerationClosed,
    GenerationOpened,
    Head,
    Heartbeat,
    Judged,
    Ledger,
    Tally,
    Written,
    version_id,
)
from successor.ledger.codec import encode, encode_scores
from successor.ledger.merkle import leaf_hash
from successor.ledger.tip import write_tip
from successor.showing.following import Follower, Sight
from successor.types import Decision, Draw, Exam, Slice, Verdict, Version

ATTEMPTS = 10
"""Candidates in a generation; of these the last is promoted, every third time."""
SIZES = (1, 2, 4, 8, 16, 32, 64)
TINY = Path(__file__).parent.parent / "tests" / "cli" / "tiny.py"
LAB = """\
[lab]
goal = "Count further"
[subject]
kind = "tiny.py:subject"
ability = 4
[author]
kind = "tiny.py:author"
pause_s = 0.05
[base_cases]
wall_clock = "10m"
generations = 9
"""


def write_record(lab: Path, versions: int) -> None:
    """A record of so many versions by the ledger's own hand; no step is run, no disk waited for."""
    chance = random.Random(7)
    settings = {"lab": {"goal": "further", "stage": 4}, "base_cases": {"wall_clock": 1e6}}
    with patch("os.fsync"), Ledger.open(lab / ".successor", settings=settings, seed=7) as ledger:
        ledger.started({})
        journal, objects = ledger._journal, ledger._objects  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - quicker than a run
        store = journal._store  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - as above
        assert store  # noqa: S101 - it was opened to write
        store._connection.execute("PRAGMA synchronous = OFF")  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - as above
        code, incumbent, generation = objects.write(b"x = 1\n"), None, 0
        for number in range(versions):
            if incumbent is None or number % ATTEMPTS == 1:
                if number:
                    journal.append(GenerationClosed(generation))
                    generation += 1
                journal.append(GenerationOpened(generation, incumbent))
            parents = (incumbent,) if incumbent else ()
            files = {"x.py": code, "n": objects.write(str(number).encode())}
            version = Version(version_id(files, parents, "told"), files, parents, "told")
            journal.append(Written(generation, number % ATTEMPTS, version, {"tokens": 9}))
            _examined(ledger, generation, version, chance.random() * 0.5 + number / versions / 2)
            better = incumbent is None or (number % ATTEMPTS == 0 and number % 30 == 0)
            if incumbent is not None:
                journal.append(Judged(generation, _verdict(version, incumbent, better), "0" * 64))
            outcome = "promoted" if better else "rejected"
            journal.append(Decided(generation, Decision(version.id, outcome, "told", "policy")))
            incumbent = version.id if better else incumbent


def fill(lab: Path, events: int) -> None:
    """Add heartbeats, as a run of months leaves them, until there are so many events: in one
    transaction, each hashed as the ledger hashes it.
    """
    folder = lab / ".successor"
    with Ledger.open(folder, settings={}, seed=7) as ledger:
        memory = ledger._journal.memory  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - as above
        tree, last = memory.tree, memory.history.entries[-1].time
    connection = sqlite3.connect(folder / "record.sqlite", isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    while tree.size < events:
        last = round(last + 0.03, 3)
        body = encode(Heartbeat(), last)
        leaf = leaf_hash(body)
        tree = tree.append(leaf)
        row = (tree.size, body, leaf, tree.root)
        connection.execute("INSERT INTO event VALUES (?, ?, ?, ?)", row)
    connection.execute("COMMIT")
    connection.close()
    write_tip(folder, Head(tree.size, tree.root.hex()))


def _examined(ledger: Ledger, generation: int, version: Version, share: float) -> None:
    slices = tuple(Slice(f"speed/{size}", size, (round(share, 2),) * 4) for size in SIZES)
    exam = Exam(version.id, Draw("training", 1, tuple((p.name, 4) for p in slices)), slices)
    scores = ledger._objects.write(encode_scores(exam))  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - as above
    tallies = tuple(Tally(p.name, p.size, 4, sum(p.scores)) for p in slices)
    event = Examined(generation, version.id, exam.draw, tallies, scores, {})
    ledger._journal.append(event)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - as above


def _verdict(version: Version, incumbent: str, better: bool) -> Verdict:  # noqa: FBT001 - as told
    outcome = "better" if better else "not better"
    e_value = 99.0 if better else 0.5
    return Verdict(version.id, incumbent, outcome, e_value, 40.0, 0.1, (0.0, 0.2), 64, 1, "told")


def timed(act: Callable[[], object]) -> float:
    """Seconds that it took."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


@contextmanager
def served(lab: Path) -> Generator[str]:
    """The link of a seat before a lab, in a process of its own."""
    command = [sys.executable, "-m", "successor", "serve", str(lab), "--port", "0", "--no-browser"]
    seat = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603 - our own
    try:
        assert seat.stderr  # noqa: S101 - it is piped
        yield re.findall(r"http://\S+", seat.stderr.readline())[0]
    finally:
        seat.terminate()
        seat.communicate()


def reading(lab: Path) -> Iterator[tuple[str, float]]:
    """Seconds to read the record, and to make what the pages show of it."""
    from successor.showing.now import now_of
    from successor.web.versions import _lineage  # pyright: ignore[reportPrivateUsage] - measured alone

    yield "first read, every event verified", timed(lambda: Sight.of(lab))
    follower = Follower(lab)
    follower.look()
    sight = Sight.of(lab)
    yield "looking again, nothing new", statistics.median(timed(follower.look) for _ in range(20))
    yield (
        "Now, made anew",
        statistics.median(timed(partial(now_of, sight, running=True)) for _ in range(5)),
    )
    yield "Lineage, made anew", statistics.median(timed(partial(_lineage, sight)) for _ in range(5))


def painting(lab: Path) -> Iterator[tuple[str, float]]:
    """Seconds until Chromium shows the pages; a visit before has warmed up neither cache."""
    with served(lab) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.goto(url)
        page.wait_for_selector(".tiles")
        for view, ready in (("now", ".tiles"), ("lineage", ".entry")):
            page.goto(f"{url.partition('?')[0]}#/{view}")
            page.reload()
            page.wait_for_selector(ready)
            paint: Any = page.evaluate(
                "performance.getEntriesByName('first-contentful-paint')[0].startTime"
            )
            yield f"{view}: first contentful paint", float(paint) / 1000
            yield f"{view}: all of it is there", float(page.evaluate("performance.now()")) / 1000
        redraw = """() => { const canvas = document.querySelector('canvas');
            const began = performance.now();
            for (let turn = 0; turn < 20; turn += 1)
              canvas.dispatchEvent(new KeyboardEvent('keydown', { key: turn % 2 ? '+' : '-' }));
            return (performance.now() - began) / 20; }"""
        yield "lineage: one drawing of all versions", float(page.evaluate(redraw)) / 1000
        browser.close()


def arriving(lab: Path, often: int = 20) -> list[float]:
    """Seconds from when an event is appended until a viewer is told."""
    found: list[float] = []
    with served(lab) as url, Client(base_url=url.partition("?")[0], timeout=120) as client:
        client.get(f"/?{url.partition('?')[2]}")
        with Ledger.open(lab / ".successor", settings={}, seed=7) as ledger:
            ledger.started({})
            with client.stream("GET", "/api/live") as live:
                told = (json.loads(each[6:]) for each in live.iter_lines() if each[:5] == "data:")
                next(told)
                for _ in range(often):
                    ledger._journal.append(Heartbeat())  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - as above
                    began, size = time.perf_counter(), ledger.head.size
                    while next(told)["events"] < size:
                        pass
                    found.append(time.perf_counter() - began)
                    time.sleep(0.1)
    return found


def running(viewers: int, folder: Path) -> tuple[float, float]:
    """Seconds, and seconds of CPU time, that a run of nine generations took."""
    lab = folder / f"lab-{time.monotonic_ns()}"
    lab.mkdir()
    shutil.copy(TINY, lab / "tiny.py")
    (lab / "successor.toml").write_text(LAB, "utf-8")
    command = [sys.executable, "-m", "successor", "improve", str(lab), "--quiet"]

    def run() -> tuple[float, float]:
        nowhere = subprocess.DEVNULL
        improving = subprocess.Popen(command, stdout=nowhere, stderr=nowhere)  # noqa: S603 - our own
        began = time.perf_counter()
        _, _, used = os.wait4(improving.pid, 0)
        return time.perf_counter() - began, used.ru_utime + used.ru_stime

    if not viewers:
        return run()
    with served(lab) as url, ExitStack() as at_end:
        client = at_end.enter_context(Client(base_url=url.partition("?")[0], timeout=600))
        client.get(f"/?{url.partition('?')[2]}")
        for _ in range(viewers):
            live = at_end.enter_context(client.stream("GET", "/api/live"))
            Thread(target=_listen, args=(live,), daemon=True).start()
        return run()


def _listen(live: Response) -> None:
    with suppress(HTTPError):  # it ends with the seat
        for _ in live.iter_lines():
            pass


@click.command()
@click.option("--versions", type=int, default=10_000, show_default=True)
@click.option("--runs", type=int, default=5, show_default=True)
def main(versions: int, runs: int) -> None:
    """Measure all of it."""
    with TemporaryDirectory(prefix="successor-seat-") as scratch:
        lab = Path(scratch) / "long"
        lab.mkdir()
        (lab / "successor.toml").write_text(LAB, "utf-8")
        print(f"written in {timed(lambda: write_record(lab, versions)):.1f} s")
        gc.collect()
        for name, seconds in (*reading(lab), *painting(lab)):
            print(f"{name}: {seconds * 1000:,.2f} ms")
        late = sorted(arriving(lab))
        worst = late[int(0.95 * len(late))]
        print(f"told of an event: median {statistics.median(late):.3f} s, 95% {worst:.3f} s")
        took: dict[int, list[tuple[float, float]]] = {0: [], 5: []}
        for _ in range(runs):  # in turn: the machine may have other things to do
            for viewers, times in took.items():
                times.append(running(viewers, Path(scratch)))
        for viewers, times in took.items():
            wall, cpu = (statistics.median(column) for column in zip(*times, strict=True))
            print(f"nine generations, {viewers} viewers: {wall:.2f} s, {cpu:.2f} s of CPU time")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"memory of this process at most: {peak:,.0f} MB")


if __name__ == "__main__":
    main()
