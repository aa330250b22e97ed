"""Which crew a lab asks for."""

from __future__ import annotations

import os
import re

from successor.compute.local import LocalCrew
from successor.compute.pool import Pool
from successor.errors import UsageError

KINDS = "local, ray, ray://HOST:PORT or HOST:PORT"
_ADDRESS = re.compile(r"(ray://)?[\w.\-\[\]:]+:\d+")


def open_pool(kind: str, workers: int | None) -> Pool:
    """The pool of that kind.

    Args:
        kind: "local"; "ray" for a cluster begun here, or that of RAY_ADDRESS; or an address.
        workers: at most so many; as many as there are processors when not given.

    Raises:
        UsageError: when there is no such kind, or what it needs is not installed.
        SuccessorError: when there is no cluster at the address.
    """
    if kind == "local":
        return Pool(LocalCrew(workers or os.cpu_count() or 1))
    if kind == "ray" or _ADDRESS.fullmatch(kind):
        from successor.compute.cluster import RayCrew

        return Pool(RayCrew(None if kind == "ray" else kind, workers))
    raise UsageError(f"[compute] kind = {kind!r}: should be {KINDS}")
