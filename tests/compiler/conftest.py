"""Fixtures of the tests of the compiler."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def cache_of_libraries(tmp_path_factory):
    """Libraries are kept in a folder of this session, and the user's is left alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield
