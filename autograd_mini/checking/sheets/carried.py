"""Carried and follows: a number, judged by the numbers that the author printed before it.

A printed number stands for an interval:

- A right number: from its decimal to the true value. The author may have used either, or a mix.
- A number that is carried or follows: its decimal, and the values that made it so, as far as they
  are within one unit of its last place.
- A wrong number: its decimal, half a unit either way.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from autograd_mini.checking.digits.numerals import Numeral
from autograd_mini.checking.digits.targets import shows
from autograd_mini.checking.sheets.routes import Formula, Known, Route, Steps, Work


class Finding(NamedTuple):
    """The numbers that an author may have had where he printed one, and where they come from.

    roots: the lines of the wrong numbers and failing formulas without which it would not follow.
    """

    low: float
    high: float
    roots: frozenset[int] = frozenset()


@dataclass
class Author:
    """The numbers and formulas that the author of a sheet has written so far.

    printed: by the name of the value or derivative, in the order of the lines. moved: parameters
    after a descent, as a printed gradient moves them. formulas: claimed for a name.
    """

    steps: Steps
    printed: dict[str, list[Known]] = field(default_factory=dict)
    moved: dict[str, list[Known]] = field(default_factory=dict)
    formulas: dict[str, list[Formula]] = field(default_factory=dict)

    def print(self, name: str, known: Known) -> None:
        """Remember a number that was printed for a name."""
        self.printed.setdefault(name, []).append(known)

    def claim(self, name: str, formula: Formula) -> None:
        """Remember a formula that was claimed for a name."""
        self.formulas.setdefault(name, []).append(formula)

    def carried(self, tree: ast.expr, numeral: Numeral) -> Finding | None:
        """How a number comes from the right numbers before it; None if it does not."""
        found = self._findings(tree, numeral, [self._right(tree)], failing=False)
        return next(found, None)

    def follows(self, tree: ast.expr, numeral: Numeral) -> Finding | None:
        """How a number comes from all numbers before it, wrong ones too; None if it does not."""
        for known in self.printed.get(_name(tree), []):
            if known.roots and shows(numeral, known.decimal, known.decimal):
                return Finding(known.low, known.high, known.roots)
        return next(self._findings(tree, numeral, self._choices(tree), failing=True), None)

    def excludes(self, tree: ast.expr, numeral: Numeral) -> bool:
        """Whether a number does not come from those before it, and some of these are wrong."""
        roots: frozenset[int] = frozenset()
        for known in (*self._choices(tree), self._mended(tree)):
            for route in self._routes(tree, known, failing=True):
                bounds = route.bounds()
                if bounds is None or shows(numeral, *bounds):
                    return False
                roots |= route.roots
        return bool(roots)

    def bounds(self, tree: ast.expr) -> Iterator[Finding]:
        """The numbers that an expression may be: by the right numbers, then by all of them."""
        for failing, known in ((False, self._right(tree)), (True, self._choices(tree)[0])):
            route = next(self._routes(tree, known, failing), None)
            bounds = route.bounds() if route else None
            if route and bounds:
                yield Finding(*bounds, route.roots)

    def works(self, tree: ast.expr) -> list[Work]:
        """The author's numbers as floats: printed decimals, then all digits that he may have kept.

        Wrong numbers are as he printed them in both.
        """
        own = self._choices(tree)[0]
        kept = {name: known for name, known in own.items() if known.wrong}
        formulas = self._standing_in(tree, failing=True)
        return [Work(self.steps, known, formulas, decimals=True) for known in (own, kept)]

    # -- routes ------------------------------------------------------------------------------------

    def _findings(
        self,
        tree: ast.expr,
        numeral: Numeral,
        choices: Iterable[Mapping[str, Known]],
        failing: bool,
    ) -> Iterator[Finding]:
        decimal, unit = numeral.decimal, numeral.last_place
        for known in choices:
            for route in self._routes(tree, known, failing):
                bounds = route.bounds()
                if bounds is not None and shows(numeral, *bounds):
                    low = min(decimal, max(bounds[0], decimal - unit))
                    high = max(decimal, min(bounds[1], decimal + unit))
                    yield Finding(low, high, self._needed(route, numeral))

    def _routes(self, tree: ast.expr, known: Mapping[str, Known], failing: bool) -> Iterator[Route]:
        """Every route to an expression. failing: whether formulas that fail count."""
        formulas = self._standing_in(tree, failing)
        claimed = [each for each in self.formulas.get(_name(tree), []) if failing or not each.fails]
        for standing_in in ({}, formulas) if formulas else ({},):
            for upwards in (False, True):
                differentiates = False
                for formula in (None, *reversed(claimed)):
                    work = Work(self.steps, known, standing_in, upwards)
                    # It may have no value at these numbers.
                    with suppress(ArithmeticError, ValueError, LookupError):
                        yield work.route(tree) if formula is None else work.route_by(formula)
                    differentiates |= work.differentiates
                if not differentiates:
                    break

    def _standing_in(self, tree: ast.expr, failing: bool) -> dict[str, Formula]:
        """The last formula for every name that has one, apart from the expression itself."""
        return {
            name: formula
            for name, formulas in self.formulas.items()
            for formula in formulas
            if name != _name(tree) and (failing or not formula.fails)
        }

    def _needed(self, route: Route, numeral: Numeral) -> frozenset[int]:
        """The roots of a route without which it would not lead to a number."""
        needed = set(route.turns)
        for root in route.roots - route.turns:
            bounds = route.bounds(
                {
                    name: self.steps.scene.number(name)
                    for name, known in route.used
                    if root in known.roots
                }
            )
            if bounds is None or not shows(numeral, *bounds):
                needed.add(root)
        return frozenset(needed) or route.roots

    # -- choices among several prints of one quantity ----------------------------------------------

    def _right(self, tree: ast.expr) -> dict[str, Known]:
        """The finest right number of each quantity."""
        return self._choose(tree, lambda each: [known for known in each if not known.roots])

    def _choices(self, tree: ast.expr) -> list[dict[str, Known]]:
        """The finest number of each quantity; then, where there is one, the wrong one."""
        finest = self._choose(tree, list)
        wrong = self._choose(tree, lambda each: [known for known in each if known.roots] or each)
        return [finest] if wrong == finest else [finest, wrong]

    def _mended(self, tree: ast.expr) -> dict[str, Known]:
        """As if every erratum were a misprint only, after which the right number was used."""
        return self._choose(tree, lambda each: [known for known in each if known.mended] or each)

    def _choose(
        self, tree: ast.expr, among: Callable[[list[Known]], list[Known]]
    ) -> dict[str, Known]:
        """For each quantity the finest of some of its numbers, of several the last.

        The expression itself is as a descent left it, since its own print does not excuse it.
        """
        chosen = {}
        for name in {**self.printed, **self.moved}:
            printed = [] if name == _name(tree) else self.printed.get(name, [])
            found = among([*self.moved.get(name, []), *printed])
            if found:
                chosen[name] = min(reversed(found), key=lambda known: known.unit)
        return chosen


def _name(tree: ast.expr) -> str:
    """The name that an expression is, "" if it is another."""
    return tree.id if isinstance(tree, ast.Name) else ""
