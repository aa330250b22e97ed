"""The counter of a lab: what is handed out over it, and what is taken in.

Handed out is what authors are told anyway. Taken in is text, which the author `inbox` looks at
when the lab is improved; whoever brought it is not asked who they are, for nothing rests on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from successor import labfile
from successor.authors.inbox.queue import Inbox, Item
from successor.errors import UsageError
from successor.insight.contract import contract_of
from successor.lab import record_of
from successor.ledger import Ledger
from successor.loop import find_weaknesses
from successor.types import Decision, Digest, Verdict, Version

Told: TypeAlias = dict[str, object]
MOST_VERDICTS = 50
MOST_BYTES = 1 << 20
"""Of one file of the version in charge that is handed out."""


class Counter:
    """Of the lab in a folder. Each answer is read anew: the lab may be at work."""

    def __init__(self, folder: Path) -> None:
        """Open it.

        Raises:
            UsageError: when there is no lab, or it is of no program.
        """
        self._folder = folder
        self._settings = labfile.read(folder)
        target = self._settings.subject.settings.get("target")
        if not isinstance(target, str):
            raise UsageError(f"{folder}: its subject is no program, so that nobody can hand one in")
        self._path, _, self._function = target.partition(":")
        self._inbox = Inbox(folder)

    @property
    def is_read(self) -> bool:
        """Whether the lab's author takes what is handed in, as far as its file says."""
        author = self._settings.author
        told = author.settings.get("authors")
        return "inbox" in (author.kind, *(told if isinstance(told, list) else ()))

    def goal(self) -> Told:
        """What is wanted, and of what."""
        return {
            "goal": self._settings.lab.goal,
            "file": self._path,
            "function": self._function,
            "judged_by": (
                "Fresh inputs that nobody has seen, beside the version in charge. A program takes "
                "over when it is right wherever that one is, and measurably better at the goal."
            ),
            "contract": self._contract(),
        }

    def weaknesses(self) -> Told:
        """Where the version in charge is weak, by its own exam."""
        with self._ledger() as ledger:
            exam = ledger.exam(self._incumbent(ledger).id)
        if exam is None:
            raise UsageError("the version in charge was not examined yet: improve the lab first")
        weak = [
            {"slice": each.slice, "size": each.size, "score": each.score}
            for each in find_weaknesses(exam)
        ]
        return {"version": exam.version, "weaknesses": weak}

    def incumbent(self) -> Told:
        """The version in charge, with the text of each of its files."""
        with self._ledger() as ledger:
            version = self._incumbent(ledger)
            files = {name: _text(ledger.object(found)) for name, found in version.files.items()}
        return {"version": version.id, "author": version.author, "file": self._path, "files": files}

    def verdicts(self, last: int) -> Told:
        """What the judge found, the newest first."""
        with self._ledger() as ledger:
            decisions = {each.candidate: each for each in ledger.decisions()}
            found = [*ledger.verdicts()][: -last - 1 : -1]
            told = [
                _verdict(each, ledger.version(each.candidate), self._path, decisions)
                for each in found
            ]
        return {"verdicts": told}

    def hand_in(self, source: str, said: str) -> Told:
        """Keep a program for the author `inbox`.

        Raises:
            UsageError: when it cannot be kept, or was judged before.
        """
        text = source if source.endswith("\n") else f"{source}\n"
        before = self._judged(text)
        if before is not None and before["incumbent"] == self._in_charge():
            told = f"{before['outcome']}: {before['reason']}"
            raise UsageError(f"{before['id']} was judged before, beside the same version: {told}")
        return {**_item(self._inbox.put(text, said)), "next": self._next()}

    def handed_in(self, name: str) -> Told:
        """What became of a program.

        Raises:
            UsageError: when none of that name was handed in.
        """
        item = self._inbox.item(name)
        if item is None:
            raise UsageError(f"nothing was handed in as {name[:64]!r}")
        return {**_item(item), **(self._judged(item.text) or {})}

    def _next(self) -> str:
        told = "It waits for `successor improve` on this lab; ask for it by its id."
        return told if self.is_read else f'{told} Its author has to be "inbox" then.'

    def _judged(self, text: str) -> Told | None:
        """The last verdict on a text, if there is one."""
        if not _is_begun(self._folder):
            return None
        name = Inbox.name_of(text)
        with self._ledger() as ledger:
            decisions = {each.candidate: each for each in ledger.decisions()}
            for verdict in reversed(ledger.verdicts()):
                version = ledger.version(verdict.candidate)
                if version.files.get(self._path) == name:
                    return _verdict(verdict, version, self._path, decisions)
        return None

    def _in_charge(self) -> Digest:
        with self._ledger() as ledger:
            return self._incumbent(ledger).id

    def _contract(self) -> Mapping[str, tuple[str, ...]]:
        if not _is_begun(self._folder):
            return {}
        with self._ledger() as ledger:
            return contract_of(ledger)

    def _ledger(self) -> Ledger:
        return Ledger.read(record_of(self._folder))

    def _incumbent(self, ledger: Ledger) -> Version:
        version = ledger.incumbent()
        if version is None:
            raise UsageError("no version is in charge yet: improve the lab first")
        return version


def _is_begun(folder: Path) -> bool:
    return (record_of(folder) / "record.sqlite").is_file()


def _item(item: Item) -> Told:
    return {"id": item.id, "state": item.state, "why": item.why}


def _verdict(
    verdict: Verdict, version: Version, path: str, decisions: Mapping[Digest, Decision]
) -> Told:
    """Without seeds, and without what would tell the items of the next judgement."""
    decision = decisions.get(verdict.candidate)
    return {
        "id": version.files.get(path, ""),
        "state": "judged",
        "version": verdict.candidate,
        "incumbent": verdict.incumbent,
        "author": version.author,
        "outcome": verdict.outcome,
        "reason": verdict.reason,
        "decision": decision.outcome if decision else "not decided yet",
        "decision_reason": decision.reason if decision else "",
        "effect": verdict.effect,
        "interval": list(verdict.interval),
        "e_value": verdict.e_value,
        "threshold": verdict.threshold,
        "regressions": list(verdict.regressions),
        "tripwires": list(verdict.tripwires),
    }


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise UsageError(f"a file of the version in charge has more than {MOST_BYTES:,} bytes")
    return data.decode("utf-8", "replace")
