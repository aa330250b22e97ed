"""Ctrl-C works at any time, and nothing is left running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from llm.conftest import HURRIED, Opened, asking
from llm.server import Behaviour, Server, endless, fails, hangs
from successor.llm import LLMError, Patience, UnavailableError
from successor.llm.client import Client

ASKING = """
import sys
from successor.llm import Limits, Budget, Message, Patience, Request, open_model
environment = {"OPENAI_BASE_URL": sys.argv[1], "OPENAI_API_KEY": "k"}
budget = Budget(Limits(tokens=int(sys.argv[2])))
model = open_model("x", budget=budget, environment=environment, patience=Patience(first_wait_s=30))
print("asking", flush=True)
try:
    model.complete_all([Request((Message("user", "hi"),), max_tokens=100)] * 20)
finally:
    print(budget.spent.calls, flush=True)
"""
PLENTY = 10**9


@pytest.mark.parametrize(
    ("bad", "tokens"),
    [
        (hangs, PLENTY),
        (hangs, 500),  # all but one wait for budget
        (endless(b'data: {"choices":[{"delta":{"content":"x"}}]}\n\n', 0.01), PLENTY),
        (fails(500), PLENTY),  # all sleep before their next attempt
    ],
)
def test_ctrl_c_ends_it(server: Server, bad: Behaviour, tokens: int):
    server.play(bad)
    command = [sys.executable, "-c", ASKING, server.url, str(tokens)]
    asker = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert asker.stdout is not None
    assert asker.stdout.readline() == "asking\n"
    deadline = time.monotonic() + 60
    while server.calls == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.1)
    asker.send_signal(signal.SIGINT)
    _, err = asker.communicate(timeout=20)
    assert "KeyboardInterrupt" in err.splitlines()[-1]
    assert asker.returncode in {130, -signal.SIGINT}


def test_ctrl_c_gives_up_the_connection_and_counts_it(server: Server, opened: Opened):
    server.play(hangs)
    model = opened()
    killer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    killer.start()
    with pytest.raises(KeyboardInterrupt):
        model.complete(asking(max_tokens=10))
    deadline = time.monotonic() + 5
    while model.budget.spent.calls == 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert model.budget.spent.output_tokens == 10


def test_closing_ends_what_other_threads_wait_for(server: Server, opened: Opened):
    server.play(hangs)
    model = opened()
    found: list[BaseException] = []

    def ask() -> None:
        try:
            model.complete(asking())
        except UnavailableError as error:
            found.append(error)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    while server.calls < 4:
        time.sleep(0.01)
    model.close()
    for asker in askers:
        asker.join(5)
    assert [str(error) for error in found] == ["openai:tested was closed during the request"] * 4


def test_one_that_waits_long_does_not_hold_up_another_model(server: Server, opened: Opened):
    server.play(fails(429, retry_after="30"), fails(400))
    slow = opened()
    asker = threading.Thread(target=lambda: _quietly(slow), daemon=True)
    asker.start()
    while server.calls < 1:
        time.sleep(0.01)
    started = time.monotonic()
    _quietly(opened(patience=Patience(attempts=1)))
    assert time.monotonic() - started < HURRIED.timeout_s
    slow.close()
    asker.join(5)
    assert not asker.is_alive()


def _quietly(model: Client) -> None:
    try:
        model.complete(asking())
    except LLMError:
        return
