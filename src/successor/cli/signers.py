"""The options by which somebody signs, and what they mean."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from successor.cli.options import Text, option

if TYPE_CHECKING:
    from successor.ledger import Ledger
    from successor.signing import Envelope, PublicKey, Sign, Statement

T = TypeVar("T")
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_KEY = (
    option(
        "--key",
        type=Text(),
        metavar="NAME",
        help="Sign with this key of `successor keys list`.",
    ),
    option("--agent", is_flag=True, help="Let the ssh agent sign, which holds the key."),
    option("--passphrase-file", type=_FILE, help="Its first line is the key's passphrase."),
)
_ELSEWHERE = (
    option("--envelope", type=_FILE, help="A signature that was made elsewhere."),
    option(
        "--out",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Sign, and write the envelope here instead of handing it in.",
    ),
)


@dataclass(frozen=True)
class Signing:
    """What the options say about who signs."""

    key: str | None
    agent: bool
    passphrase_file: Path | None
    envelope: Path | None
    out: Path | None


def signing_options(command: Callable[..., T]) -> Callable[..., T]:
    """Add the options by which somebody signs; the command gets them as `signing`."""
    return _offered(command, (*_KEY, *_ELSEWHERE))


def key_options(command: Callable[..., T]) -> Callable[..., T]:
    """The same where nothing is handed in: what is signed is what the command prints."""
    return _offered(command, _KEY)


def _offered(
    command: Callable[..., T], options: Sequence[Callable[[Callable[..., T]], Callable[..., T]]]
) -> Callable[..., T]:
    @wraps(command)
    def told(
        *arguments: object,
        key: str | None,
        agent: bool,
        passphrase_file: Path | None,
        envelope: Path | None = None,
        out: Path | None = None,
        **others: object,
    ) -> T:
        signing = Signing(key, agent, passphrase_file, envelope, out)
        return command(*arguments, signing=signing, **others)

    offered: Callable[..., T] = told
    for each in reversed(options):
        offered = each(offered)
    return offered


def key_hint(ledger: Ledger) -> str:
    """What a command that is recommended needs where people sign."""
    from successor.oversight import adopted

    law = adopted(ledger)
    return " --key NAME" if law and law.charter.rules.people else ""


def told_acts(acts: Sequence[Mapping[str, Any]], typed: str) -> Iterator[str]:
    """What waits for signatures, a line each, with how to give one.

    Args:
        acts: as `Tally.fields` has them.
        typed: the lab, as somebody types it.
    """
    for each in acts:
        how = {
            "promotion": f"review {typed} --accept",
            "rollback": f"rollback {typed} --to {str(each['version'])[:12]}",
            "raise": f"resume {typed} --reason TEXT",
            "lift": f"resume {typed} --reason TEXT",
            "charter": f"policy sign {typed}",
        }[each["act"]]
        yield f"{each['told']}: successor {how} --key NAME"


def signed_by(told: Signing) -> Sign | Envelope | None:
    """Who signs, as the options say; None when nobody does.

    Raises:
        UsageError: when they contradict one another, or the key cannot be used.
    """
    from successor.errors import UsageError
    from successor.signing import Envelope

    if told.envelope is None:
        return key_signer(told)
    if told.key or told.agent or told.passphrase_file:
        raise UsageError("--envelope is signed already: leave out --key and what belongs to it")
    return Envelope.from_json(told.envelope.read_bytes())


def key_signer(told: Signing) -> Sign | None:
    """Who signs with a key, as the options say; None when nobody does.

    Raises:
        UsageError: when they contradict one another, or the key cannot be used.
    """
    from successor.errors import UsageError
    from successor.signing import agent_signer, signer
    from successor.signing.keys import is_locked

    key = told.key
    if key is None:
        if told.agent or told.passphrase_file:
            raise UsageError("--agent and --passphrase-file say how to sign: give --key NAME too")
        return None
    if told.agent:
        return agent_signer(key)
    passphrase = _first_line(told.passphrase_file) if told.passphrase_file else None
    if passphrase is None and is_locked(key):
        passphrase = _asked(key)
    return signer(key, passphrase)


def written_out(told: Signing, signed: Sign | Envelope | None, statement: Statement | None) -> None:
    """Sign a statement for `--out`: who has a copy of the lab signs it there, and sends the file.

    Raises:
        UsageError: when nobody signs, or there is nothing to sign.
        OSError: when it cannot be written.
    """
    from successor.errors import UsageError
    from successor.files import write_atomically
    from successor.signing import Envelope, sealed

    if told.out is None or signed is None or isinstance(signed, Envelope):
        raise UsageError("--out writes a new signature: give --key NAME")
    if statement is None:
        raise UsageError("there is nothing to sign, or nothing on record yet")
    path = told.out.absolute()
    data = sealed(statement, signed).to_json() + b"\n"
    write_atomically(path, data, path.with_name(f".{path.name}.incoming"))
    told_to = f"Wrote {told.out}. Whoever has the lab hands it in, by the same command with"
    click.echo(f"{told_to} --envelope {told.out} in place of --key and --out", err=True)


def signer_at_terminal(people: Sequence[PublicKey]) -> Sign | None:
    """The one of these people whose key is here, once the passphrase is given; None if nobody's is.

    Raises:
        UsageError: when the passphrase is wrong.
    """
    from successor.signing import public_keys, signer
    from successor.signing.keys import is_locked

    here = [name for name, key in public_keys().items() if key in people]
    if not here:
        return None
    name = here[0]
    if len(here) > 1:
        name = str(click.prompt("Sign as", type=click.Choice(here), err=True))
    return signer(name, _asked(name) if is_locked(name) else None)


def _asked(key: str) -> str:
    from successor.errors import UsageError

    if not sys.stdin.isatty():
        raise UsageError(f"the key {key!r} has a passphrase: --passphrase-file FILE, or --agent")
    return str(click.prompt(f"Passphrase of {key}", hide_input=True, err=True))


def _first_line(path: Path) -> str:
    lines = path.read_text("utf-8").splitlines()
    return lines[0] if lines else ""
