"""draw_matrix: a matrix of Values as coloured cells, such as which token looks at which."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, NamedTuple

from autograd_mini.drawing.escape import shorten, xml_text
from autograd_mini.drawing.font_metrics import FONTS, fit_text, room
from autograd_mini.drawing.image import Image
from autograd_mini.drawing.palette import (
    BROKEN,
    INK_DARK,
    INK_LIGHT,
    LINE,
    NEGATIVE,
    PAPER_DARK,
    PAPER_LIGHT,
    POSITIVE,
    STRONGEST,
    on_paper,
)
from autograd_mini.drawing.svg import svg_document, text_element, title_element
from autograd_mini.engine.value import Value, real
from autograd_mini.symbols.numbers import all_digits, check_digits, format_number
from autograd_mini.symbols.text import columns as in_columns
from autograd_mini.symbols.text import printable

# A matrix with more columns has its numbers in tooltips.
MOST_WITH_NUMBERS = 24
SMALL_CELL = 12.0
LONGEST_NAME = 16
ROW, GRAD_ROW, NAME_SIZE, NUMBER_SIZE, GRAD_SIZE = 30.0, 15.0, 13, 12, 10
GAP, MARGIN = 26.0, 12.0

Matrix = Sequence[Sequence[Value | float]]

_STYLE = f"""
text {{ font-family: {FONTS}; fill: {INK_LIGHT};
       font-size: {NUMBER_SIZE}px; text-anchor: middle; white-space: pre; }}
