"""Finding what a lab names by `kind`: entry points, or a factory in a file of the lab.

The built-in subjects, authors and judges are registered exactly as a third party's are. What a
subject may be able to do beside its protocol is named here, and asked for by whoever needs it.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module
from importlib.metadata import entry_points
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from inspect import signature
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from successor.errors import SuccessorError, UsageError
from successor.labfile import FILE_NAME
from successor.llm.places import user_cache
from successor.types import Draw
from successor.validation import no_such

if TYPE_CHECKING:
    from successor.sandbox import Confinement

_INSTALLED = Path(__file__).parent
_US = __name__.partition(".")[0]
_CODE = (".py", ".pyc", ".so")
_TRAINING = ("torch", "safetensors")
_SPELLED = re.compile(r"([^:\x00]+\.py|[^\W\d]\w*(\.[^\W\d]\w*)*):[^\W\d]\w*")
"""`file.py:factory` or `package.module:factory`."""
Group = Literal["subjects", "authors", "judges"]
_HAS: dict[Group, tuple[str, ...]] = {
    "subjects": ("create", "evaluate_self", "examine"),
    "authors": ("write",),
    "judges": ("judge",),
}
"""Methods by the protocols in types.py."""


@runtime_checkable
class Closing(Protocol):
    """A subject or an author that holds on to something, such as a process."""

    def close(self) -> None: ...


@runtime_checkable
class Bound(Protocol):
    """A subject that rests on files of the lab beside its settings."""

    def bound(self) -> Mapping[str, bytes]:
        """Each by its path in the lab's folder: with any other, it is another experiment."""
        ...


@runtime_checkable
class Telling(Protocol):
    """A subject that can say what it goes by."""

    def report(self) -> Mapping[str, tuple[str, ...]]:
        """Lines for people, by heading; UsageError when the subject cannot be judged."""
        ...


@runtime_checkable
class Foreseeing(Protocol):
    """A subject that can say before any exam what its exams ask, so that a target which none of
    them could measure is refused before any work.
    """

    def asks(self) -> Sequence[tuple[str, float]]:
        """(slice, size) of all that an exam may have; UsageError when it cannot be judged."""
        ...


@runtime_checkable
class Confined(Protocol):
    """A subject whose versions run in a sandbox."""

    def allow_unsafe(self) -> None:
        """Let it be a sandbox that does not hold, where there is no other."""

    def confinement(self) -> Confinement | None:
        """The least trusted sandbox that it has opened; None before the first."""
        ...


@runtime_checkable
class Parting(Protocol):
    """A subject whose exams can be taken in parts, on any machine: what an item scores follows from
    the version, the draw and the slice, and from no clock.
    """

    def parts(self, draw: Draw) -> Sequence[Draw]:
        """Draws that come, put together in this order, to the same as the draw."""
        ...


def find(group: Group, kind: str, folder: Path) -> Callable[..., object]:
    """The factory that `kind` names: an entry point of `successor.<group>`, `file.py:name` for
    a file in the lab's folder, or `package.module:name`.

    Raises:
        UsageError: when nothing has that name.
        SuccessorError: when what it names cannot be imported.
    """
    where = f"{folder / FILE_NAME}: [{group.removesuffix('s')}] kind = {kind!r}"
    known = {point.name: point for point in entry_points(group=f"successor.{group}")}
    try:
        if kind in known:
            return known[kind].load()
        if _SPELLED.fullmatch(kind):
            return _named(kind, folder, where)
    except ImportError as error:
        hint = "; pip install 'successor-rsi[train]'" if error.name in _TRAINING else ""
        unknown = error.name is not None and f"{kind}.".replace(":", ".").startswith(
            f"{error.name}."
        )
        raise (UsageError if unknown else SuccessorError)(
            f"{where}: cannot be loaded: {error}{hint}"
        ) from error
    raise UsageError(f"{where}: {no_such('kind', kind, list(known))}")


def make(group: Group, kind: str, folder: Path, *given: object) -> object:
    """What the factory makes of the settings and services that it is given.

    Raises:
        UsageError: when it refuses a setting, or is no factory of that group.
        SuccessorError: as `find`.
    """
    where = f"{folder / FILE_NAME}: [{group.removesuffix('s')}] kind = {kind!r}"
    factory = find(group, kind, folder)
    try:
        signature(factory).bind(*given)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{where}: is no factory of {group}: {error}") from None
    try:
        with _blaming(kind, folder, where):
            made = factory(*given)
    except UsageError as error:
        if str(error).startswith(where):
            raise
        raise UsageError(f"{folder / FILE_NAME}: {error}") from None
    lacking = [name for name in _HAS[group] if not callable(getattr(type(made), name, None))]
    if lacking:
        kind_made = type(made).__name__
        raise UsageError(f"{where}: made a {kind_made}, which has no method {lacking[0]!r}")
    return made


