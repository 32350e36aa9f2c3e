"""Terms: the expressions of a program, in which equal parts are one object.

They are made of the rows of the table, with operands for `x` and `y` and the result for `z`. A term
is simplified as it is made where that changes no bit: constants are folded, a factor of 1 is left
out. A factor of 0 stays, because 0 * inf is nan; so does a summand of 0, because -0.0 + 0.0 is 0.0.

>>> terms = Terms()
>>> a, b = terms.name("a"), terms.name("b")
>>> square = terms.row(find("pow"), a, terms.number(2.0))
>>> print(ast.unparse(square), terms.product(a, a) is square)
a * a True
>>> print(ast.unparse(terms.partial(find("tanh"), 0, (a,), z=b)))
1.0 - b * b
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import cast

from autograd_mini.engine.comparisons import COMPARE
from autograd_mini.engine.operation import Operation, find
from autograd_mini.engine.tree import (
    COMPARISONS,
    Interpreter,
    PythonPrinter,
    parse,
)

Term = ast.expr

COMPARATORS: dict[str, type[ast.cmpop]] = {symbol: node for node, symbol in COMPARISONS.items()}

# Trees are never changed, so one tree for each rule is enough.
read: Callable[..., Term] = cache(parse)


class Terms:
    """Makes terms. made: all of them, parts before the terms that they are part of."""

    def __init__(self) -> None:
        self.made: list[Term] = []
        self._known: dict[tuple[object, ...], Term] = {}

    def _one(self, key: tuple[object, ...], make: Callable[[], Term]) -> Term:
        term = self._known.get(key)
        if term is None:
            term = self._known[key] = make()
            self.made.append(term)
        return term

    # -- of the table ---------------------------------------------------------------------------

    def row(self, row: Operation, *operands: Term) -> Term:
        """The value of `row` at `operands`."""
        return self.written(read(row.value), dict(zip("xy", operands)), primitive=row.name)

    def partial(self, row: Operation, position: int, operands: Sequence[Term], z: Term) -> Term:
        """d z / d operand for the operand at `position`."""
        return self.written(read(row.partials[position]), {**dict(zip("xy", operands)), "z": z})

    def written(self, rule: ast.expr, meanings: Mapping[str, Term], primitive: str = "") -> Term:
        """The term of an expression of a row, with terms for its names.

        primitive: the function that it takes from the library of the target; others are rows.
        """
        return _Expansion(self, meanings, primitive).visit(rule)

    # -- one constructor for each kind of term --------------------------------------------------

    def number(self, value: float) -> Term:
        """Known by its repr, which tells -0.0 from 0.0, and is the same for every nan."""
        return self._one(("number", repr(value)), lambda: ast.Constant(value))

    def name(self, name: str) -> Term:
        return self._one(("name", name), lambda: ast.Name(name))

    def negative(self, x: Term) -> Term:
        if isinstance(x, ast.Constant):
            return self.number(-as_number(x))
        if isinstance(x, ast.UnaryOp):
            return x.operand
        return self._one(("-", id(x)), lambda: ast.UnaryOp(ast.USub(), x))

    def sum(self, x: Term, y: Term) -> Term:
        if isinstance(y, ast.UnaryOp):
            return self.difference(x, y.operand)
        if isinstance(x, ast.UnaryOp):
            return self.difference(y, x.operand)
        return self._binary(ast.Add(), x, y, lambda x, y: x + y, commutes=True)

    def difference(self, x: Term, y: Term) -> Term:
        if isinstance(y, ast.UnaryOp):
            return self.sum(x, y.operand)
        return self._binary(ast.Sub(), x, y, lambda x, y: x - y)

    def product(self, x: Term, y: Term) -> Term:
        for factor, other in ((x, y), (y, x)):
            if is_number(factor, 1.0):
                return other
            if is_number(factor, -1.0):
                return self.negative(other)
        for factor, other in ((x, y), (y, x)):
            halved = self._halved(factor, other)
            if halved is not None:
                return halved
        for factor, other in ((x, y), (y, x)):
            # adjoint * (0 if x <= 0 else 1): the factor 1 can be left out inside.
            if isinstance(factor, ast.IfExp) and are_numbers(factor):
                return self._in_branches(factor, other)
        return self._binary(ast.Mult(), x, y, lambda x, y: x * y, commutes=True)

    def _halved(self, factor: Term, product: Term) -> Term | None:
        """`factor * (multiple * x)` as one product, if no bit changes: as 0.5 * (2.0 * x) = x.

        Both numbers are powers of two, and the inner one is not below 1, so that only the outer
        product is rounded. The inner one cannot overflow where x * x is a value too: that is finite
        wherever a program comes to results.
        """
        match factor, product:
            case (
                ast.Constant(value=float() as outer),
                ast.BinOp(left=ast.Constant(value=float() as inner), op=ast.Mult(), right=x),
            ) if is_power_of_two(outer) and is_power_of_two(inner) and 1.0 <= abs(inner) <= 1024.0:
                if ("Mult", id(x), id(x)) in self._known:
                    return self.product(self.number(outer * inner), x)
        return None

    def quotient(self, x: Term, y: Term) -> Term:
        if is_number(y, 1.0):
            return x
        return self._binary(ast.Div(), x, y, lambda x, y: x / y)

    def power(self, x: Term, y: Term) -> Term:
        """x ** y; a square is a product, as everywhere in the engine."""
        if is_number(y, 1.0):
            return x
        if isinstance(y, ast.Constant):
            return self.product(x, x) if y.value == 2.0 else self.call("pow", x, y)
        square = self.product(x, x)
        return self.conditional(y, "==", self.number(2.0), square, self.call("pow", x, y))

    def call(self, name: str, *arguments: Term) -> Term:
        """A primitive, or `pow` of the library."""
        if all(isinstance(each, ast.Constant) for each in arguments):
            folded = self._folded(getattr(math, PythonPrinter.library_name(name)), *arguments)
            if folded is not None:
                return folded
        return self._one(
            ("call", name, *map(id, arguments)),
            lambda: ast.Call(ast.Name(name), list(arguments), []),
        )

    def conditional(self, left: Term, symbol: str, right: Term, body: Term, orelse: Term) -> Term:
        """`body if left symbol right else orelse`"""
        if body is orelse:
            return body
        if isinstance(left, ast.Constant) and isinstance(right, ast.Constant):
            return body if COMPARE[symbol](left.value, right.value) else orelse
        # The rule of pow keeps a nan a nan; a term that passes nan on needs no condition for that.
        if symbol == "!=" and left is right and passes_nan(body, left) and passes_nan(orelse, left):
            return orelse
        test = ast.Compare(left, [COMPARATORS[symbol]()], [right])
        return self._one(
            ("if", symbol, *map(id, (left, right, body, orelse))),
            lambda: ast.IfExp(test, body, orelse),
        )

    def _in_branches(self, conditional: Term, factor: Term) -> Term:
        match conditional:
            case ast.IfExp(test=ast.Compare() as test, body=body, orelse=orelse):
                return self.conditional(
                    test.left,
                    COMPARISONS[type(test.ops[0])],
                    test.comparators[0],
                    self._in_branches(body, factor),
                    self._in_branches(orelse, factor),
                )
        return self.product(factor, conditional)

    def _binary(
        self,
        operator: ast.operator,
        x: Term,
        y: Term,
        compute: Callable[[float, float], float],
        commutes: bool = False,
    ) -> Term:
        folded = self._folded(compute, x, y)
        if folded is not None:
            return folded
        operands = sorted((id(x), id(y))) if commutes else (id(x), id(y))
        key = (type(operator).__name__, *operands)
        return self._one(key, lambda: ast.BinOp(x, operator, y))

    def _folded(self, compute: Callable[..., float], *operands: Term) -> Term | None:
        """The number that operands give, if all are numbers; not if only the result is infinite."""
        numbers = [as_number(each) for each in operands if isinstance(each, ast.Constant)]
        if len(numbers) < len(operands):
            return None
        try:
            value = compute(*numbers)
        except (ArithmeticError, ValueError):
            return None
        if math.isfinite(value) or not all(map(math.isfinite, numbers)):
            return self.number(value)
        return None


class _Expansion(Interpreter[Term]):
    """Makes the terms of an expression; a row that it calls is replaced by the row's value."""

    def __init__(self, terms: Terms, meanings: Mapping[str, Term], primitive: str) -> None:
        self._terms = terms
        self._meanings = meanings
        self._primitive = primitive
        self._binary: dict[type[ast.operator], Callable[[Term, Term], Term]] = {
            ast.Add: terms.sum,
            ast.Sub: terms.difference,
            ast.Mult: terms.product,
            ast.Div: terms.quotient,
            ast.Pow: terms.power,
        }

    def number(self, value: float) -> Term:
        return self._terms.number(float(value))

    def name(self, name: str) -> Term:
        return self._meanings[name]

    def negative(self, operand: ast.expr) -> Term:
        return self._terms.negative(self.visit(operand))

    def binary(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> Term:
        return self._binary[type(operator)](self.visit(left), self.visit(right))

    def conditional(self, test: ast.expr, body: ast.expr, orelse: ast.expr) -> Term:
        assert isinstance(test, ast.Compare)
        left, right = self.visit(test.left), self.visit(test.comparators[0])
        symbol = COMPARISONS[type(test.ops[0])]
        return self._terms.conditional(left, symbol, right, self.visit(body), self.visit(orelse))

    def call(self, function: str, *arguments: ast.expr) -> Term:
        operands = map(self.visit, arguments)
        if function == self._primitive:
            return self._terms.call(function, *operands)
        return self._terms.row(find(function), *operands)


# -- properties of a term -------------------------------------------------------------------------

# The depth to which a part that passes nan on is sought.
NEAR = 4


def parts(term: Term) -> Iterator[tuple[Term, bool]]:
    """The parts of `term`, and whether each is evaluated whenever `term` is."""
    match term:
        case ast.UnaryOp(operand=operand):
            yield operand, True
        case ast.BinOp(left=left, right=right):
            yield left, True
            yield right, True
        case ast.Call(args=arguments):
            yield from ((argument, True) for argument in arguments)
        case ast.IfExp(test=ast.Compare(left=left, comparators=[right]), body=body, orelse=orelse):
            yield left, True
            yield right, True
            yield body, False
            yield orelse, False


def is_atom(term: Term) -> bool:
    """True if `term` is a name or a number."""
    return isinstance(term, (ast.Name, ast.Constant))


def as_number(term: ast.Constant) -> float:
    return cast(float, term.value)


def is_number(term: Term, value: float) -> bool:
    return isinstance(term, ast.Constant) and term.value == value


def is_power_of_two(value: float) -> bool:
    """True if a product by `value` is exact, but for overflow and underflow; either sign."""
    return abs(math.frexp(value)[0]) == 0.5


def are_numbers(term: Term) -> bool:
    """True if `term` is a number, or a condition that chooses between numbers."""
    while isinstance(term, ast.IfExp) and are_numbers(term.body):
        term = term.orelse
    return isinstance(term, ast.Constant)


def passes_nan(term: Term, part: Term, depth: int = NEAR) -> bool:
    """True if `term` is surely nan where `part` is."""
    if term is part:
        return True
    if not depth:
        return False
    match term:
        case ast.Call(func=ast.Name(id="pow"), args=[base, ast.Constant(value=exponent)]):
            return exponent != 0.0 and passes_nan(base, part, depth - 1)
        case ast.Call(func=ast.Name(id="pow")):
            return False
        case ast.IfExp(body=body, orelse=orelse):
            return passes_nan(body, part, depth - 1) and passes_nan(orelse, part, depth - 1)
    return any(passes_nan(each, part, depth - 1) for each, _ in parts(term))
