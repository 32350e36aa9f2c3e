"""Tape: a graph as plain data, which can be replayed with other numbers."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from autograd_mini.engine.graph import topological_order
from autograd_mini.engine.native import NATIVE
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


class Columns(NamedTuple):
    """A graph in arrays, which take a fifth of the time and memory of objects.

    rows: the operations, each once. codes: for each value, 0 for a leaf, else the number of its row
    from 1. xs, ys: the places of its operands; those of `constants` follow those of the values. The
    first constant, 0.0, fills in for a missing operand. data: the recorded numbers.
    """

    rows: list[Operation]
    codes: array[int]
    xs: array[int]
    ys: array[int]
    constants: array[float]
    data: array[float]
    tags: list[Tag]


def columns_of(order: Sequence[Value]) -> Columns:
    """The columns of values, operands before results."""
    if NATIVE:
        rows, codes, xs, ys, constants, data, tags = NATIVE.columns(order)
        places = array("i", codes), array("i", xs), array("i", ys)
        return Columns(rows, *places, array("d", constants), array("d", data), tags)
    size = len(order)
    place_by_id = {id(value): place for place, value in enumerate(order)}
    constants = array("d", [0.0])

    def place_of(operand: Value | float | None) -> int:
        if isinstance(operand, Value):
            return place_by_id[id(operand)]
        if operand is None:
            return size
        constants.append(operand)
        return size + len(constants) - 1

    numbers: dict[Any, int] = {None: 0}
    codes = array("i", [numbers.setdefault(value.op, len(numbers)) for value in order])
    pairs = [(place_of(value._x), place_of(value._y)) for value in order]
    xs, ys = (array("i", [pair[k] for pair in pairs]) for k in range(2))
    data, tags = array("d", [value._data for value in order]), [value._tag for value in order]
    return Columns([*numbers][1:], codes, xs, ys, constants, data, tags)


class Tape:
    """The graph below `roots` as plain data, operands before results. It can be replayed.

    columns: the graph. places: the place of every value by its id, valid while the values live.

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
        self.places: dict[int, int] = dict(zip(map(id, order), range(len(order))))
        self.columns: Columns = columns_of(order)

    def __len__(self) -> int:
        return len(self.columns.codes)

    def place(self, value: Value) -> int:
        """The place of a value below the roots."""
        return self.places[id(value)]

    @cached_property
    def entries(self) -> list[Entry]:
        """The values, made when they are first read."""
        rows, codes, xs, ys, constants, data, tags = self.columns
        size = len(codes)

        def operand(place: int) -> int | float:
            return place if place < size else constants[place - size]

        made = []
        for code, x, y, number, tag in zip(codes, xs, ys, data, tags):
            row = rows[code - 1] if code else None
            operands = (operand(x), operand(y))[: row.arity] if row else ()
            made.append(Entry(row, operands, number, tag))
        return made

    @cached_property
    def _calls(self) -> list[tuple[Callable[..., Any] | None, bool]]:
        """For each value the function that records it, None for a leaf; whether it takes two."""
        rows, codes, xs = self.columns[:3]
        size = len(codes)
        # A method takes a Value first: to ask for the types of operands would double the time.
        return [
            (getattr(Value, row.name) if x < size else row.record, row.arity == 2)
            if (row := rows[code - 1] if code else None)
            else (None, False)
            for code, x in zip(codes, xs)
        ]

    def replay(self, numbers: Mapping[int, float], count: int | None = None) -> list[Value]:
        """All values, or the first `count`, recorded again with other numbers for some leaves.

        numbers: by the place of the leaf.

        Raises: DomainError where an operation has no value.
        """
        _, _, xs, ys, constants, data, tags = self.columns
        values: list[Any] = [None] * len(self)
        values += constants
        last = len(self) if count is None else min(count, len(self))
        steps = zip(range(last), self._calls, xs, ys, data, tags)
        for place, (record, is_binary), x, y, number, tag in steps:
            if record is None:
                value = Value(numbers.get(place, number))
            else:
                value = record(values[x], values[y]) if is_binary else record(values[x])
            value._tag = tag
            values[place] = value
        return values[:last]
