"""Value: a number that remembers the operation it came from.

>>> x = Value(3.0, label="x")
>>> y = x * x + 1
>>> y.backward()
>>> y, x
(Value(data=10.0, grad=1.0), Value(data=3.0, grad=6.0, label='x'))

The class has the number, its place in the graph, and `backward`. Its operations are not written
here: `recording`, the next module to read, generates a method for each row of the table.
"""

from __future__ import annotations

import math
import numbers
import sys
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from autograd_mini.engine.comparisons import (
    COMPARE,
    DIFFERENTIATED,
    RECORDED,
    follow_leaves,
    follow_number,
    get_followed,
    note,
    note_number,
)
from autograd_mini.engine.native import NATIVE
from autograd_mini.engine.operation import DomainError

if TYPE_CHECKING:
    from autograd_mini.engine.ops import Methods
else:
    Methods = object


class Tag:
    """The label of a value and the scope that it was made in.

    The values without a label that are made in a scope share one tag, the place of the scope.
    outer: the place around a place; None outside all scopes, and for the tag of one value.
    """

    __slots__ = ("label", "scope", "outer")

    def __init__(self, label: str, scope: tuple[str, ...], outer: Tag | None = None) -> None:
        self.label: str = label
        self.scope: tuple[str, ...] = scope
        self.outer: Tag | None = outer

    def __reduce__(self) -> tuple[Any, ...]:
        return Tag, (self.label, self.scope)


NOWHERE = Tag("", ())

# The place where the thread or asynchronous task is.
PLACE: ContextVar[Tag] = ContextVar("place", default=NOWHERE)
get_place: Callable[[], Tag] = PLACE.get
set_place: Callable[[Tag], object] = PLACE.set

# Empty until a scope is entered for the first time. Before, recording skips `get_place`.
ENTERED: list[bool] = []


class Leaf:
    """The initialization of `Value(data, label)`. Subclasses of Value inherit it after Value."""

    __slots__ = ()

    def __init__(self, data: float, label: str = "") -> None:
        number = real(data)
        if number is None:
            raise TypeError(_refusal(data))
        value: Any = self
        value._data = number
        value._grad = 0.0
        value.op = value._x = value._y = value._dx = value._dy = value._mark = None
        value._tag = get_place()
        if label != "":
            value.label = label


class ValueType(type):
    """The type of the class Value: `Value(3.0)` makes a leaf.

    Value has no `__init__`, so that `new()` makes an empty Value without running Python code. The
    operations use it; it is twice as fast.
    """

    if not TYPE_CHECKING:

        @wraps(Leaf.__init__)
        def __call__(cls, *arguments, **keywords):
            if cls is not Value:
                return super().__call__(*arguments, **keywords)
            leaf = new()
            Leaf.__init__(leaf, *arguments, **keywords)
            return leaf


