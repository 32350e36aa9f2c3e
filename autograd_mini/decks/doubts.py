"""Doubts: why a claim that does not fit may be right after all, so that nothing is said of it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from autograd_mini.checking.formulas.scene import names_in
from autograd_mini.decks.definitions import ends, parts_of, plain_names, swap
from autograd_mini.decks.parts import Figure, Part
from autograd_mini.decks.trees import substituted


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
    suspects = [link for link in links if {one[0], two[0]} & {*_ends(link)}]
    # The link whose ends no formula connects is the slip rather than the one beside it.
    unconnected = [link for link in suspects if not _is_connected(part, *_ends(link))]
    remark = f"{one[0]} above and {two[0]} below the line do not cancel"
    return (remark, (unconnected or suspects)[0]) if suspects else None


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
    computed = {parts_of(each)[0] for each in formulas if "_" in each}
    above = part.definitions.below([x])
    beside = [(n, set(plain_names(tree))) for n, tree in formulas.items() if x in plain_names(tree)]
    for leaf in sorted(part.definitions.below([y])):
        if leaf in formulas or parts_of(leaf)[0] not in computed or "_" not in leaf:
            continue
        # A value that x is computed from does not depend on x, and neither does a value that x
        # stands beside in every formula, as a weight does beside its input.
        if leaf in above or (
            beside and all(leaf in names and swap(n, leaf) is None for n, names in beside)
        ):
            continue
        return leaf
    return ""
