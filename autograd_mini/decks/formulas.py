r"""Formulas: the tokens of one side as a tree over the deck's own names.

Names are written as in a derivation sheet, whatever they look like in the deck:

>>> from autograd_mini.decks.tokens import tokenize
>>> from autograd_mini.decks.trees import written
>>> reader = FormulaReader(DeckNames())
>>> for text in (r"net\_{h\_1}", "w_5", r"y_1^{[2]}", r"w_5^+", r"\frac{\partial E}{\partial w_5}"):
...     print(written(reader.read(tokenize(text))))
net_h1
w5
y1_2
w5^+
dE/dw5
>>> written(reader.read(tokenize(r"\frac{1}{1+e^{-net_{o1}}}")))
'1 / (1 + exp(-net_o1))'
"""

from __future__ import annotations

import ast
import re

from autograd_mini.decks.cursor import (
    A_MATRIX,
    LEFT_ALONE,
    LONGEST,
    CannotRead,
    differential,
)
from autograd_mini.decks.names import (
    ACCENTS,
    FUNCTIONS,
    GENERIC,
    SQUARED,
    DeckNames,
    with_index,
)
from autograd_mini.decks.quantities import PRIMES, TRANSPOSES, QuantityReader
from autograd_mini.decks.tokens import COLUMN, END_OF_MATRIX, GREEK, MATRIX, ROW, Token
from autograd_mini.decks.trees import derivative, number
from autograd_mini.symbols.formulas import total

MOST_TERMS = 100  # of the sums of a side that are written out


