"""Tape: a graph as plain data, which can be replayed with other numbers."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from autograd_mini.engine.graph import topological_order
from autograd_mini.engine.operation import Operation
from autograd_mini.engine.value import Tag, Value


class Entry(NamedTuple):
    """One value of a tape.

    operation: None for a leaf. operands: the place of an operand that is a value, else a number.
    data: the recorded number.
    """

    operation: Operation | None
    operands: tuple[int | float, ...]
    data: float
    tag: Tag


@contextmanager
def without_collector() -> Iterator[None]:
    """Make many objects that form no cycles; the collector would look at all of them repeatedly."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


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
        with without_collector():
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
