"""The methods that record, generated from the rows and given to Value.

A call into a rule for every operand would cost a third of the speed; so every row gets methods
with its expressions written out in them, as dataclasses and attrs do with `__init__`.

>>> print(source(TABLE["neg"]))
def record_neg(self):
    x = self.data
    try:
        z = -x
    except (ArithmeticError, ValueError):
        z = math.nan
    if z - z != 0.0:
        z, _ = _unusual(_row, self)
    node = _Node()
    node.data = z
    node.grad = 0.0
    node.op = _row
    node.x = self
    node.y = None
    node.dx = -1.0
    node.dy = None
    node.mark = None
    node.tag = _place()
    return node
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable
from types import FunctionType
from typing import Any, NoReturn, cast

from autograd_mini.engine.evaluation import STRICT, execute, forget, partials, value
from autograd_mini.engine.operation import TABLE, Interval, Operation
from autograd_mini.engine.scopes import get_place
from autograd_mini.engine.tree import PythonPrinter, parse
from autograd_mini.engine.value import Node, Value, names, number, real

# Python's own methods for a row, by its symbol and number of operands.
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
def record_{name}(self):
    x = self.data
{self}"""

# The reflected method has a constant on the left and self on the right.
BINARY = """\
def record_{name}(self, other):
    x = self.data
    if isinstance(other, _Value):
        y = other.data
{both}
    y = other
    if y.__class__ is not float:
        other = _real(y)
        if other is None:
            return _refuse(_row, self, y)
        y = other
{left}

def record_{name}_reflected(self, other):
    x = other
    if x.__class__ is not float:
        other = _real(x)
        if other is None:
            return _refuse(_row, x, self)
        x = other
    y = self.data
{right}"""

# A result that is not finite, and what Python raises for, is left to _unusual; z - z != 0 is
# the fastest test for both inf and nan.
RECORD = """\
try:
    z = {value}
{partials}except (ArithmeticError, ValueError):
    z = math.nan
if z - z != 0.0:
    z, {targets} = _unusual(_row, {operands})
node = _Node()
node.data = z
node.grad = 0.0
node.op = _row
node.x = {x}
node.y = {y}
node.dx = {dx}
node.dy = {dy}
node.mark = None
node.tag = _place()
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

    value, rules: its value and the partials that are wanted, as Python. x, y: what the source
    calls its operands.
    """
    # A partial that is a name or a number is stored as it stands, another is computed first.
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
    """Make `row` a method of Value, an operator where Python has one, and callable."""
    namespace = ENGINE | {"_row": row} | STRICT.namespace(parse(row.value), primitive=row.name)
    for partial in row.partials:
        namespace |= STRICT.namespace(parse(partial))
    execute(source(row), row.name, namespace)
    method = namespace[f"record_{row.name}"]
    reflected = namespace.get(f"record_{row.name}_reflected")
    give(row.name, method, row)
    for name, function in zip(OPERATORS.get((row.symbol, row.arity), ()), (method, reflected)):
        give(name, as_operator(function), row)
    row.record = caller(row, method, reflected)


def give(name: str, function: FunctionType, row: Operation) -> None:
    """Make it a method of Value, which help, tracebacks and pickles call what a user calls it."""
    function.__doc__ = row.__doc__
    function.__module__ = Value.__module__
    function.__name__ = name
    function.__qualname__ = f"Value.{name}"
    setattr(Value, name, function)


def as_operator(method: FunctionType) -> FunctionType:
    """`method` as Python calls it for an operator: what is no number is left to the other side."""
    # Code of its own too, since the interpreter fits code to the globals that it runs with.
    return FunctionType(method.__code__.replace(), method.__globals__ | {"_refuse": leave})


def caller(row: Operation, method: Callable[..., Any], reflected: Any) -> Callable[..., Any]:
    """What a call of `row` does: record if an operand is a Value, else compute."""

    def call(*operands: Any) -> Value | float:
        if len(operands) != row.arity:
            raise TypeError(f"{row.name} takes {row.arity} operands, got {len(operands)}")
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
    """Raise for operands that are no numbers."""
    given = ", ".join(type(operand).__name__ for operand in operands)
    raise TypeError(f"{row.name} takes Values and real numbers, got {given}")


def leave(row: Operation, *operands: object) -> Any:
    """Tell Python to ask the other operand."""
    return NotImplemented


def unusual(row: Operation, *operands: Value | float) -> tuple[float, ...]:
    """The value and partials of `row` where plain arithmetic does not give them.

    Raises: DomainError if there is no value; TypeError if an operand's data was set to a Value.
    """
    numbers = tuple(map(number, operands))
    for each in numbers:
        if isinstance(each, Value):
            raise TypeError(
                f"data is a number, but that of an operand of {row.name} was set to {each!r}: "
                "set it to the data of that"
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
    """Add a row of your own to the table, or replace one; see `Operation` for its parts.

    >>> cube = operation("cube", "x * x * x", "3 * x * x")
    >>> x = Value(2.0)
    >>> y = cube(x)
    >>> y.backward()
    >>> y.data, x.grad, cube(2.0), x.cube().data
    (8.0, 12.0, 8.0, 8.0)

    Raises: TypeError or ValueError that says which part is no row.
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
                f"as '3 * x * x', got {part!r:.80}"
            )
    operands = "xy"[: len(partials)]
    parse(value, operands)
    for partial in partials:
        parse(partial, operands + "z")
    if kink:
        parse(kink, operands)
    row = Operation(name, value, *partials, symbol=symbol, domain=domain, kink=kink)
    TABLE[name] = row
    if is_own:  # others may call it
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

# What generated code means something else by. What only the engine knows begins with _ there.
RESERVED = {"x", "y", "z", "math", "self", "other", "node"}
RESERVED |= {"float", "isinstance", "ArithmeticError", "ValueError"}

# The globals of the generated methods. `_place()` is what new values are tagged with.
ENGINE: dict[str, Any] = {
    "_Node": Node,
    "_Value": Value,
    "_real": real,
    "_place": get_place,
    "_unusual": unusual,
    "_refuse": refuse,
}

install_all()
