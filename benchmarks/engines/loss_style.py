"""Training as descent on a loss of parameters: for engines without micrograd's interface."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..problems import (
    INPUTS,
    LECTURE_PARAMETERS,
    Function,
    Scalar,
    Step,
    Stepwise,
    demo_loss,
    demo_parameters,
    lecture_loss,
    mlp,
    moons,
)

Loss = Callable[[Sequence[Scalar]], Scalar]

StepOf = Callable[[Loss, Sequence[float], float], Step]
"""An engine's own descent: the step on a loss, from a start, at a rate."""

Leaves = Callable[[Sequence[float]], Sequence[Scalar]]


def train_lecture(
    step_of: StepOf, sigmoid: Function, rate: float, leaves: Leaves = list
) -> Stepwise:
    """W1; `leaves` makes what the engine computes with."""
    inputs = leaves(INPUTS)
    step = step_of(
        lambda parameters: lecture_loss(parameters, inputs, sigmoid), LECTURE_PARAMETERS, rate
    )
    return Stepwise(step, step)


def train_demo(step_of: StepOf, relu: Function, rate: float, leaves: Leaves = list) -> Stepwise:
    """W2; `leaves` makes what the engine computes with."""
    points, labels = moons()

    def loss(parameters: Sequence[Scalar]) -> Scalar:
        scores = map(mlp(parameters, relu), map(leaves, points))
        return demo_loss(scores, labels, parameters, relu)

    step = step_of(loss, demo_parameters(), rate)
    return Stepwise(step, step)
