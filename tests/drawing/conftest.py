"""Fixtures of the tests of drawing."""

import shutil
import sys
from pathlib import Path

import pytest


@pytest.fixture
def cairo():
    """Skips the test where CairoSVG, or its library cairo, is missing."""
    try:
        import cairosvg  # noqa: F401
    except (ImportError, OSError):
        pytest.skip("the package CairoSVG is not installed")


@pytest.fixture
def no_cairo(monkeypatch):
    """An environment without the package CairoSVG."""
    monkeypatch.setitem(sys.modules, "cairosvg", None)


@pytest.fixture
def no_programs(monkeypatch, tmp_path):
    """A machine without Graphviz."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))


@pytest.fixture
def fake_dot(no_cairo, monkeypatch, tmp_path):
    """`fake_dot(script)` puts a shell script in the place of dot, which then draws."""

    def install(script):
        folder = tmp_path / "programs"
        folder.mkdir()
        program = folder / "dot"
        program.write_text(f"#!{shutil.which('sh')}\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        return program

    return install


@pytest.fixture(scope="module")  # it runs an event loop, which no test of other modules should meet
def browser():
    """Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    quiet = ["--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        program = shutil.which("chromium")
        started = playwright.chromium.launch(
            executable_path=program,
            args=quiet,
            # Without it the browser complains, as people's do, of an address changed too often.
            ignore_default_args=["--disable-ipc-flooding-protection"],
            chromium_sandbox=False,
        )
        yield started
        started.close()


def wait_until_live(page):
    """Wait until the script of a page, if it has one, is unpacked and has run."""
    live = '[role="tab"][aria-selected="true"], :root:not(:has(template.script))'
    page.locator(live).first.wait_for(state="attached")


@pytest.fixture
def open_page(browser, tmp_path):
    """`open_page(drawing)` saves it as a page and opens that, at `address` if it says more.

    A page that writes to the console, or asks for anything but itself, is an error.
    """
    opened, heard = [], []

    def asked(url):
        if not url.startswith("blob:"):  # which the page made
            heard.append(url)

    def open_(drawing, address="", **screen):
        path = drawing if isinstance(drawing, Path) else drawing.save(tmp_path / "page.html")
        # What moves is tested where a test asks for it: others see the numbers at once.
        page = browser.new_context(**{"reduced_motion": "reduce", **screen}).new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: heard.append(message.text))
        page.on("pageerror", lambda error: heard.append(str(error)))
        own = path.as_uri()
        page.on("request", lambda request: request.url == own or asked(request.url))
        page.goto(own + address)
        wait_until_live(page)
        opened.append(page)
        return page

    yield open_
    for page in opened:
        page.context.close()
    assert heard == []
