"""The routes of the seat."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from functools import partial
from importlib.resources import files
from pathlib import Path
from string import Template

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from successor.errors import SuccessorError
from successor.insight.visible import visible
from successor.web import acts, reads
from successor.web.guard import Guard, cookie_name
from successor.web.seat import Seat

STATIC = Path(str(files("successor.web").joinpath("static")))
ASSETS = Path(str(files("successor.insight").joinpath("assets")))
CHARTS = {"d3.min.js", "plot.umd.min.js"}
"""What the report is drawn with, and the seat, too."""
ENTERED = Template(
    '<!doctype html><meta charset="utf-8">'
    '<meta http-equiv="refresh" content="0; url=/#/enter/$secret">'
    '<link rel="icon" href="data:,"><title>Successor</title><p>Come in.</p>'
)
"""A page and no redirection: a browser keeps a strict cookie back on those that began elsewhere.
What follows the # is sent to nobody; the page keeps it where no server of another port is shown it.
"""
PATIENCE_S = 2.0
"""For so long the link waits for the record to be read; of a longer one the page says so."""
OUTSIDE = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Successor</title>'
    "<p>Open the link that the terminal shows. Each works once; when it was used, the terminal "
    "shows the next.</p></html>"
)


def application(seat: Seat, begun: Callable[[], None] = lambda: None) -> Starlette:
    """The seat as an ASGI application.

    Args:
        begun: called when it is ready.
    """

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncGenerator[None]:
        watching = asyncio.create_task(seat.watch())
        await seat.first_look(PATIENCE_S)
        begun()
        yield
        await seat.end()
        watching.cancel()

    gets = [Route(path, _reading(seat, read)) for path, read in reads.READS.items()]
    posts = [Route(path, _acting(seat, act), methods=["POST"]) for path, act in acts.ACTS.items()]
    routes = [
        Route("/", partial(_front, seat)),
        Route("/api/live", partial(reads.live, seat)),
        Route("/api/events.jsonl", partial(reads.export, seat)),
        *gets,
        *posts,
        Route("/charts/{name}", _chart),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]
    guards = [
        Middleware(Guard, door=seat.door, read_only=seat.read_only),
        Middleware(GZipMiddleware, minimum_size=2000, compresslevel=4),
    ]
    return Starlette(routes=routes, middleware=guards, lifespan=lifespan)


async def _front(seat: Seat, request: Request) -> Response:
    """The page; with a ticket, the cookie that opens it."""
    ticket = request.query_params.get("ticket")
    cookie = seat.door.enter(ticket) if ticket else None
    visitor = seat.door.visitor(cookie)
    if cookie is not None and visitor is not None:
        entered = HTMLResponse(ENTERED.substitute(secret=visitor.secret))
        name = cookie_name(request.headers["host"])
        entered.set_cookie(name, cookie, path="/", httponly=True, samesite="strict")
        return entered
    if request.state.visitor is None:
        return HTMLResponse(OUTSIDE, 401)
    if ticket is not None:
        return RedirectResponse("/", 303)
    return FileResponse(STATIC / "index.html")


async def _chart(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in CHARTS:
        return JSONResponse({"error": "no such file"}, 404)
    return FileResponse(ASSETS / name, headers={"cache-control": "max-age=86400"})


def _reading(seat: Seat, read: reads.Read) -> Callable[[Request], Response]:
    """Answer a question; it may take a while, in a thread of its own."""

    def answer(request: Request) -> Response:
        try:
            return JSONResponse(read(seat, request))
        except (SuccessorError, OSError) as error:
            return JSONResponse({"error": visible(str(error))}, 409)

    return answer


def _acting(seat: Seat, act: acts.Act) -> Callable[[Request], object]:
    """Do what a person wants, and tell all who watch."""

    async def answer(request: Request) -> Response:
        try:
            told = acts.Wish.of(await request.body())
            made = await asyncio.to_thread(act, seat, request.state.visitor, told)
        except (SuccessorError, OSError) as error:
            return JSONResponse({"error": visible(str(error))}, 409)
        if await asyncio.to_thread(seat.look):
            await seat.tell()
        return JSONResponse(made)

    return answer
