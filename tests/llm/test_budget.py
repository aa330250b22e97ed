"""A budget holds to the last request, token and cent, whoever asks at once."""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llm.conftest import HURRIED, Opened, asking
from llm.server import Behaviour, Server, drops, fails, hangs, raw, says
from successor.llm import (
    Budget,
    BudgetError,
    Limits,
    LLMError,
    Patience,
    Price,
    Reply,
    SetupError,
    UnavailableError,
    Usage,
)
from successor.llm.client import Client
from successor.llm.prices import most_input_tokens

MANY = 16
DEAR = Price(Decimal(1_000_000), Decimal(2_000_000))
"""A dollar for a token that is read, two for one that is written."""


def ask(model: Client, number: int = 0) -> Reply | LLMError:
    try:
        return model.complete(asking(str(number), max_tokens=10))
    except LLMError as error:
        return error


def ask_from_threads(model: Client, times: int) -> list[Reply | LLMError]:
    with ThreadPoolExecutor(MANY) as pool:
        return list(pool.map(partial(ask, model), range(times)))


@pytest.mark.parametrize("allowed", [0, 1, 5, 17])
def test_calls_hold_to_one_with_16_callers(server: Server, opened: Opened, allowed: int):
    budget = Budget(Limits(calls=allowed))
    model = opened(budget=budget, patience=Patience(concurrency=MANY))
    server.play(says("yes", after_s=0.02))
    found = ask_from_threads(model, 40)
    assert server.calls == allowed == budget.spent.calls
    assert sum(isinstance(each, Reply) for each in found) == allowed
    assert sum(isinstance(each, BudgetError) for each in found) == 40 - allowed


def test_attempts_are_calls_too(server: Server, opened: Opened):
    server.play(fails(500), fails(429), says("yes"))
    model = opened(budget=Budget(Limits(calls=2)))
    assert isinstance(ask(model), BudgetError)
    assert server.calls == 2


def test_all_at_once_share_one_budget(server: Server, opened: Opened):
    budget = Budget(Limits(calls=6))
    models = [opened(f"openai:model-{number}", budget=budget) for number in range(3)]
    with ThreadPoolExecutor(3) as pool:
        for asked in [pool.submit(model.complete_all, [asking()] * 5) for model in models]:
            asked.result()
    assert server.calls == 6 == budget.spent.calls


