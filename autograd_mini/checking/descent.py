"""Gradient descent on a recorded graph, which is replayed at every step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from autograd_mini.graph import topological_order
from autograd_mini.value import Value


class Recorded(NamedTuple):
    """A result of the graph: where it is kept, what records it, and from where."""

    place: int
    record: Callable[..., Value]
    operands: tuple[Any, ...]
    places: tuple[int | None, ...]


class Replay:
    """A graph that is recorded anew, again and again, with other numbers for some leaves."""

    def __init__(self, root: Value, variables: Sequence[Value]) -> None:
        order = topological_order([root, *variables])
        places = {id(value): place for place, value in enumerate(order)}
        self.root = places[id(root)]
        self.values = [Value(value.data) if value.op is None else value for value in order]
        self.variables = [self.values[places[id(variable)]] for variable in variables]
        self.results = [
            Recorded(
                places[id(value)],
                value.op.record,
                value.operands,
                tuple(places.get(id(operand)) for operand in value.operands),
            )
            for value in order
            if value.op is not None
        ]

    def __len__(self) -> int:
        """The number of operations that are recorded at every step."""
        return len(self.results)

    def descend(self, rate: float, times: int) -> list[float]:
        """The numbers of the variables after so many steps of simultaneous gradient descent.

        Raises: DomainError where a value does not exist.
        """
        values = self.values
        for _ in range(times):
            for place, record, operands, places in self.results:
                values[place] = record(
                    *[
                        operand if at is None else values[at]
                        for operand, at in zip(operands, places)
                    ]
                )
            values[self.root].backward()
            for variable in self.variables:
                variable.data -= rate * variable.grad
                variable.grad = 0.0
        return [variable.data for variable in self.variables]
