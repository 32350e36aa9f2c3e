"""Read a formula that somebody wrote: Python's grammar, cut down to what a derivation needs.

>>> names = Vocabulary(["E", "y", "w", "eta"])
>>> tree = read_formula("-eta * dE/dy * dy/dw", names)

A derivative becomes one name, wherever it stands in a product:

>>> [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
['dy/dw', 'dE/dy', 'eta']

An error says where the formula departs from the language, and what to write:

>>> read_formula("E - eta * dE ** 2", names)
Traceback (most recent call last):
...
autograd_mini.checking.formulas.reader.FormulaError: dE stands alone; write a derivative as \
dE/dX, with the name of a value for X
    E - eta * dE ** 2
              ^
"""

from __future__ import annotations

import ast
import difflib
import keyword
import re
import unicodedata
import warnings
from collections.abc import Collection
from typing import NamedTuple

from autograd_mini.checking.formulas.functions import (
    ARITIES,
    CONSTANTS,
    MEANT,
    MISUSED,
    OTHERS,
    SIGNS,
    dot,
    typed,
    written_out,
)
from autograd_mini.engine.operation import TABLE
from autograd_mini.engine.tree import Printer

# Trees are walked recursively, and differentiated into deeper ones.
MOST_LEVELS = 100

# Names that a message lists.
MOST_LISTED = 30

ALLOWED = "an expression has numbers, names, + - * / **, parentheses and functions of the table"


class FormulaError(ValueError):
    """A formula outside the language: why, and at which column, counted from 0."""

    def __init__(self, message: str, text: str, column: int = 0) -> None:
        self.message = message
        self.text = text
        self.column = column
        super().__init__(message, text, column)

    def __str__(self) -> str:
        start = max(0, self.column - 60)
        shown = "".join(c if c.isprintable() else " " for c in self.text[start : start + 100])
        return f"{self.message}\n    {shown}\n    {' ' * (self.column - start)}^"


class BlankError(FormulaError):
    """A formula that uses a name whose definition was left blank."""


class Vocabulary:
    """The names that a formula may use.

    values: the names of values. expressions: the expressions that the formulas read so far
    differentiate, such as `dE/dw` in `d2E/dw2`, by the names made for them. readings: how they are
    read, where that is not evident. A reader adds to both.
    """

    def __init__(self, values: Collection[str]) -> None:
        self.values = values
        self.expressions: dict[str, ast.expr] = {}
        self.readings: list[str] = []

    def __contains__(self, name: str) -> bool:
        return name in self.values or name in self.expressions

    def differential(self, name: str) -> str:
        """The derivative that a name such as `dw` stands for, "" if it stands for none.

        Raises: ValueError if it may stand for several.
        """
        return ""

    def is_quotient(self, above: str, below: str) -> bool:
        """True if above/below divides two numbers, although it looks like a derivative."""
        return False

    def check_value(self, name: str, text: str, column: int) -> None:
        """Raises: FormulaError if it is known why `name` has no value here."""


def read_name(text: str) -> str:
    """The identifier that `text` is, as Python reads it; "" if it is not one.

    >>> read_name(" \N{MATHEMATICAL ITALIC SMALL W}1 "), read_name("w 1"), read_name("lambda")
    ('w1', '', '')
    """
    name = unicodedata.normalize("NFKC", text.strip())
    return name if name.isidentifier() and not keyword.iskeyword(name) else ""


def read_formula(text: str, names: Vocabulary, levels: int = MOST_LEVELS) -> ast.expr:
    """The tree of `text`, an expression over `names`.

    A derivative, dY/dX or d2Y/dX2, is one name in the tree. Functions of many operands, such as
    `sum`, are written out in rows of the table.

    levels: how many operations may stand inside one another.

    Raises: FormulaError.
    """
    try:
        return _read_typed("".join(typed(text)), names, levels)
    except FormulaError as error:
        columns = [column for column, signs in enumerate(typed(text)) for _ in signs]
        column = columns[error.column] if error.column < len(columns) else len(text)
        raise type(error)(error.message, text, column) from None


def _read_typed(text: str, names: Vocabulary, levels: int) -> ast.expr:
    stripped = text.strip()
    start = len(text) - len(text.lstrip())
    if not stripped:
        raise FormulaError("an expression is missing here", text, start)
    if "=" in stripped:
        column = start + stripped.index("=")
        raise FormulaError("a formula has no =; write the right side alone", text, column)
    too_deep = FormulaError(
        f"this has more than {levels} operations one inside the other; name parts of it on "
        "separate lines",
        text,
        start,
    )
    tree = _parse(text, stripped, start)
    if is_deeper(tree, levels):
        raise too_deep
    try:
        tree = Reader(text, start, names).read(tree)
    except RecursionError:
        raise too_deep from None
    if is_deeper(tree, levels):
        raise too_deep
    return tree


