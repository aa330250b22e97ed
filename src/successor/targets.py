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
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from successor import labfile
from successor.errors import UsageError
from successor.files import what_is_there, write_atomically
from successor.lab import RECORD, set_aside
from successor.ledger import Ledger, Written
from successor.subjects.program.beside import find_tests
from successor.subjects.program.target import Target, function_in, read_target, siblings
from successor.types import Digest

LABS = ".successor-labs"
"""Folder of the labs of the functions in the files beside it; ignores itself in git."""
AUTHOR: Mapping[str, object] = {"kind": "search", "authors": ["rewrite", "tune"]}
"""Who writes when nothing else is said."""
FIXES = ".successor-fixes"
"""The same of functions that are repaired."""
WRITES = ".successor-writes"
"""The same of functions that are written."""
GOAL = "faster"
"""What a function should become when nothing else is said."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SPELLED = re.compile(r"(?P<file>.+\.py):(?P<function>[^\W\d]\w*(\.[^\W\d]\w*)*)")


@dataclass(frozen=True)
class FunctionName:
    """A function in a file, as it was named."""

    file: Path
    function: str
    """Dotted for a method."""
    labs: str = LABS
    """Folder of its lab, beside the file."""

    def __str__(self) -> str:
        return f"{self.file}:{self.function}"

    @property
    def folder(self) -> Path:
        """Of its lab."""
        return self.file.parent / self.labs / f"{self.file.stem}.{self.function}"

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
    author: Mapping[str, object] | None = None
    """The `[author]` table; `AUTHOR` when not given."""
    tables: Mapping[str, Mapping[str, object]] = field(
        default_factory=dict[str, Mapping[str, object]], compare=False
    )
    """Settings of its lab beside these, by table: of an author all of them."""

    def over(self, other: Wishes) -> Wishes:
        """These, and what was asked otherwise where nothing is."""
        own = {key: value for key, value in vars(self).items() if value is not None}
        return replace(other, **own)

    def told(self) -> str:
        """In a line, for people."""
        tests = "those beside it" if self.tests is None else ", ".join(self.tests) or "none"
        author = f", author {self.author['kind']}" if self.author else ""
        inputs = self.inputs or "by its types"
        return f"goal {self.goal or GOAL!r}, tests {tests}, inputs {inputs}{author}"


def parse(text: str) -> FunctionName | None:
    """The function that a text such as `src/add.py:add` names; None when it names a folder.

    Raises:
        UsageError: when it names a file, but no function in it, or has control characters.
    """
    if _CONTROL.search(text):  # it will be told on a terminal, and within one line
        raise UsageError(f"{text!r}: a path with control characters; give it another name")
    if spelled := _SPELLED.fullmatch(text):
        return FunctionName(followed(Path(spelled["file"])), spelled["function"])
    if text.endswith((".py", ".py:")) and not Path(text).is_dir():
        file = text.removesuffix(":")
        raise UsageError(f"{file} is a file: name a function in it, as in {file}:function")
    return None


def followed(file: Path) -> Path:
    """The file itself, where a link in another folder leads to it: its lab and what it imports
    are beside it.
    """
    there = Path(os.path.realpath(file))
    elsewhere = there.parent != Path(os.path.realpath(file.parent))
    return there if file.is_symlink() and elsewhere and there.exists() else file


def lab_of(text: str) -> Path:
    """The folder of the lab that a text names; that of a function is there.

    Raises:
        UsageError: as `parse`, or when the function has no lab.
    """
    name = parse(text)
    if name and not name.folder.is_dir():
        raise UsageError(f"{name} has no lab yet; make one with: successor improve {name}")
    return name.folder if name else Path(text)


def function_of(folder: Path) -> FunctionName | None:
    """The function that the lab in a folder was made of; None where it was made of none."""
    labs = folder.parent.name
    if labs not in {LABS, FIXES, WRITES}:
        return None
    stem, _, function = folder.name.partition(".")
    return FunctionName(folder.parent.parent / f"{stem}.py", function, labs)


def name_of(folder: Path) -> str:
    """How a user names the lab in a folder: as its function, where it was made of one."""
    return str(function_of(folder) or folder)


def prepare(name: FunctionName, wishes: Wishes, *, fresh: bool) -> Path:
    """Make the lab of a function, or find that it is still of the function as it is now.

    Raises:
        UsageError: when the file cannot be used, or changed since the lab began and `fresh` is
            not set.
    """
    if not name.file.is_file():
        raise UsageError(f"{name.file}: {what_is_there(name.file)}")
    target, folder = name.read(), name.folder
    if not fresh:
        require_unchanged(name)
    began = _began(folder)
    asked = _rooted(wishes, name.file.parent, target.root).over(began or Wishes())
    kept = not fresh and _has_version(folder)
    if began and asked != began and kept:
        raise UsageError(
            f"{name}: its lab began with {began.told()}; asked for: {asked.told()}.\n"
            "Say nothing to go on with the lab as it is, or begin anew with --fresh."
        )
    beside = find_tests(asked.tests, target, target.root).files
    files = {**({} if kept else target.files), **beside, **_inputs(asked, target.root)}
    if asked != began:
        files[labfile.FILE_NAME] = described(target, asked).encode()
    changed = [put(folder / path, content) for path, content in files.items()]
    if any(changed) and not fresh and not kept:
        set_aside(folder)  # of a function that was refused, and nothing was made
    put(folder.parent / ".gitignore", b"*\n")
    return folder


def lay_out(
    name: FunctionName, target: Target, wishes: Wishes, files: Mapping[str, bytes]
) -> tuple[Path, bool]:
    """Write the lab of a function anew, with these files; its folder, and whether its record has
    to begin anew because anything is other than it was.
    """
    folder = name.folder
    text = described(target, wishes)
    told = {**files, labfile.FILE_NAME: text.encode()}
    changed = [put(folder / path, content) for path, content in told.items()]
    put(folder.parent / ".gitignore", b"*\n")
    return folder, any(changed) and _recorded(folder)


def described(target: Target, wishes: Wishes) -> str:
    """The successor.toml of a function's lab; its files are named as its folder has them."""
    subject: dict[str, object] = {
        "kind": "program",
        "target": f"{target.path}:{target.function}",
    }
    if wishes.tests is not None:
        subject["tests"] = [*wishes.tests]
    if wishes.inputs:
        subject["inputs"] = wishes.inputs
    lab: dict[str, object] = {"goal": wishes.goal or GOAL}
    tables: dict[str, Mapping[str, object]] = {
        "lab": lab,
        "subject": subject,
        "author": {**(wishes.author or AUTHOR)},
        "judge": {"kind": "race"},
        "base_cases": {"wall_clock": "5m", "generations": 20, "plateau": 2},
    }
    for table, keys in wishes.tables.items():
        tables[table] = keys if "kind" in keys else {**tables.get(table, {}), **keys}
    # JSON's strings, numbers and lists are TOML's, once nothing is escaped that need not be.
    return "\n".join(
        f"[{table}]\n"
        + "".join(f"{k} = {json.dumps(v, ensure_ascii=False)}\n" for k, v in keys.items())
        for table, keys in tables.items()
    )


