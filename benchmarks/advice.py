"""Does a language model inside an improver help it? The same file with and without one.

    python benchmarks/advice.py benchmarks/strategies/asking/how.py --model local:qwen2.5-coder-0.5b

Four arms at the same tasks of held-out families, with the same chances and evaluations: nobody to
ask; the model; the model's answers, each to another question, which shows what answers are worth
that know nothing of the task; and, with --always TEXT, one answer to all. The file stands behind
the example. Prints the area, the paired difference from nobody with its 95% interval, and calls,
tokens and seconds. Answers are in the user's cache: what was asked once is not counted again.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

import click

from improvers import EXAMPLE, PATIENT, Row, row
from successor.sandbox import Limits
from successor.subjects.improver import Settings
from successor.subjects.improver.advice import NOBODY, Advice, Adviser
from successor.subjects.improver.attempts import Arena, Attempt
from successor.subjects.improver.items import SLICES, drawn
from successor.subjects.program.bench import Bench
from successor.subjects.prompt.opening import Opening
from successor.types import Draw

_TOLD = 5


@dataclass
class Heard:
    """A model, and what it said."""

    model: Advice
    said: list[str] = field(default_factory=list[str])

    @property
    def questions(self) -> int:
        return self.model.questions

    def ask(self, questions: Sequence[str]) -> list[str]:
        """What the model says."""
        found = self.model.ask(questions)
        self.said += found
        return found


@dataclass
class Lot:
    """Who answers by drawing one of these."""

    questions: int
    answers: Sequence[str]
    rng: Random

    def ask(self, questions: Sequence[str]) -> list[str]:
        """One for each, whatever it asks."""
        return [self.rng.choice(self.answers) for _ in questions]


@dataclass(frozen=True)
class Arm:
    """What came of one way to be answered."""

    row: Row
    asked: int
    calls: int = 0
    tokens: int = 0


@dataclass(frozen=True)
class Result:
    """All that was measured."""

    file: str
    model: str
    tasks: int
    """Of each space."""
    evaluations: int
    seed: int
    arms: tuple[Arm, ...]
    answers: Mapping[str, int]
    """What the model said, in its first words, and how often."""


def measure(
    text: str, settings: Settings, size: tuple[int, int], always: Sequence[str], name: str
) -> Result:
    """Every arm at the same tasks."""
    tasks, seed = size
    items = drawn(Draw("held-out", seed, tuple((each, tasks) for each in SLICES)))
    heard, arms, first = Heard(Advice(settings, Opening())), list[Arm](), list[Attempt]()
    limits = Limits(wall_s=settings.wall_s, cpu_s=settings.cpu_s, memory_bytes=256 << 20)
    bench = Bench(limits, settings.tier)

    def arm(told: str, adviser: Adviser) -> Arm:
        nonlocal first
        began = time.monotonic()
        arena = Arena(bench, settings.evaluations, settings.cpu_s, adviser)
        own = arena.attempts(text, items)
        first = first or own
        print(told, file=sys.stderr)
        found = row(told, first, own, settings.evaluations, time.monotonic() - began)
        return Arm(found, sum(each.asked for each in own))

    try:
        arms += [arm("nobody", NOBODY), arm(settings.model, heard)]
        spent = heard.model.spent
        arms[1] = Arm(arms[1].row, arms[1].asked, spent.calls, spent.tokens)
        others = heard.said or [""]
        arms.append(arm("its answers to others", Lot(heard.questions, others, Random(seed))))
        arms += [arm(f"always {each}", Lot(heard.questions, [each], Random())) for each in always]
    finally:
        heard.model.close()
        bench.close()
    begins = [" ".join(each.split()[:2])[:20] for each in heard.said]
    common = sorted({*begins}, key=lambda each: (-begins.count(each), each))[:_TOLD]
    answers = {each: begins.count(each) for each in common}
    return Result(name, settings.model, tasks, settings.evaluations, seed, tuple(arms), answers)


def fragment(result: Result) -> str:
    """As a table."""
    lines = [
        "| who answers | area | beside nobody | asked | calls | tokens | s |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for arm in result.arms:
        gain, low, high = arm.row.gain
        failed = f" ({arm.row.failed} failed)" if arm.row.failed else ""
        lines.append(
            f"| {arm.row.name}{failed} | {arm.row.area:.3f} | {gain:+.3f} ({low:+.3f} to "
            f"{high:+.3f}) | {arm.asked:,} | {arm.calls:,} | {arm.tokens:,} | "
            f"{arm.row.seconds:,.0f} |"
        )
    said = ", ".join(f"{text!r} {times} times" for text, times in result.answers.items())
    lines.append(
        f"\n`{result.file}`, {result.tasks} tasks of each space, {result.evaluations} evaluations "
        f"each, seed {result.seed}. How answers began: {said or 'none'}."
    )
    return "\n".join(lines) + "\n"


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--model", required=True, help="As `model` of [subject] names it.")
@click.option("--tasks", default=8, show_default=True, help="Of each space.")
@click.option("--evaluations", default=300, show_default=True, help="Of each task.")
@click.option("--questions", default=4, show_default=True, help="Of each task.")
@click.option("--max-tokens", default=160, show_default=True, help="Of an answer.")
@click.option("--always", multiple=True, help="Also with this as the answer to all.")
@click.option("--seed", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(
    *, file: Path, tasks: int, seed: int, always: tuple[str, ...], as_json: bool,
    **told: int | str,
) -> None:  # fmt: skip
    """Compare an improver that asks a language model with the same one that asks nobody."""
    text = f"{EXAMPLE.read_text('utf-8')}\n\n{file.read_text('utf-8')}"
    settings = Settings(target=file.name, **{**told, **PATIENT})  # pyright: ignore[reportArgumentType] - checked there
    result = measure(text, settings, (tasks, seed), always, file.stem)
    click.echo(json.dumps(asdict(result), indent=2) if as_json else fragment(result))


if __name__ == "__main__":
    main()
