"""A prompt of a small local model, improved by Successor and by GEPA, on puzzles of reasoning-gym.

    python benchmarks/prompts.py                                    # three families, three seeds
    python benchmarks/prompts.py --only gcd --system gepa --seeds 1
    python benchmarks/prompts.py --metric-calls 100 --items 50      # smaller

Both have the same model answer and the same model reflect, by the same server, and may have as
many items answered; Successor's include what its exams and its judge ask. The prompts that they
end with are put beside the one that they began with on fresh items. An environment for GEPA and
reasoning-gym is made in the cache on first use. Rows are kept as they come: killed, it goes on
with the first run that is missing. Writes docs/benchmarks/prompts.json and prompts.md beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from improving import SOURCE
from prompting import ours, peer, place
from prompting.asking import Answering, Item, Items
from prompting.meter import Meter, Served
from prompting.table import GEPA, OURS, Row, Rows, Terms, fragment
from successor.llm import Message, Request, Tuning, open_model
from successor.llm.local.process import ServerProcess
from successor.llm.local.weights import FOLDER_VARIABLE, found
from successor.llm.places import user_cache

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "docs" / "benchmarks"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "successor-benchmarks"
ANSWERING, REFLECTING = "answering", "reflecting"
"""As either side calls the two models."""
FAMILIES = ("chain_sum", "gcd", "letter_counting")
ROWS = "rows.jsonl"
LEARN, VALIDATE = 200, 24
"""Items that GEPA has: to learn from; to validate on, as many as are on our author's front."""


@dataclass
class Work:
    """Rows that are there already, and what makes more of them."""

    folders: Mapping[str, Path]
    """Of each system, one for all that its rows depend on: GEPA's stay when we change."""
    terms: Terms

    def rows(self) -> Rows:
        """As many as there are; a line that a kill cut off is none."""
        paths = [folder / ROWS for folder in self.folders.values()]
        lines = [line for path in paths if path.exists() for line in path.read_text().splitlines()]
        rows = [Row(**told) for line in lines if (told := _whole(line))]
        return {row.key: row for row in rows}

    def add(self, row: Row) -> None:
        """A line each."""
        with (self.folders[row.system] / ROWS).open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(asdict(row)) + "\n")

    def run(self, family: str, system: str, seed: int, meter: Meter) -> Row:
        """Improve the prompt once, and score what came of it on items that nobody has seen."""
        answers = self.folders[GEPA] / "answers"
        run = Run(self.terms, family, seed, self.folders[system], answers, meter)
        meter.reset()
        started = time.monotonic()
        figures, text = run.ours() if system == OURS else run.peer()
        seconds = time.monotonic() - started
        asked, wrote = meter.counts[ANSWERING], meter.counts[REFLECTING]
        costs = {
            "seconds": seconds,
            "calls": asked.requests,
            "tokens": asked.read + asked.written,
            "reflections": wrote.requests,
            "reflection_tokens": wrote.read + wrote.written,
        }
        texts = (run.first, text, figures.get("candidate", text))
        seen = sum(any(q in each for each in asked.questions) for q, _ in run.unseen)
        before, after, handed = run.held_out(texts)
        handed = handed if texts[2] not in texts[:2] else []
        row = Row(family, system, seed, text, before, after, handed, seen, costs, figures)
        self.add(row)
        return row


@dataclass(frozen=True)
class Run:
    """One prompt that is improved once."""

    terms: Terms
    family: str
    seed: int
    folder: Path
    answers: Path
    """Those to held-out items are kept, so that the first prompt is scored once."""
    meter: Meter

    @property
    def items(self) -> Items:
        """Of the lab, for both sides."""
        return Items(ours.EXAMPLE / "items.py", self.family)

    @property
    def first(self) -> str:
        """The prompt to begin with."""
        return (ours.EXAMPLE / "prompt.txt").read_text("utf-8")

    def ours(self) -> tuple[dict[str, Any], str]:
        """By `successor improve`, with a cache of its own: no answer is had for nothing."""
        told = ours.Told(
            self.family, self.seed, f"openai:{ANSWERING}", f"openai:{REFLECTING}",
            self.terms.metric_calls, self.terms.max_tokens, self.terms.writes,
        )  # fmt: skip
        place = self.folder / "labs" / f"{self.family}-{self.seed}"
        shutil.rmtree(cache := place.with_suffix(".cache"), ignore_errors=True)
        with environment(self.meter, cache):
            found = ours.run(told, place)
        if found.failed:
            raise click.ClickException(f"{place}: {found.failed}")
        return asdict(found), found.text

    def peer(self) -> tuple[dict[str, Any], str]:
        """By GEPA. Its calls of the reflecting model differ by their seeds, as ours do."""
        draw = self.items.draw
        sets = [
            draw(f"{use}/{self.seed}", count)
            for use, count in (("learn", LEARN), ("validate", VALIDATE))
        ]
        with environment(self.meter, self.folder / "none"):
            writer = open_model(f"openai:{REFLECTING}")
            model = open_model(f"openai:{ANSWERING}")
            with writer, model:
                reflect = Reflecting(writer, self.terms.writes)
                answering = Answering(self.items, model, self.terms.max_tokens)
                found = peer.optimise(
                    self.first, (sets[0], sets[1]), answering, reflect,
                    self.terms.metric_calls, self.seed,
                )  # fmt: skip
        return asdict(found), found.text

    @property
    def unseen(self) -> list[Item]:
        """Items that no run draws."""
        return self.items.draw("held out", self.terms.items)

    def held_out(self, texts: Sequence[str]) -> list[list[float]]:
        """Scores of prompts on the same items, each asked once."""
        with (
            environment(self.meter, self.answers),
            open_model(f"openai:{ANSWERING}", cache=self.answers) as model,
        ):
            answering = Answering(self.items, model, self.terms.max_tokens)
            unseen = self.unseen
            return [[mark.score for mark in answering.answer(each, unseen)] for each in texts]


