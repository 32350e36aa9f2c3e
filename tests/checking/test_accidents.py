"""Formulas that agree by an accident of the numbers, and slips in formulas by their codes."""

import pytest

from autograd_mini import Value, check_formula
from autograd_mini.checking import Report, check_sheet
from autograd_mini.checking.sheets.report import Result


def check(*lines: str) -> Report:
    return check_sheet("\n".join(["```derivation", *lines, "```"]))


def last(*lines: str) -> Result:
    result: Result = check(*lines)[-1]
    return result


def test_a_formula_that_holds_for_one_exponent_only_fails() -> None:
    power = ["x = 3", "n = 2", "y = x**n"]
    found = last(*power, "dy/dx = n*x")
    assert (found.verdict, found.slip) == ("fails", "exponent")
    assert found.suggestion == "it holds for n = 2 only"
    assert last(*power, "dy/dx = n*x**(n - 1)").verdict == "holds"
    x, n = Value(3.0, label="x"), Value(2.0, label="n")
    assert not check_formula((x**n, x), "n*x")
    assert check_formula((x**n, x), "n*x**(n - 1)")


def test_a_formula_that_needs_inputs_to_sum_to_1_fails_unless_that_is_stated() -> None:
    net = ["i1 = 0.05", "i2 = 0.95", "w1 = 0.3", "w2 = 0.2", "net = w1*i1 + w2*i2"]
    found = last(*net, "dnet/dw2 = 1 - i1")
    assert (found.verdict, found.slip) == ("fails", "sum-to-1")
    stated, formula = check(*net, "i1 + i2 = 1", "dnet/dw2 = 1 - i1")
    assert (stated.verdict, stated.remark) == ("holds", "taken as given")
    assert (formula.verdict, formula.remark) == ("holds", "it uses that i1 + i2 = 1")


def test_a_sum_that_is_not_1_is_not_taken_as_given() -> None:
    assert last("a = 0.5", "b = 1.6", "a + b = 1").verdict == "wrong"


def test_a_one_hot_target_is_known_to_sum_to_1() -> None:
    lines = ["z1 = 1", "z2 = 2", "t1 = 0", "t2 = 1", "S = logsumexp(z1, z2)"]
    lines += ["L = -(t1*(z1 - S) + t2*(z2 - S))", "p1 = exp(z1 - S)", "dL/dz1 = p1 - t1"]
    assert (last(*lines).verdict, last(*lines).remark) == ("holds", "it uses that t1 + t2 = 1")
    soft = [line.replace("t1 = 0", "t1 = 0.1").replace("t2 = 1", "t2 = 0.9") for line in lines]
    assert last(*soft).slip == "sum-to-1"


@pytest.mark.parametrize("claim", ["-> 0", "-> 1", "= 0", "= 1"])
def test_a_tie_of_a_maximum_has_the_derivative_one_half(claim: str) -> None:
    tie = ["a = 1", "b = 1", "m = maximum(a, b)"]
    assert not check(*tie, f"dm/da {claim}")
    assert check(*tie, "dm/da -> 0.5")


@pytest.mark.parametrize(
    ("formula", "slip"),
    [
        ("dh/dx = h*(1 - h)", "rule"),
        ("dh/dx = 1 - h", "exponent"),
        ("h == tan(x)", "function"),
        ("dg/dx = 1 - g**2", "rule"),
        ("ds/dx = -cos(x)", "sign"),
        ("ds/dx = cos(x) - 1", "term-extra"),
        ("ds/dx = cos(x)*x", "factor-extra"),
        ("dE/dg = 2*(t - g)*g", "wrong-factor"),
        ("dE/dx = 2*(g - t)", "factor-missing"),
        ("dE/dg = g - t", "half"),
    ],
)
def test_a_slip_in_a_formula_has_a_code(formula: str, slip: str) -> None:
    values = ["x = 0.3", "t = 0.2", "h = tanh(x)", "g = sigmoid(x)", "s = sin(x)", "E = (t - g)**2"]
    found = last(*values, formula)
    assert (found.verdict, found.slip) == ("fails", slip)


def test_a_target_that_was_put_into_the_loss_may_stand_in_the_derivative() -> None:
    lines = ["z = 1.2", "x = 1", "w = 3", "t = 1", "y = sigmoid(w*x + z)", "L = -log(y)"]
    found = last(*lines, "dL/dz = y - t")
    assert (found.verdict, found.remark) == ("holds", "it uses that t = 1")
    assert last(*lines, "dL/dz = t - y").slip == "sign"
    assert last(*lines, "dL/dz = (y - t)*x").slip == "factor-extra"  # y was computed from x


def test_a_formula_with_the_number_of_one_leaf_put_in_names_the_leaf() -> None:
    lines = ["z1 = 1", "z2 = 2", "z3 = 3", "t1 = 0", "t2 = 1", "t3 = 0"]
    lines += ["p1, p2, p3 = softmax(z1, z2, z3)", "L = -(t1*log(p1) + t2*log(p2) + t3*log(p3))"]
    found = last(*lines, "dL/dz1 = p1")
    assert (found.verdict, found.slip) == ("fails", "accident")
    assert found.remark == "it holds for t1 = 0 only"
    assert (
        last("x = 3", "w = 2", "y = w*x", "dy/dw = x + w - 2").remark == "it holds for w = 2 only"
    )
