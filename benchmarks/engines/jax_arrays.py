"""JAX as one uses it: arrays, float64, a jitted training step that Python calls in a loop."""
# mypy: disable-error-code="import-untyped, import-not-found, no-untyped-call"
# It need not be installed.

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import jax
import jax.numpy as jnp
import numpy as np

from ..problems import (
    ALPHA,
    INPUTS,
    LECTURE_PARAMETERS,
    POINTS,
    SIZES,
    Scalar,
    Stepwise,
    demo_parameters,
    lecture_loss,
    moons,
)

jax.config.update("jax_enable_x64", True)

Loss = Callable[[Scalar], Scalar]


@dataclass
class Calls:
    """Training by a jitted step for every call; what it returns is waited for at the end only."""

    loss_of: Loss
    parameters: Scalar
    rate: float

    def __post_init__(self) -> None:
        self.step = jax.jit(partial(step, self.loss_of, self.rate))

    def run(self, times: int) -> None:
        """The loop is Python's."""
        for _ in range(times):
            self.parameters = self.step(self.parameters)
        self.parameters.block_until_ready()

    def loss(self) -> float:
        """The loss of the parameters as they are now."""
        return float(self.loss_of(self.parameters))


def step(loss_of: Loss, rate: float, parameters: Scalar) -> Scalar:
    """Plain gradient descent."""
    return parameters - rate * jax.grad(loss_of)(parameters)


def lecture(rate: float) -> Calls:
    """W1; of one array of parameters, which is faster than ten."""
    return Calls(lecture_loss_of, jnp.array(LECTURE_PARAMETERS), rate)


def lecture_by_gradients(rate: float) -> Stepwise:
    """W1, a jitted call for value and gradients, and the update in NumPy."""
    differentiate = jax.jit(jax.value_and_grad(lecture_loss_of))
    parameters = np.array(LECTURE_PARAMETERS)

    def step() -> float:
        nonlocal parameters
        value, gradients = differentiate(parameters)
        parameters = parameters - rate * np.asarray(gradients)
        return float(value)

    return Stepwise(step, step)


def demo(rate: float, count: int = POINTS) -> Calls:
    """W2."""
    return Calls(demo_loss_of(count), jnp.array(demo_parameters()), rate)


def lecture_loss_of(parameters: Scalar) -> Scalar:
    """W1's."""
    return lecture_loss(parameters, INPUTS, jax.nn.sigmoid)


def demo_loss_of(count: int) -> Loss:
    """W2's."""
    points, labels = map(jnp.array, moons(count))

    def loss(parameters: Scalar) -> Scalar:
        hidden = points
        *before, (weights, bias) = layers(parameters)
        for w, b in before:
            hidden = jax.nn.relu(hidden @ w.T + b)
        scores = hidden @ weights[0] + bias
        return jax.nn.relu(1 - labels * scores).mean() + ALPHA * (parameters @ parameters)

    return loss


def layers(parameters: Scalar) -> Sequence[tuple[Scalar, Scalar]]:
    """The weights, a row for a neuron, and the biases of every layer."""
    found = []
    for fan_in, count in pairwise(SIZES):
        rows = parameters[: count * (fan_in + 1)].reshape(count, fan_in + 1)
        parameters = parameters[rows.size :]
        found.append((rows[:, :-1], rows[:, -1]))
    return found
