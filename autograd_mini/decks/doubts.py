"""Doubts: why a claim that does not fit may be right after all, or right work on a slip."""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice, product, takewhile

from autograd_mini.checking.digits.numerals import read
from autograd_mini.checking.formulas.scene import Scene, names_in
from autograd_mini.decks.given import comes_out, precision, value_of
from autograd_mini.decks.missing import Fit, scene_of
from autograd_mini.decks.names import base_of, parts_of, swap
from autograd_mini.decks.parts import Equality, Figure, Part
from autograd_mini.decks.trees import ends, number, plain_names, substituted, written

# The choices of printed numbers for the names of a formula that are tried.
MOST_CHOICES = 30

OF_THE_PEN = (
    "sign", "power-of-ten", "digits-swapped", "digit-wrong", "last-digit", "zero-lost", "zero-added"
)  # fmt: skip

# Digits of a given number that may have been rounded.
LONG = 4


def doubt(part: Part, tree: ast.expr) -> str:
    """The reason to think that a derivative depends on more than the formulas, or "".

    It may run through a value of which only the number is printed, or be 0 as far as the
    formulas say.
    """
    for name in names_in(tree):
        if hidden := _hidden(part, name):
            return f"it may run through {hidden}, of which only the number is printed"
        if "/d" in name:
            y, x = ends(name)
            if x not in part.definitions.below([y]):
                return f"no formula says how {y} depends on {x}"
    return ""


def condition(figure: Figure) -> str:
    """The reason to read a number as a condition (a derivative set to 0), or ""."""
    names = {*names_in(figure.tree)}
    is_quantity = isinstance(figure.tree, ast.Name) or any("/d" in name for name in names)
    if figure.printed == "0" or (not is_quantity and figure.own is None):
        return "" if figure.is_operand else "a condition rather than a number"
    return ""


def ambiguity(part: Part, left: ast.expr, right: ast.expr) -> str:
    """The reason to give a name of a failed formula another meaning, or ""."""
    used = {*plain_names(left), *plain_names(right)}
    redefined = sum(len(meanings) - 1 for meanings in part.meanings.values())
    for name, meanings in part.meanings.items():
        if redefined > 1 and used & set(meanings):
            return f"{name} has several meanings here"
    for name in sorted(used & part.ambiguous):
        return f"{name} has several meanings in this deck"
    for name in sorted(used & part.computed):
        return f"the formula by which {name} is computed was not understood"
    return ""


def undefined(part: Part, left: ast.expr, right: ast.expr) -> str:
    """The remark on a formula that fails by a name that nothing defines, or ""."""
    formulas = part.definitions.formulas
    for name in sorted({*plain_names(left), *plain_names(right)} - {*formulas, *part.given}):
        for other in formulas:
            if parts_of(other)[0] == parts_of(name)[0]:
                return f"{name} is not defined anywhere; is {other} meant?"
    return ""


def broken_link(part: Part, left: ast.expr, right: ast.expr) -> tuple[str, ast.expr] | None:
    """The remark on a chain of derivatives that does not lead from one end to the other.

    The chain may be a sum over several ways. Returns the factor that is wrong, too.
    """
    match right:
        case ast.BinOp(left=ast.Name(id=weight), op=ast.Sub(), right=step):
            by = {ends(name)[1] for name in names_in(step) if "/d" in name}
            if len(by) == 1 and swap(weight, other := by.pop()):
                return f"the step of {weight} is that of {other}", step
    ways = list(_ways(right))
    if any(len(links) < 2 or not all(map(_is_derivative, links)) for _, links in ways):
        return None
    if not _is_derivative(left):
        return None
    for negative, links in ways:
        if found := _uncancelled(part, left, links):
            return found
        if negative and len(ways) > 1:
            return "the ways from one end to the other are added: a minus is too many", links[0]
    return None


def _is_derivative(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Name) and "/d" in tree.id


def _ends(tree: ast.expr) -> tuple[str, str]:
    assert isinstance(tree, ast.Name)
    return ends(tree.id)


