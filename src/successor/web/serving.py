"""The server under the seat: on this machine alone, until Ctrl-C."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import uvicorn

from successor.errors import UsageError
from successor.web.app import application
from successor.web.seat import Seat

HOST = "127.0.0.1"
GRACE_S = 1
"""For which requests may go on when it ends; a page that watches would never be done."""


def bound(port: int) -> socket.socket:
    """A socket that only this machine reaches.

    Args:
        port: 0 for any that is free.

    Raises:
        UsageError: when it is taken, or may not be used.
    """
    taken = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((HOST, port))
    except OSError as error:
        taken.close()
        raise UsageError(f"port {port}: {error.strerror}; take any with --port 0") from None
    return taken


def link(port: int, ticket: str) -> str:
    """What opens the seat in one browser, once."""
    return f"http://{HOST}:{port}/?ticket={ticket}"


def serve(seat: Seat, listening: socket.socket, begun: Callable[[], None]) -> None:
    """Serve until the process is asked to end.

    Args:
        begun: called when browsers can come.
    """
    config = uvicorn.Config(
        application(seat, begun),
        log_level="critical",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=GRACE_S,
        lifespan="on",
        ws="none",
    )
    listening.listen()  # from here on a browser waits instead of being refused
    with suppress(KeyboardInterrupt), closing(listening):
        uvicorn.Server(config).run(sockets=[listening])


def opening(url: str, scratch: Path) -> str:
    """A file that leads a browser there: the arguments of a process are for all to read, and the
    link is for one.
    """
    page = scratch / "seat.html"
    page.touch(mode=0o600)
    refresh = f'<meta http-equiv="refresh" content="0; url={url}">'
    page.write_text(f"<!doctype html><meta charset=utf-8>{refresh}\n", "utf-8")
    return page.as_uri()
