"""Derivations in full and factored: which equations there are, and what is said about them."""

from __future__ import annotations

from collections.abc import Container, Sequence

from autograd_mini.derivation.equations import Equation, LeftOut
from autograd_mini.derivation.notation import Link, Notation, Product, two_ends
from autograd_mini.derivation.paths import Path
from autograd_mini.derivation.remarks import fork, held, stopped
from autograd_mini.derivation.ways import Way, through
from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import Factor
from autograd_mini.symbols.names import by_name

# Of a longer sum, derivation or list only the two ends are written.
MOST_TERMS = 8
MOST_EQUATIONS = 8
MOST_LINES = 100


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
    return [notation.equation(notation.derivative(wrt), terms, chain.derivative(wrt), notes)]


def factored(notation: Notation, wrt: Value) -> list[Equation]:
    """An equation for each derivative that several paths share, from the root down to `wrt`."""
    chain = notation.chain
    shared = [
        step
        for step in chain.downwards
        if step is not chain.root
        and step is not wrt
        and (len(chain.above(step)) > 1 or len(chain.below(step)) > 1)
    ]
    stops = {id(step) for step in [chain.root, *shared]}
    return two_ends(
        [*shared, wrt], MOST_EQUATIONS, lambda step: total(notation, step, stops), more_equations
    )


def overview(notation: Notation) -> list[Equation]:
    """A line for each step, from the root down, and then for each leaf."""
    chain = notation.chain
    stops = {id(step) for step in chain.steps}
    results = [step for step in chain.downwards if step.op and step is not chain.root]
    leaves = by_name([step for step in chain.steps if step.op is None], chain.names)

    def line(step: Value) -> Equation:
        return total(notation, step, stops, brief=True)

    return [
        *two_ends(results, MOST_LINES, line, more_equations),
        *two_ends(leaves, MOST_LINES, line, more_equations),
    ]


def total(notation: Notation, step: Value, stops: Container[int], brief: bool = False) -> Equation:
    """d root / d step, from the derivatives by the nearest of `stops` above it."""
    chain = notation.chain
    written: list[Factor] = []

    def term(first: Factor) -> Product:
        way = through(chain, first, stops)
        written.extend(way.factors)
        return product(notation, way)

    terms = two_ends(chain.above(step), MOST_TERMS, term, more_terms)
    notes = []
    if not brief:
        notes = [fork(notation, step)] if len(terms) > 1 else []
        notes += held(notation, written)
    return notation.equation(notation.derivative(step), terms, chain.derivative(step), notes, brief)


def product(notation: Notation, way: Way) -> Product:
    """What comes down one way: the derivative at its start times its factors."""
    links: list[Link] = notation.links(way.factors)
    if way.start is not notation.chain.root:
        links.insert(0, notation.known(way.start))
    return Product(links, notation.chain.derivative(way.start) * way.value)


def more_terms(count: int) -> Product | LeftOut:
    return LeftOut(count, "terms")


def more_equations(count: int) -> Equation:
    """The place of equations that are not written."""
    return Equation(LeftOut(count, "derivatives"), (), inline=True)
