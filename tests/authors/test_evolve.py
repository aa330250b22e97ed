"""The author `evolve`: what it finds, what it may change, and that it is the same twice."""

from __future__ import annotations

import ast
import random
from collections.abc import Callable
from typing import Any

import pytest

from authors.workbench import (
    PATH,
    Bench,
    Desk,
    always_one,
    brief_of,
    came_to_nothing,
    regression,
    version_of,
)
from successor.authors.evolve import EvolveAuthor, evolve
from successor.authors.evolve.archive import Behaviour, Island, Islands, Member, behaviour, cell
from successor.authors.evolve.grow import Palette
from successor.authors.evolve.mutations import MUTATIONS
from successor.authors.evolve.normal import normal_form, tidy
from successor.authors.evolve.scene import Scene
from successor.authors.evolve.slots import slots_in
from successor.authors.evolve.trim import trimmed
from successor.authors.workshop import Screening
from successor.errors import Halt, UsageError
from successor.types import Draft, Version

LINE = "def target(x: float) -> float:\n    return x\n"
PACKING = """# Online bin packing.


def priority(item: float, bins: list[float]) -> list[float]:
    \"\"\"Score of every bin with room for the item, which goes where the score is highest.\"\"\"
    return [0.0 for room in bins]
"""
LOOP = """def target(xs: list[float], limit: int = 3, flag: bool = True) -> float:
    total, count = 0.0, 0
    for x in xs:
        if x > limit and flag:
            total += x * 2
        elif len(xs) > 3:
            count = count + 1
    while count > 10:
        count -= 1
    return total + max(xs[0], min(xs)) if flag else sum(y + 1 for y in xs if y)
"""


def parabola(x: float) -> float:
    return x * x + x + 1


def packed(priority: Callable[..., list[float]], items: list[int]) -> int:
    rooms: list[int] = []
    for item in items:
        fits = [place for place, room in enumerate(rooms) if room >= item]
        scores = priority(item, [float(rooms[place]) for place in fits])
        if len(scores) != len(fits):
            raise ValueError("one score for each bin")
        if fits:
            rooms[fits[max(range(len(fits)), key=scores.__getitem__)]] -= item
        else:
            rooms.append(100 - item)
    return len(rooms)


def first_fit(_: float, bins: list[float]) -> list[float]:
    return [0.0 for _ in bins]


def excess(priority: Callable[..., Any], seed: int) -> float:
    """Share of bins above what the volume needs."""
    rng = random.Random(seed)
    items = [round(min(100, max(1, rng.weibullvariate(45, 3)))) for _ in range(200)]
    return packed(priority, items) / (sum(items) / 100) - 1


def written(
    author: EvolveAuthor, source: str, desk: Desk, seed: int = 1, tried: tuple[Version, ...] = ()
) -> Draft | None:
    return author.write(brief_of(version_of(source, desk), seed=seed, tried=tried), desk)


def text_of(draft: Draft | None, desk: Desk) -> str:
    assert draft is not None
    return desk.read(draft.files[PATH]).decode()


def test_it_finds_a_formula():
    desk = Desk()
    author = evolve({"evaluations": 1500, "stall": 1500}, Bench(regression(parabola)))
    draft = written(author, LINE, desk, seed=4)
    assert draft is not None
    assert draft.figures["screened_score"] == 1e12
    assert len(text_of(draft, desk)) < len(LINE) + 20


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 6))
def test_it_finds_a_formula_whatever_the_seed(seed: int):
    desk = Desk()
    author = evolve({"evaluations": 4000, "stall": 4000}, Bench(regression(parabola)))
    draft = written(author, LINE, desk, seed)
    assert draft is not None
    assert draft.figures["screened_score"] == 1e12


def test_it_finds_best_fit_for_bin_packing():
    desk = Desk()
    author = evolve({"evaluations": 400}, Bench(excess, function="priority"))
    text = text_of(written(author, PACKING, desk), desk)
    names: dict[str, Any] = {}
    exec(text, names)  # noqa: S102 - the tests' own source
    first = sum(excess(first_fit, seed) for seed in range(50, 60))
    assert sum(excess(names["priority"], seed) for seed in range(50, 60)) < first
    assert text.startswith(PACKING[: PACKING.index("    return")])


