from __future__ import annotations

import ast
from random import Random
from typing import cast

import pytest

from successor.sandbox import Call, Value
from successor.subjects.program import hints, observed, syntax
from successor.subjects.program.contract import Argument, Contract, all_shared, known_arguments
from successor.subjects.program.edges import draw_edges
from successor.subjects.program.kinds import Fixed, Items, Kind, Real, Scale, Text, Whole, holds


def contract_of(source: str, *calls: tuple[Value, ...]) -> Contract:
    node = syntax.find(ast.parse(source), "f")
    assert node is not None
    seen = [Call(call) for call in calls]
    known = known_arguments(node, seen)
    row = tuple(each for each in known if isinstance(each, Argument))
    assert len(row) == len(known)
    return Contract((row,), all_shared(seen, [row]))


@pytest.mark.parametrize(
    ("hint", "kind"),
    [
        ("int", Whole()),
        ("float", Real(whole=True)),
        ("list[int]", Items("list", Whole())),
        ("'list[str]'", Items("list", Text())),
        ("Sequence[float]", Items("list", Real(whole=True), others=("tuple",))),
        ("Iterable[int]", Items("list", Whole(), others=("tuple", "set"))),
        ("Iterable[list[int]]", Items("list", Items("list", Whole()), others=("tuple",))),
        ("tuple[int, ...]", Items("tuple", Whole())),
        ("tuple[int, str]", Fixed((Whole(), Text()))),
        ("typing.List[typing.List[int]]", Items("list", Items("list", Whole()))),
        ("np.ndarray", None),
        ("list[Thing]", None),
    ],
)
def test_hints_are_read_and_never_evaluated(hint: str, kind: Kind | None):
    assert hints.kind_of(ast.parse(hint, mode="eval").body) == kind


@pytest.mark.parametrize(
    "hint",
    ["int", "float", "str", "bytes", "bool", "None", "Fraction", "list[int]", "set[str]",
     "dict[str, float]", "int | None", "Optional[str]", "Literal[1, 'a']", "tuple[int, str]",
     "frozenset[int]", "list[tuple[int, float]]", "Union[int, str]"],
)  # fmt: skip
def test_what_is_drawn_has_the_kind_and_is_the_same_every_time(hint: str):
    kind = hints.kind_of(ast.parse(hint, mode="eval").body)
    assert kind is not None
    drawn = [kind.draw(Random(seed), Scale(12)) for seed in range(20)]
    assert {type(value) for value in drawn} <= holds(kind)
    assert repr(drawn) == repr([kind.draw(Random(seed), Scale(12)) for seed in range(20)])
    edges = draw_edges([[kind]], 50, 16, 3)
    assert {type(value) for (value,) in edges} <= holds(kind)
    assert repr(edges) == repr(draw_edges([[kind]], 50, 16, 3))


def test_sizes_are_lengths_and_magnitudes():
    contract = contract_of("def f(a: int, b: list[int]): ...")
    for seed in range(20):
        call = contract.draw(Random(seed), 100, heavy=True)
        number, numbers = call.args
        assert isinstance(number, int)
        assert isinstance(numbers, list)
        assert 75 <= number <= 100
        assert 75 <= len(numbers) <= 100


def test_sorted_lists_are_mostly_drawn_where_only_those_were_seen():
    seen: list[tuple[Value, ...]] = [([1, 5, 9], 5), ([2, 2, 8, 9], 1), ([0, 3, 4], 4)]
    contract = contract_of("def f(items, x): ...", *seen)
    ascending = [observed.ascends(contract.draw(Random(seed), 20).args[0]) for seed in range(100)]
    assert 60 < sum(ascending) < 90
    edges = [row[0] for row in draw_edges(contract.edges, 50, 200, 3)]
    assert not all(observed.ascends(each) for each in edges), "at the edges they are in any order"


@pytest.mark.parametrize(
    ("docstring", "promised"),
    [
        ("Where x is in a sorted list of items.", True),
        ("Find x within the sorted items.", True),
        ("Where x is; items is sorted.", True),
        ("Args:\n        items: numbers in ascending order.\n        x: one of them.", True),
        ("The items without repetitions, in order of first appearance.", False),
        ("A sorted copy of items.", False),
        ("Return a sorted list of the items.", False),
        ("Sorts items in ascending order.", False),
        ("Whether items are in increasing order.", False),
    ],
)
def test_words_about_the_result_are_no_promise_about_the_input(docstring: str, *, promised: bool):
    source = f'def f(items: list[int], x: int):\n    """{docstring}"""\n'
    edges = [row[0] for row in draw_edges(contract_of(source).edges, 50, 100, 3)]
    assert all(observed.ascends(each) for each in edges) is promised
    contrary = contract_of(source, ([3, 1, 2], 4))
    drawn = [row[0] for row in draw_edges(contrary.edges, 50, 100, 3)]
    assert not all(observed.ascends(each) for each in drawn), "a call says otherwise"


def test_sorted_lists_are_drawn_where_the_docstring_asks_for_them():
    source = 'def f(items: list[int], x: int):\n    """Where x is in a sorted list of items."""\n'
    items = contract_of(source).draw(Random(1), 20).args[0]
    assert isinstance(items, list)
    numbers = cast("list[int]", items)
    assert items == sorted(items, key=repr) or numbers == sorted(numbers)


def test_grids_fit_one_another():
    contract = contract_of("def f(a: list[list[int]], b: list[list[int]]): ...")
    for seed in range(10):
        call = contract.draw(Random(seed), 6)
        lengths = {len(grid) for grid in call.args if isinstance(grid, list)}
        rows = {len(row) for grid in call.args if isinstance(grid, list) for row in grid
                if isinstance(row, list)}  # fmt: skip
        assert len(lengths | rows) == 1 or lengths == {0}


def test_lists_of_lists_that_differ_in_length_are_drawn_so():
    seen: list[tuple[Value, ...]] = [([[1, 2], [3], []],), ([[0], [1, 2, 3]],)]
    contract = contract_of("def f(graph): ...", *seen)
    lengths: set[int] = set()
    for seed in range(10):
        graph = contract.draw(Random(seed), 10).args[0]
        assert isinstance(graph, list)
        lengths |= {len(row) for row in graph if isinstance(row, list)}
    assert len(lengths) > 2


def test_optional_arguments_are_sometimes_given():
    contract = contract_of("def f(a: int, b: int = 3, *, c: bool = False): ...")
    calls = [contract.draw(Random(seed), 5) for seed in range(20)]
    assert {len(call.args) for call in calls} == {1, 2}
    assert {tuple(call.kwargs) for call in calls} == {(), ("c",)}


def test_a_wrong_argument_has_a_type_that_was_never_seen():
    contract = contract_of("def f(a, b): ...", (1, "x"), (2.5, "y"))
    for seed in range(20):
        call, name = contract.draw_wrong(Random(seed), 5, ["a", "b"])
        value = call.args[0 if name == "a" else 1]
        assert not isinstance(value, (int, float) if name == "a" else str)


def test_what_was_seen_widens_over_types():
    assert observed.kind_of([1, 2.5]) == Real(whole=True)
    assert observed.kind_of([1, -2]) == Whole()
    assert observed.kind_of([1, 2]) == Whole(0)
    assert observed.kind_of([object()]) is None  # type: ignore[list-item] - no value
    assert observed.kind_of([]) is None
