"""XAD: a tape of scalars in C++."""
# mypy: disable-error-code="import-not-found"
# It need not be installed.

from __future__ import annotations

from collections.abc import Sequence

from xad import math
from xad.adj_1st import Real, Tape

from ..problems import Scalar, Step, Stepwise
from . import loss_style

tape = Tape()
tape.activate()


def lecture(rate: float) -> Stepwise:
    """W1."""
    return loss_style.train_lecture(step_of, sigmoid, rate)


def demo(rate: float) -> Stepwise:
    """W2."""
    return loss_style.train_demo(step_of, relu, rate)


def sigmoid(x: Scalar) -> Scalar:
    """The engine has no such function."""
    return 1.0 / (1.0 + math.exp(-x))


def relu(x: Scalar) -> Scalar:
    """The engine has no such function."""
    return math.max(x, 0.0)


def step_of(loss: loss_style.Loss, start: Sequence[float], rate: float) -> Step:
    """Plain gradient descent on `loss`."""
    parameters = list(map(Real, start))

    def step() -> float:
        for p in parameters:
            tape.registerInput(p)
        tape.newRecording()
        value = loss(parameters)
        tape.registerOutput(value)
        value.derivative = 1.0
        tape.computeAdjoints()
        for k, p in enumerate(parameters):
            parameters[k] = Real(p.value - rate * p.derivative)
        return float(value.value)

    return step
