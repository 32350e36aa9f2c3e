"""The rows as Python functions, made from their expressions when first needed.

Where a row has no value, `STRICT` raises, as Python does, and `CONTINUED` gives inf or nan, as
IEEE 754 and the C library do. `RECORDED` computes on Values, so that a derivative can be
differentiated again.

>>> STRICT.function("sigmoid")(0.0)
0.5
>>> partials(find("sqrt"), (0.0,), 0.0)
(inf,)
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

from autograd_mini.engine.comparisons import equal
from autograd_mini.engine.operation import TABLE, DomainError, Operation, find
from autograd_mini.engine.tree import COMPARISON, Printer, PythonPrinter, parse

Function = Callable[..., float]


class Arithmetic:
    """A way to compute rows.

    printer: writes an expression as Python. library: has the primitives. functions: the values of
    rows so far, by name.
    """

    def __init__(self, printer: type[PythonPrinter], library: Any, functions: Any) -> None:
        self.printer = printer
        self.library = library
        self.functions: dict[str, Function] = functions
        self.partials: dict[Operation, list[Function]] = {}

    def function(self, name: str) -> Function:
        """The value of the row called `name`, as a function of its operands."""
        if name not in self.functions:
            row = find(name)
            self.functions[name] = self.compile(row, row.value, primitive=name)
        return self.functions[name]

    def rules(self, row: Operation) -> list[Function]:
        """The partials of `row`, as functions of its operands and z."""
        if row not in self.partials:
            self.partials[row] = [self.compile(row, partial) for partial in row.partials]
        return self.partials[row]

    def compile(self, row: Operation, expression: str, primitive: str = "") -> Function:
        """An expression of `row` as a function of its operands and z."""
        tree = parse(expression)
        written = self.printer(primitive).text(tree)
        operands = "xy"[: row.arity]
        if written == f"math.{self.printer.library_name(row.name)}({', '.join(operands)})":
            return cast(Function, getattr(self.library, self.printer.library_name(row.name)))
        namespace = self.namespace(tree, primitive)
        parameters = ", ".join([*operands, "z=None"])
        called = f"{row.name} by {self.printer.__name__}: {expression}"
        execute(f"def _rule({parameters}):\n    return {written}\n", called, namespace)
        return cast(Function, namespace["_rule"])

    def namespace(self, tree: ast.expr, primitive: str = "") -> dict[str, Any]:
        """The globals of the printed `tree`: the library, and the rows that it calls."""
        named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        functions = {name: self.function(name) for name in named - {"x", "y", "z", primitive}}
        own = {"_divide": divide, "_power": self.power, "_equal": equal}
        return {"math": self.library, **own, **functions}

    def power(self, x: float, y: float) -> float:
        """x ** y. A square is a product, which is rounded once."""
        return x * x if y == 2.0 else self.library.pow(x, y)


def execute(source: str, name: str, namespace: dict[str, Any]) -> None:
    """Run generated `source` in `namespace`. Tracebacks and `inspect.getsource` can quote it.

    name: unique; two sources of one name would both be quoted as the later.
    """
    import linecache  # late: the engine in C needs none of it

    filename = f"<autograd_mini {name}>"
    linecache.cache[filename] = len(source), None, source.splitlines(keepends=True), filename
    exec(compile(source, filename, "exec"), namespace)


def value(row: Operation, operands: tuple[float, ...], names: tuple[str, ...]) -> float:
    """The value of `row` at `operands`; NaN or infinite only if an operand is.

    Raises: DomainError, whose message has `names` for the operands.
    """
    try:
        z = STRICT.function(row.name)(*operands)
    except OverflowError:
        raise DomainError(row, operands, names, "overflows") from None
    except (ArithmeticError, ValueError):
        z = math.nan
    if math.isnan(z) and not any(map(math.isnan, operands)):
        raise DomainError(row, operands, names, "does not exist")
    if math.isinf(z) and all(map(math.isfinite, operands)):
        raise DomainError(row, operands, names, "overflows")
    return z


def partials(row: Operation, operands: tuple[float, ...], z: float) -> tuple[float, ...]:
    """The partials of `row`; infinite or NaN where they do not exist."""
    return tuple(rule(*operands, z) for rule in CONTINUED.rules(row))


class ContinuedPrinter(PythonPrinter):
    """Writes Python in which a division by zero gives infinity or NaN."""

    def binary(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> tuple[str, int]:
        if isinstance(operator, ast.Div):
            return self.call("_divide", left, right)
        return super().binary(left, operator, right)


def divide(x: float, y: float) -> float:
    """x / y; infinite or NaN where y is 0."""
    return x / y if y != 0.0 else x * math.copysign(math.inf, y)


def continued(function: Function) -> Function:
    """`function` of Python's math module, with the result of C's where Python raises."""
    poles = {math.log: 0.0, math.log1p: -1.0}

    def evaluate(*operands: float) -> float:
        x = operands[0]
        # sinh and odd powers go to -inf for negative x.
        odd = function is math.sinh or (function is math.pow and operands[1] % 2.0 == 1.0)
        try:
            return function(*operands)
        except OverflowError:
            return math.copysign(math.inf, x) if odd else math.inf
        except ValueError:
            if function is math.pow and x == 0.0:
                return math.copysign(math.inf, x) if odd else math.inf
            return -math.inf if x == poles.get(function) else math.nan

    return evaluate


class RecordedPrinter(PythonPrinter):
    """Writes Python over Values. `==` of Values is identity, so their numbers are compared."""

    def binary(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> tuple[str, int]:
        return Printer.binary(self, left, operator, right)

    def comparison(self, left: ast.expr, symbol: str, right: ast.expr) -> tuple[str, int]:
        if symbol in ("<", "<=", ">", ">="):
            return super().comparison(left, symbol, right)
        equal = f"_equal({self.text(left)}, {self.text(right)})"
        return equal if symbol == "==" else f"not {equal}", COMPARISON


STRICT = Arithmetic(PythonPrinter, math, {})
# Its expressions call the rows themselves, which record.
RECORDED = Arithmetic(RecordedPrinter, math, TABLE)
CONTINUED_MATH = {name: continued(made) for name, made in vars(math).items() if callable(made)}
CONTINUED = Arithmetic(ContinuedPrinter, SimpleNamespace(**CONTINUED_MATH), {})


def forget() -> None:
    """Drop all functions after a row has changed; they are made again when needed."""
    for arithmetic in (STRICT, CONTINUED):
        arithmetic.functions.clear()
    for arithmetic in (STRICT, CONTINUED, RECORDED):
        arithmetic.partials.clear()
