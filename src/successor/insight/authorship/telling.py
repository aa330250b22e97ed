"""What `successor authorship` says: as JSON, and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from successor.insight.authorship.kinds import AI, KINDS, Kind
from successor.insight.authorship.lines import Standing
from successor.insight.authorship.measured import WARNING, Authorship, Period, Tally
from successor.insight.authorship.record import LabAuthorship
from successor.insight.report.html import counted, number


def as_json(found: Authorship) -> dict[str, object]:
    """Of a repository."""
    whole = _whole(found)
    return {
        "kind": "repository",
        "revision": found.revision,
        "changes": {kind: whole[kind].changes for kind in KINDS},
        "lines_added": {kind: whole[kind].added for kind in KINDS},
        "surviving_lines": dict(found.surviving.lines),
        "ai_share_of_changes": _share(_changes(whole)),
        "ai_share_of_lines_added": _share(_added(whole)),
        "ai_share_of_surviving_lines": _share(found.surviving.lines),
        "files_read": found.surviving.files,
        "files": found.surviving.of,
        "periods": [_period(name, period) for name, period in found.periods.items()],
        "warning": WARNING,
    }


def _period(name: str, period: Period) -> dict[str, object]:
    changes, added = _changes(period.kinds), _added(period.kinds)
    days = len(period.days)
    return {
        "name": name,
        "changes": changes,
        "ai_share_of_changes": _share(changes),
        "ai_share_of_lines_added": _share(added),
        "person_days": days,
        "changes_per_person_day": _counted(changes) / days if days else None,
        "lines_per_person_day": _counted(added) / days if days else None,
    }


def _whole(found: Authorship) -> dict[Kind, Tally]:
    whole: dict[Kind, Tally] = {kind: Tally() for kind in KINDS}
    for period in found.periods.values():
        for kind, tally in period.kinds.items():
            whole[kind].changes += tally.changes
            whole[kind].added += tally.added
            whole[kind].removed += tally.removed
    return whole


def _changes(tallies: Mapping[Kind, Tally]) -> Mapping[Kind, int]:
    return {kind: tally.changes for kind, tally in tallies.items()}


def _added(tallies: Mapping[Kind, Tally]) -> Mapping[Kind, int]:
    return {kind: tally.added for kind, tally in tallies.items()}


def _share(counts: Mapping[Kind, int]) -> float | None:
    """Of AI, among all but other bots."""
    whole = _counted(counts)
    return sum(counts[kind] for kind in AI) / whole if whole else None


def _counted(counts: Mapping[Kind, int]) -> int:
    return sum(count for kind, count in counts.items() if kind != "automation")


def lines(found: Authorship) -> Iterator[str]:
    """Of a repository, for a person to read."""
    whole, survived = _whole(found), found.surviving
    yield f"{'written by':14}{'changes':>10}{'lines added':>14}{'surviving':>12}"
    for kind in KINDS:
        tally = whole[kind]
        yield f"{kind:14}{tally.changes:>10,}{tally.added:>14,}{survived.lines[kind]:>12,}"
    shares = _changes(whole), _added(whole), survived.lines
    yield "{:14}{:>10}{:>14}{:>12}".format("share of AI", *map(_percent, map(_share, shares)))
    yield ""
    yield f"{'quarter':10}{'AI':>8}{'person-days':>13}{'changes a day':>15}{'lines a day':>13}"
    for name, period in found.periods.items():
        told = _period(name, period)
        by_day = [told["changes_per_person_day"], told["lines_per_person_day"]]
        shown = [number(each) if isinstance(each, float) else "–" for each in by_day]
        share = _percent(_share(_changes(period.kinds)))
        yield f"{name:10}{share:>8}{len(period.days):>13,}{shown[0]:>15}{shown[1]:>13}"
    yield ""
    if survived.files < survived.of:
        yield (
            f"Surviving lines are of {survived.files:,} of {survived.of:,} files, drawn by chance: "
            "--seconds gives it longer."
        )
    yield "A day of a person is one on which an address wrote a change, alone or with AI."
    yield f"{WARNING}."


def lab_json(found: LabAuthorship) -> dict[str, object]:
    """Of a lab."""
    promoted = sum(found.promotions.values())
    return {
        "kind": "record",
        "promotions": found.promotions,
        "candidates": found.written,
        "surviving_lines": {kind: found.standing.lines.get(kind, 0) for kind in KINDS},
        "given_lines": found.standing.given,
        "ai_share_of_promotions": _share(found.promotions),
        "ai_share_of_surviving_lines": _share_of_lines(found.standing),
        "reviews": found.reviews,
        "review_minutes": found.review_minutes,
        "review_minutes_per_promotion": found.review_minutes / promoted if promoted else None,
        "work_minutes": found.work_minutes,
        "warning": WARNING,
    }


def lab_lines(found: LabAuthorship) -> Iterator[str]:
    """Of a lab, for a person to read."""
    lines = found.standing.lines
    yield f"{'written by':14}{'candidates':>12}{'promoted':>10}{'surviving lines':>17}"
    for kind in KINDS[:-1]:
        counts = f"{found.written[kind]:>12,}{found.promotions[kind]:>10,}{lines.get(kind, 0):>17,}"
        yield f"{kind:14}{counts}"
    if found.standing.files:
        yield f"{'at the start':14}{'':22}{found.standing.given:>17,}"
    shares = _percent(_share(found.promotions)), _percent(_share_of_lines(found.standing))
    yield f"{'share of AI':14}{'':12}{shares[0]:>10}{shares[1]:>17}"
    yield ""
    yield review_line(found)
    if found.standing.files:
        yield f"{WARNING}."


def _share_of_lines(found: Standing) -> float | None:
    """Of AI, among all that the version in charge has."""
    whole = sum(found.lines.values()) + found.given
    return sum(found.lines.get(kind, 0) for kind in AI) / whole if whole else None


def review_line(found: LabAuthorship) -> str:
    """What people's reviews took, beside the machine's work."""
    worked = f"the machine worked {found.work_minutes:.3g} minutes."
    if not found.reviews:
        return f"Nobody was asked to review; {worked}"
    promoted = sum(found.promotions.values())
    each = f", {found.review_minutes / promoted:.3g} for each promotion" if promoted else ""
    return (
        f"{counted(found.reviews, 'review')} took people {found.review_minutes:.3g} minutes{each}; "
        f"{worked}"
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
