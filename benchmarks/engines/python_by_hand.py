"""Plain Python as a person writes it: floats, gradients derived by hand, no engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import exp
from operator import mul

from ..problems import (
    ALPHA,
    INPUTS,
    LECTURE_PARAMETERS,
    POINTS,
    SIZES,
    TARGETS,
    demo_parameters,
    moons,
)
from .float_style import demo_loss_of, lecture_loss_of

Train = Callable[[Sequence[float], float, int], list[float]]


@dataclass
class Loop:
    """Training by a function with the loop inside, which takes and gives parameters."""

    train: Train
    parameters: Sequence[float]
    rate: float
    evaluate: Callable[[Sequence[float]], float]

    def run(self, times: int) -> None:
        """One call for all steps."""
        self.parameters = self.train(self.parameters, self.rate, times)

    def loss(self) -> float:
        """The loss of the parameters as they are now; training does not compute it."""
        return self.evaluate(self.parameters)


def lecture(rate: float) -> Loop:
    """W1, the loop inside."""
    return Loop(train_lecture, LECTURE_PARAMETERS, rate, lecture_loss_of)


def demo(rate: float, count: int = POINTS) -> Loop:
    """W2, the loop inside."""
    points, labels = moons(count)
    train = partial(train_demo, points, labels)
    evaluate = partial(demo_loss_of, points=points, labels=labels)
    return Loop(train, demo_parameters(), rate, evaluate)


def train_lecture(parameters: Sequence[float], rate: float, times: int) -> list[float]:
    """The lecture's formulas, each net input's delta once, all parameters updated together."""
    i1, i2 = INPUTS
    t1, t2 = TARGETS
    w1, w2, w3, w4, w5, w6, w7, w8, b1, b2 = parameters
    for _ in range(times):
        h1 = 1 / (1 + exp(-(w1 * i1 + w2 * i2 + b1)))
        h2 = 1 / (1 + exp(-(w3 * i1 + w4 * i2 + b1)))
        o1 = 1 / (1 + exp(-(w5 * h1 + w6 * h2 + b2)))
        o2 = 1 / (1 + exp(-(w7 * h1 + w8 * h2 + b2)))
        # What each net input moves by: the rate times its delta.
        move_o1 = rate * (o1 - t1) * o1 * (1 - o1)
        move_o2 = rate * (o2 - t2) * o2 * (1 - o2)
        move_h1 = (move_o1 * w5 + move_o2 * w7) * h1 * (1 - h1)
        move_h2 = (move_o1 * w6 + move_o2 * w8) * h2 * (1 - h2)
        w1 -= move_h1 * i1
        w2 -= move_h1 * i2
        w3 -= move_h2 * i1
        w4 -= move_h2 * i2
        w5 -= move_o1 * h1
        w6 -= move_o1 * h2
        w7 -= move_o2 * h1
        w8 -= move_o2 * h2
        b1 -= move_h1 + move_h2
        b2 -= move_o1 + move_o2
    return [w1, w2, w3, w4, w5, w6, w7, w8, b1, b2]


Layer = list[list[float]]
"""A row for each neuron: its weights, then its bias."""


def train_demo(
    points: list[list[float]],
    labels: list[float],
    parameters: Sequence[float],
    rate: float,
    times: int,
) -> list[float]:
    """Loops over points, layers and neurons; what is 0 behind a relu is left out."""
    network = layers(parameters)
    for _ in range(times):
        gradient = [[[0.0] * len(row) for row in layer] for layer in network]
        for point, label in zip(points, labels):
            add_gradient(network, point, label, 1 / len(points), gradient)
        for layer, layer_gradient in zip(network, gradient):
            for row, row_gradient in zip(layer, layer_gradient):
                row[:] = [w - rate * (g + 2 * ALPHA * w) for w, g in zip(row, row_gradient)]
    return [w for layer in network for row in layer for w in row]


def layers(parameters: Sequence[float]) -> list[Layer]:
    """The parameters as rows of neurons."""
    numbers = iter(parameters)
    return [
        [[next(numbers) for _ in range(fan_in + 1)] for _ in range(count)]
        for fan_in, count in pairwise(SIZES)
    ]


def add_gradient(
    network: list[Layer], point: list[float], label: float, weight: float, gradient: list[Layer]
) -> None:
    """Add the gradient of the hinge of one point, times `weight`, to `gradient`."""
    # Every layer's inputs, with a 1 for the bias.
    inputs = [[*point, 1.0]]
    for layer in network[:-1]:
        sums = [sum(map(mul, row, inputs[-1])) for row in layer]
        inputs.append([*[s if s > 0 else 0.0 for s in sums], 1.0])
    score = sum(map(mul, network[-1][0], inputs[-1]))
    if 1 - label * score <= 0:
        return
    deltas = [-label * weight]
    for layer, layer_gradient, xs in zip(reversed(network), reversed(gradient), reversed(inputs)):
        before = [0.0] * len(xs)
        for delta, row, row_gradient in zip(deltas, layer, layer_gradient):
            if delta:
                row_gradient[:] = [g + delta * x for g, x in zip(row_gradient, xs)]
                before = [b + delta * w for b, w in zip(before, row)]
        deltas = [b if x > 0 else 0.0 for b, x in zip(before, xs)]
