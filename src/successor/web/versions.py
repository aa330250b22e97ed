"""Every version, and one of them with all that is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from shlex import quote
from typing import Any

from starlette.requests import Request

from successor.errors import UsageError
from successor.insight.difference import differences, shown, tallied
from successor.insight.report.charge import Back
from successor.insight.visible import visible
from successor.judge.course import course
from successor.ledger import HUMAN, Examined, Judged, Reviewed, SessionStarted, Written
from successor.oversight import adopted
from successor.showing.following import Sight
from successor.showing.proposal import FILES, LONGEST
from successor.showing.tree import Leaf
from successor.types import Digest, Figures, Version
from successor.web.review import MOST_LINES, evidence, whole
from successor.web.seat import Seat

OUTCOMES = ("first", "promoted", "rejected", "quarantined", "waiting", "rolled back", "open")


def lineage(seat: Seat, _: Request) -> dict[str, Any]:
    """All versions, in columns: ten thousand of them are a page, too."""
    return seat.view("lineage", _lineage) or {"ids": []}


def _lineage(sight: Sight) -> dict[str, Any]:
    tree, incumbent = sight.tree, sight.ledger.incumbent()
    leaves, revoked = [*tree.leaves.values()], tree.revoked()
    place = {leaf.version.id: at for at, leaf in enumerate(leaves)}
    authors = dict.fromkeys(visible(leaf.version.author) for leaf in leaves)
    number = {name: at for at, name in enumerate(authors)}
    named = next((name for leaf in leaves for name in leaf.measured), "")
    return {
        "ids": [leaf.version.id[:16] for leaf in leaves],
        "parents": [place.get(next(iter(leaf.version.parents), ""), -1) for leaf in leaves],
        "generations": [leaf.generation for leaf in leaves],
        "outcomes": [OUTCOMES.index(tree.outcome(leaf, revoked)) for leaf in leaves],
        "outcome_names": OUTCOMES,
        "authors": [number[visible(leaf.version.author)] for leaf in leaves],
        "author_names": [*authors],
        "human": [name.startswith(HUMAN) for name in authors],
        "scores": [None if (s := leaf.score) is None else float(f"{s:.4g}") for leaf in leaves],
        "times": [round(leaf.time) for leaf in leaves],
        "measure": named,
        "incumbent": place.get(incumbent.id, -1) if incumbent else -1,
        "rollbacks": [_back(each) for each in tree.charge.told()],
    }


def _back(found: Back) -> dict[str, Any]:
    event = found.entry.event
    return {
        "version": event.version,
        "by": visible(event.by),
        "reason": visible(event.reason),
        "time": found.entry.time,
        "out": [*found.out_of_charge],
        "revoked": [*found.revoked],
    }


@dataclass(frozen=True)
class Changed:
    """A version beside its parent."""

    lines: tuple[str, ...]
    files: tuple[tuple[str, int, int], ...]
    """Name, lines that came in, lines that went out."""


def version(seat: Seat, request: Request) -> dict[str, Any]:
    """One version: its difference to its parent, its evidence, who wrote it and how.

    Raises:
        UsageError: when there is none of that id.
        RecordError: when an object is missing or damaged.
    """
    sight, leaf = _named(seat, request)
    changed = _changed(seat, sight, leaf.version, request)
    return {
        **_known(seat, sight, leaf),
        "beside": "first" if _beside_first(request) else "parent",
        "lines": changed.lines[:LONGEST],
        "total": len(changed.lines),
        "files": [
            {"name": name, "added": into, "removed": out}
            for name, into, out in changed.files[:FILES]
        ],
        "files_left_out": max(0, len(changed.files) - FILES),
    }


def lines(seat: Seat, request: Request) -> dict[str, Any]:
    """More of the difference."""
    sight, leaf = _named(seat, request)
    changed, begin = _changed(seat, sight, leaf.version, request), whole(request, "from")
    return {"lines": changed.lines[begin : begin + MOST_LINES], "total": len(changed.lines)}


def _named(seat: Seat, request: Request) -> tuple[Sight, Leaf]:
    sight = seat.follower.see()
    if sight is None:
        raise UsageError("nothing is on record yet")
    name = sight.ledger.named(request.query_params.get("id", ""))
    return sight, sight.tree.leaves[name]


def _beside_first(request: Request) -> bool:
    """Whether all that came since the first version is asked for, not the last step alone."""
    return request.query_params.get("beside") == "first"


def _changed(seat: Seat, sight: Sight, found: Version, request: Request) -> Changed:
    whole_line = _beside_first(request)

    def read() -> Changed:
        parent = next(iter(found.parents), None)
        before = Version(Digest(), {}, (), "")
        if parent:
            before = sight.ledger.lineage(parent)[0 if whole_line else -1]
        changes = tuple(differences(sight.ledger, before, found))
        files = tuple((visible(each.name), *tallied(each)) for each in changes)
        return Changed(tuple(shown(changes)), files)

    return seat.once(f"change {found.id} {whole_line}", read)


def _known(seat: Seat, sight: Sight, leaf: Leaf) -> dict[str, Any]:
    ledger, found = sight.ledger, leaf.version
    incumbent, law = ledger.incumbent(), adopted(ledger)
    in_charge = incumbent is not None and incumbent.id == found.id
    parent = next(iter(found.parents), None)
    verdict, made = leaf.verdict, leaf.decision
    return {
        "version": found.id,
        "parent": parent,
        "author": visible(found.author),
        "generation": leaf.generation,
        "attempt": leaf.attempt,
        "time": leaf.time,
        "measured": leaf.measured,
        "outcome": sight.tree.outcome(leaf, sight.tree.revoked()),
        "in_charge": in_charge,
        "decision": {"by": visible(made.by), "reason": visible(made.reason)} if made else None,
        "verdict": evidence(verdict) if verdict else None,
        "course": [*_course(sight, leaf)],
        "slices": [*_slices(sight, found.id, parent)],
        **_provenance(sight, leaf),
        "replay": f"successor replay {quote(seat.name)} {found.id[:12]}"
        if leaf.promoted_at is not None and found.parents
        else None,
        "can_roll_back": found.id in sight.tree.charge.promoted and not in_charge,
        "people": [visible(each.name) for each in law.charter.rules.people] if law else [],
    }


def _course(sight: Sight, leaf: Leaf) -> Iterator[dict[str, Any]]:
    named = leaf.verdict.evidence if leaf.verdict else None
    for each in course(sight.ledger.object(named)) if named else ():
        told = {"question": visible(each.question), "items": each.items}
        yield {**told, "told": visible(each.told)}


def _slices(sight: Sight, name: Digest, parent: Digest | None) -> Iterator[dict[str, Any]]:
    exam = sight.ledger.exam(name)
    before = sight.ledger.exam(parent) if parent else None
    old = {part.name: part.mean for part in before.slices} if before else {}
    for part in exam.slices if exam else ():
        yield {"slice": visible(part.name), "score": part.mean, "parent": old.get(part.name)}


def _provenance(sight: Sight, leaf: Leaf) -> dict[str, Any]:
    """Which events tell of it, in which session it was written, and who looked at it."""
    name, session, figures = leaf.version.id, None, dict[str, Any]()
    events, reviews, kernel = list[dict[str, Any]](), list[dict[str, Any]](), None
    for entry in sight.ledger.entries():
        event = entry.event
        match event:
            case SessionStarted():
                session = event if entry.seq <= leaf.seq else session
                continue
            case Written(version=Version(id=about)):
                if entry.seq == leaf.seq:
                    figures = _figures(event.figures)
            case Judged():
                about = event.verdict.candidate
                kernel = event.kernel if about == name else kernel
            case Examined(version=about):
                pass
            case Reviewed(candidate=about):
                if about == name:
                    told = {"by": visible(event.by), "choice": event.choice, "time": entry.time}
                    reviews.append({**told, "reason": visible(event.reason)})
            case _:
                continue
        if about == name:
            events.append({"seq": entry.seq, "kind": type(event).__name__, "time": entry.time})
    author = session.settings.get("author") if session else None
    return {
        "figures": figures,
        "events": events,
        "reviews": reviews,
        "kernel": kernel,
        "host": _figures(session.host) if session else {},
        "settings": visible(str(author)) if author else None,
    }


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        visible(name): visible(value) if isinstance(value, str) else value
        for name, value in figures.items()
    }
