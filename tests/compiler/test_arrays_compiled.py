"""The target numpy: programs over arrays, and over those of JAX."""

from __future__ import annotations

import math
import types
from fractions import Fraction
from typing import Any

import pytest
from compiled_graphs import ROWS, is_finite, leaves, outcome, points, recorded, same

from autograd_mini import (
    DomainError,
    StaleGraph,
    Value,
    compile_function,
    compile_graph,
    exp,
    hypot,
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


def product(**options: Any) -> Any:
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    return compile_graph(x * y + x, [x, y], target="numpy", **options)


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


SHAPES = [(), (1,), (3,), (0,), (2, 3), (2, 1), (1, 3), (4, 2, 3), (2, 0)]


@pytest.mark.parametrize("first", SHAPES, ids=str)
def test_shapes_are_broadcast_as_numpy_does(first: Any) -> None:
    program = product()
    for second in SHAPES:
        x, y = numpy.full(first, 2.0), numpy.full(second, 5.0)
        try:
            shape = numpy.broadcast_shapes(first, second)
        except ValueError:
            with pytest.raises(ValueError, match="broadcast"):
                program(x, y)
            continue
        value, slopes = program(x, y)
        assert [numpy.shape(each) for each in (value, *slopes)] == [shape] * 3
        assert numpy.all(value == 12.0)
        assert numpy.all(slopes[0] == 6.0)
        assert numpy.all(slopes[1] == 2.0)
        assert numpy.shape(program.value(x, y)) == shape


def test_a_derivative_that_is_the_same_everywhere_has_the_shape_of_the_rest() -> None:
    x, y = Value(1.0, label="x"), Value(2.0, label="y")
    value, (by_x, by_y) = compile_graph(x + 2 * y, [x, y], target="numpy")(numpy.zeros(3), 1.0)
    assert (value.tolist(), by_x.tolist(), by_y.tolist()) == ([2.0] * 3, [1.0] * 3, [2.0] * 3)


def test_several_outputs_and_a_batch() -> None:
    x, y = Value(1.0, label="x"), Value(2.0, label="y")
    compiled = compile_graph([x * y, x + y], [x, y], target="numpy")
    values, jacobians = compiled.batch([[2.0, 3.0], [4.0, 5.0]])
    assert values.tolist() == [[6.0, 5.0], [20.0, 9.0]]
    assert jacobians.tolist() == [[[3.0, 2.0], [1.0, 1.0]], [[5.0, 4.0], [1.0, 1.0]]]


def test_graphs_of_thousands_of_values_over_arrays() -> None:
    """With as many values to look at."""
    x, y = Value(0.5, label="x"), Value(1.5, label="y")
    total = x * y
    for k in range(1500):
        total = total + (1.0 / (x * x + k + 1.0)).sigmoid() * y
    program = compile_graph(total, [x, y], target="numpy")
    plain = compile_graph(total, [x, y])
    value, slopes = program(numpy.array([0.5, 1.0]), 2.0)
    for k, number in enumerate((0.5, 1.0)):
        expected = plain(number, 2.0)
        assert value[k] == pytest.approx(expected[0], rel=1e-12)
        assert [slope[k] for slope in slopes] == pytest.approx(expected[1], rel=1e-12)
    with pytest.raises(DomainError, match=r"\Ax \* x overflows at x = 1e\+200\Z"):
        program(numpy.array([0.5, 1e200]), 2.0)


def test_a_function_for_arrays_takes_its_branches_by_numbers() -> None:
    f = compile_function(lambda x: exp(x) if x > 0 else -x, target="numpy")
    assert f(-2.0) == (2.0, [-1.0])
    assert f(1.0)[0] == pytest.approx(math.e)
    assert len(f.programs) == 2


# -- what is an array of numbers -------------------------------------------------------------------


@pytest.mark.parametrize("kind", [
    lambda x: x, lambda x: x.tolist(), numpy.asfortranarray, lambda x: x.astype(numpy.float32),
    lambda x: x.astype(int), lambda x: x.astype(">f8"),
    lambda x: numpy.repeat(x, 2, axis=1)[:, ::2], tuple,
], ids=[
    "floats", "lists", "Fortran", "float32", "ints", "big-endian", "strided", "tuple",
])  # fmt: skip
def test_an_input_may_be_an_array_of_any_kind(kind: Any) -> None:
    x = numpy.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    given = kind(x)
    value, (by_x, by_y) = product()(given, 10.0)
    assert (value.dtype, by_x.dtype, by_y.dtype) == (numpy.float64,) * 3
    assert numpy.array_equal(value, x * 11.0)
    assert numpy.array_equal(by_x, numpy.full((2, 3), 11.0))
    assert numpy.array_equal(by_y, x)


def test_numbers_that_no_array_holds_as_they_are() -> None:
    x = Value(2.0, label="x")
    value, _ = compile_graph(x * 2.0, [x], target="numpy")([10**30, Fraction(1, 2)])
    assert value.tolist() == [2e30, 1.0]


@pytest.mark.parametrize("given", [
    ["1", "2"], numpy.array(["1", "2"]), [None], [1.0, None], numpy.array([None], dtype=object),
    [1j], numpy.array([1j]), numpy.array([1 + 0j]), [Value(1.0)],
    numpy.array([Value(1.0)], dtype=object), [[1.0], [1.0, 2.0]], {"a": 1.0}, [b"1"],
    numpy.array(["2020-01-01"], dtype="datetime64[D]"),
], ids=[
    "strings", "array of strings", "None", "None and a number", "array of None", "complex",
    "complex array", "real as complex", "Values", "array of Values", "ragged", "dict", "bytes",
    "dates",
])  # fmt: skip
def test_an_array_of_other_than_real_numbers_is_refused(given: Any) -> None:
    """Not read as one: not text as numbers, nor None as nan."""
    with pytest.raises(TypeError) as caught:
        product()(given, 2.0)
    assert str(caught.value).startswith("x must be an array of numbers, got ")
    assert len(str(caught.value)) < 150


@pytest.mark.parametrize("given", [["1"], [None], [1j], [Value(1.0)]], ids=repr)
def test_a_batch_of_arrays_refuses_what_is_not_a_real_number(given: Any) -> None:
    for rows in ([[1.0, *given]], numpy.array([[1.0, *given]], dtype=object)):
        with pytest.raises(TypeError, match=r"\Ay in row 0 must be a real number, got "):
            product().batch(rows)


@pytest.mark.parametrize("given", ["a", b"1", None, 1j, Value(1.0)], ids=repr)
def test_an_input_that_is_not_a_number_is_refused(given: Any) -> None:
    with pytest.raises(TypeError, match=r"\Ax must be a real number, got "):
        product()(given, 2.0)


# -- results ---------------------------------------------------------------------------------------


def test_results_stay_when_the_inputs_change() -> None:
    """A derivative of x * y is y, and still is no part of it."""
    x, y = numpy.array([1.0, 2.0]), numpy.array([3.0, 4.0])
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    program = compile_graph([a * b, a, b], [a, b], target="numpy")
    values, slopes = program(x, y)
    x[:] = y[:] = 99.0
    assert [value.tolist() for value in values] == [[3.0, 8.0], [1.0, 2.0], [3.0, 4.0]]
    assert [slope.tolist() for slope in slopes[0]] == [[3.0, 4.0], [1.0, 2.0]]


def test_results_can_be_worked_with_in_place() -> None:
    x = numpy.array([1.0, 2.0])
    value, slopes = product()(x, 3.0)
    value += 1.0
    for slope in slopes:
        slope *= 2.0
    assert value.tolist() == [5.0, 9.0]
    assert [slope.tolist() for slope in slopes] == [[8.0, 8.0], [2.0, 4.0]]
    assert x.tolist() == [1.0, 2.0]


def test_inputs_are_only_read() -> None:
    x = numpy.array([1.0, -2.0, math.inf])
    x.flags.writeable = False
    a = Value(2.0, label="a")
    value, _ = compile_graph(a.sigmoid() * a, [a], target="numpy")(x)
    assert x.tolist() == [1.0, -2.0, math.inf]
    assert value[2] == math.inf


# -- elements that are not finite, or on another branch --------------------------------------------


def test_an_element_that_is_nan_or_has_an_infinite_slope_is_no_error() -> None:
    x = Value(1.0, label="x")
    value, (slope,) = compile_graph(sqrt(x), [x], target="numpy")([4.0, 0.0, math.nan, math.inf])
    assert numpy.array_equal(value, [2.0, 0.0, math.nan, math.inf], equal_nan=True)
    assert numpy.array_equal(slope, [0.25, math.inf, math.nan, 0.0], equal_nan=True)


def test_each_element_that_is_not_finite_is_what_recording_gives() -> None:
    def f(x: Any, y: Any) -> Any:
        return [x * y, sqrt(x * x) + y, tanh(x)]

    xs = leaves([1.0, 2.0])
    program = compile_graph(f(*xs), xs, target="numpy")
    x = numpy.array([[1.0, math.inf, 2.0], [math.nan, -3.0, 0.0]])
    y = numpy.array([[2.0], [math.inf]])
    (told, message) = outcome(program, x, y)
    assert (told, message) == ("DomainError", "x * y does not exist at x = 0.0, y = inf")
    x[1, 2] = 0.5
    values, slopes = program(x, y)
    for place in numpy.ndindex(2, 3):
        point = float(x[place]), float(numpy.broadcast_to(y, (2, 3))[place])
        expected = recorded(f, point)
        assert same([value[place] for value in values], expected[0]), point
        assert same([[s[place] for s in row] for row in slopes], expected[1]), point


def test_the_first_element_that_has_no_value_is_named(raises: Any) -> None:
    x = Value(2.0, label="x")
    program = compile_graph(log(x) + 1.0 / (x - 3.0), [x], target="numpy")
    with raises(DomainError, "1.0 / y does not exist at y = 0.0"):
        program(numpy.array([[1.0, 3.0], [-1.0, 0.0]]))
    with raises(DomainError, "log(x) does not exist at x = -1.0"):
        program(numpy.array([[1.0, -1.0], [3.0, 0.0]]))


def test_nothing_warns_about_what_is_not_chosen() -> None:
    """Both branches of every condition are computed, of huge numbers too."""
    x = Value(2.0, label="x")
    y = x.sigmoid() + x.softplus() * 1e-300 + (x * x + 1.0) ** 0.5 * 0.0 + relu_of_log(x)
    program = compile_graph(y, [x], target="numpy")
    numbers = numpy.array([-1e150, -800.0, -1.0, 0.0, 1.0, 800.0, 1e150])
    value, (slope,) = program(numbers)
    assert numpy.all(numpy.isfinite(value))
    assert numpy.all(numpy.isfinite(slope))


def relu_of_log(x: Any) -> Any:
    return ((x * x + 1.0).log() - 1e3).relu()


def test_an_element_on_another_branch_is_named() -> None:
    x = Value(1.0, label="x")
    compiled = compile_graph(x * x if x < 3 else x, [x], target="numpy")
    assert compiled(numpy.array([1.0, 2.0]))[0].tolist() == [1.0, 4.0]
    with pytest.raises(StaleGraph, match=r"x < 3.0 was True, and it is False at x = 5.0"):
        compiled(numpy.array([1.0, 5.0, 7.0]))


def test_an_element_on_another_side_is_named_before_one_without_a_value() -> None:
    """The comparison comes first, as where it is recorded."""
    x = Value(2.0, label="x")
    y = log(x) if x > 0 else -x
    program = compile_graph(y, [x], target="numpy")
    with pytest.raises(StaleGraph, match=r"x > 0\.0 was True, and it is False at x = -2\.0: "):
        program(numpy.array([1.0, -2.0, 0.0]))
    with pytest.raises(StaleGraph):
        program.batch([[1.0], [-2.0]])
    with pytest.raises(StaleGraph):
        program.value([1.0, -2.0])


# -- other namespaces ------------------------------------------------------------------------------


def test_a_namespace_that_lacks_a_function_is_named(raises: Any) -> None:
    xp = types.ModuleType("poor")
    for name in ("asarray", "broadcast_shapes", "broadcast_to", "shape"):
        setattr(xp, name, getattr(numpy, name))
    x = Value(2.0, label="x")
    with raises(ValueError, "poor has no tanh; use the target python"):
        compile_graph(tanh(x), [x], target="numpy", xp=xp)(1.0)


@pytest.fixture
def jax() -> Any:
    """With floats of double precision, as everywhere here."""
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


def test_jax_gets_floats_from_whole_numbers_and_no_complex_ones(jax: Any, raises: Any) -> None:
    x = Value(2.0, label="x")
    fourth = compile_graph(x * x * x * x, [x], target="numpy", xp=jax.numpy)
    value, (slope,) = fourth(jax.numpy.asarray([100_000, -70_000]))
    assert value.tolist() == [1e20, 2.401e19]
    assert slope.tolist() == [4e15, -1.372e15]
    value, (slope,) = compile_graph(hypot(x - x, x - x), [x], target="numpy", xp=jax.numpy)(0.7)
    assert (float(value), float(slope)) == (0.0, 0.0)
    with raises(
        TypeError, "x must be an array of real numbers, got Array([0.+1.j], dtype=complex128)"
    ):
        fourth(jax.numpy.asarray([1j]))


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
        "branches with maximum, relu, abs or step; of a function with softmax or logsumexp, which "
        "compare, give a recording to compile_graph"
    )


