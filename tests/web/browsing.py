"""Debian's Chromium before a seat, driven by Playwright."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from cli.commands import start

CHROMIUM = shutil.which("chromium")
PATIENCE_MS = 60_000
Visit = Callable[[Path], Page]


@pytest.fixture(scope="module")
def driver() -> Iterator[Playwright]:
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(driver: Playwright) -> Iterator[Browser]:
    launched = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield launched
    launched.close()


@contextmanager
def served(lab: Path) -> Generator[str]:
    """The link of a seat, as the terminal shows it."""
    seat = start("serve", lab, "--port", "0", "--no-browser", PYTHONUNBUFFERED="1")
    assert seat.stderr
    try:
        found = re.search(r"http://\S+", seat.stderr.readline())
        assert found
        yield found[0]
    finally:
        seat.terminate()
        seat.communicate(timeout=30)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens a lab in a page of its own; whatever the policy or a script complains of fails."""
    wrong = list[str]()
    with ExitStack() as at_end:

        def opened(lab: Path) -> Page:
            context = browser.new_context()
            at_end.callback(context.close)
            page = context.new_page()
            page.set_default_timeout(PATIENCE_MS)
            page.on("pageerror", lambda error: wrong.append(str(error)))
            page.on("console", lambda told: wrong.append(told.text) if _bad(told.type) else None)
            page.goto(at_end.enter_context(served(lab)))
            page.wait_for_selector("#view")
            return page

        yield opened
    assert [each for each in wrong if "Failed to load resource" not in each] == []


def _bad(kind: str) -> bool:
    return kind == "error"
