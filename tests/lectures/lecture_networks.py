"""The networks of the lectures with 50 digits, computed without the engine."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from typing import Any, NamedTuple

from mpmath import MPContext
from mpmath.ctx_iv import MPIntervalContext

# Contexts of our own, or the digits would be 50 in all tests of the same process.
context, iv = MPContext(), MPIntervalContext()
context.dps = iv.dps = 50
mpf = context.mpf

Quantities = dict[str, Any]


class Network(NamedTuple):
    """Two inputs, two hidden and two output units, all sigmoid; half the squared error.

    h1, h2: the weights that lead to a hidden unit, from i1 and from i2.
    """

    inputs: str
    weights: str
    biases: str
    targets: str
    rate: str
    h1: tuple[int, int]
    h2: tuple[int, int]


MAZUR = Network(
    inputs="0.05 0.1",
    weights="0.15 0.2 0.25 0.3 0.4 0.45 0.5 0.55",
    biases="0.35 0.6",
    targets="0.01 0.99",
    rate="0.5",
    h1=(1, 2),
    h2=(3, 4),
)
DSECL = Network(
    inputs="0.1 0.5",
    weights="0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8",
    biases="0.25 0.35",
    targets="0.05 0.95",
    rate="0.6",
    h1=(1, 3),
    h2=(2, 4),
)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + context.exp(-x))


def numbers(text: str) -> list[Any]:
    return [mpf(number) for number in text.split()]


def at_start(network: Network) -> Quantities:
    """All quantities of the network before training, by the names that most sheets use."""
    return quantities(network, numbers(network.weights), numbers(network.biases))


def quantities(network: Network, weights: Sequence[Any], biases: Sequence[Any]) -> Quantities:
    """All quantities with other weights and biases."""
    (i1, i2), (t1, t2) = numbers(network.inputs), numbers(network.targets)
    (b1, b2), rate = biases, mpf(network.rate)
    w = dict(enumerate(weights, start=1))

    net_h1 = w[network.h1[0]] * i1 + w[network.h1[1]] * i2 + b1
    net_h2 = w[network.h2[0]] * i1 + w[network.h2[1]] * i2 + b1
    h1, h2 = sigmoid(net_h1), sigmoid(net_h2)
    net_o1, net_o2 = w[5] * h1 + w[6] * h2 + b2, w[7] * h1 + w[8] * h2 + b2
    o1, o2 = sigmoid(net_o1), sigmoid(net_o2)

    slope_h1, slope_o1, slope_o2 = h1 * (1 - h1), o1 * (1 - o1), o2 * (1 - o2)
    delta_o1, delta_o2 = (o1 - t1) * slope_o1, (o2 - t2) * slope_o2
    back_h1, back_h2 = delta_o1 * w[5] + delta_o2 * w[7], delta_o1 * w[6] + delta_o2 * w[8]
    delta_h1, delta_h2 = back_h1 * slope_h1, back_h2 * h2 * (1 - h2)
    gradient = {
        network.h1[0]: delta_h1 * i1,
        network.h1[1]: delta_h1 * i2,
        network.h2[0]: delta_h2 * i1,
        network.h2[1]: delta_h2 * i2,
        5: delta_o1 * h1,
        6: delta_o1 * h2,
        7: delta_o2 * h1,
        8: delta_o2 * h2,
    }
    return {
        "net_h1": net_h1,
        "net_h2": net_h2,
        "out_h1": h1,
        "out_h2": h2,
        "net_o1": net_o1,
        "net_o2": net_o2,
        "out_o1": o1,
        "out_o2": o2,
        "E_o1": (t1 - o1) ** 2 / 2,
        "E_o2": (t2 - o2) ** 2 / 2,
        "E": (t1 - o1) ** 2 / 2 + (t2 - o2) ** 2 / 2,
        "dE/dout_o1": o1 - t1,
        "dE/dout_o2": o2 - t2,
        "dout_h1/dnet_h1": slope_h1,
        "dout_o1/dnet_o1": slope_o1,
        "dout_o2/dnet_o2": slope_o2,
        "dE_o1/dnet_o1": delta_o1,
        "dnet_o1/dout_h1": w[5],
        "dE_o1/dout_h1": delta_o1 * w[5],
        "dE_o2/dout_h1": delta_o2 * w[7],
        "dE/dout_h1": back_h1,
        "dE_o1/dw1": delta_o1 * w[5] * slope_h1 * i1,
        "dE_o2/dw1": delta_o2 * w[7] * slope_h1 * i1,
        "dE/db1": delta_h1 + delta_h2,
        "dE/db2": delta_o1 + delta_o2,
        **{f"dE/dw{k}": gradient[k] for k in gradient},
        **{f"w{k} - eta*dE/dw{k}": w[k] - rate * gradient[k] for k in gradient},
    }


@cache
def trained(updates: int, *, biases_move: bool = False) -> Quantities:
    """Mazur's network after some updates, each of all weights at once."""
    weights, biases = _parameters(updates, biases_move)
    return quantities(MAZUR, weights, biases)


