"""The problems that every engine solves: their numbers, and formulas in plain operators.

A formula takes whatever an engine computes with: Values, tensors, symbols, or floats.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import cos, fsum, isclose, pi, sin
from random import Random
from time import perf_counter
from typing import Any, Protocol

# What the engines' numbers have in common is Python's operators, which no type of theirs states.
Scalar = Any
Function = Callable[[Scalar], Scalar]


class Training(Protocol):
    """A network in training, at a rate that was given when it was made."""

    def run(self, times: int) -> object:
        """So many steps: the gradient of the loss, and the update of all parameters by it."""

    def loss(self) -> float:
        """The loss of the parameters as they are now; nothing is trained after it."""


MakeTraining = Callable[[float], Training]
"""A problem as an engine module defines it: from the learning rate, a fresh network."""

Step = Callable[[], float]
"""One training step: records the loss, differentiates, updates; gives the loss before it."""


@dataclass(frozen=True)
class Stepwise:
    """Training by a call from Python for every step; `evaluate` gives the loss."""

    step: Callable[[], object]
    evaluate: Step

    def run(self, times: int) -> None:
        """The loop of the user."""
        for _ in range(times):
            self.step()

    def loss(self) -> float:
        """The loss of the parameters as they are now."""
        return self.evaluate()


LONGEST_CHECK = 2.0
"""Seconds that a check after more updates than the least may take."""


def check(make: MakeTraining, rate: float, losses: Mapping[int, float]) -> None:
    """Train fresh networks and raise ArithmeticError unless their losses are as expected.

    losses: by the number of updates before, ascending; what would take a slow engine more than
    `LONGEST_CHECK` is left out. Another order of additions and another formula of the sigmoid
    change the last digits.
    """
    seconds = 0.0
    for updates, expected in losses.items():
        if seconds * updates > LONGEST_CHECK:
            break
        training = make(rate)
        start = perf_counter()
        training.run(updates)
        seconds = (perf_counter() - start) / updates
        loss = training.loss()
        if not isclose(loss, expected, rel_tol=1e-12):
            raise ArithmeticError(f"the loss after {updates} updates is {loss!r}, not {expected!r}")


# -- W1: the lecture's 2-2-2 network ------------------------------------------------------------

INPUTS = (0.05, 0.10)
TARGETS = (0.01, 0.99)
# w1 to w8, b1, b2
LECTURE_PARAMETERS = (0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55, 0.35, 0.60)
LECTURE_RATE = 0.5
# The loss by the number of updates before it.
LECTURE_LOSSES = {300: 0.0019367573011484754, 10_000: 4.355321066163729e-06}


def lecture_loss(
    parameters: Iterable[Scalar], inputs: Sequence[Scalar], sigmoid: Function
) -> Scalar:
    """E = sum of (target - output)**2 / 2, in 27 operations."""
    w1, w2, w3, w4, w5, w6, w7, w8, b1, b2 = parameters
    i1, i2 = inputs
    out_h1 = sigmoid(w1 * i1 + w2 * i2 + b1)
    out_h2 = sigmoid(w3 * i1 + w4 * i2 + b1)
    out_o1 = sigmoid(w5 * out_h1 + w6 * out_h2 + b2)
    out_o2 = sigmoid(w7 * out_h1 + w8 * out_h2 + b2)
    return 0.5 * (TARGETS[0] - out_o1) ** 2 + 0.5 * (TARGETS[1] - out_o2) ** 2


# The same network with relu, at a rate that leaves its units alive.
RELU_RATE = 0.01
RELU_LOSSES = {10: 0.3013977264787448, 100: 0.15325963722332758}


def relu_lecture_loss(
    parameters: Iterable[Scalar], inputs: Sequence[Scalar], relu: Function
) -> Scalar:
    """W1's loss with relu and floats alone; the squares are products.

    minigrad, for which it is, reads an int as another number, and its `**` corrupts memory.
    """
    w1, w2, w3, w4, w5, w6, w7, w8, b1, b2 = parameters
    i1, i2 = inputs
    out_h1 = relu(w1 * i1 + w2 * i2 + b1)
    out_h2 = relu(w3 * i1 + w4 * i2 + b1)
    error_1 = TARGETS[0] - relu(w5 * out_h1 + w6 * out_h2 + b2)
    error_2 = TARGETS[1] - relu(w7 * out_h1 + w8 * out_h2 + b2)
    return 0.5 * (error_1 * error_1) + 0.5 * (error_2 * error_2)


# -- W2: micrograd's demo -----------------------------------------------------------------------

SIZES = (2, 16, 16, 1)
ALPHA = 1e-4
# As good as frozen: with a rate that learns, more and more hinges are satisfied and their share
# of the work disappears; rate 0 could be optimised away.
FROZEN = 1e-12
DEMO_RATE = 0.1
POINTS = 100
MANY_POINTS = 10_000
# By the number of points, then as for W1.
DEMO_LOSSES = {
    POINTS: {1: 0.4674543472688739, 10: 0.25542489439763066},
    MANY_POINTS: {1: 0.4497371417349851, 3: 0.3281460120041447},
}


def moons(count: int = POINTS) -> tuple[list[list[float]], list[float]]:
    """Points of two half circles that reach into each other, and their labels -1 and 1.

    Python floats, where the notebook has NumPy's: micrograd is faster on them.
    """
    random = Random(1337)
    half = count // 2
    angles = [pi * k / (half - 1) for k in range(half)]
    upper = [(cos(angle), sin(angle)) for angle in angles]
    lower = [(1 - cos(angle), 0.5 - sin(angle)) for angle in angles]
    points = [[x + random.gauss(0, 0.1), y + random.gauss(0, 0.1)] for x, y in upper + lower]
    return points, [-1.0] * half + [1.0] * half


def demo_parameters() -> list[float]:
    """337 numbers in the order of micrograd's `parameters()`: by neuron, weights then bias."""
    random = Random(1337)
    parameters = []
    for fan_in, count in pairwise(SIZES):
        for _ in range(count):
            parameters += [*(random.uniform(-1, 1) for _ in range(fan_in)), 0.0]
    return parameters


