"""The ten promises, in their order, and what each is tried by."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path

from successor.errors import SuccessorError
from successor.promises import installation, tampering, the_lab
from successor.promises.kept import Kept, Promise, Told

PROMISES: tuple[Promise, ...] = (
    Promise(
        1,
        "No unsigned promotion",
        "tests/oversight/test_signatures.py",
        True,
        the_lab.try_signatures,
    ),
    Promise(2, "Two people", "tests/cli/test_policy.py", True, the_lab.try_charters),
    Promise(
        3,
        "The record can't be rewritten unnoticed",
        "tests/ledger/test_audit.py, tests/cli/test_witness.py",
        True,
        tampering.try_record,
    ),
    Promise(
        4,
        "The evaluated can't touch the evaluator",
        "tests/sandbox/test_escape.py",
        False,
        installation.try_escapes,
    ),
    Promise(
        5,
        "Cheating does not pay",
        "tests/cheats/test_cheats.py",
        False,
        installation.try_cheats,
        installation.cheats_ahead,
    ),
    Promise(
        6,
        "Stop means stop",
        "tests/oversight/test_stop.py, tests/cli/test_stop.py",
        True,
        the_lab.try_stopping,
    ),
    Promise(
        7,
        "Gains are real",
        "tests/oversight/test_null_runs.py, tests/judge/test_error_rates.py",
        True,
        the_lab.try_nothing_new,
    ),
    Promise(8, "Everything replays", "tests/cli/test_replay.py", True, the_lab.try_replaying),
    Promise(9, "Budgets are hard", "tests/oversight/test_budgets.py", True, the_lab.try_budgets),
    Promise(
        10,
        "People see what matters",
        "tests/insight/test_visible.py, tests/cli/test_hostile.py, tests/cli/test_drill.py",
        False,
        installation.try_showing,
    ),
)


def try_promises(
    lab: Path | None,
    told: Told,
    only: Collection[int] = (),
    begins: Callable[[Promise], None] = lambda _: None,
) -> Iterator[tuple[Promise, Kept]]:
    """Try all of them, those of a lab only where one is given; nothing of it is changed.

    Args:
        told: how many promises were tried, with the share of the one that is tried now.
        only: numbers of those that are tried; all when there is none.
        begins: told of each before it is tried.
    """
    chosen = [each for each in PROMISES if not only or each.number in only]
    for place, promise in enumerate(chosen):
        told(place, len(chosen), promise.name)
        if promise.of_lab and lab is None:
            yield promise, Kept("not shown", "tried on a lab: name one")
            continue
        begins(promise)
        began = time.monotonic()
        try:
            kept = promise.attempt(lab or Path(), _within(told, (place, len(chosen)), promise.name))
        except SuccessorError as error:
            kept = Kept("not shown", f"could not be tried: {error}".splitlines()[0])
        yield promise, replace(kept, seconds=round(time.monotonic() - began, 3))


def _within(told: Told, place: tuple[int, int], name: str) -> Told:
    """Tells of one promise as of a part of all of them.

    Args:
        place: how many are before it, of how many.
    """

    def say(done: float, total: float, what: str) -> None:
        share = min(1.0, done / total) if total else 0.0
        of = f"{done:,.0f} of {total:,.0f}" if total else f"{done:,.0f}"
        told(place[0] + share, place[1], f"{name}: {of} {what}".rstrip())

    return say
