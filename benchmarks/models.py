"""What a language model on this machine adds to the authors that need none, on the programs of
examples/.

    python benchmarks/models.py                             # all programs, three arms each
    python benchmarks/models.py --only fib --arm model --calls 8

Three arms: the authors that need no model, the model alone, and both. Each improves a copy of each
lab by `successor improve`, and its last version is put beside the first on inputs that no run saw.
A lab for each program and arm is kept, and rows as they come: killed, it goes on where it was.
Writes docs/benchmarks/models.json and models.md beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

import click

import programs
from improving import SOURCE, improve, with_tables
from successor.lab import RECORD
from successor.ledger import Ledger, Written
from successor.sandbox import open_sandbox

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "docs" / "benchmarks"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "successor-benchmarks"
WITHOUT, ALONE, BOTH = "authors", "model", "both"
AUTHORS: Mapping[str, Sequence[str]] = {
    WITHOUT: ("rewrite", "tune", "evolve"),
    ALONE: ("llm",),
    BOTH: ("rewrite", "tune", "evolve", "llm"),
}
"""Who takes turns in each arm."""
TOLD: Mapping[str, str] = {WITHOUT: "without", ALONE: "model", BOTH: "both"}
FATES = ("answers", "repaired", "unusable", "duplicates")
"""What becomes of answers, as drafts count it."""
SEED = 1
SLACK_S = 3600
"""An answer that is under way is waited for, on a busy machine for long."""


@dataclass(frozen=True)
class Terms:
    """What each arm may spend on one program."""

    model: str
    calls: int
    budget: str
    """Working time of the arm without a model."""
    waiting: str
    """Working time of the other two, most of which is waiting for answers."""
    cpu: str = ""
    """CPU time of each arm, the model's own included: the same for all, on a busy machine too."""

    @property
    def told(self) -> str:
        """For people."""
        cpu = f"{self.cpu} of CPU time, " if self.cpu else ""
        return (
            f"`{self.model}`, at most {self.calls} calls a program; {cpu}{self.budget} of working "
            f"time without the model and {self.waiting} with it"
        )

    def table(self, arm: str) -> str:
        """The lab file's tables that are the arm's own."""
        llm = f"models = {json.dumps([self.model])}\ncalls = {self.calls}\nrounds = 2\n"
        time = self.budget if arm == WITHOUT else self.waiting
        kind = 'kind = "llm"\n' + llm if arm == ALONE else (
            f'kind = "search"\nauthors = {json.dumps(AUTHORS[arm])}\n'
        )  # fmt: skip
        own = f"[author.llm]\n{llm}" if arm == BOTH else ""
        return (
            f"[author]\n{kind}\n{own}\n[base_cases]\n"
            f'wall_clock = "{time}"\ngenerations = 4\nplateau = 1\n'
            + (f'cpu = "{self.cpu}"\n' if self.cpu else "")
        )


@dataclass(frozen=True)
class Row:
    """What one arm came to on one program."""

    arm: str
    found: programs.Row
    calls: int
    tokens: int
    fates: Mapping[str, int]

    @property
    def solved(self) -> bool:
        """Whether a version was promoted."""
        return self.found.promotions > 0

    @property
    def better(self) -> float | None:
        """How many times faster or cheaper, whichever the lab wants."""
        ratio = self.found.cheaper or self.found.faster
        return ratio.times if ratio else None

    @staticmethod
    def read(told: dict[str, Any]) -> Row:
        """From JSON."""
        (found,) = programs.restored({"rows": [told["found"]]})
        fields: dict[str, Any] = {**told, "found": found}
        return Row(**fields)

    def told(self) -> str:
        """Cells of the table."""
        found, better = self.found, self.better
        cells = [found.lab, TOLD[self.arm]]
        if found.failed:
            return f"| {' | '.join([*cells, f'not run: {found.failed}'])} | | | | | |"
        cells += [
            f"{found.promotions} of {found.candidates}",
            f"{better:,.3g}" if self.solved and better is not None else "",
            *(f"{each:,}" if self.calls else "" for each in (self.calls, self.tokens)),
            ", ".join(f"{count} {fate}" for fate, count in self.fates.items() if count),
            f"{found.seconds:,.0f}",
        ]
        return f"| {' | '.join(cells)} |"


Rows: TypeAlias = dict[tuple[str, str], Row]
"""By program and arm."""


def by_name(rows: Iterable[Row]) -> Rows:
    """The last row of each program and arm."""
    return {(row.found.lab, row.arm): row for row in rows}


