"""`successor stop`, `resume` and `alive`: people pause a lab, let it go on, look after it."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

import click

from successor.cli.options import JSON, LAB, Said, echo_json, option, plain
from successor.cli.signers import Signing, signed_by, signing_options, written_out

EXIT_NEEDS_HUMAN = 3


@click.command(
    short_help="Pause a lab: nothing is done until a person lifts it.",
    help="""\b
    Examples:
      successor stop examples/adder
      successor stop examples/adder --reason "it trades" --until "the audit is done"

    Stop whatever improves the lab LAB, within a second, with every process that came of it, and
    let nothing begin until a person lifts it with successor resume: no run, no review, no
    rollback, no --fresh. So does a file STOP in the lab's folder, by whoever, and SIGUSR1 to a
    run. It needs no key.
    """,
)
@LAB
@option("--reason", type=Said(), default="not said", metavar="TEXT", help="Why, for the record.")
@option(
    "--until",
    type=Said(),
    metavar="CONDITION",
    help="What has to be so before it is lifted, for whoever does.",
)
@JSON
def stop(lab: Path, *, reason: str, until: str | None, json: bool) -> None:
    """See the help above."""
    from dataclasses import asdict

    from successor.ledger import told_pause
    from successor.pausing import stop as stopped

    found = stopped(lab, reason, until or "")
    if json:
        echo_json(
            {**asdict(found.pause), "recorded": found.recorded, "seconds": round(found.seconds, 3)}
        )
        return
    where = "on record" if found.recorded else "on record as soon as there is one"
    click.echo(plain(f"The lab is {told_pause(found.pause)}; {where}."))
    click.echo(f"Lift it with: successor resume {quote(str(lab))} --reason TEXT", err=True)


@click.command(
    short_help="Lift the pause of a lab.",
    help="""\b
    Examples:
      successor resume examples/adder --reason "a false alarm"
      successor resume examples/adder --reason "the audit is done" --key ada

    Lift the pause of the lab LAB, and take STOP out of its folder. Where a policy.toml in force
    names people, one of them has to sign it. Nothing runs by that: improve it again.
    """,
)
@LAB
@option("--reason", type=Said(), required=True, metavar="TEXT", help="Why, for the record.")
@signing_options
@JSON
def resume(lab: Path, *, reason: str, signing: Signing, json: bool) -> int:
    """See the help above."""
    from successor.lab import record_of
    from successor.ledger import Ledger
    from successor.pausing import lifting
    from successor.pausing import resume as lifted

    signed = signed_by(signing)
    if signing.out is not None:
        with Ledger.read(record_of(lab)) as ledger:
            written_out(signing, signed, lifting(ledger))
        return EXIT_NEEDS_HUMAN
    who = lifted(lab, reason, signed)
    if json:
        echo_json({"lifted_by": who, "reason": reason})
    else:
        click.echo(plain(f"Lifted by {who}. Go on with: successor improve {quote(str(lab))}"))
    return 0


@click.command(
    short_help="Show that somebody looks after a lab.",
    help="""\b
    Examples:
      successor alive examples/adder

    Give a sign of life to the lab LAB, also while it runs. A lab with dead_man = "24h" in its
    policy.toml pauses when nobody did for so long; a review or a signature is one as well.
    """,
)
@LAB
@JSON
def alive(lab: Path, *, json: bool) -> None:
    """See the help above."""
    from successor.pausing import alive as shown

    who = shown(lab)
    echo_json({"by": who}) if json else click.echo(plain(f"A sign of life of {who}."))
