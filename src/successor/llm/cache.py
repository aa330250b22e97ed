"""Answers that were paid for once, each in a file of its own named after the whole request."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import rfc8785

from successor.llm.errors import SetupError
from successor.llm.protocol import Reply, Request, Usage

VERSION = 1
"""Of what a key covers; another one makes every older answer unknown."""


class Cache:
    """A folder of answers. A kill leaves each of them whole or not there at all, and any number of
    processes may share it. Only answers that are of use are in it, and nothing that was asked.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @staticmethod
    def key(identity: str, model: str, request: Request) -> str:
        """The name of the answer of that model at that server to that request."""
        told = asdict(request)
        whole = {"version": VERSION, "server": identity, "model": model, "request": told}
        return sha256(rfc8785.dumps(whole)).hexdigest()

    def get(self, key: str) -> Reply | None:
        """The answer, at no cost; None when there is none or its file was damaged."""
        try:
            found = json.loads(self._path(key).read_bytes())
            text, model = found["text"], found["model"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        if not (isinstance(text, str) and text and isinstance(model, str)):
            return None
        return Reply(text, Usage(), model, cached=True)

    def put(self, key: str, reply: Reply) -> None:
        """Keep an answer.

        Raises:
            SetupError: when the folder cannot be written.
        """
        path = self._path(key)
        unfinished = path.with_name(f"{key}.{uuid4().hex}.tmp")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with unfinished.open("x", encoding="utf-8") as file:
                json.dump({"model": reply.model, "text": reply.text}, file)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError as error:
            with suppress(OSError):  # the first error tells more than one of tidying up
                unfinished.unlink(missing_ok=True)
            raise SetupError(f"{self._folder}: cannot keep answers: {error.strerror}") from None

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"
