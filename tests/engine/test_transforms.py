"""grad, gradients, jvp and hessian: any order, any nesting, and what they refuse."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

import autograd_mini as ag
from autograd_mini import DomainError, Value, grad, gradients, hessian, jvp, topological_order


def nested(f: Callable[[Any], Any], order: int) -> Callable[[Any], Any]:
    for _ in range(order):
        f = grad(f)
    return f


# -- grad ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", range(6))
def test_a_polynomial_to_the_fifth_order(order: int) -> None:
    """d^n/dx^n of 2 x^5 - x^3 + 7 x is exact in floats at x = 3."""
    expected = [480.0, 790.0, 1062.0, 1074.0, 720.0, 240.0][order]
    assert nested(lambda x: 2 * x**5 - x**3 + 7 * x, order)(3.0) == expected
    assert nested(lambda x: 2 * x * x * x * x * x - x * x * x + 7 * x, order)(3.0) == expected
    assert nested(lambda x: x * (7 - x * x * (1 - 2 * x * x)), order)(3.0) == expected


@pytest.mark.parametrize("order", range(6))
def test_sin_to_the_fifth_order(order: int) -> None:
    expected = [math.sin, math.cos, lambda x: -math.sin(x), lambda x: -math.cos(x)][order % 4]
    for x in (-2.0, 0.0, 0.7, 3.0):
        assert nested(ag.sin, order)(x) == expected(x)


@pytest.mark.parametrize("order", range(6))
def test_exp_of_a_multiple_and_a_quotient_to_the_fifth_order(order: int) -> None:
    assert nested(lambda x: ag.exp(2 * x), order)(0.5) == 2**order * math.e
    quotient = (-1) ** order * math.factorial(order) / 2.0 ** (order + 1)
    assert nested(lambda x: 1 / x, order)(2.0) == pytest.approx(quotient, rel=1e-15, abs=0)
    assert nested(lambda x: x**-1, order)(2.0) == quotient


def test_the_derivative_is_a_float_where_it_is_called_with_numbers() -> None:
    for x in (3, 3.0, Fraction(3), True + 2):
        slope = grad(lambda x: x * x)(x)
        assert type(slope) is float
        assert slope == 6.0
    assert type(grad(lambda x: 5.0)(1.0)) is float
    assert type(grad(grad(lambda x: x))(1.0)) is float


def test_the_derivative_at_a_value_is_a_value_that_depends_on_it() -> None:
    x = Value(3.0, label="x")
    slope = grad(lambda x: x**3)(x)
    assert isinstance(slope, Value)
    assert slope.data == 27.0
    slope.backward()
    assert x.grad == 18.0


def test_argnums_choose_the_arguments() -> None:
    def f(x: Any, y: Any, z: Any) -> Any:
        return x * y * y + z

    assert grad(f)(2.0, 3.0, 5.0) == 9.0
    assert grad(f, argnums=1)(2.0, 3.0, 5.0) == 12.0
    assert grad(f, argnums=-1)(2.0, 3.0, 5.0) == 1.0
    assert grad(f, argnums=(1, 0))(2.0, 3.0, 5.0) == (12.0, 9.0)
    assert grad(f, argnums=(2,))(2.0, 3.0, 5.0) == (1.0,)
    assert grad(grad(f, argnums=1), argnums=0)(2.0, 3.0, 5.0) == 6.0


def test_an_argument_that_is_not_used_has_derivative_0() -> None:
    assert grad(lambda x, y: x, argnums=(0, 1))(2.0, 3.0) == (1.0, 0.0)
    assert grad(lambda x: 7)(2.0) == 0.0
    assert grad(lambda x: x - x)(2.0) == 0.0


def test_one_value_for_two_arguments_counts_once_for_each() -> None:
    x = Value(3.0)
    by_first, by_second = grad(lambda a, b: a * a * b, argnums=(0, 1))(x, x)
    assert (by_first.data, by_second.data) == (18.0, 9.0)


# -- perturbation confusion ---------------------------------------------------------------------


def test_inner_and_outer_variables_are_not_confused() -> None:
    """d/dx (x * d/dy (x + y)) is 1, and 2 if the inner derivative took x for y."""
    assert grad(lambda x: x * grad(lambda y: x + y)(1.0))(1.0) == 1.0
    assert grad(lambda x: x * grad(lambda y: x * y)(2.0))(3.0) == 6.0
    assert grad(lambda x: grad(lambda y: x * y * y)(x))(3.0) == 12.0
    assert grad(lambda x: x * grad(lambda y: y * grad(lambda z: x * y * z)(5.0))(2.0))(3.0) == 24.0


def test_inner_and_outer_directions_are_not_confused() -> None:
    def outer(x: Any) -> Any:
        return x * jvp(lambda y: x + y, (1.0,), (1.0,))[1]

    assert jvp(outer, (1.0,), (1.0,)) == (1.0, 1.0)
    assert grad(outer)(1.0) == 1.0
    assert jvp(lambda x: x * grad(lambda y: x * y)(2.0), (3.0,), (1.0,)) == (9.0, 6.0)


def test_an_inner_function_that_knows_the_argument_by_another_name_keeps_it_constant() -> None:
    x = Value(3.0)
    slope = grad(lambda y: x * y)(x)
    assert slope.data == 3.0  # not 6: x itself is no part of this derivative


# -- closures -----------------------------------------------------------------------------------


def test_a_function_may_use_values_from_outside() -> None:
    w = Value(2.0)
    assert grad(lambda x: w * x * x)(3.0) == 12.0
    assert w.grad == 0.0
    assert not w.has_grad


def test_the_derivative_at_a_value_can_be_trained_on_values_from_outside() -> None:
    w, x = Value(2.0), Value(3.0)
    slope = grad(lambda x: w * x * x)(x)
    slope.backward()
    assert (slope.data, w.grad, x.grad) == (12.0, 6.0, 4.0)


# -- gradients ----------------------------------------------------------------------------------


def test_gradients_leave_every_grad_alone() -> None:
    x = Value(3.0)
    y = x * x
    assert gradients(y, [x]) == [6.0]
    (slope,) = gradients(y, [x], create_graph=True)
    assert slope.data == 6.0
    for value in (x, y, slope):
        assert (value.grad, value.has_grad) == (0.0, False)


def test_gradients_with_respect_to_results_and_to_the_root_itself() -> None:
    x = Value(3.0)
    y = x * x
    z = y * y + x
    assert gradients(z, [z, y, x, y]) == [1.0, 18.0, 109.0, 18.0]
    assert gradients(y, [z]) == [0.0]


def test_the_gradient_with_respect_to_a_value_outside_the_graph_is_0() -> None:
    x, unused = Value(3.0), Value(4.0)
    assert gradients(x * 2, [unused, x]) == [0.0, 2.0]
    assert gradients(7.0, [x]) == [0.0]
    found = gradients(x * 2, [unused, x], create_graph=True)
    assert [slope.data for slope in found] == [0.0, 2.0]
    assert gradients(x, []) == []


def test_gradients_agree_with_backward() -> None:
    xs = [Value(0.3), Value(-1.2), Value(2.0)]
    y = (xs[0] * xs[1]).tanh() / xs[2] + ag.logsumexp(xs) ** 2
    y.backward()
    assert gradients(y, xs) == [x.grad for x in xs]
    assert [slope.data for slope in gradients(y, xs, create_graph=True)] == [x.grad for x in xs]


def test_gradients_that_are_values_are_differentiated_by_backward_too() -> None:
    x, y = Value(2.0), Value(3.0)
    slope_x, slope_y = gradients(x * x * y, [x, y], create_graph=True)
    (slope_x * slope_y).backward()  # 2xy * x^2 = 2 x^3 y
    assert (x.grad, y.grad) == (72.0, 16.0)


def test_gradients_take_their_values_from_any_iterable() -> None:
    parameters = {"a": Value(2.0), "b": Value(3.0)}
    product = parameters["a"] * parameters["b"]
    assert gradients(product, (value for value in parameters.values())) == [3.0, 2.0]
    assert gradients(product, parameters.values()) == [3.0, 2.0]


# -- jvp ----------------------------------------------------------------------------------------


def test_jvp_gives_the_value_and_the_derivative_along_the_tangents() -> None:
    def f(x: Any, y: Any) -> Any:
        return x * x * y

    assert jvp(f, (3.0, 4.0), (1.0, 0.0)) == (36.0, 24.0)
    assert jvp(f, (3.0, 4.0), (0.0, 1.0)) == (36.0, 9.0)
    assert jvp(f, (3, 4), (2, -1)) == (36.0, 39.0)
    assert jvp(lambda x: x, (3.0,), (5.0,)) == (3.0, 5.0)
    assert jvp(lambda x: 7, (3.0,), (5.0,)) == (7.0, 0.0)
    assert all(type(number) is float for number in jvp(f, (3, 4), (2, -1)))
    assert repr(jvp(lambda x: x, (3,), (5,))) == "(3.0, 5.0)"


def test_a_tangent_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(TypeError) as caught:
        jvp(lambda x: x, (3.0,), ("5",))  # type: ignore[arg-type]
    assert str(caught.value) == "a tangent is a Value or a real number, got '5'"


def test_jvp_of_values_returns_values() -> None:
    x = Value(3.0)
    y, slope = jvp(lambda x: x**3, (x,), (1.0,))
    assert isinstance(y, Value)
    assert isinstance(slope, Value)
    assert (y.data, slope.data) == (27.0, 27.0)
    slope.backward()
    assert x.grad == 18.0
    tangent = Value(2.0)
    _, along = jvp(lambda x: x**3, (3.0,), (tangent,))
    along.backward()
    assert (along.data, tangent.grad) == (54.0, 27.0)


def test_forward_over_reverse_and_reverse_over_forward_are_the_second_derivative() -> None:
    def f(x: Any) -> Any:
        return x.sin() * x * x

    expected = nested(f, 2)(0.7)
    assert jvp(grad(f), (0.7,), (1.0,))[1] == pytest.approx(expected, rel=1e-15)
    along: Callable[[Any], Any] = lambda x: jvp(f, (x,), (1.0,))[1]  # noqa: E731
    assert grad(along)(0.7) == pytest.approx(expected, rel=1e-15)
    assert jvp(along, (0.7,), (1.0,))[1] == pytest.approx(expected, rel=1e-15)


# -- hessian ------------------------------------------------------------------------------------


def test_the_hessian_of_a_quadratic_form_is_its_matrix() -> None:
    def form(x: Any, y: Any, z: Any) -> Any:
        return 1.5 * x * x + 2 * x * y - y * z + z * z / 2

    expected = [[3.0, 2.0, 0.0], [2.0, 0.0, -1.0], [0.0, -1.0, 1.0]]
    assert hessian(form)(0.1, -5.0, 7.0) == expected


def test_the_hessian_of_a_linear_or_constant_function_is_0() -> None:
    assert hessian(lambda x, y: 2 * x - y)(1.0, 2.0) == [[0.0, 0.0], [0.0, 0.0]]
    assert hessian(lambda x: 3.0)(1.0) == [[0.0]]


def test_the_hessian_at_values_has_values() -> None:
    x = Value(2.0)
    ((curvature,),) = hessian(lambda x: x**4)(x)
    curvature.backward()
    assert (curvature.data, x.grad) == (48.0, 48.0)


def test_the_derivative_of_a_hessian() -> None:
    assert grad(lambda x: hessian(lambda a, b: a**3 * b)(x, 2.0)[0][0])(5.0) == 12.0


# -- what they refuse ---------------------------------------------------------------------------


def no_number(x: Any) -> Any:
    return None


@pytest.mark.parametrize(
    ("mistake", "error", "message"),
    [
        (
            lambda: grad(no_number)(1.0),
            TypeError,
            "no_number must return one number to be differentiated, got NoneType",
        ),
        (
            lambda: grad(lambda x: [x])(1.0),
            TypeError,
            "<lambda> must return one number to be differentiated, got list",
        ),
        (
            lambda: jvp(lambda x: "1", (1.0,), (1.0,)),
            TypeError,
            "<lambda> must return one number to be differentiated, got str",
        ),
        (
            lambda: grad(lambda x: x, argnums=1)(1.0),
            TypeError,
            "argnums=1 needs more than 1 arguments",
        ),
        (
            lambda: grad(lambda x, y: x, argnums=(0, 2))(1.0, 2.0),
            TypeError,
            "argnums=(0, 2) needs more than 2 arguments",
        ),
        (
            lambda: grad(lambda x: x)("1"),
            TypeError,
            "a Value holds a real number, got '1': convert it first, as in Value(float(x))",
        ),
        (
            lambda: jvp(lambda x: x, (1.0,), (1.0, 2.0)),
            ValueError,
            "jvp needs a tangent for each primal, got 1 primals and 2 tangents",
        ),
        (
            lambda: gradients(Value(1.0), Value(2.0)),  # type: ignore[call-overload]
            TypeError,
            "gradients(y, xs) takes a list of Values as xs, got Value(data=2.0)",
        ),
        (
            lambda: gradients(Value(1.0), [2.0]),  # type: ignore[list-item]
            TypeError,
            "gradients(y, xs) takes a list of Values as xs, got [2.0]",
        ),
        (
            lambda: gradients(None, [Value(1.0)]),  # type: ignore[call-overload]
            TypeError,
            "gradients(y, xs) takes one Value as y, got None",
        ),
        (
            lambda: hessian(lambda x: (1 - x).asin())(0.0),
            DomainError,
            "asin(x) has no finite derivative at x = 1.0",
        ),
        (
            lambda: grad(grad(lambda x: x / 0.0))(math.nan),
            DomainError,
            "x / 0.0 has no finite derivative at x = nan",
        ),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_wrong_arguments_of_the_transforms_are_refused(
    mistake: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        mistake()
    assert str(caught.value) == message


def test_a_nan_derivative_stays_nan() -> None:
    """d/dy x**y is nan for x < 0, in every way to ask for it."""
    y = Value(2.0)
    assert math.isnan(gradients((-2.0) ** y, [y])[0])
    assert math.isnan(grad(lambda y: (-2.0) ** y)(2.0))
    with pytest.raises(DomainError) as caught:
        gradients((-2.0) ** y, [y], create_graph=True)
    assert str(caught.value) == "(-2.0) ** y has no finite derivative at y = 2.0"


CHANGED: dict[str, tuple[Callable[[Value], Value], float, float]] = {
    "a partial that tells": (lambda x: x * x, 2.0, 3.0),
    "an even partial": (lambda x: x.sin(), 1.0, -1.0),
    "an even value": (lambda x: x.cos(), 1.0, -1.0),
    "a constant partial": (lambda x: (x + 1).exp(), 1.0, 2.0),
    "outside the domain": (lambda x: x.log(), 1.0, -1.0),
    "a slope that would be infinite": (lambda x: x.sqrt(), 1.0, 0.0),
}


@pytest.mark.parametrize(("f", "recorded", "now"), CHANGED.values(), ids=CHANGED)
def test_changed_data_are_not_differentiated_twice(
    f: Callable[[Value], Value], recorded: float, now: float
) -> None:
    """The first derivative is that of the recorded evaluation; a second would mix the two."""
    x = Value(recorded, label="x")
    y = f(x)
    (expected,) = gradients(y, [x])
    x.data = now
    assert gradients(y, [x]) == [expected]
    user = next(value for value in topological_order(y) if x in value.operands)
    with pytest.raises(ValueError, match="changed") as caught:
        gradients(y, [x], create_graph=True)
    assert str(caught.value) == (
        f"the data of an operand of {user!r} has changed since it was recorded: "
        "record it again to differentiate it more than once"
    )
    x.data = recorded
    assert gradients(y, [x], create_graph=True)[0].data == expected


def test_a_function_that_fails_leaves_the_derivatives_around_it_right() -> None:
    def failing(x: Any) -> Any:
        raise KeyError("inside")

    def outer(x: Any) -> Any:
        with pytest.raises(KeyError):
            grad(failing)(1.0)
        return x * x

    assert grad(outer)(3.0) == 6.0
    assert type(grad(lambda x: x * x)(3.0)) is float


def test_a_value_in_place_of_a_function_is_refused() -> None:
    w = Value(2.0, label="w")
    loss: Any = w * w
    instead = "got Value(data=4.0): for derivatives of a Value use gradients(y, xs)"
    for name, call in {
        "grad": lambda: grad(loss, [w]),  # type: ignore[arg-type]  # as torch.autograd.grad
        "hessian": lambda: hessian(loss),
        "jvp": lambda: jvp(loss, (2.0,), (1.0,)),
    }.items():
        with pytest.raises(TypeError) as caught:
            call()
        assert str(caught.value) == f"{name} takes a function, {instead}"
    with pytest.raises(TypeError, match=r"\Agrad takes a function, got 4.0\Z"):
        grad(4.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError) as caught:
        grad(ag.sin, argnums="x")  # type: ignore[arg-type]
    assert str(caught.value) == (
        "argnums is the position of an argument, counted from 0, or a tuple of positions; got 'x'"
    )


# -- against PyTorch ----------------------------------------------------------------------------


def test_a_hessian_is_symmetric_and_agrees_with_pytorch() -> None:
    torch = pytest.importorskip("torch")

    def f(x: Any, y: Any, z: Any, sin: Any, log: Any, exp: Any, sigmoid: Any) -> Any:
        return sin(x * y) * exp(-z) + log(x * x + 1) / sigmoid(y - z) + x**3 * y**2

    ours = hessian(lambda *xs: f(*xs, ag.sin, ag.log, ag.exp, ag.sigmoid))
    functions = (torch.sin, torch.log, torch.exp, torch.sigmoid)
    for point in [(0.5, -1.2, 0.3), (2.0, 1.0, -0.7), (-1.5, 0.25, 2.0)]:
        matrix = ours(*point)
        theirs = torch.autograd.functional.hessian(
            lambda xs: f(*xs, *functions), torch.tensor(point, dtype=torch.float64)
        ).tolist()
        for row in range(3):
            assert matrix[row] == pytest.approx(theirs[row], rel=1e-13)
            for column in range(row):
                assert matrix[row][column] == pytest.approx(matrix[column][row], rel=1e-14)


def test_the_position_of_an_argument_may_be_an_integer_of_numpy():
    numpy = pytest.importorskip("numpy")
    f = grad(lambda x, y: x * y, argnums=numpy.int64(1))
    assert f(3.0, 4.0) == 3.0
    assert grad(lambda x, y: x * y, argnums=(numpy.int8(1), 0))(3.0, 4.0) == (3.0, 4.0)
