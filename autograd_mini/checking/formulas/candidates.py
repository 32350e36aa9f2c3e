"""Candidates: the parts of a right formula, to look for the slip in a wrong one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from autograd_mini.checking.formulas.points import family
from autograd_mini.checking.formulas.rewrites import distinct, factors, terms
from autograd_mini.checking.formulas.scene import Scene, names_in
from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import Chain
from autograd_mini.symbols.chain import Factor as Edge
from autograd_mini.symbols.formulas import (
    factor,
    formula,
    leading_to,
    postorder,
    section,
    substitute,
)
from autograd_mini.symbols.simplify import key

# Of more names, factors or paths than this, only so many of the likeliest are tried.
MANY = 60

# A formula of more names, numbers and operations than this is not taken to pieces, and in a graph
# of more values nothing is looked for: it would take longer than anybody waits for a suggestion.
LONGEST = 300
LARGEST = 2000


# In the search for all slips of a sheet: about two seconds.
MOST_STEPS = 300_000


class Effort:
    """The steps that are left for the search of slips, in a sheet all together.

    A step is one value of a graph, or one part of a formula, that is computed or written.
    """

    def __init__(self, steps: int = MOST_STEPS) -> None:
        self.left: int = steps

    def spend(self, steps: int) -> bool:
        """Take some steps away, and tell whether there were enough."""
        self.left -= steps
        return self.left >= 0

    @property
    def is_spent(self) -> bool:
        """True if nothing is left."""
        return self.left <= 0


def size(tree: ast.expr) -> int:
    """The names, numbers and operations of a formula."""
    return sum(1 for _ in postorder(tree))


def is_long(tree: ast.expr) -> bool:
    """True if a formula is too long to be searched, or written in a message."""
    return len(list(islice(postorder(tree), LONGEST + 1))) > LONGEST


def is_large(scene: Scene) -> bool:
    """True if a graph is too large to look for a slip in it."""
    return len(scene.order) > LARGEST


class Way(NamedTuple):
    """All paths from y to x that lead through one value, however many, and their derivative.

    paths: d y / d value * d value / d x.
    """

    y: str
    x: str
    through: str
    paths: ast.expr


class Quantities:
    """The quantities that make up one side of an identity, as expressions over the names.

    The values of `scene` are labelled with their names. When the effort is spent, the rest is
    missing.
    """

    def __init__(self, scene: Scene, side: ast.expr, effort: Effort) -> None:
        self.scene = scene
        self.side = side
        self.effort = effort

    @cached_property
    def derivatives(self) -> list[tuple[str, str]]:
        """The derivatives in the side, by the names of their ends."""
        ends = map(self.scene.ends, names_in(self.side))
        return [pair for pair in ends if pair is not None]

    @cached_property
    def edges(self) -> list[Edge]:
        """The factors of the chains of these derivatives."""
        chains = (self._chain(y, x) for y, x in self.derivatives)
        edges = (
            edge
            for chain in chains
            if chain is not None
            for step in chain.downwards
            for edge in chain.below(step)
        )
        labelled = (edge for edge in edges if edge.result.label and edge.operand.label)
        found = []
        for edge in islice(labelled, MANY):
            if not self.effort.spend(len(edge.chain.section(edge.result))):
                break
            if not is_long(edge.formula):
                found.append(edge)
        return found

    def _chain(self, y: str, x: str) -> Chain | None:
        root, wrt = self.scene.values[y], self.scene.values[x]
        if y == x or root.op is None or not self.effort.spend(len(self.scene.order)):
            return None
        return Chain(root, wrt)

    @cached_property
    def definition(self) -> ast.expr | None:
        """The definition of the value that the side names, None if it names no value."""
        match self.side:
            case ast.Name(id=name) if name in self.scene.values:
                named = {id(value) for value in self.scene.values.values()}
                made = formula(
                    self.scene.values[name], lambda node: id(node) in named, lambda node: node.label
                )
                return None if is_long(made) else made
        return None

    @cached_property
    def terms(self) -> list[ast.expr]:
        """The terms of the definition, or of the derivative along its chain."""
        trees = [edge.formula for edge in self.edges]
        if self.definition is not None:
            trees.append(self.definition)
        return distinct(term for tree in trees for term in terms(tree))

    @cached_property
    def pieces(self) -> list[ast.expr]:
        """The factors of those terms, the smallest parts of a right formula."""
        return distinct(piece for term in self.terms for piece in factors(term))

    def missing_factors(self) -> list[ast.expr]:
        """Factors that may have been left out of a product: the likelier first."""
        rests = [ast.BinOp(ast.Constant(1), ast.Sub(), name) for name in self.named()]
        chain = [ast.Name(f"d{edge.result.label}/d{edge.operand.label}") for edge in self.edges]
        formulas = [edge.formula for edge in self.edges]
        halves = [half for way in self.ways() for half in factors(way.paths)]
        inner = [slope for edge in self.edges for slope in self.inner(edge)]
        # Times the output of a unit that is off, every term is right.
        named = [name for name in self.named() if self.scene.number(name.id) != 0.0]
        found = distinct([*self.pieces, *named, *rests, *chain, *formulas, *halves, *inner])
        return [factor for factor in found if key(factor) not in (key(self.side), "0")]

    def inner(self, edge: Edge) -> Iterator[ast.expr]:
        """The derivatives of what stands inside of a function, as of 1 + x**2 in its root."""
        itself = "inside"

        def is_step(value: Value) -> bool:
            return value.label in self.scene.values

        def name(value: Value) -> str:
            return value.label or itself

        nodes = section(edge.result, is_step)
        for node in leading_to(edge.operand, nodes):
            if node is not edge.result:
                if not self.effort.spend(2 * len(nodes)):
                    return
                written = {itself: formula(node, is_step, name)}
                slope = substitute(factor(node, edge.operand, is_step, name), written)
                if not is_long(slope):
                    yield slope

    def named(self) -> list[ast.Name]:
        """The values of the scene."""
        return [ast.Name(name) for name in islice(self.scene.values, MANY)]

    def ways(self) -> Iterator[Way]:
        """The ways through each value between the ends of a derivative, next to wrt first."""
        for y, x in self.derivatives:
            chain = self._chain(y, x)
            for step in chain.steps[: MANY + 1] if chain else []:
                through = step.label
                if through in self.scene.values and through not in (y, x):
                    upper, lower = ast.Name(f"d{y}/d{through}"), ast.Name(f"d{through}/d{x}")
                    yield Way(y, x, through, ast.BinOp(upper, ast.Mult(), lower))

    def others(self, name: str) -> list[str]:
        """Other names that the author may have meant instead of `name`."""
        ends = self.scene.ends(name)
        if ends is None:
            found = self._like(name)
        else:
            y, x = ends
            found = [f"d{y}/d{other}" for other in self._like(x)]
            found += [f"d{other}/d{x}" for other in self._like(y)]
        return [other for other in found if key(ast.Name(other)) != key(self.side)]

    def neighbours(self, name: str) -> list[str]:
        """The others that differ from `name` in the index only."""
        return [other for other in self.others(name) if family(other) == family(name)]

    def strangers(self, name: str) -> list[str]:
        """The others that do not."""
        return [other for other in self.others(name) if family(other) != family(name)]

    def _like(self, name: str) -> list[str]:
        names = [other for other in self.scene.values if other != name]
        alike = [other for other in names if family(other) == family(name)]
        rest = [other for other in names if family(other) != family(name)]
        return (alike + rest)[:MANY]
