"""A model behind HTTP: concurrency, attempts, budget and cache around single exchanges."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from typing import Self

from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from successor.llm import background
from successor.llm.budget import Budget
from successor.llm.cache import Cache
from successor.llm.chunks import Answer
from successor.llm.errors import (
    AnswerError,
    BudgetError,
    LLMError,
    SetupError,
    UnavailableError,
)
from successor.llm.exchange import Exchange, Failure
from successor.llm.patience import Patience
from successor.llm.prices import Cost, most_input_tokens
from successor.llm.protocol import OnText, Reply, Request, Usage
from successor.llm.providers import Endpoint
from successor.llm.sharing import alike

PATIENCE = Patience()
LOOK_AGAIN_S = 0.02
"""How often a request that waits for budget looks whether some came back."""
_REFUSED = frozenset({"content_filter", "refusal", "safety"})
_CUT = frozenset({"length", "max_tokens"})
SEEDS = 1 << 31
"""What every server can take."""


class Client:
    """A LanguageModel at an endpoint."""

    def __init__(
        self,
        name: str,
        endpoint: Endpoint,
        budget: Budget,
        cost: Cost | None,
        cache: Cache | None = None,
        patience: Patience = PATIENCE,
        *,
        shared: int = 1,
    ) -> None:
        """Connect to nothing yet.

        Args:
            shared: answers that the server gives to what it reads once, at most.

        Raises:
            SetupError: when a budget in dollars cannot hold.
        """
        if cost is None and budget.limits.usd is not None:
            raise SetupError(
                f"the price of {name} is not known, so that no budget in dollars can hold; "
                "give a price, or a budget in tokens"
            )
        self._name = name
        self._endpoint = endpoint
        self._budget = budget
        self._cost = cost
        self._cache = cache
        self._patience = patience
        self._shared = shared
        self._slots = asyncio.Semaphore(patience.concurrency)
        self._exchange = Exchange(endpoint, patience.timeout_s)
        self._tasks = set[asyncio.Task[object]]()
        self._closed = False

    @property
    def name(self) -> str:
        return self._name

    @property
    def budget(self) -> Budget:
        """What it spends from, maybe together with others."""
        return self._budget

    def complete(self, request: Request, on_text: OnText | None = None) -> Reply:
        reply = self._run([request], on_text)[0]
        if isinstance(reply, LLMError):
            raise reply
        return reply

    def complete_all(self, requests: Sequence[Request]) -> list[Reply | LLMError]:
        return self._run(requests, None)

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            background.run(self._end())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name}>"

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._exchange.close()

    def _run(self, requests: Sequence[Request], on_text: OnText | None) -> list[Reply | LLMError]:
        if self._closed:
            raise SetupError(f"{self._name} was closed")
        try:
            return background.run(self._all(requests, on_text))
        except CancelledError:
            raise UnavailableError(f"{self._name} was closed during the request") from None

    async def _all(
        self, requests: Sequence[Request], on_text: OnText | None
    ) -> list[Reply | LLMError]:
        groups = alike(requests, self._shared)
        tasks = [
            asyncio.ensure_future(self._group([requests[place] for place in group], on_text))
            for group in groups
        ]
        self._tasks.update(tasks)
        try:
            found = dict[int, Reply | LLMError]()
            for group, replies in zip(groups, await asyncio.gather(*tasks), strict=True):
                found |= zip(group, replies, strict=True)
            return [found[place] for place in range(len(requests))]
        finally:
            for task in tasks:
                task.cancel()
            self._tasks.difference_update(tasks)

    async def _group(
        self, requests: Sequence[Request], on_text: OnText | None
    ) -> list[Reply | LLMError]:
        """Answers to requests that differ in their seeds only: read once, if there are several."""
        if len(requests) == 1:
            return [await self._one(requests[0], on_text)]
        found = [self._known(each) for each in requests]
        new = [place for place, each in enumerate(found) if each is None]
        if len(new) > 1:
            for place, reply in zip(new, await self._read_once([requests[n] for n in new])):  # noqa: B905 - fewer, when the budget has no more
                found[place] = reply
        left = [self._one(requests[n], on_text) for n, each in enumerate(found) if each is None]
        others = iter(await asyncio.gather(*left))
        return [next(others) if each is None else each for each in found]

    def _known(self, request: Request) -> Reply | LLMError | None:
        """What the cache has; none of a request that cannot be sent."""
        try:
            _check(request)
        except SetupError as error:
            return error
        return self._cache.get(self._key(request)) if self._cache is not None else None

    def _key(self, request: Request) -> str:
        return Cache.key(self._endpoint.identity, self._endpoint.model, request)

    async def _read_once(self, requests: Sequence[Request]) -> list[Reply | LLMError]:
        """Answers to the first of these, as far as the budget goes; none when it went wrong, and
        each has to be asked on its own.
        """
        worst = self._usage(most_input_tokens(requests[0]), requests[0].max_tokens)
        tickets = [*self._reservable(worst, len(requests))]
        used = [worst] * len(tickets)
        try:
            if len(tickets) < 2:
                used = [Usage()] * len(tickets)
                return []
            async with self._slots:
                answers = await self._exchange.ask(requests[0], count=len(tickets))
            counted = [each.tokens() for each in answers]
            used = [
                worst if each is None else self._usage(0 if place else each[0], each[1])
                for place, each in enumerate(counted)
            ]
        except Failure as failure:
            used = used if failure.billed else [Usage(calls=1)] * len(tickets)
            return []
        finally:
            for ticket, each in zip(tickets, used, strict=True):
                self._budget.settle(ticket, each)
        return [*map(self._kept, requests, answers, used)]

    def _reservable(self, worst: Usage, count: int) -> Iterator[str]:
        """Tickets for as many of such requests as there is budget for now."""
        for _ in range(count):
            try:
                ticket = self._budget.reserve(worst)
            except BudgetError:
                return
            if ticket is None:
                return
            yield ticket

    def _kept(self, request: Request, answer: Answer, used: Usage) -> Reply | LLMError:
        try:
            self._check_use(answer)
            reply = Reply(answer.text, used, answer.model or self._endpoint.model)
            if self._cache is not None:
                self._cache.put(self._key(request), reply)
        except LLMError as error:
            return error
        return reply

    async def _one(self, request: Request, on_text: OnText | None) -> Reply | LLMError:
        try:
            _check(request)
            if self._cache is not None and (known := self._cache.get(self._key(request))):
                if on_text is not None:
                    on_text(known.text)
                return known
            async with self._slots:
                reply = await self._answered(request, on_text)
            if self._cache is not None:
                self._cache.put(self._key(request), reply)
        except LLMError as error:
            return error
        return reply

    async def _answered(self, request: Request, on_text: OnText | None) -> Reply:
        """Attempt after attempt, as long as another one may help."""
        patience, spent = self._patience, list[Usage]()
        attempts = AsyncRetrying(
            stop=stop_after_attempt(patience.attempts),
            retry=retry_if_exception(self._may_help),
            wait=self._wait_s,
            reraise=True,
        )
        try:
            answer: Answer = await attempts(self._attempt, request, on_text, spent)
        except Failure as failure:
            raise failure.error from None
        self._check_use(answer)
        usage = sum(spent, Usage())
        return Reply(answer.text, usage, answer.model or self._endpoint.model)

    def _may_help(self, error: BaseException) -> bool:
        if not isinstance(error, Failure) or error.wait_s > self._patience.longest_wait_s:
            return False
        return error.again

    def _wait_s(self, state: RetryCallState) -> float:
        patience, error = self._patience, state.outcome.exception() if state.outcome else None
        first, longest = patience.first_wait_s, patience.longest_wait_s
        wait = wait_exponential(first, longest) + wait_random(0, first)
        return max(wait(state), error.wait_s if isinstance(error, Failure) else 0.0)

    async def _attempt(
        self, request: Request, on_text: OnText | None, spent: list[Usage]
    ) -> Answer:
        worst = self._usage(most_input_tokens(request), request.max_tokens)
        ticket = await self._reserved(worst)
        used = worst  # also when we are interrupted: the provider may count it
        try:
            (answer,) = await self._exchange.ask(request, on_text)
            if (counted := answer.tokens()) is not None:
                used = self._usage(*counted)
        except Failure as failure:
            if not failure.billed:
                used = Usage(calls=1)
            raise
        finally:
            self._budget.settle(ticket, used)
            spent.append(used)
        return answer

    async def _reserved(self, worst: Usage) -> str:
        # A budget is shared by threads and knows no event loop that it could wake.
        while (ticket := self._budget.reserve(worst)) is None:  # noqa: ASYNC110 - see above
            await asyncio.sleep(LOOK_AGAIN_S)
        return ticket

    def _usage(self, input_tokens: int, output_tokens: int) -> Usage:
        if self._cost is None:
            return Usage(1, input_tokens, output_tokens, unpriced_calls=1)
        return Usage(1, input_tokens, output_tokens, self._cost(input_tokens, output_tokens))

    def _check_use(self, answer: Answer) -> None:
        where = f"{self._endpoint.model} at {self._endpoint.host}"
        if answer.refusal or answer.finish in _REFUSED:
            raise AnswerError(f"{where}: the model refused", "refused", answer.refusal)
        if answer.finish in _CUT:
            told = f"{where}: the answer was cut off at max_tokens; ask for less or allow more"
            raise AnswerError(told, "truncated", answer.text)
        if not answer.text.strip():
            raise AnswerError(f"{where}: the answer is empty", "empty")


def _check(request: Request) -> None:
    """Refuse what no server could be sent.

    Raises:
        SetupError: naming the first mistake.
    """
    temperature = request.temperature
    if request.max_tokens < 1 or not request.messages:
        raise SetupError("a request needs a message, and max_tokens of at least 1")
    if temperature is not None and not 0 <= temperature < math.inf:
        raise SetupError(f"temperature {temperature} should be at least 0")
    if request.seed is not None and not 0 <= request.seed < SEEDS:
        raise SetupError(f"seed {request.seed} should be in 0..{SEEDS - 1}")
    try:
        "".join([*(each.text for each in request.messages), *request.stop]).encode()
    except UnicodeEncodeError:
        raise SetupError("a message holds half a character (a lone surrogate)") from None
