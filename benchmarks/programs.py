"""What the labs of examples/ that need no language model come to, each in a bounded time.

    python benchmarks/programs.py                       # all, as long as each lab says
    python benchmarks/programs.py --only fib --budget 60s

Each lab is copied, improved by `successor improve`, and its last version put beside its first on
inputs that the run did not see. Writes docs/benchmarks/programs.json and programs.md beside it.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from runpy import run_path
from typing import Any

import click

from improving import Run, improve
from paired import Compared, Ratio, compared, program, ratio
from successor.sandbox import Call, Limits, Program, Returned, Sandbox, open_sandbox

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES, HERE = ROOT / "examples", ROOT / "docs" / "benchmarks"
BATCHES, CALLS = 12, 16
"""Of fresh inputs at the lab's largest size, or a larger one."""
INSTANCES = 20
"""Fresh instances on which solutions are compared by cost; as many as OR3 has."""
LARGER = {"fib": 30, "edit_distance": 8, "matmul": 96}
"""Sizes at which these are compared: a lab asks no size at which the original takes long."""
LIMITS = Limits(wall_s=120, cpu_s=120)
PRELOAD = ("math", "random", "functools", "itertools", "operator", "numpy")


@dataclass(frozen=True)
class Lab:
    """A lab of a program, as its successor.toml says."""

    name: str
    path: str
    function: str
    size: int
    cost: bool
    budget: str

    @property
    def folder(self) -> Path:
        """Where it is."""
        return EXAMPLES / self.name


@dataclass(frozen=True)
class Row:
    """What became of one lab."""

    lab: str
    budget: str
    correct: float | None
    """Share of fresh inputs on which the last version answers as the first, or with a solution."""
    faster: Ratio | None
    """Time of the first version over that of the last."""
    cheaper: Ratio | None
    """Cost of the first version's solutions over that of the last's, where there is a cost."""
    measured: Mapping[str, float]
    promotions: int
    candidates: int
    evaluations: float
    seconds: float
    stopped_by: str
    failed: str
    figures: Mapping[str, float]
    """What is known of this problem beside: excess of bins, sum of radii."""

    @classmethod
    def of(cls, lab: Lab, run: Run) -> Row:
        """With what the run itself says."""
        said = {key: value for key, value in vars(run).items() if key not in {"first", "last"}}
        return cls(lab.name, lab.budget, None, None, None, figures={}, **said)

    def told(self) -> str:
        """A line of the table."""
        if self.failed:
            return f"| {self.lab} | | | | | | not run: {self.failed} |"
        right = "" if self.correct is None else f"{100 * self.correct:.4g}%"
        cells = [
            right,
            *("" if each is None else each.told() for each in (self.faster, self.cheaper)),
            f"{self.evaluations:,.0f}",
            f"{self.seconds:.0f}",
            f"{self.promotions} of {self.candidates}"
            if self.promotions
            else "nothing better found",
        ]
        return f"| {self.lab} | {' | '.join(cells)} |"


def labs() -> list[Lab]:
    """The labs of programs whose solutions or speed can be compared here."""
    found = list[Lab]()
    for path in sorted(EXAMPLES.glob("*/successor.toml")):
        told = tomllib.loads(path.read_text("utf-8"))
        subject = told["subject"]
        if subject["kind"] != "program" or "evaluator" in subject:
            continue
        file, _, function = subject["target"].partition(":")
        size: int = LARGER.get(path.parent.name) or subject.get("sizes", [1])[-1]
        function = function or subject["entry"]
        budget: str = told["base_cases"]["wall_clock"]
        found.append(Lab(path.parent.name, file, function, size, "cost" in subject, budget))
    return found


