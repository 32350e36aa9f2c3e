"""Findings: the verdicts on the claims of a deck, and whether a part of it was understood."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from autograd_mini.checking.sheets.statements import Statement
from autograd_mini.decks.missing import Fit
from autograd_mini.decks.parts import Part
from autograd_mini.decks.reading import Side

# A part is declined if more claims of a kind than these fail, and more than half of them.
MOST_NUMBERS, MOST_FORMULAS = 2, 3
HOPELESS = 20
NOT_UNDERSTOOD = "most of this part does not fit: it was not understood"

FAILURES = ("wrong", "fails")


@dataclass(frozen=True)
class Finding:
    """The verdict on one claim of a deck.

    printed: as it stands in the deck. claim: in the names of a sheet. verdict: as of a sheet, or
    given, or declined. follows: the lines of the wrong numbers that it follows from. is_operand:
    whether it stands among the numbers of a line. is_own_line: whether only these judge it.
    """

    side: Side
    printed: str
    claim: str
    value: float
    exact: str
    verdict: str
    slip: str = ""
    suggestion: str = ""
    follows: tuple[int, ...] = ()
    is_operand: bool = False
    is_own_line: bool = False
    read_as: str = ""

    @property
    def line(self) -> int:
        return self.side.line.number

    @property
    def is_wrong(self) -> bool:
        return self.verdict in FAILURES

    @property
    def hint(self) -> str:
        """The suggestion without the digits that were expected."""
        digits = self.slip == "digit-wrong"
        return self.suggestion.partition(":")[0] if digits else self.suggestion

    def by_formula_of(self, line: int) -> Finding:
        """This finding as right work on the formula in another line."""
        remark = f"right by the formula in line {line}"
        return replace(self, verdict="follows", slip="", follows=(line,), suggestion=remark)

    def as_data(self, answers: bool = True) -> dict[str, Any]:
        """The finding for JSON; a value that is not finite is None.

        answers: whether the value is in it, and the digits that were expected.
        """
        known = answers and math.isfinite(self.value)
        return {
            "file": self.side.line.file,
            "cell": self.side.line.cell or None,
            "line": self.line,
            "printed": self.printed or None,
            "claim": self.claim,
            "value": self.value if known else None,
            "verdict": self.verdict,
            "follows": list(self.follows),
            "slip": self.slip,
            "suggestion": self.suggestion if answers else self.hint,
            "read_as": self.read_as,
        }


@dataclass
class JudgedPart:
    """A part of a deck, judged.

    statements: as a sheet, those that are right or marked. claimed: the findings before the part
    was declined.
    """

    part: Part
    fit: Fit
    findings: list[Finding]
    statements: list[Statement]
    declined: str = ""
    claimed: list[Finding] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.claimed = self.findings

    def decline(self, reason: str) -> None:
        """Take back all that was said of the part, apart from its lines of numbers."""
        self.declined = reason
        self.findings = [
            finding
            if finding.is_own_line or finding.verdict in ("given", "declined")
            else replace(finding, verdict="declined", slip="", suggestion=reason, follows=())
            for finding in self.findings
        ]


def readable(finding: Finding, part: Part) -> Finding:
    """A finding in which a formula that is differentiated stands for the name made for it."""
    claim, suggestion = finding.claim, finding.suggestion
    for text, name in part.definitions.helpers.items():
        if name.startswith("part_"):
            claim = claim.replace(f"d{name}/d", f"d({text})/d")
            suggestion = suggestion.replace(f"d{name}/d", f"d({text})/d")
    return replace(finding, claim=claim, suggestion=suggestion)


def is_understood(findings: Sequence[Finding]) -> bool:
    """True unless most of the claims of a kind fail: then it is we who are wrong."""
    numbers = [f for f in findings if f.verdict in ("rounds", "truncates", "carried", "wrong")]
    formulas = [f for f in findings if f.verdict in ("holds", "fails")]
    for kind, most in ((numbers, MOST_NUMBERS), (formulas, MOST_FORMULAS)):
        judged = [finding for finding in kind if not finding.is_own_line]
        failing = [each for each in judged if each.is_wrong and not each.is_operand]
        # The components of one vector are one claim.
        counts: dict[int, int] = {}
        for (start, _), number in Counter(
            (each.side.start, each.claim) for each in failing
        ).items():
            counts[start] = max(counts.get(start, 0), number)
        wrong = sum(counts.values())
        right = sum(not finding.is_wrong for finding in judged)
        if wrong > most and wrong > right:
            return False
    return True
