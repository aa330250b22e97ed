"""The few words of a goal that mean something without a language model."""

from __future__ import annotations

import re
from dataclasses import dataclass

from successor.subjects.program.settings import Objective

_PHRASES: tuple[tuple[Objective, str], ...] = (
    (
        "cost",
        r"(low(er)?|less|small(er)?|reduced?|cheap(er)?|minimi[sz]ed?)( the)? costs?|cheap(er)?",
    ),
    (
        "errors",
        (
            r"(clear(er)? |good |helpful )?(type )?errors?( messages?)?( for| on)?"
            r"( wrong| bad| invalid)?( types?| arguments?)?"
        ),
    ),
    (
        "accuracy",
        (
            r"(more )?(exact(ly)?|accura\w+|precis\w+|correctly rounded)"
            r"( for| on| with| in)?( the)?( floats?| decimals?| numbers?)?"
        ),
    ),
    (
        "memory",
        r"(less|lower|reduced?|small(er)?|fewer) (memory|space|allocations?)|memory[- ]efficient",
    ),
    (
        "repair",
        r"(repair(ed|s)?|fix(ed|es)?|mend(ed|s)?)( the| a| all)?( failing)?( bugs?| tests?)?",
    ),
    ("size", r"small(er)?|simpl(e|er|ify)|short(er)?|clean(er)?|less code|fewer lines"),
    (
        "speed",
        (
            r"(much |as )?fast(er)?|speed(s|ed)?( it)?( up)?|quick(er|ly)?|efficient(ly)?"
            r"|less time|optimi[sz]ed?|performan(t|ce)"
        ),
    ),
)
_FILLER = frozenset(
    [
        "a",
        "an",
        "and",
        "as",
        "be",
        "become",
        "better",
        "by",
        "can",
        "code",
        "for",
        "function",
        "in",
        "it",
        "its",
        "keep",
        "keeping",
        "make",
        "makes",
        "making",
        "more",
        "much",
        "new",
        "of",
        "on",
        "please",
        "possible",
        "program",
        "run",
        "still",
        "that",
        "the",
        "this",
        "to",
        "while",
        "with",
        "but",
    ]
)
"""Words that add nothing to a goal."""


@dataclass(frozen=True)
class Goal:
    """What a goal comes to."""

    objectives: tuple[Objective, ...]
    """In the order in which they are named; one alone when none is: cost or speed."""
    unknown: tuple[str, ...]
    """Words that mean nothing here."""
    text: str = ""
    """As it was said."""


def read_goal(text: str, otherwise: Objective = "speed") -> Goal:
    """The objectives that a goal names, one of them when none is, and what was not understood."""
    rest, found = text.lower(), list[tuple[int, Objective]]()
    for objective, pattern in _PHRASES:
        whole = re.compile(rf"\b(?:{pattern})(?!\w)")
        if place := whole.search(rest):
            found.append((place.start(), objective))
        rest = whole.sub(lambda match: " " * len(match.group()), rest)
    words = re.findall(r"[^\W\d_]+", rest)
    return Goal(
        tuple(objective for _, objective in sorted(found)) or (otherwise,),
        tuple(dict.fromkeys(word for word in words if word not in _FILLER)),
        text,
    )
