"""Fixtures of the tests of nn."""

import pytest


@pytest.fixture(autouse=True)
def cache_of_libraries(tmp_path_factory, monkeypatch):
    """Libraries are kept in a folder of this session."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp()))
