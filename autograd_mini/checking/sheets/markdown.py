"""Markdown: the lines of a sheet that are to be checked, and errors that point at them.

>>> text = '''The sum rule.
... ~~~derivation
... y = x + x
... ~~~'''
>>> [(line.number, line.text) for line in derivation_lines(text)]
[(3, 'y = x + x')]
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

MARK = "derivation"
NOTEBOOK = ".ipynb"

# CommonMark's fences; any indentation will do, since in a list they are as far in as its text.
FENCE = re.compile(r"[ \t]*(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>.*)", re.DOTALL)
ARROW = re.compile(" ?[→≈]")
LINE_END = re.compile(r"\r\n|\r|\n")

UTF_8 = "utf-8-sig"

# Far beyond any lecture, and still read in a moment.
MOST_BYTES = 20_000_000
MOST_COLUMNS = 2_000

MOST_NOTED = 10  # lines in a note

# Lines of a notebook's cell are fewer than this.
CELL = 100_000_000


class Line(NamedTuple):
    """A line of a sheet, and where it stands.

    number: from 1, in the file, or in the cell of a notebook. cell: of a notebook, from 1; else 0.
    """

    file: str
    number: int
    text: str
    cell: int = 0

    @property
    def place(self) -> str:
        """The number of the line, after that of its cell in a notebook: 31, or 4.31."""
        return place_of(self.order)

    @property
    def order(self) -> int:
        """A number that is larger for every later line, in cells of a notebook too."""
        return self.cell * CELL + self.number

    def error(self, message: str, column: int = 0) -> SheetError:
        """An error at `column`, counted from 0."""
        return SheetError(message, self, column)


class SheetError(ValueError):
    """A sheet, or a line of one, that cannot be read: where and why, with the place shown.

    file, line and column (both from 1) say where, in a notebook cell too; message says why.
    """

    def __init__(self, message: str, line: Line, column: int = 0) -> None:
        self.message = message
        self.file: str = line.file
        self.line: int = line.number
        self.cell: int = line.cell
        self.column: int = column + 1
        self.source: str = line.text
        super().__init__(message, line, column)

    def __str__(self) -> str:
        cell = f"cell {self.cell}, " if self.cell else ""
        place = f"{self.file}:{cell.replace(', ', ':')}{self.line}:{self.column}"
        if not self.file:
            place = f"{cell}line {self.line}, column {self.column}"
        if not self.source:
            return f"{place}: {self.message}"
        start = max(0, self.column - 60)
        # Tabs would shift the caret, and other controls garble a terminal.
        shown = "".join(c if c.isprintable() else " " for c in self.source[start : start + 100])
        return f"{place}: {self.message}\n    {shown}\n    {' ' * (self.column - 1 - start)}^"


def place_of(order: int) -> str:
    """The place of the line with an `order`.

    >>> place_of(31), place_of(Line("homework.ipynb", 31, "", cell=4).order)
    ('31', '4.31')
    """
    cell, number = divmod(order, CELL)
    return f"{cell}.{number}" if cell else str(number)


def visible_files(folder: Path) -> Iterator[Path]:
    """The files in a folder and its subfolders, by name, without hidden ones."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path


def encoding_of(content: bytes) -> str:
    """UTF-16 if the content of a file begins with its mark, as some editors write it, or UTF-8."""
    return "utf-16" if content[:2] in (BOM_UTF16_LE, BOM_UTF16_BE) else UTF_8


def read_sheet(path: Path) -> str:
    """The text of a sheet, a Markdown file or a Jupyter notebook.

    Raises: OSError if it cannot be read; SheetError if it is not text, or too long.
    """
    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise SheetError(
            f"a sheet has {MOST_BYTES:,} bytes at most; split this one", Line(str(path), 1, "")
        )
    encoding = encoding_of(content)
    if b"\0" in content[:1024] and encoding == UTF_8:
        raise SheetError("this is not a text file; a sheet is Markdown", Line(str(path), 1, ""))
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        lines = LINE_END.split(content[: error.start].decode(encoding, "replace"))
        name = encoding.removesuffix("-sig").upper()
        raise SheetError(
            f"byte {content[error.start]:#04x} is not {name}; save the file as UTF-8",
            Line(str(path), len(lines), ""),
            len(lines[-1]),
        ) from None


