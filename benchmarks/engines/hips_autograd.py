"""HIPS autograd: the parameters as one NumPy array, the formulas on its elements."""
# mypy: disable-error-code="import-untyped, import-not-found"
# It has no type information, and need not be installed.

from __future__ import annotations

from collections.abc import Callable, Sequence

import autograd.numpy as np
from autograd import value_and_grad

from ..problems import (
    INPUTS,
    LECTURE_PARAMETERS,
    Scalar,
    Step,
    demo_loss,
    demo_parameters,
    lecture_loss,
    mlp,
    moons,
)


def lecture(rate: float) -> Step:
    """W1."""
    return step_of(
        lambda parameters: lecture_loss(parameters, INPUTS, sigmoid), LECTURE_PARAMETERS, rate
    )


def demo(rate: float) -> Step:
    """W2."""
    points, labels = moons()

    def loss(parameters: Sequence[Scalar]) -> Scalar:
        scores = map(mlp(parameters, relu), points)
        return demo_loss(scores, labels, parameters, relu)

    return step_of(loss, demo_parameters(), rate)


def sigmoid(x: Scalar) -> Scalar:
    """It has none of its own."""
    return 1 / (1 + np.exp(-x))


def relu(x: Scalar) -> Scalar:
    """It has none of its own."""
    return np.maximum(x, 0.0)


def step_of(
    loss: Callable[[Sequence[Scalar]], Scalar], start: Sequence[float], rate: float
) -> Step:
    """Plain gradient descent on `loss`."""
    # Each element is taken out once: taking one out is an operation that is differentiated.
    differentiate = value_and_grad(lambda array: loss([array[i] for i in range(len(start))]))
    parameters = np.array(start)

    def step() -> float:
        nonlocal parameters
        value, gradient = differentiate(parameters)
        parameters = parameters - rate * gradient
        return float(value)

    return step
