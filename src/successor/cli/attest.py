"""`successor attest`: a promotion for supply-chain tools, for git and for a pull request."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from successor.cli.options import JSON, LAB, Text, echo_json, option
from successor.cli.signers import Signing, key_options, key_signer

if TYPE_CHECKING:
    from successor.attesting import Promotion

_FORMS = ("envelope", "unsigned", "trailers", "pull_request")


@click.command(
    short_help="Attest a promotion, for supply-chain tools.",
    help="""\b
    Examples:
      successor attest examples/adder --key ada --out adder.intoto.json
      successor attest examples/adder 9c41 --unsigned
      git commit -m "Faster" -m "$(successor attest examples/adder --trailers)"
      successor attest examples/adder --pull-request --out body.md

    Attest that a version of the lab LAB was proved better and took over: an in-toto statement
    with SLSA provenance over the version's files, in a signed DSSE envelope. The incumbent when
    no VERSION is named, or one by the beginning of its id. The record is audited first and not
    changed; a paused lab may be attested.

    With --trailers the same in short, as git trailers, and with --pull-request as Markdown, in
    which nothing that an author wrote is more than text. Neither is signed.

    Refuses a version that was never promoted, the first of a line, and one that was rolled
    back. Exits with 4 when the record does not verify.
    """,
)
@LAB
@click.argument("version", type=Text(), required=False)
@key_options
@option("--unsigned", is_flag=True, help="Print the statement that would be signed.")
@option("--trailers", is_flag=True, help="Print git trailers instead.")
@option("--pull-request", is_flag=True, help="Print the body of a pull request instead.")
@option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it here instead of printing it.",
)
@JSON
def attest(
    lab: Path,
    version: str | None,
    *,
    signing: Signing,
    json: bool,
    **forms: bool,
) -> None:
    """See the help above."""
    from successor.attesting import promotion_of
    from successor.files import write_atomically

    form = _form(signing, forms)
    promotion = promotion_of(lab, version)
    _warn_of_strangers(promotion, signing)
    made = _made(form, promotion, signing, lab)
    text = "\n".join(made) if isinstance(made, list) else made
    if (out := signing.out) is not None:  # the options of whoever signs have one of that name
        path = out.absolute()
        write_atomically(path, f"{text}\n".encode(), path.with_name(f".{path.name}.incoming"))
        click.echo(f"Wrote {out}.", err=True)
    if json:
        echo_json(_fields(promotion, form, made))
    elif out is None:
        click.echo(text)


def _warn_of_strangers(promotion: Promotion, signing: Signing) -> None:
    """Say that somebody signs whom the lab's policy does not name."""
    from successor.cli.options import plain
    from successor.oversight import adopted
    from successor.signing import public_keys

    law = adopted(promotion.then)
    people = law.charter.rules.people if law else ()
    key = public_keys().get(signing.key or "")
    if people and key and key not in {each.public for each in people}:
        names = ", ".join(each.name for each in people)
        told = f"the key {signing.key!r} is none of this lab's people: {names}"
        click.echo(plain(f"Warning: {told}; who verifies it may ask for one of theirs."), err=True)


def _form(signing: Signing, asked: dict[str, bool]) -> str:
    """The one thing that is asked for: "envelope", or what an option names."""
    from successor.errors import UsageError

    told = [f"--{name.replace('_', '-')}" for name, wanted in asked.items() if wanted]
    if len(told) > 1:
        raise UsageError(f"{' and '.join(told)}: which of them?")
    if told and signing.key:
        raise UsageError(f"--key signs an attestation: leave it out, or {told[0]}")
    if not told and not signing.key:
        raise UsageError(
            "an attestation is signed: give --key NAME, of `successor keys list`; "
            "--unsigned prints the statement that would be signed"
        )
    return next((name for name, wanted in asked.items() if wanted), "envelope")


def _made(form: str, promotion: Promotion, signing: Signing, lab: Path) -> str | list[str]:
    from successor.attesting import statement_of
    from successor.cli.pull_request import body_of, trailers_of
    from successor.signing import sealed

    if form == "trailers":
        return trailers_of(promotion)
    if form == "pull_request":
        return body_of(promotion, lab)
    statement, signer = statement_of(promotion), key_signer(signing)
    return (sealed(statement, signer).to_json() if signer else statement.body).decode()


def _fields(promotion: Promotion, form: str, made: str | list[str]) -> dict[str, Any]:
    """What `--json` tells."""
    return {
        "version": promotion.version.id,
        "parent": promotion.parent.id,
        "evidence": promotion.evidence,
        "record": promotion.then.identity,
        "events": promotion.then.head.size,
        "ledger_head": promotion.then.head.root,
        **{name: made if name == form else None for name in _FORMS},
    }
