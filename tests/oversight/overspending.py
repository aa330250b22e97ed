"""Authors and candidates that use up whatever they can, each in its own way."""

from __future__ import annotations

import itertools
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from successor.types import Brief, Draft, Subject, Workspace

FORKING = """
import os
for _ in range(2):
    os.fork()
while True:
    pass
"""
HOARD = 100_000
"""Bytes of an object, or by which a checkpoint grows."""
ANSWER_USD = Decimal(1000)
"""For a million tokens of any kind."""


def burns(_: Workspace) -> None:
    """Computes, and never says how far it is."""
    while True:
        pass


def sleeps(_: Workspace) -> None:
    """Does nothing for long."""
    time.sleep(600)


def swallows(_: Workspace) -> None:
    """Computes, and lets nothing end it."""
    while True:
        try:
            burns(_)
        except BaseException:  # noqa: BLE001, S112 - that is what it does
            continue


def endless_candidate(_: Workspace) -> None:
    """A program in the sandbox that computes."""
    from successor.sandbox import Call, Limits, Program, open_sandbox

    with open_sandbox() as sandbox:
        endless = Program({"f.py": b"def f(x):\n    while True:\n        x += 1\n"}, "f.py:f")
        sandbox.run(endless, [Call((1,))], Limits(wall_s=600.0, cpu_s=600.0))


def sleeping_candidate(_: Workspace) -> None:
    """A program in the sandbox that sleeps."""
    from successor.sandbox import Call, Limits, Program, open_sandbox

    with open_sandbox() as sandbox:
        source = b"import time\n\n\ndef f(x):\n    time.sleep(600)\n"
        sandbox.run(Program({"f.py": source}, "f.py:f"), [Call((1,))], Limits(wall_s=600.0))


def forking_command(_: Workspace) -> None:
    """A command in the sandbox, with processes of its own that compute."""
    from successor.sandbox import Limits, open_sandbox

    with open_sandbox("bubblewrap") as sandbox:
        sandbox.command([sys.executable, "-c", FORKING], {}, Limits(wall_s=600.0, cpu_s=600.0))


def hoards(workspace: Workspace) -> None:
    """Writes objects, and says nothing."""
    for number in itertools.count():
        workspace.write(number.to_bytes(8, "big") + os.urandom(HOARD - 8))


def hoards_a_checkpoint(workspace: Workspace) -> None:
    """Keeps ever more of what it knows."""
    for number in itertools.count(1):
        workspace.checkpoint(os.urandom(HOARD * number))


def asks(workspace: Workspace) -> None:
    """Asks a model, says how far it is, and reports nothing of what that cost."""
    from successor.llm import Message, Price, Request, open_model

    told = os.environ.get("PRICED", "yes") == "yes"
    environment = {"OPENAI_BASE_URL": os.environ["MODEL"], "OPENAI_API_KEY": "k"}
    price = Price(ANSWER_USD, ANSWER_USD) if told else None
    with open_model("x", price=price, environment=environment) as model:
        for number in itertools.count():
            workspace.progress("asking", number, 0)
            model.complete(Request((Message("user", f"hi {number}"),), max_tokens=1000))


WORK: Mapping[str, Callable[[Workspace], None]] = {
    each.__name__: each
    for each in (
        burns,
        sleeps,
        swallows,
        endless_candidate,
        sleeping_candidate,
        forking_command,
        hoards,
        hoards_a_checkpoint,
        asks,
    )
}
REPORTS: Mapping[str, tuple[Mapping[str, float], ...]] = {
    "refunds": ({"examples": 400, "tokens": 400, "usd": 4}, dict.fromkeys(
        ("examples", "tokens", "usd", "cpu_s", "disk_bytes", "model_usd"), -1e9)),
    "enormous": ({"examples": 1e308, "tokens": 1e308, "usd": 1e308},),
    "nothing": ({},),
    "no number": ({"examples": float("nan"), "tokens": float("nan"), "usd": float("nan")},),
}  # fmt: skip


@dataclass(frozen=True)
class Overspender:
    """Does one of these, or hands in one draft after the other with what it reports."""

    work: str

    @property
    def name(self) -> str:
        return "overspender"

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        if "WORKING" in os.environ:
            Path(os.environ["WORKING"]).touch()
        if self.work in WORK:
            WORK[self.work](workspace)
        reports = REPORTS[self.work]
        number = len(brief.tried)
        # No better than the one in charge, each time in another way.
        ability = workspace.read(brief.lineage[-1].files["ability"]) + b" " * (number + 1)
        return Draft({"ability": workspace.write(ability)}, reports[number % len(reports)])


def author(settings: Mapping[str, object], _: Subject) -> Overspender:
    return Overspender(str(settings["work"]))
