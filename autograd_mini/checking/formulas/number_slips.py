"""The slips in a derivation that turn a right number into a wrong one.

Slips of the pen, such as two digits swapped, need no graph: `check_printed` finds those.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from typing import NamedTuple

from autograd_mini.checking.digits.numerals import Numeral, read
from autograd_mini.checking.digits.targets import Target
from autograd_mini.checking.formulas.candidates import Quantities, is_large
from autograd_mini.checking.formulas.rewrites import (
    HOLE,
    Rewrite,
    bracketed,
    distinct,
    factors,
    places,
    renamed,
    turned,
    without_factor,
    without_term,
    written,
)
from autograd_mini.checking.formulas.scene import Scene
from autograd_mini.checking.slips import NO_SLIP, Slip, slip
from autograd_mini.symbols.formulas import substitute
from autograd_mini.symbols.simplify import key


class Suspicion(NamedTuple):
    """A number that may have been computed instead, and the slip that leads to it."""

    instead: ast.expr
    slip: Slip


def explain_wrong_number(scene: Scene, claim: str | ast.expr, printed: str | Numeral) -> Slip:
    """The slip in the derivation that explains why `printed` is wrong, or NO_SLIP.

    claim: what was printed: the name of a value or of a derivative, or an expression over them.

    >>> from autograd_mini.engine.value import Value
    >>> w1, w2, x = Value(0.5), Value(0.25), Value(1.5)
    >>> scene = Scene({"w1": w1, "w2": w2, "x": x, "E": (w1 * x + w2) ** 2})
    >>> explain_wrong_number(scene, "dE/dw1", "2.000").sentence
    "it is dE/dw2, the neighbour's"

    A slip explains a number if it gives all its digits, rounded or truncated. Few digits can be hit
    by accident: with more possible slips than digits to tell them apart, none is suggested.

    Raises: as `Scene.number`; ValueError, TypeError if `printed` is no number.
    """
    tree = ast.Name(claim) if isinstance(claim, str) else claim
    numeral = read(printed) if isinstance(printed, str) else printed
    digits = len((numeral.whole + numeral.decimals).lstrip("0"))
    if is_large(scene):
        return NO_SLIP
    here = scene.at({})
    right = here.evaluate(tree)
    suspicions = list(_suspicions(Quantities(here, tree)))
    if len(suspicions) > 10.0 ** (digits - 1):
        return NO_SLIP
    for suspicion in suspicions:
        try:
            number = here.evaluate(suspicion.instead)
        except (ArithmeticError, LookupError, ValueError):
            continue
        another = math.isfinite(number) and not math.isclose(number, right)
        if another and Target.of(number).verdict(numeral) != "wrong":
            return suspicion.slip
    return NO_SLIP


def _suspicions(quantities: Quantities) -> Iterator[Suspicion]:
    """The likelier come first."""
    side = quantities.side
    if not isinstance(side, ast.Name):
        yield from _in_formula(quantities, side)
        return
    for other in quantities.neighbours(side.id):
        yield Suspicion(ast.Name(other), slip("neighbour/number", name=other))
    ends = quantities.scene.ends(side.id)
    if ends is not None:
        yield from _paths(quantities)
        yield from _along_the_chain(quantities, *ends)
    elif quantities.definition is not None:
        yield from _in_formula(quantities, quantities.definition)


def _paths(quantities: Quantities) -> Iterator[Suspicion]:
    """Slips in a derivative that is a sum over several paths."""
    ways = list(quantities.ways())
    for way in ways:
        rest = ast.BinOp(quantities.side, ast.Sub(), way.paths)
        forgotten = slip("path-missing", x=way.x, y=way.y, through=way.through)
        yield Suspicion(rest, forgotten)
    for y, x, through, paths in ways:
        yield Suspicion(paths, slip("path-missing/only", x=x, y=y, through=through))


def _along_the_chain(quantities: Quantities, y: str, x: str) -> Iterator[Suspicion]:
    """Slips in one factor of a derivative's chain: it counts on all paths that go there."""
    yield from _without_shared(quantities, y)
    for edge in quantities.edges:
        above = ast.Name(f"d{y}/d{edge.result.label}")
        below = ast.Name(f"d{edge.operand.label}/d{x}")
        # What is put in the hole is the factor's error.
        error = ast.BinOp(ast.BinOp(above, ast.Mult(), HOLE), ast.Mult(), below)
        derivative = ast.BinOp(quantities.side, ast.Add(), error)
        pieces = [*factors(edge.formula), edge.formula, *quantities.inner(edge)]
        for piece in distinct(pieces):
            wrong = ast.BinOp(edge.formula, ast.Div(), piece)
            yield Suspicion(_with_error(derivative, edge.formula, wrong), _missing(written(piece)))
        for rewrite in renamed(places(edge.formula), quantities.neighbours):
            mistaken = _with_error(derivative, edge.formula, rewrite.tree)
            yield Suspicion(mistaken, _mistaken(rewrite))


def _without_shared(quantities: Quantities, y: str) -> Iterator[Suspicion]:
    """A factor of all paths left out, such as the 1/n of a mean."""
    tops = [factors(edge.formula) for edge in quantities.edges if edge.result.label == y]
    for piece in distinct(tops[0] if tops else []):
        if all(key(piece) in map(key, top) for top in tops):
            rest = ast.BinOp(quantities.side, ast.Div(), piece)
            yield Suspicion(rest, _missing(written(piece)))


def _with_error(derivative: ast.expr, right: ast.expr, wrong: ast.expr) -> ast.expr:
    return substitute(derivative, {HOLE.id: ast.BinOp(wrong, ast.Sub(), right)})


def _in_formula(quantities: Quantities, formula: ast.expr) -> Iterator[Suspicion]:
    """Slips in an expression that was evaluated, or in the definition of a value."""
    spots = places(formula)
    for rewrite in renamed(spots, quantities.neighbours):
        yield Suspicion(rewrite.tree, _mistaken(rewrite))
    for rewrite in without_factor(spots):
        yield Suspicion(rewrite.tree, _missing(rewrite.removed))
    for rewrite in without_term(spots):
        yield Suspicion(rewrite.tree, slip("term-missing", term=rewrite.removed))
    for rewrite in turned(spots):
        yield Suspicion(rewrite.tree, slip("sign/as-if", old=rewrite.removed, new=rewrite.added))


def _mistaken(rewrite: Rewrite) -> Slip:
    return slip("neighbour/as-if", old=rewrite.removed, new=rewrite.added)


def _missing(factor: str) -> Slip:
    return slip("factor-missing", factor=bracketed(factor))
