"""A language model by its name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from successor.llm.budget import Budget, Limits
from successor.llm.cache import Cache
from successor.llm.errors import SetupError, installing
from successor.llm.local.tuning import Tuning
from successor.llm.patience import Patience
from successor.llm.prices import Price, cost_at
from successor.llm.providers import LOCAL, endpoint, split

if TYPE_CHECKING:
    from successor.llm.client import Client
    from successor.llm.local.model import LocalModel

LOCAL_TIMEOUT_S = 3600.0
"""A busy machine of two cores takes a quarter of an hour for an answer of 2,048 tokens."""


def open_model(
    name: str,
    *,
    budget: Budget | None = None,
    cache: Path | None = None,
    price: Price | None = None,
    patience: Patience | None = None,
    tuning: Tuning | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Client | LocalModel:
    """The model of that name, ready to be asked; it is a context manager, too.

    Args:
        name: as in `successor.llm.providers`: `claude-sonnet-4-5`, `openai:gpt-5`, `local:...`.
        budget: to spend from, also shared with other models; one without limits by default.
        cache: a folder for answers; None asks every time.
        price: what it costs, where the table of prices does not know or is wrong.
        patience: concurrency, attempts, timeouts.
        tuning: of a local model.
        environment: where keys, URLs and folders are looked up.

    Raises:
        SetupError: no such provider, no key, no price for a budget in dollars, weights that are
            not there, or a missing library.
    """
    provider, model = split(name, environment)
    budget = budget or Budget(Limits())
    kept = Cache(cache) if cache is not None else None
    try:
        if provider.name == LOCAL:
            from successor.llm.local.model import LocalModel
            from successor.llm.local.weights import found

            weights = found(model, environment)
            patience = patience or Patience(timeout_s=LOCAL_TIMEOUT_S)
            return LocalModel(name, weights, budget, kept, patience, tuning or Tuning())
        from successor.llm.client import Client

        where = endpoint(provider, model, environment)
        usual = Patience(timeout_s=LOCAL_TIMEOUT_S) if where.is_here else Patience()
        return Client(name, where, budget, price or cost_at(where), kept, patience or usual)
    except ImportError as error:
        extra = LOCAL if provider.name == LOCAL else "llm"
        raise SetupError(f"language models need {error.name}; {installing(extra)}") from error
