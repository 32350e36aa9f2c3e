"""Derivations in LaTeX."""

from __future__ import annotations

from collections.abc import Sequence

from autograd_mini.derivation.equations import Derivative, Equation, Sentence
from autograd_mini.derivation.writing import Writer
from autograd_mini.symbols.latex import LatexPrinter, escaped

RELATIONS = {"=": "=", "<-": r"\leftarrow"}
BETWEEN_EQUATIONS = r" \\[1ex]" + "\n"
NEXT_LINE = " \\\\\n"


class LatexWriter(Writer):
    """Writes an `aligned` environment, to stand in any displayed mathematics."""

    printer: LatexPrinter = LatexPrinter()
    times = r" \cdot "

    def derivative(self, symbol: Derivative) -> str:
        bottom = self.printer.name(symbol.bottom)[0]
        if isinstance(symbol.top, Derivative):
            written = rf"\frac{{\partial}}{{\partial {bottom}}} {self.derivative(symbol.top)}"
        else:
            top = self.printer.name(symbol.top)[0]
            power = f"^{symbol.order}" if symbol.order > 1 else ""
            written = rf"\frac{{\partial{power} {top}}}{{\partial {bottom}{power}}}"
        if not symbol.held:
            return written
        held = ", ".join(self.printer.name(name)[0] for name in symbol.held)
        return rf"\left.{written}\right|_{{{held}}}"

    def left_out(self, what: str) -> str:
        return rf"\cdots \text{{{escaped(what)}}} \cdots"

    def sentence(self, sentence: Sentence) -> str:
        """Words, with the mathematics in them between dollars."""
        return "".join(
            escaped(part) if isinstance(part, str) else f"${self.item(part)}$" for part in sentence
        )

    def document(self, equations: Sequence[Equation], notes: Sequence[Sentence]) -> str:
        """Equations between double dollars, with their notes below them."""
        said = [note for equation in equations for note in equation.notes]
        display = f"$$\n{self.display(equations)}\n$$"
        return "\n\n".join([display, *map(self.sentence, [*said, *notes])])

    def display(self, equations: Sequence[Equation]) -> str:
        """The equations alone, one below the other."""
        body = BETWEEN_EQUATIONS.join(map(self.equation, equations))
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"

    def equation(self, equation: Equation) -> str:
        """The rows of an equation in an `aligned`; a sum of products has one for each."""
        left = self.item(equation.left)
        relation = RELATIONS[equation.relation]
        if equation.inline:
            return f" {relation} ".join([left, *map(self.row, equation.rows)]).replace(
                f" {relation}", f" &{relation}", 1
            )
        lines = []
        for terms in equation.rows:
            first, *others = self.lines(terms)
            lines.append(f"{left} &{relation} {first}".lstrip())
            lines += [rf"&\quad{line}" for line in others]
            left = ""
        return NEXT_LINE.join(lines)