def written_back(name: FunctionName) -> bool:
    """Put the incumbent's text in place of the file's; False when it is that already.

    Raises:
        UsageError: when nothing is on record, the file changed since, or it is read-only.
    """
    require_unchanged(name)
    target = name.read()
    found = _unwritten(name, target)
    if found is None:
        return False
    path = target.root / target.path
    if not path.stat().st_mode & 0o222:  # to put another in its place would work all the same
        raise UsageError(f"{path}: is read-only, and stays as it is; see successor diff {name}")
    return put(path, found)


def is_written(name: FunctionName) -> bool:
    """Whether the incumbent's text is the file's."""
    return _unwritten(name, name.read()) is None


def revoked_in_file(name: FunctionName) -> Digest | None:
    """The version whose text the file holds, when it was taken out of charge; None of any other,
    and where there is no such file.
    """
    try:
        target = name.read()
    except UsageError:
        return None
    text, path = target.files[target.path], target.path
    with Ledger.read(name.folder / RECORD) as ledger:
        incumbent, revoked = ledger.incumbent(), ledger.revoked()
        if incumbent is None or ledger.object(incumbent.files[path]) == text:
            return None
        return next(
            (
                each
                for each in reversed([*_promoted(ledger)])
                if each in revoked and text == _text(ledger, each, path)
            ),
            None,
        )


