"""The author `tune`: which numbers it turns, how far it gets, and that it is the same twice."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from authors.workbench import PATH, Bench, Desk, always_one, brief_of, came_to_nothing, version_of
from successor.authors.tune import Settings, tune
from successor.authors.tune.knobs import find_knobs, turned
from successor.authors.tune.strategy import strategy
from successor.authors.workshop import Screening
from successor.errors import Halt, UsageError
from successor.types import Draft, Version, Workspace

SOURCE = '''"""Module of 3 things."""
RATE = 10.0  # größer ist schneller
SHIFT = 0.5
UNUSED = 17
TABLE = (1, 2, 3, 4, 5, 6, 7, 8, 9)


def helper(b: int = 4) -> float:
    return b * 2.5


class Box:
    width = 6

    def method(self) -> float:
        return self.width * TABLE[3]


def target(xs: list[float], *, fast: bool = False, block: int = 4, grid=(2, -8)):
    """Of 12 things."""
    assert len(xs) > 20
    return "größe", RATE, SHIFT, block, fast, xs[0], xs[-1], xs[1:], helper(3), grid, xs[7]
'''


def values(source: str, function: str) -> list[float]:
    return [knob.value for knob in find_knobs(source, function)]


def test_knobs_are_the_numbers_of_the_target_and_of_what_it_uses():
    assert values(SOURCE, "target") == [3, 7, False, 4, 2, -8, 10.0, 0.5, 2.5, 4]
    assert values(SOURCE, "Box.method") == [3, 6]
    assert values(SOURCE, "nowhere") == []


def test_a_whole_file_has_all_its_knobs_but_no_long_table():
    assert {17, 6, 3} <= set(values(SOURCE, ""))
    assert 9 not in values(SOURCE, "")


def test_markers_limit_the_knobs():
    source = (
        "def target(x):\n    a = 3\n    # EVOLVE-BLOCK-START\n    b = 4\n    # EVOLVE-BLOCK-END\n"
    )
    assert values(source, "target") == [4]


def test_turning_changes_the_numbers_and_nothing_else():
    knobs = find_knobs(SOURCE, "target")
    assert turned(SOURCE, knobs, [0.0] * len(knobs), 4) == SOURCE
    settings = [0.0] * len(knobs)
    settings[2], settings[5], settings[6] = 1.0, -1.0, 0.75
    expected = (
        SOURCE.replace("fast: bool = False", "fast: bool = True")
        .replace("-8)", "-22)")
        .replace("RATE = 10.0", "RATE = 21.21")
    )
    assert turned(SOURCE, knobs, settings, 4) == expected


@pytest.mark.parametrize("value", ["0", "1", "7", "-3", "0.0", "2.5", "-0.01", "1000000"])
def test_every_number_can_grow_shrink_and_change_its_sign(value: str):
    source = f"def target():\n    return {value}\n"
    knobs = find_knobs(source, "target")
    found = [float(turned(source, knobs, [z], 6).split("return ")[1]) for z in (-6, -1, 1, 6)]
    assert found == sorted(found)
    assert len(set(found)) == 4
    assert found[0] < 0 < found[-1]


def quality(function: Callable[..., Any]) -> float:
    """1 at its best: RATE 37, SHIFT -0.4, block 11, fast."""
    _, rate, shift, block, fast, _, _, _, helped, grid, _ = function([1.0] * 30)
    if helped != 7.5 or grid != (2, -8):
        raise ValueError("what has to stay has changed")
    near = math.exp(-(math.log(abs(rate) / 37) ** 2) / 2 - ((shift + 0.4) / 0.8) ** 2)
    return (0.4 + 1.6 * near * math.exp(-(((block - 11) / 6) ** 2)) * (1.25 if fast else 1)) / 2.4


def noisy(share: float) -> Callable[[Callable[..., Any], int], float]:
    def cost(function: Callable[..., Any], seed: int) -> float:
        good = quality(function)
        return 1 / (good * (1 + share * random.Random(f"{seed} {good}").gauss(0, 1)))

    return cost


def written(bench: Bench, desk: Desk, seed: int = 1, **settings: object) -> Draft | None:
    return tune(settings, bench).write(brief_of(version_of(SOURCE, desk), seed=seed), desk)


def reached(draft: Draft | None, desk: Desk) -> float:
    assert draft is not None
    names: dict[str, Any] = {}
    exec(desk.read(draft.files[PATH]), names)  # noqa: S102 - the tests' own source
    return quality(names["target"])


@pytest.mark.parametrize("share", [0.0, 0.03])
def test_it_finds_good_settings_in_spite_of_noise(share: float):
    found: list[float] = []
    for seed in range(3):
        desk, bench = Desk(), Bench(noisy(share))
        found.append(reached(written(bench, desk, seed, evaluations=200), desk))
        assert len(bench.screened) <= 200 + 5
    assert sorted(found)[1] > 0.85


def block_alone(function: Callable[..., Any], _: int) -> float:
    return 1 / float(function([1.0] * 30)[3])


def test_what_brings_nothing_is_left_as_it_was():
    desk = Desk()
    draft = written(Bench(block_alone), desk)
    assert draft is not None
    text = desk.read(draft.files[PATH]).decode()
    changed = [a for a, b in zip(SOURCE.split(), text.split(), strict=True) if a != b]
    assert changed == ["4,"]


def test_nothing_to_turn_or_nothing_better_means_no_candidate():
    desk = Desk()
    assert came_to_nothing(written(Bench(always_one), desk))
    bench = Bench(always_one)
    plain = version_of("def target(x):\n    return x\n", desk)
    assert tune({}, bench).write(brief_of(plain), fresh(desk)) is None
    assert bench.screened == []


def test_what_was_tried_is_not_handed_in_again():
    desk = Desk()
    version, bench = version_of(SOURCE, desk), Bench(noisy(0.0))
    author = tune({"evaluations": 60, "attempts": 2}, bench)
    first = author.write(brief_of(version), desk)
    assert first is not None
    tried = version_of(desk.read(first.files[PATH]).decode(), desk, "tried")
    again = author.write(brief_of(version, tried=(tried,)), fresh(desk))
    assert again is not None
    assert again.files != first.files
    assert author.write(brief_of(version, tried=(tried, tried)), desk) is None


def fresh(desk: Desk) -> Desk:
    """A new step's desk with the same objects."""
    other = Desk()
    other.objects = desk.objects
    return other


