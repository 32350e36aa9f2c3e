"""Formulas as text, as a person writes them: products without a sign and few parentheses.

>>> from autograd_mini.engine.tree import parse
>>> print(TextPrinter().text(parse("2 * x * (1 - x) / (y - 1) ** 2 + -y")))
2 x (1 - x) / (y - 1)^2 - y

LaTeX and MathML override the methods for names, numbers, fractions, powers and functions.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from autograd_mini.engine.tree import (
    ATOM,
    CONDITIONAL,
    NEGATION,
    POWER,
    PRODUCT,
    SUM,
    Printer,
)

# fmt: off
GREEK = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa",
    "lambda", "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi",
    "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma", "Phi", "Psi", "Omega",
]
# fmt: on

HEAD = re.compile(r"([^\W\d_]+)(\d\w*)?")

# A control character is replaced by a visible one, U+2400 and following: a newline by a small NL.
_PICTURES: dict[int, str] = {code: chr(0x2400 + code) for code in range(32)}
_PICTURES[0x7F] = "\N{SYMBOL FOR DELETE}"
# Terminals may obey the first block; UTF-8 excludes lone surrogates and XML the rest.
for _codes in (range(0x80, 0xA0), range(0xD800, 0xE000), (0xFFFE, 0xFFFF)):
    _PICTURES.update(dict.fromkeys(_codes, "\N{REPLACEMENT CHARACTER}"))


class Symbol(NamedTuple):
    """A name as mathematics sets it: w5 is w with the subscript 5."""

    base: str
    below: str


def symbol(name: str) -> Symbol | None:
    """The parts of `name`, or None if it is not a word and can only be quoted.

    >>> symbol("w5"), symbol("net_h1"), symbol("a1_2")
    (Symbol(base='w', below='5'), Symbol(base='net', below='h1'), Symbol(base='a', below='1,2'))
    >>> symbol("E"), symbol("my loss")
    (Symbol(base='E', below=''), None)
    """
    head, *parts = name.split("_")
    match = HEAD.fullmatch(head)
    if match is None or not all(part.isalnum() for part in parts):
        return None
    base, digits = match.groups()
    return Symbol(base, ",".join(filter(None, [digits, *parts])))


def printable(text: str) -> str:
    r"""`text` on one line, with unprintable characters replaced by visible ones.

    >>> printable("two\nlines")
    'two␊lines'
    """
    return text.translate(_PICTURES)


def counted(count: int, noun: str) -> str:
    """A count with its noun.

    >>> counted(1, "value"), counted(2, "value")
    ('1 value', '2 values')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def columns(rows: Iterable[Sequence[str]], align: str, widths: Sequence[int] = ()) -> Iterator[str]:
    """The lines of a table, with two spaces between columns.

    align: "<" or ">" for each column. widths: the least width of each column.

    >>> list(columns([("", "value"), ("w1", "0.15")], "<>"))
    ['    value', 'w1   0.15']
    """
    listed = list(rows)
    longest = [max(map(len, column)) for column in zip(*listed)]
    wanted = list(map(max, longest, widths or longest))
    for row in listed:
        cells = (f"{cell:{side}{width}}" for cell, side, width in zip(row, align, wanted))
        yield "  ".join(cells).rstrip()


class TextPrinter(Printer):
    """Writes a formula on a line of plain text."""

    plus = " + "
    minus = " - "
    sign = "-"
    space = " "
    dot = " * "
    over = " / "
    # The precedence of a number with an exponent: 1e-9 is an atom, but 1 x 10^-9 is a product.
    scientific: int = ATOM

    def text(self, node: ast.expr, within: int = CONDITIONAL) -> str:
        written, binding = self.write(node)
        return self.parenthesized(written) if binding < within else written

    def parenthesized(self, written: str) -> str:
        return f"({written})"

    def write(self, node: ast.expr) -> tuple[str, int]:
        if isinstance(node, ast.UnaryOp):
            # The sign of a product stands at its first factor: -x y needs no parentheses.
            signed = self.is_signed(node.operand)
            operand = self.factor(node.operand) if signed else self.text(node.operand, PRODUCT)
            return self.sign + operand, NEGATION
        return super().write(node)

    def number(self, value: float) -> tuple[str, int]:
        mantissa, e, exponent = repr(value).partition("e")
        if not e:
            return self.decimal(mantissa), ATOM
        return self.decimal(f"{mantissa}e{int(exponent)}"), self.scientific

    def decimal(self, digits: str) -> str:
        """A printed number, possibly with a sign or an exponent: -1.5e-9."""
        return digits

    def name(self, name: str) -> tuple[str, int]:
        return (name if symbol(name) else f"[{printable(name)}]"), ATOM

    def binary(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> tuple[str, int]:
        match operator:
            case ast.Add() | ast.Sub():
                return self.sum(left, operator, right), SUM
            case ast.Mult():
                return self.product(left, right), PRODUCT
            case ast.Div():
                return self.quotient(left, right)
        return self.power(left, right), POWER

    def sum(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> str:
        # A loop, since recursion would go too deep for thousands of terms.
        terms = [(operator, right)]
        while isinstance(left, ast.BinOp) and isinstance(left.op, (ast.Add, ast.Sub)):
            terms.append((left.op, left.right))
            left = left.left
        written = [self.text(left, SUM)]
        for each, term in reversed(terms):
            subtracted = isinstance(each, ast.Sub)
            if isinstance(term, ast.UnaryOp) and not isinstance(term.operand, ast.UnaryOp):
                subtracted, term = not subtracted, term.operand
            written.append(self.minus if subtracted else self.plus)
            written.append(self.factor(term) if self.is_signed(term) else self.text(term, PRODUCT))
        return "".join(written)

    def is_signed(self, node: ast.expr) -> bool:
        """True if the text of `node` begins with a sign."""
        while isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
            node = node.left
        return isinstance(node, ast.UnaryOp)

    def product(self, left: ast.expr, right: ast.expr) -> str:
        factors = [right]
        while isinstance(left, ast.BinOp) and isinstance(left.op, ast.Mult):
            factors.append(left.right)
            left = left.left
        written = [self.factor(left, first=True)]
        for each in reversed(factors):
            written.append(self.dot if self.is_numeral(each) else self.space)
            written.append(self.factor(each))
        return "".join(written)

    def factor(self, node: ast.expr, first: bool = False) -> str:
        """`node` as a factor, in parentheses where it would run into its neighbour."""
        if self.is_signed(node) and not first:
            return self.parenthesized(self.text(node))
        written, binding = self.write(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and binding < ATOM:
            return self.parenthesized(written)
        return self.parenthesized(written) if binding < PRODUCT else written

    def is_numeral(self, node: ast.expr) -> bool:
        """True if the text of `node` begins with a number, which needs a dot before it."""
        while isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Pow)):
            node = node.left
        return isinstance(node, ast.Constant) or (
            isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)
        )

    def quotient(self, left: ast.expr, right: ast.expr) -> tuple[str, int]:
        below = self.text(right, POWER) if isinstance(right, ast.BinOp) else self.factor(right)
        return self.text(left, PRODUCT) + self.over + below, PRODUCT

    def power(self, base: ast.expr, exponent: ast.expr) -> str:
        return f"{self.text(base, ATOM)}^{self.text(exponent, ATOM)}"
