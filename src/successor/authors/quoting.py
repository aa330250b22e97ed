"""Text that others wrote, put into a prompt so that it cannot pass for what we say.

Programs, failing cases and reasons are material. Each stands between two lines that carry a mark
which none of them contains, so that no text can end its own quotation; and each is cut to a
length. A model may heed what it reads all the same, and it does not matter: what it answers is
screened and judged like anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import count


@dataclass(frozen=True)
class Quote:
    """A text of somebody else's, under a heading of ours."""

    heading: str
    text: str
    most: int
    """Characters of it that are quoted; of a longer one, the beginning and the end."""


def mark(quotes: Sequence[Quote]) -> str:
    """A word that no quoted text contains; the first such one, so that what stands before a text
    that changes stays as it is, and a server that has read it need not read it again.
    """
    whole = "\0".join(quote.text for quote in quotes)
    found = (sha256(f"{n}".encode()).hexdigest()[:6] for n in count())
    return next(each for each in found if each not in whole)


def quoted(quote: Quote, mark: str) -> str:
    """The text between its two lines."""
    return f"{quote.heading}\n<{mark}>\n{cut(quote.text, quote.most)}\n</{mark}>"


def whole_characters(text: str) -> str:
    """The text as it can be sent: half of a character (a lone surrogate) can not."""
    return text.encode(errors="replace").decode()


def cut(text: str, most: int) -> str:
    """The text, or its beginning and its end, with what is missing between them said."""
    text = whole_characters(text).strip("\n")
    if len(text) <= most:
        return text
    kept = most // 2
    return f"{text[:kept]}\n[{len(text) - 2 * kept} characters are left out here]\n{text[-kept:]}"
