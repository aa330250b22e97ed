"""The digest of the kernel: the source files that no author and no subject may reach."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from successor.errors import SuccessorError
from successor.types import Digest

PACKAGE = Path(__file__).resolve().parent.parent
PARTS = (
    "types.py", "errors.py", "files.py", "spending.py", "loop.py", "elsewhere.py",
    "compute", "ledger", "judge", "oversight", "sandbox", "signing",
)  # fmt: skip
"""What vouches for a verdict; a part that this release lacks counts as empty."""


def kernel_digest(package: Path = PACKAGE) -> Digest:
    """SHA-256 over the names and contents of the kernel's source files, as they are on disk."""
    digest = sha256()
    for path in _sources(package):
        name = path.relative_to(package).as_posix()
        digest.update(f"{sha256(path.read_bytes()).hexdigest()} {name}\n".encode())
    return digest.hexdigest()


def check_kernel(at_start: Digest) -> None:
    """Refuse to go on when the kernel is no longer what the session began with.

    Raises:
        SuccessorError: when a source file of the kernel was changed, added or removed.
    """
    if kernel_digest() != at_start:
        raise SuccessorError(
            f"The files that judge, decide and record were changed while they ran ({PACKAGE}): "
            "no verdict is recorded.\nPut them back, or accept the change by running the same "
            "command again."
        )


def _sources(package: Path) -> Iterator[Path]:
    for part in PARTS:
        path = package / part
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path] * path.is_file()
