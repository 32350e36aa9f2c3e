"""The graph below a value: its order, and a backward pass told step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from autograd_mini.value import Value, begin_pass


def topological_order(roots: Value | Iterable[Value]) -> list[Value]:
    """Every value that `roots` depend on, each once, operands before results.

    >>> a = Value(1.0, label="a")
    >>> b = a + a
    >>> [value.data for value in topological_order(b * a)]
    [1.0, 2.0, 2.0]
    """
    roots = [roots] if isinstance(roots, Value) else list(roots)
    order: list[Value] = []
    seen: set[int] = set()
    # A value is pushed twice: as True to be entered, and as False to follow its operands.
    stack = [(root, True) for root in reversed(roots)]
    while stack:
        value, entering = stack.pop()
        if not entering:
            order.append(value)
        elif id(value) not in seen:
            seen.add(id(value))
            stack.append((value, False))
            for operand in reversed(value.operands):
                if isinstance(operand, Value) and id(operand) not in seen:
                    stack.append((operand, True))
    return order


class Share(NamedTuple):
    """What one step adds to the gradient of one operand: amount = adjoint * partial."""

    operand: Value
    partial: float
    amount: float


class Step(NamedTuple):
    """One step of a backward pass: a result, its adjoint d root / d result, and what it adds."""

    result: Value
    adjoint: float
    shares: tuple[Share, ...]


def backward_steps(root: Value) -> Iterator[Step]:
    """`root.backward()`, one result at a time.

    Each step is reported when it has been made: the gradients of its operands are the sums so far
    of this pass, to which a leaf adds those of earlier passes at the end.

    Why the order matters, on an example in which b feeds c twice:

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
    """
    order, earlier = begin_pass(root)
    try:
        for result in order:
            shares = []
            for operand, partial in zip(result.operands, result.partials):
                if isinstance(operand, Value) and partial is not None:
                    amount = result.grad * partial
                    operand.grad += amount
                    shares.append(Share(operand, partial, amount))
            yield Step(result, result.grad, tuple(shares))
    finally:  # also if the steps are not followed to their end
        for leaf, grad in earlier:
            leaf.grad += grad
