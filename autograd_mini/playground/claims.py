"""Sheets and decks in the playground: the verdict of each claim, and the columns to underline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autograd_mini.checking.sheets.check import NO_CLAIM, check_statements
from autograd_mini.checking.sheets.language import parse_lines
from autograd_mini.checking.sheets.line_parts import Written, split
from autograd_mini.checking.sheets.markdown import SheetError, prose_note, sheet_lines
from autograd_mini.checking.sheets.report import Result
from autograd_mini.checking.sheets.statements import Claim, Statement
from autograd_mini.cli.arguments import CommandError
from autograd_mini.cli.reports import ReportRow, rows
from autograd_mini.cli.sources import source_of_statements
from autograd_mini.decks.report import check_deck_text
from autograd_mini.decks.sheet_writer import sheet_of
from autograd_mini.playground.answers import Answer, Graph, State

# The verdicts that are marked although nothing is wrong.
HINTS = ("truncates", "carried", "follows", "missing")


def show_sheet(text: str, shown: Answer) -> Graph | None:
    """Show the verdicts on a sheet, and return its graph."""
    try:
        statements = parse_lines(sheet_lines(text))
    except SheetError as error:
        shown.add_unread(error)
        return None
    report = check_statements(statements, notes=prose_note(text))
    shown.status = report.summary if report.results else NO_CLAIM
    shown.notes = list(report.notes)
    for row, result in zip(rows(report), report.results):
        state = _state(result)
        shown.add_row(row, state)
        if state:
            message = _message(row, result.is_wrong)
            shown.underline(row.line, columns_of(result), state, message)
    return _graph_of_statements(statements, shown)


def show_deck(text: str, shown: Answer) -> Graph | None:
    """Show the verdicts on a deck, and return its graph."""
    try:
        report = check_deck_text(text)
    except SheetError as error:
        shown.add_unread(error)
        return None
    shown.status = report.summary
    shown.notes = list(report.notes())
    for row in rows(report):
        shown.add_row(row, "problem" if row.wrong else _hint(row.verdict))
        if row.wrong:
            shown.underline(row.line, row.columns, "problem", _message(row, is_wrong=True))
    try:
        statements = parse_lines(sheet_lines(sheet_of(report)))
    except SheetError:
        return None
    return _graph_of_statements(statements, shown)


def _graph_of_statements(statements: Sequence[Statement], shown: Answer) -> Graph | None:
    try:
        source = source_of_statements(statements, "the sheet")
    except (CommandError, SheetError, ArithmeticError, ValueError) as error:
        shown.broken = isinstance(error, SheetError) or not isinstance(error, CommandError)
        return None
    return Graph(source.value, source.inputs, source.inputs if source.descends else None)


def _state(result: Result) -> State:
    if result.unexpected:
        return "problem"
    if result.claim.erratum:
        return "known"
    return _hint(result.verdict)


def _hint(verdict: str) -> State:
    return "hint" if verdict in HINTS else ""


def _message(row: ReportRow, is_wrong: bool) -> str:
    exact = f"it is {row.exact}" if row.exact and is_wrong else ""
    return "; ".join(filter(None, [row.verdict, exact, row.remark]))


def columns_of(result: Result) -> tuple[int, int]:
    """The columns of the number or the formula that a claim prints; else of its statement."""
    claim = result.claim
    text = claim.line.text
    if result.error is not None:
        end = len(text.partition("#")[0].rstrip())
        start = min(result.error.column - 1, max(0, end - 1))
        return start, max(end, start + 1)
    written = Written.read(claim.line)
    sides = [*([written.printed] if written.printed else []), *reversed(written.sides)]
    for wanted in _printed(claim):
        for side in sides:
            for part in (side, *split(side)):
                if part.text.strip() == wanted:
                    start = part.start + len(part.text) - len(part.text.lstrip())
                    return start, start + len(wanted)
    start = len(text) - len(text.lstrip())
    return start, max(start + 1, len(text.partition("#")[0].rstrip()))


def _printed(claim: Claim) -> Iterator[str]:
    """The texts that a claim prints, the likeliest first."""
    for numeral in (claim.printed, claim.equated):
        if numeral is not None:
            yield numeral.text
    if claim.printed is None:
        yield claim.text.rpartition("=")[2].strip()
