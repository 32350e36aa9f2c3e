"""Routes: the ways from the printed numbers of a sheet to the number of an expression.

The routes are the definition of a value, the chain rule from the root down and from the leaf up,
and every formula that the sheet claims. Each is one computation from leaves, the printed numbers,
so that the factors of a chain know that they depend on the same y.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from autograd_mini.checking.formulas.candidates import Effort
from autograd_mini.checking.formulas.scene import names_in
from autograd_mini.checking.sheets.steps import Steps
from autograd_mini.engine.graph import forward_sweep, reverse_sweep
from autograd_mini.engine.transforms import gradients
from autograd_mini.engine.value import Value
from autograd_mini.symbols.formulas import evaluate
from autograd_mini.symbols.simplify import key
from autograd_mini.symbols.tape import Tape

Number = Value | float

# The steps of one expression, and of one value of a graph at three corners; to look at a name
# takes one.
EVALUATED, RECORDED = 20, 20


@dataclass(frozen=True)
class Known:
    """A number that the author may have gone on from.

    decimal: the number as it is printed. low, high: the bounds of the number that he may have used.
    unit: one in the last printed place. line: of the sheet. roots: the lines of the wrong numbers
    and failing formulas that it follows from, its own line if it is wrong; empty for right work.
    mended: whether it is the right number of an erratum.
    """

    decimal: float
    low: float
    high: float
    unit: float
    line: int
    roots: frozenset[int] = frozenset()
    mended: bool = False

    @property
    def wrong(self) -> bool:
        return self.line in self.roots


class Formula(NamedTuple):
    """A formula that the sheet has claimed for a value or a derivative, and whether it fails."""

    tree: ast.expr
    line: int
    fails: bool


@dataclass(frozen=True)
class Route:
    """The outcome of one route: a number, computed from leaves that are known.

    turns: the lines of wrong numbers that are on another side of a kink than the true ones.
    effort: for its bounds.
    """

    result: Number
    leaves: Mapping[str, tuple[Value, Known]]
    turns: frozenset[int]
    effort: Effort

    def bounds(self, instead: Mapping[str, float] | None = None) -> tuple[float, float] | None:
        """The least and the largest number that may come out; None where it has no value.

        The extremes are taken at the corners that the signs of the gradients pick.

        instead: numbers that stand for some of the leaves, by name.
        """
        if not isinstance(self.result, Value):
            return self.result, self.result
        lowest, centre, highest = {}, {}, {}
        tape = self._tape
        self.effort.spend(RECORDED * len(tape))
        for (name, known), slope in zip(self.used, self._slopes):
            low, high = known.low, known.high
            if instead is not None and name in instead:
                low = high = instead[name]
            place = tape.places[id(self.leaves[name][0])]
            centre[place] = (low + high) / 2
            lowest[place], highest[place] = (low, high) if slope >= 0.0 else (high, low)
        try:
            found = [tape.replay(corner)[-1].data for corner in (lowest, centre, highest)]
        except ArithmeticError:
            return None
        return min(found), max(found)

    @cached_property
    def used(self) -> list[tuple[str, Known]]:
        """The leaves that the result depends on."""
        if not isinstance(self.result, Value):
            return []
        below = self._tape.places
        return [(name, known) for name, (leaf, known) in self.leaves.items() if id(leaf) in below]

    @cached_property
    def _tape(self) -> Tape:
        assert isinstance(self.result, Value)
        return Tape(self.result)

    @cached_property
    def _slopes(self) -> list[float]:
        assert isinstance(self.result, Value)
        return gradients(self.result, [self.leaves[name][0] for name, _ in self.used])

    @property
    def roots(self) -> frozenset[int]:
        """The lines of all wrong numbers and failing formulas that it was computed from."""
        return self.turns.union(*(known.roots for _, known in self.used))


@dataclass
class Work:
    """The numbers of the author: printed ones as they are, the others computed from them.

    known: the printed numbers. formulas: those that stand for what is not printed. upwards: whether
    derivatives are worked out from the leaf up, rather than from the root down. decimals: whether
    printed numbers are plain floats, for a computation whose bounds are not asked for. effort: for
    the computation.
    """

    steps: Steps
    known: Mapping[str, Known]
    formulas: Mapping[str, Formula] = field(default_factory=dict)
    upwards: bool = False
    decimals: bool = False
    effort: Effort = field(default_factory=Effort)

    def __post_init__(self) -> None:
        self._numbers: dict[str, Number] = {}
        self._leaves: dict[str, tuple[Value, Known]] = {}
        self._turns: set[int] = set()
        self._values: set[str] = set()
        self._slopes: list[tuple[str, str]] = []
        # Names of derivatives that are not printed, and of printed ones that are always equal.
        self._equal: dict[str, str] = {}
        # For each name the results whose derivatives with respect to it are printed.
        self._printed: dict[str, set[str]] = {}
        for name in self.formulas.keys() - self.known.keys():
            self._note(name)
        for name in self.known:
            y, x = self._note(name)
            if y:
                self._printed.setdefault(x, set()).add(y)
            for equal in self._equal_derivatives(y, x) if y in self.steps.terms_of_sums else ():
                if equal not in self.known and equal not in self.formulas:
                    self._equal[equal] = name
        for name in self._equal:
            y, x = self._note(name)
            self._printed.setdefault(x, set()).add(y)
        self._pending: set[str] = set()
        self.differentiates: bool = False  # whether the chain rule was used

    def _note(self, name: str) -> tuple[str, str]:
        """Note a value or derivative that is known. Returns the ends of the derivative."""
        ends = self.steps.ends(name)
        if ends is None:
            self._values.add(name)
            return "", ""
        self._slopes.append(ends)
        return ends

    def route(self, tree: ast.expr) -> Route:
        """The route to an expression.

        Raises: ArithmeticError, ValueError, LookupError where it has no value.
        """
        return self._route(self.evaluate(tree))

    def route_by(self, name: str, claimed: Formula) -> Route:
        """The route to the right side of a formula. Raises: as `route`."""
        return self._route(self.by_formula(name, claimed))

    def _route(self, result: Number) -> Route:
        return Route(result, self._leaves, frozenset(self._turns), self.effort)

    def evaluate(self, tree: ast.expr) -> Number:
        """An expression at the author's numbers."""
        self.effort.spend(EVALUATED)
        return evaluate(tree, {name: self.number(name) for name in names_in(tree)})

    def data(self, name: str) -> float:
        """A value or derivative at the author's numbers."""
        return float(self.number(name))

    def number(self, name: str) -> Number:
        """As `data`, as a Value that depends on the printed numbers."""
        if name not in self._numbers:
            given = self.given(name)
            if given is None and self._is_exact(name):
                given = self.steps.scene.number(name)
            self._numbers[name] = self.computed(name) if given is None else given
        return self._numbers[name]

    def _is_exact(self, name: str) -> bool:
        """True if nothing that is known leads to a value or derivative: it is the true one."""
        y, *x = self.steps.ends(name) or (name,)
        below = self.steps.below(y)
        if not below.isdisjoint(self._values):
            return False
        if self._slopes and self.steps.rests_on_derivative(y):
            return False
        return not x or not any(
            end in below and other in below and self.steps.uses(other, x[0])
            for end, other in self._slopes
        )

    def given(self, name: str) -> Number | None:
        """The number that the author has printed, or for which he has a formula; else None."""
        if name in self.known:
            known = self.known[name]
            if self.decimals:
                return known.decimal
            if name not in self._leaves:
                self._leaves[name] = Value(known.decimal, label=name), known
            return self._leaves[name][0]
        if name in self._equal:
            return self.given(self._equal[name])
        claimed = self.formulas.get(name)
        if claimed is None or name in self._pending:
            return None
        if name not in self._numbers:
            self._pending.add(name)
            self._numbers[name] = self.by_formula(name, claimed)
            self._pending.discard(name)
        return self._numbers[name]

    def _equal_derivatives(self, y: str, x: str) -> Iterator[str]:
        """The derivatives that are always equal to dy/dx, such as dJ/dx for J = y + R.

        R, and all other terms of J, do not depend on x.
        """
        for term, total in self.steps.terms_of_sums.get(y, ()):
            if x in (term, total) or not self.steps.uses(term, x):
                continue
            if self.steps.all_paths(x, term, total):
                yield f"d{total if y == term else term}/d{x}"

    def by_formula(self, name: str, claimed: Formula) -> Number:
        """The right side of a formula that is claimed for a name.

        One that fails is a root: its number is the author's, whatever led to it.
        """
        result = self.evaluate(claimed.tree)
        if not claimed.fails or self.decimals:
            return result
        bounds = Route(result, self._leaves, frozenset(), self.effort).bounds()
        if bounds is None:
            raise ValueError(f"the formula in line {claimed.line} has no value here")
        roots = frozenset({claimed.line})
        known = Known(float(result), *bounds, 0.0, claimed.line, roots)
        self._leaves[name] = Value(known.decimal, label=name), known
        return self._leaves[name][0]

    def computed(self, name: str) -> Number:
        """A value by its definition, or a derivative by the chain rule."""
        ends = self.steps.ends(name)
        if ends is None:
            for below in self._unknown_below(name):  # in order, so that no recursion gets deep
                self._numbers[below] = self.evaluate(self.steps.definitions[below])
            return self.evaluate(self.steps.definitions[name])
        y, x = ends
        if y == x:
            return 1.0
        self.differentiates = True
        return self._upwards(y, x) if self.upwards else self._downwards(y, x)

    def _unknown_below(self, name: str) -> list[str]:
        found: set[str] = set()
        pending = [name]
        while pending:
            for below in self.steps.operands(pending.pop()):
                known = below in self.known or below in self.formulas or below in self._numbers
                if not known and below not in found:
                    found.add(below)
                    pending.append(below)
        return [below for below in self.steps.definitions if below in found]

    def _downwards(self, y: str, x: str) -> Number:
        """dy/dx from y down, starting where dy/d(a value between) is given."""
        names = self.steps.between(y, x)
        if not names:
            return 0.0
        seeds: dict[str, Number] = {y: 1.0}
        above: dict[str, list[tuple[str, str]]] = {}  # the derivatives that lead to a name
        pending, seen = [x], {x}
        while pending:
            name = pending.pop()
            if name == y:
                continue
            if name != x:
                given = self.given(f"d{y}/d{name}")
                if given is not None:
                    seeds[name] = given
                    continue
            above[name] = self._results(name, y, names)
            for result, _ in above[name]:
                if result not in seen:
                    seen.add(result)
                    pending.append(result)
        order = [name for name in names if name in seen]
        edges: dict[str, list[tuple[str, str]]] = {name: [] for name in order}
        for operand, results in above.items():
            for result, derivative in results:
                edges[result].append((operand, derivative))
        return reverse_sweep(order, seeds, lambda name: self._edges(name, edges[name])).get(x, 0.0)

    def _results(self, operand: str, y: str, names: Sequence[str]) -> list[tuple[str, str]]:
        """The results that `operand` was used for, each with a printed derivative if it has one.

        If all paths to y lead through one value whose derivative is printed, it is the only one.
        """
        printed = self._printed.get(operand, set())
        for result in names if printed else ():
            if (
                result in printed
                and result not in (operand, y)
                and self.steps.all_paths(operand, result, y)
            ):
                return [(result, f"d{result}/d{operand}")]
        within = set(names)
        return [(name, "") for name in self.steps.results(operand) if name in within]

    def _edges(
        self, result: str, operands: Iterable[tuple[str, str]]
    ) -> Iterator[tuple[str, Number]]:
        for operand, derivative in operands:
            yield operand, self.number(derivative) if derivative else self._factor(result, operand)

    def _upwards(self, y: str, x: str) -> Number:
        """dy/dx from x up, starting where d(a value between)/dx is given."""
        names = self.steps.between(y, x)
        if not names:
            return 0.0
        seeds: dict[str, Number] = {x: 1.0}
        pending, seen = [y], {y}
        while pending:
            name = pending.pop()
            if name == x:
                continue
            if name != y:
                given = self.given(f"d{name}/d{x}")
                if given is not None:
                    seeds[name] = given
                    continue
            for operand in self.steps.operands(name):
                if operand in names and operand not in seen:
                    seen.add(operand)
                    pending.append(operand)

        def edges(result: str) -> Iterator[tuple[str, Number]]:
            for operand in self.steps.operands(result):
                if operand in seen:
                    yield operand, self._factor(result, operand)

        order = [name for name in names if name in seen]
        return forward_sweep(order, seeds, edges).get(y, 0.0)

    def _factor(self, result: str, operand: str) -> Number:
        """d result / d operand over the paths that meet no other name."""
        derivative = f"d{result}/d{operand}"
        if self.steps.is_only_path(result, operand):
            given = self.given(derivative)
            if given is not None:
                return given
        tree = self.steps.factor(result, operand, self.data)
        if self.steps.has_kink(result) and not self.decimals:
            true = self.steps.factor(result, operand, self.steps.scene.number)
            if key(true) != key(tree):
                for name in self.steps.operands(result):
                    self._turns |= self._route(self.number(name)).roots
        return self.evaluate(tree)
