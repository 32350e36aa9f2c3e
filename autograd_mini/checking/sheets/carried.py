"""Carried and follows: a number, judged by the numbers that the author printed before it.

A printed number stands for an interval:

- A right number: from its decimal to the true value. The author may have used either, or a mix.
- A number that is carried or follows: its decimal, and the values that made it so, as far as they
  are within one unit of its last place.
- A wrong number: its decimal, half a unit either way; a whole unit away from 0 where the author
  has truncated a number before.
"""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import NamedTuple

from autograd_mini.checking.digits.numerals import Numeral
from autograd_mini.checking.digits.targets import shows
from autograd_mini.checking.formulas.candidates import Effort
from autograd_mini.checking.formulas.number_slips import Own
from autograd_mini.checking.formulas.scene import names_in
from autograd_mini.checking.sheets.routes import Formula, Known, Route, Work
from autograd_mini.checking.sheets.shortcuts import shortcuts
from autograd_mini.checking.sheets.steps import Steps

# In the routes to all numbers of a sheet: about two seconds.
MOST_IN_ROUTES = 2_000_000

# The wrong numbers that one line uses, and of which each may be a misprint only.
MOST_MISPRINTS = 3


class CarriedNumbers(NamedTuple):
    """The numbers that an author may have had where he printed one, and where they come from.

    roots: the lines of the wrong numbers and failing formulas without which it would not follow.
    is_root: whether the number is wrong itself.
    """

    low: float
    high: float
    roots: frozenset[int] = frozenset()
    is_root: bool = False


# Picks those of the numbers of one quantity from which the finest is taken.
Choice = Callable[[list[Known]], list[Known]]


