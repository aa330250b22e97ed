"""The process in which weights run: llama.cpp's server, by xllamacpp, on 127.0.0.1.

    python -m successor.llm.local.serve < PIPE

It is told what to serve in a line of JSON, answers with a line that has its address, and ends when
the pipe does: so it never outlives whoever started it, however that ended.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any

LOOK_EVERY_S = 1.0
PROMPTS_MIB = 256
"""Memory for prompts that have been read, which is 8 GiB otherwise."""
QUIET = 1
"""Errors alone are logged."""


@dataclass(frozen=True)
class Order:
    """What to serve, and how."""

    path: str
    name: str
    key: str
    """Anybody on this machine can connect, but nobody else has it."""
    slots: int
    """Requests that are batched; others wait."""
    context: int
    """Tokens of each slot, for prompt and answer."""
    threads: int

    def told(self) -> str:
        return json.dumps(asdict(self))


def main() -> None:
    """Serve until the pipe ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who started us decides
    parent = os.getppid()
    order = Order(**json.loads(sys.stdin.readline()))
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    threading.Thread(target=_end_with_pipe, daemon=True).start()
    xllamacpp: Any = import_module("xllamacpp")  # it brings no types
    server = xllamacpp.Server(_parameters(xllamacpp.CommonParams(), order))
    print(json.dumps({"url": server.listening_address}), flush=True)  # noqa: T201 - for our starter
    while True:
        time.sleep(3600)


def _parameters(parameters: Any, order: Order) -> Any:  # noqa: ANN401 - the same
    parameters.model.path = order.path
    parameters.model_alias = {order.name}
    parameters.api_keys = [order.key]
    parameters.hostnames, parameters.port = ["127.0.0.1"], 0
    parameters.n_parallel = order.slots
    parameters.n_ctx = order.slots * order.context
    parameters.cont_batching = True
    parameters.kv_unified = False
    parameters.cpuparams.n_threads = order.threads
    parameters.cpuparams_batch.n_threads = order.threads
    parameters.n_threads_http = order.slots + 2
    parameters.cache_ram_mib = PROMPTS_MIB
    parameters.ui = parameters.endpoint_slots = parameters.warmup = False
    parameters.verbosity = QUIET
    return parameters


def _end_with_pipe() -> None:
    sys.stdin.read()
    os._exit(0)


def _end_with(parent: int) -> None:
    """The pipe stays open if the starter was forked: its own end counts as well."""
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY_S)
    os._exit(0)


if __name__ == "__main__":
    main()
