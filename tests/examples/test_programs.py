"""Every example passes its own tests, and its generator draws what it takes."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from importlib import import_module
from random import Random
from typing import Any

import pytest

from examples.loading import EXAMPLES, PROGRAMS, inside, load
from successor import labfile

FOLDERS = sorted({path.parent.name for path in EXAMPLES.glob("*/test_*.py")})
DRAWN = sorted(path.parent.name for path in EXAMPLES.glob("*/inputs.py"))


def subject(name: str) -> dict[str, Any]:
    return tomllib.loads((EXAMPLES / name / "successor.toml").read_text("utf-8"))["subject"]


def own_tests() -> Iterator[tuple[str, str]]:
    for name in FOLDERS:
        for path in sorted((EXAMPLES / name).glob("test_*.py")):
            yield name, path.stem


def original(name: str) -> Callable[..., object]:
    path, _, function = subject(name)["target"].partition(":")
    return getattr(load(name, path.removesuffix(".py")), function or subject(name)["entry"])


@pytest.mark.parametrize("name", PROGRAMS)
def test_labs_can_be_read(name: str) -> None:
    lab = labfile.read(EXAMPLES / name)
    assert lab.lab.goal


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_labs_name_is_there(name: str) -> None:
    settings = subject(name)
    for key in ("target", "inputs", "cost"):
        path, _, function = settings.get(key, "").partition(":")
        text = (EXAMPLES / name / path).read_text("utf-8") if path else ""
        assert not function or f"def {function}(" in text
    for test in settings.get("tests", ()):
        assert (EXAMPLES / name / test).is_file()


@pytest.mark.parametrize(("name", "module"), list(own_tests()))
def test_originals_pass_their_own_tests(name: str, module: str) -> None:
    with inside(name):
        tests = vars(import_module(module))
        found = [test for key, test in tests.items() if key.startswith("test_")]
        assert found
        for test in found:
            test()


@pytest.mark.parametrize("name", DRAWN)
def test_a_seed_draws_the_same_inputs(name: str) -> None:
    draw = load(name, "inputs").draw
    for size in subject(name)["sizes"]:
        assert draw(Random(f"{size}"), size) == draw(Random(f"{size}"), size)


@pytest.mark.parametrize("name", DRAWN)
def test_originals_take_what_is_drawn(name: str) -> None:
    draw, function = load(name, "inputs").draw, original(name)
    size = subject(name)["sizes"][0]
    for seed in range(30):
        arguments = draw(Random(seed), size)
        inspect.signature(function).bind(*arguments)
        negative = name == "factorial" and arguments[0] < 0
        with pytest.raises(ValueError, match="negative") if negative else nullcontext():
            function(*arguments)


@pytest.mark.parametrize("name", ["bin_packing", "tsp", "symbolic_regression", "circle_packing"])
def test_an_original_has_a_cost(name: str) -> None:
    arguments = load(name, "inputs").draw(Random(1), 20)
    found = load(name, "score").cost(arguments, original(name)(*arguments))
    assert found > 0


@pytest.mark.parametrize("name", ["bin_packing", "tsp", "symbolic_regression", "circle_packing"])
@pytest.mark.parametrize(
    "answer", [None, [], 7, "no", [None], [[]], [1e999], [10**400], [(0.1, 0.1, float("nan"))]]
)
def test_what_is_no_solution_is_refused_in_a_line(name: str, answer: object) -> None:
    arguments = load(name, "inputs").draw(Random(1), 1)
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        load(name, "score").cost(arguments, answer)


def test_no_program_imports_its_score() -> None:
    for path in EXAMPLES.glob("*/score.py"):
        for other in path.parent.glob("*.py"):
            text = other.read_text("utf-8")
            assert "import score" not in text
            assert "from score" not in text


@pytest.mark.parametrize("n", [*range(-3, 400), 10**6 + 3, 999_999_999_989, 3215031751])
def test_the_generator_of_primes_knows_primes(n: int) -> None:
    root = int(max(n, 0) ** 0.5) + 1
    prime = n > 1 and all(n % divisor for divisor in range(2, min(root + 1, n)))
    assert load("prime", "inputs").miller_rabin(n) == prime


def test_the_article_s_two_lines() -> None:
    written = (EXAMPLES / "add" / "add.py").read_text("utf-8")
    assert written == "def add(a, b):\n    return a + b\n"
