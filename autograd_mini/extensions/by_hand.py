"""Results whose backward step is written by hand, as micrograd's learners write them.

>>> def double(x):
...     out = Value(2 * x.data, (x,), "double")
...     def _backward():
...         x.grad += 2 * out.grad
...     out._backward = _backward
...     return out
>>> x = Value(3.0)
>>> double(double(x)).backward()
>>> x.grad
4.0

The backward step is linear in `out.grad`, so one call with `out.grad = 1` gives the partials.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, NoReturn

from autograd_mini.engine.operation import Operation
from autograd_mini.engine.value import Leaf, Value
from autograd_mini.hints import VALUE, hint

MOST_OPERANDS = 2


class HandWritten(Operation):
    """The operation of one result by hand; it has partials at its operands, but no rule."""

    def __init__(self, name: str, partials: Iterable[float]) -> None:
        known = name if name.isidentifier() else "by_hand"
        # parse() refuses this value and quotes it, so that no program is made of it.
        value = f"{known} has a _backward by hand and no formula; add a row: operation(...)"
        super().__init__(known, value, *map(repr, partials), symbol=name or known)
        self.__doc__ = "A result with a _backward by hand."
        self.record: Any = self.refuse

    def refuse(self, *operands: object) -> NoReturn:
        """Raises: TypeError."""
        raise TypeError(
            f"{self.name} has a _backward by hand, which can be neither computed again nor "
            f"differentiated again; add a row for it: {self.name} = operation({self.name!r}, "
            '"a formula in x", "its derivative")'
        )


initialize_leaf: Any = Leaf.__init__


@wraps(initialize_leaf)
def initialize(self: Any, *arguments: Any, **keywords: Any) -> None:
    """`Value(data, label)`, and micrograd's `Value(data, _children, _op, label)`."""
    if len(arguments) > 1 or keywords:
        operands = keywords.get("_children", arguments[1] if len(arguments) > 1 else "")
        if isinstance(operands, (tuple, list, set)):
            return _initialize_result(self, *arguments, **keywords)
        for name in VALUE.keys() & keywords.keys():
            raise TypeError(f"Value() has no argument {name!r}{hint(VALUE, name)}")
    initialize_leaf(self, *arguments, **keywords)
    return None


def _initialize_result(
    node: Any, data: float, _children: Iterable[Value] = (), _op: str = "", label: str = ""
) -> None:
    """Make `node` a result of one or two operands, or a leaf.

    Raises: TypeError.
    """
    operands = list(_children)
    initialize_leaf(node, data, label)
    if not operands:
        return
    if len(operands) > MOST_OPERANDS or not all(isinstance(each, Value) for each in operands):
        raise TypeError(
            f"Value(data, operands, name) takes one or two Values as operands, got {operands!r:.80}"
        )
    node._x, node._y, *_ = [*operands, None]
    _set_partials(node, [0.0] * len(operands), _op)


def _set_partials(node: Any, partials: list[float], name: str) -> None:
    node.op = HandWritten(name, partials)
    node._dx, node._dy, *_ = [*partials, None]


def get_backward(value: Value) -> Callable[[], None]:
    """micrograd's step of one node: add grad * partial to the `grad` of each operand."""

    def _backward() -> None:
        for operand, partial in zip(value.operands, value.partials):
            if isinstance(operand, Value) and partial is not None:
                operand.grad += value.grad * partial

    return _backward


def set_backward(value: Value, backward: Callable[[], None]) -> None:
    """Take the partials of a result by hand from one call of its backward step."""
    if value.op is None:  # a leaf has no operands; micrograd gives it an empty step
        return
    if not isinstance(value.op, HandWritten):
        raise AttributeError(
            f"_backward belongs to results made by Value(data, operands, name); {value!r} is none: "
            "its backward step is that of its row"
        )
    operands: list[Any] = list(value.operands)
    kept = [(each, each.grad) for each in (value, *operands)]
    try:
        for operand in operands:
            operand.grad = 0.0
        value.grad = 1.0
        backward()
        # An operand that occurs twice has both its shares in one grad.
        shares = [
            float(operand.grad) if operand not in operands[:place] else 0.0
            for place, operand in enumerate(operands)
        ]
    finally:
        for each, grad in kept:
            each.grad = grad
    _set_partials(value, shares, value.op.symbol)


setattr(Leaf, "__init__", initialize)  # noqa: B010
setattr(Value, "_backward", property(get_backward, set_backward))  # noqa: B010
