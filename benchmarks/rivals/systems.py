"""One run of one system on one program: what it came to, call by call."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import programs
from improving import improve, with_tables
from rivals.counting import Asked, Counting, under_way_s
from rivals.tasks import EVALUATOR, Task, prepared
from successor.authors.llm.answers import whole
from successor.authors.novelty import form
from successor.authors.requirements import UnreadableError
from successor.lab import RECORD
from successor.ledger import Ledger, Written
from successor.types import Version

OPENEVOLVE, SHINKA, ALONE, SEARCH = "OpenEvolve", "ShinkaEvolve", "llm", "search"
SYSTEMS = (OPENEVOLVE, SHINKA, ALONE, SEARCH)
PEERS = (OPENEVOLVE, SHINKA)
DRIVEN = {OPENEVOLVE: "openevolve", SHINKA: "shinka"}
DRIVER = EVALUATOR.with_name("drive.py")
CALM_S = 10.0
"""Without a call or an evaluation, after which a run whose calls are spent has no more to do."""
STUCK_S = 600.0
"""The same, when an evaluation was begun: no evaluation takes as long."""
LONGEST_S = 4 * 3600.0
AUTHORS = ("rewrite", "tune", "evolve", "llm")


@dataclass(frozen=True)
class Terms:
    """What every system gets for one program."""

    model: str
    """Of those that can be pulled, or a path to a file of weights."""
    calls: int
    longest: int
    """Tokens of an answer."""
    budget: str
    """Working time of our own two, at most, most of which is waiting for answers."""


@dataclass(frozen=True)
class Step:
    """A program that its system took for the best so far."""

    calls: int
    """Calls that had come to an end by then; 0 when it needed none."""
    text: str


@dataclass(frozen=True)
class Came:
    """What a run came to, by its own account."""

    steps: Sequence[Step]
    """Each better than those before; none when nothing better than the first program was found."""
    score: float
    """Of the last step, as the system saw it; 0 when it is not known."""
    ended: float
    """Seconds since 1970, of the last thing that it did."""
    failed: str = ""


@dataclass(frozen=True)
class Place:
    """Where a run is, and what it may use."""

    folder: Path
    lab: programs.Lab
    seed: int
    python: Path
    """Of the peers' environment."""


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


def own(system: str, place: Place, terms: Terms, proxy: Counting) -> Came:
    """A run of `successor improve`, by the author `llm` alone or by all authors in turn."""
    home = place.folder / place.lab.name
    ignored = shutil.ignore_patterns(".successor*", "__pycache__")
    shutil.copytree(place.lab.folder, home, ignore=ignored)
    file = home / "successor.toml"
    file.write_text(lab_file(file.read_text("utf-8"), system, place.seed, terms), "utf-8")
    environment = {
        "OPENAI_BASE_URL": proxy.url,
        "XDG_CACHE_HOME": str(place.folder / "cache"),  # no answer of another run
    }
    run = improve(home, home, terms.budget, slack_s=LONGEST_S, environment=environment)
    ended = time.time()
    cut = "ended by its budget" if run.stopped_by == "wall_clock" else ""
    return Came(promoted(home, place.lab.path, proxy.calls), 0.0, ended, run.failed or cut)


def lab_file(text: str, system: str, seed: int, terms: Terms) -> str:
    """A lab file with our authors, the model behind the proxy, and a seed."""
    asked = f'models = ["openai:{terms.model}"]\ncalls = {terms.calls}\n'
    author = f'kind = "llm"\n{asked}' if system == ALONE else (
        f'kind = "search"\nauthors = {json.dumps(AUTHORS)}\n\n[author.llm]\n{asked}'
    )  # fmt: skip
    end = f'wall_clock = "{terms.budget}"\ngenerations = 20\nplateau = 1\n'
    return with_tables(text, f"[author]\n{author}\n[base_cases]\n{end}", seed)


def promoted(home: Path, path: str, calls: Sequence[Asked]) -> list[Step]:
    """The versions that were in charge one after the other, after the first."""
    if not (home / RECORD).exists():
        return []
    with Ledger.read(home / RECORD) as ledger:
        incumbent = ledger.incumbent()
        line = ledger.lineage(incumbent.id)[1:] if incumbent else ()
        written = {
            entry.event.version.id: entry.time
            for entry in ledger.entries(Written)
            if entry.event.version
        }
        texts = {v.id: ledger.object(v.files[path]).decode() for v in line}
    return [Step(_asked_for(v, texts[v.id], written, calls), texts[v.id]) for v in line]


def _asked_for(
    version: Version, text: str, written: Mapping[str, float], calls: Sequence[Asked]
) -> int:
    """How many calls a version took: up to the first answer that is this program, but for comments
    and names of local variables, else all until it was handed in.
    """
    wanted = form(text)
    for number, each in enumerate(calls, 1):
        if wanted == _form_of(each.text):
            return number
    return sum(each.ended <= written.get(version.id, 0.0) for each in calls)


def _form_of(answer: str) -> str:
    """Of the program in an answer; "" when there is none."""
    try:
        return form(whole(answer))
    except (UnreadableError, SyntaxError, ValueError):
        return ""
