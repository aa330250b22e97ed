"""What an improver's run costs on one core and on all: the same lab, the same seed, other cores.

    python benchmarks/scaling.py examples/improver
    python benchmarks/scaling.py examples/improver --evaluations 60 --repeats 2 --json

The lab is copied and run for one generation by `successor improve`, on one core and on all that
there are, in turn, as often as told. Prints wall-clock and CPU seconds, evaluations by the record,
and how many times faster all cores are, by medians. All runs have to come to the same versions. On
a machine with other work wall-clock times say more about that work.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median

import click

from efforts import course
from successor.lab import RECORD
from successor.labfile import FILE_NAME

SOURCE = Path(__file__).resolve().parent.parent / "src"


@dataclass(frozen=True)
class Run:
    """One generation of a copy of the lab."""

    cores: int
    wall_s: float
    cpu_s: float
    evaluations: int
    versions: tuple[str, ...]
    """Those in charge, in turn."""


def one(lab: Path, cores: Sequence[int], evaluations: int) -> Run:
    """Run a copy on these cores."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / lab.name
        shutil.copytree(lab, copy, ignore=shutil.ignore_patterns(RECORD))
        text = (copy / FILE_NAME).read_text("utf-8")
        told = f'\n[author]\nkind = "itself"\nevaluations = {evaluations}\nturn = 1e9\n'
        text = without(text, "author") + told
        (copy / FILE_NAME).write_text(text.replace("[base_cases]", "[base_cases]\ngenerations = 2"))
        command = [sys.executable, "-m", "successor", "improve", str(copy), "--budget", "2h"]
        before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        done = subprocess.run(  # noqa: S603 - our own command
            [*command, "--quiet"],
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
            preexec_fn=partial(os.sched_setaffinity, 0, cores),
            capture_output=True,
            text=True,
            check=False,
        )
        wall = time.monotonic() - began
        if done.returncode not in (0, 3):
            raise click.ClickException(done.stderr.strip().splitlines()[-1])
        after, found = resource.getrusage(resource.RUSAGE_CHILDREN), course(copy)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    spent = sum(each.evaluations for each in found.generations)
    versions = tuple(each.version for each in found.stages)
    return Run(len(cores), round(wall, 2), round(cpu, 2), spent, versions)


def without(text: str, table: str) -> str:
    """A lab file without a table."""
    kept, inside = list[str](), False
    for each in text.splitlines():
        if each.startswith("["):
            inside = each.strip("[] ").split(".")[0] == table
        kept += [] if inside else [each]
    return "\n".join(kept) + "\n"


def fragment(runs: Sequence[Run]) -> str:
    """What is printed."""
    lines = [
        "| cores | wall s | CPU s | evaluations | a second |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {each.cores} | {each.wall_s:,.0f} | {each.cpu_s:,.0f} | {each.evaluations:,} | "
        f"{each.evaluations / each.wall_s:,.0f} |"
        for each in runs
    ]
    most = max(each.cores for each in runs)
    alone, all_ = ([r.wall_s for r in runs if r.cores == many] for many in (1, most))
    if most > 1:
        lines.append(f"\n{most} cores: {median(alone) / median(all_):.2f} times as fast.")
    if len({each.versions for each in runs}) > 1:
        lines.append("The runs did not come to the same versions.")
    return "\n".join(lines) + "\n"


@click.command()
@click.argument("lab", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--evaluations", default=100, show_default=True, help="Variants of the search.")
@click.option("--repeats", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(*, lab: Path, evaluations: int, repeats: int, as_json: bool) -> None:
    """Run one generation on one core and on all."""
    cores = sorted(os.sched_getaffinity(0))
    runs = list[Run]()
    with click.progressbar(range(2 * repeats), label="runs", file=sys.stderr) as bar:
        runs += [one(lab, cores[:1] if turn % 2 == 0 else cores, evaluations) for turn in bar]
    figures = json.dumps([asdict(each) for each in runs], indent=2)
    click.echo(figures if as_json else fragment(runs))


if __name__ == "__main__":
    main()
