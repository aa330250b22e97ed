"""The sandbox as its users see it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Protocol, final

from successor.sandbox.answers import (
    Access,
    Call,
    CommandResult,
    Confinement,
    Limits,
    Program,
    Result,
    SandboxError,
    Tier,
)
from successor.sandbox.server import Server
from successor.sandbox.session import Session


class Hosts(Protocol):
    """Where children live: one fork-server for all of them, or a fresh one for each."""

    def host(self) -> Server: ...
    def release(self, server: Server) -> None: ...
    def close(self) -> None: ...


class Commands(Protocol):
    """Runs commands."""

    def __call__(
        self,
        argv: Sequence[str],
        files: Mapping[str, bytes],
        limits: Limits,
        env: Mapping[str, str],
        access: Access,
    ) -> CommandResult: ...


@final
class OneServer:
    """One warm fork-server; a new one takes its place when it is gone."""

    def __init__(self, start: Callable[[], Server]) -> None:
        self._start = start
        self._server = start()

    def host(self) -> Server:
        if not self._server.alive():
            self._server.close()
            self._server = self._start()
        return self._server

    def release(self, server: Server) -> None:
        """It stays."""

    def close(self) -> None:
        self._server.close()


@final
class FreshServers:
    """A new fork-server for each child, ended with it."""

    def __init__(self, start: Callable[[], Server]) -> None:
        self._start = start
        self._running = set[Server]()

    def host(self) -> Server:
        server = self._start()
        self._running.add(server)
        return server

    def release(self, server: Server) -> None:
        self._running.discard(server)
        server.close()

    def close(self) -> None:
        for server in list(self._running):
            self.release(server)


@final
class Sandbox:
    """Runs programs that nobody vouches for. A context manager; made by `open_sandbox`."""

    def __init__(
        self,
        tier: Tier,
        *,
        trusted: bool,
        made_of: str,
        hosts: Hosts | None = None,
        commands: Commands | None = None,
    ) -> None:
        self.tier: Tier = tier
        self.trusted = trusted
        self.made_of = made_of
        """`trusted`: whether what was measured here may be promoted; `made_of`: the layers."""
        self._hosts, self._commands = hosts, commands

    def run(self, program: Program, calls: Sequence[Call], limits: Limits | None = None) -> Result:
        """Make the calls in a fresh process, which is gone afterwards.

        Raises:
            SandboxError: when program or arguments are malformed, or the sandbox itself fails.
        """
        with self._session(program, limits or Limits(), calls) as session:
            return session.ask(calls)

    def session(self, program: Program, limits: Limits | None = None) -> Session:
        """A live process that is asked several batches; its state stays from one to the next."""
        return self._session(program, limits or Limits(), None)

    def command(
        self,
        argv: Sequence[str],
        files: Mapping[str, bytes],
        limits: Limits | None = None,
        env: Mapping[str, str] | None = None,
        access: Access | None = None,
    ) -> CommandResult:
        """Run a command in a private folder that holds the files.

        Raises:
            SandboxError: when this tier does not let programs start programs, or cannot give
                that access.
        """
        if self._commands is None:
            raise SandboxError(
                f"tier {self.tier!r} starts no programs: open_sandbox('bubblewrap') does"
            )
        return self._commands(argv, files, limits or Limits(), env or {}, access or Access())

    def record(self) -> Confinement:
        """What has to be written down with whatever was measured here."""
        return Confinement(self.tier, self.trusted, self.made_of)

    def close(self) -> None:
        """End everything that runs in it."""
        if self._hosts is not None:
            self._hosts.close()

    def _session(self, program: Program, limits: Limits, only: Sequence[Call] | None) -> Session:
        hosts = self._hosts
        if hosts is None:
            raise SandboxError(f"tier {self.tier!r} runs commands only")
        server = hosts.host()
        try:
            return Session(
                server, program, limits, only=only, release=lambda: hosts.release(server)
            )
        except BaseException:
            hosts.release(server)
            raise

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
