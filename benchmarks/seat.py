"""How quick the director's seat is before a long record, and what it costs a run.

    python benchmarks/seat.py --versions 10000 --events 1000000

writes a record of so many versions and events, serves it, opens it in Chromium, appends to it, and
lets a lab of milliseconds run with viewers and without, in turn. Writes docs/benchmarks/seat.json,
of which `make docs` makes the table in docs/seat.md. Needs the extra `web`, Playwright and
/usr/bin/chromium.
"""

from __future__ import annotations

import gc
import json
import os
import re
import resource
import shutil
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

import click
from httpx2 import Client, HTTPError, Response
from playwright.sync_api import Page, sync_playwright

from seat_record import write_record
from successor import host
from successor.ledger import Heartbeat, Ledger
from successor.showing.following import Follower

OUT = Path(__file__).parent.parent / "docs" / "benchmarks" / "seat.json"
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


def cost(act: Callable[[], object]) -> float:
    """Seconds of CPU time that it took: what else the machine had to do counts less."""
    began = time.process_time()
    act()
    return time.process_time() - began


def median(act: Callable[[], object], often: int) -> float:
    """Of its costs."""
    return statistics.median(cost(act) for _ in range(often))


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
    """CPU time to read the record, and to make what the pages show of it."""
    from successor.showing.direction import direction_of
    from successor.showing.now import now_of
    from successor.web.versions import _lineage  # pyright: ignore[reportPrivateUsage] - measured alone

    follower = Follower(lab)
    yield "first read, every event verified", cost(follower.look)
    sight = follower.see()
    assert sight  # noqa: S101 - it was read
    yield "a look, nothing new", median(follower.look, 20)
    yield "Now, made anew", median(partial(now_of, sight, running=True), 5)
    yield "Lineage, made anew", median(partial(_lineage, sight), 5)
    yield "Direction, made anew", median(partial(direction_of, sight), 5)


VIEWS = (("now", ".tiles"), ("lineage", ".entry"), ("direction", ".step"), ("record", "table"))
"""What is opened, and what is there when all of it is."""


def painting(lab: Path) -> Iterator[tuple[str, float]]:
    """Seconds until Chromium shows the pages; a visit before has warmed up neither cache."""
    with served(lab) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.set_default_timeout(1_800_000)
        page.goto(url)
        page.wait_for_selector("#view, .card")
        yield "link: first contentful paint, while the record is read", _painted(page)
        began = time.perf_counter()
        page.wait_for_selector(".tiles")
        yield "until the record is read and Now is there", time.perf_counter() - began
        for view, ready in VIEWS:
            page.goto(f"{url.partition('?')[0]}#/{view}")
            page.reload()
            page.wait_for_selector(ready)
            yield f"{view}: first contentful paint", _painted(page)
            yield f"{view}: all of it is there", float(page.evaluate("performance.now()")) / 1000
        page.goto(f"{url.partition('?')[0]}#/lineage")
        page.wait_for_selector(".entry")
        redraw = """() => { const canvas = document.querySelector('canvas');
            const began = performance.now();
            for (let turn = 0; turn < 20; turn += 1)
              canvas.dispatchEvent(new KeyboardEvent('keydown', { key: turn % 2 ? '+' : '-' }));
            return (performance.now() - began) / 20; }"""
        yield "lineage: one drawing of all versions", float(page.evaluate(redraw)) / 1000
        browser.close()


def _painted(page: Page) -> float:
    paint: Any = page.evaluate(
        "performance.getEntriesByName('first-contentful-paint')[0].startTime"
    )
    return float(paint) / 1000


def arriving(lab: Path, often: int = 20) -> list[float]:
    """Seconds from when an event is appended until a viewer is told."""
    found: list[float] = []
    with served(lab) as url, Client(base_url=url.partition("?")[0], timeout=3600) as client:
        client.get(f"/?{url.partition('?')[2]}")
        with Ledger.open(lab / ".successor", settings={}, seed=7) as ledger:
            ledger.started({})
            with client.stream("GET", "/api/live") as live:
                told = (json.loads(each[6:]) for each in live.iter_lines() if each[:5] == "data:")
                while next(told)["events"] < ledger.head.size:
                    pass
                for _ in range(often):
                    ledger._journal.append(Heartbeat())  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - no step is run
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


