"""Objects assigned to `data` and `grad`: numbers are converted, everything else is refused.

The engine in C does so at once, the engine in Python in the next operation or pass.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autograd_mini import DomainError, Value, gradients, softmax, tanh

NUMBERS = [2, True, np.float32(0.5), np.float64(0.1), np.int64(3), np.bool_(True), Fraction(1, 2)]

PASSES: dict[str, Callable[[Value], Any]] = {
    "backward": Value.backward,
    "gradients": lambda y: gradients(y, [y]),
}


@pytest.mark.parametrize("given", NUMBERS, ids=repr)
@pytest.mark.parametrize(
    "pass_over", [Value.backward, lambda y: gradients(y, [y])], ids=["backward", "gradients"]
)
def test_a_number_assigned_as_data_is_a_float_after_a_pass(
    given: Any, pass_over: Callable[[Value], Any]
) -> None:
    w = Value(1.0)
    w.data = given
    pass_over(w * 2.0 + 1.0)
    assert type(w.data) is float
    assert w.data == float(given)


@pytest.mark.parametrize("given", NUMBERS, ids=repr)
def test_a_number_assigned_as_gradient_counts_as_an_earlier_one(given: Any) -> None:
    w = Value(1.0)
    w.grad = given
    (w * 2.0).backward()
    assert type(w.grad) is float
    assert w.grad == float(given) + 2.0


def assign_and_run(value: Value, given: Any, run: Callable[[], object]) -> None:
    value.data = given
    run()


WRONG = [1 + 2j, "3", [1.0], np.array([2.0]), np.ones(2), Decimal(1), Value(2.0)]


@pytest.mark.parametrize("given", WRONG, ids=repr)
def test_an_object_that_is_not_a_number_is_refused_by_the_next_pass(given: Any) -> None:
    w, x = Value(1.0, label="w"), Value(2.0)
    x.grad = 0.5
    y = x * w
    advice = "the data of that Value" if isinstance(given, Value) else "a number"
    expected = f"the data of w must be a number, but was set to {given!r:.80}: set it to {advice}"
    with pytest.raises(TypeError) as caught:
        assign_and_run(w, given, y.backward)
    assert str(caught.value) == expected
    assert x.grad == 0.5
    with pytest.raises(TypeError) as caught:
        assign_and_run(w, given, lambda: gradients(y, [x]))
    assert str(caught.value) == expected


@pytest.mark.parametrize("given", ["3", [1.0], None, Decimal(1), Value(2.0)], ids=repr)
def test_an_object_that_floats_do_not_combine_with_is_refused_where_it_is_computed_with(
    given: Any,
) -> None:
    w = Value(1.0, label="w")
    for computed in (lambda: w * 2.5, lambda: 2.5 - w, lambda: w / Value(2.0)):
        with pytest.raises(TypeError, match=r"^the data of w must be a number, but was set to "):
            assign_and_run(w, given, computed)


def test_a_gradient_that_is_not_a_number_is_refused() -> None:
    w = Value(1.0, label="w")

    def assign_and_differentiate() -> None:
        w.grad = 1j  # type: ignore[assignment]
        (w * 2.0).backward()

    with pytest.raises(TypeError, match=r"^the grad of w must be a number, but was set to 1j"):
        assign_and_differentiate()


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
