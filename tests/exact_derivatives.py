"""Values and derivatives of orders 1 and 2 of the rows, by textbook formulas, with mpmath.

Nothing here reads the table: a wrong rule in it cannot make itself right.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from mpmath import mp, mpc, mpf

Number = Any  # mpf; mpmath has no types

mp.dps = 60  # of which 50 remain in every comparison


class Elsewhere(Exception):
    """The exact numbers are on another side of a kink, or of the domain's end, than the floats."""


class Jet(NamedTuple):
    """A number with its gradient and its matrix of second derivatives by the leaves."""

    value: Number
    slopes: list[Number]
    curvatures: list[list[Number]]


def leaf(number: float, place: int, count: int) -> Jet:
    slopes = [mpf(k == place) for k in range(count)]
    return Jet(mpf(number), slopes, [[mpf(0)] * count for _ in range(count)])


def constant(number: float, count: int) -> Jet:
    return leaf(number, -1, count)


def apply(name: str, operands: Sequence[Jet], floats: Sequence[float]) -> Jet:
    """The row called `name` of exact operands, which in floats are `floats`.

    Raises: Elsewhere.
    """
    xs = [jet.value for jet in operands]
    if name == "pow" and xs[0] < 0 and abs(xs[1]) > 2**53:
        raise Elsewhere  # y - 1 is even as y is, and the sign of the slope is lost
    if name == "atan2" and xs[0] == 0 >= xs[1]:
        raise Elsewhere  # the angle jumps, and depends on the signs of zeros
    if name in SIDES and SIDES[name](*xs) != SIDES[name](*map(mpf, floats)):
        raise Elsewhere
    count = range(len(operands[0].slopes))
    if len(operands) == 1:
        (u,) = operands
        z, d, dd = UNARY[name](*xs)
        if isinstance(z, mpc):
            raise Elsewhere
        return Jet(
            z,
            [d * u.slopes[i] for i in count],
            [
                [dd * u.slopes[i] * u.slopes[j] + d * u.curvatures[i][j] for j in count]
                for i in count
            ],
        )
    u, v = operands
    z, (dx, dy), (dxx, dxy, dyy) = BINARY[name](*xs)
    # A constant has no derivative, whatever the partial is.
    dx, dxx = (dx, dxx) if moves(u) else (mpf(0), mpf(0))
    dy, dyy = (dy, dyy) if moves(v) else (mpf(0), mpf(0))
    dxy = dxy if moves(u) and moves(v) else mpf(0)
    return Jet(
        z,
        [dx * u.slopes[i] + dy * v.slopes[i] for i in count],
        [
            [
                dxx * u.slopes[i] * u.slopes[j]
                + dxy * (u.slopes[i] * v.slopes[j] + v.slopes[i] * u.slopes[j])
                + dyy * v.slopes[i] * v.slopes[j]
                + dx * u.curvatures[i][j]
                + dy * v.curvatures[i][j]
                for j in count
            ]
            for i in count
        ],
    )


def moves(jet: Jet) -> bool:
    return any(jet.slopes) or any(map(any, jet.curvatures))


def sign(x: Number) -> int:
    return int(x > 0) - int(x < 0)


# Where a row changes its formula; on which side exact numbers and floats must agree.
SIDES: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("relu", "abs", "sign", "step"), sign),
    **dict.fromkeys(("maximum", "minimum"), lambda x, y: sign(x - y)),
    "pow": lambda x, y: (sign(x), sign(y), mp.isint(y)),
}


def logistic(x: Number) -> Number:
    return 1 / (1 + mp.exp(-x))


def of_tan(x: Number) -> tuple[Number, Number, Number]:
    secant = 1 / mp.cos(x) ** 2
    return mp.tan(x), secant, 2 * secant * mp.tan(x)


def of_sigmoid(x: Number) -> tuple[Number, Number, Number]:
    here, there = logistic(x), logistic(-x)
    return here, here * there, here * there * (there - here)


def of_tanh(x: Number) -> tuple[Number, Number, Number]:
    slope = 1 / mp.cosh(x) ** 2
    return mp.tanh(x), slope, -2 * mp.tanh(x) * slope


def of_asin(x: Number) -> tuple[Number, Number, Number]:
    root = mp.sqrt((1 - x) * (1 + x))
    return mp.asin(x), 1 / root, x / root**3


