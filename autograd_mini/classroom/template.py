"""Template: an ordinary derivation sheet, from which every student gets one with other numbers.

A comment on a leaf gives the numbers to choose from, and a comment on a claim gives its marks:

    w = 0.40              # choose -0.9 to 0.9 by 0.05
    out = sigmoid(w*x)    -> 0.599    # 2 marks

Every claim becomes a blank, worth 1 mark unless a comment says otherwise.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from autograd_mini.checking.digits.numerals import Numeral
from autograd_mini.checking.sheets.check import check_text, parse_text
from autograd_mini.checking.sheets.markdown import LINE_END, Line
from autograd_mini.checking.sheets.statements import (
    Claim,
    Definition,
    Evaluation,
    Identity,
    Statement,
)
from autograd_mini.engine.tree import Printer

CHOOSE = re.compile(r"\s*[,;]?\s*\bchoose\b(?P<range>[^,;]*)", re.IGNORECASE)
RANGE = re.compile(r"\s*(?P<low>\S+)\s+to\s+(?P<high>\S+)\s+by\s+(?P<step>\S+)\s*")
MARKS = re.compile(r"\b(?P<marks>\d+)\s+marks?\b", re.IGNORECASE)
USAGE = "choose -0.9 to 0.9 by 0.05"

# A step that gives more numbers than this has digits that nobody would print.
MOST_NUMBERS = 1_000_000


@dataclass(frozen=True)
class Choice:
    """The numbers that a leaf may have: low, low + step, ... at most high.

    name: of the leaf. count: how many numbers there are.
    """

    line: Line
    name: str
    low: Decimal
    step: Decimal
    count: int

    def number(self, index: int) -> str:
        """Number `index`, counted from 0, with the decimals of the range.

        >>> choice = read_choice(Line("", 1, "w = 0.4  # choose -0.9 to 0.9 by 0.05"), "w")
        >>> choice.count, choice.number(0), choice.number(18), choice.number(36)
        (37, '-0.90', '0.00', '0.90')
        """
        places = max(_places(self.low), _places(self.step))
        number = self.low + self.step * index
        return f"{number if number else Decimal(0):.{places}f}"


@dataclass(frozen=True)
class Blank:
    """A claim of the template that students fill in.

    tree: the expression that the claim is about. printed: the numeral whose notation students
    follow, None for a formula.
    """

    statement: Statement
    claim: Claim
    tree: ast.expr
    marks: int

    @property
    def printed(self) -> Numeral | None:
        return self.claim.printed

    @property
    def text(self) -> str:
        """The blank as it is called in a table of marks."""
        if self.printed is None:
            return f"{Printer().text(self.tree)} ="
        match self.statement:
            case Definition(name=name):
                return name
        return Printer().text(self.tree)


@dataclass(frozen=True)
class Template:
    """A template that has been read; it passes `check`.

    text: as the lecturer wrote it. choices: of the leaves, by name.
    """

    text: str
    file: str
    statements: tuple[Statement, ...]
    choices: dict[str, Choice]
    blanks: tuple[Blank, ...]

    @classmethod
    def read(cls, text: str, file: str = "") -> Template:
        """Read a template.

        Raises: SheetError if `check` does not pass it, or a comment is not understood.
        """
        for result in check_text(text, file):
            if result.unexpected or result.verdict == "missing":
                remark = f": {result.remark}" if result.remark else ""
                raise result.claim.line.error(
                    f"a template is a sheet that `check` passes; this is {result.verdict}{remark}"
                )
        statements = tuple(parse_text(text, file))
        blanks = tuple(
            Blank(statement, claim, subject(statement), read_marks(claim.line))
            for statement in statements
            for claim in statement.claims
            if not claim.erratum
        )
        return cls(text, file, statements, read_choices(statements), blanks)

    def key(self, numbers: Mapping[str, str], values: Sequence[float]) -> str:
        """The sheet of a student, filled in with numbers as the template prints them.

        values: of the blanks, in order.
        """
        numerals: dict[int, list[str]] = {}  # a line may define several names
        for blank, value in zip(self.blanks, values):
            if blank.printed is not None:
                numeral = blank.printed.write(Fraction(repr(value)))
                numerals.setdefault(blank.claim.line.number, []).append(numeral)
        answers = {line: ", ".join(several) for line, several in numerals.items()}
        return self.sheet(numbers, answers)

    def sheet(self, numbers: Mapping[str, str], answers: Mapping[int, str] | None = None) -> str:
        """The sheet of a student: these numbers in the leaves, and a blank for every claim.

        answers: what fills a blank, by the number of its line. Formulas are filled in then, too.
        """
        lines: list[str | None] = list(LINE_END.split(self.text))
        for statement in self.statements:
            place = statement.line.number - 1
            written = lines[place]
            if written is None:
                continue
            code, mark, comment = written.partition("#")
            if any(claim.erratum for claim in statement.claims):
                lines[place] = None
                continue
            if isinstance(statement, Definition) and statement.name in numbers:
                code = _with_number(code, numbers[statement.name])
                comment = CHOOSE.sub("", comment, count=1)
            elif statement.claims:
                code = _with_answers(code, statement, answers)
            comment = comment.strip(" ,;")
            lines[place] = f"{code.rstrip()}  {mark} {comment}" if comment else code.rstrip()
        return "\n".join(line for line in lines if line is not None)


def subject(statement: Statement) -> ast.expr:
    """The expression that the claims of a statement are about."""
    match statement:
        case Definition(name=name):
            return ast.Name(name)
        case Evaluation(expression=expression):
            return expression
        case Identity(left=left):
            return left
    raise TypeError(f"{type(statement).__name__} claims nothing")


def _with_number(code: str, number: str) -> str:
    """A line `name = number` with another number."""
    left, equals, _ = code.partition("=")
    return f"{left}{equals} {number}"


def _with_answers(code: str, statement: Statement, answers: Mapping[int, str] | None) -> str:
    """The claims of a line as blanks, or filled in; formulas are as in the template."""
    left, arrow, _ = code.partition("->")
    if isinstance(statement, Identity) and answers is None:
        equals = "==" if "==" in left else "="
        left = f"{left.partition('=')[0].rstrip()} {equals} "
    if not any(claim.printed is not None for claim in statement.claims):
        return left
    if not arrow:  # a number behind a second equals sign, or alone on the right
        left = left.rpartition("=")[0]
    return f"{left.rstrip()}  -> {(answers or {}).get(statement.line.number, '')}"


def read_choices(statements: tuple[Statement, ...]) -> dict[str, Choice]:
    """The choice of every leaf that has one, by its name.

    Raises: SheetError for a choice on a line that does not define a leaf, or without numbers.
    """
    found: dict[str, Choice] = {}
    for statement in statements:
        line = statement.line
        code, _, comment = line.text.partition("#")
        if CHOOSE.search(comment):
            if not is_leaf(statement):
                raise line.error(f"only a leaf is chosen, as in `w = 0.40  # {USAGE}`", len(code))
            assert isinstance(statement, Definition)
            found[statement.name] = read_choice(line, statement.name)
    return found


def is_leaf(statement: Statement) -> bool:
    """True if the statement defines a name by a number."""
    if not isinstance(statement, Definition):
        return False
    tree = statement.expression
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
        tree = tree.operand
    return isinstance(tree, ast.Constant)


def read_choice(line: Line, name: str) -> Choice:
    """The range of a `choose` comment.

    Raises: SheetError.
    """
    column = len(line.text.partition("#")[0])
    chosen = CHOOSE.search(line.text, column)
    found = chosen and RANGE.fullmatch(chosen["range"])
    try:
        low, high, step = (Decimal(found[part]) for part in ("low", "high", "step"))  # type: ignore[index]
        finite = low.is_finite() and high.is_finite() and step.is_finite()
    except (TypeError, InvalidOperation):
        finite = False
    if not finite:
        raise line.error(f"expected a range such as `{USAGE}`", column)
    if step <= 0 or high < low:
        raise line.error(f"the range {low} to {high} by {step} is empty", column)
    count = int((high - low) / step) + 1
    if count > MOST_NUMBERS:
        raise line.error(
            f"the range {low} to {high} by {step} has {count:,} numbers; at most "
            f"{MOST_NUMBERS:,} are allowed, so choose a larger step",
            column,
        )
    return Choice(line, name, low, step, count)


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0


def read_marks(line: Line) -> int:
    """The marks that a comment on the line gives; 1 without one."""
    found = MARKS.search(line.text.partition("#")[2])
    return int(found["marks"]) if found else 1
