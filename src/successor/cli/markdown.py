"""Text of others in Markdown: as code, out of which nothing of it can break.

Inside of code no mention, no reference to an issue, no link and no HTML is active (CommonMark 0.31,
sections 4.5 and 6.1), and code ends only where as many backticks stand as it began with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from successor.cli.options import plain

LONGEST = 400
"""Characters of a line that are shown."""


def line(text: str) -> str:
    """Text in one line, without a control character, cut where it is very long."""
    shown = plain(text).replace("\n", "\\n").strip()
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]} ... cut here"


def code(text: str) -> str:
    """A line of text as a code span."""
    shown = line(text) or "(nothing)"
    ticks = "`" * (_longest_run(shown) + 1)
    pad = " " if shown[0] == "`" or shown[-1] == "`" else ""
    return f"{ticks}{pad}{shown}{pad}{ticks}"


def block(lines: Iterable[str], kind: str = "text") -> str:
    """Lines of text as a fenced block."""
    shown = plain("\n".join(lines))
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}{kind}\n{shown}\n{fence}"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall("`+", text)), default=0)