def test_tokens_and_money_count_what_the_provider_says(server: Server, opened: Opened):
    server.play(says("yes", usage={"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 9}))
    budget = Budget(Limits(usd=Decimal(10_000)))
    reply = opened(budget=budget, price=DEAR).complete(asking())
    # Thoughts that only the total has are paid as output.
    assert reply.usage == budget.spent == Usage(1, 3, 6, Decimal(15))


@pytest.mark.parametrize(
    "limit",
    [Limits(tokens=1000), Limits(usd=Decimal(1000))],
)
def test_tokens_and_money_are_never_exceeded_by_16_callers(
    server: Server, opened: Opened, limit: Limits
):
    worst = Usage(1, most_input_tokens(asking("0")), 10, DEAR(most_input_tokens(asking("0")), 10))
    usage = {"prompt_tokens": 30, "completion_tokens": 10, "total_tokens": 40}
    server.play(says("yes", usage=usage, after_s=0.01))
    budget = Budget(limit)
    model = opened(budget=budget, price=DEAR, patience=Patience(concurrency=MANY))
    ask_from_threads(model, 60)
    spent = budget.spent
    if limit.tokens is not None:
        assert spent.tokens <= limit.tokens < spent.tokens + worst.tokens
    if limit.usd is not None:
        assert spent.usd <= limit.usd < spent.usd + worst.usd
    assert spent.calls == server.calls > 10  # what was reserved and not used came back


@pytest.mark.parametrize(
    "bad", [says("yes", usage=None), says("yes", usage={"prompt_tokens": 0}), raw(b"data: {}\n\n")]
)
def test_where_no_usage_is_told_the_worst_is_counted(
    server: Server, opened: Opened, bad: Behaviour
):
    server.play(bad)
    model = opened(patience=Patience(attempts=1))
    ask(model)
    worst = Usage(1, most_input_tokens(asking("0")), 10, unpriced_calls=1)
    assert model.budget.spent == worst


@pytest.mark.parametrize("lie", [-5, "many", 1.5, None])
def test_usage_that_is_none_is_not_believed(server: Server, opened: Opened, lie: object):
    server.play(says("yes", usage={"prompt_tokens": lie, "completion_tokens": 2}))
    model = opened(patience=Patience(attempts=1))
    ask(model)
    assert model.budget.spent.tokens >= 0
    assert model.budget.spent.calls == 1


def test_what_was_surely_not_answered_costs_no_tokens(server: Server, opened: Opened):
    server.play(fails(500))
    model = opened()
    ask(model)
    assert model.budget.spent == Usage(calls=HURRIED.attempts)


@pytest.mark.parametrize("bad", [hangs, drops])
def test_what_may_have_been_answered_costs_the_worst(
    server: Server, opened: Opened, bad: Behaviour
):
    server.play(bad)
    model = opened(patience=Patience(attempts=1, timeout_s=0.3))
    assert isinstance(ask(model), UnavailableError)
    assert model.budget.spent.output_tokens == 10


def test_no_price_no_budget_in_dollars(opened: Opened):
    with pytest.raises(SetupError, match="price of openai:tested is not known"):
        opened(budget=Budget(Limits(usd=Decimal(1))))


@pytest.mark.parametrize(
    ("limit", "told"),
    [
        (Limits(calls=0), "the budget of 0 calls is spent; not sent"),
        (Limits(tokens=5), "the budget of 5 tokens has 5 left and the request may need "),
        (Limits(usd=Decimal(1)), "the budget of $1 has $1.0000 left and the request may cost $"),
    ],
)
def test_what_is_left_is_told(server: Server, opened: Opened, limit: Limits, told: str):
    with pytest.raises(BudgetError) as caught:
        opened(budget=Budget(limit), price=DEAR).complete(asking())
    assert str(caught.value).startswith(told)
    assert server.calls == 0


def test_a_request_waits_for_what_others_leave(server: Server, opened: Opened):
    """Two do not fit at their worst, but do at what they come to."""
    need = most_input_tokens(asking("0")) + 10
    server.play(says("yes", after_s=0.1))
    model = opened(budget=Budget(Limits(tokens=need + 20)))
    found = model.complete_all([asking(str(number), max_tokens=10) for number in range(2)])
    assert all(isinstance(each, Reply) for each in found)
    assert server.most_at_once == 1


def test_what_was_spent_before_counts(server: Server, opened: Opened):
    model = opened(budget=Budget(Limits(calls=5), spent=Usage(calls=4)))
    found = model.complete_all([asking()] * 3)
    assert server.calls == 1
    assert sum(isinstance(each, Reply) for each in found) == 1


@given(
    st.lists(st.tuples(st.integers(0, 50), st.floats(0, 1)), max_size=60),
    st.integers(0, 300),
)
def test_reserved_and_spent_never_exceed_a_limit(costs: list[tuple[int, float]], limit: int):
    budget = Budget(Limits(tokens=limit))
    held: list[tuple[str, int, int]] = []
    total = 0
    for worst, share in costs:
        try:
            ticket = budget.reserve(Usage(1, worst))
        except BudgetError:
            assert budget.spent.tokens + worst > limit
            continue
        if ticket is None:
            assert total + sum(reserved for _, reserved, _ in held) + worst > limit
            if held:
                done, _, used = held.pop()
                budget.settle(done, Usage(1, used))
                total += used
        else:
            held.append((ticket, worst, int(worst * share)))
        assert budget.spent.tokens == total <= limit


def test_a_budget_is_exact_under_threads():
    budget = Budget(Limits(tokens=1000))
    started = threading.Barrier(MANY)

    def spend() -> None:
        chance = random.Random(threading.get_ident())
        started.wait()
        for _ in range(200):
            try:
                ticket = budget.reserve(Usage(1, 7))
            except BudgetError:
                return
            time.sleep(0)
            if ticket is not None:
                budget.settle(ticket, Usage(1, chance.randint(0, 7)))

    with ThreadPoolExecutor(MANY) as pool:
        for done in [pool.submit(spend) for _ in range(MANY)]:
            done.result()
    assert 1000 - 7 < budget.spent.tokens <= 1000
