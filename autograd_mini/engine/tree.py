"""The expression tree of a row: parse it, interpret it, print it.

The tree is Python's own (`ast`), cut down to the nodes that a row may have. `Interpreter` has one
method for each kind of node. `Printer` writes a tree as text, with parentheses by precedence; a
further language is a subclass that defines the differences.

>>> PythonPrinter().text(parse("-z / (y - 1) * exp(x)"))
'-z / (y - 1.0) * exp(x)'
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Container
from sys import float_info
from typing import Generic, TypeVar

from autograd_mini.engine.operation import TABLE

# How tightly an expression binds, as in Python's grammar. Inside one that binds more tightly it
# needs parentheses.
CONDITIONAL, COMPARISON, SUM, PRODUCT, NEGATION, POWER, ATOM = range(7)

BINARY: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", SUM),
    ast.Sub: ("-", SUM),
    ast.Mult: ("*", PRODUCT),
    ast.Div: ("/", PRODUCT),
    ast.Pow: ("**", POWER),
}
COMPARISONS: dict[type[ast.cmpop], str] = dict(
    zip((ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq), ("<", "<=", ">", ">=", "==", "!="))
)

T = TypeVar("T")


def parse(text: str, names: Container[str] = "xyz", functions: Container[str] = TABLE) -> ast.expr:
    """The tree of an expression over `names` that may call `functions`.

    Raises: ValueError, which quotes the part that a row cannot have.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise ValueError(f"{text!r} is not an expression: {error.msg}") from None
    pending: list[ast.expr] = [tree]
    while pending:
        match pending.pop():
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                if value > float_info.max:
                    raise ValueError(f"a number in {text!r:.100} is too large for a float")
            case ast.Name(id=name) if name in names:
                pass
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                pending.append(operand)
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in BINARY:
                pending += left, right
            # A comparison is only a condition, and a number is not one. Values and some target
            # languages do not convert between them.
            case ast.IfExp(
                test=ast.Compare(left=left, ops=[comparison], comparators=[right]),
                body=body,
                orelse=orelse,
            ) if type(comparison) in COMPARISONS:
                pending += left, right, body, orelse
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in functions:
                if name in TABLE and len(arguments) != TABLE[name].arity:
                    raise ValueError(
                        f"{name} takes {TABLE[name].arity} operands, "
                        f"got {len(arguments)} in {text!r}"
                    )
                pending += arguments
            case node:
                raise ValueError(
                    f"{ast.unparse(node)!r} cannot stand in {text!r}: an expression has numbers, "
                    f"{', '.join(names) if isinstance(names, str) else 'the names given'}, "
                    "+ - * / **, `a if b < c else d` and operations of the table"
                )
    return tree


class Interpreter(Generic[T]):
    """Reads an expression tree: one method for each kind of node.

    A subclass defines the methods for the nodes that it meets, and calls `visit` on the parts of a
    node that it needs: a conditional may visit one branch only.

    >>> class Depth(Interpreter[int]):
    ...     def name(self, name):
    ...         return 1
    ...     def binary(self, left, operator, right):
    ...         return 1 + max(self.visit(left), self.visit(right))
    >>> Depth().visit(parse("x * y + z"))
    3

    Source: the interpreters of JAX's Autodidax, which have one method for each primitive.
    """

    number: Callable[[float], T]
    name: Callable[[str], T]
    negative: Callable[[ast.expr], T]
    binary: Callable[[ast.expr, ast.operator, ast.expr], T]
    comparison: Callable[[ast.expr, str, ast.expr], T]
    conditional: Callable[[ast.expr, ast.expr, ast.expr], T]
    call: Callable[..., T]

    def visit(self, node: ast.expr) -> T:
        """The result of the method for `node`."""
        match node:
            case ast.Constant(value=int() | float() as value):
                return self.number(value)
            case ast.Name(id=name):
                return self.name(name)
            case ast.UnaryOp(operand=operand):
                return self.negative(operand)
            case ast.BinOp(left=left, op=operator, right=right):
                return self.binary(left, operator, right)
            case ast.Compare(left=left, ops=[comparison], comparators=[right]):
                return self.comparison(left, COMPARISONS[type(comparison)], right)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                return self.conditional(test, body, orelse)
            case ast.Call(func=ast.Name(id=function), args=arguments):
                return self.call(function, *arguments)
        raise TypeError(f"{ast.unparse(node)!r} is not an expression that parse() accepts")


class Printer(Interpreter[tuple[str, int]]):
    """Writes a tree as text, with the tightness of its binding; the base writes the text of a row.

    >>> Printer().text(parse("-z / (y - 1) * exp(x)"))
    '-z / (y - 1) * exp(x)'
    """

    def text(self, node: ast.expr, within: int = CONDITIONAL) -> str:
        """`node` as text, in parentheses where it binds less tightly than `within`."""
        written, binding = self.write(node)
        return f"({written})" if binding < within else written

    def write(self, node: ast.expr) -> tuple[str, int]:
        """`node` as text, and its binding, such as PRODUCT."""
        return self.visit(node)

    def number(self, value: float) -> tuple[str, int]:
        return repr(value), ATOM

    def name(self, name: str) -> tuple[str, int]:
        return name, ATOM

    def negative(self, operand: ast.expr) -> tuple[str, int]:
        return "-" + self.text(operand, NEGATION), NEGATION

    def binary(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> tuple[str, int]:
        symbol, binding = BINARY[type(operator)]
        if binding == POWER:  # groups to the right: (x ** y) ** z needs its parentheses
            return f"{self.text(left, ATOM)} ** {self.text(right, NEGATION)}", POWER
        return f"{self.text(left, binding)} {symbol} {self.text(right, binding + 1)}", binding

    def comparison(self, left: ast.expr, symbol: str, right: ast.expr) -> tuple[str, int]:
        return f"{self.text(left, SUM)} {symbol} {self.text(right, SUM)}", COMPARISON

    def conditional(self, test: ast.expr, body: ast.expr, orelse: ast.expr) -> tuple[str, int]:
        then, condition = self.text(body, COMPARISON), self.text(test, COMPARISON)
        return f"{then} if {condition} else {self.text(orelse)}", CONDITIONAL

    def call(self, function: str, *arguments: ast.expr) -> tuple[str, int]:
        return f"{function}({', '.join(map(self.text, arguments))})", ATOM


class PythonPrinter(Printer):
    """Writes Python over floats.

    Every number is a float. A call of the row `primitive` is a call of Python's `math`. A square is
    written as a product, which is rounded once; C's pow may be wrong in the last digit.
    """

    def __init__(self, primitive: str = "") -> None:
        self.primitive = primitive

    def number(self, value: float) -> tuple[str, int]:
        return repr(float(value)), ATOM

    def binary(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> tuple[str, int]:
        if isinstance(operator, ast.Pow):
            base, exponent = self.text(left), self.text(right, SUM)
            # Written out where that is short, because a call takes longer.
            if isinstance(left, ast.Name) and "(" not in exponent:
                power = f"math.pow({base}, {exponent})"
                return f"({base} * {base} if {exponent} == 2.0 else {power})", ATOM
            return f"_power({base}, {exponent})", ATOM
        return super().binary(left, operator, right)

    def call(self, function: str, *arguments: ast.expr) -> tuple[str, int]:
        if function == self.primitive:
            function = f"math.{self.library_name(function)}"
        return super().call(function, *arguments)

    @staticmethod
    def library_name(primitive: str) -> str:
        """The name of the row `primitive` in Python's math module."""
        return "fabs" if primitive == "abs" else primitive
