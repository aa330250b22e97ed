"""One step of a scaffold: runs in the sandbox beside it, there `successor_scaffold`.

A scaffold is a generator `solve(question)` that yields what to ask the model, is sent what the
model said, and returns its answer. It is begun anew for each step and told all replies so far, so
that nothing has to stay alive between them.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import GeneratorType
from typing import Any, cast

_solve: Callable[[str], object] = import_module("successor_scaffold").solve


def step(question: str, replies: list[str]) -> tuple[str, str]:
    """("ask", text), or ("answer", text)."""
    talk = _solve(question)
    if not isinstance(talk, GeneratorType):
        return "answer", str(talk)
    course = cast("GeneratorType[object, str, Any]", talk)
    try:
        asked = next(course)
        for reply in replies:
            asked = course.send(reply)
    except StopIteration as end:
        return "answer", "" if end.value is None else str(end.value)
    return "ask", str(asked)
