"""check_sheet: a Markdown file with a derivation in it, checked line by line.

>>> report = check_sheet('''The cube, and a slip of the pen.
... ```derivation
... x = 0.3
... y = x**3       -> 0.027
... dy/dx = 3*x**2
... dy/dx          -> 0.72   # erratum: it is 0.27
... ```''')
>>> print(report)
line  claim           printed  exact    verdict          likely slip
   4  y = x**3        0.027    0.02700  rounds
   5  dy/dx = 3*x**2           0.27     holds
   6  dy/dx           0.72     0.2700   wrong (erratum)  two digits are swapped
3 claims: 1 rounds, 1 holds, 1 wrong, 1 marked as an erratum; all as expected
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

from autograd_mini.checking.sheets.language import parse_lines
from autograd_mini.checking.sheets.markdown import (
    Line,
    SheetError,
    prose_note,
    read_sheet,
    sheet_lines,
)
from autograd_mini.checking.sheets.report import Report
from autograd_mini.checking.sheets.sheet import Sheet
from autograd_mini.checking.sheets.statements import Definition, Statement

NOT_A_SHEET = (
    "a sheet is a Markdown file, or a Jupyter notebook with Markdown cells, in which the "
    "derivation stands in a block that begins with a line ```derivation and ends with a line "
    "```, or a text of its lines alone; see docs/reference/sheets.md, or `autograd-mini check "
    "--help` for an example"
)
NO_CLAIM = (
    "no line claims anything; add what is printed, as in `y = 2*x -> 4`, or a "
    "formula, as in `dy/dx = 2`"
)


class NothingToCheck(SheetError):
    """A text without a claim."""


def check_sheet(path_or_text: str | Path) -> Report:
    """Check every claim of a sheet.

    path_or_text: a path, or a string of several lines or none, which is the text itself.

    A line that cannot be read is unread, and the others are judged.

    Raises: SheetError for a text that is not a sheet; OSError for a file that cannot be read;
        TypeError.
    """
    if not isinstance(path_or_text, (str, PathLike)):
        raise TypeError(
            f"check_sheet takes a path, or the text of a sheet, got {path_or_text!r:.80}"
        )
    if isinstance(path_or_text, str) and len(path_or_text.splitlines()) != 1:
        return check_text(path_or_text)
    return check_text(read_sheet(Path(path_or_text)), str(path_or_text))


def check_text(text: str, file: str = "") -> Report:
    """Check every claim in the text of a sheet, which errors say to be in `file`.

    Raises: NothingToCheck for a text that claims nothing; SheetError for a broken block.
    """
    lines = sheet_lines(text, file)
    report = check_statements(parse_lines(lines), file, prose_note(text, file))
    if not report.results:
        why = NO_CLAIM if lines else NOT_A_SHEET
        raise NothingToCheck(f"nothing to check: {why}", Line(file, 1, ""))
    return report


def check_statements(
    statements: Sequence[Statement], file: str = "", notes: Sequence[str] = ()
) -> Report:
    """Check every claim of a sheet that has been read; the report may be empty.

    notes: on its text, before those on its statements.
    """
    sheet = Sheet()
    results = list(sheet.check(statements))
    remarks = [
        f"line {statement.line.place}: {statement.note}"
        for statement in statements
        if isinstance(statement, Definition) and statement.note
    ]
    return Report(file, results, [*notes, *remarks, *sheet.notes()])


def parse_text(text: str, file: str = "") -> list[Statement]:
    """The statements in the text of a sheet.

    Raises: SheetError.
    """
    return parse_lines(sheet_lines(text, file))