def test_what_is_good_and_has_stalled_is_handed_in_before_the_budget_is_spent():
    desk, bench = Desk(), Bench(regression(parabola))
    draft = written(evolve({"evaluations": 1500, "stall": 60}, bench), LINE, desk)
    assert draft is not None
    assert float(draft.figures["screened_score"]) >= 1.05
    assert len(bench.screened) < 1000


def test_a_search_ends_with_its_turn():
    desk, bench = Desk(), Bench(always_one)
    ended = written(evolve({"evaluations": 900, "turn": 1e-9}, bench), LINE, desk)
    assert ended is None or not ended.files
    assert 100 <= len(bench.screened) < 300


def test_numbers_keep_one_sign_when_they_are_drawn_anew():
    for seed in range(30):
        scene = Scene(
            ast.parse("y = x if x < -8 else -3"), {"x": "number"}, Palette((), maths=False),
            random.Random(seed), ast.parse(""),
        )  # fmt: skip
        assert MUTATIONS["redraw"](scene)
        assert "--" not in ast.unparse(scene.tree)


def test_the_same_brief_gives_the_same_candidate():
    texts: list[str] = []
    for _ in range(2):
        desk, bench = Desk(), Bench(regression(parabola))
        texts.append(text_of(written(evolve({"evaluations": 150}, bench), LINE, desk), desk))
    assert texts[0] == texts[1]


def test_a_killed_search_goes_on_where_it_was():
    whole, parts = Desk(), Desk(halt_after=65)
    bench, other = Bench(regression(parabola)), Bench(regression(parabola))
    expected = written(evolve({"evaluations": 150}, bench), LINE, whole)
    with pytest.raises(Halt):
        written(evolve({"evaluations": 150}, other), LINE, parts)
    parts.halt_after = 10**6
    assert len(other.screened) == 64
    assert written(evolve({"evaluations": 150}, other), LINE, parts) == expected
    assert other.screened == bench.screened


def test_only_marked_regions_change():
    source = (
        "# Kept:   this  spacing.\nGAIN = 1\n\ndef target(x: float) -> float:\n"
        "    y  =  GAIN * x\n    # EVOLVE-BLOCK-START\n    z = y\n    # EVOLVE-BLOCK-END\n"
        "    return  z\n"
    )
    desk, bench = Desk(), Bench(regression(parabola))
    written(evolve({"evaluations": 100}, bench), source, desk)
    head, tail = source.split("    z = y\n")
    assert all(text.startswith(head) and text.endswith(tail) for text in bench.screened)
    assert len(set(bench.screened)) > 90


def test_what_was_tried_is_where_the_next_attempt_begins_and_is_not_handed_in_again():
    desk, bench = Desk(), Bench(regression(parabola))
    author = evolve({"evaluations": 200, "attempts": 2}, bench)
    first = text_of(written(author, LINE, desk), desk)
    tried = version_of(first, desk, "tried")
    bench.screened.clear()
    desk.saved = None
    second = written(author, LINE, desk, seed=2, tried=(tried,))
    assert bench.screened[0] == first
    assert came_to_nothing(second) or text_of(second, desk) != first
    assert written(author, LINE, desk, seed=3, tried=(tried, tried)) is None


def test_no_better_variant_means_no_candidate():
    desk = Desk()
    bench = Bench(always_one)
    assert came_to_nothing(written(evolve({"evaluations": 60}, bench), LINE, desk))


def test_a_target_that_is_not_there_is_told():
    with pytest.raises(UsageError, match="no function 'other'"):
        written(evolve({}, Bench(regression(parabola), function="other")), LINE, Desk())
    with pytest.raises(UsageError, match="islands"):
        evolve({"islands": 0}, Bench(regression(parabola)))


@pytest.mark.parametrize("name", MUTATIONS)
def test_changes_keep_conditions_where_conditions_are_due(name: str):
    for seed in range(40):
        rng = random.Random(seed)
        scene = Scene(ast.parse(LOOP), {}, Palette((7,), maths=True), rng, ast.parse(LOOP))
        before = ast.unparse(scene.tree)
        changed = MUTATIONS[name](scene)
        after = ast.unparse(ast.fix_missing_locations(scene.tree))
        compile(after, "after", "exec")
        assert changed or after == before
        for node in ast.walk(scene.tree):
            if isinstance(node, ast.If | ast.While):
                assert not isinstance(node.test, ast.BinOp | ast.List | ast.ListComp)
            if isinstance(node, ast.For):
                assert not isinstance(node.iter, ast.Compare | ast.BinOp | ast.Constant)


