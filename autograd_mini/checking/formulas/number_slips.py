"""The slips in a derivation that turn a right number into a wrong one.

Slips of the pen, such as two digits swapped, need no graph: `digits/slips.py` finds those.
"""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from autograd_mini.checking.digits.numerals import Numeral, read
from autograd_mini.checking.digits.targets import Target, shows
from autograd_mini.checking.formulas.candidates import Effort, Quantities, is_large, size
from autograd_mini.checking.formulas.rewrites import (
    HOLE,
    ONE,
    Rewrite,
    bracketed,
    distinct,
    factors,
    mistaken_functions,
    mistaken_rules,
    places,
    renamed,
    turned,
    without_factor,
    without_power,
    without_term,
    written,
)
from autograd_mini.checking.formulas.scene import Scene, names_in
from autograd_mini.checking.slips import NO_SLIP, Slip, slip
from autograd_mini.symbols.chain import Factor
from autograd_mini.symbols.formulas import evaluate, substitute
from autograd_mini.symbols.simplify import key

# Gives the number of a value or derivative by its name.
Numbers = Callable[[str], float]


@dataclass
class Own:
    """The numbers and formulas of an author.

    numbers: for each habit, such as to go on from rounded numbers, what he has for a name.
    formulas: those by which he may have computed the claim. updated: parameters that an earlier
    line has updated, and his numbers if he takes these.
    """

    numbers: Sequence[Numbers]
    formulas: Sequence[ast.expr] = ()
    updated: Sequence[tuple[Mapping[str, float], Numbers]] = ()
    effort: Effort = field(default_factory=Effort)

    def expected(self, tree: ast.expr) -> list[float]:
        """The numbers that the author should have printed, nan where there is no value."""
        return [_number(tree, numbers) for numbers in self.numbers]


class Suspicion(NamedTuple):
    """An expression that may have been computed instead, and the slip that leads to it.

    numbers: the numbers that were taken, if they are not the author's own.
    """

    instead: ast.expr
    slip: Slip
    numbers: Numbers | None = None


def explain_wrong_number(
    scene: Scene, claim: str | ast.expr, printed: str | Numeral, own: Own | None = None
) -> Slip:
    """The slip in the derivation that explains why `printed` is wrong, or NO_SLIP.

    claim: what was printed: the name of a value or of a derivative, or an expression over them.
    own: the numbers of the author; those of `scene` if there are none.

    >>> from autograd_mini.engine.value import Value
    >>> w1, w2, x = Value(0.5), Value(0.25), Value(1.5)
    >>> scene = Scene({"w1": w1, "w2": w2, "x": x, "E": (w1 * x + w2) ** 2})
    >>> explain_wrong_number(scene, "dE/dw1", "2.000").sentence
    "it is dE/dw2, the neighbour's"

    A slip explains a number if it gives all its digits, rounded or truncated. Few digits can be hit
    by accident: with more possible slips than digits to tell them apart, none is suggested.

    Raises: as `Scene.number`; ValueError, TypeError if `printed` is not a number.
    """
    tree = ast.Name(claim) if isinstance(claim, str) else claim
    numeral = read(printed) if isinstance(printed, str) else printed
    if is_large(scene):
        return NO_SLIP
    if own is None:
        scene = scene.at({})
        scene.evaluate(tree)  # raises if there is no such name
        own = Own([scene.number])
    right = own.expected(tree)
    digits = len((numeral.whole + numeral.decimals).lstrip("0"))
    most = int(10.0 ** (digits - 1) / 4)
    suspicions = _suspicions(Quantities(scene, tree, own.effort), own)
    known: set[str] = set()
    for instead, found, taken in itertools.islice(suspicions, most):
        new = [name for name in names_in(instead) if name not in known]
        known.update(new)
        # A derivative is computed along all names.
        slopes = sum(scene.ends(name) is not None for name in new)
        steps = size(instead) + len(scene.values) * slopes
        if not own.effort.spend(len(right) * steps):
            break
        for numbers, expected in zip([taken] if taken else own.numbers, right):
            number = _number(instead, numbers)
            # Most are dismissed by floats; the exact verdict takes its time.
            if not (math.isfinite(number) and shows(numeral, number, number)):
                continue
            other = not math.isclose(number, expected, rel_tol=1e-9)
            if other and Target.of(number).verdict(numeral) != "wrong":
                return found
    return NO_SLIP


