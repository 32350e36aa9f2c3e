"""Find the factor of the chain rule that makes a derivative wrong.

For a derivative of the engine it is the first node, from the root towards the input, whose partial
differences of its own row contradict. For a derivative worked out by hand it is the factor nearest
to the root with which one usual slip explains the claim.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

from autograd_mini.checking.digits.numerals import read
from autograd_mini.checking.digits.printed import judge_printed
from autograd_mini.checking.formulas.points import crosses
from autograd_mini.checking.gradients.differences import (
    ROUNDING,
    BadStep,
    Estimate,
    Quotient,
    extrapolate,
    smallest_step,
)
from autograd_mini.checking.gradients.recordings import Recording
from autograd_mini.engine.evaluation import STRICT
from autograd_mini.engine.operation import TABLE, Operation
from autograd_mini.engine.tree import Printer
from autograd_mini.engine.value import Value
from autograd_mini.symbols.formulas import partial, row_of
from autograd_mini.symbols.simplify import simplify

# A derivative worked out by hand: a string is held to its digits, a number to a tolerance.
Derived = float | str

# How far from its operands a row is tried too, where a second derivative is wrong: its partial may
# be right at one point and not around it.
NEARBY = (0.0, 2.0**-6, -(2.0**-6))

# A row may be a few operations, and each of the library may be a few units off.
LIBRARY_ROUNDING = 4 * ROUNDING


class Edge(NamedTuple):
    """A result and the position of one of its operands: a factor of the chain rule."""

    result: Value
    position: int


def edges_below(recording: Recording, variable: Value) -> Iterator[Edge]:
    """The factors of d y / d variable, those near the root first."""
    depending = recording.tangents(variable)
    for node in reversed(recording.order):
        for position, operand in enumerate(node.operands):
            if node is not variable and operand in depending:
                yield Edge(node, position)


def recorded_partial(edge: Edge) -> float:
    """The number that the engine multiplies with at `edge`."""
    partial = edge.result.partials[edge.position]
    assert partial is not None, "edges lead to an input"
    return partial


def infinite_edge(recording: Recording, variable: Value) -> Edge | None:
    """The first edge whose partial is infinite or nan."""
    for edge in edges_below(recording, variable):
        if not math.isfinite(recorded_partial(edge)):
            return edge
    return None


def wrong_row(recording: Recording, variable: Value, order: int) -> tuple[Edge, str] | None:
    """The first edge whose partial is wrong, and what is wrong with it; None if all are right.

    An operation with a `_backward` by hand has no rule to compare with, so it is to blame where all
    others are right.
    """
    by_hand: list[Edge] = []
    for edge in edges_below(recording, variable):
        row = row_of(edge.result)
        if TABLE.get(row.name) is not row:
            by_hand.append(edge)
            continue
        for shift in NEARBY if order > 1 else NEARBY[:1]:
            operands = [float(operand) for operand in edge.result.operands]
            operands[edge.position] += shift
            try:
                claimed = _partial(row, edge.position, operands)
                slope = _slope(row, edge.position, operands)
            except (ArithmeticError, ValueError):  # at a kink, or outside the domain
                continue
            if not abs(claimed - slope.value) <= slope.error:
                at = ", ".join(f"{name} = {x:.10g}" for name, x in zip("xy", operands))
                return edge, (
                    f"operation {row.name} says dz/d{'xy'[edge.position]} = "
                    f"{row.partials[edge.position]}, which is {claimed:.10g} at {at}, but its "
                    f"value {row.value} has the slope {slope.value:.10g} there: correct the partial"
                )
    if not by_hand:
        return None
    names = " or ".join(dict.fromkeys(row_of(edge.result).name for edge in by_hand))
    return by_hand[0], f"all rows of the table are right: correct the _backward of {names}"


def path_to(recording: Recording, edge: Edge) -> str:
    """One path from the root to `edge`, in words: L -> v12 (sub) -> v9 (mul, partial x2)."""
    above: dict[int, Value] = {}
    for node in reversed(recording.order):
        for operand in node.operands:
            if isinstance(operand, Value):
                above.setdefault(id(operand), node)
    path = []
    node = edge.result
    while node is not recording.y:
        path.append(f"{recording.name(node)} ({row_of(node).name})")
        node = above[id(node)]
    path.append(recording.title)
    if len(path) == 1:
        path[0] += f" ({row_of(node).name})"
    path[0] = f"{path[0][:-1]}, partial {_written(recording, edge)})"
    path.reverse()
    if len(path) > 12:
        path[4:-4] = [f"... {len(path) - 8} more ..."]
    return " -> ".join(path)


def leak(recording: Recording, moved: Recording, variable: Value) -> str:
    """The place where an input leaves the graph, as a plain number that changes with it.

    Returns "" if there is no such place.
    """
    name = recording.name(variable)
    advice = (
        f"so what is computed from {name} is not recorded: float(), .data and the functions of "
        "math make plain numbers, use the operations of autograd_mini"
    )
    if not recording.order:
        return f"{recording.title} is a plain number, {advice}"
    inputs = set(map(id, recording.variables))
    for node, other in zip(recording.order, moved.order):
        if node.op is None and id(node) not in inputs and node.data != other.data:
            return f"{recording.name(node)} is a new leaf that changes with {name}, {advice}"
        for operand, there in zip(node.operands, other.operands):
            if not isinstance(operand, Value) and operand != there:
                return (
                    f"{recording.name(node)} ({row_of(node).name}) takes the plain number "
                    f"{operand:.10g}, which changes with {name}, {advice}"
                )
    return ""


def _partial(row: Operation, position: int, operands: list[float]) -> float:
    z = STRICT.function(row.name)(*operands)
    return STRICT.compile(row, row.partials[position])(*operands, z)


def _slope(row: Operation, position: int, operands: list[float]) -> Estimate:
    """The slope of a row with respect to one operand, by differences.

    Raises: BadStep at a kink; what the row raises outside its domain.
    """
    function = STRICT.function(row.name)

    def quotient(step: float) -> Quotient:
        left, right = operands.copy(), operands.copy()
        left[position] -= step
        right[position] += step
        if crosses(row, left, operands, right):
            raise BadStep(f"{row.name} has a kink")
        low, high = function(*left), function(*right)
        width = right[position] - left[position]
        rounding = LIBRARY_ROUNDING * (abs(low) + abs(high))
        return Quotient((high - low) / width, rounding / width)

    return extrapolate(quotient, smallest_step(operands[position]))


def _written(recording: Recording, edge: Edge) -> str:
    """The partial as a formula over the names of the graph."""
    tree = partial(*edge, edge.result, lambda _: True, recording.name)
    return Printer().text(simplify(tree))


def refutation(
    recording: Recording, variable: Value, derived: Derived, engine: float, tolerance: float
) -> str:
    """The error in a derivative worked out by hand for the input `variable`; "" if it is right.

    engine: the right one. tolerance: how far a number may be off; a string shows its digits.
    """
    numeral = read(derived if isinstance(derived, str) else repr(float(derived)))
    is_text = isinstance(derived, str)
    verdict = judge_printed(numeral, engine, explained=True)
    off = abs(numeral.decimal - engine)
    if verdict if is_text else off <= tolerance:
        return ""
    exact = verdict.exact if is_text else f"{engine:.10g}"
    found = f"derived {numeral}, engine {exact}, off by {off:.3g}"
    if verdict:
        return (
            f"{found}; its digits are right: give them as a string, {numeral.text!r}, if it is "
            "rounded"
        )
    edges = list(edges_below(recording, variable))
    if not edges:
        return f"{found}; {recording.title} does not depend on {recording.name(variable)}"

    def fits(value: float) -> bool:
        if is_text:
            return math.isfinite(value) and bool(judge_printed(numeral, value))
        return abs(numeral.decimal - value) <= tolerance

    edge, reason = _likely_slip(recording, variable, engine, fits) or (
        _last(edges, variable),
        verdict.suggestion,
    )
    return f"{found}; path {path_to(recording, edge)}" + (f"; {reason}" if reason else "")


def _last(edges: list[Edge], variable: Value) -> Edge:
    return next(edge for edge in reversed(edges) if edge.result.operands[edge.position] is variable)


def _likely_slip(
    recording: Recording, variable: Value, engine: float, fits: Callable[[float], bool]
) -> tuple[Edge, str] | None:
    """The factor nearest to the root with which one usual slip explains it."""
    edges = list(edges_below(recording, variable))
    adjoints, tangents = recording.adjoints(), recording.tangents(variable)
    for slip in SLIPS:
        for edge in edges:
            partial = recorded_partial(edge)
            # All paths along this edge together, but for its own factor.
            operand = edge.result.operands[edge.position]
            assert isinstance(operand, Value), "edges lead to an input"
            others = adjoints[edge.result] * tangents[operand]
            mistaken = slip.instead_of(edge, partial)
            alone = math.isclose(engine, others * partial)
            if mistaken == partial or (alone and mistaken == 0.0):
                continue
            if fits(engine + others * (mistaken - partial)):
                return edge, f"{slip.reason} (it is {partial:.10g})"
    return None


class _Slip(NamedTuple):
    """A usual mistake in one factor of a chain, and the number that it puts there."""

    instead_of: Callable[[Edge, float], float]
    reason: str


def _without_sign(edge: Edge, partial: float) -> float:
    """The partial without the minus that its rule begins with."""
    return -partial if row_of(edge.result).partials[edge.position].startswith("-") else partial


SLIPS = (
    _Slip(_without_sign, "as if the minus of this partial were forgotten"),
    _Slip(lambda edge, partial: 0.0, "as if the paths along this factor were forgotten"),
    _Slip(lambda edge, partial: 1.0, "as if this factor were forgotten"),
)
