r"""Formulas in LaTeX.

>>> from autograd_mini.engine.tree import parse
>>> print(LatexPrinter().text(parse("out_o1 * (1 - out_o1) / y ** 2", ["out_o1", "y"])))
\frac{\mathrm{out}_{o1} \, (1 - \mathrm{out}_{o1})}{y^{2}}
"""

from __future__ import annotations

import ast
import re
from unicodedata import lookup

from autograd_mini.engine.tree import ATOM, COMPARISON, CONDITIONAL, POWER, PRODUCT
from autograd_mini.symbols.text import GREEK, TextPrinter, printable, symbol

# The commands of LaTeX for rows; any other row is set as \operatorname.
FUNCTIONS = {name: rf"\{name}" for name in ("exp", "log", "sin", "cos", "tan", "sinh", "cosh")} | {
    "tanh": r"\tanh",
    "asin": r"\arcsin",
    "acos": r"\arccos",
    "atan": r"\arctan",
    "sigmoid": r"\sigma",
    "maximum": r"\max",
    "minimum": r"\min",
    "sign": r"\operatorname{sgn}",
}
# The Greek letters by their characters; those that look like Latin ones have no command.
GREEK_LETTERS = {
    lookup(f"GREEK {'CAPITAL' if name[0].isupper() else 'SMALL'} LETTER {name.upper()}"): name
    for name in GREEK
    if name != "lambda" and name != "Lambda"
} | {"\N{GREEK SMALL LETTER LAMDA}": "lambda", "\N{GREEK CAPITAL LETTER LAMDA}": "Lambda"}
COMPARED = {"<=": r"\le", ">=": r"\ge", "==": "=", "!=": r"\ne"}

_SPECIAL = {character: "\\" + character for character in "#$%&_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    # Notebooks search for mathematics between dollars before they read LaTeX.
    "$": r"\textdollar{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
}


def escaped(text: str) -> str:
    r"""`text` for use between \text{ and }.

    >>> print(escaped("50% of {x}"))
    50\% of \{x\}
    """
    return "".join(_SPECIAL.get(character, character) for character in printable(text))


class LatexPrinter(TextPrinter):
    """Writes LaTeX for mathematics."""

    space = r" \, "
    dot = r" \cdot "
    scientific = PRODUCT

    def parenthesized(self, written: str) -> str:
        if re.search(r"\\frac|\\left|\\begin", written):
            return rf"\left({written}\right)"
        return f"({written})"

    def decimal(self, digits: str) -> str:
        if digits.endswith(("inf", "nan")):
            return digits.replace("inf", r"\infty").replace("nan", r"\text{nan}")
        mantissa, e, exponent = digits.partition("e")
        return rf"{mantissa} \times 10^{{{exponent}}}" if e else mantissa

    def name(self, name: str) -> tuple[str, int]:
        parts = symbol(name)
        if parts is None:
            return rf"\text{{{escaped(name)}}}", ATOM
        below = ",".join(map(self.below, parts.below.split(",")))
        if len(below) != 1:
            below = f"{{{below}}}"
        return (
            f"{self.letters(parts.base)}_{below}" if parts.below else self.letters(parts.base)
        ), ATOM

    def letters(self, word: str) -> str:
        """A word as LaTeX sets it: a Greek letter by its command, several letters upright."""
        name = GREEK_LETTERS.get(word, word)
        if name in GREEK:
            return rf"\{name}"
        return word if len(word) == 1 else rf"\mathrm{{{word}}}"

    def below(self, part: str) -> str:
        """A part of a subscript: a word upright, a letter with a number as it is."""
        head = part.rstrip("0123456789")
        return (self.letters(head) if head else "") + part[len(head) :]

    def quotient(self, left: ast.expr, right: ast.expr) -> tuple[str, int]:
        return rf"\frac{{{self.text(left)}}}{{{self.text(right)}}}", ATOM

    def power(self, base: ast.expr, exponent: ast.expr) -> str:
        return f"{self.base(base)}^{{{self.text(exponent)}}}"

    def base(self, base: ast.expr) -> str:
        """The base of a power; a fraction, a root or e^x needs parentheses."""
        fragile = isinstance(base, (ast.BinOp, ast.Call))
        return self.parenthesized(self.text(base)) if fragile else self.text(base, ATOM)

    def comparison(self, left: ast.expr, symbol: str, right: ast.expr) -> tuple[str, int]:
        return super().comparison(left, COMPARED.get(symbol, symbol), right)

    def conditional(self, test: ast.expr, body: ast.expr, orelse: ast.expr) -> tuple[str, int]:
        cases = rf"{self.text(body)} & \text{{if }} {self.text(test, COMPARISON)}"
        other = rf"{self.text(orelse)} & \text{{otherwise}}"
        return rf"\begin{{cases}} {cases} \\ {other} \end{{cases}}", CONDITIONAL

    def call(self, function: str, *arguments: ast.expr) -> tuple[str, int]:
        inside = ", ".join(map(self.text, arguments))
        match function:
            case "exp":
                return f"e^{{{inside}}}", POWER
            case "sqrt":
                return rf"\sqrt{{{inside}}}", ATOM
            case "abs":
                return rf"\left|{inside}\right|", ATOM
        name = FUNCTIONS.get(function) or rf"\operatorname{{{escaped(function)}}}"
        return name + self.parenthesized(inside), ATOM
