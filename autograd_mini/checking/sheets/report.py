"""Report: what became of the claims of a sheet, as a table and as plain data."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from autograd_mini.checking.sheets.language import Claim
from autograd_mini.symbols.text import columns

# The verdicts of a number, of a formula, and of a line without either.
Verdict = (
    Literal["rounds", "truncates", "carried", "follows", "wrong"]
    | Literal["holds", "fails"]
    | Literal["unread", "missing"]
)

# Of a claim that is longer the table shows the beginning.
WIDEST_CLAIM = 44

COLUMNS = ("line", "claim", "printed", "exact", "verdict", "likely slip")
ALIGN = "><<<<<"


class Result(NamedTuple):
    """One claim, judged.

    value: the number that the claim is about; exact: the same in the digits that are printed and
    two more, or both sides of a formula that fails. slip: the code of the likely slip, "" if there
    is none; suggestion: its sentence, the remark on a verdict, or the error of a line that is
    unread. follows: the lines of the wrong numbers that a number follows from.
    """

    claim: Claim
    value: float
    exact: str
    verdict: Verdict
    suggestion: str = ""
    slip: str = ""
    follows: tuple[int, ...] = ()

    @property
    def is_wrong(self) -> bool:
        return self.verdict in ("wrong", "fails", "unread")

    @property
    def unexpected(self) -> bool:
        """Whether it is wrong, or an erratum that is right."""
        return self.is_right if self.claim.erratum else self.is_wrong

    @property
    def is_right(self) -> bool:
        return self.verdict in ("rounds", "truncates", "carried", "holds")

    @property
    def remark(self) -> str:
        """What to say of it: the likely slip, and what an erratum has to do with it."""
        if self.claim.erratum and self.is_right:
            return "marked as an erratum, but right: take the mark away"
        return self.suggestion

    def as_data(self) -> dict[str, Any]:
        """For JSON; a value that is no finite number is None."""
        return {
            "file": self.claim.line.file,
            "line": self.claim.line.number,
            "claim": self.claim.text,
            "printed": None if self.claim.printed is None else self.claim.printed.text,
            "value": self.value if math.isfinite(self.value) else None,
            "verdict": self.verdict,
            "erratum": self.claim.erratum,
            "suggestion": self.remark,
            "slip": self.slip,
            "follows": list(self.follows),
        }


class Report(Sequence[Result]):
    """The results of a sheet, in order; prints as a table.

    A report is true if it has passed, so that `assert check_sheet(path)` works.
    """

    def __init__(self, file: str, results: Sequence[Result]) -> None:
        self.file = file
        self.results: tuple[Result, ...] = tuple(results)

    def __getitem__(self, index: Any) -> Any:
        return self.results[index]

    def __len__(self) -> int:
        return len(self.results)

    def __bool__(self) -> bool:
        return self.passed

    @property
    def unexpected(self) -> list[Result]:
        """What is wrong and not marked as an erratum, and errata that are right."""
        return [result for result in self.results if result.unexpected]

    @property
    def passed(self) -> bool:
        return not self.unexpected

    def __str__(self) -> str:
        return "\n".join([*columns([COLUMNS, *map(_cells, self.results)], ALIGN), self.summary])

    @property
    def summary(self) -> str:
        """36 claims: 30 rounds, 5 holds, 1 wrong (an erratum); all as expected."""
        verdicts = Counter(result.verdict for result in self.results)
        counted = ", ".join(_counted(number, verdict) for verdict, number in verdicts.items())
        errata = sum(result.claim.erratum for result in self.results)
        marked = f", {errata} marked as {'an erratum' if errata == 1 else 'errata'}"
        numbers = [str(result.claim.line.number) for result in self.unexpected]
        lines = ", ".join(numbers[:10]) + (", ..." if len(numbers) > 10 else "")
        one = "claim" if len(self) == 1 else "claims"
        return (
            f"{self.file + ': ' if self.file else ''}{len(self)} {one}: {counted}"
            f"{marked if errata else ''}; "
            + (f"not as expected: line {lines}" if lines else "all as expected")
        )


def _counted(number: int, verdict: Verdict) -> str:
    return f"{number} {'follow' if verdict == 'follows' and number > 1 else verdict}"


def _cells(result: Result) -> tuple[str, ...]:
    claim = " ".join(result.claim.text.split())
    if len(claim) > WIDEST_CLAIM:
        claim = f"{claim[: WIDEST_CLAIM - 3]}..."
    return (
        str(result.claim.line.number),
        claim,
        str(result.claim.printed or ""),
        result.exact,
        result.verdict + (" (erratum)" if result.claim.erratum else ""),
        result.remark,
    )
