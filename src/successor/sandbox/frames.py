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


def read(descriptor: int, least: int = 0) -> tuple[bytes, bytes]:
    """The kind and content of the next message, from a writer that is trusted.

    What is known to be no shorter than `least` bytes, and to be sent at once, takes one call.

    Raises:
        EOFError: when the writer has gone.
    """
    start = _exactly(descriptor, HEADER.size + least)
    kind, length = HEADER.unpack_from(start)
    rest = length - least
    content = start[HEADER.size :]
    return kind, content + _exactly(descriptor, rest) if rest else content


def _exactly(descriptor: int, count: int) -> bytes:
    part = os.read(descriptor, min(count, 1 << 20))
    if len(part) == count:
        return part
    parts = [part]
    while part and (missing := count - sum(map(len, parts))):
        part = os.read(descriptor, min(missing, 1 << 20))
        parts.append(part)
    if not part:
        raise EOFError
    return b"".join(parts)
