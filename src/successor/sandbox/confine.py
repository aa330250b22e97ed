"""What a forked child does to itself before the first line of the program runs."""

from __future__ import annotations

import math
import os
import platform
import resource
import signal
from collections.abc import Collection
from dataclasses import dataclass, field

from successor.sandbox import enclosure, landlock, linux
from successor.sandbox.seccomp import Filter, computing, starting

LAYERS = frozenset({"namespaces", "landlock", "seccomp", "rlimits", "privileges", "descriptors"})
"""Each can be left out, so that a test can show that it is what holds."""
CHANNEL = 3
"""The descriptor of the one channel that a program keeps."""
MOST_OPEN_FILES = 64
MOST_PROCESSES = 128
"""Where programs may start programs, in a user namespace of their own."""
EVERY_DESCRIPTOR = 1 << 20


@dataclass(slots=True)
class Needs:
    """What one program is given."""

    folder: str
    cpu_s: float  # 0: no limit
    memory_bytes: int
    files_bytes: int


@dataclass(slots=True)
class Prepared:
    """The walls for one child, as far as its parent can build them."""

    needs: Needs
    rules: int | None  # descriptor of its Landlock ruleset
    own: bool  # whether the ruleset is for it alone
    limits: list[linux.Limit]

    def close(self) -> None:
        if self.own and self.rules is not None:
            os.close(self.rules)


@dataclass
class Walls:
    """The layers in force, with what can be prepared for all children beforehand."""

    layers: Collection[str]
    readable: Collection[str]
    programs: str  # folder of the programs' folders
    base_bytes: int  # address space of the warm interpreter
    abi: int = field(default=0, init=False)
    rules: list[bytes] = field(default_factory=list[bytes], init=False)
    filters: dict[bool, Filter] = field(default_factory=dict[bool, Filter], init=False)
    """Of system calls, by whether files may be written."""

    def __post_init__(self) -> None:
        if "landlock" in self.layers:
            self.abi = landlock.version()
            # /lib is often /usr/lib by another name: a rule holds for the folder, not for its name.
            places = {os.path.realpath(path): path for path in self.readable}
            self.rules = [landlock.rule(path, landlock.READ) for path in places.values()]
        if "seccomp" in self.layers:
            self.filters = {
                writes: Filter(computing(platform.machine(), writes=writes))
                for writes in (False, True)
            }
        elif "processes" in self.layers:
            self.filters = dict.fromkeys((False, True), Filter(starting(platform.machine())))

    @property
    def keeps_descriptors(self) -> bool:
        return "descriptors" not in self.layers

    def close_around_all(self) -> None:
        """Restrict the fork-server, and so all its children, where it does not need more."""
        if "rlimits" in self.layers:
            for kind in (resource.RLIMIT_CORE, resource.RLIMIT_MEMLOCK, resource.RLIMIT_MSGQUEUE):
                resource.setrlimit(kind, (0, 0))
        if "processes" in self.layers:
            resource.setrlimit(resource.RLIMIT_NPROC, (MOST_PROCESSES, MOST_PROCESSES))
        if "privileges" in self.layers:
            linux.prctl(linux.PR_SET_DUMPABLE, 0)
            if "namespaces" not in self.layers:  # there, children need them for a private folder
                linux.drop_capabilities()
        if self.filters or "landlock" in self.layers:
            linux.prctl(linux.PR_SET_NO_NEW_PRIVS, 1)

    def rules_for(self, folder: str) -> int | None:
        """A Landlock ruleset for all whose folder this is; None without Landlock."""
        if "landlock" not in self.layers:
            return None
        rules = landlock.ruleset(self.abi)
        for rule in self.rules:
            landlock.allow(rules, rule)
        landlock.allow_path(rules, folder, landlock.READ)
        return rules

    def prepared(self, needs: Needs, rules: int | None) -> Prepared:
        """What the parent can do for one child, with the rules for its folder."""
        limits = limits_for(self.base_bytes, needs) if "rlimits" in self.layers else []
        if needs.files_bytes:  # it will add a rule, which must not hold for those that come next
            return Prepared(needs, self.rules_for(needs.folder), own=True, limits=limits)
        return Prepared(needs, rules, own=False, limits=limits)

    def close_around(self, prepared: Prepared) -> None:
        """Restrict this process to what it needs; there is no way back.

        Raises:
            OSError: when a layer cannot be put up; the program must not run then.
        """
        needs = prepared.needs
        os.chdir(needs.folder)
        if needs.files_bytes:
            self._private_folder(needs.files_bytes, prepared.rules)
        for limit in prepared.limits:
            linux.set_limit(limit)
        if "privileges" in self.layers:
            linux.drop_capabilities()
        if prepared.rules is not None:
            landlock.enter(prepared.rules)
        if self.filters:
            self.filters[needs.files_bytes > 0].install()

    def _private_folder(self, files_bytes: int, rules: int | None) -> None:
        private_folder(files_bytes)
        if rules is not None:
            rights = landlock.everything(self.abi) & ~landlock.EXECUTE
            landlock.allow_path(rules, enclosure.SCRATCH, rights)
        os.chdir(enclosure.SCRATCH)


def limits_for(base_bytes: int, needs: Needs) -> list[linux.Limit]:
    """The limits that differ from child to child."""
    limits = [
        linux.limit(resource.RLIMIT_AS, base_bytes + needs.memory_bytes),
        linux.limit(resource.RLIMIT_FSIZE, needs.files_bytes),
        linux.limit(resource.RLIMIT_NOFILE, MOST_OPEN_FILES),
    ]
    if needs.cpu_s:
        # The soft limit tells which it was; a program that ignores it meets the hard one.
        cpu_s = math.ceil(needs.cpu_s)
        limits.append(linux.limit(resource.RLIMIT_CPU, cpu_s, cpu_s + 1))
    return limits


def private_folder(size_bytes: int) -> None:
    """Give this process a /tmp of its own, of this size; it vanishes with the process."""
    linux.unshare("mount")
    flags = linux.MS_NO_SUID | linux.MS_NO_DEV
    options = f"mode=700,size={size_bytes},nr_inodes=4k"
    linux.mount("successor", enclosure.SCRATCH, "tmpfs", flags, options)


def keep_only(descriptor: int, *, others: bool = False) -> None:
    """Make this descriptor the channel, and close every other one but the standard three.

    The fork-server's control socket is its standard input, and is closed with the others.
    """
    if descriptor != CHANNEL:
        os.dup2(descriptor, CHANNEL, inheritable=False)
    if not others:
        os.dup2(1, 0)
        os.closerange(CHANNEL + 1, EVERY_DESCRIPTOR)


def die_with(parent: int) -> None:
    """Die as soon as the process that forked this one does."""
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
