"""What the report says of rollbacks: what is in charge, what gave way, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from successor.insight.report.charge import Back
from successor.insight.report.data import Story, VersionRow
from successor.insight.report.html import Code, Text, counted, moment, table
from successor.insight.visible import visible
from successor.types import Digest


def promotion_tiles(story: Story) -> list[tuple[str, str, str]]:
    """Name, value and meaning: of which version the figures are, where some gave way, and how many
    promotions led to it.
    """
    row = story.line[-1] if story.line else None
    promoted = ("Promotions", str(max(0, len(story.line) - 1)), _of(story))
    if row is None or not story.backs:
        return [promoted]
    return [("In charge", row.short, f"of generation {row.generation}"), promoted]


def _of(story: Story) -> str:
    gone = sum(row.back is not None for row in story.versions)
    return f"of {counted(len(story.versions), 'version')}" + (
        f"; {gone} rolled back" if gone else ""
    )


def told_decision(row: VersionRow) -> tuple[str, Text]:
    """Who decided last on a version, and why."""
    if row.back:
        return row.back.entry.event.by, Text(visible(row.back.entry.event.reason))
    return (row.decision.by, Text(row.decision.reason)) if row.decision else ("", Text())


def told_rollbacks(backs: Sequence[Back]) -> str:
    """How many versions that took over were taken back, in a sentence; "" for none."""
    count = len({each for back in backs for each in back.revoked})
    were = "was" if count == 1 else "were"
    return f"{counted(count, 'version')} that had taken over {were} rolled back." if count else ""


def told_rest(back: Back) -> str:
    """Where the lab is after a rollback that nothing followed."""
    event = back.entry.event
    return (
        f"It was rolled back to {event.version[:8]} by {visible(event.by)}, "
        f"{moment(back.entry.time)}: improving the lab again goes on from there."
    )


def rollbacks_section(backs: Sequence[Back]) -> str:
    """Every rollback with its reason; nothing when there was none."""
    if not backs:
        return ""
    rows: list[Sequence[object]] = [
        (
            moment(back.entry.time),
            Code(back.entry.event.version[:8]),
            Text(", ".join(_standing(each, back) for each in back.out_of_charge) or "nothing"),
            back.entry.event.by,
            Text(visible(back.entry.event.reason)),
            back.entry.seq,
        )
        for back in backs
    ]
    head = ["when", "back to", "out of charge", "by", "reason", "event"]
    note = (
        "People put an earlier version in charge again. What gave way is revoked: no author reads "
        "it or builds on it, unless it was put in charge again."
    )
    listing = table("Every rollback", head, rows)
    head_of = f'<h2>What was rolled back</h2><p class="note">{escape(note)}</p>'
    return f"<section>{head_of}{listing}</section>"


def _standing(version: Digest, back: Back) -> str:
    how = "revoked" if version in back.revoked else "in charge again since"
    return f"{version[:8]} ({how})"
