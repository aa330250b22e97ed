"""What others try on the seat, in a real browser: another page or name, no cookie, no secret."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Playwright, expect

from successor.oversight import stopfile
from web.browsing import CHROMIUM, PATIENCE_MS, Visit, served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium"),
]
EVIL = """<!doctype html><title>working</title><form id=f method=post target=hole enctype=text/plain
  action=SEAT/api/stop><input name='{"reason":"' value='owned"}'></form><iframe name=hole></iframe>
<iframe id=frame src=SEAT/></iframe><script>
const tried = [];
const note = (name, found) => tried.push(`${name}: ${found}`);
const read = async (name, ask) => {
  try { const got = await ask(); note(name, await got.text() || got.type); }
  catch (error) { note(name, 'refused'); } };
(async () => {
  await read('cors', () => fetch('SEAT/api/now', { credentials: 'include' }));
  await read('opaque', () => fetch('SEAT/api/now', { credentials: 'include', mode: 'no-cors' }));
  await read('stop', () => fetch('SEAT/api/stop', { method: 'POST', credentials: 'include',
    mode: 'no-cors', headers: { 'content-type': 'text/plain' }, body: '{"reason":"owned"}' }));
  await read('json', () => fetch('SEAT/api/stop', { method: 'POST', credentials: 'include',
    headers: { 'content-type': 'application/json', 'x-successor-secret': 'guess' }, body: '{}' }));
  await new Promise((done) => {
    const live = new EventSource('SEAT/api/live', { withCredentials: true });
    live.onmessage = () => { note('live', 'heard'); done(); };
    live.onerror = () => { note('live', 'refused'); live.close(); done(); }; });
  let inside; try { inside = document.getElementById('frame').contentDocument.title; }
  catch (error) { inside = 'refused'; }
  note('frame', inside);
  document.getElementById('f').submit();
  setTimeout(() => { document.body.dataset.tried = tried.join(' | ');
    document.title = 'done'; }, 500);
})();
</script>"""


@contextmanager
def page_of_another(text: str) -> Generator[str]:
    """A page at another port of this machine: the same site, for cookies, and another origin."""

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Other)
    serving = Thread(target=server.serve_forever, daemon=True)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def test_another_page_neither_reads_nor_acts(lab: Path, visit: Visit) -> None:
    page = visit(lab)
    seat = page.url.partition("/#")[0]
    with page_of_another(EVIL.replace("SEAT", seat)) as url:
        other = page.context.new_page()
        other.goto(url)
        other.wait_for_function("document.title === 'done'", timeout=PATIENCE_MS)
        tried = other.evaluate("document.body.dataset.tried")
        assert isinstance(tried, str)
        other.close()
    assert "ledger" not in tried
    assert "events" not in tried
    told = dict(each.split(": ", 1) for each in tried.split(" | "))
    assert told["cors"] == told["json"] == told["live"] == "refused"
    assert told["opaque"] in {"opaque", "refused"}
    assert not (lab / stopfile.NAME).exists(), "the cookie went along, and was not enough"


def test_another_name_for_this_machine_leads_nowhere(lab: Path, driver: Playwright) -> None:
    rules = "--host-resolver-rules=MAP evil.example 127.0.0.1"
    with served(lab) as url:
        lured = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", rules, "--no-proxy-server"]
        )
        page = lured.new_page()
        answer = page.goto(url.replace("127.0.0.1", "evil.example"), timeout=PATIENCE_MS)
        assert answer
        assert answer.status == 421
        assert page.context.cookies() == []
        right = page.goto(url, timeout=PATIENCE_MS)
        assert right
        assert right.status == 200, "nobody used the link"
        lured.close()


def test_without_a_cookie_there_is_nothing_to_see(
    lab: Path, visit: Visit, browser: Browser
) -> None:
    seat = visit(lab).url.partition("#")[0]
    stranger = browser.new_context()
    page = stranger.new_page()
    answer = page.goto(seat)
    assert answer
    assert answer.status == 401
    expect(page.locator("body")).to_contain_text("Open the link that the terminal shows")
    assert page.evaluate("fetch('/api/now').then((got) => got.status)") == 401
    stranger.close()


def test_without_the_secret_nothing_is_done(lab: Path, visit: Visit) -> None:
    page = visit(lab)
    page.evaluate("localStorage.clear()")
    page.reload()
    page.wait_for_selector("#view")
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(page.locator("dialog")).to_contain_text("does not know the secret")
    assert not (lab / stopfile.NAME).exists()
