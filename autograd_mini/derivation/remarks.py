"""Remarks on a derivation, as sentences: forks, zero factors, definitions, numbers of paths."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence
from math import log10

from autograd_mini.derivation.equations import (
    Bracket,
    Derivative,
    Equation,
    Item,
    Negative,
    Number,
    Sentence,
    Summation,
)
from autograd_mini.derivation.notation import Notation
from autograd_mini.engine.graph import topological_order
from autograd_mini.engine.operation import TABLE
from autograd_mini.engine.transforms import is_unchanged
from autograd_mini.engine.value import Value
from autograd_mini.symbols.chain import LONG, Factor
from autograd_mini.symbols.formulas import formula, section
from autograd_mini.symbols.numbers import Decimals
from autograd_mini.symbols.simplify import simplify

# fmt: off
WORDS = [
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
]
# fmt: on
WRITTEN_OUT = 10**30
MOST_REMARKS = 5
MOST_DEFINITIONS = 12


def in_words(count: int) -> str:
    """`count` in words or digits.

    >>> in_words(2), in_words(1024), in_words(7**400)
    ('two', '1,024', 'about 1.1e338')
    """
    if count < len(WORDS):
        return WORDS[count]
    if count < WRITTEN_OUT:
        return f"{count:,}"
    exponent = int(log10(count))
    return f"about {10 ** (log10(count) - exponent):.1f}e{exponent}"


def fork(notation: Notation, step: Value) -> Sentence:
    """States that `step` is used in several places."""
    chain = notation.chain
    paths, uses = in_words(chain.path_count(step)), in_words(len(chain.above(step)))
    name, root = notation.name(step), notation.top(chain.root)
    if paths == uses:
        return name, " reaches ", root, f" along {paths} paths, so its {paths} contributions add."
    used = f" is used in {uses} places, so {uses} contributions add; it reaches "
    return name, used, root, f" along {paths} paths in all."


def held(notation: Notation, factors: Iterable[Factor]) -> list[Sentence]:
    """Explains each factor whose operand also reaches its result by another path."""
    found = dict.fromkeys(factor for factor in factors if factor.held)
    return [
        (
            notation.factor(factor),
            " is the direct way from ",
            notation.name(factor.operand),
            " to ",
            notation.top(factor.result),
            ", with ",
            *_listed([notation.name(step) for step in factor.held]),
            " held.",
        )
        for factor in list(found)[:MOST_REMARKS]
    ]


def stopped(notation: Notation, wrt: Value, factors: Iterable[Factor]) -> list[Sentence]:
    """States why a derivative is 0 although there is a path."""
    if notation.chain.derivative(wrt) != 0:
        return []
    root = notation.chain.root
    zeros = dict.fromkeys(
        notation.factor(factor)
        for factor in factors
        # A factor that equals the whole derivative gives no reason.
        if factor.value == 0
        and (factor.held or factor.result is not root or factor.operand is not wrt)
    )
    if not zeros:
        return []
    listed = _listed(list(zeros)[:MOST_REMARKS])
    return [("Nothing comes through where ", *listed, " is 0." if len(zeros) == 1 else " are 0.")]


def independent(notation: Notation, wrt: Value) -> Sentence:
    """States that no path leads from `wrt` to the root, and whether one leads back."""
    root, name = notation.top(notation.chain.root), notation.name(wrt)
    if notation.chain.root not in topological_order(wrt):
        return root, " does not depend on ", name, "."
    turned = "; it is the other way round: the first argument of explain is the result."
    return root, " does not depend on ", name, turned


def changed(notation: Notation) -> list[Sentence]:
    """States that the data of a leaf has changed since it was recorded."""
    root = notation.chain.root
    for value in topological_order(root):
        leaves = [each for each in value.operands if isinstance(each, Value) and each.op is None]
        row = value.op  # a result by hand has no row in the table, and cannot be computed again
        if leaves and row and TABLE.get(row.name) is row and not is_unchanged(value):
            then = " was computed: the numbers are from before the change."
            return [("The data of a leaf has changed since ", notation.top(root), then)]
    return []


def definitions(notation: Notation, equations: Sequence[Equation]) -> list[Sentence]:
    """Defines the names that were given to values without a label."""
    chain = notation.chain
    used = {name for equation in equations for name in _names(equation)}
    unlabelled = [
        value
        for value in chain.names.values
        if not chain.names.has_label(value) and chain.names(value) in used
    ]
    probabilities = [
        (name, probability)
        for name, probability in notation.softmaxes.probabilities.items()
        if name in used
    ]
    sentences: list[Sentence] = []
    for name, (tree, number) in probabilities[:MOST_DEFINITIONS]:
        written = Number(Decimals(notation.digits, [number])(number))
        sentences.append(("where ", ast.Name(name), " = ", tree, " = ", written))
    if not unlabelled:
        return sentences
    sentence: list[str | Item] = []
    for value in unlabelled[:MOST_DEFINITIONS]:
        sentence += [", " if sentence else "where ", notation.name(value), " = "]
        if value.op is not None and len(section(value, chain.is_step)) <= LONG:
            sentence += [simplify(formula(value, chain.is_step, chain.names)), " = "]
        sentence.append(Number(Decimals(notation.digits, [value.data])(value.data)))
    if len(unlabelled) > MOST_DEFINITIONS:
        sentence.append(f", and so on for {len(unlabelled) - MOST_DEFINITIONS:,} more")
    return [*sentences, tuple(sentence)]


def _listed(items: Sequence[Item]) -> Iterator[str | Item]:
    """The items with commas and an "and" between them."""
    for place, item in enumerate(items):
        if place:
            yield " and " if place == len(items) - 1 else ", "
        yield item


def _names(equation: Equation) -> Iterator[str]:
    """The names in an equation."""
    pending: list[Item] = [equation.left]
    pending += [item for side in equation.sides for term in side for item in term]
    while pending:
        match pending.pop():
            case Derivative(top=top, bottom=bottom):
                yield bottom
                if isinstance(top, str):
                    yield top
                else:
                    pending.append(top)
            case Negative(symbol=symbol):
                pending.append(symbol)
            case Bracket(terms=terms):
                pending += [item for term in terms for item in term]
            case Summation(product=product):
                pending += product
            case ast.expr() as tree:
                yield from (node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
