"""What was written, as the lab of a function; and which of its versions is delivered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from typing import cast

from successor.errors import SuccessorError
from successor.insight.measures import measure
from successor.lab import Lab
from successor.sandbox import Call
from successor.subjects.program import ProgramSubject
from successor.subjects.program.agreement import agrees, told
from successor.subjects.program.bench import Programs
from successor.subjects.program.ground import Ground
from successor.subjects.program.origin import find_contract, spelled
from successor.subjects.program.timing import call_s, distinct
from successor.targets import AUTHOR, Wishes, lay_out
from successor.types import Version
from successor.writing.drafting import Drafted, Trials

EACH = 64
"""Fresh inputs of each size on which all functions that were written are compared."""
TIMED = 16
_TOLD = 3
_BASE_CASES: Mapping[str, object] = {"generations": 8, "plateau": 1}


@dataclass(frozen=True)
class Improved:
    """What the lab came to."""

    source: str
    """Of the version that is delivered."""
    evidence: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    agreement: float | None = None
    """Share of fresh inputs that all functions that were written answer alike."""
    e_value: float | None = None
    """Of the last version that took over."""
    speedup: float | None = None
    calls: int = 0
    tokens: int = 0
    usd: float = 0.0
    seconds: float = 0.0
    ledger_head: str | None = None


def prepare(drafted: Drafted) -> tuple[Path, bool]:
    """The lab in which what was chosen is improved, and whether it has to begin anew."""
    wanted = drafted.wanted
    llm: dict[str, object] = {
        "models": [wanted.model],
        "calls": max(1, wanted.calls // 2),
    }
    authors = [*cast("Sequence[str]", AUTHOR["authors"]), "llm"]
    tables: dict[str, Mapping[str, object]] = {
        "author": {"kind": "search", "authors": authors},
        "author.llm": llm,
        "base_cases": {"wall_clock": wanted.budget, **_BASE_CASES},
    }
    files = {f"{wanted.name}.py": drafted.source.encode()}
    tests = [f"test_{wanted.name}.py"] if drafted.visible else []
    files |= {name: drafted.visible.encode() for name in tests}
    target = Trials(wanted).target(drafted.source)
    return lay_out(wanted.function, target, Wishes("faster", tuple(tests), tables=tables), files)


def improved(drafted: Drafted, lab: Lab) -> Improved:
    """The best version that passes every held-out test that the first one passed.

    Raises:
        SuccessorError: when a version cannot be looked at.
    """
    ledger = lab.parts.ledger
    ground = cast("ProgramSubject", lab.parts.subject).ground
    line = _line(lab)
    version, doubts = _held(drafted, line, lab)
    source = drafted.source if version is None else _text(lab, version)
    kept = {each.id for each in line[1 : line.index(version) + 1]} if version else set[str]()
    made = [each for each in ledger.verdicts() if each.candidate in kept]
    exam = ledger.exam(version.id) if version and kept else None
    share, differing = _agreement(drafted, ground)
    evidence = [
        each.reason for each in ledger.decisions()
        if each.candidate in kept and each.outcome == "promoted"
    ] or [f"nothing faster was found; {len(ledger.verdicts())} versions were judged"]  # fmt: skip
    return Improved(
        source,
        (*evidence, *_timed(ground, source)),
        (*doubts, *differing, *_assumed(lab)),
        share,
        made[-1].e_value if made else None,
        measure(exam).get("speedup") if exam else None,
        int(ledger.used("calls")),
        int(ledger.used("tokens")),
        float(ledger.used("usd")),
        ledger.spent_s(),
        ledger.head.root,
    )


def _line(lab: Lab) -> tuple[Version, ...]:
    """The first version and all that took over from one another since."""
    now = lab.parts.ledger.incumbent()
    return () if now is None else tuple(lab.parts.ledger.lineage(now.id))


def _text(lab: Lab, version: Version) -> str:
    path = cast("ProgramSubject", lab.parts.subject).path
    return lab.parts.ledger.object(version.files[path]).decode("utf-8-sig")


def _held(
    drafted: Drafted, line: Sequence[Version], lab: Lab
) -> tuple[Version | None, tuple[str, ...]]:
    """The latest version that passes what the first one passed, and what became of later ones."""
    cases = drafted.settled.passed if drafted.settled else ()
    trials, doubts = Trials(drafted.wanted), list[str]()
    with closing(trials.bench):
        for version in reversed(line):
            row = trials.passed(_text(lab, version), cases)
            if all(row):
                return version, tuple(doubts)
            failed = cases[row.index(False)].text
            doubts.append(f"a faster version is not delivered, for it fails held out: {failed}")
    return None, tuple(doubts)


def _agreement(drafted: Drafted, ground: Ground) -> tuple[float | None, tuple[str, ...]]:
    """Share of fresh inputs that all functions answer alike, and the first that they do not."""
    calls = _fresh(ground)
    programs, trials = Programs(ground.target), Trials(drafted.wanted)
    answers = [
        ground.bench.ask(programs.bare(trials.target(each.source).files), calls)
        for each in drafted.candidates
    ]
    if len(answers) < 2 or not calls:
        return None, ("no other function is there to compare it with on fresh inputs",)
    mine = answers[drafted.chosen]
    doubts, alike = list[str](), 0
    for place, call in enumerate(calls):
        others = [
            (number, got[place]) for number, got in enumerate(answers, 1)
            if not agrees(mine[place], got[place], ground.grader.tolerance)
        ]  # fmt: skip
        alike += not others
        if others and len(doubts) < _TOLD:
            number, got = others[0]
            asked = f"{drafted.wanted.name}{spelled(call)}"
            doubts.append(f"{asked} gives {told(mine[place])}; function {number}: {told(got)}")
    return alike / len(calls), tuple(doubts)


def _fresh(ground: Ground) -> Sequence[Call]:
    """Calls drawn by the type hints alone: what visible tests ask may be less than they allow."""
    origin = ground.questions.origin
    contract = find_contract(ground.target, origin.program, (), ground.bench)
    calls = [
        contract.draw(Random(f"write/{size}/{number}"), size)
        for size in ground.questions.sizes
        for number in range(EACH)
    ]
    return distinct(calls, len(calls))


def _timed(ground: Ground, source: str) -> Iterator[str]:
    """What a call takes, as far as it can be told."""
    size = ground.questions.sizes[-1]
    calls = distinct(ground.questions.calls("write/timed", size, TIMED, heavy=True), TIMED)
    program = ground.grader.programs.bare(ground.files(source))
    try:
        seconds = call_s(partial(ground.bench.run, program), calls)
    except SuccessorError:
        return
    yield f"benchmark: {seconds * 1e6:.3g} microseconds a call on inputs of size {size:,}"


def _assumed(lab: Lab) -> Iterator[str]:
    """What the lab took for granted of the function."""
    subject = cast("ProgramSubject", lab.parts.subject)
    yield from (f"assumed: {each}" for each in subject.report().get("assumed", ()))
