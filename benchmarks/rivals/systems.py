"""One run of one system on one program: what it came to, call by call."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence

from rivals.counting import Asked, Counting, under_way_s
from rivals.ours import ALONE, SEARCH, own
from rivals.runs import LONGEST_S, Came, Place, Step, Terms
from rivals.tasks import EVALUATOR, Task, prepared

OPENEVOLVE, SHINKA = "OpenEvolve", "ShinkaEvolve"
SYSTEMS = (OPENEVOLVE, SHINKA, ALONE, SEARCH)
PEERS = (OPENEVOLVE, SHINKA)
DRIVEN = {OPENEVOLVE: "openevolve", SHINKA: "shinka"}
DRIVER = EVALUATOR.with_name("drive.py")
CALM_S = 10.0
"""Without a call or an evaluation, after which a run whose calls are spent has no more to do."""
STUCK_S = 600.0
"""The same, when an evaluation was begun: no evaluation takes as long."""


def outside_s(calls: Sequence[Asked], begun: float, ended: float) -> float:
    """Seconds between these times in which no call was under way."""
    return ended - begun - under_way_s(calls, begun, ended)


def run(system: str, place: Place, terms: Terms, proxy: Counting, task: Task) -> Came:
    """One run, from the beginning to its end."""
    if system in PEERS:
        return peer(system, place, terms, proxy, task)
    return own(system, place, terms, proxy)


def task_of(place: Place) -> Task:
    """What peers are handed; made before the clock starts."""
    return prepared(place.lab, place.folder, place.python)


def order(place: Place, terms: Terms, proxy: Counting, task: Task) -> dict[str, object]:
    """What a driver is told. With a handful of calls, two islands are as many as can be filled."""
    return {
        "model": terms.model,
        "url": proxy.url,
        "calls": terms.calls,
        "seed": place.seed,
        "longest": terms.longest,
        "folder": str(place.folder),
        "program": str(task.program),
        "evaluator": str(EVALUATOR),
        "wish": task.wish,
        "diffs": False,
        "islands": 2,
        "patches": ["full"],
        "chances": [1.0],
        "temperatures": [0.0, 0.5, 1.0],
    }


def peer(system: str, place: Place, terms: Terms, proxy: Counting, task: Task) -> Came:
    """A run of a peer, ended when it can ask no more and has nothing left to evaluate."""
    path = place.folder / "order.json"
    path.write_text(json.dumps(order(place, terms, proxy, task)))
    env = {**os.environ, "PEERS_TASK": str(task.file), "PYTHONPATH": ""}
    with (place.folder / "log").open("w") as log:
        child = subprocess.Popen(  # noqa: S603 - our own driver
            [str(place.python), str(DRIVER), DRIVEN[system], str(path)],
            env=env, cwd=place.folder, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
        try:
            ended, failed = _waited(child, proxy, task)
        finally:
            _end(child)
    none = "" if len(task.evaluations) > 1 else "no candidate was evaluated"
    return Came(*_steps(task, proxy.calls), ended, failed or none)


def _waited(child: subprocess.Popen[bytes], proxy: Counting, task: Task) -> tuple[float, str]:
    """Until it ends, or there is no more to come."""
    begun = time.time()
    while (code := child.poll()) is None:
        time.sleep(0.2)
        last = max(
            [begun, *(c.ended for c in proxy.calls), *(e["ended"] for e in task.evaluations)]
        )
        calm_s = STUCK_S if task.pending else CALM_S
        if proxy.is_spent and time.time() - last > calm_s:
            return last, ""
        if time.time() - begun > LONGEST_S:
            return time.time(), "did not end"
    short = "" if proxy.is_spent else f"ended ({code}) after {len(proxy.calls)} calls"
    return time.time(), short


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _steps(task: Task, calls: Sequence[Asked]) -> tuple[list[Step], float]:
    """The programs that were the best when they were evaluated, and the last one's score."""
    found, best = list[Step](), 0.0
    first = task.program.read_text("utf-8").strip()
    for each in sorted(task.evaluations, key=lambda row: row["begun"]):
        if each["score"] <= best:
            continue
        best = each["score"]
        if each["program"].strip() != first:
            found.append(Step(sum(c.ended <= each["begun"] for c in calls), each["program"]))
    return found, best
