"""Disks that are too small, for the tests that need one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def mounted(folder: Path, options: str) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    return sys.platform == "linux" and subprocess.run(command, check=False).returncode == 0


def fill(folder: Path, room_bytes: int) -> Path:
    """A ballast that leaves little room."""
    ballast = folder / "ballast"
    free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
    ballast.write_bytes(bytes(max(0, free - room_bytes)))
    return ballast
