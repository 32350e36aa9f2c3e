"""Operation: one row of the table, its value and its partial derivatives."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar, overload

Interval = tuple[float, float]


class Recorded(Protocol):
    """What the operations need of a value that records: here only so that types can be told."""

    data: float
    grad: float


V = TypeVar("V", bound=Recorded)


class Operation:
    """One row of the table; called on Values it records, called on floats it computes.

    name: what it is called, in Python too: `x.name()` and `name(x)`.
    value: z as an expression in the operands.
    partials: dz/dx and, for two operands, dz/dy, as expressions in the operands and z.
    symbol: what is written in formulas and drawings; the name if not given.
    domain: an interval for each operand in which it is smooth and well conditioned, kinks apart:
        there the derivatives are checked, and there they hold to 1e-12 relative.
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
        # Set by the module that makes Values, so that this one need not know them.
        self.record: Any = None
        rules = zip("xy", partials)
        self.__doc__ = "\n".join(
            [f"z = {value}", *(f"dz/d{operand} = {partial}" for operand, partial in rules)]
            + ([f"kink where {kink} = 0"] if kink else [])
        )

    @property
    def arity(self) -> int:
        """Number of operands, 1 or 2."""
        return len(self.partials)

    @overload
    def __call__(self, x: float, /) -> float: ...
    @overload
    def __call__(self, x: float, y: float, /) -> float: ...
    @overload
    def __call__(self, x: V, /) -> V: ...
    @overload
    def __call__(self, x: V, y: V | float, /) -> V: ...
    @overload
    def __call__(self, x: float, y: V, /) -> V: ...
    def __call__(self, *operands: Any) -> Any:
        return self.record(*operands)

    def __repr__(self) -> str:
        return f"<operation {self.name}: z = {self.value}>"

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return find, (self.name,)


class DomainError(ArithmeticError):
    """An operation has no finite value at its operands: log(0), sqrt(-1), 1/0, an overflow.

    operation: the row; operands: its operands' values, in order.
    """

    operation: Operation
    operands: tuple[float, ...]

    def __init__(
        self, operation: Operation, operands: tuple[float, ...], names: tuple[str, ...], why: str
    ) -> None:
        """names: a label for each operand, "" for one that is a constant."""
        self.operation = operation
        self.operands = operands
        self.parts: tuple[Operation, tuple[float, ...], tuple[str, ...], str] = (
            operation,
            operands,
            names,
            why,
        )
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
        """Exceptions are pickled by their message, from which this one cannot be made."""
        return DomainError, self.parts


# Every row by its name; `ops` fills it.
TABLE: dict[str, Operation] = {}


def find(name: str) -> Operation:
    """The row called `name`. Raises: LookupError with the names there are."""
    try:
        return TABLE[name]
    except KeyError:
        raise LookupError(f"no operation {name!r}; the table has {', '.join(TABLE)}") from None