def sheet_lines(text: str, file: str = "") -> list[Line]:
    """The lines of a sheet: those in its blocks; of a bare derivation, each line with = or ->.

    >>> [line.text for line in sheet_lines("The cube.\\ny = x**3\\ndy/dx -> 0.27")]
    ['y = x**3', 'dy/dx -> 0.27']

    Raises: as `derivation_lines`.
    """
    if not is_bare(text, file):
        return list(derivation_lines(text, file))
    written = enumerate(map(with_arrow, LINE_END.split(text)), start=1)
    return [Line(file, number, line) for number, line in written if "=" in line or "->" in line]


def with_arrow(line: str) -> str:
    """A line with -> for the signs of paper, at the same columns where a space stands before it.

    >>> with_arrow("w1 + 2 ≈ 2.15")
    'w1 + 2-> 2.15'
    """
    return ARROW.sub("->", line)


def prose_note(text: str, file: str = "") -> list[str]:
    """A note on the lines of a bare derivation that are no part of it, if there are any."""
    if not is_bare(text, file):
        return []
    inside = {line.number for line in sheet_lines(text, file)}
    written = enumerate(LINE_END.split(text), start=1)
    left = [str(number) for number, line in written if line.strip() and number not in inside]
    shown = ", ".join([*left[:MOST_NOTED], *["..."][: len(left) > MOST_NOTED]])
    return [f"taken for prose, without = or ->: {shown}"] if left else []


def is_bare(text: str, file: str = "") -> bool:
    """True for a text without a fence and without LaTeX, which may be a derivation alone."""
    plain = not any(mark in text for mark in ("```", "~~~", "$", "\\"))
    return plain and not file.lower().endswith(NOTEBOOK)


def derivation_lines(text: str, file: str = "") -> Iterator[Line]:
    """The lines, empty ones apart, inside the fenced blocks that are marked `derivation`.

    file: the name that errors give. Of a notebook, which ends in .ipynb, the Markdown cells are
        read.

    Raises: SheetError for a block that is not closed, and for a notebook that is not JSON.
    """
    if file.lower().endswith(NOTEBOOK):
        for cell, source in markdown_cells(text, file):
            yield from _marked_lines(source, file, cell)
    else:
        yield from _marked_lines(text, file, 0)


def markdown_cells(text: str, file: str) -> Iterator[tuple[int, str]]:
    """The number and the source of each Markdown cell of a notebook."""
    try:
        cells = json.loads(text)["cells"]
        for number, cell in enumerate(cells, start=1):
            if cell["cell_type"] == "markdown":
                yield number, "".join(cell["source"])
    except (ValueError, LookupError, TypeError, RecursionError):
        raise SheetError(
            "this is not a Jupyter notebook of format 4, although it is called .ipynb",
            Line(file, 1, ""),
        ) from None


def _marked_lines(text: str, file: str, cell: int) -> Iterator[Line]:
    lines = LINE_END.split(text)
    fence, marked, first = "", False, 0
    for number, written in enumerate(lines, start=1):
        # A regular expression for every line of prose would take its time.
        found = FENCE.fullmatch(written) if written.lstrip(" \t")[:3] in ("```", "~~~") else None
        if found is None:
            continue
        if not fence:
            if found["fence"][0] == "~" or "`" not in found["info"]:
                fence, first = found["fence"], number
                marked = found["info"].casefold().split()[:1] == [MARK]
        elif found["fence"].startswith(fence) and not found["info"]:
            if marked:
                for inside in range(first + 1, number):
                    if lines[inside - 1]:
                        yield Line(file, inside, with_arrow(lines[inside - 1]), cell)
            fence = ""
        elif marked:
            raise Line(file, number, written, cell).error(
                f"the block that begins in line {first} is not closed before this one; end it "
                f"with a line {fence}"
            )
    if fence and marked:
        raise Line(file, first, lines[first - 1], cell).error(
            f"this block is never closed; end it with a line {fence}"
        )


def check_characters(line: Line) -> None:
    """Raises: SheetError for a line that is too long, or has control characters."""
    if len(line.text) > MOST_COLUMNS:
        raise line.error(
            f"a line of a derivation has {MOST_COLUMNS:,} characters at most, this has "
            f"{len(line.text):,}; name parts of it on separate lines",
            MOST_COLUMNS,
        )
    for column, character in enumerate(line.text):
        if not (character.isprintable() or character in "\t\N{NO-BREAK SPACE}"):
            raise line.error(f"the character {character!a} cannot stand here", column)
