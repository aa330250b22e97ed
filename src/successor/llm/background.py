"""One event loop in a thread of its own, for all models of this process.

Who asks waits in a thread of the caller's and may be interrupted there at any time: then the
request is cancelled and its connection closed.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """What the coroutine comes to in the background.

    Raises:
        concurrent.futures.CancelledError: when it was cancelled there.
    """
    future = asyncio.run_coroutine_threadsafe(work, _loop(os.getpid()))
    try:
        return future.result()
    except BaseException:
        future.cancel()
        raise


@cache
def _loop(process: int) -> asyncio.AbstractEventLoop:
    """Started on first use, and again in a forked child, where no thread came along."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name=f"llm-{process}", daemon=True).start()
    return loop
