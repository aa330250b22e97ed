"""The decorator: nothing changes until a successor is promoted, and then it stands in."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import pytest

from improved import TOTAL, imported
from successor import self_improving
from successor.errors import UsageError
from successor.selfimproving import _Adoption

OTHER_ERROR = "class LateError(ValueError):\n    code = 7\n"


def stored(folder: Path, text: str) -> Path:
    """The object on record that holds this text."""
    objects = folder / ".successor-labs" / "total.total" / ".successor" / "objects"
    for path in objects.rglob("*"):
        if path.is_file() and text.encode() in path.read_bytes():
            return path
    raise AssertionError(text)


@contextmanager
def warned(folder: Path, why: str) -> Generator[Any]:
    """The module of a folder, whose import warns."""
    with ExitStack() as stack:
        with pytest.warns(RuntimeWarning, match=why):
            module = stack.enter_context(imported(folder))
        yield module


def test_before_a_run_it_is_the_same_function(tmp_path: Path) -> None:
    (tmp_path / "total.py").write_text(TOTAL, encoding="utf-8")
    with imported(tmp_path) as module:
        bare = {**module.__dict__}
        written = TOTAL.replace('@self_improving(goal="smaller")\n', "")
        exec(compile(written, "x", "exec"), bare)  # noqa: S102 - our own text
        assert module.total.__code__.co_code == bare["total"].__code__.co_code
        assert not hasattr(module.total, "__wrapped__")
        assert module.total.source == TOTAL
        assert module.total.lineage == ()
        assert not (tmp_path / ".successor-labs").exists()
        with pytest.raises(UsageError, match=r"total\.py:total: no version was in charge before"):
            module.total.rollback()


def test_a_module_in_another_encoding_is_told_so(tmp_path: Path) -> None:
    text = f"# coding: latin-1\n{TOTAL}# \xe9\n"
    (tmp_path / "total.py").write_text(text, encoding="latin-1")
    with pytest.raises(UsageError, match=r"total\.py: is not UTF-8 text"), imported(tmp_path):
        pass


def test_later_processes_use_what_was_promoted(improved: Path) -> None:
    assert (improved / "total.py").read_text("utf-8") == TOTAL
    with imported(improved) as module:
        total = module.total
        assert "sum(xs)" in total.source
        assert [version.author for version in total.lineage] == ["subject", "search"]
        assert total([1, 2, 3]) == total(xs=[1, 2, 3], most=6) == 6
        assert "sum(xs)" in inspect.getsource(module.__successors__["total"])
        assert (
            str(inspect.signature(total))
            == "(xs: list[int], most: int = 1208925819614629174706176) -> int"
        )
        with pytest.raises(TypeError):
            total()


def test_who_catches_its_exceptions_catches_those_of_the_successor(improved: Path) -> None:
    with imported(improved) as module:
        with pytest.raises(module.RefusedError, match="too much"):
            module.total([5], 1)
        successor = module.__successors__["total"].__globals__
        assert successor["LateError"] is module.LateError


def test_a_class_that_changed_stays_the_successors(improved: Path) -> None:
    with imported(improved) as module:
        name = module.total
        adoption = name.improve.__self__
        assert isinstance(adoption, _Adoption)
        source = name.source.replace("class LateError(ValueError):\n    pass\n", OTHER_ERROR)
        adoption.adopt(source, name.lineage[-1])
        module.total([1])
        successor = module.__successors__["total"].__globals__
        assert successor["LateError"].code == 7
        assert successor["RefusedError"] is module.RefusedError


def test_rolling_back_restores_the_function(improved: Path) -> None:
    with imported(improved) as module:
        module.total.rollback()
        assert module.total.source == TOTAL
        assert len(module.total.lineage) == 1
        assert "result" in module.total.__code__.co_varnames
        assert module.total.__defaults__ == (2**80,)
        assert module.total([1, 2]) == 3
        with pytest.raises(UsageError, match="no version was in charge before"):
            module.total.rollback()
    with imported(improved) as module:
        assert "result" in module.total.__code__.co_varnames


def test_a_file_that_changed_runs_as_it_is_written(improved: Path) -> None:
    path = improved / "total.py"
    path.write_text(TOTAL.replace("result = 0", "result = 100"), encoding="utf-8")
    with warned(improved, "changed since its lab began.* It runs as it is") as module:
        assert module.total([1]) == 101
        with pytest.raises(UsageError, match="begin anew with --fresh"):
            module.total.improve()


def test_a_record_that_does_not_verify_is_not_run(improved: Path) -> None:
    path = stored(improved, "sum(xs)")
    path.chmod(0o644)
    path.write_bytes(path.read_bytes().replace(b"sum(xs)", b"max(xs)"))
    with warned(improved, "It runs as it is written") as module:
        assert module.total([1, 2]) == 3
        assert module.total.lineage == ()


def test_a_successor_that_cannot_be_imported_here_is_not_run(
    improved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> Any:  # noqa: ANN401 - as compile
        raise MemoryError("no room")

    monkeypatch.setattr("successor.selfimproving.compile", broken, raising=False)
    with warned(improved, "cannot be imported here: MemoryError: no room") as module:
        assert module.total([1, 2]) == 3


def noting(function: Callable[..., object]) -> Callable[..., object]:
    @wraps(function)
    def noted(*given: object) -> object:
        return function(*given)

    return noted


@noting
def wrapped() -> None: ...


def test_only_functions_of_a_file_improve_themselves() -> None:
    def inner() -> None: ...

    with pytest.raises(UsageError, match="only a function at the top level of a file"):
        self_improving(inner)
    space: dict[str, Any] = {"self_improving": self_improving, "__name__": "nowhere"}
    with pytest.raises(UsageError, match="wrapped is another decorator's work: put self_improving"):
        self_improving(wrapped)
    with pytest.raises(UsageError, match="is in no file"):
        exec("@self_improving\ndef f(): ...", space)  # noqa: S102 - of no file


def test_it_stands_where_it_stood_in_a_package(tmp_path: Path) -> None:
    package = tmp_path / "pkg"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "total.py").write_text(TOTAL, encoding="utf-8")
    with imported(package) as module:
        assert module.total.improve(budget="1s").base_case == "wall_clock"
        assert module.total.source == TOTAL
