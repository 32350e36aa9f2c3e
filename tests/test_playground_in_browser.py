"""The playground in a browser, from a file: docs/playground/build.mjs builds it."""

from __future__ import annotations

import base64
import time
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from autograd_mini.playground import answer, starters

playwright = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

FILE = Path(__file__).parent.parent / "build" / "playground.html"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not FILE.exists(), reason="node docs/playground/build.mjs has not run"),
]


class Opened:
    """The playground in a page, with what it requested and wrote to the console."""

    def __init__(self, page: Any, address: str = "") -> None:
        self.page, self.said = page, []
        self.requests: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))
        page.goto(f"{FILE.as_uri()}{address}")

    def until(self, function: str, seconds: float = 60) -> None:
        """Ask again and again: the policy of the page refuses code in strings."""
        end = time.monotonic() + seconds
        while not self.page.evaluate(function):
            assert time.monotonic() < end, (function, self.status, self.said)
            time.sleep(0.03)

    @property
    def status(self) -> str:
        return self.page.inner_text("#status")

    @property
    def graph(self) -> Any:
        return self.page.frame_locator("#graph iframe:not(.coming)")

    @property
    def drawn(self) -> str:
        return self.page.evaluate("() => document.documentElement.dataset.drawn ?? '0'")

    def write(self, text: str) -> None:
        self.page.click(".cm-content")
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def until_status(self, begin: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not self.status.startswith(begin):
            assert time.monotonic() < end, (self.status, self.said)
            time.sleep(0.03)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def opened(browser: Any) -> Opened:
    page = Opened(browser.new_page(viewport={"width": 1360, "height": 845}))
    page.until("() => document.documentElement.dataset.drawn")
    return page


def test_the_first_sheet_is_judged_and_an_edit_keeps_the_step(opened: Opened) -> None:
    assert opened.status == "2 problems: lines 27, 28"
    assert "two digits are swapped" in opened.page.inner_text("#rows")
    assert [url for url in opened.requests if not url.startswith(("data:", "blob:"))] == [
        FILE.as_uri()
    ]
    opened.graph.get_by_role("tab", selected=True).wait_for()
    opened.graph.locator(".back").click()
    opened.graph.get_by_label("Zoom in").click()
    where = "(frame) => [frame.scrollLeft, frame.scrollTop, frame.firstElementChild.clientWidth]"
    picture = opened.graph.locator(".picture")
    picture.evaluate("(frame) => frame.scrollTo(200, 30)")
    # The address follows soon after the step, by the page's own clock.
    picture.evaluate("() => new Promise((done) => setTimeout(done, 500))")
    step = opened.graph.locator("input.step").input_value()
    place = picture.evaluate(where)
    opened.page.click("#rows tbody tr >> nth=0")
    before = opened.drawn
    opened.page.keyboard.press("Home")
    opened.page.keyboard.press("End")
    opened.page.keyboard.type(" ")
    opened.until(f"() => document.documentElement.dataset.drawn !== '{before}'")
    playwright.expect(opened.graph.locator("input.step")).to_have_value(step)
    assert place[:2] == [200, 30]
    assert picture.evaluate(where) == pytest.approx(place, abs=8)  # the zoom is kept to a percent
    opened.page.click("#why summary")
    opened.until("() => document.querySelectorAll('#why math').length > 5")
    opened.page.click("#why summary")
    opened.page.click("#save summary")
    with opened.page.expect_download() as saving:
        opened.page.click('[data-save="key"]')
    assert saving.value.suggested_filename == "worksheet.html"
    worksheet = saving.value.path().read_text(encoding="utf-8")
    assert "Quiz: find the gradients of E" in worksheet
    assert "<h1>Key</h1>" in worksheet
    opened.page.click("#save summary")
    opened.page.click('[data-save="link"]')
    opened.until("() => location.hash.startsWith('#sheet=')")
    assert opened.said == []


# The rows that the page shows, in the order of the text.
ROWS = """() => [...document.querySelectorAll("#rows tbody tr")].map(
  (row) => [...row.cells].map((cell) => cell.textContent)
)"""


def test_the_sheets_of_the_menu_get_the_verdicts_that_python_gives_outside(opened: Opened) -> None:
    for place, starter in enumerate(starters()):
        if starter["kind"] != "sheet":
            continue
        before = opened.drawn
        opened.page.select_option("#starters", str(place))
        opened.until(f"() => document.documentElement.dataset.drawn !== '{before}'")
        native = answer("sheet", starter["text"], why=False)
        assert opened.status == native["status"], starter["title"]
        shown = sorted((int(row[0]), *row[1:4]) for row in opened.page.evaluate(ROWS))
        told = [(row["line"], row["claim"], row["printed"], row["exact"]) for row in native["rows"]]
        assert shown == sorted(told), starter["title"]


def test_no_rule_of_accessibility_is_violated(opened: Opened) -> None:
    for scheme in ("light", "dark"):
        opened.page.emulate_media(color_scheme=scheme)
        report = axe.Axe().run(opened.page)
        assert report.violations_count == 0, report.generate_report()
    opened.page.emulate_media(color_scheme="light")


def test_a_broken_line_leaves_the_last_graph_dimmed(opened: Opened) -> None:
    opened.write("w = 2\ny = w*w -> 4")
    opened.until_status("1 claim: 1 rounds")
    opened.write("w = 2\ny = w** -> 4")
    opened.until_status("1 problem: line 2")
    assert "stale" in opened.page.get_attribute("#graph", "class")
    assert opened.page.locator("#graph iframe:not(.coming)").count() == 1
    assert opened.page.locator(".cm-lintRange-error").count() == 1


def test_a_sheet_that_takes_too_long_is_stopped_and_the_next_is_checked(opened: Opened) -> None:
    lines = [
        f"y{k + 1} = sin(sin(sin(sin(y{k}))))\ndy{k + 1}/dx -> 0.1\ny{k + 1} -> 0.12345"
        for k in range(490)
    ]
    lines += ["u = 1.1", "v = u**2/2", "descend(v, [u], rate=1e-9, times=900000)", "u -> 1.1"]
    opened.write("\n".join(["x = 1.1", "y0 = x", *lines]))
    opened.until_status("stopped after 5 seconds", seconds=20)
    opened.write("w = 2\ny = w*w -> 4")
    opened.until_status("1 claim: 1 rounds")
    assert opened.said == []


def test_programs_run_are_stopped_and_free_deep_graphs(opened: Opened) -> None:
    opened.page.click('[data-kind="python"]')
    opened.write("from autograd_mini import Value\nx = Value(2.0)\nloss = x*x\nprint('seen')")
    opened.page.keyboard.press("Control+Enter")
    opened.until_status("the program has run; the graph is that below loss")
    assert opened.page.inner_text("#output") == "seen\n"
    opened.write("while True:\n    pass")
    opened.page.keyboard.press("Control+Enter")
    opened.until_status("1 problem: line", seconds=20)
    assert "stopped: it runs for too long" in opened.page.inner_text("#rows")
    deep = "from autograd_mini import Value\ny = Value(1.0)\nfor _ in range(200_000): y = y + 1\n"
    opened.write(f"{deep}del y\nprint('freed')")
    opened.page.keyboard.press("Control+Enter")
    opened.until("() => document.querySelector('#output').textContent.includes('freed')")


def test_no_request_leaves_from_python(opened: Opened) -> None:
    """A server on this machine hears nothing."""
    seen: list[str] = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.path)
            self.send_response(200)
            self.end_headers()

    with ThreadingHTTPServer(("127.0.0.1", 0), Listening) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        opened.page.click('[data-kind="python"]')
        opened.write(
            "import js\n"
            "request = js.XMLHttpRequest.new()\n"
            f"try:\n    request.open('GET', '{address}', False)\n    request.send()\n"
            "except BaseException as error: print('refused')\n"
            f"try: js.importScripts('{address}')\n"
            "except BaseException as error: print('refused')\n"
        )
        opened.page.keyboard.press("Control+Enter")
        opened.until("() => document.querySelector('#output').textContent.includes('refused')")
        time.sleep(0.3)
        server.shutdown()
    assert seen == []


def test_a_program_in_a_link_waits_for_run_and_a_phone_shows_one_part(browser: Any) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(b"print('from the link')\n") + packer.flush()
    text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
    phone = browser.new_page(viewport={"width": 390, "height": 844})
    page = Opened(phone, f"#python={text}")
    page.until_status("this program came with the link")
    assert phone.is_hidden("#output")
    phone.click("#run")
    page.until("() => document.querySelector('#output').textContent.includes('from the link')")
    assert phone.evaluate("() => document.documentElement.scrollWidth") <= 390
    phone.click('[data-part="graph"]')
    assert phone.is_visible("#graph")
    assert page.said == []
