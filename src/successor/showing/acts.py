"""What waits for people to sign it."""

from __future__ import annotations

from contextlib import suppress

from successor.errors import UsageError
from successor.lab import charter_of
from successor.ledger import Ledger
from successor.oversight import Tally, charter_tally, open_acts


def open_acts_of(ledger: Ledger) -> tuple[Tally, ...]:
    """All that waits for people to sign it, without a charter that the lab's files no longer say.

    Raises:
        RecordError: when the record does not verify.
    """
    acts = open_acts(ledger)
    if any(each.act == "charter" for each in acts):
        now = None
        with suppress(UsageError):  # a record without its lab, or files that cannot be read
            now = charter_of(ledger.folder.parent)
        asked = charter_tally(now, ledger).statement if now else None
        acts = tuple(each for each in acts if each.act != "charter" or each.statement == asked)
    return acts
