"""The contents of an explanation as plain data: equations, their products and items, sentences."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Derivative:
    """d top / d bottom of the given order; held: the names kept fixed, where that must be said."""

    top: str | Derivative
    bottom: str
    held: tuple[str, ...] = ()
    order: int = 1


@dataclass(frozen=True)
class Delta:
    """The delta of a unit: minus the derivative with respect to its net input."""

    unit: str


@dataclass(frozen=True)
class Number:
    """A number in printed form, such as "-0.25" or "4e-9"."""

    digits: str


@dataclass(frozen=True)
class Negative:
    """A symbol with a minus sign."""

    symbol: Derivative | Delta


@dataclass(frozen=True)
class Omission:
    """A mark in place of `count` items; kind: a plural noun, such as "terms"."""

    count: int
    kind: str


@dataclass(frozen=True)
class Bracket:
    """A sum that stands as one item, in parentheses where it is a factor."""

    terms: Side


@dataclass(frozen=True)
class Index:
    """A letter, and the numbers that it stands for."""

    letter: str
    values: tuple[int, ...]


@dataclass(frozen=True)
class Summation:
    """The sum of a product over all values of its indices."""

    indices: tuple[Index, ...]
    product: Term


# A product of items, and a sum of products.
Item: TypeAlias = Derivative | Delta | Number | Negative | Omission | Bracket | Summation | ast.expr
Term: TypeAlias = tuple[Item, ...]
Side: TypeAlias = tuple[Term, ...]
# Of a table; None for an omission.
TableCell: TypeAlias = Number | str | None
# Words with names, formulas and numbers between them.
Sentence: TypeAlias = tuple[str | Item, ...]


@dataclass(frozen=True)
class Equation:
    """left = side = side = ..., with remarks.

    relation: "=", or "<-" where `left` becomes the first side. inline: all sides on one line.
    """

    left: Item
    sides: Sequence[Side]
    notes: Sequence[Sentence] = ()
    relation: str = "="
    inline: bool = False


@dataclass(frozen=True)
class Table:
    """Numbers: a row for each symbol, and a column for each value of an index in the symbols.

    Of many columns both ends are written, around None; of many rows, around an omission. Without
    a letter, the columns and rows have words for heads, and cells may have words too.
    """

    letter: str
    columns: Sequence[TableCell]
    rows: Sequence[tuple[Item | str, Sequence[TableCell]]]


@dataclass(frozen=True)
class Content:
    """An explanation: equations, further remarks on them, and tables of their numbers."""

    equations: Sequence[Equation]
    remarks: Sequence[Sentence] = ()
    tables: Sequence[Table] = ()
