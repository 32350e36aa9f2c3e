"""The functions that a written formula may call beside the rows of the table."""

from __future__ import annotations

import ast
from functools import reduce

# Functions of the blackboard that the table calls otherwise.
MEANT = {
    "ln": "log",
    "log10": "log(x) / log(10)",
    "log2": "log(x) / log(2)",
    "sig": "sigmoid",
    "\N{GREEK SMALL LETTER SIGMA}": "sigmoid",
    "arctan": "atan",
    "arctan2": "atan2",
    "arcsin": "asin",
    "arccos": "acos",
    "sgn": "sign",
    "ReLU": "relu",
    "logistic": "sigmoid",
}

# Constants of the blackboard, which a formula writes out.
CONSTANTS = {
    "e": "exp(1)",
    **dict.fromkeys(("pi", "\N{GREEK SMALL LETTER PI}"), "3.141592653589793"),
}

# Functions of any number of operands, and the row that joins two of them.
JOINED = {"max": "maximum", "min": "minimum"}
MANY = ("sum", "mean", "logsumexp", *JOINED)

# Functions that are written out in rows of the table, and their numbers of operands.
ARITIES = {"square": 1}

# The functions that a formula may call beside the rows of the table.
OTHERS = (*MANY, *ARITIES, "softmax")


def softmax(operands: list[ast.expr]) -> list[ast.expr]:
    """The outputs of a softmax: exp(x1) / (exp(x1) + exp(x2) + ...) for each operand.

    >>> [ast.unparse(output) for output in softmax([ast.Name("a"), ast.Name("b")])]
    ['exp(a) / (exp(a) + exp(b))', 'exp(b) / (exp(a) + exp(b))']
    """
    powers: list[ast.expr] = [ast.Call(ast.Name("exp"), [operand], []) for operand in operands]
    return [ast.BinOp(power, ast.Div(), _sum(powers)) for power in powers]


def _sum(terms: list[ast.expr]) -> ast.expr:
    return reduce(lambda total, term: ast.BinOp(total, ast.Add(), term), terms)


def written_out(name: str, operands: list[ast.expr]) -> ast.expr:
    """A function that is not a row, in rows of the table.

    >>> ast.unparse(written_out("mean", [ast.Name("x"), ast.Name("y")]))
    '(x + y) / 2'
    """
    if name == "square":
        return _square(operands[0])
    if name == "logsumexp":  # log(exp(x1) + exp(x2) + ...), without overflow
        result = operands[-1]
        for operand in reversed(operands[:-1]):
            above = ast.BinOp(result, ast.Sub(), operand)
            result = ast.BinOp(operand, ast.Add(), ast.Call(ast.Name("softplus"), [above], []))
        return result
    if name in JOINED:
        return reduce(lambda x, y: ast.Call(ast.Name(JOINED[name]), [x, y], []), operands)
    total = _sum(operands)
    return ast.BinOp(total, ast.Div(), ast.Constant(len(operands))) if name == "mean" else total


def _square(operand: ast.expr) -> ast.expr:
    return ast.BinOp(operand, ast.Pow(), ast.Constant(2))
