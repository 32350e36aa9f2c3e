"""Trees: expressions over the names of a deck, as derivation sheets write them.

A tree is Python's own (`ast`). A printed number is a constant that keeps its digits.

>>> written(derivative(ast.Name("E"), ast.Name("w5")))
'dE/dw5'
>>> digits(ast.UnaryOp(ast.USub(), number("0.40")))
'-0.40'
"""

from __future__ import annotations

import ast
import difflib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

from autograd_mini.checking.formulas.rewrites import (
    HOLE,
    ONE,
    Rewrite,
    Subformula,
    places,
    turned,
    with_divisor,
    with_factor,
    with_function,
    with_power,
    without_factor,
)
from autograd_mini.checking.formulas.scene import names_in

# Behind a name, its value after an update.
UPDATE = "^+"


def written(tree: ast.expr) -> str:
    """A tree as text, derivatives in parentheses where a sheet needs them."""
    return ast.unparse(_Parenthesized().visit(tree))


class _Parenthesized(ast.NodeTransformer):
    """dE/dw behind a division, or below an exponent, needs parentheses."""

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        left, right = self.visit(node.left), self.visit(node.right)
        if isinstance(node.op, (ast.Div, ast.Pow)) and _is_derivative(right):
            right = ast.Name(f"({right.id})")
        if isinstance(node.op, ast.Pow) and _is_derivative(left):
            left = ast.Name(f"({left.id})")
        return ast.BinOp(left, node.op, right)


def rebuilt(tree: ast.expr, parts: Mapping[int, ast.expr]) -> ast.expr:
    """A tree with other parts, given by the ids of the old ones.

    Numbers keep the digits in which they are printed.
    """
    if id(tree) in parts:
        return parts[id(tree)]
    match tree:
        case ast.UnaryOp(op=sign, operand=operand):
            return ast.UnaryOp(sign, rebuilt(operand, parts))
        case ast.BinOp(left=left, op=operator, right=right):
            return ast.BinOp(rebuilt(left, parts), operator, rebuilt(right, parts))
        case ast.Call(func=function, args=arguments):
            return ast.Call(function, [rebuilt(each, parts) for each in arguments], [])
    return tree


def substituted(tree: ast.expr, meanings: Mapping[str, ast.expr]) -> ast.expr:
    """A tree with some names replaced by what they stand for."""
    names = {
        id(node): meanings[node.id]
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in meanings
    }
    return rebuilt(tree, names)


def _is_derivative(tree: ast.expr) -> bool:
    return isinstance(tree, ast.Name) and "/" in tree.id


def number(text: str) -> ast.expr:
    """A printed number: a constant that remembers its digits."""
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is beyond any float")
    tree = ast.Constant(int(text) if text.isdigit() and len(text) < 16 else value)
    tree.kind = text
    return tree


def prime(tree: ast.expr) -> ast.expr:
    """The derivative by the only name in it."""
    return ast.Call(ast.Name("prime"), [tree], [])


def derivative(tree: ast.expr, by: ast.Name) -> ast.expr:
    """dY/dX, one name if Y is a name."""
    if isinstance(tree, ast.Name) and "/" not in tree.id and "^" not in tree.id + by.id:
        return ast.Name(f"d{tree.id}/d{by.id}")
    return ast.Call(ast.Name("derivative"), [tree, by], [])


def digits(tree: ast.expr | None) -> str:
    """The digits of a printed number, "" of anything else."""
    match tree:
        case ast.Constant(kind=str() as text):
            return text
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(kind=str() as text)):
            return f"-{text}"
    return ""


def is_near(formula: ast.expr, other: ast.expr) -> bool:
    """True if two formulas have most of their parts in common."""
    if isinstance(other, ast.Constant):
        return False
    return difflib.SequenceMatcher(None, _words(formula), _words(other)).ratio() >= 0.6


def is_one_off(formula: ast.expr, other: ast.expr) -> bool:
    """True if two formulas differ by one name, or by one + or -."""
    differing = _differing(formula, other)
    return (
        len(differing) == 1
        and len(_words(formula)) >= 5
        and all(word.isidentifier() or word in ("+", "-") for word in differing[0])
    )


