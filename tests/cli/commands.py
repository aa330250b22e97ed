"""The command line, run inside this process or started as one of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TINY = Path(__file__).with_name("tiny.py")
LAB = """\
[lab]
goal = "Count further"
[subject]
kind = "tiny.py:subject"
ability = 4
[author]
kind = "tiny.py:author"
[base_cases]
target = "reliable_horizon=16"
wall_clock = "1m"
generations = 9
"""


@dataclass(frozen=True)
class Outcome:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Outcome]


def make_lab(folder: Path, text: str = LAB) -> Path:
    """A lab that reaches its target in three generations, within a second."""
    folder.mkdir()
    shutil.copy(TINY, folder / "tiny.py")
    (folder / "successor.toml").write_text(text, encoding="utf-8")
    return folder


def change(lab: Path, old: str, new: str) -> None:
    """Replace something in the lab's file."""
    path = lab / "successor.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def start(*arguments: str | Path, **environment: str) -> subprocess.Popen[str]:
    """Start `successor ARGUMENTS...` as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "successor", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
