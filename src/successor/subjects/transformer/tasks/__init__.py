"""What a small transformer can be taught: one file per task."""

from successor.subjects.transformer.problems import Task
from successor.subjects.transformer.tasks.addition import Addition
from successor.subjects.transformer.tasks.multiplication import Multiplication
from successor.subjects.transformer.tasks.reversal import Reversal

TASKS: dict[str, type[Task]] = {
    "addition": Addition,
    "multiplication": Multiplication,
    "reversal": Reversal,
}

__all__ = ["TASKS", "Addition", "Multiplication", "Reversal"]
