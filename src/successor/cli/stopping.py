"""`successor stop`, `resume` and `alive`: people pause a lab, let it go on, look after it."""

from __future__ import annotations

from pathlib import Path
from shlex import quote

import click

from successor.cli.options import JSON, LAB, Line, echo_json, option, plain
from successor.cli.signers import Signing, signed_by, signing_options, written_out
from successor.errors import EXIT_NEEDS_HUMAN


@click.command(
    short_help="Pause a lab: nothing is done until a person lifts it.",
    help="""\b
    Examples:
      successor stop examples/adder
      successor stop examples/adder --reason "it trades" --until "the audit is done"

    Stop whatever improves the lab LAB, within a second, with every process that came of it, and
    let nothing begin until a person lifts it with successor resume: no run, no review, no
    rollback, no --fresh. So does a file STOP in the lab's folder, by whoever, and SIGUSR1 to a
    run. It needs no key. A run of yours that does not heed the command for two seconds is killed,
    with all that came of it. Of a lab that is paused already, the reason is kept beside the first
    one.
    """,
)
@LAB
@option("--reason", type=Line(), default="not said", metavar="TEXT", help="Why, for the record.")
@option(
    "--until",
    type=Line(),
    metavar="CONDITION",
    help="What has to be so before it is lifted, for whoever does.",
)
@JSON
def stop(lab: Path, *, reason: str, until: str | None, json: bool) -> None:
    """See the help above."""
    from dataclasses import asdict

    from successor.cli.session import lift_with
    from successor.ledger import told_pause
    from successor.pausing import stop as stopped

    found = stopped(lab, reason, until or "")
    if json:
        told = {"seconds": round(found.seconds, 3), "killed": bool(found.killed)}
        echo_json({**asdict(found.pause), "recorded": found.recorded, **told})
        return
    if found.killed:
        who = " and ".join(map(str, found.killed))
        click.echo(f"The run did not heed it and was killed (process {who}).", err=True)
    where = "on record" if found.recorded else "nothing is on record yet"
    click.echo(plain(f"The lab is {told_pause(found.pause)}; {where}."))
    click.echo(lift_with(lab), err=True)


@click.command(
    short_help="Lift the pause of a lab, or raise a stage that a tripwire lowered.",
    help="""\b
    Examples:
      successor resume examples/adder --reason "a false alarm"
      successor resume examples/adder --reason "the audit is done" --key ada

    Lift the pause of the lab LAB, and take STOP out of its folder. Where a policy.toml in force
    names people, one of them has to sign it. Nothing runs by that: improve it again.

    Of a lab that is not paused, raise the stage again that a tripwire lowered to 3, after which
    the policy decides as before. Where people are named, as many of them have to sign that as a
    change of the charter takes; until then it exits with 3. What is signed says the reason.
    """,
)
@LAB
@option("--reason", type=Line(), metavar="TEXT", help="Why, for the record.")
@signing_options
@JSON
def resume(lab: Path, *, reason: str | None, signing: Signing, json: bool) -> int:
    """See the help above."""
    from successor.director import NOT_SAID, raising, restore
    from successor.errors import UsageError
    from successor.lab import open_lab, record_of
    from successor.ledger import Ledger
    from successor.pausing import lifting
    from successor.pausing import resume as lifted
    from successor.signing import Envelope

    if reason is None and signing.envelope is None:
        raise UsageError("why? Give --reason TEXT, for the record")
    signed = signed_by(signing)
    told = reason or (isinstance(signed, Envelope) and signed.statement.reason) or NOT_SAID
    if signing.out is not None:
        with Ledger.read(record_of(lab)) as ledger:
            statement = lifting(ledger) or raising(ledger)
        written_out(signing, signed, statement and statement.because(told))
        return EXIT_NEEDS_HUMAN
    if raised := _is_lowered(lab):
        with open_lab(lab, to_write=False) as opened:
            who = restore(opened, told, signed)
    else:
        who = lifted(lab, told, signed)
    if json:
        echo_json({"lifted_by": who, "reason": told})
    else:
        done = "The stage is raised again" if raised else "Lifted"
        click.echo(plain(f"{done} by {who}. Go on with: successor improve {quote(str(lab))}"))
    return 0


def _is_lowered(lab: Path) -> bool:
    """Whether nothing but a tripwire holds a lab up."""
    from successor.lab import record_of
    from successor.ledger import Ledger
    from successor.oversight import stopfile

    record = record_of(lab)
    if stopfile.asked(record) is not None or not (record / "record.sqlite").is_file():
        return False
    with Ledger.read(record) as ledger:
        return ledger.paused is None and ledger.tripped is not None


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
