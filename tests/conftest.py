"""Fixtures for all tests, and the skipping of tests whose program is not installed."""

import gc
import importlib.util
import os
import re
import shutil
import sys

import pytest
from hypothesis import HealthCheck, settings

# Containers often forbid bytecode. Then each of the hundreds of processes that tests start would
# compile the package again (0.5 s, not 0.25 s), and each worker all tests (11 s, not 4 s).
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# Every run draws the same examples, however slow the machine is: what fails today fails tomorrow.
settings.register_profile(
    "the same every time",
    database=None,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
settings.load_profile("the same every time")


def pytest_configure(config):
    if config.getoption("dist", "no") == "load":
        # Of several workers, each takes whole files: what a file shares is made once.
        config.option.dist = "loadfile"
    else:
        # The collector of garbage would look at thousands of tests again and again, all of which
        # stay until the end: it rests while they are collected, and leaves them out afterwards.
        gc.disable()


def pytest_collection_finish():
    gc.freeze()
    gc.enable()


# The program that each mark needs, and its name in the summary of skipped tests.
PROGRAMS = {
    "dot": ("dot", "Graphviz's program dot"),
    "cc": ("cc", "a C compiler, cc"),
    "node": ("node", "Node.js"),
    "latex": ("pdflatex", "LaTeX, pdflatex"),
    "browser": ("chromium", "Chromium"),
}


@pytest.fixture
def raises():
    """`with raises(ValueError, message):` expects the whole message, not a part of it."""

    def expect(error, message):
        return pytest.raises(error, match=rf"\A{re.escape(message)}\Z")

    return expect


def pytest_collection_modifyitems(items):
    """Skip the tests whose mark needs a program that is not installed."""
    missing = {
        mark: f"{name} is not installed"
        for mark, (program, name) in PROGRAMS.items()
        if shutil.which(program) is None
    }
    if importlib.util.find_spec("playwright") is None:
        missing.setdefault("browser", "the package playwright is not installed")
    for item in items:
        for mark, reason in missing.items():
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=reason))
