"""grad, value_and_grad, vjp and jacobian of functions of lists, tuples, dicts and arrays."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import pytest

from autograd_mini import Value, exp, grad, jacobian, sin, value_and_grad, vjp


class Line(NamedTuple):
    w: Any
    b: Any


def loss(p: dict[str, Any], x: float) -> Any:
    return sum(w * w for w in p["w"]) * x + p["b"][0] * 3


def test_a_derivative_has_the_form_of_the_argument() -> None:
    assert grad(loss)({"w": [1.0, 2], "b": (5.0,)}, 2.0) == {"w": [4.0, 8.0], "b": (3.0,)}
    assert grad(lambda line: line.w * line.b)(Line(2.0, 3.0)) == Line(3.0, 2.0)
    assert grad(lambda p: p[0] ** 2)([3.0, None, []]) == [6.0, None, []]
    value, slopes = value_and_grad(lambda p, q: p[0] * q, argnums=(0, 1))([2.0], 5.0)
    assert (value, slopes) == (10.0, ([5.0], 2.0))


def test_an_array_of_numpy_is_an_argument() -> None:
    slopes = grad(lambda x: np.sum(x * x) + x[0])(np.array([[1.0], [2.0]]).ravel())
    assert slopes.dtype == float
    assert slopes.tolist() == [3.0, 4.0]
    assert jacobian(lambda x: np.array([[1.0, 2.0], [3.0, 4.0]]) @ x)(np.ones(2))[1].tolist() == [
        3,
        4,
    ]


def test_other_arguments_are_passed_on_as_they_are() -> None:
    def f(x: Value, times: int, *, how: str = "add") -> Value:
        assert (type(times), type(how)) == (int, str)
        return sum((x for _ in range(times)), 0.0 * x) if how == "add" else x**times

    assert grad(f)(2.0, 3) == 3.0
    assert grad(f)(2.0, times=3, how="power") == 12.0
    assert grad(f)(2.0, 3, how="power") == 12.0


def test_an_auxiliary_result_is_given_beside_the_derivative() -> None:
    def f(x: Value) -> tuple[Value, dict[str, Any]]:
        y = x * x
        return y * x, {"square": y, "name": "cube"}

    assert grad(f, has_aux=True)(2.0) == (12.0, {"square": 4.0, "name": "cube"})
    assert value_and_grad(f, has_aux=True)(2.0) == ((8.0, {"square": 4.0, "name": "cube"}), 12.0)
    assert grad(lambda x: grad(f, has_aux=True)(x)[0])(2.0) == 12.0
    with pytest.raises(TypeError, match=r"^with has_aux the function returns a pair, got Value"):
        grad(lambda x: x * x, has_aux=True)(2.0)


def test_derivatives_of_trees_nest() -> None:
    def f(p: list[Any]) -> Any:
        return exp(p[0]) * sin(p[1])

    second = jacobian(grad(f))([0.0, 0.0])
    assert second == [[0.0, 1.0], [1.0, 0.0]]
    # With respect to y, the derivative of x * y at y = x is x.
    assert grad(lambda x: grad(lambda p: p["y"] * x)({"y": x})["y"])(3.0) == 1.0
    (slope,) = grad(lambda p: p[0] ** 3)([Value(2.0)])
    assert isinstance(slope, Value)


def test_the_jacobian_of_trees() -> None:
    found = jacobian(lambda x, y: {"product": x * y, "sum": [x + y]}, argnums=(0, 1))(2.0, 3.0)
    assert found == {"product": (3.0, 2.0), "sum": [(1.0, 1.0)]}
    assert jacobian(lambda x: x * x)(3.0) == 6.0
    assert jacobian(lambda x: (x, 1.0))(3.0) == (1.0, 0.0)


def test_a_pullback_serves_several_cotangents() -> None:
    (product, ratio), pullback = vjp(lambda x, y: (x * y["b"], x / y["b"]), 6.0, {"b": 2.0})
    assert (product, ratio) == (12.0, 3.0)
    assert pullback((1.0, 0.0)) == (2.0, {"b": 6.0})
    assert pullback((0.0, 1.0)) == (0.5, {"b": -1.5})
    value, back = vjp(lambda x: x * x, 3.0)
    assert (value, back(1.0)) == (9.0, (6.0,))
    with pytest.raises(
        ValueError, match=r"^a cotangent has the form of the value, 2 numbers; got 1"
    ):
        pullback(1.0)


@pytest.mark.parametrize("wrong", ["text", {"w": "text"}, [1j]])
def test_what_is_not_a_number_in_a_tree_is_named(wrong: Any) -> None:
    with pytest.raises(TypeError, match=r"^a Value holds a real number, got ('text'|1j)"):
        grad(lambda p: 1.0)(wrong)


def test_a_term_that_is_lost_in_a_tree_is_a_warning() -> None:
    with pytest.warns(RuntimeWarning, match=r"^the function turned its Value into a float"):
        assert grad(lambda p: p[0] + math.sin(p[1]))([1.0, 2.0]) == [1.0, 0.0]
