"""What a program is worth, measured by us: on inputs that no system saw, in our sandbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import programs
from paired import compared, program, ratio
from rivals.runs import Step
from successor.sandbox import Sandbox

BATCHES, CALLS = 6, 8


@dataclass(frozen=True)
class Worth:
    """Of one program, beside the first one of its lab."""

    calls: int
    """After so many calls it was there."""
    right: float
    """Share of fresh inputs that it answers as the first program, or validly where there is a
    cost.
    """
    times: float
    """How many times faster, or how many times lower the cost is; 0 where that cannot be told."""
    low: float = 0.0
    high: float = 0.0

    @property
    def solved(self) -> bool:
        """Whether it may take the place of the first one."""
        return self.right == 1 and self.times > 0

    @property
    def value(self) -> float:
        """Times better; 1 is what somebody has who keeps the first program."""
        return self.times if self.solved else 1.0


def worth(lab: programs.Lab, step: Step, sandbox: Sandbox) -> Worth:
    """Of a program that a system took for its best."""
    first = {lab.path: (lab.folder / lab.path).read_bytes()}
    pair = (
        program(first, lab.path, lab.function),
        program({lab.path: step.text.encode()}, lab.path, lab.function),
    )
    if lab.cost:
        instances = programs.drawer(lab)(0, programs.INSTANCES)
        costs = [programs.costs(lab, each, instances, sandbox) for each in pair]
        valid = [(a, b) for a, b in zip(*costs, strict=True) if a is not None and b is not None]
        right = len(valid) / len(instances)
        found = ratio([a for a, _ in valid], [b for _, b in valid]) if valid else None
    else:
        draw = programs.drawer(lab)
        batches = [draw(number, CALLS) for number in range(BATCHES)]
        both = compared(sandbox, pair, batches, programs.LIMITS)
        right, found = both.agreeing / both.asked, both.faster
    if found is None:
        return Worth(step.calls, right, 0.0)
    return Worth(step.calls, right, found.times, found.low, found.high)


def worths(lab: programs.Lab, steps: Sequence[Step], sandbox: Sandbox) -> list[Worth]:
    """Of all steps of a run."""
    return [worth(lab, step, sandbox) for step in steps]
