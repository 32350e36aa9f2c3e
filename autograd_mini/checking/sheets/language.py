"""The language of derivation sheets: one statement a line, in Python's syntax for expressions.

    w1 = 0.15                                  a leaf
    i1 = 0.05, b1 = 0.35                       several leaves
    out = sigmoid(w1*i1 + b1)    -> 0.5933     a definition, and the number printed for it
    dE/dw5                       -> 0.0822     a printed number
    dE/dw5 = (out - t) * out_h1                a formula that is claimed, an identity
    dw5 = (out - t) * out_h1                   the same, where E is the value all others flow into
    given out = 0.6                            a value that an exercise states
    descend(E, [w1, w2], rate=0.5, times=10)   gradient descent; later lines see the new point

A comment that begins with `erratum` says that the claim of its line is wrong. `out == ...` claims a
formula for a value that has been defined.

>>> from autograd_mini.checking.sheets.markdown import derivation_lines
>>> for statement in parse_lines(derivation_lines('''
... ~~~derivation
... x = 3
... y = x * x = 9
... dy/dx = 2 * x
... ~~~''')):
...     print(type(statement).__name__, [claim.text for claim in statement.claims])
Definition []
Definition ['y = x * x']
Identity ['dy/dx = 2 * x']
"""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from autograd_mini.checking.digits.numerals import Numeral, read
from autograd_mini.checking.formulas.functions import softmax
from autograd_mini.checking.formulas.reader import (
    BlankError,
    FormulaError,
    python_tree,
    read_formula,
    read_name,
    suggestion,
)
from autograd_mini.checking.formulas.scene import names_in
from autograd_mini.checking.sheets.gradient_names import SheetNames
from autograd_mini.checking.sheets.line_parts import Segment, Written, split
from autograd_mini.checking.sheets.markdown import (
    MOST_COLUMNS,
    Line,
    SheetError,
    check_characters,
)
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

# Far beyond any lecture; a sheet that takes longer than a moment to check is refused.
MOST_STATEMENTS = 2_000
MOST_NAMES = 500

# Of the rate and the times of a descent; a whole number may be too large for a float.
MOST = 1e15

BLANK = re.compile(r"[\s?_.\N{HORIZONTAL ELLIPSIS}]*")
NUMBER = re.compile(
    r"\s*[-+\N{MINUS SIGN}]?(\d[\d.,]*|[.,]\d+)([eE][-+\N{MINUS SIGN}]?\d+)?(\s*/\s*\d+)?\s*"
)
GIVEN = re.compile(r"\s*given\s+(?=[^\s=])")
DESCEND = re.compile(r"\s*descend\s*\(")
SEVERAL = re.compile(r"\s*\w+\s*=[^=,;#()>]+(?:[,;]\s*\w+\s*=[^=,;#()>]+)+")
SOFTMAX = re.compile(r"\s*softmax\s*\((.*)\)\s*")
DESCEND_USAGE = "descend(E, [w1, w2], rate=0.5, times=10)"
SOFTMAX_USAGE = "p1, p2 = softmax(z1, z2)"


def parse_lines(lines: Iterable[Line]) -> list[Statement]:
    """The statements of a sheet, in order; a line that cannot be read is a statement too.

    Raises: SheetError for a sheet that is too long.
    """
    written: list[Line] = []
    for line in lines:
        if line.text.partition("#")[0].strip():
            written += _one_by_one(line)
        if len(written) > MOST_STATEMENTS:
            raise line.error(f"a sheet has {MOST_STATEMENTS:,} statements at most; split this one")
    return list(SheetReader(written).statements())


def _one_by_one(line: Line) -> list[Line]:
    """The definitions of a line such as `w = 0.5, x = 2`, each at its columns; else the line."""
    if not SEVERAL.fullmatch(line.text):
        return [line]
    parts = re.finditer(r"[^,;]+", line.text)
    return [line._replace(text=" " * part.start() + part[0]) for part in parts]


class Printed(NamedTuple):
    """A printed number; None where it is left blank."""

    numeral: Numeral | None


