"""What rounding may do to a number that was recorded: for tests that compare with the exact one."""

from __future__ import annotations

import math
from typing import Any

from mpmath import mpf

from autograd_mini import Value, topological_order

# Every row is computed to 4 units in the last place (the tests of the table see to it); below the
# smallest normal number these are units of the smallest number.
RELATIVE = 4 * 2.0**-52
ABSOLUTE = 4 * 2.0**-1074

# What is known to a thousandth of itself; beyond, a bound of first order may be too small.
SURE = 1e-3


def doubt(value: Value) -> Any:
    """How far `value.data` may be from the number that exact arithmetic gives.

    Each result on the way is off by its own rounding, and that reaches `value` along every path,
    times the partials on it: the sum of all this, with absolute values (Higham, Accuracy and
    Stability of Numerical Algorithms, 2002, section 3.3); products and powers have the second order
    too. It is infinite or nan where a partial is, and where an operand may be on either side of a
    pole.

    Of a derivative that was taken with `create_graph` it is the doubt of that derivative. In
    mpmath's numbers, since a product of partials may be smaller or larger than any float.
    """
    doubts: dict[int, Any] = {}
    for node in topological_order(value):
        if node.op is None:
            continue
        relative = RELATIVE
        if node.op.name == "pow" and node.data != 0.0 and math.isfinite(node.data):
            # The exponent may be y - 1 of a constant y, a float that was rounded unseen.
            relative *= 1.0 + abs(math.log(abs(node.data)))
        total = mpf(relative * abs(node.data) + ABSOLUTE)
        below = [doubts.get(id(operand), mpf(0)) for operand in node.operands]  # 0 of a leaf
        for each, partial in zip(below, node.partials):
            if each and partial is not None:
                total += each * abs(partial)
        total += beyond_first_order(node.op.name, node.operands, below)
        if node.op.name == "tan" and not total <= SURE * max(1.0, abs(node.data)):
            total = mpf("inf")
        doubts[id(node)] = total
    return 2 * doubts.get(id(value), mpf(0))


def beyond_first_order(name: str, operands: tuple[Value | float, ...], below: list[Any]) -> Any:
    """What the doubts of the operands may do where the partials are 0, as those of 0 * 0 are."""
    if name == "mul":
        return below[0] * below[1]
    if name == "pow":
        y = operands[1].data if isinstance(operands[1], Value) else operands[1]
        return below[0] ** y if 1.0 < y < math.inf else mpf(0)
    return mpf(0)


def agree(recorded: float, other: Any, bound: Any) -> bool | None:
    """Whether `other` is what was recorded, but for rounding; None where that cannot be told.

    That is where rounding may change the number by more than a thousandth.
    """
    if not bound <= SURE * (abs(recorded) or 1e-6):
        return None
    return bool(abs(recorded - other) <= bound)
