"""Fixtures of the tests of drawing."""

import asyncio
import itertools
import json
import shutil
import sys
from collections import defaultdict
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


@pytest.fixture(scope="session")
def chromium():
    """Chromium, without a window, and the event loop that talks to it."""
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
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield started, loop
        asyncio._set_running_loop(loop)
        started.close()


@pytest.fixture(scope="module")
def browser(chromium):
    """The browser of all modules; a module that does not use it can run event loops of its own."""
    started, loop = chromium
    asyncio._set_running_loop(loop)
    yield started
    asyncio._set_running_loop(None)


def wait_until_live(page):
    """Wait until the script of a page, if it has one, is unpacked and has run."""
    live = '[role="tab"][aria-selected="true"], :root:not(:has(template.script))'
    page.locator(live).first.wait_for(state="attached")


# The screen of a tab, unless a test asks for another. Numbers move only where a test asks for it:
# others see them at once.
SCREEN = {
    "viewport": {"width": 1280, "height": 720},
    "color_scheme": "light",
    "reduced_motion": "reduce",
}


class Tabs:
    """The tabs of a browser, each of which one test has at a time.

    A new tab takes Chromium four times as long as a page in a tab that another test has left.
    """

    def __init__(self, browser):
        self.browser = browser
        self.idle = defaultdict(list)  # by the options of Playwright beside those of SCREEN
        self.taken = []
        self.own = set()
        self.heard = []

    def take(self, screen):
        """A tab with these options of Playwright."""
        device = {name: value for name, value in screen.items() if name not in SCREEN}
        screen = {**SCREEN, **screen}
        idle = self.idle[json.dumps(device)]
        tab = idle.pop() if idle else self.new({**screen, **device})
        tab.set_viewport_size(screen["viewport"])
        motion = screen["reduced_motion"]
        tab.emulate_media(media="null", color_scheme=screen["color_scheme"], reduced_motion=motion)
        self.taken.append((tab, idle, motion == "reduce"))
        return tab

    def new(self, options):
        tab = self.browser.new_context(**options).new_page()
        tab.set_default_timeout(10_000)
        tab.on("console", lambda message: self.heard.append(message.text))
        tab.on("pageerror", lambda error: self.heard.append(str(error)))
        tab.on("request", lambda request: self.asked(request.url))
        return tab

    def close(self):
        """Close all tabs that are idle."""
        for tab in itertools.chain.from_iterable(self.idle.values()):
            tab.context.close()

    def asked(self, url):
        if url not in self.own and not url.startswith("blob:"):  # which the page made
            self.heard.append(url)

    def leave(self):
        """Take the tabs of a test back, and return all that was heard of them.

        They keep their pages until a test takes them: an empty page between two others costs a
        fifth of the time that opening a page takes.
        """
        for tab, idle, is_still in self.taken:
            if is_still:
                tab.evaluate("sessionStorage.clear()")
                tab.mouse.move(0, 0)
                idle.append(tab)
            else:  # a test may have set its clock, for good
                tab.context.close()
        heard = self.heard[:]
        self.taken.clear()
        self.heard.clear()
        return heard


@pytest.fixture(scope="module")
def tabs(browser):
    """The tabs of Chromium that the tests of a module share."""
    tabs = Tabs(browser)
    yield tabs
    tabs.close()


@pytest.fixture
def open_page(tabs, tmp_path):
    """`open_page(drawing)` saves it as a page and opens that, at `address` if it says more.

    A page that writes to the console, or asks for anything but itself, is an error.
    """

    def open_(drawing, address="", **screen):
        path = drawing if isinstance(drawing, Path) else drawing.save(tmp_path / "page.html")
        page = tabs.take(screen)
        tabs.own.add(path.as_uri())
        page.goto(path.as_uri() + address)
        wait_until_live(page)
        return page

    yield open_
    assert tabs.leave() == []
