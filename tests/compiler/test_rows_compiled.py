"""Every row of the table in every target, against what recording gives: values, orders 1 and 2."""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from compiled_graphs import (
    BINARY,
    EVERY_CALLABLE_TARGET,
    EVERY_ROW,
    PYTHON_AND_C,
    ROWS,
    SPECIAL,
    UNARY,
    is_finite,
    leaves,
    numbers_of,
    outcome,
    points,
    recorded,
    run_in_node,
    same,
)

from autograd_mini import (
    DomainError,
    Operation,
    StaleGraph,
    Value,
    compile_function,
    compile_graph,
    grad,
    gradients,
    hessian,
    step,
)
from autograd_mini.engine.operation import TABLE

# A constant on either side; what can be folded or left out somewhere is among them.
CONSTANTS = [1.0, 2.0, -1.0, 0.0, -0.0, 0.5, -3.0, math.inf, -math.inf, math.nan, 1e308]

# In C every row is equal to the last bit: CPython calls the same library. NumPy and JavaScript
# have their own, whose functions are off by a unit in the last place, except for these. A row that
# is written on them is off by two.
UNITS = {"numpy": {"abs": 0, "sqrt": 0, "tanh": 2}, "javascript": {"abs": 0, "sqrt": 0}}

# What is off in the value is off in the partials that are made of it, up to so many units; that of
# the partials which are a difference with 1 is measured at 1.
OF_PARTIALS = 3
CANCELLING = {"tanh", "sigmoid"}


def primitives(*rules: str) -> set[str]:
    """The functions of the target's library that expressions come down to."""
    found = set()
    for node in itertools.chain.from_iterable(ast.walk(ast.parse(rule)) for rule in rules):
        match node:
            case ast.BinOp(op=ast.Pow(), right=exponent) if ast.unparse(exponent) != "2":
                found.add("pow")  # a square is a product
            case ast.Call(func=ast.Name(id=name)):
                value = TABLE[name].value
                found |= {name} if value.startswith(f"{name}(") else primitives(value)
    return found


def units_off(row: Operation, target: str) -> int:
    """By how many units in the last place the values of a row may be off; 0: by none."""
    called = primitives(row.value, *row.partials)
    worst = max((UNITS[target].get(name, 1) for name in called), default=0)
    return worst if row.name in called else 2 * (worst > 0)


def every_point(row: Operation) -> list[tuple[float, ...]]:
    return [*points(row, 10), *itertools.product(SPECIAL, repeat=row.arity)]


def compiled(f: Callable[..., Any], at: Sequence[Sequence[float]], target: str) -> Any:
    """The graph of f, recorded at the first of the points at which it can be; None if nowhere."""
    for point in at:
        xs = leaves(point)
        try:
            y = f(*xs)
        except DomainError:
            continue
        return compile_graph(y, xs, target=target)
    return None


# -- Python and C: to the last bit ----------------------------------------------------------------


def check_everywhere(f: Callable[..., Any], at: list[tuple[float, ...]], target: str) -> None:
    """The results, or the error, of the compiled graph at each point are those of recording."""
    program = compiled(f, at, target)
    if program is None:
        return
    for point in at:
        expected = outcome(recorded, f, point)
        found = outcome(program, *point)
        told, value = outcome(program.value, *point)
        assert found[0] == told == expected[0], (point, found, expected)
        if told == "DomainError":
            assert found[1] == value == expected[1]
            continue
        assert same(found[1], expected[1]), (point, found, expected)
        assert same(value, expected[1][0]), (point, value, expected)
        if is_finite(expected[1]):
            # The program came to this by itself, and was not recorded again.
            assert same(program._attempt(point), expected[1]), point


@PYTHON_AND_C
@EVERY_ROW
def test_a_row_gives_value_and_derivatives_of_recording_or_its_error(
    row: Operation, target: str
) -> None:
    check_everywhere(row, every_point(row), target)


@PYTHON_AND_C
@pytest.mark.parametrize("row", BINARY, ids=lambda row: row.name)
def test_a_row_with_a_constant_on_either_side_gives_what_recording_gives(
    row: Operation, target: str
) -> None:
    at = [(x,) for x in [*(point[0] for point in points(row, 5)), *SPECIAL]]
    for constant in CONSTANTS if target == "python" else CONSTANTS[:4]:
        check_everywhere(lambda x, constant=constant: row(x, constant), at, target)
        check_everywhere(lambda x, constant=constant: row(constant, x), at, target)


@PYTHON_AND_C
@pytest.mark.parametrize("row", BINARY, ids=lambda row: row.name)
def test_a_row_with_one_value_as_both_operands_gives_what_recording_gives(
    row: Operation, target: str
) -> None:
    check_everywhere(lambda x: row(x, x), [(x,) for x in [0.75, *SPECIAL]], target)


