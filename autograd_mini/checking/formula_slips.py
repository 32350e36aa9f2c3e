"""The slips that turn a right formula into a wrong one.

A slip explains a wrong formula if undoing it gives a right one, at every point that is tried.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from autograd_mini.checking.quantities import Quantities, is_long
from autograd_mini.checking.rewrites import (
    HOLE,
    Place,
    Rewrite,
    as_factor,
    factors,
    places,
    renamed,
    terms,
    turned,
    with_divisor,
    with_factor,
    with_power,
    with_term,
    without_factor,
    without_term,
    written,
)
from autograd_mini.checking.scene import Scene, names_in
from autograd_mini.checking.trials import Trial, compare
from autograd_mini.derivation.formulas import evaluate, postorder
from autograd_mini.derivation.simplify import key, simplify

# Two formulas that differ by less at one point are compared at all.
CLOSE = 1e-6

Spots = Sequence[Place]


class Slip(NamedTuple):
    """A slip that explains a wrong formula: where it is, and what to try instead."""

    factor: str
    sentence: str


def likely_slip(trials: Sequence[Trial], left: ast.expr, right: ast.expr) -> Slip | None:
    """The slip that explains exactly why `right` is not `left`; None if no usual one does.

    Of several that do, the likeliest: what is wrong with a sign, with a 2, with an index.
    """
    if is_long(right):
        return None
    telling = [trial for trial in trials if trial.left != 0.0]
    if not telling:
        return _zero(Quantities(trials[0].scene, left))
    search, spots = _Search(telling, left), places(right)
    quantities = Quantities(telling[0].scene, left)
    for kind in KINDS:
        slip = kind(search, quantities, spots)
        if slip is not None:
            return slip
    return None


def _zero(quantities: Quantities) -> Slip | None:
    """The factor of a chain that makes a derivative 0 here, as that of a relu that is off."""
    for edge in quantities.edges:
        if edge.value == 0.0:
            factor = f"d{edge.result.label}/d{edge.operand.label}"
            return Slip(factor, f"a factor is missing: {factor}, which is 0 here")
    return None


class _Search:
    """Tells which formulas are right; most are dismissed by one number in one scene."""

    def __init__(self, trials: Sequence[Trial], left: ast.expr) -> None:
        self.trials = trials
        self.left = left
        self.scene: Scene = trials[0].scene
        self._known: dict[str, float] = {}
        self._needed: dict[int, tuple[Place, float, float | None]] = {}

    def first(self, rewrites: Iterable[Rewrite]) -> Rewrite | None:
        return next(filter(self.right, rewrites), None)

    def right(self, rewrite: Rewrite) -> bool:
        """Whether the rewritten formula is right."""
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


def _sign(search: _Search, quantities: Quantities, spots: Spots) -> Slip | None:
    pieces = {key(simplify(piece)) for piece in quantities.pieces}

    def rank(rewrite: Rewrite) -> tuple[bool, bool, bool]:
        """First what has a place for a sign already, a piece of the chain, 1 - x as it is."""
        new = rewrite.new
        assert new is not None
        unusual = isinstance(new, ast.BinOp) and isinstance(new.right, ast.Constant)
        return isinstance(new, ast.UnaryOp), key(simplify(new)) not in pieces, unusual

    found = sorted(filter(search.right, turned(spots)), key=rank)
    if not found:
        return None
    old, new = found[0].old, found[0].new
    assert old is not None
    assert new is not None
    many = isinstance(old, ast.UnaryOp) or (_is_difference(old) and not _is_difference(new))
    swapped = ", or a difference is swapped" if _has_difference(old) else ""
    return Slip(
        written(old),
        f"a minus is {'too many' if many else 'missing'}{swapped}: "
        f"try {written(new)} instead of {written(old)}",
    )


def _is_difference(tree: ast.expr) -> bool:
    return isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Sub)


def _has_difference(tree: ast.expr) -> bool:
    return any(_is_difference(node) for node in postorder(tree))


def _two(search: _Search, quantities: Quantities, spots: Spots) -> Slip | None:
    if search.first(with_factor(spots, [ast.Constant(2)])):
        return Slip("2", "a factor 2 is missing, or a factor 1/2 is too many")
    if search.first(with_factor(spots, [ast.Constant(0.5)])):
        return Slip("1/2", "a factor 1/2 is missing, or a factor 2 is too many")
    return None


def _neighbour(search: _Search, quantities: Quantities, spots: Spots) -> Slip | None:
    found = search.first(renamed(spots, quantities.neighbours))
    if found is None or found.old is None or found.new is None:
        return None
    old, new = written(found.old), written(found.new)
    return Slip(old, f"{old} is the neighbour's: try {new} instead of {old}")


def _stranger(search: _Search, quantities: Quantities, spots: Spots) -> Slip | None:
    found = search.first(renamed(spots, quantities.strangers))
    if found is None or found.old is None or found.new is None:
        return None
    old, new = written(found.old), written(found.new)
    return Slip(old, f"{old} is the wrong quantity: try {new} instead of {old}")


def _factor_missing(search: _Search, quantities: Quantities, spots: Spots) -> Slip | None:
    found = search.first(with_factor(spots, quantities.missing_factors()))
    if found is None or found.new is None:
        return None
    return Slip(written(found.new), f"a factor is missing: {as_factor(found.new)}")


def _factor_too_many(search: _Search, quantities: Quantities, spots: Spots) -> Slip | None:
    found = search.first(without_factor(spots))
    if found is None or found.old is None:
        return None
    return Slip(written(found.old), f"a factor is too many: leave out {as_factor(found.old)}")


def _divisor_missing(search: _Search, quantities: Quantities, spots: Spots) -> Slip | None:
    found = search.first(with_divisor(spots, quantities.named()))
    if found is None or found.new is None:
        return None
    return Slip(written(found.new), f"a factor is missing: {as_factor(found.new)}")


def _power(search: _Search, quantities: Quantities, spots: Spots) -> Slip | None:
    found = search.first(with_power(spots))
    if found is None or found.old is None or found.new is None:
        return None
    old, new = written(found.old), written(found.new)
    return Slip(old, f"an exponent is wrong: try {new} instead of {old}")


def _path_forgotten(search: _Search, quantities: Quantities, spots: Spots) -> Slip | None:
    for y, x, through, paths in quantities.ways():
        if search.first(with_term(spots, [paths])):
            reason = f"a path is forgotten: {x} reaches {y} through {through} too"
            return Slip(written(paths), f"{reason}; add {written(paths)}")
    found = search.first(with_term(spots, quantities.terms))
    if found is None or found.new is None:
        return None
    what = "path is forgotten" if quantities.derivatives else "term is missing"
    return Slip(written(found.new), f"a {what}: add {written(found.new)}")


def _term_too_many(search: _Search, quantities: Quantities, spots: Spots) -> Slip | None:
    found = search.first(without_term(spots))
    if found is None or found.old is None:
        return None
    return Slip(written(found.old), f"a term is too many: leave out {written(found.old)}")


# The likelier come first: what explains a formula in two ways is the first of them.
KINDS: tuple[Callable[[_Search, Quantities, Spots], Slip | None], ...] = (
    _sign,
    _two,
    _neighbour,
    _power,
    _factor_missing,
    _factor_too_many,
    _path_forgotten,
    _term_too_many,
    _stranger,
    _divisor_missing,
)


def factor_off(trials: Sequence[Trial], left: ast.expr, right: ast.expr) -> str:
    """The only part of a formula that is none of the right one's; "" if it cannot be told.

    Of a sum that is a term, or the factor in it.
    """
    telling = [trial for trial in trials if trial.left != 0.0]
    if not telling or is_long(right):
        return ""
    quantities = Quantities(telling[0].scene, left)
    searches = [_Search([trial], left) for trial in telling]
    off = right
    if len(terms(right)) > 1:
        paths = [way.paths for way in quantities.ways()]
        off = _only_strange(terms(right), [*quantities.terms, *paths], searches) or right
    if len(factors(off)) > 1:
        off = _only_strange(factors(off), quantities.missing_factors(), searches) or off
    return written(off) if off is not right else ""


def _only_strange(
    parts: Sequence[ast.expr], expected: Sequence[ast.expr], searches: Sequence[_Search]
) -> ast.expr | None:
    """The only one of `parts` that is not as large as one of `expected` in all scenes."""

    def sizes(tree: ast.expr) -> list[float]:
        try:
            return [abs(search.number(tree)) for search in searches]
        except (ArithmeticError, LookupError, ValueError):
            return []

    known = list(filter(None, map(sizes, expected)))
    strange = [part for part in parts if not any(_equal(sizes(part), each) for each in known)]
    return strange[0] if len(strange) == 1 else None


def _equal(ours: list[float], theirs: list[float]) -> bool:
    return all(math.isclose(a, b, rel_tol=CLOSE) for a, b in zip(ours, theirs))
