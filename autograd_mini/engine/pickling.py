"""Copies and pickles of Values, of graphs of any depth.

`copy` and `pickle` follow what an object refers to recursively, and Python does not recurse deep.
So a result brings along a list of the values that it was computed from, operands before results:
each is copied when its operands have been.
"""

from __future__ import annotations

import copyreg
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from autograd_mini.engine.graph import topological_order
from autograd_mini.engine.value import Node, Value

STATE = Value.__slots__[:-1]

# The ids of the values that are being copied as part of a list, and need none of their own.
_LISTED: ContextVar[frozenset[int]] = ContextVar("listed", default=frozenset())


class Below:
    """The values that `root` was computed from, copied as the list of them."""

    def __init__(self, root: Value) -> None:
        self.root = root

    def __reduce__(self) -> tuple[Any, ...]:
        return list, (), None, self.values()

    def values(self) -> Iterator[Value]:
        """Operands before results; between the first and the last, they are known as listed."""
        order = topological_order(self.root)[:-1]
        around = _LISTED.get()
        _LISTED.set(around.union(map(id, order)))
        try:
            yield from order
        finally:
            _LISTED.set(around)


def reduced(value: Value) -> tuple[Any, ...]:
    """A Value as `restored` takes it."""
    below = None if value.op is None or id(value) in _LISTED.get() else Below(value)
    return restored, (below, *(getattr(value, name) for name in STATE))


def restored(below: object, *slots: Any) -> Value:
    """A Value as `reduced` took it apart; what is below it, it refers to."""
    value: Value = Node()
    for name, content in zip(STATE, slots):
        setattr(value, name, content)
    return value


copyreg.pickle(Node, reduced)
