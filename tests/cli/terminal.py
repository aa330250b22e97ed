"""A command at a pseudo-terminal, and somebody who reads and presses keys."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Any


class Terminal:
    """`successor ARGUMENTS...` at a terminal of its own, which is its controlling one."""

    def __init__(self, *arguments: str | Path, **environment: str) -> None:
        self._mine, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "successor", *map(str, arguments)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm", "COLUMNS": "100", **environment},
        )
        os.close(theirs)
        self.shown = ""
        self.modes: list[Any] = []
        """As it left the terminal, once it has ended."""

    def read_until(self, text: str, patience_s: float = 120.0) -> str:
        """What was shown since the last call, up to a text that has to come."""
        end = time.monotonic() + patience_s
        while text not in self.shown:
            if not self._read(end - time.monotonic()):
                raise AssertionError(f"{text!r} did not come; shown: {self.shown[-2000:]!r}")
        before, _, self.shown = self.shown.partition(text)
        return before + text

    def press(self, keys: str) -> None:
        # The question throws away what was typed before it stood there.
        time.sleep(0.3)
        os.write(self._mine, keys.encode())

    def end(self) -> int:
        """Its exit code, once it has ended; `shown` has the rest."""
        end = time.monotonic() + 120.0
        while self._read(end - time.monotonic()):
            pass
        code = self.process.wait(10)
        self.modes = termios.tcgetattr(self._mine)
        os.close(self._mine)
        return code

    def _read(self, patience_s: float) -> bool:
        """False at the end, or when nothing came."""
        if not select.select([self._mine], [], [], max(0.0, patience_s))[0]:
            return False
        try:
            data = os.read(self._mine, 65536)
        except OSError:  # so a pseudo-terminal says that nobody is left on the other side
            return False
        self.shown += data.decode(errors="replace")
        return bool(data)
