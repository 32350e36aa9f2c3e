"""Sheet: the statements of a derivation sheet, executed and judged one after the other."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Iterator, Mapping

from autograd_mini.checking.digits.numerals import Numeral, read
from autograd_mini.checking.digits.printed import judge_printed
from autograd_mini.checking.digits.slips import likely_slip
from autograd_mini.checking.digits.targets import Target
from autograd_mini.checking.formulas.candidates import MOST_STEPS, Effort
from autograd_mini.checking.formulas.identity import check_identity
from autograd_mini.checking.formulas.number_slips import explain_wrong_number
from autograd_mini.checking.formulas.points import compare
from autograd_mini.checking.formulas.scene import Scene, names_in
from autograd_mini.checking.sheets.carried import MOST_IN_ROUTES, Author
from autograd_mini.checking.sheets.given import with_value
from autograd_mini.checking.sheets.markdown import Line, SheetError, place_of
from autograd_mini.checking.sheets.report import Result, Verdict
from autograd_mini.checking.sheets.routes import Formula, Known
from autograd_mini.checking.sheets.statements import (
    Claim,
    Definition,
    DescendStatement,
    Evaluation,
    Given,
    Identity,
    Statement,
    Unread,
)
from autograd_mini.checking.sheets.steps import Steps
from autograd_mini.checking.slips import NO_SLIP, Slip, follows_from, slip
from autograd_mini.engine.graph import dependents, topological_order
from autograd_mini.engine.operation import DomainError
from autograd_mini.engine.value import Value
from autograd_mini.symbols.formulas import total
from autograd_mini.symbols.simplify import key
from autograd_mini.symbols.tape import Tape

# In the graph of a sheet, most of which no line names.
MOST_VALUES = 10_000

# In all descents and given values of a sheet together: some seconds. To record one more time what a
# name stands for takes as long as so many operations of a descent.
MOST_OPERATIONS = 2_000_000
RECORDED = 60

# A value that is larger is not taken for a 0 that was computed with rounding errors.
SMALLEST_DOUBTED = 1e-6

# The search for a slip of the pen takes as long as so many steps.
EFFORT_OF_DIGITS = 200

# Slips that do not come again because somebody has misunderstood something.
OF_THE_PEN = (
    "digits-swapped",
    "digit-wrong",
    "last-digit",
    "power-of-ten",
    "zero-lost",
    "zero-added",
)


class Sheet:
    """The statements of a sheet, executed one after the other.

    scene: the named values at the present point. definitions: their expressions, in order.
    author: the numbers and formulas that the sheet has printed.
    without_value: the names that have no value, and the lines because of which.
    unexplained: the line in which the search for slips ended, if it did. alone: the line in which
    the comparison with the author's other numbers ended, if it did.
    """

    def __init__(self) -> None:
        self.scene: Scene = Scene({})
        self.definitions: dict[str, ast.expr] = {}
        self.author: Author = Author(Steps())
        self.operations: int = MOST_OPERATIONS
        self.effort: Effort = Effort()
        self.named: dict[str, int] = {}
        self.sums: set[frozenset[str]] = set()
        self.without_value: dict[str, Line] = {}
        self.unexplained: Line | None = None
        self.alone: Line | None = None

    def check(self, statements: Iterable[Statement]) -> Iterator[Result]:
        """Execute the statements in order, and judge their claims.

        A statement without a value is unread: a result for each of its claims, or for the line.
        """
        for statement in statements:
            yield from self.results(statement)

    def results(self, statement: Statement) -> list[Result]:
        """Execute a statement: a result for each of its claims, in their order.

        A statement without a claim has a result if it is unread.
        """
        found: list[Result] = []
        try:
            found.extend(self.execute(statement))
        except SheetError as error:
            text = statement.line.text.partition("#")[0].strip()
            claims = statement.claims or (Claim(statement.line, text, None, False),)
            found += [
                Result(claim, math.nan, "", "unread", error.message, error=error)
                for claim in claims[len(found) :]
            ]
        if self.effort.is_spent and self.unexplained is None:
            self.unexplained = statement.line
        if self.author.effort.is_spent and self.alone is None:
            self.alone = statement.line
        return found

    def notes(self) -> Iterator[str]:
        """Where the search for slips, and the one for earlier numbers, ended for lack of steps."""
        if self.alone is not None:
            yield (
                f"line {self.alone.place}: the search for the numbers that a number follows from "
                f"ended here, after {MOST_IN_ROUTES:,} steps; from here on a number is judged by "
                "its own digits, and one that follows is wrong; check parts of the sheet alone"
            )
        if self.unexplained is not None:
            yield (
                f"line {self.unexplained.place}: the search for likely slips ended here, after "
                f"{MOST_STEPS:,} steps; wrong lines from here on have a verdict, but no slip"
            )

    def execute(self, statement: Statement) -> Iterator[Result]:
        """Execute one statement, and judge its claims.

        Raises: SheetError if it has no value.
        """
        try:
            self._refuse_without_value(statement)
            yield from self._execute(statement)
        except (ArithmeticError, ValueError) as error:
            self._take_values(statement)
            raise statement.line.error(str(error)) from error

    def _take_values(self, statement: Statement) -> None:
        """Remember the names that a statement leaves without the values it should give them."""
        match statement:
            case Definition(name=name):
                self.without_value.setdefault(name, statement.line)
            case Given(name=name):
                changed = [name]
            case DescendStatement(parameters=parameters):
                changed = list(parameters)
        if isinstance(statement, (Given, DescendStatement)):
            values = self.scene.values
            known = [values[each] for each in changed if each in values]
            moved = dependents(self.scene.order, known)
            for name, value in values.items():
                if value in moved:
                    self.without_value.setdefault(name, statement.line)

    def _refuse_without_value(self, statement: Statement) -> None:
        """Raises: ValueError if the statement depends on one that has no value."""
        if not self.without_value:
            return
        match statement:
            case Definition(expression=tree) | Evaluation(expression=tree):
                names = set(names_in(tree))
            case Identity(left=left, right=right):
                names = {*names_in(left), *names_in(right)}
            case DescendStatement(root=root, parameters=parameters):
                names = {root, *parameters}
            case Given(name=given):
                names = {given}
            case _:
                return
        for name, line in self.without_value.items():
            if any(
                used == name or used.startswith(f"d{name}/d") or used.endswith(f"/d{name}")
                for used in names
            ):
                raise ValueError(f"{name} has no value, because of line {line.place}")

    def _execute(self, statement: Statement) -> Iterator[Result]:
        match statement:
            case Unread(error=error, claims=(claim,)):
                verdict: Verdict = "missing" if claim.missing else "unread"
                message = "" if claim.missing else error.message
                yield Result(claim, math.nan, "", verdict, message, error=error)
                return
            case Given(name=name, number=number):
                self.give(name, number)
                return
            case Definition(name=name, expression=expression):
                self.define(name, expression)
                tree: ast.expr = ast.Name(name)
            case Evaluation(expression=expression):
                tree = expression
            case Identity(left=left, right=right):
                yield self._judge_formula(statement.claims[0], left, right)
                tree = left
            case DescendStatement():
                self.descend(statement)
        for claim in statement.claims:
            if claim.missing:
                yield Result(claim, self.scene.evaluate(tree), "", "missing")
            elif claim.equated is not None:
                yield self._judge_equated(claim, claim.equated, tree)
            elif claim.printed is not None:
                yield self._judge_number(claim, claim.printed, tree)

    def define(self, name: str, expression: ast.expr) -> None:
        """Record a value under a name.

        Raises: DomainError if it does not exist.
        """
        self._add(name, self.scene.record(expression), expression)
        self.definitions[name] = expression

    def _add(self, name: str, value: Value, expression: ast.expr) -> None:
        """Name a value, which is labelled by its first name."""
        if not value.label:
            if value.op is None and any(names_in(expression)):
                # A derivative that is the same everywhere: no leaf, which others might vary.
                value = value + 0.0
            value.label = name
        scene = self.scene.extended(name, value)
        if len(scene.order) > MOST_VALUES:
            raise ValueError(
                f"{name} and what it was computed from are more than {MOST_VALUES:,} operations; "
                "a derivative of a derivative has about three times as many as the one before"
            )
        self.scene = scene
        self.author.steps.add(name, expression, self.scene)

    def give(self, name: str, number: float) -> None:
        """A value is `number` from now on, whatever its formula gives.

        Raises: ValueError if the formula never gives it.
        """
        expression = self.definitions[name]
        stated = (
            with_value(expression, number, self.scene.evaluate)
            if any(names_in(expression))
            else ast.Constant(number)
        )
        self._record_again({name: stated})

    def descend(self, descent: DescendStatement) -> None:
        """Descend along the gradient: all values from here on are those at the new point.

        Raises: ValueError for a parameter that is not a leaf, or too many steps; DomainError.
        """
        values = self.scene.values
        for name in descent.parameters:
            if values[name].op is not None:
                raise ValueError(
                    f"{name} is computed from others; descend moves values that are defined by a "
                    "number"
                )
        parameters = [values[name] for name in descent.parameters]
        operations = sum(value.op is not None for value in topological_order(values[descent.root]))
        self.operations -= descent.times * operations
        if self.operations < 0:
            raise ValueError(
                f"{descent.times:,} steps of {operations:,} operations each are too many; all "
                f"descents of a sheet together take {MOST_OPERATIONS:,} operations at most"
            )
        moved = self._moved_by_hand(descent) if descent.times == 1 else {}
        numbers = {id(value): value.data for value in parameters}
        tape = Tape([*parameters, values[descent.root]])
        places = {parameter: tape.places[parameter] for parameter in numbers}
        root = tape.places[id(values[descent.root])]
        for _ in range(descent.times):
            try:
                there = tape.replay({places[each]: number for each, number in numbers.items()})
            except DomainError:
                self._move_to(numbers)  # raises the same error, with the names of the sheet
                raise
            there[root].backward()
            for parameter, place in places.items():
                numbers[parameter] -= descent.rate * there[place].grad
        self._move_to(numbers)
        self.author.move(moved)

    def _moved_by_hand(self, descent: DescendStatement) -> dict[str, list[Known]]:
        """The parameters after one step with the numbers that are printed for the gradients."""
        moved = {}
        for name in descent.parameters:
            slope = ast.Name(f"d{descent.root}/d{name}")
            step = ast.BinOp(ast.Constant(descent.rate), ast.Mult(), slope)
            found = self.author.bounds(ast.BinOp(ast.Name(name), ast.Sub(), step))
            moved[name] = [
                Known(low, low, high, math.inf, descent.line.order, roots)
                for low, high, roots, _ in found
            ]
        return moved

    def _move_to(self, numbers: dict[int, float]) -> None:
        """Record all values once more, with other numbers for some leaves, given by their ids."""
        self._record_again(
            {
                name: ast.Constant(numbers[id(value)])
                for name, value in self.scene.leaves.items()
                if id(value) in numbers
            }
        )

    def _record_again(self, changes: Mapping[str, ast.expr]) -> None:
        """Record all values once more, with other definitions for some.

        Raises: DomainError, after which all is as it was.
        """
        self.operations -= RECORDED * len(self.definitions)
        if self.operations < 0:
            raise ValueError(
                f"all descents and given values of a sheet together take {MOST_OPERATIONS:,} "
                f"operations at most, and each of the {len(self.definitions):,} values counts for "
                f"{RECORDED}; split this sheet"
            )
        before, steps = self.scene, self.author.steps
        definitions = {**self.definitions, **changes}
        self.scene, self.author.steps = Scene({}), Steps()
        try:
            for name, expression in definitions.items():
                self._add(name, self.scene.record(expression), expression)
        except (ArithmeticError, ValueError):
            self.scene, self.author.steps = before, steps
            raise
        self.definitions = definitions
        dependent = dependents(before.order, [before.values[name] for name in changes])

        def has_changed(name: str) -> bool:
            y, *_ = before.ends(name) or (name,)
            return before.values[y] in dependent

        self.author.forget(has_changed)

    def _judge_number(self, claim: Claim, numeral: Numeral, tree: ast.expr) -> Result:
        author, line = self.author, claim.line.order
        value = self.scene.evaluate(tree)
        if numeral.number == 0 and self._is_zero(tree, value):
            value = 0.0
        judged = judge_printed(numeral, value)
        verdict: Verdict = judged.verdict
        found = Slip(judged.slip, judged.suggestion)
        finding = author.judge(tree, numeral, value, line, judged.verdict)
        if verdict != "wrong" and author.excludes(tree, numeral):
            found = slip("copied")
        elif verdict == "wrong" and not finding.is_root:
            verdict = "follows" if finding.roots else "carried"
            found = follows_from(map(place_of, sorted(finding.roots))) if finding.roots else NO_SLIP
        if claim.erratum and verdict in ("wrong", "follows"):
            author.mend(tree, read(judged.expected), value, line)
        # A number that was filled with zeros is not a basis for later numbers.
        if numeral.number != 0 or found.code != "coarse":
            author.print(tree, numeral, finding, line)
        author.update(tree, numeral.decimal, line)
        if verdict == "wrong" and not found.code and math.isfinite(value):
            found = self._named_before(self._explain(tree, numeral), line)
        follows = tuple(sorted(finding.roots)) if verdict == "follows" else ()
        return Result(claim, value, judged.exact, verdict, found.sentence, found.code, follows)

    def _independent(self, tree: ast.expr) -> Slip:
        """The slip of a derivative with respect to a value that does not flow into the other."""
        ends = self.scene.ends(tree.id) if isinstance(tree, ast.Name) else None
        if ends is None:
            return NO_SLIP
        y, x = (self.scene.values[end] for end in ends)
        if self.scene.evaluate(tree) or y in dependents(self.scene.order, [x]):
            return NO_SLIP
        return slip("independent", y=ends[0], x=ends[1])

    def _explain(self, tree: ast.expr, numeral: Numeral) -> Slip:
        """The slip that turned the number that the author should have into the one he printed."""
        if (found := self._independent(tree)).code:
            return found
        # Each number and formula of the author is looked at.
        if not self.effort.spend(EFFORT_OF_DIGITS + self.author.size):
            return NO_SLIP
        own = self.author.own(tree, self.effort)
        digit = NO_SLIP
        for number in filter(math.isfinite, own.expected(tree)):
            found = likely_slip(numeral, Target.of(number))
            if found.code and found.code not in ("last-digit", "digit-wrong"):
                return found
            digit = digit if digit.code else found
        # One digit may be another one in many numbers, which is the weakest explanation.
        found = explain_wrong_number(self.scene, tree, numeral, own)
        return found if found.code else digit

    def _named_before(self, found: Slip, line: int) -> Slip:
        """A slip, with the line of an earlier one that differs from it in the index only."""
        if not found.code or found.code in OF_THE_PEN:
            return found
        first = self.named.setdefault(re.sub(r"\d", "#", found.sentence), line)
        if first == line:
            return found
        return found._replace(sentence=f"again, as in line {place_of(first)}: {found.sentence}")

    def _judge_equated(self, claim: Claim, numeral: Numeral, tree: ast.expr) -> Result:
        """A number that is the whole right side is a formula if it holds everywhere."""
        number = ast.Constant(numeral.decimal)
        if self._states_a_sum(tree, number) or check_identity(
            self.scene, tree, number, effort=Effort(0)
        ):
            return self._judge_formula(claim, tree, number)
        left = claim.text.partition("=")[0].strip()
        return self._judge_number(claim._replace(text=left, printed=numeral), numeral, tree)

    def _is_zero(self, tree: ast.expr, value: float) -> bool:
        """True if the exact value is 0 up to the rounding of the computation."""
        if value == 0.0 or abs(value) > SMALLEST_DOUBTED:
            return value == 0.0
        return compare(self.scene, tree, ast.Constant(0)).agrees

    def _states_a_sum(self, left: ast.expr, right: ast.expr) -> bool:
        """True if a line such as t1 + t2 = 1 states a sum of leaves; takes note of it."""
        names = list(names_in(left))
        leaves = all(name in self.scene.leaves for name in names)
        plain = key(left) == key(total([ast.Name(name) for name in names]))
        one = isinstance(right, ast.Constant) and right.value == 1
        if not (one and len(names) > 1 and leaves and plain):
            return False
        if not math.isclose(self.scene.evaluate(left), 1.0):
            return False
        self.sums.add(frozenset(names))
        return True

    def _judge_formula(self, claim: Claim, left: ast.expr, right: ast.expr) -> Result:
        if self._states_a_sum(left, right):
            return Result(claim, 1.0, "1", "holds", "taken as given")
        found = check_identity(self.scene, left, right, effort=self.effort, sums=self.sums)
        exact, reason = f"{found.left:.9g}", Slip(found.slip, found.suggestion)
        fails = found.verdict == "fails"
        if fails:
            other = f"{found.right:.9g}"
            exact += f", not {other}" if other != exact else ", like the right, but not elsewhere"
            if not reason.sentence:
                reason = self._independent(left)
            if not reason.sentence and not any(names_in(right)):
                reason = slip("number-for-formula")
            elif not reason.sentence and found.factor:
                reason = slip("part-off", found.factor, off=found.factor)
            reason = self._named_before(reason, claim.line.order)
        if isinstance(left, ast.Name):
            self.author.claim(left.id, Formula(right, claim.line.order, fails))
        return Result(claim, found.left, exact, found.verdict, reason.sentence, reason.code)
