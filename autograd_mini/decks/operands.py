r"""Operands: a formula and the line of numbers below it, matched term by term.

>>> from autograd_mini.decks.reading import read_deck
>>> from autograd_mini.decks.trees import written
>>> formula = read_deck("$$z = w*x + b$$ $$= 0.5*2 + 0.1$$").equations[0].sides
>>> [(written(name), digits) for name, digits in match(formula[1].tree, formula[2].tree)]
[('w', '0.5'), ('x', '2'), ('b', '0.1')]
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import permutations
from typing import NamedTuple, TypeVar

from autograd_mini.checking.digits.numerals import read
from autograd_mini.checking.formulas.scene import names_in
from autograd_mini.decks.trees import digits, number

# A sum or product with more terms is matched in the order in which it is written only.
MOST_TERMS = 5

# Orders of factors that are tried for one line.
MOST_TRIES = 2_000


class PrintedOperand(NamedTuple):
    """A part of a formula, and the digits that stand for it."""

    tree: ast.expr
    printed: str


class PrintedFactor(NamedTuple):
    """A factor of a term: negative if a minus stands just before it, below if it divides."""

    tree: ast.expr
    below: bool
    negative: bool


Known = Callable[[ast.expr, str], int]
Ways = Iterator[list[PrintedOperand]]


def match(
    formula: ast.expr, numbers: ast.expr, known: Known | None = None
) -> list[PrintedOperand] | None:
    """The parts of a formula that the numbers stand for; None if they are of another form.

    known: how well a number fits a part, from what is known so far: -1 for a contradiction. The
    order as written is taken, unless another one contradicts less.
    """
    if not any(names_in(formula)) or isinstance(formula, ast.Name):
        return None
    best: tuple[int, list[PrintedOperand]] | None = None
    for found in Matching().sums(formula, numbers):
        operands = [_unsigned(operand) for operand in found if any(names_in(operand.tree))]
        if not operands or not _agrees_with_itself(operands):
            continue
        against = sum(known(*operand) < 0 for operand in operands) if known else 0
        if best is None or against < best[0]:
            best = against, operands
        if against == 0:
            break
    return best[1] if best else None


def conflict(formula: ast.expr, numbers: ast.expr) -> tuple[str, str, str] | None:
    """A name for which the line below a formula has two numbers, and both of them."""
    first: tuple[str, str, str] | None = None
    for found in Matching().sums(formula, numbers):
        operands = [_unsigned(operand) for operand in found if any(names_in(operand.tree))]
        if not operands or _agrees_with_itself(operands):
            return None
        first = first or _disagreement(operands)
    return first


def _disagreement(operands: list[PrintedOperand]) -> tuple[str, str, str] | None:
    seen: dict[str, str] = {}
    for tree, printed in operands:
        if isinstance(tree, ast.Name):
            other = seen.setdefault(tree.id, printed)
            if not _are_close(other, printed):
                return tree.id, other, printed
    return None


def _are_close(one: str, other: str) -> bool:
    """True if two numbers may be roundings of one."""
    unit = max(float(read(text).unit) for text in (one, other))
    error = abs(float(one) - float(other))
    return error <= min(1.5 * unit, 0.02 * max(abs(float(one)), abs(float(other))))


def _unsigned(operand: PrintedOperand) -> PrintedOperand:
    """-net for -0.41 is net for 0.41, and -net for 0.41 is net for -0.41."""
    if isinstance(operand.tree, ast.UnaryOp):
        printed = f"-{operand.printed}".replace("--", "")
        return PrintedOperand(operand.tree.operand, printed)
    return operand


def _agrees_with_itself(operands: list[PrintedOperand]) -> bool:
    return _disagreement(operands) is None


class Matching:
    """Tries the ways to match a formula and numbers, in the order as written first."""

    def __init__(self) -> None:
        self.tries: int = MOST_TRIES

    def sums(self, formula: ast.expr, numbers: ast.expr) -> Ways:
        """All ways to match two sums."""
        printed = digits(numbers)
        if printed:
            if not isinstance(formula, ast.Constant):
                yield [PrintedOperand(formula, printed)]
            elif _value(formula) == float(printed):
                yield []
            return
        terms, others = _terms(formula), _terms(numbers)
        if len(terms) != len(others):
            terms = [term for term in terms if not _is(term[1], 0)]
            others = [term for term in others if not _is(term[1], 0)]
        if len(terms) != len(others):
            return
        for order in _orders(others):
            pairs = zip(terms, order)
            yield from self._all([partial(self.products, *one, *two) for one, two in pairs])

    def products(
        self, negative: bool, tree: ast.expr, other_negative: bool, other: ast.expr
    ) -> Ways:
        """All ways to match two products; the signs may stand before any factor."""
        factors, others = _factors(tree), _factors(other)
        if len(factors) != len(others):
            factors = [factor for factor in factors if not _is(factor.tree, 1)]
            others = [factor for factor in others if not _is(factor.tree, 1)]
        if len(factors) != len(others):
            only = digits(others[0].tree) if len(others) == 1 and not others[0].below else ""
            if only and len(factors) > 1:
                sign = other_negative ^ others[0].negative ^ negative
                yield [PrintedOperand(tree, _signed(only, sign))]
            return
        for order in _orders(others):
            self.tries -= 1
            if self.tries < 0:
                return
            if any(one.below != two.below for one, two in zip(factors, order)):
                continue
            sign = negative ^ other_negative
            ways: list[Callable[[], Ways]] = []
            for one, two in zip(factors, order):
                sign ^= one.negative
                printed = digits(two.tree)
                if printed and not isinstance(one.tree, ast.Constant):
                    found = [[PrintedOperand(one.tree, _signed(printed, two.negative))]]
                    ways.append(partial(iter, found))
                else:
                    sign ^= two.negative
                    ways.append(partial(self.factors, one.tree, two.tree))
            if not sign:
                yield from self._all(ways)
            elif len(factors) == 1 and digits(order[0].tree) and not isinstance(tree, ast.Constant):
                yield [PrintedOperand(factors[0].tree, _signed(digits(order[0].tree), True))]

    def factors(self, one: ast.expr, two: ast.expr) -> Ways:
        """All ways to match two factors."""
        match one, two:
            case ast.Constant(), ast.Constant():
                if _value(one) == _value(two):
                    yield []
            case ast.Call(func=ast.Name(id=name)), ast.Call(func=ast.Name(id=other)):
                if name == other and len(one.args) == len(two.args):
                    yield from self._all(
                        [partial(self.sums, x, y) for x, y in zip(one.args, two.args)]
                    )
            case ast.BinOp(op=ast.Pow()), ast.BinOp(op=ast.Pow()):
                yield from self._all(
                    [
                        partial(self.sums, one.left, two.left),
                        partial(self.sums, one.right, two.right),
                    ]
                )
            case ast.BinOp(op=ast.Add() | ast.Sub()), ast.BinOp(op=ast.Add() | ast.Sub()):
                yield from self.sums(one, two)

    def _all(self, choices: list[Callable[[], Ways]]) -> Ways:
        """Every combination of one way for each part."""
        if not choices:
            yield []
            return
        for first in choices[0]():
            for rest in self._all(choices[1:]):
                yield first + rest


def _signed(printed: str, negative: bool) -> str:
    return f"-{printed}" if negative else printed


T = TypeVar("T")


def _orders(parts: Sequence[T]) -> Iterator[Sequence[T]]:
    if len(parts) > MOST_TERMS:
        yield parts
    else:
        yield from permutations(parts)


def _terms(tree: ast.expr, negative: bool = False) -> list[tuple[bool, ast.expr]]:
    """The terms of a sum with their signs."""
    match tree:
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _terms(left, negative) + _terms(right, negative)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _terms(left, negative) + _terms(right, not negative)
        case ast.UnaryOp(operand=ast.BinOp(op=ast.Add() | ast.Sub())):
            return [(not negative, tree.operand)]
        case ast.UnaryOp(operand=operand):
            return _terms(operand, not negative)
    return [(negative, tree)]


def _factors(tree: ast.expr, below: bool = False) -> list[PrintedFactor]:
    """The factors of a product; 1/2 is one number."""
    match tree:
        case ast.BinOp(left=ast.Constant() as one, op=ast.Div(), right=ast.Constant() as two) if (
            _value(two) != 0
        ):
            return [PrintedFactor(number(repr(_value(one) / _value(two))), below, False)]
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _factors(left, below) + _factors(right, below)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _factors(left, below) + _factors(right, not below)
        case ast.UnaryOp(operand=operand):
            inner = _factors(operand, below)
            return [inner[0]._replace(negative=not inner[0].negative), *inner[1:]]
    return [PrintedFactor(tree, below, False)]


def _is(tree: ast.expr, value: int) -> bool:
    return isinstance(tree, ast.Constant) and tree.value == value


def _value(tree: ast.Constant) -> float:
    assert isinstance(tree.value, (int, float))
    return float(tree.value)
