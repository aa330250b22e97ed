"""This machine as programs may see it: the interpreter, its libraries, an empty environment."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
BOOT = """
import socket, sys, types
for name, folder in (("successor", {package!r}), ("successor.sandbox", {package!r} + "/sandbox")):
    module = sys.modules[name] = types.ModuleType(name)
    module.__path__ = [folder]
from successor.sandbox import {module}
{statement}
"""
"""Imports a module of ours without its packages, which would bring in all the rest."""
ENVIRONMENT = {
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "PATH": "/usr/bin:/bin",
    # Threads cannot be started inside; this keeps numerical libraries from trying.
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib")
DATA = ("/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo")
DEVICES = ("/dev/null", "/dev/zero", "/dev/urandom", "/dev/random")


def interpreter(statement: str) -> list[str]:
    """The command for a fresh interpreter that runs a statement with one of our modules."""
    module = statement.partition(".")[0]
    boot = BOOT.format(package=str(PACKAGE), module=module, statement=statement)
    return [sys.executable, "-I", "-S", "-c", boot]


def packages() -> list[str]:
    """Folders of installed packages."""
    paths = sysconfig.get_paths()
    return sorted({paths["purelib"], paths["platlib"]})


def readable() -> list[str]:
    """All that programs may read besides their own files: the interpreter and its libraries."""
    paths = sysconfig.get_paths()
    base = sysconfig.get_paths(vars={"base": sys.base_prefix, "platbase": sys.base_exec_prefix})
    kept = {
        *(paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")),
        *(base[name] for name in ("stdlib", "platstdlib")),
        *LIBRARIES,
        *DATA,
        *DEVICES,
    }
    return sorted(path for path in kept if Path(path).exists())
