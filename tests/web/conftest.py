from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cli.commands import Run, change
from cli.conftest import lab, run
from web.browsing import browser, driver, visit
from web.seats import Sit, Sitting, sitting

__all__ = ["browser", "driver", "lab", "run", "visit"]


@pytest.fixture
def waiting(lab: Path, run: Run) -> Path:
    """A lab of which a candidate waits for a human."""
    change(lab, "[lab]", "[lab]\nstage = 3")
    assert run("improve", lab, "--quiet").code == 3
    return lab


@pytest.fixture
def sit() -> Iterator[Sit]:
    """Opens a seat before a lab; all are closed in the end."""
    with ExitStack() as at_end:

        def opened(lab: Path, *, read_only: bool = False) -> Sitting:
            return at_end.enter_context(sitting(lab, read_only=read_only))

        yield opened
