"""Comparisons of Values: the branch that a recording took, and functions that take several."""

from __future__ import annotations

import gc
import math
import tracemalloc
import weakref
from decimal import Decimal
from typing import Any

import pytest
from compiled_graphs import EVERY_CALLABLE_TARGET, PYTHON_AND_C

from autograd_mini import (
    DomainError,
    StaleGraph,
    Value,
    compile_function,
    compile_graph,
    exp,
    grad,
    log,
    logsumexp,
    maximum,
    relu,
    softmax,
    sqrt,
)

ADVICE = (
    ": record it there, or compile the function with compile_function, which does so by itself; a "
    "comparison that does not matter is not followed if it is one of x.data"
)


@EVERY_CALLABLE_TARGET
def test_a_graph_holds_on_the_side_that_it_was_recorded_on(target: str) -> None:
    x = Value(2.0, label="x")
    y = x * x if x > 1 else -x
    compiled = compile_graph(y, [x], target=target)
    assert compiled(3.0) == (9.0, [6.0])
    with pytest.raises(StaleGraph) as caught:
        compiled(0.5)
    assert str(caught.value) == (
        "the graph was recorded where x > 1.0 was True, and it is False at x = 0.5" + ADVICE
    )
    with pytest.raises(StaleGraph):
        compiled.batch([[2.0], [0.5]])
    with pytest.raises(StaleGraph):
        compiled.value(0.5)


def test_a_comparison_with_what_is_no_number_of_ours_is_answered_and_not_followed() -> None:
    """Python compares floats with decimals, which no program could."""
    x = Value(2.0, label="x")
    assert x > Decimal("1.5")  # type: ignore[operator]
    compiled = compile_graph(x * x, [x])
    assert compiled(1.0) == (1.0, [2.0])


@PYTHON_AND_C
def test_an_integer_beyond_all_floats_is_above_or_below_them(target: str) -> None:
    x = Value(2.0, label="x")
    assert -(10**400) < x < 10**400
    compiled = compile_graph(x / 2, [x], target=target)
    assert compiled(1e308) == (5e307, [0.5])
    assert compiled(-1e308) == (-5e307, [0.5])
    for infinite in (math.inf, -math.inf):
        with pytest.raises(StaleGraph):
            compiled(infinite)


@PYTHON_AND_C
def test_values_of_the_graph_are_compared_with_each_other(target: str) -> None:
    a, b = Value(1.0, label="a"), Value(2.0, label="b")
    product = a * b
    product.label = "product"
    y = product * a if product >= b else product - a
    compiled = compile_graph(y, [a, b], target=target)
    assert compiled(2.0, 3.0) == (12.0, [12.0, 4.0])
    with pytest.raises(StaleGraph) as caught:
        compiled(0.5, 3.0)
    assert str(caught.value) == (
        "the graph was recorded where product >= b was True, and it is False at "
        "product = 1.5, b = 3.0" + ADVICE
    )


@PYTHON_AND_C
def test_what_does_not_exist_before_a_comparison_is_said_first(target: str) -> None:
    x = Value(4.0, label="x")
    root = sqrt(x)
    y = root * 2 if root > 1 else root
    compiled = compile_graph(y, [x], target=target)
    with pytest.raises(DomainError) as caught:
        compiled(-1.0)
    assert str(caught.value) == "sqrt(x) does not exist at x = -1.0"


def test_a_comparison_of_the_number_alone_is_not_followed() -> None:
    x = Value(2.0, label="x")
    y = x * x if x.data > 1 else -x
    assert compile_graph(y, [x])(0.5) == (0.25, [1.0])


def test_a_comparison_that_came_out_otherwise_belongs_to_an_earlier_recording() -> None:
    x = Value(2.0, label="x")
    assert x > 1
    x.data = 0.5
    assert compile_graph(x * x, [x])(3.0) == (9.0, [6.0])


@EVERY_CALLABLE_TARGET
def test_rows_with_conditions_need_no_branch(target: str) -> None:
    x, y = Value(2.0, label="x"), Value(1.0, label="y")
    compiled = compile_graph(maximum(relu(x), abs(y)), [x, y], target=target)
    assert compiled(2.0, -3.0) == (3.0, [0.0, -1.0])
    assert compiled(-2.0, -0.0) == (0.0, [0.0, 0.0])


def test_a_comparison_keeps_no_graph_alive() -> None:
    x = Value(2.0)
    y = x * x
    assert y > 1
    assert x < y
    gone = weakref.ref(y)
    gc.disable()
    try:
        del y
        assert gone() is None
    finally:
        gc.enable()


def test_comparisons_of_a_parameter_do_not_pile_up() -> None:
    w = Value(0.0)
    for step in range(2_000):
        assert w < step + 1
    tracemalloc.start()
    for step in range(50_000):
        assert w < step + 3_000
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 300_000


