"""How compiled graphs are called, and what they say where they cannot be."""

from __future__ import annotations

import threading
from fractions import Fraction
from typing import Any

import pytest
from compiled_graphs import EVERY_CALLABLE_TARGET, PYTHON_AND_C, C

from autograd_mini import Value, compile_graph, tanh

numpy = pytest.importorskip("numpy")


def product(target: str = "python", **options: Any) -> Any:
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    return compile_graph(w * x, [w, x], target=target, **options)


@EVERY_CALLABLE_TARGET
def test_inputs_are_given_in_order_or_by_name(target: str) -> None:
    compiled = product(target)
    for found in (compiled(3.0, 4.0), compiled(3.0, x=4.0), compiled(x=4.0, w=3.0)):
        assert found == (12.0, [4.0, 3.0])
    assert compiled.value(3.0, x=4.0) == 12.0
    assert compiled.gradients(x=4.0, w=3.0) == [4.0, 3.0]
    assert (compiled.inputs, compiled.wrt) == (("w", "x"), ("w", "x"))


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize(
    "number",
    [3, Fraction(3), numpy.float64(3), numpy.float32(3), numpy.int64(3)],
    ids=lambda number: type(number).__name__,
)
def test_every_real_number_is_taken_as_a_float(target: str, number: Any) -> None:
    assert product(target)(number, 4) == (12.0, [4.0, 3.0])
    assert type(product("python")(number, 4)[0]) is float


def test_large_whole_numbers_are_rounded_first() -> None:
    assert product()(2**53 + 1, 3) == (float(2**53) * 3.0, [3.0, float(2**53)])


@pytest.mark.parametrize(
    ("numbers", "by_name", "message"),
    [
        ((1.0,), {}, "this graph takes 2 inputs (w, x), got 1: x missing"),
        ((), {}, "this graph takes 2 inputs (w, x), got 0: w, x missing"),
        (
            (1.0, 2.0, 3.0),
            {},
            "this graph takes 2 inputs (w, x), got 3; one row each goes to batch(rows)",
        ),
        ((1.0,), {"y": 2.0}, "this graph takes 2 inputs (w, x), and none is called 'y'"),
        ((1.0, 2.0), {"w": 2.0}, "this graph takes 2 inputs (w, x), and w was given twice"),
        (("1", 2.0), {}, "w must be a real number, got '1': give a number"),
        ((1.0, None), {}, "x must be a real number, got None: give a number"),
        ((1j, 2.0), {}, "w must be a real number, got 1j: give a number"),
        (
            ([1.0], 2.0),
            {},
            "w must be a real number, got [1.0]: give one number, or many rows to batch(rows)",
        ),
        (
            (Value(1.0), 2.0),
            {},
            "w must be a real number, got Value(data=1.0): give its number, as in x.data",
        ),
    ],
)
def test_what_is_no_input_is_named(
    numbers: tuple[Any, ...], by_name: dict[str, Any], message: str
) -> None:
    with pytest.raises(TypeError) as caught:
        product()(*numbers, **by_name)
    assert str(caught.value) == message


@EVERY_CALLABLE_TARGET
def test_a_batch_of_rows(target: str) -> None:
    compiled = product(target)
    values, gradients = compiled.batch([[1.0, 2.0], (3, 4)])
    assert [float(value) for value in values] == [2.0, 12.0]
    assert [list(map(float, row)) for row in gradients] == [[2.0, 1.0], [4.0, 3.0]]
    values, gradients = compiled.batch([])
    assert (len(values), len(gradients)) == (0, 0)


