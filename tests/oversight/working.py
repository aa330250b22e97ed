"""Authors that work without a word until they are stopped: each does what hangs in real labs."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from successor.oversight import watch
from successor.oversight.descendants import descendants
from successor.types import Brief, Draft, Subject, Workspace

STUBBORN = """
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for _ in range(2):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            while True:
                time.sleep(0.01)
        os._exit(0)
while True:
    time.sleep(0.01)
"""


def candidate(_: str) -> None:
    """A program in the sandbox that never ends."""
    from successor.sandbox import Call, Limits, Program, open_sandbox

    with open_sandbox() as sandbox:
        endless = Program({"f.py": b"def f(x):\n    while True:\n        x += 1\n"}, "f.py:f")
        sandbox.run(endless, [Call((1,))], Limits(wall_s=600.0))


def training(_: str) -> None:
    """Steps of training, none of which tells how far it is."""
    import numpy as np

    weights = np.ones((500, 500))
    while True:
        weights = np.tanh(weights @ weights)


def server(url: str) -> None:
    """A language model's server that never answers."""
    from successor.llm import Message, Request, open_model

    environment = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "k"}
    model = open_model("x", environment=environment)
    model.complete(Request((Message("user", "hi"),), max_tokens=10))


def command(_: str) -> None:
    """A command in the sandbox, with daemons that heed no signal."""
    from successor.sandbox import Limits, open_sandbox

    with open_sandbox("bubblewrap") as sandbox:
        sandbox.command([sys.executable, "-c", STUBBORN], {}, Limits(wall_s=600.0))


def daemons(_: str) -> None:
    """The same, outside any sandbox."""
    subprocess.run([sys.executable, "-c", STUBBORN], check=False)


SETTLED_S = 0.5
BEGUN = "613.613"
"""Seconds that each of the processes of `beginning` sleeps: by them they are known."""


def beginning(_: str) -> None:
    """One process after the other is begun."""
    while True:
        subprocess.Popen(["sleep", BEGUN], start_new_session=True)
        time.sleep(0.05)


def starving(_: str) -> None:
    """Nothing else in Python gets a turn, the thread that looks no more than another; beside it are
    daemons and the sandbox.
    """
    subprocess.Popen([sys.executable, "-c", STUBBORN], start_new_session=True)
    hog_beside_a_sandbox()


def starving_for_long(_: str) -> None:
    """The same without daemons, for longer than it may."""
    watch.STARVED_S = 1.0
    hog_beside_a_sandbox()


def hog_beside_a_sandbox() -> None:
    from successor.sandbox import Call, Limits, Program, open_sandbox

    with open_sandbox() as sandbox:
        program = Program({"f.py": b"def f(x):\n    return x\n"}, "f.py:f")
        sandbox.run(program, [Call((1,))], Limits())
        Path(os.environ["WORKING"] + "-beside").write_text(
            " ".join(f"{each.number}:{each.started}" for each in descendants()), "ascii"
        )
        time.sleep(SETTLED_S)
        hog()


def hog() -> None:
    sys.setswitchinterval(1e6)
    x = 0
    while True:
        x += 1


WORK: Mapping[str, Callable[[str], None]] = {
    each.__name__: each for each in (candidate, training, server, command, daemons, beginning)
}
"""What lets the thread that looks have its turn."""
STARVING: Mapping[str, Callable[[str], None]] = {
    each.__name__: each for each in (starving, starving_for_long)
}


@dataclass(frozen=True)
class Worker:
    """Does one of these, and comes to nothing."""

    work: str
    url: str

    @property
    def name(self) -> str:
        return "worker"

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        workspace.progress("working", 0, 0)
        Path(os.environ["WORKING"]).touch()
        {**WORK, **STARVING}[self.work](self.url)
        time.sleep(600)
        return None


def author(settings: Mapping[str, object], _: Subject) -> Worker:
    return Worker(str(settings["work"]), str(settings["url"]))
