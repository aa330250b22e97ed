"""Keys that an ssh agent holds (draft-ietf-sshm-ssh-agent): it signs, and never tells them."""

from __future__ import annotations

import os
import socket
import struct
from dataclasses import dataclass
from functools import partial

from successor.errors import UsageError
from successor.signing.keys import PublicKey, Sign, public_keys

REQUEST_IDENTITIES, IDENTITIES_ANSWER, SIGN_REQUEST, SIGN_RESPONSE = 11, 12, 13, 14
PATIENCE_S = 60.0
"""An agent may ask its owner."""
MOST_BYTES = 256 * 1024
"""Of an answer, as OpenSSH's own agent has it."""


def agent_signer(name: str) -> Sign:
    """What signs with a key of the agent, by its name among those kept here, or as it has it.

    Raises:
        UsageError: when no agent answers, or it does not hold that one Ed25519 key.
    """
    kept = public_keys().get(name)
    held = [key for key in _identities() if key == kept or name in (key.comment, key.fingerprint)]
    if len(held) != 1:
        told = "several keys" if held else "no Ed25519 key"
        raise UsageError(f"the ssh agent holds {told} called {name!r}; see: ssh-add -l")
    return held[0], partial(_sign, held[0])


def _sign(key: PublicKey, message: bytes) -> bytes:
    request = bytes([SIGN_REQUEST]) + _string(key.blob) + _string(message) + struct.pack(">I", 0)
    reader = _Reader(_asked(request))
    if reader.byte() != SIGN_RESPONSE:
        raise UsageError(f"the ssh agent refused to sign with {key.comment or key.fingerprint}")
    signature = _Reader(reader.string())
    signature.string()  # the algorithm; what was signed is verified by whom it is for
    return signature.string()


def _identities() -> list[PublicKey]:
    reader = _Reader(_asked(bytes([REQUEST_IDENTITIES])))
    if reader.byte() != IDENTITIES_ANSWER:
        raise UsageError("the ssh agent does not tell which keys it holds")
    found: list[PublicKey] = []
    for _ in range(reader.number()):
        blob, comment = reader.string(), reader.string().decode("utf-8", "replace")
        key = PublicKey(blob[-32:], comment)
        if key.blob == blob:
            found.append(key)
    return found


def _asked(request: bytes) -> bytes:
    path = os.environ.get("SSH_AUTH_SOCK", "")
    if not path:
        raise UsageError("no ssh agent: SSH_AUTH_SOCK is not set; start one: eval $(ssh-agent)")
    try:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE_S)
            connection.connect(path)
            connection.sendall(_string(request))
            (length,) = struct.unpack(">I", _received(connection, 4))
            if length > MOST_BYTES:
                raise UsageError("the ssh agent answers at a length that no agent does")
            return _received(connection, length)
    except OSError as error:
        told = error.strerror or "no answer"
        raise UsageError(f"the ssh agent at {path} cannot be asked: {told}") from None


def _received(connection: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        more = connection.recv(length - len(data))
        if not more:
            raise UsageError("the ssh agent hung up")
        data += more
    return data


def _string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


@dataclass
class _Reader:
    """Takes an answer apart."""

    rest: bytes

    def take(self, length: int) -> bytes:
        if length > len(self.rest):
            raise UsageError("the ssh agent's answer is cut off")
        taken, self.rest = self.rest[:length], self.rest[length:]
        return taken

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        return struct.unpack(">I", self.take(4))[0]

    def string(self) -> bytes:
        return self.take(self.number())
