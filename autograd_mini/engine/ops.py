"""The table: everything the engine knows about calculus, one row an operation.

A row says what an operation computes and its partial derivative with respect to each operand,
as plain expressions in `x` and `y` (the operands) and `z` (the result):

>>> tanh.value, tanh.partials
('tanh(x)', ('1 - z * z',))

An expression is made of numbers, `x`, `y`, `z`, the operators `+ - * / **`,
`a if condition else b` with a comparison as condition, and calls of rows of this table. A row
whose value calls itself, like `tanh`, is a primitive: every target takes it from its own
mathematical library.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autograd_mini.engine.operation import TABLE, Operation

# ---------------------------------------------------------------------------------------------
# Arithmetic

add: Operation = Operation("add", "x + y", "1", "1", symbol="+")
sub: Operation = Operation("sub", "x - y", "1", "-1", symbol="-")
mul: Operation = Operation("mul", "x * y", "y", "x", symbol="*")
div: Operation = Operation(
    "div", "x / y", "1 / y", "-z / y", symbol="/", domain=((-5, 5), (0.1, 5))
)
neg: Operation = Operation("neg", "-x", "-1", symbol="-")
# C's pow forgets a nan: pow(nan, 0) = pow(1, nan) = 1. Here a nan stays one.
# 0**y is 0 for every y > 0, so its derivative with respect to y is 0 although log(0) is not.
# Where y = 0, dz/dx is 0 but still depends on y; y * z / x says how, and never is 0 * inf.
# Beyond 2**53, y - 1 is even, as y is: there, dz/dx has the wrong sign for x < 0, as in PyTorch.
pow: Operation = Operation(
    "pow",
    "x + y if x != x else x + y if y != y else x ** y",
    "y * x ** (y - 1) if y != 0 else 0 if x == 0 else y * z / x",
    "0 if x == 0 else z * log(x)",
    symbol="**",
    domain=((0.1, 5), (-5, 5)),
)

# ---------------------------------------------------------------------------------------------
# Exponentials and roots

exp: Operation = Operation("exp", "exp(x)", "z")
expm1: Operation = Operation("expm1", "expm1(x)", "exp(x)")
log: Operation = Operation("log", "log(x)", "1 / x", domain=((0.1, 10),))
log1p: Operation = Operation("log1p", "log1p(x)", "1 / (1 + x)", domain=((-0.9, 10),))
sqrt: Operation = Operation("sqrt", "sqrt(x)", "1 / (2 * z)", domain=((0.1, 10),))

# ---------------------------------------------------------------------------------------------
# Trigonometric and hyperbolic functions

sin: Operation = Operation("sin", "sin(x)", "cos(x)")
cos: Operation = Operation("cos", "cos(x)", "-sin(x)")
tan: Operation = Operation("tan", "tan(x)", "1 + z * z", domain=((-1.5, 1.5),))
asin: Operation = Operation("asin", "asin(x)", "1 / sqrt(1 - x * x)", domain=((-0.99, 0.99),))
acos: Operation = Operation("acos", "acos(x)", "-1 / sqrt(1 - x * x)", domain=((-0.99, 0.99),))
atan: Operation = Operation("atan", "atan(x)", "1 / (1 + x * x)")
sinh: Operation = Operation("sinh", "sinh(x)", "cosh(x)")
cosh: Operation = Operation("cosh", "cosh(x)", "sinh(x)")
# 1 - z * z and z * (1 - z) are the rules every textbook and framework uses; they lose relative
# accuracy where z rounds to 1, which the domains below stay clear of.
tanh: Operation = Operation("tanh", "tanh(x)", "1 - z * z", domain=((-3, 3),))

# ---------------------------------------------------------------------------------------------
# Activations

# Two branches, so that exp never overflows.
sigmoid: Operation = Operation(
    "sigmoid", "1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))", "z * (1 - z)"
)
softplus: Operation = Operation(
    "softplus", "x + log1p(exp(-x)) if x > 0 else log1p(exp(x))", "sigmoid(x)"
)

# At a kink: relu, abs, step and sign have derivative 0, ties of maximum and minimum give half to
# each operand, as in PyTorch and JAX; step(0) = sign(0) = 1, as in the lectures' threshold units.
# A nan fails every comparison: the branches are ordered so that the value stays nan.
relu: Operation = Operation("relu", "0 if x <= 0 else x", "0 if x <= 0 else 1", kink="x")
abs: Operation = Operation("abs", "abs(x)", "-1 if x < 0 else 0 if x == 0 else 1", kink="x")
sign: Operation = Operation("sign", "1 if x >= 0 else -1 if x < 0 else x", "0", kink="x")
step: Operation = Operation("step", "1 if x >= 0 else 0 if x < 0 else x", "0", kink="x")
maximum: Operation = Operation(
    "maximum",
    "x if x > y else x if x != x else y",
    "0 if x < y else 0.5 if x == y else 1",
    "0 if y < x else 0.5 if x == y else 1",
    kink="x - y",
)
minimum: Operation = Operation(
    "minimum",
    "x if x < y else x if x != x else y",
    "0 if x > y else 0.5 if x == y else 1",
    "0 if y > x else 0.5 if x == y else 1",
    kink="x - y",
)

TABLE.update({row.name: row for row in list(globals().values()) if isinstance(row, Operation)})

# Type checkers read only a written-out __all__; without one they take every public name.
if not TYPE_CHECKING:
    __all__ = [*TABLE]
