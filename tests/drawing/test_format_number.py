"""Numbers as they are written in every picture."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_mini.symbols.numbers import format_number


@pytest.mark.parametrize(
    ("value", "digits", "written"),
    [
        (0.15, 4, "0.15"),
        (0.5932699921, 4, "0.5933"),
        (0.0004385677, 4, "0.0004386"),
        (0.00001234, 4, "1.234e-5"),
        (1e-9, 4, "1e-9"),
        (-1e-300, 4, "-1e-300"),
        (0.0, 4, "0"),
        (-0.0, 4, "0"),
        (1.0, 4, "1"),
        (1234.56, 4, "1235"),
        (31415.9, 4, "31416"),
        (999999.4, 4, "999999"),
        (9999.96, 4, "10000"),
        (-9.6, 1, "-10"),
        (999999.6, 4, "1000000"),
        (999999.6, 6, "1000000"),
        (1234567.0, 4, "1.235e6"),
        (-1.5e12, 4, "-1.5e12"),
        (0.1, 17, "0.10000000000000001"),
        (2.5, 1, "2"),
        (math.nan, 4, "nan"),
        (math.inf, 4, "inf"),
        (-math.inf, 4, "-inf"),
    ],
)
def test_written_as(value, digits, written):
    assert format_number(value, digits) == written


@given(st.floats(-1e307, 1e307), st.integers(1, 17))
def test_as_many_digits_as_asked_for_are_right(value, digits):
    assert float(format_number(value, digits)) == pytest.approx(value, rel=0.5 * 10 ** (1 - digits))


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_seventeen_digits_are_the_number(value):
    assert float(format_number(value, 17)) == value