class SheetReader:
    """Reads the lines of a sheet in order, and knows the names defined so far."""

    def __init__(self, lines: list[Line]) -> None:
        self.lines = lines
        self.names: SheetNames = SheetNames(lines)
        self.numbers: dict[str, float] = {}
        self.given: dict[str, Given] = {}

    def statements(self) -> Iterator[Statement]:
        for line in self.lines:
            try:
                check_characters(line)
                read = self.read_line(Written.read(line))
            except FormulaError as error:
                is_blank = isinstance(error, BlankError)
                read = [self.unread(line, line.error(error.message, error.column), is_blank)]
            except SheetError as error:
                read = [self.unread(line, error, False)]
            for statement in read:
                if isinstance(statement, Definition):
                    self.define(statement)
                yield statement

    def define(self, statement: Definition) -> None:
        name, expression = statement.name, statement.expression
        self.names.define(name, expression, statement.line.place)
        if isinstance(expression, ast.Constant) and isinstance(expression.value, (int, float)):
            self.numbers[name] = float(expression.value)
        if len(self.names.lines_of) > MOST_NAMES:
            raise statement.line.error(f"a sheet has {MOST_NAMES:,} names at most; split this one")

    def unread(self, line: Line, error: SheetError, missing: bool) -> Unread:
        """A line that is unread or blank; the names that it would define have no value."""
        self.names.forget_expressions()
        text = line.text[:MOST_COLUMNS].partition("#")[0]
        left, equals, _ = text.partition("=")
        for part in left.split(",") if equals else []:
            name = read_name(part)
            if name and name not in self.names:
                (self.names.blank if missing else self.names.unread)[name] = line.place
        if DESCEND.match(text):
            moved = self.names.lines_of.keys() & set(re.findall(r"\w+", text.partition("[")[2]))
            self.names.spoil(moved or list(self.numbers), line.place)
        if found := GIVEN.match(text):
            name = read_name(text[found.end() :].partition("=")[0])
            self.names.spoil(self.names.lines_of.keys() & {name}, line.place)
        shown = "".join(c if c.isprintable() else " " for c in text).strip()
        return Unread(line, (Claim(line, shown, None, False, missing),), error)

    def read_line(self, written: Written) -> list[Statement]:
        line, text, sides = written.line, written.text, written.sides
        self.names.readings.clear()
        if DESCEND.match(text):
            return [self.descent(written)]
        if found := GIVEN.match(text):
            return self.given_value(written, found.end())
        names = [read_name(part.text) for part in split(sides[0])]
        read: list[Statement]
        if len(sides) == 1 or written.is_claim or not all(names):
            left = self.expression(line, sides[0])
            read = self.claims(written, left, sides[1:])
        elif len(names) > 1:
            read = self.definitions(written, names)
        else:
            read = self.definition(written, names[0])
        hidden = [
            Definition(line, (), name, expression)
            for name, expression in self.names.expressions.items()
            if name not in self.names.lines_of
        ]
        readings = "; ".join(dict.fromkeys(self.names.readings))
        return [*hidden, *(_with_reading(statement, readings) for statement in read)]

    def expression(self, line: Line, part: Segment) -> ast.expr:
        try:
            return read_formula(part.text, self.names)
        except FormulaError as error:
            raise type(error)(error.message, line.text, part.start + error.column) from None

    # -- definitions -----------------------------------------------------------------------------

    def definition(self, written: Written, name: str) -> list[Statement]:
        """name = expression, or a gradient that is called dX."""
        line, sides = written.line, written.sides
        column = sides[0].start + len(sides[0].text) - len(sides[0].text.lstrip())
        self.refuse_second(line, name, column)
        is_blank = len(sides) == 2 and BLANK.fullmatch(sides[1].text) is not None
        try:
            derivative, note = self.gradient(written, name, column)
        except SheetError:
            if not is_blank:
                raise
            derivative, note = "", ""
        if derivative:
            reading = f"read as {derivative}"
            return self.claims(written, ast.Name(derivative), sides[1:], reading)
        if is_blank:
            raise BlankError(f"{name} is left blank", line.text, sides[1].start)
        operands = softmax_operands(sides[1])
        if operands is None:
            expression, reading = self.expression(line, sides[1]), ""
        else:
            expression, reading = self.softmax_output(line, name, operands)
        numbers, others = self.further(written, ast.Name(name), sides[2:])
        if written.erratum and not numbers:
            raise line.error(f"an erratum needs a claim; this line only defines {name}", column)
        text = line.text[sides[0].start : sides[1].start + len(sides[1].text)].strip()
        claims = [claim._replace(text=text, reading=reading) for claim in numbers]
        statements = [Definition(line, tuple(claims), name, expression, note), *others]
        if name in self.given:
            statements.append(self.given.pop(name))
        return statements

    def refuse_second(self, line: Line, name: str, column: int) -> None:
        if name in self.names:
            raise line.error(
                f"{name} is defined in line {self.names.lines_of[name]} already; choose another "
                f"name, or write `{name} == ...` to claim a formula for it",
                column,
            )

    def gradient(self, written: Written, name: str, column: int) -> tuple[str, str]:
        """The derivative that `name` on the left stands for, and a note if it is a step."""
        sides = written.sides
        is_number = len(sides) == 2 and NUMBER.fullmatch(sides[1].text) is not None
        if is_number and self.names.find_step(name, written.comment):
            return "", f"{name} is read as a step, since {self.names.steps[name]}"
        try:
            derivative = self.names.differential(name)
        except ValueError as error:
            raise written.line.error(str(error), column) from None
        if is_number and not derivative and self.names.find_seed(name):
            derivative = self.names.differential(name)
        return derivative, ""

    def softmax_output(
        self, line: Line, name: str, operands: list[Segment]
    ) -> tuple[ast.expr, str]:
        """The output of the operand that has the index of `name`."""
        index = re.search(r"\d*$", name)
        same = [
            place
            for place, operand in enumerate(operands)
            if index and index[0] and re.search(rf"\D{index[0]}$", operand.text.strip())
        ]
        if len(same) != 1:
            raise line.error(
                f"softmax gives one output for each operand; name them all, as in {SOFTMAX_USAGE}",
                operands[0].start,
            )
        outputs = softmax([self.expression(line, operand) for operand in operands])
        return outputs[same[0]], f"read as the output for {operands[same[0]].text.strip()}"

    def definitions(self, written: Written, names: list[str]) -> list[Statement]:
        """p1, p2 = softmax(z1, z2), or x1, x2 = 0.05, 0.1"""
        line, sides = written.line, written.sides
        for name, part in zip(names, split(sides[0])):
            self.refuse_second(line, name, part.start)
        if len(set(names)) < len(names):
            raise line.error("each name is defined once; use different names", sides[0].start)
        operands = softmax_operands(sides[1])
        right = split(sides[1]) if operands is None else operands
        if len(right) != len(names):
            outputs = "expression(s)" if operands is None else "output(s) of softmax"
            raise line.error(
                f"{len(names)} names for {len(right)} {outputs}; write one each, as in "
                f"{SOFTMAX_USAGE}",
                sides[1].start,
            )
        expressions = [self.expression(line, part) for part in right]
        if operands is not None:
            expressions = softmax(expressions)
        printed: list[tuple[Printed, ...]] = [() for _ in names]
        for part in [*sides[2:], *([written.printed] if written.printed else [])]:
            shown = [read_printed(line, each) for each in split(part)]
            if len(shown) != len(names):
                raise line.error(f"{len(names)} names for {len(shown)} number(s)", part.start)
            printed = [(*before, after) for before, after in zip(printed, shown)]
        if written.erratum:
            raise line.error("an erratum needs a line for each name")
        return [
            Definition(
                line,
                tuple(claim_of(written, name, each) for each in numbers),
                name,
                expression,
            )
            for name, expression, numbers in zip(names, expressions, printed)
        ]

    def given_value(self, written: Written, start: int) -> list[Statement]:
        """given yp = 0.6"""
        line = written.line
        name = read_name(line.text[start : len(written.sides[0].text)])
        number = written.sides[-1]
        if len(written.sides) != 2 or not name or not NUMBER.fullmatch(number.text):
            raise line.error("expected a name and a number, as in given yp = 0.6", start)
        if written.printed is not None or written.erratum:
            raise line.error("given claims nothing; write the claim on another line")
        numeral = read_printed(line, number).numeral
        assert numeral is not None
        if math.isinf(numeral.decimal):
            raise line.error("this number is beyond any float", number.start)
        statement = Given(line, (), name, numeral.decimal)
        self.names.check_value(name, line.text, start)
        if name in self.names:
            return [statement]
        later = re.compile(rf"\s*{re.escape(name)}\s*=(?!=)")
        if any(later.match(each.text) for each in self.lines):
            self.given[name] = statement
            return []
        return [Definition(line, (), name, ast.Constant(statement.number))]

    # -- claims ----------------------------------------------------------------------------------

    def claims(
        self, written: Written, left: ast.expr, sides: list[Segment], reading: str = ""
    ) -> list[Statement]:
        """The claims of a line about its left side."""
        line = written.line
        numbers, others = self.further(written, left, sides, reading)
        if not numbers and not others:
            raise line.error(
                "nothing is claimed here; add what is printed, as in `-> 0.25`, or a formula, "
                "as in `= x * y`",
                len(written.text.rstrip()),
            )
        if written.erratum and len(numbers) + len(others) > 1:
            raise line.error(
                "a formula and a number are claimed here: say which is the erratum, with a line "
                "for each"
            )
        match others:
            case [Identity() as first, *rest]:
                numbers = [claim._replace(text=first.claims[0].text) for claim in numbers]
                claims = (*first.claims, *numbers)
                return [Identity(line, claims, first.left, first.right), *rest]
        return [Evaluation(line, tuple(numbers), left), *others]

    def further(
        self, written: Written, left: ast.expr, sides: list[Segment], reading: str = ""
    ) -> tuple[list[Claim], list[Statement]]:
        """The numbers claimed for the left side, and the statements about the other sides."""
        line, name = written.line, written.sides[0].text.strip()
        parts = [written.printed] if written.printed else []
        if sides and (NUMBER.fullmatch(sides[-1].text) or BLANK.fullmatch(sides[-1].text)):
            parts.insert(0, sides[-1])
            sides = sides[:-1]
        numbers = [claim_of(written, name, read_printed(line, part), reading) for part in parts]
        if len(numbers) == 2 and numbers[0] == numbers[1]:
            numbers.pop()
        if len(written.sides) == 2 and not written.printed:
            text = written.text.strip()
            numbers = [
                claim
                if claim.missing
                else claim._replace(text=text, printed=None, equated=claim.printed)
                for claim in numbers
            ]
        statements: list[Statement] = []
        for part in sides:
            tree, text = self.expression(line, part), part.text.strip()
            if any(names_in(tree)) or not numbers:
                claim = Claim(line, f"{name} = {text}", None, written.erratum, reading=reading)
                if len(written.sides) == 2:
                    claim = claim._replace(text=written.text.strip())
                statements.append(Identity(line, (claim,), left, tree))
            else:
                claims = tuple(claim._replace(text=text, reading="") for claim in numbers)
                statements.append(Evaluation(line, claims, tree))
        return numbers, statements

    # -- descents --------------------------------------------------------------------------------

    def descent(self, written: Written) -> DescendStatement:
        """descend(E, [w1, w2], rate=0.5, times=10)"""
        line = written.line
        if written.printed is not None or written.erratum:
            raise line.error("descend claims nothing; claim what E is after it on the next line")
        try:
            call = python_tree(written.text.strip())
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            raise line.error(f"expected {DESCEND_USAGE}") from None
        match call:
            case ast.Call(args=[ast.Name(id=root), ast.List(elts=elements)], keywords=keywords):
                parameters = [each.id for each in elements if isinstance(each, ast.Name)]
                options = {keyword.arg: self.option(keyword.value) for keyword in keywords}
            case _:
                raise line.error(f"expected {DESCEND_USAGE}")
        usable = parameters and len(parameters) == len(elements)
        if not usable or options.keys() != {"rate", "times"}:
            raise line.error(f"expected {DESCEND_USAGE}")
        rate, times = options["rate"], options["times"]
        if not (isinstance(rate, (int, float)) and abs(rate) < MOST):
            raise line.error(
                "rate must be a number, such as 0.5, or the name of one; a negative rate ascends"
            )
        if not (isinstance(times, int) and 0 <= times < MOST):
            raise line.error("times must be a whole number, 0 or more, such as 10")
        for name in (root, *parameters):
            start = line.text.find(name, line.text.index("("))
            self.names.check_value(name, line.text, start)
            if name not in self.names:
                close = suggestion(name, self.names.lines_of)
                raise line.error(f"{name} is not defined{close}", start)
        return DescendStatement(
            line, (), root, tuple(dict.fromkeys(parameters)), float(rate), times
        )

    def option(self, tree: ast.expr) -> int | float | None:
        """The number that an option of a descent is, None for anything else."""
        match tree:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return number
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
                option = self.option(operand)
                return option if option is None or isinstance(sign, ast.UAdd) else -option
            case ast.Name(id=name):
                return self.numbers.get(name)
        return None


def _with_reading(statement: Statement, reading: str) -> Statement:
    """`statement`, its claims with how the line is read, unless they say so already."""
    claims = (c if c.reading else c._replace(reading=reading) for c in statement.claims)
    return replace(statement, claims=tuple(claims)) if reading else statement


def claim_of(written: Written, text: str, printed: Printed, reading: str = "") -> Claim:
    numeral = printed.numeral
    return Claim(written.line, text, numeral, written.erratum, numeral is None, reading)


def read_printed(line: Line, part: Segment) -> Printed:
    """The number that is printed, which may be left blank."""
    if BLANK.fullmatch(part.text):
        return Printed(None)
    try:
        return Printed(read(part.text.strip()))
    except ValueError as error:
        start = part.start + len(part.text) - len(part.text.lstrip())
        raise line.error(str(error), start) from None


def softmax_operands(part: Segment) -> list[Segment] | None:
    """The operands of a softmax; None for any other expression."""
    found = SOFTMAX.fullmatch(part.text)
    return split(Segment(found[1], part.start + found.start(1))) if found else None
