from dataclasses import dataclass, replace

import pytest

from successor.errors import UsageError
from successor.judge.simulated import SimulatedRecord
from successor.oversight import (
    BaseCases,
    Policy,
    PolicyOverseer,
    Stage,
    require_bound,
    require_measurable,
)
from successor.types import Counts, Digest, Draw, Exam, Slice, Stop, Verdict, Version

BETTER = Verdict(
    "c", "i", "better", 50.0, 41.0, 0.4, (0.2, 0.6), 300, 7, "61.0% right against 12.0%"
)


def measure(exam: Exam) -> dict[str, float]:
    return {"horizon": max(part.size for part in exam.slices if part.mean > 0.5)}


@dataclass(frozen=True)
class Bounded(BaseCases):
    """Base cases with the bound that every lab needs."""

    generations: int | None = 100


def overseer(cases: BaseCases | None = None) -> PolicyOverseer:
    return PolicyOverseer(Policy(), cases or Bounded(), measure)


def confirmed(found: SimulatedRecord, counts: Counts, share: float) -> SimulatedRecord:
    """The same record once its incumbent was asked anew: the share is of the largest size."""
    *easy, (largest, items) = counts
    parts = [Slice(name, float(name), (1.0,) * count) for name, count in easy]
    scores = tuple(float(k < share * items) for k in range(items))
    asked = (*parts, Slice(largest, float(largest), scores))
    exam = Exam(found.line[-1].id, Draw("confirmation", 2, counts), asked)
    found.confirmations[found.line[-1].id] = exam
    return found


def record(*easy: float, over: tuple[Digest | None, ...] = ()) -> SimulatedRecord:
    """Versions by their share right on a slice of size 4; all are right on size 2."""
    found = SimulatedRecord(over=list(over))
    for place, mean in enumerate(easy):
        version = Version(str(place), {}, (), "a")
        found.line.append(version)
        scores = tuple(float(k < 100 * mean) for k in range(100))
        parts = (Slice("2", 2, (1.0,) * 10), Slice("4", 4, scores))
        found.exams[version.id] = Exam(version.id, Draw("training", 1, ()), parts)
    return found


@pytest.mark.parametrize(
    ("stage", "outcome"), [(1, "waiting"), (2, "waiting"), (3, "waiting"), (4, "promoted")]
)
def test_only_the_closed_stage_promotes_by_policy(stage: Stage, outcome: str):
    decision = Policy(stage).decide(BETTER)
    assert decision.outcome == outcome
    assert BETTER.reason in decision.reason
    assert f"stage {stage}" in decision.by


@pytest.mark.parametrize("stage", [1, 2, 3, 4])
@pytest.mark.parametrize(
    "verdict",
    [
        replace(BETTER, outcome="not better"),
        replace(BETTER, outcome="unclear"),
        replace(BETTER, regressions=("3",)),
        replace(BETTER, e_value=40.9),
    ],
)
def test_nothing_short_of_better_passes_at_any_stage(stage: Stage, verdict: Verdict):
    assert Policy(stage).decide(verdict).outcome == "rejected"


@pytest.mark.parametrize("stage", [1, 2, 3, 4])
def test_what_was_seen_where_nothing_holds_is_promoted_at_no_stage(stage: Stage):
    seen = SimulatedRecord(unheld_in={BETTER.candidate: ("rlimits",)})
    for record, outcome in ((seen, "rejected"), (SimulatedRecord(), Policy(stage).decide(BETTER))):
        decision = PolicyOverseer(Policy(stage), Bounded(), measure).decide(BETTER, record)
        assert decision.outcome == (outcome if isinstance(outcome, str) else outcome.outcome)
    told = Policy(stage).decide(BETTER, ("rlimits", "container")).reason
    assert told.startswith(
        "judged in a sandbox that does not hold: rlimits, container; never promoted"
    )
    assert BETTER.reason in told


def test_a_tripwire_quarantines_whatever_else_was_found():
    decision = Policy().decide(replace(BETTER, tripwires=("collapse: 3% right",)))
    assert decision.outcome == "quarantined"
    assert "collapse: 3% right" in decision.reason


@pytest.mark.parametrize(
    "cases",
    [
        BaseCases(),
        BaseCases(target=("horizon", 64.0)),
        BaseCases(plateau=3),
        BaseCases(target=("horizon", 64.0), plateau=3),
        BaseCases(examples=1000, tokens=1000),
    ],
)
def test_a_recursion_that_nothing_has_to_end_is_refused(cases: BaseCases):
    with pytest.raises(UsageError) as refused:
        PolicyOverseer(Policy(), cases, measure)
    told = str(refused.value)
    assert "def add(a, b): return add(a, b)" in told
    assert "[base_cases]" in told
    assert "successor.toml" in told


def test_a_wall_clock_or_a_number_of_generations_is_a_bound():
    require_bound(BaseCases(wall_clock_s=60))
    require_bound(BaseCases(generations=1))


def test_nothing_met_goes_on():
    assert overseer(Bounded(plateau=2)).base_case(record(0.9)) is None
    assert overseer(Bounded(plateau=2)).base_case(SimulatedRecord()) is None


