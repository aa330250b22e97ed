"""What a subject goes by, as the first draft on record has it: pinned, assumed, not understood."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from successor.ledger import Ledger, Written
from successor.types import Figures

MEANINGS = {
    "pinned": "Said by tests, examples, hints and names: a version that breaks it is wrong.",
    "assumed": "Said by nobody; taken from what the original does.",
    "notes": "Not taken up.",
}
"""The headings that are known, with what they mean; figures of these names hold lines."""


def contract(figures: Figures) -> dict[str, tuple[str, ...]]:
    """The lines under each heading; empty for a subject that says nothing."""
    told = {name: figures.get(name) for name in MEANINGS}
    return {name: tuple(text.splitlines()) for name, text in told.items() if isinstance(text, str)}


def contract_of(ledger: Ledger) -> dict[str, tuple[str, ...]]:
    """What the first version on record goes by; empty before there is one."""
    first = next((entry.event for entry in ledger.entries(Written) if entry.event.version), None)
    return contract(first.figures) if first else {}


def contract_section(told: Mapping[str, tuple[str, ...]]) -> str:
    """A section of the report; nothing when nothing is told."""
    if not told:
        return ""
    lists = "".join(
        f'<h3>{escape(name.capitalize())}</h3><p class="note">{escape(MEANINGS[name])}</p>'
        f"<ul>{''.join(f'<li>{escape(line)}</li>' for line in lines)}</ul>"
        for name, lines in told.items()
    )
    return f"<section><h2>What counts as right</h2>{lists}</section>"
