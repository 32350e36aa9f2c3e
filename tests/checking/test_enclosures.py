"""Rows and expressions over intervals: sound for every row, exact where the slope has a sign."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograd_mini.checking.sheets.enclosures import apply, enclose, evaluate
from autograd_mini.checking.sheets.intervals import EVERYTHING, Interval
from autograd_mini.engine.evaluation import STRICT
from autograd_mini.engine.operation import TABLE, Operation, find
from autograd_mini.engine.tree import parse

ROWS = sorted(TABLE)

numbers = st.floats(-5.0, 5.0) | st.floats(-800.0, 800.0) | st.integers(-3, 3).map(float)


@st.composite
def inside(draw):
    """An interval, wide or narrow, and a number in it."""
    centre, share = draw(numbers), draw(st.floats(0.0, 1.0))
    low = centre - draw(st.sampled_from([0.0, 1e-12, 1e-6, 0.1, 3.0]))
    high = centre + draw(st.sampled_from([0.0, 1e-12, 1e-6, 0.1, 3.0]))
    return Interval(low, high), min(max(low + share * (high - low), low), high)


def value(row, *operands):
    """The value of `row`, None where it has none."""
    try:
        return STRICT.function(row.name)(*operands)
    except (ArithmeticError, ValueError):
        return None


@pytest.mark.parametrize("name", ROWS)
@settings(deadline=None)
@given(st.data())
def test_a_row_over_intervals_contains_its_value_at_numbers_inside(name, data):
    row = find(name)
    intervals, operands = zip(*(data.draw(inside()) for _ in range(row.arity)))
    z = value(row, *operands)
    if z is not None:
        called = parse(f"{name}({', '.join('xy'[: row.arity])})")
        assert z in apply(row, *intervals)
        assert z in enclose(called, dict(zip("xy", intervals)))


@pytest.mark.parametrize(
    "name",
    [
        "x * (1 - x)",
        "sigmoid(x * y) - y",
        "(x - y) ** 2 / 2",
        "x * y - tanh(y) / (x * x + 1)",
        "relu(x - y) * y",
        "sin(x) / cos(x)",
        "maximum(x * x, y) - x",
        "x * sign(y) + step(x) * y",
        "x ** y * exp(-x)",
        "x if x * y > 1 else y",
    ],
)
@settings(deadline=None)
@given(inside(), inside())
def test_an_expression_over_intervals_contains_its_value_at_numbers_inside(name, first, second):
    (x, a), (y, b) = first, second
    tree = parse(name)
    try:
        z = evaluate(tree, {"x": Interval(a, a), "y": Interval(b, b)})
    except ValueError:
        return
    if z.bounded:
        narrow, natural = (way(tree, {"x": x, "y": y}) for way in (enclose, evaluate))
        assert narrow.low <= z.high
        assert z.low <= narrow.high
        assert natural.low <= narrow.low <= narrow.high <= natural.high


@pytest.mark.parametrize(
    ("text", "x", "low", "high"),
    [
        ("x * (1 - x)", (0.7, 0.8), 0.16, 0.21),
        ("x * (1 - x)", (0.1, 0.2), 0.09, 0.16),
        ("x - x", (0.0, 1.0), 0.0, 0.0),
        ("x * x", (-1.0, 2.0), 0.0, 4.0),
        ("1 / (1 + exp(-x))", (-1.0, 2.0), 1 / (1 + math.e), 1 / (1 + math.exp(-2.0))),
        ("sigmoid(x)", (-1.0, 2.0), 1 / (1 + math.e), 1 / (1 + math.exp(-2.0))),
        ("softplus(x)", (-1.0, 2.0), math.log1p(math.exp(-1.0)), math.log1p(math.exp(2.0))),
        ("tanh(x)", (-1.0, 2.0), math.tanh(-1.0), math.tanh(2.0)),
        ("relu(x)", (-1.0, 2.0), 0.0, 2.0),
        ("abs(x)", (-1.0, 2.0), 0.0, 2.0),
        ("maximum(x, 1)", (-1.0, 2.0), 1.0, 2.0),
        ("minimum(x, 1)", (-1.0, 2.0), -1.0, 1.0),
        ("sign(x)", (-1.0, 2.0), -1.0, 1.0),
        ("step(x)", (0.5, 2.0), 1.0, 1.0),
        ("cosh(x)", (-1.0, 2.0), 1.0, math.cosh(2.0)),
        ("acos(x)", (-2.0, 0.5), math.acos(0.5), math.pi),
        ("log(x)", (-1.0, 1.0), -math.inf, 0.0),
        ("sqrt(x)", (-1.0, 4.0), 0.0, 2.0),
        ("sqrt(x) * log(x)", (1.0, 4.0), 0.0, 2.0 * math.log(4.0)),
        ("0 if x <= 0 else 1 / x", (-1.0, 2.0), -math.inf, math.inf),
    ],
)
def test_the_bounds_are_exact_where_the_slope_has_a_sign(text, x, low, high):
    found = enclose(parse(text), {"x": Interval(*x)})
    slack = 1e-14
    assert low - slack <= found.low <= low
    assert high <= found.high <= high + slack


def test_beside_an_extreme_an_enclosure_is_as_narrow_as_the_slope_is_small():
    """0.5 * (1 - 0.5) changes by the square of a change, not by the change itself."""
    low, high = enclose(parse("x * (1 - x)"), {"x": Interval(0.5 - 1e-6, 0.5 + 1e-6)})
    assert 0.25 - 4e-12 < low < 0.25 < high < 0.25 + 4e-12


def test_a_sum_may_have_many_terms():
    low, high = enclose(
        parse(" + ".join(["x * y"] * 800)), {"x": Interval(0, 1), "y": Interval(1, 2)}
    )
    assert (low, round(high, 6)) == (0.0, 1600.0)


def test_a_pole_or_a_jump_inside_is_not_bridged_by_a_slope():
    """The slope of 1/x and that of sign have one sign on both sides."""
    assert enclose(parse("1 / x"), {"x": Interval(-1.0, 2.0)}) == EVERYTHING
    assert enclose(parse("tan(x)"), {"x": Interval(1.0, 2.0)}) == EVERYTHING
    low, high = enclose(parse("x - 3 * step(x)"), {"x": Interval(-1.0, 2.0)})
    assert low <= -3.0
    assert high >= 0.0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("log(x)", "log has no value from -2.0 to -1.0"),
        ("sqrt(x) + 1", "sqrt has no value from -2.0 to -1.0"),
        ("acos(x - 0.5)", "acos has no value from -2.5000000000000004 to -1.4999999999999998"),
        (
            "log(x) if x * x > 2 else sqrt(x)",
            "'log(x) if x * x > 2 else sqrt(x)' has no value here",
        ),
    ],
)
def test_where_there_is_no_value_that_is_said(raises, text, message):
    with raises(ValueError, message):
        evaluate(parse(text), {"x": Interval(-2.0, -1.0)})


# -- rows that nobody wrote a rule for ------------------------------------------------------------


def test_a_row_made_of_others_needs_no_rule():
    swish = Operation("swish", "x * sigmoid(x)", "sigmoid(x) * (1 + x * (1 - sigmoid(x)))")
    low, high = apply(swish, Interval(1.0, 2.0))
    assert low <= 1.0 / (1 + math.exp(-1.0)) <= low + 1e-14
    assert high - 1e-14 <= 2.0 / (1 + math.exp(-2.0)) <= high


@pytest.fixture
def new_row(monkeypatch):
    """Adds a row to the table for one test."""

    def add(row):
        monkeypatch.setitem(TABLE, row.name, row)
        return row

    return add


def test_a_new_primitive_is_enclosed_by_its_partial(new_row):
    erf = new_row(Operation("erf", "erf(x)", "1.1283791670955126 * exp(-x * x)"))
    low, high = apply(erf, Interval(0.5, 0.6))
    assert low <= math.erf(0.5) < math.erf(0.6) <= high
    assert high - low < 1.2 * (math.erf(0.6) - math.erf(0.5))
    low, high = enclose(parse("erf(x)"), {"x": Interval(0.5, 0.6)})
    assert low <= math.erf(0.5) <= low + 1e-15
    assert high - 1e-15 <= math.erf(0.6) <= high


def test_a_new_primitive_whose_partial_needs_its_value_may_be_anything(new_row):
    gamma = new_row(Operation("gamma", "gamma(x)", "z * log(x)"))
    assert apply(gamma, Interval(2.0, 3.0)) == EVERYTHING
