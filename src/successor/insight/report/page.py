"""The report's page: a headline, a section for each question, a table beside each chart.

Everything that comes from a record is escaped here; nothing else builds HTML.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape

from successor.insight.authorship.record import LabAuthorship
from successor.insight.contract import MEANINGS, contract, contract_section
from successor.insight.front import Standing
from successor.insight.gain.record import LabGain
from successor.insight.judgement.moments import OPTIONS
from successor.insight.reach import Horizon
from successor.insight.report.charts import families, filter_names, heat_rows, size_unit, slices
from successor.insight.report.data import Story, VersionRow
from successor.insight.report.gains import (
    change_section,
    gained_tiles,
    gains_section,
    trades_section,
)
from successor.insight.report.growth import growth_section
from successor.insight.report.html import (
    Code,
    Text,
    chart,
    counted,
    duration,
    moment,
    number,
    section,
    share,
    table,
    words,
)
from successor.insight.report.rates import authorship_section, gain_section, rate_tiles
from successor.insight.report.rollbacks import (
    promotion_tiles,
    rollbacks_section,
    told_decision,
    told_rest,
    told_rollbacks,
)
from successor.ledger import told_pause

FIRST = "The first version has no successor yet."
IMPROVER, IMPROVERS_CODE = "improver", "improver_text"
"""Figures of a draft that an improver searched for: its version, and the object with its code."""


def page(
    story: Story, front: Sequence[Standing], gained: LabGain | None, written: LabAuthorship | None
) -> str:
    """The body of the report."""
    return "\n".join(
        [
            _headline(story),
            _tiles(story, gained),
            _unsafe(story),
            gains_section(story) if story.measure != "horizon" else _horizon(story),
            gain_section(gained),
            growth_section(story),
            change_section(story),
            trades_section(front),
            contract_section(contract(story.versions[0].figures) if story.versions else {}),
            _heat(story),
            _lineage(story),
            authorship_section(written),
            rollbacks_section(story.backs),
            '<div class="pair">',
            _evidence(story),
            _filters(story),
            "</div>",
            _costs(story),
            _confirmed(story),
            _end(story),
            _provenance(story),
        ]
    )


def title(story: Story) -> str:
    """The document's title, escaped."""
    return escape(f"{_goal(story)} – Successor")


def _headline(story: Story) -> str:
    told = (_summary(story), told_rollbacks(story.backs), _target(story))
    lead = " ".join(each for each in told if each)
    return f'<header><h1>{escape(_goal(story))}</h1><p class="lead">{escape(lead)}</p></header>'


def _target(story: Story) -> str:
    """Whether it got where it had to."""
    if story.target is None:
        return ""
    goal = f"{words(story.target[0])} {number(story.target[1])}"
    if story.stop is not None and story.stop.base_case == "target":
        return f"It reached its target, {goal}."
    if story.stop is None:
        return f"Its target, {goal}, is not reached yet."
    return f"It did not reach its target, {goal}: {words(story.stop.base_case)} ended it."


def _goal(story: Story) -> str:
    return str(story.setting("lab", "goal") or "A lab that improves itself")


def _summary(story: Story) -> str:
    line = [row for row in story.line if row.headline is not None]
    if not line:
        return "No version has been examined yet."
    if len(line) == 1:
        return "The first version is in charge." if story.backs else FIRST
    times, name = len(line) - 1, words(story.measure)
    often = f"{times} times in a row a version" if times > 1 else "A version"
    unit = ""
    if name == "horizon":
        name, unit = "horizon, the size at which half of the answers are right,", size_unit(story)
    return (
        f"{often} wrote a successor that was shown to be better and took over. The {name} went "
        f"from {number(line[0].headline)} to {number(line[-1].headline)} {unit}"
    ).rstrip() + "."


def _tiles(story: Story, gained: LabGain | None) -> str:
    last = story.line[-1].horizon if story.line else None
    tiles = [
        *(gained_tiles(story) or _reached(last)),
        *rate_tiles(gained),
        *promotion_tiles(story),
        ("Worked", duration(story.worked_s), f"in {counted(len(story.sessions), 'session')}"),
    ]
    cells = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(value)}<small>{escape(note)}</small></dd></div>"
        for name, value, note in tiles
    )
    return f'<dl class="tiles">{cells}</dl>'


def _unsafe(story: Story) -> str:
    """What is to be thought of a run in a sandbox that does not hold; nothing of any other."""
    tiers = dict.fromkeys(each.tier for each in story.sandboxes if not each.trusted)
    if not tiers:
        return ""
    told = (
        f"Versions ran in a sandbox that does not hold ({', '.join(tiers)}): what is examined or "
        "judged in it is never promoted."
    )
    return f'<section class="alarm"><h2>Where it ran</h2><p>{escape(told)}</p></section>'


