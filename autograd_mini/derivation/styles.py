"""The equations of each style: in full, factored, as an overview, and by the delta rule.

The delta of a unit is minus the derivative of the root with respect to the net input of the unit,
so that a weight w on an input x learns by w <- w + alpha . delta . x.
Source: Rumelhart, Hinton & Williams, Learning internal representations by error propagation, 1986.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Container, Sequence

from autograd_mini.derivation.equations import (
    Delta,
    Equation,
    Negative,
    Omission,
    Sentence,
    Side,
    Term,
)
from autograd_mini.derivation.notation import (
    Link,
    Notation,
    Product,
    Sum,
    both_ends,
    brief_formulas,
)
from autograd_mini.derivation.paths import Path, path_above, path_through
from autograd_mini.derivation.remarks import fork, held, stopped
from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import Chain, Factor, is_activation
from autograd_mini.symbols.limits import MOST_TERMS
from autograd_mini.symbols.names import by_name

# Only both ends of a longer sum, derivation or list are written.
MOST_EQUATIONS = 8
MOST_LINES = 100

RATE = ast.Name("alpha")


def full(notation: Notation, wrt: Value, paths: Sequence[Path]) -> list[Equation]:
    """One equation with a line for each path."""
    chain = notation.chain
    terms = [Product(notation.links(path.factors), path.value) for path in paths]
    factors = [factor for path in paths for factor in path.factors]
    forks = [step for step in chain.downwards if len(chain.above(step)) > 1]
    notes = [
        *(fork(notation, step) for step in forks),
        *held(notation, factors),
        *stopped(notation, wrt, factors),
    ]
    plain = notation.equation(notation.derivative(wrt), terms, chain.derivative(wrt), notes)
    return [plain, *notation.combination(wrt, plain)]


def factored(notation: Notation, wrt: Value) -> list[Equation]:
    """An equation for each derivative that several paths share, from the root down to `wrt`."""
    steps = shared(notation, wrt)
    stops = {id(step) for step in [notation.chain.root, *steps]}
    return TotalDerivatives(notation, stops, brief=False).of_each([*steps, wrt], MOST_EQUATIONS)


def shared(notation: Notation, wrt: Value) -> list[Value]:
    """The steps between the root and `wrt` at which paths fork or join, from the root down."""
    chain = notation.chain
    return [
        step
        for step in chain.downwards
        if step is not chain.root
        and step is not wrt
        and (len(chain.above(step)) > 1 or len(chain.below(step)) > 1)
    ]


def overview(notation: Notation) -> list[Equation]:
    """One line for each step, from the root down, and then for each leaf."""
    totals = TotalDerivatives(notation, {id(step) for step in notation.chain.steps}, brief=True)
    return [line for steps in lines_of(notation) for line in totals.of_each(steps, MOST_LINES)]


def lines_of(notation: Notation) -> tuple[list[Value], list[Value]]:
    """The steps that an overview has lines for: results from the root down, leaves by name."""
    chain = notation.chain
    results = [step for step in chain.downwards if step.op and step is not chain.root]
    return results, by_name([step for step in chain.steps if step.op is None], chain.names)


class TotalDerivatives:
    """Writes d root / d step, and the combination that it simplifies to, for several steps.

    stops: the ids of the steps whose derivatives the equations refer to.
    """

    def __init__(self, notation: Notation, stops: Container[int], brief: bool) -> None:
        self.notation = notation
        self.stops = stops
        self.brief = brief
        # The steps whose derivatives are combined, or follow from such derivatives alone.
        self.combined: set[Value] = set()

    def of_each(self, steps: Sequence[Value], most: int) -> list[Equation]:
        """The equations of `steps`, with an omission in the middle of more than `most`."""
        return _both_ends(steps, most, self.of)

    def plain_of_each(self, steps: Sequence[Value], most: int) -> list[Equation]:
        """`of_each` without combinations."""
        return _both_ends(steps, most, lambda step: [self.plain(step)])

    def plain(self, step: Value) -> Equation:
        """d root / d step from the derivatives with respect to the nearest of the stops above."""
        notation, chain = self.notation, self.notation.chain
        written: list[Factor] = []

        def term(first: Factor) -> Product:
            path = path_through(chain, first, self.stops)
            written.extend(path.factors)
            return product(notation, path)

        terms = both_ends(chain.above(step), MOST_TERMS, term, omitted_terms)
        notes = []
        if not self.brief:
            notes = [fork(notation, step)] if len(terms) > 1 else []
            notes += held(notation, written)
        derivative = notation.derivative(step)
        return notation.equation(derivative, terms, chain.derivative(step), notes, self.brief)

    def of(self, step: Value) -> list[Equation]:
        """The equation of one step, and its combination."""
        chain = self.notation.chain
        plain = self.plain(step)
        above = [path_through(chain, first, self.stops).start for first in chain.above(step)]
        if above and self.combined.issuperset(above):
            self.combined.add(step)
            return [plain]
        combination = self.notation.combination(step, plain)
        if combination:
            self.combined.add(step)
        return [plain, *combination]


def _both_ends(
    steps: Sequence[Value], most: int, make: Callable[[Value], list[Equation]]
) -> list[Equation]:
    """The equations of each step, with an omission in the middle of more than `most` steps."""
    made = both_ends(steps, most, make, lambda count: [omitted_equations(count)])
    return [equation for equations in made for equation in equations]


def product(notation: Notation, path: Path) -> Product:
    """The contribution of a path: the derivative at its start times its factors."""
    links: list[Link] = notation.links(path.factors)
    if path.start is not notation.chain.root:
        links.insert(0, notation.known(path.start))
    return Product(links, notation.chain.derivative(path.start) * path.value)


def omitted_terms(count: int) -> Product | Omission:
    return Omission(count, "terms")


def omitted_equations(count: int) -> Equation:
    """The mark in place of `count` equations."""
    return Equation(Omission(count, "derivatives"), (), inline=True)


class DeltaRule:
    """The units between the root of a chain and `wrt`, and the equations of their deltas."""

    def __init__(self, notation: Notation, wrt: Value | None) -> None:
        self.notation = notation
        self.chain: Chain = notation.chain
        chain = self.chain
        self.units: dict[int, str] = {
            id(step): self._unit(step)
            for step in chain.steps
            if step is not chain.root and step is not wrt and self._is_unit(step, wrt)
        }
        # The steps that get an equation, from the root down.
        self.known: list[Value] = [
            step
            for step in chain.downwards
            if step is not chain.root and step is not wrt and step.op and self._is_known(step)
        ]
        self.stops: set[int] = {id(step) for step in [chain.root, *self.known]}

    def equations(self, wrt: Value) -> list[Equation]:
        """The deltas on the way, the derivative with respect to `wrt`, and its learning rule."""
        made = _both_ends([*self.known, wrt], MOST_EQUATIONS, self.combined)
        return made if wrt.op else [*made, *self.rule(wrt)]

    def overview(self) -> list[Equation]:
        """The deltas, and one line for each leaf."""
        _, leaves = lines_of(self.notation)
        return [
            *_both_ends(self.known, MOST_EQUATIONS, self.combined),
            *both_ends(
                leaves, MOST_LINES, lambda leaf: self.equation(leaf, brief=True), omitted_equations
            ),
        ]

    def combined(self, step: Value) -> list[Equation]:
        """`equation`, and the combination that a delta simplifies to, if there is one."""
        plain = self.equation(step)
        is_unit = id(step) in self.units
        return [plain, *(self.notation.combination(step, plain, -1) if is_unit else [])]

    def equation(self, step: Value, brief: bool = False) -> Equation:
        """The delta of a unit, or d root / d step."""
        unit = self.units.get(id(step))
        sign = 1 if unit is None else -1
        terms = self.terms(step, sign)
        derivative = self.notation.derivative(step)
        left = derivative if unit is None else Delta(unit)
        value = sign * self.chain.derivative(step)
        notes = [fork(self.notation, step)] if len(terms) > 1 and not brief else []
        made = self.notation.equation(left, terms, value, notes, brief)
        if unit is None:
            return made
        first: Side = ((Negative(derivative),),)
        sides = made.sides if made.sides[0] == first else [first, *made.sides]
        return Equation(left, sides, made.notes)

    def terms(self, step: Value, sign: int) -> list[Product | Omission]:
        """The contributions to `step` times `sign`; a sum over a fork further up is one factor."""
        own = path_above(self.chain, step, self.stops)
        if own.factors and id(own.start) in self.stops:
            return [self.product(own, sign)]

        def term(first: Factor) -> Product:
            return self.product(path_through(self.chain, first, self.stops), sign)

        forked = self.chain.above(own.start)
        if not own.factors:
            return both_ends(forked, MOST_TERMS, term, omitted_terms)
        total = Sum(
            [self.links(path_through(self.chain, first, self.stops), sign) for first in forked]
        )
        value = sign * self.chain.derivative(own.start) * own.value
        return [Product([total, *self.notation.links(own.factors)], value)]

    def product(self, path: Path, sign: int) -> Product:
        value = sign * self.chain.derivative(path.start) * path.value
        return Product(self.links(path, sign), value)

    def links(self, path: Path, sign: int) -> list[Link]:
        """The factors of a path, after the delta or the known derivative that it starts from."""
        links = self.notation.links(path.factors)
        if path.start is self.chain.root:
            return links if sign > 0 else [links[0].negative(), *links[1:]]
        unit = self.units.get(id(path.start))
        if unit is None:
            known = self.notation.known(path.start)
        else:
            known = Link(Delta(unit), None, -self.chain.derivative(path.start))
            sign = -sign
        return [known if sign > 0 else known.negative(), *links]

    def rule(self, leaf: Value) -> list[Equation]:
        """The learning rule of a leaf, if every contribution to it starts from a delta."""
        terms = self.terms(leaf, -1)
        learned: list[Term] = []
        for term in terms:
            if isinstance(term, Omission):
                learned.append((term,))
            elif isinstance(term.links[0], Link) and isinstance(term.links[0].symbol, Delta):
                learned.append((RATE, *brief_formulas(term.links)))
            else:
                return []
        side: Side = ((self.notation.name(leaf),), *learned)
        note: Sentence = ("This is the delta rule, with learning rate ", RATE, ".")
        return [Equation(self.notation.name(leaf), [side], [note], relation="<-", inline=True)]

    def _is_unit(self, step: Value, wrt: Value | None) -> bool:
        """True if `step` is the input of an activation, or uses a leaf `wrt` directly."""
        if step.op is None or is_activation(step.op):
            return False
        leaf = wrt is not None and wrt.op is None
        if leaf and any(each.operand is wrt for each in self.chain.below(step)):
            return True
        return any(self._activates(each) for each in self.chain.above(step))

    def _activates(self, factor: Factor) -> bool:
        row = factor.result.op
        return (
            row is not None and is_activation(row) and factor.result.operands[0] is factor.operand
        )

    def _unit(self, step: Value) -> str:
        """The name of the unit: o1 for net_o1 and out_o1, else the name of the output."""
        name = self.chain.names(step)
        for each in self.chain.above(step):
            if self._activates(each) and self.chain.names.has_label(each.result):
                out = self.chain.names(each.result)
                shared = out.partition("_")[2]
                return shared if shared and shared == name.partition("_")[2] else out
        return name

    def _is_known(self, step: Value) -> bool:
        """True if d root / d step is used repeatedly and so gets an equation.

        A fork that leads to one unit only is written in the equation of that unit.
        """
        if id(step) in self.units or len(self.chain.below(step)) > 1:
            return True
        if len(self.chain.above(step)) < 2:
            return False
        while id(step) not in self.units and self.chain.below(step):
            below = self.chain.below(step)
            if len(below) > 1 or len(self.chain.above(below[0].operand)) > 1:
                return True
            step = below[0].operand
        return False
