"""A language model by its name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from successor.llm.budget import Budget, Limits
from successor.llm.cache import Cache
from successor.llm.errors import SetupError
from successor.llm.patience import Patience
from successor.llm.prices import Price, cost_at
from successor.llm.providers import endpoint, split

if TYPE_CHECKING:
    from successor.llm.client import Client

EXTRA = "pip install 'successor-rsi[llm]'"


def open_model(
    name: str,
    *,
    budget: Budget | None = None,
    cache: Path | None = None,
    price: Price | None = None,
    patience: Patience | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Client:
    """The model of that name, ready to be asked.

    Args:
        name: as in `successor.llm.providers`: `claude-sonnet-4-5`, `openai:gpt-5`, `local:...`.
        budget: to spend from, also shared with other models; one without limits by default.
        cache: a folder for answers; None asks every time.
        price: what it costs, where the table of prices does not know or is wrong.
        patience: concurrency, attempts, timeouts.
        environment: where keys and URLs are looked up.

    Raises:
        SetupError: no such provider, no key, no price for a budget in dollars, weights that are
            not there, or a missing library.
    """
    provider, model = split(name, environment)
    try:
        from successor.llm.client import Client

        where = endpoint(provider, model, environment)
        cost = price or cost_at(where)
    except ImportError as error:
        raise SetupError(f"language models need {error.name}; {EXTRA}") from error
    return Client(
        name,
        where,
        budget or Budget(Limits()),
        cost,
        Cache(cache) if cache is not None else None,
        patience or Patience(),
    )
