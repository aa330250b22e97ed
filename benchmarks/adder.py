"""Does the gain come from the loop? The same base models, with the loop and without it.

    python benchmarks/adder.py                        # all arms, three seeds: 90 minutes
    python benchmarks/adder.py --arms labelled,amplify,truth --seeds 1 --minutes 3
    python benchmarks/adder.py --quick                # minutes, shows only that it works

The arms are in controls/arms.py, their parts in controls/parts.py, what is measured in
controls/runs.py. A run that is in the work folder is not run again, and one that was killed
goes on; the folder's name changes with the settings and with the code that is measured.
Writes docs/benchmarks/adder.json, from which `make docs` makes the tables of
docs/benchmarks.md; --quick writes to the work folder.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from multiprocessing import connection, get_context
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any, cast

import click

for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before torch is imported, here and in every process started

from controls import runs, table  # noqa: E402 - the threads come first
from controls.arms import Arm, Positions, arms  # noqa: E402 - the same
from controls.scale import Scale, quick  # noqa: E402 - the same

HERE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "successor-bench"
QUICK = "labelled,amplify,truth,paper,amplify-none"


@dataclass(frozen=True)
class Job:
    """A base model or a run of an arm, in a folder of its own."""

    name: str
    folder: Path
    needs: Path | None
    """Folder of the base model that it starts from."""
    call: Callable[..., None]
    args: tuple[Any, ...]

    @property
    def done(self) -> bool:
        return (self.folder / "result.json").exists()

    def error(self) -> str:
        """Why it failed: the last line of its traceback."""
        told = self.folder / "error.txt"
        lines = told.read_text("utf-8").splitlines() if told.exists() else []
        return f"{lines[-1]} ({told})" if lines else "its process was killed"

    def result(self) -> dict[str, Any]:
        return json.loads((self.folder / "result.json").read_text("utf-8"))


def plan(scale: Scale, chosen: Sequence[Arm], seeds: Sequence[int], work: Path) -> list[Job]:
    """All jobs: the base models, then the arms seed by seed, so that a first seed is soon whole."""
    jobs: dict[str, Job] = {}

    def base(positions: Positions, seed: int) -> Path:
        name = f"base-{positions}-{seed}"
        args = (scale, positions, seed, work / name)
        jobs.setdefault(name, Job(name, work / name, None, runs.train_base, args))
        return work / name

    for seed in seeds:
        for arm in chosen:
            needs, name = base(arm.positions, seed), f"{arm.name}-{seed}"
            args = (scale, arm, seed, needs, work / name)
            jobs[name] = Job(name, work / name, needs, runs.run_arm, args)
    return list(jobs.values())


def ready(waiting: Sequence[Job]) -> Iterator[Job]:
    """Those whose base model is there."""
    return (job for job in waiting if not job.needs or (job.needs / "result.json").exists())


def carry_out(jobs: Sequence[Job], processes: int) -> dict[str, str]:
    """Run what has not been run; returns what failed, by name, with its reason.

    A process for each job; when this one is interrupted they end, and their records go on later.
    """
    waiting = [job for job in jobs if not job.done]
    total, began = len(waiting), time.monotonic()
    failed: dict[str, str] = {}
    running: dict[int, tuple[SpawnProcess, Job]] = {}
    told("", 0, total, began)
    try:
        while True:
            for job in list(ready(waiting))[: processes - len(running)]:
                waiting.remove(job)
                process = start(job)
                running[process.sentinel] = (process, job)
            if not running:
                break
            for sentinel in connection.wait([*running]):
                process, job = running.pop(cast("int", sentinel))
                process.join()
                if not job.done:
                    failed[job.name] = job.error()
                name = f"{job.name} FAILED" if job.name in failed else job.name
                told(name, total - len(waiting) - len(running), total, began)
    finally:
        for process, _ in running.values():
            process.terminate()
    return failed | {job.name: "its base model failed" for job in waiting}


def start(job: Job) -> SpawnProcess:
    """A process of its own, which leaves Ctrl-C to this one."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = get_context("spawn").Process(target=carry_out_one, args=(job,))
        process.start()
    finally:
        signal.signal(signal.SIGINT, before)
    return process


