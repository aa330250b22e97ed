"""What the report says of programs: what was gained beside the first version, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from successor.insight.front import Standing
from successor.insight.report.data import Story
from successor.insight.report.html import Code, Text, chart, number, section, table, words
from successor.insight.visible import visible

NOTES = {
    "speedup": "times as fast as the first version",
    "gain": "times better than the first version",
    "accuracy": "of the digits that a reference has",
    "errors": "of wrong arguments refused clearly",
    "area": "under the curve of the best so far, of 1",
    "correct": "of answers as they should be",
}
"""What each measure of a program is, in a few words."""


def gained_tiles(story: Story) -> list[tuple[str, str, str]]:
    """Name, value and meaning of each measure of the incumbent; none of another subject's."""
    gained = story.line[-1].gains if story.line else dict[str, float]()
    return [
        (words(name).capitalize(), number(value), NOTES[name]) for name, value in gained.items()
    ]


def gains_section(story: Story) -> str:
    """Every version beside the first one."""
    names = list({name: None for row in story.versions for name in row.gains})
    rows: list[Sequence[object]] = [
        (row.generation, Code(row.short), row.outcome, *map(row.gains.get, names), row.minutes)
        for row in story.versions
    ]
    head = ["generation", "version", "decision", *map(words, names), "minutes"]
    note = (
        "Every version beside the first one, on items of its own; whether one is better than its "
        "parent was judged on the same items for both, further down. Such exams ask how fast or "
        "how good it is, and have no horizon."
    )
    told = f"{words(story.measure).capitalize()} of every version"
    return section(
        "How much better it is",
        note,
        chart("headline-generation", f"{told} by generation, log scale")
        + chart("headline-minutes", f"{told} by minutes of work, log scale"),
        table("Measures of every version", head, rows),
        pair=True,
    )


def trades_section(front: Sequence[Standing]) -> str:
    """The versions that no other beats on every goal; nothing when there is none but one."""
    if len(front) < 2:
        return ""
    names = list({name: None for each in front for name in each.gains})
    rows: list[Sequence[object]] = [
        (
            Code(each.version[:8]),
            *map(each.gains.get, names),
            each.outcome,
            Text(visible(each.reason)),
        )
        for each in front
    ]
    note = (
        "No other version beats one of these on every goal, each told beside the first version: "
        "times faster, better or less, or a share. A version is promoted only when it loses on no "
        "goal; name the goal that counts to have another."
    )
    head = ["version", *map(words, names), "decision", "the judge's reason"]
    shown = table("The Pareto front", head, rows)
    heading = "What trades one goal for another"
    return f'<section><h2>{heading}</h2><p class="note">{note}</p>{shown}</section>'


def change_section(story: Story) -> str:
    """The difference that all promotions together made; nothing when there is none."""
    if not story.change:
        return ""
    marks = {"+": "added", "-": "removed", "@": "where"}
    lines = "\n".join(
        f'<span class="{marks.get(line[:1], "")}">{escape(visible(line))}</span>'
        for line in story.change.rstrip("\n").split("\n")
    )
    note = "From the first version to the one in charge."
    return (
        f'<section><h2>What changed</h2><p class="note">{note}</p>'
        f'<pre class="diff"><code>{lines}</code></pre></section>'
    )
