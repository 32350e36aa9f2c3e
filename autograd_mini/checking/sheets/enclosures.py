"""Expressions and rows of the table over intervals.

`evaluate` follows an expression operation by operation, and so forgets that the two x of
`x * (1 - x)` are one number. `enclose` remembers: it asks the slopes, read from the rows' partials,
in which direction the expression goes with each of its names.

>>> tree = parse("x * (1 - x)")
>>> print("{:.2f} to {:.2f}".format(*evaluate(tree, {"x": Interval(0.7, 0.8)})))
0.14 to 0.24
>>> print("{:.2f} to {:.2f}".format(*enclose(tree, {"x": Interval(0.7, 0.8)})))
0.16 to 0.21

A row needs no rule here: if it is made of others, its expression is followed. A primitive that this
module has not met is enclosed by its partials; if those need its value, by every number.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Collection, Mapping
from functools import cache

from autograd_mini.checking.sheets.interval_functions import FUNCTIONS
from autograd_mini.checking.sheets.intervals import (
    EVERYTHING,
    LIBRARY,
    Interval,
    down,
    hull,
    interval,
    meet,
    up,
)
from autograd_mini.engine.evaluation import CONTINUED
from autograd_mini.engine.operation import TABLE, Operation, find
from autograd_mini.engine.tree import BINARY, COMPARISONS, parse

Environment = Mapping[str, Interval]
Slopes = dict[str, Interval]


def evaluate(tree: ast.expr, environment: Environment) -> Interval:
    """An interval with every value of `tree` whose names are in their intervals.

    Where it has a value at all: log of an interval from -1 to 1 is log of one from 0 to 1.

    Raises: ValueError if it has a value nowhere.
    """
    return _follow(tree, environment, ())[0]


def enclose(tree: ast.expr, environment: Environment) -> Interval:
    """As `evaluate`, and as narrow as the slopes allow.

    It is exact, rounding apart, if `tree` rises or falls with each name over the whole interval.
    """
    variables = [name for name, values in environment.items() if values.low < values.high]
    natural, slopes = _follow(tree, environment, variables)
    if not slopes:
        return natural
    lowest, highest, centre = dict(environment), dict(environment), dict(environment)
    for name, slope in slopes.items():
        low, high = (interval(bound) for bound in environment[name])
        if slope.low >= 0.0:
            lowest[name], highest[name] = low, high
        elif slope.high <= 0.0:
            lowest[name], highest[name] = high, low
        centre[name] = _middle(environment[name])
    try:
        monotone = Interval(evaluate(tree, lowest).low, evaluate(tree, highest).high)
        linear = evaluate(tree, centre)
    except ValueError:  # a corner has no value
        return natural
    for name, slope in slopes.items():  # the mean value theorem
        linear += slope * (environment[name] - centre[name])
    return meet(meet(natural, monotone), linear)


def apply(row: Operation, *operands: Interval) -> Interval:
    """An interval with every value of `row` on numbers of `operands`.

    Raises: ValueError if it has a value nowhere.
    """
    if row.name in FUNCTIONS:
        return FUNCTIONS[row.name](*operands)
    tree = _tree(row.value)
    if any(isinstance(node, ast.Name) and node.id == row.name for node in ast.walk(tree)):
        return _unknown(row, operands)
    return enclose(tree, dict(zip("xy", operands)))


def _follow(
    tree: ast.expr, environment: Environment, variables: Collection[str]
) -> tuple[Interval, Slopes]:
    """The interval of `tree`, and that of its slope in each of `variables` that it contains."""
    match tree:
        case ast.Constant(value=int() | float() as number):
            return interval(number), {}
        case ast.Name(id=name):
            return environment[name], {name: interval(1)} if name in variables else {}
        case ast.IfExp(test=ast.Compare() as test, body=body, orelse=orelse):
            return _conditional(test, body, orelse, environment, variables)
        case ast.BinOp():
            return _chain(tree, environment, variables)
        case ast.UnaryOp(operand=operand):
            return _operation(find("neg"), _follow(operand, environment, variables))
        case ast.Call(func=ast.Name(id=function), args=operands):
            found = [_follow(operand, environment, variables) for operand in operands]
            return _operation(find(function), *found)
    raise TypeError(f"{ast.unparse(tree)!r} is no expression; `parse` reads those")


def _chain(
    tree: ast.expr, environment: Environment, variables: Collection[str]
) -> tuple[Interval, Slopes]:
    """A sum or product, in a loop: of a thousand terms each is the left operand of the next."""
    links: list[ast.BinOp] = []
    while isinstance(tree, ast.BinOp):
        links.append(tree)
        tree = tree.left
    found = _follow(tree, environment, variables)
    for link in reversed(links):
        match link:
            # A square is never negative, which x * y does not know.
            case ast.BinOp(left=ast.Name(id=left), op=ast.Mult(), right=ast.Name(id=right)) if (
                left == right
            ):
                found = _operation(find("pow"), found, (interval(2), {}))
            case ast.BinOp(op=symbol, right=operand):
                row = _row(BINARY[type(symbol)][0])
                found = _operation(row, found, _follow(operand, environment, variables))
    return found


def _operation(row: Operation, *operands: tuple[Interval, Slopes]) -> tuple[Interval, Slopes]:
    """The interval and the slopes of `row`, from those of its operands."""
    values, inner = zip(*operands)
    z = apply(row, *values)
    # Without bound there may be a pole: the slope has one sign on both sides of tan's.
    wanted = [z.bounded and bool(below) for below in inner]
    slopes: Slopes = {}
    for partial, below in zip(_partials(row, values, z, wanted), inner):
        for name, slope in below.items():
            share = partial * slope
            slopes[name] = slopes[name] + share if name in slopes else share
    return z, slopes


def _partials(
    row: Operation, operands: tuple[Interval, ...], z: Interval, wanted: list[bool]
) -> list[Interval]:
    """The partials of `row`; every number where they are not wanted or not known."""
    environment = {**dict(zip("xy", operands)), "z": z}
    found = [EVERYTHING] * row.arity
    # Across a kink the value may jump, which no partial tells.
    if any(wanted) and not (row.kink and 0.0 in evaluate(_tree(row.kink), environment)):
        for position, partial in enumerate(row.partials):
            if wanted[position]:
                try:
                    found[position] = evaluate(_tree(partial), environment)
                except ValueError:
                    continue
    return found


def _unknown(row: Operation, operands: tuple[Interval, ...]) -> Interval:
    """The values of a primitive as its partials allow, by the mean value theorem."""
    function = CONTINUED.function(row.name)
    centre = [_middle(operand) for operand in operands]
    at_centre = function(*(point.low for point in centre))
    if math.isnan(at_centre):
        return EVERYTHING
    values = Interval(down(at_centre, LIBRARY), up(at_centre, LIBRARY))
    slopes = _partials(row, operands, EVERYTHING, [True] * row.arity)
    for operand, point, slope in zip(operands, centre, slopes):
        values += slope * (operand - point)
    return values


def _middle(x: Interval) -> Interval:
    """A number of `x`, near its middle if it has one."""
    low, high = max(x.low, -1e300), min(x.high, 1e300)
    return interval(low / 2 + high / 2 if low < high else x.low)


# -- conditions -----------------------------------------------------------------------------------


def _conditional(
    test: ast.Compare,
    body: ast.expr,
    orelse: ast.expr,
    environment: Environment,
    variables: Collection[str],
) -> tuple[Interval, Slopes]:
    """As `_follow`: the branch that is taken, or both if that differs within the intervals."""
    left, right = test.left, test.comparators[0]
    possible = _relations(left, right, environment)
    symbol = COMPARISONS[type(test.ops[0])]
    true = {"<", ">"} if symbol == "!=" else set(symbol)
    if possible <= true:
        return _follow(body, environment, variables)
    if not possible & true:
        return _follow(orelse, environment, variables)
    branches = []
    for branch, relations in ((body, possible & true), (orelse, possible - true)):
        try:
            branches.append(enclose(branch, _narrowed(left, right, relations, environment)))
        except ValueError:  # no number leads here, or none that does has a value
            continue
    whole = ast.IfExp(test, body, orelse)
    if not branches:
        raise ValueError(f"{ast.unparse(whole)!r} has no value here")
    names = {node.id for node in ast.walk(whole) if isinstance(node, ast.Name)}
    return hull(*branches), dict.fromkeys(names.intersection(variables), EVERYTHING)


def _relations(left: ast.expr, right: ast.expr, environment: Environment) -> set[str]:
    """How a value of `left` may compare with one of `right`: some of < = >."""
    if isinstance(left, ast.Name) and isinstance(right, ast.Name) and left.id == right.id:
        return {"="}
    x, y = evaluate(left, environment), evaluate(right, environment)
    possible = {"<": x.low < y.high, "=": x.low <= y.high and y.low <= x.high, ">": x.high > y.low}
    return {relation for relation, holds in possible.items() if holds}


def _narrowed(
    left: ast.expr, right: ast.expr, relations: set[str], environment: Environment
) -> Environment:
    """`environment` where `left` has one of `relations` to `right`."""
    x, y = evaluate(left, environment), evaluate(right, environment)
    narrowed = dict(environment)
    for side, own, other, less, greater in ((left, x, y, "<", ">"), (right, y, x, ">", "<")):
        if isinstance(side, ast.Name):
            low = -math.inf if less in relations else other.low
            high = math.inf if greater in relations else other.high
            narrowed[side.id] = meet(own, Interval(low, high))
    return narrowed


_tree = cache(parse)


@cache
def _row(symbol: str) -> Operation:
    """The first row of the table, hence the engine's own, that is written with `symbol`."""
    return next(row for row in TABLE.values() if row.arity == 2 and row.symbol == symbol)
