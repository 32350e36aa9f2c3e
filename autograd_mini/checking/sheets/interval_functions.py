"""The rows of the table that are not made of others, over intervals."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from autograd_mini.checking.sheets.intervals import (
    EVERYTHING,
    Interval,
    absolute,
    cosine,
    increasing,
    meet,
    sine,
    tangent,
)
from autograd_mini.engine.evaluation import CONTINUED


class Monotone(NamedTuple):
    """A library function that goes one way: where it has a value, and what it stays within."""

    domain: Interval = EVERYTHING
    values: Interval = EVERYTHING
    rises: bool = True


MONOTONE: dict[str, Monotone] = {
    "exp": Monotone(values=Interval(0.0, math.inf)),
    "expm1": Monotone(values=Interval(-1.0, math.inf)),
    "log": Monotone(Interval(0.0, math.inf)),
    "log1p": Monotone(Interval(-1.0, math.inf)),
    "sqrt": Monotone(Interval(0.0, math.inf), Interval(0.0, math.inf)),
    "asin": Monotone(Interval(-1.0, 1.0)),
    "acos": Monotone(Interval(-1.0, 1.0), Interval(0.0, 4.0), rises=False),
    "atan": Monotone(),
    "sinh": Monotone(),
    "tanh": Monotone(values=Interval(-1.0, 1.0)),
}


def _hyperbolic_cosine(x: Interval) -> Interval:
    values = increasing(CONTINUED.function("cosh"), absolute(x))
    return meet(values, Interval(1.0, math.inf))


def _monotone(name: str, x: Interval) -> Interval:
    rule, function = MONOTONE[name], CONTINUED.function(name)
    try:
        x = meet(x, rule.domain)
        values = increasing(function, x) if rule.rises else -increasing(lambda t: -function(t), x)
        return meet(values, rule.values)
    except ValueError:
        raise ValueError(f"{name} has no value from {x.low!r} to {x.high!r}") from None


FUNCTIONS: dict[str, Callable[..., Interval]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "neg": operator.neg,
    "abs": absolute,
    "sin": sine,
    "cos": cosine,
    "tan": tangent,
    "cosh": _hyperbolic_cosine,
    **{name: partial(_monotone, name) for name in MONOTONE},
}
