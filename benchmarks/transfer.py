"""Does an improved improver, frozen, also improve what it never saw? Programs, and new families.

    python benchmarks/transfer.py examples/improver/improver.py better.py
    python benchmarks/transfer.py examples/improver/improver.py better.py --tasks 0 --json

Of four of the example programs the numbers are to be found: those that the program has
(circle_packing), or the weights of a formula in the place of its rule (the others, `FORMULAS`).
What a point costs is what the program's own subject finds of it in its sandbox: log of the cost
over that of the example as it is. The families are those of `newcomers.py`. Both improvers get the
same tasks, chances and evaluations. Prints the area under the best so far, the paired difference
with its 95% interval, and the share of the evaluations with which the second comes to what the
first has in the end; of programs also how many times less the best that each found costs on other
inputs.
"""

from __future__ import annotations

import json
import math
import sys
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from improvers import EXAMPLE, Interval, interval
from newcomers import NEWCOMERS
from recursion import Desk
from successor.authors.tune.knobs import find_knobs, turned
from successor.judge.medians import median
from successor.labfile import FILE_NAME
from successor.sandbox import Limits
from successor.subjects.improver import ImproverSubject, improver
from successor.subjects.improver.attempts import Arena, Attempt
from successor.subjects.improver.items import Item, one, slice_of
from successor.subjects.program import ProgramSubject, function
from successor.subjects.program.bench import Bench
from successor.types import Version

PROGRAMS = EXAMPLE.parents[1]
FORMULAS = {
    "tsp": (
        "return -step",
        "return -step + {} * home + {} * apart + {} * left * home + {} * left * apart",
    ),
    "bin_packing": (
        "return [float(item - room) for room in bins]",
        "return [{} * (r - item) + {} * (r - item) ** 2 / 50 + {} * (r % item) for r in bins]",
    ),
    "symbolic_regression": (
        "return x",
        "return {} + {} * x + {} * x**2 + {} * x**3 + {} * x**4",
    ),
}
"""What stands in an example, and what is put there, with a weight in [-2, 2] for each pair of
braces."""
WITH_KNOBS = ("circle_packing",)
REACH, DIGITS = 1.5, 3
_FAMILIES = {family.__name__ for family in NEWCOMERS.values()}
_BROKEN = 10.0
"""What a variant costs that is wrong: e^10 times as much as the example."""


@dataclass(frozen=True)
class Course:
    """What an improver made of one task: the best value so far, after each evaluation."""

    best: tuple[float, ...]
    found: float = 0.0
    """Of a program: log of how many times less its best costs on other inputs."""


@dataclass(frozen=True)
class Row:
    """The second improver beside the first, on the tasks of one kind."""

    name: str
    tasks: int
    areas: tuple[float, float]
    gain: Interval
    """Of the area, paired."""
    share: tuple[float | None, float, float | None]
    """Median share of the evaluations; null where the second never comes to it."""
    found: tuple[float, float]
    """How many times less what was found costs than the example, on other inputs; geometric means,
    1 for families."""


@dataclass(frozen=True)
class Variants:
    """A program whose numbers are looked for."""

    subject: ProgramSubject
    size: int
    cast: Callable[[Sequence[float]], str]


def variants(name: str) -> Variants:
    """An example program, and what a point of [0, 1]^size makes of it."""
    folder = PROGRAMS / name
    lab = tomllib.loads((folder / FILE_NAME).read_text("utf-8"))
    told = {key: value for key, value in lab["subject"].items() if key != "kind"}
    subject = function(told, folder, lab["lab"]["goal"])
    source = (folder / subject.path).read_text("utf-8")
    if name in WITH_KNOBS:
        knobs = find_knobs(source, subject.function)

        def turn(point: Sequence[float]) -> str:
            settings = [2 * REACH * (each - 0.5) for each in point]
            return turned(source, knobs, settings, DIGITS)

        return Variants(subject, len(knobs), turn)
    before, formula = FORMULAS[name]
    if before not in source:
        raise click.ClickException(f"{folder / subject.path}: has no {before!r}")

    def weigh(point: Sequence[float]) -> str:
        weights = [f"({round(4 * each - 2, DIGITS)})" for each in point]
        return source.replace(before, formula.format(*weights))

    return Variants(subject, formula.count("{}"), weigh)


def at_programs(
    engine: ImproverSubject, sources: Sequence[str], name: str, seeds: int, evaluations: int
) -> list[tuple[Course, ...]]:
    """Both improvers at one program, once for each seed."""
    task, found = variants(name), list[tuple[Course, ...]]()
    with closing(task.subject):
        desk = Desk()
        began = task.subject.create(1, desk)
        start = Version("start", began.files, (), "subject")
        for seed in range(1, seeds + 1):
            found.append(
                tuple(
                    _at_program(engine, each, task, start, desk, (seed, evaluations))
                    for each in sources
                )
            )
    return found


