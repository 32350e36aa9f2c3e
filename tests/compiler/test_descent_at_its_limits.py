"""Gradient descent inside programs, where it stops, where it is large, and what it is refused."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Sequence
from functools import reduce
from operator import add
from typing import Any

import pytest
from compiled_graphs import (
    EVERY_CALLABLE_TARGET,
    PYTHON_AND_C,
    SPECIAL,
    outcome,
)

import nn
from autograd_mini import (
    Compiled,
    DomainError,
    StaleGraph,
    Value,
    compile_graph,
    cos,
    log,
    relu,
    sigmoid,
    sin,
    tanh,
)

METHODS: dict[str, Callable[[list[Value], float, float], nn.Optimizer]] = {
    "sgd": lambda parameters, rate, decay: nn.SGD(parameters, rate, weight_decay=decay),
    "momentum": lambda parameters, rate, decay: nn.SGD(parameters, rate, 0.9, decay),
    "adam": lambda parameters, rate, decay: nn.Adam(parameters, rate, weight_decay=decay),
}
EVERY_METHOD = pytest.mark.parametrize("method", METHODS)


def eagerly(
    f: Callable[..., Value],
    start: Sequence[float],
    rows: Sequence[Sequence[float]],
    times: int,
    method: str,
    rate: float = 0.1,
    decay: float = 0.0,
) -> list[float]:
    """The same descent, recorded at every step."""
    parameters = [Value(x) for x in start]
    optimizer = METHODS[method](parameters, rate, decay)
    for _ in range(times):
        optimizer.zero_grad()
        for row in rows:
            (f(*parameters, *row) / len(rows)).backward()
        optimizer.step()
    return [parameter.data for parameter in parameters]


def compiled(
    f: Callable[..., Value], moving: int, given: int = 0, target: str = "python"
) -> Compiled:
    """The graph of f, whose first arguments move."""
    xs = [Value(0.5 + k / 7, label=f"x{k + 1}") for k in range(moving + given)]
    return compile_graph(f(*xs), xs, xs[:moving], target)


# -- at once --------------------------------------------------------------------------------------

SIMULTANEOUS = {
    "each other": lambda a, b, c: a * b,
    "negative": lambda a, b, c: -(a * b) + b * c,
    "in a ring": lambda a, b, c: a * b + b * c + c * a,
    "twice": lambda a, b, c: 2.0 * a * b,
    "constant": lambda a, b, c: a + 2.0 * b - c,
    "not at all": lambda a, b, c: a * 0.0 + tanh(b),
    "itself": lambda a, b, c: a * a / 2.0 + b * a,
    "a result": lambda a, b, c: a * tanh(b) + tanh(b) * c,
}


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize("f", SIMULTANEOUS.values(), ids=SIMULTANEOUS)
def test_no_new_parameter_enters_the_update_of_another(f: Any, target: str) -> None:
    start = [2.0, 3.0, 5.0]
    program = compiled(f, 3, target=target)
    in_c = [("sgd", 0.0), ("sgd", 0.25), ("adam", 0.25)]
    for method, decay in [*in_c, ("momentum", 0.0)] if target != "c" else in_c:
        found = program.descend(start, 0.1, 4, method=method, weight_decay=decay).values
        expected = eagerly(f, start, [[]], 4, method, 0.1, decay)
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-15), (method, decay)
    assert start == [2.0, 3.0, 5.0]


@EVERY_CALLABLE_TARGET
@EVERY_METHOD
@pytest.mark.parametrize("count", [3, 37])
def test_over_a_batch_no_new_parameter_enters_the_update_of_another(
    method: str, count: int, target: str
) -> None:
    def f(a: Any, b: Any, x: Any, y: Any) -> Any:
        return a * b * x + relu(b - a * y)

    rows = [[math.sin(k), math.cos(3 * k)] for k in range(count)]
    found = (
        compiled(f, 2, 2, target)
        .descend([0.5, 0.75], 0.1, 5, batch=rows, method=method, weight_decay=0.1)
        .values
    )
    expected = eagerly(f, [0.5, 0.75], rows, 5, method, 0.1, 0.1)
    assert found == pytest.approx(expected, rel=1e-12)


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize("with_batch", [False, True], ids=["alone", "batch"])
def test_a_hundred_parameters_of_long_names(with_batch: bool, target: str) -> None:
    """More than there is room for on a line, wherever they are listed; Adam lists the most."""
    method = "adam"
    xs = [Value(k / 100, label=f"parameter_number_{k}") for k in range(100)]
    given = Value(2.0, label="given_number")
    scale: Any = given if with_batch else 2.0

    def f(*xs: Any) -> Any:
        return reduce(add, (tanh(x * scale) * (k / 50) for k, x in enumerate(xs)))

    inputs = [*xs, given] if with_batch else xs
    program = compile_graph(f(*xs), inputs, wrt=xs, target=target)
    start = [x.data for x in xs]
    batch = [[2.0], [2.0]] if with_batch else None
    found = program.descend(start, 0.1, 3, batch=batch, method=method, weight_decay=0.1).values
    assert found == pytest.approx(eagerly(f, start, [[]], 3, method, 0.1, 0.1), rel=1e-12)


@EVERY_CALLABLE_TARGET
def test_the_numbers_are_floats_in_a_list(target: str) -> None:
    program = compiled(lambda a, b: a * b, 2, target=target)
    found = program.descend((2, True), 1, 1).values
    assert found == [1.0, -1.0]
    assert type(found) is list
    assert set(map(type, found)) == {float}


@PYTHON_AND_C
def test_a_start_may_be_an_array(target: str) -> None:
    numpy = pytest.importorskip("numpy")
    start = numpy.array([2.0, 3.0])
    program = compiled(lambda a, b: a * b, 2, target=target)
    assert program.descend(start, 0.5, 1).values == [0.5, 2.0]
    assert start.tolist() == [2.0, 3.0]


@EVERY_CALLABLE_TARGET
@EVERY_METHOD
def test_two_descents_share_nothing(method: str, target: str) -> None:
    program = compiled(lambda a, b: tanh(a * b) + a * a, 2, target=target)
    expected = program.descend([0.5, 1.0], 0.1, 6, method=method).values
    first = program.descend([0.5, 1.0], 0.1, 0, method=method)
    second = program.descend([-2.0, 3.0], 0.2, 0, method=method)
    for _ in range(3):
        first.run(2)
        second.run(1)
    assert first.values == expected
    assert (first.steps, second.steps) == (6, 3)


# -- of many rows ---------------------------------------------------------------------------------


@PYTHON_AND_C
@EVERY_METHOD
def test_a_flat_tape_over_a_batch(method: str, target: str) -> None:
    def f(a: Any, x: Any, y: Any) -> Any:
        for _ in range(1_300):  # 10,400 values, which no target writes as lines
            a = a + x * 0.001 - a * 0.001
            a = tanh(a) * 0.999 + a * 0.0005
        return (a - y) ** 2

    rows = [[0.5, 1.0], [-1.0, 2.0], [2.0, -0.5]]
    found = compiled(f, 1, 2, target).descend([0.5], 0.1, 2, batch=rows, method=method).values
    assert found == pytest.approx(eagerly(f, [0.5], rows, 2, method), rel=1e-12)


ROWS_OF_EVERY_KIND = {
    "sigmoid": lambda w, x: (w * x).sigmoid(),
    "softplus": lambda w, x: (w * x).softplus(),
    "relu": lambda w, x: relu(w * x - 0.5),
    "abs": lambda w, x: abs(w * x) * w,
    "sign": lambda w, x: (w * x).sign() * w,
    "maximum": lambda w, x: (w * x).maximum(x * x).minimum(w + 3.0),
    "power": lambda w, x: (w * w + 1.0) ** x + (w * x) ** 3 + 2.0**w,
    "division": lambda w, x: 1.0 / (w * w + x * x + 0.1) - w / (1.0 + x * x),
    "trigonometric": lambda w, x: (w * x).sin() * x.cos() + (w * x / 40.0).tan(),
    "inverse": lambda w, x: (tanh(w * x) * 0.9).asin() + (tanh(x) * w * 0.1).acos() + x.atan() * w,
    "exponential": lambda w, x: (w * x / 9.0).exp() + (w * x / 9.0).expm1() - x.exp() * w,
    "logarithmic": lambda w, x: (w * w + x * x + 0.1).log() + (x * x * w * w).log1p(),
    "hyperbolic": lambda w, x: (w * x / 9.0).sinh() * (w + x / 9.0).cosh(),
    "square root": lambda w, x: (w * w + x * x + 0.1).sqrt(),
    "of infinity": lambda w, x: w * x + w / (Value(math.inf) * 2.0) + x / Value(math.inf),
    "of nothing": lambda w, x: Value(2.0) * 3.0 + w * 0.0,
    "constants in a condition": lambda w, x: (w * 0.0 + 3.0).maximum(x) + Value(2.0).maximum(x) * w,
}


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize("f", ROWS_OF_EVERY_KIND.values(), ids=ROWS_OF_EVERY_KIND)
def test_every_kind_of_operation_over_many_rows(f: Any, target: str) -> None:
    """Which the target c computes several at once."""
    generator = random.Random(1)
    alone = compiled(f, 1, 1)
    for count in (33, 40):
        rows = [[generator.uniform(-3.0, 3.0)] for _ in range(count - 3)] + [[0.0], [-0.0], [0.5]]
        program = compiled(f, 1, 1, target)
        total, sums = program.total([0.75], rows)
        pairs = [alone(0.75, x) for (x,) in rows]
        size = math.fsum(abs(value) for value, _ in pairs)
        assert total == pytest.approx(math.fsum(value for value, _ in pairs), abs=size * 1e-14)
        size = math.fsum(abs(slope) for _, (slope,) in pairs)
        assert list(sums) == [
            pytest.approx(math.fsum(slope for _, (slope,) in pairs), abs=size * 1e-14)
        ]
        if f is not ROWS_OF_EVERY_KIND["of infinity"]:
            # The program came to this by itself.
            assert program._attempt_total([0.75], rows)[0] == count


# -- where it stops -------------------------------------------------------------------------------


def walk(a: Any) -> Any:
    """Whose slope is 1 as long as log(a) exists: each step is as long as the rate."""
    return a + 0.0 * log(a)


@EVERY_CALLABLE_TARGET
@EVERY_METHOD
def test_a_descent_that_leaves_the_domain_keeps_the_steps_before(method: str, target: str) -> None:
    descent = compiled(walk, 1, target=target).descend([4.25], 0.5, 0, method=method)
    with pytest.raises(DomainError) as caught:
        descent.run(100)
    values, steps = descent.values, descent.steps
    assert str(caught.value) == f"log(x1) does not exist at x1 = {values[0]!r}"
    assert values == pytest.approx(eagerly(walk, [4.25], [[]], steps, method, 0.5), rel=1e-12)
    assert values[0] <= 0.0 < eagerly(walk, [4.25], [[]], steps - 1, method, 0.5)[0]
    # Once more it stops where it is.
    with pytest.raises(DomainError):
        descent.run(1)
    assert (descent.values, descent.steps) == (values, steps)


@PYTHON_AND_C
@pytest.mark.parametrize("times", [999, 1000, 1001, 2999, 3001])
def test_steps_are_counted_however_many_are_made_before_it_stops(times: int, target: str) -> None:
    """C makes them in blocks of 1000, 2000, ..."""
    descent = compiled(walk, 1, target=target).descend([times - 0.5], 1.0, 0)
    with pytest.raises(DomainError) as caught:
        descent.run(9_000)
    assert str(caught.value) == "log(x1) does not exist at x1 = -0.5"
    assert (descent.steps, descent.values) == (times, [-0.5])


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize("count", [2, 45])
def test_a_row_that_leaves_the_domain_stops_the_whole_step(count: int, target: str) -> None:
    """w moves by -1 a step; log(w + x) is missing first at the row with the smallest x."""

    def f(w: Any, x: Any) -> Any:
        return w + 0.0 * log(w + x)

    rows = [[float(k)] for k in range(1, count)] + [[0.5]]
    descent = compiled(f, 1, 1, target).descend([3.0], 1.0, 0, rows)
    with pytest.raises(DomainError) as caught:
        descent.run(10)
    assert str(caught.value) in (
        "log(x) does not exist at x = 0.0",  # of the row [1.0], at w = -1.0
        "log(x) does not exist at x = -0.5",
    )
    assert (descent.steps, descent.values) == (4, [-1.0])


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize("count", [0, 2, 45])
def test_a_comparison_that_comes_out_otherwise_stops_it(count: int, target: str) -> None:
    def f(w: Any, *x: Any) -> Any:
        return w * 2.0 if w > -1.0 else -w

    given = 1 if count else 0
    rows = [[float(k)] for k in range(count)] or None
    descent = compiled(f, 1, given, target).descend([1.5], 0.5, 0, rows)
    with pytest.raises(StaleGraph) as caught:
        descent.run(10)
    assert str(caught.value).startswith(
        "the graph was recorded where x1 > -1.0 was True, and it is False at x1 = -1.5: "
    )
    assert (descent.steps, descent.values) == (3, [-1.5])


@EVERY_CALLABLE_TARGET
@EVERY_METHOD
@pytest.mark.parametrize("count", [0, 3, 40])
def test_infinite_slopes_and_nan_are_followed_as_without_compiling(
    count: int, method: str, target: str
) -> None:
    def f(a: Any, b: Any, *x: Any) -> Any:
        return a.sqrt() + b * b + (x[0] * b if x else 0.0)

    rows = [[float(k)] for k in range(count)]
    program = compiled(f, 2, 1 if count else 0, target)
    for start in ([0.0, 1.0], [math.inf, 1.0], [math.nan, 2.0]):
        found = program.descend(start, 0.25, 1, batch=rows or None, method=method).values
        expected = eagerly(f, start, rows or [[]], 1, method, 0.25)
        assert found == pytest.approx(expected, rel=1e-12, nan_ok=True), start


@EVERY_CALLABLE_TARGET
def test_a_bounded_loss_follows_infinities_and_nan_as_without_compiling(target: str) -> None:
    """No program looks at the loss itself, which is finite for finite parameters."""

    def f(a: Any, b: Any, c: Any) -> Any:
        hidden = tanh(a * 2.0 + b)
        return (0.25 - sigmoid(hidden * c)) ** 2 * 0.5 + sin(hidden) * cos(a)

    program = compiled(f, 3, target=target)

    def descend(start: Sequence[float]) -> list[float]:
        return program.descend(start, 0.5, 2).values

    for start in itertools.product(SPECIAL, SPECIAL, [0.5, math.inf]):
        expected = outcome(eagerly, f, start, [[]], 2, "sgd", 0.5)
        how, found = outcome(descend, start)
        assert how == expected[0], start
        assert how == "DomainError" or found == pytest.approx(expected[1], rel=1e-12, nan_ok=True)


@EVERY_CALLABLE_TARGET
def test_a_rate_that_is_too_high_says_so_as_recording_does(target: str) -> None:
    program = compiled(lambda a: a * a, 1, target=target)
    with pytest.raises(DomainError, match=r"\Ax1 \* x1 overflows at x1 = -?\d\.\d+e\+\d+\Z"):
        program.descend([1.0], 1e3, 200)


# -- what it is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"rate": True}, TypeError, "rate must be a number, got True"),
    ({"rate": None}, TypeError, "rate must be a number, got None"),
    ({"rate": 1j}, TypeError, "rate must be a number, got 1j"),
    ({"rate": math.inf}, ValueError, "rate must be a finite number, got inf"),
    ({"weight_decay": "0"}, TypeError, "weight_decay must be a number, got '0'"),
    ({"weight_decay": math.nan}, ValueError, "weight_decay must be a finite number, got nan"),
    ({"method": "momentum", "momentum": math.nan}, ValueError,
     "momentum must be a finite number, got nan"),
    ({"method": "momentum", "beta1": 0.5}, TypeError,
     "the method 'momentum' takes momentum, got 'beta1'"),
    ({"method": "adam", "momentum": 0.5}, TypeError,
     "the method 'adam' takes beta1, beta2, epsilon, got 'momentum'"),
    ({"method": "SGD"}, ValueError,
     "method must be one of sgd, momentum, adam, got 'SGD'"),
    ({"times": True}, ValueError, "times must be a whole number of at least 0, got True"),
    ({"times": None}, ValueError, "times must be a whole number of at least 0, got None"),
    ({"times": "3"}, ValueError, "times must be a whole number of at least 0, got '3'"),
    ({"start": 5.0}, TypeError, "start must be a list of 2 numbers (x1, x2), got 5.0"),
    ({"start": "ab"}, TypeError, "start must be a list of 2 numbers (x1, x2), got 'ab'"),
    ({"start": None}, TypeError, "start must be a list of 2 numbers (x1, x2), got None"),
    ({"start": [1.0]}, ValueError, "start has 1 number; give 2 numbers (x1, x2)"),
    ({"start": [1.0, None]}, TypeError,
     "x2 in start must be a real number, got None: give a number"),
])  # fmt: skip
def test_arguments_that_do_not_fit_a_descent_are_named(
    options: Any, error: Any, message: str, raises: Any
) -> None:
    program = compiled(lambda a, b: a * b, 2)
    with raises(error, message):
        program.descend(**{"start": [1.0, 2.0], "rate": 0.1, "times": 1, **options})


@pytest.mark.parametrize("name", ["beta1", "beta2"])
@pytest.mark.parametrize("number", [1.0, 1.5])
def test_means_that_forget_nothing_are_refused(name: str, number: float) -> None:
    """As by nn.Adam: 1 - beta**steps is divided by."""
    program = compiled(lambda a, b: a * b, 2)
    with pytest.raises(ValueError, match=name):
        program.descend([1.0, 2.0], 0.1, 3, method="adam", **{name: number})


@pytest.mark.parametrize("number", [0.0, -1e-8])
def test_an_epsilon_that_prevents_no_division_by_zero_is_refused(
    number: float, raises: Any
) -> None:
    """As by nn.Adam."""
    program = compiled(lambda a, b: a * 0.0 + b, 2)
    with raises(ValueError, f"epsilon must be greater than 0, got {number!r}"):
        program.descend([1.0, 2.0], 0.1, 3, method="adam", epsilon=number)


@PYTHON_AND_C
def test_rates_and_times_may_be_those_of_numpy(target: str) -> None:
    numpy = pytest.importorskip("numpy")
    program = compiled(lambda a, b: a * b, 2, target=target)
    expected = program.descend([2.0, 3.0], 0.5, 3, weight_decay=0.25).values
    assert (
        expected
        == program.descend(
            [2.0, 3.0], numpy.float32(0.5), numpy.int64(3), weight_decay=numpy.float16(0.25)
        ).values
    )


def test_a_rate_beyond_all_floats_is_refused() -> None:
    program = compiled(lambda a, b: a * b, 2)
    with pytest.raises(DomainError, match=r"\Athe int is too large for a float"):
        program.descend([1.0, 2.0], 10**400, 1)


def test_rows_that_do_not_fit_are_named(raises: Any) -> None:
    program = compiled(lambda a, x, y: a * x * y, 1, 2)
    with raises(ValueError, "row 1 of the batch has 1; give 2 numbers (x2, x3)"):
        program.descend([1.0], 0.1, 1, batch=[[1.0, 2.0], [1.0]])
    with raises(TypeError, "x3 in row 0 must be a real number, got '2': give a number"):
        program.descend([1.0], 0.1, 1, batch=[[1.0, "2"]])
    with raises(TypeError, "a batch is a list of rows of 2 numbers (x2, x3), got 1.0"):
        program.descend([1.0], 0.1, 1, batch=1.0)
    with raises(ValueError, "the batch has no rows: give at least one, of which to take the mean"):
        program.descend([1.0], 0.1, 1, batch=[])


@PYTHON_AND_C
def test_a_graph_whose_inputs_are_all_given_moves_nothing(target: str) -> None:
    x = Value(2.0, label="x")
    program = compile_graph(x * x, [x], wrt=[], target=target)
    assert program.descend([], 0.1, 3, batch=[[1.0]]).values == []
    assert compile_graph(x * x, [], target=target).descend([], 0.1, 3).values == []


@pytest.mark.cc
def test_a_batch_that_is_an_array_is_read_where_it_is() -> None:
    numpy = pytest.importorskip("numpy")
    program = compiled(lambda a, x: (a * x - 1.0) ** 2, 1, 1, "c")
    rows = numpy.linspace(0.1, 1.0, 100).reshape(100, 1)
    listed = program.descend([0.5], 0.1, 20, batch=rows.tolist()).values
    rows.flags.writeable = False
    assert program.descend([0.5], 0.1, 20, batch=rows).values == listed
    assert program.descend([0.5], 0.1, 20, batch=numpy.asfortranarray(rows)).values == listed
