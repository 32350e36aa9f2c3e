"""The methods that record an operation, generated from the rows of the table and given to Value.

Reading a rule from the table at every operation would cost a third of the speed. So each row gets
methods with its expressions written out, as dataclasses get an `__init__`. The listing of a method
is its documentation; `inspect.getsource(Value.neg)` gives the same:

>>> print(source(TABLE["neg"]))
def neg(self, /):
    x = self._data
    try:
        z = -x
        if not _isfinite(z):
            raise OverflowError
    except (ArithmeticError, ValueError):
        z, _ = _unusual(_row, self)
    node = _new()
    node._data = z
    node._grad = 0.0
    node.op = _row
    node._x = self
    node._y = None
    node._dx = -1.0
    node._dy = None
    node._mark = None
    node._tag = _place() if _entered else _nowhere
    return node

`graph` and `transforms` are the next modules to read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from types import FunctionType
from typing import Any, NoReturn

from autograd_mini.engine import ops  # noqa: F401  fills the table
from autograd_mini.engine.comparisons import follow_leaves
from autograd_mini.engine.evaluation import STRICT, execute, partials, value
from autograd_mini.engine.native import NATIVE
from autograd_mini.engine.operation import TABLE, DomainError, Operation
from autograd_mini.engine.tree import PythonPrinter, parse
from autograd_mini.engine.value import (
    ENTERED,
    NOWHERE,
    Value,
    get_place,
    names,
    new,
    number,
    real,
)
from autograd_mini.hints import OPERANDS, hint

# The methods of Python's operators, by symbol and number of operands.
OPERATORS: dict[tuple[str, int], tuple[str, ...]] = {
    ("+", 2): ("__add__", "__radd__"),
    ("-", 2): ("__sub__", "__rsub__"),
    ("*", 2): ("__mul__", "__rmul__"),
    ("/", 2): ("__truediv__", "__rtruediv__"),
    ("**", 2): ("__pow__", "__rpow__"),
    ("-", 1): ("__neg__",),
    ("abs", 1): ("__abs__",),
}

UNARY = """\
def {name}(self, /):
    x = self._data
{self}"""

# The reflected method has the constant on the left and self on the right.
BINARY = """\
def {name}(self, other, /):
    x = self._data
    if isinstance(other, _Value):
        y = other._data
{both}
    y = other if other.__class__ is float else _real(other)
    if y is None:
        return _refuse(_row, self, other)
{left}


def {name}_reflected(self, other, /):
    x = other if other.__class__ is float else _real(other)
    if x is None:
        return _refuse(_row, other, self)
    y = self._data
{right}"""

RECORD = """\
try:
    z = {value}
{partials}    if not _isfinite(z):
        raise OverflowError
except (ArithmeticError, ValueError):
    z, {targets} = _unusual(_row, {operands})
