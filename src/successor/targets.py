"""What `successor improve TARGET` names: a lab, or a function of which a lab is made.

The lab of `add.py:add` is the folder `.successor-labs/add.add` beside the file. It holds copies
of the program and of its tests, so that nothing outside it is needed to go on or to replay; the
file itself is not touched.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from successor import labfile
from successor.errors import UsageError
from successor.lab import RECORD
from successor.ledger import Ledger
from successor.ledger.disk import write_atomically
from successor.subjects.program.beside import find_tests
from successor.subjects.program.target import Target, read_target
from successor.types import Digest

LABS = ".successor-labs"
"""Folder of the labs of the functions in the files beside it; ignores itself in git."""
GOAL = "faster"
"""What a function should become when nothing else is said."""
_SPELLED = re.compile(r"(?P<file>.+\.py):(?P<function>[^\W\d]\w*(\.[^\W\d]\w*)*)")


@dataclass(frozen=True)
class FunctionName:
    """A function in a file, as it was named."""

    file: Path
    function: str
    """Dotted for a method."""

    def __str__(self) -> str:
        return f"{self.file}:{self.function}"

    @property
    def folder(self) -> Path:
        """Of its lab."""
        return self.file.parent / LABS / f"{self.file.stem}.{self.function}"

    def read(self) -> Target:
        """The function with the files of its program.

        Raises:
            UsageError: when it is not there, or cannot be used.
        """
        return read_target(f"{self.file.name}:{self.function}", None, self.file.parent)


@dataclass(frozen=True)
class Wishes:
    """What was asked of a target; None where nothing was."""

    goal: str | None = None
    tests: tuple[str, ...] | None = None
    """Paths relative to the file's folder; those found beside it when not given."""
    inputs: str | None = None
    """`file.py:function` that draws inputs, relative to the file's folder."""


def parse(text: str) -> FunctionName | None:
    """The function that a text such as `src/add.py:add` names; None when it names a folder.

    Raises:
        UsageError: when it names a file, but no function in it.
    """
    if spelled := _SPELLED.fullmatch(text):
        return FunctionName(Path(spelled["file"]), spelled["function"])
    if text.endswith(".py"):
        raise UsageError(f"{text} is a file: name a function in it, as in {text}:function")
    return None


def lab_of(text: str) -> Path:
    """The folder of the lab that a text names, be it there or not.

    Raises:
        UsageError: as `parse`.
    """
    name = parse(text)
    return name.folder if name else Path(text)


def prepare(name: FunctionName, wishes: Wishes, *, fresh: bool) -> Path:
    """Make the lab of a function, or find that it is still of the function as it is now.

    Raises:
        UsageError: when the file cannot be used, or changed since the lab began and `fresh` is
            not set.
    """
    if not name.file.is_file():
        raise UsageError(f"{name.file}: no such file")
    target = name.read()
    if not fresh:
        require_unchanged(name)
    beside = find_tests(wishes.tests, target, name.file.parent)
    files = {**target.files, **beside.files, **_inputs(name, wishes)}
    settings = described(target, wishes, tuple(_paths(beside.modules, beside.files)))
    folder = name.folder
    for path, content in {**files, labfile.FILE_NAME: settings.encode()}.items():
        _put(folder / path, content)
    _put(folder.parent / ".gitignore", b"*\n")
    return folder


def described(target: Target, wishes: Wishes, tests: tuple[str, ...]) -> str:
    """The successor.toml of a function's lab."""
    subject: dict[str, object] = {
        "kind": "program",
        "target": f"{target.path}:{target.function}",
        "tests": [*tests],
    }
    if wishes.inputs:
        subject["inputs"] = wishes.inputs
    tables: dict[str, dict[str, object]] = {
        "lab": {"goal": wishes.goal or GOAL},
        "subject": subject,
        "author": {"kind": "search", "authors": ["rewrite", "tune"]},
        "judge": {"kind": "race"},
        "base_cases": {"wall_clock": "5m", "generations": 20, "plateau": 2},
    }
    # JSON's strings, numbers and lists are TOML's, once nothing is escaped that need not be.
    return "\n".join(
        f"[{table}]\n"
        + "".join(f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in keys.items())
        for table, keys in tables.items()
    )


def written_back(name: FunctionName) -> bool:
    """Put the incumbent's program in place of the file's; False when it is that already.

    Raises:
        UsageError: when nothing is on record, or the file changed since.
    """
    require_unchanged(name)
    found, root = incumbent_files(name.folder), name.read().root
    return bool([path for path, content in found.items() if _put(root / path, content)])


def incumbent_files(folder: Path) -> Mapping[str, bytes]:
    """The files of the version in charge; none before the first.

    Raises:
        UsageError: when nothing is on record.
        RecordError: when the record does not verify.
    """
    with Ledger.read(folder / RECORD) as ledger:
        incumbent = ledger.incumbent()
        files: Mapping[str, Digest] = incumbent.files if incumbent else {}
        return {path: ledger.object(digest) for path, digest in files.items()}


def require_unchanged(name: FunctionName) -> None:
    """Nothing, when the program is the one that its lab began with, or one that took over.

    Raises:
        UsageError: when it changed since.
    """
    folder, files = name.folder, name.read().files
    if not (folder / labfile.FILE_NAME).exists():
        return
    began = {path: _read(folder / path) for path in files if (folder / path).exists()}
    known = [began]
    if (folder / RECORD / "record.sqlite").is_file():
        known += [{**began, **files} for files in _promoted(folder)]
    if dict(files) not in known:
        raise UsageError(
            f"{name.file} changed since its lab began: what is on record is of another program.\n"
            "Begin anew with --fresh; the record so far is set aside, not lost."
        )


def _promoted(folder: Path) -> Iterator[Mapping[str, bytes]]:
    """The files of every version that was ever in charge."""
    with Ledger.read(folder / RECORD) as ledger:
        for decision in ledger.decisions():
            if decision.outcome == "promoted":
                files = ledger.version(decision.candidate).files
                yield {path: ledger.object(digest) for path, digest in files.items()}


def _inputs(name: FunctionName, wishes: Wishes) -> dict[str, bytes]:
    if wishes.inputs is None:
        return {}
    path = wishes.inputs.partition(":")[0]
    return {path: _read(name.file.parent / path)}


def _paths(modules: tuple[str, ...], files: Mapping[str, bytes]) -> Iterator[str]:
    """The files of the test modules, less what they import."""
    for module in modules:
        yield next(path for path in files if path == f"{module.replace('.', '/')}.py")


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None


def _put(path: Path, content: bytes) -> bool:
    """Write a file unless it has that content; True when it had not. Its mode stays."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    mode = path.stat().st_mode if path.exists() else None
    write_atomically(path, content, path.with_name(f".{path.name}.{os.getpid()}"))
    if mode is not None:
        path.chmod(mode)
    return True
