"""Judging: every claim of a deck, by the checker of derivation sheets.

The claims become the statements of a sheet whose lines are the deck's. A number that the sheet
calls wrong is the author's only if his own line does not lead to it either; and of a part in
which most does not fit, nothing is said: it was not understood.
"""

from __future__ import annotations

import ast
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from autograd_mini.checking.digits.numerals import read
from autograd_mini.checking.digits.printed import check_printed
from autograd_mini.checking.formulas.scene import names_in
from autograd_mini.checking.sheets.markdown import Line, SheetError
from autograd_mini.checking.sheets.report import Result
from autograd_mini.checking.sheets.sheet import Sheet
from autograd_mini.checking.sheets.statements import (
    Claim,
    Definition,
    Evaluation,
    Identity,
    Statement,
)
from autograd_mini.decks.definitions import parts_of, plain_names, renamed
from autograd_mini.decks.doubts import ambiguity, condition, doubt
from autograd_mini.decks.given import Given, leads_to, value_of
from autograd_mini.decks.missing import Fit, fit
from autograd_mini.decks.parts import Equality, Figure, LeftAlone, Part
from autograd_mini.decks.reading import Deck, Side
from autograd_mini.decks.rounds import Fact, facts, loss_of, named, side_of, train
from autograd_mini.decks.scenes import constant, ordered
from autograd_mini.decks.trees import written

# A part is declined if more claims of a kind than these fail, and more than half of them.
MOST_NUMBERS, MOST_FORMULAS = 2, 3
HOPELESS = 20
NOT_UNDERSTOOD = "most of this part does not fit: it was not understood"

FAILURES = ("wrong", "fails")


