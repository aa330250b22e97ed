"""One run of an agent: a throw-away folder in the sandbox, and what its file holds at the end.

The agent is not believed and not helped: it gets the files of the version and the brief, and what
the lab allows it by name. Of what it leaves, one file is read; of what it prints, the end is kept.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from successor.authors.agent.settings import Settings
from successor.errors import SuccessorError, UsageError
from successor.sandbox import (
    Access,
    CommandResult,
    Limits,
    Sandbox,
    SandboxError,
    open_sandbox,
)
from successor.sandbox.bubblewrap import shown
from successor.sandbox.texts import cleaned

BRIEF = "BRIEF.md"
OUTPUT_BYTES = 8 << 20
"""Of each of its two streams, and of the file that it hands in; then it is ended."""
TOLD = 2000
"""Characters of its output that are kept, from the end."""
_LINE = 200
_SHORTEST_SECRET = 8
"""A value of fewer characters is no secret, and would be found in anything."""
_TRIAL_S = 30.0
_FIND = ("/bin/sh", "-c", 'command -v -- "$1"', "sh")


@dataclass(frozen=True)
class Handed:
    """What came of one run."""

    text: str
    """The target's file as it was left; "" when it cannot be used."""
    why: str
    """Why it cannot; "" when it can."""
    said: str
    """The end of what was printed, to be read by people and believed by nobody."""
    seconds: float


@dataclass(frozen=True)
class Tree:
    """What a run begins with."""

    files: Mapping[str, bytes]
    target: str
    brief: str

    @property
    def brief_name(self) -> str:
        """Of the brief; the version's own files have precedence."""
        names = (BRIEF, *(f"BRIEF-{n}.md" for n in range(len(self.files) + 1)))
        return next(name for name in names if name not in self.files)


