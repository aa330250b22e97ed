"""What a person does at the seat, in a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from cli.commands import Run, change, start
from successor.ledger import Directed, Ledger, Reviewed, RolledBack
from web.browsing import CHROMIUM, PATIENCE_MS, Visit
from web.test_review import BIDI, HOSTILE, proposing

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium"),
]


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


def test_start_a_run(lab: Path, visit: Visit) -> None:
    page = visit(lab)
    expect(page.locator("h1")).to_have_text("Nothing is on record yet")
    page.keyboard.press("g")
    page.keyboard.press("Enter")
    expect(page.locator(".tag.promoted").first).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#state")).to_have_text("ended", timeout=PATIENCE_MS)


def test_pick_a_direction_by_keyboard(lab: Path, run: Run, visit: Visit) -> None:
    assert run("improve", lab, "--quiet").code == 0
    page = visit(lab)
    page.keyboard.press("6")
    expect(page.locator(".step.at")).to_contain_text("the machine's pick")
    page.keyboard.press("j")
    page.keyboard.press("p")
    expect(page.locator("dialog")).to_contain_text("The machine's own pick is another")
    page.keyboard.type("64 matters to us")
    page.keyboard.press("Enter")
    expect(page.locator(".step.at")).to_contain_text("your pick")
    with Ledger.read(lab / ".successor") as ledger:
        (made,) = [entry.event for entry in ledger.entries(Directed)]
    assert (made.chosen, made.reason) == (1, "64 matters to us")


def test_edit_what_waits(waiting: Path, visit: Visit) -> None:
    page = visit(waiting)
    page.keyboard.press("2")
    expect(page.locator(".diff .added").last).to_have_text("+8")
    page.keyboard.press("e")
    expect(page.locator("textarea")).to_have_value("8")
    page.locator("textarea").fill("7")
    page.get_by_label("Why, for the record").fill("eight is unlucky")
    page.get_by_role("button", name="Hand it in").click()
    expect(page.locator("main")).to_contain_text("Your edit is the next candidate")
    with Ledger.read(waiting / ".successor") as ledger:
        (made,) = [entry.event for entry in ledger.entries(Reviewed)]
        assert made.version
        assert ledger.object(made.version.files["ability"]) == b"7"
    assert (made.choice, made.reason) == ("edit", "eight is unlucky")


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
    seen = [
        "Generations",
        "Nothing waits for you",
        "Lineage",
        "Gain per",
        "A world",
        "Next steps",
        "head",
    ]
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
