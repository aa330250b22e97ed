"""`file.py:function`: the code that a lab names, read and never imported."""

from __future__ import annotations

import ast
import difflib
import io
import tokenize
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path

from successor.errors import UsageError
from successor.subjects.program import demands, syntax

MOST_TOLD = 12
"""Names of functions that a message lists."""
LARGEST = 1_000_000
"""Characters of a file that is rewritten: every candidate is such a text, parsed many times."""
SPELLING = "file.py:function, or file.py with evolve regions"


@dataclass(frozen=True)
class Target:
    """A function or a file, and all that it imports from its folder."""

    root: Path
    """Folder from which its modules are imported."""
    path: str
    """The file that may change, relative to `root`."""
    function: str
    """Dotted name; "" when the whole file is the target."""
    entry: str
    """Dotted name of the function that is asked."""
    files: Mapping[str, bytes]
    """The file and its siblings, by relative path, as they were when the lab was opened."""

    @property
    def source(self) -> str:
        """The text of the file."""
        return self.files[self.path].decode("utf-8-sig")

    def encoded(self, source: str) -> bytes:
        """A text as the file has it: with a byte order mark, where it begins with one."""
        mark = BOM_UTF8 if self.files[self.path].startswith(BOM_UTF8) else b""
        return mark + source.encode()

    @property
    def module(self) -> str:
        """As it is imported."""
        return self.path.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    @property
    def node(self) -> syntax.Function:
        """The definition of the function that is asked."""
        found = syntax.find(ast.parse(self.source), self.entry)
        assert found is not None, "read_target has seen to it"  # noqa: S101 - for the checker
        return found

    @property
    def is_method(self) -> bool:
        """Whether it needs an instance of its class."""
        decorators = {getattr(each, "id", "") for each in self.node.decorator_list}
        return "." in self.entry and not decorators & {"staticmethod", "classmethod"}


def read_target(spelled: str, entry: str | None, folder: Path) -> Target:
    """Read what `target` names.

    Raises:
        UsageError: when it is spelled otherwise, not there, does not parse, or is no function.
    """
    name, _, function = spelled.partition(":")
    path = _existing(name, folder)
    root = _root(path)
    source = read_source(path)
    if len(source) > LARGEST:
        raise UsageError(
            f"{path}: has {len(source):,} characters, and at most {LARGEST:,} are rewritten; "
            "move the function to a file of its own"
        )
    tree = parsed(source, path)
    asked = function or entry or ""
    known = [*dict(syntax.functions(tree))]
    if not asked:
        raise UsageError(
            f"[subject] target = {spelled!r}: which function is asked? "
            f'add entry = "name"; {did_you_mean("", known)}'
        )
    if asked not in known:
        raise UsageError(f"{path}: has no function {asked!r}; {did_you_mean(asked, known)}")
    relative = path.relative_to(root).as_posix()
    _check_name(path, relative.removesuffix(".py").split("/"))
    target = Target(root, relative, function, asked, dict(_with_siblings(relative, root)))
    _check(target)
    return target


def parsed(source: str, path: Path) -> ast.Module:
    """The syntax tree of a file.

    Raises:
        UsageError: when it does not parse, with the line.
    """
    try:
        syntax.outside_regions(source)
        return ast.parse(source)
    except SyntaxError as error:
        where = f"{path}, line {error.lineno}" if error.lineno else f"{path}"
        raise UsageError(f"{where}: does not parse: {error.msg}") from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: does not parse: {error}") from None


def read_source(path: Path) -> str:
    """The text of a file.

    Raises:
        UsageError: when it cannot be read, is no UTF-8, or says that it is what Python cannot read.
    """
    try:
        data = path.read_bytes()
        source = data.decode("utf-8-sig")
        tokenize.detect_encoding(io.BytesIO(data).readline)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8 text: {error.reason}") from None
    except SyntaxError as error:
        raise UsageError(f"{path}: cannot be read by Python: {error.msg}") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    return source


