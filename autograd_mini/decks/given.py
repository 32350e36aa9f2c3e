"""Given numbers: what a deck states for its leaves, in equations, among numbers and in prose."""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass

from autograd_mini.checking.digits.numerals import read
from autograd_mini.checking.digits.printed import judge_printed
from autograd_mini.decks.reading import Side
from autograd_mini.decks.trees import digits, number, rebuilt
from autograd_mini.symbols.formulas import evaluate

# What a statement counts: w = 0.5; w among numbers that lead to their result; w among others.
STATED, COMPUTED, DOUBTFUL = 3, 2, 1

# A leaf that is stated more often is the variable of a list of examples.
MOST_VOTES = 40


@dataclass(frozen=True)
class GivenNumber:
    """The number of a leaf; votes: how often and how plainly it is stated."""

    printed: str
    side: Side
    votes: int


class Votes:
    """All that a part of a deck states for its leaves."""

    def __init__(self) -> None:
        self.stated: dict[str, list[GivenNumber]] = {}

    def add(self, name: str, printed: str, side: Side, votes: int) -> None:
        """Count one statement."""
        stated = self.stated.setdefault(name, [])
        if len(stated) < MOST_VOTES:
            stated.append(GivenNumber(printed, side, votes))

    def known(self, name: str, printed: str) -> int:
        """1 if a number fits what is stated for a name, -1 if not, 0 if nothing is stated.

        The numbers of a line count only where no equation states one.
        """
        votes = self.stated.get(name, [])
        least = STATED if any(given.votes == STATED for given in votes) else COMPUTED
        stated = [given for given in votes if given.votes >= least]
        if not stated:
            return 0
        return 1 if any(agree(given.printed, printed) for given in stated) else -1

    def count(self) -> dict[str, GivenNumber]:
        """The number of each leaf: the one that is stated most, with the most digits."""
        return {name: _best(stated) for name, stated in self.stated.items()}


def _best(stated: list[GivenNumber]) -> GivenNumber:
    best: GivenNumber | None = None
    for one in stated:
        same = [other for other in stated if agree(one.printed, other.printed)]
        votes = sum(other.votes for other in same)
        if best is None or votes > best.votes:
            longest = max(same, key=lambda other: precision(other.printed))
            best = GivenNumber(longest.printed, one.side, votes)
    assert best is not None
    return best


def agree(one: str, other: str) -> bool:
    """True if two printed numbers are the same to the digits of the shorter."""
    if float(one) == float(other):
        return True
    if not math.isclose(float(one), float(other), rel_tol=0.02):
        return False
    shorter, longer = sorted((one, other), key=precision)
    if precision(shorter) < 3:
        return False
    return comes_out(shorter, float(longer))


def comes_out(printed: str, value: float) -> bool:
    """True if a printed number is a value, rounded or truncated."""
    return judge_printed(read(printed), value).verdict != "wrong"


def precision(printed: str) -> int:
    """The number of digits that count in a printed number."""
    mantissa = printed.lower().partition("e")[0].lstrip("-").replace(".", "")
    return len(mantissa.lstrip("0"))


def value_of(tree: ast.expr) -> float:
    """The value of a line of numbers, nan if it is undefined."""
    try:
        return float(evaluate(tree, {}))
    except (ArithmeticError, ValueError, TypeError):
        return math.nan


def is_close(one: ast.expr, other: ast.expr) -> bool:
    """True if two lines of numbers are equal, as far as they may be rounded on the way."""
    values = value_of(one), value_of(other)
    return math.isclose(*values, rel_tol=0.05) or not all(map(math.isfinite, values))


def leads_to(line: ast.expr, printed: str) -> bool:
    """True if a line of numbers comes to a printed number, as far as they may be rounded.

    >>> leads_to(ast.parse("0.5 - 0.25").body[0].value, "0.25")
    True
    """
    value = value_of(line)
    if not math.isfinite(value):
        return False
    if comes_out(printed, value):
        return True
    error = float(read(printed).unit)
    for node in ast.walk(line):
        text = digits(node) if isinstance(node, ast.Constant) else ""
        if not text:
            continue
        unit = float(read(text).unit)
        if (precision(text) > 2 and unit < 1) or unit < 0.001:  # 0.5 is exact, 0.59327 was rounded
            moved = number(repr(float(text) + unit))
            other = value_of(rebuilt(line, {id(node): moved}))
            error += abs(other - value)
    return abs(float(printed) - value) <= error