def slowing(viewers: int, pairs: int, folder: Path) -> dict[str, object]:
    """What a run costs with so many viewers and with none, in turn: the machine has other things to
    do, and does them to both.
    """
    with_them, alone = list[tuple[float, float]](), list[tuple[float, float]]()
    for pair in range(pairs):
        for many in (0, viewers) if pair % 2 else (viewers, 0):
            (with_them if many else alone).append(running(many, folder))
    ratios = [a[1] / b[1] for a, b in zip(with_them, alone, strict=True)]
    return {
        "viewers": viewers,
        "with_them": [[round(each, 3) for each in row] for row in with_them],
        "alone": [[round(each, 3) for each in row] for row in alone],
        "cpu_ratio_median": round(statistics.median(ratios), 4),
    }


def fragment(found: dict[str, Any]) -> str:
    """The table of docs/seat.md."""
    lines = [
        (
            f"A record of {found['versions']:,} versions in {found['events']:,} events, on "
            f"{found['host']['cores']} cores at a load of {found['load'][0]:.0f}:"
        ),
        "",
        "| what | time |",
        "| --- | ---: |",
    ]
    lines += [f"| {name}, CPU time | {_told(seconds)} |" for name, seconds in found["reading"]]
    lines += [f"| {name} | {_told(seconds)} |" for name, seconds in found["painting"]]
    late = found["arriving"]
    if late:
        half, most = statistics.median(late), sorted(late)[int(0.95 * len(late))]
        told = f"{_told(half)}, {_told(most)}"
        lines.append(f"| from an event on record until a viewer is told: median, 95% | {told} |")
    if slow := found["slowing"]:
        alone, with_them = (
            statistics.median(row[1] for row in slow[name]) for name in ("alone", "with_them")
        )
        lines += [
            "",
            f"A run of nine generations used {alone:.2f} s of CPU time alone and {with_them:.2f} s",
            f"with {slow['viewers']} viewers (medians of {len(slow['alone'])} runs each, in turn);",
            f"the median of the ratios is {slow['cpu_ratio_median']:.3f}.",
        ]
    return "\n".join([*lines, ""])


def _told(seconds: float) -> str:
    return f"{seconds:,.3g} s" if seconds >= 1 else f"{1000 * seconds:,.3g} ms"


@click.command()
@click.option("--versions", type=int, default=10_000, show_default=True)
@click.option("--events", type=int, default=0, help="Filled up with heartbeats to so many.")
@click.option("--viewers", type=int, default=20, show_default=True)
@click.option("--pairs", type=int, default=5, show_default=True)
@click.option("--only", type=click.Choice(["reading", "painting", "arriving", "slowing"]))
@click.option("--record", type=click.Path(path_type=Path), help="Kept there, and used again.")
def main(
    versions: int, events: int, viewers: int, pairs: int, only: str | None, record: Path | None
) -> None:
    """Measure all of it, or one part, which replaces the same part of what was measured before."""
    found: dict[str, Any] = json.loads(OUT.read_text("utf-8")) if OUT.exists() else {}
    with TemporaryDirectory(prefix="successor-seat-") as scratch:
        lab = record or Path(scratch) / "long"
        if only != "slowing" and not lab.exists():
            lab.mkdir()
            (lab / "successor.toml").write_text(LAB, "utf-8")
            took = cost(lambda: found.update(events=write_record(lab, versions, events)))
            click.echo(f"{found['events']:,} events written in {took:.1f} s")
            gc.collect()
        parts: dict[str, Callable[[], object]] = {
            "reading": lambda: [*reading(lab)],
            "painting": lambda: [*painting(lab)],
            "arriving": lambda: arriving(lab),
            "slowing": lambda: slowing(viewers, pairs, Path(scratch)),
        }
        for name, measure in parts.items():
            if only in (None, name):
                found[name] = measure()
                click.echo(f"{name}: {found[name]}")
            found.setdefault(name, [])
    found |= {"versions": versions, "host": host.facts()}
    found |= {"load": os.getloadavg()}
    found["memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    OUT.write_text(json.dumps(found, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
