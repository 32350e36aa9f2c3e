"""Rewrites: a formula changed in one place, as a slip changes it, and as its correction does.

>>> from autograd_mini.engine.tree import parse
>>> for rewrite in turned(places(parse("x - y * z"))):
...     print(written(rewrite.tree))
y * z - x
x + y * z
-(x - y * z)
-x - y * z
x - -(y * z)
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from autograd_mini.engine.operation import TABLE
from autograd_mini.engine.tree import Printer
from autograd_mini.symbols.formulas import substitute
from autograd_mini.symbols.simplify import key

Rebuild = Callable[[ast.expr], ast.expr]

# In what a rewrite puts somewhere, this name, which no value has, is what stood there.
HOLE = ast.Name("")
ONE = ast.Constant(1)

# Functions that are taken for their namesakes, and those of an angle.
HYPERBOLIC = ("sinh", "cosh", "tanh")
ANGULAR = ("sin", "cos", "tan")


class Subformula(NamedTuple):
    """A part of a formula; `put` gives the formula with something else in its place.

    whole: whether it can be multiplied, or something be added to it: the formula, a term of a sum,
        an argument, but no factor.
    """

    node: ast.expr
    whole: bool
    put: Rebuild


class Rewrite(NamedTuple):
    """A formula in which `node` was put in a place, with what stood there in its HOLE.

    old: what was taken out by that, None if nothing was. new: what was put in.
    """

    place: Subformula
    node: ast.expr
    old: ast.expr | None
    new: ast.expr | None

    @property
    def tree(self) -> ast.expr:
        """The formula rewritten."""
        return self.place.put(substitute(self.node, {HOLE.id: self.place.node}))

    @property
    def removed(self) -> str:
        """The part that was taken out, as text."""
        return written(self.old) if self.old is not None else ""

    @property
    def added(self) -> str:
        """The part that was put in, as text."""
        return written(self.new) if self.new is not None else ""


def written(tree: ast.expr) -> str:
    """An expression as sheets and Python write it."""
    return Printer().text(tree)


def bracketed(text: str) -> str:
    """An expression as it is written in a product."""
    return f"({text})" if " " in text else text


def places(tree: ast.expr) -> list[Subformula]:
    """Every part of a formula, from the outside inwards and from left to right."""
    found = []
    pending = [Subformula(tree, True, lambda new: new)]
    while pending:
        place = pending.pop()
        found.append(place)
        pending.extend(reversed(list(_parts(place))))
    return found


def _parts(place: Subformula) -> Iterator[Subformula]:
    match place.node:
        case ast.UnaryOp(op=sign, operand=operand):
            yield _part(place, operand, place.whole, lambda new: ast.UnaryOp(sign, new))
        case ast.BinOp(left=left, op=symbol, right=right):
            whole = isinstance(symbol, (ast.Add, ast.Sub))
            yield _part(place, left, whole, lambda new: ast.BinOp(new, symbol, right))
            yield _part(place, right, whole, lambda new: ast.BinOp(left, symbol, new))
        case ast.Call(func=function, args=arguments):
            for i, argument in enumerate(arguments):
                before, after = arguments[:i], arguments[i + 1 :]
                yield _part(place, argument, True, _argument(function, before, after))


def _part(place: Subformula, node: ast.expr, whole: bool, within: Rebuild) -> Subformula:
    return Subformula(node, whole, lambda new: place.put(within(new)))


def _argument(function: ast.expr, before: list[ast.expr], after: list[ast.expr]) -> Rebuild:
    return lambda new: ast.Call(function, [*before, new, *after], [])


def turned(spots: Sequence[Subformula]) -> Iterator[Rewrite]:
    """With a minus left out, a difference swapped, a sum for a difference, or a minus put in."""
    for place in spots:
        match place.node:
            case ast.UnaryOp(operand=operand):
                yield Rewrite(place, operand, place.node, operand)
    for place in spots:
        match place.node:
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                swapped = ast.BinOp(right, ast.Sub(), left)
                yield Rewrite(place, swapped, place.node, swapped)
    for place in spots:
        match place.node:
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as symbol, right=right):
                other = ast.Sub() if isinstance(symbol, ast.Add) else ast.Add()
                opposite = ast.BinOp(left, other, right)
                yield Rewrite(place, opposite, place.node, opposite)
    for place in spots:
        if place.whole and not isinstance(place.node, (ast.UnaryOp, ast.Constant)):
            negative = ast.UnaryOp(ast.USub(), place.node)
            yield Rewrite(place, negative, place.node, negative)


def renamed(
    spots: Sequence[Subformula], others: Callable[[str], Iterable[str]]
) -> Iterator[Rewrite]:
    """With one of `others(name)` for a name: wherever that stands, or in one place."""
    names = [place for place in spots if isinstance(place.node, ast.Name)]
    repeated = [old for old in distinct(place.node for place in names) if _count(old, names) > 1]
    for old in repeated:
        for new in map(ast.Name, others(written(old))):
            everywhere = substitute(spots[0].node, {written(old): new})
            yield Rewrite(spots[0], everywhere, old, new)
    for place in names:
        for new in map(ast.Name, others(written(place.node))):
            yield Rewrite(place, new, place.node, new)


def _count(name: ast.expr, names: Sequence[Subformula]) -> int:
    return sum(written(place.node) == written(name) for place in names)


def without_factor(spots: Sequence[Subformula]) -> Iterator[Rewrite]:
    """With one factor or divisor of a product left out."""
    for place in spots:
        match place.node:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                yield Rewrite(place, right, left, None)
                yield Rewrite(place, left, right, None)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                yield Rewrite(place, left, ast.BinOp(ONE, ast.Div(), right), None)
                yield Rewrite(place, ast.BinOp(ONE, ast.Div(), right), left, None)


def with_factor(spots: Sequence[Subformula], candidates: Iterable[ast.expr]) -> Iterator[Rewrite]:
    """With the whole, or one term of a sum in it, multiplied by a candidate."""
    for factor in candidates:
        for place in spots:
            if place.whole:
                yield Rewrite(place, ast.BinOp(HOLE, ast.Mult(), factor), None, factor)


def with_divisor(spots: Sequence[Subformula], candidates: Iterable[ast.expr]) -> Iterator[Rewrite]:
    """With the whole, or one term of a sum in it, divided by a candidate."""
    for divisor in candidates:
        for place in spots:
            if place.whole:
                factor = ast.BinOp(ONE, ast.Div(), divisor)
                yield Rewrite(place, ast.BinOp(HOLE, ast.Div(), divisor), None, factor)


def with_power(spots: Sequence[Subformula]) -> Iterator[Rewrite]:
    """With an exponent one higher or lower, a square where there was none, or upside down."""
    for place in spots:
        match place.node:
            case ast.Constant():
                continue
            case ast.BinOp(left=base, op=ast.Pow(), right=ast.Constant(value=int() as power)):
                raised = [_raised(base, power - 1), _raised(base, power + 1)]
            case ast.BinOp(left=above, op=ast.Div(), right=below):
                over = below if key(above) == key(ONE) else ast.BinOp(below, ast.Div(), above)
                raised = [over, _raised(place.node, 2)]
            case _:
                raised = [_raised(place.node, 2), ast.BinOp(ONE, ast.Div(), place.node)]
        for new in raised:
            yield Rewrite(place, new, place.node, new)


def _raised(base: ast.expr, power: int) -> ast.expr:
    return ast.BinOp(base, ast.Pow(), ast.Constant(power)) if power != 1 else base


def without_power(spots: Sequence[Subformula]) -> Iterator[Rewrite]:
    """With an exponent left out."""
    for place in spots:
        match place.node:
            case ast.BinOp(left=base, op=ast.Pow()):
                yield Rewrite(place, base, place.node, base)


def with_function(spots: Sequence[Subformula]) -> Iterator[Rewrite]:
    """With any other function of one operand for a function."""
    for place in spots:
        match place.node:
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                for row in TABLE.values():
                    if row.arity == 1 and row.symbol.isidentifier() and row.name != name:
                        other = ast.Call(ast.Name(row.name), [argument], [])
                        yield Rewrite(place, other, place.node, other)


def other_factor(spots: Sequence[Subformula], candidates: Sequence[ast.expr]) -> Iterator[Rewrite]:
    """With a candidate for one factor of a product."""
    for place in spots:
        match place.node:
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                for new in candidates:
                    yield Rewrite(place, ast.BinOp(new, ast.Mult(), right), left, new)
                    yield Rewrite(place, ast.BinOp(left, ast.Mult(), new), right, new)


def mistaken_functions(spots: Sequence[Subformula]) -> Iterator[Rewrite]:
    """With another function: tan for tanh, the logarithm to the base 10, an angle in degrees."""
    for place in spots:
        match place.node:
            case ast.Call(func=ast.Name(id=name), args=[argument]):
                if name in HYPERBOLIC:
                    other = ast.Call(ast.Name(name[:-1]), [argument], [])
                    yield Rewrite(place, other, place.node, other)
                if name == "log":
                    base = ast.Call(ast.Name("log"), [ast.Constant(10)], [])
                    common = ast.BinOp(place.node, ast.Div(), base)
                    yield Rewrite(
                        place, common, place.node, ast.Name(f"log10({written(argument)})")
                    )
                if name in ANGULAR:
                    factor = ast.BinOp(ast.Constant(math.pi), ast.Div(), ast.Constant(180))
                    degrees = ast.BinOp(argument, ast.Mult(), factor)
                    shown = ast.Name(f"{name}({written(argument)} degrees)")
                    yield Rewrite(place, ast.Call(ast.Name(name), [degrees], []), place.node, shown)


def mistaken_rules(spots: Sequence[Subformula]) -> Iterator[Rewrite]:
    """With the sigmoid's derivative, y * (1 - y), for the tanh's, 1 - y ** 2, or the other way."""
    for place in spots:
        match place.node:
            case ast.BinOp(
                left=ast.Constant(value=1),
                op=ast.Sub(),
                right=ast.BinOp(left=y, op=ast.Pow(), right=ast.Constant(value=2)),
            ):
                rest = ast.BinOp(ONE, ast.Sub(), y)
                rule = ast.BinOp(y, ast.Mult(), rest)
                yield Rewrite(place, rule, place.node, rule)
            case ast.BinOp(
                left=ast.Name(id=first) as y,
                op=ast.Mult(),
                right=ast.BinOp(
                    left=ast.Constant(value=1), op=ast.Sub(), right=ast.Name(id=second)
                ),
            ) if first == second:
                square = ast.BinOp(y, ast.Pow(), ast.Constant(2))
                rule = ast.BinOp(ONE, ast.Sub(), square)
                yield Rewrite(place, rule, place.node, rule)


def without_term(spots: Sequence[Subformula]) -> Iterator[Rewrite]:
    """With one term of a sum left out."""
    for place in spots:
        match place.node:
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                yield Rewrite(place, right, left, None)
                yield Rewrite(place, left, right, None)
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                yield Rewrite(place, left, ast.UnaryOp(ast.USub(), right), None)
                yield Rewrite(place, ast.UnaryOp(ast.USub(), right), left, None)


def with_term(spots: Sequence[Subformula], candidates: Iterable[ast.expr]) -> Iterator[Rewrite]:
    """With a candidate added somewhere: a sum may have been cut down to one term."""
    for term in candidates:
        for place in spots:
            if not isinstance(place.node, ast.Constant):
                yield Rewrite(place, ast.BinOp(HOLE, ast.Add(), term), None, term)


def factors(tree: ast.expr) -> list[ast.expr]:
    """The factors of a product; divisors as 1 / them. A sum is its only factor.

    >>> from autograd_mini.engine.tree import parse
    >>> [written(factor) for factor in factors(parse("-x * (1 - y) / z"))]
    ['-1', 'x', '1 - y', '1 / z']
    """
    found: list[ast.expr] = []
    pending = [tree]
    while pending:
        match pending.pop():
            case ast.UnaryOp(op=sign, operand=operand) if not isinstance(operand, ast.Constant):
                found.append(ast.UnaryOp(sign, ONE))
                pending.append(operand)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                pending += right, left
            case ast.BinOp(left=left, op=ast.Div(), right=right) if key(left) != key(ONE):
                pending += ast.BinOp(ONE, ast.Div(), right), left
            case node:
                found.append(node)
    return found


def terms(tree: ast.expr) -> list[ast.expr]:
    """The terms of a sum, each with its sign; a product is its only term."""
    found: list[ast.expr] = []
    pending = [(tree, False)]
    while pending:
        node, minus = pending.pop()
        match node:
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                pending += (right, minus), (left, minus)
            case ast.BinOp(left=left, op=ast.Sub(), right=right):
                pending += (right, not minus), (left, minus)
            case _:
                found.append(ast.UnaryOp(ast.USub(), node) if minus else node)
    return found


def distinct(trees: Iterable[ast.expr]) -> list[ast.expr]:
    """The first of those that are written alike."""
    found: dict[str, ast.expr] = {}
    for tree in trees:
        found.setdefault(key(tree), tree)
    return list(found.values())
