"""Who says so: keys as OpenSSH keeps them, and signatures over exactly what was signed."""

import json
import os
import shutil
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from successor import signing
from successor.errors import UsageError
from successor.signing import Envelope, PublicKey, Statement
from successor.signing.keys import is_locked

SAID = Statement("application/vnd.example+json", b'{"candidate":"9c41"}')


def by_nobody() -> bytes:
    return Envelope(SAID, ()).to_json()


ssh = pytest.mark.skipif(not shutil.which("ssh-keygen"), reason="needs OpenSSH")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return tmp_path / "successor" / "keys"


def by(name: str, statement: Statement = SAID) -> Envelope:
    if name not in signing.public_keys():
        signing.create(name, None)
    return signing.sealed(statement, signing.signer(name, None))


def test_what_is_signed_is_what_the_protocol_says() -> None:
    """The example of DSSE, protocol.md."""
    statement = Statement("http://example.com/HelloWorld", b"hello world")
    assert statement.signed == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_a_key_signs_and_its_public_half_says_so(home: Path) -> None:
    envelope = by("ada")
    ada, eve = signing.public_keys()["ada"], signing.create("eve", None)
    assert signing.signers_of([envelope], SAID, [eve, ada]) == (ada,)
    assert (home / "ada").stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700


def test_each_key_counts_once_however_often_it_signed() -> None:
    twice = [by("ada"), by("ada"), by("bob")]
    keys = signing.public_keys()
    again = PublicKey(keys["ada"].raw, "ada under another name")
    assert signing.signers_of(twice, SAID, [keys["ada"], again, keys["bob"]]) == (
        keys["ada"],
        keys["bob"],
    )


@given(st.integers(0, len(SAID.body) - 1), st.integers(1, 255))
def test_any_other_byte_voids_a_signature(place: int, change: int) -> None:
    other = bytearray(SAID.body)
    other[place] ^= change
    envelope, key = by("ada"), signing.public_keys()["ada"]
    assert signing.signers_of([envelope], SAID, [key])
    assert not signing.signers_of([envelope], Statement(SAID.kind, bytes(other)), [key])
    assert not signing.signers_of([envelope], Statement(SAID.kind + "x", SAID.body), [key])


@given(st.integers(0, 63), st.integers(1, 255))
def test_any_other_signature_is_none(place: int, change: int) -> None:
    envelope, key = by("ada"), signing.public_keys()["ada"]
    ((name, signature),) = envelope.signatures
    forged = bytearray(signature)
    forged[place] ^= change
    assert not signing.signers_of([Envelope(SAID, ((name, bytes(forged)),))], SAID, [key])


def test_an_envelope_is_believed_in_nothing_that_it_says_of_itself() -> None:
    ada = signing.create("ada", None)
    forged = Envelope(SAID, ((ada.fingerprint, b"\0" * 64), (ada.fingerprint, b"")))
    assert not signing.signers_of([forged, by("eve")], SAID, [ada])


def test_an_envelope_survives_the_way_through_json() -> None:
    envelope = by("ada")
    assert Envelope.from_json(envelope.to_json()) == envelope


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"7",
        b"{}",
        b'{"payload":"!","payloadType":"a","signatures":[]}',
        b'{"payload":"","payloadType":"a","signatures":[1]}',
        b'{"payload":"","payloadType":"a","signatures":[{"keyid":"a","sig":"\xff"}]}',
        b"[" * 100_000,
        b" " * (2 * 1024 * 1024) + by_nobody(),
    ],
)
def test_what_is_no_envelope_is_refused_in_one_line(text: bytes) -> None:
    with pytest.raises(UsageError, match="no signed envelope"):
        Envelope.from_json(text)


def test_a_passphrase_is_asked_for_and_has_to_be_right() -> None:
    signing.create("ada", "long and winding")
    assert is_locked("ada")
    assert not is_locked("nobody")
    for wrong, told in ((None, "asks for its passphrase"), ("short", "is not its passphrase")):
        with pytest.raises(UsageError, match=told):
            signing.signer("ada", wrong)
    envelope = signing.sealed(SAID, signing.signer("ada", "long and winding"))
    assert signing.signers_of([envelope], SAID, signing.public_keys().values())


def test_a_key_is_never_replaced() -> None:
    signing.create("ada", None)
    with pytest.raises(UsageError, match="already"):
        signing.create("ada", None)


@pytest.mark.parametrize("name", ["", "../ada", "a/b", ".ada", "ada.pub", "a b", "x" * 65, "a\n"])
def test_a_name_that_is_no_file_name_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="name is"):
        signing.create(name, None)
    with pytest.raises(UsageError, match="no such key"):
        signing.signer(name, None)


