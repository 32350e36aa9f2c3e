r"""Quantities: names with their indices and marks, and calls of functions, in a formula.

The reader of formulas is built on this one: an index or an argument may be a formula again.
"""

from __future__ import annotations

import ast
import re

from autograd_mini.decks.cursor import CannotRead, Cursor
from autograd_mini.decks.names import (
    ACCENTS,
    FUNCTIONS,
    GENERIC,
    NEW,
    OLD,
    DeckNames,
    canonical,
    identifier,
    index_text,
)
from autograd_mini.decks.tokens import Token
from autograd_mini.decks.trees import derivative, prime

PRIMES = (["\\prime"], ["'"])  # above the line
TRANSPOSES = frozenset(("T", "\\top", "\\intercal"))


class QuantityReader(Cursor):
    """Reads the names of a deck; vocabulary: those that it has."""

    def __init__(self, vocabulary: DeckNames) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    # -- of the reader of formulas

    def _inside(self, tokens: list[Token]) -> ast.expr:
        """The tree of the tokens of a group."""
        raise NotImplementedError

    def _sum(self) -> ast.expr:
        raise NotImplementedError

    def _power(self) -> ast.expr:
        """A factor and what stands above it."""
        raise NotImplementedError

    def _parenthesized(self, is_vector: bool = False) -> ast.expr:
        """One expression in parentheses, or several of a vector."""
        raise NotImplementedError

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
        is_transposed = False
        digits = re.search(r"\d+$", base) if "_" not in base else None
        if digits and digits.start() > 0:
            base, index = base[: digits.start()], digits[0]
        while self._text() in ("_", "^"):
            start = self.position
            sign = self._next().text
            tokens = self._group() if sign == "_" else self._exponent()
            if sign == "^" and len(tokens) > 1 and tokens[-1].text in TRANSPOSES:  # W^{(2)T}
                tokens = tokens[: -2 if tokens[-2].text == "^" else -1]
                is_transposed = True
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
        if is_transposed:
            return ast.Call(ast.Name("transpose"), [tree], [])
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
        if self._text() in ("'", "\u2032"):
            self._next()
            return self._primed(ast.Name(function))
        if self._text() == "^":
            self._next()
            tokens = self._exponent()
            if [token.text for token in tokens] in PRIMES:
                return self._primed(ast.Name(function))
            power = self._inside(tokens)
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

    def _primed(self, base: ast.expr) -> ast.expr:
        """w', or f'(x)."""
        tree = prime(base)
        is_call = self._text() in ("(", "[")
        return ast.Call(tree, [self._parenthesized()], []) if is_call else tree

    def _mark(self, tree: ast.expr, mark: str) -> ast.expr:
        if not isinstance(tree, ast.Name):
            raise self._unread()
        return tree if mark in OLD else ast.Name(f"{tree.id.removesuffix('^+')}^+")
