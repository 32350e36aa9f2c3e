"""What the tests of the compiler share."""

import re
import shutil

import pytest


@pytest.fixture
def raises():
    """`with raises(ValueError, message):` expects the whole message, not a part of it."""

    def expect(error, message):
        return pytest.raises(error, match=rf"\A{re.escape(message)}\Z")

    return expect


@pytest.fixture(scope="session", autouse=True)
def cache_of_libraries(tmp_path_factory):
    """Libraries are kept in a folder of this session, and the user's is left alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


PROGRAMS = {"cc": ("cc", "a C compiler, cc"), "node": ("node", "Node.js")}


def pytest_collection_modifyitems(items):
    """Without a compiler, or Node, what needs it is skipped."""
    for mark, (program, name) in PROGRAMS.items():
        if shutil.which(program):
            continue
        for item in items:
            if item.get_closest_marker(mark):
                item.add_marker(pytest.mark.skip(reason=f"{name} is not installed"))
