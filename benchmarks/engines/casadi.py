"""CasADi: the whole step recorded once as a graph of scalars, then run by its virtual machine."""
# mypy: disable-error-code="import-untyped, import-not-found"
# It need not be installed.

from __future__ import annotations

from collections.abc import Callable, Sequence

import casadi

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
    return 1 / (1 + casadi.exp(-x))


def relu(x: Scalar) -> Scalar:
    """It has none of its own."""
    return casadi.fmax(x, 0)


def step_of(
    loss: Callable[[Sequence[Scalar]], Scalar], start: Sequence[float], rate: float
) -> Step:
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