def test_a_private_key_that_others_may_read_is_not_used(home: Path) -> None:
    by("ada")
    (home / "ada").chmod(0o644)
    with pytest.raises(UsageError, match="chmod 600"):
        signing.signer("ada", None)


@pytest.mark.parametrize(
    "line",
    ["", "ada", "ssh-rsa AAAA", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-ed25519 " + "é" * 68],
)
def test_what_is_no_public_key_is_refused(line: str) -> None:
    with pytest.raises(UsageError, match="no Ed25519 public key"):
        PublicKey.parse(line)


def test_a_public_key_of_another_length_is_refused() -> None:
    blob = signing.create("ada", None).blob + b"\0"
    with pytest.raises(UsageError, match="no Ed25519 public key"):
        PublicKey.parse(f"ssh-ed25519 {b64encode(blob).decode()}")


@ssh
def test_keys_of_openssh_are_keys_here_and_the_other_way_round(home: Path) -> None:
    home.mkdir(parents=True)
    made = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ada@home", "-f", str(home / "a")]
    subprocess.run(made, check=True)
    ours = signing.create("b", None)
    envelope = signing.sealed(SAID, signing.signer("a", None))
    (theirs,) = signing.signers_of([envelope], SAID, signing.public_keys().values())
    assert theirs.comment == "ada@home"
    for name, key in (("a", theirs), ("b", ours)):
        told = subprocess.run(
            ["ssh-keygen", "-l", "-f", str(home / name)], check=True, capture_output=True, text=True
        )
        assert key.fingerprint in told.stdout


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    path = tmp_path / "agent"
    process = subprocess.Popen(
        ["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    process.stdout.readline()
    monkeypatch.setenv("SSH_AUTH_SOCK", str(path))
    yield
    process.terminate()
    process.wait()
    process.stdout.close()


@ssh
@pytest.mark.usefixtures("agent")
def test_an_agent_signs_with_what_it_holds(home: Path) -> None:
    ada = signing.create("ada", None)
    with pytest.raises(UsageError, match="no Ed25519 key called 'ada'"):
        signing.agent_signer("ada")
    subprocess.run(["ssh-add", str(home / "ada")], check=True, capture_output=True)
    for name in ("ada", ada.fingerprint):
        envelope = signing.sealed(SAID, signing.agent_signer(name))
        assert signing.signers_of([envelope], SAID, [ada]) == (ada,)


@pytest.mark.parametrize("path", ["", "/nonexistent"])
def test_without_an_agent_one_line_says_so(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "SSH_AUTH_SOCK", path)
    with pytest.raises(UsageError, match="ssh agent"):
        signing.agent_signer("ada")


def test_the_envelope_is_the_one_of_the_protocol() -> None:
    content = json.loads(by("ada").to_json())
    assert content.keys() == {"payload", "payloadType", "signatures"}
    assert content["signatures"][0].keys() == {"keyid", "sig"}


P = 2**255 - 19
Y8 = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
DEGENERATE = [
    (y | sign << 255).to_bytes(32, "little")
    for y in (0, 1, P - 1, Y8, P - Y8, P, P + 1, P + 3, 2**255 - 1)
    for sign in (0, 1)
]


@pytest.mark.parametrize("raw", DEGENERATE, ids=bytes.hex)
def test_a_key_under_which_anybody_signs_is_none(raw: bytes) -> None:
    key = PublicKey(raw, "nobody")
    assert not any(
        key.verifies(first.to_bytes(32, "little") + bytes(32), message)
        for first in (1, P - 1, 0, P + 1)
        for message in (b"", b"x", b"whatever")
    )
    with pytest.raises(UsageError, match="by which anybody could sign"):
        PublicKey.parse(key.line)


def test_the_points_are_those_of_small_order() -> None:
    """By doubling them three times on the curve itself."""
    d = -121665 * pow(121666, -1, P) % P

    def on_curve(y: int) -> int | None:
        square = (y * y - 1) * pow(d * y * y + 1, -1, P) % P
        x = pow(square, (P + 3) // 8, P)
        x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
        return x if x * x % P == square else None

    for y in (0, 1, P - 1, Y8, P - Y8):
        x, z = on_curve(y), y
        assert x is not None
        for _ in range(3):
            t = d * x * x * z * z % P
            x, z = (
                2 * x * z * pow(1 + t, -1, P) % P,
                (z * z + x * x) * pow(1 - t, -1, P) % P,
            )
        assert (x, z) == (0, 1)
