"""Value: a number that remembers the operation it came from.

>>> x = Value(3.0, label="x")
>>> y = x * x + 1
>>> y.backward()
>>> y, x
(Value(data=10.0, grad=1.0), Value(data=3.0, grad=6.0, label='x'))

The methods that record are not written here: `recording` makes one for every row of the table.
"""

from __future__ import annotations

import math
import numbers
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from autograd_mini.engine.comparisons import COMPARE, follow_number, note
from autograd_mini.engine.operation import Operation
from autograd_mini.engine.scopes import Tag, get_place


class Value:
    """A scalar in a computation graph.

    data: its number.
    grad: d root / d self, after `root.backward()`; 0.0 before.
    op: the row of the table that made it, None for a leaf.

    Raises: TypeError if `data` is not a real number or `label` not a string.
    """

    # x and y are the operands, a Value or, for a constant, a float; dx and dy their partials,
    # None for a constant. mark is a token of the last backward pass that came here.
    __slots__ = ("data", "grad", "op", "x", "y", "dx", "dy", "mark", "tag", "__weakref__")

    # NumPy's arrays and scalars leave `array * value` to us.
    __array_ufunc__ = None

    data: float
    grad: float
    op: Operation | None
    x: Any
    y: Any
    dx: float | None
    dy: float | None
    mark: object
    tag: Tag

    def __init__(self, data: float, label: str = "") -> None:
        number = real(data)
        if number is None:
            raise TypeError(_refusal(data))
        self.data = number
        self.grad = 0.0
        self.op = self.x = self.y = self.dx = self.dy = self.mark = None
        self.tag = get_place()
        if label != "":
            self.label = label
        if type(self) is Value:
            self.__class__ = Node

    # -- what it is -----------------------------------------------------------------------------

    @property
    def label(self) -> str:
        """What it is called in formulas and drawings; "" if nothing."""
        return self.tag.label

    @label.setter
    def label(self, label: str) -> None:
        if not isinstance(label, str):
            raise TypeError(f"a label is a string, got {label!r}")
        self.tag = Tag(label, self.tag.scope)

    @property
    def scope(self) -> tuple[str, ...]:
        """The names of the `with scope(...)` blocks it was made in, outermost first."""
        return self.tag.scope

    @property
    def has_grad(self) -> bool:
        """Whether a backward pass has reached it."""
        return self.mark is not None

    @property
    def operands(self) -> tuple[Value | float, ...]:
        """The operands in order and with multiplicity; a constant is a float."""
        return () if self.op is None else (self.x, self.y)[: self.op.arity]

    @property
    def partials(self) -> tuple[float | None, ...]:
        """d self / d operand for each operand; None for a constant."""
        return () if self.op is None else (self.dx, self.dy)[: self.op.arity]

    @property
    def _prev(self) -> set[Value]:
        """The operands that are Values, under micrograd's name."""
        return {operand for operand in self.operands if isinstance(operand, Value)}

    @property
    def _op(self) -> str:
        """The symbol of the operation, "" for a leaf, under micrograd's name."""
        return "" if self.op is None else self.op.symbol

    def __repr__(self) -> str:
        grad = f", grad={self.grad!r}" if self.has_grad else ""
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self.data!r}{grad}{label})"

    def __format__(self, specification: str) -> str:
        return format(self.data, specification) if specification else str(self)

    # -- where it stands for its number ---------------------------------------------------------

    # A comparison is noted, since it may decide what is recorded next; reading `data` is not.

    def __float__(self) -> float:
        """Its number."""
        follow_number(self)
        return float(self.data)

    def __lt__(self, other: Value | float) -> bool:
        return compare(self, "<", other)

    def __le__(self, other: Value | float) -> bool:
        return compare(self, "<=", other)

    def __gt__(self, other: Value | float) -> bool:
        return compare(self, ">", other)

    def __ge__(self, other: Value | float) -> bool:
        return compare(self, ">=", other)

    def __pos__(self) -> Value:
        """The Value itself."""
        return self

    # -- differentiation ------------------------------------------------------------------------

    def backward(self) -> None:
        """Add d self / d leaf to the `grad` of every leaf, and set that of every result.

        Differentiates what was recorded, whatever the `data` of a leaf is by now. Threads may do so
        at the same time on graphs without a common value; with one, take `gradients`, which
        changes nothing.
        """
        order, earlier = begin_pass(self)
        for node in order:
            adjoint = node.grad
            partial = node.dx
            if partial is not None:
                node.x.grad += adjoint * partial
            partial = node.dy
            if partial is not None:
                node.y.grad += adjoint * partial
        for leaf, grad in earlier:
            leaf.grad += grad

    # -- recording: generated from the table ----------------------------------------------------

    if TYPE_CHECKING:

        def __add__(self, other: Value | float) -> Value: ...
        def __radd__(self, other: float) -> Value: ...
        def __sub__(self, other: Value | float) -> Value: ...
        def __rsub__(self, other: float) -> Value: ...
        def __mul__(self, other: Value | float) -> Value: ...
        def __rmul__(self, other: float) -> Value: ...
        def __truediv__(self, other: Value | float) -> Value: ...
        def __rtruediv__(self, other: float) -> Value: ...
        def __pow__(self, other: Value | float) -> Value: ...
        def __rpow__(self, other: float) -> Value: ...
        def __neg__(self) -> Value: ...
        def __abs__(self) -> Value: ...

        # Every row is a method under its name; listing them would be a second table.
        def __getattr__(self, name: str) -> Callable[..., Value]: ...


