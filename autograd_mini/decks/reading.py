r"""Reading: a deck as a list of equations, whose sides are trees, numbers, or left alone.

>>> from autograd_mini.decks.trees import written
>>> for equation in read_deck("$$a = 2 b = 0.50$$").equations:
...     print([side.printed or written(side.tree) for side in equation.sides])
['a', '2 * b', '0.50']
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from heapq import merge

from autograd_mini.checking.sheets.markdown import Line
from autograd_mini.decks.chains import chains, sample_tables
from autograd_mini.decks.cursor import CannotRead
from autograd_mini.decks.formulas import FormulaReader
from autograd_mini.decks.general import GeneralFormula, general_formulas
from autograd_mini.decks.names import DeckNames
from autograd_mini.decks.sources import Source
from autograd_mini.decks.trees import digits

# Behind a number, outside of its formula: 19.7 million, 85 %.
SCALED = re.compile(r"[\s$*_]*(thousand|million|billion|trillion|%)")


@dataclass(frozen=True)
class Side:
    """One side of an equation.

    tree: what it says, None if it is left alone, and reason says why. printed: its digits, if it
    is a number. relation: what stands before it, "=", "<-" for an update, "" at the beginning.
    missing: whether a derivative has lost its \u2202 above or below the line.
    """

    tree: ast.expr | None
    reason: str
    printed: str
    relation: str
    missing: bool
    line: Line
    start: int
    end: int

    def at(self, position: int, source: Source) -> Side:
        """This side as it begins at a position, which may be in a row before."""
        return replace(self, line=source.line(position), start=position)


@dataclass(frozen=True)
class DeckEquation:
    """Sides that are said to be equal; reason: why all of them are left alone, or ""."""

    sides: list[Side]
    reason: str


@dataclass(frozen=True)
class Deck:
    """A deck as it was read."""

    source: Source
    vocabulary: DeckNames
    equations: list[DeckEquation]
    general: list[GeneralFormula]

    def text(self, side: Side) -> str:
        """A side as it stands in the deck."""
        return " ".join(self.source.raw[side.start : side.end].split())


def read_deck(text: str, file: str = "") -> Deck:
    """Read every equation of a deck.

    Raises: SheetError for a deck that is broken or too long.
    """
    source = Source.read(text, file)
    found = [*merge(sample_tables(source), chains(source), key=lambda chain: chain.start)]
    vocabulary = DeckNames()
    for chain in found:
        vocabulary.look([side.tokens for side in chain.sides])
    reader = FormulaReader(vocabulary)
    equations = []
    for chain in found:
        sides = []
        for side in chain.sides:
            tree, reason = None, chain.reason
            if not reason:
                try:
                    tree = reader.read(side.tokens)
                except CannotRead as unread:
                    reason = unread.reason
            if digits(tree) and (scaled := SCALED.match(source.text, side.end)):
                tree, reason = None, f"a number with {scaled[1]} behind it"
            if side.relation == "<":
                tree, reason = None, "an order relation"
            sides.append(
                Side(
                    tree,
                    reason,
                    digits(tree),
                    side.relation,
                    tree is not None and bool(reader.slips),
                    source.line(side.start),
                    side.start,
                    side.end,
                )
            )
        equations.append(DeckEquation(sides, chain.reason))
    return Deck(source, vocabulary, equations, general_formulas(found, reader))
