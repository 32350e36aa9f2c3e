"""The language of derivation sheets: one statement a line, in Python's syntax for expressions.

    w1 = 0.15                                  a leaf
    out = sigmoid(w1*i1 + b1)    -> 0.5933     a definition, and what is printed
    dE/dw5                       -> 0.0822     a printed number
    dE/dw5 = (out - t) * out_h1                a formula that is claimed, an identity
    descend(E, [w1, w2], rate=0.5, times=10)   gradient descent; later lines see the new point

A comment that begins with `erratum` says that the claim of its line is wrong. `out == ...` claims a
formula for a value that has been defined.

>>> for statement in parse_lines(derivation_lines('''
... ~~~derivation
... x = 3
... y = x * x  -> 9
... dy/dx = 2 * x
... ~~~''')):
...     print(type(statement).__name__, [claim.text for claim in statement.claims])
Definition []
Definition ['y = x * x']
Identity ['dy/dx = 2 * x']
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from autograd_mini.checking.digits.numerals import Numeral, read
from autograd_mini.checking.sheets.markdown import Line, SheetError, derivation_lines
from autograd_mini.checking.sheets.syntax import read_expression, read_name, suggestion

# Far beyond any lecture; what takes longer than a moment to check is refused.
MOST_STATEMENTS = 2_000
MOST_NAMES = 500

# Of the rate and the times of a descent; a whole number may be too large for a float.
MOST = 1e15

EQUALS = re.compile(r"==?")
DESCEND = re.compile(r"\s*descend\s*\(")
USAGE = "descend(E, [w1, w2], rate=0.5, times=10)"


class Claim(NamedTuple):
    """What a line says and can be checked; printed: the number, None for a formula."""

    line: Line
    text: str
    printed: Numeral | None
    erratum: bool


@dataclass(frozen=True)
class Statement:
    """One line; its claims are checked in their order."""

    line: Line
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Definition(Statement):
    """name = expression"""

    name: str
    expression: ast.expr


@dataclass(frozen=True)
class Evaluation(Statement):
    """expression -> printed"""

    expression: ast.expr


@dataclass(frozen=True)
class Identity(Statement):
    """left = right, and perhaps what is printed for both."""

    left: ast.expr
    right: ast.expr


@dataclass(frozen=True)
class Descent(Statement):
    """descend(root, parameters, rate, times)"""

    root: str
    parameters: tuple[str, ...]
    rate: float
    times: int


def parse_lines(lines: Iterable[Line]) -> Iterator[Statement]:
    """The statements of a sheet.

    Raises: SheetError that says where and why.
    """
    defined: dict[str, int] = {}
    number = 0
    for line in lines:
        if not line.text.partition("#")[0].strip():
            continue
        written = Written.read(line)
        number += 1
        if number > MOST_STATEMENTS:
            raise line.error(f"a sheet has {MOST_STATEMENTS:,} statements at most; split this one")
        statement = _statement(written, defined)
        if isinstance(statement, Definition):
            defined[statement.name] = line.number
            if len(defined) > MOST_NAMES:
                raise line.error(f"a sheet has {MOST_NAMES:,} names at most; split this one")
        yield statement


class Written(NamedTuple):
    """A line taken apart: the statement, what is printed, and whether that is an erratum."""

    line: Line
    text: str
    printed: Numeral | None
    erratum: bool

    @classmethod
    def read(cls, line: Line) -> Written:
        statement, _, comment = line.text.partition("#")
        erratum = comment.strip().casefold().startswith("erratum")
        text, arrow, printed = statement.rpartition("->")
        if not arrow:
            return cls(line, statement, None, erratum)
        column = len(text) + len(arrow)
        try:
            return cls(line, text, read(printed.strip()), erratum)
        except ValueError as error:
            column += len(printed) - len(printed.lstrip())
            raise line.error(str(error), column) from None

    def claim(self, *, formula: bool = False) -> Claim:
        return Claim(self.line, self.text.strip(), None if formula else self.printed, self.erratum)


def _statement(written: Written, defined: dict[str, int]) -> Statement:
    line, text = written.line, written.text
    if DESCEND.match(text):
        return _descent(written, defined)
    equals = EQUALS.search(text)
    numbers = (written.claim(),) if written.printed is not None else ()
    if equals is None:
        expression = read_expression(line, text, 0, defined)
        if not numbers:
            raise line.error(
                "nothing is claimed here; add what is printed, as in `-> 0.25`, or a formula, "
                "as in `= x * y`",
                len(text.rstrip()),
            )
        return Evaluation(line, numbers, expression)
    left, right, start = text[: equals.start()], text[equals.end() :], equals.end()
    name = read_name(left)
    if name and equals[0] == "=":
        return _definition(written, name, right, start, defined, numbers)
    if written.erratum and numbers:
        raise line.error(
            "a formula and a number are claimed here: say which is the erratum, with a line for "
            "each"
        )
    return Identity(
        line,
        (written.claim(formula=True), *numbers),
        read_expression(line, left, 0, defined),
        read_expression(line, right, start, defined),
    )


def _definition(
    written: Written,
    name: str,
    right: str,
    start: int,
    defined: dict[str, int],
    numbers: tuple[Claim, ...],
) -> Definition:
    line = written.line
    column = len(written.text) - len(written.text.lstrip())
    if name in defined:
        raise line.error(
            f"{name} is defined in line {defined[name]} already; choose another name, or write "
            f"`{name} == ...` to claim a formula for it",
            column,
        )
    if written.erratum and not numbers:
        raise line.error(f"an erratum needs a claim; this line only defines {name}", column)
    return Definition(line, numbers, name, read_expression(line, right, start, defined))


def _descent(written: Written, defined: dict[str, int]) -> Descent:
    """descend(E, [w1, w2], rate=0.5, times=10)"""
    line = written.line
    if written.printed is not None or written.erratum:
        raise line.error("descend claims nothing; claim what E is after it on the next line")
    try:
        call = ast.parse(written.text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        call = None
    match call:
        case ast.Call(args=[ast.Name(id=root), ast.List(elts=elements)], keywords=keywords):
            parameters = [each.id for each in elements if isinstance(each, ast.Name)]
            options = {
                keyword.arg: keyword.value.value
                for keyword in keywords
                if isinstance(keyword.value, ast.Constant)
            }
        case _:
            raise line.error(f"expected {USAGE}")
    if not parameters or len(parameters) < len(elements) or options.keys() != {"rate", "times"}:
        raise line.error(f"expected {USAGE}")
    rate, times = options["rate"], options["times"]
    if not (isinstance(rate, (int, float)) and 0 <= rate < MOST):
        raise line.error(f"rate is a number, 0 or more, such as 0.5, not {rate!r:.40}")
    if not (isinstance(times, int) and 0 <= times < MOST):
        raise line.error(f"times is a whole number, 0 or more, such as 10, not {times!r:.40}")
    for name in (root, *parameters):
        if name not in defined:
            start = line.text.find(name, line.text.index("("))
            raise line.error(f"{name} is not defined{suggestion(name, defined)}", start)
    return Descent(line, (), root, tuple(dict.fromkeys(parameters)), float(rate), times)


__all__ = [
    "Claim",
    "Definition",
    "Descent",
    "Evaluation",
    "Identity",
    "SheetError",
    "Statement",
    "derivation_lines",
    "parse_lines",
]
