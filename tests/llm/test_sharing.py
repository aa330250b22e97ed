"""A server of our own: code is begun for it, and what it reads once it answers several times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import pytest
from pydantic import SecretStr

from llm.conftest import CANARY, HURRIED, Opened, asking
from llm.server import Behaviour, Call, Server, fails, says
from successor.llm import AnswerError, Budget, BudgetError, Limits, LLMError, Reply
from successor.llm.cache import Cache
from successor.llm.client import Client
from successor.llm.prices import FREE
from successor.llm.providers import PROVIDERS, Endpoint
from successor.llm.sharing import alike


class Opening(Protocol):
    def __call__(self, *, budget: Budget | None = None, cache: Path | None = None) -> Client: ...


@pytest.fixture
def local(server: Server) -> Iterator[Opening]:
    """Opens the server as a model of this machine, which gives four answers to one reading."""
    with ExitStack() as stack:

        def opening(*, budget: Budget | None = None, cache: Path | None = None) -> Client:
            where = Endpoint(PROVIDERS["local"], "m", server.url, SecretStr(CANARY), "local:m")
            kept = Cache(cache) if cache else None
            spending = budget or Budget(Limits())
            model = Client("local:m", where, spending, FREE, kept, HURRIED, shared=4)
            return stack.enter_context(model)

        yield opening


def gives(*texts: str, finish: str = "stop") -> Behaviour:
    """Several answers, in pieces that come in turn, each with its usage."""

    def behave(call: Call) -> None:
        call.head()
        longest = max(map(len, texts))
        for at in range(longest):
            for index, text in enumerate(texts):
                piece = {"index": index, "delta": {"content": text[at : at + 1]}}
                call.event({"model": "m", "choices": [piece]})
        for index, text in reversed([*enumerate(texts)]):
            end = {"index": index, "finish_reason": finish}
            call.event({"model": "m", "choices": [end]})
            usage = {"prompt_tokens": 10, "completion_tokens": len(text)}
            call.event({"model": "m", "choices": [], "usage": usage})
        call.write(b"data: [DONE]\n\n")

    return behave


def texts(found: Sequence[Reply | LLMError]) -> list[str]:
    return [each.text if isinstance(each, Reply) else repr(each) for each in found]


@pytest.mark.parametrize("said", ["x = 1", "```python\nx = 1"])
def test_an_answer_in_code_begins_in_its_block_and_ends_with_it(
    server: Server, local: Opening, said: str
):
    server.play(says(said))
    reply = local().complete(asking(code=True, stop=("END",)))
    assert reply.text == "```python\nx = 1\n```\n"
    (body,) = server.bodies
    assert body["messages"][-1] == {"role": "assistant", "content": "```python\n"}
    assert body["stop"] == ["END", "\n```"]


def test_an_answer_in_code_that_was_cut_off_has_no_end(server: Server, local: Opening):
    server.play(says("x = ", finish="length"))
    with pytest.raises(AnswerError) as caught:
        local().complete(asking(code=True))
    assert caught.value.text == "```python\nx = "


def test_other_servers_are_trusted_with_the_form(server: Server, opened: Opened):
    server.play(says("As you like: x = 1"))
    assert opened().complete(asking(code=True)).text == "As you like: x = 1"
    assert len(server.bodies[0]["messages"]) == 1
    assert "stop" not in server.bodies[0]


def test_what_differs_in_its_seed_only_is_read_once(server: Server, local: Opening, tmp_path: Path):
    server.play(lambda call: (gives("a", "bb", "ccc") if "n" in call.body else says("d"))(call))
    budget = Budget(Limits())
    model = local(budget=budget, cache=tmp_path)
    asked = [asking(seed=1), asking(seed=2), asking("else", seed=3), asking(seed=4)]
    found = model.complete_all(asked)
    assert texts([found[0], found[1], found[3]]) == ["a", "bb", "ccc"]
    assert sorted(body.get("n", 1) for body in server.bodies) == [1, 3]
    assert budget.spent.calls == 4
    assert budget.spent.input_tokens == 10 + 11  # the prompt of three was read once
    assert budget.spent.output_tokens == 1 + 2 + 3 + 7
    assert texts(model.complete_all(asked)) == texts(found)
    assert server.calls == 2  # all of them are in the cache


def test_a_budget_holds_for_answers_of_one_reading(server: Server, local: Opening):
    server.play(gives("a", "b"))
    budget = Budget(Limits(calls=2))
    found = local(budget=budget).complete_all([asking(seed=n) for n in range(4)])
    assert texts(found[:2]) == ["a", "b"]
    assert all(isinstance(each, BudgetError) for each in found[2:])
    assert budget.spent.calls == server.bodies[0]["n"] == 2


def test_when_one_reading_fails_each_is_asked_on_its_own(server: Server, local: Opening):
    server.play(fails(400, "n is not supported"), says("a"))
    budget = Budget(Limits())
    found = local(budget=budget).complete_all([asking(seed=n) for n in range(2)])
    assert texts(found) == ["a", "a"]
    assert server.calls == 3
    assert budget.spent.calls == 4  # two that failed as one, and two more


def test_one_of_several_may_be_cut_off(server: Server, local: Opening):
    server.play(gives("a", "b", finish="length"))
    found = local().complete_all([asking(seed=n) for n in range(2)])
    assert [getattr(each, "fault", None) for each in found] == ["truncated", "truncated"]


def test_an_answer_that_nobody_asked_for_is_no_answer(server: Server, local: Opening):
    server.play(gives("a", "b", "c"), says("d"))
    found = local().complete_all([asking(seed=n) for n in range(2)])
    assert texts(found) == ["d", "d"]


def test_groups_have_a_size():
    asked = [asking(seed=n) for n in range(5)] + [asking("else")]
    assert alike(asked, 4) == [[0, 1, 2, 3], [4], [5]]
    assert alike(asked, 1) == [[n] for n in range(6)]
