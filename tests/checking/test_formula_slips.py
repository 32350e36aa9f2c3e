"""What is said of a wrong formula: the slip that explains it, or the part that is off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from planted_slips import FORMULAS, delta, expression, network

from autograd_mini import Value
from autograd_mini.checking.formulas.identity import FormulaVerdict, check_formula, check_identity
from autograd_mini.checking.formulas.scene import Scene

NETWORK = network()
NETWORK["eta"] = Value(0.5)
NETWORK["delta_o1"] = (NETWORK["out_o1"] - NETWORK["t1"]) * (
    NETWORK["out_o1"] * (1 - NETWORK["out_o1"])
)


def identity(claim: str) -> FormulaVerdict:
    left, right = claim.split(" = ")
    return check_identity(Scene(NETWORK), expression(left), expression(right))


SLIPS = [
    (
        "dE/dw5 = (t1 - out_o1) * out_o1 * (1 - out_o1) * out_h1",
        "t1 - out_o1",
        "a minus is missing, or a difference is swapped: try out_o1 - t1 instead of t1 - out_o1",
    ),
    (
        "dE/dw5 = -(out_o1 - t1) * out_o1 * (1 - out_o1) * out_h1",
        "-(out_o1 - t1)",
        "a minus is too many, or a difference is swapped: "
        "try out_o1 - t1 instead of -(out_o1 - t1)",
    ),
    (
        "dE/dw5 = (out_o1 - t1) * out_o1 * (out_o1 - 1) * out_h1",
        "out_o1 - 1",
        "a minus is missing, or a difference is swapped: try 1 - out_o1 instead of out_o1 - 1",
    ),
    (
        "dE/dw5 = (out_o1 - t1) * out_o1 * out_h1",
        "1 - out_o1",
        "a factor is missing: (1 - out_o1)",
    ),
    (
        "dE/dw5 = 2 * (out_o1 - t1) * out_o1 * (1 - out_o1) * out_h1",
        "1 / 2",
        "a factor 1/2 is missing, or a factor 2 is too many",
    ),
    (
        "E_o1 = (t1 - out_o1)**2",
        "1 / 2",
        "a factor 1/2 is missing, or a factor 2 is too many",
    ),
    (
        "E_o1 = (t1 - out_o1)**2 / 4",
        "2",
        "a factor 2 is missing, or a factor 1/2 is too many",
    ),
    (
        "net_h1 = w1*i1 + w3*i2 + b1*1",
        "w3",
        "w3 is the neighbour's: try w2 instead of w3",
    ),
    (
        "dE/dw5 = delta_o1 * out_h2",
        "out_h2",
        "out_h2 is the neighbour's: try out_h1 instead of out_h2",
    ),
    (
        "dE/dw5 = delta_o1 * w5",
        "w5",
        "w5 is the wrong quantity: try out_h1 instead of w5",
    ),
    (
        "dE/dw5 = delta_o1 * out_h1 * w5",
        "w5",
        "a factor is too many: leave out w5",
    ),
    (
        f"dE/dw1 = {delta(1)} * w5 * out_h1 * (1 - out_h1) * i1",
        "dE/dnet_o2 * dnet_o2/dw1",
        "a path is forgotten: w1 reaches E through net_o2 too; add dE/dnet_o2 * dnet_o2/dw1",
    ),
    (
        "dE/dw5 = dE/dout_o1 * dnet_o1/dw5",
        "dout_o1/dnet_o1",
        "a factor is missing: dout_o1/dnet_o1",
    ),
    (
        "dE/dw5 = dE/dout_o1 * dout_o1/dnet_o1 * dnet_o1/dw6",
        "dnet_o1/dw6",
        "dnet_o1/dw6 is the neighbour's: try dnet_o1/dw5 instead of dnet_o1/dw6",
    ),
    (
        "w5 - eta*dE/dw5 = w5 + eta*delta_o1*out_h1",
        "w5 + eta * delta_o1 * out_h1",
        "a minus is missing: try w5 - eta * delta_o1 * out_h1 "
        "instead of w5 + eta * delta_o1 * out_h1",
    ),
    (
        "w5 - eta*dE/dw5 = w5 - delta_o1*out_h1",
        "eta",
        "a factor is missing: multiply delta_o1 * out_h1 by eta",
    ),
    (
        "net_h1 = w1*i1 + 2*w2*i2 + b1",
        "1 / 2",
        "a factor 1/2 is missing, or a factor 2 is too many, in 2 * w2 * i2",
    ),
    ("dE/dout_o1 = 1", "out_o1 - t1", "a factor is missing: (out_o1 - t1)"),
    (
        "dout_o1/dnet_o1 = 1 - out_o1**2",
        "1 - out_o1 ** 2",
        "tanh's rule, 1 - out_o1 ** 2, instead of the sigmoid's, out_o1 * (1 - out_o1)",
    ),
    ("dE/dw1 = " + FORMULAS["w3"], "", "it is dE/dw3, the neighbour's"),
    ("E = 1/2 * (t1 - out_o1)**2", "E_o2", "a term is missing: add E_o2"),
    ("net_h1 = w1*i1 + w2*i2 + b1 + b2", "b2", "a term is too many: leave out b2"),
    (
        "E_o1 = (t1 - out_o1) / 2",
        "t1 - out_o1",
        "an exponent is wrong: try (t1 - out_o1) ** 2 instead of t1 - out_o1",
    ),
    (
        "out_o1 = 1 / (1 + exp(net_o1))",
        "net_o1",
        "a minus is missing: try -net_o1 instead of net_o1",
    ),
]


@pytest.mark.parametrize(("claim", "factor", "suggestion"), SLIPS)
def test_a_slip_is_named(claim: str, factor: str, suggestion: str) -> None:
    verdict = identity(claim)
    assert (verdict.verdict, verdict.factor, verdict.suggestion) == ("fails", factor, suggestion)


def test_the_slope_of_another_activation() -> None:
    net = Value(0.5, label="net")
    h = net.tanh()
    h.label = "h"
    verdict = check_formula((h, net), "h * (1 - h)")
    assert verdict.suggestion == ("the sigmoid's rule, h * (1 - h), instead of tanh's, 1 - h ** 2")


@pytest.mark.parametrize(
    ("function", "formula", "suggestion"),
    [
        (lambda x: (1 + x**2).sqrt(), "1 / (2 * y)", "a factor is missing: (2 * x)"),
        (lambda x: (x**2).sin(), "cos(x**2)", "a factor is missing: (2 * x)"),
        (lambda x: (-(x**2) / 2).exp(), "y", "a factor is missing: -x"),
        (lambda x: x.cos().log(), "1 / cos(x)", "a factor is missing: -sin(x)"),
    ],
)
def test_the_inner_derivative_is_missing(
    function: Callable[[Value], Value], formula: str, suggestion: str
) -> None:
    x = Value(0.7, label="x")
    y = function(x)
    y.label = "y"
    assert check_formula((y, x), formula).suggestion == suggestion


def test_a_path_through_a_unit_that_is_off() -> None:
    x, w1, w2 = Value(1.0, label="x"), Value(2.0, label="w1"), Value(-3.0, label="w2")
    z1, z2 = w1 * x, w2 * x
    h1, h2 = z1.relu(), z2.relu()
    E = h1 + h2
    for name, value in {"z1": z1, "z2": z2, "h1": h1, "h2": h2, "E": E}.items():
        value.label = name
    suggestion = check_formula((E, x), "w1 + w2").suggestion
    assert suggestion == "a factor is missing: multiply w2 by dE/dz2"


@pytest.mark.parametrize(
    "claim",
    [
        "dE/dw5 = dE/dout_o1 * dout_o1/dnet_o1 * dnet_o1/dw5",
        "dE/dw5 = dE_o1/dout_o1 * dout_o1/dnet_o1 * dnet_o1/dw5",
        "dE/dout_h1 = dE_o1/dout_h1 + dE_o2/dout_h1",
        "dE/dw5 = delta_o1 * out_h1",
        "w5 - eta*dE/dw5 = w5 + eta*(t1 - out_o1)*out_o1*(1 - out_o1)*out_h1",
        "out_o1 = 1 / (1 + exp(-net_o1))",
        "net_h1 = b1*1 + i2*w2 + i1*w1",
        "dw5/dE = 0",
    ],
)
def test_a_right_claim_holds(claim: str) -> None:
    verdict = identity(claim)
    assert (verdict.verdict, verdict.suggestion) == ("holds", "")


def test_the_numbers_of_both_sides_are_given() -> None:
    verdict = identity("dE/dw5 = -delta_o1 * out_h1")
    assert verdict.left == pytest.approx(0.082167041, abs=5e-10)
    assert verdict.right == -verdict.left


def test_the_factor_that_is_off_is_told_though_nothing_explains_it() -> None:
    verdict = identity("dE/dw5 = (out_o1 - t1) * tanh(net_o1) * out_h1")
    assert verdict == FormulaVerdict("fails", verdict.left, verdict.right, "tanh(net_o1)", "")
    assert identity("net_h1 = w1*i1 + sin(w2) + b1").factor == "sin(w2)"


def test_a_formula_that_should_be_divided_by_a_name_gets_the_factor() -> None:
    x, y, z = Value(3.0, label="x"), Value(2.0, label="y"), Value(5.0, label="z")
    f = x / y * z
    f.label = "f"
    verdict = check_formula((f, x), "f")
    assert (verdict.factor, verdict.suggestion) == ("1 / x", "a factor is missing: (1 / x)")
