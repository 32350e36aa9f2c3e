"""Generated programs are to be read: as a student would have written them, by the labels."""

from __future__ import annotations

import math
from collections.abc import Callable
from textwrap import dedent

import pytest
from compiled_graphs import EVERY_CALLABLE_TARGET, outcome, recorded

from autograd_mini import Value, compile_function, compile_graph, exp, log, relu, sigmoid, tanh


def neuron() -> tuple[Value, list[Value], list[Value]]:
    """E = (t - sigmoid(w * x + b))**2 / 2 with all its labels; its inputs; its weights."""
    w, x, b, t = (Value(n, label=name) for name, n in zip("wxbt", (0.5, 2.0, 0.25, 1.0)))
    out = sigmoid(w * x + b)
    out.label = "out"
    E = (t - out) ** 2 / 2
    E.label = "E"
    return E, [w, x, b], [w, b]


PYTHON = """\
from math import exp


def value_and_gradients(w, x, b):
    # constants: t = 1.0
    # forward
    v2 = w * x + b
    out = 1.0 / (1.0 + exp(-v2)) if v2 >= 0.0 else exp(v2) / (1.0 + exp(v2))
    v3 = 1.0 - out
    E = v3 * v3 / 2.0
    if (v2 + E) * 0.0 != 0.0:
        raise ArithmeticError('an operation has no finite value')
    # backward
    dE_dout = -v3
    dE_dv2 = dE_dout * (out * v3)
    dE_dw = dE_dv2 * x
    return E, [dE_dw, dE_dv2]
"""

NUMPY = """\
from numpy import exp, where


def value_and_gradients(w, x, b):
    # constants: t = 1.0
    # forward
    v2 = w * x + b
    out = where(v2 >= 0.0, 1.0 / (1.0 + exp(-v2)), exp(v2) / (1.0 + exp(v2)))
    v3 = 1.0 - out
    E = v3 * v3 / 2.0
    # finite where every value is, and on the side of every comparison
    looked_at = v2 + E
    # backward
    dE_dout = -v3
    dE_dv2 = dE_dout * (out * v3)
    dE_dw = dE_dv2 * x
    return E, looked_at, [dE_dw, dE_dv2]
"""

JAVASCRIPT = """\
export function valueAndGradients(w, x, b) {
    // constants: t = 1.0
    // forward
    const v2 = w * x + b;
    const out = v2 >= 0.0 ? 1.0 / (1.0 + Math.exp(-v2)) : Math.exp(v2) / (1.0 + Math.exp(v2));
    const v3 = 1.0 - out;
    const E = v3 * v3 / 2.0;
    if (!(Number.isFinite(v2) && Number.isFinite(E))) {
        throw new RangeError("an operation has no finite value");
    }
    // backward
    const dE_dout = -v3;
    const dE_dv2 = dE_dout * (out * v3);
    const dE_dw = dE_dv2 * x;
    return [E, [dE_dw, dE_dv2]];
}
"""

C = """\
#include <math.h>

#define INPUTS 3
#define OUTPUTS 1
#define WRT 2

/* inputs: w, x, b */
/* Returns 0; 1 if a value is not finite; 2 + k if comparison k is otherwise. */
int value_and_gradients(const double *inputs, double *values, double *gradients)
{
    const double w = inputs[0];
    const double x = inputs[1];
    const double b = inputs[2];
    /* constants: t = 1.0 */
    /* forward */
    const double v2 = w * x + b;
    const double out = v2 >= 0.0 ? 1.0 / (1.0 + exp(-v2)) : exp(v2) / (1.0 + exp(v2));
    const double v3 = 1.0 - out;
    const double E = v3 * v3 / 2.0;
    if ((v2 + E) * 0.0 != 0.0)
        return 1;
    values[0] = E;
    if (!gradients)
        return 0;
    /* backward */
    const double dE_dout = -v3;
    const double dE_dv2 = dE_dout * (out * v3);
    const double dE_dw = dE_dv2 * x;
    gradients[0] = dE_dw;
    gradients[1] = dE_dv2;
    return 0;
}
"""


@pytest.mark.parametrize(
    ("target", "source"),
    [("python", PYTHON), ("numpy", NUMPY), ("javascript", JAVASCRIPT)],
    ids=["python", "numpy", "javascript"],
)
def test_the_whole_source_of_a_neuron(target: str, source: str) -> None:
    E, inputs, weights = neuron()
    assert compile_graph(E, inputs, wrt=weights, target=target).source == source


@pytest.mark.cc
def test_the_whole_source_of_a_neuron_in_c() -> None:
    """A line on how to build it, this function, and the loops around it, the same for all."""
    E, inputs, weights = neuron()
    source = compile_graph(E, inputs, wrt=weights, target="c").source
    first, _, rest = source.partition("\n\n")
    how = "cc -O2 -fPIC -shared -std=c99 -ffp-contract=off FILE.c -lm"
    assert first == f"/* Build it with: {how} */"
    assert rest.startswith(C)
    loops = [
        line for line in rest[len(C) :].splitlines() if line and not line.startswith((" ", "/"))
    ]
    heads = [line for line in loops if line not in "{}" and not line.startswith("__")]
    assert heads == [
        "long batch(long count, const double *rows, double *values, double *gradients)",
        "static const int moving[] = {0, 2};",
        "static const int given[] = {1};",
        "long total(const double *w, long count, const double *rows, double *value, double *sums)",
        "int descend(double *w, double rate, int times, long count, const double *rows)",
    ]


