r"""General formulas: those with an index that stands for many, y_i = 2 x_i.

Such a formula defines y_1, y_2, ..., as far as the deck uses these names and has no formula for
them.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import NamedTuple

from autograd_mini.decks.chains import EqualityChain
from autograd_mini.decks.cursor import CannotRead
from autograd_mini.decks.formulas import FormulaReader
from autograd_mini.decks.names import DeckNames, with_index
from autograd_mini.decks.tokens import Token

# Tokens that are read again, for all numbers; a lecture comes to a tenth.
MOST_TOKENS = 20_000


class GeneralFormula(NamedTuple):
    """The formula of one name, or derivative, that a general one gives; start: its place."""

    name: str
    tree: ast.expr
    start: int


def general_formulas(found: Iterable[EqualityChain], reader: FormulaReader) -> list[GeneralFormula]:
    """The formulas of a deck with an index, for each number that the deck has as an index."""
    numbers = sorted({each for numbers in reader.vocabulary.numbered.values() for each in numbers})
    formulas: list[GeneralFormula] = []
    tokens = 0
    for chain in found:
        head, *others = chain.sides
        letter = _letter(head.tokens, reader.vocabulary)
        formula = next((side for side in others if side.relation == "="), None)
        if not letter or chain.reason or formula is None or _binds(letter, formula.tokens):
            continue
        for number in numbers:
            tokens += len(head.tokens) + len(formula.tokens)
            if tokens > MOST_TOKENS:
                return formulas
            try:
                name = reader.read(with_index(head.tokens, letter, number))
                tree = reader.read(with_index(formula.tokens, letter, number))
            except CannotRead:
                continue
            if isinstance(name, ast.Name):
                formulas.append(GeneralFormula(name.id, tree, head.start))
    return formulas


def _letter(head: list[Token], vocabulary: DeckNames) -> str:
    """The index of x_i, \\hat x_{i}, x^{(i)} or dE/dx_i, if it is one letter that counts."""
    texts = [token.text for token in head if token.text not in "{}()[]"]
    found = {
        (base.removeprefix("\\"), letter)
        for base, sign, letter in zip(texts, texts[1:], texts[2:])
        if sign in "_^" and len(letter) == 1
    }
    is_derivative = texts[:2] == ["\\frac", "\u2202"]
    if len(found) != 1 or (texts[-2] not in "_^" and not is_derivative):
        return ""
    ((base, letter),) = found
    return letter if vocabulary.counts(base, letter) else ""


def _binds(letter: str, tokens: list[Token]) -> bool:
    """True if a sum in a formula counts with the letter itself."""
    texts = [token.text for token in tokens if token.text != "{"]
    return any(texts[k : k + 3] == ["\\sum", "_", letter] for k in range(len(texts)))
