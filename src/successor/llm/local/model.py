"""A LanguageModel whose weights are on this machine."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Self

from pydantic import SecretStr

from successor.llm.budget import Budget
from successor.llm.cache import Cache
from successor.llm.client import Client
from successor.llm.errors import LLMError, SetupError
from successor.llm.local.process import ServerProcess
from successor.llm.local.tuning import Tuning
from successor.llm.local.weights import Found
from successor.llm.patience import Patience
from successor.llm.prices import FREE
from successor.llm.protocol import OnText, Reply, Request
from successor.llm.providers import LOCAL, PROVIDERS, Endpoint


class LocalModel:
    """Served by a child that starts with the first request, and once more should it have died."""

    def __init__(
        self,
        name: str,
        weights: Found,
        budget: Budget,
        cache: Cache | None,
        patience: Patience,
        tuning: Tuning,
    ) -> None:
        self._name = name
        self._weights = weights
        self._budget = budget
        self._cache = cache
        self._patience = patience
        self._tuning = tuning
        self._lock = threading.Lock()
        self._running: tuple[ServerProcess, Client] | None = None
        self._closed = False

    @property
    def name(self) -> str:
        return self._name

    @property
    def budget(self) -> Budget:
        """What it spends from, maybe together with others."""
        return self._budget

    @property
    def process(self) -> int | None:
        """The number of the child, while there is one."""
        return self._running[0].process if self._running is not None else None

    def complete(self, request: Request, on_text: OnText | None = None) -> Reply:
        return self._client().complete(request, on_text)

    def complete_all(self, requests: Sequence[Request]) -> list[Reply | LLMError]:
        return self._client().complete_all(requests)

    def close(self) -> None:
        with self._lock:
            self._closed = True
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _end(self) -> None:
        if self._running is not None:
            server, client = self._running
            self._running = None
            server.stop()
            client.close()

    def _client(self) -> Client:
        with self._lock:
            if self._closed:
                raise SetupError(f"{self._name} was closed")
            if self._running is not None and self._running[0].is_running:
                return self._running[1]
            self._end()
            server = ServerProcess(self._weights.path, self._name, self._tuning)
            identity = f"{LOCAL}:{self._weights.sha256}"
            endpoint = Endpoint(
                PROVIDERS[LOCAL], self._name, server.url, SecretStr(server.key), identity
            )
            client = Client(
                self._name, endpoint, self._budget, FREE, self._cache, self._patience,
                shared=self._tuning.slots,
            )  # fmt: skip
            self._running = (server, client)
            return client
