"""Workers on a Ray cluster: an actor each, which holds a sandbox of its own.

Ray moves an object to a machine once, by the reference that belongs to its digest; an actor checks
the digest, and keeps the object. Whatever a lost actor was at is begun anew by another.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any, cast, final

from successor.compute.desk import Desk
from successor.compute.work import LostError, Read, Reply, Shelf, Work, Worker
from successor.errors import SuccessorError, UsageError
from successor.types import Digest

_INSTALL = "Ray is not installed: pip install 'successor-rsi[ray]'"


@final
class RayDesk:
    """A worker's side, as an actor."""

    def __init__(self) -> None:
        self._desk = Desk()

    def here(self) -> bool:
        """Answered once it has started."""
        return True

    def do(
        self,
        task: str,
        told: Mapping[str, object],
        sizes: Mapping[Digest, int],
        references: Mapping[Digest, Sequence[Any]],
    ) -> Reply:
        """Do an item. Each reference stands in a list, or Ray would send all of them unasked."""
        missing = [digest for digest in sizes if self._desk.lacks(digest)]
        contents: list[bytes] = _ray().get([references[digest][0] for digest in missing])
        try:
            self._desk.take(sizes, dict(zip(missing, contents, strict=True)))
        except SuccessorError as error:
            return Reply(None, error=str(error))
        return self._desk.do(task, told)


@final
class RayWorker:
    """One actor, as seen from here."""

    def __init__(self, actor: Any, references: References) -> None:  # noqa: ANN401 - Ray has no types
        self._actor, self._references = actor, references
        self._coming: Any = actor.here.remote()
        self.due: Any = None
        """What Ray will know once the item is done."""

    def up(self) -> bool:
        """Whether the cluster has started it."""
        ray = _ray()
        if self._coming is not None and ray.wait([self._coming], timeout=0)[0]:
            with _losing():
                ray.get(self._coming)
            self._coming = None
        return self._coming is None

    def begin(self, work: Work, read: Read) -> None:
        """Hand it an item, with references to what it needs."""
        found = {digest: self._references.of(digest, read) for digest in work.needs}
        sizes = {digest: size for digest, (_, size) in found.items()}
        given = {digest: [reference] for digest, (reference, _) in found.items()}
        with _losing():
            self.due = self._actor.do.remote(work.task, dict(work.told), sizes, given)

    def reply(self) -> Reply:
        """What Ray knows of the item."""
        with _losing():
            return cast("Reply", _ray().get(self.due))

    def end(self) -> None:
        """End it. The cluster may be gone by then."""
        with suppress(Exception):
            _ray().kill(self._actor)


@final
class References:
    """Objects that Ray holds for this process, the last used last."""

    def __init__(self) -> None:
        self._held: dict[Digest, tuple[Any, int]] = {}
        self._shelf = Shelf()

    def of(self, digest: Digest, read: Read) -> tuple[Any, int]:
        """The reference of an object, and its bytes; it is handed to Ray at most once."""
        if digest not in self._held:
            content = read(digest)
            self._held[digest] = _ray().put(content), len(content)
        found = self._held[digest]
        for gone in self._shelf.use([(digest, found[1])]):
            self._held.pop(gone, None)  # Ray keeps it for those that were told of it
        return found


@final
class RayCrew:
    """As many workers as the cluster has processors, or fewer."""

    def __init__(self, address: str | None, most: int | None) -> None:
        """Join a cluster; without an address that of RAY_ADDRESS, or else begin one here.

        Raises:
            UsageError: when Ray is not installed.
            SuccessorError: when there is no cluster at the address.
        """
        ray = _ray()
        self._most, self._references = most, References()
        self._began = not ray.is_initialized()
        where = address or os.environ.get("RAY_ADDRESS") or "local"
        self.afar = where != "local" or not self._began
        if self._began:
            own = {} if self.afar else {"include_dashboard": False}
            try:
                ray.init(address=where, log_to_driver=False, **own)
            except Exception as error:  # Ray raises a bare one when none starts
                told = " ".join(str(error).split())[:300]
                raise SuccessorError(f"Ray at {where}: {told}") from error
        self._made: Any = ray.remote(num_cpus=1, max_restarts=0)(RayDesk)

    @property
    def size(self) -> int:
        """Processors of the machines that are there now."""
        there = int(_ray().cluster_resources().get("CPU", 0))
        return there if self._most is None else min(there, self._most)

    def hire(self) -> RayWorker:
        """An actor, as soon as the cluster has room for it."""
        return RayWorker(self._made.remote(), self._references)

    def ready(self, busy: Sequence[Worker], timeout_s: float) -> Sequence[Worker]:
        """Those whose item is done, or whose actor is gone."""
        meant = {each.due: each for each in busy if isinstance(each, RayWorker)}
        done, _ = _ray().wait([*meant], num_returns=len(meant), timeout=timeout_s)
        return [meant[each] for each in done]

    def close(self) -> None:
        """Leave the cluster, and end it where it was begun here."""
        if self._began:
            _ray().shutdown()


@final
class _losing:  # noqa: N801 - it reads as what it does
    """Says of an actor or an object that Ray has lost that it is lost."""

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None and isinstance(error, _ray().exceptions.RayError):
            raise LostError(" ".join(str(error).split())[:300]) from error


def _ray() -> Any:  # noqa: ANN401 - Ray has no types
    try:
        return import_module("ray")  # late: it takes a second, and most never need it
    except ImportError as error:
        raise UsageError(_INSTALL) from error
