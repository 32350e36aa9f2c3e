"""The expressions of a sheet: read with Python's grammar, from which a few forms are allowed.

>>> line = Line("", 1, "E - eta * dE/dw ** 2")
>>> ast.unparse(read_expression(line, line.text, 0, ["E", "w", "eta"]))
Traceback (most recent call last):
...
autograd_mini.checking.sheets.markdown.SheetError: line 1, column 11: dE stands alone; write a \
derivative as dE/dX, with the name of a value for X
    E - eta * dE/dw ** 2
              ^

A derivative becomes one name, wherever it stands in a product:

>>> line = Line("", 1, "-eta * dE/dy * dy/dw")
>>> tree = read_expression(line, line.text, 0, ["E", "y", "w", "eta"])
>>> [node.id for node in ast.walk(tree) if isinstance(node, ast.Name)]
['dy/dw', 'dE/dy', 'eta']
"""

from __future__ import annotations

import ast
import difflib
import keyword
import unicodedata
import warnings
from collections.abc import Collection
from typing import NamedTuple

from autograd_mini.checking.sheets.markdown import Line, SheetError
from autograd_mini.engine.operation import TABLE
from autograd_mini.engine.tree import BINARY, is_deeper

# Trees are walked recursively, and differentiated into deeper ones.
MOST_LEVELS = 100

ALLOWED = "an expression has numbers, names, + - * / **, parentheses and functions of the table"

# What is typeset, and how it is written in a sheet.
TYPESET = {
    **dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}", "-"),
    **dict.fromkeys("\N{MULTIPLICATION SIGN}\N{MIDDLE DOT}\N{DOT OPERATOR}", "*"),
    **dict.fromkeys("\N{RIGHTWARDS ARROW}\N{ALMOST EQUAL TO}", "->"),
    "\N{SUPERSCRIPT TWO}": "**2",
    "\N{SUPERSCRIPT THREE}": "**3",
    "\N{PARTIAL DIFFERENTIAL}": "d",
}

# Functions of the blackboard that the table calls otherwise.
MEANT = {
    "ln": "log",
    "log10": "log(x) / log(10)",
    "sig": "sigmoid",
    "\N{GREEK SMALL LETTER SIGMA}": "sigmoid",
}


def read_name(text: str) -> str:
    """The name that `text` is, as Python reads it, "" if it is none.

    >>> read_name(" \N{MATHEMATICAL ITALIC SMALL W}1 "), read_name("w 1"), read_name("lambda")
    ('w1', '', '')
    """
    name = unicodedata.normalize("NFKC", text.strip())
    return name if name.isidentifier() and not keyword.iskeyword(name) else ""


def read_expression(line: Line, text: str, start: int, names: Collection[str]) -> ast.expr:
    """The tree of `text`, which stands at column `start` of `line`.

    dY/dX is a derivative, and one name in the tree, if dY and dX are no `names`, and Y and X are.
    logsumexp is written out.

    Raises: SheetError.
    """
    stripped = text.strip()
    start += len(text) - len(text.lstrip())
    if not stripped:
        raise line.error("an expression is missing here", start)
    for column, character in enumerate(stripped):
        if character in TYPESET:
            message = f"write {TYPESET[character]} for {character} (U+{ord(character):04X})"
            raise line.error(message, start + column)
    if "=" in stripped:
        raise line.error("one = a line; write a line for each", start + stripped.index("="))
    tree = _parse(line, stripped, start)
    _check_depth(line, tree, start)
    read = Reader(line, stripped, start, names).read(tree)
    _check_depth(line, read, start)
    return read


def _parse(line: Line, text: str, start: int) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of 1if: an error in any case
            return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        for word in text.split():
            if keyword.iskeyword(word):
                raise line.error(
                    f"{word} is a word of Python and cannot be a name; call it {word}_",
                    start + text.index(word),
                ) from None
        reason = error.msg.partition(". ")[0].partition("; ")[0].partition(" (detected")[0]
        if reason.startswith("invalid decimal literal"):
            reason = "a number is multiplied with *, as in 2*x"
        column = min(max((error.offset or 1) - 1, 0), len(text))
        raise line.error(f"{reason}; {ALLOWED}", start + column) from None
    except (ValueError, MemoryError, RecursionError):
        raise line.error(f"this cannot be read; {ALLOWED}", start) from None


def _check_depth(line: Line, tree: ast.expr, start: int) -> None:
    if is_deeper(tree, MOST_LEVELS):
        raise line.error(
            f"this has more than {MOST_LEVELS} operations one inside the other; name parts of it "
            "on lines of their own",
            start,
        )


class Factor(NamedTuple):
    """A factor of a product: what it is multiplied or divided by."""

    operator: ast.operator
    tree: ast.expr


