"""What is wrong with a program whose tests fail, and what of it has to stay as it is.

Lines are suspected by the spectrum of the tests (Ochiai; Abreu et al., "On the accuracy of
spectrum-based fault localization", TAIC PART 2007): those that failing tests run and passing ones
do not come first. The same spectra say which answers are the original's to give: an input that
runs exactly the lines of a call of some passing test, and not those of a call of a failing one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from successor.errors import SuccessorError
from successor.sandbox import Call
from successor.subjects.program.bench import Bench, Programs
from successor.subjects.program.beside import Trial, Verdict
from successor.subjects.program.grading import Files
from successor.subjects.program.reach import traced
from successor.subjects.program.target import Target

Lines = frozenset[int]


@dataclass(frozen=True)
class Suspect:
    """A line that may be the one at fault."""

    line: int
    suspicion: float
    """Ochiai's, in (0, 1]."""


@dataclass
class Repair:
    """The original and how its tests ended."""

    target: Target
    programs: Programs
    bench: Bench
    trial: Trial
    _spectra: tuple[frozenset[Lines], frozenset[Lines]] | None = field(default=None, repr=False)

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """The tests that fail on the original."""
        return tuple(each for each in self.trial.verdicts if each.outcome == "failed")

    def held(self, calls: Sequence[Call]) -> Sequence[bool]:
        """Which calls the original answers rightly, as far as its tests tell."""
        if self._spectra is None:
            self._spectra = self._learn()
        right, wrong = self._spectra
        if not right or not calls:
            return [False] * len(calls)
        asked = {repr(call) for verdict, made in self.trial.made()
                 if verdict.outcome == "failed" for call in made}  # fmt: skip
        lines = self._lines(self.target.files, calls)
        return [
            bool(ran) and ran in right and ran not in wrong and repr(call) not in asked
            for call, ran in zip(calls, lines, strict=True)
        ]

    def suspects(self, files: Files, trial: Trial) -> tuple[Suspect, ...]:
        """The lines of a version that its failing tests run, most suspicious first.

        Args:
            trial: how the tests ended on that very version.
        """
        runs = list(self._runs(files, trial))
        failures = sum(failed for failed, _ in runs)
        found: list[Suspect] = []
        for line in sorted({line for failed, lines in runs if failed for line in lines}):
            hit = [failed for failed, lines in runs if line in lines]
            ochiai = sum(hit) / math.sqrt(failures * len(hit))
            found.append(Suspect(line, round(ochiai, 4)))
        return tuple(sorted(found, key=lambda each: (-each.suspicion, each.line)))

    def _runs(self, files: Files, trial: Trial) -> Iterator[tuple[bool, Lines]]:
        """(whether it failed, the lines that its calls run) of every test that makes calls."""
        for verdict, calls in trial.made():
            if calls and verdict.outcome != "not run":
                lines = self._lines(files, calls)
                yield verdict.outcome == "failed", frozenset(each for ran in lines for each in ran)

    def _learn(self) -> tuple[frozenset[Lines], frozenset[Lines]]:
        spectra: dict[str, set[Lines]] = {"passed": set(), "failed": set(), "not run": set()}
        for verdict, calls in self.trial.made():
            spectra[verdict.outcome] |= {*self._lines(self.target.files, calls)}
        return frozenset(spectra["passed"]), frozenset(spectra["failed"])

    def _lines(self, files: Files, calls: Sequence[Call]) -> Sequence[Lines]:
        """The lines that each call runs; none where tracing comes to nothing, such as a call
        without an end.
        """
        program = self.programs.covering(files)
        try:
            return traced(self.target, self.bench, program, calls) if calls else []
        except SuccessorError:
            return [frozenset[int]()] * len(calls)
