"""Derivatives by differences, with an estimate of their error.

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

# The first step, and the factor by which each is smaller than the one before. The factor is not a
# power of two, so that a wave has different phases at them. A useless step is divided by RETREAT.
FIRST, SHRINK, RETREAT = 2.0**-5, 1.4, 4.0

# The error is estimated from the differences of neighbouring extrapolations. In 10^4 derivatives of
# elementary functions the true error stayed below 0.75 times the estimate.
SAFETY = 4.0


class Quotient(NamedTuple):
    """A quotient of differences, and the rounding error that it may have."""

    value: float
    rounding: float


class Estimate(NamedTuple):
    """A derivative by differences, the error that it may have, and its step."""

    value: float
    error: float
    step: float


class BadStep(ValueError):
    """A step across a kink, where a quotient of differences is not a derivative."""


def smallest_step(*points: float) -> float:
    """The step at which to give up: below it, `points` and their neighbours hardly differ."""
    return max((abs(x) * 2.0**-42 for x in points if x), default=2.0**-100)


def extrapolate(quotient: Callable[[float], Quotient], smallest: float) -> Estimate:
    """The limit of a central quotient as the step goes to 0, by Richardson's method.

    Its error falls with the square of the step, and its rounding error grows. The extrapolation
    with the smallest sum of both is taken. If `quotient` raises an error, because f has no value
    there or a kink in between, the step is too large, and a quarter of it is tried.

    Source: Ridders, Advances in Engineering Software 4 (1982).
    Raises: the error of `quotient`, an ArithmeticError or a ValueError, if all steps are too large.
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
        # A wave that is shorter than the step looks like a line until the step is smaller.
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