def body(y: Value | list[Value], inputs: list[Value]) -> str:
    """The Python of a graph without its head."""
    source = compile_graph(y, inputs).source
    return dedent(source[source.index("\n", source.index("def value_and_gradients")) + 1 :])


def test_several_outputs_have_a_backward_pass_each() -> None:
    w, x, b = (Value(n, label=name) for name, n in zip("wxb", (0.5, 2.0, 1.0)))
    h = relu(w * x)
    h.label = "h"
    assert body([h * h, h + b], [w, b]) == dedent(
        """\
        # constants: x = 2.0
        # forward
        v1 = w * 2.0
        h = 0.0 if v1 <= 0.0 else v1
        v2 = h * h
        v3 = h + b
        if (v1 + v2 + v3) * 0.0 != 0.0:
            raise ArithmeticError('an operation has no finite value')
        # backward from v2
        dv2_dh = h + h
        dv2_dw = (dv2_dh * 0.0 if v1 <= 0.0 else dv2_dh) * 2.0
        # backward from v3
        dv3_dv1 = 0.0 if v1 <= 0.0 else 1.0
        dv3_dw = 0.0 if v1 <= 0.0 else 2.0
        return [v2, v3], [[dv2_dw, 0.0], [dv3_dw, 1.0]]
        """
    )


def test_a_comparison_is_checked_before_what_follows_it() -> None:
    x = Value(2.0, label="x")
    y = log(x) if x > 1.0 else -x
    assert body(y, [x]) == dedent(
        """\
        # forward
        if not x > 1.0:
            raise_stale(0)
        v1 = log(x)
        if v1 * 0.0 != 0.0:
            raise ArithmeticError('an operation has no finite value')
        # backward
        dv1_dx = 1.0 / x
        return v1, [dv1_dx]
        """
    )


def test_a_value_that_does_not_move_has_no_backward_line() -> None:
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    source = compile_graph(exp(x) * w, [w, x], wrt=[w]).source
    assert source.count("exp(x)") == 1
    assert "_dx" not in source


def test_a_function_is_written_by_its_own_names() -> None:
    @compile_function
    def area(width, height):
        return width * height

    with pytest.raises(RuntimeError) as caught:
        area.source  # noqa: B018
    assert str(caught.value) == "there is no program before the first call: call the function first"
    assert area(2.0, 3.0) == (6.0, [3.0, 2.0])
    assert area.source == dedent(
        """\
        def value_and_gradients(width, height):
            # forward
            v1 = width * height
            if v1 * 0.0 != 0.0:
                raise ArithmeticError('an operation has no finite value')
            return v1, [height, width]
        """
    )


# -- what is left out, and what is not ------------------------------------------------------------


def test_an_equal_part_is_computed_once() -> None:
    x = Value(0.5, label="x")
    source = compile_graph(tanh(x * 3.0) * tanh(3.0 * x) + tanh(x * 3.0), [x]).source
    assert source.count("tanh(") == 1
    assert source.count("3.0 * x") + source.count("x * 3.0") == 1


def test_constants_are_folded() -> None:
    x, k = Value(0.5, label="x"), Value(4.0)
    source = compile_graph(x * (exp(k) / exp(k) + k * k - 2**k), [x]).source
    assert "exp" not in source
    assert "v7 = x * 1.0" not in source
    assert compile_graph(x * (k * k), [x]).source.count("x * 16.0") == 1


def function(formula: str) -> Callable[[Value], Value]:
    return eval(f"lambda x: {formula}")


@pytest.mark.parametrize("formula", ["x * 1.0", "1.0 * x", "x / 1.0", "x**1.0", "-(-x)"])
def test_an_operation_that_changes_no_bit_is_left_out(formula: str) -> None:
    f, x = function(formula), Value(0.5, label="x")
    assert body(f(x), [x]).splitlines()[-1].startswith("return x, [")
    for number in (0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324):
        assert repr(compile_graph(f(x), [x])(number)) == repr(recorded(f, [number]))


def test_a_square_is_a_product() -> None:
    x = Value(0.5, label="x")
    assert "v1 = x * x\n" in body(x**2, [x])


@EVERY_CALLABLE_TARGET
@pytest.mark.parametrize("formula", [
    "x + 0.0", "0.0 + x", "x - 0.0", "0.0 - x", "0.0 * x", "x * 0.0", "x * -0.0", "x / x", "x - x",
    "x**0.0", "x**0.5", "0.0 / x", "x * -1.0", "-1.0 * x + 0.0", "2.0 * x - x", "-x + x",
    "-(x - 1.0)", "x / 3.0", "-0.0 - x", "(x + 1.0) - 1.0", "x * 3.0 / 3.0", "x * x / x",
])  # fmt: skip
def test_an_operation_that_could_change_a_bit_is_kept(formula: str, target: str) -> None:
    """A nan, an infinity and the sign of a zero come out as they do where it is recorded."""
    f, x = function(formula), Value(0.5, label="x")
    program = compile_graph(f(x), [x], target=target)
    for number in (0.0, -0.0, math.inf, -math.inf, math.nan, 5e-324, 1e308, 0.1):
        if (formula, target, repr(number)) == ("x**0.5", "numpy", "-0.0"):
            continue  # NumPy takes it for a square root, which is -0.0; a power is 0.0
        told, expected = outcome(recorded, f, [number])
        found = outcome(program, number)
        if told == "is":
            value, slopes = found[1]
            assert repr((float(value), list(map(float, slopes)))) == repr(expected), number
        else:
            assert found == (told, expected), number
