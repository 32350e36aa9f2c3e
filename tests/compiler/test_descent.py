"""Gradient descent inside compiled graphs: as by hand, as by nn, and as far as it can go."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest
from compiled_graphs import EVERY_CALLABLE_TARGET, PYTHON_AND_C, C

import nn
from autograd_mini import (
    DomainError,
    StaleGraph,
    Value,
    compile_graph,
    exp,
    log,
    sigmoid,
    sqrt,
    tanh,
)

START = [0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55, 0.35, 0.60]


def lecture(target: str, with_sample: bool = False) -> Any:
    network = nn.two_two_two()
    E = network.forward()
    sample = [network.i1, network.i2, network.t1, network.t2] if with_sample else []
    parameters = network.parameters()
    return compile_graph(E, [*parameters, *sample], parameters, target)


@PYTHON_AND_C
@pytest.mark.parametrize(
    ("rounds", "error"), [(1, 0.2857508866992965), (300, 0.0019367573011484754)]
)
def test_the_lectures_network_learns_as_the_lecture_says(
    target: str, rounds: int, error: float
) -> None:
    compiled = lecture(target)
    trained = compiled.descend(START, 0.5, rounds).values
    assert compiled.value(*trained) == pytest.approx(error, rel=1e-12)
    sampled = lecture(target, with_sample=True)
    assert sampled.descend(START, 0.5, rounds, batch=[[0.05, 0.10, 0.01, 0.99]]).values == trained


@PYTHON_AND_C
def test_ten_thousand_rounds(target: str) -> None:
    compiled = lecture(target)
    trained = compiled.descend(START, 0.5, 10_000).values
    assert compiled.value(*trained) == pytest.approx(4.355321066163729e-06, rel=1e-12)


OPTIMIZERS = {
    "sgd": lambda parameters, decay: nn.SGD(parameters, 0.1, weight_decay=decay),
    "momentum": lambda parameters, decay: nn.SGD(parameters, 0.1, 0.9, decay),
    "adam": lambda parameters, decay: nn.Adam(parameters, 0.1, weight_decay=decay),
}


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize("method", OPTIMIZERS)
@pytest.mark.parametrize("decay", [0.0, 0.01])
@pytest.mark.parametrize("count", [1, 7, 50])
def test_a_descent_moves_as_the_optimizers_of_nn_do(
    target: str, method: str, decay: float, count: int
) -> None:
    """Also over so many rows that C computes several at a time."""
    generator = random.Random(count)
    rows = [[generator.gauss(0, 1) for _ in range(4)] for _ in range(count)]
    network = nn.two_two_two()
    data = [([i1, i2], [t1, t2]) for i1, i2, t1, t2 in rows]
    optimizer = OPTIMIZERS[method](network.parameters(), decay)
    nn.fit(network, data, nn.half_squared_error, optimizer, epochs=12)
    moved = (
        lecture(target, with_sample=True)
        .descend(START, 0.1, 12, batch=rows, method=method, weight_decay=decay)
        .values
    )
    expected = [parameter.data for parameter in network.parameters()]
    assert moved == pytest.approx(expected, rel=1e-12, abs=1e-15)


@PYTHON_AND_C
def test_all_parameters_move_at_once_where_a_gradient_is_a_parameter(target: str) -> None:
    a, b = Value(2.0, label="a"), Value(3.0, label="b")
    compiled = compile_graph(a * b, [a, b], target=target)
    assert compiled.descend([2.0, 3.0], rate=0.5, times=1).values == [0.5, 2.0]
    assert compiled.descend([2.0, 3.0], 0.5, 1, weight_decay=1.0).values == [-0.5, 0.5]


@PYTHON_AND_C
def test_inputs_that_move_may_stand_between_others(target: str) -> None:
    x, w, y, b = (Value(n, label=name) for n, name in zip((1.0, 2.0, 3.0, 4.0), "xwyb"))
    compiled = compile_graph((w * x + b - y) ** 2, [x, w, y, b], [b, w], target)
    assert compiled.wrt == ("b", "w")
    assert compiled.descend([4.0, 2.0], 0.25, 1, batch=[[1.0, 3.0], [0.0, 3.0]]).values == [
        3.0,
        1.25,
    ]


@EVERY_CALLABLE_TARGET
def test_a_flat_tape_descends_too(target: str) -> None:
    def deep(w: Value) -> Value:
        for _ in range(6_000):
            w = w * 0.999 + 0.001
        return (w - 1.0) ** 2

    w = Value(0.0, label="w")
    compiled = compile_graph(deep(w), [w], target=target)
    optimizer = nn.Adam([w], 0.5)
    for _ in range(3):
        optimizer.zero_grad()
        deep(w).backward()
        optimizer.step()
    moved = compiled.descend([0.0], 0.5, 3, method="adam").values
    assert moved == pytest.approx([w.data], rel=1e-12)


def long_sum(w: Value, v: Value, x: Any) -> Value:
    """More than 1,000 values, which C computes by a tape; the gradients meet in many uses."""
    total = w * 0.5
    for k in range(250):
        total = total + tanh(w * x + v * (k / 250)) * v
    return total / 250.0


@pytest.mark.cc
@pytest.mark.parametrize("decay", [0.0, 0.25])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_tape_in_c_descends_to_the_same_bits_as_lines_of_python(decay: float, count: int) -> None:
    w, v, x = Value(0.5, label="w"), Value(-0.25, label="v"), Value(0.75, label="x")
    rows = [[math.sin(k)] for k in range(count)] or None
    inputs = [w, x, v] if rows else [v, w]  # the order of wrt is another
    found = [
        compile_graph(long_sum(w, v, x if rows else 0.75), inputs, [w, v], target)
        for target in ("c", "python")
    ]
    for method in OPTIMIZERS:
        in_c, in_python = (
            program.descend([0.5, -0.25], 0.125, 4, rows, method=method, weight_decay=decay)
            for program in found
        )
        assert in_c.values == in_python.values
        in_c.run(3)
        in_python.run(3)
        assert in_c.values == in_python.values, method


@pytest.mark.cc
def test_a_tape_in_c_stops_at_a_step_that_cannot_be_made() -> None:
    """At a number without a logarithm, on another branch, and after many rows that are good."""
    w, x = Value(2.0, label="w"), Value(1.0, label="x")
    uphill = compile_graph(log(w) + long_sum(w, w, 0.0) * 0.0, [w], target="c")
    descent = uphill.descend([2.0], 2.0, 0)  # 2 - 2 / 2 = 1, 1 - 2 / 1 = -1
    with pytest.raises(DomainError, match=r"log\(w\) does not exist at w = -1.0"):
        descent.run(5)
    assert (descent.steps, descent.values) == (2, [-1.0])
    branch = w * w if w > 0.5 else -w
    on_one_side = compile_graph(branch + long_sum(w, w, 0.0) * 0.0, [w], target="c")
    with pytest.raises(StaleGraph, match=r"recorded where w > 0\.5 was True"):
        on_one_side.descend([1.0], 0.25, 3)
    of_rows = compile_graph(w * log(x) + long_sum(w, w, x) * 0.0, [w, x], [w], "c")
    with pytest.raises(DomainError, match=r"log\(x\) does not exist at x = 0.0"):
        of_rows.descend([1.0], 0.1, 3, batch=[[2.0]] * 5 + [[0.0]])


@EVERY_CALLABLE_TARGET
def test_no_steps_lead_nowhere(target: str) -> None:
    assert lecture(target).descend(START, 0.5, 0).values == START


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize("method", ["sgd", "momentum", "adam"])
def test_a_descent_goes_on_where_it_stopped(target: str, method: str) -> None:
    compiled = lecture(target)
    descent = compiled.descend(START, 0.1, 0, method=method)
    for times in (1, 0, 5, 4):
        descent.run(times)
    assert descent.steps == 10
    assert descent.values == compiled.descend(START, 0.1, 10, method=method).values


@EVERY_CALLABLE_TARGET
def test_a_step_that_cannot_be_made_leaves_those_before_it(target: str) -> None:
    x = Value(1.0, label="x")
    compiled = compile_graph(-log(x), [x], target=target)  # x + rate / x, the wrong way
    uphill = compile_graph(log(x), [x], target=target)
    assert compiled.descend([1.0], 1.0, 1).values == [2.0]
    descent = uphill.descend([2.0], 2.0, 0)  # 2 - 2 / 2 = 1, 1 - 2 / 1 = -1
    with pytest.raises(DomainError) as caught:
        descent.run(5)
    assert str(caught.value) == "log(x) does not exist at x = -1.0"
    assert (descent.steps, descent.values) == (2, [-1.0])


@EVERY_CALLABLE_TARGET
def test_a_row_without_a_value_is_named(target: str) -> None:
    w, x = Value(1.0, label="w"), Value(2.0, label="x")
    compiled = compile_graph(w * log(x), [w, x], [w], target)
    rows = [[1.0 + k] for k in range(60)]
    rows[41] = [0.0]
    with pytest.raises(DomainError) as caught:
        compiled.descend([1.0], 0.1, 3, batch=rows)
    assert str(caught.value) == "log(x) does not exist at x = 0.0"
    with pytest.raises(DomainError):
        compiled.total([1.0], rows)


@EVERY_CALLABLE_TARGET
def test_an_infinite_partial_is_followed_as_everywhere(target: str) -> None:
    """sqrt has a value at 0 and no finite slope there; only the program stops."""
    x, w = Value(1.0, label="x"), Value(1.0, label="w")
    compiled = compile_graph(x**0.5 + w * w, [x, w], target=target)
    assert compiled.descend([0.0, 1.0], 0.25, 1).values == [float("-inf"), 0.5]


@EVERY_CALLABLE_TARGET
def test_an_infinite_partial_moves_no_parameter_twice(target: str) -> None:
    """The program stops at the slope of sqrt at 0, which stands behind the other in the update."""
    w, x = Value(1.0, label="w"), Value(1.0, label="x")
    compiled = compile_graph(3.0 * w + sqrt(x), [w, x], target=target)
    assert compiled.descend([1.0, 0.0], 0.25, 1).values == [0.25, float("-inf")]


@PYTHON_AND_C
def test_sums_over_many_rows_hold_row_by_row(target: str) -> None:
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    compiled = compile_graph(sigmoid(w * x) * exp(-x * x), [w, x], [w], target)
    generator = random.Random(1)
    for count in (0, 1, 3, 31, 32, 33, 34, 35, 101):
        rows = [[generator.gauss(0, 2)] for _ in range(count)]
        total, sums = compiled.total([0.5], rows)
        pairs = [compiled(0.5, *row) for row in rows]
        assert total == pytest.approx(sum(value for value, _ in pairs), rel=1e-14)
        assert sums == pytest.approx([sum(g[0] for _, g in pairs)], rel=1e-13, abs=1e-16)


@EVERY_CALLABLE_TARGET
def test_a_total_over_rows_of_nothing_counts_them(target: str) -> None:
    x, y = Value(2.0, label="x"), Value(3.0, label="y")
    compiled = compile_graph(x * y + y, [x, y], target=target)
    for count in (1, 3, 40):
        assert compiled.total([2.0, 5.0], [[]] * count) == (
            15.0 * count,
            [5.0 * count, 3.0 * count],
        )


@EVERY_CALLABLE_TARGET
def test_a_total_may_have_slopes_that_are_infinite_or_nan(target: str) -> None:
    """And no target warns of them."""
    x, w = Value(2.0, label="x"), Value(3.0, label="w")
    compiled = compile_graph(w * sqrt(x), [x, w], [x], target)
    assert compiled.total([0.0], [[1.0], [2.0]]) == (0.0, [math.inf])
    total, (slope,) = compiled.total([0.0], [[1.0], [-1.0], [2.0]])
    assert (total, math.isnan(slope)) == (0.0, True)
    total, (slope,) = compiled.total([math.inf], [[1.0], [-1.0]])
    assert (math.isnan(total), slope) == (True, 0.0)


@pytest.mark.parametrize(
    ("arguments", "options", "error", "message"),
    [
        ((START, 0.5, -1), {}, ValueError, "times must be a whole number of at least 0, got -1"),
        ((START, 0.5, 1.0), {}, ValueError, "times must be a whole number of at least 0, got 1.0"),
        ((START, "x", 1), {}, TypeError, "rate must be a number, got 'x'"),
        ((START, float("nan"), 1), {}, ValueError, "rate must be a finite number, got nan"),
        (
            (START, 0.5, 1),
            {"method": "newton"},
            ValueError,
            "method must be one of sgd, momentum, adam, got 'newton'",
        ),
        (
            (START, 0.5, 1),
            {"momentum": 0.9},
            TypeError,
            "the method 'sgd' takes no constants, got 'momentum'",
        ),
        (
            ([1.0, 2.0], 0.5, 1),
            {},
            ValueError,
            "start has 2 numbers; give 10 numbers (w1, w2, w3, w4, w5, w6, w7, w8, b1, b2)",
        ),
        (
            ([*START[:9], "a"], 0.5, 1),
            {},
            TypeError,
            "b2 in start must be a real number, got 'a': give a number",
        ),
        (
            (START, 0.5, 1),
            {"batch": [[1.0]]},
            TypeError,
            "all inputs move (w1, w2, w3, w4, w5, w6, w7, w8, b1, b2), so that a batch "
            "gives no input: leave it out, or compile with the inputs that move as wrt",
        ),
    ],
)
def test_settings_that_do_not_fit_a_descent_are_named(
    arguments: tuple[Any, ...], options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        lecture("python").descend(*arguments, **options)
    assert str(caught.value) == message


def test_a_descent_with_inputs_that_do_not_move_needs_a_batch() -> None:
    compiled = lecture("python", with_sample=True)
    with pytest.raises(TypeError) as missing:
        compiled.descend(START, 0.5, 1)
    assert str(missing.value) == (
        "i1, i2, t1, t2 are inputs that are not in wrt and do not move: give their numbers, "
        "as batch=[[...], ...]"
    )
    with pytest.raises(
        ValueError, match="the batch has no rows: give at least one, of which to take the mean"
    ):
        compiled.descend(START, 0.5, 1, batch=[])


def test_only_one_output_can_be_followed() -> None:
    x = Value(1.0, label="x")
    with pytest.raises(ValueError, match="descent follows one output, and there are 2"):
        compile_graph([x * x, x], [x]).descend([1.0], 0.1, 1)


@pytest.mark.parametrize("target", [C])
def test_a_long_loop_in_c_comes_back_to_python(target: str) -> None:
    """So that Ctrl-C is heard: a block at a time, and together they are all steps."""
    compiled = lecture(target)
    assert (
        compiled.descend(START, 0.5, 100_001).values
        == lecture("python").descend(START, 0.5, 100_001).values
    )