def is_deeper(tree: ast.AST, levels: int) -> bool:
    """True if `tree` is nested more than `levels` deep. Does not recurse."""
    level = [tree]
    for _ in range(levels):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
        if not level:
            return False
    return True


def python_tree(text: str) -> ast.expr:
    """The tree of an expression in Python's grammar.

    Raises: SyntaxError, ValueError, MemoryError or RecursionError, as `ast.parse`.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of 1if: an error in any case
        return ast.parse("".join(typed(text)), mode="eval").body


def _parse(text: str, stripped: str, start: int) -> ast.expr:
    try:
        return python_tree(stripped)
    except SyntaxError as error:
        for word in stripped.split():
            if keyword.iskeyword(word):
                raise FormulaError(
                    f"{word} is a word of Python and cannot be a name; call it {word}_",
                    text,
                    start + stripped.index(word),
                ) from None
        if second := re.search(r"\bd\s*\*\*\s*2\s*([^\W\d]\w*)?", stripped):
            y = second[1] or "Y"
            raise FormulaError(
                f"write a second derivative as d2{y}/dX2", text, start + second.start()
            ) from None
        operator = re.search(r"\bd\s*/\s*d\w+\s*\(?", stripped)
        if operator:
            shown = operator[0].rstrip("( ").partition("/")[2].strip()
            raise FormulaError(
                f"write a derivative as dY/{shown}, or as d(...)/{shown}",
                text,
                start + operator.start(),
            ) from None
        for sign, written in SIGNS.items():
            if found := re.search(sign, stripped):
                raise FormulaError(written, text, start + found.start()) from None
        reason = error.msg.partition(". ")[0].partition("; ")[0].partition(" (detected")[0]
        if reason.startswith("invalid decimal literal"):
            reason = "a number is multiplied with *, as in 2*x"
        column = min(max((error.offset or 1) - 1, 0), len(stripped))
        raise FormulaError(f"{reason}; {ALLOWED}", text, start + column) from None
    except (ValueError, MemoryError, RecursionError):
        raise FormulaError(f"this cannot be read; {ALLOWED}", text, start) from None


class SignedOperand(NamedTuple):
    """An operand of a sum or of a product, and the operator before it."""

    operator: ast.operator
    tree: ast.expr


class Reader:
    """Turns Python's tree of one formula into ours."""

    def __init__(self, text: str, start: int, names: Vocabulary) -> None:
        self.text = text
        self.start = start
        self.names = names

    def read(self, tree: ast.expr) -> ast.expr:
        match tree:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return self.number(tree, value)
            case ast.Name(id=name):
                return self.name(tree, name)
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return ast.UnaryOp(ast.USub(), self.read(operand))
            case ast.UnaryOp(op=ast.UAdd(), operand=operand):
                return self.read(operand)
            case ast.BinOp(op=ast.Mult() | ast.Div()):
                return self.product(tree)
            case ast.BinOp(op=ast.Add() | ast.Sub()):
                return self.sum(tree)
            case ast.BinOp(left=ast.Name(id="e"), op=ast.Pow(), right=exponent) if (
                "e" not in self.names
            ):
                return ast.Call(ast.Name("exp"), [self.read(exponent)], [])
            case ast.BinOp(left=left, op=ast.Pow() as operator, right=right):
                return ast.BinOp(self.read(left), operator, self.read(right))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(tree, name, arguments)
            case ast.Call(func=ast.BinOp() | ast.Constant() | ast.Call()):
                raise self.error("a product is written with *, as in (w + 1)*(w - 1)", tree)
            case ast.Tuple():
                raise self.error("a number is written with a point, such as 0.5: no comma", tree)
            case ast.Attribute(attr="grad", value=ast.Name(id=name)) if name in self.names:
                raise self.error(f"write {name}.grad as a derivative, dY/d{name}", tree)
            case ast.Subscript(
                value=ast.Name(id=name), slice=ast.Constant(value=int() as index)
            ) if f"{name}{index}" in self.names:
                raise self.error(f"write {name}{index} for {name}[{index}]", tree)
            case ast.IfExp():
                raise self.error(
                    "a formula is one expression: write `if` with step, relu or maximum, or give "
                    "the formula of the branch that is taken",
                    tree,
                )
        raise self.error(f"this cannot stand in a formula; {ALLOWED}", tree)

    def number(self, tree: ast.expr, value: float) -> ast.expr:
        try:
            number = float(value)
        except OverflowError:
            number = float("inf")
        if number == float("inf"):
            raise self.error("this number is beyond any float", tree)
        # A whole number is written as one in suggestions; evaluation makes it a float.
        return ast.Constant(value if value == number else number)

    def name(self, tree: ast.expr, name: str) -> ast.expr:
        self.check_value(name, tree)
        if name in self.names:
            return ast.Name(name)
        derivative = self.differential(tree, name)
        if derivative:
            return ast.Name(derivative)
        if name.startswith("d") and name[1:] in self.names:
            raise self.error(
                f"{name} stands alone; write a derivative as {name}/dX, with the name of a value "
                "for X",
                tree,
            )
        if name == "d":
            raise self.error("write a derivative as dY/dX, or as d(...)/dX", tree)
        meant = self.suggestion(name)
        if name in CONSTANTS and not meant.startswith("; did you mean"):
            meant = f"; write {CONSTANTS[name]} for the constant"
        raise self.error(f"{name} is not defined{meant}", tree)

    def differential(self, tree: ast.expr, name: str) -> str:
        try:
            return self.names.differential(name)
        except ValueError as error:
            raise self.error(str(error), tree) from None

    def operands(self, tree: ast.expr, *operators: type[ast.operator]) -> list[SignedOperand]:
        """The operands of a sum or a product, however long it is, from left to right."""
        found: list[SignedOperand] = []
        while isinstance(tree, ast.BinOp) and isinstance(tree.op, operators):
            found.append(SignedOperand(tree.op, tree.right))
            tree = tree.left
        return [SignedOperand(operators[0](), tree), *reversed(found)]

    def sum(self, tree: ast.expr) -> ast.expr:
        first, *others = self.operands(tree, ast.Add, ast.Sub)
        total = self.read(first.tree)
        for operator, term in others:
            total = ast.BinOp(total, operator, self.read(term))
        return total

    def product(self, tree: ast.expr) -> ast.expr:
        """A product, in which dY and the dX that it is divided by are one name."""
        factors = self.operands(tree, ast.Mult, ast.Div)
        product: ast.expr | None = None
        position = 0
        while position < len(factors):
            operator, factor = factors[position]
            following = factors[position + 1] if position + 1 < len(factors) else None
            derivative = self.derivative(operator, factor, following)
            position += 2 if derivative else 1
            read = derivative or self.factor(operator, factor)
            product = read if product is None else ast.BinOp(product, operator, read)
        assert product is not None
        return product

    def factor(self, operator: ast.operator, tree: ast.expr) -> ast.expr:
        match operator, tree:
            case ast.Div(), ast.Name(id=name) if (
                name not in self.names and name.startswith("d") and name[1:] in self.names
            ):
                raise self.error(
                    f"{name} stands alone; write a derivative as {name}/dX, with the name of a "
                    "value for X",
                    tree,
                )
        return self.read(tree)

    def derivative(
        self, operator: ast.operator, factor: ast.expr, following: SignedOperand | None
    ) -> ast.expr | None:
        """The derivative, perhaps with a minus, that `factor` over `following` is, if it is one."""
        if isinstance(factor, ast.UnaryOp) and isinstance(factor.op, ast.USub):
            inner = self.derivative(operator, factor.operand, following)
            return ast.UnaryOp(ast.USub(), inner) if inner else None
        match factor, following:
            case (
                ast.Call(func=ast.Name(id="d"), args=[argument]),
                (ast.Div(), ast.Name(id=below) as divisor),
            ) if below.startswith("d"):
                self.refuse_divisor(operator, factor, f"d(...)/{below}")
                y = self.differentiated(self.read(argument))
                return self.along(y, [self.variable(f"d(...)/{below}", below[1:], divisor)])
            case ast.Name(id=above), (ast.Div(), ast.Name(id=below) as divisor):
                pass
            case _:
                return None
        if not (above.startswith("d") and below.startswith("d")):
            return None
        higher = re.fullmatch(r"d([2-9])(.+)", above)
        if higher and above not in self.names and higher[2] in self.names:
            self.check_value(higher[2], factor)
            self.refuse_divisor(operator, factor, f"{above}/{below}")
            return self.along(higher[2], self.variables(above, below, int(higher[1]), divisor))
        y, x = above[1:], below[1:]
        if above not in self.names:
            self.check_value(y, factor)
        if y not in self.names or not x:
            return None
        if x not in self.names:
            if {above, below} & {name for name in (above, below) if name in self.names}:
                return None
            self.variable(f"{above}/{below}", x, divisor)
        if self.names.is_quotient(above, below):
            return None
        if above in self.names or below in self.names:
            self.names.readings.append(f"{above}/{below} is read as a derivative, not a quotient")
        self.refuse_divisor(operator, factor, f"{above}/{below}")
        return ast.Name(f"{above}/{below}")

    def refuse_divisor(self, operator: ast.operator, factor: ast.expr, written: str) -> None:
        if isinstance(operator, ast.Div):
            raise self.error(f"put the derivative in parentheses: / ({written})", factor)

    def variable(self, derivative: str, x: str, divisor: ast.expr) -> str:
        """`x`, with respect to which `derivative` differentiates, if it is defined."""
        self.check_value(x, divisor)
        if x not in self.names:
            raise self.error(
                f"{derivative} is a derivative with respect to {x}, which is not "
                f"defined{self.suggestion(x)}",
                divisor,
            )
        return x

    def variables(self, above: str, below: str, order: int, divisor: ast.expr) -> list[str]:
        """The names with respect to which d2Y/dX2 or d2Y/dX1dX2 differentiates, in order."""
        power = below.removesuffix(str(order))[1:]
        if below.endswith(str(order)) and power in self.names:
            return [power] * order

        def split(text: str, parts: int) -> list[str] | None:
            if parts == 0:
                return [] if not text else None
            for end in range(2, len(text) + 1):
                if text[0] == "d" and text[1:end] in self.names:
                    rest = split(text[end:], parts - 1)
                    if rest is not None:
                        return [text[1:end], *rest]
            return None

        found = split(below, order)
        if found is None:
            y = above[2:]
            raise self.error(
                f"{above}/{below} cannot be read: a derivative of order {order} is written "
                f"{above}/dX{order}, or d{order}{y}/{''.join(f'dX{i + 1}' for i in range(order))}, "
                "with names of values for X",
                divisor,
            )
        return found

    def along(self, y: str, variables: list[str]) -> ast.Name:
        """The derivative of `y` with respect to each of `variables` in turn."""
        *inner, last = variables
        for x in inner:
            y = self.differentiated(ast.Name(f"d{y}/d{x}"))
        return ast.Name(f"d{y}/d{last}")

    def differentiated(self, tree: ast.expr) -> str:
        """A name for an expression that is differentiated."""
        if isinstance(tree, ast.Name) and tree.id in self.names:
            return tree.id
        name = f"({Printer().text(tree)})"
        self.names.expressions[name] = tree
        return name

    def call(self, tree: ast.expr, name: str, arguments: list[ast.expr]) -> ast.expr:
        # A row comes first: users add rows.
        if name not in TABLE and name not in OTHERS:
            raise self.error(self.no_function(name), tree)
        if name == "dot":
            products = dot(arguments, self.names.__contains__)
            if products is None:
                raise self.error(MISUSED[name], tree)
            return self.read(products)
        operands = [self.read(argument) for argument in arguments]
        arity = TABLE[name].arity if name in TABLE else ARITIES.get(name, "one or more")
        if not operands or (isinstance(arity, int) and len(operands) != arity):
            raise self.error(f"{name} takes {arity} operands, got {len(operands)}", tree)
        if name in TABLE:
            return ast.Call(ast.Name(name), operands, [])
        if name == "softmax":
            raise self.error(MISUSED[name], tree)
        return written_out(name, operands)

    def no_function(self, name: str) -> str:
        """The error about a call of something else than a function."""
        if name in self.names:
            return f"{name} is not a function; a product is written {name}*(...)"
        if name == "d":
            return "there is no function d; write a derivative as d(...)/dX"
        meant = f"; did you mean {MEANT[name]}?" if name in MEANT else ""
        return f"there is no function {name}{meant or suggestion(name, (*TABLE, *OTHERS))}"

    def suggestion(self, name: str) -> str:
        return suggestion(name, [known for known in self.names.values if known.isidentifier()])

    def column(self, place: ast.expr) -> int:
        # Python counts columns in bytes.
        stripped = self.text.strip().encode("utf-8")
        return self.start + len(stripped[: place.col_offset].decode("utf-8", "ignore"))

    def check_value(self, name: str, place: ast.expr) -> None:
        self.names.check_value(name, self.text, self.column(place))

    def error(self, message: str, place: ast.expr) -> FormulaError:
        return FormulaError(message, self.text, self.column(place))


def suggestion(name: str, known: Collection[str]) -> str:
    """The end of a message about an unknown name: the likeliest known name, or all of them."""
    close = [other for other in known if other.casefold() == name.casefold()]
    close = close or difflib.get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    if not known:
        return "; nothing is yet: define it on a line before, as in x = 0.5"
    more = ", ..." if len(known) > MOST_LISTED else ""
    return f"; there are {', '.join(list(known)[:MOST_LISTED])}{more}"
