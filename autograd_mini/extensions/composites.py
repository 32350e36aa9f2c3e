"""logsumexp and softmax: functions of many values, composed of operations of the table."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import reduce
from operator import add
from typing import Any, overload

from autograd_mini.engine.comparisons import follow
from autograd_mini.engine.ops import exp, log, sub
from autograd_mini.engine.value import Value, number, real

Scalar = Value | float


@overload
def logsumexp(values: Iterable[Value]) -> Value: ...
@overload
def logsumexp(values: Iterable[Scalar]) -> Scalar: ...
def logsumexp(values: Iterable[Scalar]) -> Scalar:
    """log(exp(v1) + exp(v2) + ...), without overflow for values of any size.

    >>> logsumexp([1000.0, 1000.0])
    1000.6931471805599

    Raises: ValueError if there are no values.
    """
    _, total, largest = _powers(values, "logsumexp")
    return log(total) + largest


@overload
def softmax(values: Iterable[Value]) -> list[Value]: ...
@overload
def softmax(values: Iterable[Scalar]) -> list[Scalar]: ...
def softmax(values: Iterable[Scalar]) -> list[Any]:
    """exp(v) / (exp(v1) + exp(v2) + ...) for each v, without overflow.

    >>> softmax([0.0, 0.0])
    [0.5, 0.5]

    Raises: ValueError if there are no values.
    """
    powers, total, _ = _powers(values, "softmax")
    return [power / total for power in powers]


def _powers(values: Iterable[Scalar], name: str) -> tuple[list[Scalar], Scalar, float]:
    """exp(v - largest) for each v, their sum, and the number of the largest.

    Subtracting the largest changes neither function nor any derivative, so it can be a constant.
    """
    if not isinstance(values, Iterable):
        raise TypeError(f"{name} takes a list of Values and numbers, got {values!r:.80}")
    values = list(values)
    for value in values:
        if not isinstance(value, Value) and real(value) is None:
            raise TypeError(f"{name} takes Values and real numbers, but {value!r:.80} is in it")
    if not values:
        raise ValueError(f"{name} needs at least one value, got none")
    largest = max(map(number, values))
    powers = [exp(_below(value, largest)) for value in values]
    total = reduce(add, powers)
    # The total is at least 1 here. A compiled program that it falls near 0 in would lose digits.
    if isinstance(total, Value):
        follow(total, ">", 1e-100, True)
    return powers, total, largest


def _below(value: Scalar, largest: float) -> Scalar:
    """value - largest, or half of it if that overflows; exp is 0 in both cases."""
    if number(value) - largest == -math.inf < number(value):
        return value * 0.5 - largest * 0.5
    return sub(value, largest)
