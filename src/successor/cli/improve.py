"""`successor improve`: run the recursion until a base case ends it."""

from __future__ import annotations

import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from successor.cli.author import ALLOW, AUTHOR, author_table
from successor.cli.options import Parsed, Said, option
from successor.errors import SuccessorError, UsageError

if TYPE_CHECKING:
    from successor.targets import FunctionName


BARRED = """\
What was better ran in a sandbox that does not hold, so that it is never promoted.
Begin anew with --fresh where one holds."""

UNTRIED = """\
Nothing was tried yet: generation 0 examines the function as it is.
To go on, raise --generations or --budget."""

PLACES = {
    "goal": ("lab", "goal"),
    "target": ("base_cases", "target"),
    "budget": ("base_cases", "wall_clock"),
    "generations": ("base_cases", "generations"),
    "strategy": ("author", "strategy"),
    "seed": ("lab", "seed"),
    "stage": ("lab", "stage"),
    "compute": ("compute", "kind"),
    "workers": ("compute", "workers"),
}
"""Table and key of `successor.toml` that an option stands for."""


@click.command(
    short_help="Improve a lab or a function until a base case is met.",
    help="""\b
    Examples:
      successor improve examples/adder
      successor improve examples/adder --target reliable_horizon=1024 --budget 30m
      successor improve examples/add/add.py:add --goal "exact for floats" --write
      successor improve examples/adder --strategy agree --fresh
      successor improve examples/add/add.py:add --stage 2
      successor improve add.py:add --author "command: claude -p" --allow network
      successor improve examples/adder --json > generations.jsonl

    Improve TARGET, one generation after another, until a base case is met. TARGET is the folder
    of a lab, or a function, as in add.py:add. A run that was killed or interrupted goes on where
    it was. Ctrl-C or SIGTERM ends it at the next safe point, a second one at once.

    The lab of a function is made beside its file, in .successor-labs. The file itself stays as
    it is; with --write, the version in charge at the end takes its place.

    Options win over the lab's successor.toml. Goal, strategy and seed define the experiment, so
    they may not change on a record that has begun; target, budget, generations, stage and
    compute may.

    Up to stage 2 each candidate that is better is proposed, with its evidence, and waits for one
    key: accept, edit, reject, explain, or quit. At stage 3, and away from a terminal, the run ends
    with exit code 3: see successor review.
    """,
)
@click.argument("what", metavar="TARGET")
@option("--goal", type=Said(), metavar="TEXT", help="What it should become, such as faster.")
@option(
    "--tests",
    type=Said(),
    multiple=True,
    metavar="FILE",
    help="Tests of a function, relative to its file; found beside it when not given.",
)
@option(
    "--inputs", type=Said(), metavar="FILE:FUNCTION", help="What draws the inputs of a function."
)
@option("--write", is_flag=True, help="Put what was promoted in place of the function's file.")
@option(
    "--target",
    type=Parsed("metric=value"),
    metavar="METRIC=VALUE",
    help="Stop when the incumbent reaches this, such as reliable_horizon=64.",
)
@option(
    "--budget",
    type=Parsed("duration"),
    metavar="TIME",
    help="Working time over all sessions, such as 90s, 30m or 1h30m.",
)
@option(
    "--generations",
    type=click.IntRange(min=1),
    metavar="N",
    help="Generations over all sessions; generation 0 examines what is there.",
)
@AUTHOR
@ALLOW
@option(
    "--stage",
    type=click.IntRange(min=1, max=4),
    metavar="N",
    help="Who decides: below 4 a human does, asked at a terminal up to 2.",
)
@option("--strategy", metavar="NAME", help="The author's strategy, such as amplify.")
@option(
    "--seed",
    type=click.IntRange(min=0, max=2**53 - 1),
    metavar="N",
    help="What every random draw follows from.",
)
@option(
    "--unsafe-sandbox",
    is_flag=True,
    help="Run even where no sandbox holds; what is judged there is never promoted.",
)
@option(
    "--compute",
    metavar="WHERE",
    help="Where exams are taken: here, local, ray, or the address of a Ray cluster.",
)
@option(
    "--workers",
    type=click.IntRange(min=1),
    metavar="N",
    help="Workers that take exams at most, where it is not here.",
)
@option("--fresh", is_flag=True, help="Set the record so far aside and begin anew.")
@option(
    "--json",
    is_flag=True,
    help="One JSON object for each generation on stdout, and a last one for the run.",
)
@option("--quiet", "-q", is_flag=True, help="Show nothing but errors.")
def improve(
    what: str,
    *,
    tests: tuple[str, ...],
    inputs: str | None,
    write: bool,
    fresh: bool,
    json: bool,
    quiet: bool,
    **settings: str | float | tuple[str, ...] | None,
) -> int:
    """See the help above."""
    from successor.cli.session import Manner, run_session
    from successor.targets import Wishes, parse, prepare

    function = parse(what)
    author = author_table(settings.pop("author"), settings.pop("allow"))
    session = Manner(
        fresh=fresh, as_json=json, quiet=quiet, unsafe=bool(settings.pop("unsafe_sandbox"))
    )
    if function is None:
        if tests or inputs or write:
            raise UsageError(f"{what}: --tests, --inputs and --write are for functions")
        with blaming_options(settings):
            return run_session(Path(what), overrides(settings, author), session)
    goal = settings.pop("goal")
    wishes = Wishes(None if goal is None else str(goal), tests or None, inputs, author)
    before = labfile_of(function.folder)
    folder = prepare(function, wishes, fresh=fresh)
    with naming_file(function), blaming_options(settings), forgetting(function.folder, before):
        code = run_session(folder, overrides(settings), session)
    finish(function, write=write, quiet=quiet)
    return code