@pytest.mark.parametrize("name", MUTATIONS)
def test_every_change_does_something_on_some_program(name: str):
    made: set[str] = set()
    for seed in range(20):
        scene = Scene(
            ast.parse(LOOP), {}, Palette((), maths=False), random.Random(seed), ast.parse(LOOP)
        )
        MUTATIONS[name](scene)
        made.add(ast.unparse(ast.fix_missing_locations(scene.tree)))
    assert len(made) > 2


def test_kinds_are_seen_from_the_context():
    kinds = {ast.unparse(slot.node): slot.kind for slot in slots_in(ast.parse(LOOP), {})}
    assert kinds["xs"] == "sequence"
    assert kinds["flag"] == "truth"
    assert kinds["x > limit and flag"] == "truth"
    assert kinds["max(xs[0], min(xs))"] == "number"
    assert kinds["(y + 1 for y in xs if y)"] == "sequence"
    assert kinds["limit"] == "number"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("return x + 1", "return 1 + x"),
        ("return x", "return x * 1 + 0"),
        ("return x > 2", "return 2 < x"),
        ("y = x\nreturn y", "z: float = x  # told\nreturn z"),
        ("return 2 + 3", "return 5"),
        ("return - -x", "return x"),
    ],
)
def test_writing_alone_is_not_new(one: str, other: str):
    assert normal_form(one, {"x": "number"}) == normal_form(other, {"x": "number"})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("return x - 1", "return 1 - x"),
        ("return s + [1]", "return [1] + s"),
        ("return x", "return s"),
        ("return x / 1e300", "return x / 1e301"),
        ("return x > 2", "return x >= 2"),
    ],
)
def test_what_differs_is_new(one: str, other: str):
    names = {"x": "number", "s": "sequence"}
    assert normal_form(one, names) != normal_form(other, names)  # pyright: ignore[reportArgumentType] - texts


def test_what_cannot_matter_is_left_out():
    tree = ast.parse("if a and a:\n    return b if c else b\n    x = 1\nreturn 2")
    assert ast.unparse(tidy(tree)) == "if a:\n    return b\nreturn 2"


def test_trimming_leaves_out_statements_and_parts_of_expressions():
    shorter = set(trimmed("y = 1\nreturn x * 2 + y", {"x": "number"}))
    assert {"return x * 2 + y", "y = 1\nreturn x * 2", "y = 1\nreturn x + y"} <= shorter
    assert {"y = 1\nreturn 0", "y = 0\nreturn y"} & shorter


def member(text: str, worth: float, *behaviour: float) -> Member:
    seen: Behaviour = behaviour or (worth,)
    return Member((text,), worth, seen)


def test_an_island_keeps_the_best_of_each_shape():
    island = Island()
    assert island.add(member("return x", 0.0))
    assert island.add(member("return y", 1.0))
    assert not island.add(member("return z", 0.5))
    assert island.add(member("return x if x > 1 else x * 2 + 7", 0.2))
    assert {one.texts[0] for one in island.cells.values()} == {
        "return y",
        "return x if x > 1 else x * 2 + 7",
    }
    assert island.best.worth == 1.0


def test_an_island_turns_away_what_does_the_same_at_greater_length():
    island = Island()
    island.add(member("return x", 0.0, 1.0))
    assert not island.add(member("return x if x > 1 else x * 2 + 7", 0.3, 1.0))


def test_behaviour_is_seen_in_the_objectives_alone():
    one, other = (Screening(True, "", {"score": 2.0, "size": size}, 9) for size in (1.0, 1.5))
    assert behaviour(one, ("score",)) == behaviour(other, ("score",))
    assert behaviour(one, ("score", "size")) != behaviour(other, ("score", "size"))


def test_a_shape_tells_branches_and_operations():
    assert cell(["return x"]) != cell(["return x if x else x"])
    assert cell(["return x + x"])[2] == 1
    assert cell(["return abs(x) + x * x"])[2] == 3


def test_islands_exchange_their_best_and_can_begin_again():
    islands, first = Islands(3), member("return 0", 0.0)
    islands.settle(first)
    for number, island in enumerate(islands.islands):
        island.add(member(f"return {number} + x", float(number + 1)))
    islands.migrate()
    assert [island.best.worth for island in islands.islands] == [3.0, 2.0, 3.0]
    islands.restart(islands.islands[1], first, random.Random(1))
    assert len(islands.islands[1].cells) == 1
