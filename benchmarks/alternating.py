"""Programs and the improver that improves them take turns: does that beat the improver as it was?

    python benchmarks/alternating.py examples/improver --rounds 3
    python benchmarks/alternating.py examples/improver --programs tsp --rounds 2 --json

In each round the improver in charge of its lab searches for better numbers of each program, as in
`transfer.py`; what it finds is handed in to the program's own lab (author `inbox`), whose judge
decides. Then the improver's lab goes on for a generation, on its own code. Beside it the same
rounds with the first improver throughout: there may be no difference. All runs are by `successor
improve` on copies of the labs; nothing is promoted but by a judge.
"""

from __future__ import annotations

import json
import math
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from efforts import course
from improving import successor, versions
from recursion import Desk
from scaling import without
from successor.authors.inbox.queue import Inbox
from successor.authors.tune.knobs import find_knobs, turned
from successor.errors import UsageError
from successor.lab import RECORD
from successor.labfile import FILE_NAME
from successor.subjects.improver import ImproverSubject, improver
from successor.subjects.program import ProgramSubject, function
from successor.types import Version
from transfer import DIGITS, FORMULAS, PROGRAMS, REACH, WITH_KNOBS

BEGIN = {
    "tsp": (0.0, 0.0, 0.0, 0.0),
    "bin_packing": (-1.0, 0.0, 0.0),
    "symbolic_regression": (0.0, 1.0, 0.0, 0.0, 0.0),
}
"""Weights of the formulas with which they do what the example does."""
_WALL_S = 7200.0
ALTERNATING, FROZEN = "alternating", "the first throughout"


@dataclass(frozen=True)
class Turn:
    """What one round came to for one program."""

    arm: str
    round: int
    improver: str
    """The version that searched, by how its id begins."""
    program: str
    handed_in: bool
    promotions: int
    """Of the program's lab so far."""
    times: float
    """How many times less the version in charge costs than the first, on inputs of its own."""


def run(lab: Path, *words: str) -> None:
    """Go on with a lab as anybody would.

    Raises:
        ClickException: when it fails.
    """
    told = ["improve", str(lab), "--budget", "2h", "--quiet", *words]
    done = successor(told, _WALL_S)
    if isinstance(done, str):
        raise click.ClickException(f"{lab}: {done}")


def copied(name: str, folder: Path) -> Path:
    """An example program's lab that takes what is handed in, its rule a formula with weights."""
    lab = folder / name
    shutil.copytree(PROGRAMS / name, lab, ignore=shutil.ignore_patterns(RECORD, "__pycache__"))
    text = without((lab / FILE_NAME).read_text("utf-8"), "author")
    told = '\n[author]\nkind = "inbox"\nleast = 0.005\nattempts = 1\n'
    (lab / FILE_NAME).write_text(text.replace("plateau = 2", "") + told, "utf-8")
    if name in FORMULAS:
        path = lab / tomllib.loads(text)["subject"]["target"]
        before, formula = FORMULAS[name]
        source = path.read_text("utf-8")
        path.write_text(source.replace(before, formula.format(*BEGIN[name])), "utf-8")
    return lab


def opened(lab: Path) -> ProgramSubject:
    """The lab's program."""
    told = tomllib.loads((lab / FILE_NAME).read_text("utf-8"))
    subject = {key: value for key, value in told["subject"].items() if key != "kind"}
    return function(subject, lab, told["lab"]["goal"])


def search(
    engine: ImproverSubject, source: str, program: ProgramSubject, text: str, size: tuple[int, int]
) -> str:
    """The best that an improver finds among other numbers of a program, or the program."""
    seed, evaluations = size
    knobs, desk = find_knobs(text, program.function), Desk()
    start = Version("start", {program.path: desk.write(text.encode())}, (), "subject")
    best = (0.0, text)

    def price(point: Sequence[float]) -> float:
        nonlocal best
        settings = [2 * REACH * (each - 0.5) for each in point]
        variant = turned(text, knobs, settings, DIGITS)
        found = program.screen(variant, start, seed, desk)
        worth = math.log(found.gains["cost"]) if found.correct else -10.0
        best = max(best, (worth, variant))
        return -worth

    engine.pursue(source, len(knobs), evaluations, seed, price)
    return best[1]


