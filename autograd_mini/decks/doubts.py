"""Doubts: why a claim that does not fit may be right after all, so that nothing is said of it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from autograd_mini.checking.formulas.scene import names_in
from autograd_mini.decks.definitions import ends, parts_of, plain_names, swap
from autograd_mini.decks.parts import Figure, Part


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


def broken_link(left: ast.expr, right: ast.expr) -> str:
    """The two names of a chain of derivatives that ought to cancel, but for an index; or "".

    >>> expression = lambda text: ast.parse(text, mode="eval").body
    >>> broken_link(ast.Name("dE/dw1"), ast.BinOp(ast.Name("dE/dh2"), ast.Mult(),
    ...                                           ast.Name("dh1/dw1")))
    'h1 above and h2 below the line do not cancel'
    """
    factors = list(_factors(right))
    update = _other_weight(right)
    if update:
        return update
    names = [tree.id for tree in (left, *factors) if isinstance(tree, ast.Name) and "/d" in tree.id]
    if len(names) < 3 or len(names) != len(factors) + 1:
        return ""
    (y, x), *links = (ends(name) for name in names)
    above = Counter([*(link[0] for link in links), x])
    below = Counter([*(link[1] for link in links), y])
    one, two = [*(above - below).elements()], [*(below - above).elements()]
    if len(one) != 1 or swap(one[0], two[0]) is None:
        return ""
    return f"{one[0]} above and {two[0]} below the line do not cancel"


def _other_weight(tree: ast.expr) -> str:
    """The remark on an update of a weight by the derivative with respect to another."""
    match tree:
        case ast.BinOp(left=ast.Name(id=weight), op=ast.Sub(), right=step):
            by = {ends(name)[1] for name in names_in(step) if "/d" in name}
            if len(by) == 1 and swap(weight, other := by.pop()):
                return f"the step of {weight} is that of {other}"
    return ""


def _factors(tree: ast.expr) -> Iterator[ast.expr]:
    if isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult):
        yield from _factors(tree.left)
        yield from _factors(tree.right)
    else:
        yield tree


def _hidden(part: Part, name: str) -> str:
    if "/d" not in name:
        return ""
    y, x = ends(name)
    computed = {parts_of(each)[0] for each in part.definitions.formulas if "_" in each}
    for leaf in sorted(part.definitions.below([y])):
        is_leaf = leaf not in part.definitions.formulas
        if is_leaf and leaf != x and parts_of(leaf)[0] in computed and "_" in leaf:
            return leaf
    return ""
