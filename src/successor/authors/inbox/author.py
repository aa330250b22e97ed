"""What others handed in is the next version: taken in the order that it came, never believed."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from successor.authors.desk import Desk
from successor.authors.inbox.queue import Inbox
from successor.authors.inbox.settings import Settings
from successor.authors.prospects import Prospects, name_of
from successor.authors.trials import Terms, Trials, readable
from successor.authors.workshop import Workshop
from successor.errors import SuccessorError
from successor.types import Brief, Draft, Workspace

_POLL_S = 0.25


@dataclass(frozen=True)
class Taken:
    """A program that was taken out of the inbox, by its name."""

    id: str
    text: str
    said: str


@dataclass
class Saved:
    """What a checkpoint of this author holds: a step that was killed takes the same again."""

    taken: list[Taken] = field(default_factory=list[Taken])
    trials: bytes | None = None

    @staticmethod
    def load(data: bytes | None) -> Saved:
        """From a checkpoint, or the beginning."""
        if data is None:
            return Saved()
        told: dict[str, Any] = json.loads(data)
        taken, trials = [Taken(**each) for each in told["taken"]], told["trials"]
        return Saved(taken, trials and trials.encode())

    def dump(self) -> bytes:
        """For a checkpoint."""
        told = asdict(self)
        return json.dumps({**told, "trials": self.trials and self.trials.decode()}).encode()


class InboxAuthor:
    """Writes the next version by taking what was handed in."""

    name = "inbox"

    def __init__(self, workshop: Workshop, settings: Settings) -> None:
        self.workshop = workshop
        self.settings = settings
        self._inbox: Inbox | None = None

    def require_ready(self, lab: Path) -> None:
        """Nothing: an inbox may be empty."""
        self._inbox = Inbox(lab)

    def close(self) -> None:
        """Nothing is held."""

    def write(self, brief: Brief, workspace: Workspace) -> Draft | None:
        """The first program that is worth judging; None when nothing of that kind is there."""
        told = self.settings
        if self._inbox is None:
            raise SuccessorError("the author 'inbox' was not told which lab it is of")
        if len(brief.tried) >= told.attempts:
            return None
        saved = Saved.load(workspace.resume())
        desk = Desk(workspace, saved)
        terms = Terms.screening(told.evaluations, told.least, told.parsimony)
        trials = Trials(self.workshop, brief, desk, terms)
        path, failed = self.workshop.path, ""
        names = [name_of(self.workshop.source(each, desk), path) for each, _ in readable(brief)]
        prospects = Prospects(self.workshop, trials, names)
        for number in range(told.evaluations):
            if (taken := self._taken(number, self._inbox, desk, saved)) is None:
                break
            failed = prospects.refusal(taken.text)
            draft = None if failed else trials.hand_in()
            if draft is not None and draft.files:
                self._inbox.decide(taken.id)
                return replace(draft, figures={**draft.figures, "said": taken.said})
            failed = failed or prospects.lapse(taken.text)
            self._inbox.decide(taken.id, failed)
        return Draft({}, {"evaluations": trials.spent, "failed": failed}) if saved.taken else None

    def _taken(self, number: int, inbox: Inbox, desk: Desk, saved: Saved) -> Taken | None:
        """The next program, remembered before anything is done with it."""
        if number < len(saved.taken):
            return saved.taken[number]
        began, known = time.monotonic(), {each.id for each in saved.taken}
        while True:
            waited = time.monotonic() - began
            desk.progress("waiting for what is handed in", waited, self.settings.wait_s)
            for item in inbox.items():
                if item.state == "waiting" and item.id not in known:
                    saved.taken.append(Taken(item.id, item.text, item.said))
                    desk.save()
                    return saved.taken[-1]
            if saved.taken or waited >= self.settings.wait_s:
                return None
            time.sleep(_POLL_S)
