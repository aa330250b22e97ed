"""Commits of a git repository, read as a stream: who, when, how many lines, of what kind."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import IO

from successor.errors import SuccessorError, UsageError
from successor.insight.authorship.kinds import Kind, kind_of

_FORMAT = "%x01%H%x00%aN%x00%aE%x00%as%x00%(trailers:only,unfold)%x02"
"""Names and addresses go through .mailmap."""
_LONGEST = 1 << 20
_GONE = re.compile(r"unable to read|lazy fetch|promisor|missing (blob|tree|commit)|bad object")
"""What git says of a repository without all of its objects, such as a partial clone."""
_SAFE = ("-c", "core.fsmonitor=false", "-c", "log.showSignature=false")


@dataclass(frozen=True)
class Commit:
    """One change that was merged."""

    id: str
    author: str
    """Address, in lower case: whom a person-day is counted for."""
    day: date
    kind: Kind
    added: int
    removed: int


def commits(folder: Path, revision: str = "HEAD", since: date | None = None) -> Iterator[Commit]:
    """All commits that lead to a revision, but for merges, the latest first.

    Raises:
        UsageError: when it is no repository, or has no such revision.
    """
    words = ["log", "--no-merges", "--numstat", "--no-renames", f"--format={_FORMAT}"]
    if since:
        words.append(f"--since={since.isoformat()}T00:00:00Z")
    with git(folder, *words, named(folder, revision), "--") as output:
        found: Commit | None = None
        head = ""
        while line := output.readline(_LONGEST):
            if line.startswith("\x01") or head:
                head += line
                if "\x02" not in head:
                    continue
                if found:
                    yield found
                found, head = _begun(head), ""
            elif found:
                found = _with_lines(found, line)
        if found:
            yield found


def named(folder: Path, revision: str) -> str:
    """The id of a revision.

    Raises:
        UsageError: when it is no repository, or has no such revision.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder")
    try:
        with git(folder, "rev-parse", "--is-shallow-repository") as output:
            shallow = output.read().strip() == "true"
    except SuccessorError as error:
        raise UsageError(f"{folder}: no git repository that can be read ({error})") from None
    if shallow:
        raise UsageError(
            f"{folder}: a shallow clone, without its history; get it: git fetch --unshallow"
        )
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    with git(folder, *words) as output:
        found = output.read().strip()
    if not found:
        raise UsageError(f"{folder}: no commit {revision!r}; a repository needs one")
    return found


@contextmanager
def git(folder: Path, *words: str) -> Generator[IO[str]]:
    """What git says, to be read to its end.

    Hooks, pagers and helpers that a repository's own settings name do not run.

    Raises:
        SuccessorError: when git fails, in its own words: what it said till then is not all.
    """
    command = ["git", "--no-pager", "--literal-pathspecs", *_SAFE, "-C", str(folder), *words]
    with tempfile.TemporaryFile() as complaints:
        with _started(command, complaints) as process:
            assert process.stdout  # noqa: S101 - it is a pipe
            try:
                yield process.stdout
            except BaseException:
                process.kill()
                raise
        complaints.seek(0)
        told = complaints.read(_LONGEST).decode(errors="replace").strip().splitlines()
    if process.returncode and told:
        hint = "; objects are missing here: git fetch --refetch" if _GONE.search(told[0]) else ""
        raise SuccessorError(f"{folder}: git {words[0]}: {told[0]}{hint}")


def _started(command: Sequence[str], complaints: IO[bytes]) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(  # noqa: S603 - words of ours; a revision was made an id
            command,
            stdout=subprocess.PIPE,
            stderr=complaints,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C", "GIT_NO_LAZY_FETCH": "1"},
        )
    except FileNotFoundError:
        raise SuccessorError("git is not installed, or not on the PATH") from None


def _begun(head: str) -> Commit:
    identity, name, email, day, told = head[1:].split("\x02", maxsplit=1)[0].split("\x00", 4)
    trailers = dict[str, list[str]]()
    for line in told.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            trailers.setdefault(key.strip().lower(), []).append(value.strip())
    kind = kind_of(name, email, trailers)
    return Commit(identity, email.lower() or name, date.fromisoformat(day), kind, 0, 0)


def _with_lines(commit: Commit, line: str) -> Commit:
    added, _, rest = line.partition("\t")
    removed = rest.partition("\t")[0]
    if not (added.isdigit() and removed.isdigit()):  # a blank line, or "-" of a binary file
        return commit
    return Commit(
        commit.id,
        commit.author,
        commit.day,
        commit.kind,
        commit.added + int(added),
        commit.removed + int(removed),
    )
