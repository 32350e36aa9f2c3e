"""check_formula on networks of all kinds, and at hard points."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import pytest

from autograd_mini import Value, exp, log, maximum, relu, sigmoid, sin, softmax, sqrt
from autograd_mini.checking.formulas.identity import FormulaVerdict, check_formula

Values = dict[str, Value]


def graph(build: Callable[..., Values], **leaves: float) -> Values:
    """Leaves and what `build` makes of them, all with labels."""
    values = {name: Value(number) for name, number in leaves.items()}
    values.update(build(**values))
    for name, value in values.items():
        value.label = name
    return values


# -- networks of other kinds -------------------------------------------------------------------


def test_a_function_of_two_numbers() -> None:
    v = graph(lambda x1, x2: {"y": log(x1) + x1 * x2 - sin(x2)}, x1=2.0, x2=5.0)
    by_x1, by_x2 = (v["y"], v["x1"]), (v["y"], v["x2"])
    assert check_formula(by_x1, "1/x1 + x2").verdict == "holds"
    assert check_formula(by_x2, "x1 - cos(x2)").verdict == "holds"
    assert check_formula(by_x1, "1/x1").suggestion == "a term is missing: add x2"
    assert check_formula(by_x1, "x1 + x2").suggestion == (
        "an exponent is wrong: try 1 / x1 instead of x1"
    )
    assert check_formula(by_x2, "x1 + cos(x2)").suggestion == (
        "a minus is missing: try x1 - cos(x2) instead of x1 + cos(x2)"
    )


def relu_unit(w1: Value, w2: Value, x: Value, b: Value, t: Value) -> Values:
    net = w1 * x + b
    h = relu(net)
    out = w2 * h
    return {"net": net, "h": h, "out": out, "E": (out - t) ** 2 / 2}


@pytest.mark.parametrize(
    ("formula", "verdict"),
    [
        ("(out - t) * w2 * x", "holds"),
        ("(out - t) * w2 * step(net) * x", "holds"),
        ("(t - out) * w2 * x", "fails"),
        ("(out - t) * w1 * x", "fails"),
        ("0", "fails"),
    ],
)
def test_a_relu_that_is_on(formula: str, verdict: str) -> None:
    """Its derivative may be written for this side of the kink, or for both."""
    v = graph(relu_unit, w1=0.5, w2=-0.3, x=2.0, b=0.1, t=1.0)
    assert check_formula((v["E"], v["w1"]), formula).verdict == verdict


@pytest.mark.parametrize(
    ("formula", "suggestion"),
    [
        ("0", ""),
        ("(out - t) * w2 * 0 * x", ""),
        ("(out - t) * w2 * step(net) * x", ""),
        ("(out - t) * w2 * x", "a factor is missing: dh/dnet, which is 0 here"),
        (
            "(t - out) * w2 * step(net) * x",
            "a minus is missing, or a difference is swapped: try out - t instead of t - out",
        ),
    ],
)
def test_a_relu_that_is_off(formula: str, suggestion: str) -> None:
    """That both sides are 0 says little: what claims more is tried where the relu is on."""
    v = graph(relu_unit, w1=0.5, w2=-0.3, x=-2.0, b=0.1, t=1.0)
    assert check_formula((v["E"], v["w1"]), formula).suggestion == suggestion


def test_exactly_at_a_kink() -> None:
    v = graph(relu_unit, w1=0.5, w2=-0.3, x=-0.2, b=0.1, t=1.0)
    assert check_formula((v["E"], v["w1"]), "0") == FormulaVerdict(
        "holds",
        0.0,
        0.0,
        suggestion="it was tried at no other point: beside this one it leaves its domain, or "
        "there is a kink, where a derivative is a convention",
    )


def test_a_gate_of_maximum() -> None:
    def gates(x: Value, y: Value, z: Value, w: Value) -> Values:
        m = maximum(z, w)
        return {"m": m, "f": (x * y + m) * 2}

    v = graph(gates, x=3.0, y=-4.0, z=2.0, w=-1.0)
    for name, formula in {"x": "2 * y", "y": "2 * x", "z": "2", "w": "0"}.items():
        assert check_formula((v["f"], v[name]), formula).verdict == "holds", name
    assert check_formula((v["f"], v["w"]), "2").suggestion == (
        "a factor is missing: dm/dw, which is 0 here"
    )


def cross_entropy(z1: Value, z2: Value, z3: Value, t1: Value, t2: Value, t3: Value) -> Values:
    p1, p2, p3 = softmax([z1, z2, z3])
    loss = -(t1 * log(p1) + t2 * log(p2) + t3 * log(p3))
    return {"p1": p1, "p2": p2, "p3": p3, "E": loss}


def test_softmax_with_targets_that_sum_to_one() -> None:
    """p - t holds for no other targets; so they are moved together."""
    v = graph(cross_entropy, z1=1.0, z2=2.0, z3=0.5, t1=0.0, t2=1.0, t3=0.0)
    assert check_formula((v["E"], v["z1"]), "p1 - t1").verdict == "holds"
    assert check_formula((v["E"], v["z2"]), "p2 - t2").verdict == "holds"
    assert check_formula((v["p1"], v["z1"]), "p1 * (1 - p1)").verdict == "holds"
    assert check_formula((v["p1"], v["z2"]), "-p1 * p2", v).verdict == "holds"
    assert check_formula((v["E"], v["z1"]), "p1 * (1 - p1)").verdict == "fails"
    assert check_formula((v["E"], v["z1"]), "p2 - t1").suggestion == (
        "p2 is the neighbour's: try p1 instead of p2"
    )


def test_targets_that_do_not_sum_to_one() -> None:
    v = graph(cross_entropy, z1=1.0, z2=2.0, z3=0.5, t1=1.0, t2=1.0, t3=0.0)
    assert check_formula((v["E"], v["z1"]), "p1 - t1").verdict == "fails"
    assert check_formula((v["E"], v["z1"]), "p1*(t1 + t2 + t3) - t1").verdict == "holds"


# -- hard points -------------------------------------------------------------------------------


def test_agreeing_at_one_point_is_not_enough() -> None:
    v = graph(lambda w, x: {"f": w * x}, w=1.0, x=2.0)
    derivative = (v["f"], v["w"])
    assert check_formula(derivative, "x").verdict == "holds"
    assert check_formula(derivative, "w * x").suggestion == "a factor is too many: leave out w"
    assert check_formula(derivative, "2") == FormulaVerdict(
        "fails",
        2.0,
        2.0,
        suggestion="it holds for x = 2 only",
        slip="accident",
    )


def saturated(w: Value, x: Value, t: Value) -> Values:
    net = w * x
    out = sigmoid(net)
    return {"net": net, "out": out, "E": (t - out) ** 2 / 2}


@pytest.mark.parametrize("w", [4.0, -4.0, -70.0, 1e-12, 0.0])
def test_cancellation_and_tiny_numbers(w: float) -> None:
    """At w = 4 the float 1 - out is 0, and f(-net) is 4e-18; at w = -70 all is near 1e-304."""
    v = graph(saturated, w=w, x=10.0, t=0.0)
    derivative = (v["E"], v["w"])
    for right in ("(out - t)*out*(1 - out)*x", "(out - t)*out*sigmoid(-net)*x"):
        assert check_formula(derivative, right).verdict == "holds"
    for wrong in (
        "(t - out)*out*(1 - out)*x",
        "(out - t)*out*x",
        "(out - t)*out*(1 - out)*x*1.000001",
        "0",
    ):
        assert check_formula(derivative, wrong).verdict == "fails", wrong


def test_small_is_not_wrong_and_not_right() -> None:
    v = graph(lambda x: {"f": x * 1e-30}, x=1e-9)
    assert check_formula(v["f"], "x * 1e-30").verdict == "holds"
    assert check_formula(v["f"], "x * 1.0000001e-30").verdict == "fails"
    assert check_formula(v["f"], "0").verdict == "fails"


def test_a_difference_of_large_numbers() -> None:
    v = graph(lambda a, b: {"f": (a + b) - a}, a=1e16, b=1.0)
    assert check_formula(v["f"], "b").verdict == "holds"
    assert check_formula(v["f"], "b * 2").verdict == "fails"


def test_numbers_near_the_largest() -> None:
    v = graph(lambda x: {"f": exp(x)}, x=700.0)
    assert check_formula((v["f"], v["x"]), "f").verdict == "holds"
    assert check_formula((v["f"], v["x"]), "exp(x - 1)").verdict == "fails"


def test_exponents_stay_whole() -> None:
    """Away from 2 the negative base has no power."""
    v = graph(lambda x, n: {"f": (x - 5.0) ** n}, x=1.0, n=2.0)
    verdict = check_formula((v["f"], v["x"]), "n * (x - 5)**(n - 1)")
    assert (verdict.verdict, verdict.suggestion) == ("holds", "")


def test_the_edge_of_a_domain() -> None:
    v = graph(lambda x: {"f": sqrt(x)}, x=0.0)
    assert check_formula(v["f"], "x**0.5").verdict == "holds"
    verdict = check_formula((v["f"], v["x"]), "1 / (2 * f)")
    assert verdict.verdict == "fails"
    assert math.isnan(verdict.left)
    assert math.isnan(verdict.right)
    assert verdict.suggestion == (
        "the left side has no value here: sqrt(x) has no finite derivative at x = 0.0; "
        "the right side has no value here: 1.0 / 0.0 does not exist"
    )


def test_a_formula_that_has_no_value() -> None:
    v = graph(lambda x: {"f": x * 2.0}, x=-1.0)
    verdict = check_formula(v["f"], "exp(log(x)) * 2")
    assert (verdict.verdict, verdict.left) == ("fails", -2.0)
    assert verdict.suggestion == (
        "the right side has no value here: log(x) does not exist at x = -1.0"
    )


def test_data_that_was_changed_after_recording() -> None:
    """Checked is the graph at the numbers that the leaves have now."""
    v = graph(lambda w, x: {"f": w * w * x}, w=1.0, x=2.0)
    v["w"].data = 3.0
    verdict = check_formula((v["f"], v["w"]), "2 * w * x")
    assert (verdict.verdict, verdict.left) == ("holds", 12.0)


def test_gradients_are_left_alone() -> None:
    v = graph(lambda w, x: {"f": w * x}, w=1.0, x=2.0)
    v["f"].backward()
    check_formula((v["f"], v["w"]), "x + w")
    assert (v["w"].grad, v["x"].grad, v["f"].grad) == (2.0, 1.0, 1.0)


def test_check_formula_gives_the_same_verdict_every_time() -> None:
    v = graph(saturated, w=0.5, x=1.0, t=0.25)
    first, second = (check_formula((v["E"], v["w"]), "(out - t) * tanh(net)") for _ in range(2))
    assert first == second


# -- names and mistakes ------------------------------------------------------------------------


def test_without_labels_values_are_called_as_in_explain() -> None:
    x = Value(2.0)
    y = sin(x * x)
    assert check_formula((y, x), "cos(v2) * 2 * v1").verdict == "holds"


def test_names_may_be_given() -> None:
    w, x = Value(0.5), Value(2.0)
    y = w * x
    assert check_formula((y, w), "c", names={"c": x, "a": w}).verdict == "holds"
    assert check_formula((y, w), "y", names={"c": x, "a": w, "y": w * 7}).verdict == "fails"


def test_an_unknown_name() -> None:
    w, x = Value(0.5, label="w"), Value(2.0, label="x")
    with pytest.raises(ValueError) as caught:
        check_formula(w * x, "w * z")
    assert str(caught.value) == "z is not defined; there are w, x, v1\n    w * z\n        ^"


def test_check_formula_refuses_other_than_formulas() -> None:
    x = Value(1.0, label="x")
    for text, message in {
        "x.data": "this cannot stand in a formula",
        "__import__('os')": "there is no function __import__",
        "x +": "invalid syntax",
        "2x": "a number is multiplied with *, as in 2*x",
        "x 2": "a product is written with *, as in w*x",
        "ln(x)": "there is no function ln; did you mean log?",
        "y = x": "a formula has no =; write the right side alone",
        "x if x < 1 else 2": "a formula is one expression: write `if` with step, relu or maximum",
        "-" * 5000 + "x": "this cannot be read",
        "x + " * 5000 + "x": "a formula has at most 10000 characters, got 20001",
    }.items():
        with pytest.raises(ValueError, match=re.escape(message)):
            check_formula(x * 2, text)


def test_check_formula_refuses_other_than_targets() -> None:
    with pytest.raises(TypeError) as error:
        check_formula(2.0, "x")  # type: ignore[arg-type]
    assert str(error.value) == (
        "check_formula takes a Value, or a pair (y, x) of Values for dy/dx, got 2.0"
    )
    with pytest.raises(TypeError) as error:
        check_formula(Value(1.0), 2)  # type: ignore[arg-type]
    assert str(error.value) == "a formula is a string, such as '(out - t) * x', got 2"


# -- large graphs ------------------------------------------------------------------------------


def test_a_graph_that_no_formula_could_write() -> None:
    """Sixty doublings: written out, the value would be a sum of 2**60 terms."""
    x = Value(1.0, label="x")
    y = x
    for _ in range(60):
        y = y + y
    y.label = "y"
    assert check_formula((y, x), "2**60").verdict == "holds"
    assert check_formula(y, "x * 2**59").suggestion == (
        "a factor 2 is missing, or a factor 1/2 is too many"
    )


def test_a_chain_deeper_than_the_recursion_limit() -> None:
    x, a = Value(1.0, label="x"), Value(1.0001, label="a")
    y = x
    for _ in range(2_000):
        y = y * a
    y.label = "y"
    assert check_formula((y, x), "a**2000").verdict == "holds"
    assert check_formula((y, x), "sin(a)").verdict == "fails"


def test_a_sum_of_hundreds_of_terms() -> None:
    xs = [Value(0.01 * i, label=f"x{i}") for i in range(300)]
    y = xs[0] * xs[0]
    for x in xs[1:]:
        y = y + x * x
    y.label = "y"
    assert check_formula(y, " + ".join(f"x{i}**2" for i in range(300))).verdict == "holds"
    assert check_formula(y, " + ".join(f"x{i}**2" for i in range(1, 300))).verdict == "fails"
    assert check_formula((y, xs[3]), "2 * x4").suggestion == (
        "x4 is the neighbour's: try x3 instead of x4"
    )


def test_in_a_large_graph_nothing_is_looked_for() -> None:
    """It is judged all the same."""
    v = graph(lambda w, x: {"f": w * x}, w=1.5, x=2.0)
    y = v["f"]
    for _ in range(1_200):
        y = (y + v["w"]) * 1.0
    y.label = "y"
    assert check_formula((y, v["w"]), "x + 1200").verdict == "holds"
    verdict = check_formula((y, v["w"]), "x - 1200")
    assert (verdict.verdict, verdict.suggestion) == ("fails", "")
