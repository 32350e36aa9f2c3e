"""Derivations as a fragment of HTML, their mathematics in MathML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from autograd_mini.derivation.equations import Derivative, Equation, Sentence
from autograd_mini.derivation.writing import Writer
from autograd_mini.symbols.mathml import MathMLPrinter, row, token
from autograd_mini.symbols.text import printable

PARTIAL = '<mo form="prefix" lspace="0" rspace="0">\N{PARTIAL DIFFERENTIAL}</mo>'
RELATIONS = {"=": token("mo", "="), "<-": token("mo", "\N{LEFTWARDS ARROW}")}
# MathML Core leaves the layout of a table to styles.
CELL = "text-align: {align}; padding: {above}em 0 0.3em"
CLOSE, APART = 0.3, 1.3


class MathMLWriter(Writer):
    """Writes HTML elements: <math> for the equations, <p> for what is said about them."""

    printer: MathMLPrinter = MathMLPrinter()
    times: str = token("mo", "\N{DOT OPERATOR}")

    def name(self, name: str) -> str:
        return self.printer.name(name)[0]

    def derivative(self, symbol: Derivative) -> str:
        bottom = self.name(symbol.bottom)
        if isinstance(symbol.top, Derivative):
            operator = self.printer.fraction(PARTIAL, PARTIAL + bottom)
            written = row(operator, self.derivative(symbol.top))
        else:
            order = token("mn", str(symbol.order))
            above = PARTIAL
            if symbol.order > 1:
                above = f"<msup>{PARTIAL}{order}</msup>"
                bottom = f"<msup>{row(bottom)}{order}</msup>"
            written = self.printer.fraction(above + self.name(symbol.top), PARTIAL + bottom)
        if not symbol.held:
            return written
        held = token("mo", ",").join(map(self.name, symbol.held))
        return f"<msub>{row(written, '<mo>|</mo>')}{row(held)}</msub>"

    def left_out(self, what: str) -> str:
        return token(
            "mtext", f"\N{MIDLINE HORIZONTAL ELLIPSIS} {what} \N{MIDLINE HORIZONTAL ELLIPSIS}"
        )

    def sentence(self, sentence: Sentence) -> str:
        parts = (
            escape(printable(part)) if isinstance(part, str) else f"<math>{self.item(part)}</math>"
            for part in sentence
        )
        return f"<p>{''.join(parts)}</p>"

    def document(self, equations: Sequence[Equation], notes: Sequence[Sentence]) -> str:
        said = [note for equation in equations for note in equation.notes]
        lines = []
        inline = True
        for equation in equations:
            lines += self.equation(equation, CLOSE if inline and equation.inline else APART)
            inline = equation.inline
        table = "\n".join(lines)
        display = f'<math display="block"><mtable displaystyle="true">\n{table}\n</mtable></math>'
        return "\n".join([display, *map(self.sentence, [*said, *notes])])

    def equation(self, equation: Equation, above: float) -> list[str]:
        """The rows of an equation in an <mtable>, with so much room above it."""
        left = self.item(equation.left)
        relation = RELATIONS[equation.relation]
        if equation.inline:
            right = relation.join(map(self.row, equation.rows))
            return [self.line(left, relation if right else "", right, above)]
        lines = []
        for terms in equation.rows:
            first, *others = self.lines(terms)
            lines.append(self.line(left, relation, first, above))
            lines += [self.line("", "", line) for line in others]
            left, above = "", CLOSE
        return lines

    def line(self, left: str, relation: str, right: str, above: float = CLOSE) -> str:
        """A row of the table: what is left of the relation, the relation, what is right of it."""
        parts = (left, "right"), (relation and f"<mi></mi>{relation}", "left"), (right, "left")
        cells = (
            f'<mtd style="{CELL.format(align=align, above=above)}">{row(part)}</mtd>'
            for part, align in parts
        )
        return f"<mtr>{''.join(cells)}</mtr>"
