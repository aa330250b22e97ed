"""Messages between this process and a worker of the same machine: JSON, then objects."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

from successor.types import Digest

_LENGTH = struct.Struct(">I")


def packed(told: Mapping[str, Any], contents: Mapping[Digest, bytes]) -> bytes:
    """One message."""
    sizes = [(digest, len(content)) for digest, content in contents.items()]
    head = json.dumps({**told, "contents": sizes}).encode()
    return b"".join([_LENGTH.pack(len(head)), head, *contents.values()])


def unpacked(message: bytes) -> tuple[dict[str, Any], dict[Digest, bytes]]:
    """What was packed."""
    begin = _LENGTH.size + _LENGTH.unpack_from(message)[0]
    told = json.loads(message[_LENGTH.size : begin])
    contents = dict[Digest, bytes]()
    for digest, size in told.pop("contents"):
        contents[digest] = message[begin : begin + size]
        begin += size
    return told, contents
