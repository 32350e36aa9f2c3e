"""What the tests of drawing share."""

import re
import shutil

import pytest


@pytest.fixture
def raises():
    """`with raises(ValueError, message):` expects the whole message, not a part of it."""

    def expect(error, message):
        return pytest.raises(error, match=rf"\A{re.escape(message)}\Z")

    return expect


@pytest.fixture
def no_programs(monkeypatch, tmp_path):
    """A machine without Graphviz."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))


@pytest.fixture
def fake_dot(monkeypatch, tmp_path):
    """`fake_dot(script)` puts a shell script in the place of dot."""

    def install(script):
        folder = tmp_path / "programs"
        folder.mkdir()
        program = folder / "dot"
        program.write_text(f"#!{shutil.which('sh')}\n{script}\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        return program

    return install


PROGRAMS = {"dot": "Graphviz's program dot", "node": "Node.js"}


def pytest_collection_modifyitems(items):
    """What needs a program that is not installed is skipped."""
    for program, name in PROGRAMS.items():
        if shutil.which(program):
            continue
        for item in items:
            if item.get_closest_marker(program):
                item.add_marker(pytest.mark.skip(reason=f"{name} is not installed"))
