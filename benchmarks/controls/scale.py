"""How large the experiment is: everything that two results must share to be compared."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from json import dumps
from pathlib import Path

import successor
from controls.arms import Positions
from successor.authors import training
from successor.subjects import transformer

SOURCE = Path(successor.__file__).parent
HORIZON = ("insight/reach.py", "insight/logistic.py")
MEASURED = ("loop.py", "subjects", "authors", "judge", *HORIZON)
"""What a result depends on, of the package."""


@dataclass(frozen=True)
class Scale:
    """Settings that all arms share."""

    subject: transformer.Settings = field(default_factory=lambda: transformer.Settings(threads=1))
    author: training.Settings = field(default_factory=training.Settings)
    none_layers: int = 4
    """Without positions one layer cannot tell where a digit stands."""
    none_steps: int = 4000
    """Cap on the training of a base model without positions."""
    none_learning_rate: float = 1e-3
    minutes: float = 2.0
    """Of processor time per arm, exams and judging included."""
    items: int = 160
    """Per size, in the exam that measures what became of an arm; a quarter as many for carries."""

    def settings(self, positions: Positions) -> transformer.Settings:
        """Of the subject."""
        if positions == "coupled":
            return self.subject
        return replace(
            self.subject,
            positions="none",
            layers=self.none_layers,
            steps=self.none_steps,
            learning_rate=self.none_learning_rate,
        )

    def digest(self) -> str:
        """Ten hex digits that change with any setting and with the code that is measured."""
        found = sha256(dumps(asdict(self), sort_keys=True).encode())
        for part in MEASURED:
            path = SOURCE / part
            for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
                found.update(file.read_bytes())
        return found.hexdigest()[:10]


def quick() -> Scale:
    """Minutes in all: shows that the harness works, and nothing about the arms."""
    subject = transformer.Settings(
        labelled=4, width=64, steps=900, decay=100, learning_rate=3e-3, exam_items=32, threads=1
    )
    return Scale(
        subject,
        training.Settings(steps=60, lessons=6),
        none_layers=2,
        none_steps=300,
        minutes=0.4,
        items=64,
    )
