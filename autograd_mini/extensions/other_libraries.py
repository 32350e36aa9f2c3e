"""Ways to use a Value in other libraries: each works, or its error says what to write."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn

from autograd_mini.engine.comparisons import follow_number
from autograd_mini.engine.value import Value, number
from autograd_mini.hints import PACKAGE, VALUE, hint, missing

# The methods that NumPy calls for each object of an array, where its names are not ours.
NUMPY: dict[str, Any] = {
    "arcsin": lambda x: x.asin(),
    "arccos": lambda x: x.acos(),
    "arctan": lambda x: x.atan(),
    "arctan2": lambda x, y: x.atan2(y),
    "log2": lambda x: x.log() / math.log(2.0),
    "log10": lambda x: x.log() / math.log(10.0),
    "conjugate": lambda x: x,  # for np.var and np.std
    "rint": lambda x: round(x),  # for np.round
}

# Whole numbers by Python's math, as by int(): their derivative is 0, so that nothing is lost.
WHOLE: dict[str, Callable[[float], int]] = {
    "__floor__": math.floor,
    "__ceil__": math.ceil,
    "__trunc__": math.trunc,
}

# Operators that a Value does not have, and the conversion that SymPy's operators try.
OPERATORS = {
    "__matmul__": "x @ y takes arrays; for lists write sum(a * b for a, b in zip(xs, ys))",
    "__rmatmul__": "x @ y takes arrays; for lists write sum(a * b for a, b in zip(xs, ys))",
    "_sympy_": "a Value is a number, which SymPy would take as a constant; write x.data",
    "__mod__": "a Value has no %; write x - y * math.floor(x / y)",
    "__rmod__": "a Value has no %; write x - y * math.floor(x / y)",
    "__floordiv__": "a Value has no //; write math.floor(x / y), which is a number",
    "__rfloordiv__": "a Value has no //; write math.floor(x / y), which is a number",
    "__divmod__": "a Value has no divmod; write math.floor(x / y), and x - y * math.floor(x / y)",
    "__rdivmod__": "a Value has no divmod; write math.floor(x / y), and x - y * math.floor(x / y)",
}


class Absent:
    """An attribute that a Value does not have: AttributeError with the hint.

    An instance of a subclass may have one.

    A `__getattr__` of Value would do the same, and make a backward pass take more than twice as
    long: Python then looks up every attribute without its caches.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, value: Value | None, owner: type) -> Any:
        if self.name in getattr(value, "__dict__", ()):
            return vars(value)[self.name]
        raise missing("a Value", self.name, VALUE)

    def __set__(self, value: Value, given: object) -> None:
        if not hasattr(value, "__dict__"):
            raise missing("a Value", self.name, VALUE)
        vars(value)[self.name] = given


def attributes(owner: object) -> list[str]:
    """The names in help and completion of Value."""
    names = type.__dir__(owner) if isinstance(owner, type) else object.__dir__(owner)
    return [name for name in names if name not in VALUE and name not in NUMPY]


def refusing(message: str) -> Any:
    """A method that raises TypeError with the message."""

    def refuse(*operands: object) -> NoReturn:
        raise TypeError(message)

    return refuse


def rounding(function: Callable[[float], int]) -> Any:
    """A method that rounds the number of a Value."""

    def rounded(value: Value) -> int:
        follow_number(value)
        return function(number(value))

    return rounded


def compute_array(value: Value, function: Any, method: str, *operands: Any, **options: Any) -> Any:
    """A function of NumPy with a Value among its operands, element by element.

    The result is a Value, or an array of Values.
    """
    numpy: Any = sys.modules["numpy"]
    boxes = []
    for operand in operands:
        if isinstance(operand, Value):
            box = numpy.empty((), object)
            box[()] = operand
            operand = box
        elif hasattr(operand, "dtype") and operand.dtype.char in "gG":
            # A longdouble times a Value asks this function again. Here it is rounded to a float.
            operand = numpy.asarray(operand).astype("dD"[operand.dtype.char == "G"])
        boxes.append(operand)
    try:
        return getattr(function, method)(*boxes, **options)
    except TypeError as error:
        if "ufunc" not in str(error):
            raise
        name = function.__name__
        raise TypeError(
            f"np.{name} takes no Value{hint(PACKAGE, name)}; for its number write x.data"
        ) from None


backward: Any = Value.backward


@wraps(backward)
def _backward_alone(self: Value, *gradient: object, **options: object) -> None:
    if gradient or options:
        raise TypeError(
            "backward() takes no arguments: the graph is kept for another pass; to start with "
            "another gradient than 1 write (2.0 * y).backward()"
        )
    backward(self)


setattr(Value, "backward", _backward_alone)  # noqa: B010
setattr(Value, "__array_ufunc__", compute_array)  # noqa: B010
for _name, _method in NUMPY.items():
    _method.__doc__ = "For NumPy, which calls it for each object of an array."
    setattr(Value, _name, _method)
for _name, _function in WHOLE.items():
    setattr(Value, _name, rounding(_function))
for _name, _message in OPERATORS.items():
    setattr(Value, _name, refusing(_message))
for _name in VALUE:
    setattr(Value, _name, Absent(_name))
setattr(Value, "__dir__", attributes)  # noqa: B010
setattr(type(Value), "__dir__", attributes)  # noqa: B010