def test_the_wall_clock_is_urgent():
    found = record(0.9)
    found.seconds = 60.0
    seen = overseer(Bounded(wall_clock_s=60.0))
    stop = seen.urgent(found)
    assert stop == seen.base_case(found)
    assert stop
    assert (stop.base_case, stop.reason) == ("wall_clock", "worked 60 s of the 60 s allowed")
    assert overseer(Bounded(wall_clock_s=60.1)).urgent(found) is None


def test_generations_count_those_that_are_over():
    assert overseer(Bounded(generations=3)).base_case(record(0.9, over=("1", None))) is None
    stop = overseer(Bounded(generations=3)).base_case(record(0.9, over=("1", None, None)))
    assert stop
    assert stop.base_case == "generations"


@pytest.mark.parametrize(
    ("over", "met"),
    [
        ((None,), False),
        ((None, None), True),
        (("1", None), False),
        (("1", None, None), True),
        ((None, None, "1"), False),
    ],
)
def test_a_plateau_is_so_many_generations_in_a_row(over: tuple[Digest | None, ...], *, met: bool):
    stop = overseer(Bounded(plateau=2)).base_case(record(0.9, over=over))
    assert (stop is not None and stop.base_case == "plateau") == met


def test_examples_and_tokens_are_used_up():
    found = record(0.9)
    found.used_figures = {"examples": 999.0, "tokens": 5000.0}
    assert overseer(Bounded(examples=1000)).base_case(found) is None
    stop = overseer(Bounded(tokens=5000)).base_case(found)
    assert stop
    assert stop.reason == "used 5,000 of 5,000 tokens"


def test_a_target_is_reached():
    assert overseer(Bounded(target=("horizon", 4.0))).base_case(record(0.4)) is None
    stop = overseer(Bounded(target=("horizon", 4.0))).base_case(record(0.9))
    assert stop
    assert (stop.base_case, stop.needs_human) == ("target", False)
    assert overseer(Bounded(target=("horizon", 4.0))).to_confirm(record(0.9)) == ()


def test_a_target_counts_once_it_is_confirmed_on_fresh_items():
    seen = overseer(Bounded(target=("horizon", 4.0), confirm=50))
    assert seen.to_confirm(record(0.4)) == ()
    due = (("2", 50), ("4", 50))
    assert seen.to_confirm(record(0.9)) == due
    assert seen.base_case(record(0.9)) is None, "not before it is confirmed"
    held = confirmed(record(0.9), due, 0.8)
    assert seen.to_confirm(held) == ()
    stop = seen.base_case(held)
    assert stop
    assert "at least 80% right on 50 fresh items per size" in stop.reason
    lost = confirmed(record(0.9), due, 0.3)
    assert seen.to_confirm(lost) == (), "nor is it asked again"
    assert seen.base_case(lost) is None


def test_a_higher_target_is_confirmed_anew_and_easier_slices_of_a_size_are_not_asked():
    found = confirmed(record(0.9), (("2", 50),), 1.0)
    assert overseer(Bounded(target=("horizon", 2.0), confirm=50)).to_confirm(found) == ()
    higher = overseer(Bounded(target=("horizon", 4.0), confirm=50))
    assert higher.to_confirm(found) == (("2", 50), ("4", 50))
    exam = found.exams["0"]
    special = Slice("4 carries", 4, (1.0,) * 10)
    found.exams["0"] = replace(exam, slices=(*exam.slices, special))
    assert higher.to_confirm(found) == (("2", 50), ("4", 50))


def test_a_target_that_nothing_measures_is_a_usage_error():
    with pytest.raises(UsageError, match="'beauty': not measured here; there is: horizon"):
        overseer(Bounded(target=("beauty", 1.0))).base_case(record(0.9))


def test_a_target_that_no_exam_can_come_to_is_refused_beforehand():
    perfect = record(1.0).exams["0"]
    with pytest.raises(UsageError, match=r"horizon=4\.5': cannot be reached: .* measure 4 at most"):
        require_measurable(Bounded(target=("horizon", 4.5)), perfect, measure)
    with pytest.raises(UsageError, match="'beauty': not measured here; there is: horizon"):
        require_measurable(Bounded(target=("beauty", 0.1)), perfect, measure)
    require_measurable(Bounded(target=("horizon", 4.0)), perfect, measure)
    require_measurable(Bounded(), perfect, measure)


def test_collapse_of_what_the_first_version_mastered_asks_for_a_human():
    assert overseer().base_case(record(1.0, 0.95)) is None
    stop = overseer().base_case(record(1.0, 0.95, 0.5))
    assert stop
    assert (stop.base_case, stop.needs_human) == ("collapse", True)
    assert overseer().base_case(record(0.9, 0.1)) is None, "it was never mastered"
    assert overseer(Bounded(floor=0.0)).base_case(record(1.0, 0.0)) is None


def test_a_pause_comes_before_everything_else():
    found = record(0.9)
    found.held_by = "paused by ada"
    held = overseer(Bounded(target=("horizon", 4.0), confirm=50))
    assert held.to_confirm(found) == ()
    assert held.base_case(found) == Stop("paused", "paused by ada", needs_human=True)
