"""What ends the recursion. A lab in which nothing has to is refused before it starts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from successor.errors import UsageError
from successor.types import Counts, Exam, Record, Stop

Measure: TypeAlias = Callable[[Exam], Mapping[str, float]]
"""What an exam says about a version, by name of the metric; higher is better."""


@dataclass(frozen=True)
class BaseCases:
    """When to stop. None switches one off."""

    target: tuple[str, float] | None = None
    """(metric, value): the goal, reached when the incumbent's exam measures at least this."""
    confirm: int = 0
    """Fresh items per size on which a target must be reached again; 0 takes the exam's word."""
    wall_clock_s: float | None = None
    """Working time over all sessions of the lab, in seconds."""
    generations: int | None = None
    """Generations over all sessions."""
    plateau: int | None = None
    """Generations in a row without a promotion."""
    examples: int | None = None
    """Examples trained on, over all drafts, as their authors report them."""
    tokens: int | None = None
    """Tokens trained on or generated, over all drafts, as their authors report them; those of
    language models as they were counted, whoever asked.
    """
    cpu_s: float | None = None
    """CPU seconds of the run and of all that comes of it, over all sessions."""
    usd: float | None = None
    """Dollars for language models as they were counted, or as authors report if that is more."""
    disk_bytes: int | None = None
    """What the record may take."""
    floor: float = 0.9
    """Collapse: the share of right items, on what the first version mastered, below which the
    incumbent must not fall. In [0, 1]; 0 switches it off."""


_REFUSAL = """\
nothing has to end this recursion. It would go on forever, as this function does:

    def add(a, b): return add(a, b)

A target may never be reached, and a plateau never comes as long as versions keep being promoted.
Give it a bound that must be hit. Add to successor.toml:

    [base_cases]
    wall_clock = "30m"    # or: generations = 20"""


def require_bound(cases: BaseCases) -> None:
    """Refuse a recursion that nothing has to end.

    Wall clock and generations end it whatever happens. Nothing else has to: a target may be out
    of reach; a plateau does not come while versions are promoted, rightly or by one of the false
    promotions that the error budget allows, and these alone can go on for ever; examples and
    tokens are what authors report, and one that reports none would use none up.

    Raises:
        UsageError: when there is neither a wall clock nor a number of generations.
    """
    if cases.wall_clock_s is None and cases.generations is None:
        raise UsageError(_REFUSAL)


def require_measurable(cases: BaseCases, perfect: Exam, measure: Measure) -> None:
    """Refuse a target that no exam can ever measure.

    Args:
        perfect: an exam of all that the subject's exams ask, with everything right.

    Raises:
        UsageError: when it names what is not measured, or asks for more than can be.
    """
    if cases.target is None:
        return
    metric, wanted = cases.target
    if not reached(cases.target, perfect, measure):
        most = measure(perfect)[metric]
        raise UsageError(
            f"target = '{metric}={wanted:.15g}': cannot be reached: exams of this subject measure "
            f"{most:.6g} at most"
        )


def wall_clock(cases: BaseCases, record: Record) -> Stop | None:
    """Whether the working time is used up."""
    limit, spent = cases.wall_clock_s, record.spent_s()
    if limit is None or spent < limit:
        return None
    return Stop("wall_clock", f"worked {spent:,.0f} s of the {limit:,.0f} s allowed")


def generations(cases: BaseCases, record: Record) -> Stop | None:
    """Whether the last generation allowed is over."""
    done = len(record.generations())
    if cases.generations is None or done < cases.generations:
        return None
    return Stop("generations", f"{done} of {cases.generations} generations are done")


def plateau(cases: BaseCases, record: Record) -> Stop | None:
    """Whether the last generations have all gone by without a promotion or a rollback."""
    last = record.generations()[-cases.plateau :] if cases.plateau else ()
    if not last or len(last) < (cases.plateau or 0) or any(last):
        return None
    return Stop("plateau", f"no version was promoted in the last {len(last)} generations")


def consumption(cases: BaseCases, record: Record) -> Stop | None:
    """Whether the examples or the tokens are used up."""
    return _used_up("examples", cases.examples, record) or _used_up("tokens", cases.tokens, record)


def measured(cases: BaseCases, record: Record) -> Stop | None:
    """Whether CPU time, disk, or what language models cost is used up.

    Tokens count here where models were asked: those that are trained on are known between drafts.
    """
    if (limit := cases.cpu_s) is not None and (used := record.used("cpu_s")) >= limit:
        return Stop("cpu", f"used {used:,.0f} s of CPU time of the {limit:,.0f} s allowed")
    if (limit := cases.usd) is not None and (used := record.used("usd")) >= limit:
        return Stop("usd", f"spent ${used:,.4f} of ${limit:,.15g}")
    if cases.usd is not None and (calls := record.used("unpriced_calls")):
        told = "give one in [author] or [subject], or bound tokens"
        return Stop("usd", f"nobody knows the price of {calls:,.0f} calls: {told}")
    if record.used("model_tokens") and (stop := _used_up("tokens", cases.tokens, record)):
        return stop
    return disk(cases, record)


