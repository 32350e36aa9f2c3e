"""The methods that record an operation, generated from the rows of the table and given to Value.

Reading a rule from the table at every operation would cost a third of the speed. So each row gets
methods with its expressions written out, as dataclasses get an `__init__`. The listing of a method
is its documentation; `inspect.getsource(Value.neg)` gives the same:

>>> print(source(TABLE["neg"]))
def neg(self):
    x = self._data
    try:
        z = -x
        if z - z != 0.0:
            raise OverflowError
    except (ArithmeticError, TypeError, ValueError):
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

import keyword
import re
from collections.abc import Callable
from types import FunctionType
from typing import Any, NoReturn, cast

from autograd_mini.engine import ops  # noqa: F401  fills the table
from autograd_mini.engine.evaluation import STRICT, execute, forget, partials, value
from autograd_mini.engine.operation import TABLE, Interval, Operation
from autograd_mini.engine.scopes import ENTERED, NOWHERE, get_place
from autograd_mini.engine.tree import PythonPrinter, parse
from autograd_mini.engine.value import Value, assigned, names, new, real

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
def {name}(self):
    x = self._data
{self}"""

# The reflected method has the constant on the left and self on the right.
BINARY = """\
def {name}(self, other):
    x = self._data
    if isinstance(other, _Value):
        y = other._data
{both}
    y = other
    if y.__class__ is not float:
        other = _real(y)
        if other is None:
            return _refuse(_row, self, y)
        y = other
{left}


def {name}_reflected(self, other):
    x = other
    if x.__class__ is not float:
        other = _real(x)
        if other is None:
            return _refuse(_row, x, self)
        x = other
    y = self._data
{right}"""

# z - z is 0.0 unless z is infinite or NaN, or a Value that was assigned as data: the fastest test.
RECORD = """\
try:
    z = {value}
{partials}    if z - z != 0.0:
        raise OverflowError
except (ArithmeticError, TypeError, ValueError):
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
    dx, dy = rules["dx"], rules["dy"]
    return BINARY.format(
        name=row.name,
        both=record(row, value, rules, "self", "other", indent=8),
        left=record(row, value, {"dx": dx}, "self", "other"),
        right=record(row, value, {"dy": dy}, "other", "self"),
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

    def call(*operands: Any) -> Value | float:
        if len(operands) != arity:
            raise TypeError(f"{row.name} takes {arity} operands, got {len(operands)}")
        if isinstance(operands[0], Value):
            result = method(*operands)
        elif isinstance(operands[-1], Value):
            result = reflected(operands[1], operands[0])
        else:
            numbers = tuple(each for each in map(real, operands) if each is not None)
            complete = len(numbers) == len(operands)
            result = value(row, numbers, ("",) * row.arity) if complete else refuse(row, *operands)
        return cast("Value | float", result)

    return call


def refuse(row: Operation, *operands: object) -> NoReturn:
    """Raise TypeError for operands that are not numbers."""
    given = ", ".join(type(operand).__name__ for operand in operands)
    raise TypeError(f"{row.name} takes Values and real numbers, got {given}")


def leave(row: Operation, *operands: object) -> Any:
    """NotImplemented, which makes Python ask the other operand."""
    return NotImplemented


def unusual(row: Operation, *operands: Value | float) -> tuple[float, ...]:
    """The value and partials of `row` where plain arithmetic gives infinity, NaN or an error.

    Raises: DomainError if there is no value; TypeError if the data of an operand was set to an
        object that is not a number.
    """
    numbers = tuple(
        assigned(operand, "data", operand._data) if isinstance(operand, Value) else operand
        for operand in operands
    )
    z = value(row, numbers, names(operands))
    return z, *partials(row, numbers, z)


def operation(
    name: str,
    value: str,
    *partials: str,
    symbol: str = "",
    domain: tuple[Interval, ...] = (),
    kink: str = "",
) -> Operation:
    """Add a row to the table, or replace one that was added. `Operation` explains the parts.

    >>> cube = operation("cube", "x * x * x", "3 * x * x")
    >>> x = Value(2.0)
    >>> y = cube(x)
    >>> y.backward()
    >>> y.data, x.grad, cube(2.0), x.cube().data
    (8.0, 12.0, 8.0, 8.0)

    Raises: TypeError or ValueError, which names the wrong part.
    """
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise ValueError(f"an operation is named by an identifier without leading _, got {name!r}")
    is_own = name in TABLE and name not in BUILT_IN
    if not is_own and (hasattr(Value, name) or name in RESERVED):
        raise ValueError(f"the name {name!r} is taken; choose another")
    if len(partials) not in (1, 2):
        raise ValueError(
            f"{name} has {len(partials)} partials; it needs one for each of its 1 or 2 operands"
        )
    for row in TABLE.values():
        if (row.symbol, row.arity) == (symbol or name, len(partials)) and row.name != name:
            raise ValueError(f"the symbol {row.symbol!r} is taken by {row.name}; choose another")
    if len(domain) not in (0, len(partials)):
        raise ValueError(
            f"{name} has {len(domain)} intervals as its domain; "
            f"it needs one for each of its {len(partials)} operands"
        )
    for part in (value, *partials):
        if not isinstance(part, str):
            raise TypeError(
                f"the value and the partials of {name} are expressions in strings, "
                f"such as '3 * x * x', got {part!r:.80}"
            )
    operands = "xy"[: len(partials)]
    parse(value, operands)
    for partial in partials:
        parse(partial, operands + "z")
    if kink:
        parse(kink, operands)
    row = Operation(name, value, *partials, symbol=symbol, domain=domain, kink=kink)
    TABLE[name] = row
    if is_own:  # other rows may call it
        forget()
        install_all()
    else:
        install(row)
    return row


def install_all() -> None:
    """Install every row of the table."""
    for row in TABLE.values():
        install(row)


BUILT_IN = frozenset(TABLE)

# The globals of the generated methods. `_place()` gives the tag of values made in a scope.
ENGINE: dict[str, Any] = {
    "_new": new,
    "_Value": Value,
    "_real": real,
    "_place": get_place,
    "_entered": ENTERED,
    "_nowhere": NOWHERE,
    "_unusual": unusual,
    "_refuse": refuse,
}

# Names with another meaning in generated code. Names that begin with _ are the engine's.
RESERVED = {"x", "y", "z", "dx", "dy", "math", "self", "other", "node", "isinstance", "float"}
RESERVED |= {"ArithmeticError", "OverflowError", "TypeError", "ValueError"}

install_all()
