r"""Sources: a deck's text, and where in it math stands.

Markdown and remark, LaTeX and beamer, notebooks, and plain text are read. Comments, code and
quotation marks are blanked out with spaces, so that a place in the text is a place in the file.

>>> source = Source.read("The *net* is $w x$.\n$$y = 3$$", "deck.md")
>>> [(piece.line, source.text[piece.start : piece.end]) for piece in source.math()]
[(1, 'w x'), (2, 'y = 3')]
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from autograd_mini.checking.sheets.markdown import NOTEBOOK, Line, SheetError, markdown_cells

# Environments that hold math where no dollar announces it.
ENVIRONMENTS = frozenset((
    "equation", "align", "aligned", "alignat", "gather", "gathered", "multline", "eqnarray",
    "split", "flalign", "array", "displaymath", "math", "dmath",
))  # fmt: skip

# Shown only in a picture, and stated in a comment: equations in the language of sheets.
PRELUDE = re.compile(
    r"<!--\s*derivation\b(?P<comment>.*?)-->"
    r"|^%[ \t]*derivation\b[^\n]*\n(?P<latex>(?:%[^\n]*\n?)*)",
    re.DOTALL | re.MULTILINE,
)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
FENCE = re.compile(r"^[ \t>]*(`{3,}|~{3,})[^\n]*$", re.MULTILINE)
CODE = re.compile(r"(?<!`)`[^`\n]+`(?!`)")
QUOTE = re.compile(r"^[ \t]*(?:>[ \t]?)+", re.MULTILINE)
LATEX_COMMENT = re.compile(r"(?<!\\)%[^\n]*")
VERBATIM = re.compile(r"\\begin\{(verbatim|lstlisting|minted)\*?\}.*?\\end\{\1\*?\}", re.DOTALL)
BODY = re.compile(r"\\begin\{document\}")

# What opens math; the second alternative keeps the row break \\[2pt] from opening any.
OPENING = re.compile(r"\\\$|\\\\\[|\$\$|\$|\\\[|\\\(|\\begin\{([a-z]+)\*?\}")

# A line of plain text that is an equation: `net = 0.4 * 0.5 + 0.1 = 0.3`.
PLAIN_EQUATION = re.compile(
    r"^[ \t]*(?:[-*\u2022][ \t]+)?(?P<math>[^\n$\\`|<>#:;!?\"]*[A-Za-z0-9_)'][^\n$\\`|<>#:;!?\"=]*"
    r"=[^\n$\\`|<>#;!?\"]+)$",
    re.MULTILINE,
)
WORDS = re.compile(r"[^\W\d_]{2,}[ \t]+[^\W\d_]{2,}")

# An inline formula is a matter of a line or two; what is longer is two dollars of money.
LONGEST_INLINE = 2_000

LONGEST_LINE = 100_000


class Piece(NamedTuple):
    """Math from `start` to `end` of the text; line: where it starts."""

    start: int
    end: int
    line: int
    display: bool
    prelude: bool = False


BRACED_COMMAS = re.compile(r"(?<!\d)\d+(?:\{,\}\d+)+")
DECIMAL_COMMA = re.compile(r"(?<!\d)0\{,\}\d|\d\{,\}(?:\d{1,2}|\d{4,})(?!\d)")


@dataclass
class Source:
    """The text of a file.

    text: with other parts of the file blanked out. raw: as it is written. numbers: for each
    line of the text its number in the file, or in its cell of a notebook; cells: its cell, or 0.
    """

    file: str
    raw: str
    text: str
    numbers: list[int]
    cells: list[int]
    starts: list[int] = field(default_factory=list)

    @classmethod
    def read(cls, text: str, file: str = "") -> Source:
        """Read the text of a file, by the ending of its name.

        Raises: SheetError for a notebook that is broken, and for a line that is too long.
        """
        if file.lower().endswith(NOTEBOOK):
            raw, numbers, cells = _notebook(text, file)
        else:
            raw = text.replace("\r\n", "\n").replace("\r", "\n")
            numbers = list(range(1, raw.count("\n") + 2))
            cells = [0] * len(numbers)
        starts = [0, *(found.end() for found in re.finditer("\n", raw))]
        for start, end, number in zip(starts, [*starts[1:], len(raw)], numbers):
            if end - start > LONGEST_LINE:
                raise SheetError(
                    f"a line of a deck has {LONGEST_LINE:,} characters at most, this has "
                    f"{end - start:,}; break it",
                    Line(file, number, ""),
                )
        latex = file.endswith((".tex", ".ltx")) or BODY.search(raw) is not None
        plain = _blank_latex(raw) if latex else _blank(raw)
        return cls(file, raw, _plain_commas(plain), numbers, cells, starts)

    def line(self, position: int) -> Line:
        """The line of the file that a place in the text is on."""
        row = bisect_right(self.starts, position) - 1
        end = self.starts[row + 1] - 1 if row + 1 < len(self.starts) else len(self.raw)
        text = self.raw[self.starts[row] : end]
        return Line(self.file, self.numbers[row], text, self.cells[row])

    def column(self, position: int) -> int:
        """The column of a position in the text, counted from 0."""
        return position - self.starts[bisect_right(self.starts, position) - 1]

    def math(self) -> Iterator[Piece]:
        """Every piece of math: the lines of a prelude, then those of the deck, in order."""
        yield from self._prelude()
        position = 0
        for piece in _delimited(self.text):
            yield from self._plain(position, piece[0])
            yield Piece(piece[0], piece[1], self.line(piece[0]).number, piece[2])
            position = piece[1]
        yield from self._plain(position, len(self.text))

    def _prelude(self) -> Iterator[Piece]:
        for found in PRELUDE.finditer(_blank_code(self.raw)):
            kind = "comment" if found["comment"] is not None else "latex"
            for line in re.finditer(r"[^\n]+", self.raw[slice(*found.span(kind))]):
                text = line[0].partition("#")[0].lstrip("% \t")
                if "=" in text or "->" in text:
                    start = found.start(kind) + line.start() + line[0].index(text)
                    yield Piece(
                        start, start + len(text.rstrip()), self.line(start).number, True, True
                    )

    def _plain(self, start: int, end: int) -> Iterator[Piece]:
        """Lines of plain text between two formulas that are equations."""
        if not self.file.endswith(".txt"):  # in Markdown such a line is code
            return
        for found in PLAIN_EQUATION.finditer(self.text, start, end):
            # A line that a formula stands on is prose around it.
            first, last = found.span("math")
            if self.text[first - 1 : first] == "$" or WORDS.search(self.text, first, last):
                continue
            if "=" not in self.text[first:last].strip("= \t"):
                continue
            yield Piece(first, last, self.line(first).number, True)


def _delimited(text: str) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether it is displayed, of what stands between delimiters."""
    position = 0
    missing: set[str] = set()  # closing delimiters of which there are no more
    while found := OPENING.search(text, position):
        opening, start = found[0], found.end()
        position = start
        if opening in ("\\$", "\\\\["):
            continue
        if found[1] is not None:
            if found[1] not in ENVIRONMENTS:
                continue
            closing = opening.replace("begin", "end", 1)
        else:
            closing = {"$$": "$$", "$": "$", "\\[": "\\]", "\\(": "\\)"}[opening]
        if closing in missing:
            continue
        end = text.find(closing, start)
        while opening == "$" and end > 0 and text[end - 1] == "\\":
            end = text.find(closing, end + 1)
        if end < 0:
            missing.add(closing)
            continue
        if opening == "$" and not _is_inline(text[start : min(end, start + LONGEST_INLINE + 1)]):
            continue
        if found[1] is not None:
            start, end = found.start(), end + len(closing)
            position = end
        else:
            position = end + len(closing)
        yield start, end, opening != "$" and opening != "\\("


