"""Interval: what operations give on any numbers inside, computed exactly, is in the result."""

import math
from fractions import Fraction

import mpmath
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from autograd_mini.checking.sheets.intervals import (
    EVERYTHING,
    Interval,
    absolute,
    cosine,
    down,
    hull,
    meet,
    sine,
    tangent,
    up,
)

finite = st.floats(allow_nan=False, allow_infinity=False)
moderate = st.floats(-1e6, 1e6) | st.floats(-2.0, 2.0) | st.integers(-9, 9).map(float)


@st.composite
def inside(draw, numbers=finite):
    """An interval and a number in it."""
    low, number, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return Interval(low, high), number


def contains(interval, exact):
    """Whether an exact number, a Fraction or one of mpmath's, is in `interval`."""
    return interval.low <= exact <= interval.high


@settings(deadline=None)
@given(inside(), inside())
def test_sums_differences_and_products_lose_no_number(first, second):
    (x, a), (y, b) = first, second
    a, b = Fraction(a), Fraction(b)
    assert contains(x + y, a + b)
    assert contains(x - y, a - b)
    assert contains(x * y, a * b)
    assert contains(-x, -a)
    assert contains(absolute(x), abs(a))


@settings(deadline=None)
@given(inside(), inside())
@example((Interval(0.0, 1e-200), 1e-200), (Interval(-1.0, -1e-200), -1e-200))
@example((Interval(1e-300, 1e-300), 1e-300), (Interval(-1e300, -1e300), -1e300))
def test_quotients_lose_no_number(first, second):
    (x, a), (y, b) = first, second
    if 0.0 in y:
        assert x / y == EVERYTHING
    else:
        assert contains(x / y, Fraction(a) / Fraction(b))


@settings(deadline=None)
@given(inside(moderate), st.integers(-9, 9))
def test_whole_powers_lose_no_number(first, exponent):
    x, a = first
    assume(exponent >= 0 or a != 0.0)
    assert contains(x**exponent, Fraction(a) ** exponent)


@settings(deadline=None)
@given(inside(st.floats(0.0, 1e6)), inside(st.floats(-20.0, 20.0)))
@example((Interval(0.0, 1.0), 0.0), (Interval(0.0, 1.0), 0.0))
@example((Interval(0.0, 2.0), 1.5), (Interval(-1.0, 1.0), 0.5))
def test_powers_lose_no_number(first, second):
    (x, a), (y, b) = first, second
    assume(a > 0.0 or b >= 0.0)
    assert contains(x**y, mpmath.mpf(a) ** mpmath.mpf(b))


@settings(deadline=None)
@given(inside(moderate), st.sampled_from([(sine, "sin"), (cosine, "cos"), (tangent, "tan")]))
@example((Interval(1.5, 1.6), math.pi / 2), (sine, "sin"))
@example((Interval(math.pi / 2, math.pi / 2), math.pi / 2), (tangent, "tan"))
@example((Interval(math.pi, math.pi), math.pi), (cosine, "cos"))
@example((Interval(1e20, 1e20), 1e20), (sine, "sin"))
def test_waves_lose_no_number(first, function):
    x, a = first
    ours, exact = function
    with mpmath.workdps(60):
        assert contains(ours(x), getattr(mpmath, exact)(mpmath.mpf(a)))


