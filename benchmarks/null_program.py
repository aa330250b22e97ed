"""A program against itself, for real: how often the judge promotes a change that changes nothing.

    python benchmarks/null_program.py              # 1,000 judgements: an hour or two
    python benchmarks/null_program.py --judgements 20

Every candidate is the incumbent with another comment. Both run in children of the real sandbox,
timed by its clock, on whatever else this machine is doing, and the real RaceJudge decides, each
time at the level 0.05 as if it were the only time. Candidates that are faster go through the same,
to show that they could have been seen. Writes docs/benchmarks/null_program.json and .md.
"""

from __future__ import annotations

import hashlib
import json
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import click

from successor.judge import RaceJudge, RaceSettings, SingleTest
from successor.judge.simulated import SimulatedRecord, SimulatedWork
from successor.judge.simulated_race import SimulatedAnswers, SimulatedHeat
from successor.sandbox import Call, Program, Sandbox, Session, open_sandbox
from successor.types import Draw, Exam, Slice, Verdict, Version, Workspace

ALPHA = 0.05
HERE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks"
SOURCE = """\
def divisors(n):
    for _ in range(20):
        total = sum(n % divisor == 0 for divisor in range(1, 30))
    return total
"""
FASTER = {
    f"{20 / turns:.3g}": SOURCE.replace("range(20)", f"range({turns})") for turns in (18, 16, 10)
}
"""The same answer in fewer turns, by how many times faster that is."""
EVERY = 50
"""Judgements of the program against itself for one of each that is faster."""
SIZES = (4, 8)
"""Calls in a run, which then takes a fraction of a millisecond."""
Step = Callable[[], None]


@dataclass(frozen=True)
class Result:
    """All that was measured."""

    alpha: float
    judged: int
    most: int
    """Heats after which the question was left open."""
    better: int
    unclear: int
    reasons: dict[str, int]
    """How often each beginning of a reason was given."""
    speed_up: float
    """Median over judgements of the median over heats: 1.0 when nothing favours either side."""
    items: float
    """Mean number of items and heats."""
    faster: dict[str, tuple[int, int]]
    """How many candidates so many times faster were promoted, and how many there were."""
    seconds: float


