"""LaTeX documents: an explanation as part of an article, and as frames for beamer.

Rows are broken where they would be wider than the text. LaTeX does not break displayed equations.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from autograd_mini.derivation.equations import Content, Derivative, Equation, Table
from autograd_mini.derivation.writers import (
    BETWEEN_EQUATIONS,
    LATEX_RELATIONS,
    NEXT_LINE,
    LatexWriter,
)

ARTICLE = r"% needs \usepackage{amsmath}"
BEAMER = r"% for \documentclass{beamer}"
END_OF_ROW = r" \\[0.6ex]"

# The width of the text of an article and of a frame, in letters.
ARTICLE_WIDTH, FRAME_WIDTH = 65.0, 60.0
# The sizes of type, with the width of a frame in letters of that size.
SIZES = {r"\small": FRAME_WIDTH, r"\footnotesize": 67.0, r"\scriptsize": 75.0, r"\tiny": 100.0}
# The height of a frame, in lines of text; notes may come closer to its end.
HEIGHT, HEIGHT_WITH_NOTES = 12.5, 13.0
# The rows of the tables on a frame. A further table takes the room of some for its head.
ROWS_OF_A_FRAME, ROWS_BETWEEN_TABLES = 14, 3

TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|.", re.DOTALL)
# The widths of commands that are not as wide as a letter.
WIDTHS = {
    **dict.fromkeys((r"\quad", r"\cdots", r"\cdot", r"\sum", "+", "-", "="), 2.0),
    **dict.fromkeys((r"\mathrm", r"\text", r"\operatorname", r"\left", r"\right"), 0.0),
    **dict.fromkeys((r"\hline", r"\\", "}", " ", "&", "$"), 0.0),
    r"\,": 0.3,
}
SMALL = 0.7
SIGNS = (" + ", " - ")


def width(latex: str) -> float:
    r"""The width of LaTeX for mathematics, in letters; an estimate.

    >>> width(r"w_{12} \cdot x"), width(r"\frac{\partial E}{\partial w}")
    (5.4, 2.0)
    """
    tokens = iter(TOKEN.findall(latex))
    return _width(tokens, None)


def _width(tokens: Iterator[str], end: str | None) -> float:
    total = 0.0
    for token in tokens:
        if token == end:
            break
        if token == r"\frac":
            total += max(_group(tokens), _group(tokens))
        elif token in "_^":
            total += SMALL * _group(tokens)
        elif token == "{":
            total += _width(tokens, "}")
        elif token == r"\sum":  # its limits stand above and below
            total += WIDTHS[token]
            next(tokens)
            _group(tokens)
            if next(tokens) == "^":
                _group(tokens)
        else:
            total += WIDTHS.get(token, 1.0)
    return round(total, 6)


def _group(tokens: Iterator[str]) -> float:
    """The width of the next group in braces, or of the next token."""
    token = next(tokens)
    return _width(tokens, "}") if token == "{" else WIDTHS.get(token, 1.0)


def height(latex: str) -> float:
    """The height of a row, in lines; an estimate."""
    return 2.3 if r"\sum" in latex else 1.9 if r"\frac" in latex else 1.15


@dataclass
class BeamerFrame:
    """The rows of one frame, and the notes below them."""

    rows: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def height(self) -> float:
        notes = sum(1.2 * (1 + width(note) // FRAME_WIDTH) for note in self.notes)
        return sum(map(height, self.rows)) + notes


def article(writer: LatexWriter, content: Content) -> str:
    """An `align*` that may break across pages; the remarks and the tables below it."""
    equations = (
        NEXT_LINE.join(row for side in narrow(writer, equation, ARTICLE_WIDTH) for row in side)
        for equation in content.equations
    )
    align = f"\\begin{{align*}}\n{BETWEEN_EQUATIONS.join(equations)}\n\\end{{align*}}"
    group = f"{{\\allowdisplaybreaks\n{align}\n}}"
    paragraphs = "\n\n".join(rf"\noindent {note}" for note in writer.notes(content))
    tables = (f"\\[\n{writer.table(table)}\n\\]" for table in content.tables)
    return "\n".join(filter(None, [ARTICLE, group, paragraphs, *tables])) + "\n"


class Slides:
    """Frames for beamer that uncover their equations row by row, and then the remarks."""

    def __init__(self, writer: LatexWriter) -> None:
        self.writer = writer

    def written(self, content: Content) -> str:
        """Distribute equations, notes and tables over frames."""
        title = self._title(content.equations)
        frames = [BeamerFrame()]
        for equation in content.equations:
            self._add_equation(frames, equation)
        for note in self.writer.notes(content):
            if frames[-1].height() + height(note) > HEIGHT_WITH_NOTES:
                frames.append(BeamerFrame())
            frames[-1].notes.append(note)
        lines = [line for frame in frames for line in self._frame(frame, title)]
        lines += [line for page in _pages(content.tables) for line in self._tables(page, title)]
        return "\n".join([BEAMER, *lines]) + "\n"

    def _title(self, equations: Sequence[Equation]) -> str:
        """The one derivative that is explained, or the value whose derivatives are."""
        lefts = [equation.left for equation in equations]
        if all(isinstance(left, ast.expr) for left in lefts):
            return "Forward pass"
        if len({self.writer.item(left) for left in lefts}) == 1:
            return f"${self.writer.inline(lefts[0])}$"
        tops = {
            left.top for left in lefts if isinstance(left, Derivative) and isinstance(left.top, str)
        }
        if len(tops) == 1:
            return f"Derivatives of ${self.writer.name(tops.pop())}$"
        return ""

    def _add_equation(self, frames: list[BeamerFrame], equation: Equation) -> None:
        """Add an equation to the last frame, or to a new one if the last has too little room."""
        sides = narrow(self.writer, equation, FRAME_WIDTH)
        rows = [row for side in sides for row in side]
        if frames[-1].rows and frames[-1].height() + sum(map(height, rows)) > HEIGHT:
            frames.append(BeamerFrame())
        left = self.writer.item(equation.left)
        for side in sides:
            if frames[-1].rows and frames[-1].height() + sum(map(height, side)) > HEIGHT:
                frames.append(BeamerFrame())
                if side[0].startswith("&"):  # the equation goes on: its left side is repeated
                    side = [f"{left} {side[0]}", *side[1:]]
            frames[-1].rows += side

    def _frame(self, frame: BeamerFrame, title: str) -> Iterator[str]:
        yield from self._begin(title, max(map(width, frame.rows), default=0.0))
        if frame.rows:
            yield r"\begin{align*}"
            for step, row in enumerate(frame.rows, 1):
                shown = row + END_OF_ROW
                yield shown if step == 1 else rf"\uncover<{step}->{{{shown}}}"
            yield r"\end{align*}"
        for step, note in enumerate(frame.notes, len(frame.rows) + 1):
            yield rf"\uncover<{step}->{{\everymath{{\displaystyle}}{note}\par}}"
        yield r"\end{frame}"

    def _tables(self, tables: Sequence[Table], title: str) -> Iterator[str]:
        written = list(map(self.writer.table, tables))
        rows = [row for table in written for row in table.splitlines()]
        yield from self._begin(title, max(width(row) + 2 * row.count("&") for row in rows))
        for table in written:
            yield f"\\[\n{table}\n\\]"
        yield r"\end{frame}"

    def _begin(self, title: str, widest: float) -> Iterator[str]:
        yield rf"\begin{{frame}}{{{title}}}"
        yield next((size for size, fits in SIZES.items() if widest <= fits), r"\tiny")


def narrow(writer: LatexWriter, equation: Equation, most: float) -> list[list[str]]:
    """The rows of each side of an equation, where possible no wider than `most`."""
    rows = writer.sides(equation)
    if all(width(row) <= most for side in rows for row in side):
        return rows
    left = writer.item(equation.left)
    relation = LATEX_RELATIONS[equation.relation]
    found: list[list[str]] = []
    for terms in equation.sides:
        written = [writer.side(terms)]
        if width(f"{left} = {written[0]}") > most or not equation.inline:
            written = writer.terms(terms)
        room = most - width(rf"{left} = \quad")
        first, *others = [part for term in written for part in _broken(term, writer.times, room)]
        begun = rf"{left if not found else ''} &{relation} {first}".lstrip()
        found.append([begun, *(rf"&\quad{line}" for line in others)])
    return found


def _broken(term: str, times: str, most: float) -> Iterator[str]:
    """A product on lines that are narrow enough, where it can be broken.

    Lines break between factors, and in a sum that is a wider factor, between its terms.
    """
    line = ""
    for factor in _split(term, [times], "{(", "})"):
        stretches = r"\left" in factor  # such parentheses must close on the line they open on
        terms = [] if stretches or width(factor) <= most else _split(factor, SIGNS, "{", "}")
        for part in terms or [factor]:
            if line not in ("", r"\quad") and width(line) + width(part) > most:
                yield line
                line = r"\quad"
            line += part
    yield line


def _split(written: str, separators: Sequence[str], opening: str, closing: str) -> list[str]:
    """The parts of `written`, each but the first with a separator that stands outside brackets."""
    parts = []
    depth, begin = 0, 0
    for place, character in enumerate(written):
        depth += (character in opening) - (character in closing)
        if not depth and any(written.startswith(each, place) for each in separators):
            parts.append(written[begin:place])
            begin = place
    return [*parts, written[begin:]]


def _pages(tables: Sequence[Table]) -> Iterator[list[Table]]:
    """The tables of each frame: as many as it has room for, or a part of a longer one."""
    page: list[Table] = []
    room = ROWS_OF_A_FRAME
    for table in tables:
        for begin in range(0, len(table.rows), ROWS_OF_A_FRAME):
            part = Table(table.letter, table.columns, table.rows[begin : begin + ROWS_OF_A_FRAME])
            rows = len(part.rows) + ROWS_BETWEEN_TABLES
            if page and rows > room:
                yield page
                page, room = [], ROWS_OF_A_FRAME
            page.append(part)
            room -= rows
    if page:
        yield page
