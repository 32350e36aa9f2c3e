"""Copies and pickles of Values, for graphs of any depth.

`copy` and `pickle` follow references recursively, and a graph may be deeper than Python's recursion
limit. So a result is copied together with the list of the values below it, operands before results.
"""

from __future__ import annotations

import copyreg
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from autograd_mini.engine.comparisons import follow_number
from autograd_mini.engine.graph import topological_order
from autograd_mini.engine.value import Value, new

STATE = Value.__slots__[:-1]

# The ids of the values that are copied as part of a list, which need no list themselves.
_LISTED: ContextVar[frozenset[int]] = ContextVar("listed", default=frozenset())


class Below:
    """The values below `root`; a copy is a list of them."""

    def __init__(self, root: Value) -> None:
        self.root = root

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, self.values()

    def values(self) -> Iterator[Value]:
        """Operands before results. Until the last is taken, they count as listed."""
        order = topological_order(self.root)[:-1]
        around = _LISTED.get()
        _LISTED.set(around.union(map(id, order)))
        try:
            yield from order
        finally:
            _LISTED.set(around)


def reduced(value: Value) -> tuple[Any, ...]:
    """The parts of a Value, for `restored`."""
    if value.op is None:
        follow_number(value)  # its copy is a leaf that does not depend on it
    below = None if value.op is None or id(value) in _LISTED.get() else Below(value)
    return restored, (below, *(getattr(value, name) for name in STATE))


def restored(below: object, *slots: Any) -> Value:
    """The Value with these parts, which refers to the values in `below`."""
    value: Value = new()
    for name, content in zip(STATE, slots):
        setattr(value, name, content)
    return value


copyreg.pickle(Value, reduced)
