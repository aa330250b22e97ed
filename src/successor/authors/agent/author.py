"""An agent writes the next version: run, read, screened; what it leaves beside that is nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from successor.authors.agent.brief import brief_of
from successor.authors.agent.running import Handed, Tree
from successor.authors.agent.settings import Settings
from successor.authors.desk import Desk
from successor.authors.matter import (
    MOST_FAILURES,
    Failure,
    Matter,
    change,
    earlier,
    matter_of,
    refused,
)
from successor.authors.prospects import Prospects, name_of
from successor.authors.trials import Terms, Trials, readable
from successor.authors.workshop import Workshop
from successor.types import Brief, Digest, Draft, Figures, Workspace

_OTHERS = 2
"""Earlier programs that a brief shows."""


class Runs(Protocol):
    """What runs the agent."""

    def require(self, lab: Path) -> None: ...
    def run(self, tree: Tree, watch: Callable[[], None]) -> Handed: ...
    def close(self) -> None: ...


@dataclass(frozen=True)
class Memory:
    """What is known of one incumbent, from one attempt to the next, as long as the lab is open."""

    incumbent: Digest = ""
    failures: tuple[Failure, ...] = ()
    """The oldest first."""
    refused: tuple[str, ...] = ()
    """Programs that the judge refused, by their names."""

    def of(self, incumbent: Digest) -> Memory:
        """What of it is of use for that incumbent."""
        return self if self.incumbent == incumbent else Memory(incumbent)

    def after(self, failures: tuple[Failure, ...], refused: tuple[str, ...] = ()) -> Memory:
        """With what failed since."""
        new = tuple(each for each in failures if each not in self.failures)
        kept = (*self.failures, *new)[-MOST_FAILURES:]
        return replace(self, failures=kept, refused=(*{*self.refused, *refused},))


@dataclass
class Saved:
    """What a checkpoint of this author holds."""

    memory: Memory
    """What was known when the attempt began."""
    begun: int = 0
    """Runs that were begun: a kill takes back none of them."""
    runs: list[Handed] = field(default_factory=list[Handed])
    trials: bytes | None = None

    @staticmethod
    def load(data: bytes | None, memory: Memory) -> Saved:
        """From a checkpoint, or the beginning."""
        if data is None:
            return Saved(memory)
        told: dict[str, Any] = json.loads(data)
        known, trials = told["memory"], told["trials"]
        failures = tuple(Failure(**each) for each in known["failures"])
        memory = Memory(known["incumbent"], failures, tuple(known["refused"]))
        runs = [Handed(**each) for each in told["runs"]]
        return Saved(memory, told["begun"], runs, trials and trials.encode())

    def dump(self) -> bytes:
        """For a checkpoint."""
        told = asdict(self)
        return json.dumps({**told, "trials": self.trials and self.trials.decode()}).encode()


class AgentAuthor:
    """Writes the next version by having a command write it."""

    name = "agent"

    def __init__(self, workshop: Workshop, settings: Settings, runner: Runs) -> None:
        self.workshop = workshop
        self.settings = settings
        self._runner = runner
        self._memory = Memory()

    def require_ready(self, lab: Path) -> None:
        """Nothing, when the command can be run.

        Raises:
            UsageError: naming the setting that is wrong.
        """
        self._runner.require(lab)

    def close(self) -> None:
        """End the sandbox."""
        self._runner.close()

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        """The first candidate of the agent that is worth judging; figures alone when all of its
        runs for one came to nothing.
        """
        told = self.settings
        if len(brief.tried) >= told.attempts:
            return None
        saved = Saved.load(workspace.resume(), self._known(brief, workspace))
        desk = Desk(workspace, saved)
        terms = Terms.screening(told.tries, told.least, told.parsimony)
        trials = Trials(self.workshop, brief, desk, terms)
        prospects = Prospects(self.workshop, trials, saved.memory.refused)
        matter, draft = matter_of(self.workshop, brief, desk), None
        failures = [each for each in saved.memory.failures if each not in matter.refused]
        for number in range(told.tries):
            now = replace(matter, failures=(*failures,))
            if (handed := self._handed(number, brief, desk, saved, now)) is None:
                break
            why = handed.why or prospects.refusal(handed.text)
            if not why:
                draft = trials.hand_in()
                if draft is not None and draft.files:
                    break
                why = prospects.lapse(handed.text)
            failures.append(Failure(change(trials.source, handed.text) if handed.text else "", why))
        self._memory = saved.memory.after((*failures,))
        return _with_figures(draft, saved, failures[-1].why if failures else "")

    def _known(self, brief: Brief, workspace: Workspace) -> Memory:
        """What failed in place of this incumbent, what the judge refused included."""
        names = [
            name_of(self.workshop.source(each, workspace), self.workshop.path)
            for each, _ in readable(brief)
        ]
        memory = self._memory.of(brief.lineage[-1].id)
        return memory.after(refused(self.workshop, brief, workspace), tuple(names))

    def _handed(
        self, number: int, brief: Brief, desk: Desk, saved: Saved, matter: Matter
    ) -> Handed | None:
        """What a run comes to, which is not run once more after a kill; None when there may be no
        more.
        """
        if number == len(saved.runs):
            if saved.begun >= self.settings.runs - int(float(brief.used.get("runs", 0))):
                return None
            saved.begun += 1
            desk.save()
            saved.runs.append(self._run(brief, desk, matter))
            desk.save()
        return saved.runs[number]

    def _run(self, brief: Brief, workspace: Desk, matter: Matter) -> Handed:
        others = earlier(self.workshop, brief, workspace)[:_OTHERS]
        incumbent, began = brief.lineage[-1], time.monotonic()
        files = {name: workspace.read(digest) for name, digest in incumbent.files.items()}
        text = brief_of(matter, self.workshop.path, others, self.settings)

        def watch() -> None:
            workspace.progress("running the agent", time.monotonic() - began, self.settings.wall_s)

        watch()
        return self._runner.run(Tree(files, self.workshop.path, text), watch)


def _with_figures(draft: Draft | None, saved: Saved, failed: str) -> Draft | None:
    """The draft with what it took; the end of what the agent printed is kept, and read by nobody
    but people.
    """
    if not saved.begun:
        return draft
    told: Figures = {
        **(draft.figures if draft else {}),
        "runs": saved.begun,
        "agent_s": round(sum(each.seconds for each in saved.runs), 3),
        "said": saved.runs[-1].said if saved.runs else "",
        **({} if draft and draft.files else {"failed": failed}),
    }
    return Draft(draft.files if draft else {}, told)
