"""What `successor fix` repairs of bugs that were planted, and how often it is wrong.

    python benchmarks/fix.py                                # without a model
    python benchmarks/fix.py --model local:qwen2.5-coder-1.5b --calls 20
    python benchmarks/fix.py --model local:qwen2.5-coder-1.5b --both
    python benchmarks/fix.py --few                          # with two tests for each
    python benchmarks/fix.py --quick                        # some cases, to see that it works

Small correct programs get one bug each, of many classes (`planted/bugs.py`), each of which makes
a visible test fail. `successor fix --write` works in a folder with the buggy file and its tests;
what it promoted is compared with the correct program on some 300 inputs that are not there. Where
it asks instead of repairing, it is asked again with what the correct program answers. Takes up
where a kill left it. Writes docs/benchmarks/fix.json and fix.md beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from improving import SOURCE, successor
from planted.bugs import KINDS
from planted.planting import PROGRAMS, Case, Known, known, opened, plant
from successor.ledger import Ledger
from successor.targets import FIXES

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "docs" / "benchmarks"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "successor-benchmarks"
ROUNDS = 3
"""How often its questions are answered."""
QUICK = 6
RIGHT, FALSE, ASKED, NONE = "right", "false", "asked", "not repaired"
OUTCOMES = (RIGHT, FALSE, ASKED, NONE)


@dataclass(frozen=True)
class Way:
    """How `fix` is run."""

    budget: str
    model: str | None = None
    both: bool = False
    calls: int | None = None
    few: bool = False
    """Whether there are only two visible tests, one that fails and one that passes."""

    @property
    def label(self) -> str:
        """As tables call it."""
        who = ["mutate"] if self.both or not self.model else []
        who += [self.model] if self.model else []
        return f"{', '.join(who)}{'; two tests' if self.few else ''}"

    def words(self) -> list[str]:
        """Of the command."""
        told = ["--budget", self.budget]
        told += ["--model", self.model] if self.model else []
        told += ["--author", "llm"] if self.model and not self.both else []
        return told + (["--calls", str(self.calls)] if self.calls else [])


@dataclass(frozen=True)
class Ended:
    """What one run of the command came to."""

    outcome: str
    wrong: float
    """Share of held-out inputs that the file gets wrong afterwards."""
    seconds: float
    evaluations: float
    questions: tuple[str, ...] = ()
    """Calls that it asks about."""


@dataclass(frozen=True)
class Row:
    """What became of one case."""

    case: str
    kind: str
    in_reach: bool
    wrong: float
    """Share of held-out inputs, before."""
    alone: Ended
    """Without an answer to any question."""
    answered: Ended
    """After so many answers; the same where nothing was asked."""
    answers: int

    @staticmethod
    def read(told: dict[str, Any]) -> Row:
        """From JSON."""
        fields = dict(told)
        for key in ("alone", "answered"):
            run: dict[str, Any] = {**told[key]}
            run["questions"] = tuple(run["questions"])
            fields[key] = Ended(**run)
        return Row(**fields)


def run_case(case: Case, program: Known, way: Way, folder: Path) -> Row:
    """Repair it, answer what is asked, and ask the result what nobody saw."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tests = program.few(case.source) if way.few else program.tests
    (folder / f"test_{case.program}.py").write_text(tests, "utf-8")
    (folder / f"{case.program}.py").write_text(case.source, "utf-8")
    said = dict[str, str]()
    alone = ended = run(program, way, folder, said)
    for _ in range(ROUNDS):
        new = {call: program.said(call) for call in ended.questions if call not in said}
        new = {call: text for call, text in new.items() if text}
        if not new:
            break
        said |= new
        ended = run(program, way, folder, said)
    return Row(case.name, case.kind, case.in_reach, case.wrong, alone, ended, len(said))


