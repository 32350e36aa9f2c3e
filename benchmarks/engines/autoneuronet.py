"""autoneuronet: an engine of scalars in C++."""
# mypy: disable-error-code="import-not-found"
# It need not be installed.

from __future__ import annotations

from collections.abc import Sequence

from autoneuronet import Var

from ..problems import Scalar, Step, Stepwise
from . import loss_style


def lecture(rate: float) -> Stepwise:
    """W1."""
    return loss_style.train_lecture(step_of, Var.sigmoid, rate, variables)


def demo(rate: float) -> Stepwise:
    """W2."""
    return loss_style.train_demo(step_of, Var.relu, rate, variables)


def step_of(loss: loss_style.Loss, start: Sequence[float], rate: float) -> Step:
    """Plain gradient descent on `loss`."""
    parameters = variables(start)

    def step() -> float:
        for p in parameters:  # before the graph is recorded: afterwards they would get nothing
            p.setGrad(0.0)
        value = loss(parameters)
        value.setGrad(1.0)
        value.backward()
        for p in parameters:
            p.setVal(p.val - rate * p.grad)
        return float(value.val)

    return step


def variables(numbers: Sequence[float]) -> list[Scalar]:
    """A scalar of the engine for each number."""
    return list(map(Var, numbers))
