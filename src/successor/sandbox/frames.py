"""Messages on a stream: one byte of kind, eight of length, the content. For both sides."""

from __future__ import annotations

import os
import struct

HEADER = struct.Struct(">cQ")
NONCE_BYTES = 16
PROGRAM, INPUTS, GO = b"P", b"I", b"G"  # to the program
WALLED, UNWALLED = b"W", b"U"  # from the child, before the program is there
READY, FAILED, OUTCOME, END = b"R", b"X", b"O", b"E"  # from the program


def frame(kind: bytes, content: bytes) -> bytes:
    """The bytes of a message."""
    return HEADER.pack(kind, len(content)) + content


def write(descriptor: int, data: bytes) -> None:
    """Write all of it, waiting for the reader as long as it takes."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def read(descriptor: int) -> tuple[bytes, bytes]:
    """The kind and content of the next message, from a writer that is trusted.

    Raises:
        EOFError: when the writer has gone.
    """
    kind, length = HEADER.unpack(_exactly(descriptor, HEADER.size))
    return kind, _exactly(descriptor, length)


def _exactly(descriptor: int, count: int) -> bytes:
    parts = list[bytes]()
    while count:
        part = os.read(descriptor, min(count, 1 << 20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
