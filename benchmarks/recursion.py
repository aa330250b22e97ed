"""Is a better improver better at improving improvers? Paired runs of the second order.

    python benchmarks/recursion.py examples/improver/improver.py better.py

In each pair both improvers get the same code to improve, the first one's, with the same tasks to
try variants on, the same seed and the same number of variants: what differs is who searches. What
either finds is put beside the first on held-out families. A third arm has the first one's code with
another seed, which shows what luck does. Prints the mean area that each arm's finds reach, and the
paired difference to the first with its 95% interval.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import cast

import click
import numpy as np

from improvers import interval
from successor.authors.itself.author import Search as Variants
from successor.authors.itself.author import SelfImproving
from successor.authors.itself.moulds import mould_of
from successor.authors.itself.settings import Settings
from successor.authors.trials import Terms, Trials
from successor.subjects.improver import ImproverSubject, improver
from successor.subjects.improver.items import SLICES
from successor.types import Brief, Digest, Draw, Version

FIRST, SECOND, CHANCE = "the first", "the second", "the first, another seed"
ARMS = (FIRST, SECOND, CHANCE)
_APART = 7_919
"""From the seed of a pair to that of the third arm: more than there are pairs."""


@dataclass
class Desk:
    """A workspace in memory."""

    objects: dict[Digest, bytes] = field(default_factory=dict[Digest, bytes])

    def read(self, digest: Digest) -> bytes:
        """What was written under that name."""
        return self.objects[digest]

    def write(self, data: bytes) -> Digest:
        """Keep it."""
        name = sha256(data).hexdigest()
        self.objects[name] = data
        return name

    def checkpoint(self, state: bytes) -> None:
        """Nothing: a pair is measured in one go."""

    def resume(self) -> bytes | None:
        """Nothing was left."""
        return None

    def progress(self, stage: str, done: float, total: float, **figures: float | str) -> None:
        """Nobody is told."""


@dataclass(frozen=True)
class Pair:
    """What came of one pair: the area of each arm's find on held-out families."""

    seed: int
    before: float
    """Of the code that all began with."""
    found: dict[str, float]


@dataclass(frozen=True)
class Result:
    """All that was measured."""

    variants: int
    tasks: int
    evaluations: int
    pairs: tuple[Pair, ...]
    seconds: float


@dataclass(frozen=True)
class Search:
    """Who searches, with which chances, and the seed of the tasks on which variants are tried."""

    engine: str
    chances: int
    tasks: int


def found(subject: SelfImproving, code: str, search: Search, variants: int) -> str:
    """The best variant of a code that an improver finds, or the code when it finds none."""
    desk = Desk()
    start = Version("start", {subject.path: desk.write(code.encode())}, (), "subject")
    brief = Brief(1, search.tasks, (start,), (), (), (), 0)
    trials = Trials(subject, brief, desk, Terms.screening(variants, 0.01, 0.0))
    variants_of = Variants(trials, mould_of(code), Settings(evaluations=variants))
    variants_of.run(subject, search.engine, search.chances)
    draft = trials.hand_in()
    return desk.read(draft.files[subject.path]).decode() if draft and draft.files else code


def pair(subject: ImproverSubject, sources: tuple[str, str], seed: int, size: Result) -> Pair:
    """One pair, and the arm of chance."""
    first, second = sources
    arms = {
        FIRST: Search(first, seed, seed),
        SECOND: Search(second, seed, seed),
        CHANCE: Search(first, seed + _APART, seed),
    }
    asked = Draw("held-out", seed, tuple((name, size.tasks) for name in SLICES))

    def area(source: str) -> float:
        scores = [each.score(size.evaluations) for each in subject.attempts(source, asked)]
        return round(float(np.mean(scores)), 5)

    came = {
        name: found(cast("SelfImproving", subject), first, arm, size.variants)
        for name, arm in arms.items()
    }
    return Pair(seed, area(first), {name: area(each) for name, each in came.items()})


def fragment(result: Result) -> str:
    """What is said of it."""
    before = np.array([each.before for each in result.pairs])
    areas = {name: np.array([each.found[name] for each in result.pairs]) for name in ARMS}
    lines = ["| who improves the first one's code | area of what it finds | beside the first |"]
    lines.append("| --- | ---: | ---: |")
    lines.append(f"| nobody | {before.mean():.4f} | |")
    for name, own in areas.items():
        gain = own - areas[FIRST]
        low, high = interval(gain)
        beside = "" if name == FIRST else f"{gain.mean():+.4f} ({low:+.4f} to {high:+.4f})"
        lines.append(f"| {name} | {own.mean():.4f} | {beside} |")
    lines.append(
        f"\n{len(result.pairs)} pairs, {result.variants} variants each, areas on {result.tasks} "
        f"tasks of each space with {result.evaluations} evaluations, {result.seconds:,.0f} s."
    )
    return "\n".join(lines) + "\n"


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("first", type=FILE)
@click.argument("second", type=FILE)
@click.option("--pairs", default=10, show_default=True)
@click.option("--variants", default=80, show_default=True, help="That each arm may try.")
@click.option("--tasks", default=60, show_default=True, help="Of each space, to measure finds on.")
@click.option("--evaluations", default=200, show_default=True, help="Of each task.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write the figures to.")
def main(
    *, first: Path, second: Path, pairs: int, tasks: int, evaluations: int, variants: int,
    out: Path | None,
) -> None:  # fmt: skip
    """Measure whether the second improver improves improvers better than the first."""
    subject = improver({"target": first.name, "evaluations": evaluations}, first.parent)
    sources = first.read_text("utf-8"), second.read_text("utf-8")
    began, came = time.monotonic(), list[Pair]()
    size = Result(variants, tasks, evaluations, (), 0.0)
    try:
        with click.progressbar(range(pairs), label="pairs", file=sys.stderr) as bar:
            for turn in bar:
                came.append(pair(subject, sources, 1 + turn, size))
    finally:
        subject.close()
    taken = round(time.monotonic() - began, 1)
    result = Result(variants, tasks, evaluations, tuple(came), taken)
    if out:
        out.mkdir(parents=True, exist_ok=True)
        (out / "recursion.json").write_text(json.dumps(asdict(result), indent=2) + "\n")
        (out / "recursion.md").write_text(fragment(result))
    click.echo(fragment(result))


if __name__ == "__main__":
    main()