@pytest.mark.parametrize(
    ("result", "low", "high"),
    [
        (Interval(1.0, 2.0) + Interval(0.5, 3.0), 1.5, 5.0),
        (Interval(1.0, 2.0) - 1, 0.0, 1.0),
        (1 - Interval(1.0, 2.0), -1.0, 0.0),
        (Interval(-1.0, 2.0) * Interval(-3.0, 5.0), -6.0, 10.0),
        (2 * Interval(-1.0, 2.0), -2.0, 4.0),
        (Interval(1.0, 2.0) / Interval(-4.0, -2.0), -1.0, -0.25),
        (1 / Interval(2.0, math.inf), 0.0, 0.5),
        (Interval(-2.0, 1.0) ** 2, 0.0, 4.0),
        (Interval(-2.0, 1.0) ** 3, -8.0, 1.0),
        (Interval(-2.0, -1.0) ** -2, 0.25, 1.0),
        (Interval(-2.0, 3.0) ** 0, 1.0, 1.0),
        (Interval(0.0, 4.0) ** 0.5, 0.0, 2.0),
        (Interval(-1.0, 4.0) ** 0.5, 0.0, 2.0),
        (Interval(-2.0, 1.0) ** Interval(1.5, 2.5), -(2.0**2.5), 2.0**2.5),
        (2 ** Interval(-1.0, 3.0), 0.5, 8.0),
        (sine(Interval(0.0, 2.0)), 0.0, 1.0),
        (sine(Interval(4.0, 5.0)), -1.0, math.sin(4.0)),
        (sine(Interval(0.0, 7.0)), -1.0, 1.0),
        (cosine(Interval(-1.0, 0.5)), math.cos(1.0), 1.0),
        (cosine(Interval(1.0, 2.0)), math.cos(2.0), math.cos(1.0)),
        (tangent(Interval(-1.0, 1.0)), -math.tan(1.0), math.tan(1.0)),
    ],
)
def test_bounds_are_the_extremes_but_for_rounding(result, low, high):
    slack = 8 * math.ulp(max(abs(low), abs(high)))
    assert low - slack <= result.low <= low
    assert high <= result.high <= high + slack


def test_an_unbounded_result_has_infinite_bounds():
    assert Interval(1.0, 2.0) / Interval(-1.0, 1.0) == EVERYTHING
    assert Interval(-2.0, 1.0) ** -1 == EVERYTHING
    assert tangent(Interval(1.0, 2.0)) == EVERYTHING
    assert EVERYTHING * Interval(0.0, 0.0) == Interval(0.0, 5e-324)
    assert (Interval(1e308, 1e308) * 10).high == math.inf
    assert (Interval(1.0, math.inf) - Interval(1.0, math.inf)).bounded is False


def test_intervals_compare_contain_and_unpack():
    low, high = Interval(1.0, 2.0)
    assert (low, high) == (1.0, 2.0)
    assert 1.5 in Interval(1.0, 2.0)
    assert 2.5 not in Interval(1.0, 2.0)
    assert hull(Interval(1.0, 2.0), Interval(4.0, 5.0)) == Interval(1.0, 5.0)
    assert meet(Interval(1.0, 4.0), Interval(2.0, 5.0)) == Interval(2.0, 4.0)


def test_down_and_up_go_to_the_next_floats():
    assert (down(1.0), up(1.0)) == (math.nextafter(1.0, 0.0), math.nextafter(1.0, 2.0))
    assert (down(0.0), up(0.0)) == (0.0, 5e-324)
    assert (down(-0.0), up(-0.0)) == (-5e-324, 0.0)
    assert (down(math.inf), up(-math.inf)) == (1.7976931348623157e308, -1.7976931348623157e308)


@pytest.mark.parametrize(
    ("low", "high"),
    [(2.0, 1.0), (math.nan, 1.0), (0.0, math.nan), (math.inf, math.inf), (-math.inf, -math.inf)],
)
def test_bounds_without_a_number_between_them_are_refused(raises, low, high):
    message = f"an interval goes from its low to its high bound, got {low!r} and {high!r}"
    with raises(ValueError, message):
        Interval(low, high)


def test_a_negative_base_without_a_whole_exponent_is_refused(raises):
    message = (
        "no number from -2.0 to -1.0 has a power from 0.25 to 0.75: a negative base needs a whole "
        "exponent"
    )
    with raises(ValueError, message):
        Interval(-2.0, -1.0) ** Interval(0.25, 0.75)
