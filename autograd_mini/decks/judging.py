"""Judging: every claim of a deck, by the checker of derivation sheets.

The claims become the statements of a sheet whose lines are the deck's. A number that the sheet
calls wrong is the author's only if his own line does not lead to it either; and of a part in
which most does not fit, nothing is said: it was not understood.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from dataclasses import replace

from autograd_mini.checking.digits.numerals import read
from autograd_mini.checking.digits.printed import check_printed
from autograd_mini.checking.formulas.candidates import Effort
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
from autograd_mini.decks.doubts import (
    Consequences,
    ambiguity,
    broken_link,
    condition,
    doubt,
    odd_one_out,
    undefined,
    undifferentiated,
)
from autograd_mini.decks.findings import (
    HOPELESS,
    NOT_UNDERSTOOD,
    Finding,
    JudgedPart,
    is_understood,
    readable,
)
from autograd_mini.decks.given import agree, comes_out, leads_to, precision, value_of
from autograd_mini.decks.missing import Fit, fit
from autograd_mini.decks.names import neighbours
from autograd_mini.decks.parts import Equality, Figure, LeftAlone, Part
from autograd_mini.decks.reading import Deck, Side
from autograd_mini.decks.rounds import Fact, add_facts, facts, loss_of, train
from autograd_mini.decks.scenes import constant, ordered
from autograd_mini.decks.sources import Source
from autograd_mini.decks.trees import ends, plain_names, renamed, substituted, written

# The names that are known at each claim, added up; a lecture comes to a tenth.
MOST_WORK = 15_000

# Formulas of a part that are tried with other meanings of their names.
MOST_SEARCHES = 10


def judge(part: Part, deck: Deck, span: range) -> JudgedPart:
    """Judge every claim of a part, and the figures of its rounds.

    span: where the part stands in the text.
    """
    stated = list(facts(deck.source))
    add_facts(part, stated, deck.source)
    found = fit(part)
    judging = Judging(part, found, deck.source)
    findings = list(judging.findings())
    findings += judging.training([fact for fact in stated if fact.start in span], deck)
    judged = JudgedPart(part, found, [readable(f, part) for f in findings], judging.statements)
    if not is_understood(findings):
        judged.decline(NOT_UNDERSTOOD)
    return judged


class Judging:
    """Runs the claims of a part through a sheet, in order."""

    def __init__(self, part: Part, found: Fit, source: Source) -> None:
        self.part = part
        self.source = source
        self.fit = found
        self.sheet: Sheet = Sheet()
        self.order: list[str] = ordered(part.definitions)
        self.defined: dict[str, bool] = {}
        self.statements: list[Statement] = []
        self.identities: dict[tuple[str, bool], Result | None] = {}
        self.wrong: dict[tuple[str, str], int] = {}  # the lines of wrong numbers
        # Numbers that are wrong but right by their own line, with the values that they are for.
        self.followed: list[tuple[str, float]] = []
        self.unwritten: set[int] = set()  # lines right on printed numbers, left out of a sheet
        self.searches: int = 0
        self.consequences: Consequences = Consequences(part, found)
        # Wrong numbers that are used before they are stated.
        self.early: set[tuple[str, str]] = set()
        self.passed: set[tuple[str, str]] = set()  # of those that are stated
        self.stated: set[tuple[str, str]] = {
            (written(claim.tree), claim.printed)
            for claim in part.claims
            if isinstance(claim, Figure) and not claim.is_operand
        }

    def findings(self) -> Iterator[Finding]:
        """The findings in order; as soon as hardly any fits, the rest is left alone."""
        wrong = right = work = 0
        for place, claim in enumerate(self.part.claims):
            work += len(self.defined) + 1
            if work > MOST_WORK:
                self.part.left_alone.append(LeftAlone(claim.side, "more claims than are judged"))
                continue
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
            for figure in training.figures:
                if written(figure.tree):
                    yield self._declined(figure, training.reason)
                else:
                    self.part.left_alone.append(LeftAlone(figure.side, training.reason))
            return
        sides = sorted((figure.side for figure in training.figures), key=lambda side: side.start)
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
            if not comes_out(printed, value):
                if self._own_verdict(figure):
                    return self._own_line(figure)
                if known := self._printed_otherwise(figure):
                    return replace(self._finding(figure, math.nan, "", "wrong"), suggestion=known)
                return self._declined(figure, reason)
        key = written(tree), printed
        if not figure.is_operand:
            self.passed.add(key)
        elif key in self.stated - self.passed:
            # Where a number is used before it is stated, it is wrong where it is stated.
            value = self.sheet.scene.evaluate(tree)
            if not comes_out(printed, value):
                self.early.add(key)
        mark = len(self.statements)
        results = self._run(self._evaluation(figure, key in self.early))
        if not results:
            return self._declined(figure, "it has no value here")
        finding = self._of(result := results[0], figure)
        if key in self.early and result.verdict in ("wrong", "follows"):
            if figure.is_operand:
                return replace(finding, verdict="follows", follows=(), slip="",
                               suggestion="wrong where it is stated")  # fmt: skip
            judged = check_printed(printed, result.value)
            self.early.discard(key)
            self.wrong[key] = side.line.number
            return replace(finding, verdict="wrong", follows=(), slip=judged.slip,
                           suggestion=judged.suggestion)  # fmt: skip
        if result.verdict in ("rounds", "truncates") and self._contradicts(figure):
            return self._line_slip(figure)
        if result.verdict not in ("wrong", "follows"):
            return finding
        if result.verdict == "wrong" or self.unwritten.issuperset(result.follows):
            del self.statements[mark:]
        if result.verdict == "follows":
            self.followed.append((printed, result.value))
            return finding
        if figure.fits or self.consequences.is_restated(figure, result.value, finding.slip):
            return self._declined(figure, "another number than before")
        neighbour = self._neighbour(figure)
        if neighbour:
            finding = replace(finding, slip="index", suggestion=f"it is the number of {neighbour}")
        elif reason := self._reason_to_follow(figure, result.value):
            self.unwritten.add(side.line.number)
            return replace(finding, verdict="follows", slip="", suggestion=reason)
        elif line := self.consequences.mended_line(figure):
            return finding.by_formula_of(line)
        self._run(self._evaluation(figure, erratum=True))
        self.wrong[key] = side.line.number
        return finding

    def _reason_to_follow(self, figure: Figure, value: float) -> str:
        """The reason why a wrong number is right work on printed numbers, or ""."""
        if self._own_verdict(figure) == "right":
            self.followed.append((figure.printed, value))
            return "right by the numbers of its own line"
        for text, other in self.followed:
            if text == figure.printed and math.isclose(other, value, rel_tol=1e-4):
                return "the number of an equal quantity before"
        if self.consequences.comes_from_printed(figure):
            return "right by the numbers printed for its formula"
        if self.consequences.is_within_given(figure, value):
            return "right, as far as given numbers were rounded"
        return ""

    def _printed_otherwise(self, figure: Figure) -> str:
        """The remark on a number that its line does not fit and that is printed otherwise."""
        if figure.fits or not figure.is_operand:
            return ""
        others = [printed for text, printed in self.stated if text == written(figure.tree)]
        other = max(others, key=precision, default="")
        if not all(agree(other, each) for each in others) or other in ("", figure.printed):
            return ""
        if precision(other) < precision(figure.printed):
            return ""
        return f"its line does not come out with it; elsewhere it is {other}"

    def _neighbour(self, figure: Figure) -> str:
        """The neighbour whose number was printed for this quantity, or ""."""
        name = figure.tree.id if isinstance(figure.tree, ast.Name) else ""
        if not name or "." not in figure.printed or precision(figure.printed) < 3:
            return ""
        y, x = ends(name) if "/d" in name else ("", name)
        for other in neighbours(x, {*self.part.definitions.formulas, *self.part.leaves}):
            tree = ast.Name(f"d{y}/d{other}" if y else other)
            if doubt(self.part, tree) or not self._define(tree, figure.side.line):
                continue
            if comes_out(figure.printed, self.sheet.scene.number(tree.id)):
                return tree.id
        return ""

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
        if figure.own is None or not math.isfinite(value_of(figure.own)):
            return ""
        return "right" if leads_to(figure.own, figure.printed) else "wrong"

    def _contradicts(self, figure: Figure) -> bool:
        """True if the numbers of a line do not lead to the right number behind them at all.

        A wrong number among them, which was reported, is reason enough.
        """
        if figure.own is None or self._own_verdict(figure) != "wrong":
            return False
        if any(line == figure.side.line.number for line in self.wrong.values()) or self.early:
            return False
        value, printed = value_of(figure.own), float(figure.printed)
        return abs(value - printed) > 0.02 * max(abs(value), abs(printed))

    def _line_slip(self, figure: Figure) -> Finding:
        assert figure.own is not None
        value = value_of(figure.own)
        judged = check_printed(figure.printed, value)
        return Finding(
            figure.own_side or figure.side, figure.printed, written(figure.own), value,
            judged.exact, "wrong",
            "own-line", "the number is right, but the numbers of its line do not lead to it",
        )  # fmt: skip

    def _own_line(self, figure: Figure) -> Finding:
        """Judge a number by the numbers of its own line alone."""
        assert figure.own is not None
        value = value_of(figure.own)
        if not math.isfinite(value):
            return self._declined(figure, "its line has no value")
        verdict = check_printed(figure.printed, value)
        right = self._own_verdict(figure) == "right"
        if right and verdict.verdict == "wrong":
            self.followed.append((figure.printed, value))
        return replace(
            self._finding(figure, value, verdict.exact, "follows" if right else "wrong"),
            slip="" if right else verdict.slip,
            suggestion="judged by the numbers of its own line" if right else verdict.suggestion,
            is_own_line=True,
        )

    # -- formulas

    def _meant(self, left: ast.expr, right: ast.expr, side: Side) -> str:
        """The one derivative that would make a formula hold with its neighbour in its place."""
        found = []
        formulas = self.part.definitions.formulas
        for name in dict.fromkeys((*names_in(left), *names_in(right))):
            if "/d" not in name:
                continue
            y, x = ends(name)
            for old in (y, x):
                for new in neighbours(old, {*formulas, *self.part.leaves}):
                    other = f"d{new}/d{x}" if old == y else f"d{y}/d{new}"
                    swapped = {name: ast.Name(other)}
                    one, two = substituted(left, swapped), substituted(right, swapped)
                    if doubt(self.part, one) or doubt(self.part, two):
                        continue
                    if self._holds(one, two, side):
                        found.append((name, other))
        if len(found) != 1:
            return ""
        return f"{found[0][1]} is meant instead of {found[0][0]}"

    def _other_meaning(
        self, left: ast.expr, right: ast.expr, side: Side
    ) -> tuple[ast.expr, ast.expr, Result] | None:
        """The same formula for another meaning of a name that is defined again, if it holds."""
        self.searches += 1
        if self.searches > MOST_SEARCHES:
            return None
        for meanings in self.part.meanings.values():
            for new in meanings:
                names = dict.fromkeys(set(meanings) - {new}, new)
                one, two = renamed(left, names), renamed(right, names)
                if result := self._holds(one, two, side):
                    return one, two, result
        return None

    def _equality(self, claim: Equality) -> Finding:
        left, right, side = claim.left, claim.right, claim.side
        text = written(left)
        if text != written(right):
            text += f" = {written(right)}"
        if claim.against:
            return Finding(side, "", text, math.nan, "", "fails", claim.slip, claim.against)
        declined = Finding(
            side, "", text, math.nan, "", "declined", suggestion="it has no value here"
        )
        if not self._define(left, side.line) or not self._define(right, side.line):
            return declined
        reason = doubt(self.part, left) or doubt(self.part, right)
        if reason and (plain := undifferentiated(left, right)):
            (left, right), reason = plain, ""
        if reason and (odd := odd_one_out(left, right)):
            return self._of_factor(declined, *odd)
        result = self._identity(left, right, side)
        if result is not None and result.verdict == "fails":
            for before in reversed(claim.before):
                if linked := self._holds(before, right, side):
                    left, result = before, linked
                    break
        if result is None:
            return declined
        if result.verdict == "fails":
            if other := self._other_meaning(left, right, side):
                left, right, result = other
            else:
                if link := odd_one_out(left, right) or broken_link(self.part, left, right):
                    return self._of_factor(declined, *link)
                if reason := reason or ambiguity(self.part, left, right):
                    if self.searches <= MOST_SEARCHES and (meant := self._meant(left, right, side)):
                        return replace(declined, verdict="fails", slip="index", suggestion=meant)
                    return replace(declined, suggestion=reason)
                result = self._identity(left, right, side, searched=True) or result
        if written(left) != written(right):
            text = result.claim.text
            fails = result.verdict == "fails"
            claimed = Claim(side.line, result.claim.text, result.claim.printed, fails)
            self.statements.append(Identity(side.line, (claimed,), left, right))
        finding = Finding(
            side, "", text, result.value, result.exact, result.verdict,
            result.slip, result.suggestion, result.follows,
        )  # fmt: skip
        if finding.verdict == "fails":
            if line := self.consequences.mended_line(replace(claim, left=left, right=right)):
                return finding.by_formula_of(line)
            if remark := undefined(self.part, claim.left, claim.right):
                return replace(finding, slip="undefined", suggestion=remark)
            return finding
        if side.missing:
            return replace(
                finding,
                verdict="fails",
                slip="partial-missing",
                suggestion="one of the two \u2202 of a derivative is missing; with it, it holds",
            )
        return finding

    def _of_factor(self, finding: Finding, remark: str, factor: ast.expr) -> Finding:
        side = finding.side.at(getattr(factor, "col_offset", finding.side.start), self.source)
        return replace(finding, side=side, verdict="fails", slip="index", suggestion=remark)

    def _holds(self, left: ast.expr, right: ast.expr, side: Side) -> Result | None:
        """The verdict on a formula that has a value and holds."""
        if not (self._define(left, side.line) and self._define(right, side.line)):
            return None
        result = self._identity(left, right, side)
        return result if result is not None and result.verdict == "holds" else None

    def _identity(
        self, left: ast.expr, right: ast.expr, side: Side, searched: bool = False
    ) -> Result | None:
        """The verdict of the sheet on a formula.

        searched: whether the slip in a formula that fails is looked for, which takes longest.
        """
        key = f"{written(left)} = {written(right)}", searched
        if key not in self.identities:
            claim = Claim(side.line, key[0], None, False)
            effort = self.sheet.effort
            self.sheet.effort = effort if searched else Effort(0)
            try:
                results = list(self.sheet.execute(Identity(side.line, (claim,), left, right)))
            except (SheetError, LookupError):
                results = []
            self.sheet.effort = effort
            self.identities[key] = results[0] if results else None
        return self.identities[key]
