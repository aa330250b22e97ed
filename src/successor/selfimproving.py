"""A function that can look at itself and rewrite itself: the decorator `self_improving`.

    @successor.self_improving(tests="test_add.py")
    def add(a, b):
        return a + b

    add.improve()      # writes, proves and takes over
    add.source         # as it is now
    add.lineage        # the versions that led to it
    add.rollback()     # the one before takes over again

The function is not wrapped: until a successor is promoted it is the very same object and costs
what it did. From then on calls go through to the successor, also in later processes, for as long
as the file that the function is in has not changed.
"""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any, ParamSpec, Protocol, TypeVar, cast, overload

from successor import targets
from successor.director import roll_back
from successor.errors import SuccessorError, UsageError
from successor.lab import RECORD, open_lab, run
from successor.ledger import Ledger
from successor.subjects.program.target import read_source
from successor.targets import FunctionName, Wishes
from successor.types import Stop, Version

P = ParamSpec("P")
R_co = TypeVar("R_co", covariant=True)
R = TypeVar("R")
_SUCCESSORS = "__successors__"
"""Name in the function's module under which its successors are, by function."""


class SelfImproving(Protocol[P, R_co]):
    """A function with what `self_improving` adds to it."""

    source: str
    """Of the function as it is now: the whole module that it is in."""
    lineage: tuple[Version, ...]
    """The versions that led to the one in charge, the first one first; empty before a run."""
    improve: Improve
    rollback: Callable[[], None]
    """Put the version before in charge again, on record; raises UsageError at the first."""

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...


class Improve(Protocol):
    """Run the recursion until a base case ends it, and let the successor take over.

    With `unsafe_sandbox`, also where no sandbox holds: what is judged there is never promoted.
    """

    def __call__(
        self, *, budget: str | None = None, fresh: bool = False, unsafe_sandbox: bool = False
    ) -> Stop: ...


@overload
def self_improving(function: Callable[P, R], /) -> SelfImproving[P, R]: ...
@overload
def self_improving(
    *, goal: str | None = None, tests: str | None = None, inputs: str | None = None
) -> Callable[[Callable[P, R]], SelfImproving[P, R]]: ...
def self_improving(
    function: Callable[..., object] | None = None,
    /,
    *,
    goal: str | None = None,
    tests: str | None = None,
    inputs: str | None = None,
) -> object:
    """Let a function of a module improve itself.

    Args:
        function: at the top level of a module that is a file.
        goal: what it should become; "faster" when not given.
        tests: file of its tests, relative to its own; found beside it when not given.
        inputs: `file.py:function` that draws its inputs, when its types do not say enough.

    Raises:
        UsageError: when the function is not at the top level of a file.
    """
    wishes = Wishes(goal, None if tests is None else (tests,), inputs)

    def decorate(function: Callable[..., object]) -> object:
        return function if _Adoption.under_way else _equipped(function, wishes)

    return decorate if function is None else decorate(function)


