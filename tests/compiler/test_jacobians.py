"""Several outputs, some of the inputs, none of them, and what is no graph."""

from __future__ import annotations

import math
from typing import Any

import pytest
from compiled_graphs import EVERY_CALLABLE_TARGET, PYTHON_AND_C, numbers_of

from autograd_mini import Compiled, Value, compile_function, compile_graph, exp, gradients, tanh


def leaves(*numbers: float) -> list[Value]:
    return [Value(x, label=name) for x, name in zip(numbers, "xyzuvw")]


@EVERY_CALLABLE_TARGET
def test_a_jacobian_has_a_row_for_each_output(target: str) -> None:
    """From polar coordinates: by hand it is [[cos, -r sin], [sin, r cos]]."""
    r, t = Value(1.0, label="r"), Value(2.0, label="t")
    program = compile_graph([r * t.cos(), r * t.sin()], [r, t], target=target)
    radius, angle = 2.0, 0.5
    values, slopes = program(radius, angle)
    sin, cos = math.sin(angle), math.cos(angle)
    assert list(values) == [radius * cos, radius * sin]
    assert [list(row) for row in slopes] == [[cos, -(radius * sin)], [sin, radius * cos]]
    assert [list(row) for row in program.gradients(radius, angle)] == [list(row) for row in slopes]
    assert list(program.value(radius, angle)) == list(values)


@EVERY_CALLABLE_TARGET
def test_one_output_in_a_list_stays_in_a_list(target: str) -> None:
    x, y = leaves(2.0, 3.0)
    assert compile_graph(x * y, [x, y], target=target)(4.0, 5.0) == (20.0, [5.0, 4.0])
    assert compile_graph([x * y], [x, y], target=target)(4.0, 5.0) == ([20.0], [[5.0, 4.0]])


@EVERY_CALLABLE_TARGET
def test_derivatives_by_some_in_another_order(target: str) -> None:
    x, y, z = leaves(2.0, 3.0, 5.0)
    program = compile_graph(x * y * z, [x, y, z], wrt=[z, x], target=target)
    assert (program.inputs, program.wrt) == (("x", "y", "z"), ("z", "x"))
    assert program(1.0, 10.0, 100.0) == (1000.0, [10.0, 1000.0])


@EVERY_CALLABLE_TARGET
def test_an_output_does_not_depend_on_every_input(target: str) -> None:
    x, y, z = leaves(2.0, 3.0, 5.0)
    program = compile_graph([x * 2.0, y * y], [x, y, z], target=target)
    assert program(1.0, 4.0, 7.0) == ([2.0, 16.0], [[2.0, 0.0, 0.0], [0.0, 8.0, 0.0]])