def _uncancelled(part: Part, left: ast.expr, links: list[ast.expr]) -> tuple[str, ast.expr] | None:
    """The remark on the names of a product of derivatives that ought to cancel but for an index."""
    y, x = _ends(left)
    above = Counter([*(_ends(link)[0] for link in links), x])
    below = Counter([*(_ends(link)[1] for link in links), y])
    one, two = [*(above - below).elements()], [*(below - above).elements()]
    if len(one) != 1 or swap(one[0], two[0]) is None:
        return None
    suspects = []
    for tree in (*links, left):
        above_line, below_line = _ends(tree)
        old, new = (one[0], two[0]) if tree is not left else (two[0], one[0])
        if old == above_line or new == below_line:
            other = (new, below_line) if old == above_line else (above_line, old)
            # A slip is more likely where no formula connects the ends, and one does without it.
            right = _is_connected(part, *other) - _is_connected(part, above_line, below_line)
            suspects.append((right, _is_connected(part, *other), tree))
    remark = f"{one[0]} above and {two[0]} below the line do not cancel"
    return (remark, max(suspects, key=lambda each: each[:2])[2]) if suspects else None


def _is_connected(part: Part, y: str, x: str) -> bool:
    return x in part.definitions.below([y])


def _ways(tree: ast.expr, negative: bool = False) -> Iterator[tuple[bool, list[ast.expr]]]:
    """The terms of a sum, each with its sign and its factors."""
    match tree:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as sign, right=right):
            yield from _ways(left, negative)
            yield from _ways(right, negative ^ isinstance(sign, ast.Sub))
        case ast.UnaryOp(operand=operand):
            yield from _ways(operand, not negative)
        case _:
            yield negative, list(_factors(tree))


def undifferentiated(left: ast.expr, right: ast.expr) -> tuple[ast.expr, ast.expr] | None:
    """Y and Y1 + Y2 for dY/dx = dY1/dx + dY2/dx; None for an equation of another form.

    That equation holds whatever a picture shows of the values between.
    """
    terms = [links for _, links in _ways(right)]
    if not all(len(links) == 1 and _is_derivative(links[0]) for links in (*terms, [left])):
        return None
    if len({_ends(tree)[1] for tree in (left, *(links[0] for links in terms))}) > 1:
        return None
    names = {name: ast.Name(ends(name)[0]) for name in names_in(right)}
    return ast.Name(_ends(left)[0]), substituted(right, names)


def odd_one_out(left: ast.expr, right: ast.expr) -> tuple[str, ast.expr] | None:
    """The term of dY/dx = dY1/dx + dY2/dx that is by a neighbour of x, with a remark."""
    terms = [left, *(link for _, links in _ways(right) for link in links)]
    if len(terms) < 3 or len(terms) != 1 + len(list(_ways(right))):
        return None
    if not all(map(_is_derivative, terms)):
        return None
    names = [_ends(term)[1] for term in terms]
    (usual, most), *others = Counter(names).most_common()
    if most == len(terms) - 1 and swap(usual, others[0][0]):
        odd = terms[names.index(others[0][0])]
        return f"{written(odd)} is by {others[0][0]}, the other terms are by {usual}", odd
    return None


def _factors(tree: ast.expr) -> Iterator[ast.expr]:
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult):
        yield from _factors(tree.left)
        yield from _factors(tree.right)
    else:
        yield tree


def _hidden(part: Part, name: str) -> str:
    """A value of which only the number is printed, and that may depend on x, for dy/dx."""
    if "/d" not in name:
        return ""
    y, x = ends(name)
    formulas = part.definitions.formulas
    computed = {base_of(each) for each in formulas if "_" in each}
    above = part.definitions.below([x])
    beside = [(n, set(plain_names(tree))) for n, tree in formulas.items() if x in plain_names(tree)]
    for leaf in sorted(part.definitions.below([y])):
        if leaf in formulas or base_of(leaf) not in computed or "_" not in leaf:
            continue
        # A value that x is computed from does not depend on x, neither does one of the same layer,
        # nor a value that x stands beside in every formula, as a weight does beside its input.
        if (
            leaf in above
            or swap(leaf, x) is not None
            or (beside and all(leaf in names and swap(n, leaf) is None for n, names in beside))
        ):
            continue
        return leaf
    return ""


