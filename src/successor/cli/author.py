"""The options of `successor improve` that say who writes: a registered author, or a command."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import entry_points
from typing import cast

from successor.cli.options import Said, option
from successor.errors import UsageError

AGENT = "agent"
COMMAND = "command:"
WAYS = {"env": "environment", "mount": "mount"}
"""Keys of the author "agent" for what may be allowed by name."""
AUTHOR = option(
    "--author",
    type=Said(),
    metavar="NAME",
    help='Who writes: an author, such as rewrite, or "command: ...", a coding agent.',
)
ALLOW = option(
    "--allow",
    type=Said(),
    multiple=True,
    metavar="WHAT",
    help="What the command may reach: network, env:NAME or mount:PATH.",
)


def author_table(author: object, allow: object) -> dict[str, object] | None:
    """The `[author]` table that the options stand for; None when they say nothing.

    Raises:
        UsageError: when there is no such author, or something is allowed to one that is no command.
    """
    from successor.authors.agent.settings import Settings
    from successor.validation import no_such, validated

    allow = cast("tuple[str, ...]", allow)
    if not isinstance(author, str):
        if allow:
            raise UsageError('--allow is for --author "command: ..."')
        return None
    if author.startswith(COMMAND):
        table = {"command": author.removeprefix(COMMAND).strip(), **_allowed(allow)}
        validated(Settings, "author", table)  # before a lab is made that has it
        return {"kind": AGENT, **table}
    if allow:
        raise UsageError(f'--allow is for --author "command: ...", and not for {author!r}')
    known = [point.name for point in entry_points(group="successor.authors")]
    if author not in known and ":" not in author:
        told = no_such("author", author, known)
        end = "" if told.endswith("?") else "."
        raise UsageError(f'--author {author!r}: {told}{end} A coding agent is "command: ...".')
    return {"kind": author}


def _allowed(allow: Sequence[str]) -> dict[str, object]:
    table: dict[str, object] = {}
    named: dict[str, list[str]] = {}
    for each in allow:
        way, colon, what = each.partition(":")
        if each == "network":
            table["network"] = True
        elif colon and what and way in WAYS:
            named.setdefault(WAYS[way], []).append(what)
        else:
            raise UsageError(f"--allow {each!r}: should be network, env:NAME or mount:PATH")
    return {**table, **named}