@dataclass(frozen=True)
class Finding:
    """The verdict on one claim of a deck.

    printed: as it stands in the deck. claim: in the names of a sheet. verdict: as of a sheet, or
    given, or declined. follows: the lines of the wrong numbers that it follows from.
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
class Judged:
    """A part of a deck, judged; statements: as a sheet, those that are right or marked."""

    part: Part
    fit: Fit
    findings: list[Finding]
    statements: list[Statement]
    declined: str = ""


def judge(part: Part, deck: Deck) -> Judged:
    """Judge every claim of a part, and the figures of its rounds."""
    stated = list(facts(deck.source))
    _add_facts(part, stated, deck)
    found = fit(part)
    judging = Judging(part, found)
    findings = list(judging.findings())
    findings += judging.training(stated, deck)
    judged = Judged(part, found, [_readable(f, part) for f in findings], judging.statements)
    if reason := _gate(findings):
        judged.declined = reason
        judged.findings = [
            finding
            if finding.claim.startswith("own line") or not _is_of_graph(finding)
            else replace(finding, verdict="declined", slip="", suggestion=reason, follows=())
            for finding in findings
        ]
    return judged


def _add_facts(part: Part, stated: list[Fact], deck: Deck) -> None:
    """Numbers that prose states: the learning rate, targets and outputs."""
    rates = {
        name
        for weight, rule in part.definitions.updates.items()
        for name in plain_names(rule)
        if name in part.leaves and name != weight and name not in part.given
    }
    rate = loss_of(part)[1]
    rate = rate if rate in rates else ""
    for fact in stated:
        side = side_of(deck.source, fact)
        name = rate if fact.kind == "rate" else ""
        if fact.kind in ("target", "output", "after") and not fact.steps:
            name = named(fact, part)
        if not name:
            continue
        if name in part.definitions.formulas:
            part.claims.append(Figure(ast.Name(name), fact.printed, side))
        elif name not in part.given:
            part.given[name] = Given(fact.printed, side, 1)


def _readable(finding: Finding, part: Part) -> Finding:
    """A finding in which a formula that is differentiated stands for the name made for it."""
    claim, suggestion = finding.claim, finding.suggestion
    for text, name in part.definitions.helpers.items():
        if name.startswith("part_"):
            claim = claim.replace(f"d{name}/d", f"d({text})/d")
            suggestion = suggestion.replace(f"d{name}/d", f"d({text})/d")
    return replace(finding, claim=claim, suggestion=suggestion)


def _is_of_graph(finding: Finding) -> bool:
    return finding.verdict not in ("given", "declined")


def _gate(findings: Sequence[Finding]) -> str:
    """The reason to decline a whole part, "" if there is none."""
    numbers = [f for f in findings if f.verdict in ("rounds", "truncates", "carried", "wrong")]
    formulas = [f for f in findings if f.verdict in ("holds", "fails")]
    for kind, most in ((numbers, MOST_NUMBERS), (formulas, MOST_FORMULAS)):
        wrong = sum(finding.is_wrong and not finding.is_operand for finding in kind)
        right = sum(not finding.is_wrong for finding in kind)
        if wrong > most and wrong > right:
            return NOT_UNDERSTOOD
    return ""


class Judging:
    """Runs the claims of a part through a sheet, in order."""

    def __init__(self, part: Part, found: Fit) -> None:
        self.part = part
        self.fit = found
        self.sheet = Sheet()
        self.order = ordered(part.definitions)
        self.defined: dict[str, bool] = {}
        self.statements: list[Statement] = []
        self.identities: dict[str, Result | None] = {}
        self.wrong: dict[tuple[str, str], int] = {}  # the lines of wrong numbers
        self.early: set[tuple[str, str]] = (
            set()
        )  # wrong numbers that are used before they are stated
        self.stated = {
            (written(claim.tree), claim.printed)
            for claim in part.claims
            if isinstance(claim, Figure) and not claim.is_operand
        }

    def findings(self) -> Iterator[Finding]:
        """The findings in order; as soon as hardly any fits, the rest is left alone."""
        wrong = right = 0
        for place, claim in enumerate(self.part.claims):
            if wrong > HOPELESS and wrong > 3 * right:
                self.part.left_alone.append(LeftAlone(claim.side, NOT_UNDERSTOOD))
                continue
            if isinstance(claim, Figure):
                finding = self._figure(place, claim)
            else:
                finding = self._equality(claim)
            wrong += finding.is_wrong
            right += not finding.is_wrong
            yield finding

    def training(self, stated: list[Fact], deck: Deck) -> Iterator[Finding]:
        """The figures of rounds."""
        known = {*self.part.given, *self.fit.inferred}
        training = train(deck.source, stated, self.part, self.fit.values, known)
        if training is None:
            return
        if training.reason:
            for side in training.sides:
                self.part.left_alone.append(LeftAlone(side, training.reason))
            return
        sides = sorted(training.sides, key=lambda side: side.start)
        found = []
        for statement in training.statements:
            self._define(ast.Name(loss_of(self.part)[0]), statement.line)
            for result in self._run(statement):
                printed = result.claim.printed.text if result.claim.printed else ""
                side = next(
                    (s for s in sides if s.line == result.claim.line and s.printed == printed),
                    sides[0],
                )
                figure = Figure(ast.Name(result.claim.text), printed, side)
                found.append(self._of(result, figure))
                if result.is_wrong:
                    self.statements[-1] = self._evaluation(figure, erratum=True)
        right = sum(not finding.is_wrong for finding in found)
        if found:
            note = f"{training.read_as}, which explains {right} of {len(found)} figures"
            self.part.read_as[note] = sides[0].line.number
        yield from found

    # -- statements

    def _define(self, tree: ast.expr, line: Line) -> bool:
        """Define all that a tree needs; whether there is a value for all of it."""
        needed = self.part.definitions.below(plain_names(tree))
        for name in [*self.order, *sorted(needed - set(self.order))]:
            if name not in needed or name in self.defined:
                continue
            formula = self.part.definitions.formulas.get(name)
            if formula is None:
                formula = constant(self.fit.values.get(name, 0.5))
            elif not all(self.defined.get(each, False) for each in plain_names(formula)):
                self.defined[name] = False
                continue
            self.defined[name] = bool(self._run(Definition(line, (), name, formula))) or (
                name in self.sheet.scene.values
            )
        return all(self.defined.get(name, False) for name in needed)

    def _run(self, statement: Statement) -> list[Result]:
        try:
            results = list(self.sheet.execute(statement))
        except (SheetError, LookupError):
            return []
        self.statements.append(statement)
        return results

    # -- numbers

    def _figure(self, place: int, figure: Figure) -> Finding:
        tree, side, printed = figure.tree, figure.side, figure.printed
        if figure.own is tree or not any(names_in(tree)):
            return self._own_line(figure)
        if not self._define(tree, side.line):
            return self._declined(figure, "it has no value here")
        if place in self.fit.pinned:
            return self._finding(figure, float(printed), "", "given")
        if reason := doubt(self.part, tree) or condition(figure):
            try:
                value = self.sheet.scene.evaluate(tree)
            except (ArithmeticError, ValueError, LookupError):
                value = math.nan
            if check_printed(printed, value).verdict == "wrong":
                if self._own_verdict(figure):
                    return self._own_line(figure)
                return self._declined(figure, reason)
        key = written(tree), printed
        if figure.is_operand and key in self.stated and key not in self.wrong:
            # Where a number is used before it is stated, it is wrong where it is stated.
            value = self.sheet.scene.evaluate(tree)
            if check_printed(printed, value).verdict == "wrong":
                self.early.add(key)
        mark = len(self.statements)
        results = self._run(self._evaluation(figure, key in self.early))
        if not results:
            return self._declined(figure, "it has no value here")
        result = results[0]
        finding = self._of(result, figure)
        if key in self.early and result.verdict in ("wrong", "follows"):
            if figure.is_operand:
                return replace(finding, verdict="follows", follows=(), slip="",
                               suggestion="wrong where it is stated")  # fmt: skip
            judged = check_printed(printed, result.value)
            self.early.discard(key)
            self.wrong[key] = side.line.number
            return replace(finding, verdict="wrong", follows=(), slip=judged.slip,
                           suggestion=judged.suggestion)  # fmt: skip
        if result.verdict != "wrong":
            return finding
        del self.statements[mark:]
        if figure.fits:
            return self._declined(figure, "another number than before")
        if self._own_verdict(figure) == "right":
            return replace(finding, verdict="follows", slip="",
                           suggestion="right by the numbers of its own line")  # fmt: skip
        self._run(self._evaluation(figure, erratum=True))
        self.wrong[key] = side.line.number
        return finding

    def _evaluation(self, figure: Figure, erratum: bool) -> Evaluation:
        claim = Claim(figure.side.line, written(figure.tree), read(figure.printed), erratum)
        return Evaluation(figure.side.line, (claim,), figure.tree)

    def _of(self, result: Result, figure: Figure) -> Finding:
        return Finding(
            figure.side,
            figure.printed,
            result.claim.text,
            result.value,
            result.exact,
            result.verdict,
            result.slip,
            result.suggestion,
            result.follows,
            figure.is_operand,
        )

    def _finding(self, figure: Figure, value: float, exact: str, verdict: str) -> Finding:
        return Finding(
            figure.side, figure.printed, written(figure.tree), value, exact, verdict,
            is_operand=figure.is_operand,
        )  # fmt: skip

    def _declined(self, figure: Figure, reason: str) -> Finding:
        return replace(self._finding(figure, math.nan, "", "declined"), suggestion=reason)

    # -- own lines

    def _own_verdict(self, figure: Figure) -> str:
        """The verdict on a number by its own line: "right", "wrong", or "" without numbers."""
        if figure.own is None:
            return ""
        if not math.isfinite(value_of(figure.own)):
            return ""
        return "right" if leads_to(figure.own, figure.printed) else "wrong"

    def _own_line(self, figure: Figure) -> Finding:
        """Judge a number by the numbers of its own line alone."""
        assert figure.own is not None
        value = value_of(figure.own)
        if not math.isfinite(value):
            return self._declined(figure, "its line has no value")
        verdict = check_printed(figure.printed, value)
        right = self._own_verdict(figure) == "right"
        return Finding(
            figure.side,
            figure.printed,
            written(figure.own),
            value,
            verdict.exact,
            "follows" if right else "wrong",
            "" if right else verdict.slip,
            "judged by the numbers of its own line" if right else verdict.suggestion,
            (),
            figure.is_operand,
        )

    # -- formulas

    def _other_meaning(
        self, left: ast.expr, right: ast.expr, side: Side
    ) -> tuple[ast.expr, ast.expr, Result] | None:
        """The same formula for another meaning of a name that is defined again, if it holds."""
        for meanings in self.part.meanings.values():
            for new in meanings:
                names = dict.fromkeys(set(meanings) - {new}, new)
                one, two = renamed(left, names), renamed(right, names)
                if not (self._define(one, side.line) and self._define(two, side.line)):
                    continue
                result = self._identity(one, two, side)
                if result is not None and result.verdict == "holds":
                    return one, two, result
        return None

    def _equality(self, claim: Equality) -> Finding:
        left, right, side = claim.left, claim.right, claim.side
        text = written(left)
        if text != written(right):
            text += f" = {written(right)}"
        declined = Finding(
            side, "", text, math.nan, "", "declined", suggestion="it has no value here"
        )
        if not self._define(left, side.line) or not self._define(right, side.line):
            return declined
        result = self._identity(left, right, side)
        if result is not None and result.verdict == "fails" and claim.before is not None:
            linked = self._identity(claim.before, right, side)
            if linked is not None and linked.verdict == "holds":
                left, result = claim.before, linked
        if result is None:
            return declined
        if result.verdict == "fails":
            if other := self._other_meaning(left, right, side):
                left, right, result = other
            elif (
                reason := doubt(self.part, left)
                or doubt(self.part, right)
                or ambiguity(self.part, left, right)
            ):
                return replace(declined, suggestion=reason)
        if written(left) != written(right):
            text = result.claim.text
            claimed = replace_line(result.claim, side.line, result.verdict == "fails")
            self.statements.append(Identity(side.line, (claimed,), left, right))
        finding = Finding(
            side, "", text, result.value, result.exact, result.verdict,
            result.slip, result.suggestion, result.follows,
        )  # fmt: skip
        if finding.verdict == "fails":
            return self._undefined(claim, finding) or finding
        if side.missing:
            return replace(
                finding,
                verdict="fails",
                slip="partial-missing",
                suggestion="one of the two \u2202 of a derivative is missing; with it, it holds",
            )
        return finding

    def _identity(self, left: ast.expr, right: ast.expr, side: Side) -> Result | None:
        """The verdict of the sheet on a formula; each formula is judged once."""
        text = f"{written(left)} = {written(right)}"
        if text not in self.identities:
            claim = Claim(side.line, text, None, False)
            try:
                results = list(self.sheet.execute(Identity(side.line, (claim,), left, right)))
            except (SheetError, LookupError):
                results = []
            self.identities[text] = results[0] if results else None
        return self.identities[text]

    def _undefined(self, claim: Equality, finding: Finding) -> Finding | None:
        """The remark on a formula that fails by a name that nothing defines."""
        definitions = self.part.definitions
        used = {*plain_names(claim.left), *plain_names(claim.right)}
        for name in sorted(used):
            if name in definitions.formulas or name in self.part.given:
                continue
            for other in definitions.formulas:
                if parts_of(other)[0] == parts_of(name)[0] and other != name:
                    return replace(
                        finding, slip="undefined",
                        suggestion=f"{name} is not defined anywhere; is {other} meant?",
                    )  # fmt: skip
        return None


def replace_line(claim: Claim, line: Line, erratum: bool) -> Claim:
    """The same claim in another line."""
    return Claim(line, claim.text, claim.printed, erratum)


def count(findings: Sequence[Finding]) -> Counter[str]:
    """The number of findings with each verdict."""
    return Counter(finding.verdict for finding in findings)
