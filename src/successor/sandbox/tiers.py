"""Which sandboxes there are on this machine, and the best adequate one, or none."""

from __future__ import annotations

import ast
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from successor.sandbox import bubblewrap, container, landlock, seccomp
from successor.sandbox.answers import Access, Call, Limits, Program, Result, SandboxError, Tier
from successor.sandbox.confine import LAYERS
from successor.sandbox.sandbox import FreshServers, OneServer, Sandbox
from successor.sandbox.server import NoNamespacesError, Server

TIERS: tuple[Tier, ...] = ("kernel", "bubblewrap", "container", "rlimits")
"""The best first."""
ADEQUATE = TIERS[:2]
"""What is taken when nobody asks for more, and what may vouch for a promotion."""


@dataclass(frozen=True)
class Availability:
    """Whether a tier can be had on this machine."""

    tier: Tier
    available: bool
    trusted: bool  # whether what was measured in it may be promoted
    why: str  # what it consists of, or what is missing and what to do


def open_sandbox(
    tier: str | None = None, *, preload: Sequence[str] = (), allow_unsafe: bool = False
) -> Sandbox:
    """A sandbox of this tier, or of the best one there is.

    Args:
        tier: A name from `tiers()`.
        preload: Modules that programs find imported already, such as numpy.
        allow_unsafe: Whether it may be one that is not adequate: `trusted` is false then, which
            whoever promotes has to write down and to heed.

    Raises:
        SandboxError: when there is no adequate tier, or not this one.
    """
    if tier is None:
        return _best(preload, allow_unsafe=allow_unsafe)
    if tier not in TIERS:
        raise SandboxError(f"there is no tier {tier!r}: it is one of {', '.join(TIERS)}")
    if tier not in ADEQUATE and not allow_unsafe:
        raise SandboxError(f"tier {tier!r} is not adequate: it needs allow_unsafe=True")
    return _OPENERS[tier](preload)


def _best(preload: Sequence[str], *, allow_unsafe: bool) -> Sandbox:
    reasons = list[str]()
    for tier in (*ADEQUATE, "rlimits") if allow_unsafe else ADEQUATE:
        try:
            return _OPENERS[tier](preload)
        except SandboxError as error:
            reasons.append(f"{tier}: {error}")
    raise SandboxError(f"no adequate sandbox here ({'; '.join(reasons)})")


def run(code: str, inputs: Sequence[Call], limits: Limits | None = None) -> Result:
    """Call the last top-level function of the code with every input, in the best sandbox.

    Raises:
        SandboxError: when the code does not parse or holds no function, or without a sandbox.
    """
    try:
        functions = [
            node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)
        ]
    except (SyntaxError, ValueError) as error:
        raise SandboxError(f"the code does not parse: {error}") from None
    if not functions:
        raise SandboxError("the code holds no function at top level: define one")
    with open_sandbox() as sandbox:
        program = Program({"program.py": code.encode()}, f"program.py:{functions[-1]}")
        return sandbox.run(program, inputs, limits)


def tiers() -> list[Availability]:
    """Every tier, the best first, with what it consists of or why it is not to be had.

    Starts and ends each of them; takes about half a second.
    """
    return [_availability(tier) for tier in TIERS]


def _availability(tier: Tier) -> Availability:
    try:
        with _OPENERS[tier](()) as sandbox:
            return Availability(tier, True, sandbox.trusted, sandbox.made_of)
    except SandboxError as error:
        return Availability(tier, False, tier in ADEQUATE, str(error))


def opened_without(*layers: str, preload: Sequence[str] = ()) -> Sandbox:
    """The kernel tier with layers of `confine.LAYERS` left out, for tests of what holds."""
    start = partial(Server, LAYERS - set(layers), preload)
    made_of = ", ".join(sorted(LAYERS - set(layers)))
    return Sandbox("kernel", trusted=False, made_of=made_of, hosts=OneServer(start))


def _kernel(preload: Sequence[str]) -> Sandbox:
    _check_kernel()
    layers, lacks = LAYERS, ""
    try:
        hosts = OneServer(partial(Server, layers, preload))
    except NoNamespacesError as error:
        # Containers and some distributions forbid namespaces: the other layers hold by themselves.
        layers, lacks = LAYERS - {"namespaces"}, f"; no namespaces: {error}"
        hosts = OneServer(partial(Server, layers, preload))
    made_of = f"{', '.join(sorted(layers))}; Landlock {landlock.version()}{lacks}"
    return Sandbox("kernel", trusted=True, made_of=made_of, hosts=hosts)


def _check_kernel() -> None:
    _check_linux()
    if not seccomp.supported():
        raise SandboxError(f"no seccomp filter for {platform.machine()}, only for x86_64, aarch64")
    if not landlock.version():
        raise SandboxError("the kernel has no Landlock: use Linux 5.13 or newer with lsm=landlock")


def _check_linux() -> None:
    if sys.platform != "linux":
        raise SandboxError(
            f"nothing keeps programs in on {platform.system()}: use Linux, also as a guest"
        )


def _bubblewrap(preload: Sequence[str]) -> Sandbox:
    _check_linux()
    trial = bubblewrap.command(["/bin/true"], {}, Limits(wall_s=20.0), {}, Access())
    if trial.status != "ok" or trial.exit_code:
        said = trial.stderr.decode("utf-8", "replace").strip().splitlines()
        why = said[-1][:200] if said else trial.status
        raise SandboxError(f"bubblewrap does not work here: {why}")
    hosts = FreshServers(partial(bubblewrap.server, preload))
    return Sandbox(
        "bubblewrap",
        trusted=True,
        made_of="namespaces, rlimits, seccomp against attacks on the kernel",
        hosts=hosts,
        commands=bubblewrap.command,
    )


def _container(_preload: Sequence[str]) -> Sandbox:
    engine = container.engine()
    commands = partial(container.command, engine)
    made_of = f"{engine}, no network, read-only root; commands only, untested"
    return Sandbox("container", trusted=False, made_of=made_of, commands=commands)


def _rlimits(preload: Sequence[str]) -> Sandbox:
    _check_linux()
    hosts = OneServer(partial(Server, {"rlimits", "descriptors"}, preload))
    return Sandbox(
        "rlimits", trusted=False, made_of="rlimits only: keeps no program in", hosts=hosts
    )


_OPENERS: Mapping[str, Callable[[Sequence[str]], Sandbox]] = {
    "kernel": _kernel,
    "bubblewrap": _bubblewrap,
    "container": _container,
    "rlimits": _rlimits,
}
