"""operation: add a row to the table, which every other part then knows."""

from __future__ import annotations

import keyword

from autograd_mini.engine.evaluation import forget
from autograd_mini.engine.operation import TABLE, Interval, Operation
from autograd_mini.engine.recording import install
from autograd_mini.engine.tree import parse
from autograd_mini.engine.value import Value

BUILT_IN = frozenset(TABLE)

# Names with another meaning in generated code. Names that begin with _ are the engine's.
RESERVED = {"x", "y", "z", "dx", "dy", "math", "self", "other", "node", "isinstance", "float"}
RESERVED |= {"ArithmeticError", "OverflowError", "TypeError", "ValueError"}


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
    is_own = name in TABLE and name not in BUILT_IN
    _check_name(name, is_own)
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
    _check_expressions(name, value, partials, kink)
    row = Operation(name, value, *partials, symbol=symbol, domain=domain, kink=kink)
    TABLE[name] = row
    if is_own:  # other rows may call it
        forget()
    for each in list(TABLE.values()) if is_own else [row]:
        install(each)
    return row


def _check_name(name: str, is_own: bool) -> None:
    """Raises: ValueError."""
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise ValueError(f"an operation is named by an identifier without leading _, got {name!r}")
    if not is_own and (hasattr(Value, name) or name in RESERVED):
        raise ValueError(f"the name {name!r} is taken; choose another")


def _check_expressions(name: str, value: str, partials: tuple[str, ...], kink: str) -> None:
    """Raises: TypeError; ValueError."""
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