def usual_slips(scene: Scene, claim: ast.expr, effort: Effort) -> Iterator[Suspicion]:
    """The usual slips in the derivation of a number, the likelier first."""
    for suspicion in _suspicions(Quantities(scene, claim, effort), Own([scene.number])):
        if not effort.spend(size(suspicion.instead)):
            return
        yield suspicion


def _number(tree: ast.expr, numbers: Numbers) -> float:
    """An expression at the author's numbers; nan where it has no value."""
    try:
        return float(evaluate(tree, {name: numbers(name) for name in names_in(tree)}))
    except (ArithmeticError, LookupError, ValueError):
        return math.nan


def _suspicions(quantities: Quantities, own: Own) -> Iterator[Suspicion]:
    """The likelier come first."""
    side = quantities.side
    ends = None
    if isinstance(side, ast.Name):
        ends = quantities.scene.ends(side.id)
        for other in quantities.neighbours(side.id):
            yield Suspicion(ast.Name(other), slip("neighbour/number", name=other))
    for updated, numbers in own.updated:
        taken = {name: ast.Constant(number) for name, number in updated.items()}
        for formula in own.formulas:
            used = ", ".join(name for name in names_in(formula) if name in updated)
            if used:
                yield Suspicion(substitute(formula, taken), slip("updated", updated=used))
        yield Suspicion(side, slip("updated", updated=", ".join(updated)), numbers)
    definition = [] if quantities.definition is None else [quantities.definition]
    for formula in (*own.formulas, *([side] if not isinstance(side, ast.Name) else definition)):
        yield from _in_formula(quantities, formula)
    if ends is not None:
        yield from _paths(quantities)
        yield from _along_the_chain(quantities, *ends)
    if ends is not None:
        yield from _instead_of_a_derivative(quantities, *ends)
    yield from _too_many(quantities)


def _in_formula(quantities: Quantities, formula: ast.expr) -> Iterator[Suspicion]:
    """Slips in an expression that was evaluated, or in the definition of a value."""
    spots = places(formula)
    for rewrite in mistaken_rules(spots):
        yield _as_if(_rule(rewrite), rewrite)
    for rewrite in without_factor(spots):
        if rewrite.removed not in ("0", "0.0"):
            yield Suspicion(rewrite.tree, _missing(rewrite.removed))
    for rewrite in turned(spots):
        yield _as_if("sign/as-if", rewrite)
    for rewrite in without_power(spots):
        yield _as_if("exponent/as-if", rewrite)
    for rewrite in without_term(spots):
        yield Suspicion(rewrite.tree, slip("term-missing", term=rewrite.removed))
    for rewrite in renamed(spots, quantities.neighbours):
        yield _as_if("neighbour/as-if", rewrite)
    for rewrite in mistaken_functions(spots):
        yield _as_if("function/as-if", rewrite)


def _rule(rewrite: Rewrite) -> str:
    return "rule/tanh" if "**" in rewrite.added else "rule/sigmoid"


def _as_if(entry: str, rewrite: Rewrite) -> Suspicion:
    return Suspicion(rewrite.tree, slip(entry, old=rewrite.removed, new=rewrite.added))


def _paths(quantities: Quantities) -> Iterator[Suspicion]:
    """Slips in a derivative that is a sum over several paths."""
    ways = list(quantities.ways())
    for y, x, through, paths in ways:
        rest = ast.BinOp(quantities.side, ast.Sub(), paths)
        yield Suspicion(rest, slip("path-missing", x=x, y=y, through=through))
    for y, x, through, paths in ways:
        yield Suspicion(paths, slip("path-missing/only", x=x, y=y, through=through))