def test_a_function_of_branches_is_refused_for_jax(jax: Any, raises: Any) -> None:
    f = compile_function(lambda x: x * x if x < 3 else x, target="numpy", xp=jax.numpy)
    with raises(
        ValueError,
        "the recording compared values, which jax.numpy cannot do while it traces: write the "
        "branches with maximum, relu, abs or step; of a function with softmax or logsumexp, which "
        "compare, give a recording to compile_graph",
    ):
        f(1.0)


def test_every_row_under_jax(jax: Any) -> None:
    """All in one program, each at points of its own, under jit and vmap."""
    xs: list[Value] = []
    outputs: list[Value] = []
    for row in ROWS:
        # No subnormal numbers: on a processor JAX takes them for 0.
        for point in [*points(row, 4), (0.0, -0.0)[: row.arity], (1.0, -1.0)[: row.arity]]:
            told, expected = outcome(recorded, row, point)
            if told == "is" and is_finite(expected):
                operands = [Value(x) for x in point]
                xs += operands
                outputs.append(row(*operands))
    total = outputs[0]
    for y in outputs[1:]:
        total = total + y * 0.5
    numbers = numpy.array([x.data for x in xs])
    value, slopes = compile_graph(total, xs, target="numpy")(*numbers)
    program = compile_graph(total, xs, target="numpy", xp=jax.numpy)
    jitted = jax.jit(lambda numbers: program(*numbers))
    found, found_slopes = jitted(numbers)
    assert found.dtype == numpy.float64
    assert float(found) == pytest.approx(float(value), rel=1e-12)
    assert numpy.allclose(numpy.array(found_slopes), numpy.array(slopes), rtol=1e-12, atol=1e-15)


