"""`successor mcp`: a lab's counter for coding agents."""

from __future__ import annotations

from pathlib import Path

import click

from successor.cli.options import LAB, plain
from successor.errors import UsageError

NOT_READ = """\
{lab}: its author does not read what is handed in: set [author] kind = "inbox", or improve it with
--author inbox."""


@click.command(
    short_help="Let a coding agent read a lab and hand in candidates.",
    help="""\b
    Examples:
      successor mcp examples/fib
      claude mcp add fib -- successor mcp examples/fib
      successor improve examples/fib --author inbox

    Serve the lab LAB over the Model Context Protocol, on standard input and output: a coding
    agent can read its goal, weaknesses, version in charge and verdicts, and hand in candidates,
    and do nothing else. The author "inbox" takes them when the lab is improved.
    """,
)
@LAB
def mcp(*, lab: Path) -> None:
    """See the help above."""
    from successor.mcp import Counter

    counter = Counter(lab)
    if not counter.is_read:
        click.echo(plain(NOT_READ.format(lab=lab)), err=True)
    try:
        from successor.mcp.server import serve
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise UsageError(
            "the protocol is not installed: pip install 'successor-rsi[mcp]'"
        ) from None
    serve(counter)