def disk(cases: BaseCases, record: Record) -> Stop | None:
    """Whether the record takes all that it may."""
    limit = cases.disk_bytes
    if limit is None or (used := record.used("disk_bytes")) < limit:
        return None
    return Stop("disk", f"the record takes {used:,.0f} bytes of the {limit:,} allowed")


def _used_up(figure: str, limit: int | None, record: Record) -> Stop | None:
    if limit is None or (used := record.used(figure)) < limit:
        return None
    return Stop(figure, f"used {used:,.0f} of {limit:,} {figure}")


def collapse(cases: BaseCases, record: Record, mastery: float) -> Stop | None:
    """Whether the incumbent has lost what the first version mastered.

    The judge rules out large losses in one generation; this sees what small ones add up to.
    """
    incumbent = record.incumbent()
    if incumbent is None:
        return None
    first, now = record.exam(record.lineage(incumbent.id)[0].id), record.exam(incumbent.id)
    if first is None or now is None:
        return None
    held = {part.name for part in first.slices if part.mean >= mastery}
    scores = [score for part in now.slices if part.name in held for score in part.scores]
    if not scores or (right := sum(scores) / len(scores)) >= cases.floor:
        return None
    told = f"{100 * right:.1f}% right on what the first version mastered"
    return Stop("collapse", f"{told}, below the floor of {100 * cases.floor:g}%", needs_human=True)


def to_confirm(cases: BaseCases, record: Record, measure: Measure) -> Counts:
    """What the incumbent has to be asked, unseen, because its own exam says the goal is reached.

    Nothing, when that is on record. For a target of size, so many items of every size up to the
    first that is at least the target: of each size the slice that the exam names first, which is
    the plain one. For any other, an exam as its own was, on other items.
    """
    incumbent = record.incumbent()
    exam = record.exam(incumbent.id) if incumbent else None
    if incumbent is None or exam is None or cases.target is None or not cases.confirm:
        return ()
    if not reached(cases.target, exam, measure):
        return ()
    due = _up_to(cases.target[1], exam, cases.confirm)
    if "horizon" not in cases.target[0]:
        due = exam.draw.counts
    known = record.confirmation(incumbent.id)
    return () if known and known.draw.counts == due else due


def _up_to(size: float, exam: Exam, items: int) -> Counts:
    plain: dict[float, str] = {}
    for part in exam.slices:
        plain.setdefault(part.size, part.name)
    last = min((each for each in plain if each >= size), default=max(plain))
    return tuple((plain[each], items) for each in sorted(plain) if each <= last)


def target(cases: BaseCases, record: Record, measure: Measure) -> Stop | None:
    """Whether the incumbent has reached the goal, and holds it on items nobody has seen.

    Raises:
        UsageError: when the exam does not measure what the target names.
    """
    incumbent = record.incumbent()
    exam = record.exam(incumbent.id) if incumbent else None
    if cases.target is None or incumbent is None or exam is None:
        return None
    if not reached(cases.target, exam, measure):
        return None
    told = f"the goal was {cases.target[1]:,.4g}"
    if cases.confirm:
        fresh = record.confirmation(incumbent.id)
        if fresh is None or not reached(cases.target, fresh, measure):
            return None
        told += _confirmed(cases.target[0], fresh, measure)
    metric = cases.target[0]
    return Stop("target", f"{metric} is {measure(exam)[metric]:,.4g}; {told}")


def _confirmed(metric: str, fresh: Exam, measure: Measure) -> str:
    if "horizon" not in metric:
        return f"; on fresh items it is {measure(fresh)[metric]:,.4g}"
    least = min(part.mean for part in fresh.slices)
    items = min(len(part.scores) for part in fresh.slices)
    return f"; at least {100 * least:.4g}% right on {items:,} fresh items per size"


def reached(target: tuple[str, float], exam: Exam, measure: Measure) -> bool:
    """Whether an exam measures at least the target.

    Raises:
        UsageError: when it does not measure what the target names.
    """
    metric, wanted = target
    measured = measure(exam)
    if metric not in measured:
        known = ", ".join(sorted(measured))
        raise UsageError(f"target = {metric!r}: not measured here; there is: {known}")
    return measured[metric] >= wanted
