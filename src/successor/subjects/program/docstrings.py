"""What a docstring says about arguments in the few words that matter for drawing them."""

from __future__ import annotations

import re
from dataclasses import replace

from successor.subjects.program.kinds import Items, Kind, Whole

_SORTED = r"(?:sorted|ascending|increasing|in (?:sorted|ascending|increasing) order)"
_ASKS = re.compile(r"\b(whether|if|checks?|tests?|true|false)\b", re.IGNORECASE)
_CONTAINER = r"(?:list|sequence|array|tuple|items|numbers|values|words)"
_FROM_ZERO = re.compile(r"\b(non-?negative|natural|>= ?0|at least 0|zero or more)\b", re.IGNORECASE)
_FROM_ONE = re.compile(r"\b(positive|> ?0|>= ?1|at least 1|one or more)\b", re.IGNORECASE)


def refined(kind: Kind, name: str, docstring: str, *, alone: bool, unsorted: bool = False) -> Kind:
    """The kind of an argument, narrowed by the sentences that speak of it.

    Args:
        alone: whether it is the only argument, of which every sentence speaks.
        unsorted: whether it was seen in a call, and was not sorted.
    """
    said = [text for text in _sentences(docstring) if alone or re.search(rf"\b{name}\b", text)]
    for text in said:
        if isinstance(kind, Items) and not unsorted and _promises(text, name):
            kind = replace(kind, ascending=True, promised=True)
        if isinstance(kind, Whole) and kind.low is None:
            if _FROM_ZERO.search(text):
                kind = replace(kind, low=0)
            elif _FROM_ONE.search(text):
                kind = replace(kind, low=1)
    return kind


def _promises(text: str, name: str) -> bool:
    """Whether a sentence says that this argument comes sorted, and not that the result does."""
    within = r"\b(?:in|of|within|from|over|into|through)"
    these = rf"(?:{_CONTAINER}|{name})\b"
    patterns = (
        rf"\b{name}\b\W*(?:\([^)]*\)\W*)?:.*\b{_SORTED}\b",  # of a list of arguments
        rf"\b{name}\b,? (?:is|are|has to be|have to be|must be|being|comes?) (?:\w+ )?{_SORTED}\b",
        rf"\b{name}\b,? (?:which|that) (?:is|are) {_SORTED}\b",
        rf"{within} (?:(?:an?|the|some) )?{_SORTED} {these}",
    )
    asked = _ASKS.search(text) is not None  # "whether xs is sorted" promises nothing
    return not asked and any(re.search(each, text, re.IGNORECASE) for each in patterns)


def _sentences(text: str) -> list[str]:
    return [each for each in re.split(r"[.;\n](?:\s|$)", text) if each.strip()]