class Value(Methods, metaclass=ValueType):
    """A scalar in a computation graph.

    data: its number.
    grad: d root / d self after `root.backward()`; 0.0 before.
    op: the row of the table that made it; None for a leaf.

    Raises: TypeError if `data` is not a real number or `label` is not a string; DomainError if
        `data` is an int too large for a float.
    """

    # _x, _y: the operands, a Value or, for a constant, a float. _dx, _dy: the partials with respect
    # to them, None for a constant. _mark: the token of the last backward pass that reached it.
    __slots__ = ("_data", "_grad", "op", "_x", "_y", "_dx", "_dy", "_mark", "_tag", "__weakref__")

    # NumPy leaves `array * value` and `scalar * value` to Value.
    __array_ufunc__ = None

    def __init_subclass__(cls) -> None:
        if Leaf not in cls.__mro__:
            setattr(cls, "__bases__", (*cls.__bases__, Leaf))  # noqa: B010  no attribute to pyright

    # -- the node -------------------------------------------------------------------------------

    @property
    def label(self) -> str:
        """The name in formulas and drawings; "" without one."""
        return self._tag.label

    @label.setter
    def label(self, label: str) -> None:
        if not isinstance(label, str):
            raise TypeError(f"a label is a string, got {label!r}")
        self._tag = Tag(label, self._tag.scope)

    @property
    def scope(self) -> tuple[str, ...]:
        """The names of the `with scope(...)` blocks around its making, outermost first."""
        return self._tag.scope

    @property
    def has_grad(self) -> bool:
        """True if a backward pass has reached it."""
        return self._mark is not None

    @property
    def operands(self) -> tuple[Value | float, ...]:
        """The operands in order and with multiplicity; a constant is a float."""
        return () if self.op is None else (self._x,) if self._y is None else (self._x, self._y)

    @property
    def partials(self) -> tuple[float | None, ...]:
        """d self / d operand for each operand; None for a constant."""
        follow_leaves(self)
        return () if self.op is None else (self._dx, self._dy)[: self.op.arity]

    @property
    def _prev(self) -> set[Value]:
        """The operands that are Values, under micrograd's name."""
        return {operand for operand in self.operands if isinstance(operand, Value)}

    @property
    def _op(self) -> str:
        """The symbol of the operation, "" for a leaf, under micrograd's name."""
        return "" if self.op is None else self.op.symbol

    def __repr__(self) -> str:
        follow_number(self)
        grad = f", grad={self._grad!r}" if self.has_grad else ""
        label = f", label={self.label!r}" if self.label else ""
        return f"Value(data={self._data!r}{grad}{label})"

    # -- the number -----------------------------------------------------------------------------

    # While a function is compiled, `comparisons` follows each use of the number below.

    def __float__(self) -> float:
        follow_number(self)
        for innermost in [*DIFFERENTIATED.values()][-1:]:
            innermost.floats.append(self)
        return float(self._data)

    def __format__(self, specification: str) -> str:
        follow_number(self)
        return format(self._data, specification) if specification else str(self)

    def __lt__(self, other: Value | float) -> bool:
        return compare(self, "<", other)

    def __le__(self, other: Value | float) -> bool:
        return compare(self, "<=", other)

    def __gt__(self, other: Value | float) -> bool:
        return compare(self, ">", other)

    def __ge__(self, other: Value | float) -> bool:
        return compare(self, ">=", other)

    def __round__(self, digits: int | None = None) -> float:
        follow_number(self)
        return round(self._data, digits)

    def __int__(self) -> int:
        follow_number(self)
        return int(self._data)

    def __pos__(self) -> Value:
        """The Value itself."""
        return self

    # -- differentiation ------------------------------------------------------------------------

    def backward(self) -> None:
        """Add d self / d leaf to the `grad` of every leaf, and set the `grad` of every result.

        Differentiates the recorded evaluation, even if the `data` of a leaf has changed since.
        Threads may call it at the same time on graphs that share no Value. On shared graphs use
        `gradients`, which writes no `grad`.
        """
        follow_leaves(self)
        order, earlier = begin_pass(self)
        for node in order:
            adjoint = node._grad
            partial = node._dx
            if partial is not None:
                node._x._grad += adjoint * partial
            partial = node._dy
            if partial is not None:
                node._y._grad += adjoint * partial
        for leaf, grad in earlier:
            leaf._grad += grad


# An empty Value. Equivalent to type.__call__(Value), which skips ValueType.__call__.
new: Any = type.__call__.__get__(Value)


def _set_data(value: Value, data: Any) -> None:
    value._data = data if data.__class__ is float else assigned(value, "data", data)


# `grad` is the slot itself under a public name: reading a property takes longer.
Value.grad = Value._grad
if not TYPE_CHECKING:
    # Read in C, which takes half as long as a function.
    Value.data = property(attrgetter("_data"), _set_data, doc="Its number.")


def begin_pass(root: Value) -> tuple[list[Value], list[tuple[Value, float]]]:
    """Prepare a backward pass from `root`.

    Returns the results in the order to visit them, root first, and the leaves with a gradient of
    earlier passes, each with that gradient. The caller adds it at the end, so that two passes give
    exactly twice one. Afterwards the `grad` of root is 1.0, every other `grad` is 0.0, and every
    value is marked as reached. A leaf whose `grad` is None, as in PyTorch, has no earlier gradient.

    Raises: TypeError if an object that is not a real number was assigned to the `grad` of a leaf.
    """
    root._mark = object()
    order, leaves = ([], [root]) if root.op is None else walk(root)
    # Assignment to `grad` stores any object. Here is the first place where the engine must look at
    # it. None stands for a gradient of 0.
    earlier: list[tuple[Value, float]] = []
    for leaf in leaves:
        grad = leaf._grad
        if grad.__class__ is not float:
            grad = 0.0 if grad is None else assigned(leaf, "grad", grad)
        earlier.append((leaf, grad))
    for leaf in leaves:
        leaf._grad = 0.0
    root._grad = 1.0
    return order, earlier


def walk(root: Value) -> tuple[list[Value], list[Value]]:
    """The results below `root`, root first, and the leaves with a gradient.

    Marks each value with the mark of `root`, which is faster than a set of them, and sets the
    `grad` of each result to 0.0.

    The walk is depth-first with an explicit stack, because a chain may be longer than Python's
    recursion limit.
    """
    token = root._mark
    order: list[Value] = []
    leaves: list[Value] = []
    # The results between root and node: their first operand is done or being visited.
    above: list[Value] = []
    node = root
    while True:
        if node._dx is not None:
            operand = node._x
            if operand._mark is not token:
                operand._mark = token
                if operand.op is not None:
                    operand._grad = 0.0
                    above.append(node)
                    node = operand
                    continue
                grad = operand._grad
                if grad.__class__ is not float or grad != 0.0:
                    leaves.append(operand)
        while True:
            if node._dy is not None:
                operand = node._y
                if operand._mark is not token:
                    operand._mark = token
                    if operand.op is not None:
                        operand._grad = 0.0
                        above.append(node)
                        node = operand
                        break
                    grad = operand._grad
                    if grad.__class__ is not float or grad != 0.0:
                        leaves.append(operand)
            order.append(node)
            if not above:
                order.reverse()
                return order, leaves
            node = above.pop()


