"""Scenes: the graph of a part of a deck, with numbers for its leaves.

A leaf without a number gets one of our choice, since a formula that is right is right for all.
"""

from __future__ import annotations

import ast
import random

from autograd_mini.checking.formulas.candidates import Effort
from autograd_mini.checking.formulas.identity import check_identity
from autograd_mini.checking.sheets.sheet import Sheet
from autograd_mini.decks.definitions import Definitions
from autograd_mini.decks.trees import plain_names, written


def ordered(definitions: Definitions) -> list[str]:
    """All names that formulas need, operands before results."""
    order: dict[str, None] = {}
    for root in definitions.formulas:
        stack = [(root, False)]
        while stack:
            name, done = stack.pop()
            if done:
                order.setdefault(name)
            elif name not in order:
                stack.append((name, True))
                below = definitions.formulas.get(name)
                names = [] if below is None else list(plain_names(below))
                stack += [(each, False) for each in reversed(names) if (each, True) not in stack]
    return list(order)


def define(sheet: Sheet, name: str, formula: ast.expr | None, given: float | None) -> bool:
    """Define a name in a sheet, a leaf by its number or one of our choice; whether that went."""
    if formula is None:
        formula = constant(chosen(name) if given is None else given)
    try:
        sheet.define(name, formula)
    except (ArithmeticError, ValueError, LookupError, TypeError):
        return False
    return True


def constant(value: float) -> ast.expr:
    """A number as a tree."""
    whole = int(value) if value == int(value) and abs(value) < 1e15 else value
    tree: ast.expr = ast.Constant(abs(whole))
    return ast.UnaryOp(ast.USub(), tree) if value < 0 else tree


def chosen(name: str, start: int = 0) -> float:
    """A number for a leaf that has none, always the same: from 0.2 to 0.8, or wider later on."""
    low, high = (0.2, 0.8) if start == 0 else (-0.5, 1.5)
    return round(random.Random(f"{name} {start}").uniform(low, high), 4)


# Names that are computed to compare the formulas of a part; a lecture comes to 200.
MOST_COMPUTED = 5_000


class Identities:
    """Tests if formulas over the names of a part are equal for all numbers.

    effort: what is left for these tests; when it is spent, no formulas are equal.
    """

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.effort: Effort = Effort(MOST_COMPUTED)
        self._sheet: Sheet | None = None
        self._known: dict[str, bool] = {}

    def forget(self) -> None:
        """Start again, after a definition has changed."""
        self._sheet = None
        self._known = {}

    def holds(self, left: ast.expr, right: ast.expr) -> bool:
        """True if two formulas are equal."""
        key = f"{written(left)} = {written(right)}"
        if key not in self._known:
            self._known[key] = self._holds(left, right)
        return self._known[key]

    def _holds(self, left: ast.expr, right: ast.expr) -> bool:
        if not self.effort.spend(1 + len(self.definitions.formulas)):
            return False
        if self._sheet is None:
            self._sheet = Sheet()
            for name in ordered(self.definitions):
                define(self._sheet, name, self.definitions.formulas.get(name), None)
        for name in sorted({*plain_names(left), *plain_names(right)}):
            if name not in self._sheet.scene.values and name not in self.definitions.formulas:
                define(self._sheet, name, None, None)
        try:
            verdict = check_identity(self._sheet.scene, left, right, effort=Effort(0))
        except (ArithmeticError, ValueError, LookupError):
            return False
        return verdict.verdict == "holds"
