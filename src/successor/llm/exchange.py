"""One request sent once: what came back as text and usage, or what went wrong and what that costs.

Everything is streamed: so an answer has an end even where the server gives it none, and nobody in
between closes a connection that is silent for long.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2
import openai

from successor.llm.chunks import Answer, Answers, Chunk
from successor.llm.errors import AnswerError, LLMError, SetupError, UnavailableError
from successor.llm.keys import KeylessLogs, Redacting
from successor.llm.protocol import OnText, Request
from successor.llm.providers import Endpoint
from successor.llm.transport import EncodedError, EndlessError, http_client, most_bytes

LONGEST_TOLD = 200
"""Characters of a server's message that are shown."""
_NO_KEY = "none"
"""What a server that wants no key is sent, as the library insists on one."""
LEAST_BYTES = 1 << 20
TOKEN_BYTES = 4096
"""More than a server takes to tell of one token."""
_FENCE, _BEGUN, _WHOLE = "```", "```python\n", "stop"
"""Of a block of code; how an answer in code begins; why an answer ends that was not cut off."""
_NO_CREDIT = frozenset({"insufficient_quota", "billing_hard_limit_reached"})


class Failure(Exception):  # noqa: N818 - it carries the error that the user sees
    """An attempt that came to nothing."""

    def __init__(
        self, error: LLMError, *, billed: bool, again: bool = False, wait_s: float = 0.0
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.billed = billed
        """Whether the provider may count it; how much is not known."""
        self.again = again
        """Whether the same request may do better a little later."""
        self.wait_s = wait_s
        """For how long the server asks to be left alone."""


class Exchange:
    """A connection to one model, for many requests at once, within one event loop."""

    def __init__(self, endpoint: Endpoint, timeout_s: float) -> None:
        self._endpoint = endpoint
        self._timeout_s = timeout_s
        self._quiet = KeylessLogs(endpoint.key.get_secret_value())
        self._client = openai.AsyncOpenAI(
            api_key=endpoint.key.get_secret_value() or _NO_KEY,
            base_url=endpoint.url,
            max_retries=0,  # each attempt is counted, so that we have to make it
            http_client=http_client(endpoint, timeout_s),
        )

    async def close(self) -> None:
        await self._client.close()
        self._quiet.end()

    async def ask(
        self, request: Request, on_text: OnText | None = None, count: int = 1
    ) -> list[Answer]:
        """So many answers to one request, to the end that its server gave them.

        Raises:
            Failure: whatever else happened.
        """
        most_bytes.set((LEAST_BYTES + TOKEN_BYTES * request.max_tokens) * count)
        told = [Redacting(self._endpoint.key.get_secret_value(), on_text) for _ in range(count)]
        answers = Answers([Answer(each) for each in told])
        try:
            async with asyncio.timeout(self._timeout_s):
                async for event in await self._stream(request, count):
                    answers.take(Chunk.model_validate(event))
        except (TimeoutError, openai.APITimeoutError, httpx2.TimeoutException, EndlessError) as e:
            if (open_ := answers.unfinished) is not None:  # or only the connection had no end
                raise self._overlong(open_, e) from None
        except (openai.OpenAIError, httpx2.HTTPError, EncodedError, ValueError) as error:
            raise self._failure(error) from None
        if (open_ := answers.unfinished) is not None:
            what = "the answer breaks off" if open_.begun else "the answer is no event stream"
            raise self._malformed(what)
        return [self._whole(request, *each) for each in zip(answers.all, told, strict=True)]

    def _whole(self, request: Request, answer: Answer, told: Redacting) -> Answer:
        answer.pieces.append(told.rest())
        if self._begins(request):
            if not answer.text.startswith(_FENCE):  # some repeat what was begun
                answer.pieces.insert(0, _BEGUN)
            answer.pieces += [f"\n{_FENCE}\n"] if answer.finish == _WHOLE else []
        answer.refusal, answer.model = told.clean(answer.refusal), told.clean(answer.model)
        return answer

    async def _stream(self, request: Request, count: int) -> openai.AsyncStream[object]:
        provider = self._endpoint.provider
        messages = [{"role": each.role, "content": each.text} for each in request.messages]
        body: dict[str, object] = {
            "model": self._endpoint.model,
            "messages": messages,
            provider.max_tokens: request.max_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if request.temperature is not None:
            body["temperature"] = request.temperature
        if request.seed is not None and provider.seeds:
            body["seed"] = request.seed
        if count > 1:
            body["n"] = count
        if request.stop:
            body["stop"] = list(request.stop)
        if self._begins(request):
            body["messages"] = [*messages, {"role": "assistant", "content": _BEGUN}]
            body["stop"] = [*request.stop, f"\n{_FENCE}"]
            body["chat_template_kwargs"] = {"enable_thinking": False}  # or none can be begun
        return await self._client.post(
            "/chat/completions",
            body=body,
            cast_to=object,
            stream=True,
            stream_cls=openai.AsyncStream[object],
        )

    def _begins(self, request: Request) -> bool:
        return request.code and self._endpoint.provider.begins

    def _overlong(self, answer: Answer, error: Exception) -> Failure:
        where = self._where
        if isinstance(error, EndlessError):
            told = f"{where}: the answer is longer than any of so many tokens; it was cut off"
            return Failure(AnswerError(told, "endless", answer.text), billed=True)
        if answer.begun:
            told = f"{where}: no end of the answer within {self._timeout_s:g}s; it was cut off"
            return Failure(AnswerError(told, "endless", answer.text), billed=True)
        told = f"{where}: no answer within {self._timeout_s:g}s"
        return Failure(UnavailableError(told), billed=True, again=True)

    def _failure(self, error: Exception) -> Failure:
        if isinstance(error, openai.APIStatusError):
            return self._status(error)
        if isinstance(error, openai.APIConnectionError | httpx2.HTTPError):
            return self._broken(error.__cause__ or error)
        if isinstance(error, openai.APIError):  # told within the stream
            told = UnavailableError(f"{self._where}: {self._told(error.message)}")
            return Failure(told, billed=True, again=True)
        if isinstance(error, EncodedError):
            return self._malformed(
                f"the answer came as {self._told(str(error))}, not as it was asked"
            )
        return self._malformed("the answer is no event stream in UTF-8 and JSON")

    def _status(self, error: openai.APIStatusError) -> Failure:
        told = f"{self._where}: {error.status_code}: {self._told(error.message)}"
        match error.status_code:
            case 402 | 429 if error.status_code == 402 or error.code in _NO_CREDIT:
                hint = "the account has no credit"
            case 401 | 403:
                hint = f"check {self._endpoint.key_name}"
            case 404:
                hint = f"is there a model {self._endpoint.model!r}?"
            case code if code < 400:
                hint = "it sends us elsewhere; check the URL"
            case code if code in {408, 409, 429} or code >= 500:
                wait_s = _asked_wait_s(error.response.headers.get("retry-after", ""))
                return Failure(UnavailableError(told), billed=False, again=True, wait_s=wait_s)
            case _:
                return Failure(AnswerError(told, "rejected"), billed=False)
        return Failure(SetupError(f"{told}; {hint}"), billed=False)

    def _broken(self, error: BaseException) -> Failure:
        """No connection, or one that ended in the middle; nothing is billed that never arrived."""
        unsent = isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout | httpx2.ProxyError)
        told = f"{self._where}: {self._told(str(error)) or 'the connection was closed'}"
        return Failure(UnavailableError(told), billed=not unsent, again=True)

    def _malformed(self, what: str) -> Failure:
        return Failure(AnswerError(f"{self._where}: {what}", "malformed"), billed=True, again=True)

    @property
    def _where(self) -> str:
        return f"{self._endpoint.model} at {self._endpoint.host}"

    def _told(self, text: str) -> str:
        """A server's own words: short, harmless to a terminal, and without the key."""
        clean = Redacting(self._endpoint.key.get_secret_value()).clean(text)
        line = " ".join("".join(each if each.isprintable() else " " for each in clean).split())
        return line if len(line) <= LONGEST_TOLD else f"{line[: LONGEST_TOLD - 3]}..."


def _asked_wait_s(header: str) -> float:
    """Of Retry-After: seconds, or until a date; 0 when it says nothing of use."""
    try:
        wait_s = float(header)
    except ValueError:
        try:
            wait_s = (parsedate_to_datetime(header) - datetime.now(UTC)).total_seconds()
        except (ValueError, TypeError):  # no date, or one without a zone
            return 0.0
    return wait_s if 0 < wait_s < float("inf") else 0.0
