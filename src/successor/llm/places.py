"""Where this room keeps what it can get again."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path


def user_cache(environment: Mapping[str, str]) -> Path:
    """Our folder in the user's cache: XDG_CACHE_HOME, or where the system keeps such things."""
    given = Path(environment.get("XDG_CACHE_HOME", ""))
    home = Path.home() / ("Library/Caches" if sys.platform == "darwin" else ".cache")
    return (given if given.is_absolute() else home) / "successor"
