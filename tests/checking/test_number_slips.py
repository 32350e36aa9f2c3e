"""What slip in a derivation a wrong number comes from."""

from __future__ import annotations

import ast

import pytest
from planted_slips import expression, network

from autograd_mini import Value
from autograd_mini.checking.formulas.number_slips import explain_wrong_number
from autograd_mini.checking.formulas.scene import Scene

SCENE = Scene({**network(), "eta": Value(0.5)})


UPDATED = expression("w5 - eta * dE/dw5")


def number(text: str) -> float:
    return SCENE.evaluate(expression(text))


@pytest.mark.parametrize(
    ("claim", "mistaken", "suggestion"),
    [
        ("dE/dw5", "dE/dw6", "it is dE/dw6, the neighbour's"),
        ("dE/dw5", "dE/dw5 / (1 - out_o1)", "a factor is missing: (1 - out_o1)"),
        (
            "dE/dw5",
            "dE/dw5 / dout_o1/dnet_o1",
            "a factor is missing: (out_o1 * (1 - out_o1))",
        ),
        ("dE/dw5", "dE/dw5 / out_h1", "a factor is missing: out_h1"),
        ("dE/dw5", "dE/dw5 / out_h1 * out_h2", "it is dE/dw6, the neighbour's"),
        (
            "dE/dw1",
            "dE_o1/dw1",
            "a path is forgotten: w1 reaches E through net_o2 too",
        ),
        (
            "dE/dout_h1",
            "dE_o1/dout_h1",
            "a path is forgotten: out_h1 reaches E through net_o2 too",
        ),
        (
            "dE/dw1",
            "dE_o1/dw1 / w5 * w6 + dE_o2/dw1",
            "as if w5 were w6, the neighbour's",
        ),
        ("dE/dw1", "dE_o1/dw1 / w5 + dE_o2/dw1", "a factor is missing: w5"),
        ("net_h1", "net_h2", "it is net_h2, the neighbour's"),
        ("net_h1", "w1*i1 + w4*i2 + b1", "as if w2 were w4, the neighbour's"),
        ("net_h1", "net_h1 - b1", "a term is missing: b1"),
        ("net_h1", "w1*i1 + w2 + b1", "a factor is missing: i2"),
        ("E", "E_o1", "a term is missing: E_o2"),
        (
            UPDATED,
            "w5 + 0.5 * dE/dw5",
            "a sign is wrong: as if w5 - eta * dE/dw5 were w5 + eta * dE/dw5",
        ),
        (UPDATED, "w5 - dE/dw5", "a factor is missing: eta"),
        (UPDATED, "w5 - 0.5 * dE/dw6", "as if dE/dw5 were dE/dw6, the neighbour's"),
        (UPDATED, "w6 - 0.5 * dE/dw5", "as if w5 were w6, the neighbour's"),
    ],
)
def test_a_wrong_number_is_explained(claim: str | ast.expr, mistaken: str, suggestion: str) -> None:
    printed = f"{number(mistaken):.9f}"
    assert explain_wrong_number(SCENE, claim, printed).sentence == suggestion


def test_the_inner_derivative_is_missing() -> None:
    x = Value(0.7)
    scene = Scene({"x": x, "y": (1 + x**2).sqrt()})
    assert (
        explain_wrong_number(scene, "dy/dx", "0.409616").sentence == "a factor is missing: (2 * x)"
    )


def test_a_sum_where_a_mean_was_meant() -> None:
    n, w = Value(3.0), Value(0.5)
    errors = [w * x - 1 for x in (1.2, 2.3, 4.1)]
    named = {f"e{i}": error for i, error in enumerate(errors)}
    L = (errors[0] ** 2 + errors[1] ** 2 + errors[2] ** 2) / n
    scene = Scene({"n": n, "w": w, **named, "L": L})
    printed = f"{3 * scene.number('dL/dw'):.5f}"
    assert explain_wrong_number(scene, "dL/dw", printed).sentence == "a factor is missing: (1 / n)"


def test_a_number_that_nothing_explains() -> None:
    assert explain_wrong_number(SCENE, "dE/dw5", "0.012345678").sentence == ""


def test_a_right_number_is_no_slip() -> None:
    assert explain_wrong_number(SCENE, "dE/dw5", f"{number('dE/dw5'):.9f}").sentence == ""


def test_few_digits_may_be_hit_by_accident() -> None:
    """Of as many slips as are possible, one gives any two digits."""
    assert explain_wrong_number(SCENE, "dE/dw1", "0.00067").sentence == ""


def test_a_number_may_be_truncated() -> None:
    assert number("dE/dw6") == pytest.approx(0.0826676278, abs=1e-10)
    assert (
        explain_wrong_number(SCENE, "dE/dw5", "0.0826676").sentence
        == "it is dE/dw6, the neighbour's"
    )
    assert (
        explain_wrong_number(SCENE, "dE/dw5", "0.08266762").sentence
        == "it is dE/dw6, the neighbour's"
    )


def test_mistakes() -> None:
    with pytest.raises(LookupError, match="there is no 'dE/dv' here"):
        explain_wrong_number(SCENE, "dE/dv", "0.5")
    with pytest.raises(ValueError, match="is not a printed number"):
        explain_wrong_number(SCENE, "dE/dw5", "half")
