"""Derivatives by differences, with an estimate of their own error.

>>> def quotient(step):  # of the cube, at 2
...     high, low = (2 + step) ** 3, (2 - step) ** 3
...     return Quotient((high - low) / (2 * step), ROUNDING * (high + low) / (2 * step))
>>> slope = extrapolate(quotient, smallest_step(2.0))
>>> abs(slope.value - 12) <= slope.error <= 1e-11
True
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

ROUNDING = sys.float_info.epsilon

# The steps: the first, then each smaller by a factor that is no power of two, so that no wave has
# the same phase at all of them. A step that is no good is divided by RETREAT.
FIRST, SHRINK, RETREAT = 2.0**-5, 1.4, 4.0

# The error is estimated from how much neighbouring extrapolations differ. In 10^4 derivatives of
# elementary functions the true one stayed below 0.75 times the estimate.
SAFETY = 4.0


class Quotient(NamedTuple):
    """A quotient of differences, and how large the rounding error in it may be."""

    value: float
    rounding: float


class Estimate(NamedTuple):
    """A derivative by differences: how large its error may be, and the step it came from."""

    value: float
    error: float
    step: float


class BadStep(ValueError):
    """A step that leads across a kink: no quotient of differences is a derivative there."""


def smallest_step(*points: float) -> float:
    """Where to give up: below it the points beside `points` are hardly other floats."""
    return max((abs(x) * 2.0**-42 for x in points if x), default=2.0**-100)


def extrapolate(quotient: Callable[[float], Quotient], smallest: float) -> Estimate:
    """The limit of a central quotient for ever smaller steps, by Richardson's method.

    Its error falls with the square of the step, its rounding error grows; of all extrapolations
    the one with the smallest sum of both is taken. A step for which there is no quotient, since f
    has no value there or a kink in between, is too large: a quarter of it is tried.

    Source: Ridders, Advances in Engineering Software 4 (1982).
    Raises: what `quotient` raised, an ArithmeticError or a ValueError, if all steps are too large.
    """
    step, best, refuted = FIRST, None, 0.0
    refusal: Exception | None = None
    above: list[Quotient] = []
    while step > smallest:
        try:
            row = [quotient(step)]
        except (ArithmeticError, ValueError) as error:
            step, best, above, refusal = step / RETREAT, None, [], error
            continue
        # A wave that is shorter than the step looks like a line, until a smaller step tells.
        if best is not None and abs(row[0].value - best.value) > refuted + row[0].rounding:
            best, above = None, []
        for order, wider in enumerate(above, start=1):
            weight = SHRINK ** (2 * order)
            narrower = row[-1]
            value = (weight * narrower.value - wider.value) / (weight - 1)
            rounding = (weight * narrower.rounding + wider.rounding) / (weight - 1)
            change = max(abs(value - narrower.value), abs(value - wider.value))
            row.append(Quotient(value, rounding))
            if best is None or change + rounding < best.error:
                best = Estimate(value, change + rounding, step)
                refuted = abs(row[0].value - value) + best.error
        # Every later extrapolation has at least the rounding error of this quotient.
        if best is not None and row[0].rounding >= best.error:
            break
        above = row
        step /= SHRINK
    if best is None:
        raise refusal or BadStep(f"no step between {smallest!r} and {FIRST!r}")
    return Estimate(best.value, SAFETY * best.error, best.step)
