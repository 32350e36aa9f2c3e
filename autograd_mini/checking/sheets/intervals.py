"""Interval: all the numbers between two bounds, and arithmetic that loses none of them.

>>> 1 / Interval(3.0, 4.0)
Interval(low=0.24999999999999997, high=0.33333333333333337)

A result contains every number that the operation can give on numbers of its operands. To that end
its bounds are rounded outwards: by one float after Python's operators, which round correctly, and
by `LIBRARY` floats after the mathematical library, which comes close.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

# How many floats a result of the mathematical library may be away from the true value. glibc
# documents 2 at most for the functions of the table; the rest is for other libraries.
LIBRARY = 4


@dataclass(frozen=True, slots=True)
class Interval:
    """The real numbers from `low` to `high`; an infinite bound stands for none.

    Raises: ValueError if there are no such numbers.
    """

    low: float
    high: float

    def __post_init__(self) -> None:
        if not (self.low <= self.high and self.low < math.inf and self.high > -math.inf):
            raise ValueError(
                f"an interval goes from its low to its high bound, got {self.low!r} and "
                f"{self.high!r}"
            )

    def __contains__(self, number: float) -> bool:
        return self.low <= number <= self.high

    def __iter__(self) -> Iterator[float]:
        """So that `low, high = interval` works."""
        return iter((self.low, self.high))

    @property
    def bounded(self) -> bool:
        """Whether both bounds are finite."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __add__(self, other: Interval | float) -> Interval:
        other = interval(other)
        return Interval(down(self.low + other.low), up(self.high + other.high))

    def __sub__(self, other: Interval | float) -> Interval:
        return self + -interval(other)

    def __mul__(self, other: Interval | float) -> Interval:
        other = interval(other)
        # Numbers without bound are still numbers: times 0 they are 0.
        products = [
            x * y if x != 0.0 and y != 0.0 else 0.0
            for x in (self.low, self.high)
            for y in (other.low, other.high)
        ]
        return Interval(min(map(down, products)), max(map(up, products)))

    def __truediv__(self, other: Interval | float) -> Interval:
        """The quotients; every number if one of the divisors is 0."""
        other = interval(other)
        if 0.0 in other:
            return EVERYTHING
        quotients = [
            x / y
            for x in (self.low, self.high)
            for y in (other.low, other.high)
            if not (math.isinf(x) and math.isinf(y))  # the other corners bound these
        ]
        return Interval(min(map(down, quotients)), max(map(up, quotients)))

    def __pow__(self, other: Interval | float) -> Interval:
        """The powers that exist: a negative base has those with whole exponents.

        Raises: ValueError if none exists.
        """
        other = interval(other)
        if other.low == other.high and other.low.is_integer():
            return _whole_power(self, other.low)
        if self.low >= 0.0:
            return _real_power(self, other)
        # Between bounds of the exponent with a whole number a negative base has either sign.
        if math.isinf(other.high) or math.ceil(other.low) <= other.high:
            largest = _real_power(absolute(self), other).high
            return Interval(-largest, largest)
        if self.high < 0.0:
            raise ValueError(
                f"no number from {self.low!r} to {self.high!r} has a power from {other.low!r} to "
                f"{other.high!r}: a negative base needs a whole exponent"
            )
        return _real_power(Interval(0.0, self.high), other)

    def __radd__(self, other: float) -> Interval:
        return self + other

    def __rsub__(self, other: float) -> Interval:
        return interval(other) - self

    def __rmul__(self, other: float) -> Interval:
        return self * other

    def __rtruediv__(self, other: float) -> Interval:
        return interval(other) / self

    def __rpow__(self, other: float) -> Interval:
        return interval(other) ** self


EVERYTHING = Interval(-math.inf, math.inf)


def interval(number: Interval | float) -> Interval:
    """`number` itself, or the interval that holds nothing else."""
    return number if isinstance(number, Interval) else Interval(float(number), float(number))


def hull(*intervals: Interval) -> Interval:
    """The smallest interval that contains all of `intervals`."""
    return Interval(min(one.low for one in intervals), max(one.high for one in intervals))


def meet(first: Interval, second: Interval) -> Interval:
    """The numbers in both. Raises: ValueError if there are none."""
    return Interval(max(first.low, second.low), min(first.high, second.high))


def down(number: float, floats: int = 1) -> float:
    """`number`, `floats` floats lower.

    A zero is left alone where its sign says that what underflowed, if anything did, was positive.
    """
    if number == 0.0 and math.copysign(1.0, number) > 0.0:
        return 0.0
    for _ in range(floats):
        number = math.nextafter(number, -math.inf)
    return number


def up(number: float, floats: int = 1) -> float:
    """`number`, `floats` floats higher, a negative zero left alone."""
    return -down(-number, floats)


def absolute(x: Interval) -> Interval:
    """The absolute values."""
    if 0.0 in x:
        return Interval(0.0, max(-x.low, x.high))
    return x if x.low > 0.0 else -x


def increasing(function: Callable[[float], float], x: Interval) -> Interval:
    """The values of a library function that does not decrease on `x`."""
    return Interval(down(function(x.low), LIBRARY), up(function(x.high), LIBRARY))


def sine(x: Interval) -> Interval:
    """The sines."""
    return _wave(math.sin, x, crest=0.25)


def cosine(x: Interval) -> Interval:
    """The cosines."""
    return _wave(math.cos, x, crest=0.0)


def tangent(x: Interval) -> Interval:
    """The tangents; every number if a pole may be among `x`."""
    return EVERYTHING if _meets(x, 0.25, 0.5) else increasing(math.tan, x)


def _wave(function: Callable[[float], float], x: Interval, crest: float) -> Interval:
    """The values of a wave with a crest at `crest` turns and a trough half a turn later."""
    if not x.bounded:
        return Interval(-1.0, 1.0)
    ends = [function(x.low), function(x.high)]
    return Interval(
        -1.0 if _meets(x, crest + 0.5, 1.0) else max(-1.0, down(min(ends), LIBRARY)),
        1.0 if _meets(x, crest, 1.0) else min(1.0, up(max(ends), LIBRARY)),
    )


def _meets(x: Interval, first: float, period: float) -> bool:
    """Whether some first + k * period turns may be among `x`: in doubt they are."""
    if not x.bounded:
        return True
    low, high = (bound / math.tau for bound in x)
    doubt = 4 * (math.ulp(low) + math.ulp(high) + math.ulp(1.0))
    return math.floor((high + doubt - first) / period) >= (low - doubt - first) / period


def _whole_power(x: Interval, exponent: float) -> Interval:
    if exponent < 0.0:
        return 1.0 / _whole_power(x, -exponent)
    if exponent == 0.0:
        return Interval(1.0, 1.0)
    if exponent == 1.0:
        return x
    power = partial(_power, exponent=exponent)
    return increasing(power, absolute(x) if exponent % 2.0 == 0.0 else x)


def _real_power(x: Interval, exponent: Interval) -> Interval:
    """The powers of numbers that are not negative: the extremes are at the corners.

    For x ** y goes one way in x wherever y is held, and one way in y wherever x is held.
    """
    corners = [_power(base, bound) for base in x for bound in exponent]
    return Interval(max(0.0, down(min(corners), LIBRARY)), up(max(corners), LIBRARY))


def _power(base: float, exponent: float) -> float:
    """base ** exponent, infinite where it overflows and where 0 has a negative exponent."""
    try:
        return math.pow(base, exponent)
    except (OverflowError, ValueError):
        return -math.inf if base < 0.0 and exponent % 2.0 == 1.0 else math.inf
