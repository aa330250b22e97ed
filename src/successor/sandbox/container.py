"""The container tier: podman or docker, where an engine answers. Runs commands only."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from successor.sandbox.answers import Access, CommandResult, Limits, SandboxError
from successor.sandbox.driver import changed
from successor.sandbox.pipes import flow
from successor.sandbox.task import check_files

ENGINES = ("podman", "docker")
IMAGE = "docker.io/library/python:3.11-slim"
PATIENCE_S = 10.0


def engine() -> str:
    """The name of an engine that answers.

    Raises:
        SandboxError: when none does.
    """
    for name in ENGINES:
        if shutil.which(name) and _answers(name):
            return name
    raise SandboxError("no container engine answers: install podman, or start docker")


def _answers(name: str) -> bool:
    try:
        done = subprocess.run(  # noqa: S603 - one of two fixed names
            [name, "info"], capture_output=True, timeout=PATIENCE_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def command(
    engine_name: str,
    argv: Sequence[str],
    files: Mapping[str, bytes],
    limits: Limits,
    env: Mapping[str, str],
    access: Access,
) -> CommandResult:
    """Run a command in a fresh container, in a folder of the host that is removed afterwards.

    Raises:
        SandboxError: when a path leaves the folder, the engine cannot be started, or access is
            asked for.
    """
    if access != Access():
        raise SandboxError("the container tier gives a command its files and nothing else")
    check_files(files)
    with tempfile.TemporaryDirectory(prefix="successor-container-") as folder:
        os.chmod(folder, 0o777)  # noqa: S103, PTH101 - the user inside is another one
        for path, data in files.items():
            Path(folder, path).parent.mkdir(parents=True, exist_ok=True)
            Path(folder, path).write_bytes(data)
        read, write = os.pipe()
        try:
            came = flow(_line(engine_name, folder, argv, limits, env), b"", (read, write), limits)
        finally:
            os.close(read)
        left = dict(changed(files, limits.output_bytes, Path(folder)))
    return CommandResult(came.status, came.exit_code, came.stdout, came.stderr, came.seconds, left)


def _line(
    engine_name: str, folder: str, argv: Sequence[str], limits: Limits, env: Mapping[str, str]
) -> list[str]:
    options = (
        f"run --rm --network none --read-only --cap-drop ALL --pids-limit 128 --user 65534 "
        f"--security-opt no-new-privileges --memory {limits.memory_bytes} --volume {folder}:/work "
        f"--workdir /work --ulimit core=0 --ulimit cpu={math.ceil(limits.cpu_s)}"
    ).split()
    variables = [part for name, value in env.items() for part in ("--env", f"{name}={value}")]
    return [engine_name, *options, *variables, IMAGE, *argv]
