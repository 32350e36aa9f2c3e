"""gradcheck: right derivatives pass, wrong ones are named with their node, kinks are said."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_mini import (
    DomainError,
    Value,
    asin,
    exp,
    label,
    log,
    maximum,
    operation,
    relu,
    sigmoid,
    sin,
    sqrt,
    tanh,
)
from autograd_mini.checking import GradientMismatch, assert_gradient, gradcheck
from autograd_mini.engine.operation import TABLE

PLAIN_NUMBERS = (
    "so what is computed from w is not recorded: float(), .data and the functions of math make "
    "plain numbers, use the operations of autograd_mini"
)


def function(formula):
    """A function of w or of x."""
    variable = "w" if "w" in formula else "x"
    return eval(f"lambda {variable}: {formula}", {**TABLE, "Value": Value, "math": math})


def loss(w1, w2, b):
    return (tanh(w1 * 1.5 - w2 * 2.0 + b) - 0.5) ** 2


@pytest.fixture
def own_operation():
    """`operation`, with what it adds to the table taken out after the test."""
    added = []

    def add(name, *parts, **more):
        added.append(name)
        return operation(name, *parts, **more)

    yield add
    for name in added:
        del TABLE[name]
        delattr(Value, name)


# -- what is right passes -------------------------------------------------------------------------


def test_a_report_holds_every_derivative_by_the_engine_and_by_differences():
    report = gradcheck(loss, [0.1, 0.2, 0.3], order=2)
    assert report
    assert report.kinks == ()
    assert [each.derivative for each in report.comparisons] == [
        "dloss/dw1",
        "dloss/dw2",
        "dloss/db",
        "d2loss/dw1dw1",
        "d2loss/dw1dw2",
        "d2loss/dw1db",
        "d2loss/dw2dw2",
        "d2loss/dw2db",
        "d2loss/dbdb",
    ]
    z = math.tanh(0.05)
    slope = 2 * (z - 0.5) * (1 - z * z)
    assert [each.engine for each in report.comparisons[:3]] == pytest.approx(
        [1.5 * slope, -2.0 * slope, slope], rel=1e-14
    )
    for each in report.comparisons:
        assert each.differences is not None
        assert math.fabs(each.engine - each.differences) <= each.tolerance
    assert max(each.tolerance for each in report.comparisons[:3]) < 1e-10
    assert max(each.tolerance for each in report.comparisons[3:]) < 1e-7


def test_a_report_is_written_a_line_a_derivative():
    report = gradcheck(lambda w: w * 3.0, Value(2.0, label="weight"))
    (only,) = report.comparisons
    assert str(report) == f"df/dweight: engine 3, differences 3, tolerance {only.tolerance:.1g}"


def test_inputs_are_called_by_their_labels_else_as_the_function_calls_them():
    def total(a, *rest):
        return a + rest[0] * rest[1]

    def derivatives(f, point):
        return [each.derivative for each in gradcheck(f, point).comparisons]

    assert derivatives(total, [1.0, 2.0, 3.0]) == [
        "dtotal/da",
        "dtotal/drest[0]",
        "dtotal/drest[1]",
    ]
    assert derivatives(total, [Value(1.0, label="x"), 2.0, 3.0])[0] == "dtotal/dx"
    assert derivatives(min, (2.0, 3.0)) == ["dx1/dx1", "dx1/dx2"]

    def named(w):
        E = w * w
        label(E=E)
        return E

    assert derivatives(named, 2.0) == ["dE/dw"]


@pytest.mark.parametrize("name", sorted(TABLE))
def test_every_row_passes_on_its_domain_to_second_order(name):
    row = TABLE[name]
    source = random.Random(name)
    for _ in range(5):
        point = [source.uniform(low, high) for low, high in row.domain]
        assert gradcheck(row, point, order=2).kinks == ()


@given(st.floats(-3.0, 3.0), st.floats(-1e6, 1e6))
def test_no_right_derivative_is_called_wrong(x, y):
    def f(x, y):
        return sigmoid(x * y) * sin(y) + exp(-x * x) / (1.0 + y * y) + x**3

    assert gradcheck(f, [x, y])


@pytest.mark.parametrize(
    ("f", "x"),
    [
        ("log(x)", 1e-8),
        ("sqrt(x)", 1e-300),
        ("asin(x)", 1.0 - 1e-9),
        ("1.0 / x", 1e-3),
        ("sin(x * 1e8)", 1.0),
        ("sin(x)", 1e6),
        ("relu(x - 1e-5) + 1.0", 0.0),
        ("x**3", 0.0),
        ("abs(x * x)", 0.0),
        ("maximum(x, x)", 1.0),
        ("x * 0.0", 1.0),
        ("5.0", 1.0),
        ("x", 1.0),
    ],
)
def test_steps_shrink_to_stay_inside_and_to_see_the_wave(f, x):
    report = gradcheck(function(f), x)
    assert report.kinks == ()
    (only,) = report.comparisons
    assert only.tolerance <= max(1e-4 * math.fabs(only.engine), 1e-8)


# -- what is wrong is found -----------------------------------------------------------------------


def test_a_wrong_partial_of_an_own_operation_is_located(own_operation, raises):
    cube = own_operation("cube", "x * x * x", "2 * x * x")

    def L(w1, w2):
        return (cube(w2) * w1 - 1.0) ** 2

    with pytest.raises(GradientMismatch) as error:
        gradcheck(L, [0.5, 2.0])
    found, _, rest = str(error.value).partition("1e-10")
    assert (found, rest) == (
        "dL/dw2: engine 24, differences 36, off by 12 (tolerance ",
        "); path L -> v3 (sub) -> v2 (mul) -> v1 (cube, partial 2 * w2 ** 2); operation cube says "
        "dz/dx = 2 * x * x, which is 8 at x = 2, but its value x * x * x has the slope 12 there: "
        "correct the partial",
    )


def test_a_backward_by_hand_is_compared_with_differences():
    def leaky(x, slope):
        out = Value(max(x.data, 0.1 * x.data), (x,), "leaky")

        def _backward():
            x.grad += slope * out.grad

        out._backward = _backward
        return out

    assert gradcheck(lambda x: leaky(x * 2.0, 0.1) ** 2, -0.5).kinks == ()
    with pytest.raises(GradientMismatch) as error:
        gradcheck(lambda x: leaky(x * 2.0, 1.0) ** 2, -0.5)
    assert str(error.value).startswith("df/dx: engine -0.4, differences -0.04, off by 0.36 ")
    assert str(error.value).endswith(
        "path f -> v2 (leaky, partial 1); all rows of the table are right: correct the _backward "
        "of leaky"
    )


def test_the_operand_whose_partial_is_wrong_is_named(own_operation, raises):
    blend = own_operation("blend", "x * y + x", "y + 1", "y")
    message = (
        "df/dw: engine 8, differences 12, off by 4 (tolerance {}); path f -> v1 (blend, partial "
        "w); operation blend says dz/dy = y, which is 2 at x = 3, y = 2, but its value x * y + x "
        "has the slope 3 there: correct the partial (and 0 more)"
    )
    with pytest.raises(GradientMismatch) as error:
        gradcheck(lambda w: blend(3.0, w) * 4.0, 2.0)
    shown = str(error.value)
    tolerance = shown.partition("tolerance ")[2].partition(")")[0]
    assert shown == message.removesuffix(" (and 0 more)").format(tolerance)
    assert float(tolerance) < 1e-9


def test_of_several_wrong_derivatives_the_first_is_explained(own_operation):
    wrong = own_operation("minus", "x - y", "1", "1")
    with pytest.raises(GradientMismatch, match=r" \(and 1 more: df/dv\)$"):
        gradcheck(lambda u, v, w: wrong(w, u + v), [1.0, 2.0, 3.0])


def test_a_partial_that_is_right_at_the_point_only_has_a_wrong_slope(own_operation):
    fifth = own_operation("fifth", "x ** 5", "80 + 0 * x")

    def f(w):
        return fifth(w)

    assert gradcheck(f, 2.0)
    with pytest.raises(GradientMismatch) as error:
        gradcheck(f, 2.0, order=2)
    found, _, reason = str(error.value).partition(" (tolerance")
    assert found == "d2f/dwdw: engine 0, differences 160, off by 160"
    assert reason.partition("); ")[2] == (
        "path f (fifth, partial 80); operation fifth says dz/dx = 80 + 0 * x, which is 80 at x = "
        "2.015625, but its value x ** 5 has the slope 82.52944976 there: correct the partial"
    )


@pytest.mark.parametrize(
    ("f", "reason"),
    [
        ("math.exp(w)", f"f is a plain number, {PLAIN_NUMBERS}"),
        (
            "w * math.exp(w)",
            f"f (mul) takes the plain number 2.718281828, which changes with w, {PLAIN_NUMBERS}",
        ),
        (
            "tanh(w.data * 2.0 + 0.0 * w)",
            f"v2 (add) takes the plain number 2, which changes with w, {PLAIN_NUMBERS}",
        ),
        (
            "Value(float(w)) * 2.0",
            f"v1 is a new leaf that changes with w, {PLAIN_NUMBERS}",
        ),
    ],
)
def test_a_plain_number_that_comes_back_into_the_graph_is_found(f, reason):
    with pytest.raises(GradientMismatch) as error:
        gradcheck(function(f), 1.0)
    assert str(error.value).partition("); ")[2] == reason


def test_a_disagreement_that_no_row_explains_says_so():
    with pytest.raises(GradientMismatch) as error:
        gradcheck(lambda u, v: u - v if u > 1.0 else v - u, [1.0, 1.0])
    assert str(error.value).startswith("df/du: engine -1, differences 0, off by 1 (tolerance ")
    assert str(error.value).partition("); ")[2] == (
        "every partial on the way agrees with its own row, so something else changes with the "
        "input: a branch, a number that f keeps, or the rounding error of f, which is about 9e-16"
    )


def test_an_infinite_partial_is_named():
    with pytest.raises(GradientMismatch) as error:
        gradcheck(lambda w: asin(exp(-w * w)), 0.0)
    found, _, reason = str(error.value).partition(" (tolerance")
    assert found == "df/dw: engine nan, differences 0, off by nan"
    assert reason.partition("); ")[2] == (
        "path f (asin, partial 1 / sqrt(1 - v3 ** 2)); this partial is inf here, so the chain rule "
        "gives no derivative: choose another point"
    )


def test_forward_and_reverse_mode_are_compared(monkeypatch, raises):
    monkeypatch.setattr(
        "autograd_mini.checking.gradients.gradcheck.jvp", lambda f, primals, tangents: (1.0, 2.5)
    )
    message = (
        "df/dw: reverse mode 2.0, forward mode 2.5, off by 0.5 (rounding explains 3e-15): the "
        "engine contradicts itself, so please report this function"
    )
    with raises(GradientMismatch, message):
        gradcheck(lambda w: w * 2.0, 3.0)


# -- kinks are said -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "kink"),
    [
        ("relu(x)", "df/dx: engine 0, not compared: relu(x) has a kink here"),
        ("abs(x)", "df/dx: engine 0, not compared: abs(x) has a kink here"),
        (
            "1.0 + maximum(x * 2.0, x)",
            "df/dx: engine 1.5, not compared: maximum(v1, x) has a kink here",
        ),
        (
            "minimum(x, 0.0)",
            "df/dx: engine 0.5, not compared: minimum(x, 0) has a kink here",
        ),
        (
            "x * 2.0 if x > 0.0 else -x",
            "df/dx: engine -1, not compared: f takes another branch here",
        ),
    ],
)
def test_a_derivative_at_a_kink_is_said_and_not_compared(f, kink):
    report = gradcheck(function(f), 0.0)
    assert report
    assert report.kinks == (kink,)


def test_a_kink_beside_the_point_is_avoided():
    report = gradcheck(lambda x: relu(x) * 3.0, 1e-7)
    (only,) = report.comparisons
    assert (only.engine, only.remark) == (3.0, "")


def test_a_kink_between_two_inputs_is_seen_in_a_mixed_derivative():
    report = gradcheck(lambda x, y: relu(x * y), [0.0, 0.0], order=2)
    assert [each.derivative for each in report.comparisons if each.remark] == [
        "d2f/dxdy",
    ]


# -- what was derived by hand ---------------------------------------------------------------------


def test_derived_numbers_are_held_to_their_digits():
    assert gradcheck(loss, [0.1, 0.2, 0.3], derived={"w2": "1.80", "b": "-0.8978"})
    assert gradcheck(loss, [0.1, 0.2, 0.3], derived=["-1.3", None, "-0.897"])
    slope = 2 * (math.tanh(0.0) - 0.5)
    assert gradcheck(loss, [0.2, 0.3, 0.3], derived={"b": slope})


def L(w1, w2, x1, x2):
    """The function of the messages: v1 = w1 x1, v2 = w2 x2, v3 = v1 - v2."""
    return (w1 * x1 - w2 * x2) ** 2


@pytest.mark.parametrize(
    ("derived", "message"),
    [
        (
            {"w2": "-0.50"},
            "dL/dw2: derived -0.50, engine -0.4800, off by 0.02; path L -> v3 (sub) -> v2 (mul, "
            "partial x2)",
        ),
        (
            {"w2": -0.51},
            "dL/dw2: derived -0.51, engine -0.48, off by 0.03; path L -> v3 (sub) -> v2 (mul, "
            "partial x2)",
        ),
        (
            {"w2": "0.48"},
            "dL/dw2: derived 0.48, engine -0.4800, off by 0.96; path L -> v3 (sub, partial -1); "
            "as if the minus of this partial were forgotten (it is -1)",
        ),
        (
            {"w2": "-1.60"},
            "dL/dw2: derived -1.60, engine -0.4800, off by 1.12; path L -> v3 (sub) -> v2 (mul, "
            "partial x2); as if this factor were forgotten (it is 0.3)",
        ),
        (
            {"w2": "-0.24"},
            "dL/dw2: derived -0.24, engine -0.4800, off by 0.24; path L -> v3 (sub) -> v2 (mul, "
            "partial x2); half the value: a factor 2 is missing, or a factor 1/2 is too many",
        ),
        (
            {"w1": 3.2001},
            "dL/dw1: derived 3.2001, engine 3.2, off by 0.0001; path L -> v3 (sub) -> v1 (mul, "
            "partial x1); the last digit is off by one",
        ),
        (
            ["3.2", "-0.84", None, "1.0"],
            "dL/dw2: derived -0.84, engine -0.4800, off by 0.36; path L -> v3 (sub) -> v2 (mul, "
            "partial x2); two digits are swapped (and 1 more: dL/dx2)",
        ),
    ],
    ids=str,
)
def test_a_wrong_derivation_is_told_from_the_engine_s(raises, derived, message):
    with raises(GradientMismatch, message):
        gradcheck(L, [1.0, 4.0, 2.0, 0.3], derived=derived)


def test_a_forgotten_path_is_recognized(raises):
    def E(x, y):
        return x * y + x * x

    message = (
        "dE/dx: derived 2.0, engine 4, off by 2; path E (add, partial 1); as if the paths along "
        "this factor were forgotten (it is 1)"
    )
    with raises(GradientMismatch, message):
        gradcheck(E, [1.0, 2.0], derived={"x": 2.0})


def test_a_rounded_number_is_to_be_given_with_its_digits(raises):
    message = (
        "df/dw: derived 2.718, engine 2.718281828, off by 0.000282; its digits are right: give "
        "them as a string, '2.718', if it is rounded"
    )
    with raises(GradientMismatch, message):
        gradcheck(lambda w: exp(w), 1.0, derived=[2.718])
    assert gradcheck(lambda w: exp(w), 1.0, derived=["2.718"])


def test_a_derived_number_may_be_beyond_all_floats(raises):
    with raises(
        GradientMismatch,
        "df/dw: derived 9e399, engine 2.72e000, off by inf; path f (exp, partial f)",
    ):
        gradcheck(lambda w: exp(w), 1.0, derived=["9e399"])


def test_a_derivative_of_what_f_does_not_depend_on(raises):
    message = "df/dv: derived 1.0, engine 0, off by 1; f does not depend on v"
    with raises(GradientMismatch, message):
        gradcheck(lambda u, v: u * u, [1.0, 2.0], derived={"v": 1.0})


def test_long_paths_are_shortened():
    def chain(w):
        for _ in range(50):
            w = w * 1.01
        return w

    with pytest.raises(GradientMismatch) as error:
        gradcheck(chain, 1.0, derived=["7"])
    assert str(error.value) == (
        "dchain/dw: derived 7, engine 1.64, off by 5.36; path chain -> v49 (mul) -> v48 (mul) -> "
        "v47 (mul) -> ... 42 more ... -> v4 (mul) -> v3 (mul) -> v2 (mul) -> v1 (mul, partial 1.01)"
    )


def test_printed_gradients_are_asserted(raises):
    w = Value(0.5, label="w")
    y = w * w * w
    assert_gradient(y, w, printed="0.75")
    message = (
        "dy/dw: printed 0.57, expected 0.75 (to two more digits 0.7500): two digits are swapped"
    )
    with raises(GradientMismatch, message):
        assert_gradient(y, w, printed="0.57")
    y.label = "E"
    with raises(GradientMismatch, "dE/dw: printed 3.1, expected 0.8 (to two more digits 0.750)"):
        assert_gradient(y, w, "3.1")
    assert not w.has_grad


# -- what cannot be checked -----------------------------------------------------------------------


def test_a_point_on_the_edge_of_the_domain_is_refused(raises):
    message = (
        "df/dx has no differences to check it by: beside the point f has no value (sqrt(x) does "
        "not exist at x = -1.5777218104420236e-30); choose a point further inside its domain"
    )
    with raises(ValueError, message):
        gradcheck(lambda x: sqrt(x), 0.0)


def test_a_point_outside_the_domain_is_the_engine_s_error(raises):
    with raises(DomainError, "log(x) does not exist at x = -1.0"):
        gradcheck(lambda x: log(x), -1.0)


@pytest.mark.parametrize(
    ("f", "point", "options", "error", "message"),
    [
        (
            lambda x: [x],
            1.0,
            {},
            TypeError,
            "f must return one number to be checked, got list",
        ),
        (lambda x: x, "a", {}, TypeError, "a point is made of finite real numbers, got 'a'"),
        (lambda x: x, [math.inf], {}, TypeError, "a point is made of finite real numbers, got inf"),
        (
            lambda x: x * math.nan,
            1.0,
            {},
            ValueError,
            "f gives nan at the point, which has no derivative: choose a point where it is finite",
        ),
        (
            lambda x: x,
            1.0,
            {"order": 3},
            ValueError,
            "gradcheck checks derivatives of order 1 or 2, got order=3",
        ),
        (
            lambda x, y: x * y,
            [1.0, 2.0],
            {"derived": {"z": 1.0}},
            ValueError,
            "derived has 'z', which f does not take: its inputs are x, y",
        ),
        (
            lambda x, y: x * y,
            [1.0, 2.0],
            {"derived": [1.0]},
            ValueError,
            "derived has 1 derivatives for 2 inputs (x, y): give one for each, or None for "
            "an input without one",
        ),
        (
            lambda x: x,
            1.0,
            {"derived": {"x": "one"}},
            ValueError,
            "'one' is not a printed number: expected one such as 0.40, -.35 or 5.5090e-04",
        ),
    ],
)
def test_gradcheck_refuses_functions_that_cannot_be_checked(
    raises, f, point, options, error, message
):
    with raises(error, message):
        gradcheck(f, point, **options)


def test_a_random_function_is_refused(raises):
    numbers = iter(range(10))
    message = (
        "f gives 0.0 and then 1.0 at the same point: a check needs the same number every time, so "
        "fix what is random"
    )
    with raises(ValueError, message):
        gradcheck(lambda x: x * float(next(numbers)), 1.0)


def test_the_operands_of_a_row_are_called_x_and_y() -> None:
    report = gradcheck(maximum, (1.0, Value(2.0, label="b")))
    assert [each.derivative for each in report.comparisons] == ["df/dx", "df/db"]
    with pytest.raises(TypeError, match="maximum takes 2 operands, got 3"):
        gradcheck(maximum, (1.0, 2.0, 3.0))


def test_the_report_of_gradcheck_is_true() -> None:
    assert gradcheck(lambda x: x * x, 3.0)
