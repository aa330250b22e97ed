"""A model of research that improves what does the research: stalls, compounds, or runs away.

The semi-endogenous core (Jones 1995), S being how good AI is, 1 at the start:

    d ln S / dt = g0 * X^lambda * S^-beta * room,   X = (w L^rho + (1 - w) C^rho)^(1/rho)

L, labour, goes through stages as in Amdahl's law: a share `automated` at the speed s S of AI, one
of `review` at the humans' capacity h, the rest at the speed of humans. C, compute, grows by itself.
With rho = 0, X = L^w C^(1-w). `room` falls from 1 to 0 at the ceiling. All of X is 1 at the start.
Without bounds, growth accelerates when r = w lambda / beta exceeds 1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Literal, TypeAlias

from successor.errors import UsageError
from successor.validation import no_such

Future: TypeAlias = Literal["stalls", "compounds", "runs away"]
_STEP = 0.02
"""Of ln S, at most, in a step."""
_END = math.log(1e30)
"""ln S beyond which growth is taken to have no end."""


@dataclass(frozen=True)
class World:
    """What holds in it; the defaults are round numbers, and no forecast."""

    doublings: float = 1.0
    """Of S in the first year, at the pace of the start."""
    labour: float = 0.5
    """w: weight of labour beside compute."""
    rho: float = 0.0
    """Of substitution between them: 0 Cobb-Douglas, below 0 complements, 1 perfect."""
    exponent: float = 1.0
    """lambda: of effort; below 1 when researchers step on each other's toes."""
    fishing_out: float = 0.4
    """beta: ideas get harder to find."""
    automated: float = 0.95
    """Share of the work that AI does, at its own speed."""
    speed: float = 1.0
    """s: of AI at that work, at the start, beside humans."""
    review: float = 0.05
    """Share of the work that is review by humans."""
    capacity: float = 1.0
    """h: of reviewers, beside the start; 2 when they are twice as many."""
    compute: float = 0.0
    """Growth of compute a year, in doublings."""
    ceiling: float = 0.0
    """log10 of the best S there can be; 0 when nothing bounds it."""
    years: float = 10.0
    """How long to look."""

    @property
    def returns(self) -> float:
        """r: above 1, fully automated research would accelerate without end."""
        return math.inf if not self.fishing_out else self.labour * self.exponent / self.fishing_out

    @property
    def most(self) -> float:
        """How many times faster labour can get while humans do what they do; infinite when AI
        does all.
        """
        rest = 1.0 - self.automated - self.review
        slow = rest + self.review / self.capacity
        return math.inf if slow <= 1e-12 else (slow + self.automated / self.speed) / slow


@dataclass(frozen=True)
class Path:
    """What became of a world."""

    times: tuple[float, ...]
    levels: tuple[float, ...]
    """S at these times."""
    future: Future
    first: float
    """Years that the first doubling took; infinite when there was none."""
    last: float
    """Years that the last one took."""
    end: float | None
    """When growth had no end any more; None when it never had."""


def simulate(world: World) -> Path:
    """Follow a world to the end of its years, or of all bounds."""
    require_sound(world)
    now, log, shown = 0.0, 0.0, [(0.0, 0.0)]
    doubled = [0.0]
    while now < world.years and log < _END:
        rate = growth(world, now, log)
        step = min(_STEP / rate if rate > 0 else world.years, world.years / 400, world.years - now)
        middle = growth(world, now + step / 2, log + rate * step / 2)
        before, log = log, min(log + middle * step, _END)
        now += step
        while log >= math.log(2.0) * len(doubled):
            share = (math.log(2.0) * len(doubled) - before) / (log - before)
            doubled.append(now - step + share * step)
        if now - shown[-1][0] >= world.years / 200 or log - shown[-1][1] > 0.5:
            shown.append((now, log))
        if step < 1e-9 * world.years:
            log = _END
    runaway = log >= _END
    took = [after - before for before, after in pairwise(doubled)]
    return Path(
        tuple(at for at, _ in shown),
        tuple(math.exp(min(value, _END)) for _, value in shown),
        "runs away" if runaway else _future(world, growth(world, now, log)),
        took[0] if took else math.inf,
        took[-1] if took else math.inf,
        now if runaway else None,
    )


def _future(world: World, rate: float) -> Future:
    change = rate / growth(world, 0.0, 0.0)
    return "stalls" if change < 0.5 else "compounds" if change <= 2.0 else "runs away"


def growth(world: World, time: float, log: float) -> float:
    """D ln S / dt at a time and ln S."""
    ai = world.speed * math.exp(min(log, 500.0))
    rest = 1.0 - world.automated - world.review
    slow = rest + world.review / world.capacity
    labour = (slow + world.automated / world.speed) / (slow + world.automated / ai)
    compute = 2.0 ** max(-1000.0, min(world.compute * time, 1000.0))
    effort = _together(world.labour, world.rho, labour, compute)
    room = 1.0
    if world.ceiling:
        room = max(0.0, 1.0 - log / (world.ceiling * math.log(10.0)))
    power = world.exponent * math.log(effort) - world.fishing_out * log
    return math.log(2.0) * world.doublings * math.exp(min(power, 500.0)) * room


def _together(weight: float, rho: float, labour: float, compute: float) -> float:
    """Elasticity of substitution 1 / (1 - rho), in logarithms, so that nothing overflows."""
    left, right = math.log(labour), math.log(compute)
    if abs(rho) < 1e-9:
        return math.exp(min(weight * left + (1 - weight) * right, 700.0))
    if weight in {0.0, 1.0}:
        return math.exp(min(left if weight else right, 700.0))
    first, second = math.log(weight) + rho * left, math.log(1 - weight) + rho * right
    top = max(first, second)
    whole = top + math.log(math.exp(first - top) + math.exp(second - top))
    return math.exp(max(-700.0, min(whole / rho, 700.0)))


def changed(world: World, wishes: Mapping[str, float]) -> World:
    """The world with other numbers.

    Raises:
        UsageError: when there is no such number, or it cannot be so.
    """
    known = [each.name for each in fields(World)]
    for name in wishes:
        if name not in known:
            raise UsageError(f"--set {name}: {no_such('number', name, known)}")
    other = replace(world, **wishes)
    require_sound(other)
    return other


def require_sound(world: World) -> None:
    """Make sure that a world can be.

    Raises:
        UsageError: naming the number that cannot.
    """
    shares = ("labour", "automated", "review")
    positive = ("doublings", "exponent", "speed", "capacity", "years")
    for each in fields(World):
        value = getattr(world, each.name)
        if not math.isfinite(value):
            raise UsageError(f"{each.name} = {value}: should be finite")
        if each.name in shares and not 0 <= value <= 1:
            raise UsageError(f"{each.name} = {value:g}: should be between 0 and 1")
        if each.name in positive and value <= 0:
            raise UsageError(f"{each.name} = {value:g}: should be above 0")
    if world.rho > 1:
        raise UsageError(f"rho = {world.rho:g}: should be at most 1")
    if world.ceiling < 0 or world.fishing_out < 0:
        raise UsageError("ceiling and fishing_out: should be at least 0")
    if world.automated + world.review > 1 + 1e-12:
        raise UsageError("automated and review: shares of one whole, at most 1 together")
