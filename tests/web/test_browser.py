"""What a person does at the seat, in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from cli.commands import Run, change, start
from successor.ledger import Ledger, Reviewed, RolledBack
from web.test_review import BIDI, HOSTILE, proposing

CHROMIUM = shutil.which("chromium")
PATIENCE_MS = 60_000
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium"),
]
Visit = Callable[[Path], Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
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
            page = browser.new_page()
            at_end.callback(page.close)
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


def test_a_promotion_arrives_while_somebody_watches(lab: Path, visit: Visit) -> None:
    change(lab, 'kind = "tiny.py:author"', 'kind = "tiny.py:author"\npause_s = 10.0')
    page = visit(lab)
    expect(page.locator("h1")).to_have_text("Nothing is on record yet")
    run = start("improve", lab, "--quiet")
    expect(page.locator("#state")).to_have_text("running", timeout=PATIENCE_MS)
    expect(page.locator(".tag.promoted").first).to_be_visible(timeout=PATIENCE_MS)
    assert run.poll() is None, "the run goes on"
    expect(page.locator("#state")).to_have_text("ended", timeout=PATIENCE_MS)
    run.communicate(timeout=60)


def test_review_by_keyboard_alone(waiting: Path, visit: Visit) -> None:
    page = visit(waiting)
    page.keyboard.press("2")
    expect(page.locator(".diff .added").last).to_have_text("+8")
    page.keyboard.press("x")
    expect(page.locator("#more")).to_have_attribute("open", "")
    page.keyboard.press("a")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("is in charge")
    with Ledger.read(waiting / ".successor") as ledger:
        (made,) = [entry.event for entry in ledger.entries(Reviewed)]
    assert (made.choice, made.explained) == ("accept", True)


def test_reject_with_a_reason_and_not_without(waiting: Path, visit: Visit) -> None:
    page = visit(waiting)
    page.goto(page.url.partition("#")[0] + "#/review")
    expect(page.locator(".diff")).to_be_visible()
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_be_visible()
    page.keyboard.type("it is too clever")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("was rejected")
    with Ledger.read(waiting / ".successor") as ledger:
        (made,) = [entry.event for entry in ledger.entries(Reviewed)]
    assert (made.choice, made.reason) == ("reject", "it is too clever")


def test_stop_and_the_processes_are_dead(lab: Path, visit: Visit) -> None:
    change(lab, 'kind = "tiny.py:author"', 'kind = "tiny.py:author"\nstubborn_s = 600.0')
    run = start("improve", lab, "--quiet")
    page = visit(lab)
    expect(page.locator("main")).to_contain_text("writing a candidate", timeout=PATIENCE_MS)
    page.keyboard.press("4")  # the button is at its place on every view
    page.keyboard.press("s")
    page.keyboard.type("odd answers")
    began = time.monotonic()
    page.keyboard.press("Enter")
    expect(page.locator("#notice")).to_contain_text("odd answers")
    run.communicate(timeout=10)
    assert run.returncode != 0
    assert time.monotonic() - began < 15
    expect(page.locator("#state")).to_have_text("paused")


def test_roll_back(lab: Path, run: Run, visit: Visit) -> None:
    assert run("improve", lab, "--quiet").code == 0
    page = visit(lab)
    page.keyboard.press("3")
    page.locator(".entry a").nth(1).click()
    page.get_by_role("button", name="Put it in charge again").click()
    page.keyboard.type("wrong on the invoices")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("in charge")
    with Ledger.read(lab / ".successor") as ledger:
        (back,) = [entry.event for entry in ledger.entries(RolledBack)]
    assert back.reason == "wrong on the invoices"


def test_every_view_can_be_opened(lab: Path, run: Run, visit: Visit) -> None:
    assert run("improve", lab, "--quiet").code == 0
    page = visit(lab)
    seen = ["Generations", "Nothing waits for you", "Lineage", "Gain per", "A world", "head"]
    for number, text in enumerate(seen, start=1):
        page.keyboard.press(str(number))
        expect(page.locator("main")).to_contain_text(text)
    for size in ((360, 640), (1280, 800)):
        page.set_viewport_size({"width": size[0], "height": size[1]})
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, "nothing sticks out at the side"
        expect(page.locator("#stop")).to_be_in_viewport()


def test_a_slider_moves_the_world_and_the_command(lab: Path, visit: Visit) -> None:
    page = visit(lab)
    page.keyboard.press("5")
    review, command = page.locator("input[name=review]"), page.locator("code").first
    expect(command).to_have_text("successor futures --preset review-bound")
    review.evaluate("each => { each.value = '0.3'; each.dispatchEvent(new Event('input')); }")
    expect(command).to_contain_text("--set review=0.3")
    expect(page.locator("input[name=automated]")).to_have_value("0.7")  # shares of one whole
    expect(page.locator(".wrong")).to_have_text("")


def test_hostile_code_is_text(lab: Path, run: Run, visit: Visit) -> None:
    change(lab, "[lab]", "[lab]\nstage = 3")
    hostile = HOSTILE.replace("alert(1)", "window.owned=1") + "<img src=x onerror=window.owned=1>"
    proposing(lab, f"{HOSTILE}{BIDI}.py", f"{hostile + BIDI!r}.encode()")
    assert run("improve", lab, "--quiet").code == 3
    page = visit(lab)
    page.keyboard.press("2")
    expect(page.locator(".diff")).to_contain_text(f"{hostile}\\u202e")
    assert page.evaluate("window.owned") is None
    assert page.locator("main img, main script").count() == 0


def test_fifty_megabytes_do_not_hang_the_page(lab: Path, run: Run, visit: Visit) -> None:
    change(lab, "[lab]", "[lab]\nstage = 3")
    proposing(lab, "long.txt", "b'y' * 49 + b'\\n' + (b'y' * 49 + b'\\n') * 1_000_000")
    assert run("improve", lab, "--quiet").code == 3
    page = visit(lab)
    page.keyboard.press("2")
    expect(page.locator(".diff")).to_be_visible(timeout=4 * PATIENCE_MS)
    page.keyboard.press("x")
    expect(page.locator(".diff .line.at").first).to_be_visible()
    began = time.monotonic()
    page.evaluate("document.querySelector('.diff').scrollTop = 1e9")
    expect(page.locator(".diff .line.at").last).to_have_text("+" + "y" * 49)
    assert time.monotonic() - began < 10
    assert page.locator(".diff .line").count() < 300, "only what is in sight"