def demo_loss(
    scores: Iterable[Scalar], labels: list[float], parameters: Iterable[Scalar], relu: Function
) -> Scalar:
    """The notebook's hinge loss with L2 regularization, in its words."""
    losses = [relu(1 + -yi * scorei) for yi, scorei in zip(labels, scores)]
    data_loss = sum(losses) * (1.0 / len(losses))
    reg_loss = ALPHA * sum(p * p for p in parameters)
    return data_loss + reg_loss


def mlp(parameters: Iterable[Scalar], relu: Function) -> Callable[[Sequence[Scalar]], Scalar]:
    """micrograd's MLP(2, [16, 16, 1]) for engines that bring no network of scalars."""
    numbers = iter(parameters)
    layers = [
        [([next(numbers) for _ in range(fan_in)], next(numbers)) for _ in range(count)]
        for fan_in, count in pairwise(SIZES)
    ]

    def totals(layer: Any, inputs: Sequence[Scalar]) -> list[Scalar]:
        return [sum((w * x for w, x in zip(weights, inputs)), b) for weights, b in layer]

    def score(inputs: Sequence[Scalar]) -> Scalar:
        for layer in layers[:-1]:
            inputs = list(map(relu, totals(layer, inputs)))
        return totals(layers[-1], inputs)[0]

    return score


# -- W3: random graphs --------------------------------------------------------------------------

RUNNING = 64

Plan = list[tuple[int, int, int]]


def random_plan(operations: int) -> Plan:
    """Choices for `random_graph` to make a graph of `operations`, or up to 3 fewer."""
    draw = Random(operations).randrange
    count = (operations - RUNNING + 1) // 4
    return [(draw(RUNNING), draw(RUNNING), draw(RUNNING)) for _ in range(count)]


def planned_operations(plan: Plan) -> int:
    """The number of operations that `random_graph` records."""
    return 4 * len(plan) + RUNNING - 1


def random_graph(plan: Plan, leaf: Function, relu: Function) -> Scalar:
    """The root of a random graph: add, mul, mul and relu over and over, on random operands.

    64 running numbers start as leaves, and each operation replaces one of them by what it makes of
    it, so that every node has a way to the root. As sums are halved, data stay at 1 and gradients
    neither vanish nor explode. All operands are Values: no engine has constants to save on.
    """
    running = [leaf(1.0) for _ in range(RUNNING)]
    half, one = leaf(0.5), leaf(1.0)
    for i, j, k in plan:
        running[i] = (running[i] + running[j]) * half
        running[k] = relu(running[k] * one)
    return sum(running[1:], running[0])


# By the number of operations: the gradients of the leaves, those of the running numbers as the sum
# of 1 times the first, 2 times the second and so on, then those of the two others.
GRAPH_GRADIENTS = {10**6: (1889.6689776131893, 500292.2492378175, 249746.97299917036)}


def check_graph(value: float, gradients: Sequence[float], operations: int) -> None:
    """Raise ArithmeticError unless a random graph has its value and gradients.

    All sums are halved, so that the running numbers stay at 1.
    """
    *running, half, one = gradients
    found = (fsum(i * gradient for i, gradient in enumerate(running, 1)), half, one)
    expected = GRAPH_GRADIENTS[operations]
    if value != RUNNING or not all(isclose(*pair, rel_tol=1e-12) for pair in zip(found, expected)):
        raise ArithmeticError(
            f"value and gradients are {value!r}, {found}, not {RUNNING}, {expected}"
        )