class FormulaReader(QuantityReader):
    """Reads sides; slips: places where a derivative has lost one of its two signs.

    terms: how many a side has of sums that it writes with an index.
    """

    def __init__(self, vocabulary: DeckNames) -> None:
        super().__init__(vocabulary)
        self.slips: list[int] = []
        self.terms: int = 0
        self.is_in_norm: bool = False

    def read(self, tokens: list[Token]) -> ast.expr:
        """The tree of a side.

        Raises: CannotRead.
        """
        if not tokens:
            raise CannotRead("nothing", 0)
        if len(tokens) > LONGEST:
            raise CannotRead("a formula that is too long", tokens[0].start)
        self._return_to((self.vocabulary.without_arguments(tokens), 0, 0))
        self.slips, self.terms, self.is_in_norm = [], 0, False
        tree = self._sum()
        if self.position < len(self.tokens):
            raise self._unread()
        return tree

    # -- expressions

    def _inside(self, tokens: list[Token]) -> ast.expr:
        """The tree of the tokens of a group."""
        outer, position, _ = self._place()
        if not tokens:
            raise self._unread("an empty argument")
        self._return_to((tokens, 0, self.depth))
        tree = self._sum()
        if self.position < len(tokens):
            raise self._unread()
        self._return_to((outer, position, self.depth))
        return tree

    def _sum(self) -> ast.expr:
        self._nest(1)
        tree = self._product()
        while self._text() in ("+", "-"):
            operator: ast.operator = ast.Add() if self._next().text == "+" else ast.Sub()
            tree = ast.BinOp(tree, operator, self._product())
        self._nest(-1)
        return tree

    def _product(self) -> ast.expr:
        tree = self._signed()
        while True:
            text = self._text()
            if text in ("*", "/"):
                self._next()
                operator: ast.operator = ast.Mult() if text == "*" else ast.Div()
                tree = ast.BinOp(tree, operator, self._signed())
            elif text == "\\odot":
                self._next()
                tree = ast.Call(ast.Name("hadamard"), [tree, self._signed()], [])
            elif self._starts_a_factor():
                tree = ast.BinOp(tree, ast.Mult(), self._signed())
            else:
                return tree

    def _starts_a_factor(self) -> bool:
        text, kind = self._text(), self._kind()
        if kind in ("number", "word", "text", "opaque"):
            return True
        if text == "||":
            return not self.is_in_norm
        return text in ("(", "[", "{", "\u2202", MATRIX) or (kind == "command" and text != "\\odot")

    def _signed(self) -> ast.expr:
        sign = 1
        while self._text() in ("+", "-"):
            if self._next().text == "-":
                sign = -sign
            self._nest(1)
        factor = self._power()
        return ast.UnaryOp(ast.USub(), factor) if sign < 0 else factor

    def _power(self) -> ast.expr:
        """A factor and what stands above it."""
        base = self._atom()
        while True:
            if self._text() == "^":
                self._next()
                tokens = self._exponent()
                text = "".join(token.text for token in tokens)
                if [text] in PRIMES:
                    base = self._primed(base)
                    continue
                if text in TRANSPOSES:
                    base = ast.Call(ast.Name("transpose"), [base], [])
                    continue
                if text in GENERIC or (tokens[:1] and tokens[0].text == "["):
                    raise self._unread("an index that stands for many")
                if (
                    text == "2"
                    and isinstance(base, ast.Name)
                    and self.vocabulary.is_square(base.id)
                ):
                    base = ast.Name(base.id + SQUARED)
                    continue
                base = ast.BinOp(base, ast.Pow(), self._inside(tokens))
            elif self._text() in ("'", "\u2032"):
                self._next()
                base = self._primed(base)
            elif self._text() == "_" and isinstance(base, ast.expr):
                raise self._unread("an index of a formula")
            else:
                return base

    def _parenthesized(self, is_vector: bool = False) -> ast.expr:
        """One expression in parentheses, or several of a vector.

        Raises: CannotRead for several arguments.
        """
        closing = {"(": ")", "[": "]", "|": "|"}[self._next().text]
        tree = self._entry() if is_vector else self._sum()
        entries = [tree]
        while is_vector and self._text() == ",":
            self._next()
            entries.append(self._entry())
        if self._text() in (",", ";"):
            raise self._unread("a function of several arguments")
        if len(entries) > 1:
            tree = ast.Tuple(entries)
        if self._text() not in (closing, ")", "]") or not self._text():
            raise self._unread()
        self._next()
        return tree

    def _entry(self) -> ast.expr:
        """A component of a vector, which knows its place in the text."""
        start = self.tokens[min(self.position, len(self.tokens) - 1)].start
        tree = self._sum()
        tree.col_offset = start
        return tree

    def _matrix(self) -> ast.expr:
        """The entries of a matrix.

        Raises: CannotRead for entries that are left alone, and rows of different lengths.
        """
        unread = self._unread(A_MATRIX)
        self._next()
        rows: list[list[ast.expr]] = [[]]
        while self._text() != END_OF_MATRIX:
            try:
                rows[-1].append(self._entry())
            except CannotRead:
                raise unread from None
            if self._text() not in (COLUMN, ROW, END_OF_MATRIX):
                raise unread
            is_row = self._text() != END_OF_MATRIX and self._next().text == ROW
            if is_row and self._text() != END_OF_MATRIX:
                rows.append([])
        self._next()
        if len({len(row) for row in rows}) > 1 or not rows[0]:
            raise unread
        return ast.List([ast.List(row) for row in rows])

    def _norm(self) -> ast.expr:
        """||x||, and ||x||_2, which is the same."""
        self._next()
        outer, self.is_in_norm = self.is_in_norm, True
        tree = self._sum()
        self.is_in_norm = outer
        if self._text() != "||":
            raise self._unread("a norm")
        self._next()
        if [self._text(), self._text(1)] == ["_", "2"]:
            self._move_to(self.position + 2)
        return ast.Call(ast.Name("norm"), [tree], [])

    def _gradient(self) -> ast.expr:
        """The gradient of E by w with the sign of Nabla, w as its index."""
        self._next()
        self._next()
        by = self._inside(self._group())
        if not isinstance(by, ast.Name):
            raise self._unread("a gradient by several names")
        return derivative(self._power(), by)

    def _atom(self) -> ast.expr:
        text, kind = self._text(), self._kind()
        if kind == "number":
            return self._number()
        if text in ("(", "["):
            return self._parenthesized(is_vector=True)
        if text == MATRIX:
            return self._matrix()
        if text == "||":
            return self._norm()
        if text == "\\nabla" and self._text(1) == "_":
            return self._gradient()
        if text == "|":
            return ast.Call(ast.Name("abs"), [self._parenthesized()], [])
        if text == "{":
            return self._inside(self._group())
        if text == "\\frac":
            return self._fraction()
        if text in ("\\sum", "\u2211"):
            return self._written_out()
        if text == "\\sqrt":
            self._next()
            if self._text() == "[":
                raise self._unread("a root of another order")
            return ast.Call(ast.Name("sqrt"), [self._inside(self._argument())], [])
        if text == "\u2202":
            return self._slashed_derivative()
        if text in LEFT_ALONE and not self._is_name_of_deck(text):
            raise self._unread()
        if kind in ("word", "text") or text[1:] in GREEK or text in ACCENTS:
            return self._named()
        if kind == "command" and text[1:] in FUNCTIONS:
            self._next()
            return self._called(FUNCTIONS[text[1:]])
        raise self._unread(f"the command {text}" if kind == "command" else "")

    def _is_name_of_deck(self, text: str) -> bool:
        return text == "\\Delta" and self._text(1) in ("_", "^", "=")

    def _number(self) -> ast.expr:
        text = self._next().text
        # 1.5 \times 10^{-4} is one number.
        if [self._text(i) for i in range(3)] == ["*", "10", "^"] and "e" not in text.casefold():
            start = self.position
            self._move_to(self.position + 3)
            exponent = "".join(token.text for token in self._group())
            if re.fullmatch(r"-?\d{1,3}", exponent):
                text = f"{text}e{exponent}"
            else:
                self._move_to(start)
        try:
            return number(text)
        except ValueError:
            raise self._unread("a number beyond any float") from None

    def _fraction(self) -> ast.expr:
        start = self._next().start
        above, below = self._argument(), self._argument()
        if tree := self._derivative(above, below):
            tree.col_offset = start
            return tree
        return ast.BinOp(self._inside(above), ast.Div(), self._inside(below))

    def _written_out(self) -> ast.expr:
        """The terms of a sum over an index.

        Raises: CannotRead for a sum of which the deck does not say what the index runs through.
        """
        left_alone = self._unread()
        self._next()
        bounds: dict[str, list[str]] = {}
        while self._text() in ("_", "^"):
            sign = self._next().text
            bounds[sign] = [token.text for token in self._group()]
        index, _, first = "".join(bounds.get("_", [])).partition("=")
        (before, start, depth), terms = self._place(), []
        behind = before[start:]
        indices = self.vocabulary.range_of(index, first, "".join(bounds.get("^", [])), behind)
        self.terms += len(indices)
        if not indices or self.terms > MOST_TERMS or index not in (t.text for t in behind):
            raise left_alone
        for each in indices:
            self._return_to(([*before[:start], *with_index(behind, index, each)], start, depth))
            terms.append(self._product())
        rest = len(self.tokens) - self.position  # reading may split tokens
        read = self.tokens[: self.position]
        self._return_to(([*read, *before[len(before) - rest :]], self.position, depth))
        return total(terms)

    # -- derivatives

    def _derivative(self, above: list[Token], below: list[Token]) -> ast.expr | None:
        """dY/dX, if that is what a fraction says; d/dX takes the factor behind it."""
        y, x = differential(above), differential(below)
        if y is None and x is None:
            return None
        if x is None and y is not None and y[0] == "d":
            return None
        if (
            y is None
            and x is not None
            and (x[0] == "d" or (len(above) == 1 and above[0].kind == "number"))
        ):
            return None
        order = [tokens[1] for tokens in (y, x) if tokens and tokens[1]]
        if any(tokens[0].text == "^" for tokens in order) or any(
            token.text in ("^",) and above[i + 1].text == "2" and i == 1
            for i, token in enumerate(above[:-1])
        ):
            raise CannotRead("a second derivative", above[0].start if above else below[0].start)
        if x is None or y is None:  # one of the two signs is missing
            self.slips.append((above or below)[0].start)
        by = self._inside(x[1] if x else below)
        if not isinstance(by, ast.Name):
            raise CannotRead("a derivative by a formula", below[0].start)
        operand = y[1] if y else above
        tree = self._inside(operand) if operand else self._power()
        return derivative(tree, by)

    def _slashed_derivative(self) -> ast.expr:
        """\u2202E/\u2202w in one line."""
        self._next()
        above = self._power()
        if self._text() == "/" and self._text(1) == "\u2202":
            self._next()
            self._next()
            by = self._power()
            if isinstance(by, ast.Name):
                return derivative(above, by)
        raise self._unread("a differential that stands alone")
