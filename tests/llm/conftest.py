from __future__ import annotations

import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from llm.server import Server, serving
from successor.llm import Message, Patience, Request, open_model
from successor.llm.client import Client

CANARY = "sk-canary-7f3a9b2c4d5e6f708192a3b4c5d6e7f8"
HURRIED = Patience(first_wait_s=0.01, timeout_s=20)


@pytest.fixture(autouse=True)
def _ctrl_c_counts() -> Generator[None]:
    """What a shell starts in the background ignores Ctrl-C, and so does all that it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server


Opened = Callable[..., Client]


@pytest.fixture
def opened(server: Server) -> Iterator[Opened]:
    """Opens models at the server, in a hurry and with a canary for a key."""
    with ExitStack() as stack:

        def opening(name: str = "openai:tested", **options: Any) -> Client:  # noqa: ANN401 - as it takes
            environment = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": CANARY}
            given: dict[str, Any] = {"patience": HURRIED, "environment": environment, **options}
            model = open_model(name, **given)
            assert isinstance(model, Client)
            return stack.enter_context(model)

        yield opening


def asking(text: str = "hello", **options: Any) -> Request:  # noqa: ANN401 - as it takes
    return Request((Message("user", text),), **options)
