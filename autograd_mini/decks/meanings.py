"""Meanings: whether another formula for a name is equal, a slip, or another meaning of it."""

from __future__ import annotations

import ast
import math

from autograd_mini.checking.formulas.scene import names_in
from autograd_mini.decks.definitions import Assertion, Definitions, Term, is_same_but_for_index
from autograd_mini.decks.lines import NumberLines
from autograd_mini.decks.missing import scene_of
from autograd_mini.decks.names import neighbours
from autograd_mini.decks.parts import Part
from autograd_mini.decks.reading import Side
from autograd_mini.decks.scenes import Identities
from autograd_mini.decks.trees import is_near, is_one_off, plain_names, substituted

# A name that is defined more often is an index of a loop rather than a quantity.
MOST_MEANINGS = 8

TOO_MANY = "more formulas than are compared"
ANOTHER = "another meaning"


class Meanings:
    """The meanings of the names of a part; current: the names that stand for the latest ones."""

    def __init__(self, part: Part, lines: NumberLines, identities: Identities) -> None:
        self.part = part
        self.definitions: Definitions = part.definitions
        self.lines = lines
        self.identities = identities
        self.current: dict[str, str] = {}

    def why_another(
        self, row: Assertion, term: Term, tree: ast.expr, before: tuple[ast.expr, ...]
    ) -> str:
        """The reason to leave another formula for a name alone, "" if it is a claim.

        tree: the formula with the names as they are now. before: the sides before it. A formula of
        another shape gives the name another meaning from there on.
        """
        name = row.name
        now = self.current.get(name, name)
        formula = self.definitions.formulas[now]
        holds = self.identities.holds(ast.Name(now), tree)
        if self.identities.effort.is_spent:
            return TOO_MANY
        if holds or self._is_slip(name, formula, tree):
            return ""
        if before and self.identities.holds(before[-1], tree):
            return ""
        below = self.definitions.below(plain_names(tree)) - {*self.definitions.helpers.values()}
        if name in self.definitions.functions and below <= self.definitions.below([now]):
            return ""
        if any(each.tree is formula for each in row.terms) and self._same_leaves(now, tree):
            return ""
        if self._same_number(now, tree):
            return "equal for the given numbers"
        return ANOTHER if self._redefines(name, tree, term.side) else ""

    def _same_number(self, name: str, tree: ast.expr) -> bool:
        """True if a formula has the value of a name for the numbers that are given."""
        numbers = self.part.numbers
        below = self.definitions.below([name, *plain_names(tree)])
        if not below - self.definitions.formulas.keys() <= numbers.keys():
            return False
        try:
            scene = scene_of(self.part, numbers)
            one, two = scene.evaluate(ast.Name(name)), scene.evaluate(tree)
        except (ArithmeticError, ValueError, LookupError):
            return False
        return math.isclose(one, two, rel_tol=1e-9)

    def _same_leaves(self, name: str, tree: ast.expr) -> bool:
        """True if a formula has the leaves of the formula that a name has."""
        leaves = [
            {each for each in self.definitions.below(names) if self.lines.is_leaf(each)}
            for names in ([name], plain_names(tree))
        ]
        return leaves[0] == leaves[1]

    def _is_slip(self, name: str, formula: ast.expr, tree: ast.expr) -> bool:
        """True if another formula for a name is a slip of the pen, and no other meaning.

        Formulas that numbers confirm may differ by more than one name or sign.
        """
        formulas = self.definitions.formulas
        written_out, other_out = (
            substituted(each, {n: formulas[n] for n in names_in(each) if n in formulas})
            for each in (formula, tree)
        )
        if any(self.identities.holds(ast.Name(each), tree) for each in neighbours(name, formulas)):
            return True  # the formula of a neighbour
        if is_same_but_for_index(formula, tree):
            return False
        if any(is_one_off(one, two) for one in (formula, written_out) for two in (tree, other_out)):
            return True
        return name in self.lines.figured and (is_near(formula, tree) or is_near(written_out, tree))

    def _redefines(self, name: str, tree: ast.expr, side: Side) -> bool:
        """Give a name another meaning from there on; True if that is possible."""
        version = 2
        while (new := f"{name}_v{version}") in self.definitions.formulas:
            version += 1
        if version > MOST_MEANINGS or not self.definitions.define(new, tree):
            return False
        self.current[name] = new
        self.part.meanings.setdefault(name, [name]).append(new)
        self.part.origins[new] = side
        self.identities.forget()
        self.part.read_as[f"{name} is defined again"] = side.line.number
        return True
