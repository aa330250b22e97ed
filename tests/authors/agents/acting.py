"""Agents: Python programs of a few lines, as one command line, and an author that runs them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from authors.workbench import Bench
from successor.authors.agent import AgentAuthor, Settings
from successor.authors.agent.running import Runner
from successor.validation import validated

SLOW = """\
def target(x):
    total = 0
    for _ in range(1000):
        total += 0
    return x + total
"""
GOOD = "def target(x):\n    return x\n"
WRITE_GOOD = f"open('target.py', 'w').write({GOOD!r})\n"


def length(function: Callable[..., Any], _: int) -> float:
    """A cost that is the size of the compiled code: what is shorter is better."""
    function(1)
    return float(len(function.__code__.co_code))


def acting(code: str) -> str:
    """The command line of an agent that does this."""
    return f"python3 -c \"exec(bytes.fromhex('{code.encode().hex()}'))\""


def author_of(
    code: str, *, given: Mapping[str, str] | None = None, **settings: object
) -> AgentAuthor:
    """An author whose agent does this, in one run for each candidate unless told otherwise."""
    told = {"command": acting(code), "tries": 1, "wall_s": 60.0, **settings}
    checked = validated(Settings, "author", told)
    return AgentAuthor(Bench(length), checked, Runner(checked, given or {}))


def lasts(token: str, patience_s: float = 15.0) -> bool:
    """Whether a process of this machine still has that in its command line after a while: the
    system takes a moment to end what was killed.
    """
    deadline = time.monotonic() + patience_s
    while found := _is_running(token):
        if time.monotonic() > deadline:
            break
        time.sleep(0.1)
    return found


def _is_running(token: str) -> bool:
    for each in Path("/proc").iterdir():
        try:
            if each.name.isdigit() and token.encode() in (each / "cmdline").read_bytes():
                return True
        except OSError:
            continue
    return False
