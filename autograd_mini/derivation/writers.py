"""Writers of equations and sentences: plain text, LaTeX and MathML."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterator
from html import escape

from autograd_mini.derivation.equations import (
    Bracket,
    Content,
    Delta,
    Derivative,
    Equation,
    Index,
    Item,
    Negative,
    Number,
    Omission,
    Sentence,
    Side,
    Summation,
    Table,
    TableCell,
    Term,
)
from autograd_mini.engine.tree import POWER, PRODUCT
from autograd_mini.symbols.latex import LatexPrinter, escaped
from autograd_mini.symbols.mathml import MathMLPrinter, mrow, token
from autograd_mini.symbols.text import TextPrinter, columns, printable

LATEX_RELATIONS = {"=": "=", "<-": r"\leftarrow"}
BETWEEN_EQUATIONS = r" \\[1ex]" + "\n"
NEXT_LINE = " \\\\\n"

PARTIAL = '<mo form="prefix" lspace="0" rspace="0">\N{PARTIAL DIFFERENTIAL}</mo>'
MATHML_RELATIONS = {"=": token("mo", "="), "<-": token("mo", "\N{LEFTWARDS ARROW}")}
# MathML Core leaves the layout of a table to styles.
CELL = "text-align: {align}; padding: {above}em 0 0.3em"
CLOSE, APART = 0.3, 1.3
DOTS = "\N{HORIZONTAL ELLIPSIS}"
TABLE = "margin: 1em auto; border-spacing: 1em 0.2em; text-align: right"


class Writer(ABC):
    """Writes equations and sentences for one target."""

    printer: TextPrinter
    times: str

    def side(self, terms: Side) -> str:
        """A sum on one line."""
        return "".join(self.terms(terms))

    def lines(self, terms: Side) -> list[str]:
        """A sum of products with a line for each product; another sum on one line."""
        products = len(terms) > 1 and any(len(term) > 1 for term in terms)
        return self.terms(terms) if products else [self.side(terms)]

    def terms(self, terms: Side) -> list[str]:
        """The terms of a sum, each but the first with a plus or minus in front."""
        written = []
        for place, term in enumerate(terms):
            sign = self.printer.plus if place else ""
            match term:
                case (Summation(),) if place == len(terms) - 1:  # nothing after it to add up
                    written.append(sign + self.term(term, alone=True))
                    continue
                case (Negative(symbol=item) | ast.UnaryOp(operand=item), *others) if place:
                    sign, term = self.printer.minus, (item, *others)
            written.append(sign + self.term(term, alone=len(terms) == 1))
        return written

    def term(self, items: Term, alone: bool) -> str:
        """A product; alone: whether it is the whole sum and needs no parentheses."""
        match items:
            case (ast.expr() as tree,) if not alone:
                return self.printer.text(tree, PRODUCT)
        alone = alone and len(items) == 1
        return self.times.join(
            self.item(item, alone, first=not place) for place, item in enumerate(items)
        )

    def item(self, item: Item, alone: bool = True, first: bool = True) -> str:
        """One item, in parentheses where it would be misread beside others."""
        match item:
            case Derivative():
                return self.derivative(item)
            case Delta(unit=unit):
                return self.name(f"delta_{unit}")
            case Negative(symbol=symbol):
                signed = self.printer.sign + self.item(symbol)
                return signed if first else self.printer.parenthesized(signed)
            case Number(digits=digits):
                written = self.printer.decimal(digits)
                bare = alone or not digits.startswith("-")
                return written if bare else self.printer.parenthesized(written)
            case Omission(count=count, kind=kind):
                kind = kind.removesuffix("s") if count == 1 else kind
                return self.omission(f"{count:,} more {kind}")
            case Bracket(terms=terms):
                written = self.side(terms)
                return written if alone else self.printer.parenthesized(written)
            case Summation(indices=indices, product=product):
                written = self.term(product, alone=False)
                sums = "".join(map(self.summation, indices))
                return sums + written if alone else self.printer.parenthesized(sums + written)
            case ast.expr():
                return self.printer.text(item) if alone else self.factor(item)
        raise AssertionError(f"expected an item of an equation, got {item!r}")

    def name(self, name: str) -> str:
        return self.printer.name(name)[0]

    def factor(self, tree: ast.expr) -> str:
        """A formula as one factor of a product."""
        written, binding = self.printer.write(tree)
        product = isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult)
        if product or isinstance(tree, ast.Constant) or binding >= POWER:
            return written
        return self.printer.parenthesized(written)

    @abstractmethod
    def derivative(self, symbol: Derivative) -> str: ...

    @abstractmethod
    def omission(self, what: str) -> str: ...

    @abstractmethod
    def summation(self, index: Index) -> str:
        """The sign of a sum over an index."""

    @abstractmethod
    def sentence(self, sentence: Sentence) -> str: ...

    @abstractmethod
    def words(self, text: str) -> str:
        """Words in a table."""

    def cell(self, cell: Item | TableCell, dots: str) -> str:
        """The head or the content of a cell in a table."""
        match cell:
            case None:
                return dots
            case str():
                return self.words(cell)
            case _:
                return self.item(cell)

    @abstractmethod
    def document(self, content: Content) -> str:
        """Equations with their notes, further remarks after them, and tables."""


class TextWriter(Writer):
    """Writes plain text, which is ASCII if the labels are."""

    printer: TextPrinter = TextPrinter()
    times = " . "

    def derivative(self, symbol: Derivative) -> str:
        match symbol.top:
            case str(name):
                top = self.name(name)
            case inner:
                top = f"({self.derivative(inner)})"
        bottom = self.name(symbol.bottom)
        held = ",".join(map(self.name, symbol.held))
        if symbol.order > 1:
            return f"d{symbol.order}{top}/d{bottom}^{symbol.order}"
        return f"d{top}/d{bottom}" + (f"|{held}" if held else "")

    def omission(self, what: str) -> str:
        return f"... {what} ..."

    def summation(self, index: Index) -> str:
        return f"sum_{index.letter} "

    def table(self, table: Table) -> Iterator[str]:
        """The lines of a table."""
        index = f"{table.letter} = " if table.letter else ""
        heads = (self.cell(each, "...") for each in table.columns)
        rows = [["", *(each if each == "..." else index + each for each in heads)]]
        for symbol, numbers in table.rows:
            cells = [self.cell(each, "...") for each in numbers]
            rows.append([self.cell(symbol, ""), *(cells or [""] * len(table.columns))])
        return columns(rows, "<" + ">" * len(table.columns))

    def words(self, text: str) -> str:
        return printable(text)

    def sentence(self, sentence: Sentence) -> str:
        return "".join(part if isinstance(part, str) else self.item(part) for part in sentence)

    def equation(self, equation: Equation) -> list[str]:
        """The lines of an equation; a sum of products has one for each product."""
        left = self.item(equation.left)
        relation = f" {equation.relation} "
        if equation.inline:
            return [relation.join([left, *map(self.side, equation.sides)])]
        lines = []
        for terms in equation.sides:
            first, *others = self.lines(terms)
            lines.append(left + relation + first)
            left = " " * len(left)
            lines += [left + line for line in others]
        return lines

    def document(self, content: Content) -> str:
        blocks: list[list[str]] = []
        inline = False
        for equation in content.equations:
            lines = [*self.equation(equation), *map(self.sentence, equation.notes)]
            if inline and equation.inline:
                blocks[-1] += lines
            else:
                blocks.append(lines)
            inline = equation.inline
        if content.remarks:
            closing = list(map(self.sentence, content.remarks))
            if len(blocks) == 1 and not inline:
                blocks[0] += closing
            else:
                blocks.append(closing)
        blocks += (list(self.table(table)) for table in content.tables)
        return "\n\n".join("\n".join(block) for block in blocks)


class LatexWriter(Writer):
    """Writes an `aligned` environment, which stands in displayed mathematics."""

    printer: LatexPrinter = LatexPrinter()
    times = r" \cdot "

    def derivative(self, symbol: Derivative) -> str:
        bottom = self.name(symbol.bottom)
        if isinstance(symbol.top, Derivative):
            written = rf"\frac{{\partial}}{{\partial {bottom}}} {self.derivative(symbol.top)}"
        else:
            top = self.name(symbol.top)
            power = f"^{symbol.order}" if symbol.order > 1 else ""
            written = rf"\frac{{\partial{power} {top}}}{{\partial {bottom}{power}}}"
        if not symbol.held:
            return written
        held = ", ".join(map(self.name, symbol.held))
        return rf"\left.{written}\right|_{{{held}}}"

    def omission(self, what: str) -> str:
        return rf"\cdots \text{{{escaped(what)}}} \cdots"

    def sentence(self, sentence: Sentence) -> str:
        """A sentence with its mathematics between dollars."""
        return "".join(
            escaped(part) if isinstance(part, str) else f"${self.item(part)}$" for part in sentence
        )

    def summation(self, index: Index) -> str:
        letter, (first, *_, last) = index.letter, index.values
        if last - first == len(index.values) - 1:
            return rf"\sum_{{{letter}={first}}}^{{{last}}} "
        return rf"\sum_{{{letter} \in \{{{', '.join(map(str, index.values))}\}}}} "

    def table(self, table: Table) -> str:
        """A table as an `array`."""
        dots = r"\cdots"
        index = f"{table.letter}=" if table.letter else ""
        heads = (self.cell(each, dots) for each in table.columns)
        rows = ["", *(each if each == dots else index + each for each in heads)]
        lines = [" & ".join(rows) + r" \\ \hline"]
        strut = r"\rule{0pt}{2.5ex}"  # keeps the first row off the line
        for symbol, numbers in table.rows:
            shown = strut + (self.inline(symbol) if numbers else self.cell(symbol, ""))
            strut = ""
            cells = (self.cell(each, dots) for each in numbers)
            lines.append(" & ".join([shown, *cells]) + r" \\")
        body = "\n".join(lines)
        return f"\\begin{{array}}{{l|{'r' * len(table.columns)}}}\n{body}\n\\end{{array}}"

    def words(self, text: str) -> str:
        return rf"\text{{{escaped(printable(text))}}}" if text else ""

    def document(self, content: Content) -> str:
        """Equations between double dollars, with remarks and tables below."""
        tables = (f"$$\n{self.table(table)}\n$$" for table in content.tables)
        return "\n\n".join([f"$$\n{self.display(content)}\n$$", *self.notes(content), *tables])

    def notes(self, content: Content) -> list[str]:
        """The notes of the equations, and further remarks."""
        own = [note for equation in content.equations for note in equation.notes]
        return list(map(self.sentence, [*own, *content.remarks]))

    def display(self, content: Content) -> str:
        """The equations in one `aligned` environment, one below the other."""
        return f"\\begin{{aligned}}\n{self.body(content)}\n\\end{{aligned}}"

    def body(self, content: Content) -> str:
        """The rows of the equations."""
        equations = (NEXT_LINE.join(self.rows(each)) for each in content.equations)
        return BETWEEN_EQUATIONS.join(equations)

    def inline(self, item: Item | str) -> str:
        """An item on one line, a derivative as a quotient; or words."""
        match item:
            case Derivative(top=str(top), bottom=bottom, order=1):
                above, below = self.name(top), self.name(bottom)
                return rf"\partial {above} / \partial {below}"
        return self.cell(item, "")

    def rows(self, equation: Equation) -> list[str]:
        """The rows of an equation in an `aligned`; a sum of products has one for each product."""
        return [row for side in self.sides(equation) for row in side]

    def sides(self, equation: Equation) -> list[list[str]]:
        """The rows of each side of an equation."""
        left = self.item(equation.left)
        relation = LATEX_RELATIONS[equation.relation]
        if equation.inline:
            sides = f" {relation} ".join([left, *map(self.side, equation.sides)])
            return [[sides.replace(f" {relation}", f" &{relation}", 1)]]
        rows = []
        for terms in equation.sides:
            first, *others = self.lines(terms)
            begun = f"{left} &{relation} {first}".lstrip()
            rows.append([begun, *(rf"&\quad{line}" for line in others)])
            left = ""
        return rows


class MathMLWriter(Writer):
    """Writes HTML: a <math> element for the equations and a <p> for each sentence."""

    printer: MathMLPrinter = MathMLPrinter()
    times: str = token("mo", "\N{DOT OPERATOR}")

    def derivative(self, symbol: Derivative) -> str:
        bottom = self.name(symbol.bottom)
        if isinstance(symbol.top, Derivative):
            operator = self.printer.fraction(PARTIAL, PARTIAL + bottom)
            written = mrow(operator, self.derivative(symbol.top))
        else:
            order = token("mn", str(symbol.order))
            above = PARTIAL
            if symbol.order > 1:
                above = f"<msup>{PARTIAL}{order}</msup>"
                bottom = f"<msup>{mrow(bottom)}{order}</msup>"
            written = self.printer.fraction(above + self.name(symbol.top), PARTIAL + bottom)
        if not symbol.held:
            return written
        held = token("mo", ",").join(map(self.name, symbol.held))
        return f"<msub>{mrow(written, '<mo>|</mo>')}{mrow(held)}</msub>"

    def omission(self, what: str) -> str:
        return token(
            "mtext", f"\N{MIDLINE HORIZONTAL ELLIPSIS} {what} \N{MIDLINE HORIZONTAL ELLIPSIS}"
        )

    def sentence(self, sentence: Sentence) -> str:
        parts = (
            escape(printable(part)) if isinstance(part, str) else f"<math>{self.item(part)}</math>"
            for part in sentence
        )
        return f"<p>{''.join(parts)}</p>"

    def summation(self, index: Index) -> str:
        letter, (first, *_, last) = token("mi", index.letter), index.values
        sign = token("mo", "\N{N-ARY SUMMATION}")
        if last - first == len(index.values) - 1:
            below = mrow(letter, token("mo", "="), token("mn", str(first)))
            return f"<munderover>{sign}{below}{token('mn', str(last))}</munderover>"
        values = token("mtext", ", ".join(map(str, index.values)))
        return f"<munder>{sign}{mrow(letter, token('mo', '='), values)}</munder>"

    def table(self, table: Table) -> str:
        """An HTML table, since browsers do not align the columns of MathML."""
        index = token("mi", table.letter) + token("mo", "=") if table.letter else ""
        lines = [f"<tr><th></th>{''.join(self.head(each, index) for each in table.columns)}</tr>"]
        for symbol, numbers in table.rows:
            cells = (f"<td>{self.content(each)}</td>" for each in numbers)
            lines.append(f"<tr><th>{self.content(symbol)}</th>{''.join(cells)}</tr>")
        body = "\n".join(lines)
        return f'<table style="{TABLE}">\n{body}\n</table>'

    def head(self, cell: TableCell, index: str) -> str:
        """The head of a column."""
        if cell is None:
            return f"<td>{DOTS}</td>"
        return f"<th>{self.content(cell, index)}</th>"

    def content(self, cell: Item | TableCell, index: str = "") -> str:
        """The content of a cell: words, or mathematics after an index."""
        if cell is None or isinstance(cell, str):
            return self.cell(cell, DOTS)
        return self.math(index + self.item(cell))

    def words(self, text: str) -> str:
        return escape(printable(text))

    def math(self, written: str) -> str:
        return f"<math>{written}</math>"

    def document(self, content: Content) -> str:
        said = [note for equation in content.equations for note in equation.notes]
        lines = []
        inline = True
        for equation in content.equations:
            lines += self.equation(equation, CLOSE if inline and equation.inline else APART)
            inline = equation.inline
        table = "\n".join(lines)
        display = f'<math display="block"><mtable displaystyle="true">\n{table}\n</mtable></math>'
        remarks = map(self.sentence, [*said, *content.remarks])
        return "\n".join([display, *remarks, *map(self.table, content.tables)])

    def equation(self, equation: Equation, above: float) -> list[str]:
        """The rows of an equation in an <mtable>; above: the space above it, in em."""
        left = self.item(equation.left)
        relation = MATHML_RELATIONS[equation.relation]
        if equation.inline:
            right = relation.join(map(self.side, equation.sides))
            return [self.line(left, relation if right else "", right, above)]
        lines = []
        for terms in equation.sides:
            first, *others = self.lines(terms)
            lines.append(self.line(left, relation, first, above))
            lines += [self.line("", "", line) for line in others]
            left, above = "", CLOSE
        return lines

    def line(self, left: str, relation: str, right: str, above: float = CLOSE) -> str:
        """A row of the table: the left side, the relation, the right side."""
        parts = (left, "right"), (relation and f"<mi></mi>{relation}", "left"), (right, "left")
        cells = (
            f'<mtd style="{CELL.format(align=align, above=above)}">{mrow(part)}</mtd>'
            for part, align in parts
        )
        return f"<mtr>{''.join(cells)}</mtr>"
