"""Verbs that read the record and change nothing: `status`, `lineage`, `audit`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from successor.cli.options import JSON, LAB, echo_json, option, plain


@click.command(
    short_help="What a lab has come to.",
    help="""\b
    Examples:
      successor status examples/adder
      successor status examples/adder --json

    What the lab in folder LAB has come to, also while it runs, and what waits for people to sign
    it: who has, and how many more must.
    """,
)
@LAB
@JSON
def status(lab: Path, *, json: bool) -> None:
    """See the help above."""
    from successor.cli.record_views import status_of, told_status

    found = status_of(lab)
    echo_json(found) if json else click.echo(told_status(found, lab))


@click.command(
    short_help="The line of versions that led to the incumbent.",
    help="""\b
    Examples:
      successor lineage examples/adder
      successor lineage examples/adder --json

    The versions that were in charge of the lab in folder LAB, from the first to the incumbent, and
    what rollbacks took out of charge, by whom and why.
    With --json also all generations that are over, as improve --json prints them.
    """,
)
@LAB
@JSON
def lineage(lab: Path, *, json: bool) -> None:
    """See the help above."""
    from successor.cli.record_views import lineage_of, show_lineage

    if json:
        echo_json(lineage_of(lab))
    else:
        show_lineage(lab)


@click.command(
    short_help="Verify every event and object on record.",
    help="""\b
    Examples:
      successor audit examples/adder
      successor audit examples/adder --witness /mnt/elsewhere/heads --json
      successor audit examples/adder --witness git:ssh://elsewhere/heads.git

    Verify every event on the record of the lab in folder LAB, every object in its store, also
    those that no event names, and every signature that its charter asks for, with the reason in
    it; that every version that took over was judged better first and passes the rules of the
    policy; that nothing was done between a pause and its lift, and that no policy promoted alone
    after a tripwire. Of a witness every signed head has to be signed by one of the people or
    machines of a charter on record. Exits with 4 and names the first that is not what it was when
    it was written, or not as people signed, or that no rule allows, or was done while the lab was
    paused. Bytes of record.sqlite that hold nothing, such as the room between its rows, are not
    looked at.
    """,
)
@LAB
@option(
    "--witness",
    multiple=True,
    metavar="PLACE",
    help="Hold it against the heads in this file, or git:REPOSITORY; may be given several times.",
)
@JSON
def audit(lab: Path, *, witness: tuple[str, ...], json: bool) -> int:
    """See the help above."""
    from successor.errors import RecordError
    from successor.lab import record_of
    from successor.ledger import Ledger
    from successor.ledger import audit as audit_record
    from successor.ledger.disk import not_verified
    from successor.oversight import (
        Testimony,
        adopted,
        lawfulness,
        require_known,
        required_witness,
        witnesses_of,
    )

    record = record_of(lab)
    report = audit_record(record)
    lawful, law, problem, said = None, None, report.problem, list[Testimony]()
    against = ""
    if problem is None:
        with Ledger.read(record) as ledger:
            lawful = lawfulness(ledger)
            problem = lawful.problem
            law = adopted(ledger) if problem is None else None
            for each in witness:
                try:
                    said.append(require_known(ledger, required_witness(each)))
                except RecordError as error:
                    against = against or str(error)
    failed, problem = problem, problem or against or None
    seen, vouched = sum(each.heads for each in said), Counter[str]()
    for each in said:
        vouched.update(each.signed)
    found: dict[str, Any] = {
        "verified": problem is None,
        "events": report.events,
        "objects": report.objects,
        "charters": lawful.charters if lawful else None,
        "signed_promotions": lawful.signed if lawful else None,
        "signed_rollbacks": lawful.rollbacks if lawful else None,
        "witnesses": [str(each) for each in witnesses_of(lab, law.charter.rules if law else None)],
        "witnessed": seen if witness else None,
        "signed_heads": dict(vouched) if witness else None,
        "pauses": [*lawful.pauses] if lawful else None,
        "ledger_head": report.head.root,
        "problem": problem,
    }
    if json:
        echo_json(found)
    if failed is not None:
        raise not_verified(record, failed)
    if problem is not None:
        raise RecordError(f"{lab}: the record verifies in itself, but not by a witness: {problem}")
    if not json:
        click.echo(plain("\n".join(_audited(found, lab))))
    return 0


def _audited(found: dict[str, Any], lab: Path) -> Iterator[str]:
    """What an audit found that all is well with, in lines for people."""
    from shlex import quote

    from successor.insight.report.html import counted

    yield f"{counted(found['events'], 'event')} and {counted(found['objects'], 'object')} verify."
    if found["charters"]:
        charters = counted(found["charters"], "charter")
        signed = f"{charters} and {counted(found['signed_promotions'], 'promotion')}"
        if found["signed_rollbacks"]:
            signed += f", and {counted(found['signed_rollbacks'], 'rollback')},"
        yield f"{signed} are signed as they have to be."
    if found["witnessed"] is not None:
        by = ", ".join(f"{name} {count}" for name, count in found["signed_heads"].items())
        vouch = f"signed by: {by}" if by else "none of them signed by the lab's keys"
        yield f"It goes on from {counted(found['witnessed'], 'head')} that witnesses have; {vouch}."
    elif places := found["witnesses"]:
        told = f"its witness{'es' if places[1:] else ''}"
        how = " ".join(f"--witness {quote(each)}" for each in places)
        yield f"Not held against {told}; do so with: successor audit {quote(str(lab))} {how}"
    for pause in found["pauses"]:
        yield f"Paused, and nothing was done in between: {pause}"
    yield f"Head: {found['ledger_head']}"