@PYTHON_AND_C
@pytest.mark.parametrize("row", UNARY, ids=lambda row: row.name)
def test_a_row_of_what_a_compiler_can_know_gives_what_recording_gives(
    row: Operation, target: str
) -> None:
    """That a step of a square is 1: then it may compute the rest too, and by other means."""
    x = Value(0.7, label="x")
    known = [2.0, 0.9, 0.5, 0.3, 1 / 3, -0.3, -0.8, 1.0, -2.0]
    outputs = [y for told, y in (outcome(of_a_step, row, x, k) for k in known) if told == "is"]
    program = compile_graph(outputs, [x], target=target)
    expected = [y.data for y in outputs], [gradients(y, [x]) for y in outputs]
    assert same(program(0.7), expected)


def of_a_step(row: Operation, x: Value, factor: float) -> Value:
    y = row(step(x * x) * factor)
    assert isinstance(y, Value)
    return y


@PYTHON_AND_C
def test_every_row_in_a_flat_tape_gives_what_recording_gives(target: str) -> None:
    """A graph that is too large to be written out; every row at its points is an output of it."""
    xs: list[Value] = []
    outputs: list[Value] = []
    for row in ROWS:
        for point in every_point(row)[:60]:
            told, expected = outcome(recorded, row, point)
            if told == "DomainError" or not is_finite(expected):
                continue
            operands = [Value(x, label=f"x{len(xs)}_{k}") for k, x in enumerate(point)]
            xs += operands
            outputs.append(row(*operands))
            if row.arity == 2:
                outputs += [row(operands[0], point[1]), row(point[0], operands[1])]
    program = compile_graph(outputs, xs, target=target)
    values, slopes = program._attempt([x.data for x in xs])
    assert len(outputs) > 1000
    assert values == [y.data for y in outputs]
    for y, found in zip(outputs, slopes):
        assert found == gradients(y, xs), y


def second_order(row: Operation, at: list[tuple[float, ...]]) -> tuple[list[Value], list[Value]]:
    """The slopes of a row at many points, and what they are of."""
    xs: list[Value] = []
    slopes: list[Value] = []
    for point in at:
        operands = [Value(x) for x in point]
        try:
            found = gradients(row(*operands), operands, create_graph=True)
        except DomainError:
            continue
        xs += operands
        slopes += found
    return xs, slopes


@PYTHON_AND_C
@EVERY_ROW
def test_the_graph_of_a_derivative_gives_value_and_derivatives_of_recording(
    row: Operation, target: str
) -> None:
    xs, slopes = second_order(row, [*points(row, 3), (1e-3,) * row.arity])
    program = compile_graph(slopes, xs, target=target)
    values, curvatures = program._attempt([x.data for x in xs])
    assert values == [slope.data for slope in slopes]
    assert curvatures == [gradients(slope, xs) for slope in slopes]


@EVERY_ROW
def test_a_compiled_derivative_is_the_derivative_everywhere(row: Operation) -> None:
    """Conditions in a row are branches of its derivative, which are followed."""
    for position in range(row.arity):
        slope = grad(row, position)
        function = compile_function(slope)
        for point in every_point(row)[:80]:
            expected = outcome(recorded, slope_of(slope), point)
            assert same(outcome(function, *point)[1], expected[1]) or expected[0] != "is", point
            assert outcome(function, *point)[0] == expected[0], (point, expected)


def slope_of(slope: Callable[..., Any]) -> Callable[..., Value]:
    """A derivative that always is a Value."""

    def f(*xs: Value) -> Value:
        found = slope(*xs)
        return found if isinstance(found, Value) else Value(found)

    return f


@PYTHON_AND_C
def test_a_compiled_hessian_is_the_hessian(target: str) -> None:
    """Of all rows in one function, each at points of its own: to the third derivative."""
    calls = [(row, point) for row in ROWS for point in list(points(row, 4))[:4]]
    numbers = [x for _, point in calls for x in point]

    def curvatures(*xs: Any) -> list[Any]:
        found, rest = [], list(xs)
        for row, point in calls:
            operands = [rest.pop(0) for _ in point]
            found += [number for line in hessian(row)(*operands) for number in line]
        return found

    expected = [number for row, point in calls for line in hessian(row)(*point) for number in line]
    values, slopes = compile_function(curvatures, target=target)(*numbers)
    assert values == expected
    xs = [Value(x) for x in numbers]
    assert slopes == [gradients(y, xs) for y in curvatures(*xs)]


@PYTHON_AND_C
def test_the_derivative_of_a_condition_is_a_branch(target: str) -> None:
    """d abs is -1 or 1 by the sign of x, which is seen although it does not depend on x else."""
    x = Value(1.5, label="x")
    (slope,) = gradients(abs(x) * x, [x], create_graph=True)
    program = compile_graph(slope, [x], target=target)
    assert program(2.0) == (4.0, [2.0])
    with pytest.raises(StaleGraph):
        program(-2.0)


# -- NumPy and JavaScript: to a few units in the last place ---------------------------------------


