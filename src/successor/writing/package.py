"""The package for review: the function, its tests, what speaks for it, and what does not."""

from __future__ import annotations

import builtins
import math
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from successor.errors import UsageError
from successor.files import sync_folder, write_atomically
from successor.sandbox import Value
from successor.sandbox.texts import shown
from successor.writing.cases import Case
from successor.writing.drafting import Drafted
from successor.writing.improving import Improved

LONGEST_CASE = 1000
"""Characters of a held-out test that is written down."""
_ASSUMED = (
    "the goal was read by one model alone: where all that it wrote misreads it, nothing tells"
)


@dataclass(frozen=True)
class Package:
    """What came of the goal."""

    function: str | None
    """As in `add/add.py:add`; None when nothing could be written."""
    goal: str
    signature: str
    finished: bool
    code: str
    edge_cases: tuple[str, ...]
    visible_tests: int
    """Tests that pass, by who saw the function."""
    held_out: int
    """Held-out tests that count."""
    held_out_passed: int
    failing: tuple[str, ...]
    """Why it is not finished."""
    evidence: tuple[str, ...]
    doubts: tuple[str, ...]
    candidates: int
    """Functions that could be read."""
    agreement: float | None
    e_value: float | None
    speedup: float | None
    model: str
    calls: int
    tokens: int
    usd: float
    seconds: float
    ledger_head: str | None


def package_of(drafted: Drafted, improved: Improved, seconds: float) -> Package:
    """All that is known of the function.

    Args:
        seconds: that this run took, which is all of it unless an earlier one was killed.
    """
    wanted, settled, spent = drafted.wanted, drafted.settled, drafted.spent
    passed, failed = (settled.passed, settled.failed) if settled else ((), ())
    doubts = (*drafted.doubts, *improved.doubts, *([_ASSUMED] if drafted.source else []))
    return Package(
        str(wanted.into / f"{wanted.name}.py:{wanted.name}") if drafted.source else None,
        wanted.goal,
        drafted.signature,
        drafted.finished,
        improved.source,
        drafted.edge_cases,
        drafted.visible_count,
        len(passed) + len(failed),
        len(passed),
        drafted.failing,
        (*_votes(drafted), *improved.evidence),
        doubts,
        len(drafted.candidates),
        improved.agreement,
        improved.e_value,
        improved.speedup,
        wanted.model,
        spent.calls + improved.calls,
        spent.tokens + improved.tokens,
        float(spent.usd) + improved.usd,
        round(seconds, 3),
        improved.ledger_head,
    )


def _votes(drafted: Drafted) -> Iterator[str]:
    """Which function passes how many held-out tests, and of whom."""
    for number, row in enumerate(drafted.rows):
        by_suite = [
            [met for case, met in zip(drafted.cases, row, strict=True) if case.suite == suite]
            for suite in range(1, len(drafted.suites) + 1)
        ]
        told = ", ".join(f"{sum(each)} of {len(each)}" for each in by_suite)
        mark = " (chosen)" if number == drafted.chosen else ""
        yield f"function {number + 1}{mark} passes of the suites of held-out tests: {told}"
    if drafted.visible_count:
        yield f"{drafted.visible_count} visible tests pass, by who wrote the function"


def deliver(package: Package, drafted: Drafted) -> Path | None:
    """Write the package, all of it or nothing; where it is, or None when nothing was written.

    Raises:
        UsageError: when something is in its place by now.
    """
    if not package.code:
        return None
    into, name = drafted.wanted.into, drafted.wanted.name
    files = {f"{name}.py": package.code, "REVIEW.md": review(package, drafted)}
    if drafted.visible:
        files[f"test_{name}.py"] = drafted.visible
    if drafted.settled and package.held_out:
        cases = (*drafted.settled.passed, *drafted.settled.failed)
        files[f"test_{name}_held_out.py"] = held_out_file(cases, name)
    staging = into.with_name(f".{into.name}.{os.getpid()}")
    shutil.rmtree(staging, ignore_errors=True)
    try:
        staging.mkdir(parents=True)
        for path, text in files.items():
            data = text.encode(errors="backslashreplace")
            write_atomically(staging / path, data, staging / f".{path}")
        staging.rename(into)
    except OSError as error:
        shutil.rmtree(staging, ignore_errors=True)
        raise UsageError(f"{into}: cannot be written: {error.strerror}") from None
    sync_folder(into.parent)
    return into