def test_vmap_over_rows_is_a_batch(jax: Any) -> None:
    x, y, z = (Value(n, label=name) for n, name in zip((1.0, 2.0, 3.0), "xyz"))
    outputs = [(x * y).sigmoid() + z, x.maximum(y) * z]
    rows = numpy.random.default_rng(1).normal(size=(50, 3))
    values, slopes = compile_graph(outputs, [x, y, z], target="numpy").batch(rows)
    program = compile_graph(outputs, [x, y, z], target="numpy", xp=jax.numpy)
    found, found_slopes = jax.jit(jax.vmap(lambda row: program(*row)))(rows)
    assert numpy.allclose(numpy.stack(found, axis=-1), values, rtol=1e-12, atol=0.0)
    stacked = numpy.array(found_slopes).transpose(2, 0, 1)
    assert numpy.allclose(stacked, slopes, rtol=1e-12, atol=1e-300)


def test_under_jax_nothing_is_recorded_again(jax: Any) -> None:
    """What has no value is nan or infinite there: no number can be looked at in a trace."""
    x = Value(2.0, label="x")
    program = compile_graph(log(x), [x], target="numpy", xp=jax.numpy)
    value, _ = jax.jit(program)(jax.numpy.array([-1.0, 0.0, 1.0]))
    assert numpy.array_equal(value, [math.nan, -math.inf, 0.0], equal_nan=True)
