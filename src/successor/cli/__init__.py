"""The `successor` command: one file for each group of verbs, thin over the rooms below.

Exit codes: 0 done, 1 failed, 2 usage, 3 stopped by a base case that asks for a human,
4 the record does not verify, 130 interrupted by Ctrl-C, 143 by SIGTERM. What a program reads goes
to stdout, what a person reads about the run goes to stderr.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from successor.cli.attest import attest
from successor.cli.authorship import authorship
from successor.cli.direct import direct
from successor.cli.doctor import doctor
from successor.cli.drill import drill
from successor.cli.fix import fix
from successor.cli.front import front
from successor.cli.futures import futures
from successor.cli.gain import gain
from successor.cli.head import head
from successor.cli.horizon import horizon
from successor.cli.improve import improve
from successor.cli.interrupt import EXIT_INTERRUPTED
from successor.cli.judgement import judgement
from successor.cli.keys import keys
from successor.cli.mcp import mcp
from successor.cli.models import models
from successor.cli.options import plain
from successor.cli.policy import policy
from successor.cli.record import audit, lineage, status
from successor.cli.replay import replay
from successor.cli.report import report
from successor.cli.review import review
from successor.cli.serve import serve
from successor.cli.stopping import alive, resume, stop
from successor.cli.versions import diff, rollback
from successor.cli.watch import watch
from successor.cli.write import write
from successor.errors import SuccessorError


@click.group(
    help="""\b
    Examples:
      successor improve examples/adder
      successor improve examples/add/add.py:add --goal "exact for floats"
      successor status examples/adder

    An AI that examines itself, writes its successor, proves it better and hands over.
    A lab is a folder with a successor.toml; its record is kept in .successor beside it.
    A function, as in add.py:add, gets a lab of its own beside its file.

    Every option may also be given in the environment: --budget of improve is
    SUCCESSOR_IMPROVE_BUDGET.

    \b
    Exit codes:
      0    done, also when nothing better was found
      1    failed
      2    wrong usage
      3    stopped by a base case that asks for a human
      4    the record does not verify
      130  interrupted, by Ctrl-C
      137  killed: a stop or a used-up budget ends what does not end by itself
      143  interrupted, by SIGTERM
    """,
    context_settings={"auto_envvar_prefix": "SUCCESSOR", "help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="successor-rsi", message="successor %(version)s")
def cli() -> None:
    """Every verb hangs here."""


VERBS = (
    improve, fix, write, status, lineage, diff, front, review, direct, rollback, audit, replay,
    attest, head, report, horizon, futures, authorship, gain, judgement, drill, doctor, stop,
    resume, alive, serve, watch, keys, policy, models, mcp,
)  # fmt: skip
for verb in VERBS:
    cli.add_command(verb)


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started it, as in 2>&-
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115, PTH123 - to the end
    sys.exit(run_command(sys.argv[1:]))


def run_command(arguments: Sequence[str]) -> int:
    """Exit code of `successor ARGUMENTS...`; a user's mistake is one or two lines on stderr."""
    try:
        code = cli.main(list(arguments), prog_name="successor", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except _MISTAKES as error:
        message, code = explained(error)
        click.echo(f"successor: {plain(message)}", err=True)
    return int(code or 0)


_MISTAKES = (click.ClickException, click.Abort, KeyboardInterrupt, SuccessorError, OSError)


def explained(error: BaseException) -> tuple[str, int]:
    """What to tell the user, and the exit code."""
    match error:
        case click.UsageError():
            where = error.ctx.command_path if error.ctx else "successor"
            return f"{error.format_message()}\nTry: {where} --help", error.exit_code
        case click.ClickException():
            return error.format_message(), error.exit_code
        case SuccessorError():
            return str(error), error.exit_code
        case OSError():
            return f"{error.filename or 'input/output'}: {error.strerror or error}", 1
        case _:
            return "interrupted", EXIT_INTERRUPTED
