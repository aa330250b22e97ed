"""`successor watch`: what a lab is at, in the terminal, until its run ends."""

from __future__ import annotations

import sys
import termios
import time
import tty
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from select import select
from typing import TYPE_CHECKING, Any

import click

from successor.cli.options import JSON, LAB, Finite, echo_json, option

if TYPE_CHECKING:
    from successor.showing.following import Follower


@click.command(
    short_help="Watch a lab in the terminal until its run ends.",
    help="""\b
    Examples:
      successor watch examples/fib
      successor watch examples/fib --json
      successor watch examples/fib --every 5

    What the lab in folder LAB is at, drawn anew several times a second: the step under way, the
    candidates and their evidence, weaknesses, budgets. It reads the record and nothing else, so
    that a run is neither slowed nor ended by it. It ends when the run does, by q, or by Ctrl-C; of
    a lab that nothing runs in, it tells what it has come to. With --json a line for every event as
    it comes on record, and a last one with what the lab is at.
    """,
)
@LAB
@option(
    "--every",
    type=Finite(0.05, 3600),
    default=0.5,
    show_default=True,
    metavar="SECONDS",
    help="How often it looks.",
)
@JSON
def watch(lab: Path, *, every: float, json: bool) -> None:
    """See the help above."""
    from successor.lab import record_of
    from successor.showing.following import Follower

    record_of(lab)  # or there is no such lab
    follower = Follower(lab)
    if json:
        for line in _lines(follower, every):
            echo_json(line)
    else:
        _draw(follower, every)


def _now(follower: Follower) -> dict[str, Any]:
    from successor.showing.now import now_of

    sight = follower.see()
    if sight is None:
        told = "a run has begun" if follower.running else "nothing is on record yet"
        return {"running": follower.running, "state": "idle", "told": told}
    return now_of(sight, running=follower.running)


def _lines(follower: Follower, every: float) -> Iterator[dict[str, Any]]:
    """Every event from now on, and in the end what the lab is at."""
    follower.look()
    first = follower.see()
    seen = first.taken if first else 0
    while True:
        running = follower.running
        sight = follower.see()
        for entry in sight.ledger.entries()[seen:] if sight else ():
            seen = entry.seq
            yield {"event": entry.seq, "time": entry.time, "kind": type(entry.event).__name__}
        if not running:
            break
        time.sleep(every)
        follower.look()
    yield _now(follower)


def _draw(follower: Follower, every: float) -> None:
    from rich.console import Console
    from rich.live import Live

    from successor.cli.watch_view import picture

    console = Console()
    follower.look()
    with _keys() as pressed, Live(console=console, auto_refresh=False, transient=False) as live:
        while True:
            live.update(picture(_now(follower)), refresh=True)
            if not follower.running or pressed(every) == "q":
                break
            follower.look()


@contextmanager
def _keys() -> Generator[Any]:
    """What waits for a key for so long at most; "" for none, and where nobody sits."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):

        def sleep(seconds: float) -> str:
            time.sleep(seconds)
            return ""

        yield sleep
        return
    seat = sys.stdin.fileno()
    before = termios.tcgetattr(seat)
    tty.setcbreak(seat, termios.TCSADRAIN)

    def key(seconds: float) -> str:
        return sys.stdin.read(1) if select([seat], [], [], seconds)[0] else ""

    try:
        yield key
    finally:
        termios.tcsetattr(seat, termios.TCSADRAIN, before)
