"""HIPS autograd: the parameters as one NumPy array, the formulas on its elements."""
# mypy: disable-error-code="import-untyped, import-not-found"
# It has no type information, and need not be installed.

from __future__ import annotations

from collections.abc import Sequence

import autograd.numpy as np
from autograd import value_and_grad

from ..problems import Scalar, Step, Stepwise
from . import loss_style


def lecture(rate: float) -> Stepwise:
    """W1."""
    return loss_style.train_lecture(step_of, sigmoid, rate)


def demo(rate: float) -> Stepwise:
    """W2."""
    return loss_style.train_demo(step_of, relu, rate)


def sigmoid(x: Scalar) -> Scalar:
    """The engine has no such function."""
    return 1 / (1 + np.exp(-x))


def relu(x: Scalar) -> Scalar:
    """The engine has no such function."""
    return np.maximum(x, 0.0)


def step_of(loss: loss_style.Loss, start: Sequence[float], rate: float) -> Step:
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
