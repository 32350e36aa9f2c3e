"""Light, exact simplification: a formula as a person writes it, in its original order.

Factors 1 and terms 0 disappear, numbers are multiplied and added where the result is short, signs
are collected, equal factors become powers and equal terms multiples. Nothing is expanded, factored
or sorted.

>>> from autograd_mini.engine.tree import parse
>>> def simplified(text):
...     return Printer().text(simplify(parse(text)))
>>> simplified("1 / 2 * (2 * (x - y) ** (2 - 1) * -1)")
'y - x'
>>> simplified("x + x"), simplified("1 - -z / y / y"), simplified("0 * x + y * 1")
('2 * x', '1 + z / y ** 2', 'y')

A number is read as the decimal that it prints as: 0.1 + 0.2 is 0.3.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from autograd_mini.engine.tree import ATOM, Printer

# Numbers are multiplied and added while numerator and denominator stay below this.
SHORT = 10**9
# A larger whole number is written as a float.
WHOLE_BELOW = 1e15


def number(value: float) -> ast.expr:
    """`value` as a tree: a whole number without .0, a negative number as a sign and a number."""
    if math.copysign(1.0, value) < 0:
        return ast.UnaryOp(ast.USub(), number(-value))
    whole = value < WHOLE_BELOW and value == int(value)
    return ast.Constant(int(value) if whole else value)


@dataclass
class Coefficient:
    """An exact number. decimal: whether it prints with a point rather than as a ratio."""

    value: Fraction = Fraction(1)
    decimal: bool = False

    @staticmethod
    def read(constant: float) -> Coefficient | None:
        """The decimal that `constant` prints as, None if it is long."""
        if isinstance(constant, int):
            return Coefficient(Fraction(constant)) if abs(constant) < SHORT else None
        if not math.isfinite(constant):
            return None
        read = Coefficient(Fraction(repr(constant)), not constant.is_integer())
        return read if read.is_short() else None

    def is_short(self) -> bool:
        return abs(self.value.numerator) < SHORT and self.value.denominator < SHORT

    def ratio(self) -> tuple[ast.expr, int]:
        """The magnitude as numerator and denominator; the denominator of a decimal is 1."""
        size = abs(self.value)
        as_float = size.numerator / size.denominator
        if self.decimal and Fraction(repr(as_float)) == size:
            return number(as_float), 1
        return ast.Constant(size.numerator), size.denominator


def negated(tree: ast.expr) -> ast.expr:
    """-tree, without a second sign."""
    match tree:
        case ast.UnaryOp(operand=operand):
            return operand
    return ast.UnaryOp(ast.USub(), tree)


def addends(tree: ast.expr) -> list[ast.expr]:
    """The terms of a sum, with their signs; any other tree is one term."""
    terms = []
    while isinstance(tree, ast.BinOp) and isinstance(tree.op, (ast.Add, ast.Sub)):
        terms.append(tree.right if isinstance(tree.op, ast.Add) else negated(tree.right))
        tree = tree.left
    return [tree, *reversed(terms)]


class _Key(Printer):
    """Writes different trees as different texts, whatever characters the names contain."""

    def name(self, name: str) -> tuple[str, int]:
        return repr(name), ATOM


def key(tree: ast.expr) -> str:
    """A text that is equal for equal trees only."""
    return _Key().text(tree)


def simplify(tree: ast.expr) -> ast.expr:
    """`tree` as a person writes it; equal to `tree` wherever that is defined."""
    match tree:
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return _Sum().plus(tree).tree()
        case ast.BinOp() | ast.UnaryOp() | ast.Constant():
            return _Product().times(tree).tree()
        case ast.Call(func=function, args=arguments):
            return ast.Call(function, [simplify(argument) for argument in arguments], [])
    return tree


def powers_of(tree: ast.expr) -> tuple[Coefficient, list[tuple[ast.expr, int]]]:
    """`tree` as coefficient * base ** exponent * ..., with simplified bases."""
    product = _Product().times(tree)
    return product.coefficient, [each for each in product.powers.values() if each[1]]


def product_of(powers: Iterable[tuple[ast.expr, int]], by: Coefficient | None = None) -> ast.expr:
    """by * base ** exponent * ..., as a person writes it."""
    product = _Product(by or Coefficient())
    for base, exponent in powers:
        product.times(base, exponent)
    return product.tree()


@dataclass
class _Product:
    """coefficient * base ** exponent * ..., the bases by key in their original order."""

    coefficient: Coefficient = field(default_factory=Coefficient)
    powers: dict[str, tuple[ast.expr, int]] = field(default_factory=dict)

    def times(self, tree: ast.expr, exponent: int = 1) -> _Product:
        """Multiply by tree ** exponent."""
        pending = [(tree, exponent)]
        while pending:
            node, power = pending.pop()
            match node:
                case ast.UnaryOp(operand=operand):
                    self._sign(power)
                    pending.append((operand, power))
                case ast.BinOp(left=left, op=ast.Mult(), right=right):
                    pending += (right, power), (left, power)
                case ast.BinOp(left=left, op=ast.Div(), right=right):
                    pending += (right, -power), (left, power)
                case ast.Constant(value=int() | float() as constant):
                    self._number(constant, power)
                case ast.BinOp(left=base, op=ast.Pow(), right=raised):
                    self._power(simplify(base), simplify(raised), power)
                case ast.Name():
                    self._factor(node, power)
                case _:
                    self._simplified(simplify(node), power)
        return self

    def _simplified(self, tree: ast.expr, power: int) -> None:
        match tree:
            case ast.UnaryOp() | ast.Constant() | ast.BinOp(op=ast.Mult() | ast.Div() | ast.Pow()):
                self.times(tree, power)
            case _:
                self._factor(tree, power)

    def _sign(self, power: int) -> None:
        if power % 2:
            self.coefficient.value = -self.coefficient.value

    def _number(self, constant: float, power: int) -> None:
        read = Coefficient.read(constant)
        # 1 / 0 stays as it is, and so does a number that would become long.
        if read is not None and (read.value or power > 0) and abs(power) < 10:
            product = Coefficient(
                self.coefficient.value * read.value**power, self.coefficient.decimal or read.decimal
            )
            if product.is_short():
                self.coefficient = product
                return
        self._factor(ast.Constant(constant), power)

    def _power(self, base: ast.expr, raised: ast.expr, power: int) -> None:
        match raised:
            case ast.Constant(value=int() as exponent):
                pass
            case ast.UnaryOp(operand=ast.Constant(value=int() as exponent)):
                exponent = -exponent
            case _:
                self._factor(ast.BinOp(base, ast.Pow(), raised), power)
                return
        if exponent == 1:
            self._simplified(base, power)
            return
        match base:
            case ast.UnaryOp(operand=operand):
                self._sign(exponent * power)
                base = operand
        match base:
            case ast.Constant(value=int() | float() as constant):
                self._number(constant, exponent * power)
            case ast.BinOp(left=inner, op=ast.Pow(), right=inner_raised):
                self._factor(ast.BinOp(inner, ast.Pow(), inner_raised), exponent * power)
            case _:
                self._factor(base, exponent * power)

    def _factor(self, base: ast.expr, power: int) -> None:
        name = key(base)
        exponent = self.powers.get(name, (base, 0))[1] + power
        self.powers[name] = (base, exponent)

    def bare(self) -> frozenset[tuple[str, int]]:
        """A key that is equal for products that differ in the coefficient only."""
        return frozenset((name, power) for name, (_, power) in self.powers.items() if power)

    def only_sum(self) -> ast.expr | None:
        """The product, if it is a sum or the negative of a sum."""
        match list(self.powers.values()):
            case [(ast.BinOp(op=ast.Add() | ast.Sub()), 1)] if abs(self.coefficient.value) == 1:
                return self.tree()
        return None

    def tree(self) -> ast.expr:
        """The product, with numbers first and the denominator last."""
        if not self.coefficient.value:
            return ast.Constant(0)
        if self.coefficient.value < 0:
            for name, (base, exponent) in self.powers.items():
                match base:
                    # -(x - y) becomes y - x, but -(1 - x) keeps its familiar form.
                    case ast.BinOp(left=left, op=ast.Sub(), right=right) if (
                        exponent % 2 and not isinstance(left, ast.Constant)
                    ):
                        turned = dict(self.powers)
                        # Simplified again, since -(-x - y) is y + x.
                        turned[name] = (simplify(ast.BinOp(right, ast.Sub(), left)), exponent)
                        return _Product(
                            Coefficient(-self.coefficient.value, self.coefficient.decimal), turned
                        )._written()
            return negated(self._written())
        return self._written()

    def _written(self) -> ast.expr:
        """The product without its sign."""
        over, under = self.coefficient.ratio()
        # Numbers too long to multiply stand first too: 0.4745340600575 w.
        powers = sorted(
            self.powers.values(), key=lambda each: not isinstance(each[0], ast.Constant)
        )
        numerator = [_raised(base, power) for base, power in powers if power > 0]
        denominator = [_raised(base, -power) for base, power in powers if power < 0]
        if not (isinstance(over, ast.Constant) and over.value == 1 and numerator):
            numerator.insert(0, over)
        if under != 1:
            denominator.insert(0, ast.Constant(under))
        tree = _multiplied(numerator)
        return ast.BinOp(tree, ast.Div(), _multiplied(denominator)) if denominator else tree


@dataclass
class _Sum:
    """The terms of a sum: products, by their keys without coefficients."""

    terms: dict[frozenset[tuple[str, int]], _Product] = field(default_factory=dict)

    def plus(self, tree: ast.expr, sign: int = 1) -> _Sum:
        """Add sign * tree."""
        pending = [(tree, sign, False)]
        while pending:
            node, sign, simple = pending.pop()
            match node:
                case ast.BinOp(left=left, op=ast.Add(), right=right):
                    pending += (right, sign, simple), (left, sign, simple)
                case ast.BinOp(left=left, op=ast.Sub(), right=right):
                    pending += (right, -sign, simple), (left, sign, simple)
                case ast.UnaryOp(operand=operand):
                    pending.append((operand, -sign, simple))
                case _:
                    product = _Product().times(node)
                    inner = None if simple else product.only_sum()
                    if inner is None:
                        self._term(product, sign)
                    else:
                        pending.append((inner, sign, True))
        return self

    def _term(self, term: _Product, sign: int) -> None:
        if sign < 0:
            term.coefficient.value = -term.coefficient.value
        name = term.bare()
        known = self.terms.get(name)
        if known is not None:
            added = Coefficient(
                known.coefficient.value + term.coefficient.value,
                known.coefficient.decimal or term.coefficient.decimal,
            )
            if added.is_short():
                known.coefficient = added
                return
            name |= {("", len(self.terms))}
        self.terms[name] = term

    def tree(self) -> ast.expr:
        """The sum, beginning with a term without a sign if there is one."""
        terms = [term for term in self.terms.values() if term.coefficient.value]
        if not terms:
            return ast.Constant(0)
        trees = [term.tree() for term in terms]
        first = next((tree for tree in trees if not isinstance(tree, ast.UnaryOp)), trees[0])
        trees.remove(first)
        written = first
        for tree in trees:
            match tree:
                case ast.UnaryOp(operand=operand):
                    written = ast.BinOp(written, ast.Sub(), operand)
                case _:
                    written = ast.BinOp(written, ast.Add(), tree)
        return written


def _raised(base: ast.expr, power: int) -> ast.expr:
    return base if power == 1 else ast.BinOp(base, ast.Pow(), ast.Constant(power))


def _multiplied(factors: list[ast.expr]) -> ast.expr:
    tree = factors[0] if factors else ast.Constant(1)
    for factor in factors[1:]:
        tree = ast.BinOp(tree, ast.Mult(), factor)
    return tree
