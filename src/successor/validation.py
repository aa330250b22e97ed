"""Settings tables of a lab file, checked by the part that owns them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from successor.errors import UsageError

T = TypeVar("T")


def validated(kind: type[T], table: str, settings: Mapping[str, object]) -> T:
    """The settings as the given dataclass.

    Raises:
        UsageError: naming the first key that is wrong, and what was expected there.
    """
    try:
        # By way of JSON, where lists may become tuples and yet "8" does not become 8.
        return TypeAdapter(kind).validate_json(json.dumps(dict(settings), default=str), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        message = first["msg"].removeprefix("Value error, ")
        key = ".".join(str(part) for part in first["loc"])
        where = f"{key} = {first['input']!r}: " if key else ""
        raise UsageError(f"[{table}] {where}{message}") from error
