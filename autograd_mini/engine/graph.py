"""The graph below a value: its order, sweeps through it, and the graph as plain data.

`Value.backward` is a reverse sweep written out for speed. `reverse_sweep` is the same algorithm for
any kind of number, and `backward_steps` shows it one step at a time. `transforms` uses the sweeps
for derivatives of functions; read it next.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from autograd_mini.engine.comparisons import follow_leaves
from autograd_mini.engine.operation import Operation
from autograd_mini.engine.scopes import Tag
from autograd_mini.engine.value import Value, begin_pass

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
        _check_value("topological_order", root)
    order: list[Value] = []
    seen: set[int] = set()
    # A value is pushed twice: True to enter it, and False to append it after its operands.
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


def _check_value(name: str, root: object) -> None:
    if not isinstance(root, Value):
        raise TypeError(
            f"{name} takes a Value, the result of a computation, got {root!r:.80}: "
            "give the Value instead of its data"
        )


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
    times: Callable[[Number, Any], Number] = operator.mul,
    plus: Callable[[Number, Number], Number] = operator.add,
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
                    tangents[node] = plus(tangents[node], share) if node in tangents else share
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
    _check_value("backward_steps", root)
    follow_leaves(root)
    order, earlier = begin_pass(root)
    token = root._mark
    try:
        for result in order:
            if result._mark is not token:
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


class Entry(NamedTuple):
    """One value of a tape.

    operation: None for a leaf. operands: the place of an operand that is a value, else a number.
    data: the recorded number.
    """

    operation: Operation | None
    operands: tuple[int | float, ...]
    data: float
    tag: Tag


class Tape:
    """The graph below `roots` as plain data, operands before results. It can be replayed.

    places: the place of every value by its id, valid while the values live.

    >>> x = Value(3.0, label="x")
    >>> tape = Tape(x * x + 1)
    >>> [(entry.operation and entry.operation.name, entry.operands) for entry in tape.entries]
    [(None, ()), ('mul', (0, 0)), ('add', (1, 1.0))]
    >>> [value.data for value in tape.replay({0: 5.0})]
    [5.0, 25.0, 26.0]

    Source: Wengert, A simple automatic derivative evaluation program, 1964.
    """

    def __init__(self, roots: Value | Iterable[Value]) -> None:
        order = topological_order(roots)
        self.places: dict[int, int] = {id(value): place for place, value in enumerate(order)}
        places = self.places

        def of(operand: Value | float) -> int | float:
            return places[id(operand)] if isinstance(operand, Value) else operand

        # Without `value.operands`, which takes longer: there may be a million values.
        self.entries: list[Entry] = [
            Entry(None, (), value._data, value._tag)
            if value.op is None
            else Entry(value.op, (of(value._x),), value._data, value._tag)
            if value.op.arity == 1
            else Entry(value.op, (of(value._x), of(value._y)), value._data, value._tag)
            for value in order
        ]

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def rows(self) -> list[Operation]:
        """The operations on the tape, each once."""
        found = dict.fromkeys(entry.operation for entry in self.entries)
        return [row for row in found if row is not None]

    def replay(self, numbers: Mapping[int, float], count: int | None = None) -> list[Value]:
        """All values, or the first `count`, recorded again with other numbers for some leaves.

        numbers: by the place of the leaf.

        Raises: DomainError where an operation has no value.
        """
        values: list[Value] = []
        for place, (operation, operands, data, tag) in enumerate(self.entries[:count]):
            if operation is None:
                value = Value(numbers.get(place, data))
            else:
                value = operation.record(
                    *[
                        values[operand] if isinstance(operand, int) else operand
                        for operand in operands
                    ]
                )
            value._tag = tag
            values.append(value)
        return values