def _unwritten(name: FunctionName, target: Target) -> bytes | None:
    """The incumbent's text, where it is not the file's."""
    found = incumbent_text(name.folder, target.path)
    return None if found == target.files[target.path] else found


def incumbent_text(folder: Path, path: str) -> bytes | None:
    """That file of the version in charge; None before the first.

    Raises:
        UsageError: when nothing is on record.
        RecordError: when the record does not verify.
    """
    with Ledger.read(folder / RECORD) as ledger:
        incumbent = ledger.incumbent()
        return ledger.object(incumbent.files[path]) if incumbent else None


def require_unchanged(name: FunctionName) -> None:
    """Nothing, when the program is the one that its lab began with, or one that took over.

    Raises:
        UsageError: when it changed since.
    """
    target, folder = name.read(), name.folder
    if not _has_version(folder):
        return
    began = {path: _read(folder / path) for path in target.files if (folder / path).exists()}
    with Ledger.read(folder / RECORD) as ledger:
        promoted = {_text(ledger, each, target.path) for each in _promoted(ledger)}
    texts = {began.get(target.path), *promoted} - {None}
    rest = {**began, target.path: target.files[target.path]}
    if target.files[target.path] not in texts or dict(target.files) != rest:
        raise UsageError(
            f"{name.file} changed since its lab began: what is on record is of another program.\n"
            "Put it back as it was, or begin anew with --fresh, which sets the record aside."
        )


def _promoted(ledger: Ledger) -> Iterator[Digest]:
    """Every version that was ever in charge, the first one first."""
    made = ledger.decisions()
    yield from (each.candidate for each in made if each.outcome == "promoted")


def _text(ledger: Ledger, version: Digest, path: str) -> bytes | None:
    files = ledger.version(version).files
    return ledger.object(files[path]) if path in files else None


def _recorded(folder: Path) -> bool:
    return (folder / RECORD / "record.sqlite").is_file()


def _has_version(folder: Path) -> bool:
    if not _recorded(folder):
        return False
    with Ledger.read(folder / RECORD) as ledger:
        return bool(ledger.entries(Written))


def _began(folder: Path) -> Wishes | None:
    """What was asked of the lab so far; None where there is none."""
    if not (folder / labfile.FILE_NAME).exists():
        return None
    told = labfile.read(folder)
    tests, inputs = (told.subject.settings.get(key) for key in ("tests", "inputs"))
    named = tuple(map(str, cast("list[object]", tests))) if isinstance(tests, list) else None
    author = {"kind": told.author.kind, **told.author.settings}
    drawn = inputs if isinstance(inputs, str) else None
    return Wishes(told.lab.goal, named, drawn, None if author == AUTHOR else author)


def _rooted(wishes: Wishes, home: Path, root: Path) -> Wishes:
    """The same with its files relative to the folder that the program is imported from."""
    tests = None if wishes.tests is None else tuple(_from(root, home / t) for t in wishes.tests)
    if wishes.inputs is None:
        return replace(wishes, tests=tests)
    path, colon, function = wishes.inputs.partition(":")
    return replace(wishes, tests=tests, inputs=f"{_from(root, home / path)}{colon}{function}")


def _from(root: Path, path: Path) -> str:
    """Raises UsageError when the file is outside of the folder: its lab could not hold it."""
    if not path.resolve().is_relative_to(root):
        raise UsageError(
            f"{path}: is outside {root}, from where the function is imported; copy it there"
        )
    return path.resolve().relative_to(root).as_posix()


def _inputs(wishes: Wishes, root: Path) -> dict[str, bytes]:
    """The file that draws inputs and what it imports from its folder."""
    if wishes.inputs is None:
        return {}
    path, _ = function_in(wishes.inputs, "inputs", root)
    files = [path, *(path.parent / each for each in siblings(path.name, path.parent))]
    return {each.relative_to(root).as_posix(): _read(each) for each in files}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None


def put(path: Path, content: bytes) -> bool:
    """Write a file unless it has that content; True when it had not. Mode and owner stay."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    like = path.stat() if path.exists() else None
    write_atomically(path, content, path.with_name(f".{path.name}.{os.getpid()}"), like)
    return True