def finish(function: FunctionName, *, write: bool, quiet: bool) -> None:
    """Tell what changed, on stderr, and put it in the file if that was asked for."""
    from rich.console import Console

    from successor.cli.change import LONGEST, change_of, show
    from successor.cli.front import hint
    from successor.cli.in_file import told_revoked
    from successor.lab import record_of
    from successor.ledger import GenerationOpened, Ledger
    from successor.targets import is_written, revoked_in_file, written_back

    with Ledger.read(record_of(function.folder)) as ledger:
        if (charge := ledger.incumbent()) is None:
            return  # it was ended before the first version
        waits, tried = ledger.waiting() is not None, len(ledger.entries(GenerationOpened)) > 1
        barred = any(ledger.unheld(each.candidate) and each.outcome == "better"
                     for each in ledger.verdicts())  # fmt: skip
        trades = hint(ledger, quote(str(function)))
    written = write and written_back(function)
    if quiet:
        return
    change = change_of(function.folder)
    show(change, Console(stderr=True), LONGEST)
    if not change.files and not waits:
        found = "Nothing better was found." if tried else UNTRIED
        click.echo(BARRED if barred else found, err=True)
    if trades:
        click.echo(trades, err=True)
    if written:
        undo = f"successor rollback {quote(str(function))} --write"
        click.echo(f"Written to {function.file}; undo it with: {undo}", err=True)
    elif not write and (held := revoked_in_file(function)):
        click.echo(told_revoked(str(function), held, charge.id), err=True)
    elif change.files and not (write or is_written(function)):
        click.echo(
            f"Put it in the file with: successor improve {quote(str(function))} --write", err=True
        )


def labfile_of(folder: Path) -> bytes | None:
    """The lab file as it is; None where there is none."""
    from successor.labfile import FILE_NAME

    path = folder / FILE_NAME
    return path.read_bytes() if path.is_file() else None


@contextmanager
def forgetting(folder: Path, before: bytes | None) -> Generator[None]:
    """Put the lab file back when a run is refused before anything came of it: what was refused is
    not what a lab goes on with.
    """
    from successor.files import write_atomically
    from successor.lab import record_of
    from successor.labfile import FILE_NAME

    def written() -> bytes | None:
        head = record_of(folder) / "head"
        return head.read_bytes() if head.is_file() else None

    began = written()
    try:
        yield
    except UsageError:
        path = folder / FILE_NAME
        if written() not in (began, None):
            pass  # it ran, by the file as it is now
        elif before is None:
            path.unlink(missing_ok=True)
        else:
            write_atomically(path, before, path.with_name(f".{path.name}.part"))
        raise


@contextmanager
def naming_file(function: FunctionName) -> Generator[None]:
    """Say of the copy of a file in a function's lab that it is the file."""
    try:
        yield
    except SuccessorError as error:
        copy = str(function.folder / function.file.name)
        raise type(error)(str(error).replace(copy, str(function.file))) from None


@contextmanager
def blaming_options(settings: Mapping[str, object]) -> Generator[None]:
    """Say of a setting that was refused that the option gave it, where one did."""
    try:
        yield
    except UsageError as error:
        told = str(error)
        for name, (table, key) in PLACES.items():
            if settings.get(name) is not None:
                told = re.sub(rf"^.*: \[{table}\] {key} = (?!.*, on record )", f"--{name} ", told)
        raise UsageError(told) if told != str(error) else error from None


def overrides(
    settings: Mapping[str, object], author: Mapping[str, object] | None = None
) -> dict[str, dict[str, object]]:
    """The options given, by table and key of `successor.toml`."""
    tables: dict[str, dict[str, object]] = {"author": {**author}} if author else {}
    for name, value in settings.items():
        if value is not None:
            table, key = PLACES[name]
            tables.setdefault(table, {})[key] = value
    return tables
