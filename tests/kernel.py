"""What this machine can do, for tests that may be skipped elsewhere."""

from __future__ import annotations

from successor.sandbox import SandboxError, open_sandbox


def has_kernel_tier() -> bool:
    try:
        open_sandbox("kernel").close()
    except SandboxError:
        return False
    return True
