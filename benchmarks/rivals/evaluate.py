"""The evaluator that peers are given: right on fixed inputs, and how many times better.

It runs in their environment, with nothing but the standard library, and each candidate in a child
of its own that is ended when it takes too long: OpenEvolve's workers would be lost to it otherwise.
The score is how many times faster or cheaper the program is than the first one; 0 when it is wrong.
What every candidate came to is kept, with its time, in a file beside the task.

    python evaluate.py --program_path FILE --results_dir FOLDER      # as ShinkaEvolve calls it
    evaluate("FILE")                                                 # as OpenEvolve does
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from importlib import import_module, util
from pathlib import Path
from runpy import run_path
from typing import Any, cast

TASK = "PEERS_TASK"
"""The environment variable that names the file of the task."""
REPEATS = 3
WALL_S = 20.0
SHOWN = 300
"""Characters of what went wrong that are told."""


def evaluate(program_path: str) -> Any:  # noqa: ANN401 - a class of OpenEvolve's
    """For OpenEvolve."""
    score, told = scored(Path(program_path))
    metrics = {"combined_score": score, "correct": float(score > 0)}
    result = import_module("openevolve.evaluation_result").EvaluationResult
    return result(metrics=metrics, artifacts={"feedback": told})


def shinka(program_path: str, results_dir: str) -> None:
    """For ShinkaEvolve: two files."""
    score, told = scored(Path(program_path))
    folder = Path(results_dir)
    folder.mkdir(parents=True, exist_ok=True)
    metrics: dict[str, Any] = {
        "combined_score": score,
        "public": {},
        "private": {},
        "text_feedback": told,
    }
    (folder / "metrics.json").write_text(json.dumps(metrics))
    correct = {"correct": score > 0, "error": None if score > 0 else told}
    (folder / "correct.json").write_text(json.dumps(correct))


def scored(program: Path) -> tuple[float, str]:
    """The score of a program, and words for whoever wrote it; both are kept."""
    path = Path(os.environ[TASK])
    task, begun = json.loads(path.read_text("utf-8")), time.time()
    _keep(path.with_name("begun.jsonl"), begun)
    try:
        score, told = compared(task, tried(path, program, float(task["wall_s"])))
    except ValueError as error:
        score, told = 0.0, str(error)
    row = {
        "begun": begun,
        "ended": time.time(),
        "score": score,
        "told": told,
        "program": program.read_text("utf-8"),
    }
    _keep(path.with_name("evaluations.jsonl"), row)
    return score, told


def _keep(path: Path, row: object) -> None:
    with path.open("a", encoding="utf-8") as kept:
        kept.write(json.dumps(row) + "\n")


def tried(task: Path, program: Path, wall_s: float = WALL_S) -> dict[str, Any]:
    """Its answers, and the least CPU seconds of several runs, each in a process of its own.

    Raises:
        ValueError: saying why there are none.
    """
    best: dict[str, Any] = {}
    repeats = 1 if json.loads(task.read_text("utf-8"))["score"] else REPEATS
    for _ in range(repeats):
        found = _child(task, program, wall_s)
        if not best or found["seconds"] < best["seconds"]:
            best = found
    return best


def _child(task: Path, program: Path, wall_s: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "answers.json"
        command = [sys.executable, "-I", __file__, "--child", str(task), str(program), str(out)]
        try:
            done = subprocess.run(  # noqa: S603 - ourselves
                command, capture_output=True, text=True, timeout=wall_s, cwd=place, check=False
            )
        except subprocess.TimeoutExpired:
            raise ValueError(f"took more than {wall_s:.0f} seconds") from None
        if not out.exists():
            raise ValueError(_last_words(done.stderr))
        return json.loads(out.read_text("utf-8"))


def _last_words(said: str) -> str:
    lines = said.strip().splitlines()
    return lines[-1][:SHOWN] if lines else "it ended without answers"


def compared(task: dict[str, Any], found: dict[str, Any]) -> tuple[float, str]:
    """The score of these answers.

    Raises:
        ValueError: naming the first that is wrong.
    """
    if task["score"]:
        cost = run_path(task["score"])["cost"]
        costs = [
            _cost(cost, call, answer)
            for call, answer in zip(task["calls"], found["answers"], strict=True)
        ]
        score = sum(task["costs"]) / max(sum(costs), 1e-12)
        return score, f"mean cost {sum(costs) / len(costs):.6g}, {score:.4g} times better"
    expected = task["expected"]
    for call, answer, should in zip(task["calls"], found["answers"], expected, strict=True):
        if answer != should:
            args = ", ".join(map(repr, call))
            raise ValueError(f"wrong for ({args}): {answer} and not {should}"[:SHOWN])
    score = task["seconds"] / max(found["seconds"], 1e-7)
    return score, f"right, {score:.4g} times as fast as the first program"


def _cost(cost: Any, call: list[Any], answer: Any) -> float:  # noqa: ANN401 - of a score.py
    if answer["raised"]:
        raise ValueError(f"raised {answer['raised']}")
    value: Any = answer["value"]
    return cost(
        tuple(call), _tuples(cast("list[Any]", value)) if isinstance(value, list) else value
    )


def _tuples(value: list[Any]) -> list[Any]:
    """JSON knows no tuples."""
    return [tuple(cast("list[Any]", each)) if isinstance(each, list) else each for each in value]


def child(task: Path, program: Path, out: Path) -> None:
    """Answer every call."""
    sys.set_int_max_str_digits(0)
    told = json.loads(task.read_text("utf-8"))
    spec = util.spec_from_file_location("candidate", program)
    if spec is None or spec.loader is None:
        raise ValueError(f"{program}: no program")
    module = util.module_from_spec(spec)
    sys.modules["candidate"] = module
    spec.loader.exec_module(module)
    function, answers, seconds = getattr(module, told["function"]), list[Any](), 0.0
    for args in told["calls"]:
        begun = time.process_time()
        try:
            value, raised = function(*args), ""
        except Exception as error:  # noqa: BLE001 - an answer like any other
            value, raised = None, type(error).__name__
        seconds += time.process_time() - begun
        answers.append(
            {"value": value, "raised": raised} if told["score"] else raised or repr(value)
        )
    out.write_text(json.dumps({"answers": answers, "seconds": seconds}))


if __name__ == "__main__":
    if sys.argv[1] == "--child":
        child(*map(Path, sys.argv[2:5]))
    else:
        given = dict(zip(sys.argv[1::2], sys.argv[2::2], strict=True))
        shinka(given["--program_path"], given["--results_dir"])