def _reached(last: Horizon | None) -> list[tuple[str, str, str]]:
    return [
        ("Horizon", number(last.p50 if last else None), _interval(last)),
        ("Reliable horizon", number(last.reliable if last else None), "99% of answers right"),
    ]


def _interval(reach: Horizon | None) -> str:
    if reach is None:
        return "half of answers right"
    if reach.at_least:
        return "or more: the longest asked"
    return f"95% interval {number(reach.interval[0])} to {number(reach.interval[1])}"


def _horizon(story: Story) -> str:
    before: dict[str, float] = {}
    rows: list[Sequence[object]] = []
    for row in story.versions:
        reach = row.horizon
        if reach:
            before[row.version.id] = reach.p50
        rows.append(
            (
                row.generation,
                Code(row.short),
                row.outcome,
                reach.p50 if reach else None,
                reach.interval[0] if reach else None,
                reach.interval[1] if reach else None,
                reach.reliable if reach else None,
                _ratio(row, before),
                row.minutes,
            )
        )
    head = ["generation", "version", "decision", "horizon", "low", "high", "reliable horizon"]
    listing = table("Horizon of every version", [*head, "times its parent", "minutes"], rows)
    note = (
        "The horizon is where a logistic curve through the shares of right answers crosses one "
        "half; the bar is its 95% interval, the dotted line the reliable horizon (99% right). "
        "A straight line on this axis is a steady doubling. Each version is asked items of its "
        "own here; whether one is better was judged on the same items for both, further down."
    )
    return section(
        "How far it reaches",
        note,
        chart("headline-generation", "Horizon of every version by generation, log scale")
        + chart("headline-minutes", "Horizon of every version by minutes of work, log scale"),
        listing,
        pair=True,
    )


def _ratio(row: VersionRow, before: dict[str, float]) -> float | None:
    parents = [before[parent] for parent in row.version.parents if before.get(parent)]
    return row.horizon.p50 / parents[-1] if row.horizon and parents else None


def _heat(story: Story) -> str:
    rows = heat_rows(story)
    names = [part.name for part in slices(rows)]
    body: list[Sequence[object]] = []
    for row in rows:
        means = {tally.name: f"{tally.mean:.1%}" for tally in row.tallies}
        body.append((row.generation, Code(row.short), *(means.get(name) for name in names)))
    listing = table("Share of right answers", ["generation", "version", *names], body)
    charts = "".join(
        chart(f"heat-{at}", f"Share of right answers {name}", name)
        for at, name in enumerate(families(rows))
    )
    note = (
        "The share of right answers of every version at every size that it was asked; what is "
        "left blank was not. "
        "× marks what the version in charge does not come from."
    )
    return section("What each version can do", note, charts, listing)


def _lineage(story: Story) -> str:
    rows: list[Sequence[object]] = [
        (
            row.generation,
            Code(row.version.id[:16]),
            Code(", ".join(parent[:8] for parent in row.version.parents) or "none"),
            row.version.author,
            row.outcome,
            *told_decision(row),
        )
        for row in story.versions
    ]
    head = ["generation", "version", "parents", "author", "decision", "by", "reason"]
    note = "Who wrote whom. Each version on the green line wrote the next; the last is in charge."
    listing = table("Every version", head, rows)
    return section("Lineage", note, chart("lineage", "Tree of all versions"), listing)


def _evidence(story: Story) -> str:
    rows: list[Sequence[object]] = [
        (
            row.generation,
            Code(row.short),
            verdict.outcome,
            verdict.e_value,
            verdict.threshold,
            verdict.effect,
            f"{number(verdict.interval[0])} to {number(verdict.interval[1])}",
            verdict.items,
            Text("; ".join([verdict.reason, *verdict.regressions, *verdict.tripwires])),
        )
        for row in story.versions
        if (verdict := row.verdict)
    ]
    if not rows:
        return ""
    head = ["generation", "version", "outcome", "e-value", "threshold", "effect", "95% interval"]
    note = (
        "How strongly the judge's own items speak against “no better than its parent”. "
        "A dot above its cross, which the error budget of the whole run sets, is enough. The "
        "interval is that of the effect alone: where the evidence comes from more than half of the "
        "items gaining, which the last column then tells, or from simpler code, it may reach below "
        "0 all the same."
    )
    drawn = chart("evidence", "e-value and threshold of every verdict, log scale")
    return section("Is it better", note, drawn, table("Verdicts", [*head, "items", "why"], rows))


