"""Small labs of programs, and a workspace in memory."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from successor.subjects.program import ProgramSubject, function
from successor.types import Digest, Draft, Draw, Version

FIB = """\
def fib(n: int) -> int:
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)
"""
QUICK_FIB = """\
def fib(n: int) -> int:
    if n < 2:
        return n
    a, b = 0, 1
    for _ in range(n - 1):
        a, b = b, a + b
    return b
"""
ADD = '''\
def add(a, b):
    """Add two numbers.

    >>> add(1, 2)
    3
    """
    return a + b
'''
TEST_ADD = """\
import pytest
from add import add

@pytest.mark.parametrize(("a", "b", "total"), [(1, 2, 3), (-1, 1, 0), (0.5, 0.25, 0.75)])
def test_adds(a, b, total):
    assert add(a, b) == total

def test_refuses():
    with pytest.raises(TypeError):
        add(1, "2")
"""


class Desk:
    """A workspace that keeps everything in memory."""

    def __init__(self) -> None:
        self.objects: dict[Digest, bytes] = {}

    def read(self, digest: Digest) -> bytes:
        return self.objects[digest]

    def write(self, data: bytes) -> Digest:
        digest = sha256(data).hexdigest()
        self.objects[digest] = data
        return digest

    def checkpoint(self, state: bytes) -> None:
        raise NotImplementedError

    def resume(self) -> bytes | None:
        return None

    def progress(self, stage: str, done: float, total: float, **figures: float | str) -> None:
        pass


def version(draft: Draft, parent: Version | None = None) -> Version:
    """A draft as a version."""
    name = sha256(repr(sorted(draft.files.items())).encode()).hexdigest()
    return Version(name, draft.files, (parent.id,) if parent else (), "test")


class Lab:
    """A subject with its first version, and a way to write others."""

    def __init__(self, subject: ProgramSubject) -> None:
        self.subject, self.desk = subject, Desk()
        self.first = version(subject.create(1, self.desk))

    def write(self, source: str) -> Version:
        """A candidate with this text."""
        return version(self.subject.draft(source, self.first, self.desk), self.first)

    def means(self, of: Version) -> Mapping[str, float]:
        """Mean score of every slice of its exam."""
        exam = self.subject.evaluate_self(of, 3, self.desk)
        return {part.name: part.mean for part in exam.slices}

    def draw(self, items: int = 16) -> Draw:
        """Held-out items of every slice."""
        return Draw("held-out", 7, tuple((name, items) for name in self.subject.ground.slices()))

    def suspicions(self, source: str) -> tuple[str, ...]:
        """What is suspicious about a candidate with this text."""
        return self.subject.suspicions(self.write(source), self.first, self.draw(), self.desk)


def made(
    folder: Path, files: Mapping[str, str], target: str, goal: str = "faster", **settings: object
) -> ProgramSubject:
    """The subject of a lab with these files."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return function({"target": target, **settings}, folder, goal)


@contextmanager
def lab(
    folder: Path, files: Mapping[str, str], target: str, goal: str = "faster", **settings: object
) -> Generator[Lab]:
    """A lab whose sandbox is closed in the end."""
    subject = made(folder, files, target, goal, **settings)
    try:
        yield Lab(subject)
    finally:
        subject.close()
