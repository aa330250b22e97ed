"""What it takes to call a function and to write its answers down, whatever the function does.

That is the same for two versions that answer alike, and no merit of either: of a product of
matrices that numpy makes in 20 microseconds, writing the numbers as text takes 1,000.
"""

from __future__ import annotations

from collections.abc import Sequence

from successor.sandbox import Call, Limits, Program, Result, Returned, Sandbox

ECHO = Program({"echo.py": b"def echo(answer):\n    return answer\n"}, "echo.py:echo")
"""Ours: answers with what it is given."""
MOST = 0.9
"""Share of a time that may be taken off: what is left is measured no better than to a tenth."""
MATTERS = 0.05
"""Share of a time from which on it is worth measuring."""
REPEATED = 2


def seconds(sandbox: Sandbox, limits: Limits, results: Sequence[Result]) -> float:
    """Seconds of CPU time that writing the answers of these batches takes a fresh child of our own.

    The less of two times each, so that too little is taken off rather than too much; nothing
    for exceptions.
    """
    batches = [[Call((each.value,)) for each in result.outcomes if isinstance(each, Returned)]
               for result in results]  # fmt: skip
    with sandbox.session(ECHO, limits) as session:
        return sum(
            min(session.ask(calls).cpu_s for _ in range(REPEATED)) for calls in batches if calls
        )


def without(took: float, written: float) -> float:
    """A time less that for writing."""
    return took - min(written, MOST * took)
