"""Keeping a key out of whatever a server sends back, and out of logs."""

from __future__ import annotations

import asyncio
import logging

from successor.llm.protocol import OnText

SHORTEST_KEY = 12
"""Characters of a key that is one: servers at home are given words such as EMPTY instead, and those
may well stand in an answer.
"""
_LOGGERS = ("openai._base_client", "httpx2", "httpcore2.http11", "httpcore2.http2")
"""Those that may be told to log what servers send."""


class Redacting:
    """Takes a key out of text that comes in pieces, before anybody is told of them."""

    def __init__(self, key: str, on_text: OnText | None = None) -> None:
        self._key = key if len(key) >= SHORTEST_KEY else ""
        self._on_text = on_text
        self._held = ""

    def __call__(self, piece: str) -> str:
        """What can be told by now; the beginning of a key is held back."""
        text = self.clean(self._held + piece)
        kept = next(
            (n for n in range(min(len(self._key), len(text)), 0, -1) if self._begins(text[-n:])), 0
        )
        return self._told(text[: len(text) - kept], text[len(text) - kept :])

    def rest(self) -> str:
        """What was held back and was no key."""
        return self._told(self._held, "")

    def clean(self, text: str) -> str:
        """All of a text, without the key."""
        return text.replace(self._key, "[key]") if self._key else text

    def _begins(self, end: str) -> bool:
        return self._key.startswith(end)

    def _told(self, text: str, held: str) -> str:
        self._held = held
        if text and self._on_text is not None:
            # In its turn in this loop, where what it raises is logged and spoils no answer.
            asyncio.get_running_loop().call_soon(self._on_text, whole(text))
        return text


class KeylessLogs(logging.Filter):
    """Takes a key out of what the libraries underneath log, for as long as it is used."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._redacting = Redacting(key)
        for name in _LOGGERS:
            logging.getLogger(name).addFilter(self)

    def filter(self, record: logging.LogRecord) -> bool:
        told = record.getMessage()
        if (clean := self._redacting.clean(told)) != told:
            record.msg, record.args = clean, ()
        return True

    def end(self) -> None:
        for name in _LOGGERS:
            logging.getLogger(name).removeFilter(self)


def whole(text: str) -> str:
    """Text without lone surrogates."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
