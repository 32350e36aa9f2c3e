"""The blackboard's functions and signs: what a formula reads beside the table, or says to write."""

from __future__ import annotations

import ast
from collections.abc import Callable
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

# Signs of paper, and how Python writes them.
TYPESET = {
    **dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}", "-"),
    **dict.fromkeys("\N{MULTIPLICATION SIGN}\N{MIDDLE DOT}\N{DOT OPERATOR}", "*"),
    "\N{DIVISION SIGN}": "/",
    "\N{NO-BREAK SPACE}": " ",
    "^": "**",
    "\N{SUPERSCRIPT TWO}": "**2",
    "\N{SUPERSCRIPT THREE}": "**3",
    "\N{PARTIAL DIFFERENTIAL}": "d",
}

# Signs of paper that a formula does not take, and how it is written.
SIGNS = {
    r":$": "a definition has = alone, not :=",
    ":": "a number stands behind an arrow, as in w -> 0.5, not behind a colon",
    "^>": "an arrow is written ->, not =>",
    "-$": "an operand is missing behind the -; an arrow is written ->",
    ";": "each claim stands on a line by itself",
    "//": "a comment begins with #",
    r"^\| .* \|$": "a line of a sheet is no row of a table; write w -> 0.5",
    r"^(?:\d+|[a-z])[.)](?= )": "a line of a sheet has no number in front",
    r"\|": "an absolute value is written abs(x)",
    r"['\N{PRIME}]": "a derivative is written dY/dX, not with a prime",
    r"\b(?:a?(?:sin|cos|tan)h?|exp|log|sqrt|relu|sigmoid) +(?=\w)": "an argument stands in "
    "parentheses, as in sin(x)",
    r"(?<=[\w)]) +(?=[\w(])": "a product is written with *, as in w*x",
}

# Functions of any number of operands, and the row that joins two of them.
JOINED = {"max": "maximum", "min": "minimum"}
MANY = ("sum", "mean", "logsumexp", *JOINED)

# Functions that are written out in rows of the table, and their numbers of operands.
ARITIES = {"square": 1}

# The functions that a formula may call beside the rows of the table.
OTHERS = (*MANY, *ARITIES, "softmax", "dot")

MISUSED = {
    "softmax": "softmax gives one output for each operand; name them all on a line, as in "
    "p1, p2 = softmax(z1, z2)",
    "dot": "dot takes two vectors of equal length, such as q and k where q_1, q_2, k_1 and k_2 are "
    "defined, as in dot(q, k)",
}

# Vectors on paper have a few components.
MOST_COMPONENTS = 100


def typed(text: str) -> list[str]:
    """Each character of `text`, a sign of paper as Python writes it.

    >>> "".join(typed("h^2 - 2·h"))
    'h**2 - 2*h'
    """
    return [TYPESET.get(character, character) for character in text]


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


def dot(vectors: list[ast.expr], is_known: Callable[[str], bool]) -> ast.expr | None:
    """The sum of the products of components; None unless two vectors have the same components.

    A name without a value, such as q, stands for q_1, q_2, ... or q1, q2, ..., and dE/dq for
    dE/dq_1, dE/dq_2, ...

    >>> known = {"q_1", "q_2", "k3_1", "k3_2"}
    >>> ast.unparse(dot([ast.Name("q"), ast.Name("k3")], known.__contains__))
    'q_1 * k3_1 + q_2 * k3_2'
    """
    columns = [
        [_component(vector, place, is_known) for place in range(MOST_COMPONENTS)]
        for vector in vectors
    ]
    if len(columns) != 2 or [x is None for x in columns[0]] != [y is None for y in columns[1]]:
        return None
    terms: list[ast.expr] = [
        ast.BinOp(x, ast.Mult(), y) for x, y in zip(*columns) if x is not None and y is not None
    ]
    return ast.fix_missing_locations(_sum(terms)) if terms else None


def _component(vector: ast.expr, place: int, is_known: Callable[[str], bool]) -> ast.expr | None:
    match vector:
        case ast.Name(id=name) if not is_known(name):
            for component in (f"{name}_{place}", f"{name}{place}"):
                if is_known(component):
                    return ast.copy_location(ast.Name(component), vector)
        case ast.BinOp(ast.Name(id=above) as top, ast.Div(), ast.Name(id=below) as bottom):
            if above[:1] == below[:1] == "d":
                inner = ast.copy_location(ast.Name(below[1:]), bottom)
                found = _component(inner, place, is_known)
                if isinstance(found, ast.Name):
                    found.id = "d" + found.id
                    return ast.copy_location(ast.BinOp(top, ast.Div(), found), vector)
    return None


def _square(operand: ast.expr) -> ast.expr:
    return ast.BinOp(operand, ast.Pow(), ast.Constant(2))
