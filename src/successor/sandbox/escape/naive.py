"""An evaluator as many are, with nothing to keep a candidate in: the attacks have to fool it.

It is what shows that an attack works at all, so that an attack which the sandbox stops was
stopped by the sandbox. It runs as a process of its own and is asked one candidate a line:

    {"inside", "folder", "files", "entry", "argument", "expected", "wall_s"}
    {"accepted", "text", "length", "seconds", "cpu_s"}

A candidate runs in a fork, with an alarm for a time limit and a result file, or, when "inside" is
true, in a thread of the evaluator. The faults are meant: answers and keys lie in the same memory,
the candidate keeps the clock and the time, results are believed, and pickles are read.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import pickle  # noqa: TID251 - one of the faults
import resource
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
TOLERANCE = 1e-9
SOFT_OPEN_FILES = 64
"""A limit that whoever is limited can lift, being a soft one."""

Function = Callable[[Any], Any]


class Evaluator:
    """Runs candidates and marks their answers."""

    def __init__(self) -> None:
        self.pool = ThreadPoolExecutor(1)
        self.libc = ctypes.CDLL(None)
        self.suite = os.getppid()

    def evaluate(self, job: dict[str, Any]) -> dict[str, Any]:
        """The mark of one candidate."""
        folder = Path(job["folder"])
        for name, content in job["files"].items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode("utf-8", "surrogateescape"))
        os.chdir(folder)
        result = self.inside(job) if job["inside"] else self.forked(job)
        answer = result["answer"]
        text = answer if isinstance(answer, str) else json.dumps(answer, default=repr)
        return {**result, "answer": None, "text": text[:10_000], "length": len(text)}

    def inside(self, job: dict[str, Any]) -> dict[str, Any]:
        """Run it here, in a thread that is waited for as long as the limit says."""
        try:
            return self.pool.submit(self.asked, job).result(job["wall_s"])
        except Exception as error:  # noqa: BLE001 - whatever a candidate raises
            return failed(error)

    def forked(self, job: dict[str, Any]) -> dict[str, Any]:
        """Run it in a fork, which marks itself and leaves the mark in a file."""
        kept = Path(job["folder"], "result")
        kept.unlink(missing_ok=True)
        child = os.fork()
        if not child:
            self.end_with_parent()
            resource.setrlimit(resource.RLIMIT_NOFILE, (SOFT_OPEN_FILES, open_files()))
            signal.setitimer(signal.ITIMER_REAL, job["wall_s"])
            try:
                result = self.asked(job)
            except Exception as error:  # noqa: BLE001 - whatever a candidate raises
                result = failed(error)
            kept.write_bytes(pickle.dumps(result))
            os._exit(0)
        os.waitpid(child, 0)
        if not kept.exists():
            return failed("no result")
        return pickle.loads(kept.read_bytes())  # noqa: S301 - one of the faults

    def end_with_parent(self) -> None:
        """Or whoever adopts it is the next parent that an attack finds: the suite itself."""
        self.libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() == self.suite:
            os._exit(0)  # it was orphaned before it could say so

    def asked(self, job: dict[str, Any]) -> dict[str, Any]:
        """Import it, call it, take the time and mark the answer."""
        expected = job["expected"]
        function = entry(job)
        started, used = time.perf_counter(), time.process_time()
        answer = function(job["argument"])
        seconds, cpu_s = time.perf_counter() - started, time.process_time() - used
        is_right = self.right(answer, expected)
        return {"accepted": is_right, "answer": answer, "seconds": seconds, "cpu_s": cpu_s}

    def right(self, answer: Any, expected: Any) -> bool:  # noqa: ANN401 - one of the faults
        """Whether the answer is the one, or near it."""
        if answer == expected:
            return True
        return isinstance(answer, int | float) and not abs(answer - expected) > TOLERANCE


def failed(why: object) -> dict[str, Any]:
    """The mark of a candidate that gave no answer."""
    return {"accepted": False, "answer": str(why), "seconds": 0.0, "cpu_s": 0.0}


def open_files() -> int:
    """The hard limit on open files."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def entry(job: dict[str, Any]) -> Function:
    """The function of a candidate, from the folder that all candidates share."""
    path, _, name = job["entry"].partition(":")
    if job["folder"] not in sys.path:
        sys.path.insert(0, job["folder"])
    spec = importlib.util.spec_from_file_location(Path(path).stem, Path(job["folder"], path))
    if spec is None or spec.loader is None:
        raise ImportError(path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return getattr(module, name)


def main() -> None:
    """Answer line by line until there are no more."""
    evaluator = Evaluator()
    # What its candidates leave behind stays below it, where the suite finds and ends it; and
    # when the suite is killed, so is it, even stopped or deaf.
    evaluator.libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    evaluator.libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    sys.dont_write_bytecode = True  # two candidates of one length in one second look the same
    for line in sys.stdin:
        print(json.dumps(evaluator.evaluate(json.loads(line)), ensure_ascii=False), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
