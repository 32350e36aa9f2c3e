"""logsumexp, softmax and pick: functions of many values, composed of operations of the table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import reduce
from itertools import pairwise
from operator import add, mul
from typing import Any, overload

from autograd_mini.engine.comparisons import equal, follow
from autograd_mini.engine.ops import exp, log, step, sub
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


def pick(rows: Sequence[Any], index: Scalar) -> Any:
    """The entry of `rows` with the number `index`, from 0: a scalar, or a list, also nested.

    For an index that is a number, this is `rows[index]`. For a Value, as in a function that is
    compiled, it is a sum of all entries, each times 1 or 0: the program then holds for every index,
    and the gradient goes to the entry that was picked.

    >>> table = [[1.0, 2.0], [3.0, 4.0]]
    >>> pick(table, 1)
    [3.0, 4.0]
    >>> [entry.data for entry in pick(table, Value(1.0))]
    [3.0, 4.0]

    Raises: IndexError unless the index is a whole number of at least 0 that has an entry.
    """
    last = len(rows) - 1
    if not isinstance(index, Value):
        if index not in range(last + 1):
            raise _no_entry(index, last)
        return rows[int(index)]
    # The count of the places up to the index; it differs from an index that has no entry.
    reached: list[Scalar] = [step(index - (place - 0.5)) for place in range(1, last + 1)]
    if last < 0 or not equal(reduce(add, reached, 0.0), index):
        raise _no_entry(index, last)
    return _weighted([sub(a, b) for a, b in pairwise([1.0, *reached, 0.0])], rows)


def _no_entry(index: Scalar, last: int) -> IndexError:
    return IndexError(f"an index is a whole number from 0 to {last}, got {index!r:.80}")


def _weighted(weights: Sequence[Scalar], rows: Sequence[Any]) -> Any:
    """The sum of weights times entries, of lists for each of their places."""
    if not isinstance(rows[0], (list, tuple)):
        return reduce(add, map(mul, weights, rows))
    return [_weighted(weights, column) for column in zip(*rows, strict=True)]


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
