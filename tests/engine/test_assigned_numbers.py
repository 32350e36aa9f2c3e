"""Objects assigned to `data` and `grad`: numbers are converted, all others are refused.

This happens at once, but for `grad` in the engine in Python, where the next backward pass does it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autograd_mini import DomainError, Value, compile_function, maximum, relu, softmax, tanh

NUMBERS = [2, True, np.float32(0.5), np.float64(0.1), np.int64(3), np.bool_(True), Fraction(1, 2)]


@pytest.mark.parametrize("given", NUMBERS, ids=repr)
def test_a_number_assigned_as_data_is_a_float_at_once(given: Any) -> None:
    w = Value(1.0)
    w.data = given
    assert type(w.data) is float
    assert w.data == float(given)
    for computed in (-w, w * 2.0, w + w, relu(w), maximum(w, 0.1), +w):
        assert type(computed.data) is float
    assert (w * 3.0).data == float(given) * 3.0


@pytest.mark.parametrize("given", NUMBERS, ids=repr)
def test_a_number_assigned_as_gradient_counts_as_an_earlier_one(given: Any) -> None:
    w = Value(1.0)
    w.grad = given
    (w * 2.0).backward()
    assert type(w.grad) is float
    assert w.grad == float(given) + 2.0


def test_no_gradient_may_be_assigned() -> None:
    """As PyTorch's None."""
    w = Value(1.0)
    w.grad = None
    assert w.grad is None
    (w * 2.0).backward()
    assert w.grad == 2.0


WRONG = [1 + 2j, np.complex128(1j), "3", [1.0], np.array([2.0]), np.array(2.0), np.ones(2)]
WRONG += [Decimal(1), Decimal("sNaN"), Value(2.0)]


@pytest.mark.parametrize("given", [*WRONG, None], ids=repr)
def test_an_object_that_is_not_a_number_is_refused_as_data(given: Any) -> None:
    w = Value(1.0, label="w")
    advice = "the data of that Value" if isinstance(given, Value) else "a number"
    expected = f"the data of w must be a number, but was set to {given!r:.80}: set it to {advice}"
    with pytest.raises(TypeError) as caught:
        w.data = given
    assert str(caught.value) == expected
    assert w.data == 1.0


def assign_and_differentiate(leaf: Value, given: Any, root: Value) -> None:
    leaf.grad = given
    root.backward()


@pytest.mark.parametrize("given", WRONG, ids=repr)
def test_an_object_that_is_not_a_number_is_refused_as_gradient(given: Any) -> None:
    w = Value(1.0, label="w")
    y = w * 2.0
    with pytest.raises(TypeError, match=r"^the grad of w must be a number, but was set to "):
        assign_and_differentiate(w, given, y)


def test_a_number_beyond_all_floats_is_refused_as_data() -> None:
    w = Value(1.0)
    for given in (10**400, -(10**400), Fraction(10**400)):
        with pytest.raises(DomainError, match="is too large for a float"):
            w.data = given  # type: ignore[assignment]
    assert float(w) == 1.0


def test_every_float_of_numpy_is_a_factor_on_either_side() -> None:
    x = Value(2.0)
    for kind in (np.float16, np.float32, np.float64, np.longdouble, np.int8, np.bool_):
        for product in (kind(1) * x, x * kind(1), np.array([kind(1)]) * x):
            assert np.ravel(product)[0].data == 2.0
    with pytest.raises(TypeError):
        np.clongdouble(1j) * x


def test_data_assigned_while_a_function_is_followed_is_converted_too() -> None:
    w = Value(2.0)
    f = compile_function(lambda x: w * x)
    assert f(3.0)[0] == 6.0
    w.data = np.float32(0.5)
    assert (type(w.data), f(3.0)[0]) == (float, 1.5)
    with pytest.raises(TypeError, match="must be a number"):
        w.data = 1j  # type: ignore[assignment]


TOO_LARGE: dict[str, Callable[[], Any]] = {
    "a leaf": lambda: Value(10**400),
    "a constant": lambda: Value(2.0) * 10**400,
    "a constant on the left": lambda: -(10**400) / Value(2.0),
    "an operand of a row": lambda: tanh(10**400),
    "a fraction": lambda: Value(Fraction(10**400)),
    "one of many": lambda: softmax([1.0, 10**400]),
}


@pytest.mark.parametrize("make", TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_number_too_large_for_a_float_is_outside_of_the_domain(make: Callable[[], Any]) -> None:
    with pytest.raises(DomainError) as caught:
        make()
    assert str(caught.value).endswith(" is too large for a float, which holds up to 1.8e308")
    assert (caught.value.operation, caught.value.operands) == (None, ())


def test_an_int_larger_than_every_float_can_be_compared_with() -> None:
    x = Value(1.0)
    assert x < 10**400
    assert x > -(10**400)
    assert not x >= 10**400
    assert math.isinf(max(x, Value(math.inf)).data)