@dataclass(frozen=True)
class Track:
    """Programs by the name of their version, in one sandbox."""

    sandbox: Sandbox
    sources: Mapping[str, str]
    objectives: tuple[str, ...] = ("speed",)

    def ask(
        self,
        candidate: Version,
        incumbent: Version,
        draw: Draw,
        corpus: Sequence[bytes],
        work: Workspace,
    ) -> SimulatedAnswers:
        """Fresh numbers, put to both; right is what the incumbent answers."""
        parts = list[tuple[str, tuple[float, ...], tuple[float, ...]]]()
        for name, count in draw.counts:
            calls = _calls(random.Random(f"{name}/{draw.seed}"), count)
            new, old = (self.sandbox.run(self.program(v), calls) for v in (candidate, incumbent))
            agreed = [
                float(mine == theirs)
                for mine, theirs in zip(new.outcomes, old.outcomes, strict=True)
            ]
            parts.append((name, tuple(agreed), (1.0,) * count))
        return SimulatedAnswers(tuple(parts), (), ())

    def race(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[SimulatedHeat, ...]:
        """Fresh inputs and fresh children for every heat."""
        rng, pair = random.Random(draw.seed), (self.program(candidate), self.program(incumbent))
        return tuple(
            self._heat(pair, name, rng) for name, count in draw.counts for _ in range(count)
        )

    def weigh(
        self, candidate: Version, incumbent: Version, work: Workspace
    ) -> Mapping[str, tuple[float, float]]:
        """Nothing: a comment has no nodes."""
        return {}

    def suspicions(
        self, candidate: Version, incumbent: Version, draw: Draw, work: Workspace
    ) -> tuple[str, ...]:
        """None: what is tested here is the clock."""
        return ()

    def _heat(self, pair: Sequence[Program], name: str, rng: random.Random) -> SimulatedHeat:
        """AB BA or BA AB by a coin, which also says whose child is made first.

        A child may be slow for all its life, by where it lies in memory and on which core; were
        it kept for the next heat, that heat would be no fresh evidence.
        """
        calls, times = _calls(rng, int(name.partition("/")[2])), [0.0, 0.0]
        first = rng.randrange(2)
        with ExitStack() as stack:
            sessions = dict[int, Session]()
            for place in (first, 1 - first):
                sessions[place] = stack.enter_context(self.sandbox.session(pair[place]))
                sessions[place].ask(_calls(rng, 4))
            for place in (first, 1 - first, 1 - first, first):
                times[place] += sessions[place].ask(calls).seconds
        return SimulatedHeat(name, times[0], times[1])

    def program(self, version: Version) -> Program:
        """What a version runs."""
        return Program({"own.py": self.sources[version.id].encode()}, "own.py:divisors")


def _calls(rng: random.Random, count: int) -> list[Call]:
    return [Call((rng.randrange(10**6, 10**7),)) for _ in range(count)]


def judged(sandbox: Sandbox, source: str, seed: int, heats: int) -> Verdict:
    """One judgement by the real judge."""
    candidate, incumbent = _version(source), _version(SOURCE)
    racer = Track(sandbox, {candidate.id: source, incumbent.id: SOURCE})
    parts = [Slice("agreement/1", 1.0, (1.0,) * 16)]
    parts += [Slice(f"speed/{size}", size, (0.5,) * 8) for size in SIZES]
    record, work = SimulatedRecord(), SimulatedWork()
    record.exams[incumbent.id] = Exam(incumbent.id, Draw("training", 1, ()), tuple(parts))
    judge = RaceJudge(racer, RaceSettings(heats=heats), SingleTest(ALPHA))
    return judge.judge(candidate, incumbent, record, seed, work)


def _version(source: str) -> Version:
    return Version(hashlib.sha256(source.encode()).hexdigest(), {}, (), "null")


def measure(judgements: int, heats: int, seed: int, step: Step) -> Result:
    """The program against itself, so many times, with fresh items each time."""
    began, found = time.monotonic(), list[Verdict]()
    faster = {times: list[bool]() for times in FASTER}
    with open_sandbox() as sandbox:
        for turn in range(judgements):
            at = seed * 1_000_003 + turn
            found.append(judged(sandbox, f"{SOURCE}# {turn}\n", at, heats))
            if turn % EVERY == 0:
                for times, source in FASTER.items():
                    verdict = judged(sandbox, source, at, heats)
                    faster[times].append(verdict.outcome == "better")
            step()
    outcomes = [verdict.outcome for verdict in found]
    starts = [v.reason.partition(":")[0] if v.outcome != "better" else "better" for v in found]
    middle = statistics.median(verdict.effect for verdict in found)
    return Result(
        ALPHA,
        judgements,
        heats,
        outcomes.count("better"),
        outcomes.count("unclear"),
        {start: starts.count(start) for start in sorted({*starts})},
        (1 + middle) / (1 - middle),
        statistics.mean(verdict.items for verdict in found),
        {times: (sum(better), len(better)) for times, better in faster.items()},
        round(time.monotonic() - began, 1),
    )


def restored(figures: dict[str, Any]) -> Result:
    """The result that was written as JSON."""
    read = Result(**figures)
    return replace(read, faster={times: (more, of) for times, (more, of) in read.faster.items()})


def fragment(result: Result) -> str:
    """What docs/benchmarks.md says of it."""
    faster = ", ".join(
        f"{better} of {count} at {times} times the speed"
        for times, (better, count) in result.faster.items()
    )
    reasons = ", ".join(f"{count:,} times {reason!r}" for reason, count in result.reasons.items())
    return f"""\
A real function against itself, timed in the real sandbox, {result.judged:,} times at the level
{result.alpha:g}, at most {result.most:,} heats each: {result.better:,} promoted
({100 * result.better / result.judged:.1f}%). In the judge's words: {reasons}. The median of all
speed-ups was {result.speed_up:.4f}. Promoted of those that are faster: {faster}.
{result.items:,.0f} items and heats a judgement, in {result.seconds / result.judged:.2f} s.
"""


@click.command()
@click.option("--judgements", default=1_000, show_default=True)
@click.option("--heats", default=512, show_default=True, help="After which a question is left.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.option("--out", type=click.Path(path_type=Path), default=HERE, help="Folder to write to.")
def main(*, judgements: int, heats: int, seed: int, as_json: bool, out: Path) -> None:
    """Measure how often an unchanged program is promoted."""
    with click.progressbar(length=judgements, label="judging", file=sys.stderr) as bar:
        result = measure(judgements, heats, seed, lambda: bar.update(1))
    figures = json.dumps(asdict(result), indent=2)
    out.mkdir(parents=True, exist_ok=True)
    (out / "null_program.json").write_text(figures + "\n")
    (out / "null_program.md").write_text(fragment(result))
    click.echo(figures if as_json else fragment(result))


if __name__ == "__main__":
    main()
