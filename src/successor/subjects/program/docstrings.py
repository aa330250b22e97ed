"""What a docstring says about arguments in the few words that matter for drawing them."""

from __future__ import annotations

import re
from dataclasses import replace

from successor.subjects.program.kinds import Items, Kind, Whole

_ASCENDING = re.compile(r"\b(sorted|ascending|increasing|in order)\b", re.IGNORECASE)
_RETURNS = re.compile(r"\b(returns?|sorts?|gives?|yields?)\b", re.IGNORECASE)
_FROM_ZERO = re.compile(r"\b(non-?negative|natural|>= ?0|at least 0|zero or more)\b", re.IGNORECASE)
_FROM_ONE = re.compile(r"\b(positive|> ?0|>= ?1|at least 1|one or more)\b", re.IGNORECASE)


def refined(kind: Kind, name: str, docstring: str, *, alone: bool) -> Kind:
    """The kind of an argument, narrowed by the sentences that speak of it.

    Args:
        alone: whether it is the only argument, of which every sentence speaks.
    """
    said = [text for text in _sentences(docstring) if alone or re.search(rf"\b{name}\b", text)]
    for text in said:
        if isinstance(kind, Items) and _ASCENDING.search(text) and not _RETURNS.search(text):
            kind = replace(kind, ascending=True)
        if isinstance(kind, Whole) and kind.low is None:
            if _FROM_ZERO.search(text):
                kind = replace(kind, low=0)
            elif _FROM_ONE.search(text):
                kind = replace(kind, low=1)
    return kind


def _sentences(text: str) -> list[str]:
    return [each for each in re.split(r"[.;\n](?:\s|$)", text) if each.strip()]
