"""Runs train.py under a fixed budget of wall-clock time, and measures what it left.

    python evaluate.py

Prints one JSON object, whose `bits_per_byte` is on held-out text: lower is better. You own this
file. The seed comes from SUCCESSOR_SEED, and decides on the text, on the split and on what
train.py is told; without it, it is drawn.
"""

import ctypes
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from prepare import TEXT, WEIGHTS, bits_per_byte, load, split

BUDGET_S = float(os.environ.get("TRAINER_BUDGET_S", "20"))
"""From the first line of train.py to the end; torch is imported before."""
START = """
import os, runpy, sys
import prepare, safetensors.torch, torch
print("ready", flush=True)
sys.argv = ["train.py", *input().split()]
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
runpy.run_path("train.py", run_name="__main__")
"""
"""What the process that trains runs: loading torch takes as long as the machine is busy."""
HERE = Path(__file__).resolve().parent


def main() -> None:
    """Train, measure, print."""
    hide()
    seed = int(os.environ.get("SUCCESSOR_SEED") or secrets.randbelow(2**31))
    training, held_out = split(seed)
    with tempfile.TemporaryDirectory() as folder:
        seconds = train(Path(folder), training, seed)
        try:
            model = load(Path(folder) / WEIGHTS)
            found = bits_per_byte(model, held_out)
        except ValueError as error:
            sys.exit(str(error))
    size = sum(weights.numel() for weights in model.parameters())
    print(json.dumps({"bits_per_byte": found, "parameters": size, "seconds": round(seconds, 2)}))


def hide() -> None:
    """Close this process to the one that trains: its memory, environment and output (Linux)."""
    if sys.platform == "linux":
        pr_set_dumpable = 4
        ctypes.CDLL(None).prctl(pr_set_dumpable, 0, 0, 0, 0)


def train(folder: Path, training: bytes, seed: int) -> float:
    """Run train.py in a folder that holds the training text alone; the seconds that it took."""
    for name in ("train.py", "prepare.py"):
        shutil.copy(HERE / name, folder)
    (folder / TEXT).write_bytes(training)
    told = folder / "told.txt"
    with told.open("wb") as errors:
        process = started(folder, errors)
        told_ready = process.stdout is not None and process.stdout.readline() == b"ready\n"
        begun = time.monotonic()
        if told_ready and process.stdin is not None:
            process.stdin.write(f"{time.time() + BUDGET_S:.3f} {seed % 1000}\n".encode())
            process.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                process.wait(BUDGET_S)
        seconds = time.monotonic() - begun
        end(process)
    if process.returncode:
        lines = told.read_text("utf-8", "replace")[-2000:].strip().splitlines()
        sys.exit(f"train.py ended with {process.returncode}: {lines[-1] if lines else ''}")
    return seconds


def started(folder: Path, errors: BinaryIO) -> subprocess.Popen[bytes]:
    """A process that has imported what train.py needs, and waits to be told when to be done."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "-s", "-c", START],
        cwd=folder,
        env={**kept, "OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        start_new_session=True,
    )


def end(process: subprocess.Popen[bytes]) -> None:
    """End the process that trains and what it started; weights that are there by then count."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
    if process.wait() == -signal.SIGKILL:
        process.returncode = 0


if __name__ == "__main__":
    main()