.name {{ font-size: {NAME_SIZE}px; }}
.row {{ text-anchor: end; }}
.title {{ font-size: {NAME_SIZE}px; font-weight: bold; }}
.grad {{ font-size: {GRAD_SIZE}px; fill-opacity: 0.72; }}
.paper {{ fill: {PAPER_LIGHT}; }}
.cell rect {{ stroke: {LINE}; stroke-opacity: 0.5; }}
@media (prefers-color-scheme: dark) {{
  text {{ fill: {INK_DARK}; }}
  .paper {{ fill: {PAPER_DARK}; }}
}}
"""


class MatrixEntry(NamedTuple):
    """An entry of a matrix.

    data: its number. grad: its gradient; None before a backward pass. label: the name of its Value.
    """

    data: float
    grad: float | None
    label: str


@dataclass(frozen=True, repr=False)
class MatrixDrawing(Image):
    """Matrices as they were when they were drawn.

    A notebook shows them, and `save` writes a .svg, .dot, .png or .pdf file.

    matrices: the entries by row, by title. rows, columns: the names.
    """

    matrices: Mapping[str, Sequence[Sequence[MatrixEntry]]]
    rows: Sequence[str]
    columns: Sequence[str]
    digits: int

    _kind: ClassVar[str] = "a matrix"

    @cached_property
    def _largest(self) -> float:
        sizes = [abs(entry.data) for entry in self._entries() if math.isfinite(entry.data)]
        return max(sizes, default=0.0)

    def _entries(self) -> Iterator[MatrixEntry]:
        return (entry for rows in self.matrices.values() for row in rows for entry in row)

    def _number(self, number: float | None) -> str:
        return "" if number is None else format_number(number, self.digits)

    @cached_property
    def _has_numbers(self) -> bool:
        return len(self.columns) <= MOST_WITH_NUMBERS

    @cached_property
    def _has_gradients(self) -> bool:
        return self._has_numbers and any(entry.grad is not None for entry in self._entries())

    # -- sizes ------------------------------------------------------------------------------------

    @cached_property
    def _cell(self) -> tuple[float, float]:
        """The width and the height of a cell."""
        if not self._has_numbers:
            return SMALL_CELL, SMALL_CELL
        widest = [room(self._number(entry.data), NUMBER_SIZE) for entry in self._entries()]
        widest += [room(self._number(entry.grad), GRAD_SIZE) for entry in self._entries()]
        widest += [room(name, NAME_SIZE) for name in self.columns]
        return max([ROW, *widest]) + 8, ROW + GRAD_ROW * self._has_gradients

    @cached_property
    def _names_width(self) -> float:
        return max((room(name, NAME_SIZE) for name in self.rows), default=0.0) + 8

    @cached_property
    def _heads_height(self) -> float:
        heads = NAME_SIZE + 8.0 if self._has_numbers else 6.0
        return heads + (NAME_SIZE + 10 if any(self.matrices) else 0)

    @property
    def size(self) -> tuple[float, float]:
        """The width and the height, in pixels."""
        width, height = self._cell
        each = self._names_width + width * len(self.columns)
        count = len(self.matrices)
        return (
            2 * MARGIN + each * count + GAP * (count - 1),
            2 * MARGIN + self._heads_height + height * len(self.rows),
        )

    # -- texts ------------------------------------------------------------------------------------

    def svg(self) -> str:
        """The matrices as a whole SVG document, for light and dark surroundings."""
        lines: list[str] = []
        left = MARGIN
        for title, rows in self.matrices.items():
            lines += self._svg_of(title, rows, left + self._names_width)
            left += self._names_width + self._cell[0] * len(self.columns) + GAP
        head = [title_element(self._summary), f"<style>{_STYLE}</style>"]
        return svg_document(self.size, head, lines)

    def _svg_of(
        self, title: str, rows: Sequence[Sequence[MatrixEntry]], left: float
    ) -> Iterator[str]:
        """One matrix; left: the left end of its cells."""
        width, height = self._cell
        top = MARGIN + self._heads_height
        if title:
            most = width * len(self.columns) + self._names_width
            middle = left + width * len(self.columns) / 2
            yield text_element(
                "title", middle, MARGIN + NAME_SIZE, fit_text(printable(title), NAME_SIZE, most)
            )
        if self._has_numbers:
            for place, name in enumerate(self.columns):
                yield text_element("name", left + width * (place + 0.5), top - 7, name)
        for place, (name, row) in enumerate(zip(self.rows, rows)):
            y = top + height * place
            if height > SMALL_CELL:
                yield text_element("name row", left - 8, y + height / 2 + 4, name)
            for column, entry in enumerate(row):
                yield self._svg_cell(
                    left + width * column, y, entry, self._said(place, column, entry)
                )

    def _svg_cell(self, x: float, y: float, entry: MatrixEntry, said: str) -> str:
        width, height = self._cell
        colour, tint = self._tint(entry)
        parts = [
            f'<g class="cell">{title_element(said)}',
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:g}" '
            f'fill="{colour}" fill-opacity="{tint:.2f}"/>',
        ]
        if self._has_numbers:
            middle = y + (ROW / 2 + 4 if not self._has_gradients else ROW / 2 + 5)
            parts.append(text_element("number", x + width / 2, middle, self._number(entry.data)))
        if self._has_gradients:
            parts.append(text_element("grad", x + width / 2, y + ROW + 7, self._number(entry.grad)))
        return "".join([*parts, "</g>"])

    def _tint(self, entry: MatrixEntry) -> tuple[str, float]:
        """The colour of a cell and its opacity, relative to the largest number."""
        if not math.isfinite(entry.data):
            return BROKEN, STRONGEST
        share = abs(entry.data) / self._largest if self._largest else 0.0
        return (NEGATIVE if entry.data < 0 else POSITIVE), STRONGEST * share

    def _said(self, row: int, column: int, entry: MatrixEntry) -> str:
        """An entry with all digits."""
        name = entry.label or f"{self.rows[row]}, {self.columns[column]}"
        grad = "" if entry.grad is None else f", grad {all_digits(entry.grad)}"
        return f"{name}: data {all_digits(entry.data)}{grad}"

    @property
    def _summary(self) -> str:
        titles = ", ".join(filter(None, self.matrices))
        size = f"{len(self.rows)} x {len(self.columns)}"
        return f"Matrices {size}: {titles}" if titles else f"Matrix {size}"

    @property
    def dot(self) -> str:
        """The source for Graphviz: a table for each matrix."""
        lines = ["digraph {", "  node [shape=plain]"]
        for place, (title, rows) in enumerate(self.matrices.items()):
            cells = ["<tr><td></td>", *(f"<td>{xml_text(name)}</td>" for name in self.columns)]
            for name, row in zip(self.rows, rows):
                cells.append(f"</tr><tr><td>{xml_text(name)}</td>")
                for entry in row:
                    colour, tint = self._tint(entry)
                    said = "<br/>".join(filter(None, map(self._number, entry[:2])))
                    cells.append(f'<td bgcolor="{on_paper(colour, tint)}">{said}</td>')
            head = f"<tr><td>{xml_text(title)}</td></tr>" if title else ""
            lines.append(f"  m{place} [label=<<table>{head}{''.join(cells)}</tr></table>>]")
        return "\n".join([*lines, "}", ""])

    def __str__(self) -> str:
        parts = []
        for title, rows in self.matrices.items():
            lines = [["", *self.columns]]
            for name, row in zip(self.rows, rows):
                blank = [""] * (len(self.columns) - len(row))
                lines.append([name, *(self._number(entry.data) for entry in row), *blank])
            parts.append(
                "\n".join(
                    [*filter(None, [title]), *in_columns(lines, "<" + ">" * len(self.columns))]
                )
            )
        return "\n\n".join(parts)


def draw_matrix(
    matrix: Matrix | Mapping[str, Matrix],
    *,
    rows: Iterable[str] = (),
    columns: Iterable[str] = (),
    digits: int = 2,
) -> MatrixDrawing:
    """Draw a matrix of Values or numbers, or several side by side, as coloured cells.

    Blue is positive, orange negative, and darker larger in size. Below the number of a Value stands
    its gradient, if a backward pass came there. The numbers of a wide matrix are in tooltips.

    matrix: a list of rows; shorter ones leave their last cells blank, as where a token looks at
        earlier ones only. A dict has a matrix for each title.
    rows, columns: the names of rows and columns, such as the letters of a word; 0, 1, ... if
        omitted.
    digits: significant digits of every number, 1 to 17.

    Raises: TypeError, ValueError.

    >>> print(draw_matrix([[1.0], [0.25, 0.75]], rows="no", columns="no"))
          n     o
    n     1
    o  0.25  0.75
    """
    matrices = dict(matrix) if isinstance(matrix, Mapping) else {"": matrix}
    entries = {
        str(title): [[_entry(each) for each in row] for row in _list_of(each_matrix)]
        for title, each_matrix in matrices.items()
    }
    height = max((len(found) for found in entries.values()), default=0)
    width = max((len(row) for found in entries.values() for row in found), default=0)
    if not width:
        raise ValueError("draw_matrix takes a matrix with at least one number, got an empty one")
    return MatrixDrawing(
        entries,
        _names("rows", rows, height),
        _names("columns", columns, width),
        check_digits(digits),
    )


def _list_of(matrix: object) -> list[Sequence[object]]:
    """The rows of a matrix. Raises: TypeError."""
    if isinstance(matrix, Iterable) and not isinstance(matrix, (str, bytes)):
        rows = list(matrix)
        if all(isinstance(row, Iterable) and not isinstance(row, (str, bytes)) for row in rows):
            return [list(row) for row in rows]
    raise TypeError(f"draw_matrix takes a list of rows, each a list of numbers, got {matrix!r:.60}")


def _entry(each: object) -> MatrixEntry:
    if isinstance(each, Value):
        return MatrixEntry(each.data, each.grad if each.has_grad else None, each.label)
    number = real(each)
    if number is None:
        raise TypeError(f"draw_matrix takes Values or numbers, got {each!r:.60}")
    return MatrixEntry(number, None, "")


def _names(which: str, given: Iterable[str], count: int) -> list[str]:
    names = [shorten(printable(str(name)), LONGEST_NAME) for name in given]
    if names and len(names) < count:
        raise ValueError(f"{which} has {len(names)} names for {count} {which}; give one for each")
    return names[:count] or [str(place) for place in range(count)]