# The class that every Value has once it is made. A result is made by `Node()`, which runs no Python
# code; and since leaves are given the same class, the interpreter's inline caches see one class
# everywhere. Together 1.3 times as fast.
class Node(Value):
    __slots__ = ()
    __init__: Any = object.__init__


# In messages and in help: nobody needs to tell them apart.
Node.__name__ = Node.__qualname__ = Value.__name__
Node.__doc__ = Value.__doc__


def compare(value: Value, symbol: str, other: Value | float) -> bool:
    """`value symbol other`, noted."""
    outcome = COMPARE[symbol](value.data, number(other))
    try:
        noted = other if isinstance(other, Value) else real(other)
    except OverflowError:  # an int beyond all floats
        noted = math.copysign(math.inf, other > 0 or -1)
    if noted is not None:
        outcome = bool(outcome)  # a number of NumPy's answers with a truth of NumPy's
        note(value, symbol, noted, outcome)
    return outcome


def number(scalar: Value | float) -> float:
    """The number of a Value, or the number itself; unlike float(), without a trace."""
    return scalar.data if isinstance(scalar, Value) else scalar


def begin_pass(root: Value) -> tuple[list[Value], list[tuple[Value, float]]]:
    """Make ready for a backward pass from `root`.

    Gives the results to visit, root first, and the leaves that have gradients of earlier passes,
    with those; they are to be added at the end, so that two passes are exactly twice one. A leaf
    whose `grad` was set to None, as users of PyTorch do, has none. Every `grad` is 0.0 afterwards,
    that of root 1.0, and every value is marked as reached.

    The walk is depth-first with a stack of its own, since a chain may be longer than Python's
    recursion limit, and marks nodes with a token of this pass, which is faster than a set of them.
    """
    token = root.mark = object()
    order: list[Value] = []
    earlier: list[tuple[Value, float]] = []
    if root.op is None:
        earlier.append((root, root.grad or 0.0))
        root.grad = 1.0
        return order, earlier
    # The results between root and node: their first operand is done or on its way.
    above: list[Value] = []
    node = root
    while True:
        if node.dx is not None:
            operand = node.x
            if operand.mark is not token:
                operand.mark = token
                if operand.op is not None:
                    operand.grad = 0.0
                    above.append(node)
                    node = operand
                    continue
                if operand.grad != 0.0:
                    earlier.append((operand, operand.grad or 0.0))
                    operand.grad = 0.0
        while True:
            if node.dy is not None:
                operand = node.y
                if operand.mark is not token:
                    operand.mark = token
                    if operand.op is not None:
                        operand.grad = 0.0
                        above.append(node)
                        node = operand
                        break
                    if operand.grad != 0.0:
                        earlier.append((operand, operand.grad or 0.0))
                        operand.grad = 0.0
            order.append(node)
            if not above:
                order.reverse()
                root.grad = 1.0
                return order, earlier
            node = above.pop()


def label(**values: Value) -> None:
    """Give each Value its keyword as its label.

    >>> a, b = Value(1.0), Value(2.0)
    >>> label(a=a, b=b)
    >>> b.label
    'b'
    """
    for name, value in values.items():
        if not isinstance(value, Value):
            raise TypeError(f"label({name}=...) names a Value, got {value!r}")
    for name, value in values.items():
        value.label = name


def real(number: object) -> float | None:
    """`number` as a float if it is a real number of Python's or NumPy's, else None."""
    if isinstance(number, (float, int)):  # numbers.Real would do, in ten times as long
        return float(number)
    if isinstance(number, numbers.Real):
        return float(number)
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(number, numpy.bool_):
        return float(number)
    return None


def names(operands: tuple[Value | float, ...]) -> tuple[str, ...]:
    """What messages call the operands: their labels, else x and y; "" for a constant."""
    return tuple(
        operand.label or letter if isinstance(operand, Value) else ""
        for letter, operand in zip("xy", operands)
    )


def _refusal(data: object) -> str:
    if isinstance(data, Value):
        return (
            "Value() makes a leaf of a number, got a Value: "
            "use it as it is, or Value(x.data) for a leaf of its own"
        )
    # An array of no dimensions has a length that it does not tell, and converts as a number does.
    many = hasattr(data, "__len__") and getattr(data, "ndim", 1) > 0
    if many and not isinstance(data, (str, bytes)):
        each = "data.tolist()" if hasattr(data, "tolist") else "data"
        return (
            f"a Value holds one number, got {type(data).__name__}: "
            f"make one for each, as in [Value(x) for x in {each}]"
        )
    return f"a Value holds a real number, got {data!r}: convert it first, as in Value(float(x))"
