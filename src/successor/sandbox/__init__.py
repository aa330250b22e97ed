"""Where programs run that nobody vouches for.

    with open_sandbox() as sandbox:
        result = sandbox.run(Program({"add.py": source}, "add.py:add"), [Call((1, 2))])

Inside: `enclosure` and `confine` put up the walls, `zygote` forks, `shim` calls. Outside:
`server` starts the zygote, `session` asks and believes nothing, `tiers` says what there is.
"""

from successor.sandbox.answers import (
    Access,
    Call,
    CommandResult,
    Confinement,
    Limits,
    Opaque,
    Outcome,
    Program,
    Raised,
    Result,
    Returned,
    SandboxError,
    Tier,
    Value,
)
from successor.sandbox.sandbox import Sandbox
from successor.sandbox.session import Session
from successor.sandbox.tiers import ADEQUATE, Availability, open_sandbox, run, tiers

__all__ = [
    "ADEQUATE",
    "Access",
    "Availability",
    "Call",
    "CommandResult",
    "Confinement",
    "Limits",
    "Opaque",
    "Outcome",
    "Program",
    "Raised",
    "Result",
    "Returned",
    "Sandbox",
    "SandboxError",
    "Session",
    "Tier",
    "Value",
    "open_sandbox",
    "run",
    "tiers",
]
