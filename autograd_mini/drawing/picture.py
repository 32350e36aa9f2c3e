"""A graph as plain data: the one thing every drawing is made from.

Ids are stable: `v1`, `v2`... in topological order, and beside value `v7` its operation `o7`,
the edges into it `e7_0`, `e7_1` and its constants `c7_0`, `c7_1`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from autograd_mini.graph import topological_order
from autograd_mini.value import Value


@dataclass(frozen=True, slots=True)
class Operand:
    """An edge into an operation, from a value or from a constant of its own."""

    edge: str
    source: str
    partial: float | None
    constant: float | None


@dataclass(frozen=True, slots=True)
class Operation:
    """A circle: how one value was made."""

    id: str
    symbol: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True, slots=True)
class ValueBox:
    """A box: one value as it was when the picture was taken."""

    id: str
    label: str
    data: float
    grad: float | None
    scope: tuple[str, ...]
    operation: Operation | None

    @property
    def name(self) -> str:
        """What to call the value in a sentence: its label or, without one, its id."""
        return self.label or self.id

    def nodes(self) -> list[str]:
        """The ids of its box, its operation and the constants of that."""
        if self.operation is None:
            return [self.id]
        constants = [o.source for o in self.operation.operands if o.constant is not None]
        return [self.id, self.operation.id, *constants]

    @property
    def broken(self) -> bool:
        """Whether a number of it is nan or infinite."""
        return not (math.isfinite(self.data) and math.isfinite(self.grad or 0.0))


@dataclass(frozen=True)
class Picture:
    """A whole graph, operands before results."""

    values: tuple[ValueBox, ...]
    roots: tuple[str, ...]

    def operations(self) -> Iterator[tuple[ValueBox, Operation]]:
        """Each operation with the value it made."""
        for value in self.values:
            if value.operation is not None:
                yield value, value.operation

    def constants(self) -> Iterator[tuple[str, float]]:
        """Each constant's id and number."""
        for _, operation in self.operations():
            for operand in operation.operands:
                if operand.constant is not None:
                    yield operand.source, operand.constant

    @cached_property
    def by_id(self) -> dict[str, ValueBox]:
        """The values by their ids."""
        return {value.id: value for value in self.values}

    @cached_property
    def size(self) -> int:
        """How many boxes and circles there are to draw."""
        return (
            len(self.values) + sum(1 for _ in self.operations()) + sum(1 for _ in self.constants())
        )

    @cached_property
    def largest_gradient(self) -> float:
        """The largest finite |grad|, 0 where there is none."""
        sizes = [abs(value.grad) for value in self.values if value.grad is not None]
        return max(filter(math.isfinite, sizes), default=0.0)


def take_picture(roots: Sequence[Value], *, clusters: bool = True) -> Picture:
    """Record everything the roots were computed from, with its numbers of this moment."""
    order: dict[Value, str] = {}
    for root in roots:
        for value in topological_order(root):
            order.setdefault(value, f"v{len(order) + 1}")
    values = tuple(
        ValueBox(
            id=name,
            label=value.label,
            data=value.data,
            grad=value.grad if value.has_grad else None,
            scope=tuple(value.scope) if clusters else (),
            operation=_operation(value, order),
        )
        for value, name in order.items()
    )
    return Picture(values, tuple(dict.fromkeys(order[root] for root in roots)))


def _operation(value: Value, order: dict[Value, str]) -> Operation | None:
    if value.op is None:
        return None
    number = order[value][1:]
    operands = tuple(
        Operand(f"e{number}_{place}", order[operand], partial, None)
        if isinstance(operand, Value)
        else Operand(f"e{number}_{place}", f"c{number}_{place}", None, float(operand))
        for place, (operand, partial) in enumerate(zip(value.operands, value.partials, strict=True))
    )
    return Operation(f"o{number}", value.op.symbol, operands)