def held_out_file(cases: Sequence[Case], name: str) -> str:
    """The cases as a file for pytest. Nothing in it but plain data was written by a model."""
    lines = [
        f'"""Held-out tests of {name}, written without seeing it."""',
        "",
        "from decimal import Decimal  # noqa: F401 - in what is expected",
        "from fractions import Fraction  # noqa: F401 - the same",
        "from math import inf, nan  # noqa: F401 - the same",
        "",
        "import pytest",
        f"from {name} import {name}",
    ]
    for number, case in enumerate(cases, 1):
        body = _statement(case, name)
        if not body or len("".join(body)) > LONGEST_CASE:
            lines += ["", "", f"# Test {number}, of suite {case.suite}, cannot be written down."]
            continue
        head = f"def test_{number}_of_suite_{case.suite}():"
        lines += ["", "", head, *(f"    {line}" for line in body)]
    return "\n".join(lines) + "\n"


def _statement(case: Case, name: str) -> list[str]:
    """The body of a test; nothing when it cannot be one."""
    named = [f"{key}={shown(value)}" for key, value in case.call.kwargs.items()]
    call = f"{name}({', '.join([*map(shown, case.call.args), *named])})"
    expected = case.expected
    if expected.raises:
        if not all(each in vars(builtins) for each in expected.raises):
            return []  # who knows where it is from
        known = ", ".join(expected.raises)
        kinds = f"({known})" if "," in known else known
        return [f"with pytest.raises({kinds}):", f"    {call}"]
    if expected.truth:
        return [f"assert {call}" if expected.value else f"assert not {call}"]
    if expected.value is None or isinstance(expected.value, bool):
        return [f"assert {call} == {expected.value}"]
    if _is_approximate(expected.value):
        near = f"rel={expected.relative!r}, abs={expected.absolute!r}, nan_ok=True"
        return [f"assert {call} == pytest.approx({shown(expected.value)}, {near})"]
    return [f"assert {call} == {shown(expected.value)}"]


def _is_approximate(value: Value) -> bool:
    """Whether pytest can say that it is nearly so: of floats, and of flat rows of numbers."""
    if isinstance(value, list | tuple):
        numbers = all(isinstance(each, int | float) for each in value)
        return numbers and any(isinstance(each, float) for each in value)
    return isinstance(value, float)


def review(package: Package, drafted: Drafted) -> str:
    """REVIEW.md."""
    wanted = drafted.wanted
    state = "passed its held-out tests" if package.finished else "**NOT FINISHED**: see below"
    cost = [f"{package.calls} calls of {package.model}", f"{package.tokens:,} tokens"]
    if package.usd:
        cost.append(f"${package.usd:.4f}")
    if not math.isclose(package.seconds, 0):
        cost.append(f"{package.seconds:.0f} seconds")
    parts = [
        f"# {wanted.name}",
        _quoted(package.goal),
        f"Written by a model; {state}. {_counts(package)}",
        f"```python\n{package.code.rstrip()}\n```",
    ]
    sections: Mapping[str, Sequence[str]] = {
        "What failed": package.failing,
        "Evidence": package.evidence,
        "Edge cases, as its writer named them": package.edge_cases,
        "Doubts": package.doubts,
        "Cost": [", ".join(cost)],
    }
    for heading, lines in sections.items():
        if lines:
            parts.append("\n".join([f"## {heading}", "", *(f"- {_line(each)}" for each in lines)]))
    return "\n\n".join(parts) + "\n"


def _counts(package: Package) -> str:
    found = f"{package.held_out_passed} of {package.held_out} held-out tests pass"
    if package.agreement is not None:
        found += f"; all {package.candidates} functions agree on {package.agreement:.0%} of inputs"
    if package.speedup is not None and package.e_value is not None:
        found += (
            f"; {package.speedup:.3g} times faster than as written, e-value {package.e_value:.3g}"
        )
    return f"{found}."


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.splitlines())


def _line(text: str) -> str:
    """Text that others wrote, as one item of a list."""
    return " ".join(text.split()).replace("`", "'")