def test_a_killed_search_goes_on_where_it_was():
    whole, parts = Desk(), Desk(halt_after=3)
    bench, other = Bench(noisy(0.03)), Bench(noisy(0.03))
    expected = written(bench, whole, evaluations=120)
    with pytest.raises(Halt):
        written(other, parts, evaluations=120)
    parts.halt_after = math.inf
    assert written(other, parts, evaluations=120) == expected
    assert other.screened == bench.screened


def test_what_was_screened_before_a_kill_is_not_screened_again(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("successor.authors.trials._EVERY_S", 0.0)
    whole, parts = Desk(), Desk()
    bench, dying, other = Bench(noisy(0.03)), Dying(noisy(0.03)), Bench(noisy(0.03))
    expected = written(bench, whole, evaluations=120)
    with pytest.raises(KeyboardInterrupt):
        written(dying, parts, evaluations=120)
    assert written(other, parts, evaluations=120) == expected
    assert [*dying.screened, *other.screened] == bench.screened


class Dying(Bench):
    def screen(self, source: str, incumbent: Version, seed: int, workspace: Workspace) -> Screening:
        if len(self.screened) == 30:
            raise KeyboardInterrupt
        return super().screen(source, incumbent, seed, workspace)


def test_the_strategy_leaves_the_global_chances_alone():
    np.random.seed(7)  # noqa: NPY002 - the global state is what this is about
    expected = np.random.random()  # noqa: NPY002 - the one that libraries share
    np.random.seed(7)  # noqa: NPY002 - the one that libraries share
    points = [strategy([0.0, 0.0], 0.5, 0, [1, 2]).ask() for _ in range(2)]
    assert np.random.random() == expected  # noqa: NPY002 - the one that libraries share
    assert np.array_equal(points[0], points[1])


def test_a_bad_setting_is_told():
    with pytest.raises(UsageError, match="evaluations = 1"):
        tune({"evaluations": 1}, Bench(noisy(0.0)))
    assert Settings().evaluations > 4
