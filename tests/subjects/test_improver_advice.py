"""Improvers that ask a language model: over real HTTP, with a model that plays one."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from llm.server import Call, Server, says, serving
from subjects.program.labs import Desk, version
from successor.errors import Halt, UsageError
from successor.subjects.improver import ImproverSubject, improver
from successor.subjects.improver.items import SLICES
from successor.types import Draw

BUDGET = 12
FEW = Draw("held-out", 7, ((SLICES[0], 3),))
ASKS = """\
import json

PROMPT = "Numbers, please: "


def improve(task):
    best = [*range(task.size)] if task.kind == "order" else [0] * task.size
    while task.left:
        if task.questions and task.kind == "reals":
            said = yield PROMPT + str(task.size)
            try:
                best = json.loads(said)
            except ValueError:
                pass
        yield [best]
"""


def numbers(call: Call) -> None:
    """Says a candidate when it is asked nicely."""
    asked = str(call.body["messages"][-1]["content"])
    size = int(asked.rpartition(" ")[2])
    says(json.dumps([0.5] * size) if "please" in asked else "no")(call)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Server]:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0123456789")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with serving() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        server.play(numbers)
        yield server


Make = Callable[..., ImproverSubject]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    (tmp_path / "improver.py").write_text(ASKS, encoding="utf-8")
    made = list[ImproverSubject]()

    def subject(**more: object) -> ImproverSubject:
        told = {"target": "improver.py", "evaluations": BUDGET, "exam_items": 4}
        made.append(improver({**told, **more}, tmp_path))
        return made[-1]

    yield subject
    for each in made:
        each.close()


@pytest.mark.usefixtures("server")
def test_a_question_is_answered_and_metered_and_costs_no_evaluation(make: Make) -> None:
    found = make(model="openai:weak", questions=2).attempts(ASKS, FEW)
    assert [each.why for each in found] == [""] * 3
    assert [(each.asked, len(each.costs)) for each in found] == [(2, BUDGET)] * 3
    for each in found:
        middle = each.item.task.cost([0.5] * each.item.task.space.size)
        assert each.costs == [middle] * BUDGET


@pytest.mark.usefixtures("server")
def test_the_prompt_is_part_of_what_improves(make: Make) -> None:
    subject = make(model="openai:weak")
    nice, rude = (subject.attempts(s, FEW) for s in (ASKS, ASKS.replace(", please", "!")))
    assert [each.costs[0] for each in nice] != [each.costs[0] for each in rude]


def test_what_was_asked_before_is_not_asked_again(server: Server, make: Make) -> None:
    first = make(model="openai:weak")
    sizes = {each.item.task.space.size for each in first.attempts(ASKS, FEW)}
    asked = server.calls
    assert asked == len(sizes), "alike questions are one"
    make(model="openai:weak").attempts(ASKS, FEW)
    assert server.calls == asked


def test_without_a_model_there_is_nobody_to_ask(make: Make) -> None:
    found = make().attempts(ASKS, FEW)
    assert [(each.asked, each.why) for each in found] == [(0, "")] * 3
    insists = ASKS.replace("if task.questions and", "if")
    assert all("asks more than 0 questions" in e.why for e in make().attempts(insists, FEW))


@pytest.mark.parametrize(
    ("source", "why"),
    [
        (ASKS.replace("if task.questions and", "if"), "asks more than 4 questions"),
        (ASKS.replace("str(task.size)", "'x' * 30_000"), "more than 20000 characters"),
        (
            ASKS.replace("task.questions and", "(task.__dict__.update(questions=99) or 1) and"),
            "than 4",
        ),
    ],
    ids=["too many", "too long", "counts for itself"],
)
def test_whoever_asks_for_more_than_there_is_fails(
    server: Server, make: Make, source: str, why: str
) -> None:
    server.play(says("no"))
    found = make(model="openai:weak").attempts(source, FEW)
    assert all(why in each.why and each.score(BUDGET) == 0 for each in found)


def test_the_budget_of_the_session_ends_it(server: Server, make: Make) -> None:
    server.play(says("[0.5]"))
    with pytest.raises(Halt, match="the budget of 1 calls is spent"):
        make(model="openai:weak", calls=1).attempts(
            ASKS.replace("PROMPT +", "PROMPT + str(task.seed) +"), FEW
        )


@pytest.mark.usefixtures("server")
def test_an_exam_says_what_it_spent(make: Make) -> None:
    subject, desk = make(model="openai:weak"), Desk()
    exam = subject.evaluate_self(version(subject.create(1, desk)), 1, desk)
    assert int(exam.figures["calls"]) > 0
    assert int(exam.figures["tokens"]) >= 18
    assert "calls" not in make().evaluate_self(version(subject.create(1, desk)), 1, desk).figures


def test_a_model_that_is_not_there_is_said_in_a_line(
    monkeypatch: pytest.MonkeyPatch, make: Make
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(UsageError, match="openai:weak") as told:
        make(model="openai:weak").attempts(ASKS, FEW)
    assert "\n" not in str(told.value)
