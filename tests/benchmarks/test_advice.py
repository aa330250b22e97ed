"""An improver that asks a model, beside the same one that asks nobody; a server plays the model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

import advice
from improvers import EXAMPLE, STRATEGIES
from llm.server import Call, Server, says, serving

HOW, WHAT = (STRATEGIES / "asking" / f"{name}.py" for name in ("how", "what"))


def loaded(path: Path) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(f"{EXAMPLE.read_text('utf-8')}\n{path.read_text('utf-8')}", names)  # noqa: S102 - our own
    return names


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0123456789")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with serving() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        yield server


def measured(file: Path, *words: str) -> dict[str, Any]:
    told = [str(file), "--model", "openai:gpt-4o-mini", "--tasks", "2", "--evaluations", "150"]
    done = CliRunner().invoke(advice.main, [*told, "--json", *words])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_who_says_the_same_as_the_model_comes_to_the_same(server: Server) -> None:
    server.play(says("FEWER"))
    found = measured(HOW, "--always", "FEWER", "--always", "SAME")
    nobody, model, others, fewer, same = found["arms"]
    assert [each["asked"] for each in (nobody, model, fewer)] == [0, 12, 12]
    assert model["calls"] == server.calls > 0
    assert model["tokens"] > 0
    areas = [each["row"]["area"] for each in (model, others, fewer)]
    assert areas == [fewer["row"]["area"]] * 3 != [nobody["row"]["area"]] * 3
    assert same["row"]["area"] == nobody["row"]["area"]
    assert found["answers"] == {"FEWER": 12}


def test_a_model_that_writes_candidates_is_tried_with_them(server: Server) -> None:
    def guess(call: Call) -> None:
        size = int(str(call.body["messages"][-1]["content"]).split("A list has ")[1].split()[0])
        says(f"Sure!\n{list(range(size))}\n{[0.0] * size}\n[1, 2\n[a]")(call)

    server.play(guess)
    nobody, model, *_ = measured(WHAT)["arms"]
    assert model["row"]["failed"] == 0
    assert model["row"]["area"] != nobody["row"]["area"]


@pytest.mark.parametrize(
    ("kind", "said", "kept"),
    [
        ("reals", "[0.1, 0.25, 1]\n[2, 0, 0]\n[0.5, 0.5]", [[0.1, 0.25, 1.0]]),
        ("choices", "1: [0, 3, 1], 2: [0, 4, 1]", [[0, 3, 1]]),
        ("order", "[2, 0, 1] [0, 0, 1]", [[2, 0, 1]]),
        ("order", "I can't.", []),
        ("choices", "[nan, 1, 1] [inf, 1, 1]", []),
    ],
)
def test_what_is_no_candidate_is_left_out(kind: str, said: str, kept: list[list[float]]) -> None:
    task = SimpleNamespace(kind=kind, size=3, choices=4)
    assert loaded(WHAT)["answered"](task, said) == kept


@pytest.mark.parametrize(
    ("said", "share"),
    [("fewer.", 0.2), ("MORE", 0.8), ("SAME", 0.5), ("MORE or FEWER?", 0.5), ("", 0.5)],
)
def test_one_word_says_how_much_changes(said: str, share: float) -> None:
    assert loaded(HOW)["answered"](said, 0.5) == pytest.approx(share)
