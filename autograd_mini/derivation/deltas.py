"""The delta rule: a derivative by way of the deltas of units.

The delta of a unit is minus the derivative of the root by what goes into the unit, so that a
weight w on an input x learns by w <- w + alpha . delta . x.
Source: Rumelhart, Hinton & Williams, Learning internal representations by error propagation,
1986.
"""

from __future__ import annotations

import ast

from autograd_mini.derivation.equations import (
    Delta,
    Equation,
    LeftOut,
    Negative,
    Row,
    Sentence,
    Term,
)
from autograd_mini.derivation.notation import (
    Link,
    Notation,
    Product,
    Sum,
    brief_formulas,
    two_ends,
)
from autograd_mini.derivation.remarks import fork
from autograd_mini.derivation.styles import (
    MOST_EQUATIONS,
    MOST_LINES,
    MOST_TERMS,
    more_equations,
    more_terms,
)
from autograd_mini.derivation.ways import Way, through, upwards
from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import Chain, Factor, is_activation
from autograd_mini.symbols.names import by_name

RATE = ast.Name("alpha")


class DeltaRule:
    """The units between the root of a chain and `wrt`, and the equations for their deltas."""

    def __init__(self, notation: Notation, wrt: Value | None) -> None:
        self.notation = notation
        self.chain: Chain = notation.chain
        chain = self.chain
        self.units: dict[int, str] = {
            id(step): self._unit(step)
            for step in chain.steps
            if step is not chain.root and step is not wrt and self._is_unit(step, wrt)
        }
        # The steps that have an equation of their own, from the root down.
        self.known: list[Value] = [
            step
            for step in chain.downwards
            if step is not chain.root and step is not wrt and step.op and self._is_known(step)
        ]
        self.stops: set[int] = {id(step) for step in [chain.root, *self.known]}

    def equations(self, wrt: Value) -> list[Equation]:
        """The deltas on the way, the derivative by `wrt`, and what it learns by."""
        steps = [*self.known, wrt]
        made = two_ends(steps, MOST_EQUATIONS, self.equation, more_equations)
        return made if wrt.op else [*made, *self.rule(wrt)]

    def overview(self) -> list[Equation]:
        """The deltas, and a line for each leaf."""
        leaves = by_name([s for s in self.chain.steps if s.op is None], self.chain.names)
        return [
            *two_ends(self.known, MOST_EQUATIONS, self.equation, more_equations),
            *two_ends(
                leaves, MOST_LINES, lambda leaf: self.equation(leaf, brief=True), more_equations
            ),
        ]

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
        first: Row = ((Negative(derivative),),)
        rows = made.rows if made.rows[0] == first else [first, *made.rows]
        return Equation(left, rows, made.notes)

    def terms(self, step: Value, sign: int) -> list[Product | LeftOut]:
        """What comes down to `step`, with `sign`; sums over a fork further up in parentheses."""
        own = upwards(self.chain, step, self.stops)
        if own.factors and id(own.start) in self.stops:
            return [self.product(own, sign)]

        def term(first: Factor) -> Product:
            return self.product(through(self.chain, first, self.stops), sign)

        forked = self.chain.above(own.start)
        if not own.factors:
            return two_ends(forked, MOST_TERMS, term, more_terms)
        total = Sum([self.links(through(self.chain, first, self.stops), sign) for first in forked])
        value = sign * self.chain.derivative(own.start) * own.value
        return [Product([total, *self.notation.links(own.factors)], value)]

    def product(self, way: Way, sign: int) -> Product:
        return Product(self.links(way, sign), sign * self.chain.derivative(way.start) * way.value)

    def links(self, way: Way, sign: int) -> list[Link]:
        """A way that begins with the delta of a unit, a known derivative, or at the root."""
        links = self.notation.links(way.factors)
        if way.start is self.chain.root:
            return links if sign > 0 else [links[0].negative(), *links[1:]]
        unit = self.units.get(id(way.start))
        if unit is None:
            known = self.notation.known(way.start)
        else:
            known = Link(Delta(unit), None, -self.chain.derivative(way.start))
            sign = -sign
        return [known if sign > 0 else known.negative(), *links]

    def rule(self, leaf: Value) -> list[Equation]:
        """How a leaf learns, if all that comes down to it are deltas."""
        terms = self.terms(leaf, -1)
        learned: list[Term] = []
        for term in terms:
            if isinstance(term, LeftOut):
                learned.append((term,))
            elif isinstance(term.links[0], Link) and isinstance(term.links[0].symbol, Delta):
                learned.append((RATE, *brief_formulas(term.links)))
            else:
                return []
        row: Row = ((self.notation.name(leaf),), *learned)
        note: Sentence = ("This is the delta rule, with learning rate ", RATE, ".")
        return [Equation(self.notation.name(leaf), [row], [note], relation="<-", inline=True)]

    def _is_unit(self, step: Value, wrt: Value | None) -> bool:
        """Whether `step` is put into an activation, or is what a leaf `wrt` is used for."""
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
        """Its name: o1 if net_o1 is put in and out_o1 comes out, else that of what comes out."""
        name = self.chain.names(step)
        for each in self.chain.above(step):
            if self._activates(each) and each.result.label:
                out = self.chain.names(each.result)
                shared = out.partition("_")[2]
                return shared if shared and shared == name.partition("_")[2] else out
        return name

    def _is_known(self, step: Value) -> bool:
        """Whether the derivative by `step` has an equation of its own: it is used repeatedly.

        A fork that only one unit is reached by is written in the equation of that unit.
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
