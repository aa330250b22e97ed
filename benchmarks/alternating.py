"""Programs and the improver that improves them take turns: does that beat the improver as it was?

    python benchmarks/alternating.py examples/alternating --rounds 5
    python benchmarks/alternating.py examples/alternating --seeds 3 --json

Each lab is one of a program whose author is an `improver`, with that improver's lab inside. A round
is a generation of it; before each round but the first the improver's lab goes on for one of its
own. Beside it the same rounds and seeds by the first improver throughout (`generations = 0`).
There may be no difference. All runs are by `successor improve` on copies of the labs; nothing is
promoted but by a judge.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from improving import successor, versions
from recursion import Desk
from successor.lab import RECORD
from successor.labfile import FILE_NAME
from successor.ledger import Decided, Ledger, Written
from successor.subjects.program import ProgramSubject, function
from successor.types import Version

_WALL_S = 7200.0
ALTERNATING, FROZEN = "in turn", "the first throughout"
_OTHER_INPUTS = 10_000


@dataclass(frozen=True)
class Turn:
    """What one round came to."""

    arm: str
    seed: int
    round: int
    improver: str
    """The version that searched, by how its id begins; "" where nobody did."""
    improvers: int
    """Versions of it that were ever in charge."""
    promotions: int
    """Of the program so far."""
    times: float
    """How many times less the version in charge costs than the first, on inputs of its own."""


def run(lab: Path, *words: str) -> None:
    """Go on with a lab as anybody would.

    Raises:
        ClickException: when it fails.
    """
    told = ["improve", str(lab), "--budget", "10h", "--quiet", *words]
    done = successor(told, _WALL_S)
    if isinstance(done, str):
        raise click.ClickException(f"{lab}: {done}")


def copied(lab: Path, folder: Path, seed: int, *, frozen: bool) -> Path:
    """A lab with nothing on record, whose improver may stay as it is."""
    shutil.copytree(lab, folder, ignore=shutil.ignore_patterns(RECORD, "__pycache__"))
    for path in (folder / FILE_NAME, folder / _inner(folder) / FILE_NAME):
        text = re.sub(r"(?m)^seed *=.*\n", "", path.read_text("utf-8"))
        text = text.replace("[lab]\n", f"[lab]\nseed = {seed}\n", 1)
        if frozen and path.parent == folder:
            text = text.replace("[author]\n", "[author]\ngenerations = 0\n", 1)
        path.write_text(text, "utf-8")
    return folder


def _inner(lab: Path) -> str:
    return tomllib.loads((lab / FILE_NAME).read_text("utf-8"))["author"].get("lab", "improver")


def opened(lab: Path) -> ProgramSubject:
    """The lab's program."""
    told = tomllib.loads((lab / FILE_NAME).read_text("utf-8"))
    subject = {key: value for key, value in told["subject"].items() if key != "kind"}
    return function(subject, lab, told["lab"]["goal"])


def gained(program: ProgramSubject, first: str, last: str, seed: int) -> float:
    """How many times less the last costs, on inputs that no search saw."""
    if first == last:
        return 1.0
    desk = Desk()
    start = Version("start", {program.path: desk.write(first.encode())}, (), "subject")
    found = program.screen(last, start, seed, desk)
    return round(found.gains["cost"], 4) if found.correct else 0.0


def turn(lab: Path, arm: str, seed: int, number: int) -> Turn:
    """One generation of a lab, and what it came to."""
    run(lab, "--generations", str(1 + number))
    with Ledger.read(lab / RECORD) as ledger:
        figures = [each.event.figures for each in ledger.entries(Written)]
        promotions = _promoted(ledger)
    with Ledger.read(lab / _inner(lab) / RECORD) as ledger:
        improvers = 1 + _promoted(ledger)
    who = [str(each["improver"])[:8] for each in figures if "improver" in each]
    with closing(opened(lab)) as program:
        first, last = (each[program.path].decode() for each in versions(lab))
        times = gained(program, first, last, _OTHER_INPUTS)
    return Turn(arm, seed, number, who[-1] if who else "", improvers, promotions, times)


def _promoted(ledger: Ledger) -> int:
    """But for the first version, which nobody judged."""
    made = [each.event.decision.outcome for each in ledger.entries(Decided)]
    return made.count("promoted") - 1


def alternate(folder: Path, lab: Path, rounds: int, seeds: int) -> list[Turn]:
    """Both arms, round by round, with each seed."""
    labs = [
        (arm, seed, copied(lab, folder / f"{arm}-{seed}", seed, frozen=arm == FROZEN))
        for seed in range(1, 1 + seeds)
        for arm in (ALTERNATING, FROZEN)
    ]
    with click.progressbar(range(1, 1 + rounds), label="rounds", file=sys.stderr) as bar:
        return [turn(each, arm, seed, number) for number in bar for arm, seed, each in labs]


def fragment(turns: Sequence[Turn]) -> str:
    """As a table."""
    lines = [
        "| who searches | seed | round | improver | of so many | promotions | times less |",
        "| --- | ---: | ---: | --- | ---: | ---: | ---: |",
    ]
    lines += [
        f"| {each.arm} | {each.seed} | {each.round} | {each.improver} | {each.improvers} | "
        f"{each.promotions} | {each.times:.3f} |"
        for each in turns
    ]
    return "\n".join(lines) + "\n"


@click.command()
@click.argument("lab", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--rounds", default=5, show_default=True)
@click.option("--seeds", default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True)
def main(*, lab: Path, rounds: int, seeds: int, as_json: bool) -> None:
    """Let a program and its improver take turns, beside the first improver throughout."""
    with tempfile.TemporaryDirectory() as folder:
        turns = alternate(Path(folder), lab, rounds, seeds)
    figures = json.dumps([asdict(each) for each in turns], indent=2)
    click.echo(figures if as_json else fragment(turns))


if __name__ == "__main__":
    main()
