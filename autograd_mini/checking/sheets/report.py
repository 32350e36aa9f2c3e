"""Report: what became of the claims of a sheet, as a table and as plain data."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple

from autograd_mini.checking.sheets.markdown import CELL, SheetError, place_of
from autograd_mini.checking.sheets.statements import Claim
from autograd_mini.symbols.text import columns

# The verdicts of a number, of a formula, and of a line without either.
Verdict = (
    Literal["rounds", "truncates", "carried", "follows", "wrong"]
    | Literal["holds", "fails"]
    | Literal["unread", "missing"]
)

RIGHT: tuple[Verdict, ...] = ("rounds", "truncates", "carried", "holds")

# The table shows the beginning of a longer claim.
WIDEST_CLAIM = 44

COLUMNS = ("line", "claim", "printed", "exact", "verdict", "likely slip")
ALIGN = "><<<<<"


class Result(NamedTuple):
    """One claim, judged.

    value: the number that the claim is about; exact: the same in the digits that are printed and
    two more, or both sides of a formula that fails. slip: the code of the likely slip, "" if there
    is none; suggestion: its sentence, the remark on a verdict, or the error of a line that is
    unread. follows: the lines of the wrong numbers that a number follows from. error: of a line
    that is unread or blank.
    """

    claim: Claim
    value: float
    exact: str
    verdict: Verdict
    suggestion: str = ""
    slip: str = ""
    follows: tuple[int, ...] = ()
    error: SheetError | None = None

    @property
    def is_wrong(self) -> bool:
        return self.verdict in ("wrong", "fails", "unread")

    @property
    def unexpected(self) -> bool:
        """True if it is wrong or unread, or an erratum that is right."""
        if self.verdict == "unread":
            return True
        return self.is_right if self.claim.erratum else self.is_wrong

    @property
    def is_right(self) -> bool:
        return self.verdict in RIGHT

    @property
    def remark(self) -> str:
        """The remark on it: the likely slip, an erratum that is right, and how it is read."""
        if self.claim.erratum and self.is_right:
            return "marked as an erratum, but right: take the mark away"
        return "; ".join(filter(None, [self.suggestion, self.claim.reading]))

    @property
    def hint(self) -> str:
        """The remark without the digits that were expected."""
        return self.remark.partition(":")[0] if self.slip == "digit-wrong" else self.remark

    def as_data(self, answers: bool = True) -> dict[str, Any]:
        """The result for JSON; a value that is not finite is None.

        answers: whether the value is in it, and the digits that were expected.
        """
        return {
            "file": self.claim.line.file,
            "cell": self.claim.line.cell or None,
            "line": self.claim.line.number,
            "claim": self.claim.text,
            "printed": None if self.claim.printed is None else self.claim.printed.text,
            "value": self.value if answers and math.isfinite(self.value) else None,
            "verdict": self.verdict,
            "erratum": self.claim.erratum,
            "suggestion": self.remark if answers else self.hint,
            "slip": self.slip,
            "follows": [order if order < CELL else place_of(order) for order in self.follows],
        }


class Report(Sequence[Result]):
    """The results of a sheet, in order; prints as a table.

    A report is true if it has passed, so that `assert check_sheet(path)` works.
    """

    def __init__(self, file: str, results: Sequence[Result], notes: Sequence[str] = ()) -> None:
        """notes: how lines without a claim are read, where that is not evident."""
        self.file = file
        self.results: tuple[Result, ...] = tuple(results)
        self.notes: tuple[str, ...] = tuple(notes)

    def __getitem__(self, index: Any) -> Any:
        return self.results[index]

    def __len__(self) -> int:
        return len(self.results)

    def __bool__(self) -> bool:
        return self.passed

    @property
    def unexpected(self) -> list[Result]:
        """The results that are wrong and not marked as errata, and errata that are right."""
        return [result for result in self.results if result.unexpected]

    @property
    def passed(self) -> bool:
        return not self.unexpected

    def __str__(self) -> str:
        return self.text()

    def text(self, answers: bool = True) -> str:
        """The table, notes and the summary.

        answers: whether the table shows the exact values, and the digits that were expected.
        """
        return "\n".join([*table(self.results, answers), *self.notes, self.summary])

    @property
    def summary(self) -> str:
        """36 claims: 30 rounds, 5 holds, 1 wrong, 1 marked as an erratum; all as expected"""
        places = list(dict.fromkeys(result.claim.line.place for result in self.unexpected))
        lines = ", ".join(places[:10]) + (", ..." if len(places) > 10 else "")
        return f"{self.file + ': ' if self.file else ''}{counted(self.results)}; " + (
            f"not as expected: line {lines}" if lines else "all as expected"
        )


def total(reports: Sequence[Report]) -> str:
    """The summary of several sheets together."""
    files = [report.file for report in reports if not report.passed]
    named = ", ".join(files[:10]) + (", ..." if len(files) > 10 else "")
    results = [result for report in reports for result in report.results]
    one = "sheet" if len(reports) == 1 else "sheets"
    return f"{len(reports)} {one}, {counted(results)}; " + (
        f"not as expected: {named}" if named else "all as expected"
    )


def counted(results: Sequence[Result]) -> str:
    """36 claims: 30 rounds, 5 holds, 1 wrong, 1 marked as an erratum"""
    verdicts = Counter(result.verdict for result in results)
    numbers = ", ".join(_counted(number, verdict) for verdict, number in verdicts.items())
    errata = sum(result.claim.erratum for result in results)
    marked = f", {errata} marked as {'an erratum' if errata == 1 else 'errata'}"
    one = "claim" if len(results) == 1 else "claims"
    return f"{len(results)} {one}: {numbers}{marked if errata else ''}"


def _counted(number: int, verdict: Verdict) -> str:
    return f"{number} {'follow' if verdict == 'follows' and number > 1 else verdict}"


def table(results: Sequence[Result], answers: bool = True) -> Iterator[str]:
    """A line for each result, under a line of titles; without `answers`, no exact values."""
    shown = [place for place, title in enumerate(COLUMNS) if answers or title != "exact"]
    rows = [COLUMNS, *(_cells(result, answers) for result in results)]
    return columns(
        [[row[place] for place in shown] for row in rows],
        "".join(ALIGN[place] for place in shown),
    )


def _cells(result: Result, answers: bool) -> tuple[str, ...]:
    claim = " ".join(result.claim.text.split())
    if len(claim) > WIDEST_CLAIM:
        claim = f"{claim[: WIDEST_CLAIM - 3]}..."
    return (
        result.claim.line.place,
        claim,
        str(result.claim.printed or ""),
        result.exact,
        result.verdict + (" (erratum)" if result.claim.erratum else ""),
        result.remark if answers else result.hint,
    )
