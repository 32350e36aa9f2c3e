"""The table: everything that the engine knows about calculus, one row for each operation.

A row is the value z of an operation, then dz/dx and, for two operands, dz/dy. Each is an expression
in the operands `x` and `y`; a partial may use the result `z`.

>>> tanh.value, tanh.partials
('tanh(x)', ('1 - z * z',))

An expression has numbers, `x`, `y`, `z`, the operators `+ - * / **`, calls of other rows, and
`a if condition else b`, where the condition is one comparison. A row whose value calls the row
itself, such as `tanh`, is a primitive: Python, C, NumPy and JavaScript have it in their
mathematical libraries. A new row is also listed in `ops.pyi`, for type checkers.

`value` has the class whose methods these rows become; read it next.
"""

from autograd_mini.engine.operation import add_rows, row

# fmt: off

# -- arithmetic: z, dz/dx, dz/dy ------------------------------------------------------------------

add      = row("x + y",  "1",      "1",       symbol="+")
sub      = row("x - y",  "1",      "-1",      symbol="-")
mul      = row("x * y",  "y",      "x",       symbol="*")
div      = row("x / y",  "1 / y",  "-z / y",  symbol="/",  domain=((-5.0, 5.0), (0.1, 5.0)))
neg      = row("-x",     "-1",                symbol="-")

# A NaN operand gives NaN. C's pow ignores one in pow(nan, 0) and pow(1, nan).
# 0**y is 0 for every y > 0, so dz/dy is 0 at x = 0, where log(x) has no value.
# At y = 0, dz/dx is 0 but still depends on y: y * z / x keeps that, and is never 0 * inf.
# Above 2**53, y - 1 is even if y is, so dz/dx has the wrong sign for x < 0, as in PyTorch.
pow      = row("x + y if x != x else x + y if y != y else x ** y",
               "y * x ** (y - 1) if y != 0 else 0 if x == 0 else y * z / x",
               "0 if x == 0 else z * log(x)",
               symbol="**",  domain=((0.1, 5.0), (-5.0, 5.0)))

# -- exponentials, logarithms, roots: z, dz/dx ----------------------------------------------------

exp      = row("exp(x)",    "z")
expm1    = row("expm1(x)",  "exp(x)")
log      = row("log(x)",    "1 / x",        domain=((0.1, 10.0),))
log1p    = row("log1p(x)",  "1 / (1 + x)",  domain=((-0.9, 10.0),))
sqrt     = row("sqrt(x)",   "1 / (2 * z)",  domain=((0.1, 10.0),))

# -- trigonometric and hyperbolic functions -------------------------------------------------------

sin      = row("sin(x)",    "cos(x)")
cos      = row("cos(x)",    "-sin(x)")
tan      = row("tan(x)",    "1 + z * z",             domain=((-1.5, 1.5),))
asin     = row("asin(x)",   "1 / sqrt(1 - x * x)",   domain=((-0.99, 0.99),))
acos     = row("acos(x)",   "-1 / sqrt(1 - x * x)",  domain=((-0.99, 0.99),))
atan     = row("atan(x)",   "1 / (1 + x * x)")
# The angle of the point (y, x), as in every library of mathematics: x is its height.
atan2    = row("atan2(x, y)",  "y / (x * x + y * y)",  "-x / (x * x + y * y)",
               domain=((-5.0, 5.0), (0.1, 5.0)))
# Scaled, so that the squares do not overflow; Python's own rounds otherwise than C's.
hypot    = row("abs(x) * sqrt(1 + y / x * (y / x)) if abs(x) > abs(y) else "
               "abs(x) + abs(y) if y == 0 else abs(y) * sqrt(1 + x / y * (x / y))",
               "0 if z == 0 else x / z",
               "0 if z == 0 else y / z",
               domain=((0.1, 5.0), (0.1, 5.0)))
sinh     = row("sinh(x)",   "cosh(x)")
cosh     = row("cosh(x)",   "sinh(x)")
# 1 - z * z here and z * (1 - z) for the sigmoid are the rules of textbooks. They lose relative
# accuracy where z rounds to 1, outside these domains.
tanh     = row("tanh(x)",   "1 - z * z",             domain=((-3.0, 3.0),))

# -- activations ----------------------------------------------------------------------------------

# Two branches each, so that exp never overflows.
sigmoid  = row("1 / (1 + exp(-x)) if x >= 0 else exp(x) / (1 + exp(x))",  "z * (1 - z)")
softplus = row("x + log1p(exp(-x)) if x > 0 else log1p(exp(x))",          "sigmoid(x)")

# At the kink: relu'(0) = abs'(0) = step'(0) = sign'(0) = 0. Where x = y, maximum and minimum give
# half to each operand. Both as in PyTorch and JAX. step(0) = sign(0) = 1, as a threshold unit has.
# A NaN makes every comparison false; the order of the branches lets it through.
relu     = row("0 if x <= 0 else x",  "0 if x <= 0 else 1",                   kink="x")
abs      = row("abs(x)",              "-1 if x < 0 else 0 if x == 0 else 1",  kink="x")
sign     = row("1 if x >= 0 else -1 if x < 0 else x",  "0",  kink="x")
step     = row("1 if x >= 0 else 0 if x < 0 else x",   "0",  kink="x")
maximum  = row("x if x > y else x if x != x else y",
               "0 if x < y else 0.5 if x == y else 1",
               "0 if y < x else 0.5 if x == y else 1",  kink="x - y")
minimum  = row("x if x < y else x if x != x else y",
               "0 if x > y else 0.5 if x == y else 1",
               "0 if y > x else 0.5 if x == y else 1",  kink="x - y")

# fmt: on

__all__ = add_rows(globals())