class _Adoption:
    """A function and the successor that stands in for it, if one does."""

    under_way = False
    """True while a successor's module is executed: its own decorator must do nothing then."""

    def __init__(self, function: FunctionType, name: FunctionName, wishes: Wishes) -> None:
        self.function = function
        self.name = name
        self.wishes = wishes
        self._own = (function.__code__, function.__defaults__, function.__kwdefaults__)
        self.source = read_source(name.file)

    def improve(
        self, *, budget: str | None = None, fresh: bool = False, unsafe_sandbox: bool = False
    ) -> Stop:
        """As `Improve` says."""
        folder = targets.prepare(self.name, self.wishes, fresh=fresh)
        limits = {} if budget is None else {"base_cases": {"wall_clock": budget}}
        with open_lab(folder, limits, fresh=fresh, unsafe_sandbox=unsafe_sandbox) as lab:
            stop = run(lab)
        self.refresh()
        return stop

    def rollback(self) -> None:
        """Put the version before in charge again."""
        if not self.name.folder.is_dir():
            raise UsageError(f"{self.name}: no version was in charge before: it was never improved")
        with open_lab(self.name.folder, to_write=False) as lab:
            roll_back(lab)
        self.refresh()

    def refresh(self) -> None:
        """Let the version in charge stand in, and say which it is."""
        path = self.name.read().path
        with Ledger.read(self.name.folder / RECORD) as ledger:
            incumbent = ledger.incumbent()
            line = ledger.lineage(incumbent.id) if incumbent else ()
            sources = [ledger.object(version.files[path]).decode("utf-8-sig") for version in line]
        if len(line) > 1:
            self.adopt(sources[-1], line[-1])
        else:
            self.restore()
        equipped = cast("SelfImproving[..., object]", self.function)
        equipped.lineage = line
        equipped.source = sources[-1] if sources else equipped.source

    def adopt(self, source: str, version: Version) -> None:
        """Send calls to the function of that name in `source`.

        Raises:
            SuccessorError: when its module cannot be imported into this process.
        """
        written, name = self.function, self.name.function
        module = self._imported(source, version)

        def first_call(*args: object, **kwargs: object) -> object:
            # Not before: while the module is imported, what follows the function is not there.
            module.__dict__.update(_shared(written.__globals__, module, self.source, source))
            written.__globals__[_SUCCESSORS][name] = successor
            return successor(*args, **kwargs)

        successor = getattr(module, name)
        written.__globals__.setdefault(_SUCCESSORS, {})[name] = first_call
        written.__signature__ = inspect.signature(written)  # type: ignore[attr-defined] - see inspect
        written.__code__ = _passes_on(name)
        written.__defaults__ = written.__kwdefaults__ = None

    def _imported(self, source: str, version: Version) -> ModuleType:
        """The module of a version, under a name of its own."""
        home = f"<{self.name.file.name}, version {version.id[:12]}>"
        linecache.cache[home] = (len(source), None, source.splitlines(keepends=True), home)
        module = ModuleType(f"{self.function.__module__}.successor_{self.name.function}")
        module.__file__ = str(self.name.file)
        module.__package__ = self.function.__globals__.get("__package__")
        sys.modules[module.__name__] = module
        _Adoption.under_way = True
        try:
            # The one place where a successor runs in this process: it was promoted before.
            exec(compile(source, home, "exec"), module.__dict__)  # noqa: S102 - promoted
        except Exception as error:
            told = f"{type(error).__name__}: {error}"
            raise SuccessorError(f"{home} cannot be imported here: {told}") from error
        finally:
            _Adoption.under_way = False
        return module

    def restore(self) -> None:
        """Let the function do its own work again."""
        written = self.function
        written.__code__, written.__defaults__, written.__kwdefaults__ = self._own
        written.__dict__.pop("__signature__", None)


def _passes_on(name: str) -> CodeType:
    """The code of a function that passes its arguments on to the successor of that name."""
    space: dict[str, Any] = {}
    text = f"def {name}(*args, **kwargs):\n    return {_SUCCESSORS}[{name!r}](*args, **kwargs)\n"
    exec(compile(text, "<successor>", "exec"), space)  # noqa: S102 - nothing in it is foreign
    return space[name].__code__


def _shared(
    own: Mapping[str, object], module: ModuleType, before: str, after: str
) -> Iterator[tuple[str, object]]:
    """The classes that are the same in both texts, as the function's own module has them: who
    catches its exceptions has to catch those of the successor.
    """
    old, new = _classes(before), _classes(after)
    for name in old.keys() & new.keys():
        mine, written = vars(module).get(name), own.get(name)
        if old[name] == new[name] and isinstance(mine, type) and isinstance(written, type):
            yield name, written


def _classes(source: str) -> dict[str, str]:
    """Every class at the top level of a module, as text."""
    found = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    return {node.name: ast.dump(node) for node in found}


def _equipped(function: Callable[..., object], wishes: Wishes) -> object:
    if not isinstance(function, FunctionType) or "." in function.__qualname__:
        raise UsageError(
            f"{function!r}: only a function at the top level of a file improves itself"
        )
    if function.__closure__ or "__wrapped__" in vars(function):
        raise UsageError(
            f"{function.__qualname__} is another decorator's work: put self_improving right above "
            "its def"
        )
    path = inspect.getsourcefile(function)
    if path is None or not Path(path).is_file():
        raise UsageError(f"{function.__qualname__} is in no file: put it in one, to improve it")
    adoption = _Adoption(
        function, FunctionName(targets.followed(Path(path)), function.__name__), wishes
    )
    equipped = cast("SelfImproving[..., object]", function)
    equipped.source = adoption.source
    equipped.lineage = ()
    equipped.improve = adoption.improve
    equipped.rollback = adoption.rollback
    if (adoption.name.folder / RECORD / "record.sqlite").is_file():
        _taken_up(adoption)
    return function


def _taken_up(adoption: _Adoption) -> None:
    """Let a successor of an earlier process stand in; the function as written when that fails."""
    try:
        targets.require_unchanged(adoption.name)
        adoption.refresh()
    except SuccessorError as error:
        told = str(error).splitlines()[0]
        warnings.warn(f"{told} It runs as it is written.", RuntimeWarning, stacklevel=4)
