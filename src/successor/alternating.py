"""A program and the improver that improves it take turns: two labs, one inside the other's folder.

Each has its own judge, record, budget, stage and people; all that the outer one does to the inner
one is what anybody does who calls `successor improve`. See `authors/improver`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from successor import labfile
from successor.authors.improver import Improver, ImproverAuthor, Settings
from successor.authors.workshop import workshop_of
from successor.errors import Halt, PausedError, UsageError
from successor.lab import improve_self, open_lab, record_of
from successor.ledger import Ledger
from successor.oversight import require_lawful, stopfile
from successor.subjects.improver import ImproverSubject, improver
from successor.types import Digest, Stop, Subject, Workspace
from successor.validation import validated

HELD = "improver"
"""The base case: a person has to act in the improver's lab first."""


def author(settings: Mapping[str, object], subject: Subject) -> ImproverAuthor:
    """The author of a lab whose subject is a program.

    Raises:
        UsageError: when a setting is unknown or out of its range.
    """
    checked = validated(Settings, "author", settings)
    workshop = workshop_of(subject, ImproverAuthor.name)
    return ImproverAuthor(workshop, checked, ImproverLab(checked.lab))


class ImproverLab:
    """The lab of an improver, in a folder of the lab that it works for."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._folder = Path(name)
        self._engine: ImproverSubject | None = None

    def require_ready(self, lab: Path) -> None:
        """Nothing, when it is there.

        Raises:
            UsageError: when there is no such lab, or what improves there is no improver.
        """
        where = f"[author] lab = {self._name!r}"
        self._folder = lab / self._name
        if lab.resolve() not in self._folder.resolve().parents:
            raise UsageError(f"{where}: should be a folder in the lab's own")
        try:
            told = labfile.read(self._folder)
        except UsageError as error:
            raise UsageError(f"{where}: {error}") from None
        if told.subject.kind != "improver":
            raise UsageError(f"{where}: what improves there has to be an improver")

    def generations(self) -> int:
        """That are done."""
        if not (record_of(self._folder) / "record.sqlite").is_file():
            return 0
        with Ledger.read(record_of(self._folder)) as ledger:
            return len(ledger.generations())

    def go_on(self, workspace: Workspace) -> str:
        """For one generation; says what base case it has met.

        Raises:
            Halt: when the step of the workspace ends, or the lab is paused.
        """
        self._require_going()
        outer = _Outer(workspace)
        with open_lab(self._folder, interrupt=outer.ends) as lab:
            stop = improve_self(lab).stop
        if outer.halt is not None:
            raise outer.halt
        self._require_going()
        return f"{stop.base_case}: {stop.reason}" if stop else ""

    def version(self, known: Digest) -> Improver:
        """The known one, if it is of the line of the one in charge; else that one.

        Raises:
            Halt: when the lab is paused, or people have not let it begin.
            RecordError: when its record holds what its rules do not allow.
        """
        self._require_going()
        with Ledger.read(record_of(self._folder)) as ledger:
            require_lawful(ledger)
            charge = ledger.incumbent()
            if charge is None:
                raise _held(f"{self._folder} has no version yet: see successor status there")
            line = {each.id: each for each in ledger.lineage(charge.id)}
            found = line.get(known, charge)
            (name,) = found.files.values()
            return Improver(found.id, ledger.object(name).decode())

    def pursue(
        self, source: str, size: int, evaluations: int, seed: int,
        price: Callable[[Sequence[float]], float],
    ) -> None:  # fmt: skip
        """In a sandbox as that lab has them."""
        if self._engine is None:
            told = labfile.read(self._folder)
            self._engine = improver(told.subject.settings, self._folder, told.lab.goal)
        self._engine.pursue(source, size, evaluations, seed, price)

    def close(self) -> None:
        """End the sandbox; it opens anew when it is needed again."""
        if self._engine is not None:
            self._engine.close()

    def _require_going(self) -> None:
        try:
            stopfile.require_going(record_of(self._folder))
        except PausedError as error:
            raise _held(str(error)) from None


class _Outer:
    """The step in which the improver's lab goes on: what ends it ends that, too."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.halt: Halt | None = None

    def ends(self) -> Stop | None:
        """What the inner run is told."""
        try:
            self._workspace.progress("its improver improves itself", 0, 0)
        except Halt as halt:
            self.halt = halt
            return Stop("interrupted", f"the run that it is part of ends: {halt.stop.reason}")
        return None


def _held(why: str) -> Halt:
    return Halt(Stop(HELD, why, needs_human=True))
