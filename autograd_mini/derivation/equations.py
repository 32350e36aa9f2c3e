"""What a derivation says, as plain data: equations made of terms made of items.

Styles put it together, writers set it in text, LaTeX or MathML.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Derivative:
    """d top / d bottom, of the order `order`; held: what is kept fixed, where that must be said."""

    top: str | Derivative
    bottom: str
    held: tuple[str, ...] = ()
    order: int = 1


@dataclass(frozen=True)
class Delta:
    """The delta of a unit: minus the derivative by what goes into it."""

    unit: str


@dataclass(frozen=True)
class Number:
    """A number as it is printed, such as "-0.25" or "4e-9"."""

    digits: str


@dataclass(frozen=True)
class Negative:
    """A symbol with a minus sign."""

    symbol: Derivative | Delta


@dataclass(frozen=True)
class LeftOut:
    """The place of `count` items that are not written."""

    count: int
    what: str


@dataclass(frozen=True)
class Group:
    """A sum that is written term by term, maybe as a factor."""

    terms: Row


# A product of items, and a sum of products.
Item: TypeAlias = Derivative | Delta | Number | Negative | LeftOut | Group | ast.expr
Term: TypeAlias = tuple[Item, ...]
Row: TypeAlias = tuple[Term, ...]
# Words with names, formulas and numbers between them.
Sentence: TypeAlias = tuple[str | Item, ...]


@dataclass(frozen=True)
class Equation:
    """left = row = row = ..., and what there is to say about it.

    relation: "=", or "<-" where `left` becomes the first row. inline: all on one line.
    """

    left: Item
    rows: Sequence[Row]
    notes: Sequence[Sentence] = ()
    relation: str = "="
    inline: bool = False
