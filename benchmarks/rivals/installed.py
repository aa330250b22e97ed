"""The environment that peers live in: of its own, pinned, made when it is missing."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

PINNED = ("openevolve==0.4.1", "shinka-evolve==0.0.7")
TORCH = "torch==2.13.0"
"""Installed first by whoever adds a peer that wants torch: the index's newest may bring CUDA."""


def environment(cache: Path) -> Path:
    """The interpreter of the environment.

    Raises:
        RuntimeError: when pip fails, with its last line.
    """
    name = hashlib.sha256(" ".join(PINNED).encode()).hexdigest()[:8]
    folder = cache / f"peers-environment-{name}"
    python, done = folder / "bin" / "python", folder / ".installed"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _run([sys.executable, "-m", "venv", str(folder)])
        _run([str(python), "-m", "pip", "install", "--quiet", *PINNED])
        done.touch()
    return python


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        told = done.stderr.strip().splitlines()
        raise RuntimeError(f"{command[0]}: {told[-1] if told else done.returncode}")
