"""Side by side with OpenEvolve and ShinkaEvolve: the same local model behind the same server, the
same programs, the same number of calls.

    python benchmarks/peers.py                                  # all programs and systems, 3 seeds
    python benchmarks/peers.py --only fib --system llm --system OpenEvolve --calls 4 --seeds 1
    python benchmarks/peers.py --model qwen2.5-coder-0.5b

All ask through a proxy that counts calls, tokens and the time in which one is under way, and
refuses what is beyond the calls. What each system took for its best, step by step, is measured by
us on inputs that none of them saw. Peers live in an environment of their own, which is made when it
is missing, and run candidates outside of any sandbox. Rows are kept as they come: killed, it goes
on where it was, and begins the run that was cut off anew. Writes docs/benchmarks/peers.json and
peers.md beside it.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import click

import programs
from improving import SOURCE
from models import CACHE, HERE
from rivals import installed, systems
from rivals.counting import Counting, Rules
from rivals.measured import worths
from rivals.runs import Place, Terms
from rivals.systems import PEERS, SYSTEMS
from rivals.table import Row, fragment
from successor.llm.local.process import ServerProcess
from successor.llm.local.tuning import Tuning
from successor.llm.local.weights import found
from successor.sandbox import open_sandbox

CHOSEN = ("fib", "bin_packing", "edit_distance", "prime", "factorial")
"""Programs that a small model can do something about; one has a cost, the others are to be fast."""
FILES = ("counting", "evaluate", "tasks", "runs", "systems", "drive")
"""Of rivals/, what a row depends on."""
SLOTS, CONTEXT = 4, 8192
"""Requests that the server batches, and the tokens that each may have."""
Name: TypeAlias = tuple[str, str, int]


@dataclass
class Work:
    """A folder, and the rows in it."""

    folder: Path
    terms: Terms
    python: Path

    def stamp(self, system: str) -> str:
        """A digest of what a system's rows depend on: of ours, also what we are."""
        digest = hashlib.sha256(json.dumps([asdict(self.terms), installed.PINNED]).encode())
        names = FILES if system in PEERS else (*FILES, "ours")
        paths = [Path(__file__).with_name("rivals") / f"{name}.py" for name in names]
        ours = [] if system in PEERS else sorted(SOURCE.rglob("*.py"))
        for path in (*paths, *ours):
            digest.update(path.read_bytes())
        return digest.hexdigest()[:16]

    def rows(self) -> dict[Name, Row]:
        """Those that still hold."""
        path = self.folder / "rows.jsonl"
        lines = path.read_text("utf-8").split("\n")[:-1] if path.exists() else []
        every = [Row.read_from(json.loads(line)) for line in lines]
        stamps = {system: self.stamp(system) for system in SYSTEMS}
        return {row.name: row for row in every if row.stamp == stamps[row.system]}

    def add(self, row: Row) -> None:
        """A line each: one that a kill cut off has no end, and is no row."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "rows.jsonl").open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(asdict(row)) + "\n")

    def run(self, lab: programs.Lab, system: str, seed: int, server: ServerProcess) -> Row:
        """One run, and its measuring."""
        folder = self.folder / f"{lab.name}-{system}-{seed}"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        place = Place(folder, lab, seed, self.python)
        task = systems.task_of(place)
        rules = Rules(self.terms.calls, seed, self.terms.longest)
        proxy = Counting(server.url, server.key, rules, folder / "calls.jsonl")
        begun = time.time()
        try:
            came = systems.run(system, place, self.terms, proxy, task)
        finally:
            proxy.close()
        with open_sandbox(preload=programs.PRELOAD) as sandbox:
            measured = worths(lab, came.steps, sandbox)
        calls = proxy.calls
        row = Row(
            program=lab.name, system=system, seed=seed, stamp=self.stamp(system),
            worths=measured, score=came.score, calls=len(calls), refused=proxy.refused,
            read=sum(each.read for each in calls), written=sum(each.written for each in calls),
            seconds=came.ended - begun, failed=came.failed,
            outside_s=systems.outside_s(calls, begun, came.ended),
        )  # fmt: skip
        self.add(row)
        return row


@contextmanager
def serving(model: str, threads: int) -> Generator[ServerProcess]:
    """The model, as `local:` models are served."""
    server = ServerProcess(found(model).path, model, Tuning(SLOTS, CONTEXT, threads))
    try:
        yield server
    finally:
        server.stop()


def write(terms: Terms, rows: Sequence[Row], out: Path) -> str:
    """The figures as far as they are known; the table."""
    out.mkdir(parents=True, exist_ok=True)
    figures = {"terms": asdict(terms), "rows": [asdict(row) for row in rows]}
    (out / "peers.json").write_text(json.dumps(figures, indent=2) + "\n")
    (out / "peers.md").write_text(table := fragment(terms, rows))
    return table


def restored(figures: dict[str, Any]) -> str:
    """The table of figures that were written as JSON."""
    return fragment(Terms(**figures["terms"]), map(Row.read_from, figures["rows"]))


def wanted(only: Sequence[str], system: Sequence[str], seeds: int) -> Iterator[Name]:
    """The runs, all systems on one seed before the next: cut short, it is fair to all."""
    for seed in range(1, seeds + 1):
        for name in only or CHOSEN:
            for each in system or SYSTEMS:
                yield name, each, seed


@click.command()
@click.option("--model", default="qwen2.5-coder-1.5b", show_default=True, help="Weights to serve.")
@click.option("--calls", default=8, show_default=True, help="Of each run.")
@click.option("--seeds", default=3, show_default=True, help="Runs of each system on each program.")
@click.option("--longest", default=1024, show_default=True, help="Tokens of an answer, at most.")
@click.option("--budget", default="2h", show_default=True, help="Working time of our own runs.")
@click.option("--threads", default=0, help="Of the model; as many as cores are free when 0.")
@click.option("--only", multiple=True, help="Programs of examples/; five when not given.")
@click.option("--system", multiple=True, type=click.Choice(SYSTEMS), help="All when not given.")
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, help="For the work.")
@click.option("--out", type=click.Path(path_type=Path), default=HERE, help="Folder to write to.")
def main(
    *, seeds: int, threads: int, only: tuple[str, ...], system: tuple[str, ...],
    cache: Path, out: Path, **told: Any,  # noqa: ANN401 - fields of `Terms`
) -> None:  # fmt: skip
    """Run peers and ourselves with the same model and as many calls, and measure what they found.

    \b
    Examples:
      python benchmarks/peers.py
      python benchmarks/peers.py --only fib --system llm --system OpenEvolve --calls 4 --seeds 1
      python benchmarks/peers.py --model qwen2.5-coder-0.5b --threads 1
    """  # noqa: D301 - \b is click's mark for lines that are kept as they are
    terms, labs = Terms(**told), {lab.name: lab for lab in programs.labs()}
    if unknown := [name for name in only if name not in labs]:
        raise click.BadParameter(f"{unknown[0]!r}: no such program; there are {', '.join(labs)}")
    work = Work(cache / "peers", terms, installed.environment(cache))
    rows = work.rows()
    with serving(terms.model, threads) as server:
        for name in wanted(only, system, seeds):
            if name in rows:
                continue
            click.echo(", ".join(map(str, name)), err=True)
            row = rows[name] = work.run(labs[name[0]], name[1], name[2], server)
            click.echo(f"  {row.value:.3g} times better; {row.failed or 'done'}", err=True)
            write(terms, [*rows.values()], out)
    click.echo(write(terms, [*rows.values()], out))


if __name__ == "__main__":
    main()
