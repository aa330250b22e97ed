"""A lab to practise on what follows a tripwire: like another one, with a record of its own."""

from __future__ import annotations

import re
import shutil
import tomllib
from pathlib import Path

from successor import labfile, policyfile
from successor.cheats.sabotage import KIND
from successor.errors import UsageError
from successor.files import write_atomically
from successor.lab import RECORD
from successor.oversight import stopfile

_LEFT_BEHIND = (RECORD, stopfile.NAME, "__pycache__", ".git")
"""How names begin of what does not come along: the record, and what came of it."""
_TABLE = re.compile(r"^[ \t]*\[+[ \t]*(?P<name>[^\]\n]+?)[ \t]*\]+.*$", re.MULTILINE)
_WITNESSES = re.compile(r"^[ \t]*witnesses[ \t]*=[ \t]*\[.*?\][^\n]*\n", re.MULTILINE | re.DOTALL)


def practice(lab: Path, into: Path) -> None:
    """Make a lab of the files of another, whose author hands in one sabotage. It tells no witness
    of itself, and nothing that is signed in it counts for the other, whose record it has not.

    Raises:
        UsageError: when there is no such lab, its files cannot be read, or the place is taken.
    """
    labfile.read(lab)
    if into.exists():
        raise UsageError(f"{into} is there already: name a folder that is not")
    if into.resolve().is_relative_to(lab.resolve()):
        raise UsageError(f"{into} is within the lab, which practising leaves as it is")
    files = {labfile.FILE_NAME: _sabotaged(lab), policyfile.FILE_NAME: _unwitnessed(lab)}
    shutil.copytree(lab, into, ignore=_left_behind)
    for name, text in files.items():
        if text is not None:
            write_atomically(into / name, text.encode(), into / f".{name}.incoming")


def _left_behind(_: str, names: list[str]) -> list[str]:
    return [name for name in names if name.startswith(_LEFT_BEHIND)]


def _sabotaged(lab: Path) -> str:
    """The lab's file with another author."""
    path = lab / labfile.FILE_NAME
    text = path.read_text("utf-8-sig")
    kept, tables = list[str](), [*_TABLE.finditer(text)]
    ends = [each.start() for each in tables[1:]] + [len(text)]
    if tables:
        kept.append(text[: tables[0].start()])
    for table, end in zip(tables, ends, strict=True):
        if table["name"].partition(".")[0].strip(" \"'") != "author":
            kept.append(text[table.start() : end])
    found = f'{"".join(kept).rstrip()}\n\n[author]\nkind = "{KIND}"\n'
    wanted: dict[str, object] = {**tomllib.loads(text), "author": {"kind": KIND}}
    return _checked(path, found, wanted)


def _unwitnessed(lab: Path) -> str | None:
    """The lab's policy, if it has one, without witnesses: they are of another record."""
    path = lab / policyfile.FILE_NAME
    if not path.exists():
        return None
    text = path.read_text("utf-8-sig")
    wanted = {name: value for name, value in tomllib.loads(text).items() if name != "witnesses"}
    return _checked(path, _WITNESSES.sub("", text), wanted)


def _checked(path: Path, text: str, wanted: dict[str, object]) -> str:
    """A text that was changed, if it says what it should: TOML can be spelled in many ways."""
    try:
        if tomllib.loads(text) == wanted:
            return text
    except tomllib.TOMLDecodeError:
        pass
    raise UsageError(f"{path} is spelled in a way that is not understood here: use plain tables")
