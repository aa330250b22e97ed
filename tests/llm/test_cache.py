"""What was answered once is not asked again, and only then."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from llm.conftest import CANARY, Opened, asking
from llm.server import Behaviour, Server, fails, says
from successor.llm import AnswerError, Budget, Limits, Message, Reply, Request, SetupError, Usage
from successor.llm.cache import Cache


def test_the_same_request_is_answered_once(server: Server, opened: Opened, tmp_path: Path):
    first = opened(cache=tmp_path / "answers").complete(asking())
    later = opened(cache=tmp_path / "answers", budget=Budget(Limits(calls=0)))
    heard: list[str] = []
    again = later.complete(asking(), heard.append)
    assert server.calls == 1
    assert again == Reply(first.text, Usage(), first.model, cached=True)
    assert heard == ["hello"]


CHANGED: dict[str, object] = {
    "messages": (Message("system", "hello"),),
    "max_tokens": 2047,
    "temperature": 0.0,
    "seed": 0,
    "stop": ("",),
    "code": True,
}


def test_every_part_of_a_request_is_in_its_key():
    assert set(CHANGED) == {field.name for field in dataclasses.fields(Request)}
    keys = {
        Cache.key("a", "b", dataclasses.replace(asking(), **{k: v})) for k, v in CHANGED.items()
    }
    keys |= {Cache.key(*names, asking()) for names in [("a", "b"), ("ab", ""), ("b", "a")]}
    assert len(keys) == len(CHANGED) + 3


def test_servers_and_models_have_their_own_answers(server: Server, opened: Opened, tmp_path: Path):
    for name in ("openai:one", "openai:two", "openai:one"):
        opened(name, cache=tmp_path).complete(asking())
    assert server.calls == 2


@pytest.mark.parametrize(
    "damage", [b"", b'{"text": "he', b"[]", b'{"text": 5, "model": "m"}', b"\xff", b'{"text": ""}']
)
def test_a_damaged_answer_is_asked_again(
    server: Server, opened: Opened, tmp_path: Path, damage: bytes
):
    model = opened(cache=tmp_path)
    model.complete(asking())
    (path,) = tmp_path.rglob("*.json")
    path.write_bytes(damage)
    assert model.complete(asking()).text == "hello"
    assert server.calls == 2
    assert model.complete(asking()).cached


@pytest.mark.parametrize("bad", [says("cut", finish="length"), says(), fails(400)])
def test_what_is_no_use_is_not_kept(server: Server, opened: Opened, tmp_path: Path, bad: Behaviour):
    server.play(bad, says("fine"))
    model = opened(cache=tmp_path)
    with pytest.raises(AnswerError):
        model.complete(asking())
    assert model.complete(asking()).text == "fine"


def test_neither_key_nor_prompt_is_kept(server: Server, opened: Opened, tmp_path: Path):
    server.play(says("answer"))
    opened(cache=tmp_path).complete(asking("a private question"))
    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*.json"))
    assert b"answer" in kept
    assert b"private" not in kept
    assert CANARY.encode() not in kept


def test_a_folder_that_cannot_be_written_is_told(opened: Opened, tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SetupError, match="cannot keep answers"):
        opened(cache=tmp_path / "file").complete(asking())


WRITER = """
import sys
from pathlib import Path
from successor.llm import Reply, Usage
from successor.llm.cache import Cache
cache = Cache(Path(sys.argv[1]))
for number in range(10**9):
    cache.put(f"{number % 50:064}", Reply("x" * 300_000, Usage(), "m"))
    if number == 50:
        print("begun", flush=True)
"""


def test_a_kill_leaves_whole_answers(tmp_path: Path):
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"begun\n"
        time.sleep(0.03)
        os.kill(writer.pid, signal.SIGKILL)
        writer.communicate()
        found = [Cache(tmp_path).get(path.stem) for path in tmp_path.rglob("*.json")]
        assert len(found) == 50
        assert all(reply is not None and len(reply.text) == 300_000 for reply in found)