def drawer(lab: Lab) -> Callable[[int, int], Sequence[Call]]:
    """(seed, count) -> calls at the lab's largest size."""
    path = lab.folder / "inputs.py"
    draw: Callable[[Random, int], tuple[Any, ...]] = (
        run_path(str(path))["draw"] if path.exists() else _two_numbers
    )

    def calls(seed: int, count: int) -> Sequence[Call]:
        random = Random(f"benchmark/{lab.name}/{seed}")
        return [Call(draw(random, lab.size)) for _ in range(count)]

    return calls


def _two_numbers(random: Random, size: int) -> tuple[float, float]:
    largest = 1e6 * size
    return random.uniform(-largest, largest), random.uniform(-largest, largest)


def run_lab(lab: Lab, sandbox: Sandbox) -> Row:
    """Improve a copy of a lab, and compare the last version with the first."""
    with tempfile.TemporaryDirectory() as place:
        copy = Path(place) / lab.name
        shutil.copytree(
            lab.folder, copy, ignore=shutil.ignore_patterns(".successor*", "__pycache__")
        )
        run = improve(copy, copy, lab.budget)
    row = Row.of(lab, run)
    if run.failed:
        return row
    return by_cost(lab, run, row, sandbox) if lab.cost else by_time(lab, run, row, sandbox)


def by_time(lab: Lab, run: Run, row: Row, sandbox: Sandbox) -> Row:
    """Agreement and speed on fresh inputs."""
    draw = drawer(lab)
    batches = [draw(number, CALLS) for number in range(BATCHES)]
    found: Compared = compared(sandbox, pair(lab, run), batches, LIMITS)
    return replace(row, correct=found.agreeing / found.asked, faster=found.faster)


def pair(lab: Lab, run: Run) -> tuple[Program, Program]:
    """The first version and the last."""
    make = partial(program, path=lab.path, function=lab.function)
    return make(run.first), make(run.last)


def by_cost(lab: Lab, run: Run, row: Row, sandbox: Sandbox) -> Row:
    """What solutions of fresh instances cost, by the lab's own score."""
    first, last = pair(lab, run)
    instances = drawer(lab)(0, INSTANCES)
    before = costs(lab, first, instances, sandbox)
    after = costs(lab, last, instances, sandbox)
    known = [each for each in zip(before, after, strict=True) if None not in each]
    held = ratio([a for a, _ in known if a], [b for _, b in known if b]) if known else None
    figures: Mapping[str, float] = {}
    if extra := FIGURES.get(lab.name):
        figures = extra(last, instances, sandbox)
    right = sum(each is not None for each in after) / len(after)
    return replace(row, correct=right, cheaper=held, figures=figures)


def costs(
    lab: Lab, version: Program, instances: Sequence[Call], sandbox: Sandbox
) -> list[float | None]:
    """What each solution costs; None when it is none."""
    score = run_path(str(lab.folder / "score.py"))["cost"]
    return [
        None if answer is None else _cost(score, call, answer)
        for call, answer in zip(instances, solutions(version, instances, sandbox), strict=True)
    ]


def solutions(version: Program, instances: Sequence[Call], sandbox: Sandbox) -> list[Any]:
    """What a version answers; None where it does not."""
    outcomes = [sandbox.run(version, [call], LIMITS).outcomes for call in instances]
    return [each[0].value if each and isinstance(each[0], Returned) else None for each in outcomes]


def _cost(score: Callable[..., float], call: Call, answer: object) -> float | None:
    try:
        return score(call.args, answer)
    except ValueError:
        return None


def excess_of_bins(
    last: Program, instances: Sequence[Call], sandbox: Sandbox
) -> Mapping[str, float]:
    """Bins above the lower bound, as a share of it, of the last version and of others."""
    folder = EXAMPLES / "bin_packing"
    others, used = run_path(str(folder / "baselines.py")), run_path(str(folder / "score.py"))
    packings = {
        name: [others["pack"](priority, *call.args) for call in instances]
        for name, priority in others["BASELINES"].items()
    }
    packings["successor"] = solutions(last, instances, sandbox)
    bound = sum(others["lower_bound"](*call.args) for call in instances)
    return {
        name: sum(
            used["bins_used"](*call.args, packing)
            for call, packing in zip(instances, each, strict=True)
        )
        / bound
        - 1
        for name, each in packings.items()
    }


