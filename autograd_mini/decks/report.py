"""The report on a deck: every claim with its verdict, and how the deck was read.

>>> report = check_deck('''The unit has $w = 0.5$, $x = 2$ and $b = 0.1$.
... $$z = w x + b = 0.5 \\\\cdot 2 + 0.1 = 1.1$$
... $$\\\\frac{\\\\partial z}{\\\\partial w} = x = 3$$''')
>>> print(report)
line  printed  claim      exact  verdict  likely slip
   2  1.1      z          1.100  rounds
   3           dz/dw = x  2      holds
   3  3        dz/dw      2.00   wrong
given: w = 0.5, x = 2, b = 0.1
2 numbers: 1 rounds, 1 wrong; 1 formula: 1 holds; wrong: line 3
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograd_mini.checking.sheets.check import NothingToCheck
from autograd_mini.checking.sheets.markdown import Line, read_sheet
from autograd_mini.decks.definitions import find_functions
from autograd_mini.decks.findings import Finding, JudgedPart
from autograd_mini.decks.mending import judge_part
from autograd_mini.decks.parts import Figure, Part, parts
from autograd_mini.decks.reading import Deck, read_deck
from autograd_mini.decks.trees import plain_names
from autograd_mini.symbols.text import columns

COLUMNS = ("line", "printed", "claim", "exact", "verdict", "likely slip")

# Of what is longer the table shows the beginning.
WIDEST_PRINTED, WIDEST_CLAIM, WIDEST_LIST = 30, 48, 100

NUMBERS = ("rounds", "truncates", "carried", "follows", "wrong")
FORMULAS = ("holds", "fails")


@dataclass(frozen=True)
class Alone:
    """A side that is left alone, in its line, and why."""

    line: int
    text: str
    reason: str


@dataclass
class DeckReport:
    """The verdicts on the claims of a deck; true if none is wrong.

    Its rows are the findings to show; `findings` also has those of all operands. inferred, given:
    the numbers of leaves, found and printed. read_as: how ambiguous things were read, with lines.
    left_alone: lines that are not judged. judged: the parts, with their sheets.
    """

    file: str
    findings: list[Finding]
    inferred: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)
    read_as: dict[str, int] = field(default_factory=dict)
    left_alone: list[Alone] = field(default_factory=list)
    judged: list[JudgedPart] = field(default_factory=list)
    deck: Deck | None = None

    @property
    def unexpected(self) -> list[Finding]:
        """The claims that are wrong."""
        return [finding for finding in self.findings if finding.is_wrong]

    @property
    def passed(self) -> bool:
        return not self.unexpected

    def __bool__(self) -> bool:
        return self.passed

    def __len__(self) -> int:
        return len(self.shown)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.shown)

    @property
    def shown(self) -> list[Finding]:
        """The rows of the table: operands only where something is the matter with them."""
        return [f for f in self.findings if not f.is_operand or f.verdict in ("wrong", "fails")]

    def __str__(self) -> str:
        return self.text()

    def text(self, answers: bool = True) -> str:
        """The table, how the deck was read, and the summary.

        answers: whether the table shows the exact values, and the digits that were expected.
        """
        return "\n".join([*table(self.shown, answers), *self.notes(), self.summary])

    def notes(self) -> Iterator[str]:
        """Notes on the reading of the deck, one line for each kind."""
        if self.inferred:
            listed = ", ".join(f"{name} = {text}" for name, text in self.inferred.items())
            yield f"inferred: {listed} (the figures come out with it)"
        if self.given:
            yield _clipped("given: " + ", ".join(f"{n} = {t}" for n, t in self.given.items()))
        for what, line in self.read_as.items():
            yield f"read as: {what} (line {line})"
        reasons: dict[str, list[int]] = {}
        for alone in self.left_alone:
            reasons.setdefault(alone.reason, []).append(alone.line)
        for reason, lines in reasons.items():
            yield f"left alone: {reason}: {_lines(lines)}"

    @property
    def summary(self) -> str:
        """43 numbers: 37 rounds, 4 truncates, 2 wrong; 28 formulas: 28 holds; wrong: line 196."""
        shown = self.shown
        counted = []
        for kind, verdicts in (("number", NUMBERS), ("formula", FORMULAS)):
            counts = Counter(f.verdict for f in shown if f.verdict in verdicts)
            if counts:
                number = sum(counts.values())
                each = ", ".join(f"{counts[v]} {v}" for v in verdicts if counts[v])
                counted.append(f"{number} {kind}{'s' if number > 1 else ''}: {each}")
        other = Counter(f.verdict for f in shown if f.verdict in ("given", "declined"))
        counted += [f"{number} {verdict}" for verdict, number in sorted(other.items())]
        file = f"{self.file}: " if self.file else ""
        wrong = sorted({finding.line for finding in self.unexpected})
        end = f"wrong: {_lines(wrong)}" if wrong else "nothing wrong"
        return f"{file}{'; '.join([*counted, end])}"


def check_deck(path_or_text: str | Path) -> DeckReport:
    """Check every number and formula of a deck.

    path_or_text: a path, or a string of several lines, which is the text itself.

    Raises: NothingToCheck for a deck in which nothing can be judged; SheetError for one that is too
        long; OSError.
    """
    if isinstance(path_or_text, str) and len(path_or_text.splitlines()) > 1:
        return check_deck_text(path_or_text)
    return check_deck_text(read_sheet(Path(path_or_text)), str(path_or_text))


def check_deck_text(text: str, file: str = "") -> DeckReport:
    """Check the text of a deck, which errors say to be in `file`.

    Raises: NothingToCheck for a deck in which nothing can be judged; SheetError for one too long.
    """
    deck = read_deck(text, file)
    if not any(len(equation.sides) > 1 for equation in deck.equations):
        raise NothingToCheck(
            "nothing to check: no equation was found between $, $$, \\(, \\[ or in an environment",
            Line(file, 1, ""),
        )
    functions: dict[str, tuple[str, ast.expr]] = {}
    ambiguous: set[str] = set()
    report = DeckReport(file, [], deck=deck)
    found = parts(deck)
    starts = [0, *(equations[0].sides[0].start for equations in found[1:]), len(text)]
    for equations, span in zip(found, map(range, starts, starts[1:])):
        functions = find_functions(equations, functions)
        judged = judge_part(deck, equations, functions, span, set(ambiguous))
        ambiguous |= _unused(judged.part)
        report.judged.append(judged)
        report.findings += judged.findings
        report.inferred.update(judged.fit.inferred)
        report.given.update({n: given.printed for n, given in judged.part.given.items()})
        report.read_as.update(judged.part.read_as)
        report.left_alone += [
            Alone(alone.side.line.number, deck.text(alone.side), alone.reason)
            for alone in judged.part.left_alone
        ]
    notes = {line: what for what, line in report.read_as.items()}
    report.findings = [
        replace(finding, read_as=notes.get(finding.line, ""))
        for finding in sorted(report.findings, key=lambda finding: finding.side.start)
    ]
    if not any(f.verdict not in ("given", "declined") for f in report.findings):
        raise _nothing_judged(report, deck)
    return report


def _unused(part: Part) -> set[str]:
    """The functions that a part defines, and claims nothing of."""
    used = {
        name
        for claim in part.claims
        for tree in ([claim.tree] if isinstance(claim, Figure) else [claim.left, claim.right])
        for name in plain_names(tree)
    }
    return set(part.definitions.functions) - used


def has_equations(text: str, file: str = "") -> bool:
    """True if a text is a deck, that is, if it has equations.

    Raises: SheetError for a deck that is broken or too long.
    """
    return any(len(equation.sides) > 1 for equation in read_deck(text, file).equations)


def _nothing_judged(report: DeckReport, deck: Deck) -> NothingToCheck:
    reasons = [f"line {alone.line}: {alone.reason}" for alone in report.left_alone[:3]]
    reasons += [f"line {f.line}: {f.suggestion}" for f in report.findings[:3] if f.suggestion]
    first = next(e.sides[0] for e in deck.equations if len(e.sides) > 1)
    more = f" ({'; '.join(reasons)})" if reasons else ""
    return NothingToCheck(
        f"the math of this deck was not understood: no number or formula can be judged{more}",
        Line(report.file, first.line.number, ""),
    )


def table(findings: Sequence[Finding], answers: bool = True) -> Iterator[str]:
    """A line for each finding, under a line of titles; without `answers`, no exact values."""
    shown = [place for place, title in enumerate(COLUMNS) if answers or title != "exact"]
    rows = [COLUMNS, *(_cells(finding, answers) for finding in findings)]
    return columns([[row[place] for place in shown] for row in rows], ">" + "<" * (len(shown) - 1))


def _cells(finding: Finding, answers: bool) -> tuple[str, ...]:
    verdict = finding.verdict
    if finding.follows:
        verdict += f" {_lines(finding.follows)}"
    return (
        finding.side.line.place,
        _shortened(finding.printed, WIDEST_PRINTED),
        _shortened(finding.claim, WIDEST_CLAIM),
        finding.exact,
        verdict,
        finding.suggestion if answers else finding.hint,
    )


def _shortened(text: str, widest: int) -> str:
    return text if len(text) <= widest else f"{text[: widest - 3]}..."


def _clipped(text: str) -> str:
    return text if len(text) <= WIDEST_LIST else text[:WIDEST_LIST].rpartition(", ")[0] + ", ..."


def _lines(numbers: Sequence[int]) -> str:
    """line 3, or lines 3, 5 and more."""
    known = sorted(set(numbers))
    listed = ", ".join(map(str, known[:8])) + (", ..." if len(known) > 8 else "")
    return f"{'line' if len(known) == 1 else 'lines'} {listed}"
