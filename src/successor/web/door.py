"""Who comes in: a link that works once, then a cookie; and what each visitor has seen and unlocked.

The link is in no log and no list of processes, and whoever used it has the next one made. What
another page in the same browser can do is held off four times: by the host that it has to name, by
where it says that it comes from, by a cookie that only goes out from the seat's own pages, and by a
secret that those can read and no other can.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from hmac import compare_digest
from secrets import token_urlsafe

from starlette.requests import Request

from successor.signing import Sign
from successor.types import Digest

MOST_VISITORS = 64
"""Browsers that are let in at once; of more, the one that came first goes."""


@dataclass
class Look:
    """How one visitor has looked at one candidate."""

    began: float = field(default_factory=time.monotonic)
    explained: bool = False
    """Whether all of it was asked for."""

    @property
    def seconds(self) -> float:
        """Since it was first shown."""
        return time.monotonic() - self.began


@dataclass
class Visitor:
    """One browser."""

    secret: str = field(default_factory=lambda: token_urlsafe(32))
    """That every act has to bring along. It is told once, to the page that the link opened, and
    not to whoever has the cookie: another server on this machine may be sent that.
    """
    keys: dict[str, Sign] = field(default_factory=dict[str, Sign], repr=False)
    """Unlocked by this visitor, by name. They leave this process as signatures only."""
    looks: dict[Digest, Look] = field(default_factory=dict[Digest, Look])

    def look_at(self, candidate: Digest) -> Look:
        """How it looked at a candidate, from now on if it did not before."""
        return self.looks.setdefault(candidate, Look())


@dataclass
class Door:
    """Lets browsers in."""

    told: Callable[[str], None] = lambda _: None
    """Called with the next ticket when one was used."""
    ticket: str = field(default_factory=lambda: token_urlsafe(32))
    """Of the link that works next."""
    _visitors: dict[str, Visitor] = field(default_factory=dict[str, Visitor])

    def enter(self, ticket: str) -> str | None:
        """The cookie of a new visitor; None when the ticket is none, or was used."""
        if not compare_digest(ticket.encode(), self.ticket.encode()):
            return None
        self.ticket = token_urlsafe(32)
        cookie = token_urlsafe(32)
        self._visitors[cookie] = Visitor()
        while len(self._visitors) > MOST_VISITORS:
            del self._visitors[next(iter(self._visitors))]
        self.told(self.ticket)
        return cookie

    def visitor(self, cookie: str | None) -> Visitor | None:
        """Whose cookie it is; None of a stranger."""
        return self._visitors.get(cookie) if cookie else None


def visitor_of(request: Request) -> Visitor:
    """Who asks; the guard has let them in."""
    visitor: object = request.state.visitor
    if not isinstance(visitor, Visitor):
        raise TypeError("the guard lets nobody in without a cookie")
    return visitor