def _at_program(
    engine: ImproverSubject, source: str, task: Variants, start: Version, desk: Desk,
    size: tuple[int, int],
) -> Course:  # fmt: skip
    """One search; what it found is looked at again on other inputs."""
    seed, evaluations = size
    best, points = list[float](), list[Sequence[float]]()

    def gain(point: Sequence[float], inputs: int) -> float:
        screening = task.subject.screen(task.cast(point), start, inputs, desk)
        return math.log(screening.gains["cost"]) if screening.correct else -_BROKEN

    def price(point: Sequence[float]) -> float:
        worth = gain(point, seed)
        if worth > max([0.0, *best]):
            points.append(point)
        best.append(max([worth, 0.0, *best[-1:]]))
        return -worth

    engine.pursue(source, task.size, evaluations, seed, price)
    best += [max([0.0, *best[-1:]])] * (evaluations - len(best))
    return Course(tuple(best), max(0.0, gain(points[-1], seed + 1000)) if points else 0.0)


def at_newcomers(
    sources: Sequence[str], tasks: int, evaluations: int
) -> Iterator[tuple[str, list[tuple[Course, ...]]]]:
    """All improvers at every new family."""
    with closing(Bench(Limits(wall_s=5, cpu_s=5, memory_bytes=256 << 20), None)) as bench:
        arena = Arena(bench, evaluations, 2.0)
        for kind, family in NEWCOMERS.items():
            items = [one(slice_of(kind), [family], f"newcomer/{k}") for k in range(tasks)]
            both = [
                [_course(each, evaluations) for each in arena.attempts(s, items)] for s in sources
            ]
            yield family.__name__, [*zip(*both, strict=True)]


def _course(attempt: Attempt, evaluations: int) -> Course:
    item: Item = attempt.item
    best = list[float]()
    for cost in [] if attempt.why else attempt.costs:
        best.append(max([item.value(cost), *best[-1:]]))
    return Course(tuple(best + [max([0.0, *best[-1:]])] * (evaluations - len(best))))


def row(name: str, pairs: Sequence[tuple[Course, ...]]) -> Row:
    """What the second comes to beside the first."""
    areas = np.array([[np.mean(each.best) for each in pair] for pair in pairs])
    gain = areas[:, 1] - areas[:, 0]
    share = median(np.array([_reached(b, a.best[-1]) / _reached(a, a.best[-1]) for a, b in pairs]))
    times = np.exp(np.mean([[each.found for each in pair] for pair in pairs], axis=0))
    low, high = interval(gain)
    return Row(
        name,
        len(pairs),
        _rounded(areas.mean(axis=0)),
        (round(float(gain.mean()), 4), round(low, 4), round(high, 4)),
        (_finite(share.value), share.low, _finite(share.high)),
        _rounded(times),
    )


def _finite(value: float) -> float | None:
    return None if math.isinf(value) else value


def _rounded(both: NDArray[np.float64]) -> tuple[float, float]:
    first, second = (round(float(each), 4) for each in both)
    return first, second


def _reached(course: Course, value: float) -> float:
    return next((k for k, each in enumerate(course.best, 1) if each >= value), math.inf)


def fragment(rows: Sequence[Row]) -> str:
    """As a table."""
    lines = [
        "| task | tasks | first | second | difference | evaluations | found, times less |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for each in rows:
        gain, low, high = each.gain
        share, least, most = ("never" if v is None else f"{v:.2f}" for v in each.share)
        found = "" if each.name in _FAMILIES else f"{each.found[0]:.2f}, {each.found[1]:.2f}"
        lines.append(
            f"| {each.name} | {each.tasks} | {each.areas[0]:.3f} | {each.areas[1]:.3f} | "
            f"{gain:+.3f} ({low:+.3f} to {high:+.3f}) | {share} ({least} to {most}) | {found} |"
        )
    return "\n".join(lines) + "\n"


FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("first", type=FILE)
@click.argument("second", type=FILE)
@click.option("--tasks", default=40, show_default=True, help="Of each new family; 0: none.")
@click.option("--seeds", default=5, show_default=True, help="Searches of each program; 0: none.")
@click.option("--evaluations", default=400, show_default=True, help="Of a family's task.")
@click.option("--variants", "tried", default=60, show_default=True, help="Of a program's search.")
@click.option("--json", "as_json", is_flag=True)
def main(
    *, first: Path, second: Path, tasks: int, seeds: int, evaluations: int, tried: int,
    as_json: bool,
) -> None:  # fmt: skip
    """Put two improvers to programs and to families that they never saw."""
    sources, rows = [each.read_text("utf-8") for each in (first, second)], list[Row]()
    if tasks:
        rows += [row(name, pairs) for name, pairs in at_newcomers(sources, tasks, evaluations)]
    if seeds:
        with closing(improver({"target": first.name}, first.parent)) as engine:
            names = (*WITH_KNOBS, *FORMULAS)
            with click.progressbar(names, label="at programs", file=sys.stderr) as bar:
                for name in bar:
                    found = at_programs(engine, sources, name, seeds, tried)
                    rows.append(row(name, found))
    click.echo(json.dumps([asdict(each) for each in rows], indent=2) if as_json else fragment(rows))


if __name__ == "__main__":
    main()