def is_other_sign(formula: ast.expr, other: ast.expr) -> bool:
    """True if two formulas differ by one + or - alone."""
    return [set(pair) for pair in _differing(formula, other)] == [{"+", "-"}]


def sign_changes(tree: ast.expr) -> Iterator[ast.expr]:
    """A tree with one + instead of a -, or the other way round, in each place."""
    for node in ast.walk(tree):
        match node:
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as operator, right=right):
                other: ast.operator = ast.Sub() if isinstance(operator, ast.Add) else ast.Add()
                yield rebuilt(tree, {id(node): ast.BinOp(left, other, right)})
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                yield rebuilt(tree, {id(node): operand})


def slip_changes(tree: ast.expr, names: Sequence[str]) -> Iterator[tuple[str, ast.expr]]:
    """A tree without one likely slip in each place, with the code of the slip.

    names: those that may be missing as a factor, or be meant instead of another.
    """
    spots = places(tree)
    factors = [ast.Name(name) for name in names]
    half = ast.BinOp(ONE, ast.Div(), ast.Constant(2))
    kinds: list[tuple[str, Iterator[Rewrite]]] = [
        ("sign", turned(spots)),
        ("factor-missing", with_factor(spots, [half, ast.Constant(2)])),
        ("factor-extra", without_factor(spots)),
        ("exponent", with_power(spots)),
        ("term-missing", complements(spots)),
        ("factor-missing", with_factor(spots, factors)),
        ("factor-missing", with_divisor(spots, factors)),
        ("function", with_function(spots)),
    ]
    for code, rewrites in kinds:
        for rewrite in rewrites:
            yield code, rewrite.tree
    for one, two in combinations(dict.fromkeys(plain_names(tree)), 2):
        yield "wrong-quantity", renamed(tree, {one: two, two: one})
    for changed in name_changes(tree, lambda name: names if "/" not in name else ()):
        yield "wrong-quantity", changed


def complements(spots: Sequence[Subformula]) -> Iterator[Rewrite]:
    """With 1 - x for a name x."""
    for place in spots:
        if isinstance(place.node, ast.Name) and "/" not in place.node.id:
            yield Rewrite(place, ast.BinOp(ONE, ast.Sub(), HOLE), None, ONE)


def with_number(tree: ast.expr, old: str, new: str) -> ast.expr:
    """A line of numbers with a number instead of another."""
    old, new = old.lstrip("-"), new.lstrip("-")
    found = {
        id(node): number(new)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and digits(node) == old
    }
    return rebuilt(tree, found)


def name_changes(tree: ast.expr, others: Callable[[str], Iterable[str]]) -> Iterator[ast.expr]:
    """A tree with another name in one place; others: the names to try for one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            for name in others(node.id):
                yield rebuilt(tree, {id(node): ast.Name(name)})


def _differing(formula: ast.expr, other: ast.expr) -> list[tuple[str, str]]:
    """The words by which two formulas of one length differ; none if their lengths do."""
    one, two = _words(formula), _words(other)
    return [pair for pair in zip(one, two) if pair[0] != pair[1]] if len(one) == len(two) else []


def _words(tree: ast.expr) -> list[str]:
    return ast.unparse(tree).replace("(", " ( ").replace(")", " ) ").split()


@lru_cache(maxsize=10_000)
def plain_names(tree: ast.expr) -> tuple[str, ...]:
    """The names in a tree, of a derivative both."""
    found: list[str] = []
    for name in names_in(tree):
        found += ends(name) if "/d" in name else [name.removesuffix(UPDATE)]
    return tuple(found)


def ends(name: str) -> tuple[str, str]:
    """The two names of a derivative."""
    y, _, x = name[1:].partition("/d")
    return y, x


def renamed(tree: ast.expr, names: Mapping[str, str]) -> ast.expr:
    """A tree with other names, in derivatives too."""
    meanings: dict[str, ast.expr] = {}
    for name in names_in(tree):
        if "/d" in name:
            y, x = ends(name)
            other = f"d{names.get(y, y)}/d{names.get(x, x)}"
        else:
            plain = name.removesuffix(UPDATE)
            other = names.get(plain, plain) + name[len(plain) :]
        if other != name:  # names that stay keep their place in the text
            meanings[name] = ast.Name(other)
    return substituted(tree, meanings)
