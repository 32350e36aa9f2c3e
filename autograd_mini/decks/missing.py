"""Missing numbers: leaves that only a picture shows, found from the figures that hang on them.

As many figures as there are unknown directions pin the leaves that have no number. A leaf that is
pinned at a short decimal is inferred to be that decimal, and then all figures can be judged; the
figures that pin others are given, and the rest is judged.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from autograd_mini.checking.digits.numerals import read
from autograd_mini.checking.formulas.scene import Scene, names_in
from autograd_mini.checking.sheets.sheet import Sheet
from autograd_mini.decks.given import precision
from autograd_mini.decks.parts import Figure, Part
from autograd_mini.decks.scenes import chosen, define, ordered
from autograd_mini.decks.trees import plain_names, written
from autograd_mini.engine.transforms import gradients
from autograd_mini.symbols.formulas import evaluate

STARTS = 4
STEPS = 12

# Figures times unknown leaves: of more, one start is tried; a lecture has about 200.
MOST_UNKNOWN = 1_000

# A leaf is inferred if a decimal of one or two places is this many errors near, and the next such
# decimal is TELLING errors away: a coincidence is one in ten at most.
NEAR, TELLING = 8, 160


@dataclass
class Fit:
    """Numbers for the leaves of a part.

    inferred: leaves that only one short decimal fits. pinned: the figures, by their place among
    the claims, from which other leaves were computed. sources: those that leaves were inferred
    from.
    """

    values: dict[str, float]
    inferred: dict[str, str] = field(default_factory=dict)
    pinned: set[int] = field(default_factory=set)
    sources: set[int] = field(default_factory=set)
    right: int = 0

    @property
    def worth(self) -> tuple[int, int]:
        """The evidence for it: the figures that come out, and the leaves with short decimals."""
        return self.right, len(self.inferred)


@dataclass
class Unknown:
    """A figure that may pin a leaf."""

    place: int
    tree: ast.expr
    number: float
    unit: float
    is_name: bool


def fit(part: Part) -> Fit:
    """Find numbers for all leaves of a part, from its figures where they hang on them."""
    solutions = [_fitted(part, *each) for each in _from_lines(part)]
    return max(solutions, key=lambda each: each.right)


def _fitted(part: Part, inferred: dict[str, str], sources: set[int]) -> Fit:
    """Numbers for all leaves, of which some are inferred."""
    given = part.numbers | {leaf: float(text) for leaf, text in inferred.items()}
    free = [leaf for leaf in part.leaves if leaf not in given]
    values = {**given, **{leaf: chosen(leaf) for leaf in free}}
    scene = scene_of(part, values)
    figures = _figures(part, scene)
    hanging = part.definitions.below(name for one in figures for name in plain_names(one.tree))
    free = [leaf for leaf in free if leaf in scene.values and leaf in hanging]
    plain = Fit(values, inferred, sources=sources, right=_right(scene, values, figures))
    if not free or not figures:
        return plain
    best: Fit | None = None
    best_start = 0
    is_large = len(free) * len(figures) > MOST_UNKNOWN
    for start in range(1 if is_large else STARTS):
        found = _fit_from(part, scene, given, free, figures, start, frozenset())
        if found is None:
            continue
        if best is None or found.worth > best.worth:
            best, best_start = found, start
        if best.right >= 0.9 * len(figures) and (best.inferred or start):
            break
    if best is None:
        return plain
    if best.right < len(figures) and not is_large:
        for place in sorted(best.pinned):
            found = _fit_from(part, scene, given, free, figures, best_start, frozenset((place,)))
            if found is not None and found.right > best.right + 1:
                best = found
    return replace(best, inferred=inferred | best.inferred, sources=sources | best.sources)


def _from_lines(part: Part) -> list[tuple[dict[str, str], set[int]]]:
    """The short decimals of leaves that are all that a formula lacks beside printed numbers.

    Each with the places of the figures that alone say so.
    Where as many formulas lead to one decimal as to another, there are several choices.
    """
    printed = {name: given.printed for name, given in part.given.items()}
    equations: list[tuple[ast.expr, str, int]] = []
    for place, claim in enumerate(part.claims):
        if not isinstance(claim, Figure) or claim.is_operand or claim.is_slip:
            continue
        formula = claim.tree
        if isinstance(formula, ast.Name):
            printed.setdefault(formula.id, claim.printed)
            formula = part.definitions.formulas.get(formula.id, formula)
        equations.append((formula, claim.printed, place))
    leaves = {*part.leaves}
    inferred: dict[str, str] = {}
    sources: set[int] = set()
    while True:
        votes: dict[str, dict[str, set[int]]] = {}
        for formula, result, place in equations:
            lacking = {*names_in(formula)} - printed.keys()
            if len(lacking) == 1 and lacking <= leaves:
                (leaf,) = lacking
                for text in _solved(formula, leaf, printed, result):
                    votes.setdefault(leaf, {}).setdefault(text, set()).add(place)
        ahead = {}
        for leaf, places in votes.items():
            numbers = sorted(map(len, places.values()), reverse=True)
            if len(numbers) == 1 or numbers[0] > numbers[1]:
                ahead[leaf] = max(places, key=lambda text: len(places[text]))
        if not ahead:
            tied = [(leaf, text) for leaf, each in votes.items() for text in each]
            return [(inferred, sources), *((inferred | {x: text}, sources) for x, text in tied)]
        leaf = max(ahead, key=lambda each: len(votes[each][ahead[each]]))
        inferred[leaf] = printed[leaf] = ahead[leaf]
        if len(votes[leaf][ahead[leaf]]) == 1:
            sources |= votes[leaf][ahead[leaf]]


def _solved(formula: ast.expr, leaf: str, printed: Mapping[str, str], result: str) -> Iterator[str]:
    """The short decimal for a leaf with which a formula comes to a printed number, if one does."""
    numbers = {name: float(printed[name]) for name in names_in(formula) if name != leaf}

    def error(x: float, moved: str = "") -> float:
        unit = float(read(printed[moved]).unit) if moved else 0.0
        shifted = {moved: numbers[moved] + unit} if moved else {}
        return evaluate(formula, {**numbers, **shifted, leaf: x}) - float(result)

    try:
        for x, before in ((0.2, 0.6), (0.9, 1.2)):
            for _ in range(STEPS):
                slope = (error(x) - error(before)) / (x - before)
                x, before = x - error(x) / slope, x
                if abs(x - before) < 1e-12 * max(1.0, abs(x)):
                    break
            slope = (error(x + 1e-6) - error(x)) / 1e-6
            rounded = [name for name in numbers if precision(printed[name]) > 2]
            unit = float(read(result).unit) + sum(abs(error(x, n) - error(x)) for n in rounded)
            short = _short_decimals({leaf: x}, {leaf: unit / abs(slope)})
            if short:
                yield short[leaf]
                return
    except (ArithmeticError, ValueError, LookupError):
        return


def scene_of(part: Part, values: dict[str, float]) -> Scene:
    """The graph of a part, with these numbers for its leaves."""
    sheet = Sheet()
    names = dict.fromkeys([*ordered(part.definitions), *part.leaves])
    for name in names:
        define(sheet, name, part.definitions.formulas.get(name), values.get(name))
    return sheet.scene


def _figures(part: Part, scene: Scene) -> list[Unknown]:
    """The figures that have a value, one for each quantity."""
    stated: dict[str, list[tuple[int, Figure]]] = {}
    for place, claim in enumerate(part.claims):
        if isinstance(claim, Figure) and not claim.is_slip:
            names = list(plain_names(claim.tree))
            if names and all(name in scene.values for name in names):
                stated.setdefault(written(claim.tree), []).append((place, claim))
    found = []
    for figures in stated.values():
        # Of several numbers for a quantity that which is printed most, and first.
        place, claim = max(
            figures, key=lambda each: sum(each[1].printed == one.printed for _, one in figures)
        )
        unit = float(read(claim.printed).unit)
        is_name = isinstance(claim.tree, ast.Name) and "/" not in claim.tree.id
        found.append(Unknown(place, claim.tree, float(claim.printed), unit, is_name))
    return found


def _fit_from(
    part: Part,
    scene: Scene,
    given: dict[str, float],
    free: list[str],
    figures: list[Unknown],
    start: int,
    without: frozenset[int],
) -> Fit | None:
    """Pin the free leaves from one start; those at short decimals are held, and it begins again."""
    known = dict(given)
    inferred: dict[str, str] = {}
    sources: set[int] = set()
    free = list(free)
    values = {leaf: chosen(leaf, start) for leaf in free}
    while True:
        pinned = _pin(scene, known, values, free, figures, without)
        if pinned is None:
            return None
        places, errors = pinned
        short = _short_decimals(values, errors)
        if not short:
            break
        sources |= {figures[i].place for i in places}
        for leaf, decimal in short.items():
            inferred[leaf] = decimal
            known[leaf] = float(decimal)
            free.remove(leaf)
            del values[leaf]
    everything = {**{leaf: chosen(leaf) for leaf in part.leaves}, **known, **values}
    right = _right(scene, everything, figures)
    return Fit(everything, inferred, {figures[i].place for i in places}, sources, right)


def _right(scene: Scene, values: dict[str, float], figures: list[Unknown]) -> int:
    """The number of figures that come out, approximately."""
    try:
        scene = scene.at({leaf: values[leaf] for leaf in scene.leaves if leaf in values})
        return sum(
            abs(scene.evaluate(figure.tree) - figure.number) <= 2.5 * figure.unit
            for figure in figures
        )
    except (ArithmeticError, ValueError):
        return -1


def _pin(
    scene: Scene,
    known: dict[str, float],
    values: dict[str, float],
    free: list[str],
    figures: list[Unknown],
    without: frozenset[int],
) -> tuple[list[int], dict[str, float]] | None:
    """Move the free leaves so that as many figures come out as there are directions.

    Returns the places of these figures, and the error of each leaf that they determine.
    """
    pivots: list[int] = []
    jacobian: list[list[float]] = []
    for _ in range(STEPS):
        try:
            here = scene.at({**{k: v for k, v in known.items() if k in scene.leaves}, **values})
            if not pivots:
                pivots = _pivots(here, free, figures, without)
                if not pivots:
                    return [], {}
            numbers = [here.evaluate(figures[i].tree) for i in pivots]
            jacobian = [_gradient(here, figures[i].tree, free) for i in pivots]
        except (ArithmeticError, ValueError):
            return None
        residuals = [figures[i].number - n for i, n in zip(pivots, numbers)]
        if all(abs(r) <= figures[i].unit / 50 for r, i in zip(residuals, pivots)):
            break
        inverse = _pseudo_inverse(jacobian)
        if inverse is None:
            return None
        for leaf, row in zip(free, inverse):
            step = math.fsum(a * r for a, r in zip(row, residuals))
            values[leaf] += max(-1.0, min(1.0, step))
    else:
        return None
    inverse = _pseudo_inverse(jacobian)
    if inverse is None:
        return None
    errors = {}
    for column, (leaf, row) in enumerate(zip(free, inverse)):
        share = math.fsum(a * line[column] for a, line in zip(row, jacobian))
        if abs(share - 1) < 1e-6:
            errors[leaf] = math.fsum(abs(a) * figures[i].unit for a, i in zip(row, pivots))
    return pivots, errors


def _pivots(
    scene: Scene, free: list[str], figures: list[Unknown], without: frozenset[int]
) -> list[int]:
    """Figures that hang on the free leaves, each in a direction that those before do not fix."""
    hanging = []
    for place, figure in enumerate(figures):
        slopes = _gradient(scene, figure.tree, free)
        size = math.hypot(*slopes)
        if 1e-9 < size < math.inf and figure.place not in without:
            # A value or an updated weight says more than a derivative, of which the printed
            # digits may be more than the figures before it fix.
            direct = figure.is_name or max(map(abs, slopes)) > 0.9
            hanging.append((not direct, figure.unit / size, place, slopes))
    basis: list[list[float]] = []
    pivots = []
    for _, _, place, slopes in sorted(hanging):
        if len(basis) == len(free):
            break
        rest, size = slopes, math.hypot(*slopes)
        for direction in basis:
            along = math.fsum(a * b for a, b in zip(rest, direction))
            rest = [a - along * b for a, b in zip(rest, direction)]
        left = math.hypot(*rest)
        if left > 1e-4 * size:
            basis.append([a / left for a in rest])
            pivots.append(place)
    return pivots


def _gradient(scene: Scene, tree: ast.expr, free: Sequence[str]) -> list[float]:
    value = scene.record(tree)
    return [float(slope) for slope in gradients(value, [scene.values[leaf] for leaf in free])]


def _pseudo_inverse(rows: list[list[float]]) -> list[list[float]] | None:
    """J^T (J J^T)^-1 of a matrix J with independent rows; None if they are not."""
    size = len(rows)
    product = [
        [math.fsum(a * b for a, b in zip(one, two)) for two in rows]
        + [float(i == j) for j in range(size)]
        for i, one in enumerate(rows)
    ]
    for column in range(size):
        pivot = max(range(column, size), key=lambda i: abs(product[i][column]))
        if abs(product[pivot][column]) < 1e-300:
            return None
        product[column], product[pivot] = product[pivot], product[column]
        scale = product[column][column]
        product[column] = [entry / scale for entry in product[column]]
        for other in range(size):
            if other != column and product[other][column]:
                factor = product[other][column]
                product[other] = [a - factor * b for a, b in zip(product[other], product[column])]
    inverse = [line[size:] for line in product]
    return [
        [math.fsum(rows[k][leaf] * inverse[k][j] for k in range(size)) for j in range(size)]
        for leaf in range(len(rows[0]))
    ]


def _short_decimals(values: dict[str, float], errors: dict[str, float]) -> dict[str, str]:
    """The leaves that are at a decimal of one or two places as nearly as can be told."""
    short = {}
    for leaf, error in errors.items():
        for places in (0, 1, 2):
            decimal = f"{round(values[leaf], places) + 0.0:.{places}f}"
            near = abs(values[leaf] - float(decimal)) <= NEAR * error + 1e-12
            if near and 10.0**-places >= TELLING * error:
                short[leaf] = decimal
                break
    return short