# z, dz/dx, d2z/dx2
UNARY: dict[str, Callable[[Number], tuple[Number, Number, Number]]] = {
    "neg": lambda x: (-x, mpf(-1), mpf(0)),
    "exp": lambda x: (mp.exp(x),) * 3,
    "expm1": lambda x: (mp.expm1(x), mp.exp(x), mp.exp(x)),
    "log": lambda x: (mp.log(x), 1 / x, -1 / x**2),
    "log1p": lambda x: (mp.log1p(x), 1 / (1 + x), -1 / (1 + x) ** 2),
    "sqrt": lambda x: (mp.sqrt(x), 1 / (2 * mp.sqrt(x)), -1 / (4 * x * mp.sqrt(x))),
    "sin": lambda x: (mp.sin(x), mp.cos(x), -mp.sin(x)),
    "cos": lambda x: (mp.cos(x), -mp.sin(x), -mp.cos(x)),
    "tan": of_tan,
    "asin": of_asin,
    "acos": lambda x: (mp.acos(x), *(-d for d in of_asin(x)[1:])),
    "atan": lambda x: (mp.atan(x), 1 / (1 + x**2), -2 * x / (1 + x**2) ** 2),
    "sinh": lambda x: (mp.sinh(x), mp.cosh(x), mp.sinh(x)),
    "cosh": lambda x: (mp.cosh(x), mp.sinh(x), mp.cosh(x)),
    "tanh": of_tanh,
    "sigmoid": of_sigmoid,
    "softplus": lambda x: (mp.log1p(mp.exp(x)), *of_sigmoid(x)[:2]),
    # The conventions: no slope at a kink, and step(0) = sign(0) = 1.
    "relu": lambda x: (max(x, mpf(0)), mpf(x > 0), mpf(0)),
    "abs": lambda x: (abs(x), mpf(sign(x)), mpf(0)),
    "sign": lambda x: (mpf(1 if x >= 0 else -1), mpf(0), mpf(0)),
    "step": lambda x: (mpf(x >= 0), mpf(0), mpf(0)),
}

Second = tuple[Number, Number, Number]


def of_pow(x: Number, y: Number) -> tuple[Number, tuple[Number, Number], Second]:
    if x == 0:
        # x**y is 0 for every y > 0; what is infinite, or has no limit, is left out as nan.
        def power(exponent: Number) -> Number:
            return mpf(exponent == 0) if exponent >= 0 else mp.nan

        dx = mpf(0) if y == 0 else y * power(y - 1)
        dxx = mpf(0) if y in (0, 1) else y * (y - 1) * power(y - 2)
        zero = mpf(0) if y > 1 else mp.nan
        return power(y), (dx, mpf(0) if y > 0 else mp.nan), (dxx, zero, zero)
    z = x**y
    dx, dxx = y * z / x, y * (y - 1) * z / x**2
    if x < 0:  # the logarithm does not exist
        return z, (dx, mp.nan), (dxx, mp.nan, mp.nan)
    log = mp.log(x)
    return z, (dx, z * log), (dxx, z / x * (1 + y * log), z * log**2)


def of_extreme(larger: int) -> Callable[[Number, Number], Any]:
    """maximum for 1, minimum for -1; a tie gives half to each."""

    def of(x: Number, y: Number) -> tuple[Number, tuple[Number, Number], Second]:
        share = mpf(1 + larger * sign(x - y)) / 2
        return (x if share == 1 else y), (share, 1 - share), (mpf(0),) * 3

    return of


def of_atan2(x: Number, y: Number) -> tuple[Number, tuple[Number, Number], Second]:
    square = x**2 + y**2
    if square == 0:
        return mpf(0), (mp.nan,) * 2, (mp.nan,) * 3
    bend = 2 * x * y / square**2
    return mp.atan2(x, y), (y / square, -x / square), (-bend, (x**2 - y**2) / square**2, bend)


def of_hypot(x: Number, y: Number) -> tuple[Number, tuple[Number, Number], Second]:
    z = mp.hypot(x, y)
    if z == 0:
        return z, (mpf(0),) * 2, (mpf(0),) * 3
    return z, (x / z, y / z), (y**2 / z**3, -x * y / z**3, x**2 / z**3)


# z, (dz/dx, dz/dy), (d2z/dx2, d2z/dxdy, d2z/dy2)
BINARY: dict[str, Callable[[Number, Number], Any]] = {
    "add": lambda x, y: (x + y, (mpf(1), mpf(1)), (mpf(0),) * 3),
    "sub": lambda x, y: (x - y, (mpf(1), mpf(-1)), (mpf(0),) * 3),
    "mul": lambda x, y: (x * y, (y, x), (mpf(0), mpf(1), mpf(0))),
    "div": lambda x, y: (x / y, (1 / y, -x / y**2), (mpf(0), -1 / y**2, 2 * x / y**3)),
    "pow": of_pow,
    "atan2": of_atan2,
    "hypot": of_hypot,
    "maximum": of_extreme(1),
    "minimum": of_extreme(-1),
}
