"""Signed statements in DSSE envelopes (Dead Simple Signing Envelope, version 1.0.2).

A signature covers the type of the statement and its bytes, so that none counts for another.
The form is that of in-toto and sigstore: their tools can read what is signed here.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

import rfc8785

from successor.errors import UsageError
from successor.signing.keys import PublicKey, Sign

MOST_BYTES = 1024 * 1024
"""Of an envelope that is read."""
REASON = "reason"
"""Where in a statement stands why somebody signed it."""


@dataclass(frozen=True)
class Statement:
    """What is signed."""

    kind: str
    """Media type: what the bytes mean."""
    body: bytes

    @property
    def signed(self) -> bytes:
        """The bytes that a signature is over: PAE of the DSSE protocol."""
        kind = self.kind.encode()
        return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(self.body), self.body)

    def because(self, reason: str) -> Statement:
        """The same, with the reason of whoever signs it.

        Raises:
            UsageError: when that is not UTF-8.
        """
        content: Any = {**json.loads(self.body), REASON: reason}
        try:
            return Statement(self.kind, rfc8785.dumps(content))
        except ValueError:
            raise UsageError(f"the reason {reason!a} is not UTF-8") from None

    @property
    def reason(self) -> str | None:
        """Of whoever signs it; None where none is part of it, or none that can be signed."""
        said = _content(self.body).get(REASON)
        try:
            return said.encode().decode() if isinstance(said, str) else None
        except UnicodeEncodeError:
            return None

    @property
    def bare(self) -> Statement:
        """The same without a reason, whatever that was."""
        content: Any = _content(self.body)
        if content.pop(REASON, None) is not None:
            with suppress(ValueError):  # a stranger's, which JSON can hold and nobody signed here
                return Statement(self.kind, rfc8785.dumps(content))
        return self


def _content(body: bytes) -> dict[str, object]:
    with suppress(ValueError, RecursionError):
        if isinstance(content := json.loads(body), dict):
            return cast("dict[str, object]", content)
    return {}


@dataclass(frozen=True)
class Envelope:
    """A statement with signatures, none of which is believed yet."""

    statement: Statement
    signatures: tuple[tuple[str, bytes], ...]
    """(fingerprint of the key that is said to have signed, signature)."""

    def to_json(self) -> bytes:
        """As it is kept and sent."""
        signatures = [
            {"keyid": name, "sig": b64encode(signature).decode()}
            for name, signature in self.signatures
        ]
        content = {
            "payload": b64encode(self.statement.body).decode(),
            "payloadType": self.statement.kind,
            "signatures": signatures,
        }
        return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def from_json(cls, data: bytes) -> Envelope:
        """Read one.

        Raises:
            UsageError: when it is none.
        """
        try:
            content = cast("dict[str, Any]", json.loads(data[: MOST_BYTES + 1]))
            body = b64decode(content["payload"], validate=True)
            signatures = tuple(
                (str(each["keyid"]), b64decode(each["sig"], validate=True))
                for each in content["signatures"]
            )
            return cls(Statement(str(content["payloadType"]), body), signatures)
        except (ValueError, NotBase64, TypeError, KeyError, RecursionError):
            raise UsageError("this is no signed envelope (DSSE, as JSON)") from None


def sealed(statement: Statement, sign: Sign) -> Envelope:
    """The statement, signed by one key."""
    key, signed = sign
    return Envelope(statement, ((key.fingerprint, signed(statement.signed)),))


def signers_of(
    envelopes: Iterable[Envelope], statement: Statement, keys: Iterable[PublicKey]
) -> tuple[PublicKey, ...]:
    """Those of the keys that signed exactly this statement, each once, in their order.

    What an envelope says of itself decides nothing: neither its statement nor its key ids.
    """
    offered = {signature for envelope in envelopes for _, signature in envelope.signatures}
    return tuple(
        key
        for key in dict.fromkeys(keys)
        if any(key.verifies(signature, statement.signed) for signature in offered)
    )
