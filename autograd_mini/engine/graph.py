"""The graph below a value: its order, and sweeps through it.

`Value.backward` is a reverse sweep written out for speed. `reverse_sweep` is the same algorithm for
any kind of number. `transforms` uses the sweeps for derivatives of functions; read it next.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from autograd_mini.engine.native import NATIVE
from autograd_mini.engine.value import Value

Node = TypeVar("Node", bound=Hashable)
Number = TypeVar("Number")


def topological_order(roots: Value | Iterable[Value]) -> list[Value]:
    """The values that `roots` depend on, and `roots`, each once, operands before results.

    >>> a = Value(1.0, label="a")
    >>> b = a + a
    >>> [value.data for value in topological_order(b * a)]
    [1.0, 2.0, 2.0]
    """
    roots = list(roots) if isinstance(roots, Iterable) else [roots]
    for root in roots:
        if not isinstance(root, Value):
            raise TypeError(
                f"topological_order takes a Value, the result of a computation, got {root!r:.80}: "
                "give the Value instead of its data"
            )
    if NATIVE:
        return NATIVE.topological_order(roots)  # type: ignore[no-any-return]
    order: list[Value] = []
    seen: set[int] = set()
    # A result stays on the stack below None, which says to append it, after its operands.
    stack: list[Value | None] = [*reversed(roots)]
    while stack:
        value = stack.pop()
        if value is None:
            order.append(stack.pop())  # type: ignore[arg-type]
        elif id(value) not in seen:
            seen.add(id(value))
            if value.op is None:
                order.append(value)
                continue
            stack += (value, None)
            for operand in (value._y, value._x):
                if isinstance(operand, Value) and id(operand) not in seen:
                    stack.append(operand)
    return order


def edges(value: Value) -> Iterator[tuple[Value, float]]:
    """The operands of `value` that are Values, each with d value / d operand.

    >>> x = Value(3.0)
    >>> [(operand is x, partial) for operand, partial in edges(x * x)]
    [(True, 3.0), (True, 3.0)]
    """
    if value._dx is not None:
        yield value._x, value._dx
    if value._dy is not None:
        yield value._y, value._dy


def reverse_sweep(
    order: Sequence[Node],
    seeds: Mapping[Node, Number],
    edges: Callable[[Node], Iterable[tuple[Node, Any]]],
    times: Callable[[Number, Any], Number] = operator.mul,
    plus: Callable[[Number, Number], Number] = operator.add,
) -> dict[Node, Number]:
    """Adjoints by the chain rule in reverse mode, from results to operands.

    adjoint(operand) = sum of adjoint(result) * partial, over the results that use the operand.

    order: the nodes, operands before results; Values or anything hashable.
    seeds: the adjoints to start from, such as {root: 1.0}.
    edges: gives (operand, partial) for each operand of a node to continue to.
    times, plus: the arithmetic of the adjoints, if not * and +.

    A node that no seed reaches has no adjoint. Shares are added in the order in which `backward`
    adds them: the later result first.

    >>> x = Value(3.0)
    >>> y = x * x
    >>> reverse_sweep(topological_order(y), {y: 1.0}, edges)[x]
    6.0

    With each partial replaced by 1 it counts the paths from the root:

    >>> reverse_sweep([x, y], {y: 1}, edges, times=lambda paths, partial: paths)[x]
    2

    Source: Griewank & Walther, Evaluating Derivatives, 2008, section 3.2.
    """
    adjoints = dict(seeds)
    for node in reversed(order):
        if node in adjoints:
            adjoint = adjoints[node]
            for operand, partial in edges(node):
                share = times(adjoint, partial)
                adjoints[operand] = plus(adjoints[operand], share) if operand in adjoints else share
    return adjoints


def forward_sweep(
    order: Iterable[Node],
    seeds: Mapping[Node, Number],
    edges: Callable[[Node], Iterable[tuple[Node, Any]]],
    times: Callable[[Number, Any], Any] = operator.mul,
) -> dict[Node, Number]:
    """Tangents by the chain rule in forward mode, from operands to results.

    tangent(result) = sum of tangent(operand) * partial, over the operands that have a tangent.

    The parameters are those of `reverse_sweep`; a node with a seed keeps it.

    >>> x = Value(3.0)
    >>> y = x * x + 1
    >>> forward_sweep(topological_order(y), {x: 1.0}, edges)[y]
    6.0
    """
    tangents = dict(seeds)
    for node in order:
        if node not in seeds:
            for operand, partial in edges(node):
                if operand in tangents:
                    share = times(tangents[operand], partial)
                    tangents[node] = tangents[node] + share if node in tangents else share
    return tangents


def dependents(
    order: Iterable[Node],
    xs: Iterable[Node],
    operands: Callable[[Node], Iterable[Any]] = operator.attrgetter("operands"),
) -> set[Node]:
    """Those of `xs`, and of `order`, that depend on one of `xs`, each of which depends on itself.

    order: the nodes, operands before results. operands: gives the operands of a node.

    >>> a, b = Value(1.0, label="a"), Value(2.0, label="b")
    >>> c = a * b
    >>> dependents([a, b, c], [a]) == {a, c}
    True
    """
    found = set(xs)
    for node in order:
        if not found.isdisjoint(operands(node)):
            found.add(node)
    return found