class Consequences:
    """Tells whether a wrong claim is right work on printed numbers or on a printed formula."""

    def __init__(self, part: Part, found: Fit) -> None:
        self.part = part
        self.fit = found
        self.scene: Scene | None = None
        self.before_mending: Scene | None = None
        self.printed: dict[str, list[str]] = {}  # for each name, the numbers of the deck
        self.formulas: dict[str, list[ast.expr]] = {}
        for name, formula in part.definitions.formulas.items():
            self.formulas[name] = [formula]
        for claim in part.claims:
            if isinstance(claim, Figure) and isinstance(claim.tree, ast.Name):
                texts = self.printed.setdefault(claim.tree.id, [])
                texts += [] if claim.printed in texts else [claim.printed]
            elif isinstance(claim, Equality) and isinstance(claim.left, ast.Name):
                self.formulas.setdefault(claim.left.id, []).append(claim.right)

    def comes_from_printed(self, figure: Figure) -> bool:
        """True if a number is right by a formula for it and the numbers that the deck prints."""
        if not isinstance(figure.tree, ast.Name):
            return self._leads_to(figure.tree, figure.printed)
        formulas = [] if figure.is_operand else self.formulas.get(figure.tree.id, [])
        return any(self._leads_to(formula, figure.printed) for formula in formulas)

    def _leads_to(self, formula: ast.expr, result: str) -> bool:
        names = [*dict.fromkeys(names_in(formula))]
        if {*names} <= {*self.part.leaves}:
            return False
        known = {**self.fit.inferred, **{n: given.printed for n, given in self.part.given.items()}}
        choices = [[known[n]] if n in known else self.printed.get(n, [])[:3] for n in names]
        return any(
            comes_out(result, value_of(substituted(formula, dict(zip(names, numbers)))))
            for texts in islice(product(*choices), MOST_CHOICES)
            for numbers in [[number(text) for text in texts]]
        )

    def is_restated(self, figure: Figure, value: float, slip: str) -> bool:
        """True if a value was right before, and no slip of the pen explains its new number."""
        if (
            not isinstance(figure.tree, ast.Name)
            or "/d" in figure.tree.id
            or figure.own is not None
        ):
            return False
        before = takewhile(lambda text: text != figure.printed, self.printed[figure.tree.id])
        return slip not in OF_THE_PEN and any(comes_out(text, value) for text in before)

    def is_within_given(self, figure: Figure, value: float) -> bool:
        """True if the digits that given numbers may have lost by rounding explain a difference.

        0.5 is exact; 0.9258 was rounded.
        """
        error = float(read(figure.printed).unit) / 2
        given = self.part.given
        for leaf in self.part.definitions.below(plain_names(figure.tree)) & given.keys():
            text = given[leaf].printed
            if precision(text) < LONG or "." not in text:
                continue
            if self.scene is None:
                self.scene = scene_of(self.part, self.fit.values)
            moved = float(text) + float(read(text).unit) / 2
            try:
                error += abs(self.scene.at({leaf: moved}).evaluate(figure.tree) - value)
            except (ArithmeticError, ValueError, LookupError):
                return False
        return abs(float(figure.printed) - value) <= error

    def mended_line(self, claim: Figure | Equality) -> int:
        """The line of a definition that was mended and with which, as printed, a claim is right."""
        mended = self.part.mended
        if self.before_mending is None:
            definitions = self.part.definitions
            formulas = {**definitions.formulas, **{name: old for name, (old, _) in mended.items()}}
            old = replace(self.part, definitions=replace(definitions, formulas=formulas))
            self.before_mending = scene_of(old, self.fit.values)
        trees = [claim.tree] if isinstance(claim, Figure) else [claim.left, claim.right]
        below = self.part.definitions.below(name for tree in trees for name in plain_names(tree))
        lines = [
            s.line.number
            for name, (_, s) in mended.items()
            if name in below and s is not claim.side
        ]
        if len(lines) != 1:
            return 0
        try:
            values = [self.before_mending.evaluate(tree) for tree in trees]
        except (ArithmeticError, ValueError, LookupError):
            return 0
        if isinstance(claim, Figure):
            return lines[0] if comes_out(claim.printed, values[0]) else 0
        return lines[0] if math.isclose(*values, rel_tol=1e-9, abs_tol=1e-12) else 0
