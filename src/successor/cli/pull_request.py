"""What git and a pull request keep of a promotion: trailers, and a body in Markdown."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

from successor.cli.markdown import LONGEST, block, code, line
from successor.insight.contract import MEANINGS
from successor.insight.report.html import counted
from successor.ledger import Written
from successor.showing.figures import duration, number
from successor.showing.proposal import Packet, packet_of
from successor.targets import name_of

if TYPE_CHECKING:
    from successor.attesting import Promotion

ROOM = 40_000
"""Characters of all differences: a pull request holds 65,536 in all."""
LINES = 20
"""Of each part of the contract, and kinds of characters beyond ASCII, that are shown."""


def trailers_of(promotion: Promotion) -> list[str]:
    """Lines that `git interpret-trailers` takes."""
    verdict, then = promotion.judged.event.verdict, promotion.then
    told = [
        ("Version", promotion.version.id),
        ("Parent", promotion.parent.id),
        ("Author", promotion.version.author),
        *(("Improver", each) for each in [*promotion.improver.values()][:1]),
        ("Evidence", promotion.evidence),
        ("E-Value", f"{verdict.e_value:.6g}"),
        ("E-Value-Needed", f"{verdict.threshold:.6g}"),
        ("Decided-By", promotion.decided.event.decision.by),
        *(("Approved-By", f"{key.comment} {key.fingerprint}") for key, _ in promotion.approvals),
        ("Record", then.identity),
        ("Ledger-Events", str(then.head.size)),
        ("Ledger-Head", then.head.root),
        ("Kernel", promotion.judged.event.kernel),
    ]
    return [f"Successor-{name}: {line(value) or '-'}" for name, value in told]


def body_of(promotion: Promotion, lab: Path) -> str:
    """The body of a pull request; what others wrote stands in it as code alone."""
    packet = packet_of(promotion.then, promotion.proposal)
    typed = quote(name_of(lab))
    parts = [
        f"Goal: {code(promotion.goal)}",
        _versions(promotion),
        "## What changed",
        *_changes(packet, typed),
        "## Evidence",
        "\n".join(_evidence(promotion)),
        "## What it cost",
        "\n".join(_cost(promotion, packet)),
        "## What is pinned, and what is only assumed",
        *_contract(packet, typed),
        "## Who decided",
        "\n".join(_deciders(promotion)),
        "## How to verify",
        *_verifying(promotion, typed),
    ]
    return "\n\n".join(parts)


def _versions(promotion: Promotion) -> str:
    new, old = code(promotion.version.id[:12]), code(promotion.parent.id[:12])
    return f"Version {new} takes over from {old}; written by {code(promotion.version.author)}."


def _changes(packet: Packet, typed: str) -> Iterator[str]:
    room, shown = ROOM, 0
    for change in packet.changes:
        lines, cut = list[str](), False
        for each in (change.body or "an empty file\n").split("\n")[:-1]:
            text = each if len(each) <= LONGEST else f"{each[:LONGEST]} ... cut here"
            cut = len(text) >= room
            if cut:
                break
            lines.append(text)
            room -= len(text) + 1
        if lines:
            kind = "diff" if change.text else "text"
            yield f"{code(change.name)}\n\n{block(lines, kind)}"
            room -= 2 * len(change.name)
        shown += not cut
        if cut:
            break
    if not packet.changes:
        yield "No file is another one."
    if shown < len(packet.changes):
        yield f"The rest is left out for its length; see: {code(f'successor diff {typed}')}"
    if (told := _beyond_ascii(packet)) is not None:
        yield told


def _beyond_ascii(packet: Packet) -> str | None:
    """What is new and may look like something else: a letter of another script, a mark."""
    added = (
        each[1:]
        for change in packet.changes
        for each in change.body.split("\n")
        if each.startswith("+")
    )
    found = Counter(sign for text in added for sign in text if not sign.isascii())
    if not found:
        return None
    shown = [
        f"U+{ord(sign):04X} {unicodedata.name(sign, '(no name)')}, {counted(count, 'time')}"
        for sign, count in found.most_common(LINES)
    ]
    more = [f"{len(found) - LINES} others"] if len(found) > LINES else []
    told = "What is new holds characters beyond ASCII, which may look like others:"
    return f"{told}\n\n{block([*shown, *more])}"


def _evidence(promotion: Promotion) -> Iterator[str]:
    verdict = promotion.judged.event.verdict
    low, high = verdict.interval
    yield f"- Verdict: {code(verdict.reason)}"
    yield (
        f"- E-value {number(verdict.e_value)}, of {number(verdict.threshold)} needed: evidence "
        "against its being no better, whose expected value is at most 1 if that is so."
    )
    yield (
        f"- Effect {number(verdict.effect)}, 95% interval {number(low)} to {number(high)}: mean "
        f"paired difference of score, over {counted(verdict.items, 'fresh item')} that no author "
        "saw, put to both versions."
    )
    lost = ", ".join(verdict.regressions)
    yield f"- Not shown to hold of what was mastered: {code(lost) if lost else 'nothing'}"


def _cost(promotion: Promotion, packet: Packet) -> Iterator[str]:
    written = sum(each.event.version is not None for each in promotion.then.entries(Written)) - 1
    yield f"- {counted(written, 'candidate')} written so far, {duration(packet.seconds)} of work."
    if packet.evaluations:
        yield f"- {number(packet.evaluations)} evaluations asked for by this one's author."
    if tokens := promotion.then.used("tokens"):
        yield f"- {number(tokens)} tokens of language models so far."


def _contract(packet: Packet, typed: str) -> Iterator[str]:
    for name, lines in packet.contract.items():
        told = [f"- {code(each)}" for each in lines[:LINES]] or ["- nothing"]
        if len(lines) > LINES:
            more = code(f"successor status {typed} --json")
            told.append(f"- {len(lines) - LINES} more: {more}")
        listed = "\n".join(told)
        yield f"{name.capitalize()}: {MEANINGS[name]}\n\n{listed}"
    if not packet.contract:
        yield "The subject of this lab says nothing about that."


def _deciders(promotion: Promotion) -> Iterator[str]:
    made = promotion.decided.event.decision
    yield f"- Decided by {code(made.by)}: {code(made.reason)}"
    for key, _ in promotion.approvals:
        yield f"- Signed by {code(key.comment)}, key {code(key.fingerprint)}"
    if not promotion.approvals:
        yield "- No person signed it."


def _verifying(promotion: Promotion, typed: str) -> Iterator[str]:
    name, then = promotion.version.id, promotion.then
    yield "With a copy of the lab's record:"
    commands = (
        f"successor audit {typed}",
        f"successor replay {typed} {name[:12]}",
        f"successor attest {typed} {name[:12]} --unsigned",
    )
    yield block(commands, "console")
    files = [f"{digest}  {line(path)}" for path, digest in sorted(promotion.version.files.items())]
    yield f"Files of the version, by SHA-256:\n\n{block(files[:LINES])}"
    if len(files) > LINES:
        yield f"{len(files) - LINES} more files are named by the attestation."
    yield (
        f"Evidence {code(promotion.evidence)}; record {code(then.identity)}, of which the first "
        f"{counted(then.head.size, 'event')} have the head {code(then.head.root)}; kernel "
        f"{code(promotion.judged.event.kernel)}."
    )
