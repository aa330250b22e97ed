"""How fast the small transformer trains, and what share of the machine that is.

    python benchmarks/speed.py                # a minute or two
    python benchmarks/speed.py --threads 1

For each length: the real training step (successor.subjects.transformer.fit.learn) on labelled
sums, tokens a second, floating-point operations counted by torch, and their share of what this
machine reaches on a 1,024 x 1,024 float32 matrix product measured in between. The profile says
which operations the time goes to. Writes docs/benchmarks/speed.json; `make docs` makes the table.
"""

from __future__ import annotations

import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import click
import torch
from torch.profiler import ProfilerActivity, profile
from torch.utils.flop_counter import FlopCounterMode

from successor.subjects.transformer import adder
from successor.subjects.transformer import network as architecture
from successor.subjects.transformer.fit import learn
from successor.subjects.transformer.model import Model
from successor.subjects.transformer.network import Network, initialise
from successor.subjects.transformer.problems import Examples

OUTPUT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks" / "speed.json"
LENGTHS = (8, 64, 512, 1024)
REPEATS = 5
OPERATIONS = 5
"""Operations named per profile, those with the most time of their own."""


def seconds(call: Callable[[], object], at_least: float) -> float:
    """Seconds a call takes: repeated for `at_least` seconds, after one that does not count."""
    call()
    began, calls = time.perf_counter(), 0
    while (spent := time.perf_counter() - began) < at_least:
        call()
        calls += 1
    return spent / calls


def matrix_gflops(at_least: float) -> float:
    """What the machine reaches on a large float32 product now."""
    size = 1024
    left, right = torch.randn(size, size), torch.randn(size, size)
    return 2 * size**3 / seconds(lambda: left @ right, at_least) / 1e9


def counted_gflop(step: Callable[[], object]) -> float:
    """Operations of a step. Fused attention is invisible to torch's counter, so it is unfused."""
    fused_from = architecture.FUSED_FROM
    architecture.FUSED_FROM = sys.maxsize
    try:
        with FlopCounterMode(display=False) as counter:
            step()
    finally:
        architecture.FUSED_FROM = fused_from
    return counter.get_total_flops() / 1e9


def measure(length: int, at_least: float, seed: int) -> dict[str, Any]:
    """One length: repeats of (step, matrix product) in turn, then one profiled step."""
    subject = adder({}, Path(), "")
    network = Network(subject.shape)
    initialise(network, seed)
    model = Model(network, subject.task)
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, fused=True)
    problems = subject.pose(str(length), subject.rows(str(length)), seed)
    examples = Examples(problems, subject.task.truth(problems))
    tokens = len(problems) * len(subject.task.layout(problems.shape).ids)

    def step() -> None:
        learn(model, examples, optimiser)

    operations_gflop = counted_gflop(step)
    pairs = [(seconds(step, at_least), matrix_gflops(at_least / 4)) for _ in range(REPEATS)]
    shares = [operations_gflop / spent / peak for spent, peak in pairs]
    with profile(activities=[ProfilerActivity.CPU]) as profiled:
        step()
    averages = cast("list[Any]", profiled.key_averages())
    own: dict[str, float] = {each.key: each.self_cpu_time_total for each in averages}
    busiest = sorted(own, key=own.__getitem__, reverse=True)[:OPERATIONS]
    step_s = statistics.median(spent for spent, _ in pairs)
    return {
        "length": length,
        "sums": len(problems),
        "tokens": tokens,
        "step_s": step_s,
        "tokens_per_s": tokens / step_s,
        "gflop": operations_gflop,
        "share": statistics.median(shares),
        "shares": shares,
        "profile": {name: own[name] / sum(own.values()) for name in busiest},
    }


def rows(results: dict[str, Any]) -> str:
    """The table of docs/benchmarks.md."""
    lines = [
        f"{results['threads']} threads, {results['parameters']:,} parameters, float32;",
        f"a matrix product reaches {results['matrix_gflops']:.0f} GFLOP/s.",
        "",
        "| digits x sums | tokens/s | share of a matrix product | most time goes to |",
        "| --- | ---: | ---: | --- |",
    ]
    for each in results["lengths"]:
        busiest = ", ".join(
            f"{name.removeprefix('aten::')} {share:.0%}"
            for name, share in list(each["profile"].items())[:3]
        )
        lines.append(
            f"| {each['length']:,} x {each['sums']} | {each['tokens_per_s']:,.0f} "
            f"| {each['share']:.0%} | {busiest} |"
        )
    return "\n".join(lines)


@click.command(epilog=__doc__)
@click.option("--threads", type=click.IntRange(1), help="Processor threads; all when not given.")
@click.option("--seconds", "at_least", default=1.0, help="Seconds per repeat.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON on standard output.")
def main(*, threads: int | None, at_least: float, seed: int, as_json: bool) -> None:
    """Measure the training step."""
    torch.set_num_threads(threads or torch.get_num_threads())
    lengths: list[dict[str, Any]] = []
    with click.progressbar(LENGTHS, label="measuring", file=sys.stderr) as bar:
        lengths.extend(measure(length, at_least, seed) for length in bar)
    shape = adder({}, Path(), "").shape
    results = {
        "seed": seed,
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "machine": platform.machine(),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "parameters": sum(weight.numel() for weight in Network(shape).parameters()),
        "matrix_gflops": matrix_gflops(at_least),
        "lengths": lengths,
    }
    OUTPUT.write_text(json.dumps(results, indent=2) + "\n")
    click.echo(json.dumps(results) if as_json else rows(results))


if __name__ == "__main__":
    main()
