"""Rows of the side by side, and the table of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from paired import amount
from rivals.measured import Worth
from rivals.runs import Terms
from rivals.systems import PEERS, SYSTEMS

REACHED = 0.9
"""Part of the way to a peer's final value, on a logarithmic scale, after which it is reached: 1.87
for 2, and 4,000 for 10,000, where a call takes a microsecond and timings of one program are as far
apart.
"""
HEAD = (
    "| program | system | runs | times better | wrong | to OpenEvolve's | to ShinkaEvolve's "
    "| calls | tokens | minutes | outside the model, s |"
)
"""To OpenEvolve's: calls until its final value was reached."""
GAINED = 1.05
"""Times better from which on there is something to reach."""


@dataclass(frozen=True)
class Row:
    """What one run of one system came to."""

    program: str
    system: str
    seed: int
    stamp: str
    """Of everything that it depends on."""
    worths: Sequence[Worth]
    score: float
    """Of the last one, by the system's own account; 0 when it has none."""
    calls: int
    refused: int
    """Calls that it wanted to make beyond."""
    read: int
    """Tokens."""
    written: int
    seconds: float
    outside_s: float
    """Seconds in which no call was under way."""
    failed: str = ""

    @property
    def name(self) -> tuple[str, str, int]:
        return self.program, self.system, self.seed

    @property
    def value(self) -> float:
        """Times better than the first program; 1 without a right one."""
        return self.worths[-1].value if self.worths else 1.0

    @property
    def wrong(self) -> bool:
        """Whether what it took for its best is wrong on fresh inputs."""
        return bool(self.worths) and not self.worths[-1].solved

    def to_reach(self, target: float) -> float:
        """Calls until it had a right program of that value; infinite when it never had."""
        able = (each.calls for each in self.worths if each.solved and each.times >= target)
        return min(able, default=math.inf)

    @staticmethod
    def read_from(told: Mapping[str, Any]) -> Row:
        """From JSON."""
        fields: dict[str, Any] = {**told, "worths": [Worth(**each) for each in told["worths"]]}
        return Row(**fields)


def fragment(terms: Terms, rows: Iterable[Row]) -> str:
    """The table for docs/benchmarks.md."""
    rows = sorted(rows, key=lambda row: (row.program, SYSTEMS.index(row.system), row.seed))
    groups = dict[tuple[str, str], list[Row]]()
    for row in rows:
        groups.setdefault((row.program, row.system), []).append(row)
    lines = [_line(groups, *name) for name in groups]
    return f"""\
`{terms.model}` on this machine, {terms.calls} calls a run, answers of at most {terms.longest:,}
tokens; `llm` and `search` are ours.

{HEAD}
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
{chr(10).join(lines)}

{chr(10).join(summary(groups))}
"""


Groups = Mapping[tuple[str, str], Sequence[Row]]


def target(groups: Groups, program: str, peer: str) -> float | None:
    """What is to be reached of a peer's; None when it came to nothing, or did not run."""
    rows = [row for row in groups.get((program, peer), ()) if not row.failed]
    final = median(row.value for row in rows) if rows else 1.0
    return final**REACHED if final >= GAINED else None


def reaching(rows: Sequence[Row], wanted: float | None) -> float | None:
    """Calls until it was reached, the median over the seeds; None when there is no such thing."""
    return None if wanted is None else median(row.to_reach(wanted) for row in rows)


def _line(groups: Groups, program: str, system: str) -> str:
    rows = groups[program, system]
    values = [row.value for row in rows]
    known = [row for row in rows if not row.failed]
    cells = [
        program,
        system,
        str(len(rows)),
        _spread(values) + _broken(rows),
        str(sum(row.wrong for row in rows) or ""),
        *(_reach(rows, target(groups, program, peer)) for peer in PEERS),
        _few([row.calls for row in rows]),
        f"{median(row.read + row.written for row in rows):,.0f}",
        f"{median(row.seconds for row in rows) / 60:.1f}",
        f"{median(row.outside_s for row in known):,.0f}" if known else "",
    ]
    return f"| {' | '.join(cells)} |"


def _broken(rows: Sequence[Row]) -> str:
    told = {row.failed for row in rows if row.failed}
    return f"; {'; '.join(sorted(told))}" if told else ""


def _few(numbers: Sequence[int]) -> str:
    low, high = min(numbers), max(numbers)
    return str(low) if low == high else f"{low}–{high}"


def _spread(values: Sequence[float]) -> str:
    middle, low, high = amount(median(values)), amount(min(values)), amount(max(values))
    return middle if low == high else f"{middle} ({low}–{high})"


def _reach(rows: Sequence[Row], wanted: float | None) -> str:
    if wanted is None:
        return "–"
    there = sum(math.isfinite(row.to_reach(wanted)) for row in rows)
    typical = reaching(rows, wanted)
    told = f"{typical:g}" if typical is not None and math.isfinite(typical) else "not reached"
    return told if there in {0, len(rows)} else f"{told} ({there} of {len(rows)})"


def summary(groups: Groups) -> list[str]:
    """How often we are ahead, and with how many of the calls; of runs that came to their end."""
    whole = {name: [row for row in rows if not row.failed] for name, rows in groups.items()}
    groups = {name: rows for name, rows in whole.items() if rows}
    return [
        line
        for ours in SYSTEMS
        if ours not in PEERS
        for peer in PEERS
        if (line := _against(groups, ours, peer))
    ]


def beyond(one: float, other: float) -> bool:
    """Whether a value is better by more than what timings of one program differ."""
    return one > GAINED * other and one**REACHED > other


def _against(groups: Groups, ours: str, peer: str) -> str:
    both = sorted({p for p, s in groups if s == ours} & {p for p, s in groups if s == peer})
    if not both:
        return ""
    ahead, level, half, wanted = list[str](), list[str](), list[str](), list[str]()
    for program in both:
        mine, theirs = groups[program, ours], groups[program, peer]
        a, b = (median(row.value for row in rows) for rows in (mine, theirs))
        if beyond(a, b):
            ahead.append(program)
        elif not beyond(b, a):
            level.append(program)
        if (goal := target(groups, program, peer)) is not None:
            wanted.append(program)
            needed, took = reaching(mine, goal), reaching(theirs, goal)
            if needed is not None and took is not None and needed <= took / 2:
                half.append(program)
    return (
        f"- `{ours}` beside {peer}: ahead on {_names(ahead)}, level on {_names(level)}, behind on "
        f"{_names([each for each in both if each not in {*ahead, *level}])}; with at most half of "
        f"the calls that {peer} took on {_names(half)}, of the {len(wanted)} on which it came to "
        "anything."
    )


def _names(names: Sequence[str]) -> str:
    return f"{len(names)} ({', '.join(names)})" if names else "none"
