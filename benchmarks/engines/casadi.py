"""CasADi: the whole step recorded once as a graph of scalars, then run by its virtual machine."""
# mypy: disable-error-code="import-untyped, import-not-found"
# It need not be installed.

from __future__ import annotations

from collections.abc import Sequence

import casadi

from ..problems import Scalar, Step
from . import loss_style


def lecture(rate: float) -> Step:
    """W1."""
    return loss_style.lecture_step(step_of, sigmoid, rate)


def demo(rate: float) -> Step:
    """W2."""
    return loss_style.demo_step(step_of, relu, rate)


def sigmoid(x: Scalar) -> Scalar:
    """It has none of its own."""
    return 1 / (1 + casadi.exp(-x))


def relu(x: Scalar) -> Scalar:
    """It has none of its own."""
    return casadi.fmax(x, 0)


def step_of(loss: loss_style.Loss, start: Sequence[float], rate: float) -> Step:
    """Plain gradient descent on `loss`."""
    symbols = casadi.SX.sym("p", len(start))
    value = loss(casadi.vertsplit(symbols))
    updated = symbols - rate * casadi.gradient(value, symbols)
    run = casadi.Function("step", [symbols], [value, updated])
    parameters = casadi.DM(start)

    def step() -> float:
        nonlocal parameters
        value, parameters = run(parameters)
        return float(value)

    return step
