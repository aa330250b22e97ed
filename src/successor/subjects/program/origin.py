"""What is learnt about the original, once: it is the oracle of everything that follows."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from successor.errors import UsageError
from successor.sandbox import Call, Opaque, Program, Raised, Result, Returned
from successor.sandbox.texts import shown
from successor.subjects.program import syntax
from successor.subjects.program.agreement import (
    Answer,
    Failed,
    agrees,
    answered,
    result,
    told,
    told_apart,
)
from successor.subjects.program.bench import Bench, within
from successor.subjects.program.beside import Tests, Trial, try_tests
from successor.subjects.program.contract import (
    Argument,
    Contract,
    all_shared,
    known_arguments,
)
from successor.subjects.program.kinds import Items, Kind, Real, Text, Whole
from successor.subjects.program.scoring import CostFunction
from successor.subjects.program.syntax import Parameter
from successor.subjects.program.target import Target

Draw = Callable[[str, int, int], Sequence[Call]]
"""(seed, size, count) -> calls that take as long as the size suggests."""
PROBES = 4
"""Calls of a size, all of which have to be quick: at the second attempt at least."""

QUICK_S = 0.02
"""What a call of the largest size may take the original."""
LONGEST, LARGEST, WIDEST = 1 << 12, 1 << 62, 1000
"""Sizes beyond which nothing is drawn: lengths, magnitudes, floats."""
BEYOND, BEYOND_S = 1 << 15, 0.5
"""A length that is asked besides, far beyond, of originals that take no longer for it."""
_TRIED: tuple[Kind, ...] = (
    Whole(),
    Real(whole=True),
    Text(),
    Items("list", Whole()),
    Items("list", Text()),
    Items("list", Items("list", Whole())),
)
"""Kinds that are tried where nothing tells what an argument takes, likeliest first."""
_TRIES = 3
_DENIED = {
    "PermissionError": "files or programs",
    "FileNotFoundError": "files",
    "BlockingIOError": "other processes",
    "socket.gaierror": "the network",
    "urllib.error.URLError": "the network",
    "ConnectionRefusedError": "the network",
    "OSError": "files or the network",
}
_OF_FILES = frozenset({"FileNotFoundError", "BlockingIOError"})
"""Refusals that no socket meets with."""
_NETWORKING = frozenset(
    {"aiohttp", "asyncio", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "ssl",
     "urllib", "urllib3", "xmlrpc"}
)  # fmt: skip
"""Modules of programs that use the network."""


@dataclass(frozen=True)
class Origin:
    """The original, its contract, and how far it gets."""

    program: Program
    contract: Contract | None
    """None when the lab draws the inputs itself."""
    trial: Trial
    largest: int
    """Largest size that it answers within `QUICK_S`."""
    bounded: bool
    """Whether larger sizes would take it too long, rather than being of no interest."""


def check_import(target: Target, program: Program, bench: Bench) -> None:
    """Import the original.

    Raises:
        UsageError: when that fails, in the sandbox at least.
    """
    result = bench.run(program, [])
    if result.status != "ok":
        where, kind = target.root / target.path, result.detail.partition(":")[0]
        if kind in _DENIED and kind != "OSError":
            needs = f"needs {_needed(kind, target)} to be imported, which the sandbox denies"
            raise UsageError(f"{where}: {needs}: {result.detail}")
        raise UsageError(f"{where}: cannot be imported in the sandbox: {result.detail}")


_HASHES = re.compile(r"\b(set|frozenset|hash|id|keys)\b|[{]")
"""What a program has that goes by hashes; not all of it does."""


def try_original(target: Target, tests: Tests, bench: Bench, *, repair: bool = False) -> Trial:
    """Run the tests on the original.

    Raises:
        UsageError: when they fail: then there is nothing to preserve. To be repaired, when none
            does.
    """
    if not repair and not tests.modules and not ast.get_docstring(target.node):
        return Trial((), ())
    trial = try_tests(tests, target, target.files, bench, None)
    where = target.root / target.path
    if isinstance(trial, str):
        raise UsageError(f"{where}: its tests cannot be run on it: {trial}")
    wrong = trial.failed
    if repair and not wrong:
        passed = f"all {trial.ran} pass" if trial.ran else "there is none"
        raise UsageError(f"{where}: nothing to repair, as no test fails on it: {passed}")
    if wrong and not repair:
        raise UsageError(
            f"{where}: nothing to preserve, as a test fails on it: {wrong.test}: {wrong.why}"
        )
    if trial.verdicts and not trial.ran:
        lost = trial.verdicts[0]
        raise UsageError(f"{where}: no test can be run: {lost.test}: {lost.why}")
    return trial


def find_contract(target: Target, program: Program, seen: Sequence[Call], bench: Bench) -> Contract:
    """What the arguments are. Calls that raise show what they are not.

    Raises:
        UsageError: when nothing tells.
    """
    answers = bench.ask(program, seen)
    calls = [
        call for call, got in zip(seen, answers, strict=True) if isinstance(got, Returned)
    ]  # fmt: skip
    known = known_arguments(target.node, calls or seen)
    rows = [tuple(each for each in known if isinstance(each, Argument))]
    if len(rows[0]) < len(known):
        rows = list(_tried(known, program, bench))
    if not rows or (not rows[0] and target.node.args.args[target.is_method :]):
        raise UsageError(
            f"{target.root / target.path}: cannot tell what {target.entry} takes: "
            "add type hints, a test, or [subject] inputs"
        )
    return Contract(tuple(rows), all_shared(calls, rows), syntax.literals(target.source))


def _tried(
    known: Sequence[Argument | Parameter], program: Program, bench: Bench
) -> list[tuple[Argument, ...]]:
    """The rows of kinds with which the original returns every time that it is tried."""
    choices = [
        [each]
        if isinstance(each, Argument)
        else [Argument(each, kind, "trying") for kind in _TRIED]
        for each in known
    ]
    rows = list(itertools.islice(itertools.product(*choices), 300))
    calls = [
        Contract((row,), shared=True).draw(Random(f"try/{number}"), 5)
        for row in rows
        for number in range(_TRIES)
    ]
    answers = bench.ask(program, calls, 5.0)
    found = [
        row
        for number, row in enumerate(rows)
        if all(
            isinstance(answer, Returned)
            for answer in answers[number * _TRIES : (number + 1) * _TRIES]
        )
    ]
    return found


def check_answers(target: Target, program: Program, calls: Sequence[Call], bench: Bench) -> None:
    """Ask everything twice, forth and back, to see whether there is anything to hold on to.

    Raises:
        UsageError: when it cannot be imported, gives two answers to one question, answers with
            what cannot be compared, or needs what the sandbox denies.
    """
    where = f"{target.root / target.path}: {target.entry}"
    answers = bench.ask(program, [*calls, *reversed(calls)])
    first, again = answers[: len(calls)], answers[: len(calls) - 1 : -1]
    _check_access(target, answers)
    if all(isinstance(each, Failed) for each in answers):
        raise UsageError(f"{where}: gives no answer in the sandbox: {told(answers[0], 200)}")
    for call, mine, later in zip(calls, first, again, strict=True):
        if isinstance(mine, Opaque):
            given = f"{where}{spelled(call)} returns {told(mine)}"
            raise UsageError(f"{given}, which cannot be compared: return plain data")
        _check_same(where, call, mine, later, "then")
    if _HASHES.search(target.source):
        bench.close()  # text hashes otherwise in another process, and sets have another order
        for call, mine, later in zip(calls, first, bench.ask(program, calls), strict=True):
            _check_same(where, call, mine, later, "in another process")


def _check_same(where: str, call: Call, mine: Answer, later: Answer, when: str) -> None:
    if answered(mine) and answered(later) and not agrees(mine, later, 0.0):
        one, other = told_apart(mine, later)
        raise UsageError(
            f"{where} gives different answers to the same question, so that nothing can be "
            f"compared: {spelled(call)} gave {one}, {when} {other}"
        )


def check_costs(
    target: Target, program: Program, calls: Sequence[Call], bench: Bench, cost: CostFunction
) -> None:
    """Ask what was drawn, to see whether answers have a cost. They may differ from run to run.

    Raises:
        UsageError: when it gives no answer, or one that is none by the lab's own cost function.
    """
    where = f"{target.root / target.path}: {target.entry}"
    answers = bench.ask(program, calls)
    _check_access(target, answers)
    told_cost = f"[subject] cost = {cost.spelled!r}"
    costs = 0
    for call, answer in zip(calls, answers, strict=True):
        if not isinstance(answer, Returned):
            continue
        try:
            costs += cost.cost(call, result(answer.value)) is not None
        except ValueError as error:
            raise UsageError(f"{told_cost}: refuses what {where} returns: {error}") from None
    if not any(isinstance(answer, Returned) for answer in answers):
        raise UsageError(f"{where}: gives no answer in the sandbox: {told(answers[0], 200)}")
    if not costs:
        raise UsageError(f"{told_cost}: fails on every answer of {where}")


def _check_access(target: Target, answers: Sequence[Answer]) -> None:
    denied = [
        each for each in answers
        if isinstance(each, Raised) and each.kind in _DENIED
    ]  # fmt: skip
    if denied and 2 * len(denied) > len(answers):
        raise UsageError(
            f"{target.root / target.path}: {target.entry} needs "
            f"{_needed(denied[0].kind, target)}, which the sandbox denies: {told(denied[0], 150)}"
        )


def _needed(kind: str, target: Target) -> str:
    """What a program wanted that was refused with an exception of this kind. A refused socket
    looks like a refused file: what the program imports tells them apart.
    """
    names = {
        name.partition(".")[0]
        for data in target.files.values()
        for name in syntax.imports(ast.parse(data))
    }
    return "the network" if names & _NETWORKING and kind not in _OF_FILES else _DENIED[kind]


def spelled(call: Call) -> str:
    """A call's arguments, as people write them."""
    named = [f"{name}={shown(value)}" for name, value in call.kwargs.items()]
    text = ", ".join([*map(shown, call.args), *named])
    return f"({text if len(text) <= 80 else f'{text[:79]}…'})"


