"""`successor keys`: the keys with which people sign."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from successor.cli.options import JSON, Text, echo_json, option

if TYPE_CHECKING:
    from successor.signing import PublicKey


@click.group(
    short_help="The keys with which people sign.",
    help="""\b
    Examples:
      successor keys new ada
      successor keys list

    Ed25519 keys, as ssh-keygen makes them too. They are kept in successor/keys in the user's
    configuration, never in a lab. Whose keys count in a lab, its policy.toml says.
    """,
)
def keys() -> None:
    """Its verbs are below."""


@keys.command(
    short_help="Make a key.",
    help="""\b
    Examples:
      successor keys new ada
      successor keys new ada --passphrase-file secret.txt --json
      successor keys new robot --no-passphrase

    Make a key called NAME, and ask for the passphrase that will protect it.
    """,
)
@click.argument("name", type=Text())
@option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Its first line is the passphrase.",
)
@option("--no-passphrase", is_flag=True, help="Whoever can read the file can sign with it.")
@JSON
def new(name: str, *, passphrase_file: Path | None, no_passphrase: bool, json: bool) -> None:
    """See the help above."""
    from successor.errors import UsageError
    from successor.signing import create, folder

    if no_passphrase and passphrase_file:
        raise UsageError("--no-passphrase or --passphrase-file: which of the two?")
    secret = None
    if passphrase_file is not None:
        secret = "".join(passphrase_file.read_text("utf-8").splitlines()[:1])
        if not secret:
            raise UsageError(f"{passphrase_file}: its first line is empty; or give --no-passphrase")
    elif not no_passphrase:
        if not sys.stdin.isatty():
            raise UsageError("give --passphrase-file FILE, or --no-passphrase")
        secret = str(
            click.prompt("Passphrase", hide_input=True, confirmation_prompt=True, err=True)
        )
    made = create(name, secret)
    if json:
        echo_json(_fields(name, made))
    else:
        click.echo(made.line)
        click.echo(f"It is kept in {folder() / name}. Name it in policy.toml: key = ...", err=True)


@keys.command(
    "list",
    short_help="The keys that are here.",
    help="""\b
    Examples:
      successor keys list
      successor keys list ada --pem
      successor keys list --json

    The public halves of the keys that are kept here: all, or those called NAME. With --pem in
    the form that other tools read, such as those that verify what `successor attest` signs.
    """,
)
@click.argument("names", type=Text(), metavar="[NAME]...", nargs=-1)
@option("--pem", is_flag=True, help="As PEM, for other tools.")
@JSON
def list_(names: tuple[str, ...], *, pem: bool, json: bool) -> None:
    """See the help above."""
    from successor.errors import UsageError
    from successor.signing import folder, public_keys

    found = public_keys()
    for name in names:
        if name not in found:
            raise UsageError(f"{name!r}: no such key in {folder()}")
    found = {name: key for name, key in found.items() if not names or name in names}
    if json:
        echo_json({"keys": [_fields(name, key) for name, key in found.items()]})
        return
    for name, key in found.items():
        click.echo(key.pem.rstrip() if pem else f"{name:<16}{key.line}")
    if not found:
        click.echo("There is no key. Make one: successor keys new NAME", err=True)


def _fields(name: str, key: PublicKey) -> dict[str, str]:
    return {"name": name, "key": key.line, "fingerprint": key.fingerprint, "pem": key.pem}
