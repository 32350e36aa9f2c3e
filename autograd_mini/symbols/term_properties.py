"""What can be told of a term: what it is made of, whether it is a number, what a nan does to it."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterator
from typing import cast

Term = ast.expr

# How deep to look for a part that lets a nan through.
NEAR = 4


def parts(term: Term) -> Iterator[tuple[Term, bool]]:
    """The terms that `term` is made of, and whether each is evaluated whenever `term` is."""
    match term:
        case ast.UnaryOp(operand=operand):
            yield operand, True
        case ast.BinOp(left=left, right=right):
            yield left, True
            yield right, True
        case ast.Call(args=arguments):
            yield from ((argument, True) for argument in arguments)
        case ast.IfExp(test=ast.Compare(left=left, comparators=[right]), body=body, orelse=orelse):
            yield left, True
            yield right, True
            yield body, False
            yield orelse, False


def is_atom(term: Term) -> bool:
    """Whether `term` is a name or a number."""
    return isinstance(term, (ast.Name, ast.Constant))


def as_number(term: ast.Constant) -> float:
    return cast(float, term.value)


def is_number(term: Term, value: float) -> bool:
    return isinstance(term, ast.Constant) and term.value == value


def is_power_of_two(value: float) -> bool:
    """Whether a product by `value` is exact, but for overflow and underflow; either sign."""
    return abs(math.frexp(value)[0]) == 0.5


def are_numbers(term: Term) -> bool:
    """Whether `term` is a number, or one of several by a condition."""
    while isinstance(term, ast.IfExp) and are_numbers(term.body):
        term = term.orelse
    return isinstance(term, ast.Constant)


def passes_nan(term: Term, part: Term, depth: int = NEAR) -> bool:
    """Whether `term` is surely nan where `part` is."""
    if term is part:
        return True
    if not depth:
        return False
    match term:
        case ast.Call(func=ast.Name(id="pow"), args=[base, ast.Constant(value=exponent)]):
            return exponent != 0.0 and passes_nan(base, part, depth - 1)
        case ast.Call(func=ast.Name(id="pow")):
            return False
        case ast.IfExp(body=body, orelse=orelse):
            return passes_nan(body, part, depth - 1) and passes_nan(orelse, part, depth - 1)
    return any(passes_nan(each, part, depth - 1) for each, _ in parts(term))
