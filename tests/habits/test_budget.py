"""The complexity budget counts what it says, and only falls."""

from pathlib import Path

import pytest

import budget

MODULE = '''\
class Thing:
    @property
    def name(self, first: int, *, second: int = 1) -> int:
        """A docstring

        costs nothing.
        """
        return first + second
'''


@pytest.fixture
def files(tmp_path: Path) -> list[budget.File]:
    (tmp_path / "room").mkdir()
    module = tmp_path / "room" / "thing.py"
    module.write_text(MODULE, encoding="utf-8")
    return [budget.measured(module, tmp_path)]


def test_counts_lines_without_decorator_and_docstring(files: list[budget.File]) -> None:
    assert files[0].room == "room"
    assert files[0].lines == 8
    assert files[0].functions == (budget.Function("room/thing.py:3 name", 2, 2),)


def test_a_rise_is_told_with_both_numbers(files: list[budget.File]) -> None:
    now = budget.numbers(files)
    assert list(budget.rises(now, {"longest function": 1})) == [
        "longest function is 2; the budget is 1"
    ]
    assert not list(budget.rises(now, {"longest function": 2}))


def test_the_record_cannot_lift_a_hard_limit(files: list[budget.File]) -> None:
    now = {**budget.numbers(files), "longest function": 61}
    assert list(budget.rises(now, {"longest function": 1000})) == [
        "longest function is 61; the budget is 60"
    ]


def test_lowering_never_raises() -> None:
    assert budget.lowered({"a": 3, "b": 9, "new": 4}, {"a": 5, "b": 5}) == {
        "a": 3,
        "b": 5,
        "new": 4,
    }