def function_in(spelled: str, key: str, folder: Path) -> tuple[Path, str]:
    """The file and function that a setting such as `inputs` names.

    Raises:
        UsageError: as `read_target`.
    """
    name, _, function = spelled.partition(":")
    path = _existing(name, folder, key)
    known = [*dict(syntax.functions(parsed(read_source(path), path)))]
    if function not in known:
        raise UsageError(
            f"[subject] {key} = {spelled!r}: {path} has no function {function!r}; "
            f"{did_you_mean(function, known)}"
        )
    return path, function


def did_you_mean(word: str, known: list[str]) -> str:
    """The known word nearest to `word`, or those there are when none is near."""
    if near := difflib.get_close_matches(word, known, n=1):
        return f"did you mean {near[0]!r}?"
    more = f" and {len(known) - MOST_TOLD} more" if len(known) > MOST_TOLD else ""
    return f"known: {', '.join(known[:MOST_TOLD]) or 'none'}{more}"


def _existing(name: str, folder: Path, key: str = "target") -> Path:
    where = f"[subject] {key} = {name!r}"
    path = (folder / name).resolve()
    if path.is_dir():
        raise UsageError(f"{where}: is a folder; should be {SPELLING}")
    if not name.endswith(".py"):
        raise UsageError(f"{where}: should be {SPELLING}")
    if not path.is_relative_to(folder.resolve()):
        raise UsageError(f"{where}: is outside the lab's folder; copy it there")
    if not path.is_file():
        known = sorted(each.name for each in folder.glob("*.py"))
        raise UsageError(f"{where}: {path} does not exist; {did_you_mean(name, known)}")
    return path


def _root(path: Path) -> Path:
    """The folder above all packages that the file is in: what `sys.path` would hold."""
    root = path.parent
    while (root / "__init__.py").is_file():
        root = root.parent
    return root


def _check_name(path: Path, names: list[str]) -> None:
    if wrong := [name for name in names if not name.isidentifier() or iskeyword(name)]:
        raise UsageError(f"{path}: cannot be imported, as {wrong[-1]!r} is no name; rename it")


def _check(target: Target) -> None:
    node = target.node
    where = f"{target.root / target.path}, line {node.lineno}: {target.entry}"
    if isinstance(node, ast.AsyncFunctionDef):
        raise UsageError(f"{where} is awaited; name a function that returns its result")
    if target.is_method and _constructor_needs(target):
        raise UsageError(f"{where} needs an instance that takes arguments; name a function")
    if target.is_method and (place := demands.kept_by(target.source, target.entry)):
        told = f"changes {place}, and each call is made on an instance of its own; name a function"
        raise UsageError(f"{where} {told}")


def _constructor_needs(target: Target) -> bool:
    home = target.entry.rpartition(".")[0]
    made = syntax.find(ast.parse(target.source), f"{home}.__init__")
    given = syntax.parameters(made) if made else ()
    return any(each.default is None and each.kind != "rest" for each in given)


def siblings(path: str, root: Path) -> Iterator[str]:
    """Relative paths of what a file imports from the same root, direct imports only."""
    tree = parsed(read_source(root / path), root / path)
    package = Path(path).parent.parts
    for name in syntax.imports(tree):
        level = len(name) - len(name.lstrip("."))
        above = package[: len(package) - level + 1] if level else ()
        parts = [*above, *filter(None, name.split("."))]
        for end in range(1, len(parts) + 1):
            stem = "/".join(parts[:end])
            found = [f"{stem}.py", f"{stem}/__init__.py"]
            yield from (each for each in found if (root / each).is_file())


def _with_siblings(path: str, root: Path) -> Iterator[tuple[str, bytes]]:
    """The file and, transitively, everything that it imports from its root."""
    due, seen = [path], set[str]()
    while due:
        each = due.pop()
        if each in seen:
            continue
        seen.add(each)
        yield each, (root / each).read_bytes()
        due += siblings(each, root)
        due += [
            f"{above.as_posix()}/__init__.py"
            for above in Path(each).parents
            if (root / above / "__init__.py").is_file() and above != Path()
        ]
