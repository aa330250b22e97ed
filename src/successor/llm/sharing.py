"""Requests that a server can read once and answer several times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from successor.llm.protocol import Request


def alike(requests: Sequence[Request], most: int) -> list[list[int]]:
    """The places of requests that differ in their seeds only, in groups of `most` at most."""
    groups = dict[Request, list[list[int]]]()
    for place, request in enumerate(requests):
        mine = groups.setdefault(replace(request, seed=None), [[]])
        if len(mine[-1]) >= most:
            mine.append([])
        mine[-1].append(place)
    return [group for mine in groups.values() for group in mine]
