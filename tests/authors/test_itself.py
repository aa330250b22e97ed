"""An improver at work on its own code: the forms of its constants, and what comes of a search."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from authors.workbench import Bench, Desk, brief_of, came_to_nothing, version_of
from successor.authors.itself import ItselfAuthor, Settings, itself, moves
from successor.authors.itself.edits import MIDDLE
from successor.authors.itself.moulds import mould_of
from successor.authors.workshop import Screening
from successor.errors import UsageError
from successor.subjects.improver import improver
from successor.subjects.improver.spaces import Kind, Space
from successor.types import Version, Workspace

SEED = Path(__file__).parents[2] / "examples" / "improver" / "improver.py"
SMALL = """\
MANY = 4
STEP = 0.5  # how far


def improve(task):
    return [step(task) for _ in range(MANY)]


def step(task):
    return STEP
"""


def cast(source: str, *point: float) -> str:
    return mould_of(source).cast(point, 1.5, 2)


def test_in_the_middle_the_code_is_as_it_was() -> None:
    mould = mould_of(SEED.read_text("utf-8"))
    assert len(mould.constants) == 4
    assert mould.cast([MIDDLE] * mould.size, 1.5, 2) == mould.source


def test_a_constant_takes_another_value_one_for_each_kind_or_fades() -> None:
    middle = [MIDDLE] * 7
    more = cast(SMALL, *middle[:3], 1.0, *middle[4:])
    assert "STEP = 2.2  # how far" in more, "4.4 times: sinh(asinh(10) + 1.5) / 10"
    kinds = cast(SMALL, MIDDLE, 0.9, MIDDLE, *middle[3:])
    assert 'MANY = {"reals": 4, "choices": ' in kinds
    assert "range(MANY[task.kind])" in kinds
    fades = cast(SMALL, *middle[:6], 1.0)
    assert "return STEP * task.left / task.evaluations" in fades
    assert "STEP = 0.5  # how far" in fades


@pytest.mark.parametrize(
    "source",
    [
        SMALL.replace("def step(task)", "def step(work)").replace("range(MANY)", "range(4)"),
        SMALL.replace("range(MANY)", "range(4)") + "\n\nprint(STEP)\n",
        SMALL.replace("range(MANY)", "range(4)") + "\n\nSTEP = 3\n",
    ],
    ids=["no task there", "used at the top", "written twice"],
)
def test_what_is_used_where_there_is_no_task_stays(source: str) -> None:
    assert mould_of(source).constants == ()


def test_every_point_gives_python_that_parses() -> None:
    mould, rng = mould_of(SEED.read_text("utf-8")), Random(3)
    for _ in range(200):
        ast.parse(mould.cast([rng.random() for _ in range(mould.size)], 1.5, 2))


def test_a_table_by_kind_is_turned_value_by_value() -> None:
    table = cast(SMALL, MIDDLE, 0.9, 0.1, *[MIDDLE] * 4)
    again = mould_of(table)
    assert [each.places for each in again.constants] == [1, 1, 1, 4]
    assert again.cast([0.9, *[MIDDLE] * 6], 1.5, 2).count("[task.kind]") == 1


def stepped(source: str, *shares: float) -> str:
    mould = mould_of(source)
    return mould.cast([*[MIDDLE] * (mould.size - len(shares)), *shares], 1.5, 2)


def test_a_step_hands_over_by_kind_and_what_it_brings_may_change_on() -> None:
    source = SEED.read_text("utf-8")
    kept, taken = [MIDDLE] * 3, [MIDDLE, MIDDLE, 0.9]
    new = stepped(source, *taken, *kept, MIDDLE)
    assert 'MOVED = {"reals": 0.0, "choices": 0.0, "order": 0.5}\n' in new
    assert (
        "    if rng.random() < MOVED[task.kind]:\n        return moved(task, candidate, rng)" in new
    )
    assert "def turned_round" not in new
    again = mould_of(new)
    assert [each.name for each in again.steps] == ["turned_round", "never_twice"]
    assert len(again.constants) == 4 + 3 + 1, "of a table each number, and whether it fades"


def test_nothing_twice_is_a_line_above_the_function() -> None:
    new = stepped(SEED.read_text("utf-8"), *[MIDDLE] * 6, 0.9)
    assert "@never_twice\ndef changed(task, candidate, rng):" in new
    repeats = list[int]()
    for source in (SEED.read_text("utf-8"), new):
        names: dict[str, Callable[..., list[int]]] = {}
        exec(source, names)  # type: ignore[arg-type]  # noqa: S102 - our own text
        task, rng = SimpleNamespace(kind="choices", size=2, choices=6), Random(1)
        found = [tuple(names["changed"](task, [0, 0], rng)) for _ in range(9)]
        repeats.append(9 - len({*found}))
    assert repeats[0] > 2 > repeats[1]


@pytest.mark.parametrize(
    "source",
    [
        SMALL,
        SEED.read_text("utf-8").replace("candidate, rng)", "candidate, chance)"),
        SEED.read_text("utf-8").replace("import random", "# EVOLVE-BLOCK-START\nimport random")
        + "# EVOLVE-BLOCK-END\n",
    ],
    ids=["nothing that changes a candidate", "no rng there", "regions"],
)
def test_where_no_step_fits_none_is_offered(source: str) -> None:
    assert mould_of(source).steps == ()


@pytest.mark.parametrize("move", [moves.moved, moves.turned_round])
@pytest.mark.parametrize("kind", ["reals", "choices", "order"])
def test_moves_leave_a_candidate_of_the_space(move: Callable[..., list[float]], kind: Kind) -> None:
    rng = Random(2)
    for size in (2, 3, 9):
        space = Space(kind, size, 4 if kind == "choices" else 0)
        found = set[tuple[float, ...]]()
        for _ in range(60):
            before = [*space.draw(rng)]
            kept = [*before]
            found.add(tuple(space.read(move(space, before, rng))))
            assert before == kept, "the one that is changed stays as it was"
        assert len(found) > 1


def test_a_table_of_fractions_can_fade_where_it_is_used_and_one_of_counts_cannot() -> None:
    table = cast(SMALL, MIDDLE, 0.9, MIDDLE, MIDDLE, 0.9, MIDDLE, MIDDLE)
    again = mould_of(table)
    assert [type(each).__name__ for each in again.constants] == [*["Constant"] * 6, "Table"]
    faded = again.cast([*[MIDDLE] * 6, 0.9], 1.5, 2)
    assert "return STEP[task.kind] * task.left / task.evaluations" in faded
    assert "range(MANY[task.kind])" in faded
    twice = mould_of(faded)
    assert twice.cast([*[MIDDLE] * 6, 0.9], 1.5, 2).count("task.left") == 2


@dataclass
class Guessing(Bench):
    """A workshop whose improvers draw points by lot, and are worth what their step is."""

    engines: tuple[str, ...] = ()

    def pursue(
        self, source: str, size: int, evaluations: int, seed: int,
        price: Callable[[Sequence[float]], float],
    ) -> None:  # fmt: skip
        self.engines += (source,)
        rng = Random(seed)
        for _ in range(evaluations):
            price([rng.random() for _ in range(size)])

    def screen(self, source: str, incumbent: Version, seed: int, workspace: Workspace) -> Screening:
        names: dict[str, float] = {}
        exec(source, names)  # type: ignore[arg-type]  # noqa: S102 - the test's own source
        step = names["STEP"]
        worth = 1.0 if isinstance(step, dict) else 0.5 / step
        return Screening(True, "", {"score": worth}, 10)


def guessing() -> Guessing:
    return Guessing(cost=lambda _, __: 1.0)


def test_the_incumbent_itself_searches_and_what_brings_nothing_is_turned_back() -> None:
    bench, desk = guessing(), Desk()
    author = ItselfAuthor(bench, Settings(evaluations=60))
    draft = author.write(brief_of(version_of(SMALL, desk)), desk)
    assert draft is not None
    assert bench.engines == (SMALL,)
    new = desk.read(draft.files["target.py"]).decode()
    assert "MANY = 4" in new, "what changes nothing is as it was"
    assert float(draft.figures["screened_score"]) > 1.3


def test_the_same_seed_comes_to_the_same() -> None:
    whole = Desk()
    expected = ItselfAuthor(guessing(), Settings(evaluations=40)).write(
        brief_of(version_of(SMALL, whole)), whole
    )
    desk = Desk()
    again = ItselfAuthor(guessing(), Settings(evaluations=40)).write(
        brief_of(version_of(SMALL, desk)), desk
    )
    assert expected is not None
    assert again is not None
    assert expected.files == again.files


def test_who_was_lucky_once_is_not_handed_in() -> None:
    """Every look at tasks of their own, a gain that only the first of them shows."""
    bench, desk = guessing(), Desk()
    first, screen = set[int](), bench.screen

    def lucky(source: str, incumbent: Version, seed: int, workspace: Workspace) -> Screening:
        found = screen(source, incumbent, seed, workspace)
        first.add(min({*first, seed}))
        return found if seed == min(first) else replace(found, gains={"score": 0.9})

    bench.screen = lucky  # type: ignore[method-assign]  # a spy
    brief = brief_of(version_of(SMALL, desk))
    assert came_to_nothing(ItselfAuthor(bench, Settings(evaluations=30)).write(brief, desk))
    assert first == {brief.seed}


def test_a_search_changes_no_more_forms_than_are_open() -> None:
    bench, desk = guessing(), Desk()
    tried = set[str]()
    screen = bench.screen

    def noted(source: str, incumbent: Version, seed: int, workspace: Workspace) -> Screening:
        tried.add(source)
        return screen(source, incumbent, seed, workspace)

    bench.screen = noted  # type: ignore[method-assign]  # a spy
    ItselfAuthor(bench, Settings(evaluations=30, open=1)).write(
        brief_of(version_of(SMALL, desk)), desk
    )
    assert tried
    for source in tried:
        changed = [a != b for a, b in zip(SMALL.splitlines(), source.splitlines(), strict=True)]
        assert sum(changed) <= 2, "a constant at the top, and where it is used"


def test_without_constants_there_is_nothing_to_hand_in() -> None:
    desk = Desk()
    bare = version_of("STEP = 1\ndef improve(task):\n    return 1\n", desk)
    author = ItselfAuthor(guessing(), Settings())
    assert came_to_nothing(author.write(brief_of(bare), desk))


def test_a_subject_that_cannot_be_set_to_work_is_refused() -> None:
    with pytest.raises(UsageError, match="has to be an improver"):
        itself({}, Bench(cost=lambda _, __: 1.0))


def test_a_real_improver_searches_in_the_sandbox(tmp_path: Path) -> None:
    (tmp_path / "improver.py").write_text(SEED.read_text("utf-8"), encoding="utf-8")
    subject = improver({"target": "improver.py", "evaluations": 20}, tmp_path)
    asked = list[Sequence[float]]()

    def price(point: Sequence[float]) -> float:
        asked.append(point)
        return sum((each - 0.2) ** 2 for each in point)

    try:
        subject.pursue(SEED.read_text("utf-8"), 5, 80, 3, price)
    finally:
        subject.close()
    costs = [sum((each - 0.2) ** 2 for each in point) for point in asked]
    assert len(asked) == 80
    assert min(costs[40:]) < min(costs[:10])
