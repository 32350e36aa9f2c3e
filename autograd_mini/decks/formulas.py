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
    LEFT_ALONE,
    LONGEST,
    CannotRead,
    Cursor,
    differential,
)
from autograd_mini.decks.names import (
    ACCENTS,
    FUNCTIONS,
    GENERIC,
    NEW,
    OLD,
    SQUARED,
    DeckNames,
    canonical,
    identifier,
    index_text,
    with_index,
)
from autograd_mini.decks.tokens import GREEK, Token
from autograd_mini.decks.trees import derivative, number, prime
from autograd_mini.symbols.formulas import total

MOST_TERMS = 100  # of the sums of a side that are written out


class FormulaReader(Cursor):
    """Reads sides; slips: places where a derivative has lost one of its two signs.

    terms: how many a side has of sums that it writes with an index.
    """

    def __init__(self, vocabulary: DeckNames) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.slips: list[int] = []
        self.terms: int = 0

    def read(self, tokens: list[Token]) -> ast.expr:
        """The tree of a side.

        Raises: CannotRead.
        """
        if not tokens:
            raise CannotRead("nothing", 0)
        if len(tokens) > LONGEST:
            raise CannotRead("a formula that is too long", tokens[0].start)
        self._return_to((self.vocabulary.without_arguments(tokens), 0, 0))
        self.slips, self.terms = [], 0
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
            elif self._starts_a_factor():
                tree = ast.BinOp(tree, ast.Mult(), self._signed())
            else:
                return tree

    def _starts_a_factor(self) -> bool:
        text, kind = self._text(), self._kind()
        if kind in ("number", "word", "text", "opaque"):
            return True
        return text in ("(", "[", "{", "\u2202") or (kind == "command")

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
                if text in ("\\prime", "'"):
                    base = prime(base)
                    continue
                if text in ("T", "\\top", "\\intercal"):
                    raise self._unread("a transpose")
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
                base = prime(base)
                if self._text() in ("(", "["):  # f'(x)
                    base = ast.Call(base, [self._parenthesized()], [])
            elif self._text() == "_" and isinstance(base, ast.expr):
                raise self._unread("an index of a formula")
            else:
                return base

    def _parenthesized(self) -> ast.expr:
        """One expression in parentheses.

        Raises: CannotRead for several.
        """
        closing = {"(": ")", "[": "]", "|": "|"}[self._next().text]
        tree = self._sum()
        if self._text() in (",", ";"):
            raise self._unread("a function of several arguments")
        if self._text() not in (closing, ")", "]") or not self._text():
            raise self._unread()
        self._next()
        return tree

    def _atom(self) -> ast.expr:
        text, kind = self._text(), self._kind()
        if kind == "number":
            return self._number()
        if text in ("(", "["):
            return self._parenthesized()
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

    # -- names

    def _named(self) -> ast.expr:
        """A name, a function and its argument, or a product of letters."""
        start = self.position
        token = self._next()
        base = token.text.removeprefix("\\")
        if token.text in ACCENTS:
            inner = self._group()
            base = "_".join(
                [*(each.text.removeprefix("\\") for each in inner), ACCENTS[token.text]]
            )
            if not re.fullmatch(r"\w+", base):
                raise self._unread("an accent on a formula")
        elif token.kind == "text":
            words = token.text.split()
            base = "_".join(words)
            if words[0].casefold() in ("new", "old") and len(words) > 1:
                return self._mark(self._indexed("_".join(words[1:])), words[0].casefold())
            if not re.fullmatch(r"[^\W\d]\w*", base):
                raise self._unread("words")
        if (
            token.kind in ("word", "text")
            and base.casefold() in FUNCTIONS
            and self._text() in ("(", "[", "{", "\\frac")
        ):
            return self._called(FUNCTIONS[base.casefold()])
        if base in ("new", "old") and self._text() == "_":  # new_w_5
            self._next()
            following = self._group() if self._text() == "{" else []
            return self._mark(self._inside(following) if following else self._named(), base)
        if token.kind == "word" and base[0] == "d" and (slope := self._plain_derivative(base)):
            return slope
        if token.kind == "word" and base == "e" and self._text() == "^" and self._is_euler():
            self._next()
            return ast.Call(ast.Name("exp"), [self._inside(self._group())], [])
        if token.kind == "word" and base.isalpha() and len(base) > 1 and self._is_product(base):
            letters = [
                *self.tokens[:start],
                *(
                    Token("word", letter, token.start + i, token.start + i + 1)
                    for i, letter in enumerate(base)
                ),
                *self.tokens[start + 1 :],
            ]
            self._take(letters)
            self._move_to(start)
            tree = self._power()
            for _ in base[1:]:
                tree = ast.BinOp(tree, ast.Mult(), self._power())
            return tree
        return self._indexed(base)

    def _plain_derivative(self, base: str) -> ast.expr | None:
        """dE/dw_5, written without \\frac."""
        before = self._place()
        if len(base) < 2 or self._text() not in ("/", "_"):
            return None
        try:
            above = self._indexed(base[1:])
            if (
                self._text() == "/"
                and self._kind(1) == "word"
                and self._text(1)[0] == "d"
                and len(self._text(1)) > 1
            ):
                self._next()
                by = self._indexed(self._next().text[1:])
                if isinstance(by, ast.Name) and isinstance(above, ast.Name):
                    return derivative(above, by)
        except CannotRead:
            pass
        self._return_to(before)
        return None

    def _is_euler(self) -> bool:
        """True if e^... is the exponential: e is not a name of the deck with a bare exponent."""
        return not ("e" in self.vocabulary.defined and self._kind(1) == "number")

    def _is_product(self, word: str) -> bool:
        """True if a short run of letters is a product, each of which stands alone elsewhere."""
        vocabulary = self.vocabulary
        if vocabulary.words[word] or word in vocabulary.functions or len(word) > 3:
            return False
        if len(word) == 3 and self._text() == "_":
            return False
        return all(vocabulary.letters[letter] for letter in word)

    def _indexed(self, base: str) -> ast.expr:
        """A name with the indices behind it, or a call of a function of the deck."""
        index, layer, mark = "", "", ""
        digits = re.search(r"\d+$", base) if "_" not in base else None
        if digits and digits.start() > 0:
            base, index = base[: digits.start()], digits[0]
        while self._text() in ("_", "^"):
            start = self.position
            sign = self._next().text
            tokens = self._group() if sign == "_" else self._exponent()
            text = index_text(tokens)
            if sign == "_":
                if text.casefold() in NEW | {"old"} and not text.isdigit() and text not in "+-":
                    mark = text.casefold()
                elif text.endswith(("_new", ",new")) and len(text) > 4:
                    index, mark = index + text[:-4].strip(",_"), "new"
                elif text == "t-1" and not self.vocabulary.counts(base, "t"):
                    index += "prev"
                elif self.vocabulary.counts(base, text) or not re.fullmatch(r"[\w,]+", text):
                    raise self._unread("an index that stands for many")
                elif index and text[0].isdigit():  # y1_2, as a sheet writes y_1^{[2]}
                    layer += text
                else:
                    index += text.replace(",", "_")
            else:
                bracketed = len(tokens) == 3 and tokens[0].text in "([" and tokens[2].text in ")]"
                inner = tokens[1].text if bracketed else text
                if (inner in NEW or text in NEW) and inner not in ("k+1",):
                    mark = "new"
                elif text == "old" or (bracketed and inner == "old"):
                    mark = "old"
                elif bracketed and inner.isalnum():
                    if inner in GENERIC or inner in ("L", "N", "t", "T"):
                        raise self._unread("an index that stands for many")
                    layer += inner
                else:
                    self._move_to(start)
                    break
        name = (
            self.vocabulary.spelled(canonical(base, index)) if not layer else canonical(base, index)
        )
        tree: ast.expr = ast.Name(identifier(name + (f"_{layer}" if layer else "")))
        if mark:
            return self._mark(tree, mark)
        if self._text() in ("(", "[") and not layer:
            if not index:
                return self._call_or_name(base, tree)
            if base in self.vocabulary.applied and base not in self.vocabulary.letters:
                raise self._unread("a function that is not defined")
        return tree

    def _call_or_name(self, base: str, tree: ast.expr) -> ast.expr:
        """f(x) where f is a function of the deck; otherwise the name, and a product with it."""
        functions = self.vocabulary.functions
        known = base in functions
        if base.casefold() in FUNCTIONS:
            return self._called(FUNCTIONS[base.casefold()])
        start = self.position
        if base == "sigma" and not known and self._text(1) != "1":
            return self._called("sigmoid")
        applied = base in self.vocabulary.applied and base not in self.vocabulary.defined
        ends = self.position + 3 == len(self.tokens)
        if not known and self._kind(1) == "number" and self._text(2) in (")", "]") and ends:
            raise self._unread("a function that is not defined")  # L(3) = 1
        if not known and not applied and not self._is_call(base):
            return tree
        argument = self._parenthesized()
        if known and any(
            isinstance(node, ast.Name) and node.id == base for node in ast.walk(argument)
        ):
            self._move_to(start)
            return tree
        if not known:
            raise self._unread("a function that is not defined")
        return ast.Call(ast.Name(base), [argument], [])

    def _called(self, function: str) -> ast.expr:
        """A function of the table, its argument in parentheses, braces or just behind it."""
        if self._text() == "^":
            self._next()
            power = self._inside(self._exponent())
            if not isinstance(power, ast.Constant):  # sin^{-1}
                raise self._unread("a power of a function")
            return ast.BinOp(self._called(function), ast.Pow(), power)
        if self._text() == "_":
            raise self._unread("a logarithm to another base")
        if function in ("maximum", "minimum"):
            operands = []
            for before in ("([", ","):
                if self._text() not in [*before]:
                    raise self._unread("a maximum over many")
                self._next()
                operands.append(self._sum())
            if self._text() not in (")", "]"):
                raise self._unread("a maximum over many")
            self._next()
            return ast.Call(ast.Name(function), operands, [])
        argument = self._parenthesized() if self._text() in ("(", "[") else self._power()
        return ast.Call(ast.Name(function), [argument], [])

    def _mark(self, tree: ast.expr, mark: str) -> ast.expr:
        if not isinstance(tree, ast.Name):
            raise self._unread()
        return tree if mark in OLD else ast.Name(f"{tree.id.removesuffix('^+')}^+")
