"""Where a witness lies: a file elsewhere, or a branch of a git repository elsewhere."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from successor.errors import UsageError
from successor.files import read_regular, require_regular

GIT = "git:"
"""How a witness begins that is a repository."""
BRANCH = "refs/heads/successor-heads"
"""A commit for each head, the head in its message; no files."""
PROTOCOLS = "file:git:http:https:ssh"
"""Others may be commands."""
TRIES = 5
"""To add a head to a branch that others add to as well."""
GIT_S = 60.0
"""What one command of git may take."""
MOST_BYTES = 256 * 1024 * 1024
"""Of a file with heads: a few hundred thousand of them, signed."""
_ADDING = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC
_OF_ANOTHER = {
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH",
}  # fmt: skip
_AUTHOR = ("-c", "user.name=successor", "-c", "user.email=successor@localhost")


class Witness(Protocol):
    """Somewhere that lines are kept, only ever added to."""

    def lines(self) -> list[bytes]:
        """Every line, oldest first; none where there is no witness yet.

        Raises:
            UsageError: when it cannot be read.
        """
        ...

    def add(self, line: bytes) -> None:
        """Add one, to last through a power cut.

        Raises:
            UsageError: when it cannot be written.
        """
        ...


def witness_at(place: str, folder: Path) -> Witness:
    """The witness of that name: a file, or `git:` and the address of a repository; both from
    `folder` on, where they are paths.

    Raises:
        UsageError: when no witness can have that name.
    """
    if told := misnamed(place):
        raise UsageError(f"the witness {place!r}: {told}")
    if not place.startswith(GIT):
        return FileWitness((folder / Path(place).expanduser()).absolute())
    address = place.removeprefix(GIT)
    local = (folder / Path(address).expanduser()).absolute()
    return GitWitness(str(local) if local.exists() else address)


def misnamed(place: str) -> str:
    """Why no witness can have that name; nothing when one can."""
    address = place.removeprefix(GIT)
    if not address.strip() or not place.isprintable():
        return f"should be a file, or {GIT} and the address of a repository"
    if address.startswith("-"):
        return "should not begin with -, which git takes for an option"
    if place.startswith(GIT):
        return ""
    if place.endswith("/") or Path(place).name in {"", "..", "~"}:
        return "should be a file, not a folder"
    try:
        Path(place).expanduser()
    except RuntimeError:
        return "should be below the home of a user of this machine"
    return ""


def required_witness(place: str) -> Witness:
    """A witness that is there already.

    Raises:
        UsageError: when it is a file that is not.
    """
    found = witness_at(place, Path())
    if isinstance(found, FileWitness) and not found.path.exists():
        raise UsageError(f"the witness {place} is not there")
    return found


@dataclass(frozen=True)
class FileWitness:
    """A file that only grows."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    def lines(self) -> list[bytes]:
        """See `Witness`; what a power cut tore is left out."""
        try:
            lines = read_regular(self.path, MOST_BYTES).split(b"\n")
        except FileNotFoundError:
            return []
        except OSError as error:
            raise UsageError(f"{self}: cannot be read as a witness: {error.strerror}") from None
        return [line for line in lines if line.endswith(b"}")]

    def add(self, line: bytes) -> None:
        """See `Witness`."""
        try:
            descriptor = os.open(self.path, _ADDING, 0o666)
            try:
                require_regular(descriptor, self.path)
                size = os.fstat(descriptor).st_size
                torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
                with os.fdopen(os.dup(descriptor), "ab") as file:
                    file.write(b"\n" * torn + line + b"\n")
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise UsageError(f"{self}: cannot be a witness: {error.strerror}") from None


@dataclass(frozen=True)
class GitWitness:
    """A branch of a repository elsewhere. A push that would rewrite it is never made; where the
    repository refuses such pushes, as hosts do for a protected branch, nobody else can either.
    """

    address: str

    def __str__(self) -> str:
        return f"{GIT}{self.address}"

    def lines(self) -> list[bytes]:
        """See `Witness`."""
        with self._copy() as (copy, last):
            if last is None:
                return []
            told = self._git(copy, "log", "--reverse", "--first-parent", "-z", "--format=%B", last)
        return [line.strip() for line in told.split(b"\0") if line.strip()]

    def add(self, line: bytes) -> None:
        """See `Witness`."""
        for left in reversed(range(TRIES)):
            with self._copy() as (copy, last):
                tree = self._git(copy, "mktree", given=b"").decode().strip()
                parent = ("-p", last) if last else ()
                made = self._git(copy, *_AUTHOR, "commit-tree", tree, *parent, given=line)
                try:
                    pushed = f"{made.decode().strip()}:{BRANCH}"
                    self._git(copy, "push", "-q", "--", self.address, pushed)
                except UsageError:
                    if not left or self._last(copy) == last:
                        raise
                else:
                    return

    @contextmanager
    def _copy(self) -> Generator[tuple[Path, str | None]]:
        """A copy of the branch, and its last commit; None where there is no branch yet."""
        with TemporaryDirectory(prefix="successor-witness-") as folder:
            copy = Path(folder)
            self._git(copy, "init", "-q", "--bare")
            if (last := self._last(copy)) is not None:
                self._git(copy, "fetch", "-q", "--", self.address, BRANCH)
            yield copy, last

    def _last(self, copy: Path) -> str | None:
        told = self._git(copy, "ls-remote", "--", self.address, BRANCH).split()
        return told[0].decode() if told else None

    def _git(self, copy: Path, *arguments: str, given: bytes | None = None) -> bytes:
        # A git that runs us, as for a hook, must not lead us to its repository; nobody is asked.
        ours = {name: value for name, value in os.environ.items() if name not in _OF_ANOTHER}
        asked = {"GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": PROTOCOLS}
        env = {"GIT_SSH_COMMAND": "ssh -o BatchMode=yes", **ours, **asked}
        try:
            done = subprocess.run(  # noqa: S603 - git, of whoever runs the lab
                ["git", f"--git-dir={copy}", *arguments],  # noqa: S607 - git
                input=given, stdin=None if given is not None else subprocess.DEVNULL,
                capture_output=True, env=env, cwd=copy, timeout=GIT_S, check=False,
            )  # fmt: skip
        except FileNotFoundError:
            raise UsageError(f"{self}: needs git, which is not on the PATH") from None
        except subprocess.TimeoutExpired:
            raise UsageError(f"{self}: git did not answer within {GIT_S:.0f} seconds") from None
        if done.returncode:
            told = done.stderr.decode(errors="replace").strip().splitlines() or ["git failed"]
            raise UsageError(f"{self}: cannot be a witness: {told[0]}")
        return done.stdout