node = _new()
node._data = z
node._grad = 0.0
node.op = _row
node._x = {x}
node._y = {y}
node._dx = {dx}
node._dy = {dy}
node._mark = None
node._tag = _place() if _entered else _nowhere
return node
"""


def source(row: Operation) -> str:
    """The source of the methods that record `row`."""
    value = PythonPrinter(row.name).text(parse(row.value))
    rules = {
        f"d{operand}": PythonPrinter().text(parse(partial))
        for operand, partial in zip("xy", row.partials)
    }
    if row.arity == 1:
        return UNARY.format(name=row.name, self=record(row, value, rules, "self"))
    return BINARY.format(
        name=row.name,
        both=record(row, value, rules, "self", "other", indent=8),
        left=record(row, value, {"dx": rules["dx"]}, "self", "y"),
        right=record(row, value, {"dy": rules["dy"]}, "x", "self"),
    )


def record(
    row: Operation, value: str, rules: dict[str, str], x: str, y: str = "None", indent: int = 4
) -> str:
    """The lines that make a node of `row`.

    value, rules: its value and the partials to store, as Python. x, y: the names of the operands.
    """
    # A partial that is a name or a number is stored directly, others are computed first.
    computed = {d: rule for d, rule in rules.items() if not re.fullmatch(r"-?[\w.]+", rule)}
    stored = {**rules, **{d: d for d in computed}}
    lines = RECORD.format(
        value=value,
        partials="".join(f"    {d} = {rule}\n" for d, rule in computed.items()),
        targets=", ".join(d if d in computed else "_" for d in ("dx", "dy")[: row.arity]),
        operands=", ".join([x, y][: row.arity]),
        x=x,
        y=y,
        dx=stored.get("dx"),
        dy=stored.get("dy"),
    )
    return "".join(" " * indent + line for line in lines.splitlines(keepends=True)).rstrip("\n")


def install(row: Operation) -> None:
    """Make `row` callable, a method of Value, and an operator where Python has one."""
    if row in IN_C:
        row.record = caller(row, getattr(Value, row.name), lambda y, x: row(x, y))
        return
    functions = STRICT.namespace(parse(row.value), primitive=row.name)
    for partial in row.partials:
        functions |= STRICT.namespace(parse(partial))
    namespace = ENGINE | {"_row": row} | functions
    execute(source(row), row.name, namespace)
    method, reflected = namespace[row.name], namespace.get(f"{row.name}_reflected")
    namespace |= functions  # a partial may call the row itself
    give(row.name, method, row)
    for name, function in zip(OPERATORS.get((row.symbol, row.arity), ()), (method, reflected)):
        give(name, as_operator(function), row)
    row.record = caller(row, method, reflected)


class Deferred:
    """The method of a row until it is first needed, when `install` replaces it.

    To generate the methods of all rows would take a seventh of the import.
    """

    def __init__(self, row: Operation) -> None:
        self.row = row
        self.__doc__ = row.__doc__
        row.record = self.call

    def call(self, *operands: Any) -> Any:
        """`Operation.record` of the row until then."""
        install(self.row)
        return self.row.record(*operands)

    def __get__(self, value: Value | None, owner: type[Value]) -> Any:
        install(self.row)
        return vars(Value)[self.row.name].__get__(value, owner)  # not that of a subclass


def give(name: str, function: FunctionType, row: Operation) -> None:
    """Make `function` the method `name` of Value, also in help, tracebacks and pickles."""
    function.__doc__ = row.__doc__
    function.__module__ = Value.__module__
    function.__name__ = name
    function.__qualname__ = f"Value.{name}"
    setattr(Value, name, function)


def as_operator(method: FunctionType) -> FunctionType:
    """`method` for an operator of Python: for an unknown operand it returns NotImplemented."""
    # A copy of the code too, since the interpreter specializes code for its globals.
    return FunctionType(method.__code__.replace(), method.__globals__ | {"_refuse": leave})


def caller(row: Operation, method: Callable[..., Any], reflected: Any) -> Callable[..., Any]:
    """The function that a call of `row` runs: it records if an operand is a Value."""

    arity = row.arity

    def call(*operands: Any) -> Any:
        if len(operands) != arity:
            raise TypeError(f"{row.name} takes {arity} operands, got {len(operands)}")
        if isinstance(operands[0], Value):
            return method(*operands)
        if isinstance(operands[-1], Value):
            return reflected(operands[1], operands[0])
        numbers = tuple(each for each in map(real, operands) if each is not None)
        if len(numbers) != arity:
            refuse(row, *operands)
        return value(row, numbers, ("",) * arity)

    return call


def refuse(row: Operation, *operands: object) -> NoReturn:
    """Raise TypeError for operands that are not numbers."""
    types = [type(operand).__name__ for operand in operands]
    substitute = "".join(hint(OPERANDS, name) for name in dict.fromkeys(types))
    raise TypeError(f"{row.name} takes Values and real numbers, got {', '.join(types)}{substitute}")


def leave(row: Operation, *operands: object) -> Any:
    """NotImplemented, which makes Python ask the other operand, unless there is a hint."""
    if any(type(operand).__name__ in OPERANDS for operand in operands):
        refuse(row, *operands)
    return NotImplemented


def unusual(row: Operation, *operands: Value | float) -> tuple[float, ...]:
    """The value and partials of `row` where plain arithmetic gives infinity, NaN or an error.

    Raises: DomainError if the value is undefined.
    """
    numbers = tuple(map(number, operands))
    try:
        z = value(row, numbers, names(operands))
    except DomainError:  # a function that catches it may record something else
        follow_leaves(*operands)
        raise
    return z, *partials(row, numbers, z)


# The globals of the generated methods. `_place()` gives the tag of values made in a scope.
ENGINE: dict[str, Any] = {
    "_new": new,
    "_Value": Value,
    "_real": real,
    "_place": get_place,
    "_entered": ENTERED,
    "_nowhere": NOWHERE,
    "_isfinite": math.isfinite,
    "_unusual": unusual,
    "_refuse": refuse,
}

# The rows whose methods the engine in C has. It also takes the calls of all rows, and hands those
# with plain numbers and of rows that users add to `Operation.record`.
IN_C: frozenset[Operation] = frozenset(TABLE.values() if NATIVE else ())
if NATIVE:
    NATIVE.connect_rows(TABLE, Operation, unusual, refuse, leave)

for _row in TABLE.values():
    if _row in IN_C or (_row.symbol, _row.arity) in OPERATORS:
        install(_row)
    else:
        setattr(Value, _row.name, Deferred(_row))