def run(program: Known, way: Way, folder: Path, said: Mapping[str, str]) -> Ended:
    """Run the command once, told what some calls should give."""
    file = folder / f"{program.name}.py"
    words = ["fix", f"{file}:{program.function}", "--json", "--write", *way.words()]
    words += ["--report", "; ".join(said.values())] if said else []
    began = time.monotonic()
    done = successor(words, 60 * 60, fine=(0, 1))
    seconds = round(time.monotonic() - began, 1)
    if isinstance(done, str):
        why = done.rpartition(".py: ")[2]
        return Ended(f"refused: {why}", program.wrong(file.read_text("utf-8")) or 0.0, seconds, 0)
    told: dict[str, Any] = json.loads(done.stdout)
    wrong = program.wrong(file.read_text("utf-8"))
    wrong = 1.0 if wrong is None else wrong
    asked = tuple(each["call"] for each in told.get("questions", ()))
    outcome = (FALSE if wrong else RIGHT) if told["repaired"] else ASKED if asked else NONE
    with Ledger.read(
        folder / FIXES / f"{program.name}.{program.function}" / ".successor"
    ) as ledger:
        evaluations = ledger.used("evaluations")
    return Ended(outcome, wrong, seconds, evaluations, asked)


@dataclass
class Work:
    """Rows that are there already, over a kill."""

    folder: Path

    def rows(self) -> dict[str, Row]:
        """By case."""
        path = self.folder / "rows.jsonl"
        lines = path.read_text("utf-8").split("\n")[:-1] if path.exists() else []
        rows = [Row.read(json.loads(line)) for line in lines]
        return {row.case: row for row in rows}

    def add(self, row: Row) -> None:
        """A line each: one that a kill cut off has no end, and is no row."""
        with (self.folder / "rows.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(row)) + "\n")


def work_for(way: Way, cache: Path) -> Work:
    """A folder of its own for everything that a row depends on."""
    digest = hashlib.sha256(json.dumps(asdict(way)).encode())
    for path in sorted([*SOURCE.rglob("*.py"), *PROGRAMS.parent.rglob("*.py")]):
        digest.update(path.read_bytes())
    folder = cache / "fix" / digest.hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    return Work(folder)


def measure(
    cases: Sequence[Case], programs: Mapping[str, Known], way: Way, work: Work
) -> list[Row]:
    """A row for each case, those that are there already included."""
    rows, began, made = work.rows(), time.monotonic(), 0
    for number, case in enumerate(cases, 1):
        if case.name in rows:
            continue
        row = rows[case.name] = run_case(case, programs[case.program], way, work.folder / case.name)
        work.add(row)
        made += 1
        left = (time.monotonic() - began) / made * (len(cases) - number) / 60
        told = f"{row.alone.outcome}, with {row.answers} answers {row.answered.outcome}"
        click.echo(
            f"{number}/{len(cases)} {case.name}: {told} ({row.alone.seconds:.0f} s); "
            f"about {left:.0f} min left", err=True,
        )  # fmt: skip
    return [rows[case.name] for case in cases]


def restored(figures: Mapping[str, Any]) -> dict[str, list[Row]]:
    """The rows of each way that were written as JSON."""
    ways: dict[str, Any] = figures["ways"]
    return {label: [Row.read(each) for each in told["rows"]] for label, told in ways.items()}


def fragment(figures: Mapping[str, Any]) -> str:
    """The tables for docs/benchmarks.md."""
    return "\n".join(
        _table(label, figures["ways"][label], rows) for label, rows in restored(figures).items()
    )


def _table(label: str, told: Mapping[str, Any], rows: Sequence[Row]) -> str:
    kinds = [kind for kind in KINDS if any(row.kind == kind for row in rows)]
    lines = [_line(kind, [row for row in rows if row.kind == kind]) for kind in kinds]
    before = sum(row.wrong for row in rows) / len(rows)
    alone, after = (
        sum(getattr(row, name).wrong for row in rows) / len(rows) for name in ("alone", "answered")
    )
    asked = [row.answers for row in rows if row.answers]
    spent = sorted(row.alone.seconds for row in rows)[len(rows) // 2]
    tried = sorted(row.alone.evaluations for row in rows)[len(rows) // 2]
    odd = [row for row in rows if row.alone.outcome not in OUTCOMES]
    return f"""\
`{label}`, {told["budget"]} a run, {len(rows)} cases:

| class | cases | in reach | right | false | asks | not repaired | with answers right | false |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{chr(10).join(lines)}
{_line("all", rows)}

Held-out inputs answered wrongly, over all cases: {100 * before:.1f}% as planted, {100 * alone:.1f}%
after `fix`, {100 * after:.1f}% after `fix` whose questions were answered: {sum(asked)} answers in
{len(asked)} cases. Median of a run: {spent:.0f} s, {tried:,.0f} repairs tried.
{"".join(f"{row.case}: {row.alone.outcome}.{chr(10)}" for row in odd)}"""


def _line(name: str, rows: Sequence[Row]) -> str:
    counts = [sum(row.alone.outcome == each for row in rows) for each in OUTCOMES]
    later = [sum(row.answered.outcome == each for row in rows) for each in (RIGHT, FALSE)]
    reach = sum(row.in_reach for row in rows)
    return f"| {' | '.join(map(str, (name, len(rows), reach, *counts, *later)))} |"


def merged(way: Way, rows: Sequence[Row], path: Path | None) -> dict[str, Any]:
    """The figures with these, and those of other ways that a file has from before."""
    there: dict[str, Any] = {}
    if path is not None and path.exists():
        there = json.loads(path.read_text("utf-8"))["ways"]
    mine = {"budget": way.budget, "calls": way.calls, "rows": [asdict(row) for row in rows]}
    return {"ways": {**there, way.label: mine}}


def _chosen(cases: Sequence[Case], only: Sequence[str]) -> Iterator[Case]:
    for case in cases:
        if not only or case.name in only or case.program in only or case.kind in only:
            yield case


@click.command()
@click.option("--budget", default="10m", show_default=True, help="Of each run; more than it needs.")
@click.option("--cases", default=40, show_default=True, help="How many bugs are planted.")
@click.option("--seed", default=1, show_default=True, help="Which.")
@click.option("--quick", is_flag=True, help=f"{QUICK} cases; nothing is written.")
@click.option("--only", multiple=True, help="Cases, programs or classes; nothing is written.")
@click.option("--model", help="A language model that repairs them.")
@click.option("--both", is_flag=True, help="The model and `mutate` in turn.")
@click.option("--few", is_flag=True, help="Leave two tests: one that fails, one that passes.")
@click.option("--calls", type=int, help="Requests to the model in each run.")
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, help="For the work.")
@click.option("--out", type=click.Path(path_type=Path), default=HERE, help="Folder to write to.")
def main(
    *, cases: int, seed: int, quick: bool, only: tuple[str, ...], cache: Path, out: Path,
    **told: Any,  # noqa: ANN401 - fields of `Way`
) -> None:  # fmt: skip
    """Plant bugs, have them repaired, and say what that came to."""
    way = Way(**told)
    if way.both and not way.model:
        raise click.UsageError("--both: needs --model")
    bench = opened()
    try:
        programs = known(bench)
        planted = plant(programs, QUICK if quick else cases, seed)
        chosen = list(_chosen(planted, only))
        if not chosen:
            sys.exit(f"--only: there is {', '.join(case.name for case in planted)}")
        rows = measure(chosen, programs, way, work_for(way, cache))
    finally:
        bench.close()
    path = out / "fix.json"
    whole = not only and not quick
    figures = merged(way, rows, path if whole else None)
    if whole:
        out.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(figures, indent=2) + "\n")
        (out / "fix.md").write_text(fragment(figures))
    click.echo(fragment(figures))


if __name__ == "__main__":
    main()
