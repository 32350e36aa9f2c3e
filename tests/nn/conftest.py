"""What the tests of nn share."""

import re
import shutil

import pytest


@pytest.fixture
def raises():
    """`with raises(ValueError, message):` expects the whole message, not a part of it."""

    def expect(error, message):
        return pytest.raises(error, match=rf"\A{re.escape(message)}\Z")

    return expect


@pytest.fixture(autouse=True)
def cache_of_libraries(tmp_path_factory, monkeypatch, request):
    """Libraries are kept in a folder of this session."""
    if request.node.get_closest_marker("cc") and shutil.which("cc") is None:
        pytest.skip("a C compiler, cc, is not installed")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp()))
