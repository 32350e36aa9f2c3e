"""What holds for every graph: explanations add up, and large or odd graphs are explained too."""

import math
import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from random_graphs import graphs

from autograd_mini import Value, explain, gradients, topological_order
from autograd_mini.engine.tree import Printer, parse
from autograd_mini.symbols.formulas import evaluate
from autograd_mini.symbols.names import Names

STYLES = ["full", "factored", "delta"]


@settings(max_examples=150)
@given(graphs())
def test_printed_factors_give_the_gradient(root: Value) -> None:
    names = Names(root)
    numbers = {names(value): value.data for value in names.values}
    for leaf in [value for value in names.values if value.op is None and value is not root]:
        derivation = explain(root, leaf)
        (gradient,) = gradients(root, [leaf])
        size = sum(abs(path.value) for path in derivation.paths)
        total = 0.0
        for path in derivation.paths:
            product = 1.0
            for factor in path.factors:
                tree = parse(Printer().text(factor.formula), list(numbers))
                found = evaluate(tree, numbers)
                assert math.isclose(found, factor.value, rel_tol=1e-12, abs_tol=1e-12)
                product *= found
            assert math.isclose(product, path.value, rel_tol=1e-11, abs_tol=1e-12)
            total += product
        assert math.isclose(total, gradient, rel_tol=1e-12, abs_tol=1e-12 * max(size, 1))
        assert math.isclose(derivation.value, gradient, rel_tol=1e-12, abs_tol=1e-15)


@settings(max_examples=60)
@given(graphs())
def test_every_style_of_every_graph_is_written(root: Value) -> None:
    for wrt in [None, topological_order(root)[0]]:
        for style in STYLES:
            explanation = explain(root, wrt, style=style)  # type: ignore[call-overload]
            assert str(explanation).isascii()
            opening, *_, closing = explanation.latex.splitlines()
            assert (opening, closing) == (r"\begin{aligned}", r"\end{aligned}")
            assert explanation.latex.count("{") == explanation.latex.count("}")
            fences = re.findall(r"\\(left|right)\b", explanation.latex)
            assert fences.count("left") == fences.count("right")
            assert well_formed(explanation.html)


@settings(max_examples=40)
@given(graphs(longest=6))
def test_second_derivatives_agree_with_those_of_the_engine(root: Value) -> None:
    leaf = topological_order(root)[0]
    (slope,) = gradients(root, [leaf], create_graph=True)
    derivation = explain(root, leaf, order=2)
    assert math.isclose(derivation.value, gradients(slope, [leaf])[0], rel_tol=1e-9, abs_tol=1e-12)
    assert str(derivation).startswith("d2")


def well_formed(html: str) -> bool:
    for letter in ("delta", "alpha"):
        html = html.replace(f"&{letter};", letter)
    ElementTree.fromstring(f"<div>{html}</div>")
    return True


def doubling(length: int) -> tuple[Value, Value]:
    """A chain in which every value goes two ways: 2 ** length paths."""
    x = Value(1.0, label="x")
    value = x
    for place in range(length):
        left, right = value * 0.5, value.sin()
        value = left + right
        left.label, right.label, value.label = f"a{place}", f"b{place}", f"c{place}"
    return value, x


def test_paths_without_number_are_counted_and_totalled() -> None:
    root, x = doubling(300)
    derivation = explain(root, x)
    assert derivation.paths.number == 2**300
    last = derivation.paths[-1]
    assert len(last.factors) == 600
    assert derivation.paths[2**299].factors[0] is not derivation.paths[0].factors[0]
    text = str(derivation)
    assert "\n\n... 292 more derivatives ...\n\n" in text
    assert "The derivatives that paths share come first." in text
    assert (
        "x is used in two places, so two contributions add; it reaches c299 along about 2.0e90 "
        "paths in all."
    ) in text
    assert len(text) < 6000


def test_few_paths_are_listed_and_more_are_not() -> None:
    root, x = doubling(2)
    assert str(explain(root, x)).count("dc1/da1") == 2
    root, x = doubling(3)
    text = str(explain(root, x))
    assert (
        "x is used in two places, so two contributions add; it reaches c2 along eight paths" in text
    )
    assert text.count("dc2/da2") == 1


@pytest.mark.parametrize("labelled", [False, True])
def test_a_deep_chain(labelled: bool) -> None:
    x = Value(0.5, label="x" if labelled else "")
    value = x
    for _ in range(20_000):
        value = value * 0.99999
    derivation = explain(value, x)
    assert math.isclose(derivation.value, 0.99999**20_000, rel_tol=1e-9)
    assert len(str(derivation)) < 3000
    assert derivation.paths.number == 1


def test_a_wide_sum_is_shortened() -> None:
    w = Value(0.5, label="w")
    terms = [(w * place - 1) ** 2 for place in range(1, 1001)]
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    total.label = "E"
    derivation = explain(total, w)
    first = str(derivation).splitlines()[0]
    assert first.startswith("dE/dw = 2 (w - 1) + 4 (2 w - 1) + 6 (3 w - 1) + ")
    assert " + ... 988 more terms ... + " in first
    tree = derivation.factors[0].formula
    assert math.isclose(evaluate(tree, {"w": 0.5}), derivation.value, rel_tol=1e-12)


def test_a_recurrent_weight_keeps_its_derivation_short() -> None:
    w, h = Value(0.999, label="w"), Value(1.0, label="h0")
    for place in range(1, 2001):
        h = (w * h).tanh()
        h.label = f"h{place}"
    text = str(explain(h, w))
    assert "+ ... 1,992 more terms ..." in text
    assert re.search(r"\n\n\.\.\. 1,99\d more derivatives \.\.\.\n\n", text)
    assert len(text) < 20_000


def test_a_total_of_many_parts() -> None:
    w = [Value(0.1 * place, label=f"w{place}") for place in range(2000)]
    total = Value(0.0, label="E0")
    for place, weight in enumerate(w):
        part = weight**2
        part.label = f"E_{place}"
        total = total + part
    total.label = "E"
    assert str(explain(total, w[10])) == "dE/dw10 = 2 w10\n        = 2"


def test_labels_of_any_kind() -> None:
    x = Value(2.0, label="<b>x</b>\n")
    y = x**2
    y.label = "\\alpha $ 100% _"
    derivation = explain(y, x)
    newline = "\N{SYMBOL FOR LINE FEED}"
    assert str(derivation) == (
        f"d[\\alpha $ 100% _]/d[<b>x</b>{newline}] = 2 [<b>x</b>{newline}]\n" + " " * 40 + "= 4"
    ).replace(" " * 40, " " * len(f"d[\\alpha $ 100% _]/d[<b>x</b>{newline}] "))
    assert r"\text{\textbackslash{}alpha \textdollar{} 100\% \_}" in derivation.latex
    assert "$" not in derivation.latex
    assert "<b>" not in derivation.html
    assert well_formed(derivation.html)


def test_values_with_the_same_label_are_told_apart() -> None:
    one, other = Value(2.0, label="x"), Value(3.0, label="x")
    y = one * other
    y.label = "y"
    assert str(explain(y, other)) == "dy/dx_2 = x_1\n        = 2"
    assert list(explain(y)) == ["x_1", "x_2"]
