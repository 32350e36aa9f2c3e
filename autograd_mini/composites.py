"""Functions of many values, written on the operations of the table."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import reduce
from operator import add

from autograd_mini.branches import follow
from autograd_mini.ops import exp, log, sub
from autograd_mini.value import Value, number

Scalar = Value | float


def logsumexp(values: Iterable[Scalar]) -> Scalar:
    """log(exp(v1) + exp(v2) + ...), without overflow however large the values are.

    >>> logsumexp([1000.0, 1000.0])
    1000.6931471805599

    Raises: ValueError if there are no values.
    """
    _, total, largest = _powers(values, "logsumexp")
    return log(total) + largest


def softmax(values: Iterable[Scalar]) -> list[Scalar]:
    """exp(v) / (exp(v1) + exp(v2) + ...) for each v, without overflow.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]

    Raises: ValueError if there are no values.
    """
    powers, total, _ = _powers(values, "softmax")
    return [power / total for power in powers]


def _powers(values: Iterable[Scalar], name: str) -> tuple[list[Scalar], Scalar, float]:
    """exp(v - largest) for each v, their sum, and the number of the largest.

    Subtracting it changes neither function, nor any derivative: so it can be a constant.
    """
    values = list(values)
    if not values:
        raise ValueError(f"{name} needs at least one value, got none")
    largest = max(map(number, values))
    powers = [exp(_below(value, largest)) for value in values]
    total = reduce(add, powers)
    # It is 1 or more; where all values have fallen so far since, powers near 0 lose their digits.
    if isinstance(total, Value):
        follow(total, ">", 1e-100, True)
    return powers, total, largest


def _below(value: Scalar, largest: float) -> Scalar:
    """value - largest; if that overflows, half of it, of which exp is as surely 0."""
    if number(value) - largest == -math.inf < number(value):
        return value * 0.5 - largest * 0.5
    return sub(value, largest)
