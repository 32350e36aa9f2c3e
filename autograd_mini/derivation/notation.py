"""The steps and factors of a chain as symbols, as formulas and as numbers."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from autograd_mini.derivation.equations import (
    Bracket,
    Delta,
    Derivative,
    Equation,
    Item,
    Negative,
    Number,
    Omission,
    Sentence,
    Side,
    Term,
)
from autograd_mini.derivation.writers import TextWriter
from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import Chain, Factor
from autograd_mini.symbols.limits import MOST_FACTORS
from autograd_mini.symbols.numbers import Decimals
from autograd_mini.symbols.simplify import addends, key, negated, simplify
from autograd_mini.symbols.softmax import Softmaxes

T = TypeVar("T")
U = TypeVar("U")

# Only both ends of a longer product, and of a longer sum that is one factor, are written.
MOST_ADDENDS = 12

UNDEFINED: Sentence = (
    "There is no number: a derivative on the way is infinite here, "
    "and 0 times infinity is undefined.",
)


@dataclass(frozen=True)
class Link:
    """One item of a product in three forms. Without a formula the symbol takes its place."""

    symbol: Item
    formula: ast.expr | None
    value: float

    def negative(self) -> Link:
        """The link with the opposite sign."""
        assert isinstance(self.symbol, (Derivative, Delta))
        formula = None if self.formula is None else simplify(negated(self.formula))
        return Link(Negative(self.symbol), formula, -self.value)


@dataclass(frozen=True)
class Sum:
    """A sum as one link of a product; each of its terms is a list of links."""

    terms: Sequence[Sequence[Link]]


@dataclass(frozen=True)
class Product:
    """A product of links, and its number."""

    links: Sequence[Link | Sum]
    value: float


class Notation:
    """Writes one chain.

    digits: decimals of numbers, see `Decimals`. title: the symbol of the root, None for its name.
    """

    def __init__(self, chain: Chain, digits: int, title: Derivative | None = None) -> None:
        self.chain = chain
        self.digits = digits
        self.title: str | Derivative = title or chain.names(chain.root)
        self.softmaxes: Softmaxes = Softmaxes(chain)
        self._ones: set[str] = set()
        self._has_nan: bool = any(math.isnan(value.data) for value in chain.names.values)

    def name(self, step: Value) -> ast.expr:
        return ast.Name(self.chain.names(step))

    def top(self, step: Value) -> Item:
        """The numerator of a derivative of `step`."""
        if step is self.chain.root and isinstance(self.title, Derivative):
            return self.title
        return self.name(step)

    def derivative(self, step: Value) -> Derivative:
        """The symbol of d root / d step, over all paths."""
        name = self.chain.names(step)
        if isinstance(self.title, Derivative) and self.title.bottom == name:
            return Derivative(self.title.top, name, order=self.title.order + 1)
        return Derivative(self.title, name)

    def factor(self, factor: Factor) -> Derivative:
        """The symbol of d result / d operand."""
        names = self.chain.names
        top = self.title if factor.result is self.chain.root else names(factor.result)
        return Derivative(top, names(factor.operand), tuple(map(names, factor.held)))

    def known(self, step: Value) -> Link:
        """d root / d step, which an earlier equation gives."""
        return Link(self.derivative(step), None, self.chain.derivative(step))

    def links(self, factors: Sequence[Factor]) -> list[Link]:
        """One link for each factor, with an omission in the middle of very many."""

        def link(factor: Factor) -> Link:
            return Link(self.factor(factor), self.softmaxes.factor(factor), factor.value)

        def gap(count: int) -> Link:
            return Link(Omission(count, "factors"), None, 1.0)

        return both_ends(factors, MOST_FACTORS, link, gap)

    def combination(self, step: Value, plain: Equation, sign: int = 1) -> list[Equation]:
        """sign * d root / d step as a combination, if there is one that `plain` does not show."""
        found = self.softmaxes.combination(step)
        if found is None:
            return []
        writer = TextWriter()
        formula: Side = ((found.formula if sign > 0 else simplify(negated(found.formula)),),)
        if writer.side(formula) in map(writer.side, plain.sides):
            return []
        value = sign * self.chain.derivative(step)
        number: Side = ((Number(Decimals(self.digits, [value])(value)),),)
        notes = [sentence for one in found.ones for sentence in self.said_once(one)]
        sides = without_repetition(plain.left, [formula, number])
        return [Equation(plain.left, sides, notes, inline=plain.inline)]

    def said_once(self, one: ast.expr) -> list[Sentence]:
        """States that a sum is 1, the first time only."""
        if key(one) in self._ones:
            return []
        self._ones.add(key(one))
        return [("Here ", one, " = 1.")]

    def equation(
        self,
        left: Item,
        terms: Sequence[Product | Omission],
        value: float,
        notes: Sequence[Sentence] = (),
        brief: bool = False,
    ) -> Equation:
        """left = the sum of `terms` in symbols = in formulas = in numbers = value.

        A side that repeats the side before it is dropped, and so is nan for a product of 0 and
        infinity, which a note explains. brief: formulas and value only, on one line.
        """
        written = [term for term in terms if isinstance(term, Product)]
        numbers = [link.value for term in written for link in flattened(term.links)]
        write = Decimals(self.digits, [*numbers, *(term.value for term in written), value])

        def side(form: Callable[[Product], Term]) -> Side:
            return tuple((term,) if isinstance(term, Omission) else form(term) for term in terms)

        if brief:
            sides = [side(lambda term: brief_formulas(term.links))]
        else:
            sides = [
                side(lambda term: _items(term.links, _symbol)),
                side(lambda term: _items(term.links, _formula)),
                side(lambda term: _items(term.links, lambda link: _number(link, write))),
                side(lambda term: (Number(write(term.value)),)),
            ]
        sides.append(((Number(write(value)),),))
        if math.isnan(value) and not self._has_nan:
            undefined = ((Number(write(value)),),)
            sides = [side for side in sides if side != undefined]
            notes = [*notes, UNDEFINED]
        return Equation(left, without_repetition(left, sides), notes, inline=brief)


def both_ends(
    items: Sequence[T], most: int, make: Callable[[T], U], gap: Callable[[int], U]
) -> list[U]:
    """make(item) for each item; of more than `most`, for both ends, around gap(count)."""
    if len(items) <= most:
        return [make(item) for item in items]
    end = most // 2
    last = len(items) - end
    return [*map(make, items[:end]), gap(last - end), *map(make, items[last:])]


def flattened(links: Iterable[Link | Sum]) -> Iterator[Link]:
    """The links of a product, including those inside its sums."""
    for link in links:
        if isinstance(link, Sum):
            for term in link.terms:
                yield from term
        else:
            yield link


def _items(links: Sequence[Link | Sum], form: Callable[[Link], Item]) -> Term:
    return tuple(
        Bracket(tuple(tuple(map(form, term)) for term in link.terms))
        if isinstance(link, Sum)
        else form(link)
        for link in links
    )


def brief_formulas(links: Sequence[Link | Sum]) -> Term:
    """The items of a product as formulas, without factors 1."""
    return without_ones(_items(links, _formula))


def without_ones(items: Term) -> Term:
    """The items of a product that are not 1; the first, if all are."""
    kept = [item for item in items if not (isinstance(item, ast.Constant) and item.value == 1)]
    return tuple(kept) or items[:1]


def _symbol(link: Link) -> Item:
    return link.symbol


def _formula(link: Link) -> Item:
    if link.formula is None:
        return link.symbol
    terms = addends(link.formula)
    if len(terms) <= MOST_ADDENDS:
        return link.formula
    return Bracket(tuple(both_ends(terms, MOST_ADDENDS, _alone, lambda n: (Omission(n, "terms"),))))


def _alone(tree: ast.expr) -> Term:
    return (tree,)


def _number(link: Link, write: Decimals) -> Item:
    return link.symbol if isinstance(link.symbol, Omission) else Number(write(link.value))


def without_repetition(left: Item, sides: list[Side]) -> list[Side]:
    """The sides that differ from the side before them."""
    writer = TextWriter()
    before = writer.side(((left,),))
    kept = []
    for side in sides:
        written = writer.side(side)
        if written != before:
            kept.append(side)
        before = written
    return kept
