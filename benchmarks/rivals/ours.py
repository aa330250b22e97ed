"""Our own runs: by `successor improve`, as by anybody."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from improving import improve, with_tables
from rivals.counting import Asked, Counting
from rivals.runs import LONGEST_S, Came, Place, Step, Terms
from successor.authors.llm.answers import program
from successor.authors.llm.meaning import meant
from successor.authors.llm.memory import Written as Answer
from successor.authors.llm.mending import mends
from successor.authors.novelty import form
from successor.authors.requirements import UnreadableError
from successor.lab import RECORD
from successor.ledger import Ledger, Written

ALONE, SEARCH = "llm", "search"
AUTHORS = ("rewrite", "tune", "evolve", "llm")


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
    steps = promoted(home, place.lab.path, place.lab.function, proxy.calls)
    return Came(steps, 0.0, ended, run.failed or cut)


def lab_file(text: str, system: str, seed: int, terms: Terms) -> str:
    """A lab file with our authors, the model behind the proxy, and a seed."""
    asked = f'models = ["openai:{terms.model}"]\ncalls = {terms.calls}\n'
    author = f'kind = "llm"\n{asked}' if system == ALONE else (
        f'kind = "search"\nauthors = {json.dumps(AUTHORS)}\n\n[author.llm]\n{asked}'
    )  # fmt: skip
    end = f'wall_clock = "{terms.budget}"\ngenerations = 20\nplateau = 1\n'
    return with_tables(text, f"[author]\n{author}\n[base_cases]\n{end}", seed)


def promoted(home: Path, path: str, function: str, calls: Sequence[Asked]) -> list[Step]:
    """The versions that were in charge one after the other, after the first."""
    if not (home / RECORD).exists():
        return []
    with Ledger.read(home / RECORD) as ledger:
        incumbent = ledger.incumbent()
        first, *line = ledger.lineage(incumbent.id) if incumbent else (None,)
        written = {
            entry.event.version.id: entry.time
            for entry in ledger.entries(Written)
            if entry.event.version
        }
        texts = {v.id: ledger.object(v.files[path]).decode() for v in (first, *line) if v}
    base = texts[first.id] if first else ""
    steps = list[Step]()
    for version in line:
        wanted, ended = form(texts[version.id]), written.get(version.id, 0.0)
        steps.append(Step(asked_for(wanted, base, function, calls, ended), texts[version.id]))
    return steps


def asked_for(wanted: str, base: str, function: str, calls: Sequence[Asked], ended: float) -> int:
    """How many calls a program took: up to the first answer that comes to it, by itself or by a
    small repair, but for comments and names of local variables; else all until it was handed in.
    """
    for number, each in enumerate(calls, 1):
        if any(wanted == form(text) for text in _meant(each.text, base, function)):
            return number
    return sum(each.ended <= ended for each in calls)


def _meant(answer: str, base: str, function: str) -> Iterator[str]:
    """The programs that an answer comes to."""
    try:
        texts = meant(program(answer, "whole", base, function), base, function)
    except (UnreadableError, SyntaxError, ValueError):
        return
    yield from texts
    for each in mends([Answer(text, {}) for text in texts], function):
        yield each.text
