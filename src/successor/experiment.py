"""What a record is about: by what it is known that a lab goes on with the same experiment."""

from __future__ import annotations

import secrets
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import cast

from successor.errors import UsageError
from successor.labfile import LabFile
from successor.ledger import BOUND, Ledger, SessionStarted
from successor.validation import Defaults

OUTSIDERS = frozenset({"agent", "inbox", "llm", "reflect"})
"""Authors that could work out what the judge will ask, if they knew the seed."""
Tables = Mapping[str, Mapping[str, object]]
"""Settings by table and key."""


@dataclass(frozen=True)
class Experiment:
    """What a record is about: the settings, those that are not stated too, and files."""

    lab: LabFile
    defaults: Defaults
    files: Mapping[str, bytes]
    """By path in the lab's folder."""
    unsafe: bool = False

    def settings(self) -> Tables:
        """As they are in force, for the record."""
        told = self.filled(cast("Tables", self.lab.model_dump(mode="json")))
        digests = {path: sha256(data).hexdigest() for path, data in sorted(self.files.items())}
        files: Tables = {BOUND: digests} if digests else {}
        sandbox: Tables = {"sandbox": {"unsafe": True}} if self.unsafe else {}
        return {**told, **files, **sandbox}

    def filled(self, told: Tables) -> Tables:
        """The same with what goes without saying; earlier records hold what was stated only."""
        return {
            table: {**content, **self.defaults.get(table, {}), **content}
            for table, content in told.items()
        }


def seeded(lab: LabFile, record: Path) -> LabFile:
    """The lab with the seed of its record; where outsiders write and none is given, with one that
    nobody could foresee.
    """
    kind, told = lab.author.kind, lab.author.settings.get("authors")
    who = {kind, *map(str, cast("list[object]", told) if isinstance(told, list) else ())}
    if "seed" in lab.lab.model_fields_set or not who & OUTSIDERS:
        return lab
    seed = secrets.randbelow(2**53)
    if (record / "record.sqlite").is_file():
        with Ledger.read(record) as ledger:
            seed = ledger.seed if ledger.entries(SessionStarted) else seed
    return lab.model_copy(update={"lab": lab.lab.model_copy(update={"seed": seed})})


def check_unchanged(began: Tables, now: Tables, folder: Path) -> None:
    """Refuse to go on with another experiment under the same record.

    Raises:
        UsageError: when a setting or a file that defines the experiment is not the one on record.
    """
    changed = [
        f"[{table}] {key} = {_told(now, table, key)}, on record {_told(began, table, key)}"
        for table in ("lab", "subject", "author", "judge")
        for key in dict.fromkeys([*began.get(table, {}), *now[table]])
        if (table, key) != ("lab", "stage") and now[table].get(key) != began.get(table, {}).get(key)
    ]
    if changed:
        raise UsageError(
            f"{folder}: its record began with other settings: {'; '.join(changed)}.\n"
            "Put them back, use a fresh folder, or set the record aside with --fresh."
        )
    before, files = began.get(BOUND, {}), now.get(BOUND, {})
    other = [name for name in sorted({*before, *files}) if before.get(name) != files.get(name)]
    if other:
        raise UsageError(
            f"{folder}: its record belongs to another experiment: changed since it began, and "
            f"what is right depends on it: {', '.join(other)}.\n"
            "Put it back, use a fresh folder, or set the record aside with --fresh."
        )


def kinds_of(lab: LabFile) -> Mapping[str, str]:
    """Of its subject, its author and its judge, by table."""
    return {"subject": lab.subject.kind, "author": lab.author.kind, "judge": lab.judge.kind}


def check_own_code(lab: LabFile, own: Mapping[str, bytes], folder: Path, record: Path) -> None:
    """The same for the lab's own code, and for every file on record, before any of it is run by
    whoever only looks at the lab.

    Args:
        own: its code, by path in the folder.

    Raises:
        UsageError: as `check_unchanged`.
    """
    began = began_with(record)
    bound = cast("Mapping[str, str]", (began or {}).get(BOUND, {}))
    # What improves may have been put in the place of what it began with: its part tells them apart.
    target = (folder / str(lab.subject.settings.get("target", "")).partition(":")[0]).resolve()
    there = {name: _digest_now(path, digest) for name, digest in bound.items()
             if (path := folder / name).is_file() and path.resolve() != target}  # fmt: skip
    if began is not None and (own or there):
        now: Tables = {table: {**began.get(table, {}), "kind": kind}
                       for table, kind in kinds_of(lab).items()}  # fmt: skip
        files = {path: sha256(data).hexdigest() for path, data in own.items()}
        known: Tables = {BOUND: {**bound, **there, **files}}
        check_unchanged(began, {**began, **now, **known}, folder)


def _digest_now(path: Path, known: str) -> str:
    """Of a file as it is; the known one where only its marks of the order of bytes or of ends of
    lines differ: text is put on record as it is read.
    """
    data = path.read_bytes()
    bare = data.removeprefix(BOM_UTF8)
    forms = [data, bare, bare.replace(b"\r\n", b"\n")]
    digests = [sha256(each).hexdigest() for each in forms]
    return known if known in digests else digests[0]


def began_with(record: Path) -> Tables | None:
    """The settings with which a record began; None where nothing has begun."""
    if not (record / "record.sqlite").is_file():
        return None
    with Ledger.read(record) as ledger:
        sessions = ledger.entries(SessionStarted)
    return cast("Tables", sessions[0].event.settings) if sessions else None


def _told(settings: Tables, table: str, key: str) -> str:
    content = settings.get(table, {})
    return repr(content[key]) if key in content else "not set"
