"""Recording a function: every use of a number that may decide the recording is followed."""

from __future__ import annotations

import asyncio
import copy
import math
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from autograd_mini import Value, compile_graph, grad, gradients, hessian, jvp
from autograd_mini.compiler.functions import following_inputs
from autograd_mini.engine.comparisons import COMPARE, Comparison


def followed(f: Callable[[Value], Any], x: float = 2.0) -> tuple[Value, list[Comparison]]:
    """The input of f, recorded at x, and what was followed."""
    value = Value(x)
    with following_inputs([value]) as comparisons:
        f(value)
    return value, comparisons


def holds(comparison: Comparison, other: float, x: Value) -> bool:
    """Whether a comparison of the input alone comes out the same where it is another number."""
    left, symbol, right, outcome = comparison
    assert left is x
    return bool(COMPARE[symbol](other, right)) is outcome


def in_a_pool(f: Callable[[], Any]) -> Any:
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(f).result()


USES: dict[str, Callable[[Value], Any]] = {
    "a float": float,
    "its data": lambda x: x.data,
    "its text": lambda x: f"{x:.0f}",
    "its str": str,
    "its repr": repr,
    "a deep copy": copy.deepcopy,
    "a copy": copy.copy,
    "a pickle": pickle.dumps,
    "a gradient by backward": lambda x: (x * x).backward(),
    "a gradient as a float": lambda x: gradients(x * x, [x]),
    "an array": lambda x: x > np.array(0.0),
    "a decimal": lambda x: x > Decimal(0),
    "the partials of a result": lambda x: (x * x).partials,
    "a float in a thread pool": lambda x: in_a_pool(lambda: float(x)),
    "its data in a thread pool": lambda x: in_a_pool(lambda: x.data),
    "an array in a thread pool": lambda x: in_a_pool(lambda: x > np.array(0.0)),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_a_use_of_the_number_holds_for_that_number_only(use: Callable[[Value], Any]) -> None:
    x, comparisons = followed(use)
    assert comparisons
    assert all(holds(each, 2.0, x) for each in comparisons)
    assert not all(holds(each, 2.5, x) for each in comparisons)


@pytest.mark.parametrize("use", sorted(USES.keys() - {"a copy"}))
def test_a_use_of_the_number_of_a_result_is_followed(use: str) -> None:
    _, comparisons = followed(lambda x: USES[use](x + 0.0))
    assert {each.left.data for each in comparisons} == {2.0}


def test_a_copy_of_a_result_has_the_same_operands_and_needs_nothing() -> None:
    def f(x: Value) -> None:
        assert gradients(copy.copy(x * x), [x]) == [4.0]

    x, comparisons = followed(lambda x: copy.copy(x * x))
    assert comparisons == []
    f(x)


@pytest.mark.parametrize("other", [0, 0.0, np.float32(0), np.int64(0), Fraction(0), True])
def test_a_comparison_with_a_number_is_followed_as_it_stands(other: Any) -> None:
    x, comparisons = followed(lambda x: x > other)
    assert comparisons == [(x, ">", float(other), True)]


def test_a_comparison_in_a_thread_pool_a_task_or_a_generator_is_followed() -> None:
    def in_a_task(x: Value) -> None:
        async def compare() -> bool:
            return await asyncio.get_running_loop().run_in_executor(None, lambda: x * 2 > 1)

        asyncio.run(compare())

    def in_a_generator(x: Value) -> None:
        def outcomes() -> Iterator[bool]:
            yield x * 2 > 1

        assert list(outcomes()) == [True]

    for f in (lambda x: in_a_pool(lambda: x * 2 > 1), in_a_task, in_a_generator):
        _, comparisons = followed(f)
        assert [(each.left.data, each.symbol, each.right) for each in comparisons] == [
            (4.0, ">", 1.0)
        ]


def test_a_thread_that_works_on_something_else_is_not_followed() -> None:
    other = Value(1.0)
    _, comparisons = followed(lambda x: in_a_pool(lambda: (other > 0, float(other), other.data)))
    assert comparisons == []


DERIVATIVES: dict[str, Callable[[Value], Any]] = {
    "grad": lambda x: grad(lambda y: x * x * y)(3.0),
    "grad of a tuple": lambda x: grad(lambda y: x * x * y, argnums=(0,))(3.0)[0],
    "jvp": lambda x: jvp(lambda y: x * x * y, [3.0], [1.0])[1],
    "hessian": lambda x: hessian(lambda y: x * x * y * y * 0.5)(3.0)[0][0],
    "grad in a thread pool": lambda x: in_a_pool(lambda: grad(lambda y: x * x * y)(3.0)),
}


@pytest.mark.parametrize("derivative", DERIVATIVES.values(), ids=DERIVATIVES)
def test_a_derivative_inside_a_recorded_function_depends_on_its_inputs(derivative: Any) -> None:
    x = Value(2.0)
    with following_inputs([x]) as comparisons:
        y = derivative(x)
    assert (y.data, gradients(y, [x])) == (4.0, [4.0])
    assert all(each.symbol == "" for each in comparisons)


def test_data_is_a_number_and_can_be_assigned_after_a_function_was_recorded() -> None:
    followed(float)
    x = Value(2.0, label="x")
    y = x * x
    x.data -= 0.5
    assert (x.data, y.data, Value.data.__class__) == (1.5, 4.0, property)


def test_outside_of_recording_a_comparison_with_an_array_binds_a_compiled_graph() -> None:
    x = Value(2.0, label="x")
    y = x * 2 if x > np.array(0.0) else -x
    compiled = compile_graph(y, [x])
    assert compiled(2.0) == (4.0, [2.0])
    with pytest.raises(Exception, match="x"):
        compiled(-1.0)


def test_a_nan_and_a_signed_zero_hold_for_themselves_only() -> None:
    x, comparisons = followed(float, math.nan)
    assert [(each.symbol, each.outcome) for each in comparisons] == [("==", False)]
    x, comparisons = followed(float, -0.0)
    assert [holds(each, 0.0, x) for each in comparisons] == [True, False]


@pytest.mark.parametrize("other", [np.float32(0.1), np.float16(0.1), Fraction(1, 3), 2**53 + 1])
def test_a_value_is_compared_with_the_float_that_a_number_is_converted_to(other: Any) -> None:
    """As in arithmetic. NumPy would round 0.1 to compare it with a float32."""
    for number in (0.1, 1 / 3, 2.0**53, float(other)):
        _, comparisons = followed(lambda x: [x < other, x <= other, x > other, x >= other])
        assert [each.right for each in comparisons] == [float(other)] * 4
        value = Value(number)
        outcomes = [value < other, value <= other, value > other, value >= other]
        assert outcomes == [
            number < float(other),
            number <= float(other),
            number > float(other),
            number >= float(other),
        ]
