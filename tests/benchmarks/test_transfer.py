"""New families are tasks like any other; what an improver finds of programs is measured anew."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner

import improvers
import transfer
from newcomers import NEWCOMERS
from successor.subjects.improver.families import HELD_OUT, TRAINING
from successor.subjects.improver.items import one, slice_of
from successor.subjects.improver.spaces import Kind
from transfer import Course, row

SOURCE = improvers.EXAMPLE.read_text("utf-8")


@pytest.mark.parametrize("kind", NEWCOMERS)
def test_a_new_family_is_of_its_space_and_nothing_is_below_its_bound(kind: Kind) -> None:
    family = NEWCOMERS[kind]
    assert family not in (*TRAINING[kind], *HELD_OUT[kind])
    for number in range(20):
        item, rng = one(slice_of(kind), [family], f"test/{number}"), Random(number)
        assert item.task.space.kind == kind
        costs = [item.task.cost(item.task.space.draw(rng)) for _ in range(100)]
        assert min(costs) >= item.task.bound - 1e-9


@pytest.mark.parametrize(
    ("points", "at"), [(4, [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0]), (5, None)]
)
def test_what_is_known_to_be_best_comes_to_the_bound(points: int, at: list[float] | None) -> None:
    at = at or [0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.5, 0.5]
    tasks = [NEWCOMERS["reals"](Random(number)) for number in range(30)]
    (task, *_) = [each for each in tasks if each.space.size == 2 * points]
    assert task.cost(at) == pytest.approx(task.bound)


def test_a_pair_is_put_side_by_side() -> None:
    slow, quick = Course((0.0, 0.0, 0.0, 1.0), 0.0), Course((0.0, 1.0, 1.0, 1.0), 0.7)
    never = Course((0.0, 0.0, 0.0, 0.5), 0.0)
    found = row("tsp", [(slow, quick)] * 30)
    assert found.areas == (0.25, 0.75)
    assert found.gain[0] == pytest.approx(0.5)
    assert found.share[0] == pytest.approx(0.5)
    assert found.found[1] == pytest.approx(2.01, abs=0.01)
    assert row("tsp", [(slow, never)] * 30).share[0] is None


@pytest.mark.parametrize("name", [*transfer.WITH_KNOBS, *transfer.FORMULAS])
def test_points_make_other_programs_of_an_example(name: str) -> None:
    task = transfer.variants(name)
    with closing(task.subject):
        sources = {task.cast([Random(k).random() for _ in range(task.size)]) for k in range(5)}
    assert len(sources) == 5
    for source in sources:
        compile(source, name, "exec")


@pytest.mark.slow
def test_one_command_prints_both_and_json(tmp_path: Path) -> None:
    other = tmp_path / "other.py"
    other.write_text(SOURCE.replace("TOGETHER = 10", "TOGETHER = 2"), encoding="utf-8")
    sizes = ["--tasks", "2", "--evaluations", "20", "--seeds", "1", "--variants", "5"]
    done = CliRunner().invoke(transfer.main, [str(improvers.EXAMPLE), str(other), *sizes, "--json"])
    assert done.exit_code == 0, done.output
    rows = json.loads(done.stdout)
    assert [each["name"] for each in rows] == [
        "spread", "colours", "bins", "circle_packing", "tsp", "bin_packing", "symbolic_regression",
    ]  # fmt: skip
    assert all(each["found"][0] >= 1 for each in rows)
