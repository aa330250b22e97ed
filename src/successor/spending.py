"""What language models came to in this process, whoever asked them.

It is counted where a request is settled, not where somebody reports it: so what a judge, an exam or
an author that keeps silent had a model say is in it, too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from threading import Lock

CALLS, TOKENS, USD, UNPRICED = "model_calls", "model_tokens", "model_usd", "unpriced_calls"
MOST = Decimal(2**53)
"""Of what one request came to: a server that counts more hides nothing that comes later."""
_spent = defaultdict[str, Decimal](Decimal)
_lock = Lock()


def count(calls: int, tokens: int, usd: Decimal, unpriced: int) -> None:
    """Add what a request came to."""
    with _lock:
        for name, value in ((CALLS, calls), (TOKENS, tokens), (USD, usd), (UNPRICED, unpriced)):
            _spent[name] += min(MOST, Decimal(value))


def add(used: Mapping[str, Decimal]) -> None:
    """Add what another process counted."""
    with _lock:
        for name, value in used.items():
            _spent[name] += min(MOST, value)


def spent() -> Mapping[str, Decimal]:
    """All of it so far."""
    with _lock:
        return dict(_spent)
