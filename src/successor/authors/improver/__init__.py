"""The author `improver`: numbers of a program, searched by an improver that improves meanwhile.

Its lab is on a floor above: `alternating.py` puts the two together.
"""

from __future__ import annotations

from successor.authors.improver.author import (
    IMPROVER,
    RESTS,
    TEXT,
    Improver,
    ImproverAuthor,
    Improvers,
)
from successor.authors.improver.settings import Settings

__all__ = ["IMPROVER", "RESTS", "TEXT", "Improver", "ImproverAuthor", "Improvers", "Settings"]
