"""The real model of half a billion parameters, where its weights were pulled: minutes."""

from __future__ import annotations

from pathlib import Path

import pytest

from authors.workbench import Desk
from successor.llm.local import weights
from successor.subjects.causal_lm import causal_lm
from successor.types import Version

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]
NAME = "qwen2.5-coder-0.5b"


@pytest.mark.skipif(NAME not in weights.pulled(), reason=f"successor models pull {NAME}")
def test_it_answers_and_learns() -> None:
    told = {"base": NAME, "families": ["chain_sum"], "levels": 1, "answer_tokens": 24, "rows": 16}
    subject, desk = causal_lm(told, Path()), Desk()
    one = Version("v1", subject.create(1, desk).files, (), "")
    attempts = subject.attempt(one, {"chain_sum/1": 8}, 2, 0.8, 1, desk)
    right = [each for each in attempts if each.right]
    assert right
    files, cost = subject.train(one, right, 4, 2e-4, 1, desk)
    assert cost["steps"] >= 4
    assert cost["loss"] < 2
    again = subject.attempt(Version("v2", files, (), ""), {"chain_sum/1": 8}, 1, 0.8, 1, desk)
    assert any(each.ended for each in again)
