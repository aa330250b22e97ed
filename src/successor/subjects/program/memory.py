"""Peak memory of versions, as the kernel kept it of their processes and read outside them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from successor.sandbox import Call, Program
from successor.subjects.program.bench import Bench
from successor.subjects.program.grading import Files
from successor.subjects.program.ground import Ground
from successor.subjects.program.timing import distinct

ROUNDS = 9
"""Fresh processes of each version. When neither needs more than the other, all of one lie beyond
all of the other in one of 24,310 cases, on the better side.
"""
LEAST_BYTES = 1 << 20
"""Added to what is measured: a few pages more or less are none."""
CALLS = 3


def weighed(
    ground: Ground, mine: Files, theirs: Files, seed: str, rounds: int = ROUNDS
) -> tuple[float, float]:
    """Bytes that either version needs for the same calls of the largest size, beyond what a
    function needs that does nothing with them; the same for both when their ranges meet.
    """
    size = ground.questions.sizes[-1]
    calls = distinct(ground.questions.calls(seed, size, CALLS, heavy=True), CALLS)
    bench, made = ground.bench, ground.timer.programs
    programs = [made.bare(mine), made.bare(theirs), made.constant()]
    bench.lend(*programs)
    found: list[list[int]] = [[], [], []]
    for number in range(rounds):
        for at in (0, 1, 2) if number % 2 else (2, 1, 0):
            found[at].append(peak(bench, programs[at], calls))
        if found[0][-1] == bench.limits.memory_bytes:
            break  # it failed: no round will mend that
    new, old, base = found
    if rounds > 1 and min(new) <= max(old) and min(old) <= max(new):
        new = old = [*new, *old]
    return _beyond(new, base), _beyond(old, base)


def peak(bench: Bench, program: Program, calls: Sequence[Call]) -> int:
    """Most bytes that a fresh process had resident; all there are when it came to no end."""
    with bench.session(program) as session:
        result = session.ask(calls)
    return session.peak_bytes if result.status == "ok" else bench.limits.memory_bytes


def _beyond(found: Sequence[int], base: Sequence[int]) -> float:
    return LEAST_BYTES + max(0.0, median(found) - median(base))
