"""`successor review`: a human decides on the candidate that waits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

import click

from successor.cli.options import JSON, Line, Text, echo_json, option, plain
from successor.cli.signers import (
    Signing,
    key_hint,
    signed_by,
    signing_options,
    told_acts,
    written_out,
)
from successor.errors import EXIT_NEEDS_HUMAN

if TYPE_CHECKING:
    from successor.ledger import Choice, Ledger
    from successor.signing import Envelope, Sign


@dataclass(frozen=True)
class Chosen:
    """What the options say; without a choice, somebody at the terminal is asked."""

    choice: Choice | None
    reason: str
    signed: Sign | Envelope | None


@click.command(
    short_help="Decide on the candidate that waits for a human.",
    help="""\b
    Examples:
      successor review examples/add/add.py:add
      successor review examples/add/add.py:add --accept --write
      successor review examples/adder 9c41 --reject --reason "too clever"
      successor review examples/adder --accept --key ada
      successor review examples/adder --json

    Below stage 4 a candidate that is better waits for a human. Show it with its evidence, and
    take what becomes of it: at a terminal by one key, else by --accept or --reject. It is on
    record with your name, once. With neither, away from a terminal, it is shown and goes on
    waiting, with exit code 3. TARGET is a lab, or a function, as in add.py:add; CANDIDATE is how
    the id of the one that you mean begins, so that no other is taken for it.
    """,
)
@click.argument("what", metavar="TARGET")
@click.argument("candidate", type=Text(), required=False)
# No variable of the environment decides: it would make a signature of a look.
@click.option(
    "--accept", is_flag=True, allow_from_autoenv=False, help="Put the candidate in charge."
)
@click.option("--reject", is_flag=True, allow_from_autoenv=False, help="Go on without it.")
@option("--reason", type=Line(), default="not said", metavar="TEXT", help="Why, for the record.")
@option("--write", is_flag=True, help="Put what was accepted in the function's file, too.")
@signing_options
@JSON
def review(
    what: str,
    candidate: str | None,
    *,
    reason: str,
    write: bool,
    signing: Signing,
    json: bool,
    **choices: bool,
) -> int:
    """See the help above."""
    from successor.cli.asking import can_ask
    from successor.director import approval_of
    from successor.errors import UsageError
    from successor.lab import record_of
    from successor.ledger import Ledger
    from successor.targets import lab_of, parse, require_unchanged, written_back

    if all(choices.values()):
        raise UsageError("--accept and --reject: which of the two?")
    made: tuple[Choice, ...] = ("accept", "reject")
    choice: Choice | None = next((each for each in made if choices[each]), None)
    function, folder = parse(what), lab_of(what)
    signed = signed_by(signing)
    if signed is not None and choice != "accept":
        raise UsageError("a signature is for --accept")
    if signing.out is not None:
        with Ledger.read(record_of(folder)) as ledger:
            statement = approval_of(ledger)
            written_out(signing, signed, statement and statement.because(reason))
        return EXIT_NEEDS_HUMAN
    if write and function is None:
        raise UsageError(f"{what}: --write is for functions")
    if write and function is not None:
        require_unchanged(function)  # before anything is on record
    with Ledger.read(record_of(folder)) as ledger:
        proposal = ledger.waiting()
    if proposal is None and (choice or candidate):
        raise UsageError(f"{what}: no candidate waits for a human")
    if candidate is not None and proposal and not _means(candidate, proposal.candidate.id):
        raise UsageError(
            f"{what}: {proposal.candidate.id[:12]} waits, which does not begin with {candidate!r}"
        )
    asked = proposal is not None and choice is None and not json and can_ask()
    if not asked and choice is None:
        return _show(folder, what, as_json=json)
    chosen = Chosen(choice, reason, signed)
    found = _decide(folder, chosen, proposal.candidate.id if proposal else "")
    if write and function is not None and found["decision"] == "promoted":
        written_back(function)
    if json:
        echo_json(found)
    else:
        click.echo(_said(found, what))
        if found["decision"] == "waiting" and choice == "accept":
            click.echo(_more_signatures(folder, what), err=True)
    return EXIT_NEEDS_HUMAN if found["decision"] == "waiting" else 0


def _means(beginning: str, name: str) -> bool:
    return bool(beginning) and name.startswith(beginning)


def _show(folder: Path, what: str, *, as_json: bool) -> int:
    """What waits, if anything does, and that it goes on waiting."""
    from successor.lab import record_of
    from successor.ledger import Ledger
    from successor.showing.proposal import fields, packet_of, told

    with Ledger.read(record_of(folder)) as ledger:
        proposal = ledger.waiting()
        packet = packet_of(ledger, proposal) if proposal else None
        if as_json:
            echo_json(_fields(fields(packet), "waiting" if packet else None, ledger))
        elif packet is None:
            click.echo("Nothing waits for a human.")
            from successor.showing.acts import open_acts_of

            acts = [each.fields() for each in open_acts_of(ledger)]
            for line in told_acts(acts, quote(what)):
                click.echo(plain(f"To sign: {line}"))
        else:
            click.echo(told(packet))
            accept = f"--accept{key_hint(ledger)}"
            click.echo(f"\nDecide with: successor review {what} {accept}, or --reject", err=True)
    return EXIT_NEEDS_HUMAN if proposal else 0


def _decide(folder: Path, chosen: Chosen, expected: str) -> dict[str, Any]:
    """Take the choice, or ask for it; the fields of `review --json`."""
    from successor.cli.asking import ask
    from successor.director import review as reviewed
    from successor.errors import UsageError
    from successor.lab import open_lab
    from successor.showing.proposal import fields, packet_of

    with open_lab(folder, to_write=False) as lab:
        ledger = lab.parts.ledger
        proposal = ledger.waiting()
        if proposal is None or proposal.candidate.id != expected:
            raise UsageError(f"{folder}: meanwhile another process decided; look again")
        packet = packet_of(ledger, proposal)
        if chosen.choice is None:
            decided = ask(lab) is not None
        else:
            reviewed(lab, chosen.choice, chosen.reason, signed=chosen.signed)
            decided = ledger.waiting() is None
        made = [each for each in ledger.decisions() if each.candidate == expected][-1]
        told = {"by": made.by, "reason": made.reason} if decided else None
        return _fields(fields(packet), made.outcome if decided else "waiting", ledger, told)


def _fields(
    packet: dict[str, Any], decision: str | None, ledger: Ledger, told: dict[str, str] | None = None
) -> dict[str, Any]:
    from successor.showing.acts import open_acts_of

    made = told or {"by": None, "reason": None}
    acts = [each.fields() for each in open_acts_of(ledger)]
    told_now = {"signatures": acts, "decision": decision, **made}
    return {**packet, **told_now, "ledger_head": ledger.head.root}


def _more_signatures(folder: Path, what: str) -> str:
    """How many more people have to sign, and how."""
    from successor.lab import record_of
    from successor.ledger import Ledger
    from successor.oversight import promotion_tally

    with Ledger.read(record_of(folder)) as ledger:
        found = promotion_tally(ledger)
        lacks = found.lacks if found else ""
    return plain(f"So far {lacks}: successor review {quote(what)} --accept --key NAME")


def _said(found: dict[str, Any], what: str) -> str:
    name, typed = str(found["candidate"])[:8], quote(what)
    told = {
        "promoted": f"{name} is in charge. Go on with: successor improve {typed}",
        "waiting": f"{name} goes on waiting. Decide with: successor review {typed}",
    }
    on = f"{name} was {found['decision']}: {found['reason']}. Go on with: successor improve {typed}"
    return plain(told.get(str(found["decision"]), on))
