"""`successor fix`: reproduce a bug, find its place, repair it, and show what speaks for that."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from successor.cli.options import Parsed, Said, echo_json, option, plain

if TYPE_CHECKING:
    from successor.fixing import Package, Wanted
    from successor.lab import Lab
    from successor.targets import FunctionName

NOT_REPAIRED = 1
MOST_SUSPECTS = 5


@click.command(
    short_help="Repair a function whose tests fail.",
    help="""\b
    Examples:
      successor fix stats.py:median
      successor fix stats.py --tests tests/test_stats.py --write
      successor fix stats.py:median --report "median([]) should raise ValueError"
      successor fix stats.py:median --model local:qwen2.5-coder-1.5b --json

    Run the tests in the sandbox, find the lines that failing tests run and passing ones do not,
    repair them, and prove it: more tests pass, none that passed fails, and what passing tests
    vouch for is answered as before, on fresh inputs too. Prints the difference, the evidence, a
    test with the least input found, and what is in doubt. PATH is a function, as in add.py:add,
    or a file, whose function is the one that most failing tests call. The file itself stays as it
    is; with --write the repair takes its place. Where repairs pass all tests and answer otherwise
    on other inputs, none is taken: the input that tells them apart is asked about, and --report
    answers. Exits with 1 when a test still fails.
    """,
)
@click.argument("path", metavar="PATH")
@option(
    "--tests",
    type=Said(),
    multiple=True,
    metavar="FILE",
    help="Its tests, relative to the file; found beside it when not given.",
)
@option(
    "--report",
    type=Said(),
    metavar="TEXT",
    help="A bug in words, such as: add(0, 1) should be 1. Several with a semicolon.",
)
@option("--author", type=Said(), metavar="NAME", help="Who repairs it; mutate unless given.")
@option("--model", type=Said(), metavar="NAME", help="A language model that repairs it, too.")
@option("--calls", type=click.IntRange(min=1), metavar="N", help="Requests to it at most; 200.")
@option("--budget", type=Parsed("duration"), metavar="TIME", help="Working time; 3m unless given.")
@option("--write", is_flag=True, help="Put the repair in place of the file.")
@option(
    "--unsafe-sandbox",
    is_flag=True,
    help="Run even where no sandbox holds; what is judged there is never promoted.",
)
@option("--json", is_flag=True, help="One JSON object on stdout.")
@option("--quiet", "-q", is_flag=True, help="Show nothing but the result.")
def fix(
    path: str,
    *,
    tests: tuple[str, ...],
    calls: int | None,
    write: bool,
    unsafe_sandbox: bool,
    json: bool,
    quiet: bool,
    **said: str | None,
) -> int:
    """See the help above."""
    from successor.fixing import Wanted, prepare

    named = (said["report"], said["author"], said["model"], said["budget"])
    wanted = Wanted(tests or None, *named, calls)
    name = _function(path, wanted)
    folder, fresh = prepare(name, wanted)
    found, head, code = _repair(folder, fresh=fresh, unsafe=unsafe_sandbox, quiet=quiet or json)
    written = write and found.repaired and _write(name)
    if json:
        told: dict[str, Any] = asdict(found)
        told["suspects"] = [f"{line}: {text} ({score:.2f})" for line, score, text in found.suspects]
        echo_json({"function": str(name), **told, "written": written, "ledger_head": head})
    else:
        click.echo(plain("\n".join(_lines(found))))
        if written:
            click.echo(f"Written to {name.file}", err=True)
        elif found.repaired and not write:
            click.echo("Put it in the file with --write", err=True)
    return code or (0 if found.repaired else NOT_REPAIRED)


def _function(path: str, wanted: Wanted) -> FunctionName:
    """The function that is meant; of a file the one that most failing tests call."""
    from successor.errors import UsageError
    from successor.fixing import functions_named
    from successor.targets import FIXES, parse

    if path.endswith(".py"):
        names = [*functions_named(Path(path), wanted.tests)]
        return names[0] if len(names) == 1 else _most_failing(names, wanted)
    name = parse(path)
    if name is None:
        raise UsageError(f"{path}: name a function, as in add.py:add, or a file, as in add.py")
    return replace(name, labs=FIXES)


def _most_failing(names: Sequence[FunctionName], wanted: Wanted) -> FunctionName:
    from successor.errors import UsageError
    from successor.fixing import failing_calls

    counts = [failing_calls(name, wanted) for name in names]
    if not any(counts):
        told = ", ".join(name.function for name in names)
        raise UsageError(f"{names[0].file}: nothing to repair: no failing test calls {told}")
    return names[counts.index(max(counts))]


def _repair(folder: Path, *, fresh: bool, unsafe: bool, quiet: bool) -> tuple[Package, str, int]:
    """Run the lab; what came of it, the head of its record, and 0 or the code of a signal."""
    from successor.cli.interrupt import INTERRUPTED, Interrupt
    from successor.cli.session import follow
    from successor.fixing import package_of
    from successor.lab import open_lab

    interrupt = Interrupt()
    with open_lab(folder, None, interrupt.asked, fresh=fresh, unsafe_sandbox=unsafe) as lab:
        lab.parts.ledger.require_going()
        if not quiet:
            _tell_failing(lab)
        stop = follow(lab, interrupt, quiet=quiet)
        code = interrupt.exit_code if stop.base_case == INTERRUPTED else 0
        return package_of(lab), lab.parts.ledger.head.root, code


def _tell_failing(lab: Lab) -> None:
    from successor.fixing import package_of

    found = package_of(lab)
    for line in found.failing:
        click.echo(plain(f"fails     {line}"), err=True)
    for line, score, text in found.suspects[:MOST_SUSPECTS]:
        click.echo(plain(f"suspect   line {line} ({score:.2f}): {text}"), err=True)


def _write(name: FunctionName) -> bool:
    from successor.targets import written_back

    return written_back(name)


def _lines(found: Package) -> list[str]:
    """The package, for people."""
    from successor.insight.difference import shown

    lines = list(shown(found.changes))
    first, last = len(found.failing), len(found.failing_after)
    if found.repaired:
        lines.append(f"Repaired: {first} failing, now none; {found.passing} pass.")
    else:
        lines.append(f"Not repaired: {last} of {first} still fail; {found.passing} pass.")
    lines += [f"Question: {it.call} should {', or '.join(it.answers)}?" for it in found.questions]
    if found.questions:
        first = found.questions[0]
        said = shlex.quote(f"{first.call} should {first.answers[0]}") if first.answers else "TEXT"
        lines.append(f"No repair is taken before that is known: answer with --report {said}")
    lines += [f"Why: {reason}" for reason in found.evidence]
    lines += [f"Doubt: {doubt}" for doubt in found.doubts]
    if found.regression:
        lines += ["A test to keep:", "", *found.regression.splitlines()]
    return lines
