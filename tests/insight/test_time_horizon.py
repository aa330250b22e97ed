"""METR's time horizon: its published figures, its weights, its fit, its bootstrap."""

from __future__ import annotations

import csv
import math
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize

from successor.errors import UsageError
from successor.insight.horizon.agents import Agent, Estimate, fitted, sums
from successor.insight.horizon.bootstrap import horizons, resampled, task_counts
from successor.insight.horizon.measured import Asked, measured
from successor.insight.horizon.rows import Columns, read_rows
from successor.insight.horizon.runs import HackPolicy, Run, Runs, Task
from successor.insight.horizon.trend import state_of_the_art, trend, within
from successor.insight.logistic import fit, size_at

METR = Path(__file__).parent / "data" / "metr"


def metr() -> Runs:
    runs = Runs()
    read_rows(METR / "runs.csv", Columns(), runs)
    return runs


def drawn(rng: np.random.Generator, middle: float, slope: float, agent: str = "a") -> list[Run]:
    found = list[Run]()
    for family in range(12):
        for task in range(6):
            size = float(2 ** rng.uniform(-2, 10))
            rate = 1 / (1 + (size / middle) ** (slope / math.log(2)))
            name = f"{family}/{task}"
            found += [
                Run(agent, name, str(family), size, float(rng.random() < rate)) for _ in range(8)
            ]
    return found


def table(rows: list[Run]) -> Runs:
    runs = Runs()
    for row in rows:
        runs.add(row)
    return runs


@pytest.mark.parametrize(
    ("name", "since", "until", "days", "models"),
    [
        ("1_1", "2023-01-01", None, 130.801, 11),
        ("1_1", None, None, 196.475, 14),
        ("1_0", None, "2025-02-25", 212.176, 11),
        ("1_0", "2023-01-01", None, 165.251, 14),
    ],
)
def test_the_published_doubling_times_come_of_the_published_tables(
    name: str, since: str | None, until: str | None, days: float, models: int
):
    day = date.fromisoformat
    asked = Asked(since=day(since) if since else None, until=day(until) if until else None)
    found = measured([METR / f"benchmark_results_{name}.yaml"], asked).trend
    assert found.doubling is not None
    assert round(found.doubling, 3) == days
    assert len(found.agents) == models
    assert found.interval is not None
    assert (found.interval[0] or 0) < days < (found.interval[1] or 0)


def test_the_weights_are_those_of_the_file():
    with (METR / "runs.csv").open(encoding="utf-8") as file:
        told = {(r["alias"], r["task_id"]): r["invsqrt_task_weight"] for r in csv.DictReader(file)}
    cells = metr().cells("fail")
    for agent, rows in cells.items():
        assert math.fsum(cell.weight * cell.runs.count for cell in rows) == pytest.approx(1)
        for cell in rows:
            assert abs(cell.weight - float(told[agent, cell.task.name])) < 1e-9
    assert sum(len(rows) for rows in cells.values()) == len(told)


@pytest.mark.parametrize(
    ("penalty", "intercept", "slope"),
    # Of scikit-learn 1.9.1: LogisticRegression(C=1 / penalty, solver="newton-cholesky", tol=1e-13)
    # on the same rows and weights.
    [
        (1e-5, 4.195276304225218, -0.4259821490291247),
        (0.1, 3.795440276854099, -0.37278497145184253),
    ],
)
def test_the_fit_is_that_of_scikit_learn(penalty: float, intercept: float, slope: float):
    x, right, wrong = sums(metr().cells("fail")["human"])
    b0, b1 = fit(x, right[None, :], wrong[None, :], penalty)
    assert b0[0] == pytest.approx(intercept, abs=1e-9)
    assert b1[0] == pytest.approx(slope, abs=1e-9)


def test_every_sample_of_a_bootstrap_is_at_its_own_optimum():
    rng = np.random.default_rng(8)
    runs = table(drawn(rng, 30.0, 0.6))
    cells = runs.cells("fail")["a"]
    x = np.log2([cell.task.size for cell in cells])
    times = task_counts([cell.task for cell in cells], 20, rng)
    right, wrong = resampled(cells, times, rng)
    b0, b1 = fit(x, right, wrong, 1e-5)
    for at in range(20):

        def loss(b: np.ndarray, at: int = at) -> float:
            line = b[0] + b[1] * x
            losses = right[at] * np.logaddexp(0, -line) + wrong[at] * np.logaddexp(0, line)
            return float(losses.sum()) + 0.5e-5 * float(b[1]) ** 2

        best = minimize(loss, [0.0, 0.0], method="BFGS", options={"gtol": 1e-10})
        assert loss(np.array([b0[at], b1[at]])) <= best.fun + 1e-10


