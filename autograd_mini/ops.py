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

from typing import TYPE_CHECKING, Any, Protocol, TypeVar, overload

Interval = tuple[float, float]


class Recorded(Protocol):
    """What the operations need of a value that records: here only so that types can be told."""

    data: float
    grad: float


V = TypeVar("V", bound=Recorded)


class Operation:
    """One row of the table; called on Values it records, called on floats it computes.

    name: what it is called, in Python too: `x.name()` and `name(x)`.
    value: z as an expression in the operands.
    partials: dz/dx and, for two operands, dz/dy, as expressions in the operands and z.
    symbol: what is written in formulas and drawings; the name if not given.
    domain: an interval for each operand in which it is smooth and well conditioned, kinks apart:
        there the derivatives are checked, and there they hold to 1e-12 relative.
    kink: an expression that is zero where the operation has a kink; "" if it has none.
    """

    def __init__(
        self,
        name: str,
        value: str,
        *partials: str,
        symbol: str = "",
        domain: tuple[Interval, ...] = (),
        kink: str = "",
    ) -> None:
        self.name = name
        self.value = value
        self.partials = partials
        self.symbol: str = symbol or name
        self.domain: tuple[Interval, ...] = domain or ((-5.0, 5.0),) * len(partials)
        self.kink = kink
        # Set by the module that makes Values, so that this one need not know them.
        self.record: Any = None
        rules = zip("xy", partials)
        self.__doc__ = "\n".join(
            [f"z = {value}", *(f"dz/d{operand} = {partial}" for operand, partial in rules)]
            + ([f"kink where {kink} = 0"] if kink else [])
        )

    @property
    def arity(self) -> int:
        """Number of operands, 1 or 2."""
        return len(self.partials)

    @overload
    def __call__(self, x: float, /) -> float: ...
    @overload
    def __call__(self, x: float, y: float, /) -> float: ...
    @overload
    def __call__(self, x: V, /) -> V: ...
    @overload
    def __call__(self, x: V, y: V | float, /) -> V: ...
    @overload
    def __call__(self, x: float, y: V, /) -> V: ...
    def __call__(self, *operands: Any) -> Any:
        return self.record(*operands)

    def __repr__(self) -> str:
        return f"<operation {self.name}: z = {self.value}>"

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return find, (self.name,)


class DomainError(ArithmeticError):
    """An operation has no finite value at its operands: log(0), sqrt(-1), 1/0, an overflow.

    operation: the row; operands: its operands' values, in order.
    """

    operation: Operation
    operands: tuple[float, ...]

    def __init__(
        self, operation: Operation, operands: tuple[float, ...], names: tuple[str, ...], why: str
    ) -> None:
        """names: a label for each operand, "" for one that is a constant."""
        self.operation = operation
        self.operands = operands
        self.parts: tuple[Operation, tuple[float, ...], tuple[str, ...], str] = (
            operation,
            operands,
            names,
            why,
        )
        written = [name or repr(data) for name, data in zip(names, operands)]
        if operation.symbol.isidentifier():
            formula = f"{operation.symbol}({', '.join(written)})"
        else:
            if written[0].startswith("-"):  # -2.0 ** 0.5 would be -(2.0 ** 0.5)
                written[0] = f"({written[0]})"
            formula = f" {operation.symbol} ".join(["", *written][-2:]).strip()
        known = dict.fromkeys(f"{name} = {data!r}" for name, data in zip(names, operands) if name)
        super().__init__(f"{formula} {why}" + (f" at {', '.join(known)}" if known else ""))

    def __reduce__(self) -> tuple[Any, ...]:
        """Exceptions are pickled by their message, from which this one cannot be made."""
        return DomainError, self.parts


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

TABLE: dict[str, Operation] = {
    name: row for name, row in list(globals().items()) if isinstance(row, Operation)
}


def find(name: str) -> Operation:
    """The row called `name`. Raises: LookupError with the names there are."""
    try:
        return TABLE[name]
    except KeyError:
        raise LookupError(f"no operation {name!r}; the table has {', '.join(TABLE)}") from None


# Type checkers read only a written-out __all__; without one they take every public name.
if not TYPE_CHECKING:
    __all__ = ["DomainError", "Operation", *TABLE]
