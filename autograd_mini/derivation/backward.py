"""backward_steps: the backward pass of a graph, one result at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from autograd_mini.engine.comparisons import follow_leaves
from autograd_mini.engine.graph import edges
from autograd_mini.engine.value import Value, begin_pass


class Share(NamedTuple):
    """The amount that one step adds to the gradient of one operand: adjoint * partial."""

    operand: Value
    partial: float
    amount: float


class Step(NamedTuple):
    """One step of a backward pass: a result, its adjoint d root / d result, and its shares."""

    result: Value
    adjoint: float
    shares: tuple[Share, ...]


def backward_steps(root: Value) -> Iterator[Step]:
    """`root.backward()`, one result at a time.

    A step is reported after it is made. The gradients are then the sums of this pass so far; leaves
    get those of earlier passes at the end.

    An example in which b feeds c twice shows why the order matters:

    >>> a = Value(2.0, label="a")
    >>> b = a * 3
    >>> b.label = "b"
    >>> c = b + b
    >>> c.label = "c"
    >>> for step in backward_steps(c):
    ...     for operand, partial, amount in step.shares:
    ...         print(step.result.label, step.adjoint, "->", operand.label, partial, amount)
    c 1.0 -> b 1.0 1.0
    c 1.0 -> b 1.0 1.0
    b 2.0 -> a 3.0 6.0

    Raises: RuntimeError if another backward pass reaches the graph before this one has ended.
    """
    if not isinstance(root, Value):
        raise TypeError(
            f"backward_steps takes a Value, the result of a computation, got {root!r:.80}: "
            "give the Value instead of its data"
        )
    follow_leaves(root)
    order, earlier = begin_pass(root)
    token = root._mark
    try:
        for result in order:
            if result._mark != token:
                raise RuntimeError(
                    f"another backward pass reached {result!r} before these steps had ended; "
                    "make one pass after the other"
                )
            shares = []
            for operand, partial in edges(result):
                amount = result._grad * partial
                operand._grad += amount
                shares.append(Share(operand, partial, amount))
            yield Step(result, result._grad, tuple(shares))
    finally:  # also if the caller stops early
        for leaf, grad in earlier:
            leaf._grad += grad