@EVERY_CALLABLE_TARGET
def test_an_output_may_be_an_input_or_a_constant(target: str) -> None:
    x, y, k = *leaves(2.0, 3.0), Value(7.0)
    program = compile_graph([y, k, x, k * 2.0, y], [x, y], target=target)
    values, slopes = program(10.0, 20.0)
    assert values == [20.0, 7.0, 10.0, 14.0, 20.0]
    assert slopes == [[0.0, 1.0], [0.0, 0.0], [1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]
    assert compile_graph(x, [x], target=target)(5.0) == (5.0, [1.0])
    assert compile_graph(k, [x], target=target)(5.0) == (7.0, [0.0])


@EVERY_CALLABLE_TARGET
def test_without_inputs_it_is_a_constant(target: str) -> None:
    x, y = leaves(2.0, 3.0)
    program = compile_graph(x * y, [], target=target)
    assert program() == (6.0, [])
    assert program.value() == 6.0
    assert program.gradients() == []
    values, slopes = program.batch([[], []])
    assert list(values) == [6.0, 6.0]
    assert numbers_of([list(row) for row in slopes]) == []


@EVERY_CALLABLE_TARGET
def test_derivatives_by_nothing(target: str) -> None:
    x, y = leaves(2.0, 3.0)
    program = compile_graph([x * y, x], [x, y], wrt=[], target=target)
    assert program(4.0, 5.0) == ([20.0, 4.0], [[], []])
    values, slopes = program.batch([[4.0, 5.0], [1.0, 2.0], [3.0, 3.0]])
    assert [list(row) for row in values] == [[20.0, 4.0], [2.0, 1.0], [9.0, 3.0]]
    assert [[list(row) for row in rows] for rows in slopes] == [[[], []]] * 3


@EVERY_CALLABLE_TARGET
def test_the_jacobian_with_one_input(target: str) -> None:
    x = Value(0.5, label="x")
    y = tanh(x) * exp(x)
    program = compile_graph(y, [x], target=target)
    value, slopes = program(0.5)
    assert value == pytest.approx(y.data, rel=1e-15)
    assert slopes == pytest.approx(gradients(y, [x]), rel=1e-15)


@EVERY_CALLABLE_TARGET
def test_leaves_that_are_no_inputs_are_constants_of_the_graph(target: str) -> None:
    """Their numbers are those that they have when it is compiled."""
    x, k = Value(2.0, label="x"), Value(3.0, label="k")
    program = compile_graph(x * k, [x], target=target)
    k.data = 100.0
    assert program(5.0) == (15.0, [3.0])


@PYTHON_AND_C
def test_a_value_has_no_gradient_of_its_own_from_a_program(target: str) -> None:
    x, y = leaves(2.0, 3.0)
    z = x * y
    compile_graph(z, [x, y], target=target)(5.0, 7.0)
    assert (x.data, x.grad, y.grad, z.data, x.has_grad) == (2.0, 0.0, 0.0, 6.0, False)


@EVERY_CALLABLE_TARGET
def test_a_value_without_a_label_has_its_name_of_a_derivation(target: str) -> None:
    x, y, same, again = Value(1.0), Value(2.0), Value(3.0, label="a"), Value(4.0, label="a")
    program = compile_graph(x * y * same * again, [x, y, same, again], target=target)
    assert program.inputs == ("v1", "v2", "a_1", "a_2")
    assert program(a_1=3.0, v2=2.0, a_2=5.0, v1=1.0)[0] == 30.0


@PYTHON_AND_C
@pytest.mark.parametrize("size", [10, 21_000], ids=["small", "large"])
def test_inputs_without_a_label_are_told_apart_in_graphs_of_any_size(
    size: int, target: str
) -> None:
    x, y = Value(1.0), Value(1.0)
    total = x * y
    for _ in range(size):
        total = total + x
    program = compile_graph(total - y, [x, y], target=target)
    assert len(set(program.inputs)) == 2
    # However the numbers are given.
    for numbers in ((2.0, 3.0), (2, 3), (2, 3.0)):
        assert program(*numbers) == (2.0 * size + 3.0, [size + 3.0, 1.0])
        assert program.value(*numbers) == 2.0 * size + 3.0
    assert program.batch([[2.0, 3.0], [2, 3]])[0] == [2.0 * size + 3.0] * 2


def test_a_jacobian_of_a_function() -> None:
    @compile_function
    def f(x, y):
        return x * y, x + y, 7

    assert f(2.0, 3.0) == ([6.0, 5.0, 7.0], [[3.0, 2.0], [1.0, 1.0], [0.0, 0.0]])
    assert f.value(2.0, 3.0) == [6.0, 5.0, 7.0]
    assert f.gradients(2.0, 3.0) == [[3.0, 2.0], [1.0, 1.0], [0.0, 0.0]]


# -- what is no graph -----------------------------------------------------------------------------

x, y = leaves(2.0, 3.0)


@pytest.mark.parametrize(("arguments", "error", "message"), [
    ((x * y, [x, x]), ValueError, "an input is given twice: give each once"),
    ((x * y, [x, y], [x, x]), ValueError, "an input is given twice: give each once"),
    ((x * y, [x * 2.0]), ValueError,
     "inputs must be leaves, got Value(data=4.0), a result of mul: give the leaves that it is "
     "computed from"),
    ((x * y, [x], [y]), ValueError,
     "wrt holds a Value that is not an input: give it among the inputs too"),
    (([], [x]), ValueError, "output is an empty list: give a Value, or a list of Values"),
    ((x * y, x), TypeError,
     "inputs must be a list of Values, got Value(data=2.0, label='x')"),
    ((x * y, [x], y), TypeError, "wrt must be a list of Values, got Value(data=3.0, label='y')"),
    ((x * y, [x, 3.0]), TypeError, "inputs must be a list of Values, but 3.0 is in it"),
    ((x * y, "xy"), TypeError, "inputs must be a list of Values, but 'x' is in it"),
    ((3.0, [x]), TypeError, "output must be a list of Values, got 3.0"),
    ((None, [x]), TypeError, "output must be a list of Values, got None"),
    (([x, 3.0], [x]), TypeError, "output must be a list of Values, but 3.0 is in it"),
    ((x, [x], None, "C"), ValueError,
     "target must be one of python, numpy, c, javascript, auto, got 'C'"),
], ids=[
    "twice", "wrt twice", "computed", "wrt is no input", "nothing", "value", "wrt value", "number",
    "string", "output number", "output none", "output list", "target",
])  # fmt: skip
def test_mistakes_are_explained(arguments: Any, error: Any, message: str, raises: Any) -> None:
    with raises(error, message):
        compile_graph(*arguments)


def test_xp_is_for_arrays(raises: Any) -> None:
    with raises(ValueError, "xp is for the target \"numpy\", got the target 'c'"):
        compile_graph(x, [x], target="c", xp=math)
    with raises(TypeError, "xp must be a module of array functions, as jax.numpy, got 'jax'"):
        compile_graph(x, [x], target="numpy", xp="jax")


def test_a_compiled_graph_says_what_it_is() -> None:
    program = compile_graph(x * y + 1.0, [x, y], wrt=[x])
    assert isinstance(program, Compiled)
    assert program.target == "python"
    assert repr(program) == "<compiled to python: 4 values, inputs x, y>"


def test_a_program_in_javascript_is_source_and_records_again_when_it_is_called() -> None:
    program = compile_graph(x * y, [x, y], target="javascript")
    assert program.source.startswith("export function valueAndGradients(x, y) {")
    assert program(3.0, 4.0) == (12.0, [4.0, 3.0])
    assert program.batch([[3.0, 4.0], [0.5, 2.0]]) == ([12.0, 1.0], [[4.0, 3.0], [2.0, 0.5]])


@pytest.mark.cc
def test_auto_is_c_where_there_is_a_compiler() -> None:
    assert compile_graph(x * y, [x, y], target="auto").target == "c"


def test_auto_is_python_elsewhere(monkeypatch: Any) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    program = compile_graph(x * y, [x, y], target="auto")
    assert program.target == "python"
    assert program(4.0, 5.0) == (20.0, [5.0, 4.0])