def find_largest(draw: Draw, program: Program, bench: Bench, most: int) -> tuple[int, bool]:
    """The largest size up to `most` that takes at most `QUICK_S`, and whether time was what
    ended it; by doubling, and then halving the last step three times.
    """

    def quick(size: int) -> bool:
        calls = draw(f"reach/{size}", size, PROBES)
        with bench.session(program, within(bench.limits, 1.0)) as session:
            return all(any(_quick(session.ask([call])) for _ in range(2)) for call in calls)

    reach = 1
    while reach < most and quick(min(most, 2 * reach)):
        reach = min(most, 2 * reach)
    if reach == most:
        return reach, False
    beyond = min(most, 2 * reach)
    for _ in range(3):
        middle = (reach + beyond) // 2
        if middle > reach and quick(middle):
            reach = middle
        else:
            beyond = middle
    return reach, True


def answers(contract: Contract, program: Program, bench: Bench) -> bool:
    """Whether it answers what is far beyond all sizes, too."""
    if contract.shared:  # as long in every direction
        return False
    call = contract.draw_long(Random("beyond"), BEYOND)
    with bench.session(program, within(bench.limits, BEYOND_S)) as session:
        return session.ask([call]).status == "ok"


def _quick(result: Result) -> bool:
    return result.status == "ok" and result.seconds <= QUICK_S


def grid(largest: int, points: int = 4) -> tuple[int, ...]:
    """Sizes from small to `largest`, each the same multiple of the one before."""
    steps = [largest ** ((point + 1) / points) for point in range(points)]
    return tuple(dict.fromkeys([*(max(1, round(step)) for step in steps[:-1]), largest]))
