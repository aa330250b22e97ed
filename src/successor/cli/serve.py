"""`successor serve`: the director's seat, a lab in a browser."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from successor.cli.options import LAB, option


@click.command(
    short_help="Watch and direct a lab in a browser, on this machine.",
    help="""\b
    Examples:
      successor serve examples/fib
      successor serve examples/fib --read-only
      successor serve examples/fib --port 8800 --no-browser

    Show the lab in folder LAB in a browser: what it is at, every version, what waits for you, the
    curves, the record; also while it runs. From there you stop it, decide on a candidate, sign, and
    roll back, by the same functions as from the command line. It is at 127.0.0.1 alone. The link
    works once; when it was used, the next one is shown here. It ends by Ctrl-C; the lab goes on.
    From another machine: ssh -L 8800:127.0.0.1:8800 HOST.
    """,
)
@LAB
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8800,
    show_default=True,
    help="Where browsers find it; 0 for any that is free.",
)
@option("--no-browser", is_flag=True, help="Do not open a browser.")
@option("--read-only", is_flag=True, help="Show everything and take nothing: every act is refused.")
def serve(lab: Path, *, port: int, no_browser: bool, read_only: bool) -> None:
    """See the help above."""
    from tempfile import TemporaryDirectory

    from successor.cli.options import plain
    from successor.errors import UsageError
    from successor.lab import record_of
    from successor.targets import name_of

    try:
        from successor.web.door import Door
        from successor.web.seat import Seat
        from successor.web.serving import bound, link, opening
        from successor.web.serving import serve as served
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"starlette", "uvicorn"}:
            raise
        needs = "pip install 'successor-rsi[web]'"
        raise UsageError(f"the seat needs {error.name}, which is not here: {needs}") from None

    record_of(lab)  # or there is no such lab
    listening = bound(port)
    at = listening.getsockname()[1]

    def told(ticket: str) -> None:
        click.echo(f"For another browser: {link(at, ticket)}", err=True)

    seat = Seat(lab, plain(name_of(lab)), read_only=read_only, door=Door(told))
    with TemporaryDirectory(prefix="successor-seat-") as scratch:

        def begun() -> None:
            url = link(at, seat.door.ticket)
            click.echo(f"{seat.name} is at {url}\nCtrl-C ends the seat, not the lab.", err=True)
            if not no_browser and sys.stderr.isatty():
                click.launch(opening(url, Path(scratch)))

        served(seat, listening, begun)
