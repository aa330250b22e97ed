"""`successor write`: a function from a goal in words: written, tested, improved, handed over."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from successor.cli.fix import NOT_REPAIRED as NOT_FINISHED
from successor.cli.options import Parsed, Said, echo_json, option, plain
from successor.errors import UsageError

if TYPE_CHECKING:
    from successor.writing import Drafted, Improved, Package


@click.command(
    short_help="Write a function from a goal in words.",
    help="""\b
    Examples:
      successor write "add two numbers, handle edge cases" --name add
      successor write "the median of a list of numbers" --name median --into src/median
      successor write "roman numerals" --name roman --model claude-sonnet-4-5 --json

    A language model writes the function several times, with its docstring and examples; others,
    who see the goal and the signature alone, write held-out tests. What they agree on is chosen,
    benchmarked and made faster as by improve, and put into a folder for review, with its tests,
    what speaks for it and what is in doubt. All of it runs in the sandbox. Exits with 1 when
    held-out tests fail on it: then the folder holds the best attempt. Run it again after a kill,
    and it goes on: no answer is paid for twice.
    """,
)
@click.argument("goal", type=Said())
@option("--name", type=Said(), required=True, metavar="NAME", help="The function's name.")
@option(
    "--into",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder to make; ./NAME unless given. Nothing is overwritten.",
)
@option(
    "--model",
    type=Said(),
    metavar="NAME",
    help="The language model; the largest local one that is here unless given.",
)
@option(
    "--candidates",
    type=click.IntRange(min=1, max=16),
    default=3,
    show_default=True,
    help="Functions, and suites of held-out tests, that are written apart.",
)
@option(
    "--calls",
    type=click.IntRange(min=2),
    default=60,
    show_default=True,
    help="Requests to the model, at most; half of them to make the function faster.",
)
@option(
    "--budget",
    type=Parsed("duration"),
    default="5m",
    show_default=True,
    metavar="TIME",
    help="Working time to make it faster, once it is written.",
)
@option(
    "--unsafe-sandbox",
    is_flag=True,
    help="Run even where no sandbox holds; what ran there is never finished.",
)
@option("--json", is_flag=True, help="One JSON object on stdout.")
@option("--quiet", "-q", is_flag=True, help="Show nothing but the result.")
def write(
    goal: str,
    *,
    name: str,
    into: Path | None,
    model: str | None,
    json: bool,
    quiet: bool,
    **limits: Any,  # noqa: ANN401 - each as its option has it
) -> int:
    """See the help above."""
    from successor.writing import Improved, Wanted, default_model, deliver, draft, package_of

    began = time.monotonic()
    wanted = Wanted(goal, name, into or Path(name), model or default_model(), **limits)
    wanted.require_usable()
    silent = quiet or json
    drafted = draft(wanted, _silence if silent else _tell)
    improved, code = Improved(drafted.source), 0
    if drafted.finished:
        improved, code = _improve(drafted, quiet=silent)
    if code:
        return code
    package = package_of(drafted, improved, time.monotonic() - began)
    folder = deliver(package, drafted)
    if json:
        echo_json({"folder": str(folder) if folder else None, **asdict(package)})
    else:
        _show(package, folder)
    return 0 if package.finished else NOT_FINISHED


def _improve(drafted: Drafted, *, quiet: bool) -> tuple[Improved, int]:
    """Run the lab; what came of it, and 0 or the code of a signal."""
    from successor.cli.interrupt import INTERRUPTED, Interrupt
    from successor.cli.session import follow
    from successor.lab import open_lab
    from successor.writing import Improved, improved, prepare

    folder, fresh = prepare(drafted)
    interrupt, unsafe = Interrupt(), drafted.wanted.unsafe_sandbox
    try:
        with open_lab(folder, None, interrupt.asked, fresh=fresh, unsafe_sandbox=unsafe) as lab:
            stop = follow(lab, interrupt, quiet=quiet)
            if stop.base_case == INTERRUPTED:
                return Improved(drafted.source), interrupt.exit_code
            return improved(drafted, lab), 0
    except UsageError as error:  # what cannot be judged can still be right
        return Improved(drafted.source, doubts=(f"not made faster: {error}",)), 0


def _tell(text: str) -> None:
    click.echo(plain(text), err=True)


def _silence(_: str) -> None:
    """Programs are told of results only."""


def _show(package: Package, folder: Path | None) -> None:
    """The package, for people."""
    lines = [*package.code.splitlines(), *[""] * bool(package.code)]
    state = "Finished" if package.finished else "Not finished"
    held = f"{package.held_out_passed} of {package.held_out} held-out tests pass"
    lines.append(f"{state}: {held}, and {package.visible_tests} visible ones.")
    lines += [f"Failed: {each}" for each in package.failing]
    lines += [f"Why: {each}" for each in package.evidence]
    lines += [f"Doubt: {each}" for each in package.doubts]
    lines.append(f"Cost: {package.calls} calls, {package.tokens:,} tokens, {package.seconds:.0f}s.")
    click.echo(plain("\n".join(lines)))
    if folder is not None:
        click.echo(f"Review it: {quote(str(folder / 'REVIEW.md'))}", err=True)