def test_runs_that_are_one_outcome_have_no_fit():
    x, ones, none = np.arange(4.0), np.ones((1, 4)), np.zeros((1, 4))
    assert np.isnan(fit(x, ones, none)).all()
    assert np.isnan(fit(x, none, ones)).all()
    assert np.isfinite(fit(x, ones, ones)).all()


@pytest.mark.parametrize("score", [0.25, 0.5])
def test_graded_scores_count_as_shares_of_a_run(score: float):
    graded = table([Run("a", "t", "t", 2.0, score), Run("a", "u", "u", 8.0, 0.0)])
    cells = {cell.task.name: cell for cell in graded.cells("fail")["a"]}
    _, right, wrong = sums([cells["t"], cells["u"]])
    assert right.tolist() == pytest.approx([score / 2, 0.0])
    assert wrong.tolist() == pytest.approx([(1 - score) / 2, 0.5])


def test_a_draw_counts_every_task_once_on_average():
    tasks = [Task(f"{f}/{t}", str(f), 1.0) for f in range(5) for t in range(1 + 2 * f)]
    counts = task_counts(tasks, 4000, np.random.default_rng(3))
    assert np.allclose(counts.mean(axis=0), 1.0, atol=0.2)
    # The families of a draw are whole, whichever of their tasks it has.
    assert {int(n) % 5 for n in counts[:, tasks.index(Task("2/0", "2", 1.0)) :][:, :5].sum(1)} == {
        0
    }


def test_resampled_scores_have_the_mean_and_spread_of_resampled_rows():
    runs = table([Run("a", "t", "t", 2.0, s) for s in (1.0, 1.0, 0.0, 0.4)])
    cells, times = runs.cells("fail")["a"], np.full((20_000, 1), 2)
    right, wrong = resampled(cells, times, np.random.default_rng(4))
    totals = right[:, 0] / cells[0].weight
    assert totals.mean() == pytest.approx(8 * 0.6, rel=0.01)
    assert totals.var() == pytest.approx(8 * np.var([1.0, 1.0, 0.0, 0.4]), rel=0.05)
    assert (right + wrong) == pytest.approx(8 * cells[0].weight)


def test_draws_are_those_of_a_plain_loop_over_rows():
    rng = np.random.default_rng(5)
    rows = drawn(rng, 20.0, 0.7)[:288]  # six families
    runs = table(rows)
    ours = fitted(runs, "fail", draws=3000, seed=1).draws["a"]
    weights = {cell.task.name: cell.weight for cell in runs.cells("fail")["a"]}
    by = dict[str, dict[str, list[Run]]]()
    for row in rows:
        by.setdefault(row.family, {}).setdefault(row.task, []).append(row)
    plain = list[float]()
    for _ in range(600):
        chosen = list[Run]()
        for family in rng.choice([*by], len(by)):
            tasks = [*by[family]]
            for task in rng.choice(tasks, len(tasks)):
                chosen += [by[family][task][i] for i in rng.integers(8, size=8)]
        x = np.log2([row.size for row in chosen])
        y = np.array([row.score for row in chosen])
        w = np.array([weights[row.task] for row in chosen])
        b0, b1 = fit(x, (w * y)[None, :], (w * (1 - y))[None, :])
        plain.append(float(size_at(0.5, b0, b1)[0]))
    for end in (0.1, 0.5, 0.9):
        assert np.quantile(ours, end) == pytest.approx(np.quantile(plain, end), rel=0.15)


def test_a_known_horizon_lies_in_its_interval_mostly():
    rng, covered = np.random.default_rng(6), 0
    for _ in range(60):
        p50 = fitted(table(drawn(rng, 40.0, 0.8)), "fail", draws=200).agents[0].p50
        covered += (p50.low or 0) <= 40.0 <= (p50.high or math.inf)
    assert covered >= 52


