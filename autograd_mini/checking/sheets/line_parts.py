"""A line of a sheet, taken apart: its sides, the printed number, and the comment."""

from __future__ import annotations

import re
from typing import NamedTuple

from autograd_mini.checking.sheets.markdown import Line

EQUALS = re.compile(r"==?")


class Segment(NamedTuple):
    """A part of a line, and the column where it begins."""

    text: str
    start: int


class Written(NamedTuple):
    """A line taken apart.

    sides: what stands between its equals signs; is_claim: whether the first of these is `==`.
    printed: the part behind the arrow, None without one.
    """

    line: Line
    sides: list[Segment]
    is_claim: bool
    printed: Segment | None
    erratum: bool
    comment: str

    @classmethod
    def read(cls, line: Line) -> Written:
        statement, _, comment = line.text.partition("#")
        erratum = comment.strip().casefold().startswith("erratum")
        text, arrow, printed = statement.rpartition("->")
        if not arrow:
            text = statement
        sides, start, first = [], 0, ""
        for equals in EQUALS.finditer(text):
            sides.append(Segment(text[start : equals.start()], start))
            first = first or equals[0]
            start = equals.end()
        sides.append(Segment(text[start:], start))
        behind = Segment(printed, len(text) + len(arrow)) if arrow else None
        return cls(line, sides, first == "==", behind, erratum, comment)

    @property
    def text(self) -> str:
        """The statement, without what is printed."""
        first, last = self.sides[0], self.sides[-1]
        return self.line.text[first.start : last.start + len(last.text)]


def split(part: Segment) -> list[Segment]:
    """The parts between the commas of a list; commas in parentheses do not count.

    >>> [each.text for each in split(Segment("f(x, y), z", 0))]
    ['f(x, y)', ' z']
    """
    found, start, depth = [], 0, 0
    for column, character in enumerate(part.text):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            found.append(Segment(part.text[start:column], part.start + start))
            start = column + 1
    return [*found, Segment(part.text[start:], part.start + start)]
