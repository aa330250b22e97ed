"""Our side: a lab, improved by `successor improve` as by anybody, and what its record says."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from improving import improve
from successor.lab import RECORD
from successor.ledger import Examined, Judged, Ledger, Written

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "reasoning"
SLACK_S = 3600


@dataclass(frozen=True)
class Told:
    """How a lab is to run."""

    family: str
    seed: int
    model: str
    writer: str
    calls: int
    """Items answered, at most, whoever wants them answered."""
    max_tokens: int
    writes: int
    """Tokens of what the writer says, at most."""

    @property
    def file(self) -> str:
        """The lab file. The author may spend half of the calls on one candidate, so that as many
        are left for the exams and the judge. What ends the run is that all are spent.
        """
        return f"""\
[lab]
goal = "right answers to puzzles, between <answer> and </answer>"
seed = {self.seed}

[subject]
kind = "prompt"
target = "prompt.txt"
model = {json.dumps(self.model)}
families = [{json.dumps(self.family)}]
preload = ["reasoning_gym"]
exam_items = 8
max_tokens = {self.max_tokens}
calls = {self.calls}

[author]
kind = "reflect"
models = [{json.dumps(self.writer)}]
rollouts = {self.calls // 2}
max_tokens = {self.writes}

[judge]
most = {max(64, self.calls // 2)}

[base_cases]
wall_clock = "6h"
generations = 64
plateau = 64
"""


@dataclass(frozen=True)
class Found:
    """What it came to."""

    text: str
    """Of the version in charge at the end."""
    candidate: str
    """The last that was handed in, promoted or not; the first text when none was."""
    candidates: int
    """Handed in."""
    promotions: int
    author: int
    """Items that the author had answered."""
    exams: int
    judge: int
    """Items that the judge had answered, by both versions together, in judgements that ended."""
    cut: str
    """Whose work the budget cut off, whose items are in none of these: "judge" or "author"."""
    stopped_by: str
    reasons: tuple[str, ...]
    """Of the verdicts."""
    failed: str = ""


def run(told: Told, folder: Path) -> Found:
    """Improve a lab in a fresh folder."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".successor*", "__pycache__"))
    (folder / "successor.toml").write_text(told.file, "utf-8")
    ended = improve(folder, folder, "6h", slack_s=SLACK_S)
    first = (folder / "prompt.txt").read_text("utf-8")
    if ended.failed:
        return Found(first, first, 0, 0, 0, 0, 0, "", "", (), ended.failed)
    with Ledger.read(folder / RECORD) as ledger:
        written = [each.event for each in ledger.entries(Written)]
        handed = [each.version for each in written if each.version is not None]
        texts = [_text(ledger, each.files) for each in handed]
        verdicts = [each.event.verdict for each in ledger.entries(Judged)]
        exams = sum(part.items for each in ledger.entries(Examined) for part in each.event.slices)
        return Found(
            text=ended.last["prompt.txt"].decode(),
            candidate=texts[-1],
            candidates=len(texts) - 1,
            promotions=ended.promotions,
            author=sum(int(each.figures.get("rollouts", 0)) for each in written),
            exams=exams,
            judge=sum(2 * each.items for each in verdicts),
            cut="judge" if len(texts) - 1 > len(verdicts) else "author",
            stopped_by=ended.stopped_by,
            reasons=tuple(each.reason for each in verdicts),
        )


def _text(ledger: Ledger, files: Mapping[str, str]) -> str:
    (digest,) = files.values()
    return ledger.object(digest).decode()