def _is_inline(text: str) -> bool:
    """True if a formula stands between two dollars, rather than prose between two prices."""
    if not text.strip() or len(text) > LONGEST_INLINE or "\n\n" in text:
        return False
    return text[0].isspace() == text[-1].isspace()


def _plain_commas(text: str) -> str:
    """A text in which 0{,}25 is 0.25, and 1{,}250 is 1,250, each in the place of the other.

    1{,}250 is 1.250 where other numbers show that the commas are decimal.
    """
    comma = "." if DECIMAL_COMMA.search(text) else ","
    return BRACED_COMMAS.sub(
        lambda found: found[0].replace("{,}", comma).rjust(len(found[0])), text
    )


def _spaces(found: re.Match[str]) -> str:
    return re.sub(r"[^\n]", " ", found[0])


def _blank(text: str) -> str:
    """Markdown without its comments, code and quotation marks."""
    if "<!--" in text:
        text = COMMENT.sub(_spaces, text)
    return CODE.sub(_spaces, QUOTE.sub(_spaces, _blank_code(text)))


def _blank_code(text: str) -> str:
    """Markdown without its fenced blocks of code."""
    parts = []
    position, fence = 0, ""
    for found in FENCE.finditer(text):
        if not fence:
            parts.append(text[position : found.start()])
            position, fence = found.start(), found[1]
        elif found[1].startswith(fence):
            parts.append(re.sub(r"[^\n]", " ", text[position : found.end()]))
            position, fence = found.end(), ""
    rest = text[position:]
    parts.append(re.sub(r"[^\n]", " ", rest) if fence else rest)
    return "".join(parts)


def _blank_latex(text: str) -> str:
    """LaTeX without its preamble, comments and listings."""
    text = VERBATIM.sub(_spaces, LATEX_COMMENT.sub(_spaces, text))
    if found := BODY.search(text):
        text = re.sub(r"[^\n]", " ", text[: found.end()]) + text[found.end() :]
    return text


def _notebook(text: str, file: str) -> tuple[str, list[int], list[int]]:
    """The Markdown of a notebook, and for each of its lines its number and its cell.

    Raises: SheetError if it is not a notebook.
    """
    lines: list[str] = []
    numbers: list[int] = []
    cells: list[int] = []
    for cell, source in markdown_cells(text, file):
        for number, row in enumerate([*source.splitlines(), ""], start=1):
            lines.append(row)
            numbers.append(number)
            cells.append(cell)
    return "\n".join(lines), numbers or [1], cells or [0]