def _along_the_chain(quantities: Quantities, y: str, x: str) -> Iterator[Suspicion]:
    """Slips in one factor of a derivative's chain: it counts on all paths that go there."""
    yield from _without_shared(quantities, y)
    for edge in quantities.edges:
        derivative = f"d{edge.result.label}/d{edge.operand.label}"
        if edge.value == 0.0:
            left_out = slip("factor-missing/zero", derivative, factor=derivative)
            yield Suspicion(_with_error(quantities, edge, y, x, ONE), left_out)
        pieces = [*factors(edge.formula), edge.formula, *quantities.inner(edge)]
        for piece in distinct(pieces):
            wrong = ast.BinOp(edge.formula, ast.Div(), piece)
            yield Suspicion(_with_error(quantities, edge, y, x, wrong), _missing(written(piece)))
        spots = places(edge.formula)
        for rewrite in mistaken_rules(spots):
            mistaken = _with_error(quantities, edge, y, x, rewrite.tree)
            yield Suspicion(mistaken, _as_if(_rule(rewrite), rewrite).slip)
        for entry, rewrites in (
            ("neighbour/as-if", renamed(spots, quantities.neighbours)),
            ("exponent/as-if", without_power(spots)),
            ("sign/as-if", turned(spots)),
        ):
            for rewrite in rewrites:
                mistaken = _with_error(quantities, edge, y, x, rewrite.tree)
                yield Suspicion(mistaken, _as_if(entry, rewrite).slip)


def _with_error(quantities: Quantities, edge: Factor, y: str, x: str, wrong: ast.expr) -> ast.expr:
    """dy/dx if one factor of its chain is `wrong`."""
    above, below = ast.Name(f"d{y}/d{edge.result.label}"), ast.Name(f"d{edge.operand.label}/d{x}")
    error = ast.BinOp(ast.BinOp(above, ast.Mult(), HOLE), ast.Mult(), below)
    derivative = ast.BinOp(quantities.side, ast.Add(), error)
    return substitute(derivative, {HOLE.id: ast.BinOp(wrong, ast.Sub(), edge.formula)})


def _without_shared(quantities: Quantities, y: str) -> Iterator[Suspicion]:
    """A factor of all paths left out, such as the 1/n of a mean."""
    tops = [factors(edge.formula) for edge in quantities.edges if edge.result.label == y]
    for piece in distinct(tops[0] if tops else []):
        if all(key(piece) in map(key, top) for top in tops):
            rest = ast.BinOp(quantities.side, ast.Div(), piece)
            yield Suspicion(rest, _missing(written(piece)))


def _instead_of_a_derivative(quantities: Quantities, y: str, x: str) -> Iterator[Suspicion]:
    """Another derivative, or the updated parameter, printed for a derivative."""
    side, scene = quantities.side, quantities.scene
    assert isinstance(side, ast.Name)
    if scene.values[x].op is None:
        for rate in scene.leaves:
            if rate not in (x, y):
                step = ast.BinOp(ast.Name(rate), ast.Mult(), side)
                moved = ast.BinOp(ast.Name(x), ast.Sub(), step)
                yield Suspicion(moved, slip("updated/for-gradient", updated=written(moved)))
    for other in quantities.strangers(side.id):
        yield Suspicion(ast.Name(other), slip("wrong-quantity/number", name=other, claimed=side.id))


def _too_many(quantities: Quantities) -> Iterator[Suspicion]:
    """One factor or one term too many."""
    side = quantities.side
    pieces: Iterable[ast.expr] = distinct([*quantities.pieces, *quantities.named()])
    for piece in pieces:
        product = ast.BinOp(side, ast.Mult(), piece)
        yield Suspicion(product, slip("factor-extra/number", factor=bracketed(written(piece))))
    derivative = isinstance(side, ast.Name) and quantities.scene.ends(side.id) is not None
    for piece in () if derivative else pieces:
        for symbol, sign in ((ast.Add(), ""), (ast.Sub(), "-")):
            extra = slip("term-extra/number", term=f"{sign}{bracketed(written(piece))}")
            yield Suspicion(ast.BinOp(side, symbol, piece), extra)


def _missing(factor: str) -> Slip:
    return slip("factor-missing", factor=bracketed(factor))