class Reader:
    """Turns Python's tree of one expression into ours."""

    def __init__(self, line: Line, text: str, start: int, names: Collection[str]) -> None:
        self.line = line
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
            case ast.BinOp(left=left, op=operator, right=right) if type(operator) in BINARY:
                return ast.BinOp(self.read(left), operator, self.read(right))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self.call(tree, name, arguments)
            case ast.BinOp(right=right, op=ast.BitXor()):
                raise self.error("a power is written **, not ^", right)
            case ast.Tuple():
                raise self.error("a number is written with a point, such as 0.5: no comma", tree)
        raise self.error(f"this cannot stand in a sheet; {ALLOWED}", tree)

    def number(self, tree: ast.expr, value: float) -> ast.expr:
        try:
            number = float(value)
        except OverflowError:
            number = float("inf")
        if number == float("inf"):
            raise self.error("this number is beyond any float", tree)
        # A whole number is written as one in suggestions; what evaluates makes it a float.
        return ast.Constant(value if value == number else number)

    def name(self, tree: ast.expr, name: str) -> ast.expr:
        if name in self.names:
            return ast.Name(name)
        if name.startswith("d") and name[1:] in self.names:
            raise self.error(
                f"{name} stands alone; write a derivative as {name}/dX, with the name of a value "
                "for X",
                tree,
            )
        raise self.error(f"{name} is not defined{suggestion(name, self.names)}", tree)

    def product(self, tree: ast.expr) -> ast.expr:
        """A product, in which dY and the dX that it is divided by are one name."""
        factors: list[Factor] = []
        while isinstance(tree, ast.BinOp) and isinstance(tree.op, (ast.Mult, ast.Div)):
            factors.append(Factor(tree.op, tree.right))
            tree = tree.left
        factors.append(Factor(ast.Mult(), tree))
        factors.reverse()
        product: ast.expr | None = None
        position = 0
        while position < len(factors):
            operator, factor = factors[position]
            following = factors[position + 1] if position + 1 < len(factors) else None
            derivative = self.derivative(operator, factor, following)
            position += 2 if derivative else 1
            read = derivative or self.read(factor)
            product = read if product is None else ast.BinOp(product, operator, read)
        assert product is not None
        return product

    def derivative(
        self, operator: ast.operator, factor: ast.expr, following: Factor | None
    ) -> ast.expr | None:
        """dY/dX, or -dY/dX, if that is what `factor` and the factor after it are."""
        if isinstance(factor, ast.UnaryOp) and isinstance(factor.op, ast.USub):
            inner = self.derivative(operator, factor.operand, following)
            return ast.UnaryOp(ast.USub(), inner) if inner else None
        match factor, following:
            case ast.Name(id=above), (ast.Div(), ast.Name(id=below) as divisor) if (
                not {above, below} & set(self.names)
                and above[0] == below[0] == "d"
                and above[1:] in self.names
                and (x := below[1:])
            ):
                if x not in self.names:
                    raise self.error(
                        f"{above}/{below} is a derivative by {x}, which is not defined"
                        f"{suggestion(x, self.names)}",
                        divisor,
                    )
                if isinstance(operator, ast.Div):
                    raise self.error(
                        f"put the derivative in parentheses: / ({above}/{below})", factor
                    )
                return ast.Name(f"{above}/{below}")
        return None

    def call(self, tree: ast.expr, name: str, arguments: list[ast.expr]) -> ast.expr:
        known = (*TABLE, "logsumexp")
        if name not in known:
            if name in self.names:
                raise self.error(f"{name} is no function; a product is written {name}*(...)", tree)
            meant = f"; did you mean {MEANT[name]}?" if name in MEANT else suggestion(name, known)
            raise self.error(f"there is no function {name}{meant}", tree)
        operands = [self.read(argument) for argument in arguments]
        if name == "logsumexp" and operands:
            return logsumexp(operands)
        arity = TABLE[name].arity if name in TABLE else "one or more"
        if len(operands) != arity:
            raise self.error(f"{name} takes {arity} operands, got {len(operands)}", tree)
        return ast.Call(ast.Name(name), operands, [])

    def error(self, message: str, place: ast.expr) -> SheetError:
        # Python counts columns in bytes.
        before = self.text.encode("utf-8")[: place.col_offset].decode("utf-8", "ignore")
        return self.line.error(message, self.start + len(before))


def logsumexp(operands: list[ast.expr]) -> ast.expr:
    """log(exp(x1) + exp(x2) + ...) in rows of the table that do not overflow."""
    result = operands[-1]
    for operand in reversed(operands[:-1]):
        above = ast.BinOp(result, ast.Sub(), operand)
        result = ast.BinOp(operand, ast.Add(), ast.Call(ast.Name("softplus"), [above], []))
    return result


def suggestion(name: str, known: Collection[str]) -> str:
    """What may have been meant by a name that is not known, as the end of a message."""
    close = [other for other in known if other.casefold() == name.casefold()]
    close = close or difflib.get_close_matches(name, known, n=1)
    if close:
        return f"; did you mean {close[0]}?"
    if not known:
        return "; nothing is yet: define it on a line before, as in x = 0.5"
    listed = ", ".join(list(known)[:30]) + (", ..." if len(known) > 30 else "")
    return f"; there are {listed}"
