"""What a heat counts as the time of a version."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from subjects.program.labs import FIB, QUICK_FIB, Lab, lab
from successor.sandbox import Call, Limits, Program, Result, Returned, Sandbox
from successor.subjects.program.bench import Bench
from successor.subjects.program.timing import Timed, Timer

SLOW_S = 0.004


@dataclass
class Clocked:
    """A sandbox in which every call takes so long on the clock, and so much CPU time."""

    seconds: dict[bytes, float]
    """By the text of the program."""
    computes: float
    """CPU time as a share of it."""
    moves: int
    """Batches after which the CPU clock is read before it has moved."""
    delays_s: tuple[float, ...] = (0.0,)
    """What batches wait for, in turn, on a machine that is busy otherwise."""
    slow: list[int] = field(default_factory=list[int])
    """Calls in each batch of the slower one."""

    def session(self, program: Program, _: Limits) -> AbstractContextManager[Asked]:
        return nullcontext(Asked(self, self.seconds.get(program.files.get("fib.py", b""), 1e-9)))


@dataclass
class Asked:
    by: Clocked
    seconds: float

    def ask(self, calls: Sequence[Call]) -> Result:
        self.by.moves -= 1
        delay_s = self.by.delays_s[self.by.moves % len(self.by.delays_s)]
        if self.seconds == SLOW_S:
            self.by.slow.append(len(calls))
        took = self.seconds * len(calls)
        cpu_s = self.by.computes * took if self.by.moves >= 0 else 0.0
        answers = tuple(Returned(1) for _ in calls)
        return Result("ok", answers, took + delay_s, cpu_s=cpu_s)


def heats(
    opened: Lab, computes: float, moves: int = 999, delays_s: tuple[float, ...] = (0.0,)
) -> tuple[list[Timed], list[int]]:
    """Three of two versions, one four times as fast, and how many calls were in each."""
    old, new = (text.encode() for text in (FIB, QUICK_FIB))
    clocked = Clocked({old: SLOW_S, new: SLOW_S / 4}, computes, moves, delays_s)
    bench = Bench(opened.subject.ground.bench.limits)
    bench._sandbox = cast("Sandbox", clocked)  # pyright: ignore[reportPrivateUsage] - no other way in
    real = opened.subject.ground.timer
    timer = Timer(bench, real.programs, real.questions, real.tolerance, loose=True)
    size = real.questions.sizes[-1]
    found = list(timer.heats({"fib.py": new}, {"fib.py": old}, f"speed/{size}", "seed", 3))
    # Each heat warms a version up and asks it twice.
    return found, [sum(clocked.slow[start:][:2]) for start in (-8, -5, -2)]


SOME = 16
"""Batches of the first heat with what is asked before it, and a part of the second heat."""


@pytest.mark.parametrize(
    ("computes", "moves", "counted"),
    [
        (0.5, 999, [0.5, 0.5, 0.5]),
        (0.5, SOME, [0.5, 1.0, 1.0]),
        (0.1, 999, [1.0, 1.0, 1.0]),
        (0.0, 999, [1.0, 1.0, 1.0]),
    ],
    ids=["computes", "clock unmoved later", "waits", "clock unmoved"],
)
def test_cpu_time_counts_and_that_on_the_clock_where_there_is_none(
    tmp_path: Path, computes: float, moves: int, counted: Sequence[float]
):
    with lab(tmp_path, {"fib.py": FIB}, "fib.py:fib") as opened:
        found, calls = heats(opened, computes, moves)
    for heat, count, share in zip(found, calls, counted, strict=True):
        assert heat.theirs == pytest.approx(share * SLOW_S * count)
        assert heat.mine == pytest.approx(heat.theirs / 4)


def test_a_busy_machine_makes_no_program_one_that_waits(tmp_path: Path):
    with lab(tmp_path, {"fib.py": FIB}, "fib.py:fib") as opened:
        found, calls = heats(opened, computes=1.0, delays_s=(0.05,) * 14 + (0.0,))
    for heat, count in zip(found, calls, strict=True):
        assert heat.theirs == pytest.approx(SLOW_S * count)
        assert heat.mine == pytest.approx(heat.theirs / 4)


BEFOREHAND = f"KNOWN = [number * number for number in range(400_000)]\n{QUICK_FIB}"
LAZY = f"""
{QUICK_FIB.replace("def fib(", "def _fib(")}
KNOWN = []

def fib(n):
    if not KNOWN:
        KNOWN.extend(number * number for number in range(400_000))
    return _fib(n)
"""


@pytest.mark.parametrize("text", [BEFOREHAND, LAZY], ids=["while imported", "on the first call"])
def test_what_a_version_does_before_the_clock_starts_is_in_the_whole_of_its_time(
    tmp_path: Path, text: str
):
    with lab(tmp_path, {"fib.py": FIB}, "fib.py:fib") as opened:
        timer = opened.subject.ground.timer
        new, old = ({"fib.py": each.encode()} for each in (text, QUICK_FIB))
        (heat,) = timer.heats(new, old, f"speed/{timer.questions.sizes[-1]}", "seed", 1)
    mine, theirs = heat.whole
    assert heat.agreed
    assert heat.mine < mine / 3
    assert mine > 2 * theirs > 0


def test_a_library_that_a_version_begins_to_use_is_warm_for_all_from_then_on():
    bench = Bench(Limits())
    text = 'import sys\n\n\ndef warm():\n    return "num" + "py" in sys.modules\n'
    without, using = (
        Program({"f.py": (text + more).encode()}, "f.py:warm") for more in ("", "import numpy\n")
    )
    try:
        found = [bench.ask(each, [Call()])[0] for each in (without, using, without)]
    finally:
        bench.close()
    assert [each.value for each in found if isinstance(each, Returned)] == [False, True, True]