@dataclass
class Reflecting:
    """The reflecting model, as GEPA calls it."""

    model: Any
    max_tokens: int
    asked: int = 0

    def __call__(self, prompt: str) -> str:
        """What it says; what was cut off as well, as GEPA takes what it gets."""
        self.asked += 1
        request = Request((Message("user", prompt),), self.max_tokens, None, seed=self.asked)
        (said,) = self.model.complete_all([request])
        return getattr(said, "text", "")


@contextmanager
def environment(meter: Meter, cache: Path) -> Generator[None]:
    """Whoever asks `openai:...` asks the meter; answers and the like are kept in that folder."""
    changed = {
        "OPENAI_BASE_URL": meter.url,
        "OPENAI_API_KEY": meter.key,
        "XDG_CACHE_HOME": str(cache),
        FOLDER_VARIABLE: os.environ.get(FOLDER_VARIABLE, str(user_cache(os.environ) / "weights")),
    }
    before = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def served(terms: Terms, threads: int) -> Generator[Meter]:
    """Models of this machine, each in a server as the product starts it, behind a meter."""
    servers = dict[str, ServerProcess]()
    try:
        for name in dict.fromkeys((terms.model, terms.writer)):
            tuning = Tuning(threads=threads)
            servers[name] = ServerProcess(found(name, os.environ).path, name, tuning)
        up = {name: Served(each.url, each.key) for name, each in servers.items()}
        routes = {ANSWERING: up[terms.model], REFLECTING: up[terms.writer]}
        with Meter(routes) as meter:
            yield meter
    finally:
        for server in servers.values():
            server.stop()


def work_for(terms: Terms, cache: Path) -> Work:
    """A folder of each system for everything that its rows depend on."""
    digest = hashlib.sha256(json.dumps(asdict(terms)).encode())
    folders = dict[str, Path]()
    files = {GEPA: [*ours.EXAMPLE.glob("*.*"), place.PINS], OURS: SOURCE.rglob("*.py")}
    for system, paths in files.items():
        for path in sorted(paths):
            digest.update(path.read_bytes())
        folders[system] = cache / "prompts" / f"{system}-{digest.hexdigest()[:16]}"
        folders[system].mkdir(parents=True, exist_ok=True)
    return Work(folders, terms)


def write(terms: Terms, rows: Rows, out: Path) -> str:
    """The figures as far as they are known, with those of other runs that were measured before
    on the same terms; the table.
    """
    path, known = out / "prompts.json", Rows()
    if path.exists():
        there = json.loads(path.read_text("utf-8"))
        if there["terms"] == asdict(terms):
            known = {row.key: row for row in (Row(**told) for told in there["rows"])}
    every = [*{**known, **rows}.values()]
    out.mkdir(parents=True, exist_ok=True)
    figures = {"terms": asdict(terms), "rows": [asdict(row) for row in every]}
    path.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    (out / "prompts.md").write_text(table := fragment(terms, every), "utf-8")
    return table


def _whole(line: str) -> dict[str, Any] | None:
    """A row, but for one that a kill cut off."""
    try:
        return json.loads(line)
    except ValueError:
        return None


def restored(figures: Mapping[str, Any]) -> str:
    """The table of figures that were written as JSON."""
    return fragment(Terms(**figures["terms"]), [Row(**row) for row in figures["rows"]])


@click.command(epilog="Examples: prompts.py --only gcd --seeds 1; prompts.py --metric-calls 100")
@click.option("--only", multiple=True, help="Families of reasoning-gym; three when not given.")
@click.option("--system", multiple=True, type=click.Choice([OURS, GEPA]), help="Both by default.")
@click.option("--seeds", default=3, show_default=True, help="Runs of each, with other items.")
@click.option("--metric-calls", default=200, show_default=True, help="Items answered in a run.")
@click.option("--items", default=100, show_default=True, help="Fresh items to score prompts on.")
@click.option("--model", default="qwen2.5-coder-0.5b", show_default=True, help="It answers.")
@click.option("--writer", default="qwen2.5-coder-1.5b", show_default=True, help="It reflects.")
@click.option("--max-tokens", default=64, show_default=True, help="Of an answer.")
@click.option("--writes", default=256, show_default=True, help="Tokens of a reflection.")
@click.option("--threads", default=0, show_default=True, help="Of each server; 0: free cores.")
@click.option("--cache", type=click.Path(path_type=Path), default=CACHE, help="For the work.")
@click.option("--out", type=click.Path(path_type=Path), default=HERE, help="Folder to write to.")
def main(
    *,
    only: tuple[str, ...],
    system: tuple[str, ...],
    seeds: int,
    threads: int,
    cache: Path,
    out: Path,
    **told: Any,  # noqa: ANN401 - fields of `Terms`
) -> None:
    """Improve prompts by Successor and by GEPA, and say what that came to."""
    place.enter(cache)
    terms = Terms(**told)
    work = work_for(terms, cache)
    rows = work.rows()
    missing = [
        (family, each, seed)
        for seed in range(1, seeds + 1)
        for family in only or FAMILIES
        for each in system or (OURS, GEPA)
        if (family, each, seed) not in rows
    ]
    with served(terms, threads) as meter:
        for family, each, seed in missing:
            click.echo(f"{family}, {each}, seed {seed}", err=True)
            row = rows[family, each, seed] = work.run(family, each, seed, meter)
            click.echo(row.told(), err=True)
            write(terms, rows, out)
    click.echo(write(terms, rows, out))


if __name__ == "__main__":
    main()
