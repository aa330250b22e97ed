"""The starting side of `serve`: a child that lives as long as we want it, and no longer."""

from __future__ import annotations

import atexit
import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from successor.host import free_cores
from successor.llm.errors import SetupError, UnavailableError, installing
from successor.llm.local.serve import Order
from successor.llm.local.tuning import Tuning
from successor.llm.providers import LOCAL

_SECRET = re.compile("KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)


class ServerProcess:
    """A child that serves a file of weights."""

    def __init__(self, path: Path, name: str, tuning: Tuning) -> None:
        """Start it, and wait until it serves.

        Raises:
            SetupError: when xllamacpp is not installed, or the file holds no weights.
            UnavailableError: when it does not get ready.
        """
        if find_spec("xllamacpp") is None:
            raise SetupError(f"local models need xllamacpp; {installing(LOCAL)}")
        self.key = secrets.token_urlsafe(24)
        threads = tuning.threads or free_cores()
        order = Order(str(path), name, self.key, tuning.slots, tuning.context, threads)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it stops
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "successor.llm.local.serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            env=_without_secrets(os.environ),
            start_new_session=True,  # Ctrl-C is ours; the child ends with us
        )
        atexit.register(self.stop)
        try:
            self.url = self._ready(order, tuning.start_s) + "/v1"
        except BaseException:
            self.stop()
            raise

    @property
    def process(self) -> int:
        """Its number."""
        return self._child.pid

    @property
    def is_running(self) -> bool:
        return self._child.poll() is None

    def stop(self) -> None:
        """End it, at once: it holds nothing that is worth keeping."""
        atexit.unregister(self.stop)
        self._child.kill()
        self._child.wait()
        for stream in (self._child.stdin, self._child.stdout, self._log):
            if stream is not None:
                stream.close()

    def _ready(self, order: Order, within_s: float) -> str:
        if self._child.stdin is None or self._child.stdout is None:
            raise TypeError("the child was started without pipes")
        giving_up = threading.Timer(within_s, self._child.kill)
        giving_up.daemon = True
        giving_up.start()
        try:
            self._child.stdin.write(order.told().encode() + b"\n")
            self._child.stdin.flush()
            line = self._child.stdout.readline()
        except BrokenPipeError:
            line = b""
        finally:
            giving_up.cancel()
        if line:
            return str(json.loads(line)["url"])
        code = self._child.wait()
        raise UnavailableError(f"{order.path} cannot be served ({code}): {self._last_words()}")

    def _last_words(self) -> str:
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return lines[-1][:160] if lines else "it said nothing"


def _without_secrets(environment: Mapping[str, str]) -> dict[str, str]:
    """What the child gets: weights of strangers run in it, and it needs no key of anybody."""
    return {name: value for name, value in environment.items() if not _SECRET.search(name)}
