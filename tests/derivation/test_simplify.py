"""Simplification as pairs of formulas, and that it changes no value."""

import ast
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograd_mini.engine.tree import Printer, parse
from autograd_mini.symbols.formulas import evaluate
from autograd_mini.symbols.simplify import addends, key, number, simplify

NAMES = ["x", "y", "z"]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("1 * x", "x"),
        ("x + 0", "x"),
        ("0 * x + 0", "0"),
        ("x ** 1", "x"),
        ("x ** 0", "1"),
        ("1 / 2 * 2 * x", "x"),
        ("x - -y", "x + y"),
        ("-x + y", "y - x"),
        ("-(-x)", "x"),
        ("-x * -y", "x * y"),
        ("x * -1 * y", "-(x * y)"),
        ("-(x - y) * z", "(y - x) * z"),
        ("-(1 - x) * z", "-((1 - x) * z)"),
        ("-(x + y)", "-(x + y)"),
        ("x + x + x", "3 * x"),
        ("x * y + y * x", "2 * x * y"),
        ("x - x", "0"),
        ("x * x", "x ** 2"),
        ("x * x ** 2", "x ** 3"),
        ("x / y / y", "x / y ** 2"),
        ("x / (1 / y)", "x * y"),
        ("x / x", "1"),
        ("2 * x / 4", "x / 2"),
        ("2 * x / 3", "2 * x / 3"),
        ("0.5 * x", "0.5 * x"),
        ("0.1 + 0.2 + x", "0.3 + x"),
        ("0.1 * x / 3", "x / 30"),
        ("x * 0.4745340600575176", "0.4745340600575176 * x"),
        ("0.5 * x * -0.4745340600575176", "-(0.5 * 0.4745340600575176 * x)"),
        ("1 + x + 1", "2 + x"),
        ("2 ** 3 * x", "8 * x"),
        ("x ** 0.5", "x ** 0.5"),
        ("(-x) ** 2", "x ** 2"),
        ("x ** (y + 0)", "x ** y"),
        ("relu(x + 0) * 1", "relu(x)"),
        ("1 * (x + y) + z", "x + y + z"),
        ("2 * (x + y)", "2 * (x + y)"),
        ("x - 2 * (y - z)", "x + 2 * (z - y)"),
        ("1 / 0", "1 / 0"),
        ("1 - z * z", "1 - z ** 2"),
        ("123456.789012 * x * 9876.54321", "9876.54321 * 123456.789012 * x"),
        ("1e300 * x * 1e300", "1e+300 ** 2 * x"),
    ],
)
def test_a_formula_becomes_what_a_person_writes(given: str, expected: str) -> None:
    assert Printer().text(simplify(parse(given))) == expected


def trees() -> st.SearchStrategy[str]:
    leaves = st.sampled_from([*NAMES, "0", "1", "2", "0.5", "3"])
    return st.recursive(
        leaves,
        lambda inner: (
            st.tuples(inner, st.sampled_from("+-*/"), inner).map(
                lambda t: f"({t[0]} {t[1]} {t[2]})"
            )
            | inner.map(lambda tree: f"(-{tree})")
            | inner.map(lambda tree: f"sin({tree})")
            | inner.map(lambda tree: f"({tree} ** 2)")
        ),
        max_leaves=12,
    )


@given(trees())
def test_simplification_changes_no_value(text: str) -> None:
    tree = parse(text)
    numbers = {"x": 0.75, "y": -1.25, "z": 1.625}
    try:
        expected = evaluate(tree, numbers)
    except ArithmeticError:
        return
    found = evaluate(simplify(tree), numbers)
    assert math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-9)


@given(trees())
@example("(-((-x) + (-y)))")
@example("(-(((-x) - y) - z))")
def test_simplifying_again_changes_nothing(text: str) -> None:
    once = simplify(parse(text))
    assert Printer().text(simplify(once)) == Printer().text(once)


def test_numbers_as_trees() -> None:
    write = Printer().text
    assert [write(number(value)) for value in (2.0, -2.0, 0.5, 1e300)] == [
        "2",
        "-2",
        "0.5",
        "1e+300",
    ]
    assert math.isnan(evaluate(number(math.nan), {}))
    assert math.copysign(1, evaluate(number(-0.0), {})) == -1


def test_the_terms_of_a_sum() -> None:
    assert [Printer().text(term) for term in addends(parse("x - y * z + 1"))] == [
        "x",
        "-(y * z)",
        "1",
    ]


def test_a_key_tells_a_label_from_a_formula() -> None:
    assert key(ast.Name("x + y")) != key(parse("x + y"))