def sum_of_radii(last: Program, instances: Sequence[Call], sandbox: Sandbox) -> Mapping[str, float]:
    """Checked in exact arithmetic."""
    exact = run_path(str(EXAMPLES / "circle_packing" / "score.py"))["sum_of_radii"]
    return {"successor": float(exact(solutions(last, instances[:1], sandbox)[0]))}


FIGURES: Mapping[str, Callable[[Program, Sequence[Call], Sandbox], Mapping[str, float]]] = {
    "bin_packing": excess_of_bins,
    "circle_packing": sum_of_radii,
}
PUBLISHED = {"circle_packing": {"best known": 2.636, "AlphaEvolve": 2.635}}


def restored(figures: Mapping[str, Any]) -> list[Row]:
    """The rows that were written as JSON."""
    rows: list[dict[str, Any]] = figures["rows"]
    for row in rows:
        for key in ("faster", "cheaper"):
            row[key] = Ratio(**row[key]) if row[key] else None
    return [Row(**row) for row in rows]


def beside(rows: Sequence[Row], path: Path) -> list[Row]:
    """The rows, with those of other labs that were measured before, in the order of their names."""
    known = restored(json.loads(path.read_text("utf-8"))) if path.exists() else []
    found = {row.lab: row for row in (*known, *rows)}
    return [found[name] for name in sorted(found)]


def fragment(rows: Sequence[Row]) -> str:
    """The tables for docs/benchmarks.md."""
    lines = [row.told() for row in rows]
    found = {row.lab: row.figures for row in rows if row.figures}
    return f"""\
| lab | right | times faster | times cheaper | evaluations | seconds | promoted |
| --- | ---: | ---: | ---: | ---: | ---: | --- |
{chr(10).join(lines)}
{_bins(found["bin_packing"]) if "bin_packing" in found else ""}\
{_radii(found["circle_packing"]) if "circle_packing" in found else ""}"""


def _bins(excess: Mapping[str, float]) -> str:
    lines = "\n".join(f"| {name} | {100 * share:.2f}% |" for name, share in excess.items())
    return f"""
Bins above the lower bound, on {INSTANCES} fresh instances of 500 items like those of OR3:

| packed by | excess |
| --- | ---: |
{lines}
"""


def _radii(sums: Mapping[str, float]) -> str:
    known = {**sums, **PUBLISHED["circle_packing"]}
    return f"""
Sum of the radii of 26 circles in the square, ours checked in exact arithmetic:
{"; ".join(f"{name} {total:.4f}" for name, total in known.items())}.
"""


@click.command()
@click.option("--budget", help="Of each lab, instead of its own.")
@click.option(
    "--only", multiple=True, help="Labs to run; all when not given. Rows of others are kept."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--out", type=click.Path(path_type=Path), default=HERE, help="Folder to write to.")
def main(*, budget: str | None, only: tuple[str, ...], as_json: bool, out: Path) -> None:
    """Improve the examples, and say what that came to."""
    chosen = [
        replace(lab, budget=budget or lab.budget) for lab in labs() if not only or lab.name in only
    ]
    rows = list[Row]()
    with open_sandbox(preload=PRELOAD) as sandbox:
        for lab in chosen:
            click.echo(lab.name, err=True)
            rows.append(run_lab(lab, sandbox))
            click.echo(rows[-1].told(), err=True)
    out.mkdir(parents=True, exist_ok=True)
    rows = beside(rows, out / "programs.json")
    figures = json.dumps({"rows": [asdict(row) for row in rows]}, indent=2)
    (out / "programs.json").write_text(figures + "\n")
    (out / "programs.md").write_text(fragment(rows))
    click.echo(figures if as_json else fragment(rows))


if __name__ == "__main__":
    main()
