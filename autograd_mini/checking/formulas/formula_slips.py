"""The slips that turn a right formula into a wrong one.

A slip explains a wrong formula if undoing it gives a right one, at every point that is tried.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile

from autograd_mini.checking.formulas.candidates import (
    Effort,
    Quantities,
    Way,
    is_large,
    is_long,
    size,
)
from autograd_mini.checking.formulas.points import Trial, compare
from autograd_mini.checking.formulas.rewrites import (
    HOLE,
    ONE,
    Rewrite,
    Subformula,
    bracketed,
    factors,
    mistaken_rules,
    other_factor,
    places,
    renamed,
    terms,
    turned,
    with_divisor,
    with_factor,
    with_function,
    with_power,
    with_term,
    without_factor,
    without_term,
    written,
)
from autograd_mini.checking.formulas.scene import Scene, names_in
from autograd_mini.checking.slips import NO_SLIP, Slip, slip
from autograd_mini.symbols.formulas import evaluate, postorder
from autograd_mini.symbols.simplify import key, simplify

TWO = ast.Constant(2)
MINUS_ONE = ast.UnaryOp(ast.USub(), ONE)
HALF = ast.BinOp(ONE, ast.Div(), TWO)

# Two numbers that differ by less, relatively, are worth comparing in full.
CLOSE = 1e-6

# The slip that a correction undoes.
Describe = Callable[[Rewrite], Slip]


def likely_slip(trials: Sequence[Trial], left: ast.expr, right: ast.expr, effort: Effort) -> Slip:
    """The slip that explains exactly why `right` is not `left`; NO_SLIP if no usual one does.

    Of several that do, the likeliest: what is wrong with a sign, with a 2, with an index.
    """
    if is_long(right) or is_large(trials[0].scene):
        return NO_SLIP
    telling = [trial for trial in trials if trial.left != 0.0]
    if not telling:
        return _zero(Quantities(trials[0].scene, left, effort))
    search, spots = Search(telling, left, effort), places(right)
    quantities = Quantities(telling[0].scene, left, effort)
    sign = _sign(search, quantities, spots)
    if sign.code:
        return sign
    for describe, corrections in _kinds(quantities, spots):
        if effort.is_spent:
            return NO_SLIP
        found = search.first(corrections)
        if found is not None:
            return describe(found)
    return _neighbour(telling, quantities, right)


def _kinds(
    quantities: Quantities, spots: Sequence[Subformula]
) -> Iterator[tuple[Describe, Iterable[Rewrite]]]:
    """The kinds of slips, and the corrections of each: the likelier come first."""
    whole = spots[0]

    def place(found: Rewrite) -> str:
        return "" if found.place is whole else f", in {written(found.place.node)}"

    def missing_factor(found: Rewrite) -> Slip:
        factor, term = bracketed(found.added), written(found.place.node)
        entry = "factor-missing" if found.place is whole else "factor-missing/in-term"
        return slip(entry, found.added, factor=factor, term=term)

    def addition(found: Rewrite) -> str:
        to = "" if found.place is whole else f" to {written(found.place.node)}"
        return f"add {found.added}{to}"

    def instead(key: str) -> Describe:
        return lambda found: slip(key, found.removed, old=found.removed, new=found.added)

    def forgotten(way: Way) -> Describe:
        return lambda found: slip(
            "path-missing/formula",
            found.added,
            x=way.x,
            y=way.y,
            through=way.through,
            addition=addition(found),
        )

    yield (
        lambda found: slip("half/formula", found.added, place=place(found)),
        with_factor(spots, [TWO]),
    )
    yield (
        lambda found: slip("twice/formula", found.added, place=place(found)),
        with_factor(spots, [HALF]),
    )
    yield instead("neighbour/formula"), renamed(spots, quantities.neighbours)
    for rewrite in mistaken_rules(spots):
        tanh = "**" in rewrite.added
        yield instead("rule/formula-sigmoid" if tanh else "rule/formula-tanh"), [rewrite]
    yield instead("exponent"), with_power(spots)
    yield (
        lambda found: slip("factor-extra", found.removed, factor=bracketed(found.removed)),
        without_factor(spots),
    )
    yield missing_factor, with_factor(spots, quantities.missing_factors())
    yield instead("function/formula"), with_function(spots)
    yield (
        lambda found: slip("term-extra", found.removed, term=found.removed),
        without_term(spots),
    )
    for way in quantities.ways():
        yield forgotten(way), with_term(spots, [way.paths])
    yield (
        lambda found: slip("term-missing/formula", found.added, addition=addition(found)),
        with_term(spots, quantities.terms),
    )
    yield instead("wrong-quantity"), renamed(spots, quantities.strangers)
    yield instead("wrong-factor"), other_factor(spots, [*quantities.pieces, MINUS_ONE])
    yield missing_factor, with_divisor(spots, quantities.named())


def _neighbour(trials: Sequence[Trial], quantities: Quantities, right: ast.expr) -> Slip:
    """The slip of a formula that is right for a neighbour."""
    if not isinstance(quantities.side, ast.Name):
        return NO_SLIP
    for name in quantities.neighbours(quantities.side.id):
        number = trials[0].scene.number(name)
        if math.isclose(number, trials[0].right, rel_tol=CLOSE) and all(
            compare(trial.scene, ast.Name(name), right).agrees for trial in trials
        ):
            return slip("neighbour/number", name=name)
    return NO_SLIP


def _zero(quantities: Quantities) -> Slip:
    """The factor of a chain that makes a derivative 0 here, such as a relu that is off."""
    for edge in quantities.edges:
        if edge.value == 0.0:
            factor = f"d{edge.result.label}/d{edge.operand.label}"
            return slip("factor-missing/zero", factor, factor=factor)
    return NO_SLIP


def _sign(search: Search, quantities: Quantities, spots: Sequence[Subformula]) -> Slip:
    pieces = {key(simplify(piece)) for piece in quantities.pieces}

    def rank(rewrite: Rewrite) -> tuple[bool, bool, bool]:
        """First what has a place for a sign already, a piece of the chain, 1 - x as it is."""
        new = rewrite.node
        unusual = isinstance(new, ast.BinOp) and isinstance(new.right, ast.Constant)
        return isinstance(new, ast.UnaryOp), key(simplify(new)) not in pieces, unusual

    tried = takewhile(lambda rewrite: not search.effort.is_spent, turned(spots))
    found = min(filter(search.right, tried), key=rank, default=None)
    if found is None:
        return NO_SLIP
    old = found.place.node
    fewer = isinstance(old, ast.UnaryOp) or (_is_difference(old) and not _is_difference(found.node))
    swapped = ", or a difference is swapped" if any(map(_is_difference, postorder(old))) else ""
    entry = "sign/formula-too-many" if fewer else "sign/formula-missing"
    return slip(entry, found.removed, swapped=swapped, old=found.removed, new=found.added)


def _is_difference(tree: ast.expr) -> bool:
    return isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Sub)


def factor_off(trials: Sequence[Trial], left: ast.expr, right: ast.expr, effort: Effort) -> str:
    """The one part with no counterpart in the correct formula; "" if there are several.

    In a sum it is a term, or a factor of a term.
    """
    telling = [trial for trial in trials if trial.left != 0.0]
    if not telling or is_long(right) or is_large(trials[0].scene):
        return ""
    quantities = Quantities(telling[0].scene, left, effort)
    searches = [Search([trial], left, effort) for trial in telling]
    off = right
    if len(terms(right)) > 1:
        paths = [way.paths for way in quantities.ways()]
        off = _only_strange(terms(right), [*quantities.terms, *paths], searches) or right
    if len(factors(off)) > 1:
        off = _only_strange(factors(off), quantities.missing_factors(), searches) or off
    return written(off) if off is not right else ""


def _only_strange(
    parts: Sequence[ast.expr], expected: Sequence[ast.expr], searches: Sequence[Search]
) -> ast.expr | None:
    """The only one of `parts` that is not as large as one of `expected` in all scenes."""

    def sizes(tree: ast.expr) -> list[float]:
        try:
            return [abs(search.number(tree)) for search in searches]
        except (ArithmeticError, LookupError, ValueError):
            return []

    effort = searches[0].effort
    known = [found for tree in expected if not effort.is_spent and (found := sizes(tree))]
    if effort.is_spent:  # the part may be one of those that were not computed
        return None
    strange = [part for part in parts if not any(_equal(sizes(part), each) for each in known)]
    return strange[0] if len(strange) == 1 else None


def _equal(ours: list[float], theirs: list[float]) -> bool:
    return all(math.isclose(a, b, rel_tol=CLOSE) for a, b in zip(ours, theirs))


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
        self._needed: dict[int, tuple[Subformula, float, float | None]] = {}

    def first(self, rewrites: Iterable[Rewrite]) -> Rewrite | None:
        tried = takewhile(lambda rewrite: not self.effort.is_spent, rewrites)
        return next(filter(self.right, tried), None)

    def right(self, rewrite: Rewrite) -> bool:
        """True if the rewritten formula is right."""
        try:
            if not self._may_be_right(rewrite):
                return False
            tree = rewrite.tree
            self.effort.spend(len(self.trials) * len(self.scene.order))
            return all(compare(trial.scene, self.left, tree).agrees for trial in self.trials)
        except (ArithmeticError, LookupError, ValueError):
            return False

    def number(self, tree: ast.expr, here: float = math.nan) -> float:
        """The number of an expression, `here` that of its HOLE."""
        self.effort.spend(size(tree))
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

    def _at(self, place: Subformula) -> tuple[float, float | None]:
        """The number at a place, and that which would make a formula right that is linear in it."""
        if id(place) not in self._needed:
            self._needed[id(place)] = place, self.number(place.node), self._solved(place)
        return self._needed[id(place)][1:]

    def _solved(self, place: Subformula) -> float | None:
        try:
            zero, one, two = (self.number(place.put(ast.Constant(number))) for number in (0, 1, 2))
        except (ArithmeticError, ValueError):
            return None
        if one == zero or not math.isclose(two - one, one - zero, rel_tol=CLOSE):
            return None
        return (self.trials[0].left - zero) / (one - zero)
