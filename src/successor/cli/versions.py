"""Verbs about versions: `diff` shows how one became another, `rollback` puts one back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from successor.cli.options import JSON, LAB, Line, Text, echo_json, option
from successor.cli.signers import Signing, signed_by, signing_options, written_out
from successor.errors import EXIT_NEEDS_HUMAN

if TYPE_CHECKING:
    from successor.ledger import Ledger
    from successor.targets import FunctionName


@click.command(
    short_help="What changed from one version to another, and why.",
    help="""\b
    Examples:
      successor diff examples/add/add.py:add
      successor diff examples/add 3f2a 9c41
      successor diff examples/add/add.py:add --json

    How the files of version SINCE became those of version UNTIL, why each version between was
    promoted, and what it cost. From the first version to the incumbent, when none is named. A
    version may be named by the beginning of its id.
    """,
)
@LAB
@click.argument("since", type=Text(), required=False)
@click.argument("until", type=Text(), required=False)
@JSON
def diff(lab: Path, since: str | None, until: str | None, *, json: bool) -> None:
    """See the help above."""
    from rich.console import Console

    from successor.cli.change import as_json, change_of, show

    change = change_of(lab, since, until)
    echo_json(as_json(change)) if json else show(change, Console())


@click.command(
    short_help="Put an earlier version in charge again.",
    help="""\b
    Examples:
      successor rollback examples/add/add.py:add
      successor rollback examples/add/add.py:add --write
      successor rollback examples/adder --to 9c41 --reason "wrong on the invoices of May"
      successor rollback examples/adder --reason "it trades" --key ada

    Put the version before in charge again, or the one that is named. It is on record, with your
    name and your reason; the version that gave way stays on record too, and the next generation
    begins from the one that is in charge. What gave way, and all that descends from it, is revoked:
    no author reads it or builds on it, and the same once more is rejected. To put one of them in
    charge again lifts that for its line. The function's file stays as it is, unless --write is
    given; with --to and the version that is in charge, --write does that alone. Where a policy.toml
    in force names people, as many of them sign it as a promotion, with the reason. TARGET is a lab,
    or a function, as add.py:add.
    """,
)
@click.argument("what", metavar="TARGET")
@option(
    "--to",
    type=Text(),
    metavar="VERSION",
    help="A version that was in charge, or how its id begins.",
)
@option("--reason", type=Line(), default="not said", metavar="TEXT", help="Why, for the record.")
@option("--write", is_flag=True, help="Put that version in the function's file, too.")
@signing_options
@JSON
def rollback(
    what: str, *, to: str | None, reason: str, write: bool, signing: Signing, json: bool
) -> int:
    """See the help above."""
    from successor.cli.in_file import told_revoked
    from successor.director import roll_back, rolling_back, version_before
    from successor.errors import UsageError
    from successor.insight.report.html import counted
    from successor.lab import open_lab, record_of
    from successor.ledger import Ledger
    from successor.targets import (
        function_of,
        lab_of,
        name_of,
        parse,
        require_unchanged,
        revoked_in_file,
        written_back,
    )

    function, folder = parse(what), lab_of(what)
    if write and function is None:
        raise UsageError(f"{what}: --write is for functions")
    if write and function is not None:
        require_unchanged(function)  # before anything is on record
    signed = signed_by(signing)
    with Ledger.read(record_of(folder)) as ledger:  # or nothing is begun
        before = ledger.incumbent()
        if write and function and before and to is not None and ledger.named(to) == before.id:
            written = written_back(function)
            return _tell_written(function, before.id, ledger, written=written, json=json)
        if signing.out is not None:
            statement = rolling_back(ledger, version_before(ledger, to))
            written_out(signing, signed, statement and statement.because(reason))
            return EXIT_NEEDS_HUMAN
    with open_lab(folder, to_write=False) as opened:
        before = opened.version
        now = roll_back(opened, to, reason, signed=signed).version
        head, revoked = opened.parts.ledger.head.root, opened.parts.ledger.revoked()
    if write and function is not None:
        written_back(function)
    held = revoked_in_file(each) if (each := function or function_of(folder)) else None
    found = {
        "version": now.id if now else None,
        "gave_way": before.id if before else None,
        "revoked": [*revoked],
        "revoked_in_file": held,
        "ledger_head": head,
    }
    told = f"{str(found['version'])[:8]} is in charge; {str(found['gave_way'])[:8]} gave way."
    if revoked:
        told += f" Nobody builds on it: {counted(len(revoked), 'version')} revoked."
    echo_json(found) if json else click.echo(told)
    if held and now and not json:
        click.echo(told_revoked(name_of(folder), held, now.id), err=True)
    return 0


def _tell_written(
    function: FunctionName, version: str, ledger: Ledger, *, written: bool, json: bool
) -> int:
    """Say that nobody gave way, and that the file holds the version in charge."""
    found = {
        "version": version,
        "gave_way": None,
        "revoked": [*ledger.revoked()],
        "revoked_in_file": None,
        "ledger_head": ledger.head.root,
    }
    how = "holds it now" if written else "holds it"
    told = f"{version[:8]} is in charge already; {function.file} {how}."
    echo_json(found) if json else click.echo(told)
    return 0
