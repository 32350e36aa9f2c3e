"""The target numpy: programs over arrays, and over those of JAX."""

from __future__ import annotations

import math
from typing import Any

import pytest

from autograd_mini import (
    DomainError,
    StaleGraph,
    Value,
    compile_graph,
    log,
    maximum,
    sigmoid,
    sqrt,
    tanh,
)

numpy = pytest.importorskip("numpy")


def network(xp: Any = None, target: str = "numpy") -> Any:
    w, b, x = (Value(n, label=name) for n, name in ((0.5, "w"), (0.1, "b"), (2.0, "x")))
    y = maximum(sigmoid(w * x + b), tanh(x) * w) ** 2
    return compile_graph(y, [w, b, x], [w, b], target, xp=xp)


def test_numbers_and_columns_are_broadcast() -> None:
    columns = numpy.linspace(-3, 3, 7)
    value, (by_w, by_b) = network()(0.5, 0.1, columns)
    rows = [network(target="python")(0.5, 0.1, x) for x in columns.tolist()]
    assert value.shape == by_w.shape == by_b.shape == (7,)
    assert value == pytest.approx([row[0] for row in rows], rel=1e-15)
    assert by_w == pytest.approx([row[1][0] for row in rows], rel=1e-14)
    assert by_b == pytest.approx([row[1][1] for row in rows], rel=1e-14)
    grid, _ = network()(numpy.ones((2, 1)), 0.1, columns)
    assert grid.shape == (2, 7)
    assert type(network()(0.5, 0.1, 2.0)[0]) is numpy.float64


def test_a_derivative_that_is_the_same_everywhere_has_the_shape_of_the_rest() -> None:
    x, y = Value(1.0, label="x"), Value(2.0, label="y")
    value, (by_x, by_y) = compile_graph(x + 2 * y, [x, y], target="numpy")(numpy.zeros(3), 1.0)
    assert (value.tolist(), by_x.tolist(), by_y.tolist()) == ([2.0] * 3, [1.0] * 3, [2.0] * 3)


def test_an_element_without_a_value_raises_what_recording_raises() -> None:
    x = Value(1.0, label="x")
    compiled = compile_graph(log(x) * x, [x], target="numpy")
    with pytest.raises(DomainError) as caught:
        compiled(numpy.array([[1.0, 2.0], [-4.0, 0.0]]))
    assert str(caught.value) == "log(x) does not exist at x = -4.0"


def test_an_element_that_is_nan_or_has_an_infinite_slope_is_no_error() -> None:
    x = Value(1.0, label="x")
    value, (slope,) = compile_graph(sqrt(x), [x], target="numpy")([4.0, 0.0, math.nan, math.inf])
    assert numpy.array_equal(value, [2.0, 0.0, math.nan, math.inf], equal_nan=True)
    assert numpy.array_equal(slope, [0.25, math.inf, math.nan, 0.0], equal_nan=True)


def test_an_element_on_another_branch_is_named() -> None:
    x = Value(1.0, label="x")
    compiled = compile_graph(x * x if x < 3 else x, [x], target="numpy")
    assert compiled(numpy.array([1.0, 2.0]))[0].tolist() == [1.0, 4.0]
    with pytest.raises(StaleGraph, match=r"x < 3.0 was True, and it is False at x = 5.0"):
        compiled(numpy.array([1.0, 5.0, 7.0]))


def test_several_outputs_and_a_batch() -> None:
    x, y = Value(1.0, label="x"), Value(2.0, label="y")
    compiled = compile_graph([x * y, x + y], [x, y], target="numpy")
    values, jacobians = compiled.batch([[2.0, 3.0], [4.0, 5.0]])
    assert values.tolist() == [[6.0, 5.0], [20.0, 9.0]]
    assert jacobians.tolist() == [[[3.0, 2.0], [1.0, 1.0]], [[5.0, 4.0], [1.0, 1.0]]]


@pytest.mark.parametrize("given", ["a", None, ["a"], [[1.0], [1.0, 2.0]]])
def test_what_is_no_array_is_named(given: Any) -> None:
    with pytest.raises(TypeError, match=r"^x must be (a real number|an array of numbers), got "):
        network()(1.0, 1.0, given)


# -- JAX ------------------------------------------------------------------------------------------


@pytest.fixture
def jax() -> Any:
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    return jax


def test_jax_takes_the_program_as_it_is(jax: Any) -> None:
    columns = numpy.linspace(-3, 3, 7)
    expected = network()(0.5, 0.1, columns)
    compiled = network(xp=jax.numpy)
    assert compiled.source.startswith("from jax.numpy import ")
    for run in (compiled, jax.jit(compiled), jax.vmap(compiled, in_axes=(None, None, 0))):
        value, gradients = run(0.5, 0.1, jax.numpy.asarray(columns))
        assert numpy.allclose(value, expected[0], rtol=1e-12, atol=0)
        assert numpy.allclose(gradients, expected[1], rtol=1e-12, atol=1e-300)


def test_jax_differentiates_the_program_once_more(jax: Any) -> None:
    x = Value(0.5, label="x")
    compiled = compile_graph(tanh(x) * x, [x], target="numpy", xp=jax.numpy)
    again = jax.grad(lambda x: compiled(x)[1][0])(0.3)
    slope = compile_graph(tanh(x) * x, [x])
    step = 1e-6
    difference = (slope(0.3 + step)[1][0] - slope(0.3 - step)[1][0]) / (2 * step)
    assert float(again) == pytest.approx(difference, rel=1e-8)


def test_a_comparison_cannot_be_traced(jax: Any) -> None:
    x = Value(1.0, label="x")
    y = x * x if x < 3 else x
    with pytest.raises(ValueError) as caught:
        compile_graph(y, [x], target="numpy", xp=jax.numpy)
    assert str(caught.value) == (
        "the recording compared values, which jax.numpy cannot do while it traces: write the "
        "branches with maximum, relu, abs or step"
    )
