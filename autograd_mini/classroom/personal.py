"""Personal numbers: chosen for every student by a hash, and such that the usual slips show.

The numbers depend on the seed, the student's ID and the name of the leaf alone, so that they stay
the same when the class grows and when Python changes.
"""

from __future__ import annotations

import ast
import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import Any, NamedTuple

from autograd_mini.checking.formulas.candidates import Effort, is_large
from autograd_mini.checking.formulas.number_slips import usual_slips
from autograd_mini.checking.formulas.scene import Scene, names_in
from autograd_mini.checking.sheets.markdown import SheetError
from autograd_mini.checking.sheets.sheet import Sheet
from autograd_mini.checking.sheets.statements import Definition, DescendStatement, Statement
from autograd_mini.classroom.template import Blank, Choice, Template
from autograd_mini.engine.evaluation import STRICT
from autograd_mini.engine.operation import TABLE
from autograd_mini.engine.value import Value, number
from autograd_mini.symbols.formulas import substitute

# The number of sets of numbers to try for a student; the best of them is taken.
ATTEMPTS = 50

# The number of sets of numbers to try to see whether a slip can show at all.
PROBES = 5

# A slip shows if it changes the number by at least so many units of the last printed digit.
UNITS = 3

# The slips that are common enough for numbers to be chosen by them.
USUAL = (
    "sign",
    "factor-missing",
    "neighbour",
    "path-missing",
    "term-missing",
    "rule",
    "function",
    "exponent",
)

# The smallest distance from a kink, such as relu's at 0, relative to the operands.
NEAREST = 0.05

# A number that a student computes has at least so many significant digits.
DIGITS = 2


def chosen_number(choice: Choice, seed: str, student: str, attempt: int) -> str:
    """The number of a leaf for a student, as it is written in the sheet.

    >>> from autograd_mini.checking.sheets.markdown import Line
    >>> from autograd_mini.classroom.template import read_choice
    >>> choice = read_choice(Line("", 1, "w = 0.4  # choose -0.9 to 0.9 by 0.05"), "w")
    >>> [chosen_number(choice, "2026", student, 0) for student in ("s01", "s02", "s03")]
    ['0.05', '-0.75', '0.20']
    """
    text = "\0".join((seed, student, choice.name, str(attempt)))
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return choice.number(int.from_bytes(digest, "big") % choice.count)


class Personal(NamedTuple):
    """The numbers of one student.

    numbers: of the leaves, by name. values: of the blanks, in the order of the template. hidden:
    the usual slips that would not show, each as the claim and the sentence of the slip.
    """

    numbers: dict[str, str]
    values: tuple[float, ...]
    hidden: tuple[tuple[str, str], ...]


class Refused(ValueError):
    """Numbers that make no exercise; the message is the reason."""


class Slipped(NamedTuple):
    """A usual slip in the number of a blank, as compiled Python over the names of the sheet."""

    sentence: str
    code: Any


class Variables(dict[str, float]):
    """The numbers of a scene, by the variables of Python that stand for its names.

    >>> Variables.of("dE/dw"), Variables(Scene({"w": Value(0.5)}))[Variables.of("w")]
    ('_64452f6477', 0.5)
    """

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    @staticmethod
    def of(name: str) -> str:
        return "_" + name.encode("utf-8").hex()

    def __missing__(self, variable: str) -> float:
        if not variable.startswith("_"):  # a function, which eval finds among its globals
            raise KeyError(variable)
        found = self[variable] = self.scene.number(bytes.fromhex(variable[1:]).decode("utf-8"))
        return found


