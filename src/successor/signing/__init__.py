"""Who says so: Ed25519 keys of people, signatures over exactly the bytes that were signed.

Keys are those of OpenSSH, and an ssh agent may hold them. Nothing here knows what is signed, but
that a reason may be part of it.
"""

from successor.signing.agent import agent_signer
from successor.signing.envelope import Envelope, Statement, sealed, signers_of
from successor.signing.keys import PublicKey, Sign, create, folder, public_keys, signer

__all__ = [
    "Envelope",
    "PublicKey",
    "Sign",
    "Statement",
    "agent_signer",
    "create",
    "folder",
    "public_keys",
    "sealed",
    "signer",
    "signers_of",
]
