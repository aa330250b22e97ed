"""Who is at work, and on which machine."""

import os
import platform
import pwd
import sys
from importlib.metadata import PackageNotFoundError, version


def user() -> str:
    """Who is at work, as the system says and no variable of the environment."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name.encode(errors="replace").decode()
    except KeyError:
        return f"uid {os.getuid()}"


def free_cores() -> int:
    """Cores that nothing else has used lately, at least 1. Threads of a model wait for one another
    at every step, so that one which shares its core holds up all.
    """
    mine = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    return max(1, min(mine, round(mine - os.getloadavg()[0])))


def facts() -> dict[str, float | int | str]:
    """Facts about the machine that help to understand a run; nothing depends on them."""
    found: dict[str, float | int | str] = {
        "cores": os.cpu_count() or 0,
        "machine": platform.machine(),
        "python": platform.python_version(),
        "system": platform.system(),
    }
    for library in ("successor-rsi", "hypothesis", "numpy", "scipy", "torch", "transformers"):
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found