def test_the_seed_says_what_is_drawn_and_chunks_do_not_matter(monkeypatch: pytest.MonkeyPatch):
    runs = table(drawn(np.random.default_rng(7), 20.0, 0.7))
    first, again = (fitted(runs, "fail", draws=50, seed=1).draws["a"] for _ in range(2))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, fitted(runs, "fail", draws=50, seed=2).draws["a"])
    monkeypatch.setattr("successor.insight.horizon.bootstrap._ROOM", 72)
    small = fitted(runs, "fail", draws=50, seed=1).draws["a"]
    assert small.shape == first.shape
    assert np.isfinite(small).all()


@pytest.mark.parametrize(
    ("policy", "score", "count"), [("fail", 0.5, 4), ("pass", 1.0, 4), ("drop", 1.0, 2)]
)
def test_the_hack_policy_says_what_hacks_count_for(policy: HackPolicy, score: float, count: int):
    rows = [Run("a", "t", "t", 2.0, 1.0) for _ in range(2)]
    rows += [Run("a", "t", "t", 2.0, 0.0, hacked=True), Run("a", "t", "t", 2.0, 1.0, hacked=True)]
    (agent,) = fitted(table(rows), policy).agents
    assert (agent.score, agent.runs) == (pytest.approx(score), count)


def test_the_policy_has_to_be_chosen():
    with pytest.raises(UsageError, match=r"0 of 279 runs .*choose.*\n--hack-policy fail"):
        measured([METR / "runs.csv"], Asked())


def test_humans_are_drawn_with_and_are_no_model():
    found = measured([METR / "runs.csv"], Asked(hack_policy="fail"))
    assert [each.name for each in found.agents] == ["davinci-002"]


def test_an_agent_that_never_succeeds_has_horizon_0_as_at_metr():
    (agent,) = fitted(metr(), "fail").agents
    assert agent.p50 == agent.p80 == Estimate(0.0)
    assert agent.note == "no run succeeded"


def test_an_agent_that_always_succeeds_has_none_that_could_be_told():
    (agent,) = fitted(table([Run("a", str(s), "f", s, 1.0) for s in (1.0, 8.0)]), "fail").agents
    assert agent.p50.value is None
    assert "at least 8" in agent.note
    told = trend([agent], {})
    assert told.doubling is None
    assert "two dates" in told.reason


def test_one_run_and_one_size_say_no_horizon():
    (agent,) = fitted(table([Run("a", "t", "t", 2.0, 1.0)]), "fail").agents
    assert agent.p50.value is None
    rows = [Run("a", "t", "t", 2.0, score) for score in (1.0, 0.0, 1.0)]
    (agent,) = fitted(table(rows), "fail").agents
    assert agent.p50.value is None
    assert "one size" in agent.note


def test_success_that_rises_with_size_has_no_horizon():
    rows = [Run("a", str(size), "f", size, float(size > 3)) for size in (1.0, 2.0, 4.0, 8.0)]
    (agent,) = fitted(table(rows), "fail").agents
    assert agent.p50.value is None
    assert "does not fall" in agent.note


def test_a_horizon_beyond_the_largest_task_is_called_extrapolated():
    rows = [Run("a", f"{s}", "f", s, y) for s in (1.0, 2.0, 4.0) for y in (1.0, 1.0, 1.0)]
    rows += [Run("a", "4.0", "f", 4.0, 0.0)]
    (agent,) = fitted(table(rows), "fail").agents
    assert (agent.p50.value or 0) > 4
    assert "extrapolated" in agent.note


def agent(name: str, day: float | None, p50: float | None) -> Agent:
    return Agent(name, Estimate(p50), Estimate(None), day)


def test_the_state_of_the_art_is_of_the_days_that_count():
    rows = [
        agent("a", 0, 8),
        agent("b", 5, 4),
        agent("c", 5, 6),
        agent("d", 9, 8),
        agent("e", 9, 7),
    ]
    rows += [agent("undated", None, 99), agent("untold", 9, None)]
    assert [each.name for each in state_of_the_art(rows)] == ["a", "d"]
    assert [each.name for each in state_of_the_art(within(rows, 1, 9))] == ["c", "d"]
    assert [each.name for each in within(rows, 5, 5)] == ["b", "c"]


