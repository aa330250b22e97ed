"""What one asks a sandbox, and what comes back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal, TypeAlias, Union

from successor.sandbox.texts import shown

Value: TypeAlias = Union[
    bool,
    int,
    float,
    complex,
    str,
    bytes,
    "list[Value]",
    "tuple[Value, ...]",
    "dict[Value, Value]",
    "set[Value]",
    "frozenset[Value]",
    Fraction,
    Decimal,
    None,
]
"""Plain data, of exactly these types: an instance of a subclass is not a value."""
Tier: TypeAlias = Literal["kernel", "bubblewrap", "container", "rlimits"]
"""How programs are kept in; `rlimits` is no sandbox and has to be asked for by name."""
Status: TypeAlias = Literal["ok", "timeout", "memory", "output", "crashed", "forged", "import"]


class SandboxError(Exception):
    """No sandbox, or not this one; one line that says what is missing and what to do."""


@dataclass(frozen=True)
class Confinement:
    """What has to be written down with whatever was measured in a sandbox."""

    tier: Tier
    trusted: bool
    """Whether what was measured in it may be promoted."""
    made_of: str


@dataclass(frozen=True)
class Program:
    """The program to be run: `files` by relative path, in a read-only folder, sys.path[0]."""

    files: Mapping[str, bytes]
    entry: str
    """What is called: "path.py:name", where the name may be dotted."""


@dataclass(frozen=True)
class Call:
    """The arguments of one call, all of them plain data."""

    args: tuple[Value, ...] = ()
    kwargs: Mapping[str, Value] = field(default_factory=dict[str, Value])

    def __repr__(self) -> str:
        return f"Call(args={shown(self.args)}, kwargs={shown(dict(self.kwargs))})"


@dataclass(frozen=True)
class Limits:
    """What a program may use. All are enforced from outside it."""

    wall_s: float = 10.0
    """Per request, and once more for starting up; measured outside the program."""
    cpu_s: float = 10.0
    """Of the whole process in `run`; rounded up to full seconds."""
    memory_bytes: int = 512 << 20
    """Address space beyond that of the interpreter with all that it has imported."""
    output_bytes: int = 8 << 20
    """Of one answer on the wire; in `command`, of each stream and of all files together."""
    files_bytes: int = 0
    """What may be written to a private /tmp; 0: nothing may be written at all."""


@dataclass(frozen=True)
class Access:
    """What a command is given beyond a closed room. Each of it is a way out, or a way in."""

    network: bool = False
    """The machine's network, with all that answers there; of sockets, those of the internet only,
    so that no service of the machine is reached by a socket's name."""
    readable: tuple[str, ...] = ()
    """Files and folders of the machine, read-only, under their own names."""
    stdin: str = ""
    """Which of the files is its standard input; none is when ""."""
    wanted: tuple[str, ...] | None = None
    """Files that are handed back as they are at the end, where they are regular ones; all that
    are new or changed when None."""
    reserving: bool = False
    """Whether processes may reserve addresses without end, as some interpreters do: what is
    limited then is the memory of their own that they can write to."""
    watch: Callable[[], None] | None = None
    """Called every now and then while it runs; what it raises ends the command."""

    @property
    def opens(self) -> bool:
        """Whether anything of the machine can be reached that otherwise cannot."""
        return self.network or bool(self.readable)


@dataclass(frozen=True)
class Returned:
    """The call returned plain data."""

    value: Value

    def __repr__(self) -> str:
        return f"Returned(value={shown(self.value)})"


@dataclass(frozen=True)
class Raised:
    """The call raised; `kind` is the qualified type, without a module for builtin ones.

    Control characters in both are spelled out, but for the ends of lines and tabs.
    """

    kind: str
    message: str


@dataclass(frozen=True)
class Opaque:
    """The call returned what is not plain data; `kind` is its type."""

    kind: str


Outcome: TypeAlias = Returned | Raised | Opaque


@dataclass(frozen=True)
class Result:
    """What came of one request. Nothing in it is to be trusted beyond its type."""

    status: Status
    outcomes: tuple[Outcome, ...]
    """One for each call when all went well; otherwise what came before it went wrong."""
    seconds: float
    """From "go", with the inputs decoded in the program, until the whole answer was here."""
    detail: str = ""
    """What happened when the status is not "ok"; one line."""
    prepare_s: float = 0.0
    """From sending the inputs until the program said ready; work done here is not in `seconds`."""
    cpu_s: float = 0.0
    """CPU time of the program from "go" until the whole answer was here, read outside it; where
    it may start processes, which its clock would miss, `seconds`."""
    prepare_cpu_s: float = 0.0
    """All CPU time before "go" that no other result counted: starting, importing, decoding."""


@dataclass(frozen=True)
class CommandResult:
    """What came of one command."""

    status: Status
    exit_code: int
    """Negative: the signal that ended it."""
    stdout: bytes
    stderr: bytes
    seconds: float
    files: Mapping[str, bytes]
    """What the command left in its working folder, new or changed."""
