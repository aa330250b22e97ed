"""What every request has to pass, and what every answer says to the browser."""

from __future__ import annotations

from collections.abc import Iterator
from hmac import compare_digest
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from successor.web.door import Door, Visitor

HOSTS = frozenset({"127.0.0.1", "localhost"})
"""Names under which a browser may call the seat; any other was made to lead here (DNS rebinding).
The port may be another one: a tunnel's."""
SECRET = "x-successor-secret"  # noqa: S105 - the name of a header
LARGEST_BYTES = 64 * 1024
"""Of what an act may bring along."""
PLOT_STYLES = (
    "'sha256-jSYQUrW7J0b3jPqhZP9C2Xh1PyJKHKXd4s0fpGGKrww=' "
    "'sha256-rCZUQsEQJf1DmnfnMZmlj08XC7qbIZySA6bEtitbQ00='"
)
"""Digests of the styles that Observable Plot writes, into its charts and into their legends."""
POLICY = (
    "default-src 'none'; script-src 'self'; "
    f"style-src 'self' {PLOT_STYLES}; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


def cookie_name(host: str) -> str:
    """Cookies do not tell ports apart, so that two seats need names of their own."""
    return f"successor_seat_{host.rpartition(':')[2] if ':' in host else 80}"


class Guard:
    """Turns away what does not come from the seat's own pages, before anything looks at it."""

    def __init__(self, app: ASGIApp, door: Door, *, read_only: bool) -> None:
        self._app = app
        self._door = door
        self._read_only = read_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refused = self._refused(scope)
        await (refused or self._app)(scope, receive, with_headers)

    def _refused(self, scope: Scope) -> Response | None:
        """Why it is turned away; None when it may go on."""
        headers, path = Headers(scope=scope), str(scope["path"])
        visitor = self._door.visitor(_cookie(headers, headers.get("host", "")))
        scope.setdefault("state", {})["visitor"] = visitor
        rules = [_addressed(headers, path)]
        if scope["method"] in {"GET", "HEAD"}:
            rules.append(_let_in(visitor) if path != "/" else None)
        else:
            rules += [self._acting(), *_ours(headers), _let_in(visitor), _knows(headers, visitor)]
            rules.append(_readable(headers))
        return next((each for each in rules if each is not None), None)

    def _acting(self) -> Response | None:
        told = "this seat only shows: it was started with --read-only"
        return _no(403, told) if self._read_only else None


def _addressed(headers: Headers, path: str) -> Response | None:
    """To us, and by one of our pages or by somebody who types an address."""
    host = headers.get("host", "")
    if not _is_ours(host):
        return _no(421, "this seat is at 127.0.0.1 and nowhere else")
    if _from_elsewhere(headers, host) and path != "/":
        return _no(403, "another page asked for this")
    return None


def _let_in(visitor: Visitor | None) -> Response | None:
    return None if visitor else _no(401, "open the link that the terminal shows")


def _ours(headers: Headers) -> Iterator[Response | None]:
    """An act says where it comes from, in every browser; one that does not is none of a page."""
    if headers.get("origin") != f"http://{headers.get('host')}":
        yield _no(403, "acts are taken from the seat's own pages only")


def _knows(headers: Headers, visitor: Visitor | None) -> Response | None:
    secret = visitor.secret if visitor else ""
    if not compare_digest(headers.get(SECRET, "").encode(), secret.encode()):
        return _no(403, "this page does not know the secret of the link: open a new one")
    return None


def _readable(headers: Headers) -> Response | None:
    if headers.get("content-type", "").partition(";")[0] != "application/json":
        return _no(415, "acts are JSON")
    told = headers.get("content-length", "")
    if not told.isdecimal():
        return _no(411, "how long is it?")
    return _no(413, "too long") if int(told) > LARGEST_BYTES else None


def _is_ours(host: str) -> bool:
    try:
        found = urlsplit(f"//{host}")
        port = found.port
    except ValueError:
        return False
    return found.hostname in HOSTS and port != 0 and "@" not in host


def _from_elsewhere(headers: Headers, host: str) -> bool:
    """Whether the browser says that another site's page asks, one of another port included."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    return site in {"cross-site", "same-site"} or origin not in (None, f"http://{host}")


def _cookie(headers: Headers, host: str) -> str | None:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(cookie_name(host))
    except CookieError:
        return None
    return found.value if found else None


def _no(code: int, why: str) -> Response:
    return JSONResponse({"error": why}, code)
