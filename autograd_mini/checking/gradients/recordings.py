"""Record a function at a point, and measure the rounding errors of its graph."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, cast

from autograd_mini.checking.formulas.points import crosses
from autograd_mini.checking.gradients.differences import ROUNDING
from autograd_mini.engine.graph import edges, forward_sweep, reverse_sweep, topological_order
from autograd_mini.engine.operation import Operation
from autograd_mini.engine.transforms import gradients
from autograd_mini.engine.value import Value, real
from autograd_mini.symbols.names import Names, input_names

Scalar = Value | float


class Function:
    """A function that is checked at a point, its name, and the names of its inputs.

    Raises: TypeError if the point is not made of real numbers.
    """

    def __init__(self, f: Callable[..., Any], point: Sequence[Scalar] | Scalar) -> None:
        single = isinstance(point, Value) or real(point) is not None
        inputs = [cast(Scalar, point)] if single else list(cast(Sequence[Scalar], point))
        self.f = f
        self.point: list[float] = [_number(x) for x in inputs]
        self.inputs: list[str] = _input_names(f, inputs)
        name = getattr(f, "__name__", "")
        self.name: str = name if name.isidentifier() else "f"
        first, again = self.record(), self.record()
        if not math.isfinite(first.number):
            raise ValueError(
                f"{self.name} gives {first.number!r} at the point, which has no derivative: "
                "choose a point where it is finite"
            )
        if first.number != again.number:
            raise ValueError(
                f"{self.name} gives {first.number!r} and then {again.number!r} at the same point: "
                "a check needs the same number every time, so fix what is random"
            )

    def record(self, shifts: Mapping[int, float] | None = None) -> Recording:
        """f at the point, the inputs at the positions in `shifts` moved by so much."""
        moved = [x + (shifts or {}).get(i, 0.0) for i, x in enumerate(self.point)]
        variables = [Value(x, label=name) for x, name in zip(moved, self.inputs)]
        y = self.f(*variables)
        number = real(float(y) if isinstance(y, Value) else y)
        if number is None:
            raise TypeError(
                f"{self.name} must return one number to be checked, got {type(y).__name__}"
            )
        return Recording(self.name, variables, y if isinstance(y, Value) else number)


class Recording:
    """The graph of one evaluation; empty if the function returned a plain number."""

    def __init__(self, name: str, variables: list[Value], y: Scalar) -> None:
        self.variables = variables
        self.y = y
        self.number: float = float(y)
        self.order: list[Value] = topological_order(y) if isinstance(y, Value) else []
        self._names: Names | None = None
        self.title: str = (y.label if isinstance(y, Value) else "") or name

    def name(self, value: Value) -> str:
        """The name of `value` in messages."""
        if self._names is None:
            self._names = Names([*self.order[-1:], *self.variables])
        return self.title if value is self.y else self._names(value)

    def written(self, operand: Scalar) -> str:
        """The name of a value, the digits of a plain number."""
        return self.name(operand) if isinstance(operand, Value) else f"{operand:.10g}"

    def adjoints(self) -> dict[Value, float]:
        """d y / d value for the values of the graph."""
        return dict(zip(self.order, gradients(self.y, self.order)))

    def tangents(self, variable: Value) -> dict[Value, float]:
        """d value / d variable for the values of the graph that depend on it."""
        return forward_sweep(self.order, {variable: 1.0}, edges)

    @cached_property
    def rounding_of_paths(self) -> list[float]:
        """The rounding error that the derivative with respect to each input may have.

        Each product along a path has a rounding error for each of its factors, and the sum of the
        products one for each term; cancellation makes no difference to it.
        """
        seeds = {self.y: 1.0} if isinstance(self.y, Value) else {}
        sizes = reverse_sweep(
            self.order, seeds, edges, times=lambda size, partial: size * abs(partial)
        )
        factor = 2.0 * ROUNDING * (len(self.order) + 1)
        return [factor * sizes.get(variable, 0.0) for variable in self.variables]

    @cached_property
    def rounding(self) -> float:
        """The rounding error that the number may have: the error of each value, carried on."""
        if not self.order:
            return 2.0 * ROUNDING * abs(self.number)
        adjoints = self.adjoints()
        carried = (abs(adjoints[node] * node.data) for node in self.order)
        return 2.0 * ROUNDING * sum(filter(math.isfinite, carried))


def crossing(left: Recording, centre: Recording, right: Recording) -> str:
    """The branch or kink between `left` and `right`, across which a difference is useless.

    Returns "" if there is none.
    """
    # By name, since an operation with a `_backward` by hand is a row of its own in each recording.
    operations = [
        [node.op and node.op.name for node in recording.order]
        for recording in (left, centre, right)
    ]
    if not operations[0] == operations[1] == operations[2]:
        return f"{centre.title} takes another branch"
    for before, node, after in zip(left.order, centre.order, right.order):
        places = [[float(operand) for operand in each.operands] for each in (before, node, after)]
        if node.op is not None and crosses(node.op, *places):
            operands = ", ".join(map(centre.written, node.operands))
            return f"{node.op.name}({operands}) has a kink"
    return ""


def _input_names(f: Callable[..., Any], inputs: Sequence[Scalar]) -> list[str]:
    """A name for each input: its label, else what f calls it; x and y for a row of the table."""
    if not isinstance(f, Operation) or len(inputs) != f.arity:
        return input_names(f, inputs)
    return [(x.label if isinstance(x, Value) else "") or name for x, name in zip(inputs, "xy")]


def _number(x: Scalar) -> float:
    number = real(float(x) if isinstance(x, Value) else x)
    if number is None or not math.isfinite(number):
        raise TypeError(f"a point is made of finite real numbers, got {x!r}")
    return number
