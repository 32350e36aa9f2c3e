"""Equations and sentences in writing: what every target has in common, and plain text."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Sequence

from autograd_mini.derivation.equations import (
    Delta,
    Derivative,
    Equation,
    Group,
    Item,
    LeftOut,
    Negative,
    Number,
    Row,
    Sentence,
    Term,
)
from autograd_mini.engine.tree import POWER, PRODUCT
from autograd_mini.symbols.text import TextPrinter


class Writer(ABC):
    """Writes the items of equations for one target."""

    printer: TextPrinter
    times: str

    def row(self, terms: Row) -> str:
        """A sum on one line."""
        return "".join(self.terms(terms))

    def lines(self, terms: Row) -> list[str]:
        """A sum of products with a line for each; another on one line."""
        products = len(terms) > 1 and any(len(term) > 1 for term in terms)
        return self.terms(terms) if products else [self.row(terms)]

    def terms(self, terms: Row) -> list[str]:
        """The terms of a sum, all but the first with a plus or minus in front."""
        written = []
        for place, term in enumerate(terms):
            sign = self.printer.plus if place else ""
            match term:
                case (Negative(symbol=item) | ast.UnaryOp(operand=item), *others) if place:
                    sign, term = self.printer.minus, (item, *others)
            written.append(sign + self.term(term, alone=len(terms) == 1))
        return written

    def term(self, items: Term, alone: bool) -> str:
        """A product; alone: whether it is all there is, so that nothing can run into it."""
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
                return self.printer.name(f"delta_{unit}")[0]
            case Negative(symbol=symbol):
                signed = self.printer.sign + self.item(symbol)
                return signed if first else self.printer.parenthesized(signed)
            case Number(digits=digits):
                written = self.printer.decimal(digits)
                bare = alone or not digits.startswith("-")
                return written if bare else self.printer.parenthesized(written)
            case LeftOut(count=count, what=what):
                return self.left_out(f"{count:,} more {what}")
            case Group(terms=terms):
                written = self.row(terms)
                return written if alone else self.printer.parenthesized(written)
            case ast.expr():
                return self.printer.text(item) if alone else self.factor(item)
        raise AssertionError(f"no item: {item!r}")

    def factor(self, tree: ast.expr) -> str:
        """A formula beside others."""
        written, binding = self.printer.write(tree)
        product = isinstance(tree, ast.BinOp) and isinstance(tree.op, ast.Mult)
        if product or isinstance(tree, ast.Constant) or binding >= POWER:
            return written
        return self.printer.parenthesized(written)

    @abstractmethod
    def derivative(self, symbol: Derivative) -> str: ...

    @abstractmethod
    def left_out(self, what: str) -> str: ...

    @abstractmethod
    def sentence(self, sentence: Sentence) -> str: ...

    @abstractmethod
    def document(self, equations: Sequence[Equation], notes: Sequence[Sentence]) -> str:
        """Equations with their notes, and more notes after them."""


class TextWriter(Writer):
    """Writes plain text, in ASCII but for what labels contain."""

    printer: TextPrinter = TextPrinter()
    times = " . "

    def derivative(self, symbol: Derivative) -> str:
        match symbol.top:
            case str(name):
                top = self.printer.name(name)[0]
            case inner:
                top = f"({self.derivative(inner)})"
        bottom = self.printer.name(symbol.bottom)[0]
        held = ",".join(self.printer.name(name)[0] for name in symbol.held)
        if symbol.order > 1:
            return f"d{symbol.order}{top}/d{bottom}^{symbol.order}"
        return f"d{top}/d{bottom}" + (f"|{held}" if held else "")

    def left_out(self, what: str) -> str:
        return f"... {what} ..."

    def sentence(self, sentence: Sentence) -> str:
        return "".join(part if isinstance(part, str) else self.item(part) for part in sentence)

    def equation(self, equation: Equation) -> list[str]:
        """The lines of an equation; a sum of products has a line for each."""
        left = self.item(equation.left)
        relation = f" {equation.relation} "
        if equation.inline:
            return [relation.join([left, *map(self.row, equation.rows)])]
        lines = []
        for terms in equation.rows:
            first, *others = self.lines(terms)
            lines.append(left + relation + first)
            left = " " * len(left)
            lines += [left + line for line in others]
        return lines

    def document(self, equations: Sequence[Equation], notes: Sequence[Sentence]) -> str:
        blocks: list[list[str]] = []
        inline = False
        for equation in equations:
            lines = [*self.equation(equation), *map(self.sentence, equation.notes)]
            if inline and equation.inline:
                blocks[-1] += lines
            else:
                blocks.append(lines)
            inline = equation.inline
        if notes:
            closing = list(map(self.sentence, notes))
            if len(blocks) == 1 and not inline:
                blocks[0] += closing
            else:
                blocks.append(closing)
        return "\n\n".join("\n".join(block) for block in blocks)
