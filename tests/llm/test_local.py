"""The process in which weights run: it starts when asked, and never outlives us.

A stand-in for xllamacpp answers for the most part, so that no weights are needed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from llm.conftest import CANARY, HURRIED, asking
from llm.server import Server
from successor.llm import Budget, Limits, Reply, SetupError, Tuning, UnavailableError, open_model
from successor.llm.local.model import LocalModel
from successor.llm.local.weights import folder, is_whole, manifest

FAKE = """
import json, os, pathlib
home = pathlib.Path(__file__).parent
class CommonParams:
    def __init__(self):
        self.model, self.cpuparams, self.cpuparams_batch = (type("", (), {})() for _ in range(3))
class Server:
    def __init__(self, parameters):
        if (home / "broken").exists():
            raise RuntimeError("no such architecture")
        (home / "started").write_text(json.dumps({
            "environment": dict(os.environ), "slots": parameters.n_parallel,
            "context": parameters.n_ctx, "keys": parameters.api_keys, "pid": os.getpid()}))
        self.listening_address = (home / "url").read_text()
"""


@pytest.fixture
def fake(tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "fake"
    home.mkdir()
    (home / "xllamacpp.py").write_text(FAKE)
    (home / "url").write_text(server.url.removesuffix("/v1"))
    (home / "x.gguf").write_bytes(b"GGUF")
    monkeypatch.setattr(sys, "path", [str(home), *sys.path])
    path = os.environ.get("PYTHONPATH")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(home), *([path] if path else [])]))
    return home


def started(home: Path) -> dict[str, Any]:
    return json.loads((home / "started").read_text())


def ended(process: int) -> bool:
    """Whether it ended; one that nobody waited for is a zombie."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state in "ZX":
            return True
        time.sleep(0.05)
    return False


def test_it_starts_when_first_asked_and_is_asked_as_any_other(
    fake: Path, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", CANARY)
    budget = Budget(Limits(calls=1, usd=Decimal(0)))
    name = f"local:{fake / 'x.gguf'}"
    tuning = Tuning(slots=3, context=100)
    cache = tmp_path / "cache"
    with open_model(name, budget=budget, cache=cache, patience=HURRIED, tuning=tuning) as model:
        assert not (fake / "started").exists()
        assert model.complete(asking()).text == "hello"
        told = started(fake)
        assert (told["slots"], told["context"]) == (3, 300)
        assert CANARY not in json.dumps(told["environment"])
        (key,) = told["keys"]
        assert server.headers[0]["authorization"] == f"Bearer {key}"
        assert model.complete(asking()).cached
    assert ended(told["pid"])
    with pytest.raises(SetupError, match="was closed"):
        model.complete(asking())


def test_one_that_died_is_started_again(fake: Path):
    with open_model(f"local:{fake / 'x.gguf'}", patience=HURRIED) as model:
        model.complete(asking())
        first = started(fake)["pid"]
        os.kill(first, signal.SIGKILL)
        # Its leader is a zombie before its last thread is gone: only then can it be waited for.
        assert os.waitid(os.P_PID, first, os.WEXITED | os.WNOWAIT)
        model.complete(asking())
        assert started(fake)["pid"] != first


def test_weights_that_cannot_be_served_are_told_in_a_line(fake: Path):
    (fake / "broken").touch()
    model = open_model(f"local:{fake / 'x.gguf'}")
    with model, pytest.raises(UnavailableError) as caught:
        model.complete(asking())
    assert str(caught.value).endswith("RuntimeError: no such architecture")
    assert "\n" not in str(caught.value)


PARENT = """
import sys, time
from successor.llm import Message, Request, open_model
model = open_model(sys.argv[1])
print(model.complete(Request((Message("user", "hi"),))).text, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_none_is_left_when_its_starter_ends(fake: Path, number: signal.Signals):
    command = [sys.executable, "-c", PARENT, f"local:{fake / 'x.gguf'}"]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"hi\n"
    child = started(fake)["pid"]
    parent.send_signal(number)
    parent.communicate()
    assert ended(child)


@pytest.mark.slow
def test_real_weights_answer_in_batches():
    name = "qwen2.5-coder-0.5b"
    weights = manifest()[name]
    if not is_whole(folder() / weights.file, weights):
        pytest.skip(f"successor models pull {name}")
    asked = [asking("Write a Python function add(a, b).", seed=seed) for seed in range(4)]
    with open_model(f"local:{name}") as model:
        replies = model.complete_all(asked)
        process = model.process if isinstance(model, LocalModel) else None
    assert all(isinstance(reply, Reply) and "def add(" in reply.text for reply in replies)
    assert process is not None
    assert ended(process)