@pytest.mark.parametrize("target", ["numpy", C])
@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows,
        numpy.asfortranarray,
        lambda rows: rows.astype("float32"),
        lambda rows: rows.astype(int),
        lambda rows: numpy.frombuffer(rows.tobytes()).reshape(rows.shape),  # read-only
        lambda rows: numpy.repeat(rows, 2, axis=0)[::2],
    ],
    ids=["as it is", "by columns", "single precision", "whole", "read-only", "strided"],
)
def test_an_array_of_rows_gives_arrays(target: str, change: Any) -> None:
    rows = change(numpy.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    values, gradients = product(target).batch(rows)
    assert numpy.array_equal(values, [2.0, 12.0, 30.0])
    assert numpy.array_equal(gradients, [[2.0, 1.0], [4.0, 3.0], [6.0, 5.0]])
    values, gradients = product(target).batch(numpy.empty((0, 2)))
    assert (len(values), len(gradients)) == (0, 0)


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([[1.0, 2.0], [1.0]], ValueError, "row 1 of the batch has 1; give 2 numbers (w, x)"),
        ([[1.0, "a"]], TypeError, "x in row 0 must be a real number, got 'a': give a number"),
        ([1.0, 2.0], TypeError, "row 0 of the batch is 1.0; give 2 numbers (w, x)"),
        ("ab", TypeError, "a batch is a list of rows of 2 numbers (w, x), got 'ab'"),
        (5, TypeError, "a batch is a list of rows of 2 numbers (w, x), got 5"),
        (
            numpy.ones((2, 3)),
            ValueError,
            "row 0 of the batch has 3; give 2 numbers (w, x)",
        ),
    ],
)
def test_what_is_no_batch_is_named(
    target: str, rows: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        product(target).batch(rows)
    assert str(caught.value) == message


def test_what_cannot_be_compiled_is_named() -> None:
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    y = w * x
    cases: list[tuple[Any, type[Exception], str]] = [
        (lambda: compile_graph(y, [w, w]), ValueError, "an input is given twice: give each once"),
        (
            lambda: compile_graph(y, [w], [x]),
            ValueError,
            "wrt holds a Value that is no input: give it among the inputs too",
        ),
        (
            lambda: compile_graph(y * 2, [y]),
            ValueError,
            "inputs are leaves, and Value(data=1.0) is computed from others: give those",
        ),
        (lambda: compile_graph(y, w), TypeError, "inputs must be a list of Values, got "),
        (lambda: compile_graph(y, ["w"]), TypeError, "inputs must be a list of Values, but 'w'"),
        (lambda: compile_graph(3.0, [w]), TypeError, "output must be a list of Values, got 3.0"),
        (lambda: compile_graph([], [w]), ValueError, "there is no output to compile"),
        (
            lambda: compile_graph(y, [w], target="fortran"),
            ValueError,
            "there is no target 'fortran'; use one of python, numpy, c, javascript, auto",
        ),
        (
            lambda: compile_graph(y, [w], xp=numpy),
            ValueError,
            "xp is for the target \"numpy\", got the target 'python'",
        ),
    ]
    for attempt, error, message in cases:
        with pytest.raises(error) as caught:
            attempt()
        assert str(caught.value).startswith(message)


def test_a_program_in_javascript_is_not_called_from_python() -> None:
    compiled = product("javascript")
    with pytest.raises(TypeError) as caught:
        compiled(1.0, 2.0)
    assert str(caught.value) == (
        "a graph that is compiled to JavaScript runs in a page or in Node: write its source to a "
        "file there, or compile to the target python to call it here"
    )


@PYTHON_AND_C
def test_outputs_that_are_no_results(target: str) -> None:
    x, k = Value(2.0, label="x"), Value(5.0, label="k")
    assert compile_graph(x, [x], target=target)(3.0) == (3.0, [1.0])
    assert compile_graph(k, [x], target=target)(3.0) == (5.0, [0.0])
    assert compile_graph([k, x, x * k], [x], target=target)(3.0) == (
        [5.0, 3.0, 15.0],
        [[0.0], [1.0], [5.0]],
    )
    assert compile_graph(k * k, [], target=target)() == (25.0, [])
    assert compile_graph(x * k, [x, k], [], target=target)(3.0, 4.0) == (12.0, [])


@PYTHON_AND_C
@pytest.mark.parametrize("size", [10, 12_000])
def test_threads_may_share_a_program(target: str, size: int) -> None:
    x = Value(0.5, label="x")
    y = x
    for _ in range(size // 2):
        y = tanh(y) * 1.01
    compiled = compile_graph(y, [x], target=target)
    expected = [compiled(0.1 * k) for k in range(8)]
    found: dict[int, list[Any]] = {}

    def work(k: int) -> None:
        found[k] = [compiled(0.1 * k) for _ in range(5)]

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {k: [expected[k]] * 5 for k in range(8)}