def assigned(value: Value, name: str, given: object) -> float:
    """The float for an object that was assigned to an attribute.

    Raises: TypeError if it is not a real number.
    """
    number = real(given)
    if number is None:
        written = "the data of that Value" if isinstance(given, Value) else "a number"
        raise TypeError(
            f"the {name} of {value.label or 'a Value'} must be a number, but was set to "
            f"{given!r:.80}: set it to {written}"
        )
    return number


# -- numbers --------------------------------------------------------------------------------------


def number(scalar: Value | float) -> float:
    """The number of a Value, or the number itself. `comparisons` does not follow this use."""
    return scalar._data if isinstance(scalar, Value) else scalar


def real(number: object) -> float | None:
    """`number` as a float if it is a real number of Python or NumPy, else None.

    Raises: DomainError if it is too large for a float.
    """
    # Checking numbers.Real alone would do, but takes ten times as long.
    if not isinstance(number, (int, float, numbers.Real)):
        numpy = sys.modules.get("numpy")
        if not numpy or not isinstance(number, numpy.bool_):
            return None
    try:
        return float(number)
    except OverflowError:
        why = f"the {type(number).__name__} is too large for a float, which holds up to 1.8e308"
        raise DomainError(None, (), (), why) from None


def names(operands: tuple[Value | float, ...]) -> tuple[str, ...]:
    """The names of operands in messages: the label, else x or y; "" for a constant."""
    return tuple(
        operand.label or letter if isinstance(operand, Value) else ""
        for letter, operand in zip("xy", operands)
    )


def compare(value: Value, symbol: str, other: Value | float) -> bool:
    """`value symbol other`, noted in `comparisons`."""
    try:
        noted = other if isinstance(other, Value) else real(other)
    except DomainError:  # an int larger than every float
        noted = math.copysign(math.inf, other > 0 or -1)
    if noted is None:  # a Decimal, an array: the outcome is known for this number only
        note_number(value)
        return COMPARE[symbol](value._data, other)
    # As floats, because NumPy rounds a float to compare it with a float32.
    outcome = COMPARE[symbol](value._data, number(noted))
    note(value, symbol, noted, bool(outcome))  # data may be a number of NumPy
    return bool(outcome)


def _refusal(data: object) -> str:
    """The message for an argument of `Value()` that is not a real number."""
    if isinstance(data, Value):
        return "Value() takes a number, got a Value: use it as it is, or Value(x.data) for a leaf"
    # An array without dimensions has __len__, which fails, and converts as a number does.
    many = hasattr(data, "__len__") and getattr(data, "ndim", 1) > 0
    if many and not isinstance(data, (str, bytes)):
        each = "data.tolist()" if hasattr(data, "tolist") else "data"
        return (
            f"a Value holds one number, got {type(data).__name__}: "
            f"make one for each, as in [Value(x) for x in {each}]"
        )
    return f"a Value holds a real number, got {data!r}: convert it first, as in Value(float(x))"


# -- the engine in C ------------------------------------------------------------------------------

# Value becomes the class of the extension, which stores the node and makes the backward passes. It
# gets the attributes of the class above that it lacks. `recording` connects the rows.
if NATIVE and not TYPE_CHECKING:
    _pure, _make = Value, ValueType.__call__
    Value = NATIVE.Value
    for _name, _attribute in vars(_pure).items():
        if _name not in {*vars(Value), "__weakref__"} - {"__doc__"}:
            setattr(Value, _name, _attribute)

    @wraps(_pure.backward)
    def _backward(self):
        # A call of `follow_leaves`, which asks the same, would take a quarter of a small pass.
        if RECORDED or get_followed() is not None:
            follow_leaves(self)
        _sweep(self)

    def _signature(cls):
        from inspect import signature

        return signature(_make.__get__(cls))

    Value.backward, Value.data, Value.grad = _backward, Value._data, Value._grad
    # The extension makes leaves itself, and calls `_make` for all others.
    del ValueType.__call__
    ValueType.__signature__ = property(_signature)
    new, begin_pass, _sweep = NATIVE.new, NATIVE.begin_pass, NATIVE.sweep
    NATIVE.connect(ValueType, _make, real, assigned, get_place, ENTERED, NOWHERE)
