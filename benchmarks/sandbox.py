"""How many evaluations of a tiny candidate a second, and what each wall costs.

    python benchmarks/sandbox.py              # a minute
    python benchmarks/sandbox.py --quick
    python benchmarks/sandbox.py --openevolve-python /path/to/venv/bin/python

Every way to evaluate runs in two processes at once, one for each of two cores, in the same run:
the kernel tier with all its walls; a fork of a warm interpreter that runs the candidate and
sends JSON back, with no walls at all; a fresh `python -c`; and, where an interpreter with the
package `openevolve` is named, its Evaluator. Each of the two, with all that it starts, stays on
its core. The rounds are interleaved, since other work on the machine changes the rate more than
anything else here. Writes docs/benchmarks/sandbox.json.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import click

from successor.sandbox import Call, Program, Result, Sandbox
from successor.sandbox.confine import LAYERS
from successor.sandbox.tiers import opened_without

HERE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks"
CANDIDATE = "def add(a, b):\n    return a + b\n"
CORES = 2
ROUNDS_OF_WALLS = 3
Evaluate = Callable[[], object]
WAYS = {
    "kernel": "kernel tier, every wall",
    "fork": "bare fork of a warm interpreter, no wall",
    "fresh": "fresh python -c, no wall",
    "openevolve": "OpenEvolve's Evaluator",
}
OPENEVOLVE = """
import asyncio, json, logging, sys, tempfile, time
from importlib.metadata import version
from openevolve.config import EvaluatorConfig
from openevolve.evaluator import Evaluator

logging.disable(logging.CRITICAL)
candidate, seconds = sys.argv[1], float(sys.argv[2])
with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
    file.write('''
import importlib.util

def evaluate(program_path):
    spec = importlib.util.spec_from_file_location("candidate", program_path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {"combined_score": float(module.add(1, 2) == 3)}
''')
    file.flush()
    evaluator = Evaluator(EvaluatorConfig(cascade_evaluation=False), file.name)

    async def main():
        for turn in range(3):
            metrics = await evaluator.evaluate_program(candidate, f"warm {turn}")
            assert metrics["combined_score"] == 1.0, metrics
        print("ready", flush=True)
        sys.stdin.readline()
        started, count = time.perf_counter(), 0
        while time.perf_counter() - started < seconds:
            await evaluator.evaluate_program(candidate, str(count))
            count += 1
        print(json.dumps([count, time.perf_counter() - started, version("openevolve")]))

    asyncio.run(main())
"""
"""Runs under the other interpreter; uses what OpenEvolve exports, on a candidate and a check."""


@dataclass(frozen=True)
class Way:
    """One way to evaluate, both processes together."""

    name: str
    a_second: float  # median over the rounds
    rounds: list[float]
    of_kernel: float  # its rate divided by the kernel tier's


@dataclass(frozen=True)
class Wall:
    """What one wall costs, in one process, by leaving it out."""

    name: str
    cost_ms: float  # CPU time that an evaluation without it saves; the noise is about 0.1


@dataclass(frozen=True)
class Figures:
    """All that was measured."""

    ways: list[Way]
    walls: list[Wall]
    all_walls_ms: float  # CPU time of one evaluation, all processes together
    no_walls_ms: float
    openevolve: str  # its version; "" when it was not there
    load: float  # running processes on the machine before we began, mean of a minute
    cores: int
    seconds: float


def in_sandbox(sandbox: Sandbox) -> Result:
    """One evaluation: import, one call, its value back, the process gone."""
    result = sandbox.run(Program({"add.py": CANDIDATE.encode()}, "add.py:add"), [Call((1, 2))])
    if result.status != "ok":
        raise click.ClickException(f"the sandbox failed: {result}")
    return result


def in_fork() -> object:
    """The same in a fork of this process."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        names = dict[str, Callable[[int, int], int]]()
        exec(compile(CANDIDATE, "add.py", "exec"), names)  # noqa: S102 - our own text
        os.write(write, json.dumps(names["add"](1, 2)).encode())
        os._exit(0)
    os.close(write)
    value = json.loads(os.read(read, 100))
    os.close(read)
    os.waitpid(child, 0)
    return value


def in_fresh() -> object:
    """The same in a fresh interpreter."""
    text = f"{CANDIDATE}import json; print(json.dumps(add(1, 2)))"
    done = subprocess.run(  # noqa: S603 - our own text
        [sys.executable, "-I", "-S", "-c", text], capture_output=True, check=True
    )
    return json.loads(done.stdout)


@contextmanager
def prepared(way: str) -> Generator[Evaluate]:
    """What evaluates once in this way."""
    if way == "kernel":
        with opened_without() as sandbox:
            yield partial(in_sandbox, sandbox)
    else:
        yield in_fork if way == "fork" else in_fresh


def work(way: str, seconds: float) -> None:
    """In a process of its own: wait for the start, then evaluate as often as there is time for."""
    with prepared(way) as evaluate:
        for _ in range(5):
            evaluate()
        click.echo("ready")
        sys.stdin.readline()
        started, count = time.perf_counter(), 0
        while time.perf_counter() - started < seconds:
            evaluate()
            count += 1
        click.echo(json.dumps([count, time.perf_counter() - started, ""]))