def carry_out_one(job: Job) -> None:
    """In the process of a job: do it, or say in its folder why not."""
    job.folder.mkdir(parents=True, exist_ok=True)
    try:
        job.call(*job.args)
    except Exception:  # noqa: BLE001 - whatever it is, the other jobs go on
        (job.folder / "error.txt").write_text(traceback.format_exc(), encoding="utf-8")


def told(what: str, done: int, total: int, began: float) -> None:
    """A line of progress for people."""
    spent = (time.monotonic() - began) / 60
    eta = f", about {spent / done * (total - done):.0f} min left" if 0 < done < total else ""
    click.echo(f"{done:3}/{total} {what:24} {spent:5.1f} min{eta}", err=True)


def hardware() -> str:
    """The processor by name, and how many there are."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return f"{models[0] if models else name}, {os.cpu_count()} cores"


def gathered(
    scale: Scale, chosen: Sequence[Arm], seeds: Sequence[int], jobs: Sequence[Job], processes: int
) -> dict[str, Any]:
    """All figures."""
    results = [job.result() for job in jobs if job.done]
    return {
        "setup": {
            "hardware": hardware(),
            "torch": version("torch"),
            "python": platform.python_version(),
            "threads": 1,
            "jobs": processes,
            "seeds": list(seeds),
            "minutes": scale.minutes,
            "labelled": scale.subject.labelled,
            "none_layers": scale.none_layers,
            "none_steps": scale.none_steps,
            "items": scale.items,
            "plateau": runs.PLATEAU,
            "lost": runs.LOST,
            "shrunk": runs.SHRUNK,
            "digest": scale.digest(),
        },
        "arms": {arm.name: arm.what for arm in chosen},
        "bases": [result for result in results if "arm" not in result],
        "runs": [result for result in results if "arm" in result],
    }


def listed(text: str, known: Sequence[str]) -> list[str]:
    """The names in a list with commas.

    Raises:
        click.BadParameter: when one of them is unknown.
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    if unknown := [name for name in names if name not in known]:
        raise click.BadParameter(f"no arm {unknown[0]!r}; known: {', '.join(known)}")
    return names


@click.command()
@click.option("--arms", "names", help="Arms, with commas; all when not given.")
@click.option("--seeds", default="1,2,3", show_default=True, help="Seeds, with commas.")
@click.option("--minutes", type=float, help="Of processor time per arm; 2 when not given.")
@click.option("--none-steps", type=int, help="Cap on base models without positions; 4000.")
@click.option("--jobs", "processes", default=2, show_default=True, help="Runs at a time.")
@click.option("--quick", "is_quick", is_flag=True, help="A few arms, tiny, one seed.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--work", type=click.Path(path_type=Path), default=CACHE, help="Folder of the runs.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder to write adder.json to.")
def main(  # noqa: PLR0913 - one for each option
    *,
    names: str | None,
    seeds: str,
    minutes: float | None,
    none_steps: int | None,
    processes: int,
    is_quick: bool,
    as_json: bool,
    work: Path,
    out: Path | None,
) -> None:
    """Compare the loop with its controls."""
    scale = quick() if is_quick else Scale()
    scale = replace(
        scale,
        minutes=minutes or scale.minutes,
        none_steps=none_steps or scale.none_steps,
    )
    known = arms(scale.author)
    chosen = [known[n] for n in listed(names or (QUICK if is_quick else ",".join(known)), [*known])]
    drawn = [1] if is_quick else [int(seed) for seed in seeds.split(",")]
    folder = work / scale.digest()
    click.echo(f"{hardware()}; torch {version('torch')}; runs in {folder}", err=True)
    jobs = plan(scale, chosen, drawn, folder)
    try:
        failed = carry_out(jobs, processes)
    except KeyboardInterrupt:
        click.echo("interrupted; the same command goes on from here", err=True)
        sys.exit(130)
    result = gathered(scale, chosen, drawn, jobs, processes)
    figures = json.dumps(result, indent=1)
    home = out or (folder if is_quick else HERE)
    home.mkdir(parents=True, exist_ok=True)
    (home / "adder.json").write_text(figures + "\n", encoding="utf-8")
    click.echo(figures if as_json else table.page(result))
    for name, reason in failed.items():
        click.echo(f"failed: {name}: {reason}", err=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
