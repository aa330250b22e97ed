"""Keys of people: made here or by `ssh-keygen -t ed25519`, kept outside every lab.

`$XDG_CONFIG_HOME/successor/keys/NAME` holds the private key in OpenSSH's form, by a passphrase
unless one was declined, and `NAME.pub` the line with the public one.
"""

from __future__ import annotations

import os
import re
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from successor.errors import UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SHORT = len("SHA256:") + 16
"""Characters of a fingerprint, of which nobody finds a second one: 96 bits."""
_ALGORITHM = b"ssh-ed25519"
_BEFORE_KEY = b"\x00\x00\x00\x0b" + _ALGORITHM + b"\x00\x00\x00\x20"

_P = 2**255 - 19
"""Of the field (RFC 8032, section 5.1)."""
_Y8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_OF_SMALL_ORDER = frozenset({0, 1, _P - 1, _Y8, _P - _Y8})
"""y of the eight points of order 1, 2, 4 and 8, whatever x is. Under such a key somebody who has no
private one signs: for order 1 one signature fits whatever is said.
"""
_BEFORE_PEM = bytes.fromhex("302a300506032b6570032100")
"""A sequence of the algorithm 1.3.101.112 and 32 bytes, in DER."""


@dataclass(frozen=True)
class PublicKey:
    """An Ed25519 public key (RFC 8032). Two are the same when their bytes are."""

    raw: bytes
    """32 bytes."""
    comment: str = field(default="", compare=False)

    @classmethod
    def parse(cls, line: str) -> PublicKey:
        """The key of a line such as `ssh-ed25519 AAAA... ada@home`.

        Raises:
            UsageError: when it is none.
        """
        kind, _, rest = line.strip().partition(" ")
        encoded, _, comment = rest.strip().partition(" ")
        try:
            blob = b64decode(encoded, validate=True)
        except (NotBase64, ValueError):
            blob = b""
        if kind.encode() != _ALGORITHM or not blob.startswith(_BEFORE_KEY) or len(blob) != 51:
            raise UsageError(
                f"{line.strip()[:40]!r} is no Ed25519 public key, which reads: ssh-ed25519 AAAA..."
            )
        key = cls(blob[len(_BEFORE_KEY) :], comment.strip())
        if not key.binds:
            raise UsageError(f"{line.strip()[:40]!r} is a key by which anybody could sign")
        return key

    @property
    def blob(self) -> bytes:
        """As OpenSSH sends it."""
        return _BEFORE_KEY + self.raw

    @property
    def line(self) -> str:
        """As OpenSSH writes it."""
        return f"{_ALGORITHM.decode()} {b64encode(self.blob).decode()} {self.comment}".rstrip()

    @property
    def pem(self) -> str:
        """As other tools read it: SubjectPublicKeyInfo (RFC 8410), in PEM."""
        encoded = b64encode(_BEFORE_PEM + self.raw).decode()
        return f"-----BEGIN PUBLIC KEY-----\n{encoded}\n-----END PUBLIC KEY-----\n"

    @property
    def fingerprint(self) -> str:
        """`SHA256:...`, as `ssh-keygen -l` prints it."""
        return f"SHA256:{b64encode(sha256(self.blob).digest()).decode().rstrip('=')}"

    @property
    def short(self) -> str:
        """How the fingerprint begins, for a line in which several stand."""
        return f"{self.fingerprint[:SHORT]}..."

    @property
    def binds(self) -> bool:
        """Whether only who has the private key can sign: the point is of no small order, and
        written in the one way that there is.
        """
        y = int.from_bytes(self.raw, "little") & (2**255 - 1)
        return y < _P and y not in _OF_SMALL_ORDER

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether the private key signed exactly this message."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        if not self.binds:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


Sign = tuple[PublicKey, Callable[[bytes], bytes]]
"""A public key, and what signs with the private one."""


def folder() -> Path:
    """Where keys are kept."""
    configured = os.environ.get("XDG_CONFIG_HOME", "")
    home = Path(configured) if configured.startswith("/") else Path.home() / ".config"
    return home / "successor" / "keys"


def create(name: str, passphrase: str | None) -> PublicKey:
    """Make a key pair and keep it; None keeps the private key as it is.

    Raises:
        UsageError: when the name is none for a file, or taken.
        OSError: when it cannot be written.
    """
    from cryptography.hazmat.primitives import serialization as forms
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not NAME.fullmatch(name) or name.endswith(".pub"):
        raise UsageError(f"{name!r}: a key's name is letters, digits, '.', '_' and '-'")
    private = Ed25519PrivateKey.generate()
    hidden = forms.BestAvailableEncryption(passphrase.encode()) if passphrase else None
    text = private.private_bytes(
        forms.Encoding.PEM, forms.PrivateFormat.OpenSSH, hidden or forms.NoEncryption()
    )
    place = folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    public = PublicKey(private.public_key().public_bytes_raw(), name)
    try:
        descriptor = os.open(place / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError(f"{place / name}: there is a key of this name already") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    (place / f"{name}.pub").write_text(f"{public.line}\n", encoding="utf-8")
    return public


def public_keys() -> dict[str, PublicKey]:
    """The keys that are kept here, by name.

    Raises:
        UsageError: when one of the files is no key.
    """
    found = sorted(folder().glob("*.pub"))
    return {path.stem: _public(path) for path in found}


def signer(name: str, passphrase: str | None) -> Sign:
    """What signs with a key that is kept here.

    Raises:
        UsageError: when there is none of that name, or the passphrase is not its own.
    """
    path = folder() / name
    if not NAME.fullmatch(name) or not path.is_file():
        known = ", ".join(public_keys()) or "none; make one: successor keys new NAME"
        raise UsageError(f"{name!r}: no such key in {folder()}; there is: {known}")
    private = _private(path, passphrase)
    public = PublicKey(private.public_key().public_bytes_raw(), name)
    return public, private.sign


def is_locked(name: str) -> bool:
    """Whether a key that is kept here asks for a passphrase; False too when there is none."""
    path = folder() / name
    if not NAME.fullmatch(name) or not path.is_file():
        return False
    try:
        _private(path, None)
    except UsageError:
        return True
    return False


def _private(path: Path, passphrase: str | None) -> Ed25519PrivateKey:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_ssh_private_key

    if path.stat().st_mode & 0o077:
        raise UsageError(f"{path}: others may read this key: chmod 600 {path}")
    try:
        private = load_ssh_private_key(path.read_bytes(), (passphrase or "").encode() or None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        told = "is not its passphrase" if passphrase else "it asks for its passphrase"
        raise UsageError(f"{path}: {told}, or the file is damaged") from None
    if not isinstance(private, Ed25519PrivateKey):
        raise UsageError(f"{path}: is no Ed25519 key; make one: successor keys new NAME")
    return private


def _public(path: Path) -> PublicKey:
    try:
        return PublicKey.parse(path.read_text("utf-8"))
    except (UsageError, ValueError) as error:
        raise UsageError(f"{path}: {error}") from None