def test_a_trend_is_least_squares_on_logarithms():
    rows = [agent(str(at), 10.0 * at, 2.0**at) for at in range(5)]
    found = trend(rows, {})
    assert found.doubling == pytest.approx(10.0)
    assert found.method == "residuals"
    assert found.interval == pytest.approx((10.0, 10.0))
    one = np.array([2.0**at * np.array([1.0, 1.1, 0.9]) for at in range(5)])
    found = trend(rows, {str(at): one[at] for at in range(5)})
    assert found.method == "bootstrap"
    assert found.interval == pytest.approx((10.0, 10.0))


def test_a_trend_that_may_be_none_has_an_open_end():
    flat = [agent(str(at), float(at), 2.0 + (at in {3, 5})) for at in range(6)]
    wavering = {each.name: np.array([0.5, 4.0, 1.0]) * (1 + at % 2) for at, each in enumerate(flat)}
    wavering["5"] = np.array([0.1, 9.0, 0.1])
    found = trend(flat, wavering)
    assert found.interval is not None
    assert found.interval[0] is not None
    assert found.interval[1] is None


@pytest.mark.parametrize("unit", [1.0, 60.0, 1 / 3600])
def test_a_model_without_success_is_in_no_trend_whatever_the_unit(unit: float):
    rows = [agent("none", 0.0, 0.0), agent("a", 10.0, 2.0 * unit), agent("b", 20.0, 4.0 * unit)]
    drawn = {"none": np.full(100, np.nan), "a": np.full(100, 2.0), "b": np.full(100, 4.0)}
    found = trend(rows, drawn)
    assert found.doubling == pytest.approx(10.0)
    assert found.interval == pytest.approx((10.0, 10.0))
    assert (found.agents, found.left_out) == (("a", "b"), ("none",))


def test_a_trend_of_few_whole_draws_has_no_interval():
    rows = [agent(str(at), float(at), 2.0**at) for at in range(3)]
    drawn = {str(at): np.full(100, 2.0**at) for at in range(3)}
    drawn["1"][:11] = np.nan
    found = trend(rows, drawn)
    assert (found.interval, found.method) == (None, "")
    assert found.untold == "only 89% of draws could be fitted for all of them"
    drawn["1"][:1] = 2.0
    assert trend(rows, drawn).method == "bootstrap"


def test_of_a_lab_the_wider_interval_counts():
    rows = [agent(str(at), float(at), 2.0**at * (1 + at % 2)) for at in range(5)]
    rng = np.random.default_rng(3)
    for spread, method in ((0.01, "residuals"), (3.0, "bootstrap")):
        noise = np.exp(spread * rng.standard_normal((5, 200)))
        drawn = {each.name: noise[at] * (each.p50.value or 0) for at, each in enumerate(rows)}
        assert trend(rows, drawn, fixed=True).method == method
        assert trend(rows, drawn).method == "bootstrap"
    two = trend(rows[:2], drawn, fixed=True)
    assert (two.interval, two.untold) == (None, "two points always lie on a line")


def test_next_to_no_data_have_no_interval():
    rows = [Run("a", str(size), "f", size, float(size < 3)) for size in (2.0, 4.0)]
    (few,) = fitted(table(rows), "fail").agents
    assert (few.p50.low, few.p50.high) == (None, None)
    assert few.note == "no interval: 2 runs; it takes 10"
    rare = [Run("a", str(size), str(size), size, float(size == 1)) for size in range(1, 41)]
    (few,) = fitted(table(rare), "fail").agents
    assert few.p50.low is None
    assert few.note.endswith("of draws could be fitted")
    same = Runs(fixed=True)
    for size in (2.0, 4.0):
        same.add(Run("a", str(size), "f", size, float(size < 3)), 20)
    (few,) = fitted(same, "fail").agents
    assert (few.p50.low, few.note) == (None, "no interval: all draws are alike")


def test_fixed_sizes_are_not_drawn_from():
    rows = drawn(np.random.default_rng(9), 20.0, 0.7)
    runs = table(rows)
    cells, tasks = runs.cells("fail"), list(runs.tasks.values())
    sampled, fixed = (
        horizons(cells, tasks, (0.5,), penalty=1e-5, draws=400, seed=1, fixed=each)["a"]
        for each in (False, True)
    )
    assert np.std(np.log(fixed)) < np.std(np.log(sampled))
