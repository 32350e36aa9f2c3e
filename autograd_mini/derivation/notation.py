"""How the steps and factors of a chain are written, as symbols, as formulas and as numbers."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from autograd_mini.derivation.equations import (
    Delta,
    Derivative,
    Equation,
    Group,
    Item,
    LeftOut,
    Negative,
    Number,
    Row,
    Sentence,
    Term,
)
from autograd_mini.derivation.writing import TextWriter
from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import Chain, Factor
from autograd_mini.symbols.numbers import Decimals
from autograd_mini.symbols.simplify import addends, negated, simplify

T = TypeVar("T")
U = TypeVar("U")

# Of a longer product, and of a longer sum that is one factor, only the two ends are written.
MOST_FACTORS = 12
MOST_ADDENDS = 12


@dataclass(frozen=True)
class Link:
    """One item of a chain in its three forms; without a formula the symbol stands for it."""

    symbol: Item
    formula: ast.expr | None
    value: float

    def negative(self) -> Link:
        """The same with the other sign."""
        assert isinstance(self.symbol, (Derivative, Delta))
        formula = None if self.formula is None else simplify(negated(self.formula))
        return Link(Negative(self.symbol), formula, -self.value)


@dataclass(frozen=True)
class Sum:
    """A sum that is a link of a chain; each of its terms is a chain."""

    terms: Sequence[Sequence[Link]]


@dataclass(frozen=True)
class Product:
    """A chain of links, and the number that it comes to."""

    links: Sequence[Link | Sum]
    value: float


class Notation:
    """How one chain is written.

    digits: of numbers, see `Decimals`. title: what the root is called, None for its name.
    """

    def __init__(self, chain: Chain, digits: int, title: Derivative | None = None) -> None:
        self.chain = chain
        self.digits = digits
        self.title: str | Derivative = title or chain.names(chain.root)

    def name(self, step: Value) -> ast.expr:
        return ast.Name(self.chain.names(step))

    def top(self, step: Value) -> Item:
        """What stands above in a derivative of `step`."""
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
        """d root / d step, worked out before."""
        return Link(self.derivative(step), None, self.chain.derivative(step))

    def links(self, factors: Sequence[Factor]) -> list[Link]:
        """A link for each factor; of very many for those at the two ends."""

        def link(factor: Factor) -> Link:
            return Link(self.factor(factor), factor.formula, factor.value)

        def gap(count: int) -> Link:
            return Link(LeftOut(count, "factors"), None, 1.0)

        return two_ends(factors, MOST_FACTORS, link, gap)

    def equation(
        self,
        left: Item,
        terms: Sequence[Product | LeftOut],
        value: float,
        notes: Sequence[Sentence] = (),
        brief: bool = False,
    ) -> Equation:
        """left = the sum of `terms` in symbols = in formulas = in numbers = value.

        A row that says what the one before it said is left out. brief: formulas and value only,
        on one line.
        """
        written = [term for term in terms if isinstance(term, Product)]
        numbers = [link.value for term in written for link in flattened(term.links)]
        write = Decimals(self.digits, [*numbers, *(term.value for term in written), value])

        def row(form: Callable[[Product], Term]) -> Row:
            return tuple((term,) if isinstance(term, LeftOut) else form(term) for term in terms)

        if brief:
            rows = [row(lambda term: brief_formulas(term.links))]
        else:
            rows = [
                row(lambda term: _items(term.links, _symbol)),
                row(lambda term: _items(term.links, _formula)),
                row(lambda term: _items(term.links, lambda link: _number(link, write))),
                row(lambda term: (Number(write(term.value)),)),
            ]
        rows.append(((Number(write(value)),),))
        return Equation(left, _without_repetition(left, rows), notes, inline=brief)


def two_ends(
    items: Sequence[T], most: int, make: Callable[[T], U], gap: Callable[[int], U]
) -> list[U]:
    """What `make` makes of each item; of more than `most`, of those at the ends, around a gap."""
    if len(items) <= most:
        return [make(item) for item in items]
    end = most // 2
    last = len(items) - end
    return [*map(make, items[:end]), gap(last - end), *map(make, items[last:])]


def flattened(links: Iterable[Link | Sum]) -> Iterator[Link]:
    """The links of a chain, and those of the sums in it."""
    for link in links:
        if isinstance(link, Sum):
            for term in link.terms:
                yield from term
        else:
            yield link


def _items(links: Sequence[Link | Sum], form: Callable[[Link], Item]) -> Term:
    return tuple(
        Group(tuple(tuple(map(form, term)) for term in link.terms))
        if isinstance(link, Sum)
        else form(link)
        for link in links
    )


def brief_formulas(links: Sequence[Link | Sum]) -> Term:
    """The items of a chain as formulas, without factors 1."""
    items = _items(links, _formula)
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
    return Group(tuple(two_ends(terms, MOST_ADDENDS, _alone, lambda n: (LeftOut(n, "terms"),))))


def _alone(tree: ast.expr) -> Term:
    return (tree,)


def _number(link: Link, write: Decimals) -> Item:
    return link.symbol if isinstance(link.symbol, LeftOut) else Number(write(link.value))


def _without_repetition(left: Item, rows: list[Row]) -> list[Row]:
    writer = TextWriter()
    said = writer.row(((left,),))
    kept = []
    for row in rows:
        written = writer.row(row)
        if written != said:
            kept.append(row)
        said = written
    return kept