# The points computed so far; a later point is computed from the one before.
_points: dict[tuple[int, bool], tuple[list[Any], list[Any]]] = {}


def _parameters(updates: int, biases_move: bool) -> tuple[list[Any], list[Any]]:
    start = max(
        (done for done, move in _points if move == biases_move and done <= updates), default=0
    )
    weights, biases = _points.get(
        (start, biases_move), (numbers(MAZUR.weights), numbers(MAZUR.biases))
    )
    rate = mpf(MAZUR.rate)
    for _ in range(start, updates):
        now = quantities(MAZUR, weights, biases)
        weights = [now[f"w{k} - eta*dE/dw{k}"] for k in range(1, 9)]
        if biases_move:
            biases = [bias - rate * now[f"dE/db{k}"] for k, bias in enumerate(biases, start=1)]
    _points[updates, biases_move] = weights, biases
    return weights, biases


def hidden_layer_second(updates: int) -> Any:
    """E if the hidden layer's derivatives use the output weights that have just been updated."""
    weights, biases = numbers(MAZUR.weights), numbers(MAZUR.biases)
    for _ in range(updates):
        now = quantities(MAZUR, weights, biases)
        above = [now[f"w{k} - eta*dE/dw{k}"] for k in range(5, 9)]
        h1, h2, o1, o2 = (now[f"out_{unit}"] for unit in ("h1", "h2", "o1", "o2"))
        d1, d2 = now["dE/dout_o1"] * o1 * (1 - o1), now["dE/dout_o2"] * o2 * (1 - o2)
        e1 = (d1 * above[0] + d2 * above[2]) * h1 * (1 - h1)
        e2 = (d1 * above[1] + d2 * above[3]) * h2 * (1 - h2)
        (i1, i2), rate = numbers(MAZUR.inputs), mpf(MAZUR.rate)
        steps = [e1 * i1, e1 * i2, e2 * i1, e2 * i2]
        weights = [w - rate * step for w, step in zip(weights, steps)] + above
    return quantities(MAZUR, weights, biases)["E"]


def cive(net_h1: str = "0.3775", net_o1: str = "0.5546", net_o2: str = "0.7188") -> Quantities:
    """The quantities that follow from the figures that CIVE 497 gives and prints."""
    i1, w5, w7, t1, t2 = numbers("0.05 0.4 0.5 0.01 0.99")
    h1, o1, o2 = sigmoid(mpf(net_h1)), sigmoid(mpf(net_o1)), sigmoid(mpf(net_o2))
    delta_o1, delta_o2 = -2 * (t1 - o1) * o1 * (1 - o1), -2 * (t2 - o2) * o2 * (1 - o2)
    below = h1 * (1 - h1) * i1
    return {
        "net_h1": mpf(net_h1),
        "net_o1": mpf(net_o1),
        "net_o2": mpf(net_o2),
        "out_h1": h1,
        "out_o1": o1,
        "out_o2": o2,
        "dE/dout_o1": -2 * (t1 - o1),
        "dout_o1/dnet_o1": o1 * (1 - o1),
        "dE/dw5": delta_o1 * h1,
        "dnet_o1/dw1": w5 * below,
        "dnet_o2/dw1": w7 * below,
        "dE/dw1": delta_o1 * w5 * below + delta_o2 * w7 * below,
    }


# -- printed figures ------------------------------------------------------------------------------


def unit(printed: str) -> Any:
    """One unit in the last place of a printed figure."""
    mantissa, _, exponent = printed.partition("e")
    decimals = len(mantissa.partition(".")[2])
    ten = Fraction(10) ** (int(exponent or 0) - decimals)
    return mpf(ten.numerator) / ten.denominator


def judge(printed: str, exact: Any) -> str:
    """ "rounds" or "truncates", else "off"."""
    figure, place = mpf(printed), unit(printed)
    if abs(figure - exact) <= place / 2:
        return "rounds"
    truncated = context.sign(exact) * context.floor(abs(exact) / place) * place
    return "truncates" if context.almosteq(figure, truncated, abs_eps=place / 10**9) else "off"


def known(printed: str) -> Any:
    """The interval of one unit in the last place around a printed figure."""
    return iv.mpf([mpf(printed) - unit(printed), mpf(printed) + unit(printed)])
