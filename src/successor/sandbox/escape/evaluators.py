"""Sandboxes as evaluators: candidates go in, answers come out, and are marked out here."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import final

from successor.sandbox.answers import (
    Call,
    CommandResult,
    Limits,
    Program,
    Raised,
    Result,
    Returned,
    SandboxError,
    Value,
)
from successor.sandbox.escape.control import Evaluation, Evaluator
from successor.sandbox.sandbox import Sandbox

LATE_S = 4.0
"""Past the two waits that the limits allow, on a busy machine; more is hanging."""
HONEST_S = 10.0
COMMAND = """
import json, sys
from attack import attack
answer = attack(json.loads(sys.argv[1]))
print(json.dumps(answer, default=lambda _: None))
"""
"""What calls a candidate where candidates are commands."""
STARTING_S = 3.0
"""What a command gets for starting the interpreter."""


def evaluator_of(sandbox: Sandbox) -> Evaluator:
    """The way of asking that its tier is for: calls of functions, or commands."""
    return Called(sandbox) if sandbox.tier in ("kernel", "rlimits") else Commanded(sandbox)


@final
class Called:
    """Calls functions; answers are compared by type and value."""

    honest_s = HONEST_S

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def evaluate(
        self, program: Program, told: Mapping[str, str | int], expected: Value, limits: Limits
    ) -> Evaluation:
        """Ask once."""
        argument: dict[Value, Value] = {**told}
        return _guarded(
            lambda: _called(self._sandbox.run(program, [Call((argument,))], limits), expected),
            2 * limits.wall_s + LATE_S,
        )


@final
class Commanded:
    """Runs commands; the answer is what they print."""

    honest_s = HONEST_S

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def evaluate(
        self, program: Program, told: Mapping[str, str | int], expected: Value, limits: Limits
    ) -> Evaluation:
        """Run once."""
        files = {**program.files, "command.py": COMMAND.encode()}
        given = Limits(
            wall_s=limits.wall_s + STARTING_S,
            cpu_s=limits.cpu_s,
            memory_bytes=limits.memory_bytes,
            output_bytes=limits.output_bytes,
        )
        argv = ["python3", "command.py", json.dumps(dict(told))]
        return _guarded(
            lambda: _commanded(self._sandbox.command(argv, files, given), expected),
            given.wall_s + LATE_S,
        )


def _guarded(ask: Callable[[], Evaluation], longest_s: float) -> Evaluation:
    """What came of it. A refusal is an answer too; any other exception breaks the evaluator."""
    started = time.monotonic()
    try:
        evaluation = ask()
    except SandboxError as error:
        return Evaluation(text=str(error))
    except Exception as error:  # noqa: BLE001 - whatever it is must not come out of a sandbox
        return Evaluation(broken=True, text=f"{type(error).__name__}: {error}")
    hung = time.monotonic() - started > longest_s
    return replace(evaluation, hung=hung)


def _called(result: Result, expected: Value) -> Evaluation:
    text, accepted = result.detail, False
    match result.outcomes:
        case (Returned(value),):
            text = value if type(value) is str else text
            is_equal = type(value) is type(expected) and value == expected
            accepted = result.status == "ok" and is_equal
        case (Raised(kind, message), *_):
            text = f"{kind} {message}"
        case _:
            pass
    seconds, cpu_s = result.seconds + result.prepare_s, result.cpu_s + result.prepare_cpu_s
    return Evaluation(accepted, text, len(text), seconds, cpu_s)


def _commanded(result: CommandResult, expected: Value) -> Evaluation:
    text, length = result.stdout.decode("utf-8", "replace"), len(result.stdout)
    try:
        answer: object = json.loads(result.stdout)
    except (ValueError, RecursionError):
        answer = None
    accepted = result.exit_code == 0 and type(answer) is type(expected) and answer == expected
    said = answer if type(answer) is str else text
    left = sum(len(data) for data in result.files.values())
    return Evaluation(accepted, said, max(length, left), result.seconds, result.seconds)