class Numbers:
    """Chooses the numbers of every student of a template."""

    def __init__(self, template: Template, seed: str) -> None:
        self.template = template
        self.seed = seed
        self._slips: list[list[Slipped]] = []
        self._functions: dict[str, Callable[..., float]] = {"__builtins__": {}}  # type: ignore[dict-item]
        effort = Effort()
        for blank, scene in self._visits({}):
            self._slips.append(list(self._usual_slips(blank, scene, effort)))
        self._keep_slips_that_can_show()

    @property
    def slips(self) -> int:
        """The number of usual slips in one sheet."""
        return sum(map(len, self._slips))

    def of(self, student: str) -> Personal:
        """The best numbers of all attempts: with the fewest usual slips that would not show.

        Raises: SheetError if no attempt gives an exercise, with the reason that struck most.
        """
        best: Personal | None = None
        reasons: Counter[str] = Counter()
        for attempt in range(ATTEMPTS if self.template.choices else 1):
            try:
                tried = self._try(
                    self._numbers(student, attempt), math.inf if best is None else len(best.hidden)
                )
            except Refused as refusal:
                reasons[str(refusal)] += 1
                continue
            if tried is not None:
                best = tried
                if not best.hidden:
                    break
        if best is None:
            reason, times = reasons.most_common(1)[0]
            raise SheetError(
                f"no good numbers for {student} in {ATTEMPTS} attempts; the most frequent reason, "
                f"{times} times: {reason}. Choose from another range",
                next(iter(self.template.choices.values())).line,
            )
        return best

    def _try(self, numbers: dict[str, str], most: float) -> Personal | None:
        """The values of all blanks with these numbers, and the slips that would not show.

        most: None is returned where so many slips or more would not show.

        Raises: Refused.
        """
        values: list[float] = []
        hidden: list[tuple[str, str]] = []
        variables: Variables | None = None
        try:
            for (blank, scene), slips in zip(self._visits(numbers), self._slips):
                if variables is None or variables.scene is not scene:
                    variables = Variables(scene)
                    _refuse_kinks(scene)
                value = scene.evaluate(blank.tree)
                values.append(value)
                if blank.printed is not None:
                    _refuse_few_digits(blank, value)
                for each in slips:
                    if not self._shows(each, blank, value, variables):
                        hidden.append((blank.text, each.sentence))
                        if len(hidden) >= most:
                            return None
        except (ArithmeticError, ValueError) as error:
            raise Refused(str(error).partition("\n")[0]) from error
        return Personal(numbers, tuple(values), tuple(hidden))

    def _keep_slips_that_can_show(self) -> None:
        """Drop the slips that show with no numbers: a factor left out that is 1 for everybody."""
        shown: list[set[Slipped]] = [set() for _ in self._slips]
        for attempt in range(PROBES):
            numbers = self._numbers("", attempt)
            try:
                for place, (blank, scene) in enumerate(self._visits(numbers)):
                    value, variables = scene.evaluate(blank.tree), Variables(scene)
                    shown[place].update(
                        each
                        for each in self._slips[place]
                        if self._shows(each, blank, value, variables)
                    )
            except (ArithmeticError, ValueError):
                continue
        self._slips = [
            [each for each in slips if each in showing]
            for slips, showing in zip(self._slips, shown)
        ]

    def _numbers(self, student: str, attempt: int) -> dict[str, str]:
        return {
            name: chosen_number(choice, self.seed, student, attempt)
            for name, choice in self.template.choices.items()
        }

    def _shows(self, slip: Slipped, blank: Blank, value: float, variables: Variables) -> bool:
        """True if a slip changes the number of a blank so much that it is seen."""
        assert blank.printed is not None
        try:
            wrong = float(eval(slip.code, self._functions, variables))
        except (ArithmeticError, ValueError, TypeError):
            return True  # the student notices that there is no number
        visible = float(UNITS * blank.printed.unit_for(Fraction(value)))
        return not abs(wrong - value) < visible

    def _visits(self, numbers: Mapping[str, str]) -> Iterator[tuple[Blank, Scene]]:
        """Every blank, and the named values where it stands, with other numbers in the leaves."""
        template = self.template
        if not any(isinstance(statement, DescendStatement) for statement in template.statements):
            scene = self._scene.at({name: float(number) for name, number in numbers.items()})
            yield from ((blank, scene) for blank in template.blanks)
            return
        sheet = Sheet()
        blanks = iter(template.blanks)
        following = next(blanks, None)
        for statement in template.statements:
            _execute(sheet, [statement], numbers)
            while following is not None and following.statement is statement:
                yield following, sheet.scene
                following = next(blanks, None)

    @cached_property
    def _scene(self) -> Scene:
        """The named values of a template that does not descend."""
        sheet = Sheet()
        _execute(sheet, self.template.statements, {})
        return sheet.scene

    def _usual_slips(self, blank: Blank, scene: Scene, effort: Effort) -> Iterator[Slipped]:
        """The usual slips in the number of a blank, each once."""
        if blank.printed is None or is_large(scene):
            return
        seen: set[str] = set()
        for suspicion in usual_slips(scene, blank.tree, effort):
            variables = {name: ast.Name(Variables.of(name)) for name in names_in(suspicion.instead)}
            tree = substitute(suspicion.instead, variables)
            text = ast.unparse(tree)
            if suspicion.slip.code in USUAL and text not in seen:
                seen.add(text)
                code = compile(text, blank.claim.text, "eval")
                for called in code.co_names:
                    if called in TABLE:
                        self._functions[called] = STRICT.function(called)
                yield Slipped(suspicion.slip.sentence, code)


def _execute(sheet: Sheet, statements: Sequence[Statement], numbers: Mapping[str, str]) -> None:
    """Execute definitions and descents without their claims, with other numbers in the leaves."""
    for statement in statements:
        if isinstance(statement, Definition) and statement.name in numbers:
            leaf = ast.Constant(float(numbers[statement.name]))
            statement = replace(statement, expression=leaf)
        if isinstance(statement, (Definition, DescendStatement)):
            for _ in sheet.check([replace(statement, claims=())]):
                pass


def _refuse_few_digits(blank: Blank, value: float) -> None:
    assert blank.printed is not None
    written = blank.printed.write(Fraction(value))
    digits = written.partition("e")[0].partition("E")[0].translate(str.maketrans("", "", "+-."))
    if len(digits.lstrip("0")) < DIGITS:
        raise Refused(
            f"{blank.claim.text} has fewer than {DIGITS} significant digits as printed: {written}"
        )


def _refuse_kinks(scene: Scene) -> None:
    """Refuse numbers at which an operation is near its kink."""
    for node in scene.order:
        if node.op is not None and node.op.kink:
            operands = [number(operand) for operand in node.operands]
            distance = abs(operands[0] - (operands[1] if len(operands) == 2 else 0.0))
            first = node.operands[0]
            parts = first.operands if len(operands) == 1 and isinstance(first, Value) else ()
            scale = max(map(abs, [*operands, *map(number, parts)]))
            if distance < NEAREST * scale or distance == 0.0:
                raise Refused(
                    f"{node.label or node.op.name} is too near the kink of {node.op.name}"
                )