def own_code(folder: Path, kinds: Mapping[str, str]) -> dict[str, bytes]:
    """The code behind those parts of a lab that are not ours: with any other, it is another
    experiment.

    It is every file of Python in the lab's folder, where one of its parts comes from one, by path:
    what that one imports, only running it would tell. Of what is installed, it is a list of the
    files of the whole package, with their digests. Nothing is run.

    Args:
        kinds: by table: subject, author, judge.
    """
    homes = [_home(table, kind) for table, kind in kinds.items()]
    packages = {home.partition(".")[0] for home in homes if home and not home.endswith(".py")}
    found = {f"{name} (installed)": _listing(name) for name in sorted(packages - {_US})}
    if any(home.endswith(".py") for home in homes):
        own = {path.relative_to(folder).as_posix(): path for path in _python(folder)}
        found |= {name: path.read_bytes() for name, path in own.items()}
    return found


def _home(table: str, kind: str) -> str:
    """The file or the module that a part comes from; nothing where there is none."""
    for point in entry_points(group=f"successor.{table}s", name=kind):
        return point.module
    return kind.rpartition(":")[0] if _SPELLED.fullmatch(kind) else ""


def _listing(package: str) -> bytes:
    """What a package consists of, a line for each file; nothing when it is not there."""
    spec = find_spec(package)
    if spec is None:
        return b""
    roots = [Path(each) for each in spec.submodule_search_locations or ()]
    files = [(path.relative_to(root), path) for root in roots for path in _python(root)]
    if not roots and spec.has_location and spec.origin:  # no part of Python itself
        files = [(Path(Path(spec.origin).name), Path(spec.origin))]
    lines = [f"{sha256(path.read_bytes()).hexdigest()}  {name}\n" for name, path in files]
    return "".join(lines).encode()


def _python(folder: Path, above: frozenset[Path] = frozenset()) -> Generator[Path]:
    """In a folder and those below it, but for hidden ones and environments; of a link, what it
    leads to.
    """
    inside = above | {folder.resolve()}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name == "__pycache__":
            continue
        if path.suffix in _CODE and path.is_file():
            yield path
        elif path.is_dir() and not (path / "pyvenv.cfg").exists() and path.resolve() not in inside:
            yield from _python(path, inside)


def _named(kind: str, folder: Path, where: str) -> Callable[..., object]:
    home, _, name = kind.rpartition(":")
    if home.endswith(".py") and not (folder / home).resolve().is_relative_to(folder.resolve()):
        raise UsageError(f"{where}: {home} is outside the lab's folder; copy it there")
    with _blaming(kind, folder, where):
        module = _from_file(folder / home, where) if home.endswith(".py") else import_module(home)
    factory = getattr(module, name, None)
    if not callable(factory):
        raise UsageError(f"{where}: {home} has no function {name!r}")
    return factory


@contextmanager
def _blaming(kind: str, folder: Path, where: str) -> Generator[None]:
    """Say of a lab's own code that failed where it did: it is the user's, and no fault of ours."""
    try:
        yield
    except (SuccessorError, ImportError):
        raise
    except (Exception, SystemExit) as error:
        if not _SPELLED.fullmatch(kind):
            raise
        raise UsageError(f"{where}: failed with {_told(error, folder)}") from error


@contextmanager
def blaming_own(folder: Path) -> Generator[None]:
    """Say of a run that failed in a file of the lab's folder where that was.

    Raises:
        SuccessorError: in place of what was raised there, also of an exit.
    """
    try:
        yield
    except SuccessorError:
        raise
    except (Exception, SystemExit) as error:
        if not _frames(error, folder):
            raise
        raise SuccessorError(
            f"{folder}: its own code failed with {_told(error, folder)}"
        ) from error


def _told(error: BaseException, folder: Path) -> str:
    told = f"{type(error).__name__}: {error}".replace("\n", " ")
    if isinstance(error, SyntaxError):  # which says itself where it is
        return told
    last = (_frames(error, folder) or traceback.extract_tb(error.__traceback__))[-1]
    return f"{told} ({Path(last.filename).name}, line {last.lineno})"


def _frames(error: BaseException, folder: Path) -> list[traceback.FrameSummary]:
    """Those in files of the folder, the innermost last; what is installed there is nobody's own."""
    frames = traceback.extract_tb(error.__traceback__)
    paths = [(frame, Path(frame.filename)) for frame in frames]
    return [
        frame
        for frame, path in paths
        if path.is_relative_to(folder)
        and "site-packages" not in path.parts
        and not path.is_relative_to(_INSTALLED)
    ]


def _from_file(path: Path, where: str) -> ModuleType:
    """The module in `path`, under a name of its own, so that two labs never share one."""
    name = f"successor_lab_{sha256(bytes(path.resolve())).hexdigest()[:16]}"
    if name in sys.modules:
        return sys.modules[name]
    spec = spec_from_file_location(name, path)
    if not path.is_file() or spec is None or spec.loader is None:
        raise UsageError(f"{where}: {path} does not exist")
    module = module_from_spec(spec)
    sys.modules[name] = module
    # What lies compiled beside a file need not be that file: neither of it nor of what it imports.
    sys.pycache_prefix = sys.pycache_prefix or str(user_cache(os.environ) / "compiled")
    try:
        exec(compile(path.read_bytes(), path, "exec"), module.__dict__)  # noqa: S102 - the lab's own
    except BaseException:
        del sys.modules[name]
        raise
    return module
