"""An environment of the benchmark's own, for what it compares with: in the cache, made once.

It sees all that the environment sees which runs the benchmark, and adds the pinned rest.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

PINS = Path(__file__).parent / "requirements.txt"
CONSTRAINTS = Path(__file__).resolve().parents[2] / "constraints.txt"
NEEDED = ("gepa", "reasoning_gym")


def enter(cache: Path) -> None:
    """Return in an environment that has all that is needed; else begin anew in one, or exit with
    what pip says.
    """
    if all(find_spec(name) for name in NEEDED):
        return
    python = made(cache)
    os.execv(python, [str(python), *sys.orig_argv[1:]])  # noqa: S606 - ourselves, in the other place


def made(cache: Path) -> Path:
    """The Python of that environment."""
    text = f"{sys.version}\n{sys.prefix}\n{PINS.read_text('utf-8')}{CONSTRAINTS.read_text('utf-8')}"
    folder = cache / "prompts" / f"environment-{sha256(text.encode()).hexdigest()[:16]}"
    python, whole = folder / "bin" / "python", folder / "whole"
    if not whole.exists():
        _run(sys.executable, "-m", "venv", "--clear", str(folder))
        (packages,) = folder.glob("lib/python3*/site-packages")
        ours = sysconfig.get_path("purelib")
        (packages / "ours.pth").write_text(f"import site; site.addsitedir({ours!r})\n")
        pip = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check")
        whole_of = ("--ignore-installed", "--constraint", str(CONSTRAINTS), "--requirement")
        _run(str(python), *pip, *whole_of, str(PINS))  # the sandbox looks nowhere else
        whole.touch()
    return python


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    if done.returncode:
        sys.exit(done.stderr)
