"""A wrong answer is often one small repair away from a right one, which costs no question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from successor.authors.llm.memory import Written
from successor.authors.mutate.repairs import repairs
from successor.authors.trials import compiles


def mends(wrong: Sequence[Written], function: str) -> Iterator[Written]:
    """Single repairs of all of these in turn, the likeliest kinds first, none twice.

    Args:
        function: dotted name of the target; "" for none.
    """
    rows = [_mended(each, function) for each in wrong]
    while rows:
        alive = list[Iterator[Written]]()
        for row in rows:
            if (found := next(row, None)) is not None:
                alive.append(row)
                yield found
        rows = alive


def _mended(each: Written, function: str) -> Iterator[Written]:
    seen = {each.text}
    for repair in sorted(repairs(each.text, function), key=lambda r: (r.rank, r.line)):
        if repair.source not in seen and compiles(repair.source):
            seen.add(repair.source)
            yield replace(each, text=repair.source, figures={**each.figures, "mend": repair.told})