def close(found: Any, expected: Any, units: int, floor: float = 0.0) -> bool:
    return all(
        same(a, b) or abs(a - b) <= units * math.ulp(max(abs(a), abs(b), floor))
        for a, b in zip(numbers_of(found), numbers_of(expected), strict=True)
    )


def check_close(row: Operation, target: str, point: Any, found: Any, expected: Any) -> None:
    units = units_off(row, target)
    floor = 1.0 if row.name in CANCELLING else 0.0
    assert close(found[0], expected[0], units), (row, point, found, expected)
    assert close(found[1], expected[1], OF_PARTIALS * (units > 0), floor), (row, point)


@EVERY_ROW
def test_a_row_over_arrays_gives_value_and_derivatives_of_recording_or_its_error(
    row: Operation,
) -> None:
    numpy = pytest.importorskip("numpy")
    at = every_point(row)
    program = compiled(row, at, "numpy")
    outcomes = [outcome(recorded, row, point) for point in at]
    for point, (told, expected) in zip(at, outcomes):
        if told == "DomainError":
            assert outcome(program, *point) == (told, expected)
    exist = [point for point, (told, _) in zip(at, outcomes) if told == "is"]
    values, slopes = program(*numpy.array(exist).T)
    expected = [number for told, number in outcomes if told == "is"]
    for number, point in enumerate(exist):
        found = values[number], [slope[number] for slope in slopes]
        check_close(row, "numpy", point, found, expected[number])


@EVERY_ROW
def test_the_derivative_of_a_row_over_arrays(row: Operation) -> None:
    numpy = pytest.importorskip("numpy")
    for point in points(row, 10):
        xs, slopes = second_order(row, [point])
        if slopes:
            values, curvatures = compile_graph(slopes, xs, target="numpy")(*map(numpy.array, point))
            expected = [gradients(slope, xs) for slope in slopes]
            if units_off(row, "numpy"):
                assert values == pytest.approx([slope.data for slope in slopes], rel=1e-14)
                assert numbers_of(curvatures) == pytest.approx(
                    numbers_of(expected), rel=1e-14, abs=1e-15
                )
            else:
                assert values == [slope.data for slope in slopes]
                assert curvatures == expected


@pytest.mark.node
def test_every_row_in_node_gives_value_and_derivatives_of_recording_or_fails(
    tmp_path: Path,
) -> None:
    programs = []
    for row in ROWS:
        xs = leaves([0.5, 0.25][: row.arity])
        programs.append((compile_graph(row(*xs), xs, target="javascript").source, every_point(row)))
    for row, results in zip(ROWS, run_in_node(tmp_path, programs)):
        for point, found in zip(every_point(row), results):
            told, expected = outcome(recorded, row, point)
            # In JavaScript pow(1, Infinity) is NaN, where C, Python and IEEE 754 have 1.
            has_no_power = row.name == "pow" and abs(point[0]) == 1.0 and math.isinf(point[1])
            if told == "DomainError" or not math.isfinite(expected[0]) or has_no_power:
                assert found == "RangeError: an operation has no finite value", (row, point)
            else:
                assert isinstance(found, list), (row, point, found, expected)
                check_close(row, "javascript", point, found, expected)


@pytest.mark.node
def test_the_derivative_of_every_row_in_node(tmp_path: Path) -> None:
    graphs = [second_order(row, list(points(row, 6))) for row in ROWS]
    programs = [
        (compile_graph(slopes, xs, target="javascript").source, [[x.data for x in xs]])
        for xs, slopes in graphs
    ]
    for row, (xs, slopes), (found,) in zip(ROWS, graphs, run_in_node(tmp_path, programs)):
        expected = [slope.data for slope in slopes], [gradients(slope, xs) for slope in slopes]
        if units_off(row, "javascript"):
            assert numbers_of(found) == pytest.approx(numbers_of(expected), rel=1e-14, abs=1e-15)
        else:
            assert numbers_of(found) == numbers_of(expected)


@pytest.mark.node
def test_values_that_overflow_only_together_are_finite_in_node(tmp_path: Path) -> None:
    """Other targets add up what they look at, and record again where the sum is infinite."""
    x = Value(2.0, label="x")
    program = compile_graph([x * 1.5, x - 1.0], [x], target="javascript")
    ((found, failed),) = run_in_node(tmp_path, [(program.source, [(1e308,), (1.5e308,)])])
    assert found == [[1.5e308, 1e308], [[1.5], [1.0]]]
    assert failed == "RangeError: an operation has no finite value"


@EVERY_CALLABLE_TARGET
def test_a_zero_has_the_sign_that_recording_gives(target: str) -> None:
    """NumPy takes the square root for an exponent of 0.5, and that of -0.0 is -0.0."""
    for exponent in (0.5, 3.0, 2.0, 1.5):
        x = Value(-0.0, label="x")
        y = x**exponent
        value = compile_graph(y, [x], target=target).value(-0.0)
        assert (value, math.copysign(1.0, value)) == (0.0, math.copysign(1.0, y.data))