class Runner:
    """Runs the command that a lab names."""

    def __init__(self, settings: Settings, environment: Mapping[str, str] = os.environ) -> None:
        self._settings = settings
        self._environment = environment
        self._argv = shlex.split(settings.command)
        self._mounts = tuple(str(Path(each).expanduser()) for each in settings.mount)

    @cached_property
    def _sandbox(self) -> Sandbox:
        try:
            return open_sandbox("bubblewrap")
        except SandboxError as error:
            told = f"[author] command: agents run in the bubblewrap tier only: {error}"
            raise UsageError(told) from error

    def close(self) -> None:
        """End the sandbox."""
        if "_sandbox" in self.__dict__:
            self.__dict__.pop("_sandbox").close()

    def require(self, lab: Path) -> None:
        """Nothing, when the command can be run with what the lab allows it, and without the lab.

        Raises:
            UsageError: naming the setting.
        """
        self._variables()
        for told, path in zip(self._settings.mount, map(Path, self._mounts), strict=True):
            _require_mountable(f"[author] mount = {told!r}", path, _home_of(lab.resolve()))
        for path in map(Path, shown(self._access())):
            if lab.resolve().is_relative_to(path.resolve()):
                raise UsageError(f"{lab}: is inside {path}, which agents can read: move the lab")
        limits = Limits(wall_s=_TRIAL_S, memory_bytes=self._settings.memory_mb << 20)
        argv = [*_FIND, self._argv[0]]
        try:
            found = self._sandbox.command(argv, {}, limits, self._variables(), self._access())
        except SandboxError as error:
            what = "network = true" if self._settings.network else "mount"
            raise UsageError(f"[author] {what}: the sandbox cannot give that: {error}") from None
        if found.status != "ok" or found.exit_code:
            raise UsageError(
                f"[author] command: there is no {self._argv[0]!r} in the sandbox: name in mount "
                "where it is installed, and give its whole path if it is not in PATH"
            )

    def run(self, tree: Tree, watch: Callable[[], None]) -> Handed:
        """What the agent makes of the tree; `watch` is called meanwhile, and may end it.

        Raises:
            SuccessorError: when the sandbox fails.
        """
        told, name = self._settings, tree.brief_name
        limits = Limits(
            wall_s=told.wall_s,
            cpu_s=told.wall_s * (os.cpu_count() or 1),
            memory_bytes=told.memory_mb << 20,
            output_bytes=OUTPUT_BYTES,
            files_bytes=told.files_mb << 20,
        )
        argv = [word.replace("{brief}", name) for word in self._argv]
        files = {**tree.files, name: tree.brief.encode()}
        access = self._access(name, tree.target, watch)
        try:
            came = self._sandbox.command(argv, files, limits, self._variables(), access)
        except SandboxError as error:
            raise SuccessorError(f"[author] command: {error}") from error
        said = self._said(came.stdout, came.stderr)
        why = _ended(came, told.wall_s, self._said(b"", came.stderr or came.stdout))
        text = "" if why else self._text(came, tree)
        if not (text or why):
            why = f"{tree.target} is gone, or no text file of at most {OUTPUT_BYTES >> 20} MB"
        if name := self._secret_in(text):
            text, why = "", f"{tree.target} holds the value of {name}"
        return Handed(text, why, said, came.seconds)

    def _access(
        self, stdin: str = "", wanted: str = "", watch: Callable[[], None] | None = None
    ) -> Access:
        told, files = self._settings, (wanted,) * bool(wanted)
        return Access(told.network, self._mounts, stdin, files, reserving=True, watch=watch)

    def _variables(self) -> Mapping[str, str]:
        for name in self._settings.environment:
            if name not in self._environment:
                raise UsageError(f"[author] environment = {name!r}: is not set")
        return {name: self._environment[name] for name in self._settings.environment}

    def _secrets(self) -> Mapping[str, str]:
        told = self._variables().items()
        return {name: value for name, value in told if len(value) >= _SHORTEST_SECRET}

    def _secret_in(self, text: str) -> str:
        return next((name for name, value in self._secrets().items() if value in text), "")

    def _said(self, *streams: bytes) -> str:
        """The end of what was printed, without what was given to it in confidence."""
        text = "\n".join(each.decode("utf-8", "replace").strip() for each in streams).strip()
        for name, value in self._secrets().items():
            text = text.replace(value, f"[{name}]")
        return cleaned(text[-TOLD:])[-TOLD:]

    @staticmethod
    def _text(came: CommandResult, tree: Tree) -> str:
        try:
            return came.files.get(tree.target, b"").decode("utf-8-sig")
        except UnicodeDecodeError:
            return ""


def _ended(came: CommandResult, wall_s: float, said: str) -> str:
    """How a run failed, in a line; "" when it did not."""
    last = said.strip().splitlines()[-1:]
    if came.status == "timeout":
        return f"the agent did not end within {wall_s:g} seconds"
    if came.status == "output":
        return f"the agent printed more than {OUTPUT_BYTES >> 20} MB"
    if came.status != "ok":
        return f"the agent {came.status}"
    if came.exit_code:
        told = f": {last[0][:_LINE]}" if last else ""
        return f"the agent ended with {came.exit_code}{told}"
    return ""


def _require_mountable(where: str, path: Path, lab: Path) -> None:
    if not path.is_absolute():
        raise UsageError(f"{where}: should be a whole path")
    if not path.exists():
        raise UsageError(f"{where}: there is no such file or folder")
    real = path.resolve()
    if lab.is_relative_to(real) or real.is_relative_to(lab):
        raise UsageError(f"{where}: would show the agent {lab}, where it is judged")
    if Path.home().resolve().is_relative_to(real):
        raise UsageError(f"{where}: would show the agent all that is yours; name a part of it")


def _home_of(lab: Path) -> Path:
    """The folder to keep from an agent: the lab's, or that of the function which it was made of."""
    hidden = [folder.parent for folder in lab.parents if folder.name.startswith(".successor")]
    return hidden[0] if hidden else lab
