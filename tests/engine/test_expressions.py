"""The little language of the rows: what it says, how it is printed, what it refuses."""

from __future__ import annotations

import ast
import itertools
import random
import re

import pytest

from autograd_mini.engine.operation import TABLE, find
from autograd_mini.engine.tree import Printer, PythonPrinter, parse

PRINTED = {
    "x + y": ("x + y", "x + y"),
    "x-y-z": ("x - y - z", "x - y - z"),
    "x-(y-z)": ("x - (y - z)", "x - (y - z)"),
    "(x + y) * z": ("(x + y) * z", "(x + y) * z"),
    "x / (y * z)": ("x / (y * z)", "x / (y * z)"),
    "x / y * z": ("x / y * z", "x / y * z"),
    "-x * y": ("-x * y", "-x * y"),
    "-(x * y)": ("-(x * y)", "-(x * y)"),
    "-(-x)": ("--x", "--x"),
    "-(x + y)": ("-(x + y)", "-(x + y)"),
    "x - -y": ("x - -y", "x - -y"),
    "x ** y ** z": ("x ** y ** z", "_power(x, (y * y if z == 2.0 else math.pow(y, z)))"),
    "(x ** y) ** z": ("(x ** y) ** z", "_power((x * x if y == 2.0 else math.pow(x, y)), z)"),
    "-x ** 2": ("-x ** 2", "-(x * x if 2.0 == 2.0 else math.pow(x, 2.0))"),
    "(-x) ** 2": ("(-x) ** 2", "_power(-x, 2.0)"),
    "x ** -y": ("x ** -y", "(x * x if -y == 2.0 else math.pow(x, -y))"),
    "x ** (y + 1)": (
        "x ** (y + 1)",
        "(x * x if y + 1.0 == 2.0 else math.pow(x, y + 1.0))",
    ),
    "1 / (2 * z)": ("1 / (2 * z)", "1.0 / (2.0 * z)"),
    "0 if x <= 0 else x": ("0 if x <= 0 else x", "0.0 if x <= 0.0 else x"),
    "-1 if x < 0 else 0 if x == 0 else 1": (
        "-1 if x < 0 else 0 if x == 0 else 1",
        "-1.0 if x < 0.0 else 0.0 if x == 0.0 else 1.0",
    ),
    "(x if x > y else y) * 2": ("(x if x > y else y) * 2", "(x if x > y else y) * 2.0"),
    "(x if y > 0 else z) if x > 0 else z": (
        "(x if y > 0 else z) if x > 0 else z",
        "(x if y > 0.0 else z) if x > 0.0 else z",
    ),
    "x if (y if x > 0 else z) != 0 else z": (
        "x if (y if x > 0 else z) != 0 else z",
        "x if (y if x > 0.0 else z) != 0.0 else z",
    ),
    "exp(-x * x) + sin(x + 1)": ("exp(-x * x) + sin(x + 1)", "exp(-x * x) + sin(x + 1.0)"),
    "0.1 * maximum(x, y)": ("0.1 * maximum(x, y)", "0.1 * maximum(x, y)"),
}


@pytest.mark.parametrize(("given", "printed"), PRINTED.items(), ids=list(PRINTED))
def test_an_expression_is_printed_with_the_parentheses_that_it_needs(
    given: str, printed: tuple[str, str]
) -> None:
    tree = parse(given)
    assert (Printer().text(tree), PythonPrinter().text(tree)) == printed


def test_a_primitive_is_taken_from_the_library_and_other_rows_are_called() -> None:
    assert PythonPrinter("tanh").text(parse("tanh(x)")) == "math.tanh(x)"
    assert PythonPrinter("abs").text(parse("abs(x)")) == "math.fabs(x)"
    assert PythonPrinter("tanh").text(parse("tanh(exp(x))")) == "math.tanh(exp(x))"


def test_printing_and_reading_again_gives_the_same_tree() -> None:
    for seed in range(2000):
        tree = random_tree(random.Random(seed), 4)
        again = parse(Printer().text(tree))
        assert ast.dump(again) == ast.dump(tree), Printer().text(tree)


def random_tree(generator: random.Random, depth: int) -> ast.expr:
    def branch() -> ast.expr:
        return random_tree(generator, depth - 1)

    def comparison() -> ast.expr:
        order = generator.choice([ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq])
        return ast.Compare(branch(), [order()], [branch()])

    operators = [ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow]
    kinds = ["leaf"] if depth == 0 else ["leaf", "negative", "binary", "binary", "if", "call"]
    match generator.choice(kinds):
        case "negative":
            return ast.UnaryOp(ast.USub(), branch())
        case "binary":
            return ast.BinOp(branch(), generator.choice(operators)(), branch())
        case "if":
            return ast.IfExp(comparison(), branch(), branch())
        case "call":
            row = generator.choice([find("exp"), find("maximum")])
            arguments = [branch() for _ in range(row.arity)]
            return ast.Call(ast.Name(row.name, ast.Load()), arguments, [])
        case _:
            name = ast.Name(generator.choice("xyz"), ast.Load())
            return generator.choice([name, ast.Constant(generator.choice([0, 2, 0.5, 1e-9]))])


def test_every_row_is_printed_as_it_is_written() -> None:
    for row in TABLE.values():
        for expression in itertools.chain([row.value], row.partials):
            assert Printer().text(parse(expression)) == expression


def cannot_stand(part: str, given: str, names: str = "x, y, z") -> str:
    return (
        f"{part!r} cannot stand in {given!r}: an expression has numbers, {names}, "
        "+ - * / **, `a if b < c else d` and operations of the table"
    )


REFUSED = {
    "x +": "'x +' is not an expression: invalid syntax",
    "": "'' is not an expression: invalid syntax",
    "x; y": "'x; y' is not an expression: invalid syntax",
    "sin(x, y)": "sin takes 1 operands, got 2 in 'sin(x, y)'",
    "1 + maximum(x)": "maximum takes 2 operands, got 1 in '1 + maximum(x)'",
    **{
        given: cannot_stand(part, given)
        for given, part in {
            "w * x": "w",
            "x.data": "x.data",
            "erf(x)": "erf(x)",
            "sin": "sin",
            "__import__('os')": "__import__('os')",
            "maximum(x, y=0)": "maximum(x, y=0)",
            "x + y % 2": "y % 2",
            "+x": "+x",
            "True": "True",
            "2j * x": "2j",
            "x * (x > 0)": "x > 0",
            "1 if x else 0": "1 if x else 0",
            "1 if 0 < x < 1 else 0": "1 if 0 < x < 1 else 0",
            "x and y": "x and y",
            "[x]": "[x]",
        }.items()
    },
}


@pytest.mark.parametrize(("given", "message"), REFUSED.items(), ids=list(REFUSED))
def test_the_error_for_a_wrong_expression_quotes_it(given: str, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parse(given)


def test_an_expression_of_a_row_of_one_operand_cannot_use_y() -> None:
    message = cannot_stand("y", "x + y", names="x")
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parse("x + y", "x")


def test_the_error_for_an_unknown_row_lists_the_rows() -> None:
    with pytest.raises(LookupError) as caught:
        find("tanj")
    assert str(caught.value) == f"no operation 'tanj'; the table has {', '.join(TABLE)}"
