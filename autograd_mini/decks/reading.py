r"""Reading: a deck as a list of equations, whose sides are trees, numbers, or left alone.

>>> from autograd_mini.decks.trees import written
>>> for equation in read_deck("$$a = 2 b = 0.50$$").equations:
...     print([side.printed or written(side.tree) for side in equation.sides])
['a', '2 * b', '0.50']
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import merge

from autograd_mini.checking.sheets.markdown import Line
from autograd_mini.decks.chains import chains, sample_tables
from autograd_mini.decks.cursor import A_MATRIX, CannotRead
from autograd_mini.decks.formulas import FormulaReader
from autograd_mini.decks.general import GeneralFormula, general_formulas
from autograd_mini.decks.names import DeckNames
from autograd_mini.decks.sources import Source
from autograd_mini.decks.trees import digits
from autograd_mini.decks.vectors import Matrix, Vectors, as_shape

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
    trees = [[side.tree for side in each.sides if side.tree is not None] for each in equations]
    general = general_formulas(found, reader)
    vectors = Vectors(
        vocabulary, [*filter(None, trees), *([ast.Name(each.name), each.tree] for each in general)]
    )
    return Deck(
        source,
        vocabulary,
        [each for equation in equations for each in _written_out(equation, vectors, source)],
        [each for formula in general for each in _general_written_out(formula, vectors)],
    )


def _written_out(
    equation: DeckEquation, vectors: Vectors, source: Source
) -> Iterator[DeckEquation]:
    """An equation between numbers for each component of an equation between vectors."""
    sides: list[Side] = []
    values: list[ast.expr | Matrix | None] = []
    for side in equation.sides:
        value: ast.expr | Matrix | None = None
        if side.tree is not None:
            try:
                value = vectors.written_out(side.tree)
            except CannotRead as unread:
                side = _unread(side, unread.reason)
        sides.append(side)
        values.append(value)
    head = values[0] if values else None
    shape = next((value for value in values if isinstance(value, list)), None)
    if shape is None or not (head is None or isinstance(head, list)):
        yield replace(
            equation,
            sides=[
                _unread(side, A_MATRIX)
                if isinstance(value, list)
                else _with_tree(side, value, source)
                for side, value in zip(sides, values)
            ],
        )
        return
    for place, value in enumerate(values):
        values[place] = None if value is None else as_shape(value, shape)
        if value is not None and values[place] is None:
            sides[place] = _unread(sides[place], A_MATRIX)
    for i, row in enumerate(shape):
        for j, _ in enumerate(row):
            entries = [value[i][j] if isinstance(value, list) else None for value in values]
            found = [
                _with_tree(side, entry, source)
                for place, (side, entry) in enumerate(zip(sides, entries))
                # That a side was not understood is said once, and x1 = x1 not at all.
                if place == 0 or (i == j == 0 if entry is None else entry is not entries[0])
            ]
            yield replace(equation, sides=found)


def _unread(side: Side, reason: str) -> Side:
    return replace(side, tree=None, printed="", reason=reason)


def _with_tree(side: Side, tree: ast.expr | None, source: Source) -> Side:
    """A side with the tree of one component; a number of a vector has its own place."""
    if tree is side.tree:
        return side
    if not (printed := digits(tree)):
        return replace(side, tree=tree, printed="")
    start = getattr(tree, "col_offset", side.start)
    return replace(side.at(start, source), tree=tree, printed=printed, end=start + len(printed))


def _general_written_out(formula: GeneralFormula, vectors: Vectors) -> Iterator[GeneralFormula]:
    try:
        name = vectors.written_out(ast.Name(formula.name))
        value = vectors.written_out(formula.tree)
    except CannotRead:
        return
    if not isinstance(name, list):
        if not isinstance(value, list):
            yield formula._replace(tree=value)
        return
    fitting = as_shape(value, name) or []
    for names, trees in zip(name, fitting):
        for component, tree in zip(names, trees):
            if isinstance(component, ast.Name):
                yield formula._replace(name=component.id, tree=tree)
