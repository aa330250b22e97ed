"""`successor head`: what stands for the whole record, for somebody who keeps it elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from successor.cli.options import JSON, LAB, echo_json, option
from successor.cli.signers import Signing, key_options, key_signer


@click.command(
    short_help="What stands for a lab's whole record.",
    help="""\b
    Examples:
      successor head examples/adder
      successor head examples/adder --to /mnt/elsewhere/heads --key ada
      successor head examples/adder --since 120 --json

    Print how many events the record of the lab LAB has, and the root of the tree over them. Who
    keeps these two can tell later whether the past was changed: successor audit LAB --witness.
    With --key they are signed; --since proves that the record goes on from its first N events
    (RFC 9162, section 2.1.4).
    """,
)
@LAB
@option(
    "--to",
    metavar="PLACE",
    help="Add it to this witness: a file elsewhere, or git:REPOSITORY.",
)
@option("--since", type=click.IntRange(min=1), metavar="N", help="Prove it from N events on.")
@key_options
@JSON
def head(lab: Path, *, to: str | None, since: int | None, signing: Signing, json: bool) -> None:
    """See the help above."""
    from successor.errors import UsageError
    from successor.lab import record_of
    from successor.ledger import Ledger
    from successor.oversight import head_of, tell, witness_at

    signed = key_signer(signing)
    with Ledger.read(record_of(lab)) as ledger:
        found = head_of(ledger, signed)
        if since is not None and since > found.size:
            raise UsageError(f"{lab}: the record has {found.size} events, fewer than {since}")
        proof = [each.hex() for each in ledger.consistency_proof(since)] if since else None
    if to is not None:
        tell(witness_at(to, Path()), found)
    told: dict[str, Any] = {
        "record": found.record,
        "events": found.size,
        "ledger_head": found.root,
        "signed": found.signed.to_json().decode() if found.signed else None,
        "since": since,
        "proof": proof,
    }
    if json:
        echo_json(told)
        return
    click.echo(f"{found.size} events, head {found.root}")
    for each in proof or []:
        click.echo(f"proof   {each}")
    if found.signed:
        click.echo(told["signed"])
    if to is not None:
        click.echo(f"Told {to}.", err=True)
