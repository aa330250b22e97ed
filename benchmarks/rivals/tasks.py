"""A lab of examples/ as peers are handed it: a program, an evaluator and words."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from runpy import run_path
from typing import Any, cast

import programs
from rivals.evaluate import WALL_S
from successor.sandbox import Call

EVALUATOR = Path(__file__).with_name("evaluate.py")
START, END = "# EVOLVE-BLOCK-START", "# EVOLVE-BLOCK-END"
SEED = 1000
"""Of the inputs on which peers measure: none of them is among those of the last measurement."""
CALLS, INSTANCES = 8, 12
SHOWN, SHORT = 3, 60


@dataclass(frozen=True)
class Task:
    """Files in a folder of its own, and what the model is told."""

    program: Path
    file: Path
    wish: str

    @property
    def evaluations(self) -> list[dict[str, Any]]:
        """What was evaluated so far, in the order of its end."""
        return _lines(self.file.with_name("evaluations.jsonl"))

    @property
    def pending(self) -> int:
        """Evaluations that have begun and not ended."""
        return len(_lines(self.file.with_name("begun.jsonl"))) - len(self.evaluations)


def _lines(path: Path) -> list[Any]:
    lines = path.read_text("utf-8").split("\n")[:-1] if path.exists() else []
    return [json.loads(line) for line in lines]


def prepared(lab: programs.Lab, folder: Path, python: Path) -> Task:
    """The task of a lab, whose first program is measured here."""
    folder.mkdir(parents=True, exist_ok=True)
    text = (lab.folder / lab.path).read_text("utf-8")
    program = folder / "initial.py"
    program.write_text(with_markers(text), "utf-8")
    score = lab.folder / "score.py" if lab.cost else None
    calls = [list(call.args) for call in _calls(lab)]
    told: dict[str, Any] = {
        "function": lab.function,
        "calls": calls,
        "score": score and str(score),
        "wall_s": WALL_S,
    }
    task = Task(program, folder / "task.json", wish(lab, calls))
    task.file.write_text(json.dumps(told), "utf-8")
    found = _first(python, task)
    if score:
        cost = run_path(str(score))["cost"]
        told["costs"] = [
            cost(call.args, _tuples(answer["value"]))
            for call, answer in zip(_calls(lab), found["answers"], strict=True)
        ]
    else:
        told |= {"expected": found["answers"], "seconds": found["seconds"]}
    task.file.write_text(json.dumps(told), "utf-8")
    return task


def _calls(lab: programs.Lab) -> Sequence[Call]:
    return programs.drawer(lab)(SEED, INSTANCES if lab.cost else CALLS)


def _tuples(value: list[Any]) -> list[Any]:
    """JSON knows no tuples."""
    return [tuple(cast("list[Any]", each)) if isinstance(each, list) else each for each in value]


def _first(python: Path, task: Task) -> dict[str, Any]:
    """What the first program answers, and how fast, measured as candidates will be."""
    code = (
        "import json, sys; from pathlib import Path; sys.path.insert(0, sys.argv[1]); "
        "import evaluate; print(json.dumps(evaluate.tried(Path(sys.argv[2]), Path(sys.argv[3]))))"
    )
    done = subprocess.run(  # noqa: S603 - our own evaluator
        [str(python), "-c", code, str(EVALUATOR.parent), str(task.file), str(task.program)],
        capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": ""},
    )  # fmt: skip
    return json.loads(done.stdout)


def with_markers(text: str) -> str:
    """The program with markers around all of it, unless it has its own: ShinkaEvolve needs them."""
    return text if START in text else f"{START}\n{text.rstrip()}\n{END}\n"


def wish(lab: programs.Lab, calls: list[list[Any]]) -> str:
    """What the model is told to do, in the system message of either peer."""
    kept = (
        f"Keep the name and the parameters of `{lab.function}`. Import nothing but the standard "
        "library."
    )
    if lab.cost:
        cost = run_path(str(lab.folder / "score.py"))["cost"]
        return (
            f"Improve a Python program, whose function `{lab.function}` is called. What counts is "
            f"the cost of its answers, that is to be as low as possible: {cost.__doc__.strip()} "
            "The score is how many times lower it is than that of the first program, on instances "
            f"that are fixed; 0 when an answer is invalid. {kept}"
        )
    some = dict.fromkeys(f"{lab.function}({', '.join(map(repr, call))})" for call in calls)
    like = ", ".join([each for each in some if len(each) < SHORT][:SHOWN])
    return (
        f"Improve the Python function `{lab.function}`: make it as fast as possible. It has to "
        "answer exactly as the first program does: the same results, and the same kinds of "
        "exceptions. The score is how many times faster it is than the first program, in CPU time, "
        f"over calls such as {like}; 0 when any answer is wrong. {kept}"
    )
