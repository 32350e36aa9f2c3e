"""Formulas multiplied out: sums of products of atoms, with exact coefficients.

An atom is a name, a call, or a sum that something is divided by.

>>> from autograd_mini.engine.tree import Printer, parse
>>> def expanded(text):
...     return Printer().text(Polynomial.read(parse(text, "pty")).tree())
>>> expanded("((1 - t) / (1 - y) - t / y) * (y * (1 - y))")
'y - t'
>>> expanded("p - p * p")
'p * (1 - p)'
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from autograd_mini.symbols.formulas import total
from autograd_mini.symbols.names import natural
from autograd_mini.symbols.simplify import (
    Coefficient,
    addends,
    key,
    powers_of,
    product_of,
    simplify,
)

# A product of atoms: their keys, each with its exponent.
Monomial: TypeAlias = frozenset[tuple[str, int]]
Powers: TypeAlias = list[tuple[ast.expr, int]]

ONE: Monomial = frozenset()
MOST_TERMS = 400


class TooManyTerms(Exception):
    """A formula has more than MOST_TERMS terms when multiplied out."""


@dataclass
class Atoms:
    """The tree of each atom by its key; decimal: whether a coefficient prints with a point."""

    trees: dict[str, ast.expr] = field(default_factory=dict)
    decimal: bool = False


class Polynomial:
    """A sum of monomials. terms: their coefficients."""

    def __init__(self, terms: dict[Monomial, Fraction], atoms: Atoms) -> None:
        if len(terms) > MOST_TERMS:
            raise TooManyTerms
        self.terms: dict[Monomial, Fraction] = {
            monomial: number for monomial, number in terms.items() if number
        }
        self.atoms = atoms

    @staticmethod
    def read(
        tree: ast.expr,
        rewrite: Callable[[Powers], Powers] = lambda powers: powers,
        atoms: Atoms | None = None,
    ) -> Polynomial:
        """Multiply `tree` out.

        rewrite: replaces factors of each product, before sums among them are multiplied out.

        Raises: TooManyTerms.
        """
        atoms = atoms or Atoms()
        terms = addends(tree)
        if len(terms) > 1:
            return _sum((Polynomial.read(term, rewrite, atoms) for term in terms), atoms)
        coefficient, powers = powers_of(tree)
        atoms.decimal |= coefficient.decimal
        for place, (base, exponent) in enumerate(powers):
            # A sum of fractions is distributed first, so that its denominators can cancel.
            if exponent == 1 and _is_sum(base) and any(map(_is_fraction, addends(base))):
                others = product_of(powers[:place] + powers[place + 1 :], coefficient)
                shares = [ast.BinOp(term, ast.Mult(), others) for term in addends(base)]
                return _sum((Polynomial.read(share, rewrite, atoms) for share in shares), atoms)
        result = Polynomial({ONE: coefficient.value}, atoms)
        for base, exponent in rewrite(powers):
            if isinstance(base, ast.Constant) and (base.value or exponent > 0):
                atoms.decimal |= isinstance(base.value, float)
                number = Fraction(repr(base.value)) ** exponent
                result = result.times(Polynomial({ONE: number}, atoms))
            elif _is_sum(base) and exponent > 0:
                for _ in range(exponent):
                    result = result.times(Polynomial.read(base, rewrite, atoms))
            else:
                atoms.trees.setdefault(key(base), base)
                atom = frozenset({(key(base), exponent)})
                result = result.times(Polynomial({atom: Fraction(1)}, atoms))
        return result

    def times(self, other: Polynomial) -> Polynomial:
        terms: dict[Monomial, Fraction] = {}
        for left, number in self.terms.items():
            for right, by in other.terms.items():
                monomial = _product(left, right)
                terms[monomial] = terms.get(monomial, Fraction(0)) + number * by
                if len(terms) > MOST_TERMS:
                    raise TooManyTerms
        return Polynomial(terms, self.atoms)

    def with_sum_of_one(self, names: Iterable[str]) -> Polynomial:
        """Replace the sum of the atoms `names` by 1 where that makes the formula shorter."""
        polynomial = self
        trees = {key(tree): tree for tree in map(ast.Name, names)}
        group = list(trees)
        self.atoms.trees.update(trees)
        for rest in dict.fromkeys(self._without(group)):
            terms = polynomial.terms
            shares = {atom: terms.get(_product(rest, _atom(atom)), Fraction(0)) for atom in group}
            for share in dict.fromkeys(shares.values()):
                changed = {**terms, rest: terms.get(rest, Fraction(0)) + share}
                for atom, known in shares.items():
                    changed[_product(rest, _atom(atom))] = known - share
                candidate = Polynomial(changed, self.atoms)
                if candidate._size(group) < polynomial._size(group):
                    polynomial = candidate
        return polynomial

    def _size(self, group: list[str]) -> tuple[int, int]:
        """The number of terms, and of those with an atom of `group`."""
        atoms = ({atom for atom, _ in monomial} for monomial in self.terms)
        return len(self.terms), sum(not found.isdisjoint(group) for found in atoms)

    def _without(self, group: list[str]) -> Iterator[Monomial]:
        """The monomials with one atom of `group`, without that atom."""
        for monomial in self.terms:
            found = [(atom, exponent) for atom, exponent in monomial if atom in group]
            if len(found) == 1 and found[0][1] == 1:
                yield monomial - {found[0]}

    def shares(self) -> Iterator[tuple[str, Monomial, Fraction]]:
        """Each atom of each monomial, with the rest of the monomial and its coefficient."""
        for monomial, number in self.terms.items():
            for atom, _ in monomial:
                yield atom, _product(monomial, frozenset({(atom, -1)})), number

    def factored(self) -> tuple[Monomial, dict[Monomial, Fraction]]:
        """The atoms that all terms have in common, and the terms without them."""
        common: dict[str, int] = {}
        for atom in self.atoms.trees:
            exponents = [dict(monomial).get(atom, 0) for monomial in self.terms]
            if min(exponents) > 0:
                common[atom] = min(exponents)
            elif max(exponents) < 0:
                common[atom] = max(exponents)
        inverse = frozenset((atom, -exponent) for atom, exponent in common.items())
        return frozenset(common.items()), {
            _product(monomial, inverse): number for monomial, number in self.terms.items()
        }

    def tree(self) -> ast.expr:
        """The formula: common factors that also stand in the sum come first, the others last."""
        if not self.terms:
            return ast.Constant(0)
        common, rest = self.factored()
        sizes = {abs(number) for number in rest.values()}
        scale = sizes.pop() if len(sizes) == 1 else Fraction(1)
        trees = [
            product_of(self._powers(monomial), self._coefficient(number / scale))
            for monomial, number in sorted(rest.items(), key=lambda term: term[1] < 0)
        ]
        shown = {atom for monomial in rest for atom, _ in monomial}
        powers = self._powers(common)
        first = [power for power in powers if key(power[0]) in shown]
        last = [power for power in powers if key(power[0]) not in shown]
        return product_of([*first, (simplify(total(trees)), 1), *last], self._coefficient(scale))

    def _coefficient(self, number: Fraction) -> Coefficient:
        return Coefficient(number, self.atoms.decimal)

    def _powers(self, monomial: Monomial) -> Powers:
        ordered = sorted(monomial, key=lambda power: natural(power[0]))
        return [(self.atoms.trees[atom], exponent) for atom, exponent in ordered]


def _sum(polynomials: Iterable[Polynomial], atoms: Atoms) -> Polynomial:
    terms: dict[Monomial, Fraction] = {}
    for polynomial in polynomials:
        for monomial, number in polynomial.terms.items():
            terms[monomial] = terms.get(monomial, Fraction(0)) + number
    return Polynomial(terms, atoms)


def _product(left: Monomial, right: Monomial) -> Monomial:
    exponents = dict(left)
    for atom, exponent in right:
        exponents[atom] = exponents.get(atom, 0) + exponent
    return frozenset((atom, exponent) for atom, exponent in exponents.items() if exponent)


def _atom(atom: str) -> Monomial:
    return frozenset({(atom, 1)})


def _is_sum(tree: ast.expr) -> bool:
    return isinstance(tree, ast.BinOp) and isinstance(tree.op, (ast.Add, ast.Sub))


def _is_fraction(tree: ast.expr) -> bool:
    return any(exponent < 0 for _, exponent in powers_of(tree)[1])
