"""What the tests of checking share."""

import re

import pytest


@pytest.fixture
def raises():
    """`with raises(ValueError, message):` expects the whole message, not a part of it."""

    def expect(error, message):
        return pytest.raises(error, match=rf"\A{re.escape(message)}\Z")

    return expect
