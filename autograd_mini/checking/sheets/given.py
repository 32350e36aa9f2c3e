"""A value that an exercise states, on top of the formula that it was computed with.

`yp = sigmoid(W*x)`, `given yp = 0.6`: the prediction is 0.6, and its slope is 0.6 * (1 - 0.6), as
the rule of the sigmoid has it. So the number is kept by a constant inside, W*x + 0.0055.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable

from autograd_mini.checking.formulas.scene import names_in

# The operand that gives a row the value z.
INVERSE: dict[str, Callable[[float], float]] = {
    "sigmoid": lambda z: math.log(z / (1.0 - z)),
    "softplus": lambda z: math.log(math.expm1(z)),
    "tanh": math.atanh,
    "exp": math.log,
    "log": math.exp,
    "sqrt": lambda z: z * z,
    "relu": lambda z: z if z > 0.0 else -1.0,
}


def with_value(tree: ast.expr, value: float, number: Callable[[ast.expr], float]) -> ast.expr:
    """`tree` with a constant added to a part of it, so that it comes to `value`.

    The part is inside the functions that are applied last, whose rules use their result. number:
    gives the number of an expression now.

    >>> tree = ast.parse("sigmoid(net)", mode="eval").body
    >>> ast.unparse(with_value(tree, 0.5, lambda _: 2.0))
    'sigmoid(net + -2.0)'

    Raises: ValueError if no operand gives that value.
    """
    match tree:
        case ast.Call(func=ast.Name(id=name), args=[operand]) if name in INVERSE and any(
            names_in(operand)
        ):
            try:
                inner = INVERSE[name](value)
            except (ArithmeticError, ValueError):
                raise ValueError(f"{name} is never {value:.10g}") from None
            if name == "relu" and value < 0.0:
                raise ValueError(f"relu is never {value:.10g}")
            return ast.Call(ast.Name(name), [with_value(operand, inner, number)], [])
        case ast.UnaryOp(operand=operand):
            return ast.UnaryOp(ast.USub(), with_value(operand, -value, number))
        case ast.BinOp(left=left, op=ast.Div(), right=right) if (
            not any(names_in(left)) and any(names_in(right)) and value != 0.0
        ):
            return ast.BinOp(left, ast.Div(), with_value(right, number(left) / value, number))
        case ast.BinOp(left=left, op=ast.Add(), right=right) if not any(names_in(left)) and any(
            names_in(right)
        ):
            return ast.BinOp(left, ast.Add(), with_value(right, value - number(left), number))
    return ast.BinOp(tree, ast.Add(), ast.Constant(value - number(tree)))
