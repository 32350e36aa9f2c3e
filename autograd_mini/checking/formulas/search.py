"""Search: which of many rewritten formulas are right."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Sequence

from autograd_mini.checking.formulas.candidates import Effort
from autograd_mini.checking.formulas.rewrites import HOLE, Place, Rewrite
from autograd_mini.checking.formulas.scene import Scene, names_in
from autograd_mini.checking.formulas.trials import Trial, compare
from autograd_mini.symbols.formulas import evaluate

# Two numbers that differ by less, relatively, are worth comparing in full.
CLOSE = 1e-6


class Search:
    """Tells which formulas are `left` in all trials; most are dismissed by one number.

    A formula is linear in most of its places. There the number is known that would have to stand
    in the place, and of a rewrite only what it puts there is computed, not the whole formula.
    """

    def __init__(self, trials: Sequence[Trial], left: ast.expr, effort: Effort) -> None:
        self.trials = trials
        self.left = left
        self.effort = effort
        self.scene: Scene = trials[0].scene
        self._known: dict[str, float] = {}
        self._needed: dict[int, tuple[Place, float, float | None]] = {}

    def first(self, rewrites: Iterable[Rewrite]) -> Rewrite | None:
        return next(filter(self.right, rewrites), None)

    def right(self, rewrite: Rewrite) -> bool:
        """Whether the rewritten formula is right."""
        if not self.effort.spend():
            return False
        try:
            if not self._may_be_right(rewrite):
                return False
            tree = rewrite.tree
            return all(compare(trial.scene, self.left, tree).agrees for trial in self.trials)
        except (ArithmeticError, LookupError, ValueError):
            return False

    def number(self, tree: ast.expr, here: float = math.nan) -> float:
        """The number of an expression, `here` that of its HOLE."""
        self._known[HOLE.id] = here
        for name in names_in(tree):
            if name not in self._known:
                self._known[name] = self.scene.number(name)
        return evaluate(tree, self._known)

    def _may_be_right(self, rewrite: Rewrite) -> bool:
        here, needed = self._at(rewrite.place)
        if needed is not None:
            return math.isclose(self.number(rewrite.node, here), needed, rel_tol=CLOSE)
        return math.isclose(self.number(rewrite.tree), self.trials[0].left, rel_tol=CLOSE)

    def _at(self, place: Place) -> tuple[float, float | None]:
        """The number at a place, and that which would make a formula right that is linear in it."""
        if id(place) not in self._needed:
            self._needed[id(place)] = place, self.number(place.node), self._solved(place)
        return self._needed[id(place)][1:]

    def _solved(self, place: Place) -> float | None:
        try:
            zero, one, two = (self.number(place.put(ast.Constant(number))) for number in (0, 1, 2))
        except (ArithmeticError, ValueError):
            return None
        if one == zero or not math.isclose(two - one, one - zero, rel_tol=CLOSE):
            return None
        return (self.trials[0].left - zero) / (one - zero)
