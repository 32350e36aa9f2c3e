"""The lecture view, which `fold` chooses: only named values, each with its formula.

Values between named ones are folded. A box shows the formula of its value over the names below
it, and an edge the partial derivative over everything that was folded: the factors of `explain`.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import Literal

from autograd_mini.drawing.picture import Picture, PictureEdge, ValueBox
from autograd_mini.engine.graph import edges, reverse_sweep
from autograd_mini.engine.tree import ATOM
from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import choose_steps
from autograd_mini.symbols.formulas import formula, section
from autograd_mini.symbols.names import Names
from autograd_mini.symbols.text import TextPrinter, printable, symbol

Fold = Literal["auto", "names"] | None
FOLDS: tuple[Fold, ...] = ("auto", "names", None)

# In boxes, and in values: a larger picture shows each operation, or groups.
LARGEST_FOLDED = 300
LARGEST_TO_FOLD = 5_000

SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
LONGEST_FORMULA = 400
DIGITS = 6  # of a constant in a formula, which may come from data with 17

ELEMENT = re.compile(r"\w+(\.\w+|\[\w+(, ?\w+)*\])+")  # of a list or a model: needs no quotes


class FormulaPrinter(TextPrinter):
    """Writes a formula on one line of a picture.

    >>> from autograd_mini.engine.tree import parse
    >>> print(FormulaPrinter().text(parse("0.5 * (x + y) ** 2 + y / 1.4142135623730951")))
    0.5·(x + y)² + y/1.41421
    """

    minus = " \N{MINUS SIGN} "
    sign = "\N{MINUS SIGN}"
    space = "·"
    dot = "·"
    over = "/"

    def number(self, value: float) -> tuple[str, int]:
        return super().number(value if value % 1 == 0 else float(f"{value:.{DIGITS}g}"))

    def name(self, name: str) -> tuple[str, int]:
        written, binding = super().name(name)
        is_plain = symbol(name) or ELEMENT.fullmatch(name)
        return (name if is_plain else printable(written)), binding

    def power(self, base: ast.expr, exponent: ast.expr) -> str:
        power = exponent.value if isinstance(exponent, ast.Constant) else None
        if not isinstance(power, int) or power < 0:
            return super().power(base, exponent)
        return self.text(base, ATOM) + str(power).translate(SUPERSCRIPTS)


def folds(picture: Picture, names: Names, fold: Fold) -> bool:
    """True if a picture is folded to its named values.

    "auto" does so where an intermediate result has a name and the result can be read.
    """
    if fold is None or len(picture.values) > LARGEST_TO_FOLD:
        return False
    if fold == "names":
        return True
    roots = set(map(id, names.roots))
    has_names = any(
        value.label and value.op is not None and id(value) not in roots for value in names.values
    )
    return has_names and len(kept(names)) <= LARGEST_FOLDED


def kept(names: Names) -> set[int]:
    """The ids of the values that keep a box: named values, leaves, roots and long parts."""
    return choose_steps(names.values, names.roots, nets=False)


def fold_unnamed(picture: Picture, names: Names) -> Picture:
    """The picture with a box for each value that is kept, fed by those that its formula names."""
    shown = kept(names)
    ids = {value: box.id for value, box in zip(names.values, picture.values)}
    boxes = tuple(
        _folded(value, box, shown, names, ids)
        for value, box in zip(names.values, picture.values)
        if id(value) in shown
    )
    return Picture(boxes, picture.roots, picture)


def _folded(
    value: Value, box: ValueBox, shown: set[int], names: Names, ids: dict[Value, str]
) -> ValueBox:
    if value.op is None:
        return box

    def is_shown(each: Value) -> bool:
        return id(each) in shown

    between = section(value, is_shown)
    inside = set(between)
    partials = reverse_sweep(between, {value: 1.0}, edges)
    paths = reverse_sweep(between, {value: 1}, edges, times=lambda count, _: count)
    operands = dict.fromkeys(
        operand
        for node in between
        for operand in node.operands
        if isinstance(operand, Value) and operand not in inside
    )
    factors = tuple(
        PictureEdge(
            f"e{box.number}_{place}", ids[operand], partials.get(operand), None, paths[operand]
        )
        for place, operand in enumerate(operands)
    )
    written = FormulaPrinter().text(formula(value, is_shown, names))
    return replace(box, operation=None, formula=written[:LONGEST_FORMULA], factors=factors)
