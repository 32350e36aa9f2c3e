r"""Chains: the equations of a deck, each a row of sides with what stands between them.

A chain may run over several rows and displays: one that begins with `=` goes on with the chain
before it, and so does what follows a sum that is not finished.

>>> for chain in chains(Source.read("$$a = b\\ &= 2,\\quad c = 3$$")):
...     print([" ".join(token.text for token in side.tokens) for side in chain.sides])
['a', 'b', '2']
['c', '3']
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from autograd_mini.checking.sheets.markdown import Line, SheetError
from autograd_mini.decks.names import GENERIC, with_index
from autograd_mini.decks.sources import Piece, Source
from autograd_mini.decks.tokens import END_OF_MATRIX, MATRIX, Token, find_macros, tokenize

# Far beyond a course; what is longer is refused before it takes its time.
MOST_FORMULAS = 4_000
MOST_EQUATIONS = 1_000
MOST_TOKENS = 200_000

OPENING, CLOSING = frozenset(["(", "[", "{", MATRIX]), frozenset([")", "]", "}", END_OF_MATRIX])
DANGLING = frozenset("+-*/")

# The head and the rows of a table in Markdown.
TABLE = re.compile(r"^[ \t]*(\|.+\|)[ \t]*\n[ \t]*\|[-:| \t]+\n((?:[ \t]*\|.*\n?)+)", re.MULTILINE)
LARGEST_TABLE = 60  # cells; a table with more is left alone

# Words in \text{...} that talk about a formula rather than name a quantity.
TALK = frozenset((
    "if", "where", "and", "or", "for", "so", "is", "are", "since", "because", "with", "then",
    "when", "otherwise", "hence", "thus", "therefore", "similarly", "as", "by", "we", "get",
    "let", "which", "else", "given", "that", "from", "at", "in", "to", "of", "the", "a", "an",
    "but",
))  # fmt: skip


@dataclass
class ChainSide:
    """One side of an equation; relation: what stands before it, "" at the beginning."""

    tokens: list[Token]
    relation: str

    @property
    def start(self) -> int:
        return self.tokens[0].start

    @property
    def end(self) -> int:
        return self.tokens[-1].end


@dataclass
class EqualityChain:
    """Sides that are said to be equal, in the order in which they stand."""

    sides: list[ChainSide] = field(default_factory=list)
    reason: str = ""  # why the whole is left alone

    @property
    def start(self) -> int:
        return next((side.start for side in self.sides if side.tokens), 0)


def chains(source: Source) -> Iterator[EqualityChain]:
    """Every equation and every expression of a deck.

    Raises: SheetError for a deck with too many of them.
    """
    macros = find_macros(source.raw) if "\\" in source.raw else {}
    found = equations = tokens_read = 0
    last: EqualityChain | None = None
    for piece in _joined(source):
        start = piece.start
        text = source.raw if piece.prelude else source.text
        tokens = tokenize(text, start, piece.end, macros)
        tokens_read += len(tokens)
        for chain in _chains(tokens, last, piece.display):
            if chain is not last:
                if last is not None:
                    equations += len(last.sides) > 1
                    yield last
                found += 1
            last = chain
        if found > MOST_FORMULAS or equations > MOST_EQUATIONS or tokens_read > MOST_TOKENS:
            line = source.line(start)
            raise SheetError(
                f"a deck has at most {MOST_FORMULAS:,} formulas, of which {MOST_EQUATIONS:,} are "
                "equations; split this one",
                Line(line.file, line.number, ""),
            )
    if last is not None:
        yield last


def sample_tables(source: Source) -> Iterator[EqualityChain]:
    """The numbers of tables with a column for an index i and others for x_i, as x_1 = 0.5."""
    for table in TABLE.finditer(source.text):
        names = _cells(source, *table.span(1))
        letter = next((name[0].text for name in names if len(name) == 1), "")
        if letter not in GENERIC or not all(names):
            continue
        rows = [*re.finditer(r".+", table[2])]
        if len(rows) * len(names) > LARGEST_TABLE:
            continue
        for row in rows:
            start = table.start(2) + row.start()
            cells = _cells(source, start, start + len(row[0]))
            columns = [
                (n, cell) for n, cell in zip(names, cells) if cell and cell[-1].kind == "number"
            ]
            alone = (cell[0].text for n, cell in columns if len(n) == len(cell) == 1)
            index = next(alone, "")
            for name, cell in columns if index.isdigit() else ():
                if len(name) > 1:
                    left = with_index(name, letter, int(index))
                    yield EqualityChain([ChainSide(left, ""), ChainSide(cell, "=")])


def _cells(source: Source, start: int, end: int) -> list[list[Token]]:
    """The cells of a row of a table, without its outer bars and the dollars of formulas."""
    cells = []
    for cell in re.finditer(r"[^|]+", source.text[start:end].strip().strip("|")):
        inner = cell[0].strip(" \t$")
        place = source.text.index(inner, start) if inner else start
        cells.append(tokenize(source.text, place, place + len(inner), {}))
        start = place + len(inner)
    return cells


def _joined(source: Source) -> Iterator[Piece]:
    """The pieces of math; inline ones with nothing but an operator between them are one."""
    pending: Piece | None = None
    for piece in source.math():
        if pending is not None:
            between = source.text[pending.end : piece.start].strip(" $\t")
            inline = not piece.display and not pending.display
            if inline and between in ("+", "-", "=", "*", "/"):
                pending = pending._replace(end=piece.end)
                continue
            yield pending
        pending = piece
    if pending is not None:
        yield pending


def _chains(
    tokens: list[Token], last: EqualityChain | None, display: bool
) -> Iterator[EqualityChain]:
    """The chains of one piece of math; the first may be the `last` of the piece before."""
    first = True
    for row in _rows(tokens):
        for statement in row:
            reason = _list_reason(statement, row)
            sides = list(_sides(statement))
            later = [side for side in sides[1:] if side.tokens]
            goes_on = last is not None and not last.reason and bool(last.sides)
            begins = statement[0]
            if goes_on and last is not None and _dangles(last):
                last.sides[-1].tokens += sides[0].tokens if sides[0].tokens else []
                last.sides += later
            elif goes_on and last is not None and not sides[0].tokens:
                last.sides += later
            elif (
                goes_on and last is not None and not first and display
                and begins.text in ("+", "-") and len(sides) == 1 and len(last.sides) > 1
                and statement is row[0]
            ):  # fmt: skip
                last.sides[-1].tokens += sides[0].tokens
            else:
                last = EqualityChain([side for side in sides if side.tokens], reason)
                if not last.sides:
                    continue
            first = False
            yield last


def _dangles(chain: EqualityChain) -> bool:
    return bool(chain.sides[-1].tokens) and chain.sides[-1].tokens[-1].text in DANGLING


def _rows(tokens: list[Token]) -> Iterator[list[list[Token]]]:
    """The statements of each row."""
    row: list[list[Token]] = []
    statement: list[Token] = []
    depth = 0
    related = False

    def close() -> None:
        nonlocal statement, related
        if statement:
            row.append(statement)
        statement, related = [], False

    for index, token in enumerate(tokens):
        text = token.text
        if token.kind == "break":
            close()
            if row:
                yield row
            row, depth = [], 0
            continue
        if token.kind == "column":
            following = tokens[index + 1] if index + 1 < len(tokens) else None
            finished = related and statement and statement[-1].kind != "relation"
            new = following and following.kind != "relation" and following.text not in ("+", "-")
            if depth == 0 and finished and new:
                close()
            continue
        if token.kind == "space" or (token.kind == "text" and _is_talk(text)):
            if depth == 0 and (statement or token.kind == "text"):
                close()
            continue
        if text in OPENING:
            depth += 1
        elif text in CLOSING:
            depth = max(depth - 1, 0)
        if depth == 0 and text in (",", ";") and token.kind == "symbol":
            close()
            continue
        if token.kind == "relation" and depth == 0:
            related = True
        statement.append(token)
    close()
    if row:
        yield row


def _is_talk(text: str) -> bool:
    words = text.split()
    return not words or any(word.casefold() in TALK for word in words) or len(words) > 3


def _sides(statement: list[Token]) -> Iterator[ChainSide]:
    tokens: list[Token] = []
    relation, depth = "", 0
    for token in statement:
        if token.text in OPENING:
            depth += 1
        elif token.text in CLOSING:
            depth = max(depth - 1, 0)
        if token.kind == "relation" and depth == 0:
            yield ChainSide(tokens, relation)
            tokens, relation = [], token.text
        else:
            tokens.append(token)
    while tokens and tokens[-1].text in (".", ":", "'"):
        if tokens[-1].text == "'":
            break
        tokens.pop()
    if tokens or not relation:
        yield ChainSide(tokens, relation)


def _list_reason(statement: list[Token], row: list[list[Token]]) -> str:
    """The reason to read a statement as a list, such as a, b = 1, 2."""
    if len(row) < 2:
        return ""
    related = [any(token.kind == "relation" for token in part) for part in row]
    index = next(i for i, part in enumerate(row) if part is statement)
    if related[index] and index > 0 and not related[index - 1]:
        return "a list of names"
    if related[index] and index + 1 < len(row) and not related[index + 1]:
        following = row[index + 1]
        if len(following) == 1 and following[0].kind == "number" and statement[-1].kind == "number":
            return "a list of numbers"
    return ""
