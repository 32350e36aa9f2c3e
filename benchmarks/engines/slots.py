"""A Value as microgpt has it: slots, and the local gradients stored beside the operands."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import partial

from .. import gpt
from ..problems import Scalar


class Value:
    """A number, its operands, and the partials with respect to them."""

    __slots__ = ("data", "grad", "operands", "partials")

    def __init__(
        self, data: float, operands: Iterable[Value] = (), partials: Iterable[float] = ()
    ) -> None:
        self.data = data
        self.grad = 0.0
        self.operands = operands
        self.partials = partials

    def __add__(self, other: Scalar) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1, 1))

    def __mul__(self, other: Scalar) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, power: float) -> Value:
        return Value(self.data**power, (self,), (power * self.data ** (power - 1),))

    def exp(self) -> Value:
        """e to this."""
        z = math.exp(self.data)
        return Value(z, (self,), (z,))

    def log(self) -> Value:
        """The natural logarithm."""
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def relu(self) -> Value:
        """0 below 0."""
        return Value(max(0, self.data), (self,), (float(self.data > 0),))

    def __neg__(self) -> Value:
        return self * -1

    def __radd__(self, other: float) -> Value:
        return self + other

    def __sub__(self, other: Scalar) -> Value:
        return self + (-other)

    def __rmul__(self, other: float) -> Value:
        return self * other

    def __truediv__(self, other: Scalar) -> Value:
        return self * other**-1

    def backward(self) -> None:
        """Add to `grad` of everything below."""
        order: list[Value] = []
        seen: set[Value] = set()

        def visit(value: Value) -> None:
            if value not in seen:
                seen.add(value)
                for operand in value.operands:
                    visit(operand)
                order.append(value)

        visit(self)
        self.grad = 1
        for value in reversed(order):
            for operand, local in zip(value.operands, value.partials):
                operand.grad += local * value.grad


gpt_training = partial(gpt.Recorded, Value)
