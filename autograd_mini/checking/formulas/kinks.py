"""Whether a row goes across its kink between two points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from autograd_mini.engine.evaluation import STRICT
from autograd_mini.engine.operation import Operation


def crosses(
    row: Operation, left: Sequence[float], centre: Sequence[float], right: Sequence[float]
) -> bool:
    """Whether the kink of `row` is between the operands at `left` and at `right`.

    >>> from autograd_mini.engine.ops import relu
    >>> crosses(relu, [-0.1], [0.0], [0.1]), crosses(relu, [0.1], [0.2], [0.3])
    (True, False)

    A kink that stays under all three, as that of max(x, x), is not crossed; nor is one that is
    touched and left again, as by abs(x * x).
    """
    if not row.kink:
        return False
    before, at, after = (_side(row, operands) for operands in (left, centre, right))
    return before != after or at not in (0, before)


def _side(row: Operation, operands: Sequence[float]) -> int:
    distance = _distance(row)(*operands)
    return (distance > 0.0) - (distance < 0.0)


@cache
def _distance(row: Operation) -> Callable[..., float]:
    return STRICT.compile(row, row.kink)
