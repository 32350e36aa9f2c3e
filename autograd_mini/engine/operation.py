"""Operation: one row of the table of operations. DomainError: an operation without a finite value.

A row holds a value and its partial derivatives as text, in the operands `x`, `y` and the result
`z`. Text can be recorded, differentiated again, printed and compiled; a closure only runs. The rows
are in `ops`, the next module to read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from autograd_mini.engine.value import Value

Interval = tuple[float, float]


class Operation:
    """One row of the table. Called on Values it records, called on floats it computes.

    name: the name in Python, as in `x.name()` and `name(x)`.
    value: z as an expression in the operands.
    partials: dz/dx and, for two operands, dz/dy, as expressions in the operands and z.
    symbol: the sign in formulas and drawings; by default the name.
    domain: for each operand an interval in which the row is smooth and well conditioned, except at
        its kink. Tests hold the derivatives there to a relative error of 1e-12.
    kink: an expression that is zero where the operation has a kink; "" if it has none.
    """

    def __init__(
        self,
        name: str,
        value: str,
        *partials: str,
        symbol: str = "",
        domain: tuple[Interval, ...] = (),
        kink: str = "",
    ) -> None:
        self.name = name
        self.value = value
        self.partials = partials
        self.symbol: str = symbol or name
        self.domain: tuple[Interval, ...] = domain or ((-5.0, 5.0),) * len(partials)
        self.kink = kink
        # `recording` sets it, so that this module does not depend on Value.
        self.record: Any = None
        rules = [f"dz/d{operand} = {partial}" for operand, partial in zip("xy", partials)]
        kinks = [f"kink where {kink} = 0"] if kink else []
        self.__doc__ = "\n".join([f"z = {value}", *rules, *kinks])

    @property
    def arity(self) -> int:
        """Number of operands, 1 or 2."""
        return len(self.partials)

    @property
    def is_primitive(self) -> bool:
        """True if the libraries of mathematics have it: its value calls the row itself."""
        return self.value.startswith(f"{self.name}(")

    @overload
    def __call__(self, x: float, y: float = ..., /) -> float: ...
    @overload
    def __call__(self, x: Value, y: Value | float = ..., /) -> Value: ...
    @overload
    def __call__(self, x: float, y: Value, /) -> Value: ...
    def __call__(self, *operands: Any) -> Any:
        return self.record(*operands)

    def __repr__(self) -> str:
        return f"<operation {self.name}: z = {self.value}>"

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return find, (self.name,)


class DomainError(ArithmeticError):
    """An operation has no finite value at its operands: log(0), sqrt(-1), 1/0, an overflow.

    operation: the row; None for a number that is too large for a float.
    operands: the values of its operands, in order.
    """

    def __init__(
        self,
        operation: Operation | None,
        operands: tuple[float, ...],
        names: tuple[str, ...],
        why: str,
    ) -> None:
        """names: a label for each operand, "" for a constant."""
        self.operation: Operation | None = operation
        self.operands: tuple[float, ...] = operands
        self.parts: tuple[Any, ...] = (operation, operands, names, why)
        if operation is None:
            super().__init__(why)
            return
        written = [name or repr(data) for name, data in zip(names, operands)]
        if operation.symbol.isidentifier():
            formula = f"{operation.symbol}({', '.join(written)})"
        else:
            if written[0].startswith("-"):  # -2.0 ** 0.5 would be -(2.0 ** 0.5)
                written[0] = f"({written[0]})"
            formula = f" {operation.symbol} ".join(["", *written][-2:]).strip()
        known = dict.fromkeys(f"{name} = {data!r}" for name, data in zip(names, operands) if name)
        super().__init__(f"{formula} {why}" + (f" at {', '.join(known)}" if known else ""))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickles the arguments: by default an exception pickles its message alone."""
        return DomainError, self.parts


# Every row by its name, in the order of `ops`.
TABLE: dict[str, Operation] = {}


def find(name: str) -> Operation:
    """The row called `name`. Raises: LookupError, which lists the names."""
    try:
        return TABLE[name]
    except KeyError:
        raise LookupError(f"no operation {name!r}; the table has {', '.join(TABLE)}") from None


def row(value: str, *partials: str, **options: Any) -> Operation:
    """A row for `ops`, where `add_rows` names it after its variable. See `Operation`."""
    return Operation("", value, *partials, **options)


def add_rows(variables: dict[str, Any]) -> list[str]:
    """Name each row among the variables of a module after its variable, and add it to the table.

    Returns the names.
    """
    rows = {name: row for name, row in variables.items() if isinstance(row, Operation)}
    for name, each in rows.items():
        each.name = name
        each.symbol = each.symbol or name
    TABLE.update(rows)
    return [*rows]
