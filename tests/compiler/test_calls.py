"""Calling compiled graphs: what fits, what does not, and batches of rows."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from compiled_graphs import EVERY_CALLABLE_TARGET, PYTHON_AND_C, same

from autograd_mini import Compiled, DomainError, Value, compile_function, compile_graph

CALLS = ["call", "value", "gradients"]
EVERY_CALL = pytest.mark.parametrize("call", CALLS)


def compiled(target: str = "python", wrt: str = "wx") -> Compiled:
    """w * x + w / x"""
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    y = w * x + w / x
    return compile_graph(y, [w, x], wrt=[w, x] if wrt == "wx" else [w], target=target)


def method(program: Any, call: str) -> Any:
    return program if call == "call" else getattr(program, call)


RESULTS = {"call": (3.75, [2.5, 1.125]), "value": 3.75, "gradients": [2.5, 1.125]}


# -- single calls ---------------------------------------------------------------------------------


@EVERY_CALLABLE_TARGET
@EVERY_CALL
def test_numbers_are_given_in_order_or_by_name(call: str, target: str) -> None:
    f, expected = method(compiled(target), call), RESULTS[call]
    assert f(1.5, 2.0) == expected
    assert f(1.5, x=2.0) == expected
    assert f(x=2.0, w=1.5) == expected
    oneself = Value(0.5, label="self")
    assert method(compile_graph(oneself, [oneself], target=target), call)(self=2.0) is not None


@EVERY_CALLABLE_TARGET
def test_any_real_number_is_the_float_that_it_equals(target: str) -> None:
    program = compiled(target)
    for number in (2, Fraction(2), True):
        assert program(1.5, number) == program(1.5, float(number))
    assert program(3, True) == (6.0, [2.0, 0.0])
    assert program(2**60 + 1, 1) == program(float(2**60 + 1), 1.0)


def test_the_numbers_of_numpy() -> None:
    numpy = pytest.importorskip("numpy")
    program = compiled()
    for kind in (numpy.float64, numpy.float32, numpy.int64, numpy.uint8):
        value, slopes = program(kind(3), kind(2))
        assert (value, slopes) == (7.5, [2.5, 2.25])
        assert {type(value), *map(type, slopes)} == {float}
    assert program(numpy.True_, 2.0) == program(1.0, 2.0)


@EVERY_CALL
@pytest.mark.parametrize(("arguments", "by_name", "message"), [
    ([], {}, "this graph takes 2 inputs (w, x), got 0: w, x missing"),
    ([1.0], {}, "this graph takes 2 inputs (w, x), got 1: x missing"),
    ([], {"x": 1.0}, "this graph takes 2 inputs (w, x), got 1: w missing"),
    ([1.0, 2.0, 3.0], {},
     "this graph takes 2 inputs (w, x), got 3; for many rows use batch(rows)"),
    ([1.0, 2.0], {"x": 1.0}, "this graph takes 2 inputs (w, x), got x twice"),
    ([1.0], {"w": 1.0}, "this graph takes 2 inputs (w, x), got w twice"),
    ([1.0], {"y": 1.0}, "this graph takes 2 inputs (w, x), got 'y'"),
    (["1.0", 2.0], {}, "w must be a real number, got '1.0': give a number"),
    ([1.0], {"x": b"2"}, "x must be a real number, got b'2': give a number"),
    ([None, 2.0], {}, "w must be a real number, got None: give a number"),
    ([1.0, 2j], {}, "x must be a real number, got 2j: give a number"),
    ([1.0, Decimal("2")], {}, "x must be a real number, got Decimal('2'): give a number"),
    ([Value(1.0), 2.0], {},
     "w must be a real number, got Value(data=1.0): give its number, as in x.data"),
], ids=[
    "none", "one", "by name", "three", "twice", "twice first", "unknown", "string", "bytes", "None",
    "complex", "decimal", "Value",
])  # fmt: skip
def test_arguments_that_do_not_fit_the_inputs_are_refused(
    arguments: Any, by_name: Any, message: str, call: str, raises: Any
) -> None:
    with raises(TypeError, message):
        method(compiled("python"), call)(*arguments, **by_name)


def test_a_list_in_place_of_a_number_is_refused(raises: Any) -> None:
    many = "give one number, or many rows to batch(rows)"
    with raises(TypeError, f"w must be a real number, got [1.0, 2.0]: {many}"):
        compiled("python")([1.0, 2.0], 2.0)
    numpy = pytest.importorskip("numpy")
    with raises(TypeError, f"x must be a real number, got array([1., 2.]): {many}"):
        compiled("python")(1.0, numpy.array([1.0, 2.0]))


def test_an_int_beyond_all_floats_is_refused() -> None:
    """As by Value(10**400)."""
    with pytest.raises(DomainError, match=r"\Athe int is too large for a float, which holds"):
        compiled("python")(10**400, 1)


def test_a_long_argument_is_cut_in_a_message() -> None:
    with pytest.raises(TypeError) as caught:
        compiled()("1" * 10_000, 2.0)
    assert len(str(caught.value)) < 200


def test_of_many_inputs_the_first_and_the_last_are_named(raises: Any) -> None:
    xs = [Value(1.0, label=f"x{k}") for k in range(1000)]
    y = xs[0]
    for x in xs[1:]:
        y = y + x
    program = compile_graph(y, xs)
    with raises(
        TypeError,
        "this graph takes 1,000 inputs (x0, x1, x2, x3, ..., x999), got 1: "
        "x1, x2, x3, x4, ..., x999 missing",
    ):
        program(1.0)


@PYTHON_AND_C
def test_results_are_plain_floats_in_lists(target: str) -> None:
    value, slopes = compiled(target)(1.5, 2.0)
    assert type(value) is float
    assert type(slopes) is list
    assert set(map(type, slopes)) == {float}


@EVERY_CALLABLE_TARGET
def test_the_result_of_a_call_is_not_changed_by_the_next(target: str) -> None:
    program = compiled(target)
    first = program(1.5, 2.0)
    program(5.0, 7.0)
    assert first == (3.75, [2.5, 1.125])


@EVERY_CALLABLE_TARGET
def test_an_error_names_the_labels(target: str, raises: Any) -> None:

    for call in CALLS:
        with raises(DomainError, "w / x does not exist at w = 1.5, x = 0.0"):
            method(compiled(target), call)(1.5, 0.0)
    with raises(DomainError, "w * x overflows at w = 1e+200, x = 1e+200"):
        compiled(target)(1e200, 1e200)


@EVERY_CALLABLE_TARGET
def test_a_partial_may_be_infinite_where_the_value_exists(target: str) -> None:
    x = Value(4.0, label="x")
    program = compile_graph(x.sqrt(), [x], target=target)
    assert program(0.0) == (0.0, [math.inf])
    assert program.value(0.0) == 0.0


@EVERY_CALLABLE_TARGET
def test_infinities_and_nan_pass_as_where_it_is_recorded(target: str) -> None:
    x, y = Value(4.0, label="x"), Value(1.0, label="y")
    program = compile_graph(x * y + 1.0, [x, y], target=target)
    assert program(math.inf, 2.0) == (math.inf, [2.0, math.inf])
    assert same(program(math.nan, 2.0), (math.nan, [2.0, math.nan]))


# -- batches --------------------------------------------------------------------------------------

ROWS = [[1.5, 2.0], [3.0, 1.0], [-1.0, 4.0], [0.0, 0.5]]
VALUES = [3.75, 6.0, -4.25, 0.0]
SLOPES = [[2.5, 1.125], [2.0, 0.0], [4.25, -0.9375], [2.5, 0.0]]


def listed(found: Any) -> Any:
    """Arrays as lists."""
    return (
        found.tolist()
        if hasattr(found, "tolist")
        else [listed(each) for each in found]
        if (isinstance(found, (list, tuple)))
        else found
    )


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize("kind", [list, tuple, iter], ids=["list", "tuple", "iterator"])
def test_a_batch_is_many_calls(kind: Any, target: str) -> None:
    values, slopes = compiled(target).batch(kind([*map(kind if kind is not iter else list, ROWS)]))
    assert listed(values) == VALUES
    assert listed(slopes) == SLOPES


@EVERY_CALLABLE_TARGET
def test_a_batch_of_no_rows_has_no_results(target: str) -> None:
    values, slopes = compiled(target).batch([])
    assert (len(values), len(slopes)) == (0, 0)


@EVERY_CALLABLE_TARGET
def test_a_batch_of_ints_and_bools(target: str) -> None:
    values, slopes = compiled(target).batch([[3, True], [2, 1.0]])
    assert listed(values) == [6.0, 4.0]
    assert listed(slopes) == [[2.0, 0.0], [2.0, 0.0]]


@pytest.mark.parametrize(("rows", "error", "message"), [
    ([[1.0, 2.0], [1.0]], ValueError, "row 1 of the batch has 1; give 2 numbers (w, x)"),
    ([[1.0, 2.0, 3.0]], ValueError, "row 0 of the batch has 3; give 2 numbers (w, x)"),
    ([[]], ValueError, "row 0 of the batch has 0; give 2 numbers (w, x)"),
    ([1.0, 2.0], TypeError, "row 0 of the batch is 1.0; give 2 numbers (w, x)"),
    (["ab"], TypeError, "row 0 of the batch is 'ab'; give 2 numbers (w, x)"),
    ([[1.0, "2"]], TypeError, "x in row 0 must be a real number, got '2': give a number"),
    ([[1.0, 2.0], [None, 2.0]], TypeError,
     "w in row 1 must be a real number, got None: give a number"),
    ([[1.0, 2j]], TypeError, "x in row 0 must be a real number, got 2j: give a number"),
    ([[Value(1.0), 2.0]], TypeError,
     "w in row 0 must be a real number, got Value(data=1.0): give its number, as in x.data"),
    ("1.0", TypeError, "a batch is a list of rows of 2 numbers (w, x), got '1.0'"),
    (1.0, TypeError, "a batch is a list of rows of 2 numbers (w, x), got 1.0"),
    (None, TypeError, "a batch is a list of rows of 2 numbers (w, x), got None"),
], ids=[
    "ragged", "wide", "empty row", "flat", "string row", "string", "None", "complex", "Value",
    "string batch", "number", "None batch",
])  # fmt: skip
def test_a_batch_that_does_not_fit_is_refused(
    rows: Any, error: Any, message: str, raises: Any
) -> None:
    with raises(error, message):
        compiled("python").batch(rows)


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize("place", [0, 1, 39, 40])
def test_an_error_in_a_batch_is_that_of_its_row(place: int, target: str, raises: Any) -> None:

    rows = [[1.0, 2.0]] * 41
    rows[place] = [5.0, 0.0]
    with raises(DomainError, "w / x does not exist at w = 5.0, x = 0.0"):
        compiled(target).batch(rows)


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize("as_array", [False, True], ids=["list", "array"])
def test_a_row_that_a_program_cannot_do_has_the_results_of_recording(
    as_array: bool, target: str
) -> None:
    """Of infinite numbers, which may have an infinite value; in the middle of a batch."""
    x, y = Value(1.0, label="x"), Value(1.0, label="y")
    program = compile_graph(x * y, [x, y], target=target)
    rows: Any = [[2.0, 3.0], [math.inf, 2.0], [4.0, 5.0], [math.nan, 1.0], [6.0, 7.0]]
    if as_array:
        rows = pytest.importorskip("numpy").array(rows)
    values, slopes = program.batch(rows)
    assert same(listed(values), [6.0, math.inf, 20.0, math.nan, 42.0])
    assert same(
        listed(slopes), [[3.0, 2.0], [2.0, math.inf], [5.0, 4.0], [1.0, math.nan], [7.0, 6.0]]
    )
    one = compile_graph(x * 2.0, [x], target=target)
    values, slopes = one.batch([[row[0]] for row in rows] if not as_array else rows[:, :1].copy())
    assert same(listed(values), [4.0, math.inf, 8.0, math.nan, 12.0])
    assert listed(slopes) == [[2.0]] * 5


# -- batches that are arrays ----------------------------------------------------------------------


@pytest.fixture
def numpy() -> Any:
    return pytest.importorskip("numpy")


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize(
    "kind", ["C", "Fortran", "float32", "int", "read-only", "slice", "big-endian", "bool", "rows"]
)
def test_a_batch_may_be_an_array_of_any_kind(kind: str, target: str, numpy: Any) -> None:
    array = numpy.array(ROWS)
    integers = numpy.array([[3, 1], [2, 1]])
    rows = {
        "C": array,
        "Fortran": numpy.asfortranarray(array),
        "float32": array.astype(numpy.float32),
        "int": integers,
        "read-only": array.copy(),
        "slice": numpy.repeat(array, 2, axis=0)[::2, :],
        "big-endian": array.astype(">f8"),
        "bool": integers.astype(bool),
        "rows": list(array),
    }[kind]
    if kind == "read-only":
        rows.flags.writeable = False
    before = numpy.array(rows)
    values, slopes = compiled(target).batch(rows)
    plain = [list(map(float, row)) for row in rows]
    expected = [compiled()(*row) for row in plain]
    assert listed(values) == [value for value, _ in expected]
    assert listed(slopes) == [slope for _, slope in expected]
    assert numpy.array_equal(rows, before)


@pytest.mark.parametrize("target", [pytest.param("c", marks=pytest.mark.cc), "numpy"])
@pytest.mark.parametrize("count", [0, 1, 4, 100])
def test_the_results_are_arrays_where_an_array_was_given(
    count: int, target: str, numpy: Any
) -> None:
    rows = numpy.linspace(1.0, 2.0, 2 * count).reshape(count, 2)
    values, slopes = compiled(target).batch(rows)
    assert isinstance(values, numpy.ndarray)
    assert isinstance(slopes, numpy.ndarray)
    assert (values.shape, slopes.shape) == ((count,), (count, 2))
    assert (values.dtype, slopes.dtype) == (numpy.float64, numpy.float64)
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    values, slopes = compile_graph([w * x, w, x], [w, x], target=target).batch(rows)
    assert (values.shape, slopes.shape) == ((count, 3), (count, 3, 2))
    assert numpy.array_equal(values[:, 0], rows[:, 0] * rows[:, 1])
    assert numpy.array_equal(slopes[:, 0], rows[:, ::-1])


@pytest.mark.cc
def test_the_results_are_arrays_also_where_a_row_is_recorded_again(numpy: Any) -> None:
    x, y = Value(1.0, label="x"), Value(1.0, label="y")
    program = compile_graph(x * y, [x, y], target="c")
    rows = numpy.array([[2.0, 3.0], [numpy.inf, 2.0], [4.0, 5.0]])
    values, slopes = program.batch(rows)
    assert isinstance(values, numpy.ndarray)
    assert isinstance(slopes, numpy.ndarray)
    assert numpy.array_equal(values, [6.0, numpy.inf, 20.0])
    assert numpy.array_equal(slopes, [[3.0, 2.0], [2.0, numpy.inf], [5.0, 4.0]])


@EVERY_CALLABLE_TARGET
def test_results_of_a_batch_stay_when_the_rows_change(target: str, numpy: Any) -> None:
    rows = numpy.array(ROWS)
    values, slopes = compiled(target).batch(rows)
    rows[:] = 1.0
    compiled(target).batch(rows)
    assert listed(values) == VALUES
    assert listed(slopes) == SLOPES


@pytest.mark.parametrize(("shape", "message"), [
    ((4,), "row 0 of the batch is 1.0; give 2 numbers (w, x)"),
    ((), "a batch is a list of rows of 2 numbers (w, x), got 1.0"),
])  # fmt: skip
def test_an_array_of_another_number_of_dimensions_is_refused(
    shape: Any, message: str, numpy: Any, raises: Any
) -> None:
    with raises(TypeError, message):
        compiled("python").batch(numpy.ones(shape))


def test_an_array_of_another_width_or_type_is_refused(numpy: Any, raises: Any) -> None:
    program = compiled("python")
    with raises(ValueError, "row 0 of the batch has 3; give 2 numbers (w, x)"):
        program.batch(numpy.ones((5, 3)))
    with raises(ValueError, "row 0 of the batch has 1; give 2 numbers (w, x)"):
        program.batch(numpy.ones((2, 1)))
    with pytest.raises(TypeError, match=r"\Aw in row 0 must be a real number, got 1j: give a numb"):
        program.batch(numpy.array([[1j, 2.0]]))
    with pytest.raises(TypeError, match=r"\Aw in row 0 must be a real number, got 'a': give a num"):
        program.batch(numpy.array([["a", "b"]]))


# -- sums over a batch ----------------------------------------------------------------------------


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize("count", [0, 1, 3, 31, 32, 33, 64, 1001])
def test_a_total_is_the_sum_over_what_does_not_move(count: int, target: str) -> None:
    """From 32 rows on, the target c computes several at once."""
    program = compiled(target, wrt="w")
    rows = [[1.0 + k / 16] for k in range(count)]
    total, sums = program.total([1.5], rows)
    found = [program(1.5, x) for (x,) in rows]
    assert total == pytest.approx(math.fsum(value for value, _ in found), rel=1e-13)
    assert list(sums) == [pytest.approx(math.fsum(slope for _, (slope,) in found), rel=1e-13)]


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize("count", [3, 50])
def test_a_total_counts_infinite_rows_and_fails_as_recording_does(
    count: int, target: str, raises: Any
) -> None:

    program = compiled(target, wrt="w")
    for place in {0, 1, count - 1, count // 2}:
        rows = [[2.0]] * count
        rows[place] = [math.inf]
        total, sums = program.total([1.0], rows)
        assert total == math.inf
        assert list(sums) == [math.inf]
        rows[place] = [0.0]
        with raises(DomainError, "w / x does not exist at w = 1.0, x = 0.0"):
            program.total([1.0], rows)


def test_a_total_of_several_outputs_is_refused(raises: Any) -> None:
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    program = compile_graph([w * x, w + x], [w, x], wrt=[w])
    with pytest.raises(ValueError, match=r"\A.* one output, and there are 2: "):
        program.total([1.0], [[2.0]])


# -- functions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("arguments", "message"), [
    (["1", 2.0], "argument 1 must be a real number, got '1': give a number"),
    ([1.0, 1j], "argument 2 must be a real number, got 1j: give a number"),
    ([1.0, ["2"]], "argument 2 must be a real number, got '2': give a number"),
    ([Value(1.0), 1.0],
     "argument 1 must be a real number, got Value(data=1.0): give its number, as in x.data"),
], ids=["string", "complex", "list", "Value"])  # fmt: skip
def test_a_function_refuses_arguments_that_are_not_numbers(
    arguments: Any, message: str, raises: Any
) -> None:
    function = compile_function(lambda x, y: x * y)
    with raises(TypeError, message):
        function(*arguments)


def test_an_object_that_is_not_a_function_is_refused_with_options_too(raises: Any) -> None:
    with raises(TypeError, "compile_function takes a function, got 3"):
        compile_function(target="c")(3)  # type: ignore[arg-type]