def _filters(story: Story) -> str:
    names = filter_names(story)
    if not names:
        return ""
    rows: list[Sequence[object]] = [
        (row.generation, Code(row.short), *(share(row.figures.get(name)) for name in names))
        for row in story.versions
        if any(name in row.figures for name in names)
    ]
    note = (
        "Yield: the share of its own answers that the author kept. Label precision: how many of "
        "those are truly right, which only this report knows; the author never did."
    )
    head = ["generation", "version", *map(words, names)]
    drawn = chart("filters", "Filter yield and label precision by generation")
    return section("Can it trust itself", note, drawn, table("Filters", head, rows))


def _costs(story: Story) -> str:
    stages = list({cost.stage: None for cost in story.costs})
    spent = {(cost.generation, cost.stage): cost.seconds for cost in story.costs}
    generations = sorted({cost.generation for cost in story.costs})
    rows: list[Sequence[object]] = [
        (number_, *(spent.get((number_, stage)) for stage in stages)) for number_ in generations
    ]
    note = (
        f"Working time by generation and stage, {duration(story.worked_s)} in all. Writing is what "
        "an author does besides labelling and training, and all of what was stopped and not taken "
        "up again; recording is what lies between the steps."
    )
    listing = table("Seconds", ["generation", *stages], rows)
    figures = table("Figures of every draft", *_draft_figures(story))
    return section("What it cost", note, chart("costs", note), listing + figures)


def _draft_figures(story: Story) -> tuple[list[str], list[Sequence[object]]]:
    known = {key: None for row in story.versions for key in row.figures}
    keys = [key for key in known if key not in {*MEANINGS, OPTIONS, IMPROVERS_CODE}]
    rows: list[Sequence[object]] = [
        (row.generation, Code(row.short), *(_shown(key, row.figures.get(key)) for key in keys))
        for row in story.versions
    ]
    return ["generation", "version", *map(words, keys)], rows


def _shown(key: str, value: object) -> object:
    """A figure; of the improver that searched, how the id of its version begins."""
    return Code(str(value)[:8]) if key == IMPROVER and value else value


def _confirmed(story: Story) -> str:
    rows: list[Sequence[object]] = [
        (row.generation, Code(row.short), part.name, part.items, part.total, f"{part.mean:.1%}")
        for row in story.versions
        for part in row.confirmed
    ]
    if not rows:
        return ""
    head = ["generation", "version", "asked", "items", "right", "share"]
    note = "What a version that seemed to have reached the goal made of items nobody had seen."
    return section("Does it hold", note, "", table("Confirmation", head, rows))


def _end(story: Story) -> str:
    stop = story.stop
    if story.pause is not None:
        told = f"The lab is {told_pause(story.pause)}. It goes on once a person lifts that."
        return f'<section class="alarm"><h2>It is paused</h2><p>{escape(told)}</p></section>'
    if story.rest is not None:
        told = told_rest(story.rest)
        return f"<section><h2>What ended it</h2><p>{escape(told)}</p></section>"
    if stop is None:
        told = "Nothing has ended it yet: improving the lab again goes on with it."
        return f"<section><h2>What ended it</h2><p>{escape(told)}</p></section>"
    mark = ' class="alarm"' if stop.needs_human else ""
    asks = " It asks for a human." if stop.needs_human else ""
    name, reason = escape(words(stop.base_case)), escape(stop.reason.rstrip("."))
    told = f"<p><strong>{name}</strong>: {reason}.{asks}</p>"
    return f"<section{mark}><h2>What ended it</h2>{told}</section>"


def _provenance(story: Story) -> str:
    session = story.sessions[-1] if story.sessions else None
    facts: list[tuple[str, str]] = [
        ("Ledger head", story.head),
        ("Events", str(story.events)),
        ("From", moment(story.began)),
        ("To", moment(story.ended)),
    ]
    facts += [("Sandbox", f"{each.tier}: {each.made_of}") for each in story.sandboxes]
    if session:
        facts += [("Seed", str(session.seed)), ("Kernel", session.kernel)]
        facts += [(words(name), str(value)) for name, value in session.host.items()]
    told = "".join(
        f"<dt>{escape(name)}</dt><dd><code>{escape(value)}</code></dd>" for name, value in facts
    )
    settings = escape(json.dumps(story.settings, indent=2, default=str, ensure_ascii=False))
    return (
        f'<section><h2>Where this comes from</h2><p class="note">Everything above is read from '
        f"the ledger; <code>successor audit</code> verifies it against this head.</p>"
        f'<dl class="facts">{told}</dl>'
        f"<details><summary>Settings in force</summary><pre><code>{settings}</code></pre></details>"
        "</section>"
    )
