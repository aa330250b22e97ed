"""The models that a lab names: opened late, but found out before any work if they can be asked."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from typing import Protocol
from urllib.parse import SplitResult, urlsplit
from urllib.request import getproxies, proxy_bypass

from successor.errors import UsageError
from successor.llm import Budget, LanguageModel, Limits, SetupError, open_model
from successor.llm.places import user_cache
from successor.llm.providers import endpoint, split

_KNOCKING_S = 3.0


class Source(Protocol):
    """Where an author has its models from."""

    def require(self, names: Sequence[str], limits: Limits) -> None:
        """Nothing, when each of them can be asked.

        Raises:
            UsageError: naming what has to be set or started.
        """
        ...

    def open(self, name: str, budget: Budget) -> LanguageModel:
        """A model, which its user closes.

        Raises:
            UsageError: as `require`.
        """
        ...


class Providers:
    """The servers that the environment names. Answers are kept in the user's cache."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment

    def require(self, names: Sequence[str], limits: Limits) -> None:
        for name in names:
            self.open(name, Budget(limits)).close()
            self._knock(name)

    def open(self, name: str, budget: Budget) -> LanguageModel:
        cache = user_cache(self._environment) / "answers"
        try:
            return open_model(name, budget=budget, cache=cache, environment=self._environment)
        except SetupError as error:
            raise UsageError(f"[author] models = {name!r}: {error}") from None

    def _knock(self, name: str) -> None:
        """Whether a server of the user's own is there. Those of the providers are taken for
        granted, and behind a proxy nothing can be told.
        """
        where = endpoint(*split(name, self._environment), self._environment)
        server = urlsplit(where.url)
        if not server.hostname or (where.is_default and where.provider.prices):
            return
        if getproxies().get(server.scheme) and not proxy_bypass(server.hostname):
            return
        try:
            socket.create_connection((server.hostname, _port(server)), _KNOCKING_S).close()
        except OSError as error:
            raise UsageError(
                f"[author] models = {name!r}: no server at {server.hostname}:{_port(server)} "
                f"({error.strerror or error}); start it, or set {where.provider.url_variable}"
            ) from None


def _port(server: SplitResult) -> int:
    return server.port or (443 if server.scheme == "https" else 80)