def rate(command: list[str]) -> tuple[float, str]:
    """Evaluations a second of two such processes together, and a version when they tell one."""
    workers = [
        subprocess.Popen(  # noqa: S603 - our own command
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(CORES)
    ]
    cores = sorted(os.sched_getaffinity(0))
    for place, worker in enumerate(workers):  # before it has started anything of its own
        os.sched_setaffinity(worker.pid, {cores[place % len(cores)]})
    for worker in workers:
        if not worker.stdout or worker.stdout.readline() != "ready\n":
            raise click.ClickException(f"{command[0]} did not start")
    for worker in workers:
        if worker.stdin:
            worker.stdin.write("go\n")
            worker.stdin.flush()
    told = [json.loads(worker.communicate()[0]) for worker in workers]
    return sum(count / spent for count, spent, _ in told), told[0][2]


def commands(seconds: float, openevolve: str | None) -> dict[str, list[str]]:
    """How to start a worker, for each way."""
    own = [sys.executable, __file__, "--seconds", str(seconds), "--worker"]
    found = {way: [*own, way] for way in WAYS if way != "openevolve"}
    if openevolve:
        found["openevolve"] = [openevolve, "-c", OPENEVOLVE, CANDIDATE, str(seconds)]
    return found


def ways(seconds: float, rounds: int, openevolve: str | None) -> tuple[list[Way], str]:
    """The rate of each way, the rounds interleaved."""
    rates, version = dict[str, list[float]](), ""
    for _ in range(rounds):
        for way, command in commands(seconds, openevolve).items():
            found, told = rate(command)
            rates.setdefault(way, []).append(round(found, 1))
            version = told or version
    kernel = statistics.median(rates["kernel"])
    table = [
        Way(WAYS[way], statistics.median(each), each, round(statistics.median(each) / kernel, 3))
        for way, each in rates.items()
    ]
    return table, version


def cpu_ms(left_out: tuple[str, ...], turns: int) -> float:
    """CPU time of an evaluation: of this process, the fork-server and the child together.

    Time on the clock would depend on what else the machine does, far more than on a wall.
    """
    return (_cpu_s(left_out, turns) - _cpu_s(left_out, 0)) / turns * 1e3


def _cpu_s(left_out: tuple[str, ...], turns: int) -> float:
    before = os.times()
    with opened_without(*left_out) as sandbox:
        for _ in range(turns):
            in_sandbox(sandbox)
    return sum(os.times()[:4]) - sum(before[:4])


def walls(turns: int) -> tuple[list[Wall], float, float]:
    """The cost of each wall, and CPU time of an evaluation with every wall and with none."""
    kinds = [(), tuple(LAYERS), *((layer,) for layer in sorted(LAYERS))]
    times: list[list[float]] = [[] for _ in kinds]
    for _ in range(ROUNDS_OF_WALLS):
        for kind, spent in zip(kinds, times, strict=True):
            spent.append(cpu_ms(kind, turns))
    full, bare, *others = (round(statistics.median(spent), 2) for spent in times)
    pairs = zip(sorted(LAYERS), others, strict=True)
    return [Wall(layer, round(full - spent, 2)) for layer, spent in pairs], full, bare


def measure(seconds: float, rounds: int, turns: int, openevolve: str | None) -> Figures:
    """All figures."""
    load, started = os.getloadavg()[0], time.monotonic()
    table, version = ways(seconds, rounds, openevolve)
    each, full, bare = walls(turns)
    spent = round(time.monotonic() - started, 1)
    return Figures(table, each, full, bare, version, round(load, 2), os.cpu_count() or 0, spent)


def restored(text: str) -> Figures:
    """The figures as they were written down."""
    read: dict[str, Any] = json.loads(text)
    read["ways"] = [Way(**each) for each in read["ways"]]
    read["walls"] = [Wall(**each) for each in read["walls"]]
    return Figures(**read)


def told(figures: Figures) -> str:
    """The tables, for reading."""
    rows = [f"| {w.name} | {w.a_second:,.0f} | {w.of_kernel:.2f} |" for w in figures.ways]
    costs = [f"| {w.name} | {w.cost_ms:.2f} |" for w in figures.walls]
    return f"""\
| evaluation of a tiny candidate, {CORES} processes at once | a second | of kernel tier |
| --- | ---: | ---: |
{chr(10).join(rows)}

Other work on the machine before the run: {figures.load:g} processes on {figures.cores} cores.
One evaluation takes {figures.all_walls_ms:.2f} ms of CPU time with every wall, and
{figures.no_walls_ms:.2f} ms with none, all processes together.

| one wall left out | saves, ms of CPU time |
| --- | ---: |
{chr(10).join(costs)}
"""


@click.command()
@click.option("--seconds", default=3.0, show_default=True, help="Length of one round.")
@click.option("--rounds", default=3, show_default=True, help="Rounds of every way.")
@click.option("--quick", is_flag=True, help="One round of a second each.")
@click.option("--openevolve-python", help="An interpreter that has the package openevolve.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--out", type=click.Path(path_type=Path), default=HERE, help="Folder to write to.")
@click.option("--worker", type=click.Choice([*WAYS]), hidden=True)
def main(
    *,
    seconds: float,
    rounds: int,
    quick: bool,
    openevolve_python: str | None,
    as_json: bool,
    out: Path,
    worker: str | None,
) -> None:
    """Measure evaluations a second, and what each wall costs."""
    if worker:
        return work(worker, seconds)
    if quick:
        seconds, rounds = 1.0, 1
    figures = measure(seconds, rounds, 50 if quick else 300, openevolve_python)
    text = json.dumps(asdict(figures), indent=2)
    out.mkdir(parents=True, exist_ok=True)
    (out / "sandbox.json").write_text(text + "\n")
    return click.echo(text if as_json else told(figures))


if __name__ == "__main__":
    main()