@dataclass
class Work:
    """Labs, and rows that are there already."""

    folder: Path
    terms: Terms

    def rows(self) -> Rows:
        """As many as there are."""
        path = self.folder / "rows.jsonl"
        lines = path.read_text("utf-8").split("\n")[:-1] if path.exists() else []
        return by_name(Row.read(json.loads(line)) for line in lines)

    def run(self, lab: programs.Lab, arm: str) -> Row:
        """Improve the lab of that program and arm, or go on with it; then measure it."""
        place = self.folder / lab.name / arm
        if not (place / RECORD).exists():
            shutil.rmtree(place, ignore_errors=True)
            ignored = shutil.ignore_patterns(".successor*", "__pycache__")
            shutil.copytree(lab.folder, place, ignore=ignored)
            file = place / "successor.toml"
            file.write_text(
                with_tables(file.read_text("utf-8"), self.terms.table(arm), SEED), "utf-8"
            )
        budget = self.terms.budget if arm == WITHOUT else self.terms.waiting
        run = improve(place, place, budget, slack_s=SLACK_S)
        found = programs.Row.of(replace(lab, budget=budget), run)
        if not run.failed:
            measure = programs.by_cost if lab.cost else programs.by_time
            with open_sandbox(preload=programs.PRELOAD) as sandbox:
                found = measure(lab, run, found, sandbox)
        calls, tokens, fates = spent(place)
        row = Row(arm, found, calls, tokens, fates)
        self.add(row)
        return row

    def add(self, row: Row) -> None:
        """A line each: one that a kill cut off has no end, and is no row."""
        with (self.folder / "rows.jsonl").open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(asdict(row)) + "\n")


def spent(place: Path) -> tuple[int, int, Mapping[str, int]]:
    """Calls and tokens of a lab, and what became of the answers."""
    if not (place / RECORD).exists():
        return 0, 0, {}
    with Ledger.read(place / RECORD) as ledger:
        fates = Counter[str]()
        for entry in ledger.entries(Written):
            fates.update({fate: int(entry.event.figures.get(fate, 0)) for fate in FATES})
        return int(ledger.used("calls")), int(ledger.used("tokens")), dict(fates)


def work_for(terms: Terms, cache: Path) -> Work:
    """A folder of its own for everything that a row depends on."""
    digest = hashlib.sha256(json.dumps(asdict(terms)).encode())
    for path in sorted(SOURCE.rglob("*.py")):
        digest.update(path.read_bytes())
    folder = cache / "models" / digest.hexdigest()[:16]
    folder.mkdir(parents=True, exist_ok=True)
    return Work(folder, terms)


def restored(figures: Mapping[str, Any]) -> str:
    """The table of figures that were written as JSON."""
    return fragment(Terms(**figures["terms"]), map(Row.read, figures["rows"]))


def fragment(terms: Terms, rows: Iterable[Row]) -> str:
    """The table for docs/benchmarks.md."""
    rows = sorted(rows, key=lambda row: (row.found.lab, [*AUTHORS].index(row.arm)))
    totals = [
        f"- {TOLD[arm]}: {sum(row.solved for row in mine)} of {len(mine)} programs improved, "
        f"{sum(row.calls for row in mine)} calls, {sum(row.tokens for row in mine):,} tokens, "
        f"{sum(row.found.seconds for row in mine):,.0f} seconds"
        for arm in AUTHORS
        if (mine := [row for row in rows if row.arm == arm])
    ]
    return f"""\
{terms.told}:

| program | authors | promoted | times better | calls | tokens | answers | seconds |
| --- | --- | ---: | ---: | ---: | ---: | --- | ---: |
{chr(10).join(row.told() for row in rows)}

{chr(10).join(totals)}
"""


@click.command()
@click.option("--model", default="local:qwen2.5-coder-1.5b", show_default=True)
@click.option("--calls", default=8, show_default=True, help="Requests to the model, at most.")
@click.option("--cpu", default="5m", show_default=True, help="CPU time of each arm.")
@click.option("--budget", default="1h", show_default=True, help="Working time without the model.")
@click.option("--waiting", default="3h", show_default=True, help="Working time with it.")
@click.option("--only", multiple=True, help="Programs; all when not given.")
@click.option("--arm", multiple=True, type=click.Choice([*AUTHORS]), help="All when not given.")
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, help="For the work.")
@click.option("--out", type=click.Path(path_type=Path), default=HERE, help="Folder to write to.")
def main(
    *, only: tuple[str, ...], arm: tuple[str, ...], cache: Path, out: Path, **told: Any,  # noqa: ANN401 - fields of `Terms`
) -> None:  # fmt: skip
    """Improve the examples with and without a model, and say what that came to."""
    terms = Terms(**told)
    work = work_for(terms, cache)
    rows = work.rows()
    for chosen in arm or AUTHORS:
        for lab in programs.labs():
            if (only and lab.name not in only) or (lab.name, chosen) in rows:
                continue
            click.echo(f"{lab.name}, {TOLD[chosen]}", err=True)
            row = rows[lab.name, chosen] = work.run(lab, chosen)
            click.echo(row.told(), err=True)
            write(terms, rows, out)
    click.echo(write(terms, rows, out))


def write(terms: Terms, rows: Rows, out: Path) -> str:
    """The figures as far as they are known, with those of other programs and arms that were
    measured before on the same terms; the table.
    """
    path, known = out / "models.json", dict[tuple[str, str], Row]()
    if path.exists():
        there = json.loads(path.read_text("utf-8"))
        if there["terms"] == asdict(terms):
            known = by_name(map(Row.read, there["rows"]))
    every = list({**known, **rows}.values())
    out.mkdir(parents=True, exist_ok=True)
    figures = {"terms": asdict(terms), "rows": [asdict(row) for row in every]}
    path.write_text(json.dumps(figures, indent=2) + "\n")
    (out / "models.md").write_text(table := fragment(terms, every))
    return table


if __name__ == "__main__":
    main()
