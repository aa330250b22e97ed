"""What is said of a function's file that holds what was taken out of charge."""

from __future__ import annotations

from shlex import quote


def told_revoked(name: str, held: str, incumbent: str) -> str:
    """That it does, and how to put the version in charge in its place.

    Args:
        name: of the function, as a user names it.
        held: the revoked version whose text the file holds.
    """
    file = name.rpartition(":")[0]
    put = f"successor rollback {quote(name)} --to {incumbent[:8]} --write"
    return f"{file} still holds {held[:8]}, which is revoked; put {incumbent[:8]} there with: {put}"
