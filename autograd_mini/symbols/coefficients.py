"""The numbers of a formula, as exact as they are written."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass
from fractions import Fraction

# Numbers are multiplied and added as long as numerator and denominator stay below this.
SHORT = 10**9
# Beyond this an exact whole number is no longer read as one.
WHOLE_BELOW = 1e15


def number(value: float) -> ast.expr:
    """`value` as a tree: a whole number without its .0, a negative one under its sign."""
    if math.copysign(1.0, value) < 0:
        return ast.UnaryOp(ast.USub(), number(-value))
    whole = value < WHOLE_BELOW and value == int(value)
    return ast.Constant(int(value) if whole else value)


@dataclass
class Coefficient:
    """An exact number. decimal: whether it is written with a point rather than as a ratio."""

    value: Fraction = Fraction(1)
    decimal: bool = False

    @staticmethod
    def read(constant: float) -> Coefficient | None:
        """The decimal that `constant` is written as, None if that is long."""
        if isinstance(constant, int):
            return Coefficient(Fraction(constant)) if abs(constant) < SHORT else None
        if not math.isfinite(constant):
            return None
        read = Coefficient(Fraction(repr(constant)), not constant.is_integer())
        return read if read.is_short() else None

    def is_short(self) -> bool:
        return abs(self.value.numerator) < SHORT and self.value.denominator < SHORT

    def ratio(self) -> tuple[ast.expr, int]:
        """Its size as numerator and denominator, the latter 1 if it is written as a decimal."""
        size = abs(self.value)
        as_float = size.numerator / size.denominator
        if self.decimal and Fraction(repr(as_float)) == size:
            return number(as_float), 1
        return ast.Constant(size.numerator), size.denominator
