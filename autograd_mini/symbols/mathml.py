"""Formulas in MathML Core, which browsers show without a library.

>>> from autograd_mini.engine.tree import parse
>>> print(MathMLPrinter().text(parse("x / w1", ["x", "w1"])))
<mfrac><mrow><mi>x</mi></mrow><mrow><msub><mi>w</mi><mn>1</mn></msub></mrow></mfrac>
"""

from __future__ import annotations

import ast
from html import escape

from autograd_mini.engine.tree import ATOM, COMPARISON, CONDITIONAL, POWER, PRODUCT
from autograd_mini.symbols.text import GREEK, TextPrinter, printable, symbol

# The names in mathematics of rows that have another name in the table.
FUNCTIONS = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "sigmoid": "\N{GREEK SMALL LETTER SIGMA}",
    "maximum": "max",
    "minimum": "min",
    "sign": "sgn",
}
COMPARED = {
    "<=": "\N{LESS-THAN OR EQUAL TO}",
    ">=": "\N{GREATER-THAN OR EQUAL TO}",
    "==": "=",
    "!=": "\N{NOT EQUAL TO}",
}
MINUS = "\N{MINUS SIGN}"
# Fences that do not stretch, since stretched ones look heavy around a single line.
OPEN, CLOSE = '<mo stretchy="false">(</mo>', '<mo stretchy="false">)</mo>'


def token(element: str, text: str) -> str:
    """An element with text: mi for a name, mn a number, mo an operator, mtext words."""
    return f"<{element}>{escape(printable(text))}</{element}>"


def mrow(*parts: str) -> str:
    """The parts side by side, as one element."""
    return f"<mrow>{''.join(parts)}</mrow>"


class MathMLPrinter(TextPrinter):
    """Writes the MathML elements inside a <math>."""

    # Marked as infix or prefix, because the first operator of a row is taken for a sign.
    plus = '<mo form="infix">+</mo>'
    minus: str = f'<mo form="infix">{MINUS}</mo>'
    sign: str = f'<mo form="prefix">{MINUS}</mo>'
    space = '<mspace width="0.17em"></mspace>'
    dot: str = token("mo", "\N{DOT OPERATOR}")
    scientific = PRODUCT

    def parenthesized(self, written: str) -> str:
        if "<mfrac" in written:
            return mrow("<mo>(</mo>", written, "<mo>)</mo>")
        return mrow(OPEN, written, CLOSE)

    def decimal(self, digits: str) -> str:
        mantissa, e, exponent = digits.partition("e")
        sign = self.sign if mantissa.startswith("-") else ""
        written = sign + token("mn", mantissa.lstrip("-").replace("inf", "\N{INFINITY}"))
        if not e:
            return written
        power = f"<msup>{token('mn', '10')}{mrow(self.decimal(exponent))}</msup>"
        return mrow(written, token("mo", "\N{MULTIPLICATION SIGN}"), power)

    def name(self, name: str) -> tuple[str, int]:
        parts = symbol(name)
        if parts is None:
            return token("mtext", name), ATOM
        base = f"<mi>&{parts.base};</mi>" if parts.base in GREEK else token("mi", parts.base)
        if not parts.below:
            return base, ATOM
        below = token("mn" if parts.below.isdigit() else "mi", parts.below)
        return f"<msub>{base}{below}</msub>", ATOM

    def quotient(self, left: ast.expr, right: ast.expr) -> tuple[str, int]:
        return self.fraction(self.text(left), self.text(right)), ATOM

    def fraction(self, above: str, below: str) -> str:
        return f"<mfrac>{mrow(above)}{mrow(below)}</mfrac>"

    def power(self, base: ast.expr, exponent: ast.expr) -> str:
        fragile = isinstance(base, (ast.BinOp, ast.Call))
        raised = self.parenthesized(self.text(base)) if fragile else self.text(base, ATOM)
        return f"<msup>{mrow(raised)}{mrow(self.text(exponent))}</msup>"

    def comparison(self, left: ast.expr, symbol: str, right: ast.expr) -> tuple[str, int]:
        sign = token("mo", COMPARED.get(symbol, symbol))
        return self.text(left) + sign + self.text(right), COMPARISON

    def conditional(self, test: ast.expr, body: ast.expr, orelse: ast.expr) -> tuple[str, int]:
        condition = token("mtext", "\N{NO-BREAK SPACE}if\N{NO-BREAK SPACE}") + self.text(
            test, COMPARISON
        )
        other = token("mtext", ", otherwise\N{NO-BREAK SPACE}") + self.text(orelse)
        return mrow(self.text(body), condition, other), CONDITIONAL

    def call(self, function: str, *arguments: ast.expr) -> tuple[str, int]:
        inside = token("mo", ",").join(map(self.text, arguments))
        match function:
            case "exp":
                return f"<msup><mi>e</mi>{mrow(inside)}</msup>", POWER
            case "sqrt":
                return f"<msqrt>{inside}</msqrt>", ATOM
            case "abs":
                return mrow("<mo>|</mo>", inside, "<mo>|</mo>"), ATOM
        name = token("mi", FUNCTIONS.get(function, function))
        return mrow(name, self.parenthesized(inside)), ATOM
