"""`successor policy`: who the people of a lab are, what is in force, and how that changes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from successor.cli.options import JSON, LAB, Text, echo_json, option, plain
from successor.cli.signers import Signing, signed_by, signing_options, written_out
from successor.errors import EXIT_NEEDS_HUMAN

if TYPE_CHECKING:
    from successor.director import Standing
    from successor.oversight import Explanation, Rules


@click.group(
    short_help="Who must sign what in a lab.",
    help="""\b
    Examples:
      successor policy init examples/adder ada bob
      successor policy check examples/adder
      successor policy sign examples/adder --key ada
      successor policy explain examples/adder

    A lab's policy.toml names its people and what they must sign. It comes into force, with the
    judge's settings and the base cases, when so many of them have signed it. From then on a run
    may be stricter than that, never looser, until people have signed again.
    """,
)
def policy() -> None:
    """Its verbs are below."""


@policy.command(
    short_help="Write a policy.toml.",
    help="""\b
    Examples:
      successor policy init examples/adder ada bob
      successor policy init examples/adder ada bob --stage 3

    Write a policy.toml in the lab LAB, in which the NAMES, keys of successor keys list, are its
    people. It is in force once they have signed it.
    """,
)
@LAB
@click.argument("names", type=Text(), nargs=-1, required=True)
@option("--stage", type=click.IntRange(1, 4), default=3, help="The highest stage to run at.")
def init(lab: Path, names: tuple[str, ...], *, stage: int) -> None:
    """See the help above."""
    from successor import policyfile
    from successor.errors import UsageError
    from successor.files import write_atomically
    from successor.labfile import require_folder
    from successor.signing import public_keys

    require_folder(lab)
    path, known = lab / policyfile.FILE_NAME, public_keys()
    if path.exists():
        raise UsageError(f"{path} is there already: edit it")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageError(f"{unknown[0]!r}: no such key here; make one: successor keys new NAME")
    lines = [
        f"stage = {stage}  # the highest stage at which this lab may run",
        "",
        "[signatures]",
        "promotion = 1  # people who must sign a promotion, below stage 4",
        f"change = {min(2, len(names))}  # people who must sign what loosens these rules",
    ]
    for name in names:
        lines += ["", "[[people]]", f'name = "{name}"', f'key = "{known[name].line}"']
    text = "\n".join([*lines, ""])
    policyfile.parse(text)
    write_atomically(path, text.encode(), path.with_name(f".{path.name}.incoming"))
    click.echo(f"Wrote {path}. Sign it: successor policy sign {lab} --key {names[0]}", err=True)


@policy.command(
    short_help="Whether policy.toml is right, and in force.",
    help="""\b
    Examples:
      successor policy check examples/adder
      successor policy check examples/adder --json

    Read the policy.toml of the lab LAB and say what is in force, what would change, who has
    signed it and how many more must. Exits with 3 as long as people have to sign, and when the
    policy.toml or the record that it was in force in is gone.
    """,
)
@LAB
@JSON
def check(lab: Path, *, json: bool) -> int:
    """See the help above."""
    from successor.director import standing_of

    return _tell(standing_of(lab), lab, as_json=json)


@policy.command(
    short_help="Sign what a lab's files say.",
    help="""\b
    Examples:
      successor policy sign examples/adder --key ada
      successor policy sign examples/adder --key bob --agent
      successor policy sign examples/adder --key bob --out from-bob.json
      successor policy sign examples/adder --envelope from-bob.json

    Sign the policy.toml of the lab LAB, with its judge's settings and its base cases, exactly as
    they are now; all of it is shown first. Once enough people have, it is in force. Exits with 0
    when the signature was taken, also if more people have to sign.
    """,
)
@LAB
@signing_options
@JSON
def sign(lab: Path, *, signing: Signing, json: bool) -> int:
    """See the help above."""
    from successor.director import sign_charter, standing_of
    from successor.errors import UsageError
    from successor.lab import open_lab
    from successor.showing.charter import to_sign
    from successor.signing import Envelope, public_keys

    if signing.key is None and signing.envelope is None:
        signed_by(signing)  # of other options the mistake is told first
        raise UsageError("who signs? Give --key NAME, or --envelope FILE")
    found = standing_of(lab)
    due = found.statement is not None or (found.changes and signing.out is None)
    known = signing.agent or signing.envelope or signing.key in public_keys()
    if found.now is not None and due and known and not json:
        click.echo(plain("\n".join(to_sign(found.now, found.changes))), err=True)
    signed = signed_by(signing)
    if signing.out is not None:
        written_out(signing, signed, found.statement)
    elif signed is not None:
        before = found.signed
        with open_lab(lab, to_write=False) as opened:
            found = sign_charter(opened, signed)
        if found.missing and found.signed == before:
            who = "Who signed that" if isinstance(signed, Envelope) else signed[0].comment
            click.echo(plain(f"{who} has signed it already; nobody counts twice."), err=True)
    _tell(found, lab, as_json=json)
    return 0


@policy.command(
    short_help="Which rule decided on a candidate.",
    help="""\b
    Examples:
      successor policy explain examples/adder
      successor policy explain examples/adder 9c41
      successor policy explain examples/adder 9c41 --json

    Say what every rule makes of the candidate CANDIDATE of the lab LAB, the last one that was
    judged or decided on when none is named, in the order in which they are asked, and which of them
    decided. All are asked anew, by the code that decides, of the record as it was then. Exits with
    1 when the record says otherwise.
    """,
)
@LAB
@click.argument("candidate", type=Text(), required=False)
@JSON
def explain(lab: Path, candidate: str | None, *, json: bool) -> int:
    """See the help above."""
    from successor.insight.visible import visible
    from successor.lab import record_of
    from successor.ledger import Ledger
    from successor.oversight import explain as explained

    with Ledger.read(record_of(lab)) as ledger:
        found = explained(ledger, candidate)
    if json:
        echo_json(_explanation(found))
    else:
        click.echo("\n".join(map(visible, _explained(found))))
    return 0 if found.agrees else 1


def _explanation(found: Explanation) -> dict[str, Any]:
    return {
        "candidate": found.candidate.id,
        "rules": [
            {"rule": each.rule, "standing": found.standing(each), "told": each.told}
            for each in found.rulings
        ],
        "decided_by": found.decided_by,
        "outcome": found.decision.outcome,
        "reason": found.decision.reason,
        "by": found.decision.by,
        "on_record": found.on_record.outcome if found.on_record else None,
        "agrees": found.agrees,
        "revoked": _taken_back(found) or None,
    }


def _explained(found: Explanation) -> list[str]:
    made, recorded = found.decision, found.on_record
    lines = [f"Candidate    {found.candidate.id[:8]} by {found.candidate.author}"]
    lines += [f"{found.standing(row):<12} {row.rule:<12} {row.told}" for row in found.rulings]
    lines.append(f"Outcome      {made.outcome}, decided by the rule {found.decided_by}")
    if recorded is None:
        return [*lines, "On record    nothing is decided yet"]
    same = "" if found.agrees else ", which is not what the rules say"
    lines.append(f"On record    {recorded.outcome} by {recorded.by}{same}")
    back = _taken_back(found)
    return [*lines, f"Since then   {back}: nobody builds on it"] if back else lines


def _taken_back(found: Explanation) -> str:
    if (back := found.taken_back) is None:
        return ""
    return f"revoked by the rollback of {back.event.by} ({back.event.reason}), event {back.seq}"


def _tell(found: Standing, lab: Path, *, as_json: bool) -> int:
    if as_json:
        echo_json(_fields(found))
    else:
        click.echo(plain("\n".join(_lines(found, lab))))
    return EXIT_NEEDS_HUMAN if found.changes else 0


def _fields(found: Standing) -> dict[str, Any]:
    in_force, now = found.in_force, found.now
    return {
        "in_force": in_force.content() if in_force else None,
        "asked": now.content() if now else None,
        "changes": found.changes or None,
        "signed": [key.comment for key in found.signed],
        "missing": found.missing,
    }


def _without_record(lab: Path, rules: Rules) -> str:
    """What is known of a record that is not there; nothing where there is one."""
    from successor.insight.report.html import counted
    from successor.lab import RECORD, record_of
    from successor.oversight import heads_in, witnesses_of

    if (record_of(lab) / "record.sqlite").is_file():
        return ""
    known = ((each, heads_in(each)) for each in witnesses_of(lab, rules))
    seen = [
        f"{each} has seen {counted(len(heads), 'head')} of some" for each, heads in known if heads
    ]
    seen += [f"an earlier one is in {path}" for path in sorted(lab.glob(f"{RECORD}-*"))]
    hints = f" ({'; '.join(seen)})" if seen else ""
    return f"Nothing is on record in {lab}: nobody has signed yet, or the record is lost{hints}."


def _lines(found: Standing, lab: Path) -> list[str]:
    from successor.insight.visible import visible

    if found.now is None and found.in_force is None:
        return [f"{lab} has no policy.toml: nobody has to sign anything."]
    if found.now is None:
        told = (
            "is gone, and the one that people signed is in force: put it back; nothing runs before"
        )
        return [f"{lab / 'policy.toml'} {told}."]
    told = ["In force." if not found.changes else f"People have to sign: {visible(found.changes)}."]
    if missing := _without_record(lab, found.now.rules):
        told.append(missing)
    if not found.changes and found.statement is not None:
        told.append("It is not looser than what people signed, and holds unsigned.")
    if found.changes:
        names = ", ".join(key.comment for key in found.signed) or "nobody"
        told.append(f"Signed by {names}; {found.missing} more must.")
        if found.missing:
            told.append(f"Sign it: successor policy sign {lab} --key NAME")
    from successor.showing.charter import listed

    rules = found.now.rules
    if rules.thresholds:
        told.append(f"Thresholds: {listed(rules.thresholds)}.")
    if rules.people:
        told.append(f"People: {', '.join(each.name for each in rules.people)}.")
        told.append(
            f"A promotion below stage 4 needs {rules.promotion} of them, a change {rules.change}."
        )
        if rules.change < 2:
            told.append("With change = 1, somebody alone can change what holds them.")
    return told