@dataclass
class Author:
    """The numbers and formulas that the author of a sheet has written so far.

    printed: by the name of the value or derivative, in the order of the lines. moved: parameters
    after a descent, as a printed gradient moves them. formulas: claimed for a name. updated: the
    parameters in lines such as w - eta*dE/dw. truncates: whether a number is truncated. effort: for
    the routes to all numbers; when it is spent, numbers are judged by their digits alone.
    """

    steps: Steps
    printed: dict[str, list[Known]] = field(default_factory=dict)
    moved: dict[str, list[Known]] = field(default_factory=dict)
    formulas: dict[str, list[Formula]] = field(default_factory=dict)
    updated: dict[str, Known] = field(default_factory=dict)
    truncates: bool = False
    effort: Effort = field(default_factory=lambda: Effort(MOST_IN_ROUTES))
    _short: dict[str, list[Formula]] = field(default_factory=dict, init=False)
    _chosen: dict[Choice, dict[str, Known]] = field(default_factory=dict, init=False)

    @property
    def size(self) -> int:
        """The names that have a number or a formula, and those of the sheet."""
        return len(self.printed) + len(self.formulas) + len(self.steps.definitions)

    def judge(
        self, tree: ast.expr, numeral: Numeral, value: float, line: int, verdict: str
    ) -> CarriedNumbers:
        """The numbers that the author may have had where he printed one, and their roots.

        verdict: the verdict on the digits.
        """
        decimal, unit = numeral.decimal, numeral.last_place
        self.truncates |= verdict == "truncates"
        if verdict != "wrong":
            return CarriedNumbers(min(decimal, value), max(decimal, value))
        found = self.carried(tree, numeral) or self.follows(tree, numeral)
        if found is not None:
            return found
        away = math.copysign(unit if self.truncates else unit / 2, decimal)
        low, high = sorted((decimal - math.copysign(unit / 2, decimal), decimal + away))
        return CarriedNumbers(low, high, frozenset({line}), is_root=True)

    def print(self, tree: ast.expr, numeral: Numeral, finding: CarriedNumbers, line: int) -> None:
        """Remember a number that was printed, if it is for a name."""
        name = _name(tree)
        if not name or not math.isfinite(finding.low + finding.high):
            return
        own = self.follows(tree, numeral) if not finding.roots else None
        self._remember(
            name, Known(numeral.decimal, *finding[:2], numeral.last_place, line, finding.roots)
        )
        # A right number after wrong ones may be right by chance: the author has other digits.
        if own is not None:
            low, high = min(own.low, finding.low), max(own.high, finding.high)
            known = Known(numeral.decimal, low, high, numeral.last_place, line, own.roots)
            self._remember(name, known)

    def mend(self, tree: ast.expr, right: Numeral, value: float, line: int) -> None:
        """Remember the right number of an erratum for a name, which may be a misprint only."""
        name = _name(tree)
        if not name:
            return
        low, high = sorted((right.decimal, value))
        known = Known(right.decimal, low, high, right.last_place, line, mended=True)
        self._remember(name, known)

    def _remember(self, name: str, known: Known) -> None:
        self.printed.setdefault(name, []).append(known)
        for among, chosen in self._chosen.items():
            if found := among([*self.moved.get(name, []), *self.printed[name]]):
                chosen[name] = _finest(found)

    def move(self, moved: Mapping[str, list[Known]]) -> None:
        """Remember parameters that a descent has moved."""
        self.moved.update(moved)
        self._chosen.clear()

    def forget(self, has_changed: Callable[[str], bool]) -> None:
        """Forget the numbers of all names that have changed."""
        for known in (self.printed, self.moved):
            for name in filter(has_changed, list(known)):
                del known[name]
        self._chosen.clear()

    def claim(self, name: str, formula: Formula) -> None:
        """Remember a formula that was claimed for a name."""
        self.formulas.setdefault(name, []).append(formula)

    def carried(self, tree: ast.expr, numeral: Numeral) -> CarriedNumbers | None:
        """The way from the right numbers before a number to it, or None."""
        found = self._findings(tree, numeral, [self._right(tree)], failing=False)
        return next(found, None)

    def follows(self, tree: ast.expr, numeral: Numeral) -> CarriedNumbers | None:
        """The way from all numbers before a number, wrong ones too, or None."""
        for known in self.printed.get(_name(tree), []):
            if known.roots and shows(numeral, known.decimal, known.decimal):
                return CarriedNumbers(known.low, known.high, known.roots)
        if not self._is_wrong_somewhere:
            return None
        choices = itertools.chain(self._choices(tree), self._without_misprints(tree))
        return next(self._findings(tree, numeral, choices, failing=True), None)

    @property
    def _is_wrong_somewhere(self) -> bool:
        numbers = itertools.chain(*self.printed.values(), *self.moved.values())
        formulas = itertools.chain(*self.formulas.values())
        return any(each.roots for each in numbers) or any(each.fails for each in formulas)

    def excludes(self, tree: ast.expr, numeral: Numeral) -> bool:
        """True if a number does not come from those before it, and some of these are wrong."""
        if not self._is_wrong_somewhere:
            return False
        roots: frozenset[int] = frozenset()
        for known in (*self._choices(tree), self._mended(tree)):
            for route in self._routes(tree, known, failing=True):
                bounds = route.bounds()
                if bounds is None or shows(numeral, *bounds):
                    return False
                roots |= route.roots
        return bool(roots) and not self.effort.is_spent

    def bounds(self, tree: ast.expr) -> Iterator[CarriedNumbers]:
        """The numbers that an expression may be: by the right numbers, then by all of them."""
        for failing, known in ((False, self._right(tree)), (True, self._choices(tree)[0])):
            route = next(self._routes(tree, known, failing), None)
            bounds = route.bounds() if route else None
            if route and bounds:
                yield CarriedNumbers(*bounds, route.roots)

    def update(self, tree: ast.expr, number: float, line: int) -> None:
        """Remember the number of an expression such as w - eta*dE/dw: a parameter, updated."""
        match self.steps.definitions.get(_name(tree), tree):
            case ast.BinOp(left=ast.Name(id=name), op=ast.Sub() | ast.Add()) if (
                name in self.steps.scene.leaves
            ):
                self.updated[name] = Known(number, number, number, 0.0, line)

    def own(self, tree: ast.expr, effort: Effort) -> Own:
        """The author's numbers and formulas for an expression, to look for a slip with them.

        First all digits that he may have kept, then the printed decimals. Wrong numbers are as he
        printed them in both.
        """
        known = self._choices(tree)[0]
        kept = {name: each for name, each in known.items() if each.wrong}
        formulas = self._standing_in(tree, failing=True)
        work = Work(self.steps, known, formulas, decimals=True, effort=effort)
        full = Work(self.steps, kept, formulas, decimals=True, effort=effort)
        below = self._depends_on(tree)
        updates = {name: each for name, each in self.updated.items() if name in below}
        updated = [
            (
                {name: each.decimal for name, each in taken.items()},
                Work(self.steps, {**known, **taken}, formulas, decimals=True, effort=effort).data,
            )
            for taken in (*({name: each} for name, each in updates.items()), updates)
            if taken
        ]
        return Own([full.data, work.data], self._by_hand(tree), updated, effort)

    def _depends_on(self, tree: ast.expr) -> set[str]:
        """The names that an expression is computed from."""
        ends = (self.steps.ends(name) or (name,) for name in names_in(tree))
        return {below for y, *_ in ends for below in self.steps.below(y)}

    def _by_hand(self, tree: ast.expr) -> list[ast.expr]:
        """The formulas by which a derivative may have been computed, the shorter ones first."""
        name = _name(tree)
        claimed = [each for each in self.formulas.get(name, []) if not each.fails]
        found = [each.tree for each in (*self._shortcuts(name), *claimed)]
        with suppress(ArithmeticError, ValueError, LookupError):
            found += self.steps.one_step(name)
        return found

    # -- routes ------------------------------------------------------------------------------------

    def _findings(
        self,
        tree: ast.expr,
        numeral: Numeral,
        choices: Iterable[Mapping[str, Known]],
        failing: bool,
    ) -> Iterator[CarriedNumbers]:
        decimal, unit = numeral.decimal, numeral.last_place
        for known in choices:
            for route in self._routes(tree, known, failing):
                bounds = route.bounds()
                if bounds is not None and shows(numeral, *bounds):
                    low = min(decimal, max(bounds[0], decimal - unit))
                    high = max(decimal, min(bounds[1], decimal + unit))
                    yield CarriedNumbers(low, high, self._needed(route, numeral))

    def _routes(self, tree: ast.expr, known: Mapping[str, Known], failing: bool) -> Iterator[Route]:
        """Every route to an expression. failing: whether formulas that fail count."""
        formulas = self._standing_in(tree, failing)
        claimed = [each for each in self.formulas.get(_name(tree), []) if failing or not each.fails]
        for standing_in in ({}, formulas) if formulas else ({},):
            for upwards in (False, True):
                differentiates = False
                for formula in self._formulas(_name(tree), claimed):
                    if not self.effort.spend(len(known) + len(formulas)):
                        return
                    work = Work(self.steps, known, standing_in, upwards, effort=self.effort)
                    # It may have no value at these numbers.
                    with suppress(ArithmeticError, ValueError, LookupError):
                        by = None if formula is None else work.route_by(_name(tree), formula)
                        yield by or work.route(tree)
                    differentiates |= work.differentiates
                if not differentiates:
                    break

    def _formulas(self, name: str, claimed: list[Formula]) -> Iterator[Formula | None]:
        """The formulas for a name, None for its definition or the chain rule."""
        yield None
        yield from reversed(claimed)
        yield from self._shortcuts(name)

    def _shortcuts(self, name: str) -> list[Formula]:
        if name not in self._short:
            found = shortcuts(self.steps, name, self.effort)
            self._short[name] = [Formula(tree, 0, False) for tree in found]
        return self._short[name]

    def _standing_in(self, tree: ast.expr, failing: bool) -> dict[str, Formula]:
        """The last formula for every name that has one, apart from the expression itself."""
        own = _name(tree)
        return {
            name: formula
            for name, formulas in self.formulas.items()
            for formula in formulas
            if name != own and (failing or not formula.fails)
        }

    def _needed(self, route: Route, numeral: Numeral) -> frozenset[int]:
        """The roots of a route without which it would not lead to a number."""
        needed = set(route.turns)
        for root in route.roots - route.turns:
            if self.effort.is_spent:
                return route.roots
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
        return self._choose(tree, _right)

    def _choices(self, tree: ast.expr) -> list[dict[str, Known]]:
        """The finest number of each quantity; then, where there is one, the wrong one."""
        finest, wrong = self._choose(tree, list), self._choose(tree, _wrong)
        return [finest] if wrong == finest else [finest, wrong]

    def _without_misprints(self, tree: ast.expr) -> Iterator[dict[str, Known]]:
        """The finest numbers with a wrong one or two taken for misprints of numbers that follow.

        The author has gone on with those numbers, rounded or cut off as the printed ones are.
        """
        finest = self._choices(tree)[0]
        used = {
            name
            for route in self._routes(tree, finest, failing=True)
            for name, known in route.used
            if known.wrong and name in finest
        }
        meant = {
            name: known
            for name in sorted(used, key=lambda each: finest[each].line)[-MOST_MISPRINTS:]
            if (known := self._meant(name, finest))
        }
        for number in (1, 2):
            for names in itertools.combinations(meant, number):
                yield {**finest, **{name: meant[name] for name in names}}

    def _meant(self, name: str, finest: Mapping[str, Known]) -> Known | None:
        """The number that the author had where he misprinted one, rounded or cut off."""
        others = {each: known for each, known in finest.items() if each != name}
        route = next(self._routes(ast.Name(name), others, failing=True), None)
        bounds = route.bounds() if route else None
        line, unit = finest[name].line, finest[name].unit
        places = [number / unit for number in bounds or ()]
        if not route or not bounds or not all(map(math.isfinite, places)):
            return None
        printed = [near(place) * unit for place in places for near in (round, math.trunc)]
        low, high = min(*bounds, *printed), max(*bounds, *printed)
        return Known(sum(bounds) / 2, low, high, unit, line, route.roots)

    def _mended(self, tree: ast.expr) -> dict[str, Known]:
        """As if every erratum were a misprint only, after which the right number was used."""
        return self._choose(tree, _mended)

    def _choose(self, tree: ast.expr, among: Choice) -> dict[str, Known]:
        """For each quantity the finest of some of its numbers, of several the last.

        The expression itself is as a descent left it, since its own print does not excuse it.
        """
        if among not in self._chosen:
            numbers = {
                name: among([*self.moved.get(name, []), *self.printed.get(name, [])])
                for name in {**self.printed, **self.moved}
            }
            self._chosen[among] = {name: _finest(each) for name, each in numbers.items() if each}
        own = _name(tree)
        chosen = {name: known for name, known in self._chosen[among].items() if name != own}
        if own in self.moved and (found := among(self.moved[own])):
            chosen[own] = _finest(found)
        return chosen


def _right(numbers: list[Known]) -> list[Known]:
    return [known for known in numbers if not known.roots]


def _wrong(numbers: list[Known]) -> list[Known]:
    return [known for known in numbers if known.roots] or numbers


def _mended(numbers: list[Known]) -> list[Known]:
    return [known for known in numbers if known.mended] or numbers


def _finest(numbers: list[Known]) -> Known:
    return min(reversed(numbers), key=lambda known: known.unit)


def _name(tree: ast.expr) -> str:
    """The name that an expression is, "" if it is another."""
    return tree.id if isinstance(tree, ast.Name) else ""
