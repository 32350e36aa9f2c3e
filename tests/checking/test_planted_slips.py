"""Every slip, at every place of the formulas of the 2-2-2 network, is caught and named."""

from __future__ import annotations

from itertools import islice

import pytest
from planted_slips import FORMULAS, network, planted

from autograd_mini.checking.formulas.identity import check_formula

NETWORK = network()

# The same derivatives, in other words: signs drawn out, expanded, regrouped, 1 - f(x) as f(-x), by
# nets alone, over a common denominator.
OTHER_FORMS = [
    ("w5", "-(t1 - out_o1) * out_o1 * (1 - out_o1) * out_h1"),
    ("w5", "out_h1 * (out_o1 - t1) * (out_o1 - out_o1 ** 2)"),
    ("w5", "(out_o1**2 - out_o1**3 - t1*out_o1 + t1*out_o1**2) * out_h1"),
    ("w5", "2 * (1 / 2) * (out_o1 - t1) * out_o1 * sigmoid(-net_o1) * out_h1"),
    ("w5", "(sigmoid(net_o1) - t1) * exp(-net_o1) / (1 + exp(-net_o1)) ** 2 * sigmoid(net_h1)"),
    ("w5", "(out_o1 - t1) * out_h1 / (1 / out_o1 + 1 / (1 - out_o1))"),
    (
        "w1",
        "-(t1 - out_o1) * out_o1 * (1 - out_o1) * w5 * out_h1 * (1 - out_h1) * i1"
        " - (t2 - out_o2) * out_o2 * (1 - out_o2) * w7 * out_h1 * (1 - out_h1) * i1",
    ),
    (
        "w1",
        "i1 * (out_h1 - out_h1**2) * (w7*(out_o2 - t2)*(out_o2 - out_o2**2)"
        " + w5*(out_o1 - t1)*(out_o1 - out_o1**2))",
    ),
    (
        "w1",
        "((out_o1 - t1) * out_o1 * sigmoid(-w5*out_h1 - w6*out_h2 - b2) * w5"
        " + (out_o2 - t2) * out_o2 * (1 - out_o2) * w7) * out_h1 * sigmoid(-net_h1) * i1",
    ),
    (
        "w1",
        "((out_o1 - t1) * (1 - tanh(net_o1 / 2)**2) / 4 * w5"
        " + (out_o2 - t2) * (1 - tanh(net_o2 / 2)**2) / 4 * w7)"
        " * (1 - tanh(net_h1 / 2)**2) / 4 * i1",
    ),
]


@pytest.mark.parametrize("weight", FORMULAS)
def test_the_true_formula_holds(weight: str) -> None:
    verdict = check_formula((NETWORK["E"], NETWORK[weight]), FORMULAS[weight])
    assert (verdict.verdict, verdict.factor, verdict.suggestion) == ("holds", "", "")


@pytest.mark.parametrize(("weight", "formula"), OTHER_FORMS)
def test_another_form_of_the_true_formula_holds(weight: str, formula: str) -> None:
    verdict = check_formula((NETWORK["E"], NETWORK[weight]), formula)
    assert (verdict.verdict, verdict.suggestion) == ("holds", "")


@pytest.mark.parametrize(
    "weight",
    [
        weight if weight == "w5" else pytest.param(weight, marks=pytest.mark.long)
        for weight in FORMULAS
    ],
)
def test_every_planted_slip_is_caught_and_named(weight: str) -> None:
    missed = []
    for slip in planted(FORMULAS[weight]):
        verdict = check_formula((NETWORK["E"], NETWORK[weight]), slip.text, NETWORK)
        if verdict.verdict == "holds" or slip.kind not in verdict.suggestion:
            missed.append((slip, verdict))
    assert missed == []


def test_488_slips_are_planted() -> None:
    assert sum(1 for text in FORMULAS.values() for _ in planted(text)) == 488


@pytest.mark.parametrize(
    ("weight", "formula"),
    [
        OTHER_FORMS[0],
        *(pytest.param(*form, marks=pytest.mark.long) for form in OTHER_FORMS[1:]),
    ],
)
def test_no_slip_in_another_form_of_the_formula_passes(weight: str, formula: str) -> None:
    """One slip in six is tried; its suggestion may be empty."""
    passed = [
        slip
        for slip in islice(planted(formula), 0, None, 6)
        if check_formula((NETWORK["E"], NETWORK[weight]), slip.text, NETWORK).verdict == "holds"
    ]
    assert passed == []