def gained(program: ProgramSubject, first: str, last: str, seed: int) -> float:
    """How many times less the last costs, on inputs that no search saw."""
    if first == last:
        return 1.0
    desk = Desk()
    start = Version("start", {program.path: desk.write(first.encode())}, (), "subject")
    found = program.screen(last, start, seed, desk)
    return round(found.gains["cost"], 4) if found.correct else 0.0


def turn(
    engine: ImproverSubject, stage: tuple[str, str], lab: Path, arm: str, size: tuple[int, int]
) -> Turn:
    """One program's turn: searched, handed in, judged."""
    number, evaluations = size
    name, source = stage
    with closing(opened(lab)) as program:
        first, last = (each[program.path].decode() for each in versions(lab))
        found = search(engine, source, program, last, (1 + number, evaluations))
        handed_in = found != last and _put(lab, found)
        if handed_in:
            run(lab, "--generations", str(2 + number))
        last = versions(lab)[1][program.path].decode()
        times = gained(program, first, last, 10_000 + number)
    told = successor(["status", str(lab), "--json"], _WALL_S)
    promotions = 0 if isinstance(told, str) else int(json.loads(told.stdout)["promotions"])
    return Turn(arm, 1 + number, name[:8], lab.name, handed_in, promotions, times)


def _put(lab: Path, text: str) -> bool:
    try:
        Inbox(lab).put(text, "found by an improver")
    except UsageError:  # it waits already, or was refused before
        return False
    return True


def alternate(
    folder: Path, improvers: Path, programs: Sequence[str], rounds: int, evaluations: int
) -> list[Turn]:
    """Both arms, round by round."""
    own, found = folder / "improver", list[Turn]()
    shutil.copytree(improvers, own, ignore=shutil.ignore_patterns(RECORD, "__pycache__"))
    run(own, "--generations", "1")
    labs = {arm: [copied(name, folder / arm) for name in programs] for arm in (ALTERNATING, FROZEN)}
    for lab in (each for arm in labs.values() for each in arm):
        run(lab, "--generations", "1")
    told = {"target": course(own).settings.target}
    with closing(improver(told, own)) as engine:
        bar = click.progressbar(range(rounds), label="rounds", file=sys.stderr)
        with bar:
            for number in bar:
                stages = course(own).stages
                for arm, stage in ((ALTERNATING, stages[-1]), (FROZEN, stages[0])):
                    who = stage.version, stage.source
                    for lab in labs[arm]:
                        found.append(turn(engine, who, lab, arm, (number, evaluations)))
                run(own, "--generations", str(2 + number))
    return found


def fragment(turns: Sequence[Turn]) -> str:
    """As a table."""
    lines = [
        "| who searches | round | improver | program | promotions | times less |",
        "| --- | ---: | --- | --- | ---: | ---: |",
    ]
    lines += [
        f"| {each.arm} | {each.round} | {each.improver} | {each.program} | {each.promotions} | "
        f"{each.times:.3f} |"
        for each in turns
    ]
    return "\n".join(lines) + "\n"


@click.command()
@click.argument("lab", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--programs",
    multiple=True,
    type=click.Choice([*WITH_KNOBS, *FORMULAS]),
    default=("circle_packing", "tsp"),
    show_default=True,
)
@click.option("--rounds", default=3, show_default=True)
@click.option("--variants", default=60, show_default=True, help="Of a program, in a round.")
@click.option("--json", "as_json", is_flag=True)
def main(
    *, lab: Path, programs: tuple[str, ...], rounds: int, variants: int, as_json: bool
) -> None:
    """Let programs and their improver take turns, beside the first improver throughout."""
    with tempfile.TemporaryDirectory() as folder:
        turns = alternate(Path(folder), lab, programs, rounds, variants)
    figures = json.dumps([asdict(each) for each in turns], indent=2)
    click.echo(figures if as_json else fragment(turns))


if __name__ == "__main__":
    main()
