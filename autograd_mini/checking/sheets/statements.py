"""The statements of a sheet, one or several for each line, and the claims that they make."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import NamedTuple

from autograd_mini.checking.digits.numerals import Numeral
from autograd_mini.checking.sheets.markdown import Line, SheetError


class Claim(NamedTuple):
    """A part of a line that can be checked.

    printed: the number, None for a formula. missing: whether the line leaves it blank. reading: how
    the line is read, where that is not evident. equated: the number that is the whole right side of
    an equation; it is a formula if it holds everywhere, as in dnet/dw = 0, and else printed.
    """

    line: Line
    text: str
    printed: Numeral | None
    erratum: bool
    missing: bool = False
    reading: str = ""
    equated: Numeral | None = None


@dataclass(frozen=True)
class Statement:
    """One line, or a part of it; its claims are checked in their order."""

    line: Line
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Definition(Statement):
    """name = expression; note: how a name that looks like a gradient is read."""

    name: str
    expression: ast.expr
    note: str = ""


@dataclass(frozen=True)
class Evaluation(Statement):
    """expression -> printed"""

    expression: ast.expr


@dataclass(frozen=True)
class Identity(Statement):
    """left = right, and perhaps the number printed for both."""

    left: ast.expr
    right: ast.expr


@dataclass(frozen=True)
class Given(Statement):
    """given name = number: the value that has been defined is this number from here on."""

    name: str
    number: float


@dataclass(frozen=True)
class DescendStatement(Statement):
    """descend(root, parameters, rate, times)"""

    root: str
    parameters: tuple[str, ...]
    rate: float
    times: int


@dataclass(frozen=True)
class Unread(Statement):
    """A line that cannot be read; its one claim is unread, or missing."""

    error: SheetError
