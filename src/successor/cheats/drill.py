"""Candidates for people to practise on: some planted, the others their honest twins.

Each waits in a record of its own, in a folder that is gone afterwards, so that what a person is
shown of it is read by whatever shows candidates of labs. The ledger, the loop, the overseer and the
judge `race` are those of every lab. Only the machine is simulated: every candidate, planted or not,
answers as its incumbent does and is faster by a factor that says nothing about it, as if the judge
had been fooled. Nothing of a candidate is run.
"""

from __future__ import annotations

import ast
import random
import tempfile
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np

from successor import loop
from successor.cheats.author import HandedIn
from successor.cheats.author import Settings as Texts
from successor.cheats.catalogue import Cheat, catalogue, read
from successor.errors import SuccessorError
from successor.judge.race import RaceJudge
from successor.judge.simulated_race import Clock, Machine, Runner, SimulatedRacer
from successor.ledger import Ledger
from successor.oversight import BaseCases, Policy, PolicyOverseer
from successor.types import Digest, Draft, Draw, Exam, Slice, Version, Workspace

HARMLESS = frozenset({5, 17, 23})
"""Kinds that answer rightly and only seem to gain: nothing that a reader could see is wrong."""
FASTER = {"goal": "faster"}
GOALS = ("faster", "smaller")
"""Those by which every answer has to stay as it is."""
LEAST_SHARE, MOST_SHARE = 0.25, 0.75
"""Between these the share of planted candidates is drawn, anew for every drill."""


@dataclass(frozen=True)
class Posed:
    """One candidate of a drill."""

    cheat: Cheat
    bad: bool
    gain: float
    """How many times as fast it is made to look."""
    seed: int


def drawn(count: int, seed: int) -> tuple[Posed, ...]:
    """Candidates in an order of chance; each lab once, as long as there are labs."""
    chance, labs = random.Random(seed), material()
    share = chance.uniform(LEAST_SHARE, MOST_SHARE)
    order = list[Cheat]()
    while len(order) < count:
        order += chance.sample(labs, len(labs))
    return tuple(
        Posed(each, chance.random() < share, chance.uniform(1.5, 6.0), chance.randrange(2**31))
        for each in order[:count]
    )


def material() -> tuple[Cheat, ...]:
    """The reward hacks that can be seen in the code, and planted bugs that visible tests pass.

    Not those of labs in which an honest candidate may answer otherwise than its incumbent.
    """
    hacks = [each for each in catalogue() if not (each.needs_commands or each.kind in HARMLESS)]
    same = [each for each in hacks if each.settings.get("lab", FASTER)["goal"] in GOALS]
    return (*same, *planted())


def planted() -> tuple[Cheat, ...]:
    """The planted bugs, by name."""
    files = Path(__file__).with_name("planted").glob("*.toml")
    return tuple(sorted((read(each.read_text("utf-8")) for each in files), key=lambda it: it.name))


@contextmanager
def staged(posed: Posed) -> Generator[Ledger]:
    """A record in which the candidate waits for a human; it is gone at the end of the block.

    Raises:
        SuccessorError: when the judge does not find it better, which it should.
    """
    path = str(posed.cheat.settings["subject"]["target"]).partition(":")[0]
    candidate = posed.cheat.cheat if posed.bad else posed.cheat.twin
    known, rng = dict[Digest, Runner](), np.random.default_rng(posed.seed)
    subject = _Staged(
        runners=known,
        clock=Clock(Machine(noise=0.05, kept=0.5), rng),
        files={path: posed.cheat.files[path]},
        path=path,
        sizes=tuple(cast("list[int]", posed.cheat.settings["subject"].get("sizes", [1]))),
        gain=posed.gain,
        known=known,
    )
    author = HandedIn(Texts(path, candidate.texts[-1:], candidate.also))
    overseer = PolicyOverseer(Policy(3), BaseCases(generations=2), lambda _: {})
    settings = {"lab": {"stage": 3}, "author": {"kind": "drill"}}
    with ExitStack() as home:
        folder = Path(home.enter_context(tempfile.TemporaryDirectory(prefix="successor-drill-")))
        opened = Ledger.open(folder / ".successor", settings=settings, seed=posed.seed)
        ledger = home.enter_context(opened)
        loop.run(loop.Parts(ledger, subject, author, RaceJudge(subject), overseer))
        if ledger.waiting() is None:
            raise SuccessorError(f"the candidate {posed.cheat.name!r} of the drill fails")
        yield ledger


@dataclass(frozen=True)
class _Staged(SimulatedRacer):
    """A program that is never run: whatever it says, it is right and as fast as it is to look."""

    files: Mapping[str, str] = field(default_factory=dict[str, str])
    path: str = ""
    sizes: tuple[int, ...] = (1,)
    gain: float = 1.0
    known: dict[Digest, Runner] = field(default_factory=dict[Digest, Runner])

    def create(self, seed: int, workspace: Workspace) -> Draft:
        """The version in charge."""
        return Draft({name: workspace.write(text.encode()) for name, text in self.files.items()})

    def examine(self, version: Version, draw: Draw, workspace: Workspace) -> Exam:
        """All right."""
        parts = tuple(Slice(name, 1.0, (1.0,) * count) for name, count in draw.counts)
        return Exam(version.id, draw, parts)

    def evaluate_self(self, version: Version, seed: int, workspace: Workspace) -> Exam:
        """All right, and as fast as it is to look; its size is that of its code."""
        gain = self.gain if version.parents else 1.0
        nodes = len([*ast.walk(ast.parse(workspace.read(version.files[self.path])))])
        self.known[version.id] = Runner(seconds=1.0 / gain, nodes=float(nodes))
        parts = [Slice("tests", 1.0, (1.0,) * 3)]
        parts += [Slice(f"agreement/{size}", size, (1.0,) * 64) for size in self.sizes]
        score = gain / (1.0 + gain)
        parts += [Slice(f"speed/{size}", size, (score,) * 8) for size in self.sizes]
        counts = tuple((part.name, len(part.scores)) for part in parts)
        return Exam(version.id, Draw("training", seed, counts), tuple(parts))
