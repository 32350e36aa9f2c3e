"""Bounds on the rounding errors of recorded numbers, for tests that compare with exact ones."""

from __future__ import annotations

import math
from typing import Any

import exact_derivatives as exact
from mpmath import mpf

from autograd_mini import Value, topological_order

# Every row is right to 4 units in the last place, as the tests of the table check; below the
# smallest normal number, to 4 units of the smallest number.
RELATIVE = 4 * 2.0**-52
ABSOLUTE = 4 * 2.0**-1074

# A smaller partial may have lost its digits, or be 0, because it underflows, or a number that it is
# computed from does.
UNDERFLOW = 1e-290

# A number counts as known up to this relative doubt. A bound of first order may be too small for
# a larger doubt.
SURE = 1e-3


def doubt(value: Value) -> Any:
    """A bound on the distance of `value.data` from the number that exact arithmetic gives.

    The rounding error of each intermediate result reaches `value` along every path, times the
    partials on that path. The bound is the sum of the absolute values; products and powers add a
    term of second order. A partial that may have underflowed is computed exactly, since a later
    one may make its path visible. The bound is infinite or nan if a partial is, and if an operand
    may be on either side of a pole. Of a derivative taken with `create_graph` it bounds the error
    of the derivative.

    The result is a number of mpmath, since a product of partials may overflow or underflow.

    Source: Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.3.
    """
    doubts: dict[int, Any] = {}
    for node in topological_order(value):
        if node.op is None:
            continue
        relative = RELATIVE
        if node.op.name == "pow" and node.data != 0.0 and math.isfinite(node.data):
            # The exponent may be y - 1 of a constant y, a float whose rounding is not recorded.
            relative *= 1.0 + abs(math.log(abs(node.data)))
        total = mpf(relative * abs(node.data) + ABSOLUTE)
        below = [doubts.get(id(operand), mpf(0)) for operand in node.operands]  # 0 of a leaf
        for place, (each, partial) in enumerate(zip(below, node.partials)):
            if each and partial is not None:
                total += each * abs(exactly(node, place) if abs(partial) < UNDERFLOW else partial)
        total += beyond_first_order(node.op.name, node.operands, below)
        if node.op.name == "tan" and not total <= SURE * max(1.0, abs(node.data)):
            total = mpf("inf")
        doubts[id(node)] = total
    return 2 * doubts.get(id(value), mpf(0))


def exactly(node: Value, place: int) -> Any:
    """The partial of a node at its recorded operands, which no float may hold."""
    assert node.op is not None
    xs = [mpf(each.data if isinstance(each, Value) else each) for each in node.operands]
    if len(xs) == 1:
        return exact.UNARY[node.op.name](*xs)[1]
    return exact.BINARY[node.op.name](*xs)[1][place]


def beyond_first_order(name: str, operands: tuple[Value | float, ...], below: list[Any]) -> Any:
    """The error of second order, which counts where the partials are 0, as those of 0 * 0 are."""
    if name == "mul":
        return below[0] * below[1]
    if name == "pow":
        y = operands[1].data if isinstance(operands[1], Value) else operands[1]
        return below[0] ** y if 1.0 < y < math.inf else mpf(0)
    return mpf(0)


def agree(recorded: float, other: Any, bound: Any) -> bool | None:
    """Whether the two numbers differ by rounding errors only.

    None if this is undecided, because rounding may change the number by more than a thousandth.
    """
    if not bound <= SURE * (abs(recorded) or 1e-6):
        return None
    return bool(abs(recorded - other) <= bound)