# -- functions ------------------------------------------------------------------------------------


@EVERY_CALLABLE_TARGET
def test_a_function_has_a_program_for_each_branch(target: str) -> None:
    calls: list[float] = []

    @compile_function(target=target)
    def f(x: Any, y: Any) -> Any:
        calls.append(x.data)
        if x * y > 0:  # of a value that nothing else needs
            return exp(x) * y
        return -x

    for _ in range(3):
        assert f(1.0, 2.0) == (math.exp(1.0) * 2.0, [math.exp(1.0) * 2.0, math.exp(1.0)])
        assert f(-1.0, 2.0) == (1.0, [-1.0, 0.0])
    assert calls == [1.0, -1.0]
    assert len(f.programs) == 2


def test_a_number_that_was_read_holds_for_that_number() -> None:
    @compile_function
    def f(x: Any) -> Any:
        return x * math.exp(x)

    for number in (0.0, 1.0, 2.0, 1.0):
        assert f(number) == (number * math.exp(number), [math.exp(number)])
    assert len(f.programs) == 3


def test_of_more_branches_than_programs_the_rest_is_recorded_every_time() -> None:
    @compile_function
    def f(x: Any) -> Any:
        return x * round(float(x))

    for number in range(100):
        assert f(number) == (number**2, [number])
    assert len(f.programs) == 64
    assert f(99.0) == (99.0**2, [99.0])
    assert f(3.0) == (9.0, [3.0])


@PYTHON_AND_C
def test_a_softmax_follows_its_scores_however_far(target: str) -> None:
    """The largest score is subtracted as a number, which fits other scores too."""

    @compile_function(target=target)
    def f(a: Any, b: Any) -> Any:
        return [logsumexp([a, b]), softmax([a, b])[0]]

    for scores in [(1.0, 2.0), (1000.0, 2.0), (-1000.0, -999.0), (2.0, 1.0)]:
        (total, share), _ = f(*scores)
        assert total == pytest.approx(logsumexp(scores), rel=1e-14)
        assert share == pytest.approx(softmax(scores)[0], rel=1e-13)


def test_derivatives_of_any_order_are_functions_too() -> None:
    second = compile_function(grad(grad(lambda x: relu(x) * x**3)))
    assert [second(x) for x in (2.0, -1.0, 3.0)] == [
        (48.0, [48.0]),
        (0.0, [0.0]),
        (108.0, [72.0]),
    ]
    assert len(second.programs) == 2
    slope = compile_function(grad(log))
    assert slope(2.0) == (0.5, [-0.25])
    with pytest.raises(DomainError, match=r"^log\(x\) does not exist at x = -1.0$"):
        slope(-1.0)


def test_a_function_may_return_several_values_and_plain_numbers() -> None:
    @compile_function
    def f(x: Any, y: Any) -> Any:
        return [x * y, 3, x]

    assert f(2.0, 5.0) == ([10.0, 3.0, 2.0], [[5.0, 2.0], [0.0, 0.0], [1.0, 0.0]])
    assert compile_function(lambda x: 7.0)(1.0) == (7.0, [0.0])


def test_leaves_of_the_surroundings_are_read_at_every_call() -> None:
    w = Value(3.0, label="w")
    f = compile_function(lambda x: w * w * x, leaves=[w])
    assert f(2.0) == (18.0, [12.0])
    w.data = 1.0
    assert f(2.0) == (2.0, [4.0])
    assert f.total([(1.0,), (2.0,)]) == (3.0, [6.0])
    assert len(f.programs) == 1


def test_what_a_function_raises_comes_through() -> None:
    @compile_function
    def f(x: Any) -> Any:
        if x > 1:
            raise LookupError("too large")
        return log(x)

    with pytest.raises(LookupError, match=r"^too large$"):
        f(2.0)
    with pytest.raises(DomainError, match=r"^log\(x\) does not exist at x = 0.0$"):
        f(0.0)
    assert f(1.0) == (0.0, [1.0])
    with pytest.raises(TypeError) as caught:
        compile_function(lambda x: "text")(1.0)
    assert str(caught.value) == "<lambda> must return numbers to be compiled, got str"
    with pytest.raises(TypeError, match=r"^compile_function takes a function, got 3$"):
        compile_function(3)  # type: ignore[call-overload]


def test_a_function_keeps_its_name_and_its_text() -> None:
    @compile_function
    def area(width: Any, height: Any) -> Any:
        """Of a rectangle."""
        return width * height

    assert (area.__name__, area.__doc__) == ("area", "Of a rectangle.")
    assert repr(area) == "<area, compiled to python: 0 programs>"
    assert area.value(2.0, 3.0) == 6.0
    assert area.gradients(2.0, 3.0) == [3.0, 2.0]
